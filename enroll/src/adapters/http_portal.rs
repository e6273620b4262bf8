//! The portal behind [`Portal`]: walks the cabinet with a [`Browser`], by the words on its pages.

mod forms;
mod words;

use core::time::Duration;
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::Arc;

use jiff::Timestamp;
use tokio::runtime::Runtime;

use super::browser::label::{contains, number_in, same};
use super::browser::page::Page;
use super::browser::transport;
use super::browser::{Arrived, Browser, Filled, Options};
use crate::event::Events;
use crate::pem;
use crate::ports::portal::{
    ApplicationCard, ApplicationRow, DocumentFile, InstallForm, Portal, PortalError, RequestForm,
};
use crate::ports::sms::{Code, Phone};

/// Where the portal is and how to reach it.
#[derive(Clone, Debug)]
pub struct PortalAddress {
    /// The front page's address.
    pub url: String,
    /// Trust these CA certificates (PEM) and no others, instead of the system's.
    pub ca: Option<PathBuf>,
    /// Speak http in clear to another machine.
    pub allow_plain_http: bool,
    /// Where pages that are not understood are kept, without the values of their hidden fields.
    pub save_pages: Option<PathBuf>,
    /// How long one answer may take.
    pub timeout: Duration,
}

impl PortalAddress {
    /// The system's CA certificates, 30 s for an answer, nothing saved, http in clear to this machine only.
    #[must_use]
    pub fn new(url: &str) -> Self {
        let timeout = Duration::from_secs(30);
        Self {
            url: url.to_owned(),
            ca: None,
            allow_plain_http: false,
            save_pages: None,
            timeout,
        }
    }

    /// Eight hex digits that tell this portal from another without naming it.
    #[must_use]
    pub fn identity(&self) -> String {
        use sha1::Digest as _;
        let host = url::Url::parse(&self.url)
            .ok()
            .and_then(|url| url.host_str().map(str::to_owned));
        let digest = sha1::Sha1::digest(host.unwrap_or_default());
        hex::encode(digest.get(..4).unwrap_or_default())
    }
}

impl From<PortalAddress> for Options {
    fn from(address: PortalAddress) -> Self {
        let PortalAddress {
            url,
            ca,
            allow_plain_http,
            timeout,
            save_pages: _,
        } = address;
        Self {
            url,
            ca,
            allow_plain_http,
            timeout,
        }
    }
}

/// A cabinet and the page that is open.
#[derive(Debug)]
pub struct HttpPortal {
    browser: Browser,
    page: Option<Rc<Page>>,
    home: Option<Rc<Page>>,
    card: Option<Rc<Page>>,
    /// The page behind a link of the card that stands for several papers, by the link's words.
    papers: Option<(String, Rc<Page>)>,
    /// The list of applications, for as long as it is the open page.
    list: Option<Rc<Page>>,
    codes: u32,
}

impl HttpPortal {
    /// The portal's own TLS certificate, once it answered over TLS; DER.
    #[must_use]
    pub fn peer_certificate(&self) -> Option<&[u8]> {
        self.browser.peer_certificate()
    }

    /// Prepares a browser; nothing is fetched yet.
    pub fn new(address: PortalAddress, events: Events) -> Result<Self, PortalError> {
        Self::new_on(transport::event_loop()?, address, events)
    }

    /// The same with its connections on an event loop that others use as well.
    pub fn new_on(
        event_loop: Arc<Runtime>,
        address: PortalAddress,
        events: Events,
    ) -> Result<Self, PortalError> {
        let save_pages = address.save_pages.clone();
        let browser = Browser::new(address.into(), event_loop, save_pages, events)?;
        Ok(Self {
            browser,
            page: None,
            home: None,
            card: None,
            papers: None,
            list: None,
            codes: 0,
        })
    }

    /// The page that is open; a walk that has not begun is a session that has ended.
    fn page(&self) -> Result<Rc<Page>, PortalError> {
        self.page.clone().ok_or(PortalError::SessionExpired)
    }

    fn card(&self) -> Result<Rc<Page>, PortalError> {
        self.card.clone().ok_or(PortalError::SessionExpired)
    }

    /// Presses `words` on `page`, as someone who is logged in.
    fn press(&mut self, page: &Page, words: &str) -> Result<Rc<Page>, PortalError> {
        let next = self.browser.press(page, words)?;
        self.arrive(next)
    }

    /// Takes a page as the open one, unless it asks for the phone again.
    fn arrive(&mut self, page: Rc<Page>) -> Result<Rc<Page>, PortalError> {
        if asks_for_phone(&page) {
            return Err(PortalError::SessionExpired);
        }
        Ok(self.show(page))
    }

    fn show(&mut self, page: Rc<Page>) -> Rc<Page> {
        self.page = Some(Rc::clone(&page));
        self.list = None;
        page
    }

