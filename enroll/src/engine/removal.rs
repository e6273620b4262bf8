//! Приложение 1: the replaced certificate under the administrator's PIN, its key pair under the user's.
//!
//! Never an RSA pair: it is the token's transport key for ЕГАИС. Never a pair without a certificate either, unless it
//! was agreed on while it had one: a request may be under way for it.

use super::{Enrollment, ReplaceOld};
use crate::certificate::Certificate;
use crate::error::Error;
use crate::event::{Caution, Event, Who};
use crate::journal::Intent;
use crate::name;
use crate::object::Object;
use crate::ports::token::{Inventory, KeyKind, KeyPair, PinRole, StoredCertificate};
use crate::ports::{Plan, TokenError};
use crate::stage::{Fact, Stage};

/// What is to go.
#[derive(Default)]
struct Old {
    certificates: Vec<(StoredCertificate, Certificate)>,
    pairs: Vec<KeyPair>,
}

impl Enrollment<'_> {
    /// Before the request, as the manual has it. A removal that was interrupted goes on without asking again.
    pub(super) fn remove_old_before(&mut self) -> Result<(), Error> {
        let Stage::New(agreed) = self.stage() else {
            return Ok(());
        };
        if !agreed.is_done() {
            let inventory = self.ports.token.inventory()?;
            let mut old = all_objects(&inventory);
            old.certificates
                .retain(|(_, it)| agreed.certificates.contains(&it.fingerprint()));
            old.pairs
                .retain(|pair| agreed.key_pairs.contains(&pair.id.to_string()));
            self.note_gone(&agreed.certificates, &agreed.key_pairs, &old)?;
            return self.remove(old);
        }
        if self.replace_old() != ReplaceOld::First {
            return Ok(());
        }
        let inventory = self.look_at_token()?;
        let old = certified_objects(&inventory);
        if old.has_several_owners() {
            self.ports.events.warn(Caution::SeveralOwners);
            return Ok(());
        }
        if !old.is_empty() {
            self.look_at_portal()?;
        }
        self.agree_and_remove(&inventory, old)
    }

    /// After the new certificate is installed, where nothing was removed before: its owner's other certificates and
    /// their pairs.
    pub(super) fn remove_old_after(&mut self, new: &Certificate) -> Result<(), Error> {
        if !self.is_left_for_last() {
            return Ok(());
        }
        if self.replace_old() == ReplaceOld::First {
            let inventory = self.ports.token.inventory()?;
            if old_but(&inventory, new, &[]).is_empty() {
                return Ok(());
            }
        }
        let inventory = self.look_at_token()?;
        self.agree_and_remove(&inventory, old_but(&inventory, new, &[]))
    }

    /// The same where a run was interrupted in the middle of it, without asking again for what was agreed to.
    pub(super) fn finish_removal_after(&mut self) -> Result<(), Error> {
        let new = match (self.is_left_for_last(), self.stage()) {
            (true, Stage::Installed(_, pem)) => Certificate::from_pem(&pem)?,
            _ => return Ok(()),
        };
        let inventory = self.ports.token.inventory()?;
        let agreed = self.agreed_pairs().unwrap_or_default();
        let old = old_but(&inventory, &new, &agreed);
        if old.is_empty() {
            return Ok(());
        }
        let done = if self.has_agreed_to(&old)? {
            self.remove(old)
        } else {
            self.agree_and_remove(&inventory, old)
        };
        self.leave_token();
        done
    }

    /// Whether old certificates go after the new one is there: told so, or because before it nobody could know which.
    fn is_left_for_last(&self) -> bool {
        let facts = self.journal.iter().flat_map(|it| &it.story().facts);
        let mut before = facts.take_while(|it| !matches!(it, Fact::ApplicationChosen { .. }));
        match self.replace_old() {
            ReplaceOld::No => false,
            ReplaceOld::First => !before.any(|it| matches!(it, Fact::RemovalAgreed { .. })),
            ReplaceOld::Last => true,
        }
    }

    /// CKA_ID of the pairs that were agreed on last, hex; `None` when nothing was.
    fn agreed_pairs(&self) -> Option<Vec<String>> {
        let facts = &self.journal.as_ref()?.story().facts;
        facts.iter().rev().find_map(|fact| match fact {
            Fact::RemovalAgreed { key_pairs, .. } => Some(key_pairs.clone()),
            _ => None,
        })
    }

    fn has_agreed_to(&mut self, old: &Old) -> Result<bool, Error> {
        let facts = &self.journal()?.story().facts;
        let agreed = facts.iter().rev().find_map(|fact| match fact {
            Fact::RemovalAgreed {
                certificates,
                key_pairs,
            } => Some((certificates, key_pairs)),
            _ => None,
        });
        Ok(agreed.is_some_and(|(certificates, key_pairs)| {
            let mut gone = old.certificates.iter();
            gone.all(|(_, it)| certificates.contains(&it.fingerprint()))
                && old
                    .pairs
                    .iter()
                    .all(|pair| key_pairs.contains(&pair.id.to_string()))
        }))
    }

    fn look_at_token(&mut self) -> Result<Inventory, Error> {
        self.step("A1", Who::Person, "connects the token");
        let token = self.ports.token.info()?;
        self.step(
            "A2",
            Who::Engine,
            format!("sees token {} «{}»", token.serial, token.label),
        );
        self.step("A3", Who::Engine, "lists certificates and key pairs");
        Ok(self.ports.token.inventory()?)
    }

    fn agree_and_remove(&mut self, inventory: &Inventory, old: Old) -> Result<(), Error> {
        if old.is_empty() {
            self.step(
                "A3",
                Who::Engine,
                "not needed: the token holds no replaced certificate for ЕГАИС",
            );
            return Ok(());
        }
        let plan = plan(inventory, &old);
        self.ports.events.tell(&told(&plan));
        if !self.ports.applicant.agrees(&plan)? {
            return Err(Error::RemovalDeclined);
        }
        self.record(Fact::RemovalAgreed {
            certificates: old
                .certificates
                .iter()
                .map(|(_, it)| it.fingerprint())
                .collect(),
            key_pairs: old.pairs.iter().map(|pair| pair.id.to_string()).collect(),
        })?;
        self.remove(old)
    }

    fn remove(&mut self, old: Old) -> Result<(), Error> {
        self.remove_certificates(old.certificates)?;
        self.remove_pairs(old.pairs)
    }

    /// What the last run deleted without being able to say so.
    fn note_gone(
        &mut self,
        certificates: &[String],
        key_pairs: &[String],
        left: &Old,
    ) -> Result<(), Error> {
        for fingerprint in certificates.iter().filter(|it| {
            !left
                .certificates
                .iter()
                .any(|(_, c)| c.fingerprint() == **it)
        }) {
            self.record(Fact::CertificateRemoved {
                fingerprint: fingerprint.clone(),
            })?;
        }
        for key in key_pairs
            .iter()
            .filter(|it| !left.pairs.iter().any(|pair| pair.id.to_string() == **it))
        {
            self.record(Fact::KeyPairRemoved { key: key.clone() })?;
        }
        Ok(())
    }

    /// A4 – A7. The administrator deletes, where the token lets him; else the user does, after that was said.
    fn remove_certificates(
        &mut self,
        certificates: Vec<(StoredCertificate, Certificate)>,
    ) -> Result<(), Error> {
        if certificates.is_empty() {
            return Ok(());
        }
        self.step("A4", Who::Person, "presses «Ввести PIN-код...»");
        self.step(
            "A5",
            Who::Person,
            "chooses «Администратор» and enters the PIN",
        );
        self.authorise(PinRole::Administrator, "A5")?;
        for (stored, certificate) in certificates {
            self.back_up(&certificate)?;
            self.step(
                "A6",
                Who::Person,
                format!(
                    "chooses {} and presses «Удалить»",
                    Object::certificate(&certificate)
                ),
            );
            self.step("A7", Who::Person, "presses «Да»");
            let fingerprint = certificate.fingerprint();
            self.intend(Intent::RemoveCertificate {
                fingerprint: fingerprint.clone(),
            })?;
            match self.ports.token.delete_certificate(&stored) {
                Err(TokenError::NotPermitted { .. }) => self.delete_as_user(&stored)?,
                other => other?,
            }
            let still = self
                .ports
                .token
                .inventory()?
                .certificates
                .iter()
                .any(|it| it.der == stored.der);
            if still {
                return Err(Error::StillThere {
                    object: Object::certificate(&certificate),
                });
            }
            self.record(Fact::CertificateRemoved { fingerprint })?;
        }
        Ok(self.ports.token.log_out()?)
    }

    fn delete_as_user(&mut self, stored: &StoredCertificate) -> Result<(), Error> {
        self.ports.events.warn(Caution::AdministratorMayNotDelete);
        self.ports.token.log_out()?;
        self.authorise(PinRole::User, "A5")?;
        Ok(self.ports.token.delete_certificate(stored)?)
    }

    /// A8 and A9: both halves at once.
    fn remove_pairs(&mut self, pairs: Vec<KeyPair>) -> Result<(), Error> {
        for pair in pairs {
            self.step(
                "A8",
                Who::Person,
                format!(
                    "chooses {} and presses «Удалить»",
                    Object::pair(&pair, false)
                ),
            );
            self.step("A9", Who::Person, "enters the user's PIN and presses «ОК»");
            self.authorise(PinRole::User, "A9")?;
            let key = pair.id.to_string();
            self.intend(Intent::RemoveKeyPair { key: key.clone() })?;
            self.ports.token.delete_key_pair(&pair.id)?;
            let still = self
                .ports
                .token
                .inventory()?
                .keys
                .iter()
                .any(|it| it.id == pair.id);
            if still {
                return Err(Error::StillThere {
                    object: Object::pair(&pair, false),
                });
            }
            self.record(Fact::KeyPairRemoved { key })?;
        }
        Ok(())
    }

    /// A certificate is public: a copy stays in the state folder.
    fn back_up(&mut self, certificate: &Certificate) -> Result<(), Error> {
        let folder = self.store.inner("backup")?;
        let serial = self.serial().unwrap_or("token").to_owned();
        let name = format!("{serial}-{}.pem", certificate.fingerprint());
        super::artefacts::write_whole(&folder.join(name), certificate.to_pem().as_bytes()).map(drop)
    }
}

