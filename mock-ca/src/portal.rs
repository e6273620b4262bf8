//! The portal «key.forus.ru» as a browser sees it: routes here, who is who in [`login`], the cabinet's pages in
//! [`cabinet`], their texts in [`pages`] and the templates.
//!
//! Nothing that identifies a page to a program is promised but what a person sees: texts, labels, headings.

mod api;
mod browser;
mod cabinet;
pub(crate) mod form;
pub(crate) mod login;
mod pages;
pub(crate) mod plugin;
mod sessions;

use http::header::{ALLOW, SET_COOKIE, USER_AGENT};
use http::{HeaderValue, Method, Request, Response, StatusCode};
use jiff::Timestamp;

use crate::{Door, MockCa, phone, reply};
pub use api::api_routes;
use login::{Asked, Session, Typed};

/// Answers at the portal's door.
pub(crate) fn handle(
    mock: &mut MockCa,
    now: Timestamp,
    door: Door,
    request: &Request<Vec<u8>>,
) -> Response<Vec<u8>> {
    let name = form::cookie(request, COOKIE_NAME).unwrap_or_default();
    let live = mock
        .state
        .logins
        .session(&mock.settings, now, name)
        .is_some();
    let session = live.then(|| name.to_owned());
    let mut visit = Visit {
        ended: !live && !name.is_empty(),
        mock,
        now,
        secure: door == Door::SecurePortal,
        request,
        session,
    };
    let path: Vec<_> = request
        .uri()
        .path()
        .split('/')
        .filter(|part| !part.is_empty())
        .collect();
    visit.route(&path)
}

/// The phone of whoever is logged in where this request comes from.
pub(crate) fn visitor(mock: &MockCa, request: &Request<Vec<u8>>) -> Option<String> {
    let name = form::cookie(request, COOKIE_NAME).or_else(|| api::bearer(request))?;
    mock.state.logins.phone_of(name).map(str::to_owned)
}

/// One request of one browser.
struct Visit<'a> {
    mock: &'a mut MockCa,
    now: Timestamp,
    /// Whether it came over TLS.
    secure: bool,
    request: &'a Request<Vec<u8>>,
    /// The name of the browser's session while it lasts.
    session: Option<String>,
    /// Whether the browser had a session that is over.
    ended: bool,
}

