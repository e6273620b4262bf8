//! An inbox behind HTTP: a gateway that lists messages.

use std::sync::Arc;

use jiff::Timestamp;
use serde::Deserialize;
use tokio::runtime::Runtime;
use url::Url;
use zeroize::Zeroizing;

use super::browser::transport::{self, Method, Transport};
use super::http_portal::PortalAddress;
use crate::event::Events;
use crate::ports::PortalError;
use crate::ports::portal::AddressFault;
use crate::ports::sms::{Awaited, Phone, SmsError, SmsInbox, SmsMessage};

/// `GET {url}/inbox?phone=79…` answers `[{"id":1,"to":"79…","text":"…","at":"2018-12-13T01:00:05Z"}]`, oldest first.
pub struct SmsGateway {
    transport: Transport,
    inbox: Url,
}

impl SmsGateway {
    /// Prepares a client; nothing is fetched yet. The address has the same rules as the portal's.
    pub fn new(address: PortalAddress, events: Events) -> Result<Self, SmsError> {
        let event_loop = transport::event_loop().map_err(of_gateway)?;
        Self::new_on(event_loop, address, events)
    }

    /// The same with its connections on an event loop that others use as well.
    pub fn new_on(
        event_loop: Arc<Runtime>,
        address: PortalAddress,
        events: Events,
    ) -> Result<Self, SmsError> {
        let transport =
            Transport::new(address.into(), event_loop, events, WAITS).map_err(of_gateway)?;
        let mut inbox = transport.front();
        inbox
            .path_segments_mut()
            .map_err(|()| SmsError::BadAddress {
                why: AddressFault::NotUrl,
            })?
            .pop_if_empty()
            .push("inbox");
        Ok(Self { transport, inbox })
    }

    fn all(&mut self, phone: &Phone) -> Result<Vec<SmsMessage>, SmsError> {
        let mut target = self.inbox.clone();
        target
            .query_pairs_mut()
            .append_pair("phone", phone.digits());
        let answer = self.transport.request(&target, &Method::Get);
        let answer = answer.map_err(of_gateway)?;
        match answer.status {
            200 => messages(&answer.text()),
            status => Err(SmsError::Status { status }),
        }
    }
}

impl SmsInbox for SmsGateway {
    fn newest(&mut self, phone: &Phone) -> Result<u64, SmsError> {
        Ok(newest(&self.all(phone)?))
    }

    fn since(
        &mut self,
        phone: &Phone,
        after: u64,
        _awaited: Awaited,
    ) -> Result<Vec<SmsMessage>, SmsError> {
        Ok(later(self.all(phone)?, after))
    }
}

impl core::fmt::Debug for SmsGateway {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("SmsGateway")
    }
}

#[derive(Deserialize)]
struct Delivered {
    id: u64,
    text: String,
    #[serde(default)]
    at: Option<Timestamp>,
}

pub(super) fn messages(json: &str) -> Result<Vec<SmsMessage>, SmsError> {
    let read: Vec<Delivered> =
        serde_json::from_str(json).map_err(|error| SmsError::NotMessages {
            why: format!("line {}, column {}", error.line(), error.column()),
        })?;
    let message = |Delivered { id, text, at }| SmsMessage {
        id,
        text: Zeroizing::new(text),
        at,
    };
    Ok(read.into_iter().map(message).collect())
}

/// The highest id, 0 where there is no message.
pub(super) fn newest(messages: &[SmsMessage]) -> u64 {
    messages.iter().map(|message| message.id).max().unwrap_or(0)
}

pub(super) fn later(messages: Vec<SmsMessage>, after: u64) -> Vec<SmsMessage> {
    messages
        .into_iter()
        .filter(|message| message.id > after)
        .collect()
}

/// What the transport tells, of the gateway: it speaks of the portal otherwise.
fn of_gateway(error: PortalError) -> SmsError {
    match error {
        PortalError::BadAddress { why } => SmsError::BadAddress { why },
        PortalError::PlainHttp { host } => SmsError::PlainHttp { host },
        PortalError::Tls(fault) => SmsError::Tls(fault),
        PortalError::TimedOut { secs } => SmsError::TimedOut { secs },
        PortalError::TooLarge { limit, .. } => SmsError::TooLarge { limit },
        PortalError::Unreachable { why } => SmsError::Unreachable { why },
        other => SmsError::Unreachable {
            why: other.to_string(),
        },
    }
}

/// What is waited for before the gateway is asked again.
const WAITS: &str = "the SMS gateway does not answer, asking again";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ports::portal::TlsFault;

    #[test]
    fn a_failure_on_the_way_to_the_gateway_is_told_as_the_gateways() {
        let table = [
            (
                PortalError::TimedOut { secs: 30 },
                SmsError::TimedOut { secs: 30 },
            ),
            (TlsFault::Expired.into(), SmsError::Tls(TlsFault::Expired)),
        ];
        for (met, told) in table {
            assert_eq!(of_gateway(met), told);
            assert!(!told.to_string().contains("portal"), "{told}");
        }
    }

    #[test]
    fn a_list_of_messages_is_read_and_anything_else_named() {
        let text =
            r#"[{"id":3,"to":"79000000000","text":"Ваш код 1234","at":"2018-12-13T01:00:05Z"}]"#;
        let read = messages(text).unwrap();
        assert_eq!(
            (read[0].id, read[0].at.unwrap().to_string().as_str()),
            (3, "2018-12-13T01:00:05Z")
        );
        assert!(matches!(
            messages("<html>"),
            Err(SmsError::NotMessages { .. })
        ));
    }
}
