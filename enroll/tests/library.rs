//! The engine as another program uses it: the example, the events, and paper.
#![expect(
    clippy::unwrap_used,
    reason = "a helper that fails is a test that fails"
)]

#[path = "common/page.rs"]
mod page;
#[path = "../examples/request_a_certificate.rs"]
mod request_a_certificate;
#[path = "common/vectors.rs"]
mod vectors;
#[path = "common/world.rs"]
mod world;

use std::ffi::OsString;
use std::path::Path;

use enroll::adapters::lp::Lp;
use enroll::event::{Caution, Event};
use enroll::ports::PrinterError;
use enroll::ports::sms::Phone;
use enroll::{Enrollment, Error, ReplaceOld, Settings};
use world::{Shared, World, run};

fn settings(folder: &Path) -> Settings {
    let phone = Phone::parse("+7 900 000-00-00").unwrap();
    Settings::new(phone, folder.join("state"))
}

#[test]
fn the_example_requests_a_certificate_through_any_ports() {
    let (folder, world) = (tempfile::tempdir().unwrap(), World::new());
    let settings = settings(folder.path());
    let done = world::through_ports(&world, |token, portal, sms, events| {
        request_a_certificate::request(token, portal, sms, events, "12345678", settings)
    });
    let _: fn() -> _ = request_a_certificate::main;
    assert!(done.unwrap().ordered_by_sms);
    assert_eq!((world.borrow().made, world.borrow().requests.len()), (1, 1));
}

/// What `--json` prints of a run is what the events serialize to.
#[test]
fn events_of_a_whole_run_hold_neither_pin_nor_code() {
    let (folder, world) = (tempfile::tempdir().unwrap(), World::new());
    world.borrow_mut().holds_an_old_certificate();
    let mut settings = settings(folder.path());
    settings.replace_old = ReplaceOld::First;
    run(&world, &settings, to_the_papers).unwrap();
    let told = serde_json::to_string(&world.borrow().told).unwrap();
    assert!(told.contains("{code:1}") && told.contains("\"event\":\"journal\""));
    for secret in ["12345678", "Код подтверждения: 0"] {
        assert!(!told.contains(secret), "{secret}");
    }
}

fn to_the_papers(enrollment: &mut Enrollment<'_>) -> Result<(), Error> {
    enrollment.request()?;
    enrollment.install()?;
    enrollment.documents().map(drop)
}

/// Fetches the papers again and prints with the programs of `path`.
fn print(world: &Shared, folder: &Path, path: &Path) -> Result<Vec<String>, Error> {
    let mut lp = Lp {
        path: Some(OsString::from(path)),
    };
    run(world, &settings(folder), |enrollment| {
        let papers = enrollment.documents()?;
        enrollment.print(&papers, &mut lp)
    })
}

/// An `lp` that writes down what it is asked, and ends with `code`.
fn fake_lp(folder: &Path, code: u8) {
    use std::os::unix::fs::PermissionsExt as _;
    let lp = folder.join("lp");
    let script = format!(
        "#!/bin/sh\necho \"$1 $2 $3 $4\" >>\"$0.log\"\necho 'lp: no default destination' >&2\nexit {code}\n"
    );
    std::fs::write(&lp, script).unwrap();
    std::fs::set_permissions(&lp, std::fs::Permissions::from_mode(0o755)).unwrap();
}

#[test]
fn papers_are_printed_once_however_often_a_printer_fails_before() {
    let (folder, world) = (tempfile::tempdir().unwrap(), World::new());
    let programs = tempfile::tempdir().unwrap();
    run(&world, &settings(folder.path()), to_the_papers).unwrap();
    let print = || print(&world, folder.path(), programs.path());

    let missing = print().unwrap_err();
    assert!(matches!(
        missing,
        Error::Printer(PrinterError::NoProgram { .. })
    ));
    assert_eq!(missing.exit_code(), 43);

    fake_lp(programs.path(), 1);
    let refused = print().unwrap_err();
    let why = "the printer did not take raspiska.pdf: lp: no default destination";
    assert_eq!(refused.to_string(), why);

    fake_lp(programs.path(), 0);
    let log = programs.path().join("lp.log");
    std::fs::remove_file(&log).unwrap();
    assert_eq!(print().unwrap(), ["raspiska.pdf", "rukovodstvo.pdf"]);
    let asked = std::fs::read_to_string(&log).unwrap();
    assert_eq!(asked, "-n 1 -t raspiska.pdf\n-n 1 -t rukovodstvo.pdf\n");

    assert!(print().unwrap().is_empty());
    assert_eq!(std::fs::read_to_string(&log).unwrap(), asked);
    let file = "raspiska.pdf".to_owned();
    let text = Caution::HandedOver { file };
    assert!(world.borrow().told.contains(&Event::Warning { text }));
}
