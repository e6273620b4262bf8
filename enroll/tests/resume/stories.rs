//! Tokens as people have them: with keys of others, with an RSA pair, full, two at once; and two programs at once.

use enroll::event::{Caution, Event};
use enroll::journal::{JournalError, Store};
use enroll::ports::TokenError;
use enroll::ports::token::{KeyId, KeyKind, KeyPair};
use enroll::{Error, ReplaceOld};

use super::world::{Shared, World, run};
use super::{install, journalled_stage, request, resumed, settings, stands_as_it_should, whole};

fn other_key() -> gost3410::VerifyingKey {
    let set = gost3410::ParameterSet::CryptoProA;
    let key = gost3410::SigningKey::from_le_bytes(set, &[9; 32]).unwrap();
    key.verifying_key().clone()
}

/// Makes the certificate and the pair on the token another firm's: the last digit of the subject's ОГРН is another,
/// and so is the key.
fn of_another_owner(world: &Shared) {
    let (ogrn, world) = (
        [0x06, 0x05, 0x2a, 0x85, 0x03, 0x64, 0x01],
        &mut *world.borrow_mut(),
    );
    let (stored, pair) = (&mut world.certificates[0], &mut world.pairs[0]);
    // The issuer's comes before it, and once more in the authority's key identifier.
    let found = stored.der.windows(ogrn.len()).enumerate();
    let at = found.filter(|(_, it)| *it == ogrn).nth(1).unwrap().0;
    let last = at + ogrn.len() + 2 + 12;
    stored.der[last] = if stored.der[last] == b'1' { b'2' } else { b'1' };
    let (ours, theirs) = (
        pair.public_key.clone().unwrap().to_bytes(),
        other_key().to_bytes(),
    );
    let at = stored.der.windows(64).position(|it| it == ours).unwrap();
    stored.der[at..at + 64].copy_from_slice(&theirs);
    pair.public_key = Some(other_key());
    pair.id = KeyId(vec![0xdd; 20]);
    stored.id = pair.id.clone();
}

#[test]
fn a_certificate_of_another_owner_and_its_pair_stay_whatever_is_replaced() {
    for (replace_old, warned) in [(ReplaceOld::First, true), (ReplaceOld::Last, false)] {
        let (_folder, mut settings) = settings();
        settings.replace_old = replace_old;
        let world = World::new();
        world.borrow_mut().holds_an_old_certificate();
        of_another_owner(&world);
        world.borrow_mut().holds_an_old_certificate();
        let foreign = world.borrow().certificates[0].clone();
        let foreign_pair = world.borrow().pairs[0].clone();
        world.borrow_mut().certificates[1].label = "ours".to_owned();
        run(&world, &settings, whole).unwrap();
        let world = world.borrow();
        assert!(world.certificates.contains(&foreign), "{replace_old:?}");
        assert!(world.pairs.contains(&foreign_pair), "{replace_old:?}");
        assert!(world.certificates.iter().all(|it| it.label != "ours"));
        assert_eq!(world.certificates.len(), 2, "{replace_old:?}");
        let told = Event::Warning {
            text: Caution::SeveralOwners,
        };
        assert_eq!(world.told.contains(&told), warned, "{replace_old:?}");
    }
}

#[test]
fn a_pair_without_a_certificate_is_never_deleted_with_the_old_ones() {
    for replace_old in [ReplaceOld::First, ReplaceOld::Last] {
        let (_folder, mut settings) = settings();
        settings.replace_old = replace_old;
        let world = World::new();
        world.borrow_mut().holds_an_old_certificate();
        let bare = KeyPair {
            id: KeyId(vec![0xbb; 20]),
            label: "pending elsewhere".to_owned(),
            kind: KeyKind::Gost(gost3410::ParameterSet::CryptoProA),
            reference: 12,
            public_key: Some(other_key()),
        };
        world.borrow_mut().pairs.push(bare.clone());
        run(&world, &settings, whole).unwrap();
        assert!(world.borrow().pairs.contains(&bare), "{replace_old:?}");
        assert_eq!(world.borrow().certificates.len(), 1, "{replace_old:?}");
    }
}

#[test]
fn an_rsa_pair_is_the_same_before_and_after_a_replacement() {
    let (_folder, mut settings) = settings();
    settings.replace_old = ReplaceOld::First;
    let world = World::new();
    world.borrow_mut().holds_an_old_certificate();
    let rsa = |world: &Shared| -> Vec<KeyPair> {
        let pairs = world.borrow().pairs.clone();
        let is_rsa = |pair: &KeyPair| matches!(pair.kind, KeyKind::Rsa { .. });
        pairs.into_iter().filter(is_rsa).collect()
    };
    let before = rsa(&world);
    run(&world, &settings, whole).unwrap();
    assert_eq!((rsa(&world), before.len()), (before, 1));
}

