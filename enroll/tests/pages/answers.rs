//! Answers that no page of the manual has: redirections, refusals for now, lines that break, octets that are no text.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::thread::JoinHandle;

use enroll::ports::portal::{AddressFault, TlsFault};
use wiremock::matchers::{any, header};

use super::*;

impl Site {
    /// Answers at `at` by what was asked before: `times` times, and then no more.
    fn answer_first(&self, at: &str, times: u64, answer: ResponseTemplate) -> &Self {
        let mock = Mock::given(path(at)).respond_with(answer);
        let mock = mock.up_to_n_times(times).with_priority(1);
        self.runtime.block_on(mock.mount(&self.server));
        self
    }

    /// How often `at` was asked for.
    fn asked(&self, at: &str) -> usize {
        let received = self.runtime.block_on(self.server.received_requests());
        let received = received.unwrap();
        received
            .iter()
            .filter(|request| request.url.path() == at)
            .count()
    }

    fn cabinet(&self) -> Result<(), PortalError> {
        let mut portal = self.portal();
        portal.open()?;
        portal.open_cabinet()
    }

    /// The seconds that were waited, each time.
    fn waited(&self) -> Vec<u64> {
        let told = self.told.borrow();
        let waits = told.0.iter().filter_map(|event| match event {
            Event::Wait { for_secs, .. } => Some(*for_secs),
            _ => None,
        });
        waits.collect()
    }
}

fn leads_to(place: &str) -> ResponseTemplate {
    ResponseTemplate::new(302).insert_header("location", place)
}

fn busy(status: u16, retry_after: &str) -> ResponseTemplate {
    ResponseTemplate::new(status).insert_header("retry-after", retry_after)
}

/// A server of one connection after another that answers each with these octets and hangs up.
fn raw(answers: Vec<Vec<u8>>) -> (String, JoinHandle<usize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let serve = move || {
        let mut served = 0;
        for answer in answers {
            let (mut stream, _) = listener.accept().unwrap();
            let mut asked = [0; 4096];
            let _ = stream.read(&mut asked).unwrap();
            // Whoever asked may have gone.
            let _ = stream.write_all(&answer);
            served += 1;
        }
        served
    };
    (address, std::thread::spawn(serve))
}

fn open(url: &str) -> Result<(), PortalError> {
    let address = PortalAddress {
        timeout: Duration::from_secs(5),
        ..PortalAddress::new(url)
    };
    HttpPortal::new(address, Events::unwatched(Rc::new(Still)))?.open()
}

#[test]
fn a_redirection_on_the_portal_is_followed_with_its_cookie() {
    let site = Site::new();
    let sent_on = leads_to("/new").insert_header("set-cookie", "session=abc; HttpOnly");
    site.answer("GET", "/", sent_on).page("/new", FRONT);
    let mock = Mock::given(path("/lk"))
        .and(header("cookie", "session=abc"))
        .respond_with(html(PHONE_FORM))
        .expect(1);
    site.runtime.block_on(mock.mount(&site.server));
    assert_eq!(site.cabinet(), Ok(()));
    site.runtime.block_on(site.server.verify());
}

#[test]
fn a_new_walk_begins_without_the_cookies_of_the_last() {
    let site = Site::new();
    let with_cookie = html(FRONT).insert_header("set-cookie", "session=abc");
    site.answer("GET", "/", with_cookie);
    let mut portal = site.portal();
    portal.open().unwrap();
    portal.open().unwrap();
    let received = site.runtime.block_on(site.server.received_requests());
    for request in received.unwrap() {
        assert_eq!(request.headers.get("cookie"), None);
    }
}

#[test]
fn a_redirection_to_another_port_is_refused_before_anything_is_sent_there() {
    let (site, other) = (Site::new(), Site::new());
    site.page("/", FRONT).answer(
        "GET",
        "/lk",
        leads_to(&format!("{}/lk", other.server.uri())),
    );
    other.page("/lk", PHONE_FORM);
    let Err(PortalError::BadAddress { why }) = site.cabinet() else {
        panic!()
    };
    let host = "127.0.0.1".to_owned();
    assert_eq!(why, AddressFault::OtherPort { host });
    assert_eq!(other.asked("/lk"), 0);
}

#[test]
fn redirections_without_end_are_given_up() {
    let site = Site::new();
    site.page("/", FRONT).answer("GET", "/lk", leads_to("/lk"));
    let why = "the portal redirects without end".to_owned();
    assert_eq!(site.cabinet(), Err(PortalError::Unreachable { why }));
    assert_eq!(site.asked("/lk"), 10);
}

