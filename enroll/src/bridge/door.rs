//! Who may call, and what is served: the loopback service without its sockets.
//!
//! ```text
//! GET  /            the panel             GET /plugin.js   the script for a page
//! POST /session     a key for an origin   POST /call       a method       POST /panel   a verb of the panel
//! ```
//!
//! A request is answered only when its `Host` is our own address, so that a name that was bent to 127.0.0.1 opens
//! nothing; a call only when its `Origin` is listed and its key was given to that origin.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde_json::{Value, json};
use url::Url;

use super::{Call, Fault, Plugin, description};

/// What came in.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// `GET`, `POST`, `OPTIONS`.
    pub verb: String,
    /// Without the query.
    pub path: String,
    /// `Host`.
    pub host: Option<String>,
    /// `Origin`.
    pub origin: Option<String>,
    /// `X-Bridge-Session`.
    pub session: Option<String>,
    /// At most [`BODY_LIMIT`] octets.
    pub body: Vec<u8>,
}

/// What goes out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// HTTP status.
    pub status: u16,
    /// `Content-Type`.
    pub content_type: &'static str,
    /// The origin that may read it.
    pub allow_origin: Option<String>,
    /// The answer.
    pub body: String,
}

/// Octets that a request's body may have: a document to be signed fits.
pub const BODY_LIMIT: usize = 4 << 20;
/// Keys given out at once; the oldest is forgotten.
const SESSIONS: usize = 64;

/// The plugin behind a list of origins.
#[derive(Debug)]
pub struct Door<'a> {
    plugin: &'a mut Plugin,
    /// `http://127.0.0.1:PORT`.
    base: String,
    allowed: BTreeSet<String>,
    sessions: BTreeMap<u64, Session>,
    opened: u64,
}

struct Session {
    key: String,
    origin: String,
}

impl core::fmt::Debug for Session {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Session(… of {})", self.origin)
    }
}

/// An origin as browsers write it; `None` for what is no `http` or `https` address.
#[must_use]
pub fn origin(text: &str) -> Option<String> {
    let url = Url::parse(text).ok()?;
    let web = matches!(url.scheme(), "http" | "https");
    web.then(|| url.origin().ascii_serialization())
}

impl<'a> Door<'a> {
    /// A door at `base`, for pages of these origins and for our own.
    pub fn new(
        plugin: &'a mut Plugin,
        base: &str,
        allowed: impl IntoIterator<Item = String>,
    ) -> Self {
        let mut allowed: BTreeSet<String> = allowed.into_iter().collect();
        allowed.insert(base.to_owned());
        Self {
            plugin,
            base: base.to_owned(),
            allowed,
            sessions: BTreeMap::new(),
            opened: 0,
        }
    }

    /// Answers one request. `key` is 32 hex digits that nobody can guess, taken when a session is opened.
    pub fn answer(&mut self, asked: &Asked, at: Timestamp, key: impl FnOnce() -> String) -> Told {
        if asked.host.as_deref() != self.base.strip_prefix("http://") {
            return refused(421, "this is not the address of the bridge");
        }
        match (asked.verb.as_str(), asked.path.as_str()) {
            ("GET", "/") => file("text/html; charset=utf-8", PANEL.to_owned()),
            ("GET", "/panel.css") => file("text/css; charset=utf-8", PANEL_STYLE.to_owned()),
            ("GET", "/panel.js") => file(SCRIPT, panel_script()),
            ("GET", "/plugin.js") => file(SCRIPT, plugin_script(&self.base)),
            ("OPTIONS" | "POST", _) => self.of_page(asked, at, key),
            _ => refused(404, "there is no such page"),
        }
    }