#[test]
fn a_token_without_room_for_the_certificate_is_told_and_goes_on_once_there_is_some() {
    for what in ["pair", "certificate"] {
        let (_folder, settings) = settings();
        let world = World::new();
        world.borrow_mut().full = Some(what);
        let error = run(&world, &settings, whole).unwrap_err();
        let is_told = matches!(error, Error::Token(TokenError::NoSpace { .. }));
        assert!(is_told && error.exit_code() == 10, "{error}");
        let sent = usize::from(what == "certificate");
        assert_eq!(world.borrow().requests.len(), sent, "{what}");
        world.borrow_mut().full = None;
        resumed(&world, &settings).unwrap();
        stands_as_it_should(&world, &settings, what);
    }
}

#[test]
fn a_portal_whose_clock_stands_at_the_end_of_time_is_followed_by_our_own() {
    let (_folder, settings) = settings();
    let world = World::new();
    let here = world.borrow().now;
    world.borrow_mut().portal_is_ahead_secs = "9999-12-30T21:59:59Z"
        .parse::<jiff::Timestamp>()
        .unwrap()
        .duration_since(here)
        .as_secs();
    run(&world, &settings, whole).unwrap();
    stands_as_it_should(&world, &settings, "at the end of time");
}

#[test]
fn two_tokens_have_a_journal_each_and_neither_is_taken_for_the_other() {
    let (_folder, settings) = settings();
    let (first, second) = (World::new(), World::new());
    second.borrow_mut().serial = "33505e30".to_owned();
    run(&first, &settings, request).unwrap();
    let nothing = run(&second, &settings, journalled_stage).unwrap_err();
    let is_told = matches!(nothing, Error::Journal(JournalError::Nothing { .. }));
    assert!(is_told, "{nothing}");
    run(&second, &settings, request).unwrap();
    for world in [&first, &second] {
        resumed(world, &settings).unwrap();
        stands_as_it_should(world, &settings, "each");
    }
    assert_eq!(Store::new(&settings.state).list().unwrap().len(), 2);
}

#[test]
fn a_token_with_another_serial_number_than_asked_for_is_refused_before_anything_is_begun() {
    let (_folder, mut settings) = settings();
    settings.serial = Some("33505E30".to_owned());
    let world = World::new();
    let error = run(&world, &settings, request).unwrap_err();
    assert!(matches!(error, Error::OtherToken { .. }), "{error}");
    assert!(Store::new(&settings.state).files().unwrap().is_empty());
    world.borrow_mut().serial = "33505e30".to_owned();
    run(&world, &settings, request).unwrap();
}

#[test]
fn a_second_program_on_the_same_enrollment_is_refused_with_the_tokens_name() {
    let (_folder, settings) = settings();
    let world = World::new();
    run(&world, &settings, |first| {
        first.request().unwrap();
        let error = run(&world, &settings, whole).unwrap_err();
        let named =
            matches!(&error, Error::Journal(JournalError::Locked { token }) if token == "1f2e3d4c");
        assert!(named && error.exit_code() == 41, "{error}");
    });
    resumed(&world, &settings).unwrap();
    stands_as_it_should(&world, &settings, "after the first had ended");
}

#[test]
fn an_enrollment_waits_while_another_application_is_named_and_goes_on_when_it_is_again() {
    let (_folder, mut settings) = settings();
    let world = World::new();
    run(&world, &settings, request).unwrap();
    settings.application = Some("722319".to_owned());
    let error = run(&world, &settings, whole).unwrap_err();
    let unknown =
        matches!(&error, Error::NoApplication { wanted } if wanted.as_deref() == Some("722319"));
    assert!(unknown, "{error}");
    assert_eq!((world.borrow().made, world.borrow().requests.len()), (1, 1));

    // Nothing was begun for the other, so that only one can be meant.
    settings.application = None;
    resumed(&world, &settings).unwrap();
    let world = world.borrow();
    assert_eq!(
        (world.made, world.requests.len(), world.certificates.len()),
        (1, 1, 1)
    );
}

#[test]
fn a_certificate_that_does_not_read_back_is_told_and_not_reported_as_installed() {
    let (_folder, settings) = settings();
    let world = World::new();
    world.borrow_mut().garbles = Some("certificate");
    let error = run(&world, &settings, whole).unwrap_err();
    assert!(matches!(error, Error::NotReadBack), "{error}");
    assert!(!world.borrow().reported);
}

