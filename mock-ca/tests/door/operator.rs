//! The operators' work over the tester's port: what they enter, accept, refuse and put off.

use http::{Method, Request};
use mock_ca::{Dawdle, Door, Kind, Settings, Status};
use scraper::{Html, Selector};
use serde_json::{Value, json};

use crate::token;
use crate::world::{PHONE, World};

fn call(world: &mut World, method: Method, path: &str, body: &Value) -> (u16, Value) {
    world.json(Door::Control, method, path, &body.to_string())
}

fn post(world: &mut World, path: &str, body: &Value) -> (u16, Value) {
    call(world, Method::POST, path, body)
}

fn get(world: &mut World, path: &str) -> Value {
    let (status, value) = call(world, Method::GET, path, &json!({}));
    assert_eq!(status, 200, "{path}: {value}");
    value
}

fn page(world: &mut World) -> String {
    let answer = world.ask(Door::Control, Method::GET, "/", "");
    assert_eq!(answer.status(), 200);
    String::from_utf8(answer.into_body()).unwrap()
}

fn buttons(page: &str) -> Vec<String> {
    let selector = Selector::parse("td button").unwrap();
    let html = Html::parse_document(page);
    html.select(&selector)
        .map(|button| button.text().collect())
        .collect()
}

#[test]
fn an_application_of_a_few_words_is_completed_and_waits_to_be_accepted() {
    let mut world = World::new();
    let draft = json!({
        "phone": "8 (900) 000-00-55", "accepted": false, "profile_name": "forus-2019",
        "representative": {"surname": "Иванов", "given_name": "Пётр Иванович", "snils": "12345678964", "post": "Директор", "email": "p@organisation.test"},
    });
    assert_eq!(
        post(&mut world, "/applications", &draft),
        (200, json!({"number": 722_319}))
    );
    let application = world.application(722_319);
    assert_eq!(
        (application.phone.as_str(), application.owner.as_str()),
        ("79000000055", "Иванов Пётр Иванович")
    );
    assert!(
        application
            .subject
            .iter()
            .any(|field| field.value == "Пётр Иванович")
    );
    let mut browser = world.logged_in("79000000055");
    browser.open_card(&mut world, 722_319);
    assert!(browser.shows("Ожидает оператора") && !browser.has_link("Запросить сертификат"));
    browser.open(&mut world, "/cabinet/applications/722319/request");
    assert_eq!(browser.alerts(), ["Заявка ещё не принята оператором."]);

    let path = "/applications/722319/accept";
    assert_eq!(post(&mut world, path, &json!({})).1["status"], "accepted");
    assert_eq!(post(&mut world, path, &json!({})).0, 409);
    world.pass(60);
    world.issued("79000000055", 722_319);
}

#[test]
fn an_operator_who_accepts_a_request_orders_the_certificate_now() {
    let mut world = World::new();
    world.sent(PHONE, 722_318);
    let (status, told) = post(&mut world, "/applications/722318/accept", &json!({}));
    assert_eq!((status, &told["status"]), (200, &json!("ordered")));
    assert_eq!(world.mock.outbox().last().unwrap().kind, Kind::Ordered);
}

#[test]
fn a_delay_plans_the_moments_anew() {
    let mut world = World::new();
    let later = json!({"ordered_in_secs": 100, "issue_in_secs": 7200});
    assert_eq!(
        post(&mut world, "/applications/722318/delay", &later).0,
        409
    );
    world.sent(PHONE, 722_318);
    assert_eq!(
        post(&mut world, "/applications/722318/delay", &later).0,
        200
    );
    let mut status_after = |secs| {
        world.pass(secs);
        get(&mut world, "/applications/722318")["status"].clone()
    };
    assert_eq!(status_after(99), "sent");
    assert_eq!(status_after(1), "ordered");
    assert_eq!(status_after(7099), "ordered");
    assert_eq!(status_after(1), "issued");
}

#[test]
fn somebody_without_an_application_may_log_in_and_sees_none() {
    let mut world = World::new();
    let person = json!({"phone": "+7 900 000-00-99", "name": "Иванов Иван Иванович"});
    assert_eq!(post(&mut world, "/people", &person).0, 200);
    let mut browser = world.logged_in("79000000099");
    browser.open(&mut world, "/cabinet/applications");
    assert!(browser.shows("Вы вошли как Иванов Иван Иванович"));
    assert_eq!(browser.rows().len(), 1, "the head only");
    let people = get(&mut world, "/people");
    assert_eq!(people[0]["applications"], json!([722_318]));
    assert_eq!(people[1]["applications"], json!([]));
    assert_eq!(
        post(&mut world, "/people", &json!({"phone": "112", "name": ""})).0,
        400
    );
}

