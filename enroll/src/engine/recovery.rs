//! Where the portal is further than the journal: lines were lost, or the request was sent from elsewhere. Nothing is
//! made or sent a second time; which pair it is about, the certificate tells.

use gost3410::{Algorithm, PublicKeyInfo, VerifyingKey};

use super::key::has_certificate;
use super::{Enrollment, send};
use crate::certificate::Certificate;
use crate::error::Error;
use crate::event::{Caution, Who};
use crate::ports::portal::{ApplicationCard, ApplicationRow};
use crate::ports::token::{Inventory, KeyKind, KeyPair};
use crate::stage::{Fact, Key, Stage};

impl Enrollment<'_> {
    /// Whether the portal has a request already. The journal is told so, as far as the token bears it out.
    pub(super) fn portal_is_ahead(
        &mut self,
        row: &ApplicationRow,
        card: &ApplicationCard,
    ) -> Result<bool, Error> {
        if card.can_request {
            return Ok(false);
        }
        let has_request = send::is_after_sending(&row.status);
        match self.stage() {
            Stage::Signed(_) if has_request => {
                self.tell_sent_already(row);
                self.record_sent()?;
                Ok(true)
            }
            Stage::Chosen(_) | Stage::KeyReady(..) if card.can_install => self.adopt_issued(row),
            Stage::Chosen(_) | Stage::KeyReady(..) if has_request => self.adopt_sent(row),
            _ => Ok(false),
        }
    }

    /// The certificate is there: its public key names the pair.
    fn adopt_issued(&mut self, row: &ApplicationRow) -> Result<bool, Error> {
        let certificate = Certificate::from_der(&self.ports.portal.certificate()?)?;
        let pairs = self.ports.token.inventory()?.keys;
        let of_journal = self.stage().key().map(|key| key.id.clone());
        let ours = |pair: &KeyPair| {
            let named = of_journal.as_ref();
            named.is_none_or(|id| *id == pair.id.to_string())
                && certificate.is_for(pair.public_key.as_ref())
        };
        let Some(pair) = pairs.into_iter().find(ours) else {
            return Ok(false);
        };
        self.adopt_pair(row, &pair, &certificate)?;
        Ok(true)
    }

    /// The request is there and no certificate yet: it is for the journal's pair, or for the only one without a
    /// certificate.
    fn adopt_sent(&mut self, row: &ApplicationRow) -> Result<bool, Error> {
        let key = match self.stage() {
            Stage::KeyReady(_, key) => Some(key),
            _ => only_bare(&self.ports.token.inventory()?, &self.awaited_elsewhere()?),
        };
        let Some(key) = key else {
            return Ok(false);
        };
        self.tell_sent_already(row);
        self.record(Fact::FoundSent {
            application: row.number.clone(),
            key,
        })?;
        Ok(true)
    }

    fn tell_sent_already(&self, row: &ApplicationRow) {
        self.ports.events.warn(Caution::SentAlready {
            status: row.status.clone(),
        });
    }

    /// Gives a pair whose request is lost the name that the page has for it (Рис. 16), which the request's page would
    /// have asked for.
    pub(super) fn rename_as_shown(&mut self, pair: &mut KeyPair, shown: &str) -> Result<(), Error> {
        let stage = self.stage();
        let request_is_lost = stage.order().is_some_and(|order| order.request.is_none());
        if !request_is_lost || shown.is_empty() || pair.label == shown {
            return Ok(());
        }
        self.step("2.8", Who::Token, format!("renames the key pair «{shown}»"));
        self.relabel(&pair.id, shown)?;
        shown.clone_into(&mut pair.label);
        Ok(())
    }
}

/// The only GOST pair without a certificate that no other application waits for, if there is just one.
fn only_bare(inventory: &Inventory, elsewhere: &[String]) -> Option<Key> {
    let mut bare = inventory.keys.iter().filter(|pair| {
        matches!(pair.kind, KeyKind::Gost(_))
            && !has_certificate(inventory, pair)
            && !elsewhere.contains(&pair.id.to_string())
    });
    let only = bare.next().filter(|_| bare.next().is_none())?;
    Some(Key {
        id: only.id.to_string(),
        label: only.label.clone(),
        public_key: hex::encode(public_key_info(only.public_key.clone()?).to_der()),
    })
}

/// The token does not tell 2001 from 2012; the certificate will.
fn public_key_info(key: VerifyingKey) -> PublicKeyInfo {
    let algorithm = match key.to_bytes().len() {
        128 => Algorithm::Gost2012_512,
        _ => Algorithm::Gost2012_256,
    };
    PublicKeyInfo { algorithm, key }
}
