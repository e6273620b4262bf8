//! The cabinet's pages as the adapter reads them, served by a mock that knows nothing of certificates.
#![expect(
    clippy::unwrap_used,
    reason = "a helper that fails is a test that fails"
)]

#[path = "pages/answers.rs"]
mod answers;
#[path = "pages/inbox.rs"]
mod inbox;

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use enroll::adapters::http_portal::{HttpPortal, PortalAddress};
use enroll::event::{Event, Events, Observer};
use enroll::messages::{Lang, Report};
use enroll::ports::sms::{Code, Phone};
use enroll::ports::{Clock, Portal, PortalError};
use jiff::Timestamp;
use wiremock::matchers::{body_string_contains, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

/// A clock that stands still, however long is waited.
struct Still;

impl Clock for Still {
    fn now(&self) -> Timestamp {
        Timestamp::UNIX_EPOCH
    }
    fn wait(&self, _how_long: Duration, _why: &str) {}
}

#[derive(Default)]
struct Told(Vec<Event>);

impl Observer for Told {
    fn event(&mut self, _at: Timestamp, event: &Event) {
        self.0.push(event.clone());
    }
}

/// A portal and the pages that it serves, by path.
struct Site {
    runtime: tokio::runtime::Runtime,
    server: MockServer,
    told: Rc<RefCell<Told>>,
}

impl Site {
    fn new() -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        let server = runtime.block_on(MockServer::start());
        Self {
            runtime,
            server,
            told: Rc::default(),
        }
    }

    fn answer(&self, verb: &str, at: &str, answer: ResponseTemplate) -> &Self {
        let mock = Mock::given(method(verb)).and(path(at)).respond_with(answer);
        self.runtime.block_on(mock.mount(&self.server));
        self
    }

    fn page(&self, at: &str, body: &str) -> &Self {
        self.answer("GET", at, html(body))
    }

    fn portal(&self) -> HttpPortal {
        let events = Events::new(Rc::new(Still), Rc::clone(&self.told) as _);
        HttpPortal::new(PortalAddress::new(&self.server.uri()), events).unwrap()
    }

    /// A portal whose phone and code were accepted: the work page is open.
    fn logged_in(&self) -> HttpPortal {
        self.page("/", FRONT).page("/lk", PHONE_FORM);
        self.answer("POST", "/phone", html(CODE_FORM))
            .answer("POST", "/code", html(WORK));
        let mut portal = self.portal();
        portal.open().unwrap();
        portal.open_cabinet().unwrap();
        portal.request_code(&phone()).unwrap();
        portal.log_in(&Code::new("123456")).unwrap();
        portal
    }
}

fn html(body: &str) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_raw(
        format!("<title>Форус</title>{body}"),
        "text/html; charset=utf-8",
    )
}

fn phone() -> Phone {
    Phone::parse("+7 900 000-00-00").unwrap()
}

const FRONT: &str = "<a href=/o>О нас</a> <a href='lk'>Личный\n кабинет</a>";
const PHONE_FORM: &str = "<form method=post action=/phone><input type=hidden name=csrf value=secret-1234>\
    <label for=a>Номер сотового телефона:</label><input id=a name=p> <button>Получить код</button></form>";
const CODE_FORM: &str = "<form method=post action=/code><label>Код подтверждения <input name=c></label>\
    <button>Войти</button></form><form method=post action=/again><button>Получить код повторно</button></form>";
const WORK: &str =
    "<p>Вы вошли как Иванов <a href=/out>Выйти</a></p><a href=/work>Работа с заявкой</a>";
const LIST: &str = "<form>Статус: <input></form><table><tr><th>ID<th>Дата<th>Статус заявки<th>Тип заявки</tr>\
    <tr><td><a href=/card>722318</a><td>13.12.2018<td>Принята Оператором<td>ЕГАИС</tr></table>";
const CARD: &str = "<h1>Иванов Иван Иванович</h1><p>Принято</p><a href=/ask>Запросить сертификат</a>\
    <h2>Выдается по потребности:</h2><a href=/pdf>Заявление на аннулирование</a>\
    <a href=/both>Расписка в получении сертификата и Руководство по безопасности</a><p>Номер заявки: 722318</p>";

