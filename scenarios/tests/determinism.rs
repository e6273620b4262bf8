//! Same seed, same bytes: the program run twice, in different zones, languages and folders, leaves equal files.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

/// Every file below a folder, by its path in it.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut open = vec![folder.to_owned()];
    while let Some(next) = open.pop() {
        for entry in next.read_dir().expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                open.push(path);
            } else {
                let name = path
                    .strip_prefix(folder)
                    .expect("below it")
                    .to_string_lossy()
                    .into_owned();
                found.insert(name, std::fs::read(&path).expect("a file"));
            }
        }
    }
    found
}

/// Runs the scenario as a process of its own, in a zone, a language and a working folder of its own.
fn run(scenario: &str, zone: &str, locale: &str, seed: Option<&str>) -> BTreeMap<String, Vec<u8>> {
    let home = tempfile::tempdir().expect("a folder");
    let out = home.path().join("left");
    let mut program = Command::new(env!("CARGO_BIN_EXE_scenarios"));
    program
        .args(["run", scenario, "--out"])
        .arg(&out)
        .current_dir(&home)
        .env("TZ", zone)
        .env("LANG", locale);
    if let Some(seed) = seed {
        program.args(["--seed", seed]);
    }
    let output = program.output().expect("the program starts");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stdout)
    );
    files(&out)
}

fn check_equal(scenario: &str) {
    let here = run(scenario, "Asia/Irkutsk", "ru_RU.UTF-8", None);
    let there = run(scenario, "America/New_York", "C", None);
    assert_eq!(
        here.keys().collect::<Vec<_>>(),
        there.keys().collect::<Vec<_>>()
    );
    for (name, bytes) in &here {
        assert!(
            bytes == &there[name],
            "{scenario}: {name} differs between two runs"
        );
    }
}

#[test]
fn the_first_certificate_twice_leaves_equal_files() {
    check_equal("first-certificate");
}

#[test]
fn a_replacement_twice_leaves_equal_files() {
    check_equal("replace-certificate");
}

#[test]
fn another_seed_makes_another_key() {
    let one = run("first-certificate", "UTC", "C", None);
    let other = run("first-certificate", "UTC", "C", Some("4242"));
    assert_ne!(one["request.der"], other["request.der"]);
}

#[test]
fn a_run_leaves_what_its_help_promises() {
    let left = run("first-certificate", "UTC", "C", None);
    let mut names: Vec<&str> = left.keys().map(String::as_str).collect();
    names.sort_unstable();
    assert_eq!(
        names,
        [
            "certificate.der",
            "certificate.pem",
            "crl.pem",
            "documents/doverennost.pdf",
            "documents/forma-sertifikata.pdf",
            "documents/forma-zaprosa.pdf",
            "documents/raspiska.pdf",
            "documents/rukovodstvo.pdf",
            "documents/zayavlenie-annulirovanie.pdf",
            "documents/zayavlenie-izgotovlenie.pdf",
            "issuer.pem",
            "recording.jsonl",
            "request.der",
            "request.pem",
            "token.image",
            "transcript.txt",
        ]
    );
}
