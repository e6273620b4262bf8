//! The cabinet, walked through as the manual says.

use crate::token;
use crate::world::{PHONE, World};

/// The manual's chapters 1.2 – 2.9 and 3 in one walk.
#[test]
fn the_manual_leads_from_the_front_page_to_an_installed_certificate() {
    let mut world = World::new();
    let browser = world.sent(PHONE, 722_318);
    assert_eq!(browser.text().lines().next(), Some("Иванов Иван Иванович"));
    assert!(browser.shows("Запрос отправлен"));

    world.pass(300);
    assert!(
        world
            .texts()
            .contains(&"Ваш сертификат заказан. Телефон поддержки: +7 (3952) 782303".to_owned())
    );
    world.pass(1500);
    assert_eq!(
        world.texts().last().unwrap(),
        "Ваш сертификат готов. Не забудьте отправить наши экземпляры документов"
    );

    let mut browser = world.logged_in(PHONE);
    browser.click(&mut world, "Работа с заявкой");
    browser.click(&mut world, "Личный кабинет");
    assert_eq!(
        browser.rows()[1][..3],
        ["722318", "13.12.2018", "Сертификат выпущен"]
    );
    browser.click(&mut world, "722318");
    browser.click(&mut world, "Установить сертификат в контейнер");
    assert_eq!(browser.heading(), "Создать запрос с помощью Рутокен ЭЦП");
    assert_eq!(browser.value("Ключевая пара"), "ЕГАИС_722318");
    let key = token::public_key_info(&world.application(722_318), 1);
    let certificate = der::Document::from_pem(&browser.value("Сертификат (PEM)"))
        .unwrap()
        .1;
    assert!(
        certificate
            .as_bytes()
            .windows(key.len())
            .any(|part| part == key)
    );
    browser.press(&mut world, "Загрузить сертификат");
    assert!(browser.shows("Сертификат успешно установлен в контейнер"));
    browser.click(&mut world, "ОК");
    assert!(browser.shows("Отметка об установке: 13.12.2018"));
}
