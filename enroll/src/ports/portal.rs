//! The certification authority's personal cabinet, in the words of the manual.

use core::time::Duration;

use const_oid::ObjectIdentifier;
use gost3410::{Algorithm, ParameterSet};
use jiff::Timestamp;

use super::sms::{Code, Phone};

/// The cabinet as one person walks through it. Each verb is one act of the manual; none repeats itself.
///
/// Errors: [`PortalError::SessionExpired`] from any verb after [`Portal::log_in`] means that the walk has to
/// begin again at [`Portal::open`]; whatever the portal stored stays stored.
pub trait Portal {
    /// 1.2, 2.1: opens the front page in a fresh session.
    fn open(&mut self) -> Result<(), PortalError>;

    /// 1.3, 2.2: presses «Личный кабинет» and expects the question for the phone.
    fn open_cabinet(&mut self) -> Result<(), PortalError>;

    /// 1.4, 2.3: enters the phone, presses «Получить код». Returns what the page says.
    fn request_code(&mut self, phone: &Phone) -> Result<String, PortalError>;

    /// 1.5, 2.4: enters the code into «Код подтверждения» and presses the login button. Returns «Вы вошли как …».
    fn log_in(&mut self, code: &Code) -> Result<String, PortalError>;

    /// 1.6, 2.5: «Работа с заявкой» – «Личный кабинет»: the list. One that is open already is asked for anew.
    fn applications(&mut self) -> Result<Vec<ApplicationRow>, PortalError>;

    /// 1.7, 2.6: opens an application of the list by the link with its number.
    fn open_application(&mut self, number: &str) -> Result<ApplicationCard, PortalError>;

    /// 1.8: presses «Запросить сертификат» on the card: Рис. 7.
    fn open_request_form(&mut self) -> Result<RequestForm, PortalError>;

    /// 1.9: presses «Создать ключевую пару»: Рис. 8. Stores nothing at the portal.
    fn name_key_pair(&mut self) -> Result<RequestForm, PortalError>;

    /// 1.10: presses «Создать запрос» with the request. Returns what the page says (Рис. 9).
    ///
    /// The same request may be sent again: the answer is the same and nothing happens twice.
    fn send_request(&mut self, pem: &str) -> Result<String, PortalError>;

    /// 1.11, 2.9: presses «ОК» and comes back to the card.
    fn confirm(&mut self) -> Result<ApplicationCard, PortalError>;

    /// «Сохранить сертификат на локальный компьютер» on the card: DER.
    fn certificate(&mut self) -> Result<Vec<u8>, PortalError>;

    /// «Сертификаты удостоверяющего центра» on the card: PEM, issuer first.
    fn issuer_chain(&mut self) -> Result<String, PortalError>;

    /// «Список отозванных сертификатов» on the card: DER; `None` when the card offers none.
    fn revocation_list(&mut self) -> Result<Option<Vec<u8>>, PortalError>;

    /// 2.7: presses «Установить сертификат в контейнер»: Рис. 16.
    fn open_install_form(&mut self) -> Result<InstallForm, PortalError>;

    /// 2.8: presses «Загрузить сертификат», which tells the portal that the token holds it (Рис. 17).
    fn report_installed(&mut self) -> Result<String, PortalError>;

    /// Chapter 3: one document of the card by its link; a link that leads to a page is followed there.
    fn document(&mut self, title: &str) -> Result<DocumentFile, PortalError>;

    /// The `Date` of the newest answer: the clock that validity and deadlines are judged by.
    fn date(&self) -> Option<Timestamp>;
}

/// A row of Рис. 5.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ApplicationRow {
    /// Column «ID».
    pub number: String,
    /// Column «Дата», as printed: `13.12.2018`.
    pub date: String,
    /// Column «Статус заявки», as printed.
    pub status: String,
    /// Column «Тип заявки».
    pub kind: String,
    /// Column «Владелец».
    pub owner: String,
    /// Column «Причина».
    pub reason: String,
}

