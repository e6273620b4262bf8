//! The token, and the bytes that reach it.
//!
//! [`Token`] speaks of PINs, pairs and certificates; [`Transmit`] of commands and answers. An adapter that stands
//! between them knows a token's command set and nothing of readers, so a card in the same process, one behind a
//! socket and one in a USB port look alike.

mod transmit;

use core::fmt;

use gost3410::{Algorithm, ParameterSet, Signature, VerifyingKey};
use zeroize::Zeroizing;

pub use transmit::{Transmit, TransmitError};

/// Whose PIN.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PinRole {
    /// PIN reference 1; default 87654321. Deletes certificates, unblocks the user.
    Administrator,
    /// PIN reference 2; default 12345678. Makes, uses and deletes keys.
    User,
}

impl fmt::Display for PinRole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Administrator => "administrator",
            Self::User => "user",
        })
    }
}

/// A PIN as typed. Shows itself nowhere; its memory is wiped.
#[derive(Clone)]
pub struct Pin(Zeroizing<Vec<u8>>);

impl Pin {
    /// Takes the characters as they are sent to the card: UTF-8, unpadded.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self(Zeroizing::new(text.as_bytes().to_vec()))
    }

    /// Whether it is the PIN that tokens leave the factory with.
    #[must_use]
    pub fn is_default_of(&self, role: PinRole) -> bool {
        let default: &[u8] = match role {
            PinRole::Administrator => b"87654321",
            PinRole::User => b"12345678",
        };
        *self.0 == default
    }

    /// The octets, for the command that presents them.
    #[must_use]
    pub fn expose(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Pin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pin(…)")
    }
}

/// What ties the halves of a pair and its certificate together: CKA_ID, an octet string of any length.
///
/// Pairs made here have the SHA-1 of the public key's octets. Printed as lower-case hex.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId(pub Vec<u8>);

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(&self.0))
    }
}

/// A pair to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeySpec {
    /// What the pair is for; one 256-bit pair serves both algorithms of that size.
    pub algorithm: Algorithm,
    /// The curve.
    pub parameter_set: ParameterSet,
    /// The name people see: «Имя контейнера».
    pub label: String,
}

/// A token as it stands before anyone logs in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenInfo {
    /// Lower 32 bits of the serial number, eight lower-case hex digits.
    pub serial: String,
    /// «Модель»: `Rutoken ECP`.
    pub model: String,
    /// «Имя».
    pub label: String,
    /// The reader it sits in.
    pub reader: String,
    /// The user's counter.
    pub user_tries_left: Tries,
    /// The administrator's counter.
    pub administrator_tries_left: Tries,
}

/// How often a PIN may still be presented wrongly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tries {
    /// That many.
    Left(u8),
    /// None.
    Blocked,
    /// Logged in just now; such a card does not tell its counter.
    Verified,
    /// The token has no such PIN.
    NoSuchPin,
    /// None was presented wrongly since the last right one; how many are left is not told.
    Untold,
}

impl fmt::Display for Tries {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Left(1) => f.write_str("one try left"),
            Self::Left(left) => write!(f, "{left} tries left"),
            Self::Blocked => f.write_str("blocked"),
            Self::Verified => f.write_str("logged in"),
            Self::NoSuchPin => f.write_str("no such PIN"),
            Self::Untold => f.write_str("tries left are not told"),
        }
    }
}

/// A key pair of the token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyPair {
    /// CKA_ID of the private key.
    pub id: KeyId,
    /// The name people see.
    pub label: String,
    /// Algorithm and curve.
    pub kind: KeyKind,
    /// The card's own number of the pair, 1 to 255.
    pub reference: u8,
    /// `None` where the token does not show it, or shows no point of the curve.
    pub public_key: Option<VerifyingKey>,
}

/// What a key pair can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyKind {
    /// A GOST R 34.10 pair on that curve. Where names share a curve, the CryptoPro name without «Xch».
    Gost(ParameterSet),
    /// An RSA pair. Read, never touched.
    Rsa {
        /// Length of the modulus.
        bits: u16,
    },
    /// Anything else. Never touched.
    Unknown,
}

