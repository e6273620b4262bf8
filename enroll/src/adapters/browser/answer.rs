//! An answer with its body, and how its text is to be read.

use core::time::Duration;
use std::rc::Rc;

use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimeParser;
use reqwest::header::{CONTENT_TYPE, DATE, HeaderMap, HeaderName, LOCATION, RETRY_AFTER};
use url::Url;

use super::page::Page;
use crate::moment::is_credible;

/// An answer with its body.
#[derive(Debug)]
pub(in crate::adapters) struct Answer {
    pub(in crate::adapters) url: Url,
    pub(in crate::adapters) status: u16,
    pub(in crate::adapters) date: Option<Timestamp>,
    pub(in crate::adapters) location: Option<String>,
    /// After how long the portal wants to be asked again (RFC 9110, 10.2.3).
    pub(in crate::adapters) retry_after: Option<Duration>,
    pub(in crate::adapters) body: Vec<u8>,
    content_type: String,
    /// What it reads as, where it is a page.
    pub(in crate::adapters) page: Option<Rc<Page>>,
}

impl Answer {
    pub(super) fn new(url: Url, status: u16, headers: &HeaderMap, body: Vec<u8>) -> Self {
        let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
        let date = text(DATE)
            .and_then(moment)
            .filter(|date| is_credible(*date));
        let location = text(LOCATION)
            .filter(|_| (300..400).contains(&status))
            .map(str::to_owned);
        Self {
            url,
            status,
            date,
            location,
            retry_after: text(RETRY_AFTER).and_then(|text| retry_after(text, date)),
            body,
            content_type: text(CONTENT_TYPE).unwrap_or_default().to_owned(),
            page: None,
        }
    }

    /// Whether the portal is out of order or has too much to do, rather than of another opinion.
    pub(super) const fn may_pass(&self) -> bool {
        self.status >= 500 || self.status == TOO_MANY
    }

    /// Whether it asks to come back later.
    pub(in crate::adapters) const fn is_busy(&self) -> bool {
        self.status == TOO_MANY || self.status == 503 && self.retry_after.is_some()
    }

    pub(super) fn is_html(&self) -> bool {
        is_html(&self.content_type)
    }

    /// The page's title, or the file's type.
    pub(in crate::adapters) fn title(&self) -> String {
        if let Some(page) = &self.page {
            return page.title.clone();
        }
        self.content_type
            .split(';')
            .next()
            .unwrap_or_default()
            .trim()
            .to_owned()
    }

    /// Decodes by the header's charset, else by the page's own `<meta>`, else as UTF-8, else as the pages of Russian
    /// sites that name none are meant (windows-1251; assumed).
    pub(in crate::adapters) fn text(&self) -> String {
        let start = String::from_utf8_lossy(self.body.get(..1024).unwrap_or(&self.body))
            .to_ascii_lowercase();
        let named = charset(&self.content_type.to_ascii_lowercase()).or_else(|| charset(&start));
        let named = named.and_then(|name| encoding_rs::Encoding::for_label(name.as_bytes()));
        let guessed = || match core::str::from_utf8(&self.body) {
            Ok(_) => encoding_rs::UTF_8,
            Err(_) => encoding_rs::WINDOWS_1251,
        };
        let encoding = named.unwrap_or_else(guessed);
        encoding.decode(&self.body).0.into_owned()
    }
}

fn moment(text: &str) -> Option<Timestamp> {
    DateTimeParser::new().parse_timestamp(text).ok()
}

/// Seconds, or a moment to be compared with the answer's own `Date`.
fn retry_after(text: &str, date: Option<Timestamp>) -> Option<Duration> {
    if let Ok(secs) = text.trim().parse() {
        return Some(Duration::from_secs(secs));
    }
    let until = moment(text)?;
    Some(until.duration_since(date?).unsigned_abs()).filter(|_| Some(until) > date)
}

pub(super) fn is_html(content_type: &str) -> bool {
    content_type.is_empty() || content_type.to_ascii_lowercase().starts_with("text/html")
}

fn charset(text: &str) -> Option<String> {
    let (_, after) = text.split_once("charset=")?;
    let name: String = after
        .trim_start_matches(['"', '\'', ' '])
        .chars()
        .take_while(|c| c.is_ascii_alphanumeric() || "-_".contains(*c))
        .collect();
    (!name.is_empty()).then_some(name)
}

/// Too many requests (RFC 6585): not what was asked, but how often.
const TOO_MANY: u16 = 429;
