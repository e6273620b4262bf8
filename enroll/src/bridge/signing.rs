//! `digest` and `rawSign`.

use gost3410::Algorithm;
use serde_json::{Map, Value, json};
use sha1::{Digest as _, Sha1};

use super::arguments::{Arguments, base64, colons, flag, octets};
use super::constants::*;
use super::device::Device;
use super::{Call, Fault};

/// The hash of text, or of what its base64 says.
pub(super) fn digest(
    _device: &mut Device,
    _call: &Call<'_>,
    given: Arguments<'_>,
) -> Result<Value, Fault> {
    let kind = given.number(1)?;
    let data = data(given.text(2)?, given.options(3)?)?;
    Ok(json!(colons(&hash(kind, &data)?)))
}

/// Signs a digest as it stands: 32 octets, 64 for a long key. The answer is `r ‖ s` as the token gives it.
pub(super) fn raw(
    device: &mut Device,
    call: &Call<'_>,
    given: Arguments<'_>,
) -> Result<Value, Fault> {
    let pair = device.pair(call, &given.octets(1)?)?;
    let digest = octets(given.text(2)?).ok_or(Fault::BAD_PARAMS)?;
    if digest.len() != device.purpose(&pair)?.1.size() {
        return Err(Fault::DATA_LEN_RANGE);
    }
    let signature = device.user(call)?.sign_digest(&pair.id, &digest)?;
    Ok(json!(colons(&signature.to_token_bytes())))
}

fn data(text: &str, options: &Map<String, Value>) -> Result<Vec<u8>, Fault> {
    match flag(options, "base64", false) {
        true => base64(text),
        false => Ok(text.as_bytes().to_vec()),
    }
}

pub(super) fn hash(kind: u64, data: &[u8]) -> Result<Vec<u8>, Fault> {
    Ok(match kind {
        HASH_TYPE_GOST3411_94 => Algorithm::Gost2001.digest(data),
        HASH_TYPE_GOST3411_12_256 => Algorithm::Gost2012_256.digest(data),
        HASH_TYPE_GOST3411_12_512 => Algorithm::Gost2012_512.digest(data),
        HASH_TYPE_SHA1 => Sha1::digest(data).to_vec(),
        _ => return Err(Fault::MECHANISM_INVALID),
    })
}