#[test]
fn a_form_whose_token_is_stale_is_refused_in_the_portals_words() {
    let site = Site::new();
    let stale = "<h1>Ошибка</h1><p role=alert>Страница устарела. Обновите её</p>";
    let stale = ResponseTemplate::new(403).set_body_raw(stale, "text/html; charset=utf-8");
    site.page("/", FRONT)
        .page("/lk", PHONE_FORM)
        .answer("POST", "/phone", stale);
    let mut portal = site.portal();
    portal.open().unwrap();
    portal.open_cabinet().unwrap();
    let said = "Страница устарела. Обновите её".to_owned();
    assert_eq!(
        portal.request_code(&phone()),
        Err(PortalError::Refused { said })
    );
    assert_eq!(site.asked("/phone"), 1);
}

#[test]
fn a_portal_that_is_busy_is_asked_again_when_it_says() {
    for (status, after) in [
        (429, "40"),
        (503, "40"),
        (503, "Thu, 13 Dec 2018 01:00:40 GMT"),
    ] {
        let site = Site::new();
        let busy = busy(status, after).insert_header("date", "Thu, 13 Dec 2018 01:00:00 GMT");
        site.page("/", FRONT)
            .answer_first("/lk", 1, busy)
            .page("/lk", PHONE_FORM);
        assert_eq!(site.cabinet(), Ok(()), "{status} {after}");
        assert_eq!(site.waited(), [40], "{status} {after}");
    }
}

#[test]
fn a_portal_that_says_nothing_of_when_is_asked_again_soon() {
    for after in ["", "soon", "-1", "Thu, 13 Dec 2018 00:00:00 GMT"] {
        let site = Site::new();
        let busy = busy(503, after).insert_header("date", "Thu, 13 Dec 2018 01:00:00 GMT");
        site.page("/", FRONT)
            .answer_first("/lk", 1, busy)
            .page("/lk", PHONE_FORM);
        assert_eq!(site.cabinet(), Ok(()), "{after}");
        assert_eq!(site.waited(), [1], "{after}");
    }
}

#[test]
fn a_portal_that_is_closed_for_long_is_not_waited_for() {
    for status in [429, 503] {
        let site = Site::new();
        site.page("/", FRONT)
            .answer("GET", "/lk", busy(status, "3600"));
        assert_eq!(site.cabinet(), Err(PortalError::Busy { secs: Some(3600) }));
        assert_eq!((site.asked("/lk"), site.waited()), (1, vec![]));
    }
}

#[test]
fn a_form_that_is_refused_for_now_is_not_sent_again() {
    let site = Site::new();
    site.page("/", FRONT)
        .page("/lk", PHONE_FORM)
        .answer("POST", "/phone", busy(429, "30"));
    let mut portal = site.portal();
    portal.open().unwrap();
    portal.open_cabinet().unwrap();
    let error = PortalError::Busy { secs: Some(30) };
    assert_eq!(portal.request_code(&phone()), Err(error));
    assert_eq!(site.asked("/phone"), 1);
}

#[test]
fn a_portal_that_is_not_there_is_asked_three_times() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let error = open(&format!("http://{address}/")).unwrap_err();
    let refused = matches!(&error, PortalError::Unreachable { why } if why.contains("refused"));
    assert!(refused, "{error}");
}

#[test]
fn an_answer_that_breaks_off_is_asked_for_again_and_then_told() {
    let torn = b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 1000\r\n\r\n<title>";
    let (address, server) = raw(vec![torn.to_vec(); 3]);
    let error = open(&format!("http://{address}/")).unwrap_err();
    assert!(matches!(error, PortalError::Unreachable { .. }), "{error}");
    assert_eq!(server.join().unwrap(), 3);
}

#[test]
fn an_answer_that_is_no_http_is_told() {
    let (address, server) = raw(vec![b"220 smtp.example ESMTP\r\n".to_vec(); 3]);
    let error = open(&format!("http://{address}/")).unwrap_err();
    assert!(matches!(error, PortalError::Unreachable { .. }), "{error}");
    assert_eq!(server.join().unwrap(), 3);
}

#[test]
fn an_answer_that_takes_too_long_is_told() {
    let site = Site::new();
    let late = html(FRONT).set_delay(Duration::from_secs(60));
    site.answer("GET", "/", late);
    let address = PortalAddress {
        timeout: Duration::from_millis(50),
        ..PortalAddress::new(&site.server.uri())
    };
    let portal = HttpPortal::new(address, Events::unwatched(Rc::new(Still)));
    let error = portal.unwrap().open();
    assert_eq!(error, Err(PortalError::TimedOut { secs: 0 }));
}

#[test]
fn a_portal_whose_tls_has_nothing_in_common_with_ours_is_told_so() {
    // Alert, TLS 1.2, two octets: fatal, handshake_failure.
    let (address, server) = raw(vec![vec![0x15, 3, 3, 0, 2, 2, 40]]);
    let error = open(&format!("https://{address}/"));
    assert_eq!(error, Err(PortalError::Tls(TlsFault::NothingInCommon)));
    assert_eq!(server.join().unwrap(), 1);
}

