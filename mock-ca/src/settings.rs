//! Everything that may be chosen before the mock starts. What the real portal does is unknown, so nearly all is a setting.

mod statuses;

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::path::PathBuf;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub use self::statuses::Statuses;
use crate::application::Application;
use crate::ca::{Addresses, DEFAULT_ADDRESS, Profile};
use crate::fault::{Fault, Knobs};
use crate::phone;
use crate::tls::ServerCertificate;

/// When Форус went over to GOST R 34.10-2012: midnight of 24.12.2018 in Irkutsk.
const CHANGE_TO_2012: Timestamp = Timestamp::constant(1_545_580_800, 0);

/// The years of [`SettingsError::Epoch`].
const FIRST_EPOCH: Timestamp = Timestamp::UNIX_EPOCH;
/// 2049-12-31T23:59:59Z
const LAST_EPOCH: Timestamp = Timestamp::constant(2_524_607_999, 0);

/// The settings of one mock CA. Same settings and same calls give the same bytes.
///
/// In a file (TOML) every key may be left out, but those of an application, and no unknown key is taken.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// What all codes, sessions, delays and keys are drawn from.
    pub seed: u64,
    /// When the mock's world begins; CA certificates are valid from before it.
    pub epoch: Timestamp,
    /// Name of the CA's profile for the applications that bring none of their own; chosen by the epoch when absent.
    pub profile: Option<String>,
    /// How many numbered applicants there are besides the manual's own. Ignored when `applications` says who there is.
    pub further_applicants: u32,
    /// Who has applied; the manual's application 722318 when empty. Phones may be written in any usual form.
    pub applications: Vec<Application>,
    /// Codes and sessions.
    pub login: Login,
    /// How long things take.
    pub timing: Timing,
    /// What the portal calls the steps on the way.
    pub statuses: Statuses,
    /// How the portal meets browsers.
    pub web: Web,
    /// The portal's account at the text-message gateway.
    pub gateway: Gateway,
    /// The CA's addresses and keys.
    pub authority: Authority,
    /// Misbehaviour that holds all the time.
    pub knobs: Knobs,
    /// Misbehaviour planned for one call each.
    pub faults: Vec<Fault>,
}

impl Default for Settings {
    /// The manual's day: 13.12.2018, 09:00 in Irkutsk, one application.
    fn default() -> Self {
        Self {
            seed: 1,
            epoch: Timestamp::constant(1_544_662_800, 0),
            profile: None,
            further_applicants: 0,
            applications: Vec::new(),
            login: Login::default(),
            timing: Timing::default(),
            statuses: Statuses::default(),
            web: Web::default(),
            gateway: Gateway::default(),
            authority: Authority::default(),
            knobs: Knobs::default(),
            faults: Vec::new(),
        }
    }
}

impl Settings {
    /// The profile of applications that bring none: as named, else what Форус used at the epoch.
    ///
    /// An unknown name means the epoch's profile too; [`Settings::check`] tells it apart.
    pub fn profile(&self) -> Profile {
        let by_epoch = if self.epoch < CHANGE_TO_2012 {
            "forus-2018"
        } else {
            "forus-2019"
        };
        let own = self.profile.as_deref();
        own.and_then(|name| self.named_profile(name))
            .or_else(|| self.named_profile(by_epoch))
            .expect("both profiles of the epochs exist")
    }

    /// A built-in profile with this authority's address; `None` for a name that [`Profile::named`] does not know.
    pub fn named_profile(&self, name: &str) -> Option<Profile> {
        let profile = Profile::named(name)?;
        Some(Profile {
            addresses: Addresses::below(&self.authority.address, profile.algorithm),
            ..profile
        })
    }

    /// Everyone who has applied.
    pub fn all_applications(&self) -> Vec<Application> {
        if !self.applications.is_empty() {
            let own = self.applications.iter().cloned();
            return own.map(with_plain_phone).collect();
        }
        let further =
            (1..=self.further_applicants).map(|n| Application::numbered(n, self.profile()));
        std::iter::once(Application::sample(self.profile()))
            .chain(further)
            .collect()
    }

