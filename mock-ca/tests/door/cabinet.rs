//! «Работа с заявкой»: what each page shows, and to whom.

use http::Method;
use mock_ca::{Application, Document, Door, Settings, Status, ca::Profile};

use crate::token;
use crate::world::{PHONE, World};

fn request_form(world: &mut World) -> crate::browser::Browser {
    let mut browser = world.logged_in(PHONE);
    browser.open_card(world, 722_318);
    browser.click(world, "Запросить сертификат");
    browser
}

/// Presses «Создать запрос» with this text; says what the page's alert answers.
fn refused(world: &mut World, pem: &str) -> String {
    let mut browser = request_form(world);
    browser.fill("Запрос на сертификат (PEM)", pem);
    browser.press(world, "Создать запрос");
    assert_eq!(world.order(722_318).status(world.now), Status::Accepted);
    assert_eq!(browser.heading(), "Создать запрос с помощью Рутокен ЭЦП");
    browser.alerts().join(" ")
}

#[test]
fn the_list_is_the_figure() {
    let mut world = World::new();
    let mut browser = world.logged_in(PHONE);
    browser.click(&mut world, "Работа с заявкой");
    browser.click(&mut world, "Личный кабинет");
    let head = "ID|Дата|Статус заявки|ИНН|КПП|Наименование|Тип заявки|Тариф|Владелец|Причина|Автор";
    let row = "722318|13.12.2018|Принята Оператором||||ЕГАИС||Иванов Иван Иванович|Новый пользователь|Андрей Кузьменко";
    assert_eq!(
        browser
            .rows()
            .iter()
            .map(|row| row.join("|"))
            .collect::<Vec<_>>(),
        [head, row]
    );
}

#[test]
fn the_list_is_filtered_by_every_field() {
    let mut world = World::new();
    let mut browser = world.logged_in(PHONE);
    for (label, hit, miss) in [
        ("Статус:", "Принята Оператором", "Сертификат выпущен"),
        ("ИНН:", "3812", "77"),
        ("ID:", "722318", "722319"),
        ("Владелец:", "иванов", "петров"),
    ] {
        for (value, rows) in [(hit, 2), (miss, 1)] {
            browser.open(&mut world, "/cabinet/applications");
            browser.fill(label, value);
            browser.press(&mut world, "Найти");
            assert_eq!(browser.rows().len(), rows, "{label} {value}");
        }
    }
}

#[test]
fn nobody_sees_anothers_application() {
    let mut world = World::with(Settings {
        further_applicants: 1,
        ..Settings::default()
    });
    world.issued(PHONE, 722_318);
    let mut other = world.logged_in("+7 900 000-00-01");
    assert!(other.shows("Вы вошли как"));
    other.open(&mut world, "/cabinet/applications");
    assert_eq!(other.rows().len(), 2);
    for rest in [
        "",
        "/request",
        "/install",
        "/papers",
        "/certificate",
        "/chain",
        "/crl",
        "/documents/raspiska.pdf",
    ] {
        other.open(&mut world, &format!("/cabinet/applications/722318{rest}"));
        let theirs = (other.status, other.page.clone());
        other.open(&mut world, &format!("/cabinet/applications/999999{rest}"));
        assert_eq!(
            theirs,
            (404, other.page.clone()),
            "{rest}: as if there were none"
        );
    }
}

#[test]
fn nothing_of_the_cabinet_is_shown_without_a_login() {
    let mut world = World::new();
    for path in [
        "/cabinet/work",
        "/cabinet/applications",
        "/cabinet/applications/722318",
        "/cabinet/applications/722318/request",
    ] {
        let answer = world.portal(Method::GET, path, "", "");
        let page = String::from_utf8_lossy(answer.body()).into_owned();
        assert!(
            page.contains("Номер сотового телефона") && !page.contains("Иванов"),
            "{path}"
        );
    }
}

