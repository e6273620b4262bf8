//! A journal that is cut anywhere reads as what had happened by then, and goes on from there.
#![expect(
    clippy::unwrap_used,
    reason = "a helper that fails is a test that fails"
)]

use std::collections::BTreeMap;

use enroll::journal::{Disk, Intent, JournalError, Store};
use enroll::stage::{Fact, Key, Stage};
use tempfile::TempDir;

const TOKEN: &str = "1f2e3d4c";

fn key() -> Key {
    Key {
        id: "aa".into(),
        label: "ООО".into(),
        public_key: "3063".into(),
    }
}

fn story() -> Vec<(Option<Intent>, Fact)> {
    let fingerprint = || "c2".to_owned();
    let make = Intent::MakeKeyPair {
        label: "ООО".into(),
        others: vec![],
    };
    vec![
        (
            None,
            Fact::RemovalAgreed {
                certificates: vec!["c1".into()],
                key_pairs: vec!["k1".into()],
            },
        ),
        (
            Some(Intent::RemoveCertificate {
                fingerprint: "c1".into(),
            }),
            Fact::CertificateRemoved {
                fingerprint: "c1".into(),
            },
        ),
        (
            Some(Intent::RemoveKeyPair { key: "k1".into() }),
            Fact::KeyPairRemoved { key: "k1".into() },
        ),
        (
            None,
            Fact::ApplicationChosen {
                application: "722318".into(),
            },
        ),
        (
            Some(make),
            Fact::KeyPairReady {
                key: key(),
                adopted: false,
            },
        ),
        (
            None,
            Fact::RequestSigned {
                pem: "request".into(),
                label_after: Some("ЕГАИС_722318".into()),
            },
        ),
        (
            Some(Intent::SendRequest { at: None }),
            Fact::RequestSent { at: None },
        ),
        (
            Some(Intent::Relabel {
                label: "ЕГАИС_722318".into(),
            }),
            Fact::KeyPairRelabelled {
                label: "ЕГАИС_722318".into(),
            },
        ),
        (None, Fact::Ordered { told_by_sms: true }),
        (None, Fact::Issued { told_by_sms: false }),
        (
            None,
            Fact::CertificateChecked {
                pem: "certificate".into(),
            },
        ),
        (
            Some(Intent::WriteCertificate {
                fingerprint: fingerprint(),
            }),
            Fact::CertificateWritten,
        ),
        (Some(Intent::ReportInstallation), Fact::InstallationReported),
        (
            None,
            Fact::DocumentsSaved {
                files: vec!["raspiska.pdf".into()],
            },
        ),
    ]
}

/// Writes the whole story and returns the file's bytes.
fn written(store: &Store) -> Vec<u8> {
    let mut journal = store
        .begin(TOKEN, Some("722318"), Some("0badcafe"), None)
        .unwrap();
    for (intent, fact) in story() {
        if let Some(intent) = intent {
            journal.intend(intent).unwrap();
        }
        journal.record(fact).unwrap();
    }
    std::fs::read(store.folder().join(format!("{TOKEN}.jsonl"))).unwrap()
}

fn store() -> (TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::new(folder.path().join("state"));
    (folder, store.through(std::rc::Rc::new(Unsynced)))
}

/// Nobody cuts the power of a test.
#[derive(Debug)]
struct Unsynced;

impl Disk for Unsynced {
    fn append(&self, file: &mut std::fs::File, line: &[u8]) -> std::io::Result<()> {
        std::io::Write::write_all(file, line)
    }
}

#[test]
fn a_journal_reads_as_these_lines() {
    let (_folder, store) = store();
    insta::assert_snapshot!(String::from_utf8(written(&store)).unwrap());
}

