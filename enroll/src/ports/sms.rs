//! The phone that the codes and the two notices come to.

use core::fmt;

use jiff::Timestamp;
use zeroize::Zeroizing;

use super::portal::{AddressFault, TlsFault};

/// An inbox that can be looked into.
pub trait SmsInbox {
    /// The id of the newest message so far, 0 when there is none: what comes later answers what is asked now.
    fn newest(&mut self, phone: &Phone) -> Result<u64, SmsError>;

    /// The messages with an id above `after`, oldest first, that have arrived by now.
    ///
    /// `awaited` tells an inbox that is a person what to ask for.
    fn since(
        &mut self,
        phone: &Phone,
        after: u64,
        awaited: Awaited,
    ) -> Result<Vec<SmsMessage>, SmsError>;

    /// Whether the two notices can be seen at all; a person who types codes answers no, and the engine then
    /// goes by the status alone.
    fn sees_notices(&self) -> bool {
        true
    }
}

/// What the engine hopes to find.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Awaited {
    /// The code for a login.
    Code,
    /// «Ваш сертификат заказан…»
    Ordered,
    /// «Ваш сертификат готов…»
    Ready,
}

/// One message as delivered. The text may hold a code: `Debug` leaves it out.
#[derive(Clone, PartialEq, Eq)]
pub struct SmsMessage {
    /// Grows with each message.
    pub id: u64,
    /// As delivered.
    pub text: Zeroizing<String>,
    /// When it was sent, where the inbox tells.
    pub at: Option<Timestamp>,
}

impl fmt::Debug for SmsMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SmsMessage")
            .field("id", &self.id)
            .field("at", &self.at)
            .finish_non_exhaustive()
    }
}

/// A code for one login. Shows itself nowhere.
#[derive(Clone, PartialEq, Eq)]
pub struct Code(Zeroizing<String>);

impl Code {
    /// Takes the digits as they stood in the message.
    #[must_use]
    pub fn new(digits: &str) -> Self {
        Self(Zeroizing::new(digits.to_owned()))
    }

    /// The digits, for the form.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Code(…)")
    }
}

/// A Russian phone number, kept as eleven digits beginning with 7.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Phone(String);

impl Phone {
    /// Reads `+7 900 000-00-00`, `8 (900) 000 00 00`, `79000000000` and the like; ten digits get the 7.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let allowed = |c: char| c.is_ascii_digit() || " +-()\u{a0}".contains(c);
        let digits: String = text.trim().chars().filter(char::is_ascii_digit).collect();
        let national = match (digits.len(), digits.as_bytes().first()) {
            (11, Some(b'7' | b'8')) => digits.get(1..)?,
            (10, _) => &digits,
            _ => return None,
        };
        text.trim()
            .chars()
            .all(allowed)
            .then(|| Self(format!("7{national}")))
    }

    /// Eleven digits.
    #[must_use]
    pub fn digits(&self) -> &str {
        &self.0
    }

    /// `+7 900 ***-**-00`: enough to recognise, not enough to call.
    #[must_use]
    pub fn masked(&self) -> String {
        let digits = &self.0;
        format!(
            "+7 {} ***-**-{}",
            digits.get(1..4).unwrap_or("***"),
            digits.get(9..11).unwrap_or("**")
        )
    }
}

impl fmt::Debug for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Phone({})", self.masked())
    }
}

/// Why the inbox could not be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SmsError {
    /// The gateway's address cannot be used.
    #[error("the SMS gateway's address cannot be used: {why}")]
    BadAddress {
        /// What is wrong with it.
        why: AddressFault,
    },
    /// The codes would travel in clear.
    #[error("the SMS gateway {host} would be spoken to in clear")]
    PlainHttp {
        /// The host.
        host: String,
    },
    /// No secure connection to the gateway.
    #[error("no secure connection to the SMS gateway: {0}")]
    Tls(TlsFault),
    /// A connection, but no answer in time.
    #[error("the SMS gateway did not answer in {secs} s")]
    TimedOut {
        /// How long was waited.
        secs: u64,
    },
    /// An HTTP status other than 200.
    #[error("the SMS gateway answered with the HTTP status {status}")]
    Status {
        /// The HTTP status.
        status: u16,
    },
    /// The gateway did not answer.
    #[error("the SMS inbox does not answer: {why}")]
    Unreachable {
        /// The transport's words, no address in them.
        why: String,
    },
    /// The gateway answered, but not with messages.
    #[error("the SMS inbox answered something that is not a list of messages: {why}")]
    NotMessages {
        /// What was wrong.
        why: String,
    },
    /// A command was to print the messages and failed.
    #[error("the SMS command failed: {why}")]
    CommandFailed {
        /// Its exit status or the system's words.
        why: String,
    },
    /// A command was to print the messages and did not end.
    #[error("the SMS command did not end in {secs} s and was stopped")]
    CommandHangs {
        /// How long was waited.
        secs: u64,
    },
    /// More than any phone holds.
    #[error("the SMS inbox answered more than {limit} bytes")]
    TooLarge {
        /// The limit.
        limit: usize,
    },
    /// A person was to type the code, and there is no terminal.
    #[error("no terminal to ask for the SMS code at")]
    NoTerminal,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phone_in_any_usual_form_is_eleven_digits() {
        for text in [
            "+7 900 000-00-00",
            "8 (900) 000 00 00",
            "79000000000",
            "9000000000",
        ] {
            assert_eq!(Phone::parse(text).expect(text).digits(), "79000000000");
        }
    }

    #[test]
    fn phone_of_another_shape_is_refused() {
        for text in [
            "",
            "123",
            "+1 900 000-00-00",
            "7900000000a",
            "790000000000",
            "７9000000000",
        ] {
            assert_eq!(Phone::parse(text), None, "{text}");
        }
    }

    #[test]
    fn phone_and_code_do_not_show_themselves() {
        let phone = Phone::parse("79123456789").unwrap();
        assert_eq!(
            format!("{phone:?} {:?}", Code::new("123456")),
            "Phone(+7 912 ***-**-89) Code(…)"
        );
    }
}
