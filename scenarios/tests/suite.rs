//! Every shipped scenario ends as it expects; one test each, so that a failure has a name. What they watch together is
//! the table of COVERAGE.md.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex};

use emulator::TokenImage;
use scenarios::coverage;
use scenarios::jobs;
use scenarios::output;
use scenarios::recording::Recording;
use scenarios::report::Report;
use scenarios::scenario::{Scenario, schema};
use scenarios::transcript;

mod common;
#[path = "common/differs.rs"]
mod differs;
#[path = "common/heard.rs"]
mod heard;

use heard::Heard;

/// What a run left.
struct Ran {
    mismatches: Vec<String>,
    recording: Recording,
    heard: Heard,
    report: Result<(), String>,
}

/// Where a run is kept, or will be.
type Slot = Arc<Mutex<Option<Arc<Ran>>>>;

/// Runs a scenario, once for all tests of this file.
fn ran(name: &'static str) -> Arc<Ran> {
    static RUNS: Mutex<BTreeMap<&str, Slot>> = Mutex::new(BTreeMap::new());
    let slot = Arc::clone(
        RUNS.lock()
            .expect("no panic inside")
            .entry(name)
            .or_default(),
    );
    let mut slot = slot.lock().expect("no panic inside");
    let run = slot.get_or_insert_with(|| {
        let heard = Heard::default();
        let ran = common::run(name, heard.before());
        Arc::new(Ran {
            report: report(&ran),
            mismatches: ran.outcome.mismatches,
            recording: ran.recording,
            heard,
        })
    });
    Arc::clone(run)
}

/// Whether the page of a run can be made of the files that it leaves.
fn report(ran: &output::Ran) -> Result<(), String> {
    let image = TokenImage::from_toml(&ran.image.to_toml()).map_err(|it| it.to_string())?;
    let page = Report::of(&ran.recording).and_then(|page| page.leaving(image));
    page.map(drop).map_err(|it| it.to_string())
}

fn check(name: &'static str) {
    let ran = ran(name);
    assert!(
        ran.mismatches.is_empty(),
        "{name}:\n{}",
        ran.mismatches.join("\n")
    );
}

/// Compares a generated file with what lies there; `UPDATE=1` writes it.
fn kept(file: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, text).expect("a file of the checkout");
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        kept == text,
        "{file} is not what is generated now; `UPDATE=1 cargo test -p scenarios --test suite` writes it:\n{text}"
    );
}

#[test]
fn the_schema_is_generated_from_the_types() {
    kept("scenario.schema.json", &schema::text());
}

#[test]
fn every_shipped_scenario_names_the_schema_for_editors() {
    for name in scenarios::suite::names() {
        let text = scenarios::suite::text(name).expect("a shipped scenario");
        assert!(
            text.starts_with("#:schema ../scenario.schema.json\n"),
            "{name}"
        );
    }
}

#[test]
fn every_step_of_the_manual_is_watched_by_a_scenario() {
    let mut by_row: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for name in scenarios::suite::names() {
        let scenario = Scenario::find(name).expect("a shipped scenario");
        for row in coverage::watched(&scenario, ran(name).recording.lines()).into_keys() {
            by_row.entry(row).or_default().push(name.to_owned());
        }
    }
    for (row, _) in coverage::rows() {
        assert!(by_row.contains_key(&row), "nobody watches {row}");
    }
    kept("COVERAGE.md", &coverage::table(&by_row));
}

#[test]
fn what_a_scenario_leaves_makes_a_report() {
    for name in scenarios::suite::names() {
        assert_eq!(ran(name).report, Ok(()), "{name}");
    }
}

#[test]
fn a_watched_event_that_is_taken_away_is_missed() {
    // From the other end than the test above, so that neither waits for what the other runs.
    for name in scenarios::suite::names().into_iter().rev() {
        let scenario = Scenario::find(name).expect("a shipped scenario");
        let unguarded = coverage::unguarded(&scenario, ran(name).recording.lines());
        assert_eq!(unguarded, Vec::<usize>::new(), "{name}");
    }
}

