//! The tester's port.

use http::Method;
use mock_ca::{Application, Door, Settings, ca::Profile};
use serde_json::{Value, json};

use crate::world::{PHONE, World};

fn get(world: &mut World, path: &str) -> Value {
    let (status, value) = world.json(Door::Control, Method::GET, path, "");
    assert_eq!(status, 200, "{path}: {value}");
    value
}

fn post(world: &mut World, path: &str, body: &Value) -> (u16, Value) {
    world.json(Door::Control, Method::POST, path, &body.to_string())
}

#[test]
fn the_history_tells_what_was_done_and_keeps_no_secret() {
    let mut world = World::new();
    let browser = world.sent(PHONE, 722_318);
    let code = world.code("79000000000");
    let history = get(&mut world, "/history");
    let text = history.to_string();
    assert!(!text.contains(&code) && !text.contains("BEGIN CERTIFICATE"));
    assert!(!text.contains(browser.cookie.unwrap().split('=').nth(1).unwrap()));
    let asked = &history[2];
    assert_eq!(
        (&asked["method"], &asked["path"]),
        (&json!("POST"), &json!("/cabinet/code"))
    );
    assert_eq!(asked["form"], json!([["token", "…"], ["phone", PHONE]]));
    world.json(Door::Control, Method::DELETE, "/history", "");
    assert_eq!(get(&mut world, "/history"), json!([]));
}

#[test]
fn an_application_can_be_added_and_walked_through() {
    let mut world = World::new();
    let application = Application::numbered(7, Profile::named("forus-2019").unwrap());
    let (status, answer) = post(&mut world, "/applications", &json!(application));
    assert_eq!((status, answer), (200, json!({"number": 722_325})));
    world.issued("79000000007", 722_325);
    let told = get(&mut world, "/applications/722325");
    assert_eq!(
        (&told["status"], &told["word"]),
        (&json!("issued"), &json!("Сертификат выпущен"))
    );
    assert_eq!(
        get(&mut world, "/applications").as_array().unwrap().len(),
        2
    );
    assert_eq!(
        post(&mut world, "/applications", &json!(application)).0,
        409,
        "it is under way"
    );
}

#[test]
fn an_issue_can_be_hurried_and_keeps_the_order_of_texts() {
    let mut world = World::new();
    world.sent(PHONE, 722_318);
    assert_eq!(
        post(&mut world, "/applications/722318/issue", &json!({})).1["status"],
        "issued"
    );
    world.pass(10);
    let kinds: Vec<_> = world
        .mock
        .outbox()
        .iter()
        .map(|message| format!("{:?}", message.kind))
        .collect();
    assert_eq!(kinds, ["Code", "Ordered", "Ready"]);
    assert_eq!(
        post(&mut world, "/applications/722318/issue", &json!({})).0,
        409
    );
}

#[test]
fn a_refusal_is_on_the_card_as_text_and_not_as_markup() {
    let mut world = World::new();
    let mut browser = world.sent(PHONE, 722_318);
    let text = json!({"text": "Не хватает документов <b>\"&</b>"});
    assert_eq!(
        post(&mut world, "/applications/722318/refuse", &text).1["status"],
        "refused"
    );
    browser.open(&mut world, "/cabinet/applications/722318");
    assert!(browser.text().contains("\nОтказано\n"));
    assert_eq!(
        browser.alerts(),
        ["Отказ: Не хватает документов <b>\"&</b>"]
    );
    world.pass(3600);
    assert_eq!(world.texts().len(), 1, "a refused order sends nothing more");
    assert_eq!(
        post(&mut world, "/applications/722318/refuse", &text).0,
        409
    );
}

#[test]
fn a_revoked_certificate_is_on_the_list() {
    let mut world = World::new();
    let mut browser = world.issued(PHONE, 722_318);
    browser.open(&mut world, "/cabinet/applications/722318/crl");
    let empty = browser.bytes().to_vec();
    let (status, answer) = post(
        &mut world,
        "/applications/722318/revoke",
        &json!({"reason": "superseded"}),
    );
    assert_eq!(status, 200, "{answer}");
    let serial = hex::decode(answer["serial"].as_str().unwrap()).unwrap();
    browser.open(&mut world, "/cabinet/applications/722318/crl");
    let listed = |list: &[u8]| list.windows(serial.len()).any(|part| part == serial);
    assert!(!listed(&empty) && listed(browser.bytes()));
}

#[test]
fn the_plan_shows_how_far_each_room_has_come() {
    let mut world = World::new();
    world.sent(PHONE, 722_318);
    let fault = json!({"room": "portal", "nth": 99, "what": {"refuse": {"status": 503}}});
    let (_, faults) = post(&mut world, "/faults", &fault);
    assert_eq!(faults["plan"], json!([fault]));
    assert_eq!(
        (&faults["calls"]["sms"], &faults["calls"]["ca"]),
        (&json!(1), &json!(1))
    );
}

#[test]
fn the_control_port_says_what_it_did_not_understand() {
    let mut world = World::with(Settings::default());
    assert_eq!(
        post(
            &mut world,
            "/faults",
            &json!({"room": "portal", "nth": 1, "what": "explode"})
        )
        .0,
        400
    );
    assert_eq!(
        post(
            &mut world,
            "/applications/722318/refuse",
            &json!({"txt": "?"})
        )
        .0,
        400
    );
    assert_eq!(post(&mut world, "/applications/1/issue", &json!({})).0, 404);
    assert_eq!(
        post(&mut world, "/applications/722318/issue", &json!({})).0,
        409
    );
    assert_eq!(world.json(Door::Control, Method::GET, "/x", "").0, 404);
}

#[test]
fn the_history_keeps_no_secret_that_came_in_the_address() {
    let mut world = World::new();
    for path in [
        "/cabinet/login?code=123456&token=sesame&phone=%2B79000000000",
        "/cabinet/login?123456",
        "/cabinet/applications?status=&inn=3812&id=7&owner=%D0%98",
        "/nowhere",
    ] {
        world.portal(Method::GET, path, "", "");
    }
    let history = get(&mut world, "/history");
    let paths: Vec<_> = history
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["path"].as_str().unwrap())
        .collect();
    assert_eq!(
        paths,
        [
            "/cabinet/login?code=…&token=…&phone=+79000000000",
            "/cabinet/login?…=…",
            "/cabinet/applications?status=&inn=3812&id=7&owner=И",
            "/nowhere",
        ]
    );
}