impl Visit<'_> {
    fn route(&mut self, path: &[&str]) -> Response<Vec<u8>> {
        if self.mock.settings.web.only_internet_explorer && path != ["style.css"] {
            let agent = self.request.headers().get(USER_AGENT);
            let agent = agent.and_then(|agent| agent.to_str().ok());
            if !agent.is_some_and(browser::is_internet_explorer_8) {
                return self.another_browser();
            }
        }
        match (self.request.method(), path) {
            (&Method::GET | &Method::HEAD, []) => self.front(),
            (&Method::GET | &Method::HEAD, ["style.css"]) => reply::stylesheet(),
            (&Method::GET | &Method::HEAD, ["plugin", name]) => self.plugin_file(name),
            (&Method::GET | &Method::HEAD, ["download", name]) => self.download(name),
            (&Method::GET | &Method::HEAD, [name @ ("IEAutosetup.exe" | "RutokenEgais.exe")]) => {
                self.download(name) // where 1.1 has them
            }
            (&Method::GET | &Method::HEAD, ["page", name]) => self.section(name),
            (&Method::GET | &Method::HEAD, ["cabinet"]) => self.entrance(),
            (_, ["api", ..]) => api::handle(self, path),
            (&Method::POST, ["cabinet", "code"]) => self.ask_code(),
            (&Method::POST, ["cabinet", "login"]) => self.type_code(),
            (&Method::GET | &Method::HEAD, ["cabinet", "logout"]) => self.log_out(),
            (&Method::GET | &Method::HEAD | &Method::POST, ["cabinet", rest @ ..]) => {
                self.inside(rest)
            }
            (&Method::GET | &Method::HEAD | &Method::POST, _) => self.not_found(),
            _ => method_not_allowed(),
        }
    }

    /// Рис. 1, 10.
    fn front(&mut self) -> Response<Vec<u8>> {
        reply::page(StatusCode::OK, &pages::Front { who: self.who() })
    }

    /// The programs of 1.1: stand-ins that do nothing.
    fn download(&mut self, name: &str) -> Response<Vec<u8>> {
        match pages::DOWNLOADS.iter().find(|(file, _)| *file == name) {
            Some((file, title)) => {
                let text = format!("Учебная заглушка: {title}. Ничего не устанавливает.\n");
                reply::file("application/octet-stream", file, text.into_bytes())
            }
            None => self.not_found(),
        }
    }

    /// The menu's other entries: they exist, and say that there is nothing to see.
    fn section(&mut self, name: &str) -> Response<Vec<u8>> {
        match pages::SECTIONS.iter().find(|(section, _)| *section == name) {
            Some((_, title)) => reply::page(
                StatusCode::OK,
                &pages::Section {
                    who: self.who(),
                    title,
                },
            ),
            None => self.not_found(),
        }
    }

    /// «Личный кабинет» of Рис. 1: the phone's form, or the cabinet for those who are in.
    fn entrance(&mut self) -> Response<Vec<u8>> {
        match self.user() {
            Some(_) => reply::page(StatusCode::OK, &pages::Welcome { who: self.who() }),
            None if self.ended => self.phone_form(Some(SESSION_ENDED)),
            None => self.phone_form(None),
        }
    }

    /// «Получить код», and «Получить код повторно», which leaves the phone out.
    fn ask_code(&mut self) -> Response<Vec<u8>> {
        let written = form::field(self.request, "phone");
        let Some(session) = self.form_session() else {
            return self.phone_form(Some(SESSION_ENDED));
        };
        let asked = written
            .as_deref()
            .map_or_else(|| session.phone.clone(), phone::normalised);
        let Some(phone) = asked else {
            return self.phone_form(Some(NO_PHONE));
        };
        self.enter_phone(&phone);
        match self.new_code(&phone) {
            Asked::Made { send: Some(code) }
                if self.mock.send_code(self.now, &phone, &code).is_err() =>
            {
                self.phone_form(Some(GATEWAY_FAILED))
            }
            Asked::Made { .. } => self.code_form(None),
            Asked::TooEarly { secs } => self.code_form(Some(too_early(secs))),
            Asked::TooMany { secs } => self.phone_form(Some(&too_many(secs))),
        }
    }

    fn enter_phone(&mut self, phone: &str) {
        if let Some(name) = &self.session {
            self.mock.state.logins.enter_phone(name, phone);
        }
    }

    /// A new code for a phone, if there may be one now.
    fn new_code(&mut self, phone: &str) -> Asked {
        let registered = self.mock.state.name_of(phone).is_some();
        let logins = &mut self.mock.state.logins;
        logins.ask_code(&self.mock.settings, self.now, phone, registered)
    }

    /// The button of Рис. 3.
    fn type_code(&mut self) -> Response<Vec<u8>> {
        if self.form_session().is_none() {
            return self.phone_form(Some(SESSION_ENDED));
        }
        let typed = form::field(self.request, "code").unwrap_or_default();
        let session = self.session.clone().unwrap_or_default();
        match self
            .mock
            .state
            .logins
            .type_code(&self.mock.settings, self.now, &session, &typed)
        {
            Typed::Right { session } => self.with_cookie(reply::see_other("/cabinet"), &session),
            Typed::Wrong { tries_left } => self.code_form(Some(format!(
                "Неверный код. Осталось попыток: {tries_left}"
            ))),
            Typed::Void => self.phone_form(Some(CODE_VOID)),
        }
    }

    /// «Выйти».
    fn log_out(&mut self) -> Response<Vec<u8>> {
        if let Some(name) = self.session.take() {
            self.mock.state.logins.close(&name);
        }
        let mut response = reply::see_other("/");
        let gone = format!("{COOKIE_NAME}=; {}; Max-Age=0", self.cookie_attributes());
        response
            .headers_mut()
            .insert(SET_COOKIE, HeaderValue::try_from(gone).expect("ASCII"));
        response
    }

    fn with_cookie(&self, mut response: Response<Vec<u8>>, session: &str) -> Response<Vec<u8>> {
        let cookie = format!("{COOKIE_NAME}={session}; {}", self.cookie_attributes());
        response.headers_mut().insert(
            SET_COOKIE,
            HeaderValue::try_from(cookie).expect("session names are hexadecimal"),
        );
        response
    }

    /// A session that began over TLS is never sent in clear.
    fn cookie_attributes(&self) -> &'static str {
        if self.secure {
            "Path=/; HttpOnly; SameSite=Lax; Secure"
        } else {
            "Path=/; HttpOnly; SameSite=Lax"
        }
    }

    fn phone_form(&mut self, alert: Option<&str>) -> Response<Vec<u8>> {
        let (name, is_new) = match self.session.clone() {
            Some(name) => (name, false),
            None => (
                self.mock
                    .state
                    .logins
                    .open(&self.mock.settings, self.now, None, false),
                true,
            ),
        };
        self.session = Some(name.clone());
        let page = reply::page(
            StatusCode::OK,
            &pages::PhoneForm {
                who: self.who(),
                alert,
                token: self.token(),
            },
        );
        if is_new {
            self.with_cookie(page, &name)
        } else {
            page
        }
    }

    fn code_form(&mut self, alert: Option<String>) -> Response<Vec<u8>> {
        reply::page(
            StatusCode::OK,
            &pages::CodeForm {
                who: None,
                alert,
                token: self.token(),
            },
        )
    }

    fn not_found(&mut self) -> Response<Vec<u8>> {
        reply::page(
            StatusCode::NOT_FOUND,
            &pages::Message {
                who: self.who(),
                title: "Страница не найдена",
                alert: None,
            },
        )
    }

    fn another_browser(&mut self) -> Response<Vec<u8>> {
        reply::page(
            StatusCode::FORBIDDEN,
            &pages::Message {
                who: self.who(),
                title: "Браузер не поддерживается",
                alert: Some(ONLY_INTERNET_EXPLORER),
            },
        )
    }

    /// A form that did not come from a page of this session.
    fn foreign_form(&mut self) -> Response<Vec<u8>> {
        let alert = Some("Форма устарела. Откройте страницу ещё раз");
        reply::page(
            StatusCode::FORBIDDEN,
            &pages::Message {
                who: self.who(),
                title: "Действие не выполнено",
                alert,
            },
        )
    }

    /// The session that the posted form belongs to.
    fn form_session(&mut self) -> Option<&Session> {
        let sent = form::field(self.request, "token")?;
        self.live_session()
            .filter(|session| session.form_token == sent)
    }

    fn live_session(&mut self) -> Option<&Session> {
        let name = self.session.as_deref()?;
        self.mock
            .state
            .logins
            .session(&self.mock.settings, self.now, name)
    }

    fn token(&mut self) -> String {
        self.live_session()
            .map(|session| session.form_token.clone())
            .unwrap_or_default()
    }

    /// The phone of whoever is logged in.
    fn user(&mut self) -> Option<String> {
        self.live_session()
            .filter(|session| session.logged_in)?
            .phone
            .clone()
    }

    /// «Вы вошли как …»: the owner of the phone's first application (the figure hides it: assumed).
    fn who(&mut self) -> Option<String> {
        let phone = self.user()?;
        let name = self.mock.state.name_of(&phone).map(str::to_owned);
        Some(name.unwrap_or(phone))
    }
}

fn method_not_allowed() -> Response<Vec<u8>> {
    let mut response = reply::with_type(
        StatusCode::METHOD_NOT_ALLOWED,
        "text/plain; charset=utf-8",
        Vec::new(),
    );
    response
        .headers_mut()
        .insert(ALLOW, HeaderValue::from_static("GET, HEAD, POST"));
    response
}

fn too_early(secs: i64) -> String {
    format!("Повторный код можно получить через {secs} с")
}

fn too_many(secs: i64) -> String {
    format!(
        "Слишком много кодов на этот номер. Попробуйте через {} мин",
        (secs + 59) / 60
    )
}

const COOKIE_NAME: &str = "session";

/// The manual's first paragraph.
const ONLY_INTERNET_EXPLORER: &str = "Для работы в личном кабинете необходимо использовать интернет-браузер Microsoft Internet Explorer версии не ниже 8.0.";

// Texts that the manual does not print: assumed.
const SESSION_ENDED: &str = "Сеанс завершён. Войдите ещё раз";
const NO_PHONE: &str = "Проверьте номер телефона: нужны 10 цифр после +7";
const CODE_VOID: &str = "Код больше не действует. Получите новый код";
const GATEWAY_FAILED: &str = "Не удалось отправить код. Попробуйте позже";
