//! The gateway's HTTP API, as SMSC.ru's clients meet it, and the portal as one of them.

use http::{Method, Request};
use mock_ca::{Door, Fault, Kind, Mischief, Room, Settings};
use serde_json::{Value, json};

use crate::browser::Browser;
use crate::world::{PHONE, World};

const ACCOUNT: &str = "login=forus-test&psw=only-a-mock&charset=utf-8";
/// 70 characters, as the manual prints it.
const READY: &str = "Ваш сертификат готов. Не забудьте отправить наши экземпляры документов";

/// The body of a call's answer; the status is 200 whatever it says.
fn call(world: &mut World, call: &str, form: &str) -> String {
    let request = Request::post(format!("/sys/{call}")).body(form.as_bytes().to_vec());
    let response = world.mock.handle(world.now, Door::Sms, request.unwrap());
    assert_eq!(response.status(), 200);
    String::from_utf8(response.into_body()).unwrap()
}

fn send(world: &mut World, rest: &str) -> Value {
    let form = format!("{ACCOUNT}&fmt=3&{rest}");
    serde_json::from_str(&call(world, "send.php", &form)).unwrap()
}

fn status(world: &mut World, rest: &str) -> Value {
    let form = format!("{ACCOUNT}&fmt=3&{rest}");
    serde_json::from_str(&call(world, "status.php", &form)).unwrap()
}

fn with(change: impl FnOnce(&mut Settings)) -> World {
    let mut settings = Settings::default();
    change(&mut settings);
    World::with(settings)
}

/// What the page says after «Получить код».
fn asked_for_code(world: &mut World) -> String {
    let mut browser = Browser::default();
    browser.open(world, "/cabinet");
    browser.fill("Номер сотового телефона", PHONE);
    browser.press(world, "Получить код");
    browser.text()
}

#[test]
fn a_text_is_answered_in_all_four_forms() {
    let text = format!("{ACCOUNT}&phones=79000000007&cost=3&mes=");
    for (fmt, expected) in [
        ("", "OK - 1 SMS, ID - 1, cost - 2.50, balance - 999997.50"),
        ("&fmt=1", "2,1,2.50,999995.00"),
        (
            "&fmt=2",
            "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<result><id>3</id><cnt>1</cnt><cost>2.50</cost><balance>999992.50</balance></result>\n",
        ),
        (
            "&fmt=3",
            "{\"id\":4,\"cnt\":1,\"cost\":\"2.50\",\"balance\":\"999990.00\"}\n",
        ),
    ]
    .iter()
    .scan(World::new(), |world, (fmt, expected)| {
        let form = format!("{text}{}{fmt}", fmt.len());
        world.pass(120);
        Some((call(world, "send.php", &form), *expected))
    })
    .collect::<Vec<_>>()
    {
        assert_eq!(fmt, expected);
    }
}

#[test]
fn errors_have_smscs_numbers_in_every_form() {
    let mut world = World::new();
    let text = "phones=79000000007&mes=text";
    for (form, code) in [
        (format!("login=forus-test&psw=wrong&{text}"), 2),
        (format!("{ACCOUNT}&phones=79000000007"), 1),
        (format!("{ACCOUNT}&mes=text"), 1),
        (format!("{ACCOUNT}&{text}&id=x"), 1),
        (format!("{ACCOUNT}&{text}&time=soon"), 5),
        (format!("{ACCOUNT}&phones=112&mes=text"), 7),
    ] {
        assert!(
            call(&mut world, "send.php", &form).starts_with(&format!("ERROR = {code} (")),
            "{form}"
        );
        assert_eq!(
            call(&mut world, "send.php", &format!("{form}&fmt=1")),
            format!("0,-{code}")
        );
        let json = call(&mut world, "send.php", &format!("{form}&fmt=3"));
        let json: Value = serde_json::from_str(&json).unwrap();
        assert_eq!(json["error_code"], code, "{form}");
        let xml = call(&mut world, "send.php", &format!("{form}&fmt=2"));
        assert!(
            xml.contains(&format!("<error_code>{code}</error_code>")),
            "{xml}"
        );
    }
    assert!(world.mock.outbox().is_empty());
}

