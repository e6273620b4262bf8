//! Key pairs as pages see them: an id of octets with colons, a label, a group.

use gost3410::{Algorithm, ParameterSet};
use serde_json::{Map, Value, json};

use super::arguments::{Arguments, colons};
use super::constants::*;
use super::device::{Device, nothing};
use super::{Call, Fault};
use crate::ports::token::{KeyId, KeySpec};

/// Ids of the pairs of a group; the empty marker means every pair.
pub(super) fn enumerate(
    device: &mut Device,
    call: &Call<'_>,
    given: Arguments<'_>,
) -> Result<Value, Fault> {
    let marker = given.text(1).unwrap_or_default();
    let mut pairs = device.pairs(call)?;
    pairs.retain(|pair| {
        marker.is_empty() || device.markers.get(&pair.id).is_some_and(|it| it == marker)
    });
    Ok(json!(
        pairs
            .iter()
            .map(|pair| colons(&pair.id.0))
            .collect::<Vec<_>>()
    ))
}

pub(super) fn label(
    device: &mut Device,
    call: &Call<'_>,
    given: Arguments<'_>,
) -> Result<Value, Fault> {
    Ok(json!(device.pair(call, &given.octets(1)?)?.label))
}

pub(super) fn set_label(
    device: &mut Device,
    call: &Call<'_>,
    given: Arguments<'_>,
) -> Result<Value, Fault> {
    let id = device.pair(call, &given.octets(1)?)?.id;
    device.user(call)?.set_key_label(&id, given.text(2)?)?;
    Ok(nothing())
}

/// No usage period is kept on the token: an empty object.
pub(super) fn information(
    device: &mut Device,
    call: &Call<'_>,
    given: Arguments<'_>,
) -> Result<Value, Fault> {
    let pair = device.pair(call, &given.octets(1)?)?;
    match given.number(2)? {
        KEY_INFO_ALGORITHM => Ok(json!(match device.purpose(&pair)?.0 {
            Algorithm::Gost2001 => PUBLIC_KEY_ALGORITHM_GOST3410_2001,
            Algorithm::Gost2012_256 => PUBLIC_KEY_ALGORITHM_GOST3410_2012_256,
            Algorithm::Gost2012_512 => PUBLIC_KEY_ALGORITHM_GOST3410_2012_512,
        })),
        KEY_INFO_SPEC => Ok(json!(KEY_SPEC_SIGN_AND_EXCHANGE)),
        KEY_INFO_USAGE_PERIOD => Ok(json!({})),
        _ => Err(Fault::BAD_PARAMS),
    }
}

/// x ‖ y, each little-endian.
pub(super) fn public_value(
    device: &mut Device,
    call: &Call<'_>,
    given: Arguments<'_>,
) -> Result<Value, Fault> {
    let pair = device.pair(call, &given.octets(1)?)?;
    let key = pair.public_key.ok_or(Fault::DEVICE_ERROR)?;
    Ok(json!(colons(&key.to_bytes())))
}

/// The pair has no label until `setKeyLabel`. An id that the page proposes is not taken: ids are the SHA-1 of the
/// public key, as OpenSC and the engine have them (assumed: pages use the id that is answered).
pub(super) fn generate(
    device: &mut Device,
    call: &Call<'_>,
    given: Arguments<'_>,
) -> Result<Value, Fault> {
    let marker = given.text(2).unwrap_or_default();
    let (algorithm, parameter_set) = kind(given.options(3)?)?;
    let spec = KeySpec {
        algorithm,
        parameter_set,
        label: String::new(),
    };
    let pair = device.user(call)?.generate_key_pair(&spec)?;
    device
        .made
        .insert(pair.id.clone(), (algorithm, parameter_set));
    device.markers.insert(pair.id.clone(), marker.to_owned());
    Ok(json!(colons(&pair.id.0)))
}

pub(super) fn delete(
    device: &mut Device,
    call: &Call<'_>,
    given: Arguments<'_>,
) -> Result<Value, Fault> {
    let id = KeyId(given.octets(1)?);
    device.pair(call, &id.0)?;
    device.user(call)?.delete_key_pair(&id)?;
    device.made.remove(&id);
    device.markers.remove(&id);
    Ok(nothing())
}

/// Algorithm and curve. Without `paramset` the sets that ЕГАИС uses (assumed).
fn kind(options: &Map<String, Value>) -> Result<(Algorithm, ParameterSet), Fault> {
    let algorithm = match options.get("publicKeyAlgorithm").and_then(Value::as_u64) {
        Some(PUBLIC_KEY_ALGORITHM_GOST3410_2001) => Algorithm::Gost2001,
        Some(PUBLIC_KEY_ALGORITHM_GOST3410_2012_256) | None => Algorithm::Gost2012_256,
        Some(PUBLIC_KEY_ALGORITHM_GOST3410_2012_512) => Algorithm::Gost2012_512,
        Some(_) => return Err(Fault::UNSUPPORTED_BY_TOKEN),
    };
    let name = options
        .get("paramset")
        .and_then(Value::as_str)
        .unwrap_or("A");
    let set = parameter_set(algorithm, name).filter(|set| algorithm.allows(*set));
    Ok((algorithm, set.ok_or(Fault::BAD_PARAMS)?))
}

fn parameter_set(algorithm: Algorithm, name: &str) -> Option<ParameterSet> {
    use ParameterSet as Set;
    let short = name.strip_prefix("TC26-");
    Some(match (algorithm, short.unwrap_or(name)) {
        (Algorithm::Gost2012_512, "A") => Set::Tc26Gost512A,
        (Algorithm::Gost2012_512, "B") => Set::Tc26Gost512B,
        (Algorithm::Gost2012_512, "C") => Set::Tc26Gost512C,
        (_, "A") if short.is_some() => Set::Tc26Gost256A,
        (_, "B") if short.is_some() => Set::Tc26Gost256B,
        (_, "C") if short.is_some() => Set::Tc26Gost256C,
        (_, "D") if short.is_some() => Set::Tc26Gost256D,
        (_, "A") => Set::CryptoProA,
        (_, "B") => Set::CryptoProB,
        (_, "C") => Set::CryptoProC,
        (_, "XA") => Set::CryptoProXchA,
        (_, "XB") => Set::CryptoProXchB,
        _ => return None,
    })
}
