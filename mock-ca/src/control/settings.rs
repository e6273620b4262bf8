//! Settings while the mock runs.

use serde_json::{Value, json};

use super::Trouble;
use crate::MockCa;
use crate::settings::Settings;

/// Merges a patch (RFC 7396) into the settings; they hold from the next call on.
///
/// Errors: an unknown key, a value that cannot be meant, a change of what the mock began with.
pub(super) fn change(mock: &mut MockCa, patch: Value) -> Result<Value, Trouble> {
    if !patch.is_object() {
        return Err(Trouble::NotUnderstood("an object of settings".into()));
    }
    let mut merged = json!(mock.settings);
    merge(&mut merged, patch);
    let changed: Settings = serde_json::from_value(merged)
        .map_err(|error| Trouble::NotUnderstood(error.to_string()))?;
    changed
        .check()
        .map_err(|error| Trouble::NotUnderstood(error.to_string()))?;
    if beginning(&changed) != beginning(&mock.settings) {
        return Err(Trouble::Conflict(FIXED));
    }
    mock.settings = changed;
    Ok(json!(mock.settings))
}

/// What the mock began with: its keys, codes and applications are made from it, and listeners and files come with the
/// start of the program.
fn beginning(settings: &Settings) -> Value {
    json!([
        settings.seed,
        settings.epoch,
        settings.profile,
        settings.further_applicants,
        settings.applications,
        settings.faults,
        settings.authority,
        settings.web.redirect_to_https,
        settings.web.tls_certificate,
        settings.web.plugin,
    ])
}

fn merge(into: &mut Value, patch: Value) {
    let Value::Object(patch) = patch else {
        *into = patch;
        return;
    };
    if !into.is_object() {
        *into = json!({});
    }
    for (key, value) in patch {
        match value {
            Value::Null => {
                into.as_object_mut().and_then(|into| into.remove(&key));
            }
            value => merge(&mut into[key], value),
        }
    }
}

const FIXED: &str = "seed, epoch, profile, further_applicants, applications, faults, authority, web.redirect_to_https, web.tls_certificate and web.plugin are what the mock began with; see /applications and /faults";
