//! Chapter 2: the certificate comes to the pair it was made for, checked before it is written and proven after.

use jiff::Timestamp;

use super::waiting::Issued;
use super::{Enrollment, key_id, login, send};
use crate::certificate::{Certificate, CertificateProblem, Expected, Remark, check};
use crate::error::Error;
use crate::event::{Caution, Who};
use crate::journal::Intent;
use crate::ports::PortalError;
use crate::ports::portal::{ApplicationCard, ApplicationRow};
use crate::ports::token::{KeyId, KeyPair, PinRole};
use crate::stage::{Fact, Key, Stage};
use crate::{pem, request};

/// What chapter 2 leaves behind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Installed {
    /// «Номер заявки».
    pub application: String,
    /// The pair that the certificate belongs to.
    pub key: KeyId,
    /// The certificate.
    pub certificate_der: Vec<u8>,
    /// The CA's certificates, issuer first.
    pub chain_pem: String,
    /// The CA's list of revoked certificates, where the portal offers one.
    pub crl_der: Option<Vec<u8>>,
    /// When the certificate ends.
    pub not_after: Timestamp,
    /// How many days that is from now, by the portal's clock.
    pub days_left: i64,
}

/// Everything the portal gives about one certificate.
struct Fetched {
    certificate: Certificate,
    /// The pair's name on the page.
    shown: String,
    chain_pem: String,
    crl_der: Option<Vec<u8>>,
}