#[test]
fn a_journal_cut_at_every_byte_goes_on_from_its_last_whole_line() {
    let (_folder, store) = store();
    let bytes = written(&store);
    let path = store.folder().join(format!("{TOKEN}.jsonl"));
    for length in 0..=bytes.len() {
        std::fs::write(&path, &bytes[..length]).unwrap();
        let whole = lines_of(&bytes[..length]);
        let Some(journal) = store.open(TOKEN).unwrap() else {
            assert_eq!(whole, 0, "{length}");
            continue;
        };
        let torn = length > 0 && bytes[length - 1] != b'\n';
        assert_eq!(journal.was_torn(), torn, "{length}");
        let told = journal.story().facts.len();
        drop(journal);
        assert_eq!(lines_of(&std::fs::read(&path).unwrap()), whole, "{length}");
        if torn && bytes[length - 2] == b'\n' {
            finish(&store, told);
            assert_eq!(
                lines_of(&std::fs::read(&path).unwrap()),
                whole + story().len() - told,
                "{length}"
            );
        }
    }
}

fn lines_of(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| **byte == b'\n').count()
}

/// Repeats the acts that no fact answers, as the engine would.
fn finish(store: &Store, told: usize) {
    let mut journal = store.open(TOKEN).unwrap().unwrap();
    for (_, fact) in story().into_iter().skip(told) {
        journal.record(fact).unwrap();
    }
    assert_eq!(journal.stage().name(), "papers-saved");
    assert_eq!(
        journal.story().facts,
        story()
            .into_iter()
            .map(|(_, fact)| fact)
            .collect::<Vec<_>>()
    );
}

#[test]
fn an_intent_without_its_fact_is_a_question_for_the_next_run() {
    let (_folder, store) = store();
    let mut journal = store.begin(TOKEN, None, None, None).unwrap();
    journal
        .record(Fact::ApplicationChosen {
            application: "722318".into(),
        })
        .unwrap();
    let make = Intent::MakeKeyPair {
        label: "ООО".into(),
        others: vec!["k1".into()],
    };
    journal.intend(make.clone()).unwrap();
    drop(journal);
    let journal = store.open(TOKEN).unwrap().unwrap();
    assert_eq!(journal.story().open, [make]);
    assert_eq!(*journal.stage(), Stage::Chosen("722318".into()));
}

#[test]
fn a_second_process_is_told_that_the_token_is_taken() {
    let (_folder, store) = store();
    let journal = store.begin(TOKEN, None, None, None).unwrap();
    assert_eq!(
        store.open(TOKEN).unwrap_err(),
        JournalError::Locked {
            token: TOKEN.into()
        }
    );
    drop(journal);
    assert!(store.open(TOKEN).unwrap().is_some());
}

/// Begins an enrollment and lets it come as far as its list.
fn chosen(store: &Store, application: &str) {
    store.turn_to(TOKEN, application).unwrap();
    let application = application.to_owned();
    let mut journal = store.begin(TOKEN, Some(&application), None, None).unwrap();
    journal
        .record(Fact::ApplicationChosen { application })
        .unwrap();
}

fn at_hand(store: &Store) -> String {
    let journal = store.open(TOKEN).unwrap().unwrap();
    journal.stage().application().unwrap().to_owned()
}

#[test]
fn two_applications_on_one_token_have_a_journal_each_and_none_is_guessed() {
    let (_folder, store) = store();
    chosen(&store, "722318");
    chosen(&store, "722319");
    assert_eq!(at_hand(&store), "722319");
    assert_eq!(store.list().unwrap().len(), 2);
    assert_eq!(
        store.turn_to_only(TOKEN),
        Err(JournalError::SeveralApplications {
            token: TOKEN.to_owned(),
            applications: vec!["722319".to_owned(), "722318".to_owned()],
        })
    );
    for application in ["722318", "722318", "722319"] {
        store.turn_to(TOKEN, application).unwrap();
        assert_eq!(at_hand(&store), application);
    }
    let mut over = store.open(TOKEN).unwrap().unwrap();
    over.record(Fact::Abandoned).unwrap();
    drop(over);
    assert_eq!(store.turn_to_only(TOKEN), Ok(()));
    assert_eq!(at_hand(&store), "722318");
}