#[test]
fn the_request_form_says_what_the_request_must_hold() {
    let mut world = World::new();
    let mut browser = request_form(&mut world);
    assert_eq!(browser.heading(), "Создать запрос с помощью Рутокен ЭЦП");
    assert_eq!(browser.value("Имя контейнера"), "ООО Тестовая организация");
    assert_eq!(browser.value("Ключевая пара"), "");
    assert_eq!(
        browser.value("Общее имя (2.5.4.3)"),
        "ООО «Тестовая организация»"
    );
    assert_eq!(browser.value("ИНН (1.2.643.3.131.1.1)"), "003812009997");
    assert_eq!(
        browser.value("Алгоритм ключа"),
        "ГОСТ Р 34.10-2001 (1.2.643.2.2.19)"
    );
    assert_eq!(
        browser.value("Набор параметров"),
        "CryptoPro-A (1.2.643.2.2.35.1)"
    );
    let usages = "digitalSignature, nonRepudiation, keyEncipherment, dataEncipherment";
    assert_eq!(browser.value("Использование ключа"), usages);
    assert!(
        browser
            .value("Расширенное использование ключа")
            .starts_with("1.3.6.1.5.5.7.3.2, 1.2.643.2.2.34.6, ")
    );
    assert_eq!(browser.value("Политики сертификата"), "1.2.643.100.113.1");
    assert_eq!(
        browser.value("Средство электронной подписи"),
        "СКЗИ \"Рутокен ЭЦП 2.0\""
    );
    assert_eq!(
        browser.value("Метка контейнера после отправки"),
        "ЕГАИС_722318"
    );
    browser.fill("Имя контейнера", "Мой контейнер");
    browser.press(&mut world, "Создать ключевую пару");
    assert_eq!(browser.value("Ключевая пара"), "Мой контейнер");
    assert_eq!(
        world.order(722_318).status(world.now),
        Status::Accepted,
        "Рис. 8 changes nothing"
    );
}

#[test]
fn a_profile_that_renames_nothing_shows_the_containers_name() {
    let profile = Profile {
        relabel: false,
        ..Profile::named("forus-2019").unwrap()
    };
    let mut world = World::with(Settings {
        applications: vec![Application::sample(profile)],
        ..Settings::default()
    });
    let mut browser = request_form(&mut world);
    assert!(
        !browser
            .labels()
            .contains(&"Метка контейнера после отправки".to_owned())
    );
    assert_eq!(
        browser.value("Алгоритм ключа"),
        "ГОСТ Р 34.10-2012 (256 бит) (1.2.643.7.1.1.1.1)"
    );
    browser.fill("Имя контейнера", "Мой контейнер");
    let pem = token::request_pem(&world.application(722_318), 1);
    browser.fill("Запрос на сертификат (PEM)", &pem);
    browser.press(&mut world, "Создать запрос");
    world.pass(1800);
    let mut browser = world.logged_in(PHONE);
    browser.open_card(&mut world, 722_318);
    browser.click(&mut world, "Установить сертификат в контейнер");
    assert_eq!(browser.value("Ключевая пара"), "Мой контейнер");
}

#[test]
fn the_same_request_again_gets_the_same_answer_and_does_nothing() {
    let mut world = World::new();
    let mut browser = request_form(&mut world);
    let mut back = request_form_in_another_tab(&browser);
    let pem = token::request_pem(&world.application(722_318), 1);
    browser.fill("Запрос на сертификат (PEM)", &pem);
    browser.press(&mut world, "Создать запрос");
    let first = (browser.page.clone(), world.order(722_318));
    world.pass(100);
    back.fill("Запрос на сертификат (PEM)", &pem);
    back.press(&mut world, "Создать запрос");
    assert_eq!((back.page.clone(), world.order(722_318)), first);
    world.pass(3600);
    world.texts();
    assert_eq!(
        world.mock.outbox().len(),
        3,
        "one code, one «заказан», one «готов»"
    );
}

fn request_form_in_another_tab(browser: &crate::browser::Browser) -> crate::browser::Browser {
    browser.clone()
}

#[test]
fn another_request_for_the_same_application_is_refused() {
    let mut world = World::new();
    let mut browser = request_form(&mut world);
    let mut back = request_form_in_another_tab(&browser);
    browser.fill(
        "Запрос на сертификат (PEM)",
        &token::request_pem(&world.application(722_318), 1),
    );
    browser.press(&mut world, "Создать запрос");
    let before = world.order(722_318);
    back.fill(
        "Запрос на сертификат (PEM)",
        &token::request_pem(&world.application(722_318), 2),
    );
    back.press(&mut world, "Создать запрос");
    assert!(
        back.alerts()[0].starts_with("По этой заявке уже отправлен другой запрос"),
        "{:?}",
        back.alerts()
    );
    assert_eq!(world.order(722_318), before);
}

