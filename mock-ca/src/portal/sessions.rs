//! The sessions there are: a bounded number. A flood of strangers ends strangers' sessions, not those of applicants.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A browser that has our cookie.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Session {
    /// Goes with every form.
    pub(crate) form_token: String,
    /// The phone that was entered.
    pub(crate) phone: Option<String>,
    /// Whether its code was, too.
    pub(crate) logged_in: bool,
    pub(super) seen_at: Timestamp,
}

impl core::fmt::Debug for Session {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(
            f,
            "Session({:?}, logged in: {}, seen {})",
            self.phone, self.logged_in, self.seen_at
        )
    }
}

/// How much is lost with a session: a stranger's goes first, an applicant's last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Worth {
    Stranger,
    Asked,
    LoggedIn,
}

impl Session {
    fn worth(&self) -> Worth {
        match (self.logged_in, &self.phone) {
            (true, _) => Worth::LoggedIn,
            (false, Some(_)) => Worth::Asked,
            (false, None) => Worth::Stranger,
        }
    }
}

/// Sessions by name, and in the order in which they would have to go.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(from = "BTreeMap<String, Session>", into = "BTreeMap<String, Session>")]
pub(super) struct Sessions {
    by_name: BTreeMap<String, Session>,
    in_order: BTreeSet<(Worth, Timestamp, String)>,
}

impl Sessions {
    pub(super) fn get(&self, name: &str) -> Option<&Session> {
        self.by_name.get(name)
    }

    /// Adds a session; the one worth least goes when there is no room for one more.
    pub(super) fn insert(&mut self, name: String, session: Session, room: usize) {
        if self.by_name.len() >= room {
            let first = self.in_order.first().map(|(.., name)| name.clone());
            first.and_then(|name| self.remove(&name));
        }
        self.file(&name, &session);
        self.by_name.insert(name, session);
    }

    pub(super) fn remove(&mut self, name: &str) -> Option<Session> {
        let session = self.by_name.remove(name)?;
        self.in_order
            .remove(&(session.worth(), session.seen_at, name.to_owned()));
        Some(session)
    }

    /// Changes a session and gives it its new place.
    pub(super) fn change(
        &mut self,
        name: &str,
        change: impl FnOnce(&mut Session),
    ) -> Option<&Session> {
        let mut session = self.remove(name)?;
        change(&mut session);
        self.file(name, &session);
        self.by_name.insert(name.to_owned(), session);
        self.by_name.get(name)
    }

    fn file(&mut self, name: &str, session: &Session) {
        self.in_order
            .insert((session.worth(), session.seen_at, name.to_owned()));
    }
}

impl From<BTreeMap<String, Session>> for Sessions {
    fn from(by_name: BTreeMap<String, Session>) -> Self {
        let place =
            |(name, session): (&String, &Session)| (session.worth(), session.seen_at, name.clone());
        let in_order = by_name.iter().map(place).collect();
        Self { by_name, in_order }
    }
}

impl From<Sessions> for BTreeMap<String, Session> {
    fn from(sessions: Sessions) -> Self {
        sessions.by_name
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROOM: usize = 20_000;

    fn session(phone: Option<&str>, logged_in: bool, second: i64) -> Session {
        Session {
            form_token: String::new(),
            phone: phone.map(str::to_owned),
            logged_in,
            seen_at: Timestamp::from_second(second).unwrap(),
        }
    }

    #[test]
    fn a_flood_of_strangers_ends_no_applicants_session() {
        let mut sessions = Sessions::default();
        sessions.insert("applicant".into(), session(Some("79"), true, 0), ROOM);
        sessions.insert("asked".into(), session(Some("79"), false, 0), ROOM);
        for n in 0..100_000 {
            sessions.insert(format!("stranger {n}"), session(None, false, n), ROOM);
        }
        assert!(sessions.get("applicant").is_some() && sessions.get("asked").is_some());
        assert!(sessions.get("stranger 99999").is_some() && sessions.get("stranger 0").is_none());
        assert_eq!(sessions.by_name.len(), ROOM);
        assert_eq!(sessions.in_order.len(), ROOM);
    }

    #[test]
    fn a_session_keeps_its_place_through_changes_and_through_a_file() {
        let mut sessions = Sessions::default();
        sessions.insert("one".into(), session(None, false, 1), ROOM);
        sessions.insert("two".into(), session(None, false, 2), ROOM);
        sessions.change("one", |one| one.phone = Some("79".into()));
        let first = |sessions: &Sessions| sessions.in_order.first().unwrap().2.clone();
        assert_eq!(first(&sessions), "two");
        let text = serde_json::to_string(&sessions).unwrap();
        assert_eq!(serde_json::from_str::<Sessions>(&text).unwrap(), sessions);
        sessions.remove("two");
        assert_eq!(first(&sessions), "one");
    }
}
