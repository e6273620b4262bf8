//! One device: the token, who is logged in to it, and what no token remembers.

use std::collections::{BTreeMap, BTreeSet};

use gost3410::{Algorithm, ParameterSet};
use serde_json::Value;

use super::{Call, Fault, Opener};
use crate::ports::token::{Inventory, KeyId, KeyKind, KeyPair, Pin, PinRole, Token};

/// A place for a token.
pub(super) struct Device {
    opener: Opener,
    token: Option<Box<dyn Token>>,
    login: Option<Login>,
    saved: Option<Saved>,
    /// Whether the PIN that was right last is the one that tokens leave the factory with.
    ///
    /// Assumed: the plugin reads it from the token; ours knows it once a PIN was presented.
    pub(super) pin_is_default: bool,
    shown: BTreeSet<u64>,
    /// What pairs made here are for: the token keeps the curve and not the algorithm, nor the name of the curve.
    pub(super) made: BTreeMap<KeyId, (Algorithm, ParameterSet)>,
    /// Groups of keys (assumed: kept here, since the token has no place for them).
    pub(super) markers: BTreeMap<KeyId, String>,
    /// Categories of certificates, by fingerprint (assumed: as above).
    pub(super) categories: BTreeMap<Vec<u8>, u64>,
}

struct Login {
    origin: String,
    role: PinRole,
    pin: Pin,
}

/// A PIN that `savePin` keeps, for the origin that asked.
struct Saved {
    origin: String,
    pin: Pin,
}

impl Device {
    pub(super) fn new(opener: Opener) -> Self {
        Self {
            opener,
            token: None,
            login: None,
            saved: None,
            pin_is_default: false,
            shown: BTreeSet::new(),
            made: BTreeMap::new(),
            markers: BTreeMap::new(),
            categories: BTreeMap::new(),
        }
    }

    /// The token, opened when it is not.
    pub(super) fn token(&mut self) -> Result<&mut dyn Token, Fault> {
        if self.token.is_none() {
            self.token = Some((self.opener)()?);
        }
        let token = self.token.as_mut().ok_or(Fault::DEVICE_NOT_FOUND)?;
        Ok(&mut **token)
    }

    /// Looks whether the token answers; one that does not has forgotten its logins.
    pub(super) fn is_there(&mut self) -> bool {
        let answer = self.token().and_then(|token| Ok(token.info()?));
        self.notice(&answer);
        answer.is_ok()
    }

    /// Draws the conclusions of an error: a token that went, or was reset, is nobody's.
    pub(super) fn notice<T>(&mut self, outcome: &Result<T, Fault>) {
        match outcome {
            Err(Fault::DEVICE_NOT_FOUND) => {
                self.token = None;
                self.login = None;
            }
            Err(Fault::SESSION_INVALID) => self.login = None,
            _ => {}
        }
    }

    /// Remembers what a session knows of this device; tells what it knew.
    pub(super) fn shown_to(&mut self, session: u64, present: bool) -> bool {
        if present {
            !self.shown.insert(session)
        } else {
            self.shown.remove(&session)
        }
    }

    pub(super) fn is_logged_in(&self, origin: &str, role: PinRole) -> bool {
        self.login
            .as_ref()
            .is_some_and(|it| it.origin == origin && it.role == role)
    }

    /// Presents a PIN once. Whoever was logged in from elsewhere is logged out first.
    pub(super) fn log_in(&mut self, origin: &str, role: PinRole, pin: Pin) -> Result<(), Fault> {
        self.log_out()?;
        self.token()?.log_in(role, &pin)?;
        if role == PinRole::User {
            self.pin_is_default = pin.is_default_of(role);
        }
        let origin = origin.to_owned();
        self.login = Some(Login { origin, role, pin });
        Ok(())
    }

    pub(super) fn log_out(&mut self) -> Result<(), Fault> {
        if self.login.take().is_some() {
            self.token()?.log_out()?;
        }
        Ok(())
    }

    /// Gives everything up, whatever the token says to it.
    pub(super) fn forget(&mut self) {
        self.saved = None;
        let _ = self.log_out();
    }

    pub(super) fn save_pin(&mut self, origin: &str) -> Result<(), Fault> {
        let login = self
            .login
            .as_ref()
            .filter(|it| it.origin == origin && it.role == PinRole::User);
        let pin = login.ok_or(Fault::USER_NOT_LOGGED_IN)?.pin.clone();
        let origin = origin.to_owned();
        self.saved = Some(Saved { origin, pin });
        Ok(())
    }

    pub(super) fn remove_pin(&mut self, origin: &str) {
        self.saved = self.saved.take().filter(|it| it.origin != origin);
    }

    pub(super) fn has_saved_pin(&self, origin: &str) -> bool {
        self.saved.as_ref().is_some_and(|it| it.origin == origin)
    }

    /// The token for an act of its user.
    ///
    /// Assumed: a saved PIN logs in by itself. One that turns out wrong is dropped, so it costs one try at most.
    pub(super) fn user(&mut self, call: &Call<'_>) -> Result<&mut dyn Token, Fault> {
        if !self.is_logged_in(call.origin, PinRole::User) {
            let saved = self.saved.take().filter(|it| it.origin == call.origin);
            let Saved { origin, pin } = saved.ok_or(Fault::USER_NOT_LOGGED_IN)?;
            self.log_in(&origin, PinRole::User, pin.clone())?;
            self.saved = Some(Saved { origin, pin });
        }
        self.token()
    }

    pub(super) fn inventory(&mut self) -> Result<Inventory, Fault> {
        Ok(self.token()?.inventory()?)
    }

    /// GOST pairs, seen by their user only.
    pub(super) fn pairs(&mut self, call: &Call<'_>) -> Result<Vec<KeyPair>, Fault> {
        let mut keys = self.user(call)?.inventory()?.keys;
        keys.retain(|pair| matches!(pair.kind, KeyKind::Gost(_)));
        Ok(keys)
    }

    pub(super) fn pair(&mut self, call: &Call<'_>, id: &[u8]) -> Result<KeyPair, Fault> {
        let pairs = self.pairs(call)?.into_iter();
        pairs
            .into_iter()
            .find(|pair| pair.id.0 == id)
            .ok_or(Fault::KEY_NOT_FOUND)
    }

    /// What a pair is for: as it was made; of one made elsewhere the newer algorithm of its size (assumed).
    pub(super) fn purpose(&self, pair: &KeyPair) -> Result<(Algorithm, ParameterSet), Fault> {
        let KeyKind::Gost(set) = pair.kind else {
            return Err(Fault::WRONG_KEY_TYPE);
        };
        let usual = match set.size() {
            64 => Algorithm::Gost2012_512,
            _ => Algorithm::Gost2012_256,
        };
        Ok(self.made.get(&pair.id).copied().unwrap_or((usual, set)))
    }
}

/// What a method without a result answers.
pub(super) const fn nothing() -> Value {
    Value::Null
}
