//! Codes and sessions. A code is good once, for a while, for a few tries, and only the newest one.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub(crate) use super::sessions::Session;
use super::sessions::Sessions;
use crate::random;
use crate::settings::{self, Settings};

/// Who logged in or tries to.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Logins {
    phones: BTreeMap<String, Phone>,
    sessions: Sessions,
    /// How many sessions and codes were drawn: the number of the next draw.
    drawn: u64,
    /// The minute that runs, counted from its first code.
    #[serde(default)]
    minute: Minute,
}

/// Codes made since a moment, for all phones together.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Minute {
    since: Timestamp,
    codes: u32,
}

impl Minute {
    /// Seconds until the next minute, when this one has had all its codes.
    fn full_for(&mut self, limits: &settings::Login, now: Timestamp) -> Option<i64> {
        if age_secs(now, self.since) >= MINUTE_SECS {
            *self = Self {
                since: now,
                codes: 0,
            };
        }
        (self.codes >= limits.codes_per_minute).then(|| MINUTE_SECS - age_secs(now, self.since))
    }
}

/// What is known of a phone that asked for codes, registered or not.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Phone {
    /// When codes were asked for, in the last hour.
    asked_at: Vec<Timestamp>,
    code: Option<Code>,
    /// Whether somebody has it.
    #[serde(default)]
    registered: bool,
}

/// The newest code of a phone.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Code {
    /// `None` for a phone that nobody registered: no code is right then.
    digits: Option<String>,
    made_at: Timestamp,
    tries_left: u32,
}

impl core::fmt::Debug for Code {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(
            f,
            "Code(…, made {}, {} tries left)",
            self.made_at, self.tries_left
        )
    }
}

/// What «Получить код» came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Asked {
    /// A code was made; for a registered phone it has to be sent.
    Made { send: Option<String> },
    /// The delay has not passed.
    TooEarly { secs: i64 },
    /// This phone has had all its codes for the hour.
    TooMany { secs: i64 },
}

/// What a typed code came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Typed {
    /// It opens the cabinet; this is the new session's name.
    Right { session: String },
    /// It does not.
    Wrong { tries_left: u32 },
    /// There is no code to compare with: used, expired, tried too often, or never asked for.
    Void,
}

impl Logins {
    /// Makes the newest code of a phone. The answer is the same for phones nobody registered.
    pub(crate) fn ask_code(
        &mut self,
        settings: &Settings,
        now: Timestamp,
        phone: &str,
        registered: bool,
    ) -> Asked {
        let limits = &settings.login;
        if let Some(secs) = self.minute.full_for(limits, now) {
            return Asked::TooEarly { secs };
        }
        self.forget_oldest_phone(limits);
        let known = self.phones.entry(phone.to_owned()).or_default();
        known.asked_at.retain(|at| age_secs(now, *at) < HOUR_SECS);
        if let Some(refused) = known.refuses(limits, now) {
            return refused;
        }
        let mut rng = random::draw(settings.seed, "code", self.drawn);
        let digits = random::digits(&mut rng, limits.code_digits);
        let send = registered.then_some(digits);
        known.registered = registered;
        known.asked_at.push(now);
        known.code = Some(Code {
            digits: send.clone(),
            made_at: now,
            tries_left: limits.code_tries,
        });
        self.drawn += 1;
        self.minute.codes += 1;
        Asked::Made { send }
    }

    /// Compares a typed code with the newest one; a right one is used up and logs the session in under a new name.
    pub(crate) fn type_code(
        &mut self,
        settings: &Settings,
        now: Timestamp,
        session: &str,
        typed: &str,
    ) -> Typed {
        let Some(phone) = self
            .sessions
            .get(session)
            .and_then(|session| session.phone.clone())
        else {
            return Typed::Void;
        };
        let Some(known) = self.phones.get_mut(&phone) else {
            return Typed::Void;
        };
        match known.compare(&settings.login, now, typed) {
            Compared::Right => {
                self.sessions.remove(session);
                Typed::Right {
                    session: self.open(settings, now, Some(phone), true),
                }
            }
            Compared::Wrong { tries_left } => Typed::Wrong { tries_left },
            Compared::Void => Typed::Void,
        }
    }

