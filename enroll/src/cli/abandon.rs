//! `enroll abandon`: gives an enrollment up, and tells what that leaves behind and how to remove it.

use serde_json::json;

use super::options::Common;
use super::shell::Shell;
use super::{Stop, found, open};
use crate::certificate::Certificate;
use crate::error::Error;
use crate::journal::{Found, JournalError, Store, Unreadable};
use crate::messages::{Lang, Text, question, texts};
use crate::pem;
use crate::stage::{Fact, Stage};

/// Needs neither token nor portal: the journal is enough. Asks first, unless `--yes` answers.
pub(super) fn run(common: &Common, shell: &Shell) -> Result<(), Stop> {
    let store = Store::new(open::state(common));
    let only = the_only(&store, common)?;
    let stage = &only.story.stage;
    let left = left_behind(stage);
    for line in &left {
        shell.say(&line.of(shell.lang));
    }
    if !open::applicant(common, shell.lang).confirms(&question::abandon(shell.lang))? {
        shell.say(&texts::abandon_declined().of(shell.lang));
        return Ok(());
    }
    let nothing = || JournalError::Nothing {
        token: only.token.clone(),
    };
    if let Some(application) = only.application() {
        store.turn_to(&only.token, application)?;
    }
    let mut journal = store.open(&only.token)?.ok_or_else(nothing)?;
    journal.record(Fact::Abandoned)?;
    let left: Vec<String> = left.iter().map(|line| line.of(Lang::En)).collect();
    shell.result(&json!({
        "done": "abandon",
        "token": only.token,
        "was": stage.name(),
        "key": stage.key().map(|key| key.id.clone()),
        "certificate": certificate(stage),
        "application": stage.application(),
        "left": { "lines": left },
        "next": "enroll token list",
    }));
    Ok(())
}

fn the_only(store: &Store, common: &Common) -> Result<Found, Stop> {
    let is_open = |it: &Found| !it.story.stage.is_over();
    let open = found(store, common)?.into_iter();
    let mut open: Vec<_> = open
        .filter(|entry| entry.as_ref().map_or(true, is_open))
        .collect();
    match (open.pop(), open.is_empty()) {
        (Some(only), true) => Ok(only.map_err(JournalError::from)?),
        (None, _) => Err(nothing(common.serial.as_deref()).into()),
        (Some(last), false) => {
            open.push(last);
            Err(which(&open))
        }
    }
}

fn nothing(serial: Option<&str>) -> JournalError {
    serial.map_or(JournalError::NoneBegun, |token| JournalError::Nothing {
        token: token.to_owned(),
    })
}

/// What several journals are told apart by: the token, or the application where the token is one.
fn which(open: &[Result<Found, Unreadable>]) -> Stop {
    let name = |entry: &Result<Found, Unreadable>| match entry {
        Ok(it) => (it.token.clone(), it.application().map(str::to_owned)),
        Err(it) => (it.token.clone(), it.application.clone()),
    };
    let (mut tokens, applications): (Vec<_>, Vec<_>) = open.iter().map(name).unzip();
    tokens.dedup();
    match <[String; 1]>::try_from(tokens) {
        Ok([token]) => JournalError::SeveralApplications {
            token,
            applications: applications.into_iter().flatten().collect(),
        }
        .into(),
        Err(_) => Stop::Usage(texts::usage_serial()),
    }
}

/// What stays on the token, what at the portal, and how to remove each.
fn left_behind(stage: &Stage) -> Vec<Text> {
    let mut lines = Vec::new();
    let (key, certificate) = (stage.key(), certificate(stage));
    match key {
        Some(key) => lines.push(texts::abandon_key(&key.label, &key.id)),
        None => lines.push(texts::abandon_no_key()),
    }
    let word = match stage {
        Stage::Checked(..) => texts::abandon_certificate_perhaps,
        _ => texts::abandon_certificate,
    };
    lines.extend(certificate.as_ref().map(word));
    lines.push(at_portal(stage));
    lines.extend(certificate.map(|serial| {
        texts::abandon_remove_certificate(format!("enroll token delete-certificate {serial}"))
    }));
    lines.extend(
        key.map(|key| texts::abandon_remove_key(format!("enroll token delete-key {}", key.id))),
    );
    let sent = stage.order().is_some();
    lines.extend(
        stage
            .application()
            .filter(|_| sent)
            .map(texts::abandon_withdraw),
    );
    lines
}

fn at_portal(stage: &Stage) -> Text {
    let Some(application) = stage.application() else {
        return texts::abandon_nothing_there();
    };
    match stage {
        Stage::Signed(_) => texts::abandon_request_unknown(application),
        Stage::Sent(_) | Stage::Ordered(_) => texts::abandon_request_sent(application),
        Stage::New(_) | Stage::Chosen(_) | Stage::KeyReady(..) | Stage::Abandoned => {
            texts::abandon_request_unsent(application)
        }
        Stage::Issued(_)
        | Stage::Checked(..)
        | Stage::Written(..)
        | Stage::Installed(..)
        | Stage::PapersSaved(..) => texts::abandon_issued(application),
    }
}

/// The serial number of a certificate that the token holds, or may hold.
fn certificate(stage: &Stage) -> Option<String> {
    let block = pem::blocks(stage.certificate()?).into_iter().next()?;
    let certificate = Certificate::from_der(&block.der)
        .map_err(Error::from)
        .ok()?;
    Some(certificate.serial())
}