impl Old {
    fn is_empty(&self) -> bool {
        self.certificates.is_empty() && self.pairs.is_empty()
    }

    /// Whether it cannot be known, before the new certificate is there, which of them is to be replaced.
    fn has_several_owners(&self) -> bool {
        let mut owners = self.certificates.iter().map(|(_, it)| owner(it));
        let first = owners.next();
        owners.any(|it| Some(it) != first)
    }

    /// Keeps the pairs of the certificates that are left, and those named.
    fn with_their_pairs(mut self, named: &[String]) -> Self {
        let Self {
            certificates,
            pairs,
        } = &mut self;
        pairs.retain(|pair| {
            named.contains(&pair.id.to_string())
                || certificates
                    .iter()
                    .any(|(stored, it)| belongs(pair, stored, it))
        });
        self
    }
}

/// GOST certificates and GOST pairs: those of ЕГАИС.
fn all_objects(inventory: &Inventory) -> Old {
    let certificates = inventory.certificates.iter().filter_map(|stored| {
        let certificate = Certificate::from_der(&stored.der).ok()?;
        certificate.key()?;
        Some((stored.clone(), certificate))
    });
    let pairs = inventory
        .keys
        .iter()
        .filter(|pair| matches!(pair.kind, KeyKind::Gost(_)));
    Old {
        certificates: certificates.collect(),
        pairs: pairs.cloned().collect(),
    }
}

