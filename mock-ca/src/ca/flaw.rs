//! What can be wrong with a certificate although everything in it is in order: what an applicant must never install.

use gost3410::{PublicKeyInfo, SigningKey};
use jiff::Timestamp;

use super::issuer::Issuer;
use super::request::CheckedRequest;
use super::{CertificationAuthority, Refusal, name, oids, root_charter};
use crate::application::Application;
use crate::order::later;

/// One thing that makes a certificate unfit for who asked for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// It is for somebody else's key.
    AnotherKey,
    /// An authority has signed it that nobody named.
    AnotherIssuer,
    /// Its validity begins so many seconds after the issue.
    BeginsLater(u32),
}

impl CertificationAuthority {
    /// What [`issue`](Self::issue) gives, but for one flaw. DER.
    ///
    /// Errors: as it has.
    pub fn issue_flawed(
        &mut self,
        request: &CheckedRequest,
        application: &Application,
        at: Timestamp,
        flaw: Flaw,
    ) -> Result<Vec<u8>, Refusal> {
        self.accept(request, application);
        let own = &request.public_key;
        match flaw {
            Flaw::AnotherKey => {
                let other = self.another_key(request, application);
                self.certify(&other, application, at, at)
            }
            Flaw::AnotherIssuer => self.certify_elsewhere(own, application, at),
            Flaw::BeginsLater(secs) => {
                let from = later(at, secs);
                self.certify(own, application, at, from)
            }
        }
    }

    fn another_key(&self, request: &CheckedRequest, application: &Application) -> Vec<u8> {
        let mut chance = self.seed.stream("somebody else", &request.public_key);
        let key = SigningKey::generate(application.profile.parameter_set, &mut chance);
        let key = key.verifying_key().clone();
        let algorithm = request.algorithm;
        PublicKeyInfo { algorithm, key }.to_der()
    }

    /// Lends the issuing authority's place to another one for a single certificate.
    fn certify_elsewhere(
        &mut self,
        public_key: &[u8],
        application: &Application,
        at: Timestamp,
    ) -> Result<Vec<u8>, Refusal> {
        let other = self.another_authority(application, at);
        let own = std::mem::replace(&mut self.issuing, other);
        let certificate = self.certify(public_key, application, at, at);
        self.issuing = own;
        certificate
    }

    /// A root of its own, with a name, a key and a certificate that no chain of this mock's holds.
    fn another_authority(&self, application: &Application, at: Timestamp) -> Issuer {
        let profile = &application.profile;
        let mut charter = root_charter(at);
        charter.purpose = "another authority";
        charter.subject = name::write([
            (oids::COUNTRY, "RU"),
            (oids::ORGANISATION, ANOTHER_NAME),
            (oids::COMMON_NAME, ANOTHER_NAME),
        ]);
        let keys = (profile.algorithm, profile.authority_parameter_set);
        Issuer::establish(self.seed, keys, charter, None)
    }
}

const ANOTHER_NAME: &str = "TEST Другой удостоверяющий центр (ненастоящий)";
