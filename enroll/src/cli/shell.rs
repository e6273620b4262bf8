//! Printing: results on stdout, talk on stderr.

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::io::{IsTerminal as _, Write as _};
use std::process::ExitCode;
use std::rc::Rc;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::options::{Common, Language};
use crate::engine::Checklist;
use crate::error::{Error, exit_code};
use crate::event::{Event, Events, Observer};
use crate::messages::{self, Lang, Report, Text, texts};
use crate::name::printable;
use crate::stage::Stage;

/// How this run prints.
pub(super) struct Shell {
    pub(super) lang: Lang,
    json: bool,
}

impl Shell {
    pub(super) fn new(common: &Common) -> Self {
        let lang = match common.lang {
            Some(Language::Ru) => Lang::Ru,
            Some(Language::En) => Lang::En,
            None => Lang::of_environment(|name| std::env::var(name).ok()),
        };
        Self {
            lang,
            json: common.json,
        }
    }

    /// The handle that engine and adapters tell their events to.
    pub(super) fn events(&self) -> Events {
        let teller = Teller {
            lang: self.lang,
            steps: BTreeSet::new(),
            waited: Cell::new((0, String::new())),
            live: std::io::stderr().is_terminal(),
            json: self.json,
        };
        Events::new(super::clock(), Rc::new(RefCell::new(teller)))
    }

    /// A result: a line of JSON, or the same as words.
    pub(super) fn result(&self, value: &Value) {
        if self.json {
            println!("{}", json!({ "result": value }));
        } else if let Value::Object(fields) = value {
            for (name, value) in fields.iter().filter(|(_, value)| !value.is_object()) {
                println!("{name}: {}", plain(value));
            }
        }
    }

    /// A line of a result that JSON carries in its own way.
    pub(super) fn say(&self, line: &str) {
        if !self.json {
            println!("{line}");
        }
    }

    pub(super) fn checklist(&self, list: &Checklist) {
        for line in messages::checklist(list, self.lang) {
            self.say(&line);
        }
    }

    pub(super) fn waits_for_card(&self, address: &str) {
        eprintln!("     …  {}", texts::wait_card(address).of(self.lang));
    }

    /// The last line of JSON.
    fn outcome(&self, exit: u8, stage: Option<&Stage>, error: &Value) {
        if self.json {
            println!("{}", outcome(exit, stage, error));
        }
    }

    pub(super) fn done(&self, stage: Option<&Stage>) -> ExitCode {
        self.outcome(exit_code::DONE, stage, &Value::Null);
        ExitCode::from(exit_code::DONE)
    }

    /// Everything was said already.
    pub(super) fn told(&self, exit: u8) -> ExitCode {
        self.outcome(exit, None, &Value::Null);
        ExitCode::from(exit)
    }

    pub(super) fn usage(&self, what: &Text) -> ExitCode {
        let lines = [
            texts::report_error(what.clone()),
            texts::report_next("enroll --help"),
        ];
        for line in lines {
            eprintln!("{}", line.of(self.lang));
        }
        let error = json!({ "what": what.of(Lang::En), "next": "enroll --help" });
        self.outcome(exit_code::USAGE, None, &error);
        ExitCode::from(exit_code::USAGE)
    }

    pub(super) fn failure(&self, error: &Error, stage: Option<&Stage>) -> ExitCode {
        let told = |lang| match stage {
            Some(stage) => Report::of(error, stage, lang),
            None => Report::without_enrollment(error, lang),
        };
        eprintln!("{}", told(self.lang).lines(self.lang));
        let Report { what, state, next } = told(Lang::En);
        let report = json!({ "what": what, "state": state, "next": next });
        self.outcome(error.exit_code(), stage, &report);
        ExitCode::from(error.exit_code())
    }
}

/// Absent fields are left out.
fn outcome(exit: u8, stage: Option<&Stage>, error: &Value) -> Value {
    let word = if exit == exit_code::DONE {
        "done"
    } else {
        "failed"
    };
    let mut line = json!({ "outcome": word, "format": JSON_FORMAT, "exit": exit });
    if let Some(stage) = stage {
        line["stage"] = stage.name().into();
    }
    if !error.is_null() {
        line["error"] = error.clone();
    }
    line
}

