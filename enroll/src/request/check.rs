//! The look at a finished request before it is sent.

use std::collections::BTreeSet;

use der::{Decode as _, Encode as _};
use gost3410::{PublicKeyInfo, Signature};
use x509_cert::request::{CertReq, Version};

use super::{RequestError, Wanted, malformed};
use crate::name::attributes;

/// Reads a request back as a stranger would and compares it with what was wanted.
///
/// Errors: the first difference, [`RequestError::Signature`] when the self-signature does not verify.
pub fn self_check(der: &[u8], wanted: &Wanted<'_>) -> Result<(), RequestError> {
    let request = CertReq::from_der(der).map_err(malformed)?;
    let differs = |what| Err(RequestError::Differs { what });
    if request.info.version != Version::V1 {
        return differs("version");
    }
    let asked: Vec<_> = wanted
        .subject
        .iter()
        .map(|field| (field.oid, field.value.clone()))
        .collect();
    if attributes(&request.info.subject) != asked {
        return differs("subject");
    }
    if asked
        .iter()
        .map(|(oid, _)| oid)
        .collect::<BTreeSet<_>>()
        .len()
        != asked.len()
    {
        return differs("number of attributes of one type");
    }
    let key = request.info.public_key.to_der().map_err(malformed)?;
    let key =
        PublicKeyInfo::from_der(&key).map_err(|_| RequestError::Differs { what: "public key" })?;
    if key.key != wanted.key.key || key.algorithm != wanted.key.algorithm {
        return differs("public key");
    }
    if request.algorithm.oid != key.algorithm.signature_oid()
        || request.algorithm.parameters.is_some()
    {
        return differs("signature algorithm");
    }
    verify(&request, &key)
}

fn verify(request: &CertReq, key: &PublicKeyInfo) -> Result<(), RequestError> {
    let signed = request.info.to_der().map_err(malformed)?;
    let octets = request
        .signature
        .as_bytes()
        .ok_or(RequestError::Signature)?;
    let signature = Signature::from_bytes(octets).map_err(|_| RequestError::Signature)?;
    let digest = key.algorithm.digest(&signed);
    key.key
        .verify_prehash(&digest, &signature)
        .map_err(|_| RequestError::Signature)
}
