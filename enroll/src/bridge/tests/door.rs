//! Who is let in.

use serde_json::{Value, json};

use super::{ORIGIN, Page};
use crate::bridge::door::{Asked, Door, Told, origin, plugin_script};

const BASE: &str = "http://127.0.0.1:41234";

fn asked(verb: &str, path: &str, origin: Option<&str>) -> Asked {
    Asked {
        verb: verb.to_owned(),
        path: path.to_owned(),
        host: Some("127.0.0.1:41234".to_owned()),
        origin: origin.map(str::to_owned),
        ..Asked::default()
    }
}

fn answer(door: &mut Door<'_>, asked: &Asked) -> Told {
    let at = "2018-12-26T12:00:00Z".parse().unwrap();
    door.answer(asked, at, || {
        format!("key of {}", asked.origin.as_deref().unwrap_or_default())
    })
}

fn call(door: &mut Door<'_>, origin: &str, key: &str, path: &str, method: &str) -> Told {
    let body = json!({ "method": method, "arguments": [] })
        .to_string()
        .into_bytes();
    let session = Some(key.to_owned());
    let asked = Asked {
        session,
        body,
        ..asked("POST", path, Some(origin))
    };
    answer(door, &asked)
}

fn with_door(act: impl FnOnce(&mut Door<'_>)) {
    let mut page = Page::new();
    act(&mut Door::new(&mut page.plugin, BASE, [ORIGIN.to_owned()]));
}

#[test]
fn a_listed_origin_calls_with_the_key_it_was_given() {
    with_door(|door| {
        let told = answer(door, &asked("POST", "/session", Some(ORIGIN)));
        assert_eq!(told.allow_origin.as_deref(), Some(ORIGIN));
        let told: Value = serde_json::from_str(&told.body).unwrap();
        let key = told["session"].as_str().unwrap();
        let devices = call(door, ORIGIN, key, "/call", "enumerateDevices");
        assert_eq!(
            (devices.status, devices.body.as_str()),
            (200, r#"{"result":[0]}"#)
        );
        assert_eq!(
            call(door, ORIGIN, key, "/call", "cmsEncrypt").body,
            r#"{"error":1021}"#
        );
        assert_eq!(
            call(door, ORIGIN, "another", "/call", "enumerateDevices").status,
            401
        );
        assert_eq!(
            call(door, ORIGIN, key, "/panel", "devices").status,
            404,
            "the panel is ours"
        );
        assert_eq!(
            call(door, BASE, key, "/call", "enumerateDevices").status,
            401
        );
    });
}

#[test]
fn another_origin_gets_nothing() {
    with_door(|door| {
        for origin in [
            Some("http://127.0.0.1:8081"),
            Some("https://127.0.0.1:8080"),
            Some("null"),
            None,
        ] {
            for path in ["/session", "/call", "/panel"] {
                let told = answer(door, &asked("POST", path, origin));
                assert_eq!((told.status, told.allow_origin), (403, None), "{origin:?}");
            }
            assert_eq!(answer(door, &asked("OPTIONS", "/call", origin)).status, 403);
        }
    });
}

#[test]
fn a_name_that_was_bent_to_this_machine_opens_nothing() {
    with_door(|door| {
        for host in [Some("rebound.example:41234"), Some("127.0.0.1"), None] {
            let asked = Asked {
                host: host.map(str::to_owned),
                ..asked("GET", "/", None)
            };
            assert_eq!(answer(door, &asked).status, 421);
        }
    });
}

#[test]
fn the_panel_and_the_scripts_are_served() {
    with_door(|door| {
        for path in ["/", "/panel.css", "/panel.js", "/plugin.js"] {
            assert_eq!(
                answer(door, &asked("GET", path, None)).status,
                200,
                "{path}"
            );
        }
        assert_eq!(answer(door, &asked("GET", "/etc/passwd", None)).status, 404);
        assert_eq!(
            answer(door, &asked("POST", "/session", Some(BASE))).status,
            200
        );
        assert!(
            call(
                door,
                BASE,
                "key of http://127.0.0.1:41234",
                "/panel",
                "devices"
            )
            .body
            .contains("[0]")
        );
    });
    let script = plugin_script(BASE);
    assert!(
        script.contains(BASE)
            && script.contains("\"PIN_INCORRECT\":17")
            && !script.contains("/*bridge*/")
    );
}

#[test]
fn bodies_that_are_no_calls_are_refused() {
    with_door(|door| {
        answer(door, &asked("POST", "/session", Some(ORIGIN)));
        for body in ["", "[]", "{", "\u{0}"] {
            let session = Some(format!("key of {ORIGIN}"));
            let body = body.as_bytes().to_vec();
            let asked = Asked {
                session,
                body,
                ..asked("POST", "/call", Some(ORIGIN))
            };
            assert_eq!(answer(door, &asked).status, 400);
        }
    });
}

#[test]
fn origins_are_written_as_browsers_write_them() {
    assert_eq!(
        origin("http://127.0.0.1:8080/cabinet?x").as_deref(),
        Some("http://127.0.0.1:8080")
    );
    assert_eq!(
        origin("https://key.forus.ru:443/").as_deref(),
        Some("https://key.forus.ru")
    );
    assert_eq!(origin("file:///tmp/page.html"), None);
    assert_eq!(origin("*"), None);
}
