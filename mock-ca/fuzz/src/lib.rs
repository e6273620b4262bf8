//! What must hold at each of the mock's doors, whatever bytes come.

use std::cell::RefCell;

use http::{Request, Response};
use mock_ca::ca::{CertificationAuthority, Ledger, Profile};
use mock_ca::{Application, Call, Door, MockCa, Settings};
use serde_json::Value;

/// A mock with somebody logged in: the session's name stands for cookie and bearer.
struct World {
    mock: MockCa,
    session: String,
}

impl World {
    fn new() -> Self {
        let mut world = Self {
            mock: MockCa::new(Settings::default()),
            session: String::new(),
        };
        let asked = world.ask(
            Door::Portal,
            "POST",
            "/api/login/code",
            br#"{"phone":"79000000000"}"#,
        );
        let asked: Value = serde_json::from_slice(asked.body()).expect("the API speaks JSON");
        let text = world.mock.outbox()[0].text.clone();
        let code: String = text.chars().filter(char::is_ascii_digit).collect();
        let body = serde_json::json!({ "login": asked["login"], "code": code }).to_string();
        let session = world.ask(Door::Portal, "POST", "/api/login", body.as_bytes());
        let session: Value = serde_json::from_slice(session.body()).expect("the API speaks JSON");
        world.session = session["token"]
            .as_str()
            .expect("the code is right")
            .to_owned();
        world
    }

    fn ask(&mut self, door: Door, method: &str, path: &str, body: &[u8]) -> Response<Vec<u8>> {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("cookie", format!("session={}", self.session))
            .header("authorization", format!("Bearer {}", self.session))
            .body(body.to_vec())
            .expect("paths and methods are from our lists");
        let now = self.mock.now();
        let answer = self.mock.answer(now, door, &request);
        let kept = Call::of(now, door, &request, &answer).to_text();
        assert_eq!(
            Call::from_text(&kept)
                .expect("it was just written")
                .to_text(),
            kept
        );
        answer
    }

    /// The form's token, which no input could guess.
    fn form_token(&mut self) -> String {
        let page = self.ask(
            Door::Portal,
            "GET",
            "/cabinet/applications/722318/request",
            b"",
        );
        let page = String::from_utf8_lossy(page.body()).into_owned();
        let token = page
            .split_once("name=\"token\" value=\"")
            .and_then(|(_, rest)| rest.split_once('"'));
        token.map(|(token, _)| token.to_owned()).unwrap_or_default()
    }
}

/// Calls: a byte that chooses one of the list, its body, a zero.
fn calls<'a>(
    input: &'a [u8],
    list: &'a [(&'a str, &'a str)],
) -> impl Iterator<Item = (&'a str, &'a str, &'a [u8])> {
    let parts = input.split(|byte| *byte == 0).take(MAX_CALLS);
    parts.filter_map(|part| {
        let (first, body) = part.split_first()?;
        let (method, path) = list[usize::from(*first) % list.len()];
        Some((method, path, body))
    })
}

/// Posted forms, with the token that belongs to the session: never a panic, never a 5xx.
pub fn pages(input: &[u8]) {
    let mut world = World::new();
    let token = world.form_token();
    for (method, path, body) in calls(input, &PAGES) {
        let form = [format!("token={token}&").as_bytes(), body].concat();
        let answer = world.ask(Door::Portal, method, path, &form);
        assert!(
            answer.status().as_u16() < 500,
            "{method} {path}: {}",
            answer.status()
        );
    }
}

/// JSON bodies with a session: never a panic, never a 5xx, always JSON or a paper.
pub fn api(input: &[u8]) {
    let mut world = World::new();
    for (method, path, body) in calls(input, &API) {
        let answer = world.ask(Door::Portal, method, path, body);
        assert!(
            answer.status().as_u16() < 500,
            "{method} {path}: {}",
            answer.status()
        );
        let is_json = serde_json::from_slice::<Value>(answer.body()).is_ok();
        assert!(is_json || answer.body().is_empty(), "{method} {path}");
    }
}

/// The tester's JSON: never a panic, and whatever it made of the mock can be stored and read back.
pub fn control(input: &[u8]) {
    let mut world = World::new();
    for (method, path, body) in calls(input, &CONTROL) {
        world.ask(Door::Control, method, path, body);
        world.ask(Door::Portal, "GET", "/cabinet/applications", b"");
    }
    let saved = world.mock.save();
    let again = MockCa::load(&saved).expect("it was just saved");
    assert_eq!(again.save(), saved);
}

thread_local! {
    /// An authority and an application of every profile; making their keys takes longer than any input.
    static OFFICES: RefCell<Vec<(CertificationAuthority, Application)>> = RefCell::new(offices());
}

fn offices() -> Vec<(CertificationAuthority, Application)> {
    let Settings { seed, epoch, .. } = Settings::default();
    let profiles = Profile::names()
        .iter()
        .filter_map(|name| Profile::named(name));
    profiles
        .map(|profile| {
            let authority = CertificationAuthority::from_seed(seed, &profile, epoch);
            (authority, Application::sample(profile))
        })
        .collect()
}

/// A PKCS#10 request, DER: refused with a reason, or good for a certificate.
pub fn request(input: &[u8]) {
    OFFICES.with_borrow_mut(|offices| {
        for (authority, application) in offices {
            match authority.check(input, application) {
                Ok(checked) => {
                    let epoch = Settings::default().epoch;
                    assert!(authority.issue(&checked, application, epoch).is_ok());
                    authority.restore(Ledger::default());
                }
                Err(refusal) => assert!(!refusal.to_string().is_empty()),
            }
        }
    });
}

const MAX_CALLS: usize = 12;

const PAGES: [(&str, &str); 8] = [
    ("POST", "/cabinet/applications/722318/request"),
    ("POST", "/cabinet/applications/722318/install"),
    ("POST", "/cabinet/code"),
    ("POST", "/cabinet/login"),
    ("GET", "/cabinet/applications"),
    ("GET", "/cabinet/applications/722318"),
    ("GET", "/cabinet/applications/722318/install"),
    ("GET", "/cabinet"),
];

const API: [(&str, &str); 8] = [
    ("POST", "/api/applications/722318/request"),
    ("POST", "/api/login/code"),
    ("POST", "/api/login"),
    ("POST", "/api/applications/722318/installed"),
    ("GET", "/api/applications"),
    ("GET", "/api/applications/722318"),
    ("GET", "/api/applications/722318/certificate"),
    ("GET", "/api/applications/722318/profile"),
];

const CONTROL: [(&str, &str); 12] = [
    ("POST", "/applications"),
    ("PATCH", "/settings"),
    ("POST", "/faults"),
    ("PUT", "/faults"),
    ("POST", "/people"),
    ("POST", "/applications/722318/refuse"),
    ("POST", "/applications/722318/delay"),
    ("POST", "/applications/722318/revoke"),
    ("POST", "/applications/722318/accept"),
    ("POST", "/operator/722318/refuse"),
    ("GET", "/history"),
    ("GET", "/"),
];