/// Рис. 6 or Рис. 15.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ApplicationCard {
    /// From «Номер заявки: …».
    pub number: String,
    /// The status word, where the card has one.
    pub status: Option<String>,
    /// Whether «Запросить сертификат» is there.
    pub can_request: bool,
    /// Whether «Установить сертификат в контейнер» is there.
    pub can_install: bool,
    /// Every link of the card, as printed.
    pub links: Vec<String>,
}

/// Рис. 7 and Рис. 8: what the portal wants in the request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestForm {
    /// «Имя контейнера».
    pub container: String,
    /// «Ключевая пара»: empty on Рис. 7, the container's name on Рис. 8.
    pub key_pair: String,
    /// «Сведения для сертификата», in order.
    pub subject: Vec<SubjectAttribute>,
    /// «Алгоритм ключа».
    pub algorithm: Algorithm,
    /// «Набор параметров».
    pub parameter_set: ParameterSet,
    /// «Расширения запроса».
    pub extensions: RequestedExtensions,
    /// «Метка контейнера после отправки», when the portal asks for one.
    pub label_after_sending: Option<String>,
}

/// One attribute of the subject as the page shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubjectAttribute {
    /// The dotted number in the label's brackets.
    pub oid: ObjectIdentifier,
    /// The label without the number.
    pub label: String,
    /// The value, letter for letter.
    pub value: String,
}

/// What the request asks the CA to put into the certificate.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RequestedExtensions {
    /// Names as X.509 spells them: `digitalSignature` …
    pub key_usage: Vec<String>,
    /// In the page's order.
    pub extended_key_usage: Vec<ObjectIdentifier>,
    /// In the page's order.
    pub policies: Vec<ObjectIdentifier>,
    /// Text for 1.2.643.100.111.
    pub sign_tool: Option<String>,
}

/// Рис. 16.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InstallForm {
    /// «Ключевая пара» as printed: a name, so never the way to find the pair.
    pub key_pair: String,
    /// «Сертификат (PEM)».
    pub certificate_pem: String,
}

/// A downloaded paper.
#[derive(Clone, PartialEq, Eq)]
pub struct DocumentFile {
    /// From `Content-Disposition`, without any folder: `raspiska.pdf`.
    pub file_name: String,
    /// The file.
    pub bytes: Vec<u8>,
}

impl core::fmt::Debug for DocumentFile {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(
            f,
            "DocumentFile({}, {} bytes)",
            self.file_name,
            self.bytes.len()
        )
    }
}

/// Why an address cannot be used, or the file that says whom to trust there.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddressFault {
    /// As when `https://` was left out.
    #[error("it is no URL")]
    NotUrl,
    /// Nobody to connect to.
    #[error("it has no host")]
    NoHost,
    /// Another scheme than http and https.
    #[error("{scheme}: is neither http nor https")]
    Scheme {
        /// As named.
        scheme: String,
    },
    /// A link or redirection that leads away.
    #[error("it leads to another host, {host}")]
    OtherHost {
        /// Where to.
        host: String,
    },
    /// Another port is another program.
    #[error("it leads to another port of {host}")]
    OtherPort {
        /// The host.
        host: String,
    },
    /// `--ca` cannot be read.
    #[error("the CA file {}: {why}", path.display())]
    CaFile {
        /// Which.
        path: std::path::PathBuf,
        /// The words of the system or of the TLS library.
        why: String,
    },
}

/// Why there is no secure connection to the portal or to the gateway.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TlsFault {
    /// As behind an inspecting proxy, or with an authority of the portal's own.
    #[error("the TLS certificate is from an authority that is not trusted")]
    UnknownIssuer,
    /// As when nobody renewed it, or when this machine's clock is ahead.
    #[error("the TLS certificate has expired")]
    Expired,
    /// As when this machine's clock is behind.
    #[error("the TLS certificate is not valid yet")]
    NotYetValid,
    /// As behind a misdirected name.
    #[error("the TLS certificate is for another host")]
    OtherHost,
    /// As when the portal speaks GOST suites alone, which no library of this program has.
    #[error("there is no TLS version or cipher in common")]
    NothingInCommon,
    /// Anything else about the certificate.
    #[error("the TLS certificate is refused: {why}")]
    Refused {
        /// The TLS library's words.
        why: String,
    },
}

