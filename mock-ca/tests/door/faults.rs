//! Planned misbehaviour: each knob and mischief does what it says, once, and nothing else.

use der::{Decode as _, Encode as _};
use http::Method;
use mock_ca::{Door, Fault, Kind, Knobs, Lost, Mischief, Room, Settings, Status};
use x509_cert::Certificate;

use crate::browser::Browser;
use crate::token;
use crate::world::{PHONE, World};

fn planned(room: Room, nth: u32, what: Mischief) -> World {
    World::with(Settings {
        faults: vec![Fault { room, nth, what }],
        ..Settings::default()
    })
}

fn knob(knobs: Knobs) -> World {
    World::with(Settings {
        knobs,
        ..Settings::default()
    })
}

fn status(world: &World) -> Status {
    world.order(722_318).status(world.now)
}

/// A browser on the request's form, filled in.
fn ready_to_send(world: &mut World) -> Browser {
    let mut browser = world.logged_in(PHONE);
    browser.open_card(world, 722_318);
    browser.click(world, "Запросить сертификат");
    browser.fill(
        "Запрос на сертификат (PEM)",
        &token::request_pem(&world.application(722_318), 1),
    );
    browser
}

#[test]
fn a_refused_call_meets_its_status_and_does_nothing() {
    let mut world = planned(Room::Portal, 2, Mischief::Refuse { status: 502 });
    assert_eq!(world.portal(Method::GET, "/", "", "").status(), 200);
    assert_eq!(world.portal(Method::GET, "/", "", "").status(), 502);
    assert_eq!(world.portal(Method::GET, "/", "", "").status(), 200);
    assert_eq!(world.mock.calls(Room::Portal), 3);
}

#[test]
fn a_held_portal_says_when_to_come_back() {
    let mut world = planned(Room::Portal, 1, Mischief::HoldFor { secs: 90 });
    let answer = world.portal(Method::GET, "/", "", "");
    assert_eq!(
        (
            answer.status().as_u16(),
            answer.headers()["retry-after"].to_str().unwrap()
        ),
        (503, "90")
    );
    world.pass(89);
    assert_eq!(world.portal(Method::GET, "/", "", "").status(), 503);
    world.pass(1);
    assert_eq!(world.portal(Method::GET, "/", "", "").status(), 200);
}

