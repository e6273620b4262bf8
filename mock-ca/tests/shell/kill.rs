//! The program killed at any moment: what was answered is kept, nothing is issued twice.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex};

use der::Decode as _;
use mock_ca::Application;
use mock_ca::ca::Profile;
use serde_json::Value;
use x509_cert::Certificate;

use crate::applicant::Applicant;
use crate::program::Serving;
use crate::token;

/// Everything happens at once, so that nobody waits.
const SETTINGS: &str = "\
further_applicants = 23
login = { resend_secs = 0, codes_per_hour = 1000 }
[timing]
sms_delivery_secs = { min = 0, max = 0 }
ordered_secs = { min = 0, max = 0 }
issue_secs = { min = 0, max = 0 }
";
const APPLICANTS: u32 = 24;
const AT_ONCE: usize = 4;

/// What clients were told: it must never be taken back.
#[derive(Default)]
struct Told {
    /// Requests answered with «успешно отправлен», by application.
    accepted: BTreeMap<u32, Vec<u8>>,
    /// Certificates handed out, by application.
    certificates: BTreeMap<u32, Vec<u8>>,
}

fn application(n: u32) -> Application {
    Application::numbered(n, Profile::named("forus-2018").unwrap())
}

#[test]
fn a_program_killed_at_any_moment_forgets_nothing_it_has_answered() {
    let directory = tempfile::tempdir().unwrap();
    let config = directory.path().join("settings.toml");
    std::fs::write(&config, SETTINGS).unwrap();
    let state = directory.path().join("state");
    let arguments = [
        "--clock",
        "real",
        "--epoch",
        "2018-12-13T09:00:00+08:00",
        "--config",
        config.to_str().unwrap(),
        "--state",
        state.to_str().unwrap(),
    ];
    let told = Arc::new(Mutex::new(Told::default()));
    for steps_until_death in [5, 23, 41, 58, 79, 97, 130] {
        let serving = Serving::start(&arguments);
        compare(&serving, &told.lock().unwrap());
        run_until_killed(serving, &told, steps_until_death);
    }
    let serving = Serving::start(&arguments);
    let told = told.lock().unwrap();
    compare(&serving, &told);
    assert!(told.accepted.len() > 3 && told.certificates.len() > 1);
}

/// Applicants go through the procedure, some at the same time, until the program dies under their hands.
fn run_until_killed(serving: Serving, told: &Arc<Mutex<Told>>, steps: usize) {
    let (step, stepped) = channel();
    let next = Arc::new(AtomicUsize::new(0));
    let (portal, sms) = (serving.address("portal"), serving.address("sms"));
    let clients: Vec<_> = (0..AT_ONCE)
        .map(|_| {
            let (step, next, told) = (step.clone(), Arc::clone(&next), Arc::clone(told));
            std::thread::spawn(move || {
                while let Ok(n) = u32::try_from(next.fetch_add(1, Ordering::Relaxed)) {
                    if n >= APPLICANTS || enroll(n, portal, sms, &told, &step).is_err() {
                        return;
                    }
                }
            })
        })
        .collect();
    drop(step);
    stepped.iter().take(steps).for_each(drop);
    drop(serving); // SIGKILL
    for client in clients {
        client.join().unwrap();
    }
}

/// One applicant, as far as the program lives. Every answered step is reported.
fn enroll(
    n: u32,
    portal: SocketAddr,
    sms: SocketAddr,
    told: &Mutex<Told>,
    step: &Sender<()>,
) -> std::io::Result<()> {
    let application = application(n);
    let mut applicant = Applicant::new(portal, sms, &application);
    let stepped = || step.send(()).map_err(std::io::Error::other);
    applicant.log_in()?;
    stepped()?;
    let accepted = told.lock().unwrap().accepted.contains_key(&n);
    let card = applicant.get(&format!("/cabinet/applications/{}", application.number))?;
    if !accepted && card.text().contains("Запросить сертификат") {
        applicant.send_request(&token::request_pem(&application, n.into()))?;
        let der = token::request_der(&application, n.into());
        told.lock().unwrap().accepted.insert(n, der);
        stepped()?;
    }
    let certificate = applicant.install()?;
    let mut told = told.lock().unwrap();
    let earlier = told.certificates.insert(n, certificate.clone());
    assert!(earlier.is_none_or(|earlier| earlier == certificate));
    drop(told);
    stepped()
}

/// The program after a restart, compared with what clients were told before.
fn compare(serving: &Serving, told: &Told) {
    let answer = serving.get("control", "/applications");
    let (_, body) = answer.split_once("\r\n\r\n").unwrap();
    let orders: Vec<Value> = serde_json::from_str(body).unwrap();
    let order = |n: &u32| &orders[*n as usize]["order"];
    for (n, der) in &told.accepted {
        assert_eq!(
            order(n)["submission"]["request_der"],
            hex::encode(der),
            "{n}"
        );
    }
    for (n, der) in &told.certificates {
        assert_eq!(order(n)["certificate"]["der"], hex::encode(der), "{n}");
    }
    let certificates: Vec<_> = orders
        .iter()
        .filter_map(|order| order["order"]["certificate"]["der"].as_str())
        .collect();
    let serials: BTreeSet<_> = certificates.iter().map(|der| serial(der)).collect();
    assert_eq!(
        serials.len(),
        certificates.len(),
        "every serial number is new"
    );
}

fn serial(certificate: &str) -> Vec<u8> {
    let certificate = Certificate::from_der(&hex::decode(certificate).unwrap()).unwrap();
    let serial = certificate.tbs_certificate().serial_number();
    serial.as_bytes().to_vec()
}
