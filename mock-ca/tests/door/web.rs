//! How the portal meets browsers: by plain HTTP or TLS, and whichever they are.

use http::header::{SET_COOKIE, USER_AGENT};
use http::{Request, Response};
use mock_ca::{Door, Settings, SettingsError};

use crate::world::{PHONE, World};

const IE_11: &str = "Mozilla/5.0 (Windows NT 6.1; Trident/7.0; rv:11.0) like Gecko";

fn answer(world: &mut World, door: Door, path: &str, agent: &str) -> Response<Vec<u8>> {
    let request = Request::get(path).header(USER_AGENT, agent);
    let request = request.body(Vec::new()).unwrap();
    world.mock.handle(world.now, door, request)
}

#[test]
fn a_session_is_bound_to_tls_when_it_began_there() {
    for (door, secure) in [(Door::Portal, false), (Door::SecurePortal, true)] {
        let response = answer(&mut World::new(), door, "/cabinet", IE_11);
        let cookie = response.headers()[SET_COOKIE].to_str().unwrap();
        assert_eq!(cookie.contains("; Secure"), secure, "{door:?}: {cookie}");
        assert!(cookie.contains("; HttpOnly; SameSite=Lax"), "{cookie}");
    }
}

#[test]
fn other_browsers_get_a_readable_page_when_told_so() {
    let mut settings = Settings::default();
    settings.web.only_internet_explorer = true;
    let mut world = World::with(settings);
    for path in ["/", "/cabinet", "/cabinet/applications/722318"] {
        let refused = answer(&mut world, Door::Portal, path, "curl/8.0");
        assert_eq!(refused.status(), 403, "{path}");
        let page = String::from_utf8_lossy(refused.body()).into_owned();
        assert!(
            page.contains("Internet Explorer версии не ниже 8.0"),
            "{page}"
        );
    }
    assert_eq!(
        answer(&mut world, Door::Portal, "/style.css", "curl/8.0").status(),
        200
    );
    assert_eq!(answer(&mut world, Door::Portal, "/", IE_11).status(), 200);
}

#[test]
fn words_between_the_printed_ones_are_as_set_in_list_filter_and_card() {
    let mut settings = Settings::default();
    settings.statuses.list_sent = "На проверке".into();
    settings.statuses.card_sent = "Проверяется".into();
    let mut world = World::with(settings);
    let mut browser = world.sent(PHONE, 722_318);
    assert!(browser.shows("Проверяется"), "{}", browser.text());
    for (filter, rows) in [("На проверке", 2), ("Запрос отправлен", 1)] {
        let filter: String = form_urlencoded::byte_serialize(filter.as_bytes()).collect();
        browser.open(
            &mut world,
            &format!("/cabinet/applications?status={filter}"),
        );
        assert_eq!(browser.rows().len(), rows, "{}", browser.text());
    }
}

#[test]
fn a_status_word_that_is_none_or_another_ones_is_refused() {
    for word in [
        "",
        " Новая",
        "Новая\nзаявка",
        "Сертификат выпущен",
        "Принято",
    ] {
        let mut settings = Settings::default();
        settings.statuses.list_ordered = word.into();
        let refused = SettingsError::StatusWord { word: word.into() };
        assert_eq!(settings.check(), Err(refused));
    }
    assert!(toml::from_str::<Settings>("[statuses]\nlist_issued = \"x\"").is_err());
}
