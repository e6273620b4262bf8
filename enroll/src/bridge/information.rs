//! `getDeviceInfo` and its older forms.

use serde_json::{Value, json};

use super::arguments::Arguments;
use super::constants::*;
use super::device::Device;
use super::{Call, Fault};
use crate::ports::token::{PinRole, Tries};

pub(super) fn device(
    device: &mut Device,
    call: &Call<'_>,
    given: Arguments<'_>,
) -> Result<Value, Fault> {
    match given.number(1)? {
        TOKEN_INFO_MODEL => model(device, call, given),
        TOKEN_INFO_LABEL => label(device, call, given),
        TOKEN_INFO_DEVICE_TYPE => kind(device, call, given),
        TOKEN_INFO_READER => Ok(json!(device.token()?.info()?.reader)),
        TOKEN_INFO_SERIAL => serial(device),
        TOKEN_INFO_IS_LOGGED_IN => Ok(json!(device.is_logged_in(call.origin, PinRole::User))),
        TOKEN_INFO_IS_PIN_CACHED => Ok(json!(device.has_saved_pin(call.origin))),
        TOKEN_INFO_FORMATS => Ok(json!([DEVICE_DATA_FORMAT_PLAIN, DEVICE_DATA_FORMAT_RAW])),
        TOKEN_INFO_FEATURES => Ok(features()),
        TOKEN_INFO_SUPPORTED_MECHANISMS => Ok(mechanisms()),
        TOKEN_INFO_SPEED => Ok(json!(SPEED_ECP_2)),
        TOKEN_INFO_PINS_INFO => Ok(json!({
            "retriesLeft": tries_left(device)?,
            "isPinDefault": device.pin_is_default,
            "isPinCached": device.has_saved_pin(call.origin),
        })),
        TOKEN_INFO_PIN_RETRIES_LEFT => Ok(json!(tries_left(device)?)),
        TOKEN_INFO_FKN_SUPPORTED => Ok(json!(false)),
        TOKEN_INFO_VENDOR_MODEL_NAME => Ok(json!("Рутокен ЭЦП 2.0")),
        TOKEN_INFO_ALGORITHMS => Ok(json!(SIGNING)),
        // How much room there is the token does not tell us.
        TOKEN_INFO_FREE_MEMORY => Err(Fault::UNSUPPORTED_BY_TOKEN),
        _ => Err(Fault::BAD_PARAMS),
    }
}

/// A token without a name says so in words that pages compare with.
pub(super) fn label(
    device: &mut Device,
    _call: &Call<'_>,
    _given: Arguments<'_>,
) -> Result<Value, Fault> {
    let label = device.token()?.info()?.label;
    Ok(json!(if label.is_empty() {
        "Rutoken ECP <no label>"
    } else {
        &label
    }))
}

pub(super) fn model(
    device: &mut Device,
    _call: &Call<'_>,
    _given: Arguments<'_>,
) -> Result<Value, Fault> {
    device.token()?.info()?;
    Ok(json!("Rutoken ECP"))
}

pub(super) fn kind(
    device: &mut Device,
    _call: &Call<'_>,
    _given: Arguments<'_>,
) -> Result<Value, Fault> {
    device.token()?.info()?;
    Ok(json!(TOKEN_TYPE_RUTOKEN_ECP))
}

/// The decimal text of the number whose hex form PKCS#11 prints.
fn serial(device: &mut Device) -> Result<Value, Fault> {
    let serial = device.token()?.info()?.serial;
    let number = u64::from_str_radix(&serial, 16).map_err(|_| Fault::DEVICE_ERROR)?;
    Ok(json!(number.to_string()))
}

/// A card that does not tell its counter while someone is logged in has all its tries: the PIN was right just now.
fn tries_left(device: &mut Device) -> Result<u8, Fault> {
    Ok(match device.token()?.tries(PinRole::User)? {
        Tries::Left(left) => left,
        Tries::Blocked | Tries::NoSuchPin => 0,
        Tries::Verified | Tries::Untold => FULL_TRIES,
    })
}

/// What the vendor's pages tell a Рутокен ЭЦП 2.0 by.
fn features() -> Value {
    json!({
        "interfaces": [INTERFACE_TYPE_USB],
        "bio": BIO_TYPE_NOT_SUPPORTED,
        "smType": SECURE_MESSAGING_UNSUPPORTED,
        "sm": false,
        "journal": true,
        "flashDrive": false,
        "confirmation": false,
        "visualization": false,
        "pin2": false,
        "customPin": false,
        "externalAuth": false,
    })
}

fn mechanisms() -> Value {
    let none: [u64; 0] = [];
    json!({
        "hash": { "hardware": HASHES, "software": none },
        "sign": { "hardware": SIGNING, "software": none },
        "cipher": { "hardware": [CIPHER_ALGORITHM_GOST28147], "software": none },
        "keyExchange": { "hardware": [PUBLIC_KEY_ALGORITHM_EXCHANGE_VKO_GOST3410_2001], "software": none },
    })
}

const HASHES: [u64; 3] = [
    HASH_TYPE_GOST3411_94,
    HASH_TYPE_GOST3411_12_256,
    HASH_TYPE_GOST3411_12_512,
];
/// The device's list; of these the bridge makes GOST pairs only.
const SIGNING: [u64; 10] = [
    PUBLIC_KEY_ALGORITHM_GOST3410_2001,
    PUBLIC_KEY_ALGORITHM_GOST3410_2012_256,
    PUBLIC_KEY_ALGORITHM_GOST3410_2012_512,
    PUBLIC_KEY_ALGORITHM_RSA_512,
    PUBLIC_KEY_ALGORITHM_RSA_768,
    PUBLIC_KEY_ALGORITHM_RSA_1024,
    PUBLIC_KEY_ALGORITHM_RSA_1280,
    PUBLIC_KEY_ALGORITHM_RSA_1536,
    PUBLIC_KEY_ALGORITHM_RSA_1792,
    PUBLIC_KEY_ALGORITHM_RSA_2048,
];
/// Source: the vendor's page library tells the edition by it.
const SPEED_ECP_2: u64 = 3;
const FULL_TRIES: u8 = 10;
