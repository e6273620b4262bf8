//! A root, and an issuing authority under it, of the tester's own: PEM files instead of keys made from the seed.

use der::{Decode, DecodePem, Encode};
use gost3410::{Algorithm, PrivateKeyInfo, PublicKeyInfo, Signature};
use jiff::Timestamp;
use x509_cert::Certificate;
use x509_cert::ext::pkix::{BasicConstraints, SubjectKeyIdentifier};

use super::issuer::{Issuer, KeyOf};
use super::name;
use super::oids;

/// The contents of one authority's two files.
#[derive(Clone)]
pub struct KeyFile {
    /// Its certificate, PEM.
    pub certificate: String,
    /// Its private key, PEM: PKCS#8 as `openssl genpkey` writes it with gost-engine.
    pub key: String,
}

/// Why files are no authority of ours.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LoadedError {
    /// Not one certificate in PEM.
    #[error("this is no certificate in PEM: {0}")]
    Certificate(String),
    /// Not a private key of GOST R 34.10 in PEM.
    #[error("this is no private key of GOST R 34.10 in PEM (PKCS#8): {0}")]
    Key(String),
    /// The key is not the certificate's.
    #[error("the private key is not the one of «{0}»")]
    OtherKey(String),
    /// No certificates may be signed with it.
    #[error("«{0}» is no certification authority: basicConstraints does not say CA")]
    NoAuthority(String),
    /// It could be taken for a real one.
    #[error(
        "CN and O of «{0}» must both say TEST: nothing issued here may pass for a real certificate"
    )]
    NotTest(String),
    /// The issuing authority is not the root's.
    #[error("«{0}» is not signed by the root")]
    NotUnderRoot(String),
}

/// What was read, ready to sign.
#[derive(Clone)]
pub(crate) struct Loaded {
    pub(super) root: Issuer,
    pub(super) issuing: Option<Issuer>,
}

impl Loaded {
    /// Reads both and sees that they belong together. Errors: [`LoadedError`].
    pub(crate) fn read(root: &KeyFile, issuing: Option<&KeyFile>) -> Result<Self, LoadedError> {
        let root = read(root)?;
        let issuing = issuing.map(read).transpose()?;
        if let Some(issuing) = issuing.as_ref().filter(|one| !is_signed_by(one, &root)) {
            return Err(LoadedError::NotUnderRoot(issuing.subject.to_string()));
        }
        Ok(Self { root, issuing })
    }

    /// The profiles it serves are those of this algorithm.
    pub(crate) fn algorithm(&self) -> Algorithm {
        self.root.algorithm()
    }
}

fn read(file: &KeyFile) -> Result<Issuer, LoadedError> {
    let certificate = Certificate::from_pem(&file.certificate)
        .map_err(|error| LoadedError::Certificate(error.to_string()))?;
    let key = private_key(&file.key)?;
    let tbs = certificate.tbs_certificate();
    let who = tbs.subject().to_string();
    let public_key = name::der(tbs.subject_public_key_info());
    match PublicKeyInfo::from_der(&public_key) {
        Ok(info) if info.key == *key.key.verifying_key() && info.algorithm == key.algorithm => {}
        _ => return Err(LoadedError::OtherKey(who)),
    }
    let extensions = tbs.extensions().map(Vec::as_slice).unwrap_or_default();
    let constraints: Option<BasicConstraints> = extension(extensions, oids::BASIC_CONSTRAINTS);
    if !constraints.is_some_and(|constraints| constraints.ca) {
        return Err(LoadedError::NoAuthority(who));
    }
    if !says_test(tbs.subject()) {
        return Err(LoadedError::NotTest(who));
    }
    let identifier: Option<SubjectKeyIdentifier> =
        extension(extensions, oids::SUBJECT_KEY_IDENTIFIER);
    let not_after = tbs.validity().not_after.to_unix_duration().as_secs();
    let not_after = i64::try_from(not_after).ok();
    Ok(Issuer::loaded(
        KeyOf {
            key: key.key,
            algorithm: key.algorithm,
            public_key,
        },
        tbs,
        identifier.map(|identifier| identifier.0.as_bytes().to_vec()),
        not_after
            .and_then(|seconds| Timestamp::from_second(seconds).ok())
            .unwrap_or(Timestamp::MAX),
        name::der(&certificate),
    ))
}

fn private_key(pem: &str) -> Result<PrivateKeyInfo, LoadedError> {
    let wrong = |why: String| LoadedError::Key(why);
    let (label, der) = der::pem::decode_vec(pem.trim_start().as_bytes())
        .map_err(|error| wrong(error.to_string()))?;
    if label != "PRIVATE KEY" {
        return Err(wrong(label.to_owned()));
    }
    PrivateKeyInfo::from_der(&der).map_err(|error| wrong(error.to_string()))
}

fn extension<T: for<'a> Decode<'a>>(
    all: &[x509_cert::ext::Extension],
    oid: der::asn1::ObjectIdentifier,
) -> Option<T> {
    let found = all.iter().find(|one| one.extn_id == oid)?;
    T::from_der(found.extn_value.as_bytes()).ok()
}

fn says_test(subject: &x509_cert::name::Name) -> bool {
    let fields = name::read(subject).unwrap_or_default();
    [oids::COMMON_NAME, oids::ORGANISATION].iter().all(|oid| {
        let mut own = fields.iter().filter(|(one, _)| one == oid).peekable();
        own.peek().is_some() && own.all(|(_, text)| text.contains("TEST") || text.contains("ТЕСТ"))
    })
}

fn is_signed_by(one: &Issuer, root: &Issuer) -> bool {
    let Ok(certificate) = Certificate::from_der(&one.certificate) else {
        return false;
    };
    let signature = certificate.signature().as_bytes().unwrap_or_default();
    let Ok(signature) = Signature::from_bytes(signature) else {
        return false;
    };
    let signed = certificate.tbs_certificate().to_der().unwrap_or_default();
    name::der(&one.issued_by) == name::der(&root.subject) && root.has_signed(&signed, &signature)
}
