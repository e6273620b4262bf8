//! A Rutoken ECP spoken to in APDUs: the command set of OpenSC's driver, the files of OpenSC's PKCS#15 profile.
//!
//! ```text
//! apdu_token → keys, certificates → container → commands → Transmit
//!                     pkcs15, directory, layout, tlv: bytes only
//! ```
//!
//! What is written here OpenSC 0.23 reads, and the other way round. Nothing is cached between calls: another program
//! may have changed the token. Objects that are not ours keep every octet.

mod certificates;
mod commands;
mod container;
mod directory;
mod format;
mod keys;
mod layout;
mod making;
mod pins;
mod pkcs15;
mod tlv;

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use gost3410::Signature;

use self::commands::{Card, NO_SPACE, NOT_PERMITTED};
use crate::ports::token::{
    Inventory, KeyId, KeyPair, KeySpec, Layout, Pin, PinRole, StoredCertificate, Token, TokenError,
    TokenInfo, Transmit, Tries,
};

/// A token behind any way to transmit APDUs.
#[derive(Debug)]
pub struct ApduToken<T> {
    card: Card<T>,
}

impl<T: Transmit> ApduToken<T> {
    /// Takes the way to a card. Nothing is sent yet.
    pub const fn new(transmit: T) -> Self {
        let logged_in = BTreeSet::new();
        Self {
            card: Card {
                transmit,
                logged_in,
            },
        }
    }

    /// The transport inside.
    pub fn into_inner(self) -> T {
        self.card.transmit
    }

    /// Has the card to itself for one act, and from a login to the logout.
    fn alone<R>(
        &mut self,
        perform: impl FnOnce(&mut Card<T>) -> Result<R, TokenError>,
    ) -> Result<R, TokenError> {
        self.card.transmit.begin()?;
        let outcome = perform(&mut self.card);
        if self.card.logged_in.is_empty() {
            self.card.transmit.end();
        }
        outcome
    }

    /// Does an act that needs one of `roles`, and says in the token's words why the card refused it.
    fn permitted<R>(
        &mut self,
        act: Act,
        roles: &[PinRole],
        perform: impl FnOnce(&mut Card<T>) -> Result<R, TokenError>,
    ) -> Result<R, TokenError> {
        if !roles.iter().any(|role| self.card.logged_in.contains(role)) {
            return Err(self.not_permitted(act));
        }
        self.alone(perform).map_err(|error| match error {
            TokenError::StatusWord {
                sw: NOT_PERMITTED, ..
            } => self.not_permitted(act),
            TokenError::StatusWord { sw: NO_SPACE, .. } => TokenError::NoSpace { what: act.object },
            error => error,
        })
    }

    fn as_user<R>(
        &mut self,
        act: Act,
        perform: impl FnOnce(&mut Card<T>) -> Result<R, TokenError>,
    ) -> Result<R, TokenError> {
        self.permitted(act, &[PinRole::User], perform)
    }

    fn not_permitted(&self, act: Act) -> TokenError {
        let what = act.verb;
        match self.card.logged_in.first() {
            Some(&role) => TokenError::NotPermitted { what, role },
            None => TokenError::NotLoggedIn { what },
        }
    }
}

impl<T: Transmit> Token for ApduToken<T> {
    fn info(&mut self) -> Result<TokenInfo, TokenError> {
        self.alone(Card::info)
    }

    fn tries(&mut self, role: PinRole) -> Result<Tries, TokenError> {
        self.alone(|card| card.tries(role))
    }

    fn log_in(&mut self, role: PinRole, pin: &Pin) -> Result<(), TokenError> {
        self.alone(|card| card.log_in(role, pin))
    }

    fn log_out(&mut self) -> Result<(), TokenError> {
        self.alone(Card::log_out)
    }

    fn inventory(&mut self) -> Result<Inventory, TokenError> {
        self.alone(|card| {
            let certificates = card.certificates()?;
            let keys = card.key_pairs(&certificates)?;
            Ok(Inventory { keys, certificates })
        })
    }

    fn generate_key_pair(&mut self, spec: &KeySpec) -> Result<KeyPair, TokenError> {
        self.as_user(MAKE_PAIRS, |card| card.make_pair(spec))
    }

    fn set_key_label(&mut self, id: &KeyId, label: &str) -> Result<(), TokenError> {
        self.as_user(RENAME_PAIRS, |card| card.rename_pair(id, label))
    }

    fn sign_digest(&mut self, id: &KeyId, digest: &[u8]) -> Result<Signature, TokenError> {
        self.as_user(SIGN, |card| card.sign_with(id, digest))
    }

    fn write_certificate(&mut self, id: &KeyId, label: &str, der: &[u8]) -> Result<(), TokenError> {
        self.as_user(WRITE_CERTIFICATES, |card| {
            card.add_certificate(id, label, der)
        })
    }

    fn delete_certificate(&mut self, certificate: &StoredCertificate) -> Result<(), TokenError> {
        let anyone = [PinRole::Administrator, PinRole::User];
        self.permitted(DELETE_CERTIFICATES, &anyone, |card| {
            card.remove_certificate(certificate)
        })
    }

    fn delete_key_pair(&mut self, id: &KeyId) -> Result<(), TokenError> {
        self.as_user(DELETE_PAIRS, |card| card.remove_pair(id))
    }

    fn set_pin(&mut self, role: PinRole, new: &Pin) -> Result<(), TokenError> {
        let roles: &[PinRole] = match role {
            PinRole::User => &[PinRole::User, PinRole::Administrator],
            PinRole::Administrator => &[PinRole::Administrator],
        };
        self.permitted(CHANGE_PIN, roles, |card| {
            card.change_pin(role, new.expose())
        })
    }

    fn unblock_user_pin(&mut self) -> Result<(), TokenError> {
        self.permitted(UNBLOCK_PIN, &[PinRole::Administrator], |card| {
            card.reset_tries(PinRole::User)
        })
    }

    fn set_label(&mut self, label: &str) -> Result<(), TokenError> {
        self.as_user(RENAME_TOKEN, |card| card.rename(label))
    }

    fn format(&mut self, layout: &Layout) -> Result<(), TokenError> {
        self.alone(|card| card.lay_out(layout))
    }
}

/// What is done to what, for messages.
#[derive(Clone, Copy)]
struct Act {
    verb: &'static str,
    object: &'static str,
}

const MAKE_PAIRS: Act = Act {
    verb: "make key pairs",
    object: "a key pair",
};
const RENAME_PAIRS: Act = Act {
    verb: "rename key pairs",
    object: "a longer name",
};
const SIGN: Act = Act {
    verb: "sign",
    object: "a signature",
};
const DELETE_PAIRS: Act = Act {
    verb: "delete key pairs",
    object: "a key pair",
};
const CHANGE_PIN: Act = Act {
    verb: "change this PIN",
    object: "a PIN",
};
const UNBLOCK_PIN: Act = Act {
    verb: "unblock the user's PIN",
    object: "a PIN",
};
const RENAME_TOKEN: Act = Act {
    verb: "rename the token",
    object: "a longer name",
};
const WRITE_CERTIFICATES: Act = Act {
    verb: "write certificates",
    object: "a certificate",
};
const DELETE_CERTIFICATES: Act = Act {
    verb: "delete certificates",
    object: "a certificate",
};

/// Refuses a label that OpenSC would not read back: its buffer holds 255 octets with the terminator.
fn check_label(label: &str) -> Result<(), TokenError> {
    if label.len() < 255 {
        return Ok(());
    }
    let what = format!("a name of {} octets; 254 is the most", label.len());
    Err(TokenError::Unsupported { what })
}