/// A certificate of the token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredCertificate {
    /// CKA_ID: that of its pair, if it has one.
    pub id: KeyId,
    /// The name people see.
    pub label: String,
    /// The certificate.
    pub der: Vec<u8>,
    /// The file that holds it: 0300 to 03FF, hexadecimal.
    pub file: u16,
}

/// Everything a token shows without a PIN, in the order of its directories.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Inventory {
    /// Key pairs.
    pub keys: Vec<KeyPair>,
    /// Certificates.
    pub certificates: Vec<StoredCertificate>,
}

/// A token in the applicant's words. No verb presents a PIN but [`Token::log_in`], and that once.
pub trait Token {
    /// Identity and counters. Needs no PIN and spends no try.
    fn info(&mut self) -> Result<TokenInfo, TokenError>;

    /// One counter. Needs no PIN and spends no try.
    fn tries(&mut self, role: PinRole) -> Result<Tries, TokenError>;

    /// Presents a PIN exactly once.
    ///
    /// Errors: [`TokenError::WrongPin`], [`TokenError::PinBlocked`], [`TokenError::NoSuchPin`].
    fn log_in(&mut self, role: PinRole, pin: &Pin) -> Result<(), TokenError>;

    /// Gives up every right.
    fn log_out(&mut self) -> Result<(), TokenError>;

    /// Pairs and certificates. Needs no PIN.
    fn inventory(&mut self) -> Result<Inventory, TokenError>;

    /// Makes a pair and lists it. Needs the user.
    ///
    /// A pair that an interrupted call left unlisted is cleared away or finished first, so that calling again after a
    /// failure leaves one pair more, not two.
    /// Errors: [`TokenError::Unsupported`] for a curve the token does not know; [`TokenError::NoSpace`].
    fn generate_key_pair(&mut self, spec: &KeySpec) -> Result<KeyPair, TokenError>;

    /// Renames both halves of a pair. Needs the user.
    fn set_key_label(&mut self, id: &KeyId, label: &str) -> Result<(), TokenError>;

    /// Signs a digest of 32 octets as the hash gives them, or 64 with a pair of 512 bits. Needs the user.
    ///
    /// Errors: [`TokenError::BadSignature`] when the answer does not verify with the pair's public key.
    fn sign_digest(&mut self, id: &KeyId, digest: &[u8]) -> Result<Signature, TokenError>;

    /// Writes a certificate beside its pair and reads it back. Needs the user.
    fn write_certificate(&mut self, id: &KeyId, label: &str, der: &[u8]) -> Result<(), TokenError>;

    /// Deletes a certificate and its entry, with the right of whoever is logged in.
    ///
    /// Errors: [`TokenError::NotPermitted`] when that role may not.
    fn delete_certificate(&mut self, certificate: &StoredCertificate) -> Result<(), TokenError>;

    /// Deletes both halves of a GOST pair and their entries; certificates stay. Needs the user.
    fn delete_key_pair(&mut self, id: &KeyId) -> Result<(), TokenError>;

    /// Gives a role another PIN. Needs that role; the administrator may give the user one as well.
    ///
    /// Errors: [`TokenError::PinUnfit`] when the token takes no PIN of that length.
    fn set_pin(&mut self, role: PinRole, _new: &Pin) -> Result<(), TokenError> {
        Err(no_such_verb(&format!("changing the PIN of the {role}")))
    }

    /// Gives the user's PIN all its tries back; the PIN stays. Needs the administrator.
    fn unblock_user_pin(&mut self) -> Result<(), TokenError> {
        Err(no_such_verb("unblocking a PIN"))
    }

    /// Gives the token another name. Needs the user.
    fn set_label(&mut self, _label: &str) -> Result<(), TokenError> {
        Err(no_such_verb("renaming the token"))
    }

    /// Erases everything on the token, and lays it out anew. The card asks for no PIN.
    fn format(&mut self, _layout: &Layout) -> Result<(), TokenError> {
        Err(no_such_verb("formatting"))
    }
}

fn no_such_verb(what: &str) -> TokenError {
    TokenError::Unsupported {
        what: what.to_owned(),
    }
}

