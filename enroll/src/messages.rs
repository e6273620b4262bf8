//! Every text for a person, in both languages side by side. Words of the portal are quoted as it prints them.

mod advice;
mod failures;
mod progress;
pub mod question;

use crate::error::Error;
use crate::stage::Stage;

pub use progress::{caution, checklist, object, plan_lines, stage_line, step, waiting};

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
        let what = failures::what(error).of(lang);
        let next = advice::words(&error.next_step(), &what, lang);
        Self {
            what,
            state: stage_line(stage, lang),
            next,
        }
    }

    /// Three lines.
    #[must_use]
    pub fn lines(&self, lang: Lang) -> String {
        let (error, state) = match lang {
            Lang::Ru => ("ошибка", "состояние"),
            Lang::En => ("error", "state"),
        };
        format!(
            "{error}: {}\n{state}: {}\nnext: {}",
            self.what, self.state, self.next
        )
    }
}

/// One text in both languages.
#[derive(Clone)]
pub(crate) struct Both {
    ru: String,
    en: String,
}

pub(crate) fn both(ru: impl Into<String>, en: impl Into<String>) -> Both {
    Both {
        ru: ru.into(),
        en: en.into(),
    }
}

impl Both {
    pub(crate) fn of(self, lang: Lang) -> String {
        match lang {
            Lang::Ru => self.ru,
            Lang::En => self.en,
        }
    }
}
