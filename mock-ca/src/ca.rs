//! The certification authority: takes a request and an application, gives certificates and lists. It knows no HTTP,
//! no clock and no chance of its own.
//!
//! Two keys from one seed: a root and, under it, the authority that issues. Both say TEST in their names and lie on
//! addresses under `.test`, so that nothing they sign can pass for a qualified certificate.

mod crl;
mod extensions;
mod flaw;
pub mod identifiers;
mod issuer;
mod ledger;
mod loaded;
pub(crate) mod name;
pub(crate) mod ocsp;
pub mod oids;
mod profile;
mod refusal;
pub(crate) mod request;
mod seed;
mod subject;
#[cfg(test)]
pub(crate) mod tests;
mod time;

use std::slice;

use der::pem::LineEnding;
use gost3410::Algorithm;
use jiff::Timestamp;
use x509_cert::name::Name;

use self::issuer::{Body, Charter, Issuer};
use self::ocsp::{Known, Question};
use self::seed::Seed;
use crate::application::Application;

pub use self::flaw::Flaw;
pub use self::ledger::{Issued, Ledger, Reason, Revoked};
pub(crate) use self::loaded::Loaded;
pub use self::loaded::{KeyFile, LoadedError};
pub use self::profile::{Addresses, DEFAULT_ADDRESS, Profile};
pub use self::refusal::Refusal;
pub use self::request::{CheckedRequest, MAX_REQUEST};

/// Root and issuing authority of one algorithm family.
pub struct CertificationAuthority {
    seed: Seed,
    root: Issuer,
    issuing: Issuer,
    ledger: Ledger,
}

impl CertificationAuthority {
    /// The authority of the profile's algorithm: same seed, algorithm and epoch, same keys and certificates.
    ///
    /// Validity lies around the epoch as the real ones' around December 2018: root from half a year before for 18 years;
    /// issuing from six weeks before for 8 years (GOST R 34.10-2001) or 15 (2012). All in whole days.
    ///
    /// Panics when the profile's parameter sets are not its algorithm's, which no stored profile can be.
    pub fn from_seed(seed: u64, profile: &Profile, epoch: Timestamp) -> Self {
        let seed = Seed(seed);
        let keys = (profile.algorithm, profile.authority_parameter_set);
        let root = Issuer::establish(seed, keys, root_charter(epoch), None);
        let issuing = Issuer::establish(seed, keys, issuing_charter(profile, epoch), Some(&root));
        Self {
            seed,
            root,
            issuing,
            ledger: Ledger::default(),
        }
    }

    /// The same with a root of the tester's own, and an issuing authority too if one came with it.
    ///
    /// An issuing authority that is made from the seed never outlives such a root.
    pub(crate) fn from_files(
        seed: u64,
        profile: &Profile,
        epoch: Timestamp,
        loaded: &Loaded,
    ) -> Self {
        let seed = Seed(seed);
        let keys = (profile.algorithm, profile.authority_parameter_set);
        let root = loaded.root.clone();
        let made = || {
            let mut charter = issuing_charter(profile, epoch);
            charter.not_after = charter.not_after.min(root.not_after);
            Issuer::establish(seed, keys, charter, Some(&root))
        };
        let issuing = loaded.issuing.clone().unwrap_or_else(made);
        Self {
            seed,
            root,
            issuing,
            ledger: Ledger::default(),
        }
    }

    /// Whether the authority would answer this request: a PKCS#10 in DER and nothing after it.
    ///
    /// Order: syntax, version, key algorithm and set, self-signature, subject against the application, key not seen before.
    pub fn check(
        &self,
        request_der: &[u8],
        application: &Application,
    ) -> Result<CheckedRequest, Refusal> {
        let request = request::Request::from_der(request_der)?;
        let info = request.verify(&application.profile)?;
        subject::check(&request.subject_fields()?, &application.subject)?;
        let checked = CheckedRequest::new(request, &info);
        self.check_key(&checked)?;
        Ok(checked)
    }

    /// Whether the key is new to this authority. It may be another family's request: the same point is the same key under
    /// either algorithm.
    pub(crate) fn check_key(&self, request: &CheckedRequest) -> Result<(), Refusal> {
        match self.ledger.keys_seen.get(&request.key) {
            Some(&application) => Err(Refusal::KeySeen { application }),
            None => Ok(()),
        }
    }