fn certified_objects(inventory: &Inventory) -> Old {
    all_objects(inventory).with_their_pairs(&[])
}

/// The other certificates of the new one's owner, their pairs, and the pairs agreed on before.
fn old_but(inventory: &Inventory, new: &Certificate, agreed: &[String]) -> Old {
    let mut old = all_objects(inventory);
    old.certificates
        .retain(|(_, it)| it.der() != new.der() && owner(it) == owner(new));
    let mut old = old.with_their_pairs(agreed);
    old.pairs
        .retain(|pair| !new.is_for(pair.public_key.as_ref()));
    old
}

/// By public key; by id where the pair's does not read.
fn belongs(pair: &KeyPair, stored: &StoredCertificate, certificate: &Certificate) -> bool {
    certificate.is_for(pair.public_key.as_ref())
        || (pair.public_key.is_none() && stored.id == pair.id)
}

/// The numbers that the state gave the owner, which stay when name and address change; КПП tells one place of a firm
/// from another.
fn owner(certificate: &Certificate) -> Vec<String> {
    let attributes = name::attributes(certificate.subject()).into_iter();
    let numbers = attributes.filter(|(oid, _)| OWNER.contains(&name::short_name(oid).as_str()));
    let mut numbers: Vec<String> = numbers
        .map(|(_, value)| value.chars().filter(char::is_ascii_digit).collect())
        .collect();
    numbers.sort();
    numbers
}

/// ОГРН, ОГРНИП, ИНН, and the attribute that holds КПП.
const OWNER: [&str; 4] = ["OGRN", "OGRNIP", "INN", "UN"];

fn told(plan: &Plan) -> Event {
    Event::Plan {
        deletes: plan.deletes.iter().map(ToString::to_string).collect(),
        keeps: plan.keeps.iter().map(ToString::to_string).collect(),
    }
}

fn plan(inventory: &Inventory, old: &Old) -> Plan {
    super::plan::plan(
        inventory,
        |stored| old.certificates.iter().any(|(it, _)| it == stored),
        |pair| old.pairs.iter().any(|it| it.id == pair.id),
    )
}
