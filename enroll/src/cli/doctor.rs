//! `enroll doctor`: chapter 1.1 for today. Each item gets a verdict, the reason, and the command that mends it.

use std::path::{Path, PathBuf};

use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::options::Common;
use super::shell::Shell;
use super::{Stop, open};
use crate::certificate::Certificate;
use crate::engine::order::PREPARATION;
use crate::error::Error;
use crate::journal::{JournalError, Store};
use crate::messages::{self, Lang, Text, texts};
#[cfg(feature = "pcsc")]
use crate::ports::token::TransmitError;
use crate::ports::token::{Inventory, PinRole, Token, TokenInfo, Tries};
use crate::ports::{Portal as _, TokenError};

/// How an item is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    Good,
    /// It works, and will not for long, or not well.
    Warning,
    /// An enrollment would stop here.
    Bad,
    /// Nothing to look at.
    NotNeeded,
}

/// One item of the list.
pub(super) struct Finding {
    item: Text,
    verdict: Verdict,
    why: Text,
    mend: Option<Text>,
    /// The exit code of a bad one.
    exit: u8,
}

impl Finding {
    fn new(item: Text, verdict: Verdict, why: Text) -> Self {
        Self {
            item,
            verdict,
            why,
            mend: None,
            exit: 0,
        }
    }

    fn mended_by(self, command: &str) -> Self {
        let mend = Some(Text::plain(command));
        Self { mend, ..self }
    }

    /// A line for those who help, in English.
    pub(super) fn line(&self) -> String {
        let (item, why) = (self.item.of(Lang::En), self.why.of(Lang::En));
        format!("{:?} {item}: {why}", self.verdict)
    }

    fn failed(item: Text, error: &Error) -> Self {
        Self {
            mend: Some(messages::next_without_enrollment(error)),
            exit: error.exit_code(),
            ..Self::new(item, Verdict::Bad, messages::what(error))
        }
    }
}

/// What a look at everything found.
pub(super) struct Examination {
    pub(super) findings: Vec<Finding>,
    /// Who the token says it is, if there is one.
    pub(super) info: Option<TokenInfo>,
    /// What it holds, if that reads.
    pub(super) inventory: Option<Inventory>,
}

/// Looks at everything; spends no PIN try and changes nothing.
pub(super) fn examine(common: &Common, shell: &Shell) -> Result<Examination, Stop> {
    let mut seen = Examination {
        findings: state_folder(&open::state(common)),
        info: None,
        inventory: None,
    };
    if common.token.split(':').next() == Some("pcsc") {
        seen.findings.extend(smart_cards());
    }
    let (portal, there) = portal(common, shell);
    token(common, shell, there, &mut seen)?;
    seen.findings.extend(portal);
    seen.findings
        .push(viewer(&std::env::var_os("PATH").unwrap_or_default()));
    seen.findings.extend(PREPARATION.map(not_needed));
    Ok(seen)
}

/// Tells what was found; the exit code is that of the first item that would stop an enrollment.
pub(super) fn run(common: &Common, shell: &Shell) -> Result<(), Stop> {
    let Examination { findings, .. } = examine(common, shell)?;
    let exit = findings.iter().find(|it| it.verdict == Verdict::Bad);
    let exit = exit.map_or(0, |it| it.exit);
    let list = findings.into_iter().map(|it| told(it, shell));
    shell.result(&serde_json::Value::Array(list.collect()));
    if exit == 0 {
        Ok(())
    } else {
        Err(Stop::Told(exit))
    }
}

/// Shows one finding and gives its JSON form.
fn told(finding: Finding, shell: &Shell) -> serde_json::Value {
    let Finding {
        item,
        verdict,
        why,
        mend,
        exit,
    } = finding;
    let mark = match verdict {
        Verdict::Good => "ok",
        Verdict::Warning => "!",
        Verdict::Bad => "FAIL",
        Verdict::NotNeeded => "-",
    };
    let english = (item.of(Lang::En), why.of(Lang::En));
    let mend_english = mend.as_ref().map(|mend| mend.of(Lang::En));
    shell.say(&format!(
        "{mark:>4}  {}: {}",
        item.of(shell.lang),
        why.of(shell.lang)
    ));
    if let Some(mend) = mend {
        let next = texts::report_next(mend).of(shell.lang);
        shell.say(&format!("      {next}"));
    }
    let verdict = match verdict {
        Verdict::Good => "good",
        Verdict::Warning => "warning",
        Verdict::Bad => "bad",
        Verdict::NotNeeded => "not-needed",
    };
    json!({ "item": english.0, "verdict": verdict, "why": english.1, "mend": mend_english, "exit": exit })
}

