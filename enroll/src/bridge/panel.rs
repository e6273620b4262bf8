//! «Панель управления Рутокен»: what Приложение 1 does, which the plugin's methods cannot, since none of them logs in
//! as administrator.
//!
//! The roles are the manual's: the administrator's PIN deletes a certificate (steps 4 to 7), the user's a key pair
//! (steps 8 and 9). The card decides; the panel only asks it.

use serde_json::{Value, json};

use super::arguments::{Arguments, colons};
use super::certificates::{fingerprint, stored};
use super::device::{Device, nothing};
use super::{Call, Fault, information};
use crate::certificate::Certificate;
use crate::name;
use crate::ports::token::{KeyId, KeyKind, PinRole, StoredCertificate, Tries};

pub(super) fn act(
    device: &mut Device,
    call: &Call<'_>,
    verb: &str,
    given: Arguments<'_>,
) -> Result<Value, Fault> {
    match verb {
        "objects" => objects(device, call),
        "login" => {
            device.log_in(call.origin, role(given.text(1)?)?, given.pin(2)?)?;
            Ok(nothing())
        }
        "logout" => {
            device.log_out()?;
            Ok(nothing())
        }
        "deleteCertificate" => {
            let certificate = stored(device, &given.octets(1)?)?;
            require_login(device, call)?;
            device.token()?.delete_certificate(&certificate)?;
            Ok(nothing())
        }
        "deleteKeyPair" => {
            require_login(device, call)?;
            device.token()?.delete_key_pair(&KeyId(given.octets(1)?))?;
            Ok(nothing())
        }
        _ => Err(Fault::BAD_PARAMS),
    }
}

const ROLES: [(&str, PinRole); 2] = [
    ("administrator", PinRole::Administrator),
    ("user", PinRole::User),
];

fn role(name: &str) -> Result<PinRole, Fault> {
    let known = ROLES.iter().find(|(known, _)| *known == name);
    known.map(|(_, role)| *role).ok_or(Fault::BAD_PARAMS)
}

fn require_login(device: &Device, call: &Call<'_>) -> Result<(), Fault> {
    let is_in = ROLES
        .iter()
        .any(|(_, role)| device.is_logged_in(call.origin, *role));
    is_in.then_some(()).ok_or(Fault::USER_NOT_LOGGED_IN)
}

/// Name, counters, certificates and pairs. The manual selects a pair before the user's PIN is given (step 8), so pairs
/// are listed without a login.
fn objects(device: &mut Device, call: &Call<'_>) -> Result<Value, Fault> {
    let info = device.token()?.info()?;
    let label = information::label(device, call, Arguments(&[]))?;
    let inventory = device.inventory()?;
    let pairs = inventory
        .keys
        .iter()
        .filter(|pair| matches!(pair.kind, KeyKind::Gost(_)));
    let role = ROLES
        .iter()
        .find(|(_, role)| device.is_logged_in(call.origin, *role));
    Ok(json!({
        "label": label,
        "model": info.model,
        "serial": info.serial,
        "reader": info.reader,
        "tries": { "user": told(info.user_tries_left), "administrator": told(info.administrator_tries_left) },
        "role": role.map(|(name, _)| name),
        "certificates": inventory.certificates.iter().map(certificate).collect::<Vec<_>>(),
        "pairs": pairs.map(|pair| json!({ "id": colons(&pair.id.0), "label": pair.label })).collect::<Vec<_>>(),
    }))
}

fn certificate(stored: &StoredCertificate) -> Value {
    let read = Certificate::from_der(&stored.der).ok();
    json!({
        "id": colons(&fingerprint(&stored.der)),
        "label": stored.label,
        "subject": read.as_ref().map(|it| name::print(it.subject())),
        "issuer": read.as_ref().map(|it| name::print(it.issuer())),
        "until": read.as_ref().map(|it| it.validity().1.strftime("%d.%m.%Y").to_string()),
    })
}

fn told(tries: Tries) -> Value {
    match tries {
        Tries::Left(left) => json!(left),
        Tries::Blocked => json!(0),
        Tries::Verified | Tries::NoSuchPin | Tries::Untold => Value::Null,
    }
}
