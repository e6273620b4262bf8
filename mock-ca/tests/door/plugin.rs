//! Token pages that drive the token themselves: what they may load, and what is served to them.

use http::{Method, Response};
use mock_ca::{Door, PLUGIN_MODULES, PluginPages, Settings, SettingsError};

use crate::browser::Browser;
use crate::world::{PHONE, World};

const BRIDGE: &str = "http://127.0.0.1:18964";

fn settings(bridge: &str) -> Settings {
    let mut settings = Settings::default();
    settings.web.plugin = Some(PluginPages {
        bridge: bridge.into(),
        modules: "node_modules".into(),
    });
    settings
}

fn world() -> World {
    let mut world = World::with(settings(BRIDGE));
    world
        .mock
        .use_module(PLUGIN_MODULES[0].0, "rutoken = 1".into());
    world
}

fn get(world: &mut World, path: &str) -> Response<Vec<u8>> {
    world.ask(Door::Portal, Method::GET, path, "")
}

fn html(browser: &Browser) -> String {
    String::from_utf8_lossy(browser.bytes()).into_owned()
}

#[test]
fn the_page_loads_from_portal_and_bridge_only() {
    let mut world = world();
    let mut browser = world.logged_in(PHONE);
    browser.open(&mut world, "/cabinet/applications/722318/request");
    let page = browser.text();
    for wanted in [
        "Имя контейнера",
        "Ключевая пара",
        "Создать ключевую пару",
        "Создать запрос",
    ] {
        assert!(page.contains(wanted), "{wanted}: {page}");
    }
    let html = html(&browser);
    assert!(
        html.contains(&format!("<script src=\"{BRIDGE}/plugin.js\">")),
        "{html}"
    );
    assert!(html.contains("GOST3410_2001"), "{html}");
    let policy = browser.header("content-security-policy");
    let wanted = format!("script-src 'self' {BRIDGE}; connect-src 'self' {BRIDGE}; ");
    assert!(
        policy.contains(&wanted) && policy.starts_with("default-src 'none'"),
        "{policy}"
    );
}

#[test]
fn modules_and_the_script_are_served_and_nothing_else() {
    let mut world = world();
    assert_eq!(get(&mut world, "/plugin/rutoken.js").body(), b"rutoken = 1");
    for (name, status) in [
        ("token.js", 200),
        ("token.css", 200),
        ("rutoken-plugin.js", 404),
        ("..%2Fsecret", 404),
    ] {
        let answer = get(&mut world, &format!("/plugin/{name}"));
        assert_eq!(answer.status(), status, "{name}");
    }
    let calls = world.mock.calls(mock_ca::Room::Portal);
    get(&mut world, "/plugin/token.js");
    assert_eq!(
        world.mock.calls(mock_ca::Room::Portal),
        calls,
        "no step of the applicant's"
    );
}

#[test]
fn without_the_setting_there_is_no_script_anywhere() {
    let mut world = World::new();
    assert_eq!(get(&mut world, "/plugin/token.js").status(), 404);
    let mut browser = world.logged_in(PHONE);
    browser.open(&mut world, "/cabinet/applications/722318/request");
    assert!(!html(&browser).contains("<script"), "{}", html(&browser));
    assert!(
        !browser
            .header("content-security-policy")
            .contains("script-src")
    );
}

#[test]
fn a_bridge_that_is_not_on_this_machine_is_refused() {
    for bridge in [
        "https://127.0.0.1:1",
        "http://10.0.0.1:80",
        "http://127.0.0.1:80/x",
        "http://127.0.0.1:80; script-src *",
        "",
    ] {
        let refused = SettingsError::BridgeAddress {
            bridge: bridge.into(),
        };
        assert_eq!(settings(bridge).check(), Err(refused));
    }
    assert_eq!(settings(BRIDGE).check(), Ok(()));
}