    fn expect_text(&self, page: &Page, words: &str) -> Result<String, PortalError> {
        if contains(&page.text, words) {
            return Ok(words.to_owned());
        }
        Err(refusal(page)
            .unwrap_or_else(|| self.browser.missing(page, &format!("words «{words}»"))))
    }

    /// A file behind a link; a page in its place is a session that has ended, or the portal's refusal.
    fn file(&mut self, page: &Page, words: &str) -> Result<Vec<u8>, PortalError> {
        match self.browser.arrive(page, words, &Filled::default())? {
            Arrived::File(bytes) => Ok(bytes),
            Arrived::Page(page) if asks_for_phone(&page) => Err(PortalError::SessionExpired),
            Arrived::Page(page) => {
                Err(refusal(&page).unwrap_or_else(|| self.browser.missing(&page, "file")))
            }
        }
    }

    /// The paper behind the card's link `words`, or behind `title` on the page that this leads to.
    fn file_or_papers(
        &mut self,
        card: &Page,
        words: &str,
        title: &str,
    ) -> Result<Vec<u8>, PortalError> {
        match self.browser.arrive(card, words, &Filled::default())? {
            Arrived::File(bytes) => Ok(bytes),
            Arrived::Page(page) if asks_for_phone(&page) => Err(PortalError::SessionExpired),
            Arrived::Page(page) => {
                let leads = page.link(title).is_some();
                self.papers = leads.then(|| (words.to_owned(), Rc::clone(&page)));
                self.file(&page, title)
            }
        }
    }

    fn shown_code(&mut self) -> String {
        self.codes += 1;
        format!("{{code:{}}}", self.codes)
    }
}

/// Before the cabinet is reached nothing shows that this is the portal at all.
fn on_the_way(error: PortalError) -> PortalError {
    match error {
        PortalError::NotUnderstood {
            page,
            missing,
            saved,
        } => PortalError::NotTheCabinet {
            page,
            missing,
            saved,
        },
        other => other,
    }
}

impl Portal for HttpPortal {
    fn open(&mut self) -> Result<(), PortalError> {
        (self.home, self.card, self.papers) = (None, None, None);
        let front = self.browser.open().map_err(on_the_way)?;
        self.show(front);
        Ok(())
    }

    fn open_cabinet(&mut self) -> Result<(), PortalError> {
        let front = self.page()?;
        let page = self.browser.press(&front, words::CABINET);
        let page = page.map_err(on_the_way)?;
        if !asks_for_phone(&page) {
            let phone = format!("field «{}»", words::PHONE);
            return Err(on_the_way(self.browser.missing(&page, &phone)));
        }
        self.show(page);
        Ok(())
    }

    fn request_code(&mut self, phone: &Phone) -> Result<String, PortalError> {
        let mut page = self.page()?;
        if page.field(words::CODE).is_some() {
            page = self.browser.press(&page, words::CODE_AGAIN)?;
        }
        if asks_for_phone(&page) {
            let filled = Filled::default().with(words::PHONE, phone.digits(), "{phone}");
            page = self.browser.submit(&page, words::GET_CODE, &filled)?;
        }
        let said = page.alerts.join(" ");
        self.page = Some(Rc::clone(&page));
        match number_in(&said) {
            Some(secs) if contains(&said, words::TOO_EARLY) => {
                return Err(PortalError::TooEarly { said, secs });
            }
            _ if page.field(words::CODE).is_some() => return Ok(page.alerts.join(" ")),
            _ => {}
        }
        Err(refusal(&page).unwrap_or_else(|| {
            self.browser
                .missing(&page, &format!("field «{}»", words::CODE))
        }))
    }

    fn log_in(&mut self, code: &Code) -> Result<String, PortalError> {
        let asked = self.page()?;
        let shown = self.shown_code();
        let filled = Filled::default().with(words::CODE, code.expose(), &shown);
        let button = login_button(&asked).unwrap_or(words::LOG_IN.to_owned());
        let page = self.browser.submit(&asked, &button, &filled)?;
        let page = self.show(page);
        let said = page.alerts.join(" ");
        if page.field(words::CODE).is_some() {
            return Err(PortalError::WrongCode {
                left: number_in(&said),
                said,
            });
        }
        if asks_for_phone(&page) {
            return Err(PortalError::CodeVoid { said });
        }
        let greeting = self.expect_text(&page, words::LOGGED_IN)?;
        self.home = Some(page);
        Ok(greeting)
    }

    fn applications(&mut self) -> Result<Vec<ApplicationRow>, PortalError> {
        let list = match self.list.clone() {
            Some(list) => {
                let again = self.browser.reload(&list)?;
                self.arrive(again)?
            }
            None => {
                let home = self.home.clone().ok_or(PortalError::SessionExpired)?;
                let menu = self.press(&home, words::WORK)?;
                self.press(&menu, words::CABINET)?
            }
        };
        let rows = forms::applications(&list);
        let rows = rows.map_err(|missing| self.browser.missing(&list, &missing))?;
        self.list = Some(list);
        Ok(rows)
    }

