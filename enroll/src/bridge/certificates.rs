//! Certificates: their id is the SHA-1 of the DER. One without its pair is taken all the same; `getKeyByCertificate`
//! is how a page finds out.

use serde_json::{Value, json};
use sha1::{Digest as _, Sha1};

use super::arguments::{Arguments, colons, pem_or_base64};
use super::constants::*;
use super::device::{Device, nothing};
use super::{Call, Fault, dump};
use crate::certificate::Certificate;
use crate::name::{attributes, short_name};
use crate::ports::token::{Inventory, KeyId, KeyPair, StoredCertificate};

pub(super) fn import(
    device: &mut Device,
    call: &Call<'_>,
    given: Arguments<'_>,
) -> Result<Value, Fault> {
    let certificate = read(given.text(1)?)?;
    let category = given.number(2).unwrap_or(CERT_CATEGORY_USER);
    if !(CERT_CATEGORY_UNSPEC..=CERT_CATEGORY_OTHER).contains(&category) {
        return Err(Fault::CERTIFICATE_CATEGORY_BAD);
    }
    // Assumed: pages always log in before they import.
    let inventory = device.user(call)?.inventory()?;
    let der = certificate.der();
    if inventory
        .certificates
        .iter()
        .any(|stored| stored.der == der)
    {
        return Err(Fault::CERTIFICATE_EXISTS);
    }
    let (id, label) = place(&certificate, &inventory);
    device.user(call)?.write_certificate(&id, &label, der)?;
    device.categories.insert(fingerprint(der), category);
    Ok(json!(colons(&fingerprint(der))))
}

/// Beside its pair and under the pair's label; without one, under its owner's name and the id its pair would have.
fn place(certificate: &Certificate, inventory: &Inventory) -> (KeyId, String) {
    if let Some(pair) = inventory
        .keys
        .iter()
        .find(|pair| certificate.is_for(pair.public_key.as_ref()))
    {
        return (pair.id.clone(), pair.label.clone());
    }
    let octets = certificate
        .key()
        .map_or_else(|| certificate.der().to_vec(), |key| key.key.to_bytes());
    let mut names = attributes(certificate.subject()).into_iter();
    let owner = names
        .find(|(oid, _)| short_name(oid) == "CN")
        .map(|(_, value)| value);
    // A label of the token holds 254 octets.
    let label: String = owner.unwrap_or_default().chars().take(64).collect();
    (KeyId(Sha1::digest(octets).to_vec()), label)
}

/// Ids of a category. Of certificates that were not imported here, a CA's is a CA's and the rest are the user's.
pub(super) fn enumerate(
    device: &mut Device,
    _call: &Call<'_>,
    given: Arguments<'_>,
) -> Result<Value, Fault> {
    let category = given.number(1)?;
    if category > CERT_CATEGORY_OTHER {
        return Err(Fault::CERTIFICATE_CATEGORY_BAD);
    }
    let stored = device.inventory()?.certificates;
    let mut ids: Vec<String> = Vec::new();
    for certificate in stored {
        let id = fingerprint(&certificate.der);
        let known = device.categories.get(&id).copied();
        if known.unwrap_or_else(|| natural_category(&certificate.der)) == category {
            ids.push(colons(&id));
        }
    }
    Ok(json!(ids))
}

fn natural_category(der: &[u8]) -> u64 {
    if dump::is_authority(der) {
        CERT_CATEGORY_CA
    } else {
        CERT_CATEGORY_USER
    }
}

pub(super) fn pem(
    device: &mut Device,
    _call: &Call<'_>,
    given: Arguments<'_>,
) -> Result<Value, Fault> {
    Ok(json!(crate::pem::encode(
        "CERTIFICATE",
        &stored(device, &given.octets(1)?)?.der
    )))
}

pub(super) fn parse(
    device: &mut Device,
    _call: &Call<'_>,
    given: Arguments<'_>,
) -> Result<Value, Fault> {
    dump::parsed(&stored(device, &given.octets(1)?)?.der)
}

/// The same for a certificate that is on no token.
pub(super) fn parse_text(text: &str) -> Result<Value, Fault> {
    dump::parsed(read(text)?.der())
}

/// Only the serial number can be asked for.
pub(super) fn information(
    device: &mut Device,
    _call: &Call<'_>,
    given: Arguments<'_>,
) -> Result<Value, Fault> {
    let stored = stored(device, &given.octets(1)?)?;
    if given.number(2)? != CERT_INFO_SERIAL_NUMBER {
        return Err(Fault::BAD_PARAMS);
    }
    let certificate = Certificate::from_der(&stored.der).map_err(|_| Fault::ASN1_ERROR)?;
    Ok(json!(certificate.serial().to_lowercase()))
}

pub(super) fn label(
    device: &mut Device,
    _call: &Call<'_>,
    given: Arguments<'_>,
) -> Result<Value, Fault> {
    Ok(json!(stored(device, &given.octets(1)?)?.label))
}

/// By public key; by id where a key does not show.
pub(super) fn key(
    device: &mut Device,
    call: &Call<'_>,
    given: Arguments<'_>,
) -> Result<Value, Fault> {
    Ok(json!(colons(
        &pair_of(device, call, &given.octets(1)?)?.1.id.0
    )))
}

pub(super) fn delete(
    device: &mut Device,
    call: &Call<'_>,
    given: Arguments<'_>,
) -> Result<Value, Fault> {
    let stored = stored(device, &given.octets(1)?)?;
    // Assumed: the user, as for importing.
    device.user(call)?.delete_certificate(&stored)?;
    device.categories.remove(&fingerprint(&stored.der));
    Ok(nothing())
}

/// A certificate of the token, and its pair.
pub(super) fn pair_of(
    device: &mut Device,
    call: &Call<'_>,
    id: &[u8],
) -> Result<(Certificate, KeyPair), Fault> {
    let pairs = device.pairs(call)?;
    let stored = stored(device, id)?;
    let certificate = Certificate::from_der(&stored.der).map_err(|_| Fault::ASN1_ERROR)?;
    let pair = pairs.into_iter().find(|pair| {
        certificate.is_for(pair.public_key.as_ref())
            || (pair.public_key.is_none() && pair.id == stored.id)
    });
    Ok((certificate, pair.ok_or(Fault::KEY_NOT_FOUND)?))
}

pub(super) fn stored(device: &mut Device, id: &[u8]) -> Result<StoredCertificate, Fault> {
    let certificates = device.inventory()?.certificates.into_iter();
    let mut found = certificates.filter(|stored| fingerprint(&stored.der) == id);
    found.next().ok_or(Fault::CERTIFICATE_NOT_FOUND)
}

pub(super) fn read(text: &str) -> Result<Certificate, Fault> {
    Certificate::from_der(&pem_or_base64(text)?).map_err(|_| Fault::ASN1_ERROR)
}

pub(super) fn fingerprint(der: &[u8]) -> Vec<u8> {
    Sha1::digest(der).to_vec()
}