#[test]
fn every_shipped_scenario_replays_on_every_side() {
    let mut told = String::new();
    let act = |name: &&'static str| {
        let recording =
            Recording::parse(&ran(name).recording.to_json_lines()).expect("a recording");
        (*name, differs::differs(&recording))
    };
    jobs::in_order(
        jobs::cores(),
        &scenarios::suite::names(),
        act,
        |(name, differs)| {
            if !differs.is_empty() {
                told.push_str(&format!("{name}\n{differs}"));
            }
        },
    );
    assert!(told.is_empty(), "{told}");
}

#[test]
fn no_shipped_scenario_leaves_a_pin_a_code_or_a_session() {
    let mut sessions_or_codes = 0;
    for name in scenarios::suite::names() {
        let scenario = Scenario::find(name).expect("a shipped scenario");
        let ran = ran(name);
        let heard = ran.heard.secrets();
        sessions_or_codes += heard.len();
        let pins = heard::pins(&scenario);
        for text in [
            ran.recording.to_json_lines(),
            transcript::render(&ran.recording),
        ] {
            let mut all = heard.iter().chain(&pins);
            assert_eq!(
                all.find(|secret| heard::is_in(secret, &text)),
                None,
                "{name}"
            );
            let found = pins.iter().find(|pin| heard::is_in_hex(pin, &text));
            assert_eq!(found, None, "{name}, in hex");
        }
    }
    assert!(
        sessions_or_codes > 200,
        "only {sessions_or_codes} were heard"
    );
}

macro_rules! scenarios {
    ($($test:ident => $name:literal,)*) => {
        $(
            #[test]
            fn $test() {
                check($name);
            }
        )*

        #[test]
        fn no_shipped_scenario_is_missing_here() {
            assert_eq!(scenarios::suite::names(), [$($name),*]);
        }
    };
}

