//! Codes and sessions: 1.4, 1.5 and what users do wrong there.

use http::Method;
use mock_ca::{Login, Settings};

use crate::browser::Browser;
use crate::world::{PHONE, World};

const DIGITS: &str = "79000000000";

/// A browser that has just pressed «Получить код».
fn asked(world: &mut World, phone: &str) -> Browser {
    let mut browser = Browser::default();
    browser.open(world, "/");
    browser.click(world, "Личный кабинет");
    browser.fill("Номер сотового телефона", phone);
    browser.press(world, "Получить код");
    browser
}

fn type_code(world: &mut World, browser: &mut Browser, code: &str) {
    browser.fill("Код подтверждения", code);
    browser.press(world, "Войти");
}

/// Any code but this one.
fn another(code: &str) -> String {
    let first = if code.starts_with('0') { '1' } else { '0' };
    format!("{first}{}", &code[1..])
}

#[test]
fn wrong_codes_count_down_and_then_a_new_one_is_needed() {
    let mut world = World::new();
    let mut browser = asked(&mut world, PHONE);
    world.pass(10);
    let code = world.code(DIGITS);
    for left in [2, 1] {
        type_code(&mut world, &mut browser, &another(&code));
        assert_eq!(
            browser.alerts(),
            [format!("Неверный код. Осталось попыток: {left}")]
        );
    }
    type_code(&mut world, &mut browser, &another(&code));
    assert_eq!(
        browser.alerts(),
        ["Код больше не действует. Получите новый код"]
    );
    assert_eq!(browser.labels(), ["Номер сотового телефона"]);
    world.pass(60);
    browser.log_in(&mut world, PHONE);
}

#[test]
fn right_code_after_the_tries_are_used_up_is_refused() {
    let mut world = World::new();
    let mut browser = asked(&mut world, PHONE);
    let mut second = asked(&mut world, PHONE);
    world.pass(10);
    let code = world.code(DIGITS);
    for _ in 0..2 {
        type_code(&mut world, &mut browser, &another(&code));
    }
    type_code(&mut world, &mut second, &another(&code));
    let body = format!("token={}&code={code}", token(&browser));
    let cookie = browser.cookie.clone().unwrap();
    let answer = world.portal(Method::POST, "/cabinet/login", &cookie, &body);
    assert_eq!(answer.status(), 200);
    assert!(String::from_utf8_lossy(answer.body()).contains("Код больше не действует"));
}

fn token(browser: &Browser) -> String {
    browser
        .page
        .split("name=\"token\" value=\"")
        .nth(1)
        .unwrap()[..32]
        .to_owned()
}

#[test]
fn a_code_opens_the_cabinet_once() {
    let mut world = World::new();
    let mut first = asked(&mut world, PHONE);
    let mut second = asked(&mut world, PHONE);
    world.pass(10);
    let code = world.code(DIGITS);
    type_code(&mut world, &mut first, &code);
    assert!(first.shows("Вы вошли как Иванов Иван Иванович Выйти"));
    type_code(&mut world, &mut second, &code);
    assert_eq!(
        second.alerts(),
        ["Код больше не действует. Получите новый код"]
    );
}

#[test]
fn a_code_ends_with_its_lifetime() {
    let mut world = World::new();
    let mut browser = asked(&mut world, PHONE);
    world.pass(299);
    let code = world.code(DIGITS);
    type_code(&mut world, &mut browser, &another(&code));
    assert_eq!(browser.alerts(), ["Неверный код. Осталось попыток: 2"]);
    world.pass(1);
    type_code(&mut world, &mut browser, &code);
    assert_eq!(
        browser.alerts(),
        ["Код больше не действует. Получите новый код"]
    );
}

#[test]
fn another_code_is_sent_after_the_delay_and_ends_the_former_one() {
    let mut world = World::new();
    let mut browser = asked(&mut world, PHONE);
    world.pass(20);
    let former = world.code(DIGITS);
    browser.press(&mut world, "Получить код повторно");
    assert_eq!(
        browser.alerts(),
        ["Повторный код можно получить через 40 с"]
    );
    world.pass(40);
    browser.press(&mut world, "Получить код повторно");
    assert!(browser.alerts().is_empty());
    world.pass(10);
    let newest = world.code(DIGITS);
    assert_ne!(former, newest);
    type_code(&mut world, &mut browser, &former);
    assert_eq!(browser.alerts(), ["Неверный код. Осталось попыток: 2"]);
    type_code(&mut world, &mut browser, &newest);
    assert!(browser.shows("Вы вошли как"));
}

#[test]
fn ten_codes_in_an_hour_are_enough() {
    let mut world = World::new();
    let mut browser = asked(&mut world, PHONE);
    for _ in 0..9 {
        world.pass(61);
        browser.press(&mut world, "Получить код повторно");
        assert!(browser.alerts().is_empty(), "{}", browser.text());
    }
    world.pass(61);
    browser.press(&mut world, "Получить код повторно");
    assert_eq!(
        browser.alerts(),
        ["Слишком много кодов на этот номер. Попробуйте через 50 мин"]
    );
    assert_eq!(world.inbox(DIGITS).len(), 10);
    world.pass(3600);
    browser.log_in(&mut world, PHONE);
}

