//! Texts: what they say, when they arrive, and that the phone shows nothing before.

use http::Method;
use jiff::Timestamp;
use mock_ca::{Application, Door, Kind, Settings, Span, Timing};

use crate::token;
use crate::world::{PHONE, World};

const ORDERED: &str = "Ваш сертификат заказан. Телефон поддержки: +7 (3952) 782303";
const READY: &str = "Ваш сертификат готов. Не забудьте отправить наши экземпляры документов";

#[test]
fn texts_come_in_the_windows_of_the_manual_whatever_the_seed() {
    for seed in 0..40 {
        let mut world = World::with(Settings {
            seed,
            ..Settings::default()
        });
        world.sent(PHONE, 722_318);
        let sent_at = world.order(722_318).submission.unwrap().at;
        world.pass(1800);
        world.texts();
        let after = |kind: Kind| {
            let message = world
                .mock
                .outbox()
                .iter()
                .find(|message| message.kind == kind)
                .unwrap();
            message.arrives_at[0].duration_since(sent_at).as_secs()
        };
        assert!(
            (30..=300).contains(&after(Kind::Ordered)),
            "1.12, seed {seed}"
        );
        assert!(
            (900..=1800).contains(&after(Kind::Ready)),
            "1.13, seed {seed}"
        );
    }
}

#[test]
fn the_phone_shows_what_the_manual_prints() {
    let mut world = World::new();
    world.sent(PHONE, 722_318);
    world.pass(1800);
    let texts = world.texts();
    assert!(
        texts[0].starts_with("Код подтверждения: ")
            && texts[0].ends_with(". Никому его не сообщайте")
    );
    assert_eq!(texts[1..], [ORDERED, READY]);
    assert_eq!(READY.chars().count(), 70, "one UCS-2 part");
}

#[test]
fn a_text_is_not_there_before_it_arrives() {
    let mut world = World::new();
    world.sent(PHONE, 722_318);
    let arrival = |world: &World, kind| {
        world
            .mock
            .outbox()
            .iter()
            .find(|message| message.kind == kind)
            .map(|message| message.arrives_at[0])
    };
    let code = arrival(&world, Kind::Code).unwrap();
    world.now = code - jiff::SignedDuration::from_secs(1);
    assert!(world.texts().is_empty());
    world.now = code;
    assert_eq!(world.texts().len(), 1);
}

#[test]
fn the_inbox_numbers_arrivals_and_never_renumbers_them() {
    let mut world = World::with(Settings {
        further_applicants: 1,
        ..Settings::default()
    });
    world.sent(PHONE, 722_318);
    let mut earlier = Vec::new();
    for _ in 0..40 {
        world.pass(60);
        let inbox = world.inbox("79000000000");
        assert_eq!(inbox[..earlier.len()], earlier[..]);
        earlier = inbox;
    }
    let expected =
        serde_json::json!({"id": 2, "to": "79000000000", "text": ORDERED, "at": earlier[1]["at"]});
    assert_eq!(earlier[1], expected);
    earlier[1]["at"]
        .as_str()
        .unwrap()
        .parse::<Timestamp>()
        .unwrap();
}

#[test]
fn the_inbox_takes_any_form_of_a_phone_and_shows_no_others() {
    let mut world = World::new();
    world.logged_in(PHONE);
    for phone in ["79000000000", "%2B7+900+000-00-00", "89000000000"] {
        assert_eq!(world.inbox(phone).len(), 1, "{phone}");
    }
    assert!(world.inbox("79000000001").is_empty());
    for query in ["", "?phone=", "?phone=112", "?other=79000000000"] {
        assert_eq!(
            world
                .json(Door::Sms, Method::GET, &format!("/inbox{query}"), "")
                .0,
            400,
            "{query}"
        );
    }
}

#[test]
fn the_phones_screen_is_a_page() {
    let mut world = World::new();
    world.sent(PHONE, 722_318);
    world.pass(300);
    let page = world.ask(Door::Sms, Method::GET, "/phone/79000000000", "");
    let html = String::from_utf8_lossy(page.body()).into_owned();
    assert!(html.contains(ORDERED) && html.contains("ТЕСТ — учебная копия"));
}

#[test]
fn the_moments_do_not_depend_on_who_looks_when() {
    let mut patient = World::new();
    let mut curious = World::new();
    for world in [&mut patient, &mut curious] {
        world.sent(PHONE, 722_318);
    }
    for _ in 0..40 {
        curious.pass(45);
        curious.texts();
    }
    patient.pass(1800);
    patient.texts();
    assert_eq!(curious.mock.outbox(), patient.mock.outbox());
    assert_eq!(curious.certificate(722_318), patient.certificate(722_318));
}

#[test]
fn two_applications_on_one_phone_get_all_their_texts() {
    let of_phone = |n| Application {
        phone: "79000000000".into(),
        ..Application::numbered(n, Settings::default().profile())
    };
    let at_once = Span { min: 30, max: 30 };
    let issue = Span { min: 900, max: 900 };
    let mut world = World::with(Settings {
        applications: vec![of_phone(0), of_phone(1)],
        timing: Timing {
            ordered_secs: at_once,
            issue_secs: issue,
            ..Timing::default()
        },
        ..Settings::default()
    });
    let mut browser = world.logged_in(PHONE);
    for number in [722_318, 722_319] {
        let pem = token::request_pem(&world.application(number), number.into());
        browser.open(
            &mut world,
            &format!("/cabinet/applications/{number}/request"),
        );
        browser.fill("Запрос на сертификат (PEM)", &pem);
        browser.press(&mut world, "Создать запрос");
    }
    world.pass(1800);
    let texts = world.texts();
    for (text, count) in [(ORDERED, 2), (READY, 2)] {
        assert_eq!(
            texts.iter().filter(|one| *one == text).count(),
            count,
            "{texts:?}"
        );
    }
    let told = world.mock.orders().all(|order| order.unsent.is_empty());
    assert!(told, "nothing is left to be said");
}

#[test]
fn a_text_that_the_gateway_refuses_is_noted_with_the_order_and_not_told_for_ever() {
    for (code, tries) in [(8, 1), (9, 20)] {
        let mut world = World::new();
        world.sent(PHONE, 722_318);
        let refuse =
            format!(r#"{{"knobs":{{"refuse_sms":{code}}},"gateway":{{"duplicate_secs":0}}}}"#);
        world.json(Door::Control, Method::PATCH, "/settings", &refuse);
        world.pass(86_400);
        assert_eq!(world.texts().len(), 1, "the code");
        let unsent = world.order(722_318).unsent;
        let noted: Vec<_> = unsent
            .iter()
            .map(|one| (one.text.as_str(), one.error, one.tries, one.again_at))
            .collect();
        assert_eq!(
            noted,
            [(ORDERED, code, tries, None), (READY, code, tries, None)]
        );
    }
}