/// An event with the time of this machine.
fn event_line(at: Timestamp, event: &Event) -> Value {
    let mut line = serde_json::to_value(event).unwrap_or_default();
    line["at"] = at.to_string().into();
    line
}

/// The layout of what `--json` prints.
const JSON_FORMAT: u32 = 1;

/// Tells a person what happens, each step once.
struct Teller {
    lang: Lang,
    steps: BTreeSet<&'static str>,
    waited: Cell<(u64, String)>,
    live: bool,
    json: bool,
}

impl Observer for Teller {
    fn event(&mut self, at: Timestamp, event: &Event) {
        if self.json {
            println!("{}", event_line(at, event));
        }
        if let Event::Wait { for_secs, why } = event {
            return self.waits(*for_secs, why);
        }
        match event {
            Event::Step {
                number,
                portal_text: Some(text),
                ..
            } => self.line(&format!("{number:>6}  «{}»", printable(text))),
            Event::Step { number, what, .. }
                if self.lang == Lang::En || self.steps.insert(number) =>
            {
                self.line(&format!(
                    "{number:>6}  {}",
                    printable(&messages::step(number, what, self.lang))
                ));
            }
            Event::Sms { text, .. } => self.line(&format!("   SMS  {}", printable(text))),
            Event::Warning { text } => {
                self.line(&format!("     !  {}", messages::caution(text, self.lang)));
            }
            Event::Step { .. }
            | Event::Apdu { .. }
            | Event::Http { .. }
            | Event::Plan { .. }
            | Event::Journal { .. }
            | Event::Wait { .. } => {}
        }
    }
}

impl Teller {
    /// One line for each thing waited for: rewritten in place on a terminal, printed once elsewhere.
    fn waits(&self, secs: u64, why: &str) {
        let (before, what) = self.waited.take();
        let total = if what == why { before + secs } else { secs };
        let text = messages::waiting(why, self.lang);
        if self.live {
            eprint!("\r     …  {text} ({}:{:02})", total / 60, total % 60);
            let _ = std::io::stderr().flush();
        } else if what != why {
            eprintln!("     …  {text}");
        }
        self.waited.set((total, why.to_owned()));
    }

    fn line(&self, text: &str) {
        let (_, what) = self.waited.take();
        if self.live && !what.is_empty() {
            eprintln!();
        }
        eprintln!("{text}");
    }
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => printable(text),
        Value::Array(items) => items.iter().map(plain).collect::<Vec<_>>().join(", "),
        other => printable(&other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{Caution, Who};
    use crate::ports::TokenError;
    use crate::ports::token::PinRole;
    use crate::stage::Fact;

    #[test]
    fn a_result_shows_no_control_characters() {
        let labels = json!(["ЕГАИС", "\u{1b}]0;pwned\u{7}"]);
        assert_eq!(plain(&labels), "ЕГАИС, \u{fffd}]0;pwned\u{fffd}");
    }

    #[test]
    fn json_has_one_object_a_line_with_event_or_outcome() {
        let at: Timestamp = "2018-12-13T01:00:00Z".parse().expect("a moment");
        let step = Event::Step {
            number: "1.9",
            who: Who::Person,
            what: "presses «Создать ключевую пару»".to_owned(),
            portal_text: None,
        };
        let warning = Event::Warning {
            text: Caution::ClockOff { minutes: 6 },
        };
        let journal = Event::Journal {
            fact: Box::new(Fact::Ordered { told_by_sms: true }),
        };
        let error = Error::from(TokenError::PinBlocked {
            role: PinRole::User,
        });
        let report = Report::of(&error, &Stage::default(), Lang::En);
        let report = json!({ "what": report.what, "next": report.next });
        let lines = [
            event_line(at, &step),
            event_line(at, &warning),
            event_line(at, &journal),
            outcome(0, Some(&Stage::Abandoned), &Value::Null),
            outcome(error.exit_code(), Some(&Stage::default()), &report),
        ];
        let text: Vec<String> = lines.iter().map(Value::to_string).collect();
        insta::assert_snapshot!("json_lines", text.join("\n"));
    }
}
