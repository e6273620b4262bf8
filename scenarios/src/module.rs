//! The token behind OpenSC's PKCS#11 module: each step opens the module as a process of its own would, and lets go of it.

use std::cell::RefCell;
use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;

use enroll::adapters::apdu_token::ApduToken;
use enroll::adapters::observed::exchanged;
use enroll::adapters::pkcs11::Pkcs11Token;
use enroll::event::Events;
use enroll::ports::token::{
    Inventory, KeyId, KeyPair, KeySpec, Pin, PinRole, StoredCertificate, Token, TokenError,
    TokenInfo, Tries,
};
use gost3410::Signature;

use crate::clock::ScenarioClock;
use crate::faults::{Meddler, end_the_dead};
use crate::reader::{Heard, Reader};
use crate::timeline::Timeline;
use crate::world::World;

/// OpenSC's module, where the system's libraries are.
const MODULE: &str = "opensc-pkcs11.so";

/// The token as the engine has it by this way; nothing is opened yet.
pub(crate) fn token(
    world: &World,
    events: &Events,
    timeline: &Rc<RefCell<Timeline>>,
) -> Box<dyn Token> {
    let heard = world.reader.heard();
    // What the harness asked between two steps.
    drop(heard.drain());
    Box::new(ModuleToken {
        open: None,
        reader: world.reader.clone(),
        heard,
        meddler: Arc::clone(&world.meddler),
        clock: world.clock.clone(),
        events: events.clone(),
        timeline: Rc::clone(timeline),
    })
}

struct ModuleToken {
    open: Option<Pkcs11Token>,
    reader: Reader,
    heard: Heard,
    meddler: Arc<Meddler>,
    clock: ScenarioClock,
    events: Events,
    timeline: Rc<RefCell<Timeline>>,
}

impl ModuleToken {
    /// One call: the commands that came of it in lane `apdu`, then the call itself in lane `pkcs11`.
    fn call<R>(
        &mut self,
        name: &str,
        act: impl FnOnce(&mut Pkcs11Token) -> Result<R, TokenError>,
    ) -> Result<R, TokenError> {
        end_the_dead(&self.meddler);
        let outcome = self.opened().and_then(act);
        for (command, answer) in self.heard.drain() {
            self.events.tell(&exchanged(&command, &Ok(answer)));
        }
        let came = match &outcome {
            Ok(_) => "ok".to_owned(),
            Err(error) => error.to_string(),
        };
        let text = format!("{name}: {came}");
        let mut timeline = self.timeline.borrow_mut();
        timeline.tell(self.clock.now(), "pkcs11", &text);
        outcome
    }

    fn opened(&mut self) -> Result<&mut Pkcs11Token, TokenError> {
        let open = match self.open.take() {
            Some(open) => open,
            None => Pkcs11Token::open(Path::new(MODULE), None)?
                .beside(Box::new(ApduToken::new(self.reader.clone()))),
        };
        Ok(self.open.insert(open))
    }
}

impl Drop for ModuleToken {
    fn drop(&mut self) {
        if let Some(open) = self.open.take() {
            open.end();
        }
    }
}

impl Token for ModuleToken {
    fn info(&mut self) -> Result<TokenInfo, TokenError> {
        self.call("token info", Token::info)
    }

    fn tries(&mut self, role: PinRole) -> Result<Tries, TokenError> {
        self.call(&format!("tries of the {role}"), |it| it.tries(role))
    }

    fn log_in(&mut self, role: PinRole, pin: &Pin) -> Result<(), TokenError> {
        self.call(&format!("log in the {role}"), |it| it.log_in(role, pin))
    }

    fn log_out(&mut self) -> Result<(), TokenError> {
        self.call("log out", Token::log_out)
    }

    fn inventory(&mut self) -> Result<Inventory, TokenError> {
        self.call("find pairs and certificates", Token::inventory)
    }

    fn generate_key_pair(&mut self, spec: &KeySpec) -> Result<KeyPair, TokenError> {
        self.call("make a key pair", |it| it.generate_key_pair(spec))
    }

    fn set_key_label(&mut self, id: &KeyId, label: &str) -> Result<(), TokenError> {
        self.call("rename a key pair", |it| it.set_key_label(id, label))
    }

    fn sign_digest(&mut self, id: &KeyId, digest: &[u8]) -> Result<Signature, TokenError> {
        self.call("sign", |it| it.sign_digest(id, digest))
    }

    fn write_certificate(&mut self, id: &KeyId, label: &str, der: &[u8]) -> Result<(), TokenError> {
        self.call("write a certificate", |it| {
            it.write_certificate(id, label, der)
        })
    }

    fn delete_certificate(&mut self, certificate: &StoredCertificate) -> Result<(), TokenError> {
        self.call("delete a certificate", |it| {
            it.delete_certificate(certificate)
        })
    }

    fn delete_key_pair(&mut self, id: &KeyId) -> Result<(), TokenError> {
        self.call("delete a key pair", |it| it.delete_key_pair(id))
    }

    fn set_pin(&mut self, role: PinRole, new: &Pin) -> Result<(), TokenError> {
        self.call(&format!("change the PIN of the {role}"), |it| {
            it.set_pin(role, new)
        })
    }

    fn unblock_user_pin(&mut self) -> Result<(), TokenError> {
        self.call("unblock the user's PIN", Token::unblock_user_pin)
    }
}
