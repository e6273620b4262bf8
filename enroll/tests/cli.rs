//! The program as a person and a script meet it.
#![expect(
    clippy::unwrap_used,
    reason = "a helper that fails is a test that fails"
)]

use std::process::{Command, Output};

use insta::assert_snapshot;

fn enroll(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_enroll"));
    command
        .args(arguments)
        .env_clear()
        .env("COLUMNS", "110")
        .stdin(std::process::Stdio::null());
    command.output().expect("the program starts")
}

fn stdout(arguments: &[&str]) -> String {
    let output = enroll(arguments);
    assert_eq!(
        output.status.code(),
        Some(0),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn help_teaches() {
    assert_snapshot!(stdout(&["--help"]));
}

#[test]
fn exit_codes_of_help_are_those_of_the_errors() {
    let help = stdout(&["--help"]);
    let (_, after) = help.split_once("Exit codes:").expect("a table");
    let (table, _) = after.split_once("Example:").expect("its end");
    let told: std::collections::BTreeSet<u8> = table
        .split(|it: char| !it.is_ascii_digit())
        .filter_map(|number| number.parse().ok())
        .filter(|number| number % 10 != 9) // the ends of ranges
        .collect();
    let constants = include_str!("../src/error.rs").lines();
    let known = constants.filter_map(|line| {
        let (_, number) = line
            .trim()
            .strip_prefix("pub const ")?
            .split_once(": u8 = ")?;
        number.strip_suffix(';')?.parse().ok()
    });
    assert_eq!(told, known.collect());
}

#[test]
fn help_of_request_teaches() {
    assert_snapshot!(stdout(&["request", "-h"]));
}

#[test]
fn help_of_the_token_commands_teaches() {
    assert_snapshot!(stdout(&["token", "-h"]));
}

#[test]
fn completions_and_manual_page_are_printed() {
    for shell in ["bash", "zsh", "fish"] {
        let text = stdout(&["completions", shell]);
        assert!(text.contains("allow-plain-http"), "{shell}:\n{text}");
    }
    let page = stdout(&["man"]);
    assert!(page.contains(".TH enroll 1") && page.contains("Exit codes"));
    let folder = tempfile::tempdir().unwrap();
    stdout(&["man", folder.path().to_str().unwrap()]);
    let page = std::fs::read_to_string(folder.path().join("enroll-request.1")).unwrap();
    assert!(page.contains("replace\\-old"), "{page}");
}

#[test]
fn a_missing_option_is_named_with_exit_code_2() {
    let folder = tempfile::tempdir().unwrap();
    let state = folder.path().to_str().unwrap();
    for (arguments, named) in [
        (
            vec!["token", "list", "--token", "carrier-pigeon"],
            "--token carrier-pigeon",
        ),
        (vec!["request", "--state", state], "--phone"),
        (
            vec!["resume", "--state", state, "--token", "vpcd:127.0.0.1:0"],
            "--phone",
        ),
        (
            vec!["request", "--phone", "+79000000000", "--state", state],
            "--portal",
        ),
        (vec!["request", "--wait", "--bogus"], "--bogus"),
        (vec![], "Usage"),
    ] {
        let output = enroll(&arguments);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(
            (output.status.code(), said.contains(named)),
            (Some(2), true),
            "{arguments:?}: {said}"
        );
        assert!(output.stdout.is_empty());
    }
}

#[test]
fn status_without_any_enrollment_is_an_empty_list() {
    let folder = tempfile::tempdir().unwrap();
    let state = folder.path().join("none");
    assert_eq!(
        stdout(&["status", "--json", "--state", state.to_str().unwrap()]),
        "{\"result\":[]}\n{\"outcome\":\"done\",\"format\":1,\"exit\":0}\n"
    );
}

#[test]
fn status_on_nothing_says_so_to_a_person() {
    let folder = tempfile::tempdir().unwrap();
    let state = folder.path().to_str().unwrap();
    let told = stdout(&["status", "--lang", "en", "--state", state]);
    assert_eq!(told, "no enrollment was begun\n");
}

#[test]
fn status_and_abandon_go_by_the_journal() {
    use enroll::journal::Store;
    use enroll::stage::Fact;
    let folder = tempfile::tempdir().unwrap();
    let store = Store::new(folder.path());
    let mut journal = store.begin("1f2e3d4c", None, None, None).unwrap();
    journal
        .record(Fact::ApplicationChosen {
            application: "722318".into(),
        })
        .unwrap();
    drop(journal);
    let state = folder.path().to_str().unwrap();
    let status = || stdout(&["status", "--json", "--state", state]);
    assert!(status().starts_with(
        "{\"result\":[{\"token\":\"1f2e3d4c\",\"application\":\"722318\",\"stage\":\"application-chosen\",\"key\":null"
    ));
    let russian = stdout(&["status", "--lang", "ru", "--state", state]);
    assert_eq!(
        russian,
        "1f2e3d4c, 722318: ключевой пары этой заявки в журнале нет; запрос не отправлен\nвпереди: запрос сертификата (глава 1)\nдальше: enroll resume с параметрами, с которыми работа начата\n"
    );
    let unasked = enroll(&["abandon", "--json", "--state", state]);
    assert_eq!(unasked.status.code(), Some(2));
    assert!(
        stdout(&["abandon", "--yes", "--json", "--state", state])
            .contains("\"was\":\"application-chosen\"")
    );
    assert!(status().contains("\"stage\":\"abandoned\""));
}

#[test]
fn abandon_names_what_it_lacks() {
    let folder = tempfile::tempdir().unwrap();
    let state = folder.path().to_str().unwrap();
    let refused = |named: &str| {
        let output = enroll(&["abandon", "--yes", "--lang", "en", "--state", state]);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(said.contains(named), "{said}");
        output.status.code()
    };
    assert_eq!(refused("no enrollment was begun"), Some(42));
    begun(folder.path(), "1f2e3d4c", "722318");
    begun(folder.path(), "1f2e3d4c", "722319");
    assert_eq!(refused("--application"), Some(41));
    begun(folder.path(), "33505e30", "722320");
    assert_eq!(refused("--serial"), Some(2));
}

/// Leaves the journal of an enrollment that has come as far as the list.
fn begun(folder: &std::path::Path, token: &str, application: &str) {
    let store = enroll::journal::Store::new(folder);
    store.turn_to(token, application).unwrap();
    let mut journal = store.begin(token, Some(application), None, None).unwrap();
    let application = application.to_owned();
    journal
        .record(enroll::stage::Fact::ApplicationChosen { application })
        .unwrap();
}

#[test]
fn status_names_a_damaged_journal_that_was_kept() {
    let folder = tempfile::tempdir().unwrap();
    let kept = folder.path().join("1f2e3d4c-damaged.1.jsonl");
    std::fs::write(&kept, "?").unwrap();
    let state = folder.path().to_str().unwrap();
    let told = stdout(&["status", "--lang", "en", "--state", state]);
    let line = format!("a journal that was damaged is kept as {}\n", kept.display());
    assert_eq!(told, line);
    let told = stdout(&["status", "--json", "--state", state]);
    let listed = serde_json::json!({ "result": [{ "damaged": kept }] });
    assert!(told.starts_with(&listed.to_string()), "{told}");
}

#[test]
fn status_names_a_journal_that_does_not_read_and_abandon_refuses_it() {
    let folder = tempfile::tempdir().unwrap();
    let damaged = folder.path().join("1f2e3d4c.jsonl");
    std::fs::write(&damaged, "?\n").unwrap();
    let state = folder.path().to_str().unwrap();
    let told = stdout(&["status", "--lang", "en", "--state", state]);
    assert!(told.contains(damaged.to_str().unwrap()), "{told}");
    assert!(told.contains("line 1") && told.contains("next: enroll resume"));
    let told = stdout(&["status", "--json", "--state", state]);
    assert!(told.contains("\"unreadable\":"), "{told}");
    let refused = enroll(&["abandon", "--yes", "--state", state]);
    let told = String::from_utf8_lossy(&refused.stderr);
    assert_eq!(refused.status.code(), Some(40), "{told}");
    assert!(told.contains("next: enroll resume"), "{told}");
}

#[test]
fn the_doctor_names_every_item_and_the_first_that_would_stop_an_enrollment() {
    let folder = tempfile::tempdir().unwrap();
    let state = folder.path().join("state");
    let output = enroll(&[
        "doctor",
        "--token",
        "pcsc:no such reader",
        "--state",
        state.to_str().unwrap(),
        "--lang",
        "en",
    ]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(11), "{text}");
    for item in [
        "  ok  state folder",
        "smart card ",
        "FAIL  token",
        "   !  portal: no address was given",
        "   !  PDF viewer",
        "   -  1.1.4: not needed",
        "next: ",
    ] {
        assert!(text.contains(item), "{item} is missing in:\n{text}");
    }
}

#[test]
fn a_full_disk_is_told_and_a_reader_that_has_enough_is_no_failure() {
    use std::fs::OpenOptions;
    let folder = tempfile::tempdir().unwrap();
    let state = folder.path().join("state");
    let mut status = Command::new(env!("CARGO_BIN_EXE_enroll"));
    status.args(["status", "--json", "--state"]).arg(state);
    let full = OpenOptions::new().write(true).open("/dev/full").unwrap();
    let output = status.stdout(full).output().unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(40), "{told}");
    assert!(told.contains("/dev/stdout"), "{told}");

    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let output = status.stdout(writer).output().unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{told}");
}

#[test]
fn a_pkcs11_module_that_is_not_there_is_named() {
    let output = enroll(&["token", "info", "--token", "pkcs11:/nowhere/module.so"]);
    assert_eq!(output.status.code(), Some(11));
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(told.contains("/nowhere/module.so"), "{told}");
}