#[test]
fn every_setting_is_shown_and_changes_from_the_next_call_on() {
    let mut world = World::new();
    assert_eq!(get(&mut world, "/settings"), json!(Settings::default()));
    let patch = json!({"knobs": {"double_sms": true}, "login": {"code_digits": 4}});
    let (status, changed) = call(&mut world, Method::PATCH, "/settings", &patch);
    assert_eq!(
        (status, &changed["knobs"]["double_sms"]),
        (200, &json!(true))
    );
    assert_eq!(changed["login"]["code_tries"], 3, "the rest stays");
    let mut browser = crate::browser::Browser::default();
    browser.open(&mut world, "/cabinet");
    browser.fill("Номер сотового телефона", PHONE);
    browser.press(&mut world, "Получить код");
    world.pass(10);
    assert_eq!(world.texts().len(), 2);
    assert_eq!(
        world.texts()[0]
            .chars()
            .filter(char::is_ascii_digit)
            .count(),
        4
    );
    let back = json!({"login": null});
    let (_, changed) = call(&mut world, Method::PATCH, "/settings", &back);
    assert_eq!(changed["login"]["code_digits"], 6);
}

#[test]
fn settings_that_cannot_be_meant_change_nothing() {
    let mut world = World::new();
    for (patch, status) in [
        (json!({"knobs": {"doubel_sms": true}}), 400),
        (json!({"login": {"code_digits": 11}}), 400),
        (json!({"seed": 2}), 409),
        (json!({"epoch": "2020-01-01T00:00:00Z"}), 409),
        (json!([]), 400),
    ] {
        let answer = call(&mut world, Method::PATCH, "/settings", &patch);
        assert_eq!(answer.0, status, "{patch}: {}", answer.1);
    }
    assert_eq!(*world.mock.settings(), Settings::default());
}

#[test]
fn a_fault_is_planned_for_the_next_call_and_the_plan_is_replaced() {
    let mut world = World::new();
    world.logged_in(PHONE);
    let next = json!({"room": "portal", "next": 1, "what": {"delay": {"secs": 2}}});
    assert_eq!(post(&mut world, "/faults", &next).0, 200);
    let late = world.portal(Method::GET, "/", "", "");
    assert_eq!(late.extensions().get(), Some(&Dawdle::Late { secs: 2 }));
    let plan = json!([{"room": "portal", "nth": 1, "what": "garble"}]);
    let (_, faults) = call(&mut world, Method::PUT, "/faults", &plan);
    assert_eq!(faults["plan"], plan);
    let (_, faults) = call(&mut world, Method::DELETE, "/faults", &json!({}));
    assert_eq!(faults["plan"], json!([]));
    let neither = json!({"room": "portal", "what": "garble"});
    assert_eq!(post(&mut world, "/faults", &neither).0, 400);
}

#[test]
fn history_and_outbox_are_asked_for_what_is_wanted() {
    let mut world = World::new();
    world.sent(PHONE, 722_318);
    world.portal(Method::GET, "/nowhere", "", "");
    let count = |world: &mut World, path: &str| get(world, path).as_array().unwrap().len();
    assert_eq!(count(&mut world, "/history?status=404"), 1);
    assert_eq!(
        count(&mut world, "/history?path=/cabinet/code&method=POST"),
        1
    );
    let own = get(&mut world, "/history?phone=%2B79000000000&last=1");
    assert_eq!(own[0]["path"], "/cabinet/applications/722318");
    assert_eq!(count(&mut world, "/history?since=2019-01-01T00:00:00Z"), 0);
    assert_eq!(count(&mut world, "/outbox?kind=code"), 1);
    assert_eq!(count(&mut world, "/outbox?phone=79000000001"), 0);
    let wrong = call(&mut world, Method::GET, "/history?status=many", &json!({}));
    assert_eq!(wrong.0, 400);
}

#[test]
fn the_page_offers_the_buttons_that_mean_something_now() {
    let mut world = World::new();
    assert_eq!(buttons(&page(&mut world)), ["Отказать"]);
    world.sent(PHONE, 722_318);
    assert_eq!(
        buttons(&page(&mut world)),
        ["Принять", "Выпустить сейчас", "Отказать"]
    );
    let press = |world: &mut World, act: &str, body: &str| {
        let path = format!("/operator/722318/{act}");
        world
            .ask(Door::Control, Method::POST, &path, body)
            .status()
            .as_u16()
    };
    assert_eq!(press(&mut world, "accept", ""), 303);
    assert_eq!(press(&mut world, "accept", ""), 409);
    assert_eq!(press(&mut world, "issue", ""), 303);
    assert_eq!(buttons(&page(&mut world)), ["Аннулировать"]);
    assert_eq!(press(&mut world, "refuse", "text=late"), 409);
    assert_eq!(press(&mut world, "revoke", ""), 303);
    assert_eq!(world.order(722_318).status(world.now), Status::Issued);
}

