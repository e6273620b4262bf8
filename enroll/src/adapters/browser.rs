//! A browser as small as a person's use of one: pages, links, forms and buttons by the words one sees.
//!
//! Nothing is found by id, class, field name, address or position. Hidden fields go back untouched.

mod answer;
pub mod form;
pub mod label;
pub mod page;
mod reading;
mod session;
mod tls;
pub(in crate::adapters) mod transport;

use std::collections::VecDeque;
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::Arc;

use jiff::Timestamp;
use tokio::runtime::Runtime;
use url::Url;

use crate::event::{Event, Events};
use crate::ports::PortalError;
use answer::Answer;
use form::{Button, Field, Form};
use page::Page;
use transport::{Method, Transport};

pub use transport::Options;

/// One person's browser with one session.
pub struct Browser {
    transport: Transport,
    events: Events,
    save_pages: Option<PathBuf>,
    date: Option<Timestamp>,
    /// Pages read lately, the newest last: one that comes again unchanged, as a list does for half an hour, is not read again.
    seen: VecDeque<Rc<Page>>,
}

/// What a press led to.
#[derive(Debug)]
pub enum Arrived {
    /// A page.
    Page(Rc<Page>),
    /// A file.
    File(Vec<u8>),
}

/// Words to put into the fields of a form. What a transcript shows of them is the second text.
#[derive(Default)]
pub struct Filled<'a> {
    fields: Vec<(&'a str, &'a str, &'a str)>,
}

impl<'a> Filled<'a> {
    /// Puts `value` into the field labelled `label`; events show `shown` instead.
    #[must_use]
    pub fn with(mut self, label: &'a str, value: &'a str, shown: &'a str) -> Self {
        self.fields.push((label, value, shown));
        self
    }

    fn of(&self, field: &Field) -> Option<(&'a str, &'a str)> {
        let found = self
            .fields
            .iter()
            .find(|(label, ..)| label::same(label, &field.label));
        found.map(|(_, value, shown)| (*value, *shown))
    }
}

impl Browser {
    /// Opens a browser; nothing is fetched yet.
    pub fn new(
        options: Options,
        event_loop: Arc<Runtime>,
        save_pages: Option<PathBuf>,
        events: Events,
    ) -> Result<Self, PortalError> {
        let transport = Transport::new(options, event_loop, events.clone(), WAITS)?;
        Ok(Self {
            transport,
            events,
            save_pages,
            date: None,
            seen: VecDeque::new(),
        })
    }

    /// Forgets the session and opens the portal's front page.
    pub fn open(&mut self) -> Result<Rc<Page>, PortalError> {
        self.transport.forget_session();
        let front = self.transport.front();
        let answer = self.fetch(&front, "GET", None, &[])?;
        self.page_of(&answer, "the front page")
    }

    /// Asks for a page anew that came by a link.
    pub fn reload(&mut self, page: &Page) -> Result<Rc<Page>, PortalError> {
        let target = self.target(page, page.url.as_str())?;
        let answer = self.fetch(&target, "GET", None, &[])?;
        self.page_of(&answer, &page.name())
    }

    /// Presses the link or button of `page` that reads `words`.
    pub fn press(&mut self, page: &Page, words: &str) -> Result<Rc<Page>, PortalError> {
        match self.arrive(page, words, &Filled::default())? {
            Arrived::Page(page) => Ok(page),
            Arrived::File(_) => Err(PortalError::NotUnderstood {
                page: words.to_owned(),
                missing: "page, but a file".to_owned(),
                saved: None,
            }),
        }
    }

    /// Fills the form that has the button `words` and presses it.
    pub fn submit(
        &mut self,
        page: &Page,
        words: &str,
        filled: &Filled<'_>,
    ) -> Result<Rc<Page>, PortalError> {
        let (form, button) = page
            .button(words)
            .ok_or_else(|| self.missing(page, &format!("button «{words}»")))?;
        let answer = self.send(page, form, button, filled, words)?;
        self.page_of(&answer, words)
    }

    /// Presses a link or button that may lead to a page or to a file.
    pub fn arrive(
        &mut self,
        page: &Page,
        words: &str,
        filled: &Filled<'_>,
    ) -> Result<Arrived, PortalError> {
        let answer = if let Some(link) = page.link(words) {
            let target = self.target(page, &link.href)?;
            self.fetch(&target, "GET", None, &[])?
        } else if let Some((form, button)) = page.button(words) {
            self.send(page, form, button, filled, words)?
        } else {
            return Err(self.missing(page, &format!("link or button «{words}»")));
        };
        if answer.page.is_some() {
            return self.page_of(&answer, words).map(Arrived::Page);
        }
        Ok(Arrived::File(self.successful(answer, words)?.body))
    }

    /// The certificate that the newest answer came under, where it came over TLS; DER.
    #[must_use]
    pub fn peer_certificate(&self) -> Option<&[u8]> {
        self.transport.peer_certificate()
    }

    /// The newest `Date` header.
    #[must_use]
    pub const fn date(&self) -> Option<Timestamp> {
        self.date
    }

    /// An error that names what a page lacks; the page is kept for the support.
    pub fn missing(&self, page: &Page, what: &str) -> PortalError {
        PortalError::NotUnderstood {
            page: page.name(),
            missing: what.to_owned(),
            saved: self.save(page),
        }
    }

