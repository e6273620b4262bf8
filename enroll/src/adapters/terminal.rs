//! A person at a terminal, and the files and variables that speak for one.

use core::cell::OnceCell;
use std::io::{IsTerminal as _, Read as _, Write as _};
use std::path::PathBuf;

use zeroize::Zeroizing;

use crate::messages::{Lang, plan_lines, question};
use crate::ports::sms::{Awaited, Phone, SmsError, SmsInbox, SmsMessage};
use crate::ports::token::{Pin, PinRole, Tries};
use crate::ports::{Applicant, ApplicantError, Plan};

/// Where one PIN comes from, in this order; the prompt is last. It is read once: a descriptor gives what it has only
/// once, and a run logs in several times.
#[derive(Clone, Debug, Default)]
pub struct PinSource {
    /// `--pin-file`.
    pub file: Option<PathBuf>,
    /// `--pin-fd`.
    pub descriptor: Option<u32>,
    /// The name of the environment variable.
    pub variable: &'static str,
    /// What was read.
    pub kept: OnceCell<Option<Pin>>,
}

/// The applicant of the command line.
#[derive(Clone, Debug)]
pub struct TerminalApplicant {
    /// The user's PIN.
    pub user: PinSource,
    /// The administrator's PIN.
    pub administrator: PinSource,
    /// `--yes`.
    pub agrees_to_all: bool,
    /// Language of the questions.
    pub lang: Lang,
}

impl Applicant for TerminalApplicant {
    fn pin(&mut self, role: PinRole, left: &Tries) -> Result<Pin, ApplicantError> {
        let source = match role {
            PinRole::User => &self.user,
            PinRole::Administrator => &self.administrator,
        };
        if let Some(pin) = source.read()? {
            self.point_out_default(role, &pin);
            return Ok(pin);
        }
        if !is_interactive() {
            return Err(ApplicantError::NoPin { role });
        }
        let typed = dialoguer::Password::new()
            .with_prompt(question::pin(role, *left, self.lang))
            .interact();
        let pin = typed
            .map(Zeroizing::new)
            .map(|typed| Pin::new(&typed))
            .map_err(|error| unreadable("terminal", &error.to_string()))?;
        self.point_out_default(role, &pin);
        Ok(pin)
    }

    fn agrees(&mut self, plan: &Plan) -> Result<bool, ApplicantError> {
        for line in plan_lines(plan, self.lang) {
            talk(&line);
        }
        self.confirms(&question::delete(self.lang))
    }
}

impl TerminalApplicant {
    /// A PIN that everybody knows protects nothing: said before it is presented, in words that do not repeat it.
    fn point_out_default(&self, role: PinRole, pin: &Pin) {
        if pin.is_default_of(role) {
            talk(&format!(
                "     !  {}",
                question::default_pin(role, self.lang)
            ));
        }
    }

    /// Whether the PIN that file, descriptor or variable name is the factory's; nothing where none is named. Asks nobody.
    #[must_use]
    pub fn names_default(&self, role: PinRole) -> Option<bool> {
        let source = match role {
            PinRole::User => &self.user,
            PinRole::Administrator => &self.administrator,
        };
        let pin = source.read().ok()??;
        Some(pin.is_default_of(role))
    }

    /// Asks a question whose answer cannot be undone; `--yes` answers it.
    ///
    /// Errors: [`ApplicantError::NoConsent`] without a terminal.
    pub fn confirms(&self, question: &str) -> Result<bool, ApplicantError> {
        if self.agrees_to_all {
            return Ok(true);
        }
        if !is_interactive() {
            return Err(ApplicantError::NoConsent);
        }
        let asked = dialoguer::Confirm::new()
            .with_prompt(question)
            .default(false);
        let answer = asked.interact();
        answer.map_err(|error| unreadable("terminal", &error.to_string()))
    }

    /// A PIN that is to be set: from its source, else typed twice.
    ///
    /// Errors: [`ApplicantError::NoPin`] without a source and a terminal; [`ApplicantError::Unreadable`].
    pub fn new_pin(&self, role: PinRole, source: &PinSource) -> Result<Pin, ApplicantError> {
        if let Some(pin) = source.read()? {
            return Ok(pin);
        }
        if !is_interactive() {
            return Err(ApplicantError::NoNewPin { role });
        }
        let typed = dialoguer::Password::new()
            .with_prompt(question::new_pin(role, self.lang))
            .with_confirmation(
                question::new_pin_again(self.lang),
                question::pins_differ(self.lang),
            )
            .interact();
        typed
            .map(Zeroizing::new)
            .map(|typed| Pin::new(&typed))
            .map_err(|error| unreadable("terminal", &error.to_string()))
    }

    /// What a person types to confirm what cannot be undone; nothing without a terminal.
    #[must_use]
    pub fn confirmation(&self, serial: &str) -> Option<String> {
        if !is_interactive() {
            return None;
        }
        let asked = dialoguer::Input::<String>::new()
            .with_prompt(question::confirm_format(serial, self.lang));
        asked.interact_text().ok()
    }
}