    /// Opens a session.
    pub(crate) fn open(
        &mut self,
        settings: &Settings,
        now: Timestamp,
        phone: Option<String>,
        logged_in: bool,
    ) -> String {
        let mut rng = random::draw(settings.seed, "session", self.drawn);
        self.drawn += 1;
        let (name, form_token) = (random::token(&mut rng), random::token(&mut rng));
        let session = Session {
            form_token,
            phone,
            logged_in,
            seen_at: now,
        };
        let room = settings.login.sessions as usize;
        self.sessions.insert(name.clone(), session, room);
        name
    }

    /// Somebody enters a phone: whoever was logged in before is not any more.
    pub(crate) fn enter_phone(&mut self, name: &str, phone: &str) {
        self.sessions.change(name, |session| {
            session.phone = Some(phone.to_owned());
            session.logged_in = false;
        });
    }

    /// The session of this name, unless it has ended. Looking at it keeps it alive.
    pub(crate) fn session(
        &mut self,
        settings: &Settings,
        now: Timestamp,
        name: &str,
    ) -> Option<&Session> {
        let idle_secs = age_secs(now, self.sessions.get(name)?.seen_at);
        if idle_secs >= i64::from(settings.login.session_idle_secs) {
            self.sessions.remove(name);
            return None;
        }
        self.sessions.change(name, |session| session.seen_at = now)
    }

    /// Whose session this is, if somebody is logged in; does not keep it alive.
    pub(crate) fn phone_of(&self, name: &str) -> Option<&str> {
        let session = self.sessions.get(name)?;
        session.phone.as_deref().filter(|_| session.logged_in)
    }

    /// Ends a session.
    pub(crate) fn close(&mut self, name: &str) {
        self.sessions.remove(name);
    }

    /// Makes room for one more phone; those nobody registered go first.
    fn forget_oldest_phone(&mut self, limits: &settings::Login) {
        if self.phones.len() >= limits.phones as usize {
            let oldest = self
                .phones
                .iter()
                .min_by_key(|(_, known)| (known.registered, known.asked_at.last().copied()));
            let oldest = oldest.map(|(phone, _)| phone.clone());
            oldest.and_then(|phone| self.phones.remove(&phone));
        }
    }
}

impl Phone {
    fn refuses(&self, limits: &settings::Login, now: Timestamp) -> Option<Asked> {
        let newest = self.asked_at.last()?;
        let wait_secs = i64::from(limits.resend_secs) - age_secs(now, *newest);
        if wait_secs > 0 {
            return Some(Asked::TooEarly { secs: wait_secs });
        }
        let full = self.asked_at.len() >= limits.codes_per_hour as usize;
        full.then(|| Asked::TooMany {
            secs: HOUR_SECS - age_secs(now, self.asked_at[0]),
        })
    }

    fn compare(&mut self, limits: &settings::Login, now: Timestamp, typed: &str) -> Compared {
        let Some(code) = self.code.as_mut() else {
            return Compared::Void;
        };
        let expired = age_secs(now, code.made_at) >= i64::from(limits.code_lifetime_secs);
        if expired || code.tries_left == 0 {
            self.code = None;
            return Compared::Void;
        }
        let typed: String = typed
            .chars()
            .filter(|c| !c.is_whitespace())
            .take(16)
            .collect();
        if code.digits.as_deref() == Some(typed.as_str()) {
            self.code = None;
            return Compared::Right;
        }
        code.tries_left -= 1;
        match code.tries_left {
            0 => {
                self.code = None;
                Compared::Void
            }
            tries_left => Compared::Wrong { tries_left },
        }
    }
}

enum Compared {
    Right,
    Wrong { tries_left: u32 },
    Void,
}

/// Whole seconds from then to now.
fn age_secs(now: Timestamp, then: Timestamp) -> i64 {
    now.duration_since(then).as_secs()
}

const HOUR_SECS: i64 = 3600;
const MINUTE_SECS: i64 = 60;
