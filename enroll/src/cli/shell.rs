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
        };
        Events::new(super::clock(), Rc::new(RefCell::new(teller)))
    }

    /// A result: a line of JSON, or the same as words.
    pub(super) fn result(&self, value: &Value) {
        if self.json {
            println!("{value}");
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

    pub(super) fn usage(&self, what: &Text) -> ExitCode {
        let lines = [
            texts::report_error(what.clone()),
            texts::report_next("enroll --help"),
        ];
        for line in lines {
            eprintln!("{}", line.of(self.lang));
        }
        ExitCode::from(exit_code::USAGE)
    }

    pub(super) fn failure(&self, error: &Error, stage: &Stage) -> ExitCode {
        eprintln!("{}", Report::of(error, stage, self.lang).lines(self.lang));
        if self.json {
            let Report { what, state, next } = Report::of(error, stage, Lang::En);
            println!(
                "{}",
                json!({ "error": what, "state": state, "next": next, "exit": error.exit_code(), "stage": stage.name() })
            );
        }
        ExitCode::from(error.exit_code())
    }
}

/// Tells a person what happens, each step once.
struct Teller {
    lang: Lang,
    steps: BTreeSet<&'static str>,
    waited: Cell<(u64, String)>,
    live: bool,
}

impl Observer for Teller {
    fn event(&mut self, _at: Timestamp, event: &Event) {
        if let Event::Wait { for_secs, why } = event {
            return self.waits(*for_secs, why);
        }
        match event {
            Event::Step {
                number,
                portal_text: Some(text),
                ..
            } => self.line(&format!("{number:>6}  «{text}»")),
            Event::Step { number, what, .. }
                if self.lang == Lang::En || self.steps.insert(number) =>
            {
                self.line(&format!(
                    "{number:>6}  {}",
                    messages::step(number, what, self.lang)
                ));
            }
            Event::Sms { text, .. } => self.line(&format!("   SMS  {text}")),
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
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(plain).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}
