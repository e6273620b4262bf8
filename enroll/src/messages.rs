//! Every text for a person, in both languages: `messages/ru.ftl` and `messages/en.ftl`, Fluent files with a function
//! for each message (`texts`). Words of the portal are quoted as it prints them. Journals, events, recordings and JSON
//! are for machines: their words are English constants where they are made.

mod advice;
mod failures;
mod progress;
pub mod question;
pub(crate) mod text;
pub(crate) mod texts;
mod words;

use crate::error::Error;
use crate::journal::JournalError;
use crate::stage::Stage;

pub(crate) use failures::unreadable;
pub(crate) use progress::object_text;
pub use progress::{caution, checklist, object, plan_lines, stage_line, step, title, waiting};
pub(crate) use text::Text;
pub use texts::STEPS;

/// The language of what a person reads. Journals, events and JSON are in English.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Lang {
    /// Русский.
    Ru,
    /// English.
    #[default]
    En,
}

impl Lang {
    /// From `LC_ALL`, `LC_MESSAGES` and `LANG`, in that order.
    #[must_use]
    pub fn of_environment(variable: impl Fn(&str) -> Option<String>) -> Self {
        let names = ["LC_ALL", "LC_MESSAGES", "LANG"];
        let set = names
            .into_iter()
            .filter_map(variable)
            .find(|value| !value.is_empty());
        if set.is_some_and(|value| value.starts_with("ru")) {
            Self::Ru
        } else {
            Self::En
        }
    }
}

/// A failure as a person should read it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// What happened.
    pub what: String,
    /// What state things are in: is there a key, has the portal the request?
    pub state: String,
    /// What to do now.
    pub next: String,
}

impl Report {
    /// Puts an error and the stage it happened at into words.
    #[must_use]
    pub fn of(error: &Error, stage: &Stage, lang: Lang) -> Self {
        Self {
            what: what(error).of(lang),
            state: stage_line(stage, lang),
            next: next(error).of(lang),
        }
    }

    /// The same for a command that has nothing to do with an enrollment, or did not come to it.
    #[must_use]
    pub fn without_enrollment(error: &Error, lang: Lang) -> Self {
        Self {
            what: what(error).of(lang),
            state: texts::stage_untouched().of(lang),
            next: next_without_enrollment(error).of(lang),
        }
    }

    /// Three lines.
    #[must_use]
    pub fn lines(&self, lang: Lang) -> String {
        let lines = [
            texts::report_error(&self.what),
            texts::report_state(&self.state),
            texts::report_next(&self.next),
        ];
        lines.map(|line| line.of(lang)).join("\n")
    }
}

/// What happened.
pub(crate) fn what(error: &Error) -> Text {
    failures::what(error)
}

/// What to do now.
pub(crate) fn next(error: &Error) -> Text {
    advice::words(&error.next_step(), what(error))
}

/// The same where there is no enrollment to go on with, unless the error tells of one.
pub(crate) fn next_without_enrollment(error: &Error) -> Text {
    let step = match error {
        Error::Journal(JournalError::Unreadable(_) | JournalError::Rebuilt { .. }) => {
            error.next_step()
        }
        _ => error.next_step().without_enrollment(),
    };
    advice::words(&step, what(error))
}

#[cfg(test)]
mod tests;
