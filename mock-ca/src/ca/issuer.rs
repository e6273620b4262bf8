//! A key that signs certificates and lists, with the certificate that says so.

use der::asn1::{AnyRef, BitStringRef};
use der::{Decode, Sequence};
use gost3410::{Algorithm, ParameterSet, PublicKeyInfo, SigningKey};
use jiff::Timestamp;
use sha1::{Digest, Sha1};
use spki::{AlgorithmIdentifierRef, SubjectPublicKeyInfoRef};
use x509_cert::ext::{Extension, Extensions};
use x509_cert::name::Name;
use x509_cert::serial_number::SerialNumber;
use x509_cert::time::Validity;

use super::extensions;
use super::name::der;
use super::seed::Seed;
use super::time;

/// The root or the issuing authority.
pub(super) struct Issuer {
    seed: Seed,
    key: SigningKey,
    algorithm: Algorithm,
    pub(super) subject: Name,
    pub(super) issued_by: Name,
    pub(super) serial: SerialNumber,
    pub(super) key_identifier: Vec<u8>,
    pub(super) not_after: Timestamp,
    /// The certificate, DER.
    pub(super) certificate: Vec<u8>,
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
            seed,
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

    /// `SEQUENCE { content, algorithm, signature }`. The nonce comes from the seed and the digest: same content, same octets.
    pub(super) fn sign(&self, content: &[u8]) -> Vec<u8> {
        let digest = self.algorithm.digest(content);
        let mut chance = self.seed.stream(
            "signature",
            &[self.key_identifier.as_slice(), &digest].concat(),
        );
        let signature = self
            .key
            .sign_prehash(&digest, &mut chance)
            .expect("the digest has the size of the set")
            .to_bytes();
        der(&Signed {
            content: AnyRef::from_der(content).expect("content is DER"),
            algorithm: self.signature_algorithm(),
            signature: BitStringRef::from_bytes(&signature).expect("at most 128 octets"),
        })
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
    let info = SubjectPublicKeyInfoRef::from_der(public_key).expect("public keys are DER by now");
    Sha1::digest(info.subject_public_key.raw_bytes()).to_vec()
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
