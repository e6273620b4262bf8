//! `enroll token delete-certificate` and `delete-key`: Приложение 1 by hand. A plan, consent, a copy, the PIN, and a look
//! whether it is gone.

use std::path::PathBuf;

use serde_json::json;

use super::options::{Common, Role};
use super::shell::Shell;
use super::token::log_in;
use super::{Stop, open};
use crate::certificate::Certificate;
use crate::engine::key::has_certificate;
use crate::engine::plan::plan;
use crate::error::Error;
use crate::journal::Store;
use crate::messages::texts;
use crate::object::Object;
use crate::ports::token::{Inventory, KeyKind, KeyPair, PinRole, StoredCertificate, Token};
use crate::ports::{Applicant as _, Plan, TokenError};

/// Steps 4 to 7: the certificate that `wanted` begins to name, by fingerprint or serial number.
pub(super) fn delete_certificate(
    token: &mut dyn Token,
    wanted: &str,
    role: Role,
    common: &Common,
    shell: &Shell,
) -> Result<(), Stop> {
    let inventory = token.inventory()?;
    let stored = certificate(&inventory, wanted)?;
    let certificate = Certificate::from_der(&stored.der).map_err(Error::from)?;
    let goes = |it: &StoredCertificate| it.file == stored.file;
    agree(&plan(&inventory, goes, |_| false), common, shell)?;
    let copy = keep_copy(&certificate, common)?;
    log_in(token, role.into(), common, shell)?;
    token.delete_certificate(stored)?;
    let left = token.inventory()?;
    if left.certificates.iter().any(|it| it.der == stored.der) {
        let object = Object::certificate(&certificate);
        return Err(Error::StillThere { object }.into());
    }
    shell.result(&json!({ "done": "delete-certificate", "certificate": certificate.serial(), "copy": copy.display().to_string() }));
    Ok(())
}

/// Steps 8 and 9: the GOST pair whose CKA_ID begins with `wanted`. Never an RSA pair, and never the one of an
/// enrollment that is under way.
pub(super) fn delete_key(
    token: &mut dyn Token,
    wanted: &str,
    common: &Common,
    shell: &Shell,
) -> Result<(), Stop> {
    let inventory = token.inventory()?;
    let pair = pair(&inventory, wanted)?;
    let object = Object::pair(pair, has_certificate(&inventory, pair));
    if !matches!(pair.kind, KeyKind::Gost(_)) {
        let what = format!("deleting {object}");
        return Err(TokenError::Unsupported { what }.into());
    }
    let serial = token.info()?.serial;
    let id = pair.id.to_string();
    refuse_awaited(&serial, |key| key == id, common)?;
    let pair_goes = |it: &KeyPair| it.id == pair.id;
    agree(&plan(&inventory, |_| false, pair_goes), common, shell)?;
    log_in(token, PinRole::User, common, shell)?;
    token.delete_key_pair(&pair.id)?;
    if token.inventory()?.keys.iter().any(|it| it.id == pair.id) {
        return Err(Error::StillThere { object }.into());
    }
    shell.result(&json!({ "done": "delete-key", "key": pair.id.to_string() }));
    Ok(())
}

/// A certificate that is still to come would be for a key that is gone.
pub(super) fn refuse_awaited(
    serial: &str,
    goes: impl Fn(&str) -> bool,
    common: &Common,
) -> Result<(), Error> {
    let awaited = Store::new(open::state(common)).awaited(serial)?;
    match awaited.into_iter().find(|(key, _)| goes(key)) {
        None => Ok(()),
        Some((key, application)) => Err(Error::KeyAwaited { key, application }),
    }
}

fn certificate<'a>(inventory: &'a Inventory, wanted: &str) -> Result<&'a StoredCertificate, Stop> {
    let fits = |stored: &&StoredCertificate| {
        Certificate::from_der(&stored.der)
            .is_ok_and(|it| names(wanted, &it.fingerprint()) || names(wanted, &it.serial()))
    };
    only(inventory.certificates.iter().filter(fits), "certificate")
}

fn pair<'a>(inventory: &'a Inventory, wanted: &str) -> Result<&'a KeyPair, Stop> {
    let fits = |pair: &&KeyPair| names(wanted, &pair.id.to_string());
    only(inventory.keys.iter().filter(fits), "pair")
}

/// Whether `wanted` is the whole of `id`, or enough of its beginning to be meant.
fn names(wanted: &str, id: &str) -> bool {
    let beginning = id.get(..wanted.len());
    let is_enough = wanted.len() >= SHORTEST_BEGINNING || wanted.len() == id.len();
    is_enough && beginning.is_some_and(|it| it.eq_ignore_ascii_case(wanted))
}

/// A name in hex, of any length: a short one may be whole.
pub(super) fn check_name(wanted: &str) -> Result<(), Stop> {
    match wanted.is_empty() || !wanted.bytes().all(|it| it.is_ascii_hexdigit()) {
        true => Err(Stop::Usage(texts::usage_object(wanted))),
        false => Ok(()),
    }
}

fn only<T>(mut found: impl Iterator<Item = T>, kind: &'static str) -> Result<T, Stop> {
    match (found.next(), found.next()) {
        (Some(one), None) => Ok(one),
        (None, _) => Err(Stop::Usage(texts::usage_no_such_object(kind))),
        (Some(_), Some(_)) => Err(Stop::Usage(texts::usage_several_objects(kind))),
    }
}

fn agree(plan: &Plan, common: &Common, shell: &Shell) -> Result<(), Error> {
    match open::applicant(common, shell.lang).agrees(plan)? {
        true => Ok(()),
        false => Err(Error::RemovalDeclined),
    }
}

/// A certificate is public: a copy stays in the state folder.
fn keep_copy(certificate: &Certificate, common: &Common) -> Result<PathBuf, Error> {
    let folder = Store::new(open::state(common)).inner("backup")?;
    let copy = folder.join(format!("{}.pem", certificate.fingerprint()));
    crate::engine::write_whole(&copy, certificate.to_pem().as_bytes())
}

/// The same for everything that is listed and reads.
pub(super) fn keep_copies(inventory: &Inventory, common: &Common) -> Result<(), Error> {
    for stored in &inventory.certificates {
        if let Ok(certificate) = Certificate::from_der(&stored.der) {
            keep_copy(&certificate, common)?;
        }
    }
    Ok(())
}

/// Hex digits of a beginning that stand for one object and not for whichever is there.
const SHORTEST_BEGINNING: usize = 4;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_is_meant_by_four_digits_or_by_its_whole_name() {
        let id = "bb3f5c";
        for wanted in ["bb3f", "BB3F5", "bb3f5c"] {
            assert!(names(wanted, id), "{wanted}");
        }
        for wanted in ["", "b", "bb3", "bb3e", "bb3f5c0", "ббб"] {
            assert!(!names(wanted, id), "{wanted}");
        }
        assert!(names("45", "45"));
    }

    #[test]
    fn what_is_no_hex_names_no_object_and_is_told_before_the_token_is_asked() {
        for wanted in ["", "bb3g", "0xbb3f", " bb3f", "ёж"] {
            assert!(
                matches!(check_name(wanted), Err(Stop::Usage(_))),
                "{wanted}"
            );
        }
        assert!(check_name("bb3f").is_ok());
    }
}
