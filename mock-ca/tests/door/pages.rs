//! What a person reads on each page, reviewed as a whole.

use mock_ca::Settings;

use crate::browser::Browser;
use crate::token;
use crate::world::{PHONE, World};

/// Links in brackets, fields with their labels, everything else as it stands.
fn check(name: &str, browser: &Browser) {
    insta::assert_snapshot!(name, browser.outline());
}

#[test]
fn every_page_of_the_manual() {
    let mut world = World::with(Settings::default());
    let mut browser = Browser::default();
    browser.open(&mut world, "/");
    check("fig-01-front", &browser);
    browser.click(&mut world, "Личный кабинет");
    check("fig-02-phone", &browser);
    browser.fill("Номер сотового телефона", PHONE);
    browser.press(&mut world, "Получить код");
    check("fig-03-code", &browser);
    world.pass(60);
    browser.log_in(&mut world, PHONE);
    check("after-login", &browser);
    browser.click(&mut world, "Работа с заявкой");
    check("fig-04-work", &browser);
    browser.click(&mut world, "Личный кабинет");
    check("fig-05-list", &browser);
    browser.click(&mut world, "722318");
    check("fig-06-card", &browser);
    browser.click(&mut world, "Запросить сертификат");
    check("fig-07-request", &browser);
    browser.press(&mut world, "Создать ключевую пару");
    check("fig-08-key-pair", &browser);
    browser.fill(
        "Запрос на сертификат (PEM)",
        &token::request_pem(&world.application(722_318), 1),
    );
    browser.press(&mut world, "Создать запрос");
    check("fig-09-sent", &browser);
    browser.click(&mut world, "ОК");
    check("card-sent", &browser);
    world.pass(300);
    browser.open(&mut world, "/cabinet/applications/722318");
    check("card-ordered", &browser);
    world.pass(1500);
    let mut browser = world.logged_in(PHONE);
    browser.click(&mut world, "Работа с заявкой");
    browser.click(&mut world, "Личный кабинет");
    check("fig-14-list", &browser);
    browser.click(&mut world, "722318");
    check("fig-15-card", &browser);
    browser.click(
        &mut world,
        "Расписка в получении сертификата и Руководство по безопасности",
    );
    check("fig-18-papers", &browser);
    browser.click(&mut world, "Вернуться к заявке");
    browser.click(&mut world, "Установить сертификат в контейнер");
    check("fig-16-install", &browser);
    browser.press(&mut world, "Загрузить сертификат");
    check("fig-17-installed", &browser);
    browser.click(&mut world, "ОК");
    check("card-installed", &browser);
}
