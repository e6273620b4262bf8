//! Chapter 1: from the token's inventory to «Ваш сертификат заказан».

use super::key::has_certificate;
use super::{Enrollment, ReplaceOld, login};
use crate::certificate::Certificate;
use crate::error::Error;
use crate::event::{Caution, Who};
use crate::object::Object;
use crate::ports::portal::{ApplicationCard, ApplicationRow};
use crate::ports::token::{Inventory, KeyId, KeyKind};
use crate::request;
use crate::stage::{Fact, Stage};

/// What chapter 1 leaves behind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Requested {
    /// «Номер заявки».
    pub application: String,
    /// The pair that signed.
    pub key: KeyId,
    /// PKCS#10.
    pub request_der: Vec<u8>,
    /// The same as it was sent.
    pub request_pem: String,
    /// Whether the pair was found on the token instead of being made.
    pub adopted: bool,
    /// Whether SMS 1 came.
    pub ordered_by_sms: bool,
}

impl Enrollment<'_> {
    /// Steps 1.1 – 1.12, with Приложение 1 before them where the settings ask for it.
    ///
    /// Errors: [`Error::OldObjects`] when the token holds an EGAIS pair or certificate and nothing is to be
    /// replaced; those of the token, the portal and the inbox. After any of them the chapter may be called again.
    pub fn request(&mut self) -> Result<Requested, Error> {
        let done = self.request_steps();
        self.leave_token();
        done
    }

    fn request_steps(&mut self) -> Result<Requested, Error> {
        self.tell_preparation();
        self.meet_token()?;
        self.open_journal()?;
        if self.is_untouched() && self.replace_old() == ReplaceOld::No {
            let inventory = self.ports.token.inventory()?;
            self.refuse_old_certificates(&inventory)?;
        }
        self.open_or_begin_journal()?;
        if self.stage().is_installed() {
            self.ports.events.warn(Caution::InstalledAlready);
        }
        self.remove_old_before()?;
        if self.is_to_be_sent() {
            self.at_card(&login::REQUEST, Self::order)?;
        }
        self.give_wanted_label()?;
        self.wait_for_order()?;
        self.requested()
    }

    /// Whether nothing was done yet: there is no journal, or only an installation looked whether there is something.
    fn is_untouched(&self) -> bool {
        let facts = self.journal.as_ref().map(|journal| &journal.story().facts);
        let mut acts = facts.into_iter().flatten();
        !self.is_rebuilt() && acts.all(|fact| matches!(fact, Fact::ReplaceOldTold { .. }))
    }

    /// The browser's preparations and the warnings around them, numbered so that a timeline has all of the manual.
    fn tell_preparation(&self) {
        self.step("W1", Who::Engine, BROWSER);
        for (number, what) in PREPARATION {
            self.step(number, Who::Engine, what);
        }
        self.step("W2", Who::Engine, EARLIER_KEY);
    }

    fn is_to_be_sent(&self) -> bool {
        matches!(
            self.stage(),
            Stage::New(_) | Stage::Chosen(_) | Stage::KeyReady(..) | Stage::Signed(_)
        )
    }

    /// 1.8 – 1.11, from whichever of them is the next.
    fn order(&mut self, row: &ApplicationRow, card: &ApplicationCard) -> Result<(), Error> {
        if !self.is_to_be_sent() || self.portal_is_ahead(row, card)? {
            return Ok(());
        }
        if !card.can_request {
            return Err(Error::NotReady {
                application: row.number.clone(),
                status: row.status.clone(),
            });
        }
        self.step("1.8", Who::Person, "presses «Запросить сертификат»");
        let form = self.ports.portal.open_request_form()?;
        if matches!(self.stage(), Stage::Chosen(_)) {
            self.prepare_key(&form)?;
        } else {
            self.step(
                "1.9",
                Who::Engine,
                "goes on with the key pair that the journal names",
            );
        }
        let form = self.show_key_pair(&form)?;
        if matches!(self.stage(), Stage::KeyReady(..)) {
            self.sign_request(&form)?;
        }
        self.send()
    }

    pub(super) fn requested(&mut self) -> Result<Requested, Error> {
        let facts = self.journal()?.story().facts.clone();
        let stage = self.stage();
        let order = stage.order().ok_or(Error::NothingSent)?;
        let request_pem = order.request.clone().unwrap_or_default();
        let request_der = if request_pem.is_empty() {
            Vec::new()
        } else {
            request::from_pem(&request_pem)?
        };
        if !request_der.is_empty() {
            self.keep("request.pem", request_pem.as_bytes())?;
            self.keep("request.der", &request_der)?;
        }
        Ok(Requested {
            application: order.application.clone(),
            key: super::key_id(&order.key.id)?,
            request_der,
            request_pem,
            adopted: facts
                .iter()
                .any(|fact| matches!(fact, Fact::KeyPairReady { adopted: true, .. })),
            ordered_by_sms: facts
                .iter()
                .any(|fact| matches!(fact, Fact::Ordered { told_by_sms: true })),
        })
    }

    /// Before anything is begun, or made where the journal was damaged: a token that serves ЕГАИС already is left alone unless the applicant said otherwise.
    pub(super) fn refuse_old_certificates(&self, inventory: &Inventory) -> Result<(), Error> {
        if self.replace_old() != ReplaceOld::No {
            return Ok(());
        }
        let certificates = inventory.certificates.iter().filter_map(|stored| {
            let certificate = Certificate::from_der(&stored.der).ok()?;
            certificate.key()?;
            Some(Object::certificate(&certificate))
        });
        let mut old: Vec<Object> = certificates.collect();
        if old.is_empty() {
            return Ok(());
        }
        let pairs = inventory
            .keys
            .iter()
            .filter(|pair| matches!(pair.kind, KeyKind::Gost(_)));
        old.extend(pairs.map(|pair| Object::pair(pair, has_certificate(inventory, pair))));
        Err(Error::OldObjects { objects: old })
    }
}

/// Chapter 1.1, which prepares Internet Explorer, and why none of it is needed here.
pub(crate) const PREPARATION: [(&str, &str); 6] = [
    (
        "1.1.1",
        "not needed: IEAutosetup.exe prepares Internet Explorer, and no browser is used",
    ),
    (
        "1.1.2",
        "not needed: nothing to install for Internet Explorer",
    ),
    (
        "1.1.3",
        "not needed: the token is spoken to directly, without the vendor's drivers",
    ),
    (
        "1.1.4",
        "not needed: the request is made here and not by the browser's plug-in",
    ),
    (
        "1.1.5",
        "not needed: RutokenEgais.exe sets up the browser's side of ЕГАИС",
    ),
    ("1.1.6", "not needed: there is no browser to restart"),
];

/// The manual's first «ВНИМАНИЕ!», before chapter 1.
const BROWSER: &str =
    "not needed: the manual asks for Internet Explorer 8 or later, and no browser is used";
/// Its second, after 1.1.6.
const EARLIER_KEY: &str =
    "a key for ЕГАИС that the token holds already has to go by Приложение 1: looks for one";
