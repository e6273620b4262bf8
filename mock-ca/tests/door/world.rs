//! A test's world: the mock at its pure door, a clock in hand, and a browser that knows only what a person sees.

use http::{Method, Request, Response};
use jiff::{SignedDuration, Timestamp};
use mock_ca::{Application, Door, MockCa, Order, Settings};
use serde_json::Value;

use crate::browser::Browser;
use crate::token;

/// The sample applicant's phone as the manual's user would type it.
pub(crate) const PHONE: &str = "+7 900 000-00-00";

pub(crate) struct World {
    pub(crate) mock: MockCa,
    pub(crate) now: Timestamp,
}

impl World {
    pub(crate) fn new() -> Self {
        Self::with(Settings::default())
    }

    pub(crate) fn with(settings: Settings) -> Self {
        Self {
            now: settings.epoch,
            mock: MockCa::new(settings),
        }
    }

    pub(crate) fn pass(&mut self, secs: i64) {
        self.now += SignedDuration::from_secs(secs);
    }

    pub(crate) fn ask(
        &mut self,
        door: Door,
        method: Method,
        path: &str,
        body: &str,
    ) -> Response<Vec<u8>> {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .body(body.as_bytes().to_vec())
            .unwrap();
        self.mock.handle(self.now, door, request)
    }

    pub(crate) fn json(
        &mut self,
        door: Door,
        method: Method,
        path: &str,
        body: &str,
    ) -> (u16, Value) {
        let response = self.ask(door, method, path, body);
        (
            response.status().as_u16(),
            serde_json::from_slice(response.body()).unwrap(),
        )
    }

    /// What the phone shows by now, oldest first.
    pub(crate) fn inbox(&mut self, phone: &str) -> Vec<Value> {
        let path = format!("/inbox?phone={phone}");
        let (status, messages) = self.json(Door::Sms, Method::GET, &path, "");
        assert_eq!(status, 200, "{messages}");
        messages.as_array().unwrap().clone()
    }

    /// The texts on the sample phone.
    pub(crate) fn texts(&mut self) -> Vec<String> {
        self.inbox("79000000000")
            .iter()
            .map(|message| message["text"].as_str().unwrap().to_owned())
            .collect()
    }

    /// The newest code on a phone.
    pub(crate) fn code(&mut self, phone: &str) -> String {
        let inbox = self.inbox(phone);
        let texts = inbox
            .iter()
            .rev()
            .map(|message| message["text"].as_str().unwrap());
        let mut codes = texts.filter_map(|text| text.strip_prefix("Код подтверждения: "));
        codes.next().expect("a code has arrived")[..6].to_owned()
    }

    pub(crate) fn application(&self, number: u32) -> Application {
        self.order(number).application
    }

    /// Logs a new browser in, as chapters 1.2 – 1.5 say.
    pub(crate) fn logged_in(&mut self, phone: &str) -> Browser {
        let mut browser = Browser::default();
        browser.log_in(self, phone);
        browser
    }

    /// Any request at the portal, without a browser's manners.
    pub(crate) fn portal(
        &mut self,
        method: Method,
        path: &str,
        cookie: &str,
        body: &str,
    ) -> Response<Vec<u8>> {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("cookie", cookie);
        let request = request.body(body.as_bytes().to_vec()).unwrap();
        self.mock.handle(self.now, Door::Portal, request)
    }

    /// Chapters 1.2 – 1.13: the certificate is there, a new browser stands on its card.
    pub(crate) fn issued(&mut self, phone: &str, number: u32) -> Browser {
        self.sent(phone, number);
        self.pass(1800);
        let mut browser = self.logged_in(phone);
        browser.open_card(self, number);
        browser
    }

    /// The certificate of an order, DER.
    pub(crate) fn certificate(&self, number: u32) -> Vec<u8> {
        self.order(number)
            .certificate
            .clone()
            .expect("it is issued")
            .der
    }

    pub(crate) fn order(&self, number: u32) -> Order {
        self.mock
            .orders()
            .find(|order| order.application.number == number)
            .unwrap()
            .clone()
    }

    /// Chapters 1.2 – 1.11 for an application: the request is sent, the browser stands on the card.
    pub(crate) fn sent(&mut self, phone: &str, number: u32) -> Browser {
        let pem = token::request_pem(&self.application(number), 1);
        let mut browser = self.logged_in(phone);
        browser.open_card(self, number);
        browser.click(self, "Запросить сертификат");
        browser.press(self, "Создать ключевую пару");
        browser.fill("Запрос на сертификат (PEM)", &pem);
        browser.press(self, "Создать запрос");
        assert!(
            browser.shows("Запрос на сертификат успешно отправлен"),
            "{}",
            browser.text()
        );
        browser.click(self, "ОК");
        browser
    }
}
