//! The mock as other people's tests use it.

use mock_ca::{Fault, Fixture, Mischief, Room, Settings, Status};

use crate::applicant::{Applicant, exchange};
use crate::token;

fn applicant(forus: &Fixture) -> Applicant {
    let addresses = forus.server().addresses();
    let application = forus.mock().orders().next().unwrap().application.clone();
    Applicant::new(addresses.portal, addresses.sms, &application)
}

fn at_once() -> Settings {
    toml::from_str("timing = { sms_delivery_secs = { min = 0, max = 0 } }").unwrap()
}

#[test]
fn a_fixture_shows_what_arrived_and_what_became_of_it() {
    let forus = Fixture::with(at_once()).unwrap();
    let mut applicant = applicant(&forus);
    applicant.log_in().unwrap();
    let application = forus.mock().orders().next().unwrap().application.clone();
    applicant
        .send_request(&token::request_pem(&application, 1))
        .unwrap();
    forus
        .verify(|seen| seen.status(722_318) == Some(Status::Sent))
        .unwrap();
    forus.advance_secs(1800);
    forus
        .verify(|seen| seen.status(722_318) == Some(Status::Issued))
        .unwrap();
    let ready = "Ваш сертификат готов. Не забудьте отправить наши экземпляры документов";
    assert_eq!(forus.newest_text("79000000000").as_deref(), Some(ready));

    let why = forus
        .verify(|seen| seen.visits.is_empty())
        .unwrap_err()
        .to_string();
    assert!(
        why.contains("POST /cabinet/applications/722318/request: 200"),
        "{why}"
    );
    assert!(
        why.contains("application 722318: Issued\n3 texts sent"),
        "{why}"
    );
    let code = forus.seen().texts_to("79000000000")[0][19..25].to_owned();
    assert!(!why.contains(&code), "no code is printed");
}

#[test]
fn two_fixtures_know_nothing_of_each_other_and_a_dropped_one_is_gone() {
    let (one, two) = (
        Fixture::with(at_once()).unwrap(),
        Fixture::with(at_once()).unwrap(),
    );
    applicant(&one).log_in().unwrap();
    assert!(two.seen().visits.is_empty() && one.seen().visits.len() == 5);
    let address = one.server().addresses().portal;
    drop(one);
    assert!(exchange(address, "GET", "/", "", "").is_err());
    assert!(exchange(two.server().addresses().portal, "GET", "/", "", "").is_ok());
}

#[test]
fn a_fixture_misbehaves_as_planned() {
    let forus = Fixture::start().unwrap();
    let what = Mischief::Refuse { status: 503 };
    let nth = forus.mock().calls(Room::Portal) + 1;
    forus.plan(Fault {
        room: Room::Portal,
        nth,
        what,
    });
    let portal = forus.server().addresses().portal;
    let status = || exchange(portal, "GET", "/", "", "").unwrap().status;
    assert_eq!((status(), status()), (503, 200));
}