    /// Takes note of the key, so that no other request may bring it: to be called when a request is accepted.
    pub fn accept(&mut self, request: &CheckedRequest, application: &Application) {
        self.ledger
            .keys_seen
            .entry(request.key.clone())
            .or_insert(application.number);
    }

    /// The certificate, DER. The subject is written from the application, the key as it came.
    ///
    /// Validity begins with the minute of `at` and never outlives the authority's own.
    ///
    /// Errors: [`Refusal::AuthorityEnds`] when nothing would be left of it.
    pub fn issue(
        &mut self,
        request: &CheckedRequest,
        application: &Application,
        at: Timestamp,
    ) -> Result<Vec<u8>, Refusal> {
        self.accept(request, application);
        self.certify(&request.public_key, application, at, at)
    }

    fn certify(
        &mut self,
        public_key: &[u8],
        application: &Application,
        at: Timestamp,
        from: Timestamp,
    ) -> Result<Vec<u8>, Refusal> {
        let profile = &application.profile;
        let not_before = time::minute(from);
        let until = self.issuing.not_after;
        if not_before >= until {
            return Err(Refusal::AuthorityEnds { until });
        }
        let not_after = time::months_later(not_before, profile.validity_months.into()).min(until);
        let serial = self.next_serial(at);
        self.ledger.issued.push(Issued {
            serial: hex::encode(serial.as_bytes()),
            application: application.number,
            at,
        });
        let fields = application
            .subject
            .iter()
            .map(|field| (field.oid, field.value.as_str()));
        Ok(self.issuing.certify(Body {
            serial,
            not_before,
            not_after,
            subject: name::write(fields),
            public_key,
            extensions: extensions::filled(vec![
                extensions::key_usage(profile.key_usage),
                extensions::extended_key_usage(&profile.extended_key_usage),
                extensions::policies(&profile.policies),
                extensions::subject_sign_tool(&profile.sign_tool),
                extensions::issuer_sign_tool(&profile.issuer_sign_tool),
                extensions::private_key_usage_period(not_before, not_after),
                extensions::subject_key_identifier(&issuer::key_identifier(public_key)),
                extensions::authority_key_identifier(&self.issuing),
                extensions::crl_distribution_points(&profile.addresses.crl),
                extensions::authority_info_access(
                    &profile.addresses.ocsp,
                    &profile.addresses.issuer,
                ),
            ]),
        }))
    }

    fn next_serial(&self, at: Timestamp) -> x509_cert::serial_number::SerialNumber {
        let counter = u32::try_from(self.ledger.issued.len() + 1).unwrap_or(u32::MAX);
        let mut chance = self.seed.stream("serial", &counter.to_be_bytes());
        issuer::serial(time::file_time(at), counter, &mut chance)
    }

    /// Puts a certificate on the list from `at` on. Returns whether this authority issued it.
    pub fn revoke(&mut self, serial: &[u8], at: Timestamp, reason: Reason) -> bool {
        let serial = hex::encode(serial);
        let known = self
            .ledger
            .issued
            .iter()
            .any(|issued| issued.serial == serial);
        if known {
            self.ledger
                .revoked
                .entry(serial)
                .or_insert(Revoked { at, reason });
        }
        known
    }

    /// The issuing authority's revocation list at a moment, DER; it holds a week.
    pub fn crl(&self, at: Timestamp) -> Vec<u8> {
        crl::list(&self.issuing, at, self.ledger.revoked.iter())
    }

    /// The root's revocation list at a moment, DER: always empty.
    pub fn root_crl(&self, at: Timestamp) -> Vec<u8> {
        crl::list(&self.root, at, std::iter::empty())
    }

    /// The answer to an OCSP request; `None` when it asks about none of this authority's certificates.
    ///
    /// The root answers for the issuing authority's own certificate, the issuing authority for all others.
    pub(crate) fn ocsp(&self, question: Question, at: Timestamp) -> Result<Vec<u8>, Question> {
        if question.is_about(&self.issuing) {
            return Ok(question.answer(&self.issuing, at, |serial| self.known(serial, at)));
        }
        if !question.is_about(&self.root) {
            return Err(question);
        }
        let issuing = self.issuing.serial.as_bytes();
        Ok(
            question.answer(&self.root, at, |serial| match serial == issuing {
                true => Known::Good,
                false => Known::Unknown,
            }),
        )
    }

