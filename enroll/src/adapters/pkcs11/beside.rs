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
