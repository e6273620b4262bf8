//! `enroll token …`: PINs, name, and the token laid out anew: what «Панель управления Рутокен» does with them.

use std::path::PathBuf;

use serde_json::json;

use super::open;
use super::options::{Common, NewPin, Role};
use super::shell::Shell;
use super::token::log_in;
use crate::adapters::terminal::{PinSource, talk};
use crate::engine::plan::everything;
use crate::error::Error;
use crate::messages::{Lang, plan_lines, texts};
use crate::ports::token::{Inventory, Layout, PinRole, Token, TokenError, Tries};

impl From<Role> for PinRole {
    fn from(role: Role) -> Self {
        match role {
            Role::Administrator => Self::Administrator,
            Role::User => Self::User,
        }
    }
}

/// The old PIN once, then the new one.
pub(super) fn change_pin(
    token: &mut dyn Token,
    role: PinRole,
    new: &NewPin,
    common: &Common,
    shell: &Shell,
) -> Result<(), Error> {
    let source = user_source(new);
    let pin = open::applicant(common, shell.lang).new_pin(role, &source)?;
    log_in(token, role, common, shell)?;
    token.set_pin(role, &pin)?;
    confirm_pin(token, role, &pin)?;
    shell.result(&json!({ "done": "change-pin", "of": role.to_string() }));
    Ok(())
}

/// A PIN that was set is read back in the only way there is: by presenting it, once.
fn confirm_pin(
    token: &mut dyn Token,
    role: PinRole,
    pin: &crate::ports::token::Pin,
) -> Result<(), TokenError> {
    token.log_out()?;
    token.log_in(role, pin)
}

/// The administrator gives the tries back; a new PIN is set only where one was named.
pub(super) fn unblock(
    token: &mut dyn Token,
    new: &NewPin,
    common: &Common,
    shell: &Shell,
) -> Result<(), Error> {
    let source = user_source(new);
    let wanted = new.new_pin_file.is_some()
        || new.new_pin_fd.is_some()
        || std::env::var_os(source.variable).is_some();
    let applicant = open::applicant(common, shell.lang);
    let pin = if wanted {
        Some(applicant.new_pin(PinRole::User, &source)?)
    } else {
        None
    };
    log_in(token, PinRole::Administrator, common, shell)?;
    token.unblock_user_pin()?;
    if let Some(pin) = &pin {
        token.set_pin(PinRole::User, pin)?;
        confirm_pin(token, PinRole::User, pin)?;
    }
    token.log_out()?;
    let left = match token.tries(PinRole::User)? {
        Tries::Left(left) => left,
        _ => {
            return Err(TokenError::PinBlocked {
                role: PinRole::User,
            }
            .into());
        }
    };
    shell.result(&json!({ "done": "unblock", "user_tries_left": left, "new_pin": pin.is_some() }));
    Ok(())
}

pub(super) fn set_label(
    token: &mut dyn Token,
    label: &str,
    common: &Common,
    shell: &Shell,
) -> Result<(), Error> {
    log_in(token, PinRole::User, common, shell)?;
    token.set_label(label)?;
    let label = token.info()?.label;
    shell.result(&json!({ "done": "set-label", "label": label }));
    Ok(())
}

/// What `format` is told.
pub(super) struct Anew<'a> {
    pub(super) label: Option<&'a str>,
    pub(super) confirm: Option<&'a str>,
    pub(super) new: &'a NewPin,
    pub(super) new_admin_pin_file: Option<PathBuf>,
}

/// A plan, a typed confirmation, the administrator's PIN unless it is blocked, then everything goes. Never the pair of an
/// enrollment that is under way.
pub(super) fn format(
    token: &mut dyn Token,
    anew: &Anew<'_>,
    common: &Common,
    shell: &Shell,
) -> Result<(), Error> {
    let info = token.info()?;
    let inventory = contents(token)?;
    let goes = |key: &str| inventory.as_ref().is_none_or(|it| holds(it, key));
    super::deletion::refuse_awaited(&info.serial, goes, common)?;
    for line in plan(inventory.as_ref(), shell.lang) {
        talk(&line);
    }
    let applicant = open::applicant(common, shell.lang);
    let typed = anew.confirm.map(str::to_owned);
    let typed = typed.or_else(|| applicant.confirmation(&info.serial));
    if !typed.is_some_and(|typed| typed.trim().eq_ignore_ascii_case(&info.serial)) {
        return Err(Error::NotConfirmed {
            serial: info.serial,
        });
    }
    let layout = Layout {
        label: anew.label.unwrap_or(&info.label).to_owned(),
        user: applicant.new_pin(PinRole::User, &user_source(anew.new))?,
        administrator: applicant.new_pin(PinRole::Administrator, &administrator_source(anew))?,
        at: super::clock().now(),
    };
    if !matches!(
        info.administrator_tries_left,
        Tries::Blocked | Tries::NoSuchPin
    ) {
        log_in(token, PinRole::Administrator, common, shell)?;
    }
    if let Some(inventory) = &inventory {
        super::deletion::keep_copies(inventory, common)?;
    }
    token.format(&layout)?;
    confirm_pin(token, PinRole::Administrator, &layout.administrator)?;
    confirm_pin(token, PinRole::User, &layout.user)?;
    token.log_out()?;
    let label = token.info()?.label;
    shell.result(&json!({ "done": "format", "serial": info.serial, "label": label }));
    Ok(())
}

/// Nothing where the token answers and its layout is not one that is known here: the vendor's software may have made it.
fn contents(token: &mut dyn Token) -> Result<Option<Inventory>, TokenError> {
    match token.inventory() {
        Err(error @ TokenError::Transmit(_)) => Err(error),
        read => Ok(read.ok()),
    }
}

fn holds(inventory: &Inventory, key: &str) -> bool {
    inventory.keys.iter().any(|it| it.id.to_string() == key)
}

/// What goes, by name; where that cannot be told, that it goes all the same.
fn plan(inventory: Option<&Inventory>, lang: Lang) -> Vec<String> {
    match inventory {
        Some(inventory) => plan_lines(&everything(inventory), lang),
        None => vec![texts::plan_unreadable().of(lang)],
    }
}

fn user_source(new: &NewPin) -> PinSource {
    PinSource {
        file: new.new_pin_file.clone(),
        descriptor: new.new_pin_fd,
        variable: "ENROLL_NEW_PIN",
        ..PinSource::default()
    }
}

fn administrator_source(anew: &Anew<'_>) -> PinSource {
    PinSource {
        file: anew.new_admin_pin_file.clone(),
        variable: "ENROLL_NEW_ADMIN_PIN",
        ..PinSource::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plan_for_contents_that_do_not_read_says_that_they_go_all_the_same() {
        let told = plan(None, Lang::En).join("\n");
        assert!(told.contains("cannot be read") && told.contains("erased"));
        assert!(plan(Some(&Inventory::default()), Lang::En).is_empty());
    }
}