#[test]
fn a_journal_that_was_begun_again_after_damage_waits_and_is_not_forgotten() {
    let (_folder, store) = store();
    chosen(&store, "722318");
    let path = store.folder().join(format!("{TOKEN}.jsonl"));
    let first = std::fs::read_to_string(&path).unwrap();
    let first = first.lines().next().unwrap();
    std::fs::write(&path, format!("{first}\n?\n?\n")).unwrap();
    drop(
        store
            .begin_again(TOKEN, Some("722318"), None, None)
            .unwrap(),
    );
    chosen(&store, "722319");
    store.turn_to(TOKEN, "722318").unwrap();
    let journal = store.open(TOKEN).unwrap().unwrap();
    assert!(journal.story().header.rebuilt);
}

/// Lets the journal at hand make the pair that its certificate is to come for.
fn with_pair(store: &Store) {
    let mut journal = store.open(TOKEN).unwrap().unwrap();
    let (key, adopted) = (key(), false);
    journal.record(Fact::KeyPairReady { key, adopted }).unwrap();
}

/// What that leaves to be awaited.
fn awaited() -> Result<BTreeMap<String, String>, JournalError> {
    Ok(BTreeMap::from([("aa".to_owned(), "722318".to_owned())]))
}

#[test]
fn a_journal_that_does_not_read_keeps_every_pair_of_its_token() {
    let (_folder, store) = store();
    chosen(&store, "722318");
    with_pair(&store);
    assert_eq!(store.awaited(TOKEN), awaited());
    for name in ["", "@722318"] {
        let path = store.folder().join(format!("{TOKEN}{name}.jsonl"));
        if name.is_empty() {
            let whole = std::fs::read_to_string(&path).unwrap();
            std::fs::write(&path, whole.replacen("722318", "722319", 1)).unwrap();
        } else {
            std::fs::rename(store.folder().join(format!("{TOKEN}.jsonl")), &path).unwrap();
        }
        let error = store.awaited(TOKEN).unwrap_err();
        let JournalError::Unreadable(it) = error else {
            panic!("{name}: {error}");
        };
        assert_eq!((it.token.as_str(), &it.path), (TOKEN, &path));
        assert!(it.why.is_damage(), "{it}");
        assert_eq!(store.list().unwrap(), [Err(it)]);
        assert_eq!(store.awaited("00000000"), Ok(BTreeMap::new()));
    }
}

#[test]
fn a_journal_whose_last_line_or_only_one_was_being_written_is_no_damage() {
    let (_folder, store) = store();
    chosen(&store, "722318");
    with_pair(&store);
    let path = store.folder().join(format!("{TOKEN}.jsonl"));
    let mut bytes = std::fs::read(&path).unwrap();
    bytes.extend("{\"intend\":{\"label\":\"О".as_bytes());
    bytes.pop();
    std::fs::write(&path, bytes).unwrap();
    assert_eq!(store.awaited(TOKEN), awaited());
    std::fs::write(&path, "{\"format\":\"enr").unwrap();
    assert_eq!(store.list(), Ok(vec![]));
}

#[test]
fn a_journal_begun_again_after_damage_keeps_every_pair_until_it_knows_its_own() {
    let (_folder, store) = store();
    chosen(&store, "722318");
    with_pair(&store);
    let number = Some("722318");
    drop(store.begin_again(TOKEN, number, None, None).unwrap());
    let rebuilt = JournalError::Rebuilt {
        token: TOKEN.to_owned(),
        application: number.map(str::to_owned),
    };
    assert_eq!(store.awaited(TOKEN), Err(rebuilt));
    let mut journal = store.open(TOKEN).unwrap().unwrap();
    let application = "722318".to_owned();
    journal
        .record(Fact::ApplicationChosen { application })
        .unwrap();
    drop(journal);
    with_pair(&store);
    assert_eq!(store.awaited(TOKEN), awaited());
}

