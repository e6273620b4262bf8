//! A key that signs certificates and lists, with the certificate that says so.

use der::asn1::{AnyRef, BitStringRef};
use der::{Decode, Sequence};
use gost3410::{Algorithm, ParameterSet, PublicKeyInfo, Signature, SigningKey};
use jiff::Timestamp;
use sha1::{Digest, Sha1};
use spki::{AlgorithmIdentifierRef, SubjectPublicKeyInfoRef};
use x509_cert::certificate::TbsCertificateInner;
use x509_cert::ext::{Extension, Extensions};
use x509_cert::name::Name;
use x509_cert::serial_number::SerialNumber;
use x509_cert::time::Validity;

use super::extensions;
use super::name::der;
use super::seed::Seed;
use super::time;

/// The root or the issuing authority.
#[derive(Clone)]
pub(super) struct Issuer {
    /// Where nonces come from; those of a key that came from elsewhere come from the key.
    seed: Option<Seed>,
    key: SigningKey,
    algorithm: Algorithm,
    pub(super) subject: Name,
    pub(super) issued_by: Name,
    pub(super) serial: SerialNumber,
    pub(super) key_identifier: Vec<u8>,
    /// The content of the key's BIT STRING, which OCSP names an issuer by.
    pub(super) key_octets: Vec<u8>,
    pub(super) not_after: Timestamp,
    /// The certificate, DER.
    pub(super) certificate: Vec<u8>,
}

/// A pair and the SubjectPublicKeyInfo that names it.
pub(super) struct KeyOf {
    pub(super) key: SigningKey,
    pub(super) algorithm: Algorithm,
    pub(super) public_key: Vec<u8>,
}

/// What an issuer is made of besides its keys.
pub(super) struct Charter {
    /// Sets this authority's key apart from the other's.
    pub(super) purpose: &'static str,
    pub(super) subject: Name,
    pub(super) not_before: Timestamp,
    pub(super) not_after: Timestamp,
    /// All but the key identifiers, which are added.
    pub(super) extensions: Extensions,
}

/// Everything a certificate says; the signer adds its name and its signature.
pub(super) struct Body<'a> {
    pub(super) serial: SerialNumber,
    pub(super) not_before: Timestamp,
    pub(super) not_after: Timestamp,
    pub(super) subject: Name,
    pub(super) public_key: &'a [u8],
    pub(super) extensions: Extensions,
}

#[derive(Sequence)]
struct TbsCertificate<'a> {
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT")]
    version: u8,
    serial_number: SerialNumber,
    signature: AlgorithmIdentifierRef<'a>,
    issuer: Name,
    validity: Validity,
    subject: Name,
    subject_public_key_info: AnyRef<'a>,
    #[asn1(context_specific = "3", tag_mode = "EXPLICIT")]
    extensions: Extensions,
}

#[derive(Sequence)]
struct Signed<'a> {
    content: AnyRef<'a>,
    algorithm: AlgorithmIdentifierRef<'a>,
    signature: BitStringRef<'a>,
}

const V3: u8 = 2;

impl Issuer {
    /// Makes a key from the seed and has `parent` sign its certificate, or signs it itself.
    pub(super) fn establish(
        seed: Seed,
        (algorithm, set): (Algorithm, ParameterSet),
        charter: Charter,
        parent: Option<&Self>,
    ) -> Self {
        let mut chance = seed.stream(charter.purpose, der(&algorithm.key_oid()).as_slice());
        let key = SigningKey::generate(set, &mut chance);
        let public_key = PublicKeyInfo {
            algorithm,
            key: key.verifying_key().clone(),
        }
        .to_der();
        let mut issuer = Self {
            seed: Some(seed),
            key,
            algorithm,
            issued_by: parent
                .map_or_else(|| charter.subject.clone(), |parent| parent.subject.clone()),
            subject: charter.subject,
            serial: serial(
                time::file_time(charter.not_before),
                0,
                &mut seed.stream("serial", charter.purpose.as_bytes()),
            ),
            key_identifier: key_identifier(&public_key),
            key_octets: key_octets(&public_key),
            not_after: charter.not_after,
            certificate: Vec::new(),
        };
        let mut all: Vec<Extension> = charter.extensions;
        all.push(extensions::subject_key_identifier(&issuer.key_identifier));
        all.extend(parent.map(extensions::authority_key_identifier));
        let body = Body {
            serial: issuer.serial.clone(),
            not_before: charter.not_before,
            not_after: charter.not_after,
            subject: issuer.subject.clone(),
            public_key: &public_key,
            extensions: all,
        };
        issuer.certificate = parent.unwrap_or(&issuer).certify(body);
        issuer
    }

