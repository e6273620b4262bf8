//! What a person sees while a scenario runs: the manual's steps with their time, who acts, the portal's words,
//! messages on the phone and the waits. Bytes stay in the transcript.

use std::io::Write;

use enroll::messages::{self, Lang};
use serde_json::Value;

use crate::lang;
use crate::recording::Line;
use crate::timeline::Watcher;

/// Shows a run as it goes.
pub struct Screen<Out> {
    out: Out,
    lang: Lang,
    last_step: String,
    /// Waits in a row for the same thing: shown as one when something else happens.
    waited: Option<Waited>,
}

struct Waited {
    since: String,
    secs: u64,
    why: String,
}

impl<Out: Write> Screen<Out> {
    /// Writes to `out`, in the reader's language.
    pub fn new(out: Out, lang: Lang) -> Self {
        Self {
            out,
            lang,
            last_step: String::new(),
            waited: None,
        }
    }

    fn show(&mut self, line: &Line) -> Option<String> {
        let field = |name: &str| {
            line.fields
                .get(name)
                .and_then(Value::as_str)
                .unwrap_or_default()
        };
        let time = line.at.get(11..19).unwrap_or_default();
        Some(match line.lane.as_str() {
            "manual" => return self.step(time, line),
            "sms" => format!("{time}         ✉ «{}»", field("text")),
            "plan" => self.plan(line),
            "operator" => format!("\n{time}  $ {}", field("text")),
            "note" | "error" => format!(
                "{time}       ! {}",
                field("text").replace('\n', "\n                 ")
            ),
            _ => return None,
        })
    }

    /// `09:00:00  1.4   title` once per step, then who does what: in English, as the recording has it, so only for
    /// readers of English.
    fn step(&mut self, time: &str, line: &Line) -> Option<String> {
        let field = |name: &str| {
            line.fields
                .get(name)
                .and_then(Value::as_str)
                .unwrap_or_default()
        };
        let number = field("number");
        let mut lines = Vec::new();
        if number != self.last_step {
            number.clone_into(&mut self.last_step);
            let title = messages::title(number, self.lang).unwrap_or_default();
            lines.push(format!("{time}  {number:<5}  {title}"));
        }
        if self.lang == Lang::En {
            lines.push(format!(
                "                 {}: {}",
                lang::actor(field("who")),
                field("what")
            ));
        }
        lines.extend(
            field("portal_text")
                .lines()
                .map(|said| format!("                 «{said}»")),
        );
        (!lines.is_empty()).then(|| lines.join("\n"))
    }

    fn plan(&self, line: &Line) -> String {
        let list = |name: &str, says: &str| -> Vec<String> {
            let items = line
                .fields
                .get(name)
                .and_then(Value::as_array)
                .into_iter()
                .flatten();
            items
                .map(|item| {
                    format!(
                        "                 {says}: {}",
                        item.as_str().unwrap_or_default()
                    )
                })
                .collect()
        };
        let mut lines = list(
            "deletes",
            lang::pick(self.lang, "будет удалено", "to be deleted"),
        );
        lines.extend(list("keeps", lang::pick(self.lang, "останется", "stays")));
        lines.join("\n")
    }

    /// Adds a wait to those in a row; hands back the earlier ones when they were for something else.
    fn wait(&mut self, line: &Line) -> Option<String> {
        let secs = line
            .fields
            .get("for_secs")
            .and_then(Value::as_u64)
            .unwrap_or(0);
        let why = line
            .fields
            .get("why")
            .and_then(Value::as_str)
            .unwrap_or_default();
        if let Some(waited) = self.waited.as_mut().filter(|waited| waited.why == why) {
            waited.secs += secs;
            return None;
        }
        let since = line.at.get(11..19).unwrap_or_default().to_owned();
        self.end_of_wait(Some(Waited {
            since,
            secs,
            why: why.to_owned(),
        }))
    }

    fn end_of_wait(&mut self, next: Option<Waited>) -> Option<String> {
        let Waited { since, secs, why } = std::mem::replace(&mut self.waited, next)?;
        Some(format!(
            "{since}         … {} ({})",
            lang::waited(self.lang, secs),
            messages::waiting(&why, self.lang)
        ))
    }
}

impl<Out: Write> Watcher for Screen<Out> {
    fn see(&mut self, line: &Line) {
        let shown = if line.lane == "clock" {
            [self.wait(line), None]
        } else if let Some(text) = self.show(line) {
            [self.end_of_wait(None), Some(text)]
        } else {
            [None, None]
        };
        for text in shown.into_iter().flatten() {
            // A closed pipe must not stop the run: its files are still wanted.
            drop(writeln!(self.out, "{text}"));
        }
    }
}

/// Shows nothing.
pub struct Nobody;

impl Watcher for Nobody {
    fn see(&mut self, _line: &Line) {}
}
