//! A journal that was damaged, in whatever way, is told of and kept; token and portal tell the rest, and nothing is
//! made or sent a second time.

use std::path::{Path, PathBuf};

use enroll::event::{Caution, Event};
use enroll::journal::{JournalError, Store};
use enroll::{Error, ReplaceOld, Settings};
use proptest::prelude::*;

use super::world::{Shared, World, run};
use super::{request, resumed, settings, stands_as_it_should, whole};

const TOKEN: &str = "1f2e3d4c";

fn journal(settings: &Settings) -> PathBuf {
    settings.state.join(format!("{TOKEN}.jsonl"))
}

/// What an enrollment leaves whose process ends at its `calls`th call; all of it where there are fewer.
fn stopped_after(calls: u32, settings: &Settings) -> Shared {
    let world = World::new();
    world.borrow_mut().fuse = Some(calls);
    world.borrow_mut().does_the_last = true;
    let _ = run(&world, settings, whole);
    world.borrow_mut().fuse = None;
    world
}

fn damage(path: &Path, how: impl FnOnce(&mut Vec<u8>)) {
    let mut bytes = std::fs::read(path).unwrap();
    how(&mut bytes);
    std::fs::write(path, bytes).unwrap();
}

/// Where the damaged file is kept, as a warning told it.
fn told_of(world: &Shared) -> Option<(JournalError, PathBuf)> {
    let told = &world.borrow().told;
    told.iter().find_map(|event| match event {
        Event::Warning {
            text: Caution::JournalRebuilt { why, kept },
        } => Some((why.clone(), kept.clone())),
        _ => None,
    })
}

/// Damages the journal of an enrollment stopped at several calls; each is told, kept, and resumed to the same end.
fn is_rebuilt(what: &str, how: impl Fn(&mut Vec<u8>)) {
    for calls in [20, 30, 40, 50, 60, 500] {
        let (_folder, settings) = settings();
        let world = stopped_after(calls, &settings);
        let when = format!("{what}, stopped after {calls} calls");
        let path = journal(&settings);
        damage(&path, &how);
        let damaged = std::fs::read(&path).unwrap();
        resumed(&world, &settings).unwrap_or_else(|error| panic!("{when}: {error}"));
        let (why, kept) = told_of(&world).unwrap_or_else(|| panic!("{when}: not told"));
        assert!(why.is_damage(), "{when}: {why}");
        assert_eq!(std::fs::read(kept).unwrap(), damaged, "{when}");
        stands_as_it_should(&world, &settings, &when);
        assert_eq!(world.borrow().requests.len(), 1, "{when}");
    }
}

#[test]
fn a_journal_damaged_in_its_middle_is_kept_and_rebuilt_from_token_and_portal() {
    is_rebuilt("garbage in the middle", |bytes| {
        let middle = bytes.len() / 2;
        bytes[middle..middle + 3].copy_from_slice(b"\xff\0{");
    });
}

#[test]
fn a_journal_that_lost_a_line_out_of_its_middle_is_rebuilt() {
    is_rebuilt("a line is gone", |bytes| {
        let mut lines: Vec<_> = bytes.split_inclusive(|byte| *byte == b'\n').collect();
        lines.remove(1);
        *bytes = lines.concat();
    });
}

#[test]
fn a_journal_that_is_garbage_is_rebuilt() {
    is_rebuilt("garbage", |bytes| {
        *bytes = b"\x7fELF\x02\x01\x01\n\0".to_vec();
    });
    is_rebuilt("garbage without a line", |bytes| *bytes = vec![0; 64]);
}

#[test]
fn a_journal_of_another_version_or_token_is_kept_and_one_of_its_own_begun() {
    let first = |from: &'static str, to: &'static str| {
        move |bytes: &mut Vec<u8>| {
            let text = String::from_utf8(bytes.clone()).unwrap();
            *bytes = text.replacen(from, to, 1).into_bytes();
        }
    };
    is_rebuilt("version", first("\"version\":2", "\"version\":9"));
    is_rebuilt("token", first(TOKEN, "00000000"));
    is_rebuilt(
        "fact",
        first("\"is\":\"application-chosen\"", "\"is\":\"moon-landed\""),
    );
}