    /// An issuer whose key and certificate came from elsewhere.
    pub(super) fn loaded(
        key: KeyOf,
        certificate: &TbsCertificateInner,
        identifier: Option<Vec<u8>>,
        not_after: Timestamp,
        octets: Vec<u8>,
    ) -> Self {
        Self {
            seed: None,
            algorithm: key.algorithm,
            subject: certificate.subject().clone(),
            issued_by: certificate.issuer().clone(),
            serial: certificate.serial_number().clone(),
            key_identifier: identifier.unwrap_or_else(|| key_identifier(&key.public_key)),
            key_octets: key_octets(&key.public_key),
            key: key.key,
            not_after,
            certificate: octets,
        }
    }

    /// The key's algorithm.
    pub(super) fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// Whether a signature over a content is this issuer's.
    pub(super) fn has_signed(&self, content: &[u8], signature: &Signature) -> bool {
        let digest = self.algorithm.digest(content);
        let verified = self.key.verifying_key().verify_prehash(&digest, signature);
        verified.is_ok()
    }

    /// A certificate, DER.
    pub(super) fn certify(&self, body: Body<'_>) -> Vec<u8> {
        self.sign(&der(&TbsCertificate {
            version: V3,
            serial_number: body.serial,
            signature: self.signature_algorithm(),
            issuer: self.subject.clone(),
            validity: Validity::new(time::time(body.not_before), time::time(body.not_after)),
            subject: body.subject,
            subject_public_key_info: AnyRef::from_der(body.public_key)
                .expect("public keys are DER by now"),
            extensions: body.extensions,
        }))
    }

    /// `SEQUENCE { content, algorithm, signature }`.
    pub(super) fn sign(&self, content: &[u8]) -> Vec<u8> {
        der(&Signed {
            content: AnyRef::from_der(content).expect("content is DER"),
            algorithm: self.signature_algorithm(),
            signature: BitStringRef::from_bytes(&self.signature(content))
                .expect("at most 128 octets"),
        })
    }

    /// The signature alone. The nonce comes from the seed and the digest: same content, same octets.
    pub(super) fn signature(&self, content: &[u8]) -> Vec<u8> {
        let digest = self.algorithm.digest(content);
        let signature = match self.seed {
            Some(seed) => {
                let detail = [self.key_identifier.as_slice(), &digest].concat();
                self.key
                    .sign_prehash(&digest, &mut seed.stream("signature", &detail))
            }
            None => self.key.sign_prehash_deterministic(&digest),
        };
        signature
            .expect("the digest has the size of the set")
            .to_bytes()
    }

    /// Parameters absent: RFC 4491 §2.2, RFC 9215 §2.
    pub(super) fn signature_algorithm(&self) -> AlgorithmIdentifierRef<'static> {
        AlgorithmIdentifierRef {
            oid: self.algorithm.signature_oid(),
            parameters: None,
        }
    }
}

/// SHA-1 of the BIT STRING's content without its count of unused bits: the habit of ViPNet and OpenSSL.
pub(super) fn key_identifier(public_key: &[u8]) -> Vec<u8> {
    Sha1::digest(key_octets(public_key)).to_vec()
}

fn key_octets(public_key: &[u8]) -> Vec<u8> {
    let info = SubjectPublicKeyInfoRef::from_der(public_key).expect("public keys are DER by now");
    info.subject_public_key.raw_bytes().to_vec()
}

/// Sixteen octets, positive and never the same twice: time, counter, four of chance.
///
/// Shape: FILETIME (8, big-endian) ‖ counter (4) ‖ chance (4), the form of ViPNet's published example.
pub(super) fn serial(
    file_time: u64,
    counter: u32,
    chance: &mut impl rand_core::Rng,
) -> SerialNumber {
    let octets = [
        file_time.to_be_bytes().as_slice(),
        &counter.to_be_bytes(),
        &chance.next_u32().to_be_bytes(),
    ]
    .concat();
    SerialNumber::new(&octets).expect("sixteen octets are fewer than twenty")
}
