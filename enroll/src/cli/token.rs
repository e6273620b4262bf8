//! `enroll token …`: what is on the token, and which command does what with it.

use serde_json::{Value, json};

use super::options::{Common, TokenCommand};
use super::shell::Shell;
use super::{Stop, care, deletion, open};
use crate::adapters::terminal::talk;
use crate::certificate::Certificate;
use crate::engine::key::has_certificate;
use crate::error::Error;
use crate::messages;
use crate::name;
use crate::object::Object;
use crate::ports::token::{
    Inventory, KeyKind, KeyPair, PinRole, StoredCertificate, Token, TokenInfo, Tries,
};

pub(super) fn run(command: &TokenCommand, common: &Common, shell: &Shell) -> Result<(), Stop> {
    if let TokenCommand::DeleteCertificate {
        certificate: named, ..
    }
    | TokenCommand::DeleteKey { key: named } = command
    {
        deletion::check_name(named)?;
    }
    let mut token = open::token(common, shell, &shell.events())?;
    let token = &mut *token;
    match command {
        TokenCommand::Info => Ok(info(token, common, shell)?),
        TokenCommand::List => Ok(list(token, shell)?),
        TokenCommand::DeleteCertificate { certificate, role } => {
            let done = deletion::delete_certificate(token, certificate, *role, common, shell);
            let _ = token.log_out();
            done
        }
        TokenCommand::DeleteKey { key } => {
            let done = deletion::delete_key(token, key, common, shell);
            let _ = token.log_out();
            done
        }
        changing => {
            let done = change(changing, token, common, shell);
            let _ = token.log_out();
            Ok(done?)
        }
    }
}

/// PINs, name, layout.
fn change(
    command: &TokenCommand,
    token: &mut dyn Token,
    common: &Common,
    shell: &Shell,
) -> Result<(), Error> {
    match command {
        TokenCommand::ChangePin { role, new } => {
            care::change_pin(token, (*role).into(), new, common, shell)
        }
        TokenCommand::Unblock { new } => care::unblock(token, new, common, shell),
        TokenCommand::SetLabel { label } => care::set_label(token, label, common, shell),
        TokenCommand::Format {
            label,
            confirm,
            new,
            new_admin_pin_file,
        } => {
            let anew = care::Anew {
                label: label.as_deref(),
                confirm: confirm.as_deref(),
                new,
                new_admin_pin_file: new_admin_pin_file.clone(),
            };
            care::format(token, &anew, common, shell)
        }
        TokenCommand::Info
        | TokenCommand::List
        | TokenCommand::DeleteCertificate { .. }
        | TokenCommand::DeleteKey { .. } => Ok(()),
    }
}

/// What the token says of itself, and of each PIN that is named for this run whether it is the factory's; none is
/// presented.
fn info(token: &mut dyn Token, common: &Common, shell: &Shell) -> Result<(), Error> {
    let applicant = open::applicant(common, shell.lang);
    let mut told = info_json(&token.info()?);
    for role in [PinRole::User, PinRole::Administrator] {
        let Some(is_factorys) = applicant.names_default(role) else {
            continue;
        };
        told[format!("{role}_pin_is_the_factorys")] = json!(is_factorys);
        if is_factorys {
            talk(&format!(
                "     !  {}",
                messages::question::default_pin(role, shell.lang)
            ));
        }
    }
    shell.result(&told);
    Ok(())
}

pub(super) fn info_json(info: &TokenInfo) -> Value {
    json!({
        "serial": info.serial,
        "model": info.model,
        "label": info.label,
        "reader": info.reader,
        "user_tries_left": tries(info.user_tries_left),
        "administrator_tries_left": tries(info.administrator_tries_left),
    })
}

fn tries(tries: Tries) -> Value {
    match tries {
        Tries::Left(count) => json!(count),
        Tries::Blocked => json!(0),
        Tries::Verified | Tries::NoSuchPin | Tries::Untold => Value::Null,
    }
}

fn list(token: &mut dyn Token, shell: &Shell) -> Result<(), Error> {
    let inventory = token.inventory()?;
    for stored in &inventory.certificates {
        shell.say(&certificate_line(stored, shell.lang));
    }
    for pair in &inventory.keys {
        let object = Object::pair(pair, has_certificate(&inventory, pair));
        shell.say(&messages::object(&object, shell.lang));
    }
    if inventory.certificates.is_empty() && inventory.keys.is_empty() {
        shell.say(&messages::texts::object_none().of(shell.lang));
    }
    shell.result(&Value::Array(inventory_json(&inventory).collect()));
    Ok(())
}

/// Certificates first.
pub(super) fn inventory_json(inventory: &Inventory) -> impl Iterator<Item = Value> + '_ {
    let certificates = inventory.certificates.iter().map(certificate_json);
    certificates.chain(inventory.keys.iter().map(pair_json))
}

fn certificate_line(stored: &StoredCertificate, lang: messages::Lang) -> String {
    match Certificate::from_der(&stored.der) {
        Ok(certificate) => messages::object(&Object::certificate(&certificate), lang),
        Err(problem) => messages::unreadable(stored.file, &problem).of(lang),
    }
}

fn certificate_json(stored: &StoredCertificate) -> Value {
    let read = Certificate::from_der(&stored.der).ok();
    json!({
        "certificate": read.as_ref().map(Certificate::serial),
        "fingerprint": read.as_ref().map(Certificate::fingerprint),
        "subject": read.as_ref().map(|it| name::print(it.subject())),
        "issuer": read.as_ref().map(|it| name::print(it.issuer())),
        "not_after": read.as_ref().map(|it| it.validity().1.to_string()),
        "id": stored.id.to_string(),
        "label": stored.label,
    })
}

fn pair_json(pair: &KeyPair) -> Value {
    let algorithm = match &pair.kind {
        KeyKind::Gost(set) => set.name().to_owned(),
        KeyKind::Rsa { bits } => format!("RSA {bits}"),
        KeyKind::Unknown => "unknown".to_owned(),
    };
    json!({ "key": pair.id.to_string(), "label": pair.label, "algorithm": algorithm })
}

/// The tries left are shown before a PIN is presented.
pub(super) fn log_in(
    token: &mut dyn Token,
    role: PinRole,
    common: &Common,
    shell: &Shell,
) -> Result<(), Error> {
    crate::engine::log_in(
        token,
        &mut open::applicant(common, shell.lang),
        role,
        common.force_last_tries,
        |left| {
            talk(&format!(
                "     …  {}",
                messages::question::tries(role, left, shell.lang)
            ));
        },
    )
}