    fn of_page(&mut self, asked: &Asked, at: Timestamp, key: impl FnOnce() -> String) -> Told {
        let listed = asked
            .origin
            .clone()
            .filter(|origin| self.allowed.contains(origin));
        let Some(origin) = listed else {
            return refused(403, "this origin is not allowed; see --allow-origin");
        };
        let mut told = match (asked.verb.as_str(), asked.path.as_str()) {
            ("OPTIONS", _) => json_told(&Value::Null),
            (_, "/session") => json_told(&json!({ "session": self.open(&origin, key()) })),
            (_, "/call") => self.call(asked, &origin, at, false),
            (_, "/panel") if origin == self.base => self.call(asked, &origin, at, true),
            _ => refused(404, "there is no such page"),
        };
        told.allow_origin = Some(origin);
        told
    }

    fn open(&mut self, origin: &str, key: String) -> String {
        if self.sessions.len() >= SESSIONS {
            self.sessions.pop_first();
        }
        self.opened += 1;
        let origin = origin.to_owned();
        self.sessions.insert(
            self.opened,
            Session {
                key: key.clone(),
                origin,
            },
        );
        key
    }

    fn call(&mut self, asked: &Asked, origin: &str, at: Timestamp, panel: bool) -> Told {
        let session = self.sessions.iter().find(|(_, session)| {
            Some(session.key.as_str()) == asked.session.as_deref() && session.origin == origin
        });
        let Some((&session, _)) = session else {
            return refused(401, "the session is not known; open one");
        };
        let Ok(Value::Object(given)) = serde_json::from_slice(&asked.body) else {
            return refused(400, "the body is to be {method, arguments}");
        };
        let method = given
            .get("method")
            .and_then(Value::as_str)
            .unwrap_or_default();
        let none = Vec::new();
        let arguments = given
            .get("arguments")
            .and_then(Value::as_array)
            .unwrap_or(&none);
        let call = Call {
            origin,
            session,
            at,
        };
        let outcome = match panel {
            true => self.plugin.panel(&call, method, arguments),
            false => self.plugin.call(&call, method, arguments),
        };
        json_told(&match outcome {
            Ok(result) => json!({ "result": result }),
            Err(Fault { number, .. }) => json!({ "error": number }),
        })
    }
}

fn file(content_type: &'static str, body: String) -> Told {
    Told {
        status: 200,
        content_type,
        allow_origin: None,
        body,
    }
}

fn json_told(value: &Value) -> Told {
    file("application/json", value.to_string())
}

fn refused(status: u16, why: &str) -> Told {
    Told {
        status,
        ..json_told(&json!({ "refused": why }))
    }
}

/// The script that makes a page believe in the plugin; it names this bridge.
#[must_use]
pub fn plugin_script(base: &str) -> String {
    let mut told = description();
    told["base"] = json!(base);
    // JSON in a script: `<` could end it where the script stands inside a page.
    let told = told.to_string().replace('<', "\\u003c");
    PLUGIN_SCRIPT.replace("/*bridge*/ null", &told)
}

fn panel_script() -> String {
    let problems: serde_json::Map<String, Value> = PROBLEMS
        .iter()
        .map(|(fault, text)| (fault.number.to_string(), json!(text)))
        .collect();
    PANEL_SCRIPT.replace("/*problems*/ {}", &Value::Object(problems).to_string())
}

const PROBLEMS: [(Fault, &str); 6] = [
    (Fault::PIN_INCORRECT, "Неверный PIN-код"),
    (Fault::PIN_LOCKED, "PIN-код заблокирован"),
    (Fault::USER_NOT_LOGGED_IN, "Введите PIN-код"),
    (Fault::DEVICE_NOT_FOUND, "Потеряно соединение с Рутокеном"),
    (
        Fault::KEY_FUNCTION_NOT_PERMITTED,
        "Этой роли удалять такой объект нельзя: войдите под другой",
    ),
    (
        Fault::CERTIFICATE_NOT_FOUND,
        "Этого сертификата на токене уже нет",
    ),
];

const SCRIPT: &str = "text/javascript; charset=utf-8";
const PLUGIN_SCRIPT: &str = include_str!("page/plugin.js");
const PANEL: &str = include_str!("page/panel.html");
const PANEL_STYLE: &str = include_str!("page/panel.css");
const PANEL_SCRIPT: &str = include_str!("page/panel.js");
