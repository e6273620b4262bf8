//! What objects are made and found by, and the key in a public half.

use const_oid::ObjectIdentifier;
use cryptoki_sys::*;
use der::{Decode as _, Encode as _};
use gost3410::{ParameterSet, VerifyingKey};
use sha1::{Digest as _, Sha1};
use x509_cert::Certificate;

use super::module::{Template, number, truth};
use crate::ports::token::{KeyId, KeySpec, TokenError};

/// The key of a public half. OpenSC names CryptoPro-A for keys of B and C too, so the curve is the one the point is on.
pub(super) fn gost_key(told: &[u8], value: &[u8]) -> Option<VerifyingKey> {
    let of_told = ParameterSet::ALL
        .into_iter()
        .filter(|set| set.oid().to_der().is_ok_and(|oid| oid == told));
    let usual = [
        ParameterSet::CryptoProA,
        ParameterSet::CryptoProB,
        ParameterSet::CryptoProC,
        ParameterSet::Tc26Gost256A,
        ParameterSet::Tc26Gost512A,
        ParameterSet::Tc26Gost512B,
    ];
    of_told
        .chain(usual)
        .find_map(|set| VerifyingKey::from_pkcs11(set, value).ok())
}

/// An id for a pair whose public key nobody knows yet; not that of a pair there.
pub(super) fn provisional_id(label: &str, known: &[KeyId]) -> Vec<u8> {
    let mut hash = Sha1::new_with_prefix(label);
    for id in known {
        hash.update(&id.0);
    }
    hash.finalize().to_vec()
}

pub(super) fn attribute(kind: CK_ATTRIBUTE_TYPE, value: Vec<u8>) -> Template {
    vec![(kind, value)]
}

pub(super) fn pair_templates(
    spec: &KeySpec,
    id: &[u8],
    hash: Option<ObjectIdentifier>,
) -> (Template, Template) {
    let set = spec.parameter_set.oid().to_der();
    let mut common: Template = vec![
        (CKA_KEY_TYPE, number(CKK_GOSTR3410)),
        (CKA_TOKEN, truth(true)),
        (CKA_LABEL, spec.label.as_bytes().to_vec()),
        (CKA_ID, id.to_vec()),
        (CKA_GOSTR3410_PARAMS, set.unwrap_or_default()),
    ];
    let hash = hash.and_then(|oid| oid.to_der().ok());
    common.extend(hash.map(|oid| (CKA_GOSTR3411_PARAMS, oid)));
    let with = |own: Template| common.iter().cloned().chain(own).collect();
    let public = with(vec![(CKA_PRIVATE, truth(false))]);
    let private = with(vec![(CKA_PRIVATE, truth(true)), (CKA_SIGN, truth(true))]);
    (public, private)
}

pub(super) fn certificate_template(
    id: &KeyId,
    label: &str,
    der: &[u8],
) -> Result<Template, TokenError> {
    let unfit = |_| TokenError::Unsupported {
        what: "a certificate that is no X.509".to_owned(),
    };
    let certificate = Certificate::from_der(der).map_err(unfit)?;
    let tbs = certificate.tbs_certificate();
    Ok(vec![
        (CKA_CLASS, number(CKO_CERTIFICATE)),
        (CKA_CERTIFICATE_TYPE, number(CKC_X_509)),
        (CKA_TOKEN, truth(true)),
        (CKA_PRIVATE, truth(false)),
        (CKA_LABEL, label.as_bytes().to_vec()),
        (CKA_ID, id.0.clone()),
        (CKA_SUBJECT, tbs.subject().to_der().map_err(unfit)?),
        (CKA_ISSUER, tbs.issuer().to_der().map_err(unfit)?),
        (
            CKA_SERIAL_NUMBER,
            tbs.serial_number().to_der().map_err(unfit)?,
        ),
        (CKA_VALUE, der.to_vec()),
    ])
}