#[test]
fn phone_and_code_lead_to_the_list_and_no_secret_is_told() {
    let site = Site::new();
    let mut portal = site.logged_in();
    site.page("/work", "<a href=/list>Личный кабинет</a>")
        .page("/list", LIST);
    let rows = portal.applications().unwrap();
    assert_eq!(
        (rows[0].number.as_str(), rows[0].status.as_str()),
        ("722318", "Принята Оператором")
    );
    assert_eq!(rows[0].kind, "ЕГАИС");
    let told = serde_json::to_string(&site.told.borrow().0).unwrap();
    for secret in ["123456", "secret-1234", "79000000000", "127.0.0.1"] {
        assert!(!told.contains(secret), "{secret} in {told}");
    }
    assert!(
        told.contains("{code:1}") && told.contains("Код подтверждения"),
        "{told}"
    );
}

#[test]
fn a_form_that_is_sent_by_get_tells_no_secret_either() {
    let site = Site::new();
    let by_get = |form: &str| html(&form.replace("method=post ", ""));
    site.page("/", FRONT)
        .answer("GET", "/lk", by_get(PHONE_FORM))
        .answer("GET", "/phone", by_get(CODE_FORM));
    let led_on = ResponseTemplate::new(302).insert_header("location", "/work?session=secret-1234");
    site.answer("GET", "/code", led_on).page("/work", WORK);
    let mut portal = site.portal();
    portal.open().unwrap();
    portal.open_cabinet().unwrap();
    portal.request_code(&phone()).unwrap();
    portal.log_in(&Code::new("123456")).unwrap();
    let told = serde_json::to_string(&site.told.borrow().0).unwrap();
    for secret in ["123456", "secret-1234", "79000000000"] {
        assert!(!told.contains(secret), "{secret} in {told}");
    }
    assert!(told.contains(r#""path":"/code""#), "{told}");
}

#[test]
fn hidden_fields_go_back_untouched() {
    let site = Site::new();
    let mock = Mock::given(body_string_contains("csrf=secret-1234&p=79000000000"))
        .respond_with(html(CODE_FORM))
        .expect(1);
    site.runtime.block_on(mock.mount(&site.server));
    site.page("/", FRONT).page("/lk", PHONE_FORM);
    let mut portal = site.portal();
    portal.open().unwrap();
    portal.open_cabinet().unwrap();
    portal.request_code(&phone()).unwrap();
    site.runtime.block_on(site.server.verify());
}

#[test]
fn a_wrong_code_a_void_one_and_an_early_one_are_told_apart() {
    let wrong = format!("{CODE_FORM}<p role=alert>Неверный код. Осталось попыток: 2</p>");
    let void = format!("{PHONE_FORM}<p role=alert>Код больше не действует. Получите новый код</p>");
    let early = format!("{CODE_FORM}<p role=alert>Повторный код можно получить через 58 с</p>");
    let log_in = |answer: &str| {
        let site = Site::new();
        site.page("/", FRONT)
            .page("/lk", PHONE_FORM)
            .answer("POST", "/phone", html(CODE_FORM));
        site.answer("POST", "/code", html(answer))
            .answer("POST", "/again", html(&early));
        let mut portal = site.portal();
        portal.open().unwrap();
        portal.open_cabinet().unwrap();
        portal.request_code(&phone()).unwrap();
        (
            portal.request_code(&phone()).unwrap_err(),
            portal.log_in(&Code::new("111111")).unwrap_err(),
        )
    };
    let (too_early, refused) = log_in(&wrong);
    assert!(matches!(too_early, PortalError::TooEarly { secs: 58, .. }));
    assert!(matches!(
        refused,
        PortalError::WrongCode { left: Some(2), .. }
    ));
    assert!(matches!(log_in(&void).1, PortalError::CodeVoid { .. }));
}

#[test]
fn a_login_page_in_place_of_content_is_an_expired_session() {
    for status in [200, 401, 403] {
        let site = Site::new();
        let mut portal = site.logged_in();
        let expired = format!(
            "<title>Вход</title>{PHONE_FORM}<p role=alert>Сеанс завершён. Войдите ещё раз</p>"
        );
        let expired = ResponseTemplate::new(status).set_body_raw(expired, "text/html");
        site.answer("GET", "/work", expired);
        assert_eq!(
            portal.applications(),
            Err(PortalError::SessionExpired),
            "{status}"
        );
    }
}

#[test]
fn a_redirect_to_the_login_page_is_an_expired_session() {
    let site = Site::new();
    let mut portal = site.logged_in();
    site.answer(
        "GET",
        "/work",
        ResponseTemplate::new(302).insert_header("location", "/lk?why=expired"),
    );
    assert_eq!(portal.applications(), Err(PortalError::SessionExpired));
}

#[test]
fn a_server_error_is_asked_again_and_then_named() {
    let site = Site::new();
    let mut portal = site.logged_in();
    let mock = Mock::given(path("/work"))
        .respond_with(ResponseTemplate::new(500).set_body_raw(PHONE_FORM, "text/html"))
        .expect(3);
    site.runtime.block_on(mock.mount(&site.server));
    let error = portal.applications().unwrap_err();
    assert_eq!(
        error,
        PortalError::Status {
            what: "Работа с заявкой".to_owned(),
            status: 500
        }
    );
    site.runtime.block_on(site.server.verify());
}

#[test]
fn a_form_that_was_not_answered_is_not_sent_again() {
    let site = Site::new();
    site.page("/", FRONT).page("/lk", PHONE_FORM);
    let mock = Mock::given(method("POST"))
        .respond_with(ResponseTemplate::new(502))
        .expect(1);
    site.runtime.block_on(mock.mount(&site.server));
    let mut portal = site.portal();
    portal.open().unwrap();
    portal.open_cabinet().unwrap();
    assert!(matches!(
        portal.request_code(&phone()),
        Err(PortalError::Status { status: 502, .. })
    ));
    site.runtime.block_on(site.server.verify());
}

#[test]
fn a_page_in_windows_1251_is_read_by_its_meta_element() {
    let (bytes, ..) = encoding_rs::WINDOWS_1251.encode(FRONT);
    let body = [b"<meta charset=\"windows-1251\">".as_slice(), &bytes].concat();
    let site = Site::new();
    site.answer(
        "GET",
        "/",
        ResponseTemplate::new(200).set_body_raw(body, "text/html"),
    )
    .page("/lk", PHONE_FORM);
    let mut portal = site.portal();
    portal.open().unwrap();
    assert_eq!(portal.open_cabinet(), Ok(()));
}

#[test]
fn a_page_without_what_the_step_needs_is_named_and_kept_without_secrets() {
    let folder = tempfile::tempdir().unwrap();
    let site = Site::new();
    let strange =
        "<h1>Технические работы</h1><form><input type=hidden name=t value=secret-1234></form>";
    site.page("/", FRONT).page("/lk", strange);
    let save_pages = Some(folder.path().join("pages"));
    let events = Events::unwatched(Rc::new(Still));
    let mut portal = HttpPortal::new(
        PortalAddress {
            save_pages,
            ..PortalAddress::new(&site.server.uri())
        },
        events,
    )
    .unwrap();
    portal.open().unwrap();
    let Err(PortalError::NotTheCabinet {
        page,
        missing,
        saved,
    }) = portal.open_cabinet()
    else {
        panic!()
    };
    assert_eq!(
        (page.as_str(), missing.as_str()),
        ("Технические работы", "field «Номер сотового телефона»")
    );
    let kept = std::fs::read_to_string(saved.unwrap()).unwrap();
    assert!(kept.contains("Технические работы") && !kept.contains("secret-1234"));
}

#[test]
fn a_page_that_does_not_lead_to_the_cabinet_is_told_from_one_that_is_not_understood() {
    let site = Site::new();
    site.page("/", "<h1>Погода в Иркутске</h1>");
    let mut portal = site.portal();
    portal.open().unwrap();
    let error = portal.open_cabinet().unwrap_err();
    let is_told =
        matches!(&error, PortalError::NotTheCabinet { page, .. } if page == "Погода в Иркутске");
    assert!(is_told, "{error}");
    let report = Report::without_enrollment(&error.into(), Lang::En);
    assert!(report.next.contains("--portal"), "{}", report.next);
}

#[test]
fn papers_are_found_behind_their_own_link_and_behind_a_shared_one() {
    let site = Site::new();
    let mut portal = site.logged_in();
    let pdf = |text: &str| {
        ResponseTemplate::new(200).set_body_raw(format!("%PDF-{text}"), "application/pdf")
    };
    site.page("/work", "<a href=/list>Личный кабинет</a>")
        .page("/list", LIST)
        .page("/card", CARD);
    site.page(
        "/both",
        "<a href=/r>Расписка в получении сертификата</a><a href=/g>Руководство по безопасности</a>",
    );
    site.answer("GET", "/pdf", pdf("a"))
        .answer("GET", "/r", pdf("r"))
        .answer("GET", "/g", pdf("g"));
    portal.applications().unwrap();
    let card = portal.open_application("722318").unwrap();
    assert!(card.can_request && !card.can_install);
    assert_eq!(card.status.as_deref(), Some("Принято"));
    let mut paper = |title| portal.document(title).map(|file| file.bytes);
    assert_eq!(paper("Заявление на аннулирование"), Ok(b"%PDF-a".to_vec()));
    assert_eq!(
        paper("Расписка в получении сертификата"),
        Ok(b"%PDF-r".to_vec())
    );
    assert_eq!(paper("Руководство по безопасности"), Ok(b"%PDF-g".to_vec()));
    assert!(matches!(
        paper("Печатная форма запроса"),
        Err(PortalError::NotUnderstood { .. })
    ));
}

#[test]
fn a_link_to_another_host_is_not_followed() {
    let site = Site::new();
    site.page("/", "<a href='http://portal.example/lk'>Личный кабинет</a>");
    let mut portal = site.portal();
    portal.open().unwrap();
    assert!(matches!(
        portal.open_cabinet(),
        Err(PortalError::BadAddress { .. })
    ));
}

#[test]
fn another_machine_is_not_spoken_to_in_clear() {
    let open = |url: &str| {
        HttpPortal::new(PortalAddress::new(url), Events::unwatched(Rc::new(Still))).map(drop)
    };
    assert_eq!(
        open("http://key.forus.ru/"),
        Err(PortalError::PlainHttp {
            host: "key.forus.ru".to_owned()
        })
    );
    assert_eq!(open("https://key.forus.ru/"), Ok(()));
    assert!(matches!(
        open("ftp://key.forus.ru/"),
        Err(PortalError::BadAddress { .. })
    ));
    assert!(matches!(
        open("key.forus.ru"),
        Err(PortalError::BadAddress { .. })
    ));
    let allowed = PortalAddress {
        allow_plain_http: true,
        ..PortalAddress::new("http://key.forus.ru/")
    };
    assert!(HttpPortal::new(allowed, Events::unwatched(Rc::new(Still))).is_ok());
}

#[test]
fn a_request_page_is_read_by_its_labels_and_what_it_leaves_out_is_todays_algorithm() {
    let site = Site::new();
    let mut portal = site.logged_in();
    site.page("/work", "<a href=/list>Личный кабинет</a>")
        .page("/list", LIST)
        .page("/card", CARD);
    site.page(
        "/ask",
        "<h2>Создать запрос с помощью «Рутокен ЭЦП»</h2><form method=post action=/send><table>\
         <tr><td>Имя<td>Rutoken ECP<tr><td>Авторизация<td>Успешно\
         <tr><td>Имя контейнера<td><input name=z value='ООО Тестовая организация'><tr><td>Ключевая пара<td><input name=y></table>\
         <fieldset><legend>Сведения для сертификата</legend><label>Общее имя (2.5.4.3)<input name=x readonly value='ООО'></label>\
         <label>ИНН (1.2.643.3.131.1.1)<input name=w readonly value=003812009997></label></fieldset>\
         <label>Политики сертификата<input name=v value='КС1 (1.2.643.100.113.1)'></label></form>",
    );
    portal.applications().unwrap();
    portal.open_application("722318").unwrap();
    let form = portal.open_request_form().unwrap();
    assert_eq!(
        (form.container.as_str(), form.key_pair.as_str()),
        ("ООО Тестовая организация", "")
    );
    let subject: Vec<_> = form
        .subject
        .iter()
        .map(|it| (it.label.as_str(), it.oid.to_string(), it.value.as_str()))
        .collect();
    let asked = [
        ("Общее имя", "2.5.4.3".to_owned(), "ООО"),
        ("ИНН", "1.2.643.3.131.1.1".to_owned(), "003812009997"),
    ];
    assert_eq!(subject, asked);
    assert_eq!(form.extensions.policies[0].to_string(), "1.2.643.100.113.1");
    assert_eq!(
        (form.algorithm, form.parameter_set),
        (
            gost3410::Algorithm::Gost2012_256,
            gost3410::ParameterSet::CryptoProA
        )
    );
    assert_eq!(form.label_after_sending, None);
}
