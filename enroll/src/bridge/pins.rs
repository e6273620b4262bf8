//! Logins and PINs.

use serde_json::Value;

use super::arguments::{Arguments, flag};
use super::device::{Device, nothing};
use super::{Call, Fault};
use crate::ports::token::{Layout, Pin, PinRole};

/// One login for each token: a second one of the same origin is an error that pages expect.
pub(super) fn log_in(
    device: &mut Device,
    call: &Call<'_>,
    given: Arguments<'_>,
) -> Result<Value, Fault> {
    if device.is_logged_in(call.origin, PinRole::User) {
        return Err(Fault::ALREADY_LOGGED_IN);
    }
    device.log_in(call.origin, PinRole::User, given.pin(1)?)?;
    Ok(nothing())
}

pub(super) fn log_out(
    device: &mut Device,
    call: &Call<'_>,
    _given: Arguments<'_>,
) -> Result<Value, Fault> {
    if !device.is_logged_in(call.origin, PinRole::User) {
        return Err(Fault::USER_NOT_LOGGED_IN);
    }
    device.log_out()?;
    Ok(nothing())
}

pub(super) fn save(
    device: &mut Device,
    call: &Call<'_>,
    _given: Arguments<'_>,
) -> Result<Value, Fault> {
    device.save_pin(call.origin)?;
    Ok(nothing())
}

pub(super) fn remove(
    device: &mut Device,
    call: &Call<'_>,
    _given: Arguments<'_>,
) -> Result<Value, Fault> {
    device.remove_pin(call.origin);
    Ok(nothing())
}

/// The old PIN proves the right: the user's, or with `useAdminPin` the administrator's, who gives the user a new one
/// (assumed from the option's name). The login of before stands afterwards.
pub(super) fn change(
    device: &mut Device,
    call: &Call<'_>,
    given: Arguments<'_>,
) -> Result<Value, Fault> {
    let (old, new) = (given.pin(1)?, given.pin(2)?);
    let role = match flag(given.options(3)?, "useAdminPin", false) {
        true => PinRole::Administrator,
        false => PinRole::User,
    };
    let was_in = device.is_logged_in(call.origin, PinRole::User);
    device.remove_pin(call.origin);
    device.log_in(call.origin, role, old)?;
    let changed = device.token()?.set_pin(PinRole::User, &new);
    device.log_out()?;
    changed?;
    if was_in {
        device.log_in(call.origin, PinRole::User, new)?;
    } else {
        device.pin_is_default = new.is_default_of(PinRole::User);
    }
    Ok(nothing())
}

pub(super) fn unblock(
    device: &mut Device,
    call: &Call<'_>,
    given: Arguments<'_>,
) -> Result<Value, Fault> {
    device.log_in(call.origin, PinRole::Administrator, given.pin(1)?)?;
    let unblocked = device.token()?.unblock_user_pin();
    device.log_out()?;
    unblocked?;
    Ok(nothing())
}

/// The administrator's PIN stays what it was: it is presented first, though the card would format without.
pub(super) fn format(
    device: &mut Device,
    call: &Call<'_>,
    given: Arguments<'_>,
) -> Result<Value, Fault> {
    let options = given.options(1)?;
    let pin = |name: &str| options.get(name).and_then(Value::as_str).map(Pin::new);
    let administrator = pin("adminPin").ok_or(Fault::BAD_PARAMS)?;
    let label = options
        .get("label")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let layout = Layout {
        label: label.to_owned(),
        user: pin("newUserPin").unwrap_or_else(|| Pin::new(DEFAULT_USER_PIN)),
        administrator: administrator.clone(),
        at: call.at,
    };
    device.log_in(call.origin, PinRole::Administrator, administrator)?;
    let formatted = device.token()?.format(&layout);
    device.forget();
    formatted?;
    device.pin_is_default = layout.user.is_default_of(PinRole::User);
    device.made.clear();
    device.markers.clear();
    device.categories.clear();
    Ok(nothing())
}

/// What tokens leave the factory with (the manual, Приложение 1).
const DEFAULT_USER_PIN: &str = "12345678";