/// What is under way, and each journal that does not read.
fn state_folder(folder: &Path) -> Vec<Finding> {
    let item = texts::doctor_state;
    let entries = match Store::new(folder).list() {
        Ok(entries) => entries,
        Err(error) => return vec![Finding::failed(item(), &error.into())],
    };
    let (found, unreadable): (Vec<_>, Vec<_>) = entries.into_iter().partition(Result::is_ok);
    let count = texts::doctor_state_good(found.len());
    let good = Finding::new(item(), Verdict::Good, count);
    let bad = unreadable.into_iter().filter_map(Result::err);
    let bad = bad.map(|it| Finding::failed(item(), &JournalError::from(it).into()));
    std::iter::once(good).chain(bad).collect()
}

/// Library, service and readers, each on its own: what fails first makes the rest moot.
#[cfg(feature = "pcsc")]
fn smart_cards() -> Vec<Finding> {
    use crate::adapters::pcsc;
    let bad = |item, error| Finding::failed(item, &TokenError::Transmit(error).into());
    let good = |item, why| Finding::new(item, Verdict::Good, why);
    if let Err(error) = pcsc::library() {
        return vec![bad(texts::doctor_library(), error)];
    }
    let library = good(texts::doctor_library(), texts::doctor_library_good());
    let slots = match pcsc::slots() {
        Err(error) => return vec![library, bad(texts::doctor_service(), error)],
        Ok(slots) => slots,
    };
    let mut findings = vec![
        library,
        good(texts::doctor_service(), texts::doctor_service_good()),
    ];
    if slots.is_empty() {
        let (wanted, found) = (None, Vec::new());
        let error = TransmitError::NoReader { wanted, found };
        findings.push(bad(texts::doctor_reader(), error));
    }
    findings.extend(slots.iter().map(|slot| match slot.has_card {
        true => good(
            texts::doctor_reader(),
            texts::doctor_reader_filled(&slot.name),
        ),
        false => {
            let why = texts::doctor_reader_empty(&slot.name);
            Finding::new(texts::doctor_reader(), Verdict::Warning, why)
        }
    }));
    findings
}

#[cfg(not(feature = "pcsc"))]
fn smart_cards() -> Vec<Finding> {
    Vec::new()
}

/// A PIN that was named for this run is compared with the factory's; none is presented.
fn factory_pins(common: &Common, shell: &Shell) -> [Finding; 2] {
    let applicant = open::applicant(common, shell.lang);
    [PinRole::User, PinRole::Administrator].map(|role| {
        let item = texts::doctor_factory_pin(role);
        let named = applicant.names_default(role);
        factory_pin(item, role, named)
    })
}

fn factory_pin(item: Text, role: PinRole, named: Option<bool>) -> Finding {
    let why = match named {
        None => texts::doctor_factory_pin_unknown(),
        Some(false) => texts::doctor_factory_pin_changed(),
        Some(true) => texts::doctor_factory_pin_set(),
    };
    match named {
        None => Finding::new(item, Verdict::NotNeeded, why),
        Some(false) => Finding::new(item, Verdict::Good, why),
        Some(true) => Finding::new(item, Verdict::Warning, why)
            .mended_by(&format!("enroll token change-pin --of {role}")),
    }
}

/// The token, and what it says of itself.
fn token(
    common: &Common,
    shell: &Shell,
    there: Option<Timestamp>,
    seen: &mut Examination,
) -> Result<(), Stop> {
    let item = texts::doctor_token;
    let mut token = match open::token(common, shell, &shell.events()) {
        Ok(token) => token,
        Err(Stop::Error(error)) => {
            seen.findings.push(Finding::failed(item(), &error));
            return Ok(());
        }
        Err(other) => return Err(other),
    };
    let info = match token.info() {
        Ok(info) => info,
        Err(error) => {
            seen.findings.push(Finding::failed(item(), &error.into()));
            return Ok(());
        }
    };
    let findings = &mut seen.findings;
    let named = format!("{} «{}», {}", info.serial, info.label, info.reader);
    findings.push(Finding::new(item(), Verdict::Good, Text::plain(named)));
    findings.extend(pins(&info));
    findings.extend(factory_pins(common, shell));
    seen.info = Some(info);
    seen.inventory = contents(&mut *token, there, findings);
    findings.push(Finding::new(
        texts::doctor_memory(),
        Verdict::NotNeeded,
        texts::doctor_memory_untold(),
    ));
    Ok(())
}

fn pins(info: &TokenInfo) -> [Finding; 2] {
    [
        pin(PinRole::User, info.user_tries_left),
        pin(PinRole::Administrator, info.administrator_tries_left),
    ]
}

