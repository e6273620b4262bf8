//! `enroll status`: where things stand, what comes next, and the time left by the manual's limits.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::options::Common;
use super::shell::Shell;
use super::{Stop, found, open};
use crate::error::Error;
use crate::journal::{Found, JournalError, Store, Unreadable};
use crate::messages::{self, Text, stage_line, texts};
use crate::stage::{Chapter, Stage};

/// What the journals say; needs neither token nor portal.
pub(super) fn run(common: &Common, shell: &Shell) -> Result<(), Stop> {
    let store = Store::new(open::state(common));
    let found = found(&store, common)?;
    let now = super::clock().now();
    for entry in &found {
        match entry {
            Ok(it) => tell(it, now, shell),
            Err(it) => tell_unreadable(it, shell),
        }
    }
    let damaged = store.damaged().map_err(Error::from)?;
    for path in &damaged {
        shell.say(&texts::status_damaged(path.display().to_string()).of(shell.lang));
    }
    if found.is_empty() && damaged.is_empty() {
        shell.say(&texts::status_nothing().of(shell.lang));
    }
    let list = found.iter().map(|entry| match entry {
        Ok(it) => json!({
            "token": it.token,
            "application": it.application(),
            "stage": it.story.stage.name(),
            "key": it.story.stage.key().map(|key| key.id.clone()),
            "secs_left": left(&it.story.stage, now),
        }),
        Err(it) => json!({ "token": it.token, "unreadable": it.path, "why": it.why.to_string() }),
    });
    let damaged = damaged.iter().map(|path| json!({ "damaged": path }));
    shell.result(&Value::Array(list.chain(damaged).collect()));
    Ok(())
}

fn tell(it: &Found, now: Timestamp, shell: &Shell) {
    let stage = &it.story.stage;
    let application = it
        .application()
        .map_or(String::new(), |number| format!(", {number}"));
    let state = stage_line(stage, shell.lang);
    shell.say(&format!("{}{application}: {state}", it.token));
    let left = left(stage, now).map(|secs| match secs.div_euclid(60) {
        minutes @ 0.. => texts::status_left(minutes),
        minutes => texts::status_overdue(-minutes),
    });
    let resume = || texts::report_next(texts::next_resume("enroll resume"));
    let resume = (!stage.is_over()).then(resume);
    for line in [left, Some(comes(stage)), resume].into_iter().flatten() {
        shell.say(&line.of(shell.lang));
    }
}

fn tell_unreadable(it: &Unreadable, shell: &Shell) {
    let error = Error::from(JournalError::from(it.clone()));
    shell.say(&messages::what(&error).of(shell.lang));
    shell.say(&texts::report_next(messages::next(&error)).of(shell.lang));
}

fn comes(stage: &Stage) -> Text {
    match stage.next_chapter() {
        Some(Chapter::Request) => texts::status_comes_request(),
        Some(Chapter::Install) => texts::status_comes_install(),
        Some(Chapter::Documents) => texts::status_comes_documents(),
        None if *stage == Stage::Abandoned => texts::status_comes_nothing(),
        None => texts::status_comes_signing(),
    }
}

/// Seconds until the portal is late by the manual: five minutes for the order, thirty for the certificate; below zero
/// once it is. By this machine's clock, for nobody asks the portal here; where that is behind, the whole time is left.
fn left(stage: &Stage, now: Timestamp) -> Option<i64> {
    let limit = match stage {
        Stage::Sent(_) => SignedDuration::from_mins(5),
        Stage::Ordered(_) => SignedDuration::from_mins(5 + 30),
        _ => return None,
    };
    let sent_at = stage.order()?.sent_at?;
    let left = limit - now.duration_since(sent_at);
    Some(left.min(limit).as_secs())
}
