//! The portal's TLS certificate and the test authority behind it: P-256, made from the seed, good for nothing else.
//!
//! GOST suites exist in no library of ours, and a browser of today would not speak them: the web is not what is tested.

use std::net::{Ipv4Addr, Ipv6Addr};
use std::str::FromStr as _;

use der::asn1::{Ia5String, OctetString};
use der::{DateTime, Encode as _};
use p256::ecdsa::{DerSignature, SigningKey};
use p256::pkcs8::EncodePrivateKey as _;
use rand_core::Rng as _;
use serde::{Deserialize, Serialize};
use spki::{SubjectPublicKeyInfoOwned, SubjectPublicKeyInfoRef};
use x509_cert::builder::profile::BuilderProfile;
use x509_cert::builder::{Builder as _, CertificateBuilder, Result};
use x509_cert::certificate::TbsCertificate;
use x509_cert::ext::pkix::name::GeneralName;
use x509_cert::ext::pkix::{
    AuthorityKeyIdentifier, BasicConstraints, ExtendedKeyUsage, KeyUsage, KeyUsages,
    SubjectAltName, SubjectKeyIdentifier,
};
use x509_cert::ext::{Extension, ToExtension};
use x509_cert::name::Name;
use x509_cert::serial_number::SerialNumber;
use x509_cert::time::{Time, Validity};

use crate::{ca, random};

/// What is wrong with the portal's certificate, if anything.
///
/// A client that is not stopped by the last three would hand phone, code and session to whoever answers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ServerCertificate {
    /// Nothing: for localhost, 127.0.0.1 and ::1, from 2018 to 2049, by the test authority.
    #[default]
    Good,
    /// It is for another host, as behind a misdirected name.
    WrongHost,
    /// It ended in 2016, as when nobody renewed it.
    Expired,
    /// It is from an authority that the tester's file does not hold, as behind an inspecting proxy.
    UnknownIssuer,
}

/// What the portal shows to a TLS client.
#[derive(Clone)]
pub struct Identity {
    /// The server's certificate, DER.
    pub certificate: Vec<u8>,
    /// Its private key, PKCS#8 DER.
    pub(crate) key: Vec<u8>,
}

/// The private key is not shown.
impl core::fmt::Debug for Identity {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Identity({} octets, …)", self.certificate.len())
    }
}

impl Identity {
    /// The portal's certificate and key: same seed, same octets, whatever the mock's clock says.
    pub fn from_seed(seed: u64, which: ServerCertificate) -> Self {
        let authority = match which {
            ServerCertificate::UnknownIssuer => Authority::unknown(seed),
            _ => Authority::known(seed),
        };
        let key = key(seed, "tls server key");
        let host = match which {
            ServerCertificate::WrongHost => Host::Other,
            _ => Host::Loopback,
        };
        let years = match which {
            ServerCertificate::Expired => (2015, 2016),
            _ => GOOD_YEARS,
        };
        let page = Page {
            issuer: authority.name.clone(),
            subject: name("TEST mock-ca, not trusted"),
            role: Role::Server(host),
        };
        let certificate = page.signed(&authority.key, &key, serial(seed, "tls server"), years);
        let key = key.to_pkcs8_der().expect("a key of P-256 has a PKCS#8");
        Self {
            certificate,
            key: key.as_bytes().to_vec(),
        }
    }
}

/// The test authority's certificate, PEM: what a client of `--tls` has to trust.
pub fn authority_pem(seed: u64) -> String {
    let authority = Authority::known(seed);
    let page = Page {
        issuer: authority.name.clone(),
        subject: authority.name,
        role: Role::Authority,
    };
    let serial = serial(seed, "tls authority");
    let certificate = page.signed(&authority.key, &authority.key, serial, GOOD_YEARS);
    ca::pem("CERTIFICATE", &certificate)
}

struct Authority {
    key: SigningKey,
    name: Name,
}

impl Authority {
    fn known(seed: u64) -> Self {
        Self {
            key: key(seed, "tls authority key"),
            name: name("TEST mock-ca TLS authority, not trusted"),
        }
    }

    fn unknown(seed: u64) -> Self {
        Self {
            key: key(seed, "tls unknown authority"),
            name: name("TEST unknown TLS authority, not trusted"),
        }
    }
}

fn name(common_name: &str) -> Name {
    let text = format!("CN={},O=TEST,C=RU", common_name.replace(',', "\\,"));
    Name::from_str(&text).expect("our names are well-formed")
}

/// A key of P-256: 32 octets of a stream of their own, drawn again when they are no scalar.
fn key(seed: u64, purpose: &str) -> SigningKey {
    let mut chance = random::draw(seed, purpose, 0);
    loop {
        let mut scalar = [0; 32];
        chance.fill_bytes(&mut scalar);
        if let Ok(key) = SigningKey::from_slice(&scalar) {
            return key;
        }
    }
}

