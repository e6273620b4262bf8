//! 1.9: the pair, made by the token or found there; 1.10, first half: the request, signed by it.

use gost3410::{PublicKeyInfo, VerifyingKey};

use super::{Enrollment, ReplaceOld, key_id};
use crate::certificate::Certificate;
use crate::error::Error;
use crate::event::{Caution, Who};
use crate::journal::Intent;
use crate::object::Object;
use crate::ports::portal::RequestForm;
use crate::ports::token::{Inventory, KeyId, KeyKind, KeyPair, KeySpec, PinRole, TokenError};
use crate::request::{self, Wanted};
use crate::stage::{Fact, Key, Stage};

impl Enrollment<'_> {
    /// Adopts the pair that an earlier run left, else has the token make one.
    pub(super) fn prepare_key(&mut self, form: &RequestForm) -> Result<(), Error> {
        let inventory = self.ports.token.inventory()?;
        self.refuse_old_certificates(&inventory)?;
        let (pair, adopted) = match self.orphan(&inventory, form)? {
            Some(pair) => {
                let what = format!(
                    "adopts the key pair «{}» that an earlier run left",
                    pair.label
                );
                self.step("1.9", Who::Engine, what);
                (pair, true)
            }
            None => (self.make_pair(&inventory, form)?, false),
        };
        let public_key = on_curve(&pair, form).ok_or_else(|| Error::KeyGone {
            key: pair.id.to_string(),
        })?;
        let info = PublicKeyInfo {
            algorithm: form.algorithm,
            key: public_key,
        };
        let key = Key {
            id: pair.id.to_string(),
            label: pair.label,
            public_key: hex::encode(info.to_der()),
        };
        self.record(Fact::KeyPairReady { key, adopted })
    }

    /// A pair without a certificate that belongs to this application: made after the journal's intent, or named as
    /// the page names the container. Any other EGAIS pair is an old one.
    fn orphan(&self, inventory: &Inventory, form: &RequestForm) -> Result<Option<KeyPair>, Error> {
        let begun = self.was_begun(|intent| matches!(intent, Intent::MakeKeyPair { .. }));
        let (label, others) = match begun {
            Some(Intent::MakeKeyPair { label, others }) => (label, others),
            _ => (form.container.clone(), Vec::new()),
        };
        let elsewhere = self.awaited_elsewhere()?;
        let bare = inventory.keys.iter().filter(|pair| {
            let id = pair.id.to_string();
            let old = others.contains(&id) || elsewhere.contains(&id);
            matches!(pair.kind, KeyKind::Gost(_)) && !old && !has_certificate(inventory, pair)
        });
        let (mut ours, foreign): (Vec<_>, Vec<_>) =
            bare.partition(|pair| pair.label == label && on_curve(pair, form).is_some());
        if !foreign.is_empty() && self.replace_old() == ReplaceOld::No {
            return Err(Error::OldObjects {
                objects: foreign
                    .into_iter()
                    .map(|pair| Object::pair(pair, false))
                    .collect(),
            });
        }
        match (ours.pop(), ours.is_empty()) {
            (pair, true) => Ok(pair.cloned()),
            (_, false) => Err(Error::SeveralPairs { label }),
        }
    }

    fn make_pair(&mut self, inventory: &Inventory, form: &RequestForm) -> Result<KeyPair, Error> {
        self.authorise(PinRole::User, "1.9")?;
        self.step(
            "1.9",
            Who::Token,
            format!("makes a key pair named «{}»", form.container),
        );
        let others = inventory
            .keys
            .iter()
            .map(|pair| pair.id.to_string())
            .collect();
        self.intend(Intent::MakeKeyPair {
            label: form.container.clone(),
            others,
        })?;
        let spec = KeySpec {
            algorithm: form.algorithm,
            parameter_set: form.parameter_set,
            label: form.container.clone(),
        };
        let made = self.ports.token.generate_key_pair(&spec)?;
        self.expect_on_token(&made, "the key pair")?;
        Ok(made)
    }

    /// What was written is believed once it reads back: a certificate is of no use to a pair that is not listed as it
    /// was made and named.
    pub(super) fn expect_on_token(
        &mut self,
        wanted: &KeyPair,
        what: &'static str,
    ) -> Result<(), Error> {
        let inventory = self.ports.token.inventory()?;
        let same = |it: &&KeyPair| {
            let key = |pair: &KeyPair| pair.public_key.as_ref().map(VerifyingKey::to_bytes);
            it.id == wanted.id && it.label == wanted.label && key(it) == key(wanted)
        };
        match inventory.keys.iter().filter(same).count() {
            1 => Ok(()),
            _ => Err(TokenError::NotWritten { what }.into()),
        }
    }

    /// Gives the pair another name on the token, and looks whether it has it.
    pub(super) fn relabel(&mut self, id: &KeyId, label: &str) -> Result<(), Error> {
        let label = label.to_owned();
        self.intend(Intent::Relabel {
            label: label.clone(),
        })?;
        self.ports.token.set_key_label(id, &label)?;
        let keys = self.ports.token.inventory()?.keys;
        if !keys.iter().any(|it| it.id == *id && it.label == label) {
            let what = "the key pair's name";
            return Err(TokenError::NotWritten { what }.into());
        }
        self.record(Fact::KeyPairRelabelled { label })
    }

    /// Presses «Создать ключевую пару», so that the page shows the pair's name (Рис. 8).
    pub(super) fn show_key_pair(&mut self, form: &RequestForm) -> Result<RequestForm, Error> {
        self.step("1.9", Who::Person, "presses «Создать ключевую пару»");
        let shown = self.ports.portal.name_key_pair()?;
        self.said("1.9", &shown.key_pair);
        if shown.key_pair != form.container {
            let (page, token) = (shown.key_pair.clone(), form.container.clone());
            self.ports
                .events
                .warn(Caution::OtherPairShown { page, token });
        }
        Ok(shown)
    }

    /// Builds the request from the page, has the token sign it, and reads it back as a stranger would.
    pub(super) fn sign_request(&mut self, form: &RequestForm) -> Result<(), Error> {
        let Stage::KeyReady(_, key) = self.stage() else {
            return Ok(());
        };
        let public = hex::decode(&key.public_key)
            .ok()
            .and_then(|der| PublicKeyInfo::from_der(&der).ok());
        let public = public.ok_or_else(|| Error::KeyGone {
            key: key.id.clone(),
        })?;
        if (public.algorithm, public.key.parameter_set()) != (form.algorithm, form.parameter_set) {
            return Err(request::RequestError::Algorithm {
                algorithm: form.algorithm,
            }
            .into());
        }
        let wanted = Wanted {
            subject: &form.subject,
            extensions: &form.extensions,
            key: &public,
        };
        let info = request::info(&wanted)?;
        self.authorise(PinRole::User, "1.10")?;
        self.step("1.10", Who::Token, "signs the request");
        let signature = self
            .ports
            .token
            .sign_digest(&key_id(&key.id)?, &form.algorithm.digest(&info))?;
        let der = request::assemble(&info, form.algorithm, &signature)?;
        request::self_check(&der, &wanted)?;
        let label_after = form
            .label_after_sending
            .clone()
            .filter(|label| *label != key.label);
        self.record(Fact::RequestSigned {
            pem: request::to_pem(&der),
            label_after,
        })
    }
}

/// Whether a certificate on the token belongs to the pair: by key, or by id where a key does not read.
pub(crate) fn has_certificate(inventory: &Inventory, pair: &KeyPair) -> bool {
    inventory.certificates.iter().any(|stored| {
        let certificate = Certificate::from_der(&stored.der).ok();
        match certificate.filter(|it| it.key().is_some() && pair.public_key.is_some()) {
            Some(certificate) => certificate.is_for(pair.public_key.as_ref()),
            None => stored.id == pair.id,
        }
    })
}

/// The pair's public key under the curve name that the page uses, if it is a point of that curve.
fn on_curve(pair: &KeyPair, form: &RequestForm) -> Option<VerifyingKey> {
    VerifyingKey::from_bytes(form.parameter_set, &pair.public_key.as_ref()?.to_bytes()).ok()
}