/// What can go wrong between the engine and the cabinet. Texts of the portal are kept as printed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PortalError {
    /// The address cannot be used.
    #[error("the portal's address cannot be used: {why}")]
    BadAddress {
        /// What is wrong with it.
        why: AddressFault,
    },
    /// Phone and code would travel in clear.
    #[error("{host} would be spoken to in clear")]
    PlainHttp {
        /// The host.
        host: String,
    },
    /// No connection, also after the retries that are safe.
    #[error("the portal does not answer: {why}")]
    Unreachable {
        /// The transport's words.
        why: String,
    },
    /// A connection, but no answer in time.
    #[error("the portal did not answer in {secs} s")]
    TimedOut {
        /// How long was waited.
        secs: u64,
    },
    /// No secure connection; nothing of the person's was sent.
    #[error("no secure connection to the portal: {0}")]
    Tls(#[from] TlsFault),
    /// The portal has too much to do, or is closed for a while.
    #[error("the portal asks to come back later")]
    Busy {
        /// After how many seconds, where it says so.
        secs: Option<u64>,
    },
    /// An HTTP status that no step expects.
    #[error("the portal answered {status} to «{what}»")]
    Status {
        /// What was pressed.
        what: String,
        /// The HTTP status.
        status: u16,
    },
    /// The question for the phone came instead of the page.
    #[error("the session has ended")]
    SessionExpired,
    /// The code was not taken.
    #[error("the code was not accepted: {said}")]
    WrongCode {
        /// As printed.
        said: String,
        /// Tries left, when the page says.
        left: Option<u32>,
    },
    /// The code is void: too many tries or too late.
    #[error("the code is void: {said}")]
    CodeVoid {
        /// As printed.
        said: String,
    },
    /// «Получить код» was pressed too soon after the last time.
    #[error("too early for another code: {said}")]
    TooEarly {
        /// As printed.
        said: String,
        /// Seconds to wait, as the page says.
        secs: u32,
    },
    /// The portal refused, in its own words.
    #[error("the portal refused: {said}")]
    Refused {
        /// As printed.
        said: String,
    },
    /// The page lacks something the step needs.
    #[error("the page «{page}» has no {missing}")]
    NotUnderstood {
        /// The page's heading or title.
        page: String,
        /// What was looked for.
        missing: String,
        /// Where the page was saved for the support.
        saved: Option<std::path::PathBuf>,
    },
    /// The same on the way to the cabinet: most likely the address is another site's.
    #[error("the page «{page}» has no {missing}: it does not lead to the cabinet")]
    NotTheCabinet {
        /// The page's heading or title.
        page: String,
        /// What was looked for.
        missing: String,
        /// Where the page was saved for the support.
        saved: Option<std::path::PathBuf>,
    },
    /// A page or file larger than anything the portal has.
    #[error("the answer to «{what}» is larger than {limit} bytes")]
    TooLarge {
        /// What was pressed.
        what: String,
        /// The limit.
        limit: usize,
    },
}

impl PortalError {
    /// How long to wait before an act that may be repeated is tried once more; `None` when that cannot help.
    pub(crate) fn pause(&self) -> Option<Duration> {
        match self {
            Self::Unreachable { .. } | Self::TimedOut { .. } | Self::Status { .. } => {
                Some(RETRY_PAUSE)
            }
            Self::Busy { secs } => match secs.map(Duration::from_secs) {
                None => Some(RETRY_PAUSE),
                asked => asked.filter(|asked| *asked <= LONGEST_PAUSE),
            },
            _ => None,
        }
    }
}

const RETRY_PAUSE: Duration = Duration::from_secs(5);
/// Whoever asks for more patience than this is closed, and a person had better be told.
pub(crate) const LONGEST_PAUSE: Duration = Duration::from_mins(10);
