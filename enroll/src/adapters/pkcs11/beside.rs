//! A second way to the same token, for what its module hides. It is only read by, without a PIN.
//!
//! OpenSC 0.23 stores a certificate of any key and then shows only those whose key it can parse, which are none of 2012
//! (`sc_pkcs15_decode_pubkey` in pkcs15-pubkey.c refuses, and `__pkcs15_create_cert_object` leaves the object out).

use std::fmt;

use crate::ports::token::{StoredCertificate, Token};

/// Perhaps such a way.
#[derive(Default)]
pub(super) struct Beside(Option<Box<dyn Token>>);

impl Beside {
    pub(super) fn new(view: Box<dyn Token>) -> Self {
        Self(Some(view))
    }

    /// The certificates that are not among those shown; none where the token cannot be read this way.
    pub(super) fn hidden(&mut self, shown: &[StoredCertificate]) -> Vec<StoredCertificate> {
        let inventory = self.0.as_mut().and_then(|view| view.inventory().ok());
        let all = inventory.map(|inventory| inventory.certificates);
        let is_hidden = |one: &StoredCertificate| shown.iter().all(|other| other.der != one.der);
        all.into_iter().flatten().filter(is_hidden).collect()
    }
}

impl fmt::Debug for Beside {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Beside({})", self.0.is_some())
    }
}

#[cfg(test)]
mod tests {
    use gost3410::Signature;

    use super::*;
    use crate::ports::token::{
        Inventory, KeyId, KeyPair, KeySpec, Pin, PinRole, TokenError, TokenInfo, TransmitError,
        Tries,
    };

    /// A token that shows these certificates, or cannot be read at all, and does nothing else.
    struct Shows(Option<Vec<StoredCertificate>>);

    fn nothing<T>() -> Result<T, TokenError> {
        Err(TransmitError::Removed.into())
    }

    impl Token for Shows {
        fn info(&mut self) -> Result<TokenInfo, TokenError> {
            nothing()
        }
        fn tries(&mut self, _: PinRole) -> Result<Tries, TokenError> {
            nothing()
        }
        fn log_in(&mut self, _: PinRole, _: &Pin) -> Result<(), TokenError> {
            nothing()
        }
        fn log_out(&mut self) -> Result<(), TokenError> {
            nothing()
        }
        fn inventory(&mut self) -> Result<Inventory, TokenError> {
            let certificates = self.0.clone().ok_or(TransmitError::Removed)?;
            let keys = Vec::new();
            Ok(Inventory { keys, certificates })
        }
        fn generate_key_pair(&mut self, _: &KeySpec) -> Result<KeyPair, TokenError> {
            nothing()
        }
        fn set_key_label(&mut self, _: &KeyId, _: &str) -> Result<(), TokenError> {
            nothing()
        }
        fn sign_digest(&mut self, _: &KeyId, _: &[u8]) -> Result<Signature, TokenError> {
            nothing()
        }
        fn write_certificate(&mut self, _: &KeyId, _: &str, _: &[u8]) -> Result<(), TokenError> {
            nothing()
        }
        fn delete_certificate(&mut self, _: &StoredCertificate) -> Result<(), TokenError> {
            nothing()
        }
        fn delete_key_pair(&mut self, _: &KeyId) -> Result<(), TokenError> {
            nothing()
        }
    }

    fn certificate(file: u16, der: &[u8]) -> StoredCertificate {
        StoredCertificate {
            id: KeyId(vec![1]),
            label: String::new(),
            der: der.to_vec(),
            file,
        }
    }

    #[test]
    fn only_what_the_module_does_not_show_is_hidden() {
        let card = vec![certificate(0x300, b"2001"), certificate(0x301, b"2012")];
        let mut beside = Beside::new(Box::new(Shows(Some(card))));
        let shown = [certificate(1, b"2001")];
        assert_eq!(beside.hidden(&shown), [certificate(0x301, b"2012")]);
    }

    #[test]
    fn a_token_that_cannot_be_read_beside_hides_nothing() {
        assert_eq!(Beside::new(Box::new(Shows(None))).hidden(&[]), []);
        assert_eq!(Beside::default().hidden(&[]), []);
    }
}