fn pin(role: PinRole, tries: Tries) -> Finding {
    let item = texts::doctor_pin(role);
    match tries {
        Tries::Blocked | Tries::NoSuchPin => {
            let error = match tries {
                Tries::Blocked => TokenError::PinBlocked { role },
                _ => TokenError::NoSuchPin { role },
            };
            Finding::failed(item, &error.into())
        }
        Tries::Verified => Finding::new(item, Verdict::Good, texts::doctor_pin_verified()),
        Tries::Untold => Finding::new(item, Verdict::Good, texts::doctor_pin_untold()),
        Tries::Left(left) => {
            let why = texts::doctor_pin_left(left);
            let verdict = if left <= crate::engine::KEPT_TRIES {
                Verdict::Warning
            } else {
                Verdict::Good
            };
            let finding = Finding::new(item, verdict, why);
            match (verdict, role) {
                (Verdict::Warning, PinRole::User) => finding.mended_by("enroll token unblock"),
                _ => finding,
            }
        }
    }
}

/// Layout, and every certificate with its days left.
fn contents(
    token: &mut dyn Token,
    there: Option<Timestamp>,
    findings: &mut Vec<Finding>,
) -> Option<Inventory> {
    let item = texts::doctor_layout();
    let inventory = match token.inventory() {
        Ok(inventory) => inventory,
        Err(error) => {
            findings.push(Finding::failed(item, &error.into()));
            return None;
        }
    };
    let counted = texts::doctor_layout_good(inventory.keys.len(), inventory.certificates.len());
    let now = there.unwrap_or_else(|| super::clock().now());
    findings.push(Finding::new(item, Verdict::Good, counted));
    findings.extend(certificates(&inventory, now));
    Some(inventory)
}

fn certificates(inventory: &Inventory, now: Timestamp) -> Vec<Finding> {
    let read = inventory.certificates.iter();
    let read = read.filter_map(|stored| Certificate::from_der(&stored.der).ok());
    read.map(|certificate| {
        let object = crate::object::Object::certificate(&certificate);
        let (_, until) = certificate.validity();
        days(messages::object_text(&object), days_until(until, now))
    })
    .collect()
}

/// Whole days; below zero once the moment is past.
fn days_until(until: Timestamp, now: Timestamp) -> i64 {
    until.duration_since(now).as_hours().div_euclid(24)
}

fn lasts(left: i64) -> Text {
    match left {
        0.. => texts::doctor_days_left(left),
        _ => texts::doctor_days_over(-left),
    }
}

/// A fortnight is what it takes to go through the manual again.
fn days(item: Text, left: i64) -> Finding {
    let why = lasts(left);
    if left >= EXPIRY_WARNING_DAYS {
        return Finding::new(item, Verdict::Good, why);
    }
    Finding::new(item, Verdict::Warning, why).mended_by("enroll request --replace-old=last")
}

/// The front page and the cabinet behind it, how they were reached, and the two clocks.
fn portal(common: &Common, shell: &Shell) -> (Vec<Finding>, Option<Timestamp>) {
    let item = texts::doctor_portal;
    let Some(url) = &common.portal else {
        let why = texts::doctor_portal_unnamed();
        let finding = Finding::new(item(), Verdict::Warning, why);
        return (vec![finding.mended_by("enroll doctor --portal URL")], None);
    };
    let mut portal = match open::portal(common, &shell.events()) {
        Ok(portal) => portal,
        Err(Stop::Error(error)) => return (vec![Finding::failed(item(), &error)], None),
        Err(_) => return (Vec::new(), None),
    };
    // The cabinet asks for a phone and is told none: any page at all has a front.
    let reached = portal.open().and_then(|()| portal.open_cabinet());
    if let Err(error) = reached {
        return (vec![Finding::failed(item(), &error.into())], portal.date());
    }
    let mut findings = vec![Finding::new(
        item(),
        Verdict::Good,
        texts::doctor_portal_good(),
    )];
    findings.push(line(url));
    let there = portal.date();
    let now = there.unwrap_or_else(|| super::clock().now());
    findings.extend(portal.peer_certificate().and_then(|der| tls(der, now)));
    findings.extend(there.map(|there| clocks(super::clock().now(), there)));
    (findings, there)
}

fn line(url: &str) -> Finding {
    let item = texts::doctor_line();
    if url.starts_with("https:") {
        let why = texts::doctor_line_tls();
        return Finding::new(item, Verdict::Good, why);
    }
    let why = texts::doctor_line_plain();
    Finding::new(item, Verdict::Warning, why).mended_by("enroll doctor --portal https://…")
}

/// Who issued the portal's certificate, and how long it lasts; that it is trusted is said by the line.
fn tls(der: &[u8], now: Timestamp) -> Option<Finding> {
    let certificate = Certificate::from_der(der).ok()?;
    let issuer = crate::name::print(certificate.issuer());
    let (_, until) = certificate.validity();
    let left = days_until(until, now);
    let why = lasts(left);
    let verdict = match left {
        EXPIRY_WARNING_DAYS.. => Verdict::Good,
        _ => Verdict::Warning,
    };
    Some(Finding::new(texts::doctor_tls(issuer), verdict, why))
}

