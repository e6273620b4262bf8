//! Printing: results on stdout, talk on stderr.

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::io::{ErrorKind, IsTerminal as _, Write};
use std::process::ExitCode;
use std::rc::Rc;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::options::{Common, Language};
use crate::adapters::terminal::talk;
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
    results: Rc<RefCell<Results>>,
}

/// Stdout, until it takes no more: what was begun goes on without whoever read it.
struct Results {
    to: Box<dyn Write>,
    lost: Option<std::io::Error>,
}

impl Results {
    fn new(to: impl Write + 'static) -> Self {
        let (to, lost) = (Box::new(to), None);
        Self { to, lost }
    }

    fn line(&mut self, line: &str) {
        if self.lost.is_none() {
            self.lost = writeln!(self.to, "{line}").err();
        }
    }

    /// Why the results are not all there. A reader that has enough is no failure.
    fn failure(&self) -> Option<Error> {
        let why = self.lost.as_ref()?;
        let is_failure = why.kind() != ErrorKind::BrokenPipe;
        is_failure.then(|| Error::File {
            path: "/dev/stdout".into(),
            why: why.to_string(),
        })
    }
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
            results: Rc::new(RefCell::new(Results::new(std::io::stdout()))),
        }
    }

    fn print(&self, line: &str) {
        self.results.borrow_mut().line(line);
    }

    /// The handle that engine and adapters tell their events to.
    pub(super) fn events(&self) -> Events {
        let teller = Teller {
            lang: self.lang,
            steps: BTreeSet::new(),
            waited: Cell::new((0, String::new())),
            live: std::io::stderr().is_terminal(),
            json: self.json.then(|| Rc::clone(&self.results)),
        };
        Events::new(super::clock(), Rc::new(RefCell::new(teller)))
    }

    /// A result: a line of JSON, or the same as words.
    pub(super) fn result(&self, value: &Value) {
        if self.json {
            self.print(&json!({ "result": value }).to_string());
        } else if let Value::Object(fields) = value {
            for (name, value) in fields.iter().filter(|(_, value)| !value.is_object()) {
                self.print(&format!("{name}: {}", plain(value)));
            }
        }
    }

    /// A line of a result that JSON carries in its own way.
    pub(super) fn say(&self, line: &str) {
        if !self.json {
            self.print(line);
        }
    }

    pub(super) fn checklist(&self, list: &Checklist) {
        for line in messages::checklist(list, self.lang) {
            self.say(&line);
        }
    }

    pub(super) fn waits_for_card(&self, address: &str) {
        talk(&format!(
            "     …  {}",
            texts::wait_card(address).of(self.lang)
        ));
    }

    /// The last line of JSON.
    fn outcome(&self, exit: u8, stage: Option<&Stage>, error: &Value) {
        if self.json {
            self.print(&outcome(exit, stage, error).to_string());
        }
    }

    pub(super) fn done(&self, stage: Option<&Stage>) -> ExitCode {
        self.outcome(exit_code::DONE, stage, &Value::Null);
        let lost = self.results.borrow().failure();
        lost.map_or(ExitCode::from(exit_code::DONE), |error| {
            self.failure(&error, stage)
        })
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
            talk(&line.of(self.lang));
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
        talk(&told(self.lang).lines(self.lang));
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
    /// Where events go as JSON as well.
    json: Option<Rc<RefCell<Results>>>,
}

impl Observer for Teller {
    fn event(&mut self, at: Timestamp, event: &Event) {
        if let Some(results) = &self.json {
            results
                .borrow_mut()
                .line(&event_line(at, event).to_string());
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
            let (minutes, secs) = (total / 60, total % 60);
            let mut talk = std::io::stderr();
            let _ = write!(talk, "\r     …  {text} ({minutes}:{secs:02})");
            let _ = talk.flush();
        } else if what != why {
            talk(&format!("     …  {text}"));
        }
        self.waited.set((total, why.to_owned()));
    }

    fn line(&self, text: &str) {
        let (_, what) = self.waited.take();
        if self.live && !what.is_empty() {
            talk("");
        }
        talk(text);
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

    /// Takes one line.
    struct Short(ErrorKind, Rc<RefCell<Vec<u8>>>);

    impl Write for Short {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            let mut taken = self.1.borrow_mut();
            if taken.ends_with(b"\n") {
                return Err(self.0.into());
            }
            taken.write(bytes)
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_stdout_that_takes_no_more_ends_the_results_and_is_told_unless_its_reader_went() {
        for (kind, is_told) in [
            (ErrorKind::BrokenPipe, false),
            (ErrorKind::StorageFull, true),
        ] {
            let taken = Rc::default();
            let mut results = Results::new(Short(kind, Rc::clone(&taken)));
            for line in ["one", "two", "three"] {
                results.line(line);
            }
            assert_eq!(*taken.borrow(), b"one\n");
            assert_eq!(results.failure().is_some(), is_told, "{kind}");
        }
    }

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