#[test]
fn a_phone_nobody_registered_gets_the_same_pages_and_no_text() {
    let mut world = World::new();
    let mut theirs = asked(&mut world, PHONE);
    let mut nobodys = asked(&mut world, "+7 999 000-00-00");
    assert_eq!(nobodys.text(), theirs.text());
    world.pass(10);
    let code = world.code(DIGITS);
    for _ in 0..3 {
        type_code(&mut world, &mut theirs, &another(&code));
        type_code(&mut world, &mut nobodys, &another(&code));
        assert_eq!(
            (nobodys.text(), nobodys.alerts()),
            (theirs.text(), theirs.alerts())
        );
    }
    assert!(world.inbox("79990000000").is_empty());
}

#[test]
fn what_is_no_phone_is_told_on_the_same_form() {
    let mut world = World::new();
    for written in ["112", "", "+1 234 567 89 00", "семь девятьсот"] {
        let browser = asked(&mut world, written);
        assert_eq!(
            browser.alerts(),
            ["Проверьте номер телефона: нужны 10 цифр после +7"]
        );
        assert_eq!(browser.labels(), ["Номер сотового телефона"]);
    }
    assert!(world.mock.outbox().is_empty());
}

#[test]
fn an_idle_session_ends_on_the_phone_form() {
    let mut world = World::with(Settings {
        login: Login {
            session_idle_secs: 600,
            ..Login::default()
        },
        ..Settings::default()
    });
    let mut browser = world.logged_in(PHONE);
    browser.click(&mut world, "Работа с заявкой");
    world.pass(599);
    browser.click(&mut world, "Личный кабинет");
    assert_eq!(browser.rows().len(), 2, "being there keeps it alive");
    world.pass(600);
    browser.click(&mut world, "722318");
    assert_eq!(
        (browser.status, browser.alerts()),
        (200, vec!["Сеанс завершён. Войдите ещё раз".to_owned()])
    );
    assert_eq!(browser.labels(), ["Номер сотового телефона"]);
    browser.log_in(&mut world, PHONE);
}

#[test]
fn whoever_leaves_is_out() {
    let mut world = World::new();
    let mut browser = world.logged_in(PHONE);
    let former = browser.cookie.clone().unwrap();
    browser.click(&mut world, "Выйти");
    assert!(!browser.shows("Вы вошли как"));
    assert_eq!(browser.cookie, None);
    let answer = world.portal(Method::GET, "/cabinet/applications", &former, "");
    assert!(String::from_utf8_lossy(answer.body()).contains("Сеанс завершён. Войдите ещё раз"));
}

#[test]
fn a_form_from_elsewhere_does_nothing() {
    let mut world = World::new();
    let browser = world.logged_in(PHONE);
    let cookie = browser.cookie.clone().unwrap();
    let forged = "token=00000000000000000000000000000000&press=send&pem=x";
    let answer = world.portal(
        Method::POST,
        "/cabinet/applications/722318/request",
        &cookie,
        forged,
    );
    assert_eq!(answer.status(), 403);
    let answer = world.portal(Method::POST, "/cabinet/code", &cookie, "phone=79000000000");
    assert!(String::from_utf8_lossy(answer.body()).contains("Сеанс завершён"));
    assert_eq!(world.mock.outbox().len(), 1, "only the login's own code");
}

#[test]
fn the_session_cookie_is_for_the_browser_only() {
    let mut world = World::new();
    let answer = world.portal(Method::GET, "/cabinet", "", "");
    let cookie = answer.headers()["set-cookie"].to_str().unwrap().to_owned();
    assert!(
        cookie.ends_with("; Path=/; HttpOnly; SameSite=Lax"),
        "{cookie}"
    );
}

#[test]
fn the_login_gives_the_session_a_new_name() {
    let mut world = World::new();
    let mut browser = asked(&mut world, PHONE);
    let before = browser.cookie.clone();
    world.pass(10);
    let code = world.code(DIGITS);
    type_code(&mut world, &mut browser, &code);
    assert_ne!(browser.cookie, before);
}

#[test]
fn a_crowd_gets_its_codes_for_the_minute_and_then_waits() {
    let mut world = World::with(Settings {
        login: Login {
            codes_per_minute: 2,
            ..Login::default()
        },
        ..Settings::default()
    });
    for phone in ["+7 900 000-00-01", "+7 900 000-00-02"] {
        assert_eq!(asked(&mut world, phone).labels(), ["Код подтверждения"]);
    }
    world.pass(20);
    let held_back = asked(&mut world, PHONE);
    assert_eq!(
        held_back.alerts(),
        ["Повторный код можно получить через 40 с"]
    );
    world.pass(40);
    asked(&mut world, PHONE).log_in(&mut world, PHONE);
}