#[test]
fn the_same_text_to_the_same_phone_waits_a_minute() {
    let mut world = World::new();
    let text = "phones=79000000007&mes=text";
    assert_eq!(send(&mut world, text)["id"], 1);
    assert_eq!(send(&mut world, text)["error_code"], 9);
    assert_eq!(send(&mut world, "phones=79000000008&mes=text")["id"], 2);
    world.pass(60);
    assert_eq!(send(&mut world, text)["id"], 3);
}

#[test]
fn a_password_may_come_as_md5_and_a_key_stands_for_both() {
    let mut world = with(|settings| settings.gateway.api_key = "key".into());
    let wrong = "login=forus-test&psw=00000000000000000000000000000000";
    assert_eq!(
        call(&mut world, "balance.php", wrong),
        "ERROR = 2 (authorise error)"
    );
    let md5 = "login=forus-test&psw=ee66fb018fe49a7f50d8c70edbd63d0a";
    for admitted in [ACCOUNT, md5, "apikey=key"] {
        assert_eq!(call(&mut world, "balance.php", admitted), "1000000.00");
    }
    let with_currency = format!("{ACCOUNT}&fmt=3&cur=1");
    let answer: Value =
        serde_json::from_str(&call(&mut world, "balance.php", &with_currency)).unwrap();
    assert_eq!(answer, json!({"balance": "1000000.00", "currency": "RUR"}));
}

#[test]
fn an_empty_account_sends_nothing_and_the_page_says_so() {
    let mut world = with(|settings| settings.gateway.balance_kopecks = 400);
    assert_eq!(
        send(&mut world, "phones=79000000007&mes=text&cost=1")["cost"],
        "2.50"
    );
    assert_eq!(send(&mut world, "phones=79000000007&mes=text")["id"], 1);
    assert_eq!(
        send(&mut world, "phones=79000000008&mes=text")["error_code"],
        3
    );
    let page = asked_for_code(&mut world);
    assert!(page.contains("Не удалось отправить код"), "{page}");
}

#[test]
fn every_refusal_of_the_knob_reaches_the_page() {
    for code in 1..=9 {
        let mut world = with(|settings| settings.knobs.refuse_sms = code);
        assert_eq!(
            send(&mut world, "phones=79000000007&mes=text")["error_code"],
            code
        );
        let page = asked_for_code(&mut world);
        assert!(page.contains("Не удалось отправить код"), "{code}: {page}");
        assert!(world.mock.outbox().is_empty());
    }
    let mut world = with(|settings| {
        settings.faults = vec![Fault {
            room: Room::Sms,
            nth: 1,
            what: Mischief::Refuse { status: 500 },
        }];
    });
    assert!(asked_for_code(&mut world).contains("Не удалось отправить код"));
}

#[test]
fn one_character_more_than_sms_2_makes_two_parts_which_the_inbox_joins() {
    let mut world = World::new();
    let count = send(&mut world, &format!("phones=79000000000&mes={READY}"))["cnt"].clone();
    let longer = format!("{READY}.");
    assert_eq!(
        (
            count,
            &send(&mut world, &format!("phones=79000000000&mes={longer}"))["cnt"]
        ),
        (json!(1), &json!(2))
    );
    let [one, two] = [0, 1].map(|n| world.mock.outbox()[n].clone());
    assert_eq!((one.kind, two.kind), (Kind::Ready, Kind::Other));
    assert!(one.further_parts.is_empty() && two.further_parts.len() == 1);
    world.pass(60);
    let mut texts = world.texts();
    texts.sort();
    assert_eq!(texts, [READY.to_owned(), longer]);
}

#[test]
fn a_long_text_shows_when_its_last_part_is_there_and_never_when_that_is_lost() {
    for lost in [false, true] {
        let mut world = with(|settings| settings.knobs.lose_sms_part = lost);
        let text = "я".repeat(300);
        let sent = send(&mut world, &format!("phones=79000000000&mes={text}"));
        assert_eq!(sent["cnt"], 5);
        let message = world.mock.outbox()[0].clone();
        let parts = message
            .further_parts
            .iter()
            .flatten()
            .chain(&message.arrives_at);
        let last = *parts.max().unwrap();
        world.now = last - jiff::SignedDuration::from_secs(1);
        assert!(world.texts().is_empty());
        world.now = last;
        assert_eq!(world.texts().len(), usize::from(!lost));
        world.pass(25 * 3600);
        let told = status(&mut world, "phone=79000000000&id=1&all=1");
        let expected = if lost {
            "Просрочено"
        } else {
            "Доставлено"
        };
        assert_eq!(told["status_name"], expected, "{told}");
    }
}

