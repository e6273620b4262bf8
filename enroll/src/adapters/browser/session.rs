//! The cookies of one login.

use reqwest::cookie::{CookieStore as _, Jar};
use reqwest::header::{HeaderMap, HeaderValue, SET_COOKIE};
use url::Url;

/// A jar that can be emptied, while the connections that carry it stay.
#[derive(Default)]
pub(super) struct Session(Jar);

impl Session {
    /// Drops every cookie.
    pub(super) fn forget(&mut self) {
        self.0 = Jar::default();
    }

    /// Keeps what an answer from `url` sets.
    pub(super) fn keep(&self, headers: &HeaderMap, url: &Url) {
        let mut set = headers.get_all(SET_COOKIE).iter();
        self.0.set_cookies(&mut set, url);
    }

    /// What goes with a request to `url`.
    pub(super) fn cookies(&self, url: &Url) -> Option<HeaderValue> {
        self.0.cookies(url)
    }
}
