//! Every line ends with a sum over itself and all lines before it: a line that was changed, moved or taken out of the
//! middle does not read.

use sha1::{Digest as _, Sha1};

/// The sum of the last line. Files of version 1 have none, and get none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Seal {
    /// Lines end as they are.
    Open,
    /// The next line's sum begins with this one.
    After(String),
}

impl Seal {
    /// Before the first line.
    pub(super) const fn new() -> Self {
        Self::After(String::new())
    }

    /// Puts the sum into `json`, the text of an object.
    pub(super) fn close(&mut self, json: &str) -> String {
        let Self::After(previous) = self else {
            return json.to_owned();
        };
        let sum = sum(previous, json);
        let body = json.strip_suffix('}').unwrap_or(json);
        let line = format!("{body}{BEFORE}{sum}{BEHIND}");
        *previous = sum;
        line
    }

    /// Takes the sum out of a line; `None` when it is not this line's.
    pub(super) fn read(&mut self, line: &str) -> Option<String> {
        let Self::After(previous) = self else {
            return Some(line.to_owned());
        };
        let (body, told) = line.strip_suffix(BEHIND)?.rsplit_once(BEFORE)?;
        let json = format!("{body}}}");
        if told != sum(previous, &json) {
            return None;
        }
        told.clone_into(previous);
        Some(json)
    }
}

/// Eight hex digits of SHA-1: against accidents, not against an enemy who can write the file.
fn sum(previous: &str, json: &str) -> String {
    let digest = Sha1::new()
        .chain_update(previous)
        .chain_update(json)
        .finalize();
    hex::encode(digest.get(..4).unwrap_or_default())
}

const BEFORE: &str = ",\"sum\":\"";
const BEHIND: &str = "\"}";