#[test]
fn a_kill_between_the_two_renamings_loses_neither_journal() {
    let (_folder, store) = store();
    chosen(&store, "722318");
    chosen(&store, "722319");
    let name = |it: &str| store.folder().join(format!("{TOKEN}{it}.jsonl"));
    std::fs::rename(name(""), name("@722319")).unwrap();
    assert!(matches!(
        store.turn_to_only(TOKEN),
        Err(JournalError::SeveralApplications { .. })
    ));
    store.turn_to(TOKEN, "722318").unwrap();
    assert_eq!(at_hand(&store), "722318");
    assert_eq!(store.list().unwrap().len(), 2);
}

#[test]
fn an_enrollment_under_way_is_not_overwritten_and_a_finished_one_is_kept() {
    let (_folder, store) = store();
    let mut journal = store.begin(TOKEN, None, None, None).unwrap();
    journal
        .record(Fact::ApplicationChosen {
            application: "722318".into(),
        })
        .unwrap();
    drop(journal);
    let refused = store.begin(TOKEN, Some("722319"), None, None).unwrap_err();
    assert_eq!(
        refused,
        JournalError::OtherApplication {
            token: TOKEN.into(),
            application: "722318".into()
        }
    );
    store
        .open(TOKEN)
        .unwrap()
        .unwrap()
        .record(Fact::Abandoned)
        .unwrap();
    drop(store.begin(TOKEN, Some("722319"), None, None).unwrap());
    assert!(
        store
            .folder()
            .join(format!("{TOKEN}-722318.1.jsonl"))
            .exists()
    );
    assert_eq!(store.list().unwrap().len(), 1);
}

#[test]
fn a_fact_out_of_order_is_refused_and_not_written() {
    let (_folder, store) = store();
    let mut journal = store.begin(TOKEN, None, None, None).unwrap();
    assert!(matches!(
        journal.record(Fact::CertificateWritten),
        Err(JournalError::OutOfOrder(_))
    ));
    drop(journal);
    assert_eq!(store.open(TOKEN).unwrap().unwrap().story().facts, []);
}

#[test]
fn a_damaged_line_in_the_middle_is_named() {
    let (_folder, store) = store();
    let mut lines: Vec<String> = String::from_utf8(written(&store))
        .unwrap()
        .lines()
        .map(str::to_owned)
        .collect();
    lines[3] = "{\"fact\":{\"is\":\"cert".to_owned();
    let path = store.folder().join(format!("{TOKEN}.jsonl"));
    std::fs::write(&path, lines.join("\n") + "\n").unwrap();
    assert_eq!(
        store.open(TOKEN).unwrap_err(),
        JournalError::Damaged {
            token: TOKEN.into(),
            line: 4
        }
    );
}

#[test]
fn a_journal_of_a_later_release_is_not_guessed_at() {
    let (_folder, store) = store();
    drop(store.begin(TOKEN, None, None, None).unwrap());
    let path = store.folder().join(format!("{TOKEN}.jsonl"));
    std::fs::write(
        &path,
        "{\"format\":\"enroll-journal\",\"version\":3,\"token\":\"1f2e3d4c\"}\n",
    )
    .unwrap();
    assert_eq!(
        store.open(TOKEN).unwrap_err(),
        JournalError::Version { found: 3 }
    );
}

#[cfg(unix)]
#[test]
fn a_journal_is_readable_by_its_owner_only() {
    use std::os::unix::fs::PermissionsExt as _;
    let (_folder, store) = store();
    drop(store.begin(TOKEN, None, None, None).unwrap());
    let mode =
        |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&store.folder().join(format!("{TOKEN}.jsonl"))), 0o600);
    assert_eq!(mode(store.folder()), 0o700);
}