impl PinSource {
    fn read(&self) -> Result<Option<Pin>, ApplicantError> {
        if let Some(kept) = self.kept.get() {
            return Ok(kept.clone());
        }
        let pin = self.read_anew()?;
        Ok(self.kept.get_or_init(|| pin).clone())
    }

    fn read_anew(&self) -> Result<Option<Pin>, ApplicantError> {
        let descriptor = self
            .descriptor
            .map(|number| PathBuf::from(format!("/dev/fd/{number}")));
        if let Some(path) = self.file.clone().or(descriptor) {
            let what = path.display().to_string();
            let mut text = Zeroizing::new(String::new());
            let opened = std::fs::File::open(&path)
                .and_then(|file| file.take(PIN_FILE_LIMIT).read_to_string(&mut text));
            opened.map_err(|error| unreadable(&what, &error.to_string()))?;
            return match text.trim_end_matches(['\n', '\r']) {
                "" => Err(unreadable(&what, "it is empty")),
                pin => Ok(Some(Pin::new(pin))),
            };
        }
        let value = std::env::var(self.variable).ok().map(Zeroizing::new);
        Ok(value
            .filter(|value| !value.is_empty())
            .map(|value| Pin::new(&value)))
    }
}

/// A person who reads the phone and types what it shows: `--sms prompt`.
#[derive(Clone, Debug)]
pub struct PromptInbox {
    /// Language of the question.
    pub lang: Lang,
    asked: u64,
}

impl PromptInbox {
    /// Asks nothing yet.
    #[must_use]
    pub const fn new(lang: Lang) -> Self {
        Self { lang, asked: 0 }
    }
}

impl SmsInbox for PromptInbox {
    /// Comes before an SMS is asked for: one that nobody could type is not sent.
    fn newest(&mut self, _phone: &Phone) -> Result<u64, SmsError> {
        is_interactive()
            .then_some(self.asked)
            .ok_or(SmsError::NoTerminal)
    }

    fn since(
        &mut self,
        phone: &Phone,
        _after: u64,
        awaited: Awaited,
    ) -> Result<Vec<SmsMessage>, SmsError> {
        if awaited != Awaited::Code {
            return Ok(Vec::new());
        }
        if !is_interactive() {
            return Err(SmsError::NoTerminal);
        }
        let asked = dialoguer::Input::<String>::new()
            .with_prompt(question::code(&phone.masked(), self.lang));
        let typed = asked
            .interact_text()
            .map(Zeroizing::new)
            .map_err(|_| SmsError::NoTerminal)?;
        self.asked += 1;
        Ok(vec![SmsMessage {
            id: self.asked,
            text: message_of(&typed),
            at: None,
        }])
    }

    fn sees_notices(&self) -> bool {
        false
    }
}

/// A line for a person on stderr; there may be nobody to read it.
pub fn talk(line: &str) {
    let _ = writeln!(std::io::stderr(), "{line}");
}

/// What a person read off the phone, as a message: the digits, however they were typed.
fn message_of(typed: &str) -> Zeroizing<String> {
    let digits: Zeroizing<String> =
        Zeroizing::new(typed.chars().filter(char::is_ascii_digit).collect());
    Zeroizing::new(format!("Код подтверждения: {}", *digits))
}

/// Whether there is a person: questions go to stderr, answers come from stdin.
#[must_use]
pub fn is_interactive() -> bool {
    std::io::stdin().is_terminal() && std::io::stderr().is_terminal()
}

fn unreadable(what: &str, why: &str) -> ApplicantError {
    ApplicantError::Unreadable {
        what: what.to_owned(),
        why: why.to_owned(),
    }
}

const PIN_FILE_LIMIT: u64 = 1024;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ports::sms::Code;
    use crate::sms::{Notice, classify, masked};

    #[test]
    fn a_source_that_gives_its_pin_only_once_serves_every_login() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("pin");
        std::fs::write(&file, "12345678\n").unwrap();
        let source = PinSource {
            file: Some(file.clone()),
            ..PinSource::default()
        };
        let first = source.read().unwrap().unwrap();
        std::fs::remove_file(&file).unwrap();
        let second = source.read().unwrap().unwrap();
        assert_eq!(
            (first.expose(), second.expose()),
            (&b"12345678"[..], first.expose())
        );
    }

    #[test]
    fn an_empty_source_is_told_and_not_presented() {
        let folder = tempfile::tempdir().unwrap();
        for (number, text) in ["", "\n", "\r\n"].into_iter().enumerate() {
            let file = folder.path().join(number.to_string());
            std::fs::write(&file, text).unwrap();
            let source = PinSource {
                file: Some(file.clone()),
                ..PinSource::default()
            };
            let what = file.display().to_string();
            let why = "it is empty".to_owned();
            let told = source.read().map(|pin| pin.is_some());
            assert_eq!(told, Err(ApplicantError::Unreadable { what, why }));
        }
    }

    #[test]
    fn a_code_typed_with_a_blank_is_the_code_and_is_not_told() {
        let message = message_of(" 123 456\n");
        assert!(classify(&message) == Notice::Code(Code::new("123456")));
        assert_eq!(masked(&message, 1), "Код подтверждения: {code:1}");
    }
}
