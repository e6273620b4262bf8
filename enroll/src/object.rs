//! What a token holds, in one line: for plans, lists, steps and errors.

use core::fmt;

use crate::certificate::Certificate;
use crate::name;
use crate::ports::token::{KeyKind, KeyPair};

/// A certificate or a key pair as a person recognises it. `Display` is English; see [`crate::messages::object`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Object {
    /// A certificate.
    Certificate {
        /// Serial number, upper-case hex.
        serial: String,
        /// CN of the subject.
        owner: String,
        /// Last day of validity: `2019-12-25`.
        until: String,
    },
    /// A key pair.
    KeyPair {
        /// Its label.
        label: String,
        /// CKA_ID, hex.
        id: String,
        /// Registered name of the parameter set, or the RSA length.
        algorithm: String,
        /// Whether a certificate belongs to it.
        certified: bool,
    },
}

impl Object {
    /// Describes a certificate.
    #[must_use]
    pub fn certificate(certificate: &Certificate) -> Self {
        let (_, until) = certificate.validity();
        let subject = name::attributes(certificate.subject());
        let owner = subject
            .into_iter()
            .find(|(oid, _)| name::short_name(oid) == "CN");
        let owner = owner.map_or_else(|| "?".to_owned(), |(_, value)| name::printable(&value));
        let until = until.strftime("%F").to_string();
        Self::Certificate {
            serial: certificate.serial(),
            owner,
            until,
        }
    }

    /// Describes a pair; `certified` tells whether a certificate belongs to it.
    #[must_use]
    pub fn pair(pair: &KeyPair, certified: bool) -> Self {
        let algorithm = match &pair.kind {
            KeyKind::Gost(set) => set.name().to_owned(),
            KeyKind::Rsa { bits } => format!("RSA {bits}"),
            KeyKind::Unknown => "?".to_owned(),
        };
        Self::KeyPair {
            label: name::printable(&pair.label),
            id: pair.id.to_string(),
            algorithm,
            certified,
        }
    }
}

impl fmt::Display for Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Certificate {
                serial,
                owner,
                until,
            } => {
                write!(f, "certificate {serial} of {owner}, valid until {until}")
            }
            Self::KeyPair {
                label,
                id,
                algorithm,
                certified,
            } => {
                let bare = if *certified {
                    ""
                } else {
                    ", without a certificate"
                };
                write!(f, "key pair «{label}» ({id}, {algorithm}{bare})")
            }
        }
    }
}

/// Several in one line.
pub(crate) fn list(objects: &[Object]) -> String {
    objects
        .iter()
        .map(Object::to_string)
        .collect::<Vec<_>>()
        .join("; ")
}
