//! Many clients at once about the same thing: one of them gets it.

use std::sync::Mutex;

use mock_ca::{Fixture, Settings};
use serde_json::{Value, json};

use crate::applicant::{Page, exchange};
use crate::token;

const AT_ONCE: u64 = 8;

fn at_once() -> Fixture {
    let text =
        "timing = { sms_delivery_secs = { min = 0, max = 0 }, issue_secs = { min = 0, max = 0 } }";
    let settings: Settings = toml::from_str(text).unwrap();
    Fixture::with(settings).unwrap()
}

fn post(forus: &Fixture, path: &str, session: &str, body: &Value) -> Page {
    let header = format!("Authorization: Bearer {session}\r\n");
    let portal = forus.server().addresses().portal;
    exchange(portal, "POST", path, &header, &body.to_string()).unwrap()
}

fn word(page: &Page, name: &str) -> String {
    let value: Value = serde_json::from_slice(&page.body).unwrap();
    value[name].as_str().unwrap_or_default().to_owned()
}

/// A login in progress and the code for it.
fn asked(forus: &Fixture) -> (String, String) {
    let body = json!({ "phone": "79000000000" });
    let login = word(&post(forus, "/api/login/code", "", &body), "login");
    let text = forus.newest_text("79000000000").unwrap();
    let code = text.chars().filter(char::is_ascii_digit).collect();
    (login, code)
}

/// The answers of so many clients that begin together, each told its number.
fn together(ask: impl Fn(u64) -> Page + Sync) -> Vec<Page> {
    let (answers, start) = (
        Mutex::new(Vec::new()),
        std::sync::Barrier::new(AT_ONCE as usize),
    );
    std::thread::scope(|scope| {
        for n in 1..=AT_ONCE {
            let (ask, answers, start) = (&ask, &answers, &start);
            scope.spawn(move || {
                start.wait();
                let answer = ask(n);
                answers.lock().unwrap().push(answer);
            });
        }
    });
    answers.into_inner().unwrap()
}

fn with_status(answers: &[Page], status: u16) -> usize {
    answers.iter().filter(|page| page.status == status).count()
}

#[test]
fn a_code_typed_by_many_at_once_opens_one_session() {
    let forus = at_once();
    let (login, code) = asked(&forus);
    let body = json!({ "login": login, "code": code });
    let answers = together(|_| post(&forus, "/api/login", "", &body));
    assert_eq!(with_status(&answers, 200), 1);
    assert_eq!(with_status(&answers, 410), AT_ONCE as usize - 1);
}

#[test]
fn requests_sent_at_once_for_one_application_come_to_one_certificate() {
    let forus = at_once();
    let (login, code) = asked(&forus);
    let body = json!({ "login": login, "code": code });
    let session = word(&post(&forus, "/api/login", "", &body), "token");
    let application = forus.mock().orders().next().unwrap().application.clone();
    let path = "/api/applications/722318/request";
    let answers = together(|n| {
        let pem = token::request_pem(&application, n.div_ceil(2)); // each request twice
        post(&forus, path, &session, &json!({ "pem": pem }))
    });
    assert_eq!(
        with_status(&answers, 202),
        2,
        "the first, and the same again"
    );
    assert_eq!(with_status(&answers, 409), AT_ONCE as usize - 2);
    let ready = |text: &&str| text.starts_with("Ваш сертификат готов");
    let seen = forus.seen();
    assert_eq!(
        seen.texts_to("79000000000")
            .into_iter()
            .filter(ready)
            .count(),
        1
    );
}