#[test]
fn a_status_goes_from_waiting_over_the_operator_to_the_phone() {
    let mut world = World::new();
    assert_eq!(status(&mut world, "phone=79000000000&id=7")["status"], -3);
    send(
        &mut world,
        "phones=%2B7+900+000-00-00&mes=text&id=7&time=%2B5",
    );
    assert_eq!(status(&mut world, "phone=79000000000&id=7")["status"], -1);
    world.pass(301);
    let passed_on = status(&mut world, "phone=79000000000&id=7");
    assert_eq!(
        (&passed_on["status"], &passed_on["last_date"]),
        (&json!(0), &json!("13.12.2018 04:05:00"))
    );
    world.pass(20);
    assert_eq!(status(&mut world, "phone=79000000000&id=7")["status"], 1);
    let both = status(&mut world, "phone=79000000000,79000000001&id=7,8");
    assert_eq!(
        (&both[0]["status"], &both[1]["status"]),
        (&json!(1), &json!(-3))
    );
    let words = call(
        &mut world,
        "status.php",
        &format!("{ACCOUNT}&phone=79000000000&id=7"),
    );
    assert!(
        words.starts_with("Status = 1, check_time = 13.12.2018 04:05:0"),
        "{words}"
    );
    assert_eq!(status(&mut world, "phone=79000000000")["error_code"], 1);
}

#[test]
fn texts_come_in_windows_1251_unless_the_client_says_otherwise() {
    let mut world = World::new();
    let form = "login=forus-test&psw=only-a-mock&phones=79000000000&mes=%CA%EE%E4";
    assert!(call(&mut world, "send.php", form).starts_with("OK"));
    assert_eq!(world.mock.outbox()[0].text, "Код");
    let get = format!("/sys/send.php?{ACCOUNT}&phones=79000000000&mes=%D0%9A%D0%BE%D0%B4&fmt=1");
    let answer = world.ask(Door::Sms, Method::GET, &get, "");
    assert_eq!(answer.body(), b"0,-9");
}

#[test]
fn lost_codes_never_arrive() {
    let mut world = with(|settings| settings.knobs.lose_code_sms = true);
    assert!(asked_for_code(&mut world).contains("Код подтверждения"));
    world.pass(3600);
    assert!(world.texts().is_empty());
    assert_eq!(world.mock.outbox().len(), 1);
}

/// Texts of three parts, whose parts overtake each other: the inbox shows a text whole or not at all.
#[test]
fn long_texts_late_lost_doubled_reordered_and_refused_are_joined_or_not_there() {
    let [plain, held, lost, doubled, refused] =
        ["а", "б", "в", "г", "д"].map(|letter| letter.repeat(140));
    let planned = [
        (2, Mischief::HoldFor { secs: 90 }),
        (3, Mischief::LoseAnswer),
        (4, Mischief::Double),
        (5, Mischief::Refuse { status: 500 }),
    ];
    let room = Room::Sms;
    let mut overtaken = false;
    for seed in 0..20 {
        let mut world = with(|settings| {
            settings.seed = seed;
            settings.knobs.sms_delay_secs = 400;
            settings.faults = planned.map(|(nth, what)| Fault { room, nth, what }).into();
        });
        for text in [&plain, &held, &lost, &doubled] {
            let sent = send(&mut world, &format!("phones=79000000000&mes={text}"));
            assert_eq!(sent["cnt"], 3, "{sent}");
        }
        let no = send(&mut world, &format!("phones=79000000000&mes={refused}"));
        assert!(no["error_code"].is_number(), "{no}");
        world.pass(399);
        assert!(world.texts().is_empty());
        world.pass(20);
        let mut shown = world.texts();
        shown.sort();
        assert_eq!(shown, [&plain, &doubled, &doubled].map(String::clone));
        world.pass(90);
        assert_eq!(
            (world.texts().len(), world.texts().last()),
            (4, Some(&held))
        );
        overtaken |= world.mock.outbox().iter().any(|message| {
            let first = message.arrives_at.first();
            first.is_some_and(|first| message.further_parts.iter().flatten().any(|at| at < first))
        });
    }
    assert!(overtaken, "no part came before the one in front of it");
}
