//! What an inbox behind HTTP answers.

use enroll::adapters::sms_gateway::SmsGateway;
use enroll::ports::SmsError;
use enroll::ports::portal::AddressFault;
use enroll::ports::sms::{Awaited, SmsInbox as _};

use super::*;

impl Site {
    fn inbox(&self) -> SmsGateway {
        let events = Events::new(Rc::new(Still), Rc::clone(&self.told) as _);
        SmsGateway::new(PortalAddress::new(&self.server.uri()), events).unwrap()
    }

    fn inbox_that_answers(&self, answer: ResponseTemplate) -> Result<u64, SmsError> {
        self.answer("GET", "/inbox", answer);
        self.inbox().newest(&phone())
    }
}

fn json(body: &str) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_raw(body, "application/json")
}

#[test]
fn messages_are_those_of_the_phone_after_the_last_one_known() {
    let site = Site::new();
    let two = r#"[{"id":3,"to":"79000000000","text":"Код 1","at":"2018-12-13T01:00:05Z"},{"id":5,"text":"Код 2"}]"#;
    let mock = Mock::given(path("/inbox"))
        .and(wiremock::matchers::query_param("phone", "79000000000"))
        .respond_with(json(two));
    site.runtime.block_on(mock.mount(&site.server));
    let mut inbox = site.inbox();
    assert_eq!(inbox.newest(&phone()), Ok(5));
    let later = inbox.since(&phone(), 3, Awaited::Code).unwrap();
    let texts: Vec<_> = later.iter().map(|message| message.text.as_str()).collect();
    assert_eq!(texts, ["Код 2"]);
}

#[test]
fn a_phone_without_messages_is_no_error() {
    assert_eq!(Site::new().inbox_that_answers(json("[]")), Ok(0));
}

#[test]
fn a_gateway_that_answers_something_else_is_told_where() {
    for (body, at) in [
        ("<html>", "line 1, column 1"),
        (r#"{"error":1}"#, "line 1, column 0"),
        ("[{\"id\":\n\"x\"}]", "line 2, column 3"),
    ] {
        let why = at.to_owned();
        let error = Site::new().inbox_that_answers(json(body));
        assert_eq!(error, Err(SmsError::NotMessages { why }), "{body}");
    }
}

#[test]
fn a_gateway_that_is_out_of_order_is_asked_again_and_then_told() {
    let site = Site::new();
    let error = site.inbox_that_answers(ResponseTemplate::new(502));
    assert_eq!(error, Err(SmsError::Status { status: 502 }));
    let received = site.runtime.block_on(site.server.received_requests());
    assert_eq!(received.unwrap().len(), 3);
}

#[test]
fn a_gateway_that_answers_without_end_is_told() {
    let error = Site::new().inbox_that_answers(json(&" ".repeat((8 << 20) + 1)));
    assert_eq!(error, Err(SmsError::TooLarge { limit: 8 << 20 }));
}

#[test]
fn a_gateway_on_another_machine_is_not_spoken_to_in_clear() {
    let open = |url: &str| {
        let events = Events::unwatched(Rc::new(Still));
        SmsGateway::new(PortalAddress::new(url), events).map(drop)
    };
    let host = "sms.forus.ru".to_owned();
    assert_eq!(
        open("http://sms.forus.ru/"),
        Err(SmsError::PlainHttp { host })
    );
    let why = AddressFault::NotUrl;
    assert_eq!(open("sms.forus.ru"), Err(SmsError::BadAddress { why }));
}

#[test]
fn a_gateway_that_is_not_there_is_told_without_a_word_of_the_portal() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    drop(listener);
    let told = Rc::new(RefCell::new(Told::default()));
    let events = Events::new(Rc::new(Still), Rc::clone(&told) as _);
    let mut inbox = SmsGateway::new(PortalAddress::new(&url), events).unwrap();
    let error = inbox.newest(&phone()).unwrap_err();
    assert!(matches!(error, SmsError::Unreachable { .. }), "{error}");
    let told = serde_json::to_string(&told.borrow().0).unwrap();
    assert!(told.contains("the SMS gateway does not answer"), "{told}");
    assert!(
        !format!("{told}{error}").contains("portal"),
        "{error}: {told}"
    );
}