fn clocks(here: Timestamp, there: Timestamp) -> Finding {
    let off = here.duration_since(there).abs();
    let item = texts::doctor_clock();
    let why = texts::doctor_clock_off(off.as_secs());
    if off <= SignedDuration::from_mins(5) {
        return Finding::new(item, Verdict::Good, why);
    }
    Finding::new(item, Verdict::Warning, why).mended_by("timedatectl set-ntp true")
}

/// A program that shows PDF: chapter 3 is about paper.
fn viewer(path: &std::ffi::OsStr) -> Finding {
    let item = texts::doctor_viewer();
    let folders: Vec<PathBuf> = std::env::split_paths(path).collect();
    let found = VIEWERS
        .into_iter()
        .find(|name| folders.iter().any(|folder| folder.join(name).is_file()));
    match found {
        Some(name) => Finding::new(item, Verdict::Good, Text::plain(name)),
        None => Finding::new(item, Verdict::Warning, texts::doctor_viewer_missing())
            .mended_by("apt install evince"),
    }
}

fn not_needed((number, _): (&'static str, &'static str)) -> Finding {
    let why = texts::preparation(number);
    Finding::new(Text::plain(number), Verdict::NotNeeded, why)
}

const EXPIRY_WARNING_DAYS: i64 = 14;
const VIEWERS: [&str; 7] = [
    "evince", "okular", "atril", "mupdf", "zathura", "firefox", "chromium",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn item() -> Text {
        Text::plain("")
    }

    #[test]
    fn a_certificate_is_told_a_fortnight_before_it_ends() {
        assert_eq!(days(item(), 14).verdict, Verdict::Good);
        assert_eq!(days(item(), 13).verdict, Verdict::Warning);
        let over = days(item(), -37);
        assert_eq!(over.why.of(Lang::En), "it ended 37 days ago");
        assert!(over.mend.is_some());
    }

    #[test]
    fn the_last_tries_are_a_warning_and_a_blocked_pin_stops() {
        assert_eq!(pin(PinRole::User, Tries::Left(3)).verdict, Verdict::Good);
        assert_eq!(pin(PinRole::User, Tries::Left(2)).verdict, Verdict::Warning);
        let blocked = pin(PinRole::User, Tries::Blocked);
        assert_eq!((blocked.verdict, blocked.exit), (Verdict::Bad, 13));
    }

    #[test]
    fn a_factory_pin_is_pointed_out_and_one_that_is_not_named_is_not_tried() {
        let told = |named| factory_pin(item(), PinRole::User, named).verdict;
        assert_eq!(told(Some(true)), Verdict::Warning);
        assert_eq!(told(Some(false)), Verdict::Good);
        assert_eq!(told(None), Verdict::NotNeeded);
    }

    #[test]
    fn nothing_that_was_not_begun_is_resumed() {
        let error = TokenError::NotLoggedIn { what: "sign" }.into();
        let mend = Finding::failed(item(), &error)
            .mend
            .map(|it| it.of(Lang::En));
        let mend = mend.expect("advice");
        assert!(mend.ends_with("then the same command"), "{mend}");
    }

    #[test]
    fn a_journal_that_does_not_read_is_named_beside_those_that_do() {
        let folder = tempfile::tempdir().expect("a folder");
        let damaged = folder.path().join("1f2e3d4c.jsonl");
        std::fs::write(&damaged, "?\n").expect("a file");
        let findings = state_folder(folder.path());
        assert_eq!(
            findings.iter().map(|it| it.exit).collect::<Vec<_>>(),
            [0, 40]
        );
        assert!(findings[1].line().contains(damaged.to_str().expect("text")));
        let mend = findings[1].mend.as_ref().map(|it| it.of(Lang::En));
        assert!(mend.is_some_and(|it| it.starts_with("enroll resume")));
    }

    #[test]
    fn clocks_may_differ_by_five_minutes() {
        let here: Timestamp = "2018-12-13T01:00:00Z".parse().expect("a moment");
        let off = |secs| clocks(here, here + SignedDuration::from_secs(secs)).verdict;
        assert_eq!((off(300), off(301)), (Verdict::Good, Verdict::Warning));
    }

    #[test]
    fn a_machine_without_a_viewer_is_told_how_to_get_one() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().as_os_str();
        assert_eq!(viewer(path).verdict, Verdict::Warning);
        std::fs::write(folder.path().join("okular"), "").expect("a file");
        assert_eq!(viewer(path).verdict, Verdict::Good);
    }
}