impl Enrollment<'_> {
    /// Steps 1.13 (where the settings say to wait), 1.14 and 2.1 – 2.9.
    ///
    /// Works without a journal as well: the pair is found by the certificate's public key.
    /// Errors: [`Error::CertificateForAnotherKey`] and [`Error::Certificate`] before anything is written.
    pub fn install(&mut self) -> Result<Installed, Error> {
        let done = self.install_steps();
        self.leave_token();
        done
    }

    fn install_steps(&mut self) -> Result<Installed, Error> {
        self.meet_token()?;
        self.open_or_begin_journal()?;
        self.give_wanted_label()?;
        self.step("1.14", Who::Person, "goes on to the installation");
        self.in_cabinet = false;
        let fetched = self.at_card(&login::INSTALL, Self::install_from_card)?;
        self.remove_old_after(&fetched.certificate)?;
        self.installed(fetched)
    }

    fn install_from_card(
        &mut self,
        row: &ApplicationRow,
        card: &ApplicationCard,
    ) -> Result<Fetched, Error> {
        if !card.can_install {
            let issued = self.await_issue(row)?;
            let number = row.number.clone();
            self.step(
                "2.6",
                Who::Person,
                format!("opens application {number} again"),
            );
            let card = self.ports.portal.open_application(&number)?;
            self.said("2.6", &issued.status);
            if !card.can_install {
                return Err(Error::NotIssued {
                    application: number,
                    status: issued.status,
                });
            }
        }
        self.note_issue(row)?;
        let fetched = self.fetch()?;
        let mut pair = self.pair_of(&fetched.certificate)?;
        self.adopt_pair(row, &pair, &fetched.certificate)?;
        self.check_certificate(&fetched)?;
        self.write(&mut pair, &fetched)?;
        self.report()?;
        Ok(fetched)
    }

    /// Leaves the list open.
    fn await_issue(&mut self, row: &ApplicationRow) -> Result<Issued, Error> {
        let is_sent = matches!(self.stage(), Stage::Sent(_) | Stage::Ordered(_));
        let goes_on = send::is_after_sending(&row.status);
        if is_sent && !goes_on {
            return Err(Error::NotOrdered {
                status: row.status.clone(),
                reason: row.reason.clone(),
            });
        }
        if !(is_sent && goes_on && self.settings.wait_for_issue) {
            return Err(Error::NotIssued {
                application: row.number.clone(),
                status: row.status.clone(),
            });
        }
        self.wait_for_order()?;
        self.wait_issued(&login::INSTALL)
    }

    /// The list says that the certificate is issued; the journal may have stopped before that.
    fn note_issue(&mut self, row: &ApplicationRow) -> Result<(), Error> {
        if matches!(self.stage(), Stage::Signed(_)) {
            self.record_sent()?;
        }
        if matches!(self.stage(), Stage::Sent(_)) {
            self.record(Fact::Ordered { told_by_sms: false })?;
        }
        if matches!(self.stage(), Stage::Ordered(_)) {
            self.said("1.13", &row.status);
            self.record(Fact::Issued { told_by_sms: false })?;
        }
        Ok(())
    }

    /// 2.7: the file, the page's PEM, the CA's certificates and its list of revoked ones.
    fn fetch(&mut self) -> Result<Fetched, Error> {
        self.step(
            "2.7",
            Who::Person,
            "presses «Сохранить сертификат на локальный компьютер»",
        );
        let saved = self.ports.portal.certificate()?;
        let chain_pem = self.ports.portal.issuer_chain()?;
        let crl_der = match self.ports.portal.revocation_list() {
            // As good as none offered, and told as that: the certificate can be checked without.
            Err(
                PortalError::Status { .. }
                | PortalError::TimedOut { .. }
                | PortalError::Unreachable { .. },
            ) => None,
            other => other?,
        };
        self.step(
            "2.7",
            Who::Person,
            "presses «Установить сертификат в контейнер»",
        );
        let form = self.ports.portal.open_install_form()?;
        self.said("2.7", &form.key_pair);
        let shown = pem::blocks(&form.certificate_pem)
            .into_iter()
            .next()
            .map(|block| block.der);
        if shown.as_deref() != Some(&saved) {
            return Err(Error::CertificatesDiffer);
        }
        let certificate = Certificate::from_der(&saved)?;
        self.keep("certificate.der", &saved)?;
        self.keep("certificate.pem", certificate.to_pem().as_bytes())?;
        self.keep("issuer.pem", chain_pem.as_bytes())?;
        if let Some(crl) = &crl_der {
            self.keep("crl.pem", pem::encode("X509 CRL", crl).as_bytes())?;
        }
        Ok(Fetched {
            certificate,
            shown: form.key_pair,
            chain_pem,
            crl_der,
        })
    }

    /// 2.8: the container is chosen by public key, never by name.
    fn pair_of(&mut self, certificate: &Certificate) -> Result<KeyPair, Error> {
        certificate.key().ok_or(CertificateProblem::NotGost)?;
        let pairs = self.ports.token.inventory()?.keys;
        let stage = self.stage();
        let guessed = stage.order().is_some_and(|order| order.request.is_none());
        let of_journal = stage.key().filter(|_| !guessed).map(|key| key.id.clone());
        let pair = pairs
            .into_iter()
            .find(|pair| certificate.is_for(pair.public_key.as_ref()));
        let expected = |pair: &KeyPair| {
            of_journal
                .as_ref()
                .is_none_or(|id| *id == pair.id.to_string())
        };
        pair.filter(expected)
            .ok_or_else(|| Error::CertificateForAnotherKey {
                key: of_journal,
                serial: certificate.serial(),
            })
    }

    /// Without a journal of the request, the pair that fits the certificate is the one.
    pub(super) fn adopt_pair(
        &mut self,
        row: &ApplicationRow,
        pair: &KeyPair,
        certificate: &Certificate,
    ) -> Result<(), Error> {
        let public_key = certificate
            .key()
            .map(|key| hex::encode(key.to_der()))
            .unwrap_or_default();
        let is_another = match self.stage() {
            Stage::New(_) | Stage::Chosen(_) | Stage::KeyReady(..) => true,
            Stage::Issued(order) => order.request.is_none() && order.key.id != pair.id.to_string(),
            _ => false,
        };
        if is_another {
            self.ports.events.warn(Caution::NoJournal);
            let key = Key {
                id: pair.id.to_string(),
                label: pair.label.clone(),
                public_key,
            };
            self.record(Fact::Adopted {
                application: row.number.clone(),
                key,
            })?;
        }
        Ok(())
    }

    /// Everything that can be known before the token is touched.
    fn check_certificate(&mut self, fetched: &Fetched) -> Result<(), Error> {
        let asked = match self.stage().order().and_then(|order| order.request.clone()) {
            Some(pem) => Some(request::read(&request::from_pem(&pem)?)?.0),
            None => None,
        };
        let expected = Expected {
            at: self.portal_now(),
            chain: &Certificate::chain_from_pem(&fetched.chain_pem)?,
            revoked: fetched.crl_der.as_deref(),
            subject: asked.as_deref(),
        };
        for remark in check(&fetched.certificate, &expected)? {
            self.ports.events.warn(match remark {
                Remark::RevocationUnknown => Caution::RevocationUnknown,
                Remark::SubjectNotCompared => Caution::SubjectNotCompared,
                Remark::ChainEndsAt(name) => Caution::ChainEndsAt { name },
            });
        }
        if matches!(self.stage(), Stage::Issued(_)) {
            self.record(Fact::CertificateChecked {
                pem: fetched.certificate.to_pem(),
            })?;
        }
        Ok(())
    }

    /// Writes the certificate unless it is there already, reads it back and has the token prove that it has the key.
    fn write(&mut self, pair: &mut KeyPair, fetched: &Fetched) -> Result<(), Error> {
        let certificate = &fetched.certificate;
        self.step(
            "2.8",
            Who::Engine,
            format!("chooses the key pair «{}» by its public key", pair.label),
        );
        if !matches!(self.stage(), Stage::Checked(..)) {
            return Ok(());
        }
        self.authorise(PinRole::User, "2.8")?;
        self.rename_as_shown(pair, &fetched.shown)?;
        if !self.holds(certificate)? {
            self.step("2.8", Who::Token, "writes the certificate");
            self.intend(Intent::WriteCertificate {
                fingerprint: certificate.fingerprint(),
            })?;
            self.ports
                .token
                .write_certificate(&pair.id, &pair.label, certificate.der())?;
        }
        if !self.holds(certificate)? {
            return Err(Error::NotReadBack);
        }
        self.prove(certificate)?;
        self.record(Fact::CertificateWritten)
    }

    fn holds(&mut self, certificate: &Certificate) -> Result<bool, Error> {
        let stored = self.ports.token.inventory()?.certificates;
        Ok(stored.iter().any(|stored| stored.der == certificate.der()))
    }

    /// A probe: the token signs, the certificate's key verifies.
    fn prove(&mut self, certificate: &Certificate) -> Result<(), Error> {
        let certified = certificate.key().ok_or(CertificateProblem::NotGost)?;
        let stage = self.stage();
        let key = stage.key().ok_or(Error::NothingSent)?;
        self.step("2.8", Who::Token, "signs a probe for the certificate");
        let digest = certified.algorithm.digest(PROBE);
        let signature = self.ports.token.sign_digest(&key_id(&key.id)?, &digest)?;
        certified
            .key
            .verify_prehash(&digest, &signature)
            .map_err(|_| Error::ProbeFailed)
    }

    /// Presses «Загрузить сертификат» (2.8) and «ОК» (2.9).
    fn report(&mut self) -> Result<(), Error> {
        self.step("2.8", Who::Person, "presses «Загрузить сертификат»");
        if matches!(self.stage(), Stage::Written(..)) {
            self.intend(Intent::ReportInstallation)?;
        }
        let said = self.ports.portal.report_installed()?;
        self.step("2.9", Who::Person, "presses «ОК»");
        self.said("2.9", &said);
        if matches!(self.stage(), Stage::Written(..)) {
            self.record(Fact::InstallationReported)?;
        }
        self.ports.portal.confirm()?;
        Ok(())
    }

    fn installed(&mut self, fetched: Fetched) -> Result<Installed, Error> {
        let stage = self.stage();
        let order = stage.order().ok_or(Error::NothingSent)?;
        let (_, not_after) = fetched.certificate.validity();
        let days_left = not_after.duration_since(self.portal_now()).as_hours() / 24;
        if days_left < EXPIRY_WARNING_DAYS {
            self.ports
                .events
                .warn(Caution::EndsSoon { days: days_left });
        }
        Ok(Installed {
            application: order.application.clone(),
            key: key_id(&order.key.id)?,
            certificate_der: fetched.certificate.der().to_owned(),
            chain_pem: fetched.chain_pem,
            crl_der: fetched.crl_der,
            not_after,
            days_left,
        })
    }
}

const PROBE: &[u8] = b"enroll: does this token hold the key of this certificate?";
const EXPIRY_WARNING_DAYS: i64 = 30;
