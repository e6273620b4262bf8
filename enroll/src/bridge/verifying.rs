//! `verify`: whether every signer of a CMS message signed the data; the signers' certificates too, when asked for.

use cms::cert::CertificateChoices;
use cms::content_info::ContentInfo;
use cms::signed_data::{SignedData, SignerIdentifier, SignerInfo};
use const_oid::db::rfc5911::{ID_MESSAGE_DIGEST, ID_SIGNED_DATA};
use der::asn1::OctetStringRef;
use der::{Decode as _, Encode as _};
use gost3410::{Algorithm, Signature};
use serde_json::{Map, Value, json};

use super::arguments::{Arguments, base64, flag, pem_or_base64};
use super::certificates;
use super::cms::{asn1, carried};
use super::device::Device;
use super::{Call, Fault};
use crate::certificate::Certificate;

/// `false` when a signature is wrong; certificates that do not hold are an error.
pub(super) fn verify(
    _device: &mut Device,
    call: &Call<'_>,
    given: Arguments<'_>,
) -> Result<Value, Fault> {
    let message = read(given.text(1)?)?;
    let options = given.options(2)?;
    let data = data(&message, options)?;
    let known = known(&message, options)?;
    let signers = message.signer_infos.0.iter();
    if signers.len() == 0 {
        return Err(Fault::DATA_INVALID);
    }
    let mut all = true;
    for signer in signers {
        let certificate = known.iter().find(|it| is_of(it, signer));
        let certificate = certificate.ok_or(Fault::CERTIFICATE_NOT_FOUND)?;
        all &= signed(signer, certificate, &data)?;
        if flag(options, "verifyCertificate", true) {
            check(certificate, &list(options, "CA")?, call)?;
        }
    }
    Ok(json!(all))
}

/// A CMS message of any usual wrapping.
pub(super) fn read(text: &str) -> Result<SignedData, Fault> {
    let whole = ContentInfo::from_der(&pem_or_base64(text)?).map_err(asn1)?;
    if whole.content_type != ID_SIGNED_DATA {
        return Err(Fault::DATA_INVALID);
    }
    whole.content.decode_as().map_err(asn1)
}

/// What the message carries; else what the page says was signed.
fn data(message: &SignedData, options: &Map<String, Value>) -> Result<Vec<u8>, Fault> {
    if let Some(carried) = carried(message)? {
        return Ok(carried);
    }
    let text = options
        .get("data")
        .and_then(Value::as_str)
        .ok_or(Fault::BAD_PARAMS)?;
    match flag(options, "base64", false) {
        true => base64(text),
        false => Ok(text.as_bytes().to_vec()),
    }
}

fn known(message: &SignedData, options: &Map<String, Value>) -> Result<Vec<Certificate>, Fault> {
    let mut known = list(options, "certificates")?;
    for choice in message.certificates.iter().flat_map(|set| set.0.iter()) {
        if let CertificateChoices::Certificate(inside) = choice {
            let der = inside.to_der().map_err(asn1)?;
            known.push(Certificate::from_der(&der).map_err(|_| Fault::ASN1_ERROR)?);
        }
    }
    Ok(known)
}

fn list(options: &Map<String, Value>, name: &str) -> Result<Vec<Certificate>, Fault> {
    let given = options
        .get(name)
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    given
        .map(|text| certificates::read(text.as_str().ok_or(Fault::BAD_PARAMS)?))
        .collect()
}

fn is_of(certificate: &Certificate, signer: &SignerInfo) -> bool {
    let SignerIdentifier::IssuerAndSerialNumber(named) = &signer.sid else {
        return false;
    };
    certificate.issuer().to_der().ok() == named.issuer.to_der().ok()
        && certificate.serial() == hex::encode_upper(named.serial_number.as_bytes())
}

fn signed(signer: &SignerInfo, certificate: &Certificate, data: &[u8]) -> Result<bool, Fault> {
    let key = certificate.key().ok_or(Fault::WRONG_KEY_TYPE)?;
    let algorithm = Algorithm::ALL
        .into_iter()
        .find(|it| it.digest_oid() == signer.digest_alg.oid);
    let algorithm = algorithm
        .filter(|it| *it == key.algorithm)
        .ok_or(Fault::MECHANISM_INVALID)?;
    let mut to_check = algorithm.digest(data);
    if let Some(attributes) = &signer.signed_attrs {
        let named = attributes.iter().find(|it| it.oid == ID_MESSAGE_DIGEST);
        let named = named
            .and_then(|it| it.values.get(0))
            .ok_or(Fault::DATA_INVALID)?;
        let named = named.decode_as::<&OctetStringRef>().map_err(asn1)?;
        if named.as_bytes() != to_check {
            return Ok(false);
        }
        to_check = algorithm.digest(&attributes.to_der().map_err(asn1)?);
    }
    let signature = Signature::from_bytes(signer.signature.as_bytes());
    Ok(signature.is_ok_and(|it| key.key.verify_prehash(&to_check, &it).is_ok()))
}

/// Time and the direct issuer, as far as the page gives one. The plugin checks revocation as well; ours does not.
fn check(
    certificate: &Certificate,
    authorities: &[Certificate],
    call: &Call<'_>,
) -> Result<(), Fault> {
    if authorities.is_empty() {
        return Err(Fault::CA_CERTIFICATES_NOT_FOUND);
    }
    let (from, until) = certificate.validity();
    let issued = authorities.iter().any(|issuer| {
        issuer.subject() == certificate.issuer()
            && issuer
                .key()
                .is_some_and(|key| certificate.is_signed_by(key))
    });
    let holds = issued && (from..=until).contains(&call.at);
    holds
        .then_some(())
        .ok_or(Fault::CERTIFICATE_VERIFICATION_ERROR)
}