    /// Says what in these settings cannot be meant.
    ///
    /// Errors: an epoch before 1970 or after 2049, an unknown profile, a code of no digits or more than ten, a status word that
    /// is none or means something else, a span that ends before it begins, applications with the same number or a
    /// phone that is none.
    pub fn check(&self) -> Result<(), SettingsError> {
        if !(FIRST_EPOCH..=LAST_EPOCH).contains(&self.epoch) {
            return Err(SettingsError::Epoch { epoch: self.epoch });
        }
        match &self.profile {
            Some(name) if Profile::named(name).is_none() => {
                return Err(SettingsError::UnknownProfile { name: name.clone() });
            }
            _ => {}
        }
        if self.authority.issuing.is_some() && self.authority.root.is_none() {
            return Err(SettingsError::IssuingWithoutRoot);
        }
        if !(1..=10).contains(&self.login.code_digits) {
            return Err(SettingsError::CodeDigits {
                digits: self.login.code_digits,
            });
        }
        self.statuses.check()?;
        if let Some(plugin) = self.web.plugin.as_ref().filter(|it| !it.is_loopback()) {
            return Err(SettingsError::BridgeAddress {
                bridge: plugin.bridge.clone(),
            });
        }
        let Timing {
            sms_delivery_secs,
            ordered_secs,
            issue_secs,
        } = &self.timing;
        for (key, span) in [
            ("timing.sms_delivery_secs", sms_delivery_secs),
            ("timing.ordered_secs", ordered_secs),
            ("timing.issue_secs", issue_secs),
        ] {
            if span.min > span.max {
                return Err(SettingsError::BackwardSpan {
                    key,
                    min: span.min,
                    max: span.max,
                });
            }
        }
        self.check_applications()
    }

    fn check_applications(&self) -> Result<(), SettingsError> {
        let mut numbers = BTreeSet::new();
        for Application { number, phone, .. } in &self.applications {
            if !numbers.insert(number) {
                return Err(SettingsError::SameNumber { number: *number });
            }
            if phone::normalised(phone).is_none() {
                let phone = phone.clone();
                return Err(SettingsError::Phone { phone });
            }
        }
        Ok(())
    }
}

/// The form that sessions and texts know a phone by.
fn with_plain_phone(application: Application) -> Application {
    match phone::normalised(&application.phone) {
        Some(phone) => Application {
            phone,
            ..application
        },
        None => application,
    }
}

/// What in the settings cannot be meant.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// Certificates cannot write what was before 1970, and write what comes after 2049 in another way.
    #[error("epoch: {epoch} is not between 1970 and 2049")]
    Epoch {
        /// As asked for.
        epoch: Timestamp,
    },
    /// No profile has this name.
    #[error("profile: there is no profile «{name}»; there are: {}", Profile::names().join(", "))]
    UnknownProfile {
        /// As asked for.
        name: String,
    },
    /// A chain has to end somewhere.
    #[error("authority.issuing needs authority.root: a chain has to end in a root")]
    IssuingWithoutRoot,
    /// A code must have between one and ten digits.
    #[error("login.code_digits: a code of {digits} digits; 1 to 10 are possible")]
    CodeDigits {
        /// As asked for.
        digits: u8,
    },
    /// A status word is empty, too long, or means something else already.
    #[error("statuses: «{word}» cannot be a status word between those that the manual prints")]
    StatusWord {
        /// As asked for.
        word: String,
    },
    /// The plugin's bridge is no address of this machine.
    #[error(
        "web.plugin.bridge: «{bridge}» is no bridge: http://127.0.0.1:PORT is meant, nothing after it"
    )]
    BridgeAddress {
        /// As asked for.
        bridge: String,
    },
    /// Two applications have the same number.
    #[error("applications: {number} is there twice")]
    SameNumber {
        /// As asked for.
        number: u32,
    },
    /// An application has a phone that is none.
    #[error("applications: «{phone}» is no mobile phone")]
    Phone {
        /// As asked for.
        phone: String,
    },
    /// A span of time ends before it begins.
    #[error("{key}: a span from {min} s to {max} s")]
    BackwardSpan {
        /// Which one.
        key: &'static str,
        /// As asked for.
        min: u32,
        /// As asked for.
        max: u32,
    },
}

impl SettingsError {
    /// The setting that is wrong, by its path in the file.
    pub fn key(&self) -> &'static str {
        match self {
            Self::Epoch { .. } => "epoch",
            Self::UnknownProfile { .. } => "profile",
            Self::IssuingWithoutRoot => "authority.issuing",
            Self::CodeDigits { .. } => "login.code_digits",
            Self::StatusWord { .. } => "statuses",
            Self::BridgeAddress { .. } => "web.plugin.bridge",
            Self::SameNumber { .. } | Self::Phone { .. } => "applications",
            Self::BackwardSpan { key, .. } => key,
        }
    }
}

/// Codes and sessions. Nothing is published about Форус's own numbers: all of these are assumed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Login {
    /// Digits of a code.
    pub code_digits: u8,
    /// How long a code is good for.
    pub code_lifetime_secs: u32,
    /// Wrong codes after which the code is void.
    pub code_tries: u32,
    /// How soon the next code may be asked for.
    pub resend_secs: u32,
    /// Codes for one phone in any 60 minutes.
    pub codes_per_hour: u32,
    /// Codes for all phones together in one minute of the mock's; how a crowd, or one client with many phones, is held back.
    pub codes_per_minute: u32,
    /// Phones remembered; beyond that the oldest is forgotten, those nobody registered first.
    pub phones: u32,
    /// Sessions kept; beyond that the one worth least ends, strangers' first. The default is ten megabytes of them.
    pub sessions: u32,
    /// Idle time after which a session ends. Shorter than the issue of a certificate, so that part 2 of the manual needs a login.
    pub session_idle_secs: u32,
}

