//! What the card forgets when power goes: never stored, cleared by every reset.

use gost3410::Algorithm;
use zeroize::Zeroizing;

use crate::command::Confidentiality;
use crate::reference::{FileId, KeyRef, PinRef};

/// The volatile half of a card.
#[derive(Clone, PartialEq, Eq, Default)]
pub(crate) struct Session {
    /// From below the master file; empty means the master file itself.
    pub current_df: Vec<FileId>,
    /// A file or key file in the current directory.
    pub current_ef: Option<FileId>,
    /// PINs that were verified.
    pub rights: Rights,
    /// A command of which not all blocks have come.
    pub chain: Option<Chain>,
    /// Keys chosen with MANAGE SECURITY ENVIRONMENT.
    pub signature_key: Option<KeyRef>,
    /// The same, for deciphering or key agreement.
    pub confidentiality: Option<Confidentiality>,
    /// The hash chosen likewise.
    pub hash: Option<Algorithm>,
    /// An answer, or the rest of one, that waits for GET RESPONSE.
    pub waiting: Zeroizing<Vec<u8>>,
}

/// Blocks received so far.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Chain {
    /// INS P1 P2 that every block repeats.
    pub header: [u8; 3],
    /// Their data, one after another.
    pub data: Zeroizing<Vec<u8>>,
}

/// Which PINs have been given; both may be held together (assumed).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(crate) struct Rights(u8);

impl Rights {
    pub(crate) fn grant(&mut self, pin_ref: PinRef) {
        self.0 |= pin_ref.number();
    }

    pub(crate) fn drop(&mut self, pin_ref: PinRef) {
        self.0 &= !pin_ref.number();
    }

    pub(crate) const fn holds(self, pin_ref: PinRef) -> bool {
        self.any_of(pin_ref.number())
    }

    /// Whether one of the PINs whose bits are set was given.
    pub(crate) const fn any_of(self, pins: u8) -> bool {
        self.0 & pins != 0
    }
}