#[test]
fn a_key_that_came_with_anothers_application_is_refused() {
    let mut world = World::with(Settings {
        further_applicants: 1,
        ..Settings::default()
    });
    world.sent("+7 900 000-00-01", 722_319);
    let pem = token::request_pem(&world.application(722_318), 1);
    assert!(refused(&mut world, &pem).contains("уже использован"));
}

#[test]
fn what_the_authority_refuses_is_told_and_changes_nothing() {
    let mut world = World::with(Settings {
        further_applicants: 1,
        ..Settings::default()
    });
    let anothers = token::request_pem(&world.application(722_319), 1);
    assert!(refused(&mut world, &anothers).contains("не совпадает с заявкой"));
    world.pass(3600);
    for text in [
        "",
        "просто текст",
        "-----BEGIN CERTIFICATE REQUEST-----\n-----END CERTIFICATE REQUEST-----",
    ] {
        assert!(
            refused(&mut world, text).starts_with("Запрос на сертификат не найден"),
            "{text}"
        );
        world.pass(3600);
    }
    let nonsense = mock_ca::ca::pem("CERTIFICATE REQUEST", &[0x30, 0x03, 1, 1, 1]);
    assert!(refused(&mut world, &nonsense).starts_with("Запрос повреждён"));
}

#[test]
fn nothing_can_be_installed_before_the_issue() {
    let mut world = World::new();
    let mut browser = world.sent(PHONE, 722_318);
    browser.open(&mut world, "/cabinet/applications/722318/install");
    assert_eq!(
        browser.alerts(),
        ["Сертификат по этой заявке ещё не выпущен"]
    );
    browser.open(&mut world, "/cabinet/applications/722318/certificate");
    assert_eq!(browser.status, 404);
    browser.open(
        &mut world,
        "/cabinet/applications/722318/documents/raspiska.pdf",
    );
    assert_eq!(browser.status, 404);
}

#[test]
fn the_saved_certificate_is_the_installed_one_and_its_chain_is_offered() {
    let mut world = World::new();
    let mut browser = world.issued(PHONE, 722_318);
    browser.click(&mut world, "Сохранить сертификат на локальный компьютер");
    assert_eq!(browser.header("content-type"), "application/pkix-cert");
    assert_eq!(browser.bytes(), world.certificate(722_318));
    browser.open(&mut world, "/cabinet/applications/722318/install");
    let shown = der::Document::from_pem(&browser.value("Сертификат (PEM)"))
        .unwrap()
        .1;
    assert_eq!(shown.as_bytes(), world.certificate(722_318));
    browser.open(&mut world, "/cabinet/applications/722318");
    browser.click(&mut world, "Сертификаты удостоверяющего центра");
    assert_eq!(
        browser.page.matches("-----BEGIN CERTIFICATE-----").count(),
        2
    );
    browser.open(&mut world, "/cabinet/applications/722318");
    browser.click(&mut world, "Список отозванных сертификатов");
    assert_eq!(browser.header("content-type"), "application/pkix-crl");
}

#[test]
fn all_seven_papers_are_reached_by_their_links() {
    let mut world = World::new();
    let mut browser = world.issued(PHONE, 722_318);
    for document in Document::ALL {
        browser.open(&mut world, "/cabinet/applications/722318");
        if !browser.has_link(document.title()) {
            browser.click(
                &mut world,
                "Расписка в получении сертификата и Руководство по безопасности",
            );
        }
        browser.click(&mut world, document.title());
        assert!(browser.bytes().starts_with(b"%PDF"), "{}", document.title());
        let disposition = format!("attachment; filename={}", document.file_name());
        assert_eq!(browser.header("content-disposition"), disposition);
    }
}

