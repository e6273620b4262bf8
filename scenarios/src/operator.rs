//! The operator of the engine, with a person's mistakes.

use enroll::ports::sms::{Awaited, Phone, SmsError, SmsInbox, SmsMessage};
use enroll::sms::{Notice, classify};

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
            && let Some(wrong) = &self.wrong_code
            && let Some((message, text)) = with_wrong_code(&mut messages, wrong)
        {
            message.text = text.into();
            self.wrong_code = None;
        }
        Ok(messages)
    }

    fn sees_notices(&self) -> bool {
        self.inbox.sees_notices()
    }
}

/// The newest message that has a code, and its text with `wrong` instead.
fn with_wrong_code<'a>(
    messages: &'a mut [SmsMessage],
    wrong: &str,
) -> Option<(&'a mut SmsMessage, String)> {
    let mut newest_first = messages.iter_mut().rev();
    newest_first.find_map(|message| match classify(&message.text) {
        Notice::Code(code) => {
            let text = message.text.replacen(code.expose(), wrong, 1);
            Some((message, text))
        }
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Hands over what has come so far, one text more each time.
    struct Arriving(Vec<&'static str>, usize);

    impl SmsInbox for Arriving {
        fn newest(&mut self, _: &Phone) -> Result<u64, SmsError> {
            Ok(0)
        }

        fn since(&mut self, _: &Phone, _: u64, _: Awaited) -> Result<Vec<SmsMessage>, SmsError> {
            self.1 += 1;
            let come = self.0.iter().take(self.1).zip(1..);
            let message = |(text, id): (&&str, u64)| SmsMessage {
                id,
                text: (*text).to_owned().into(),
                at: None,
            };
            Ok(come.map(message).collect())
        }

        fn sees_notices(&self) -> bool {
            true
        }
    }

    const READY: &str = "Ваш сертификат готов. Получите экземпляры документов";
    const CODE: &str = "Код подтверждения: 123456. Никому его не сообщайте";
    const WRONG: &str = "Код подтверждения: 000000. Никому его не сообщайте";

    /// What is read at each of so many looks.
    fn looks(texts: Vec<&'static str>) -> Vec<Vec<String>> {
        let number = texts.len();
        let mut inbox = Mistyping::new(Arriving(texts, 0), Some("000000".to_owned()));
        let phone = Phone::parse("+7 900 000-00-00").expect("a phone");
        let mut look = || {
            let come = inbox.since(&phone, 0, Awaited::Code).expect("an inbox");
            come.iter().map(|it| it.text.to_string()).collect()
        };
        (0..number).map(|_| look()).collect()
    }

    #[test]
    fn a_mistyped_code_replaces_the_digits_and_nothing_else() {
        assert_eq!(looks(vec![CODE]), [[WRONG]]);
    }

    #[test]
    fn a_text_without_a_code_stays_and_the_next_code_is_mistyped() {
        assert_eq!(looks(vec![READY, CODE])[0], [READY]);
        assert_eq!(looks(vec![READY, CODE])[1], [READY, WRONG]);
    }

    #[test]
    fn a_code_is_mistyped_once_also_before_a_later_notice() {
        assert_eq!(looks(vec![CODE, READY])[1], [CODE, READY]);
    }
}
