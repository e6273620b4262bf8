//! The program's manners: whoever reads may stop, and what goes wrong is told with its file.

use std::process::{Child, Command, Output, Stdio};

const SHIPPED: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/recordings/wrong-user-pin.jsonl"
);

fn scenarios(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_scenarios"));
    command.args(arguments).env("LANG", "C");
    command
}

fn ran(arguments: &[&str]) -> (Option<i32>, String) {
    let output: Output = scenarios(arguments).output().expect("the program starts");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    (output.status.code(), said)
}

#[test]
fn a_reader_who_has_had_enough_breaks_nothing() {
    for arguments in [
        &["list"][..],
        &["list", "--coverage"],
        &["completions", "bash"],
        &["replay", "--side", "token", SHIPPED],
    ] {
        let (reader, writer) = std::io::pipe().expect("a pipe");
        drop(reader);
        let mut command = scenarios(arguments);
        command.stdout(writer).stderr(Stdio::piped());
        let output = command.spawn().and_then(Child::wait_with_output);
        let output = output.expect("the program starts");
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(
            (output.status.code(), &*said),
            (Some(0), ""),
            "{arguments:?}"
        );
    }
}

#[test]
fn a_file_that_cannot_be_read_or_written_is_named() {
    let log = concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/logs/pcscd.log");
    for (arguments, file) in [
        (
            &["import", "--from", "pcscd", "no.log", "-o", "no.jsonl"][..],
            "no.log: ",
        ),
        (
            &["import", "--from", "pcscd", log, "-o", "no/folder.jsonl"],
            "no/folder.jsonl: ",
        ),
        (
            &["replay", "--side", "token", "--image", "no.image", SHIPPED],
            "no.image: ",
        ),
        (&["replay", "no.jsonl"], "no.jsonl: "),
    ] {
        let (code, said) = ran(arguments);
        assert_eq!(code, Some(2), "{arguments:?}: {said}");
        assert!(said.contains(file), "{said}");
    }
}

#[test]
fn a_replay_by_a_browser_is_refused() {
    let (code, said) = ran(&["replay", "--side", "token", "--via", "browser", SHIPPED]);
    assert_eq!(code, Some(2));
    assert!(said.contains("a browser plays no recording"), "{said}");
}