    fn open_application(&mut self, number: &str) -> Result<ApplicationCard, PortalError> {
        let list = self.page()?;
        let card = self.press(&list, number)?;
        let read = forms::card(&card).map_err(|missing| self.browser.missing(&card, &missing))?;
        if read.number != number {
            return Err(self
                .browser
                .missing(&card, &format!("«{} {number}»", words::NUMBER)));
        }
        self.card = Some(card);
        Ok(read)
    }

    fn open_request_form(&mut self) -> Result<RequestForm, PortalError> {
        let card = self.card()?;
        let page = self.press(&card, words::REQUEST_CERTIFICATE)?;
        forms::request(&page).map_err(|missing| {
            refusal(&page).unwrap_or_else(|| self.browser.missing(&page, &missing))
        })
    }

    fn name_key_pair(&mut self) -> Result<RequestForm, PortalError> {
        let form = self.page()?;
        let page = self.press(&form, words::MAKE_KEY_PAIR)?;
        forms::request(&page).map_err(|missing| {
            refusal(&page).unwrap_or_else(|| self.browser.missing(&page, &missing))
        })
    }

    fn send_request(&mut self, pem: &str) -> Result<String, PortalError> {
        let form = self.page()?;
        let filled = Filled::default().with(words::REQUEST_PEM, pem, "{request}");
        let page = self.browser.submit(&form, words::MAKE_REQUEST, &filled)?;
        let page = self.arrive(page)?;
        self.expect_text(&page, words::SENT)
    }

    fn confirm(&mut self) -> Result<ApplicationCard, PortalError> {
        let page = self.page()?;
        let card = self.press(&page, words::OK)?;
        let read = forms::card(&card).map_err(|missing| self.browser.missing(&card, &missing))?;
        self.card = Some(card);
        Ok(read)
    }

    fn certificate(&mut self) -> Result<Vec<u8>, PortalError> {
        let card = self.card()?;
        let bytes = self.file(&card, words::SAVE_CERTIFICATE)?;
        let armoured = core::str::from_utf8(&bytes)
            .ok()
            .and_then(|text| pem::blocks(text).into_iter().next());
        Ok(armoured.map_or(bytes, |block| block.der))
    }

    fn issuer_chain(&mut self) -> Result<String, PortalError> {
        let card = self.card()?;
        let bytes = self.file(&card, words::CA_CERTIFICATES)?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    fn revocation_list(&mut self) -> Result<Option<Vec<u8>>, PortalError> {
        let card = self.card()?;
        match card.link(words::REVOCATION_LIST) {
            Some(_) => self.file(&card, words::REVOCATION_LIST).map(Some),
            None => Ok(None),
        }
    }

    fn open_install_form(&mut self) -> Result<InstallForm, PortalError> {
        let card = self.card()?;
        let page = self.press(&card, words::INSTALL_CERTIFICATE)?;
        forms::install(&page).map_err(|missing| {
            refusal(&page).unwrap_or_else(|| self.browser.missing(&page, &missing))
        })
    }

    fn report_installed(&mut self) -> Result<String, PortalError> {
        let form = self.page()?;
        let page = self.press(&form, words::LOAD_CERTIFICATE)?;
        self.expect_text(&page, words::INSTALLED)
    }

    fn document(&mut self, title: &str) -> Result<DocumentFile, PortalError> {
        let card = self.card()?;
        let mut texts = card.links.iter().map(|link| link.text.as_str());
        let words = match card.link(title) {
            Some(_) => title,
            None => texts.find(|text| contains(text, title)).unwrap_or(title),
        };
        let open = self.papers.clone().filter(|(known, _)| known == words);
        let bytes = match open {
            Some((_, papers)) => self.file(&papers, title)?,
            None => self.file_or_papers(&card, words, title)?,
        };
        Ok(DocumentFile {
            file_name: title.to_owned(),
            bytes,
        })
    }

    fn date(&self) -> Option<Timestamp> {
        self.browser.date()
    }
}

fn asks_for_phone(page: &Page) -> bool {
    page.form_with(words::PHONE).is_some()
}

fn refusal(page: &Page) -> Option<PortalError> {
    (!page.alerts.is_empty()).then(|| PortalError::Refused {
        said: page.alerts.join(" "),
    })
}

/// The manual does not give the login button's words: the one of the code's form that does not ask for a new code.
fn login_button(page: &Page) -> Option<String> {
    let form = page.form_with(words::CODE)?;
    let mut others = form
        .buttons
        .iter()
        .filter(|button| !same(&button.text, words::CODE_AGAIN));
    let only = others.next()?;
    others.next().is_none().then(|| only.text.clone())
}