    fn known(&self, serial: &[u8], at: Timestamp) -> Known<'_> {
        let serial = hex::encode(serial);
        let issued = |one: &Issued| one.serial == serial;
        match self.ledger.revoked.get(&serial) {
            Some(revoked) if revoked.at <= at => Known::Revoked(revoked),
            _ if self.ledger.issued.iter().any(issued) => Known::Good,
            _ => Known::Unknown,
        }
    }

    /// Certificates of the issuing authority and of the root, in this order, PEM.
    pub fn chain_pem(&self) -> String {
        [&self.issuing, &self.root]
            .map(|one| pem("CERTIFICATE", &one.certificate))
            .concat()
    }

    /// The issuing authority's certificate, DER.
    pub fn issuer_der(&self) -> &[u8] {
        &self.issuing.certificate
    }

    /// The root's certificate, DER.
    pub fn root_der(&self) -> &[u8] {
        &self.root.certificate
    }

    /// What must be stored to go on later.
    pub fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// Goes on from a stored ledger.
    pub fn restore(&mut self, ledger: Ledger) {
        self.ledger = ledger;
    }
}

/// PEM with 64 columns and a final line end. `label` is `CERTIFICATE`, `CERTIFICATE REQUEST` or `X509 CRL`.
pub fn pem(label: &'static str, octets: &[u8]) -> String {
    der::pem::encode_string(label, LineEnding::LF, octets)
        .expect("labels are ASCII and lengths fit")
}

const DAY: i64 = 24 * 60 * 60;

fn days_before(epoch: Timestamp, days: i64) -> Timestamp {
    let second = epoch.as_second() - epoch.as_second().rem_euclid(DAY) - days * DAY;
    Timestamp::from_second(second).unwrap_or(epoch)
}

fn root_charter(epoch: Timestamp) -> Charter {
    let not_before = days_before(epoch, 180);
    Charter {
        purpose: "root key",
        subject: root_name(),
        not_before,
        not_after: time::months_later(not_before, 18 * 12),
        extensions: vec![
            extensions::subject_sign_tool(AUTHORITY_SIGN_TOOL),
            extensions::key_usage(0x06), // keyCertSign, cRLSign
            extensions::basic_constraints(None),
        ],
    }
}

fn issuing_charter(profile: &Profile, epoch: Timestamp) -> Charter {
    let not_before = days_before(epoch, 45);
    let years = if profile.algorithm == Algorithm::Gost2001 {
        8
    } else {
        15
    };
    Charter {
        purpose: "issuing key",
        subject: issuing_name(),
        not_before,
        not_after: time::months_later(not_before, years * 12),
        extensions: vec![
            extensions::key_usage(0xC6), // digitalSignature, nonRepudiation, keyCertSign, cRLSign
            extensions::basic_constraints(Some(0)),
            extensions::policies(&[oids::KC1, oids::KC2]),
            extensions::subject_sign_tool(AUTHORITY_SIGN_TOOL),
            extensions::issuer_sign_tool(&profile.issuer_sign_tool),
            extensions::crl_distribution_points(slice::from_ref(&profile.addresses.root_crl)),
            extensions::authority_info_access(&profile.addresses.ocsp, &profile.addresses.root),
        ],
    }
}

fn root_name() -> Name {
    name::write([
        (oids::COUNTRY, "RU"),
        (oids::ORGANISATION, ROOT_NAME),
        (oids::ORGANISATIONAL_UNIT, "TEST"),
        (oids::COMMON_NAME, ROOT_NAME),
    ])
}

/// The order of the real authority's name; its registers' numbers are replaced by plain inventions that check.
fn issuing_name() -> Name {
    let ogrn = identifiers::complete_ogrn("103800000000");
    let inn = format!("00{}", identifiers::complete_inn10("380000000"));
    name::write([
        (oids::STREET, "Свердлова д. 41"),
        (oids::OGRN, &ogrn),
        (oids::INN, &inn),
        (oids::COUNTRY, "RU"),
        (oids::LOCALITY, "Иркутск"),
        (oids::REGION, "38 Иркутская область"),
        (oids::EMAIL, "key-ca@forus.test"),
        (oids::ORGANISATION, ISSUING_NAME),
        (oids::ORGANISATIONAL_UNIT, "TEST Удостоверяющий центр"),
        (oids::COMMON_NAME, ISSUING_NAME),
    ])
}

const ROOT_NAME: &str = "TEST Головной удостоверяющий центр (ненастоящий)";
const ISSUING_NAME: &str = "TEST ООО НПФ \"Форус\" (не является удостоверяющим центром)";
const AUTHORITY_SIGN_TOOL: &str = "ТЕСТ: программная подпись, не является СКЗИ";