/// Sixteen octets, the first between 64 and 127: positive, and as long as it looks.
fn serial(seed: u64, purpose: &str) -> SerialNumber {
    let mut octets = [0; 16];
    random::draw(seed, purpose, 0).fill_bytes(&mut octets);
    octets[0] = octets[0] & 0x3F | 0x40;
    SerialNumber::new(&octets).expect("sixteen octets are fewer than twenty")
}

/// What a certificate says besides key, serial number and dates.
struct Page {
    issuer: Name,
    subject: Name,
    role: Role,
}

#[derive(Clone, Copy)]
enum Role {
    Authority,
    Server(Host),
}

#[derive(Clone, Copy)]
enum Host {
    Loopback,
    Other,
}

impl Page {
    fn signed(
        self,
        signer: &SigningKey,
        key: &SigningKey,
        serial: SerialNumber,
        years: (u16, u16),
    ) -> Vec<u8> {
        let public_key = SubjectPublicKeyInfoOwned::from_key(key.verifying_key())
            .expect("a key of P-256 has a SubjectPublicKeyInfo");
        let validity = Validity::new(new_year(years.0), new_year(years.1));
        let certificate = CertificateBuilder::new(self, serial, validity, public_key)
            .and_then(|builder| builder.build::<_, DerSignature>(signer))
            .expect("every part of the certificate is of our own making");
        certificate.to_der().expect("it was encoded to be signed")
    }
}

impl BuilderProfile for Page {
    fn get_issuer(&self, _: &Name) -> Name {
        self.issuer.clone()
    }

    fn get_subject(&self) -> Name {
        self.subject.clone()
    }

    fn build_extensions(
        &self,
        key: SubjectPublicKeyInfoRef<'_>,
        issuer_key: SubjectPublicKeyInfoRef<'_>,
        _: &TbsCertificate,
    ) -> Result<Vec<Extension>> {
        let (subject, none) = (&self.subject, &[][..]);
        let mut all = match self.role {
            Role::Authority => vec![
                BasicConstraints {
                    ca: true,
                    path_len_constraint: Some(0),
                }
                .to_extension(subject, none)?,
                KeyUsage(KeyUsages::KeyCertSign | KeyUsages::CRLSign)
                    .to_extension(subject, none)?,
            ],
            Role::Server(host) => vec![
                KeyUsage(KeyUsages::DigitalSignature.into()).to_extension(subject, none)?,
                ExtendedKeyUsage(vec![SERVER_AUTH]).to_extension(subject, none)?,
                SubjectAltName(host.names()).to_extension(subject, none)?,
            ],
        };
        all.push(SubjectKeyIdentifier::try_from(key)?.to_extension(subject, none)?);
        all.push(AuthorityKeyIdentifier::try_from(issuer_key)?.to_extension(subject, none)?);
        Ok(all)
    }
}

impl Host {
    fn names(self) -> Vec<GeneralName> {
        let dns = |name: &str| GeneralName::DnsName(Ia5String::new(name).expect("ASCII"));
        let ip = |octets: &[u8]| {
            GeneralName::IpAddress(OctetString::new(octets).expect("at most sixteen octets"))
        };
        match self {
            Self::Loopback => vec![
                dns("localhost"),
                ip(&Ipv4Addr::LOCALHOST.octets()),
                ip(&Ipv6Addr::LOCALHOST.octets()),
            ],
            Self::Other => vec![dns("other.forus.test")],
        }
    }
}

/// The first second of a year, UTC.
fn new_year(year: u16) -> Time {
    DateTime::new(year, 1, 1, 0, 0, 0)
        .expect("a year after 1970")
        .into()
}

const SERVER_AUTH: der::asn1::ObjectIdentifier = const_oid::db::rfc5280::ID_KP_SERVER_AUTH;
/// TLS clients go by the machine's clock and not by the mock's, so the good certificate holds whenever a test runs.
const GOOD_YEARS: (u16, u16) = (2018, 2049);

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [ServerCertificate; 4] = [
        ServerCertificate::Good,
        ServerCertificate::WrongHost,
        ServerCertificate::Expired,
        ServerCertificate::UnknownIssuer,
    ];

    #[test]
    fn the_same_seed_gives_the_same_octets_and_another_seed_others() {
        for which in ALL {
            let (first, again) = (Identity::from_seed(1, which), Identity::from_seed(1, which));
            assert_eq!(first.certificate, again.certificate, "{which:?}");
            assert_eq!(first.key, again.key, "{which:?}");
            assert_ne!(
                first.certificate,
                Identity::from_seed(2, which).certificate,
                "{which:?}"
            );
        }
        assert_eq!(authority_pem(1), authority_pem(1));
        assert_ne!(authority_pem(1), authority_pem(2));
    }

    #[test]
    fn a_key_is_not_shown_in_debug_output() {
        let identity = Identity::from_seed(1, ServerCertificate::Good);
        assert_eq!(
            format!("{identity:?}"),
            format!("Identity({} octets, …)", identity.certificate.len())
        );
    }
}