    fn send(
        &mut self,
        page: &Page,
        form: &Form,
        button: &Button,
        filled: &Filled<'_>,
        words: &str,
    ) -> Result<Answer, PortalError> {
        let mut shown = Vec::new();
        let mut pairs = form.hidden.clone();
        for field in form.fields.iter().filter(|field| field.is_sent()) {
            let (value, seen) = filled.of(field).unwrap_or((&field.value, &field.value));
            pairs.extend(
                field
                    .name
                    .iter()
                    .map(|name| (name.clone(), value.to_owned())),
            );
            if filled.of(field).is_some() {
                shown.push((field.label.clone(), seen.to_owned()));
            }
        }
        pairs.extend(
            button
                .name
                .iter()
                .map(|name| (name.clone(), button.value.clone())),
        );
        shown.push(("button".to_owned(), words.to_owned()));
        let target = self.target(page, button.action.as_deref().unwrap_or(&form.action))?;
        if form.is_post {
            return self.fetch(&target, "POST", Some(&pairs), &shown);
        }
        let mut with_query = target;
        with_query.query_pairs_mut().clear().extend_pairs(&pairs);
        self.fetch(&with_query, "GET", None, &shown)
    }

    /// One act of a person: the request and every redirect it leads to, each told as an event.
    fn fetch(
        &mut self,
        target: &Url,
        method: &'static str,
        form: Option<&[(String, String)]>,
        shown: &[(String, String)],
    ) -> Result<Answer, PortalError> {
        let mut target = target.clone();
        let mut method = if method == "POST" {
            Method::Post(form.unwrap_or_default())
        } else {
            Method::Get
        };
        let mut shown = shown.to_vec();
        for _ in 0..REDIRECTS {
            let mut answer = self.transport.request(&target, &method)?;
            answer.page = self.read(&answer);
            self.date = answer.date.or(self.date);
            self.tell(&target, &method, shown, &answer);
            let Some(next) = answer.location.as_deref() else {
                return Ok(answer);
            };
            target = self.transport.allowed(&target, next)?;
            if !matches!(answer.status, 307 | 308) {
                method = Method::Get;
            }
            shown = Vec::new();
        }
        Err(PortalError::Unreachable {
            why: "the portal redirects without end".to_owned(),
        })
    }

    fn read(&mut self, answer: &Answer) -> Option<Rc<Page>> {
        if !answer.is_html() {
            return None;
        }
        let source = answer.text();
        let mut seen = self.seen.iter();
        if let Some(same) = seen.find(|page| page.is(&answer.url, &source)) {
            return Some(Rc::clone(same));
        }
        let page = Rc::new(Page::read(answer.url.clone(), &source));
        if self.seen.len() == SEEN {
            self.seen.pop_front();
        }
        self.seen.push_back(Rc::clone(&page));
        Some(page)
    }

    fn tell(
        &self,
        target: &Url,
        method: &Method<'_>,
        form: Vec<(String, String)>,
        answer: &Answer,
    ) {
        self.events.tell(&Event::Http {
            method: method.name(),
            path: target.path().to_owned(),
            form,
            status: answer.status,
            title: answer.title(),
        });
    }

    fn target(&self, page: &Page, reference: &str) -> Result<Url, PortalError> {
        self.transport.allowed(&page.url, reference)
    }

    /// A page is taken as it is, whatever its status, when it tells something: a login form or an alert.
    fn page_of(&self, answer: &Answer, what: &str) -> Result<Rc<Page>, PortalError> {
        let tells = |page: &Page| !page.alerts.is_empty() || !page.forms.is_empty();
        match &answer.page {
            Some(page) if answer.status < 400 => Ok(Rc::clone(page)),
            Some(page) if answer.status < 500 && tells(page) => Ok(Rc::clone(page)),
            None if answer.status < 400 => Err(PortalError::NotUnderstood {
                page: answer.url.path().to_owned(),
                missing: "text in HTML".to_owned(),
                saved: None,
            }),
            _ => Err(failed(answer, what)),
        }
    }

    fn successful(&self, answer: Answer, what: &str) -> Result<Answer, PortalError> {
        if answer.status == 200 {
            Ok(answer)
        } else {
            Err(failed(&answer, what))
        }
    }

    fn save(&self, page: &Page) -> Option<PathBuf> {
        let folder = self.save_pages.as_ref()?;
        std::fs::create_dir_all(folder).ok()?;
        let path = (1..1000)
            .map(|n| folder.join(format!("page-{n}.html")))
            .find(|path| !path.exists())?;
        std::fs::write(&path, page.source_without_secrets()).ok()?;
        Some(path)
    }
}

impl core::fmt::Debug for Browser {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Browser")
    }
}

fn failed(answer: &Answer, what: &str) -> PortalError {
    if answer.is_busy() {
        let secs = answer.retry_after.map(|pause| pause.as_secs());
        return PortalError::Busy { secs };
    }
    PortalError::Status {
        what: what.to_owned(),
        status: answer.status,
    }
}

/// What is waited for before the portal is asked again.
const WAITS: &str = "the portal does not answer, asking again";
const REDIRECTS: usize = 10;
/// How many pages are kept: more than a person walks through in a chapter.
const SEEN: usize = 16;
