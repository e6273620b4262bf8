//! The portal's end of the gateway: a client of SMSC.ru's HTTP API, as the real portal must have one.
//!
//! It goes through the same door as everybody else's texts, with a login of its own, and believes only the answer.

use http::header::CONTENT_TYPE;
use http::{Request, Response};
use jiff::Timestamp;
use serde::Deserialize;

use crate::sms::api::Gateway;
use crate::{Kind, MockCa, office, settings, sms};

/// How the text of a code begins (assumed).
const CODE_BEGINS: &str = "Код подтверждения: ";

/// What a text is about, by its words: nothing else of it comes to a gateway.
pub(crate) fn kind_of(text: &str) -> Kind {
    match text {
        office::SMS_ORDERED => Kind::Ordered,
        office::SMS_READY => Kind::Ready,
        _ if text.starts_with(CODE_BEGINS) => Kind::Code,
        _ => Kind::Other,
    }
}

/// Why a text did not go: the gateway's own number for it, 0 for an answer that is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NotSent(pub(crate) u32);

/// What `fmt=3` answers.
#[derive(Deserialize)]
struct Answer {
    id: Option<u64>,
    error_code: Option<u32>,
}

impl MockCa {
    /// Hands a code to the gateway.
    pub(crate) fn send_code(
        &mut self,
        now: Timestamp,
        phone: &str,
        code: &str,
    ) -> Result<(), NotSent> {
        let text = format!("{CODE_BEGINS}{code}. Никому его не сообщайте"); // assumed
        self.send_text(now, phone, &text)
    }

    /// Hands a text to the gateway.
    pub(crate) fn send_text(
        &mut self,
        at: Timestamp,
        phone: &str,
        text: &str,
    ) -> Result<(), NotSent> {
        let request = request(&self.settings.gateway, phone, text);
        let gateway = Gateway {
            settings: &self.settings,
            outbox: &mut self.state.outbox,
            faults: &mut self.state.faults,
            kind_of,
        };
        outcome(&sms::handle(gateway, at, &request))
    }
}

fn request(account: &settings::Gateway, phone: &str, text: &str) -> Request<Vec<u8>> {
    let form = form_urlencoded::Serializer::new(String::new())
        .append_pair("login", &account.login)
        .append_pair("psw", &account.password)
        .append_pair("phones", phone)
        .append_pair("mes", text)
        .append_pair("charset", "utf-8")
        .append_pair("fmt", "3")
        .finish();
    let request = Request::post("/sys/send.php");
    let request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded");
    request
        .body(form.into_bytes())
        .expect("a path and a header of ours")
}

/// By the body alone: an error, too, comes with status 200.
fn outcome(response: &Response<Vec<u8>>) -> Result<(), NotSent> {
    match serde_json::from_slice(response.body()) {
        Ok(Answer {
            id: Some(_),
            error_code: None,
        }) => Ok(()),
        Ok(Answer { error_code, .. }) => Err(NotSent(error_code.unwrap_or(0))),
        Err(_) => Err(NotSent(0)),
    }
}