#[test]
fn the_receipt_names_the_container_that_the_request_came_with() {
    let mut world = World::new();
    let mut browser = request_form(&mut world);
    browser.fill("Имя контейнера", "Мой контейнер");
    let pem = token::request_pem(&world.application(722_318), 1);
    browser.fill("Запрос на сертификат (PEM)", &pem);
    browser.press(&mut world, "Создать запрос");
    world.pass(1800);
    let mut browser = world.logged_in(PHONE);
    browser.open(
        &mut world,
        "/cabinet/applications/722318/documents/raspiska.pdf",
    );
    let application = Application {
        container: "Мой контейнер".into(),
        ..world.application(722_318)
    };
    let order = world.order(722_318);
    let receipt = Document::Receipt.render(&mock_ca::DocumentData {
        application: &application,
        date: "2018-12-13".parse().unwrap(),
        request_der: order.submission.as_ref().map(|it| &*it.request_der),
        certificate_der: Some(&world.certificate(722_318)),
    });
    assert!(browser.bytes() == receipt, "another receipt");
}

#[test]
fn before_the_request_three_papers_are_there() {
    let mut world = World::new();
    let mut browser = world.logged_in(PHONE);
    browser.open_card(&mut world, 722_318);
    let links = [
        "Запросить сертификат",
        "Заявление на изготовление сертификата",
        "Заявление на аннулирование",
        "Доверенность на получение сертификата",
    ];
    assert_eq!(browser.links(), links);
    assert!(browser.shows("Принято"));
}

#[test]
fn reporting_the_installation_twice_counts_once() {
    let mut world = World::new();
    let mut browser = world.issued(PHONE, 722_318);
    browser.click(&mut world, "Установить сертификат в контейнер");
    let mut again = browser.clone();
    browser.press(&mut world, "Загрузить сертификат");
    let first = (browser.page.clone(), world.order(722_318));
    world.pass(60);
    again.press(&mut world, "Загрузить сертификат");
    assert_eq!((again.page.clone(), world.order(722_318)), first);
    assert_eq!(world.order(722_318).status(world.now), Status::Installed);
}

#[test]
fn every_profile_gets_its_certificate() {
    for name in Profile::names() {
        let mut world = World::with(Settings {
            profile: Some((*name).into()),
            ..Settings::default()
        });
        let browser = world.issued(PHONE, 722_318);
        assert!(
            browser.has_link("Установить сертификат в контейнер"),
            "{name}"
        );
    }
}

#[test]
fn the_profile_is_chosen_by_the_epoch() {
    let name = |epoch: &str| {
        Settings {
            epoch: epoch.parse().unwrap(),
            ..Settings::default()
        }
        .profile()
        .name
    };
    assert_eq!(name("2018-12-23T23:59:59+08:00"), "forus-2018");
    assert_eq!(name("2018-12-24T00:00:00+08:00"), "forus-2019");
}

#[test]
fn a_key_is_taken_once_whatever_algorithm_it_is_brought_under() {
    let newer = Profile::named("forus-2019").unwrap();
    let mut world = World::with(Settings {
        applications: vec![
            Application::numbered(0, Profile::named("forus-2018").unwrap()),
            Application::numbered(1, newer),
        ],
        ..Settings::default()
    });
    world.sent("+7 900 000-00-01", 722_319);
    let pem = token::request_pem(&world.application(722_318), 1);
    let told = refused(&mut world, &pem);
    assert!(
        told.contains("уже использован в запросе по заявке 722319"),
        "{told}"
    );
}

#[test]
fn a_refused_application_takes_not_even_the_request_that_it_had() {
    let mut world = World::new();
    let mut browser = request_form(&mut world);
    let mut back = request_form_in_another_tab(&browser);
    let pem = token::request_pem(&world.application(722_318), 1);
    for tab in [&mut browser, &mut back] {
        tab.fill("Запрос на сертификат (PEM)", &pem);
    }
    browser.press(&mut world, "Создать запрос");
    let path = "/applications/722318/refuse";
    world.json(Door::Control, Method::POST, path, r#"{"text":"Нет"}"#);
    back.press(&mut world, "Создать запрос");
    assert_eq!(
        back.alerts(),
        ["По этой заявке отказано, запрос не принят.", "Отказ: Нет"]
    );
}

#[test]
fn the_portals_own_programs_are_where_the_manual_says() {
    let mut world = World::new();
    for name in ["IEAutosetup.exe", "RutokenEgais.exe"] {
        let there = world.portal(Method::GET, &format!("/{name}"), "", "");
        let linked = world.portal(Method::GET, &format!("/download/{name}"), "", "");
        assert_eq!(
            (there.status().as_u16(), there.body()),
            (200, linked.body()),
            "{name}"
        );
    }
}