#[test]
fn plain_http_where_tls_is_expected_is_no_fault_of_a_certificate() {
    let (address, server) = raw(vec![b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec(); 3]);
    let error = open(&format!("https://{address}/")).unwrap_err();
    assert!(matches!(error, PortalError::Unreachable { .. }), "{error}");
    assert_eq!(server.join().unwrap(), 3);
}

#[test]
fn a_file_in_the_place_of_a_page_is_named() {
    let site = Site::new();
    let json = ResponseTemplate::new(200).set_body_raw("{}", "application/json");
    site.page("/", FRONT).answer("GET", "/lk", json);
    let Err(PortalError::NotTheCabinet { page, missing, .. }) = site.cabinet() else {
        panic!()
    };
    assert_eq!(
        (page.as_str(), missing.as_str()),
        ("Личный кабинет", "page, but a file")
    );
}

#[test]
fn a_page_or_file_without_end_is_not_taken_whole() {
    let site = Site::new();
    let mut portal = site.logged_in();
    site.page("/work", &"<p>".repeat(200_000));
    let error = portal.applications().unwrap_err();
    let what = "/work".to_owned();
    assert_eq!(
        error,
        PortalError::TooLarge {
            what,
            limit: 512 << 10
        }
    );
}

#[test]
fn a_page_that_names_no_character_set_and_is_no_utf_8_is_read_as_windows_1251() {
    let (bytes, ..) = encoding_rs::WINDOWS_1251.encode(FRONT);
    let site = Site::new();
    let silent = ResponseTemplate::new(200).set_body_raw(bytes.into_owned(), "text/html");
    site.answer("GET", "/", silent).page("/lk", PHONE_FORM);
    assert_eq!(site.cabinet(), Ok(()));
}

#[test]
fn a_request_form_with_octets_that_are_no_letters_is_not_guessed_at() {
    let site = Site::new();
    let mut portal = site.logged_in();
    site.page("/work", "<a href=/list>Личный кабинет</a>")
        .page("/list", LIST)
        .page("/card", CARD);
    let (before, after) = REQUEST_FORM.split_once('#').unwrap();
    let body = [before.as_bytes(), b"\xff", after.as_bytes()].concat();
    let torn = ResponseTemplate::new(200).set_body_raw(body, "text/html; charset=utf-8");
    site.answer("GET", "/ask", torn);
    portal.applications().unwrap();
    portal.open_application("722318").unwrap();
    let Err(PortalError::NotUnderstood { missing, .. }) = portal.open_request_form() else {
        panic!()
    };
    assert_eq!(missing, "legible field «Общее имя (2.5.4.3)»");
}

#[test]
fn a_page_in_the_place_of_the_certificate_is_the_portals_refusal_or_is_named() {
    let site = Site::new();
    let mut portal = site.logged_in();
    let card = CARD.replace(
        "<a href=/pdf>",
        "<a href=/cer>Сохранить сертификат на локальный компьютер</a><a href=/pdf>",
    );
    site.page("/work", "<a href=/list>Личный кабинет</a>")
        .page("/list", LIST)
        .page("/card", &card);
    portal.applications().unwrap();
    portal.open_application("722318").unwrap();
    site.answer_first(
        "/cer",
        1,
        html("<p role=alert>Сертификат ещё не выпущен</p>"),
    );
    let said = "Сертификат ещё не выпущен".to_owned();
    assert_eq!(portal.certificate(), Err(PortalError::Refused { said }));
    site.answer_first("/cer", 1, html("<h1>Технические работы</h1>"));
    let Err(PortalError::NotUnderstood { page, missing, .. }) = portal.certificate() else {
        panic!()
    };
    assert_eq!(
        (page.as_str(), missing.as_str()),
        ("Технические работы", "file")
    );
    site.answer_first("/cer", 1, html(PHONE_FORM));
    assert_eq!(portal.certificate(), Err(PortalError::SessionExpired));
}

#[test]
fn a_portal_that_refuses_everything_is_told_with_its_status() {
    let site = Site::new();
    let forbidden = Mock::given(any()).respond_with(ResponseTemplate::new(404));
    site.runtime.block_on(forbidden.mount(&site.server));
    let error = site.cabinet();
    let what = "the front page".to_owned();
    assert_eq!(error, Err(PortalError::Status { what, status: 404 }));
}

const REQUEST_FORM: &str = "<h2>Создать запрос с помощью «Рутокен ЭЦП»</h2><form method=post action=/send>\
     <label>Имя контейнера<input name=z value='ООО Тестовая организация'></label>\
     <fieldset><legend>Сведения для сертификата</legend><label>Общее имя (2.5.4.3)<input name=x readonly value='ООО#'></label>\
     </fieldset></form>";
