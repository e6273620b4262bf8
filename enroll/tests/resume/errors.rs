//! What stops an enrollment at the engine's own door, where no scenario shows it.

use enroll::event::{Caution, Event};
use enroll::journal::JournalError;
use enroll::ports::TokenError;
use enroll::ports::token::{Pin, PinRole, TransmitError};
use enroll::ports::{ApplicantError, PortalError, Printer, PrinterError, SmsError, Unattended};
use enroll::request::RequestError;
use enroll::{Enrollment, Error, Ports};

use super::world::{World, run, through_ports};
use super::{documents, install, request, settings, whole};

#[test]
fn a_pair_that_is_gone_before_the_certificate_is_told() {
    let (_folder, settings) = settings();
    let world = World::new();
    run(&world, &settings, request).unwrap();
    world.borrow_mut().pairs.clear();
    let error = run(&world, &settings, install).unwrap_err();
    assert!(
        matches!(
            error,
            Error::KeyGone { .. } | Error::CertificateForAnotherKey { .. }
        ),
        "{error}"
    );
    assert!(world.borrow().certificates.is_empty());
}

#[test]
fn a_gateway_that_is_down_stops_the_login_and_nothing_is_made() {
    let (_folder, settings) = settings();
    let world = World::new();
    world.borrow_mut().has_no_gateway = true;
    let error = run(&world, &settings, request).unwrap_err();
    assert!(
        matches!(error, Error::Sms(SmsError::Unreachable { .. })),
        "{error}"
    );
    assert_eq!(world.borrow().made, 0);
}

#[test]
fn a_gateway_that_goes_down_after_the_request_stops_nothing() {
    let (_folder, settings) = settings();
    let world = World::new();
    run(&world, &settings, |enrollment| {
        let sent = enrollment.request();
        world.borrow_mut().has_no_gateway = true;
        sent.and_then(|_| enrollment.wait_for_issue().map(drop))
    })
    .unwrap();
}

#[test]
fn a_list_of_revoked_certificates_that_cannot_be_had_is_warned_of_and_stops_nothing() {
    let (status, what) = (404, "Список отозванных сертификатов".to_owned());
    let why = "Connection refused".to_owned();
    for error in [
        PortalError::Status { what, status },
        PortalError::TimedOut { secs: 30 },
        PortalError::Unreachable { why },
    ] {
        let (_folder, settings) = settings();
        let world = World::new();
        world.borrow_mut().crl_fails = Some(error.clone());
        let installed = run(&world, &settings, |enrollment| {
            enrollment.request()?;
            enrollment.install()
        });
        assert_eq!(installed.unwrap().crl_der, None, "{error}");
        let told = Event::Warning {
            text: Caution::RevocationUnknown,
        };
        assert!(world.borrow().told.contains(&told), "{error}");
    }
}

#[test]
fn a_session_that_has_ended_at_the_list_of_revoked_certificates_is_told_as_such() {
    let (_folder, settings) = settings();
    let world = World::new();
    world.borrow_mut().crl_fails = Some(PortalError::SessionExpired);
    run(&world, &settings, request).unwrap();
    let error = run(&world, &settings, install).unwrap_err();
    assert!(
        matches!(error, Error::Portal(PortalError::SessionExpired)),
        "{error}"
    );
}

#[test]
fn a_form_whose_inn_is_wrong_is_not_signed() {
    let (_folder, settings) = settings();
    let world = World::new();
    let inn = const_oid::ObjectIdentifier::new_unwrap("1.2.643.3.131.1.1");
    for attribute in &mut world.borrow_mut().form.subject {
        if attribute.oid == inn {
            attribute.value = "12".to_owned();
        }
    }
    let error = run(&world, &settings, request).unwrap_err();
    assert!(
        matches!(error, Error::Request(RequestError::Field { .. })),
        "{error}"
    );
    assert!(world.borrow().requests.is_empty());
}

