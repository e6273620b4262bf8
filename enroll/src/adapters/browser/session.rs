//! The cookies of one login.

use std::sync::{PoisonError, RwLock};

use reqwest::cookie::{CookieStore, Jar};
use reqwest::header::HeaderValue;
use url::Url;

/// A jar that can be emptied, while the connections that carry it stay.
#[derive(Default)]
pub(super) struct Session(RwLock<Jar>);

impl Session {
    /// Drops every cookie.
    pub(super) fn forget(&self) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Jar::default();
    }

    fn with<T>(&self, look: impl FnOnce(&Jar) -> T) -> T {
        look(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }
}

impl CookieStore for Session {
    fn set_cookies(&self, headers: &mut dyn Iterator<Item = &HeaderValue>, url: &Url) {
        self.with(|jar| jar.set_cookies(headers, url));
    }

    fn cookies(&self, url: &Url) -> Option<HeaderValue> {
        self.with(|jar| jar.cookies(url))
    }
}
