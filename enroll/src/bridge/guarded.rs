//! A token for pages, which know no journal: the pair of an enrollment under way is not theirs to delete.

use gost3410::Signature;

use crate::journal::Store;
use crate::ports::token::{
    Inventory, KeyId, KeyPair, KeySpec, Layout, Pin, PinRole, StoredCertificate, Token, TokenError,
    TokenInfo, Tries,
};

/// Refuses what would take an awaited pair away, and passes everything else on.
pub(crate) struct Guarded {
    token: Box<dyn Token>,
    store: Store,
}

impl Guarded {
    pub(crate) const fn new(token: Box<dyn Token>, store: Store) -> Self {
        Self { token, store }
    }

    /// Also where a journal of the token does not read: any pair may be the one.
    fn refuse_awaited(
        &mut self,
        what: &'static str,
        goes: impl Fn(&str) -> bool,
    ) -> Result<(), TokenError> {
        let serial = self.token.info()?.serial;
        let awaited = self.store.awaited(&serial);
        match awaited.is_ok_and(|pairs| !pairs.keys().any(|key| goes(key))) {
            true => Ok(()),
            false => Err(TokenError::NotPermitted {
                what,
                role: PinRole::User,
            }),
        }
    }
}

impl Token for Guarded {
    fn delete_key_pair(&mut self, id: &KeyId) -> Result<(), TokenError> {
        let key = id.to_string();
        self.refuse_awaited(DELETE, |awaited| awaited == key)?;
        self.token.delete_key_pair(id)
    }

    fn format(&mut self, layout: &Layout) -> Result<(), TokenError> {
        self.refuse_awaited(FORMAT, |_| true)?;
        self.token.format(layout)
    }

    fn info(&mut self) -> Result<TokenInfo, TokenError> {
        self.token.info()
    }

    fn tries(&mut self, role: PinRole) -> Result<Tries, TokenError> {
        self.token.tries(role)
    }

    fn log_in(&mut self, role: PinRole, pin: &Pin) -> Result<(), TokenError> {
        self.token.log_in(role, pin)
    }

    fn log_out(&mut self) -> Result<(), TokenError> {
        self.token.log_out()
    }

    fn inventory(&mut self) -> Result<Inventory, TokenError> {
        self.token.inventory()
    }

    fn generate_key_pair(&mut self, spec: &KeySpec) -> Result<KeyPair, TokenError> {
        self.token.generate_key_pair(spec)
    }

    fn set_key_label(&mut self, id: &KeyId, label: &str) -> Result<(), TokenError> {
        self.token.set_key_label(id, label)
    }

    fn sign_digest(&mut self, id: &KeyId, digest: &[u8]) -> Result<Signature, TokenError> {
        self.token.sign_digest(id, digest)
    }

    fn write_certificate(&mut self, id: &KeyId, label: &str, der: &[u8]) -> Result<(), TokenError> {
        self.token.write_certificate(id, label, der)
    }

    fn delete_certificate(&mut self, certificate: &StoredCertificate) -> Result<(), TokenError> {
        self.token.delete_certificate(certificate)
    }

    fn set_pin(&mut self, role: PinRole, new: &Pin) -> Result<(), TokenError> {
        self.token.set_pin(role, new)
    }

    fn unblock_user_pin(&mut self) -> Result<(), TokenError> {
        self.token.unblock_user_pin()
    }

    fn set_label(&mut self, label: &str) -> Result<(), TokenError> {
        self.token.set_label(label)
    }
}

const DELETE: &str = "delete the key pair of an enrollment under way";
const FORMAT: &str = "erase the key pair of an enrollment under way";