#[test]
fn a_form_that_changes_its_curve_after_the_pair_was_made_is_not_signed() {
    let (_folder, settings) = settings();
    let world = World::new();
    // The pair is made, and its request is not signed.
    let inn = const_oid::ObjectIdentifier::new_unwrap("1.2.643.3.131.1.1");
    let whole = world.borrow().form.clone();
    world.borrow_mut().form.subject.retain(|it| it.oid != inn);
    world.borrow_mut().form.subject[0].value.clear();
    run(&world, &settings, request).unwrap_err();
    assert_eq!(world.borrow().made, 1);
    world.borrow_mut().form = whole;
    world.borrow_mut().form.parameter_set = gost3410::ParameterSet::CryptoProXchA;
    let error = run(&world, &settings, request).unwrap_err();
    assert!(
        matches!(error, Error::Request(RequestError::Algorithm { .. })),
        "{error}"
    );
    assert_eq!(world.borrow().made, 1);
}

#[test]
fn a_paper_that_is_no_pdf_is_named() {
    let (_folder, settings) = settings();
    let world = World::new();
    world.borrow_mut().paper = b"<html>";
    let error = run(&world, &settings, whole).unwrap_err();
    assert!(matches!(error, Error::NotAPdf { .. }), "{error}");
}

#[test]
fn waiting_before_anything_was_sent_is_told() {
    let (_folder, settings) = settings();
    let world = World::new();
    let waited = run(&world, &settings, |it| it.wait_for_issue().map(drop));
    let error = waited.unwrap_err();
    let nothing = matches!(
        error,
        Error::NothingSent | Error::Journal(JournalError::Nothing { .. })
    );
    assert!(nothing, "{error}");
}

#[test]
fn a_folder_that_is_a_file_is_told_with_its_path() {
    let (folder, mut settings) = settings();
    let file = folder.path().join("left");
    std::fs::write(&file, "").unwrap();
    settings.artefacts = Some(file);
    let error = run(&World::new(), &settings, request).unwrap_err();
    assert!(matches!(error, Error::File { .. }), "{error}");
}

#[test]
fn another_portal_than_the_journals_is_refused() {
    let (_folder, mut settings) = settings();
    let world = World::new();
    settings.portal = Some("00000001".to_owned());
    run(&world, &settings, request).unwrap();
    settings.portal = Some("00000002".to_owned());
    let error = run(&world, &settings, install).unwrap_err();
    assert!(
        matches!(error, Error::Journal(JournalError::OtherPortal { .. })),
        "{error}"
    );
}

#[test]
fn an_applicant_who_knows_no_pin_is_not_guessed_for() {
    let (_folder, settings) = settings();
    let world = World::new();
    let mut nobody = Unattended {
        user: None,
        administrator: Some(Pin::new("87654321")),
        agrees: true,
    };
    let error = through_ports(&world, |token, portal, sms, events| {
        let ports = Ports {
            token,
            portal,
            sms,
            applicant: &mut nobody,
            events,
        };
        Enrollment::new(ports, settings.clone()).request()
    });
    let error = error.unwrap_err();
    let role = PinRole::User;
    let told =
        matches!(&error, Error::Applicant(ApplicantError::NoPin { role: it }) if *it == role);
    assert!(told, "{error}");
    assert_eq!((world.borrow().verifies, world.borrow().made), (0, 0));
}

#[test]
fn a_token_that_is_pulled_out_is_told_as_such() {
    let (_folder, settings) = settings();
    let world = World::new();
    world.borrow_mut().fuse = Some(0);
    let error = run(&world, &settings, request).unwrap_err();
    let removed = TokenError::Transmit(TransmitError::Removed);
    assert!(
        matches!(&error, Error::Token(it) if *it == removed),
        "{error}"
    );
}

#[test]
fn a_printer_that_refuses_is_told_and_asked_again_later() {
    struct Jammed;
    impl Printer for Jammed {
        fn print(&mut self, path: &std::path::Path) -> Result<(), PrinterError> {
            Err(PrinterError::Refused {
                file: path.display().to_string(),
                why: "paper jam".to_owned(),
            })
        }
    }
    let (_folder, settings) = settings();
    let world = World::new();
    run(&world, &settings, whole).unwrap();
    for _ in 0..2 {
        let error = run(&world, &settings, |enrollment| {
            let papers = documents(enrollment)?;
            enrollment.print(&papers, &mut Jammed)
        });
        let error = error.unwrap_err();
        assert!(
            matches!(error, Error::Printer(PrinterError::Refused { .. })),
            "{error}"
        );
    }
}
