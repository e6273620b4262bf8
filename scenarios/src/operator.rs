//! The operator of the engine, with a person's mistakes.

use enroll::ports::sms::{Awaited, Phone, SmsError, SmsInbox, SmsMessage};

/// An inbox whose reader mistypes a code once.
pub struct Mistyping<Inbox> {
    inbox: Inbox,
    wrong_code: Option<String>,
}

impl<Inbox> Mistyping<Inbox> {
    /// Types `wrong_code` instead of the first code that arrives; nothing wrong without it.
    pub fn new(inbox: Inbox, wrong_code: Option<String>) -> Self {
        Self { inbox, wrong_code }
    }
}

impl<Inbox: SmsInbox> SmsInbox for Mistyping<Inbox> {
    fn newest(&mut self, phone: &Phone) -> Result<u64, SmsError> {
        self.inbox.newest(phone)
    }

    fn since(
        &mut self,
        phone: &Phone,
        after: u64,
        awaited: Awaited,
    ) -> Result<Vec<SmsMessage>, SmsError> {
        let mut messages = self.inbox.since(phone, after, awaited)?;
        if awaited == Awaited::Code
            && let Some(message) = messages.last_mut()
            && let Some(wrong) = self.wrong_code.take()
        {
            message.text = with_code(&message.text, &wrong).into();
        }
        Ok(messages)
    }

    fn sees_notices(&self) -> bool {
        self.inbox.sees_notices()
    }
}

/// The text with its first run of digits replaced.
fn with_code(text: &str, code: &str) -> String {
    let start = text
        .find(|c: char| c.is_ascii_digit())
        .unwrap_or(text.len());
    let rest = text[start..].trim_start_matches(|c: char| c.is_ascii_digit());
    format!("{}{code}{rest}", &text[..start])
}

#[cfg(test)]
mod tests {
    use super::with_code;

    #[test]
    fn a_mistyped_code_replaces_the_digits_and_nothing_else() {
        assert_eq!(
            with_code("Код: 123456. Никому", "000000"),
            "Код: 000000. Никому"
        );
        assert_eq!(with_code("без кода", "1"), "без кода1");
    }
}