#[test]
fn a_journal_that_is_empty_is_none_and_the_command_again_adopts_what_is_there() {
    for calls in [20, 30, 50] {
        let (_folder, settings) = settings();
        let world = stopped_after(calls, &settings);
        damage(&journal(&settings), Vec::clear);
        let nothing = run(&world, &settings, super::journalled_stage).unwrap_err();
        let is_told = matches!(nothing, Error::Journal(JournalError::Nothing { .. }));
        assert!(is_told, "{nothing}");
        match run(&world, &settings, whole) {
            Err(Error::OldObjects { .. }) => {
                assert_eq!(world.borrow().certificates.len(), 1, "{calls}");
                run(&world, &settings, super::install).unwrap();
                run(&world, &settings, super::documents).unwrap();
            }
            other => other.unwrap_or_else(|error| panic!("{calls}: {error}")),
        }
        stands_as_it_should(&world, &settings, "empty");
        assert_eq!(world.borrow().requests.len(), 1, "{calls}");
    }
}

#[test]
fn a_pair_whose_request_is_under_way_survives_a_damaged_journal_and_the_order_to_replace() {
    for replace_old in [ReplaceOld::First, ReplaceOld::Last] {
        let (_folder, mut settings) = settings();
        settings.replace_old = replace_old;
        let world = World::new();
        world.borrow_mut().holds_an_old_certificate();
        world.borrow_mut().status = "Запрос отправлен";
        run(&world, &settings, request).unwrap();
        damage(&journal(&settings), |bytes| bytes[200] ^= 1);
        world.borrow_mut().status = "Сертификат выпущен";
        run(&world, &settings, whole).unwrap();
        assert!(told_of(&world).is_some());
        stands_as_it_should(&world, &settings, "replaced");
    }
}

#[cfg(unix)]
#[test]
fn a_journal_that_others_may_read_is_closed_to_them_and_told_of() {
    use std::os::unix::fs::PermissionsExt as _;
    let (_folder, settings) = settings();
    let world = stopped_after(30, &settings);
    let path = journal(&settings);
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
    resumed(&world, &settings).unwrap();
    let mode = std::fs::metadata(&path).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let told = Event::Warning {
        text: Caution::JournalWasOpen,
    };
    assert!(world.borrow().told.contains(&told));
}

#[cfg(unix)]
#[test]
fn a_journal_that_is_a_link_to_elsewhere_is_not_trusted() {
    let (folder, settings) = settings();
    let world = stopped_after(30, &settings);
    let (path, elsewhere) = (journal(&settings), folder.path().join("elsewhere"));
    std::fs::rename(&path, &elsewhere).unwrap();
    std::os::unix::fs::symlink(&elsewhere, &path).unwrap();
    let error = Store::new(&settings.state).open(TOKEN).unwrap_err();
    let is_told = matches!(error, JournalError::File { act: "trust", .. });
    assert!(is_told && resumed(&world, &settings).is_err(), "{error}");
}

#[derive(Clone, Debug)]
enum Damage {
    Cut(usize),
    Flip(usize, u8),
}

fn any_damage() -> impl Strategy<Value = Damage> {
    prop_oneof![
        any::<usize>().prop_map(Damage::Cut),
        (any::<usize>(), 0..8u8).prop_map(|(at, bit)| Damage::Flip(at, bit)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_cut_and_no_flipped_bit_of_a_journal_leads_to_a_second_pair_or_request(
        calls in 1..70u32,
        how in any_damage(),
    ) {
        let (_folder, settings) = settings();
        let world = stopped_after(calls, &settings);
        if journal(&settings).exists() {
            damage(&journal(&settings), |bytes| match (how, bytes.len()) {
                (_, 0) => {}
                (Damage::Cut(at), length) => bytes.truncate(at % length),
                (Damage::Flip(at, bit), length) => bytes[at % length] ^= 1 << bit,
            });
        }
        let end = resumed(&world, &settings);
        if end.is_ok() {
            stands_as_it_should(&world, &settings, "resumed");
        }
        let world = world.borrow();
        let first = world.requests.first();
        prop_assert!(world.made <= 1 && world.pairs.len() <= 1);
        prop_assert!(world.requests.iter().all(|it| Some(it) == first));
        prop_assert!(world.certificates.len() <= 1);
        let is_told = matches!(&end, Err(Error::OldObjects { .. } | Error::Journal(_)));
        prop_assert!(end.is_ok() || is_told, "{:?}", end.err());
    }
}
