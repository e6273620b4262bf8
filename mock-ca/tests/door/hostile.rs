//! Requests that no browser makes: always an answer, never a panic, never a 500.

use http::{Method, Request};
use jiff::{SignedDuration, Timestamp};
use mock_ca::{Door, MockCa, Settings};
use proptest::prelude::*;

use crate::world::{PHONE, World};

fn door() -> impl Strategy<Value = Door> {
    prop_oneof![Just(Door::Portal), Just(Door::Sms), Just(Door::Control)]
}

fn method() -> impl Strategy<Value = Method> {
    let known = [
        Method::GET,
        Method::POST,
        Method::HEAD,
        Method::DELETE,
        Method::PUT,
        Method::OPTIONS,
    ];
    prop::sample::select(known.to_vec())
}

/// Paths that exist, paths that nearly do, and noise.
fn path() -> impl Strategy<Value = String> {
    let parts = prop::sample::select(vec![
        "cabinet",
        "code",
        "login",
        "logout",
        "work",
        "applications",
        "722318",
        "999",
        "-1",
        "request",
        "install",
        "papers",
        "documents",
        "raspiska.pdf",
        "crl",
        "chain",
        "certificate",
        "inbox",
        "phone",
        "79000000000",
        "history",
        "issue",
        "refuse",
        "faults",
        "%D1%84",
        "..",
        "",
        "clock",
        "page",
        "download",
        "00000000000000000000722318",
    ]);
    let query = prop_oneof![
        Just(String::new()),
        "[?][a-z=&%0-9]{0,40}".prop_map(String::from)
    ];
    (prop::collection::vec(parts, 0..6), query)
        .prop_map(|(parts, query)| format!("/{}{query}", parts.join("/")))
}

/// Fields that exist with any content, or bytes that are no form.
fn body() -> impl Strategy<Value = Vec<u8>> {
    let name = prop::sample::select(vec![
        "token",
        "phone",
        "code",
        "press",
        "pem",
        "container",
        "pair",
        "text",
        "room",
    ]);
    let value = prop_oneof![
        Just("send".to_owned()),
        Just("pair".to_owned()),
        Just("79000000000".to_owned()),
        Just(
            "-----BEGIN CERTIFICATE REQUEST-----\nMAMCAQA=\n-----END CERTIFICATE REQUEST-----"
                .to_owned()
        ),
        ".{0,60}".prop_map(String::from),
    ];
    let form = prop::collection::vec((name, value), 0..5).prop_map(|fields| {
        form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish()
            .into_bytes()
    });
    prop_oneof![form, prop::collection::vec(any::<u8>(), 0..200)]
}

fn cookie() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        Just(Vec::new()),
        Just(b"session=x".to_vec()),
        prop::collection::vec(32_u8..=255, 0..60)
    ]
}

fn answer(
    mock: &mut MockCa,
    now: Timestamp,
    door: Door,
    method: Method,
    path: &str,
    cookie: &[u8],
    body: Vec<u8>,
) -> u16 {
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header("cookie", cookie)
        .body(body);
    request.map_or(200, |request| {
        mock.handle(now, door, request).status().as_u16()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn strangers_get_answers_and_no_certificate(
        calls in prop::collection::vec((door(), method(), path(), cookie(), body(), 0_i64..4000), 1..30),
    ) {
        let settings = Settings::default();
        let mut now = settings.epoch;
        let mut mock = MockCa::new(settings);
        for (door, method, path, cookie, body, secs) in calls {
            now += SignedDuration::from_secs(secs);
            let status = answer(&mut mock, now, door, method, &path, &cookie, body);
            prop_assert!(status < 500, "{path}: {status}");
        }
        prop_assert!(mock.orders().all(|order| order.submission.is_none()));
    }

    #[test]
    fn whoever_is_logged_in_gets_answers_too(
        calls in prop::collection::vec((method(), path(), body()), 1..20),
    ) {
        let mut world = World::new();
        let browser = world.logged_in(PHONE);
        let cookie = browser.cookie.unwrap();
        for (method, path, body) in calls {
            let status = answer(&mut world.mock, world.now, Door::Portal, method, &path, cookie.as_bytes(), body);
            prop_assert!(status < 500, "{path}: {status}");
        }
    }

    #[test]
    fn any_moment_is_a_moment(seconds in Timestamp::MIN.as_second()..=Timestamp::MAX.as_second()) {
        let mut mock = MockCa::new(Settings::default());
        let now = Timestamp::from_second(seconds).unwrap();
        prop_assert!(answer(&mut mock, now, Door::Portal, Method::GET, "/", b"", Vec::new()) < 500);
    }
}

#[test]
fn a_body_beyond_the_limit_is_refused() {
    let mut world = World::new();
    let status = answer(
        &mut world.mock,
        world.now,
        Door::Portal,
        Method::POST,
        "/cabinet/code",
        b"",
        vec![b'a'; (1 << 20) + 1],
    );
    assert_eq!(status, 413);
}

#[test]
fn an_unknown_method_is_told_which_are_known() {
    let mut world = World::new();
    let answer = world.portal(Method::DELETE, "/cabinet", "", "");
    assert_eq!(
        (
            answer.status().as_u16(),
            answer.headers()["allow"].to_str().unwrap()
        ),
        (405, "GET, HEAD, POST")
    );
}