/// What a formatted token begins with.
#[derive(Clone, Debug)]
pub struct Layout {
    /// Its name.
    pub label: String,
    /// The user's PIN.
    pub user: Pin,
    /// The administrator's PIN.
    pub administrator: Pin,
    /// Written as the time of the last change.
    pub at: jiff::Timestamp,
}

/// Why a token did not do what was asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// The way to it.
    #[error(transparent)]
    Transmit(#[from] TransmitError),
    /// The PIN is not right, and one try is gone.
    #[error("the PIN of the {role} is wrong, {tries_left}")]
    WrongPin {
        /// Whose.
        role: PinRole,
        /// The counter after it.
        tries_left: Tries,
    },
    /// Too many wrong PINs.
    #[error("the PIN of the {role} is blocked")]
    PinBlocked {
        /// Whose.
        role: PinRole,
    },
    /// The token knows no such PIN.
    #[error("the token has no PIN for the {role}")]
    NoSuchPin {
        /// Whose.
        role: PinRole,
    },
    /// The token takes no PIN of that length.
    #[error("the token does not take a PIN of {octets} octets for the {role}")]
    PinUnfit {
        /// Whose.
        role: PinRole,
        /// Its length as sent.
        octets: usize,
    },
    /// Nobody has logged in, or a reset ended the login.
    #[error("nobody is logged in who may {what}")]
    NotLoggedIn {
        /// What was to be done.
        what: &'static str,
    },
    /// The one who is logged in has no right to it.
    #[error("the {role} may not {what}")]
    NotPermitted {
        /// What was to be done.
        what: &'static str,
        /// Who is logged in.
        role: PinRole,
    },
    /// The card answers, but not as a Rutoken ECP does.
    #[error(
        "the card is not a Rutoken ECP: it answered {sw:04X} to the question for its serial number"
    )]
    NotARutoken {
        /// The status word.
        sw: u16,
    },
    /// A Rutoken without a PKCS#15 application: new, erased, or laid out by the vendor's software.
    #[error("the token is not laid out as PKCS#15")]
    NotInitialised,
    /// The file that holds the token's name is shorter than this one needs.
    #[error("a name of {octets} octets is longer than the token takes")]
    NameTooLong {
        /// Its length in UTF-8.
        octets: usize,
    },
    /// Memory, a directory file or the numbers of keys or files are used up.
    #[error("no room on the token for {what}")]
    NoSpace {
        /// What was to be stored.
        what: &'static str,
    },
    /// No pair has that id.
    #[error("no key pair {id} on the token")]
    KeyNotFound {
        /// Which.
        id: KeyId,
    },
    /// The certificate is not where it was.
    #[error("no certificate in file {file:04X}, or another one")]
    CertificateNotFound {
        /// The file it was in.
        file: u16,
    },
    /// The token cannot do that, or we will not do it to this object.
    #[error("not supported: {what}")]
    Unsupported {
        /// What was asked.
        what: String,
    },
    /// A status word that nothing above explains.
    #[error("the card answered {sw:04X} to {command}")]
    StatusWord {
        /// The command's name in ISO/IEC 7816-4.
        command: &'static str,
        /// The status word.
        sw: u16,
    },
    /// Something on the token cannot be what it should be; nothing was changed.
    #[error("damaged on the token: {what}")]
    Damaged {
        /// What.
        what: String,
    },
    /// What was written does not read back.
    #[error("{what} does not read back as it was written")]
    NotWritten {
        /// What.
        what: &'static str,
    },
    /// The token's signature does not verify with its public key.
    #[error("the token's signature does not verify")]
    BadSignature,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pin_does_not_show_itself() {
        assert_eq!(format!("{:?}", Pin::new("12345678")), "Pin(…)");
    }

    #[test]
    fn a_wrong_pin_tells_what_is_left() {
        let wrong = |tries_left| {
            TokenError::WrongPin {
                role: PinRole::User,
                tries_left,
            }
            .to_string()
        };
        assert_eq!(
            wrong(Tries::Left(9)),
            "the PIN of the user is wrong, 9 tries left"
        );
        assert_eq!(
            wrong(Tries::Left(1)),
            "the PIN of the user is wrong, one try left"
        );
    }
}
