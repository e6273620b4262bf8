//! The harness's own proof that an enrollment ended well; it believes neither the engine nor the portal.

use der::{Decode as _, Encode as _};
use enroll::ports::token::{Inventory, KeyPair, StoredCertificate, Token, TokenError};
use gost3410::{Algorithm, PublicKeyInfo, Signature, VerifyingKey};
use x509_cert::Certificate;

/// What the token signs to show that it holds the key.
const PROBE: &[u8] = b"a probe: whoever holds the key can sign this";

/// What was proven.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    /// The certificate on the token, DER.
    pub certificate: Vec<u8>,
    /// Label of the pair it belongs to.
    pub label: String,
}

/// Why an enrollment that claims success has none.
#[derive(Debug, thiserror::Error)]
pub enum NotProven {
    /// The token could not be asked.
    #[error("the token: {0}")]
    Token(#[from] TokenError),
    /// No certificate on the token has its key there.
    #[error("no certificate on the token belongs to a key pair there")]
    NoPair,
    /// More than one does, so it is unclear which is the new one.
    #[error("{0} certificates on the token belong to key pairs there")]
    SeveralPairs(usize),
    /// The certificate, a CA certificate or the chain file cannot be read.
    #[error("{what} cannot be read: {why}")]
    Unreadable {
        /// Which object.
        what: &'static str,
        /// The parser's reason.
        why: String,
    },
    /// A signature does not verify.
    #[error("{what} does not verify")]
    BadSignature {
        /// Whose signature.
        what: &'static str,
    },
    /// The issuer's name is not the subject of the next certificate.
    #[error("the chain is broken: an issuer's name is not the next certificate's subject")]
    BrokenChain,
}

/// Reads the certificate back from the token and proves it: its key is there and signs, its chain verifies.
///
/// The user has to be logged in, for the probe.
pub fn prove(token: &mut dyn Token, chain_pem: &str) -> Result<Proof, NotProven> {
    let inventory = token.inventory()?;
    let (stored, pair) = installed(&inventory)?;
    let certificate = parse(&stored.der, "the certificate on the token")?;
    let (algorithm, key) = public_key(&certificate)?;
    let signature = token.sign_digest(&pair.id, &algorithm.digest(PROBE))?;
    key.verify_prehash(&algorithm.digest(PROBE), &signature)
        .map_err(|_| NotProven::BadSignature {
            what: "the token's probe signature",
        })?;
    chain(certificate, chain_pem)?;
    Ok(Proof {
        certificate: stored.der.clone(),
        label: pair.label.clone(),
    })
}

/// The one certificate whose public key equals a pair's.
fn installed(inventory: &Inventory) -> Result<(&StoredCertificate, &KeyPair), NotProven> {
    let mut found = Vec::new();
    for stored in &inventory.certificates {
        let Ok((_, key)) = parse(&stored.der, "a certificate").and_then(|it| public_key(&it))
        else {
            continue;
        };
        let same = |pair: &&KeyPair| {
            pair.public_key
                .as_ref()
                .is_some_and(|it| it.to_bytes() == key.to_bytes())
        };
        found.extend(inventory.keys.iter().find(same).map(|pair| (stored, pair)));
    }
    match found[..] {
        [] => Err(NotProven::NoPair),
        [one] => Ok(one),
        _ => Err(NotProven::SeveralPairs(found.len())),
    }
}

/// Every certificate is signed by the next one, the last by itself.
fn chain(certificate: Certificate, chain_pem: &str) -> Result<(), NotProven> {
    let issuers = Certificate::load_pem_chain(chain_pem.as_bytes()).map_err(|error| {
        NotProven::Unreadable {
            what: "the chain",
            why: error.to_string(),
        }
    })?;
    let root = issuers.last().ok_or(NotProven::BrokenChain)?.clone();
    let mut subject = certificate;
    for issuer in issuers.into_iter().chain([root]) {
        if subject.tbs_certificate().issuer() != issuer.tbs_certificate().subject() {
            return Err(NotProven::BrokenChain);
        }
        signed_by(&subject, &issuer)?;
        subject = issuer;
    }
    Ok(())
}

fn signed_by(subject: &Certificate, issuer: &Certificate) -> Result<(), NotProven> {
    let bad = NotProven::BadSignature {
        what: "a signature of the chain",
    };
    let (algorithm, key) = public_key(issuer)?;
    let signed = subject
        .tbs_certificate()
        .to_der()
        .map_err(|error| NotProven::Unreadable {
            what: "a certificate",
            why: error.to_string(),
        })?;
    let Ok(signature) = Signature::from_bytes(subject.signature().raw_bytes()) else {
        return Err(bad);
    };
    key.verify_prehash(&algorithm.digest(&signed), &signature)
        .map_err(|_| bad)
}

fn public_key(certificate: &Certificate) -> Result<(Algorithm, VerifyingKey), NotProven> {
    let unreadable = |why: String| NotProven::Unreadable {
        what: "a public key",
        why,
    };
    let info = certificate
        .tbs_certificate()
        .subject_public_key_info()
        .to_der()
        .map_err(|error| unreadable(error.to_string()))?;
    let info = PublicKeyInfo::from_der(&info).map_err(|error| unreadable(error.to_string()))?;
    Ok((info.algorithm, info.key))
}

fn parse(der: &[u8], what: &'static str) -> Result<Certificate, NotProven> {
    Certificate::from_der(der).map_err(|error| NotProven::Unreadable {
        what,
        why: error.to_string(),
    })
}