impl Default for Login {
    fn default() -> Self {
        Self {
            code_digits: 6,
            code_lifetime_secs: 300,
            code_tries: 3,
            resend_secs: 60,
            codes_per_hour: 10,
            codes_per_minute: 100_000,
            phones: 2000,
            sessions: 20_000,
            session_idle_secs: 1200,
        }
    }
}

/// How the portal meets browsers; the manual's is entered by plain HTTP and with any program.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Web {
    /// Plain HTTP is answered by a redirection to the TLS listener, lists of revoked certificates and OCSP excepted:
    /// a client must follow it, and must not send phone or code before it has.
    pub redirect_to_https: bool,
    /// Browsers other than Internet Explorer 8 and later get a page that says so: the manual's first «ВНИМАНИЕ!».
    pub only_internet_explorer: bool,
    /// What is wrong with the TLS certificate, if anything.
    pub tls_certificate: ServerCertificate,
    /// Lets the pages of 1.9 and 2.8 drive the token themselves, through a plugin; without it they are filled in by
    /// whoever opens them.
    pub plugin: Option<PluginPages>,
}

/// The plugin that the portal's token pages use.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PluginPages {
    /// The origin of a bridge on this machine, `http://127.0.0.1:PORT`; nothing else may be loaded or called.
    pub bridge: String,
    /// The folder with the vendor's packages: `rutoken` and `@aktivco/rutoken-plugin` below it. The program reads
    /// them at each start.
    pub modules: PathBuf,
}

impl PluginPages {
    fn is_loopback(&self) -> bool {
        let address = self.bridge.strip_prefix("http://");
        let address: Option<SocketAddr> = address.and_then(|address| address.parse().ok());
        address.is_some_and(|address| address.ip().is_loopback())
    }
}

/// The portal's account at the text-message gateway, which speaks SMSC.ru's API; other clients may use it too.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Gateway {
    /// The account's name.
    pub login: String,
    /// Its password, good for nothing but this mock.
    pub password: String,
    /// A key that stands for both; none when empty.
    pub api_key: String,
    /// What is on the account at the beginning, in kopecks; at its end texts are refused with error 3.
    pub balance_kopecks: u64,
    /// What one message costs, in kopecks; a long text is several.
    pub price_kopecks: u32,
    /// How long the same text to the same phone is refused with error 9; 0 for not at all.
    pub duplicate_secs: u32,
}

impl Default for Gateway {
    fn default() -> Self {
        Self {
            login: "forus-test".into(),
            password: "only-a-mock".into(),
            api_key: String::new(),
            balance_kopecks: 100_000_000,
            price_kopecks: 250,
            duplicate_secs: 60,
        }
    }
}

/// Password and key are not shown.
impl core::fmt::Debug for Gateway {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Gateway({}, …)", self.login)
    }
}

/// What certificates say about the authority, and whose keys it has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Authority {
    /// Where certificates say that lists, answers and issuers are: an address without a slash at its end, whose
    /// `/ocsp` and `/ca/…` the portal serves. Nobody's name by default; set it to the portal's own address and a
    /// client that goes by certificates finds them.
    pub address: String,
    /// The root, when it is not made from the seed. Serves the profiles of its key's algorithm.
    pub root: Option<KeyPaths>,
    /// The issuing authority under that root, when it is not made from the seed.
    pub issuing: Option<KeyPaths>,
}

impl Default for Authority {
    fn default() -> Self {
        Self {
            address: DEFAULT_ADDRESS.into(),
            root: None,
            issuing: None,
        }
    }
}

/// Where an authority's certificate and key lie. The program reads them at each start; neither is kept in its state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyPaths {
    /// The certificate, PEM.
    pub certificate: PathBuf,
    /// The private key, PEM (PKCS#8).
    pub key: PathBuf,
}

/// How long things take; each length is drawn from the seed within its span.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Timing {
    /// From sending a text to its delivery (assumed).
    pub sms_delivery_secs: Span,
    /// From the request to SMS 1: with the delivery within the 5 minutes of step 1.12.
    pub ordered_secs: Span,
    /// From the request to the certificate and SMS 2: the 15 – 30 minutes of step 1.13.
    pub issue_secs: Span,
}

impl Default for Timing {
    fn default() -> Self {
        Self {
            sms_delivery_secs: Span { min: 2, max: 8 },
            ordered_secs: Span { min: 30, max: 240 },
            issue_secs: Span {
                min: 900,
                max: 1790,
            },
        }
    }
}

/// A length of time between two bounds, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Span {
    /// At least so many seconds.
    pub min: u32,
    /// At most so many seconds.
    pub max: u32,
}