#[test]
fn a_lost_answer_leaves_the_work_done_and_the_repeat_harmless() {
    let mut world = World::new();
    let mut browser = ready_to_send(&mut world);
    let mut again = browser.clone();
    let next = world.mock.calls(Room::Portal) + 1;
    let fault = format!(r#"{{"room":"portal","nth":{next},"what":"lose-answer"}}"#);
    assert_eq!(
        world.json(Door::Control, Method::POST, "/faults", &fault).0,
        200
    );
    browser.press(&mut world, "Создать запрос");
    assert_eq!(
        browser.answer.as_ref().unwrap().extensions().get(),
        Some(&Lost::Whole)
    );
    assert_eq!(status(&world), Status::Sent);
    again.press(&mut world, "Создать запрос");
    assert!(again.shows("Запрос на сертификат успешно отправлен"));
}

#[test]
fn a_garbled_answer_breaks_off_half_way() {
    let mut world = planned(Room::Portal, 2, Mischief::Garble);
    let whole = world.portal(Method::GET, "/", "", "");
    let half = world.portal(Method::GET, "/", "", "");
    assert_eq!(half.extensions().get(), Some(&Lost::Rest));
    assert_eq!(half.body()[..], whole.body()[..whole.body().len() / 2]);
}

#[test]
fn a_code_the_gateway_refuses_is_told_on_the_phone_form() {
    let mut world = planned(Room::Sms, 1, Mischief::Refuse { status: 500 });
    let mut browser = Browser::default();
    browser.open(&mut world, "/cabinet");
    browser.fill("Номер сотового телефона", PHONE);
    browser.press(&mut world, "Получить код");
    assert_eq!(
        browser.alerts(),
        ["Не удалось отправить код. Попробуйте позже"]
    );
    world.pass(60);
    browser.log_in(&mut world, PHONE);
}

#[test]
fn texts_are_lost_late_doubled_or_garbled_as_planned() {
    let first = |what| {
        let mut world = planned(Room::Sms, 2, what);
        world.sent(PHONE, 722_318);
        world.pass(240);
        world.texts();
        world.mock.outbox()[1].clone()
    };
    let plain = first(Mischief::WrongKey).arrives_at[0];
    assert!(first(Mischief::LoseAnswer).arrives_at.is_empty());
    assert_eq!(first(Mischief::Double).arrives_at, [plain, plain]);
    let late = first(Mischief::HoldFor { secs: 90 }).arrives_at[0];
    assert_eq!(late.duration_since(plain).as_secs(), 90);
    assert_eq!(
        first(Mischief::Garble).text,
        "??? ?????????? ???????. ??????? ?????????: +? (????) ??????"
    );
}

#[test]
fn an_authority_that_refuses_the_request_leaves_the_application_open() {
    let mut world = planned(Room::Ca, 1, Mischief::Refuse { status: 500 });
    let mut browser = ready_to_send(&mut world);
    let mut again = browser.clone();
    browser.press(&mut world, "Создать запрос");
    assert!(browser.alerts()[0].starts_with("Запрос отклонён оператором"));
    assert_eq!(status(&world), Status::Accepted);
    again.press(&mut world, "Создать запрос");
    assert_eq!(status(&world), Status::Sent);
}

#[test]
fn an_authority_that_is_busy_takes_the_request_later() {
    let mut world = planned(Room::Ca, 1, Mischief::HoldFor { secs: 90 });
    let mut browser = ready_to_send(&mut world);
    let mut again = browser.clone();
    browser.press(&mut world, "Создать запрос");
    assert!(browser.alerts()[0].starts_with("Удостоверяющий центр временно недоступен"));
    world.pass(90);
    again.press(&mut world, "Создать запрос");
    assert_eq!(status(&world), Status::Sent);
}

#[test]
fn an_authority_whose_answer_is_lost_has_the_request_all_the_same() {
    let mut world = planned(Room::Ca, 1, Mischief::LoseAnswer);
    let mut browser = ready_to_send(&mut world);
    browser.press(&mut world, "Создать запрос");
    assert!(browser.alerts()[0].starts_with("Нет ответа удостоверяющего центра"));
    assert_eq!(status(&world), Status::Sent);
}

#[test]
fn an_operators_refusal_at_the_issue_is_on_the_card_and_nothing_else_happens() {
    let mut world = planned(Room::Ca, 2, Mischief::Refuse { status: 500 });
    let browser = world.issued(PHONE, 722_318);
    assert!(
        browser.alerts()[0].starts_with("Отказ: "),
        "{:?}",
        browser.alerts()
    );
    assert!(
        !browser.has_link("Запросить сертификат")
            && !browser.has_link("Установить сертификат в контейнер")
    );
    assert!(
        world
            .mock
            .outbox()
            .iter()
            .all(|message| message.kind != Kind::Ready)
    );
}

#[test]
fn an_issue_is_held_late_or_spoilt_as_planned() {
    let issue = |what| {
        let mut world = planned(Room::Ca, 2, what);
        world.issued(PHONE, 722_318);
        world.pass(90);
        world.texts();
        world.order(722_318).certificate.unwrap()
    };
    let plain = issue(Mischief::Double);
    let held = issue(Mischief::HoldFor { secs: 90 });
    assert_eq!(held.at.duration_since(plain.at).as_secs(), 90);
    let lost = issue(Mischief::LoseAnswer);
    assert_eq!(
        (lost.at, lost.shown_from.duration_since(lost.at).as_secs()),
        (plain.at, 3600)
    );
    let spoilt = issue(Mischief::Garble);
    assert_ne!(spoilt.der, plain.der);
    assert_eq!(spoilt.der.len(), plain.der.len());
}

#[test]
fn a_certificate_for_another_key_looks_right_and_does_not_fit() {
    for mut world in [
        planned(Room::Ca, 2, Mischief::WrongKey),
        knob(Knobs {
            wrong_key: true,
            ..Knobs::default()
        }),
    ] {
        let browser = world.issued(PHONE, 722_318);
        assert!(browser.has_link("Установить сертификат в контейнер"));
        let key = token::public_key_info(&world.application(722_318), 1);
        let certificate = world.certificate(722_318);
        assert!(!certificate.windows(key.len()).any(|part| part == key));
    }
}

/// How a certificate differs in what it says of its issuer and its beginning from one of a mock without that knob.
fn issued_with(knobs: Knobs) -> (World, Certificate) {
    let mut world = knob(knobs);
    world.issued(PHONE, 722_318);
    let certificate = Certificate::from_der(&world.certificate(722_318)).unwrap();
    (world, certificate)
}

#[test]
fn a_certificate_of_another_issuer_names_one_that_is_in_no_chain() {
    let (_, plain) = issued_with(Knobs::default());
    let (world, flawed) = issued_with(Knobs {
        wrong_issuer: true,
        ..Knobs::default()
    });
    let key = token::public_key_info(&world.application(722_318), 1);
    let (flawed, plain) = (flawed.tbs_certificate(), plain.tbs_certificate());
    assert_eq!(flawed.subject_public_key_info().to_der().unwrap(), key);
    assert_eq!(flawed.subject(), plain.subject());
    assert_ne!(flawed.issuer(), plain.issuer());
    assert!(flawed.issuer().to_string().contains("TEST"));
}

#[test]
fn a_certificate_can_begin_later_than_it_was_issued() {
    let begins = |knobs| issued_with(knobs).1.tbs_certificate().validity().not_before;
    let (plain, lagging) = (
        begins(Knobs::default()).to_unix_duration(),
        begins(Knobs {
            validity_lag_secs: 86_400,
            ..Knobs::default()
        }),
    );
    assert_eq!(
        lagging.to_unix_duration().as_secs(),
        plain.as_secs() + 86_400
    );
}

#[test]
fn texts_can_be_lost_for_good_while_the_order_goes_on() {
    let mut world = knob(Knobs {
        lose_ordered_sms: true,
        lose_ready_sms: true,
        ..Knobs::default()
    });
    world.issued(PHONE, 722_318);
    assert!(world.texts().iter().all(|text| text.starts_with("Код")));
    assert_eq!(status(&world), Status::Issued);
}

#[test]
fn texts_can_come_in_the_wrong_order() {
    let mut world = knob(Knobs {
        reorder_sms: true,
        ..Knobs::default()
    });
    world.sent(PHONE, 722_318);
    world.pass(2000);
    let texts = world.texts();
    assert!(
        texts[1].starts_with("Ваш сертификат готов")
            && texts[2].starts_with("Ваш сертификат заказан")
    );
}

#[test]
fn the_status_can_lag_behind_the_text() {
    let mut world = knob(Knobs {
        status_lag_secs: 600,
        ..Knobs::default()
    });
    world.sent(PHONE, 722_318);
    let issue_at = world.order(722_318).submission.unwrap().issue_at.unwrap();
    world.now = issue_at + jiff::SignedDuration::from_secs(10);
    assert!(
        world
            .texts()
            .iter()
            .any(|text| text.starts_with("Ваш сертификат готов"))
    );
    assert_eq!(status(&world), Status::Ordered);
    world.pass(600);
    assert_eq!(status(&world), Status::Issued);
}

#[test]
fn texts_can_all_be_late_and_double() {
    let mut world = knob(Knobs {
        sms_delay_secs: 400,
        double_sms: true,
        ..Knobs::default()
    });
    let mut browser = Browser::default();
    browser.open(&mut world, "/cabinet");
    browser.fill("Номер сотового телефона", PHONE);
    browser.press(&mut world, "Получить код");
    world.pass(400);
    assert!(world.texts().is_empty());
    world.pass(10);
    assert_eq!(world.texts().len(), 2);
}

#[test]
fn a_held_issue_waits_for_the_control_port() {
    let mut world = knob(Knobs {
        hold_issue: true,
        ..Knobs::default()
    });
    world.sent(PHONE, 722_318);
    world.pass(86_400);
    assert_eq!(world.texts().len(), 2, "a code and «заказан»");
    assert_eq!(status(&world), Status::Ordered);
    assert_eq!(
        world
            .json(
                Door::Control,
                Method::POST,
                "/applications/722318/issue",
                ""
            )
            .0,
        200
    );
    assert_eq!(status(&world), Status::Issued);
    assert_eq!(world.order(722_318).certificate.unwrap().at, world.now);
}

/// Every mischief of every room at every call of a run: no panic, and always an answer.
#[test]
fn a_walk_survives_any_single_fault() {
    for room in [Room::Portal, Room::Sms, Room::Ca] {
        for what in room.mischiefs() {
            for nth in 1..=14 {
                let mut world = planned(room, nth, *what);
                stumble_through(&mut world);
            }
        }
    }
}

/// A walk that looks at nothing and presses on.
fn stumble_through(world: &mut World) {
    let pem = token::request_pem(&world.application(722_318), 1);
    let mut cookie = String::new();
    let mut form_token = String::new();
    let mut step = |world: &mut World, method: Method, path: &str, fields: &[(&str, &str)]| {
        let fields = fields
            .iter()
            .copied()
            .chain([("token", form_token.as_str())]);
        let body = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        let answer = world.portal(method, path, &cookie, &body);
        if let Some(set) = answer.headers().get("set-cookie") {
            cookie = set.to_str().unwrap().split(';').next().unwrap().to_owned();
        }
        let page = String::from_utf8_lossy(answer.body()).into_owned();
        if let Some(found) = page
            .split("name=\"token\" value=\"")
            .nth(1)
            .and_then(|rest| rest.get(..32))
        {
            form_token = found.to_owned();
        }
    };
    step(world, Method::GET, "/cabinet", &[]);
    step(
        world,
        Method::POST,
        "/cabinet/code",
        &[("phone", "79000000000")],
    );
    world.pass(10);
    let code = world
        .texts()
        .first()
        .and_then(|text| text.get("Код подтверждения: ".len()..))
        .map(|rest| rest[..6].to_owned());
    step(
        world,
        Method::POST,
        "/cabinet/login",
        &[("code", &code.unwrap_or_default())],
    );
    step(world, Method::GET, "/cabinet", &[]);
    step(
        world,
        Method::GET,
        "/cabinet/applications/722318/request",
        &[],
    );
    step(
        world,
        Method::POST,
        "/cabinet/applications/722318/request",
        &[("press", "send"), ("pem", &pem)],
    );
    world.pass(1000);
    step(world, Method::GET, "/cabinet/applications/722318", &[]);
    world.pass(1000);
    step(
        world,
        Method::GET,
        "/cabinet/applications/722318/install",
        &[],
    );
    step(
        world,
        Method::POST,
        "/cabinet/applications/722318/install",
        &[],
    );
    step(
        world,
        Method::GET,
        "/cabinet/applications/722318/certificate",
        &[],
    );
}

#[test]
fn a_fault_of_the_gateway_waits_for_a_call_that_hands_over_a_text() {
    let mut world = planned(Room::Sms, 1, Mischief::Refuse { status: 500 });
    for form in [
        "login=forus-test&psw=wrong&phones=79000000007&mes=text",
        "login=forus-test&psw=only-a-mock&phones=112&mes=text",
        "login=forus-test&psw=only-a-mock&phones=79000000007&mes=text&cost=1",
    ] {
        world.ask(Door::Sms, Method::POST, "/sys/send.php", form);
    }
    assert_eq!(world.mock.calls(Room::Sms), 0);
    let form = "login=forus-test&psw=only-a-mock&phones=79000000007&mes=text";
    let refused = world.ask(Door::Sms, Method::POST, "/sys/send.php", form);
    assert!(refused.body().starts_with(b"ERROR = 8 "));
}

#[test]
fn an_authority_that_does_nothing_issues_nothing_for_others_either() {
    let mut world = World::with(Settings {
        faults: vec![Fault {
            room: Room::Ca,
            nth: 3,
            what: Mischief::HoldFor { secs: 7200 },
        }],
        further_applicants: 1,
        ..Settings::default()
    });
    world.sent(PHONE, 722_318);
    let mut browser = world.logged_in("+7 900 000-00-01");
    browser.open(&mut world, "/cabinet/applications/722319/request");
    let pem = token::request_pem(&world.application(722_319), 2);
    browser.fill("Запрос на сертификат (PEM)", &pem);
    browser.press(&mut world, "Создать запрос");
    let mut issued_after = |secs| {
        world.pass(secs);
        world.texts();
        let orders = world.mock.orders();
        orders.filter(|order| order.certificate.is_some()).count()
    };
    assert_eq!(issued_after(1800), 0);
    assert_eq!(issued_after(7200), 2);
}