#[test]
fn a_pair_that_does_not_read_back_is_told_and_nothing_is_signed_with_it() {
    let (_folder, settings) = settings();
    let world = World::new();
    world.borrow_mut().garbles = Some("pair");
    let error = run(&world, &settings, request).unwrap_err();
    let what = "the key pair";
    assert!(
        matches!(error, Error::Token(TokenError::NotWritten { what: it }) if it == what),
        "{error}"
    );
    assert!(world.borrow().requests.is_empty());
}

#[test]
fn a_name_that_does_not_read_back_is_told_and_given_when_resumed() {
    let (_folder, settings) = settings();
    let world = World::new();
    world.borrow_mut().form.label_after_sending = Some("ЕГАИС_722318".to_owned());
    world.borrow_mut().garbles = Some("name");
    let error = run(&world, &settings, request).unwrap_err();
    let what = "the key pair's name";
    assert!(
        matches!(error, Error::Token(TokenError::NotWritten { what: it }) if it == what),
        "{error}"
    );
    world.borrow_mut().garbles = None;
    resumed(&world, &settings).unwrap();
    let world = world.borrow();
    assert_eq!(world.pairs[0].label, "ЕГАИС_722318");
    assert_eq!((world.made, world.requests.len()), (1, 1));
}

#[test]
fn an_old_object_that_is_still_there_stops_before_the_request() {
    for deaf in ["deletion of a certificate", "deletion of a pair"] {
        let (_folder, mut settings) = settings();
        settings.replace_old = ReplaceOld::First;
        let world = World::new();
        world.borrow_mut().holds_an_old_certificate();
        world.borrow_mut().garbles = Some(deaf);
        let error = run(&world, &settings, request).unwrap_err();
        assert!(matches!(error, Error::StillThere { .. }), "{error}");
        assert_eq!(world.borrow().made, 0);
    }
}

#[test]
fn nothing_old_goes_while_the_portal_does_not_answer() {
    let (_folder, mut settings) = settings();
    settings.replace_old = ReplaceOld::First;
    let world = World::new();
    world.borrow_mut().holds_an_old_certificate();
    world.borrow_mut().is_closed = true;
    let error = run(&world, &settings, request).unwrap_err();
    assert!(matches!(error, Error::Portal(_)), "{error}");
    let world = world.borrow();
    assert_eq!((world.certificates.len(), world.pairs.len()), (1, 2));
}

#[test]
fn a_clock_that_is_off_is_told_before_anything_old_goes() {
    let (_folder, mut settings) = settings();
    settings.replace_old = ReplaceOld::First;
    let world = World::new();
    world.borrow_mut().holds_an_old_certificate();
    world.borrow_mut().portal_is_ahead_secs = 3600;
    run(&world, &settings, request).unwrap();
    let told = &world.borrow().told;
    let warning = Event::Warning {
        text: Caution::ClockOff { minutes: 60 },
    };
    let warned = |event: &Event| *event == warning;
    let planned = |event: &Event| matches!(event, Event::Plan { .. });
    let warned_at = told.iter().position(warned).expect("a warning");
    assert!(warned_at < told.iter().position(planned).expect("a plan"));
    assert_eq!(told.iter().filter(|it| warned(it)).count(), 1);
}

#[test]
fn a_token_that_signs_with_another_key_is_told_by_the_probe() {
    let (_folder, settings) = settings();
    let world = World::new();
    run(&world, &settings, request).unwrap();
    let other = gost3410::SigningKey::from_le_bytes(gost3410::ParameterSet::CryptoProA, &[7; 32]);
    world.borrow_mut().signer = other.unwrap();
    let error = run(&world, &settings, install).unwrap_err();
    assert!(matches!(error, Error::ProbeFailed), "{error}");
    assert!(!world.borrow().reported);
}

#[test]
fn a_saved_certificate_that_is_not_the_one_on_the_page_is_not_written() {
    let (_folder, settings) = settings();
    let world = World::new();
    run(&world, &settings, request).unwrap();
    world.borrow_mut().shows_another = true;
    let error = run(&world, &settings, install).unwrap_err();
    assert!(matches!(error, Error::CertificatesDiffer), "{error}");
    assert!(world.borrow().certificates.is_empty());
}

#[test]
fn the_saved_certificate_is_kept_and_is_the_one_on_the_token_octet_for_octet() {
    let (folder, mut settings) = settings();
    settings.artefacts = Some(folder.path().join("out"));
    let world = World::new();
    run(&world, &settings, whole).unwrap();
    let kept = std::fs::read(folder.path().join("out/certificate.der")).unwrap();
    assert_eq!(kept, world.borrow().certificates[0].der);
}
