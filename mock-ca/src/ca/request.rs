//! PKCS#10 requests: read strictly, checked against an application.

use der::asn1::{Any, AnyRef, BitString, ObjectIdentifier};
use der::{Decode, Sequence};
use gost3410::{Algorithm, PublicKeyInfo, Signature};
use spki::{AlgorithmIdentifierOwned, SubjectPublicKeyInfoRef};
use x509_cert::attr::Attributes;
use x509_cert::ext::Extension;
use x509_cert::name::Name;

use super::name::{self, der};
use super::{Profile, Refusal, oids};

/// The longest request that is read, in octets. Honest ones have fewer than a thousand.
pub const MAX_REQUEST: usize = 16 * 1024;

/// A request as it came: syntax has been checked and nothing else.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) version: u8,
    pub(crate) subject: Name,
    /// SubjectPublicKeyInfo, DER, its identifiers as they came.
    pub(crate) public_key: Vec<u8>,
    pub(crate) extensions: Vec<Extension>,
    pub(crate) signature_algorithm: ObjectIdentifier,
    pub(crate) signature: Vec<u8>,
    signed: Vec<u8>,
}

#[derive(Sequence)]
struct CertificationRequest {
    info: Any,
    algorithm: AlgorithmIdentifierOwned,
    signature: BitString,
}

#[derive(Sequence)]
struct CertificationRequestInfo {
    version: u8,
    subject: Name,
    public_key: Any,
    #[asn1(context_specific = "0", tag_mode = "IMPLICIT")]
    attributes: Attributes,
}

impl Request {
    /// Reads DER; anything after the request is an error.
    pub(crate) fn from_der(octets: &[u8]) -> Result<Self, Refusal> {
        if octets.len() > MAX_REQUEST {
            return Err(Refusal::TooLong {
                octets: octets.len(),
                limit: MAX_REQUEST,
            });
        }
        let outer = CertificationRequest::from_der(octets).map_err(|error| malformed(&error))?;
        let signed = der(&outer.info);
        let info =
            CertificationRequestInfo::from_der(&signed).map_err(|error| malformed(&error))?;
        Ok(Self {
            version: info.version,
            subject: info.subject,
            public_key: der(&info.public_key),
            extensions: requested_extensions(&info.attributes)?,
            signature_algorithm: signature_algorithm(&outer.algorithm)?,
            signature: outer
                .signature
                .as_bytes()
                .ok_or_else(|| malformed(&"unused bits in signature"))?
                .to_vec(),
            signed,
        })
    }

    /// Checks version, key and signature, in this order; the key must be what the profile asks for.
    pub(crate) fn verify(&self, profile: &Profile) -> Result<PublicKeyInfo, Refusal> {
        if self.version != 0 {
            return Err(Refusal::Version { got: self.version });
        }
        let info = self.expected_key(profile)?;
        self.verify_signature(&info)?;
        Ok(info)
    }

    fn expected_key(&self, profile: &Profile) -> Result<PublicKeyInfo, Refusal> {
        let outline = SubjectPublicKeyInfoRef::from_der(&self.public_key)
            .map_err(|error| malformed(&error))?;
        let (expected, got) = (profile.algorithm.key_oid(), outline.algorithm.oid);
        if got != expected {
            return Err(Refusal::Algorithm { expected, got });
        }
        let info =
            PublicKeyInfo::from_der(&self.public_key).map_err(|error| Refusal::PublicKey {
                what: error.to_string(),
            })?;
        let (expected, got) = (profile.parameter_set, info.key.parameter_set());
        if got != expected {
            return Err(Refusal::ParameterSet {
                expected: expected.name(),
                got: got.name(),
            });
        }
        if !are_usual(outline.algorithm.parameters, &info) {
            return Err(Refusal::PublicKey {
                what: "параметры ключа записаны не так, как требуют RFC 4491 и RFC 9215".into(),
            });
        }
        Ok(info)
    }

    fn verify_signature(&self, info: &PublicKeyInfo) -> Result<(), Refusal> {
        let (expected, got) = (info.algorithm.signature_oid(), self.signature_algorithm);
        if got != expected {
            return Err(Refusal::SignatureAlgorithm { expected, got });
        }
        let signature = Signature::from_bytes(&self.signature).map_err(|_| Refusal::Signature)?;
        let digest = info.algorithm.digest(&self.signed);
        info.key
            .verify_prehash(&digest, &signature)
            .map_err(|_| Refusal::Signature)
    }

    pub(crate) fn subject_fields(&self) -> Result<Vec<(ObjectIdentifier, String)>, Refusal> {
        name::read(&self.subject).map_err(|oid| Refusal::NotText { oid })
    }
}

/// Whether a key's identifiers are those that software writes, since they go into the certificate as they came: the set,
/// the digest (which RFC 9215 wants absent beside the sets of TC26, where gost-engine writes it), and after it the
/// cipher's set, as CryptoPro's software adds.
fn are_usual(parameters: Option<AnyRef<'_>>, info: &PublicKeyInfo) -> bool {
    let oids = parameters.map(AnyRef::decode_as::<Vec<ObjectIdentifier>>);
    let Some(Ok(oids)) = oids else {
        return false;
    };
    let (set, digest) = (
        info.key.parameter_set().oid(),
        info.algorithm.digest_params_oid(),
    );
    match *oids.as_slice() {
        [one] => one == set && !Algorithm::Gost2001.allows(info.key.parameter_set()),
        [one, two] => (one, two) == (set, digest),
        [one, two, three] => (one, two, three) == (set, digest, oids::CRYPTOPRO_CIPHER_A),
        _ => false,
    }
}

/// Parameters may be absent, as the standards say, or NULL, as many programs write.
fn signature_algorithm(algorithm: &AlgorithmIdentifierOwned) -> Result<ObjectIdentifier, Refusal> {
    match &algorithm.parameters {
        Some(parameters) if *parameters != Any::null() => {
            Err(malformed(&"parameters of a signature"))
        }
        _ => Ok(algorithm.oid),
    }
}

/// Extensions of every extensionRequest, PKCS#9's and Microsoft's; other attributes are passed over.
fn requested_extensions(attributes: &Attributes) -> Result<Vec<Extension>, Refusal> {
    let mut extensions = Vec::new();
    for attribute in attributes.iter() {
        if [oids::EXTENSION_REQUEST, oids::MICROSOFT_EXTENSION_REQUEST].contains(&attribute.oid) {
            for value in attribute.values.iter() {
                extensions.append(
                    &mut value
                        .decode_as::<Vec<Extension>>()
                        .map_err(|error| malformed(&error))?,
                );
            }
        }
    }
    Ok(extensions)
}

fn malformed(what: &dyn std::fmt::Display) -> Refusal {
    Refusal::Malformed {
        what: what.to_string(),
    }
}

/// A request the authority is ready to answer: made by [`CertificationAuthority::check`](super::CertificationAuthority::check) only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckedRequest {
    pub(super) public_key: Vec<u8>,
    pub(super) key: String,
    pub(super) algorithm: Algorithm,
}

impl CheckedRequest {
    pub(super) fn new(request: Request, info: &PublicKeyInfo) -> Self {
        Self {
            public_key: request.public_key,
            key: hex::encode(info.key.to_bytes()),
            algorithm: info.algorithm,
        }
    }

    /// SubjectPublicKeyInfo, DER, exactly as it came and as it will stand in the certificate.
    pub fn public_key_info(&self) -> &[u8] {
        &self.public_key
    }

    /// The key's algorithm.
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }
}
