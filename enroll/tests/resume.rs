//! An enrollment that is killed anywhere ends, resumed, as one that was not: one pair, one request, one certificate.
#![expect(
    clippy::unwrap_used,
    reason = "a helper that fails is a test that fails"
)]

#[path = "common/page.rs"]
mod page;
#[path = "common/vectors.rs"]
mod vectors;
#[path = "common/world.rs"]
mod world;

#[path = "resume/damage.rs"]
mod damage;
#[path = "resume/errors.rs"]
mod errors;
#[path = "resume/stories.rs"]
mod stories;

use enroll::event::{Caution, Event};
use enroll::journal::JournalError;
use enroll::ports::sms::Phone;
use enroll::ports::token::KeyKind;
use enroll::ports::{PortalError, TokenError};
use enroll::stage::{Chapter, Fact, Stage};
use enroll::{Enrollment, Error, Installed, Papers, ReplaceOld, Requested, Settings};
use jiff::SignedDuration;
use tempfile::TempDir;
use world::{Shared, World, run};

fn settings() -> (TempDir, Settings) {
    let folder = tempfile::tempdir().unwrap();
    let phone = Phone::parse("+7 900 000-00-00").unwrap();
    let settings = Settings::new(phone, folder.path().join("state"));
    (folder, settings)
}

fn whole(enrollment: &mut Enrollment<'_>) -> Result<(), Error> {
    enrollment.request()?;
    enrollment.install()?;
    enrollment.documents().map(drop)
}

fn request(enrollment: &mut Enrollment<'_>) -> Result<Requested, Error> {
    enrollment.request()
}

fn install(enrollment: &mut Enrollment<'_>) -> Result<Installed, Error> {
    enrollment.install()
}

fn documents(enrollment: &mut Enrollment<'_>) -> Result<Papers, Error> {
    enrollment.documents()
}

fn journalled_stage(enrollment: &mut Enrollment<'_>) -> Result<Stage, Error> {
    enrollment.journalled_stage()
}

fn stands_as_it_should(world: &Shared, settings: &Settings, when: &str) {
    {
        let world = world.borrow();
        let gost: Vec<_> = world
            .pairs
            .iter()
            .filter(|pair| matches!(pair.kind, KeyKind::Gost(_)))
            .collect();
        assert_eq!(
            (world.made, gost.len(), world.certificates.len()),
            (1, 1, 1),
            "{when}"
        );
        assert_eq!(gost[0].label, "ЕГАИС_722318", "{when}");
        assert_eq!(world.certificates[0].id, gost[0].id, "{when}");
        assert!(world.reported, "{when}");
        assert!(
            world.requests.iter().all(|it| *it == world.requests[0]),
            "{when}: two different requests"
        );
    }
    let stage = run(world, settings, journalled_stage).unwrap();
    assert_eq!(stage.name(), "papers-saved", "{when}");
}

#[test]
fn an_enrollment_that_nothing_disturbs_asks_for_the_pin_twice() {
    let (_folder, settings) = settings();
    let world = World::new();
    run(&world, &settings, whole).unwrap();
    stands_as_it_should(&world, &settings, "undisturbed");
    assert_eq!(
        (world.borrow().verifies, world.borrow().requests.len()),
        (2, 1)
    );
}

/// Ends a run at every call, once before and once after the call did its work, and resumes.
fn killed_anywhere(replace_old: ReplaceOld, prepare: impl Fn(&Shared)) {
    for does_the_last in [false, true] {
        for calls in 1.. {
            let (_folder, mut settings) = settings();
            settings.replace_old = replace_old;
            let world = World::new();
            prepare(&world);
            world.borrow_mut().fuse = Some(calls);
            world.borrow_mut().does_the_last = does_the_last;
            let ended = run(&world, &settings, whole).is_ok();
            let blown = world.borrow_mut().fuse.take() == Some(0);
            let when = format!("call {calls}, done: {does_the_last}");
            if !ended {
                run(&world, &settings, whole).unwrap_or_else(|error| panic!("{when}: {error}"));
            }
            stands_as_it_should(&world, &settings, &when);
            if !blown {
                break;
            }
        }
    }
}