#[test]
fn a_page_from_elsewhere_cannot_press_the_operators_buttons() {
    let mut world = World::new();
    let mut refuse = |origin: &str| {
        let request = Request::builder()
            .method(Method::POST)
            .uri("/operator/722318/refuse")
            .header("host", "127.0.0.1:8082")
            .header("origin", origin)
            .body(b"text=x".to_vec());
        let answer = world
            .mock
            .handle(world.now, Door::Control, request.unwrap());
        answer.status().as_u16()
    };
    assert_eq!(refuse("http://elsewhere.test"), 403);
    assert_eq!(refuse("null"), 403);
    assert_eq!(refuse("http://127.0.0.1:8082"), 303);
}

#[test]
fn a_request_for_an_application_nobody_has_accepted_is_not_taken() {
    let mut world = World::new();
    let mut browser = world.logged_in(PHONE);
    browser.open_card(&mut world, 722_318);
    browser.click(&mut world, "Запросить сертификат");
    let pem = token::request_pem(&world.application(722_318), 1);
    browser.fill("Запрос на сертификат (PEM)", &pem);
    let again = json!({"number": 722_318, "accepted": false});
    assert_eq!(post(&mut world, "/applications", &again).0, 200);
    browser.press(&mut world, "Создать запрос");
    assert_eq!(browser.alerts(), ["Заявка ещё не принята оператором."]);
    assert!(world.order(722_318).submission.is_none());
}

#[test]
fn an_order_that_comes_after_the_authoritys_end_is_refused_with_the_reason() {
    let mut world = World::new();
    world.sent(PHONE, 722_318);
    let held = r#"{"knobs":{"hold_issue":true}}"#;
    world.json(Door::Control, Method::PATCH, "/settings", held);
    let (path, later) = (
        "/applications/722318/delay",
        r#"{"issue_in_secs":283824000}"#,
    );
    world.json(Door::Control, Method::POST, path, later);
    world.pass(283_824_000);
    world.texts();
    let refusal = world.order(722_318).refusal.unwrap();
    assert!(
        refusal.text.contains("действует только до"),
        "{}",
        refusal.text
    );
    assert!(world.order(722_318).certificate.is_none());
}

#[test]
fn what_has_been_told_is_not_planned_anew_and_nothing_is_issued_before_its_order() {
    let mut world = World::new();
    world.sent(PHONE, 722_318);
    let path = "/applications/722318/delay";
    for backwards in [
        json!({"ordered_in_secs": 100, "issue_in_secs": 99}),
        json!({"ordered_in_secs": 7200}),
        json!({"issue_in_secs": 0}),
    ] {
        assert_eq!(post(&mut world, path, &backwards).0, 409, "{backwards}");
    }
    post(&mut world, "/applications/722318/accept", &json!({}));
    let (status, told) = post(&mut world, path, &json!({"ordered_in_secs": 60}));
    assert_eq!(status, 409, "{told}");
    assert_eq!(world.order(722_318).status(world.now), Status::Ordered);
    assert_eq!(post(&mut world, path, &json!({"issue_in_secs": 0})).0, 200);
}

#[test]
fn a_name_that_is_not_this_machines_reaches_neither_the_operator_nor_the_phones() {
    let mut world = World::new();
    let mut ask = |door, path: &str, host: &str| {
        let request = Request::get(path).header("host", host).body(Vec::new());
        let answer = world.mock.handle(world.now, door, request.unwrap());
        answer.status().as_u16()
    };
    for (door, path) in [
        (Door::Control, "/"),
        (Door::Control, "/outbox"),
        (Door::Sms, "/inbox?phone=79000000000"),
        (Door::Sms, "/sys/balance.php"),
    ] {
        for rebound in [
            "elsewhere.test:8082",
            "10.0.0.1",
            "127.0.0.1.elsewhere.test",
            "",
            "[",
        ] {
            assert_eq!(ask(door, path, rebound), 403, "{path} of «{rebound}»");
        }
        for own in [
            "127.0.0.1:8082",
            "LocalHost:8082",
            "localhost",
            "[::1]:8082",
            "[::1]",
        ] {
            assert_eq!(ask(door, path, own), 200, "{path} of «{own}»");
        }
    }
    assert_eq!(
        ask(Door::Portal, "/", "forus.test"),
        200,
        "it hands out no secrets"
    );
}

#[test]
fn what_only_the_start_of_the_program_can_do_is_not_changed_afterwards() {
    let mut world = World::new();
    for patch in [
        json!({"web": {"redirect_to_https": true}}),
        json!({"web": {"tls_certificate": "expired"}}),
        json!({"web": {"plugin": {"bridge": "http://127.0.0.1:1", "modules": "/nowhere"}}}),
        json!({"authority": {"root": {"certificate": "/nowhere", "key": "/nowhere"}}}),
        json!({"authority": {"address": "http://127.0.0.1:1"}}),
    ] {
        let answer = call(&mut world, Method::PATCH, "/settings", &patch);
        assert_eq!(answer.0, 409, "{patch}: {}", answer.1);
    }
    assert_eq!(*world.mock.settings(), Settings::default());
}