scenarios! {
    abandoned => "abandoned",
    answer_to_the_request_lost => "answer-to-the-request-lost",
    application_not_accepted => "application-not-accepted",
    application_not_found => "application-not-found",
    application_refused => "application-refused",
    application_refused_at_issue => "application-refused-at-issue",
    application_returned => "application-returned",
    authority_busy => "authority-busy",
    certificate_expired => "certificate-expired",
    certificate_for_another_key => "certificate-for-another-key",
    certificate_not_yet_valid => "certificate-not-yet-valid",
    certificate_of_another_issuer => "certificate-of-another-issuer",
    certificate_revoked => "certificate-revoked",
    certificate_with_a_spoilt_signature => "certificate-with-a-spoilt-signature",
    clock_ahead => "clock-ahead",
    clock_behind => "clock-behind",
    clock_jumps_ahead => "clock-jumps-ahead",
    clock_jumps_back => "clock-jumps-back",
    code_expired => "code-expired",
    code_garbled => "code-garbled",
    code_late => "code-late",
    code_lost_once => "code-lost-once",
    code_never_comes => "code-never-comes",
    code_of_eight_digits => "code-of-eight-digits",
    default_pin_on_an_owned_token => "default-pin-on-an-owned-token",
    disk_full => "disk-full",
    earlier_certificate_refused => "earlier-certificate-refused",
    expired_session => "expired-session",
    first_certificate => "first-certificate",
    first_certificate_2012 => "first-certificate-2012",
    first_certificate_2012_512 => "first-certificate-2012-512",
    first_certificate_2012_512_b => "first-certificate-2012-512-b",
    first_certificate_2012_b => "first-certificate-2012-b",
    first_certificate_2012_tc26_a => "first-certificate-2012-tc26-a",
    first_certificate_b => "first-certificate-b",
    first_certificate_c => "first-certificate-c",
    first_certificate_today => "first-certificate-today",
    first_certificate_xcha => "first-certificate-xcha",
    first_sms_lost => "first-sms-lost",
    foreign_certificate => "foreign-certificate",
    foreign_pair => "foreign-pair",
    full_token => "full-token",
    gateway_refuses => "gateway-refuses",
    gateway_without_money => "gateway-without-money",
    inbox_down => "inbox-down",
    inbox_of_somebody_else => "inbox-of-somebody-else",
    install_first => "install-first",
    install_too_early => "install-too-early",
    issue_overdue => "issue-overdue",
    journal_not_writable => "journal-not-writable",
    killed_after_sending => "killed-after-sending",
    killed_before_sending => "killed-before-sending",
    killed_while_writing => "killed-while-writing",
    last_pin_tries => "last-pin-tries",
    machine_sleeps => "machine-sleeps",
    manual_in_a_browser => "manual-in-a-browser",
    old_revocation_list => "old-revocation-list",
    only_internet_explorer => "only-internet-explorer",
    orphan_pair_adopted => "orphan-pair-adopted",
    other_token => "other-token",
    own_pins => "own-pins",
    page_of_somebody_else => "page-of-somebody-else",
    papers_before_the_certificate => "papers-before-the-certificate",
    papers_missing => "papers-missing",
    pin_changed_in_between => "pin-changed-in-between",
    portal_closed => "portal-closed",
    portal_fails_at_login => "portal-fails-at-login",
    portal_moved_to_https => "portal-moved-to-https",
    portal_over_tls => "portal-over-tls",
    ready_sms_lost => "ready-sms-lost",
    replace_administrator_blocked => "replace-administrator-blocked",
    replace_administrator_last_tries => "replace-administrator-last-tries",
    replace_certificate => "replace-certificate",
    replace_certificate_last => "replace-certificate-last",
    replace_declined => "replace-declined",
    replace_nothing => "replace-nothing",
    replace_told_on_resume => "replace-told-on-resume",
    replace_without_administrators_mark => "replace-without-administrators-mark",
    replace_wrong_administrator_pin => "replace-wrong-administrator-pin",
    request_lost => "request-lost",
    request_refused => "request-refused",
    rsa_pair_beside => "rsa-pair-beside",
    session_ends_at_sending => "session-ends-at-sending",
    session_ends_at_the_certificate => "session-ends-at-the-certificate",
    session_ends_at_the_list => "session-ends-at-the-list",
    session_ends_at_the_report => "session-ends-at-the-report",
    session_ends_at_the_request_form => "session-ends-at-the-request-form",
    several_applications => "several-applications",
    sms_doubled => "sms-doubled",
    sms_in_the_wrong_order => "sms-in-the-wrong-order",
    status_later_than_the_sms => "status-later-than-the-sms",
    support_phone_is_no_code => "support-phone-is-no-code",
    switched_off_for_two_days => "switched-off-for-two-days",
    tls_certificate_expired => "tls-certificate-expired",
    tls_certificate_for_another_host => "tls-certificate-for-another-host",
    tls_certificate_of_an_unknown_issuer => "tls-certificate-of-an-unknown-issuer",
    token_fails_at_signing => "token-fails-at-signing",
    token_removed_while_deleting_the_certificate => "token-removed-while-deleting-the-certificate",
    token_removed_while_deleting_the_pair => "token-removed-while-deleting-the-pair",
    token_removed_while_making_the_pair => "token-removed-while-making-the-pair",
    token_removed_while_writing => "token-removed-while-writing",
    token_reset_while_signing => "token-reset-while-signing",
    token_silent_while_making_the_pair => "token-silent-while-making-the-pair",
    too_many_codes => "too-many-codes",
    two_applications_side_by_side => "two-applications-side-by-side",
    two_orphan_pairs => "two-orphan-pairs",
    unknown_phone => "unknown-phone",
    user_pin_blocked => "user-pin-blocked",
    wrong_sms_code => "wrong-sms-code",
    wrong_user_pin => "wrong-user-pin",
}