#[test]
fn an_enrollment_killed_before_or_after_any_call_is_resumed_to_the_same_end() {
    killed_anywhere(ReplaceOld::No, |_| {});
}

#[test]
fn sms_1_counts_however_late_the_lost_answer_to_the_request_is_learnt_of() {
    for calls in 1.. {
        let (_folder, settings) = settings();
        let world = World::new();
        world.borrow_mut().does_the_last = true;
        world.borrow_mut().fuse = Some(calls);
        if run(&world, &settings, request).is_ok() {
            return;
        }
        world.borrow_mut().fuse = None;
        let later = world.borrow().now + SignedDuration::from_hours(1);
        world.borrow_mut().now = later;
        run(&world, &settings, request).unwrap_or_else(|error| panic!("{calls}: {error}"));
        let told = &world.borrow().told;
        let is_ordered = |event: &Event| {
            let Event::Journal { fact } = event else {
                return false;
            };
            **fact == Fact::Ordered { told_by_sms: true }
        };
        assert!(told.iter().any(is_ordered), "{calls}");
    }
}

#[test]
fn a_removal_killed_before_or_after_any_call_is_resumed_and_the_rsa_pair_stays() {
    let rsa = |world: &Shared| {
        world
            .borrow()
            .pairs
            .iter()
            .any(|pair| matches!(pair.kind, KeyKind::Rsa { .. }))
    };
    killed_anywhere(ReplaceOld::First, |world| {
        world.borrow_mut().holds_an_old_certificate();
        assert!(rsa(world));
    });
    let (_folder, mut settings) = settings();
    settings.replace_old = ReplaceOld::First;
    let world = World::new();
    world.borrow_mut().holds_an_old_certificate();
    run(&world, &settings, whole).unwrap();
    assert!(rsa(&world));
}

/// `enroll resume`, which is told no options of the command that was killed; the command again where nothing began.
fn resumed(world: &Shared, told: &Settings) -> Result<(), Error> {
    let mut plain = told.clone();
    plain.replace_old = ReplaceOld::No;
    let again = run(world, &plain, |enrollment| {
        let mut stage = enrollment.journalled_stage()?;
        while let Some(chapter) = stage.next_chapter() {
            match chapter {
                Chapter::Request => drop(enrollment.request()?),
                Chapter::Install => drop(enrollment.install()?),
                Chapter::Documents => drop(enrollment.documents()?),
            }
            stage = enrollment.stage();
        }
        Ok(())
    });
    match again {
        Err(Error::Journal(JournalError::Nothing { .. })) => run(world, told, whole),
        other => other,
    }
}

#[test]
fn a_removal_that_was_to_come_last_is_finished_by_resume_without_its_option() {
    for does_the_last in [false, true] {
        for calls in 1.. {
            let (_folder, mut settings) = settings();
            settings.replace_old = ReplaceOld::Last;
            let world = World::new();
            world.borrow_mut().holds_an_old_certificate();
            world.borrow_mut().fuse = Some(calls);
            world.borrow_mut().does_the_last = does_the_last;
            let ended = run(&world, &settings, whole).is_ok();
            let blown = world.borrow_mut().fuse.take() == Some(0);
            let when = format!("call {calls}, done: {does_the_last}");
            if !ended {
                resumed(&world, &settings).unwrap_or_else(|error| panic!("{when}: {error}"));
            }
            stands_as_it_should(&world, &settings, &when);
            if !blown {
                break;
            }
        }
    }
}

#[test]
fn the_old_certificate_serves_until_the_new_one_is_installed_when_it_is_to_go_last() {
    let (_folder, mut settings) = settings();
    settings.replace_old = ReplaceOld::Last;
    let world = World::new();
    world.borrow_mut().holds_an_old_certificate();
    run(&world, &settings, request).unwrap();
    assert_eq!(
        (
            world.borrow().pairs.len(),
            world.borrow().certificates.len()
        ),
        (3, 1)
    );
    run(&world, &settings, install).unwrap();
    run(&world, &settings, documents).unwrap();
    stands_as_it_should(&world, &settings, "last");
}

#[test]
fn a_token_that_does_not_let_the_administrator_delete_is_said_to_and_the_user_deletes() {
    let (_folder, mut settings) = settings();
    settings.replace_old = ReplaceOld::First;
    let world = World::new();
    world.borrow_mut().holds_an_old_certificate();
    world.borrow_mut().administrator_deletes = false;
    run(&world, &settings, whole).unwrap();
    stands_as_it_should(&world, &settings, "by the user");
    let said = Event::Warning {
        text: Caution::AdministratorMayNotDelete,
    };
    assert!(world.borrow().told.contains(&said));
    assert_eq!(
        std::fs::read_dir(settings.state.join("backup"))
            .unwrap()
            .count(),
        1
    );
}

#[test]
fn a_certificate_for_another_key_is_refused_before_anything_is_written() {
    let (_folder, settings) = settings();
    let world = World::new();
    run(&world, &settings, request).unwrap();
    let other =
        gost3410::SigningKey::from_le_bytes(gost3410::ParameterSet::CryptoProA, &[7; 32]).unwrap();
    world.borrow_mut().pairs[0].public_key = Some(other.verifying_key().clone());
    let error = run(&world, &settings, install).unwrap_err();
    assert!(
        matches!(error, Error::CertificateForAnotherKey { .. }),
        "{error}"
    );
    assert!(world.borrow().certificates.is_empty() && !world.borrow().reported);
}

#[test]
fn a_certificate_is_installed_without_a_journal_when_its_pair_is_there() {
    let (_folder, first) = settings();
    let (_other, second) = settings();
    let world = World::new();
    run(&world, &first, request).unwrap();
    run(&world, &second, install).unwrap();
    run(&world, &second, documents).unwrap();
    stands_as_it_should(&world, &second, "without a journal");
}

#[test]
fn the_last_two_tries_of_a_pin_are_kept_unless_forced() {
    let (_folder, mut settings) = settings();
    let world = World::new();
    world.borrow_mut().tries = 2;
    let error = run(&world, &settings, request).unwrap_err();
    assert!(matches!(error, Error::LastTries { left: 2, .. }), "{error}");
    assert_eq!(world.borrow().verifies, 0);
    settings.force_last_tries = true;
    run(&world, &settings, request).unwrap();
}

#[test]
fn a_wrong_pin_is_presented_once() {
    let (_folder, settings) = settings();
    let world = World::new();
    let error = world::run_with_pin(&world, &settings, "00000000", request).unwrap_err();
    assert!(
        matches!(error, Error::Token(TokenError::WrongPin { .. })),
        "{error}"
    );
    assert_eq!(
        (
            world.borrow().verifies,
            world.borrow().tries,
            world.borrow().made
        ),
        (1, 9, 0)
    );
}

#[test]
fn a_pair_with_the_containers_name_and_no_certificate_is_adopted() {
    let (_folder, first) = settings();
    let (_other, second) = settings();
    let world = World::new();
    run(&world, &first, request).unwrap();
    world.borrow_mut().requests.clear();
    let container = world.borrow().form.container.clone();
    world.borrow_mut().pairs[0].label = container;
    let requested = run(&world, &second, request).unwrap();
    assert!(requested.adopted);
    assert_eq!(world.borrow().made, 1);
}

#[test]
fn an_old_certificate_stops_the_request_before_the_portal_is_opened() {
    let (_folder, first) = settings();
    let (_other, second) = settings();
    let world = World::new();
    run(&world, &first, whole).unwrap();
    world.borrow_mut().told.clear();
    let error = run(&world, &second, request).unwrap_err();
    assert!(
        matches!(&error, Error::OldObjects { objects } if objects.len() == 2),
        "{error}"
    );
    let told = serde_json::to_string(&world.borrow().told).unwrap();
    assert!(!told.contains("\"1.2\""), "{told}");
}

#[test]
fn a_portal_that_is_away_leaves_the_stage_where_it_was() {
    let (_folder, settings) = settings();
    let world = World::new();
    world.borrow_mut().fuse = Some(4);
    let (error, stage) = run(&world, &settings, |enrollment| {
        (enrollment.request().unwrap_err(), enrollment.stage())
    });
    assert!(
        matches!(error, Error::Portal(PortalError::Unreachable { .. })),
        "{error}"
    );
    assert!(matches!(stage, Stage::New(_)));
}
