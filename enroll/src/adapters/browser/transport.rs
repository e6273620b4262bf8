//! One HTTP request and its answer: TLS, cookies, time-outs, limits, character sets. Redirects are the browser's.

use core::cell::OnceCell;
use core::time::Duration;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimeParser;
use reqwest::header::{CONTENT_TYPE, DATE, HeaderMap, HeaderName, LOCATION};
use reqwest::{Client, redirect};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};
use tokio::runtime::Runtime;
use url::Url;

use super::page::Page;
use crate::event::Events;
use crate::ports::PortalError;

/// Where the portal is and how to reach it.
#[derive(Clone, Debug)]
pub struct Options {
    /// The front page.
    pub url: String,
    /// Trust these CA certificates (PEM) and no others, instead of the system's.
    pub ca: Option<PathBuf>,
    /// Speak http in clear to another machine.
    pub allow_plain_http: bool,
    /// How long one answer may take.
    pub timeout: Duration,
}

pub(in crate::adapters) struct Transport {
    runtime: Runtime,
    client: Client,
    tls: ClientConfig,
    options: Options,
    front: Url,
    events: Events,
    /// The certificate that the newest answer came under, DER.
    peer: Option<Vec<u8>>,
}

/// What is asked of an address.
pub(in crate::adapters) enum Method<'a> {
    Get,
    Post(&'a [(String, String)]),
}

/// An answer with its body.
#[derive(Debug)]
pub(in crate::adapters) struct Answer {
    pub(in crate::adapters) url: Url,
    pub(in crate::adapters) status: u16,
    pub(in crate::adapters) date: Option<Timestamp>,
    pub(in crate::adapters) location: Option<String>,
    pub(in crate::adapters) body: Vec<u8>,
    content_type: String,
    page: OnceCell<Page>,
}

impl Transport {
    pub(in crate::adapters) fn new(options: Options, events: Events) -> Result<Self, PortalError> {
        let front = Url::parse(&options.url).map_err(|error| bad_address(error.to_string()))?;
        check_address(&front, options.allow_plain_http)?;
        let tls = tls_config(options.ca.as_deref())?;
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        let runtime = runtime.map_err(|error| PortalError::Unreachable {
            why: error.to_string(),
        })?;
        let client = client(&tls, &options, &front)?;
        Ok(Self {
            runtime,
            client,
            tls,
            options,
            front,
            events,
            peer: None,
        })
    }

    pub(in crate::adapters) fn front(&self) -> Url {
        self.front.clone()
    }

    /// The portal's own certificate, once it answered over TLS; DER.
    pub(in crate::adapters) fn peer_certificate(&self) -> Option<&[u8]> {
        self.peer.as_deref()
    }

    /// Cookies live in the client: a new one has none.
    pub(in crate::adapters) fn forget_session(&mut self) -> Result<(), PortalError> {
        self.client = client(&self.tls, &self.options, &self.front)?;
        Ok(())
    }

    /// Resolves a link or redirect and refuses what leads away from the portal or into the clear.
    pub(in crate::adapters) fn allowed(
        &self,
        from: &Url,
        reference: &str,
    ) -> Result<Url, PortalError> {
        let target = from
            .join(reference)
            .map_err(|error| bad_address(error.to_string()))?;
        if target.host_str() != self.front.host_str() {
            return Err(bad_address(format!(
                "it leads to another host, {}",
                target.host_str().unwrap_or("?")
            )));
        }
        if from.scheme() == "https" && target.scheme() == "http" && !self.options.allow_plain_http {
            return Err(PortalError::PlainHttp {
                host: target.host_str().unwrap_or_default().to_owned(),
            });
        }
        check_address(&target, self.options.allow_plain_http)?;
        Ok(target)
    }

    /// Sends a request. A GET that gets no answer, or a 5xx one, is repeated after a pause; a POST never is.
    pub(in crate::adapters) fn request(
        &mut self,
        target: &Url,
        method: &Method<'_>,
    ) -> Result<Answer, PortalError> {
        let pauses: &[u64] = if matches!(method, Method::Get) {
            &GET_PAUSES_SECS
        } else {
            &[]
        };
        for pause in pauses {
            match self.once(target, method) {
                Ok(answer) if answer.status < 500 => return Ok(answer),
                Ok(_) => {}
                Err(PortalError::Unreachable { .. } | PortalError::TimedOut { .. }) => {}
                Err(error) => return Err(error),
            }
            self.events.wait(
                Duration::from_secs(*pause),
                "the portal does not answer, asking again",
            );
        }
        self.once(target, method)
    }

    fn once(&mut self, target: &Url, method: &Method<'_>) -> Result<Answer, PortalError> {
        let request = match method {
            Method::Get => self.client.get(target.clone()),
            Method::Post(form) => self.client.post(target.clone()).form(form),
        };
        let secs = self.options.timeout.as_secs();
        let peer = &mut self.peer;
        self.runtime.block_on(async {
            let mut response = request
                .send()
                .await
                .map_err(|error| unreachable_why(&error, secs))?;
            let tls = response.extensions().get::<reqwest::tls::TlsInfo>();
            *peer = tls
                .and_then(|tls| tls.peer_certificate())
                .map(<[u8]>::to_vec);
            let content_type = response
                .headers()
                .get(CONTENT_TYPE)
                .and_then(|it| it.to_str().ok());
            let limit = if is_html(content_type.unwrap_or_default()) {
                PAGE_LIMIT
            } else {
                FILE_LIMIT
            };
            let mut body = Vec::new();
            while let Some(chunk) = response
                .chunk()
                .await
                .map_err(|error| unreachable_why(&error, secs))?
            {
                if body.len() + chunk.len() > limit {
                    return Err(PortalError::TooLarge {
                        what: target.path().to_owned(),
                        limit,
                    });
                }
                body.extend_from_slice(&chunk);
            }
            Ok(Answer::new(
                target.clone(),
                response.status().as_u16(),
                response.headers(),
                body,
            ))
        })
    }
}

impl Method<'_> {
    pub(in crate::adapters) const fn name(&self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post(_) => "POST",
        }
    }
}

impl Answer {
    fn new(url: Url, status: u16, headers: &HeaderMap, body: Vec<u8>) -> Self {
        let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
        let date = text(DATE).and_then(|date| DateTimeParser::new().parse_timestamp(date).ok());
        let location = text(LOCATION)
            .filter(|_| (300..400).contains(&status))
            .map(str::to_owned);
        Self {
            url,
            status,
            date,
            location,
            body,
            content_type: text(CONTENT_TYPE).unwrap_or_default().to_owned(),
            page: OnceCell::new(),
        }
    }

    pub(in crate::adapters) fn is_page(&self) -> bool {
        is_html(&self.content_type)
    }

    /// The body read as a page, once.
    pub(in crate::adapters) fn page(&self) -> &Page {
        self.page
            .get_or_init(|| Page::read(self.url.clone(), &self.text()))
    }

    /// The page's title, or the file's type.
    pub(in crate::adapters) fn title(&self) -> String {
        if self.is_page() {
            return self.page().title.clone();
        }
        self.content_type
            .split(';')
            .next()
            .unwrap_or_default()
            .trim()
            .to_owned()
    }

    /// Decodes by the header's charset, else by the page's own `<meta>`, else as UTF-8.
    pub(in crate::adapters) fn text(&self) -> String {
        let start = String::from_utf8_lossy(self.body.get(..1024).unwrap_or(&self.body))
            .to_ascii_lowercase();
        let named = charset(&self.content_type.to_ascii_lowercase()).or_else(|| charset(&start));
        let encoding = named.and_then(|name| encoding_rs::Encoding::for_label(name.as_bytes()));
        encoding
            .unwrap_or(encoding_rs::UTF_8)
            .decode(&self.body)
            .0
            .into_owned()
    }
}

fn is_html(content_type: &str) -> bool {
    content_type.is_empty() || content_type.to_ascii_lowercase().starts_with("text/html")
}

fn charset(text: &str) -> Option<String> {
    let (_, after) = text.split_once("charset=")?;
    let name: String = after
        .trim_start_matches(['"', '\'', ' '])
        .chars()
        .take_while(|c| c.is_ascii_alphanumeric() || "-_".contains(*c))
        .collect();
    (!name.is_empty()).then_some(name)
}

fn client(tls: &ClientConfig, options: &Options, front: &Url) -> Result<Client, PortalError> {
    let mut builder = Client::builder()
        .tls_backend_preconfigured(tls.clone())
        .cookie_store(true)
        .tls_info(true)
        // A connection kept between acts would die unnoticed: nothing runs while the engine waits.
        .pool_max_idle_per_host(0)
        .redirect(redirect::Policy::none())
        .timeout(options.timeout)
        .user_agent(concat!("enroll/", env!("CARGO_PKG_VERSION")));
    if is_loopback(front) {
        builder = builder.no_proxy();
    }
    builder.build().map_err(|error| PortalError::Unreachable {
        why: error.without_url().to_string(),
    })
}

/// ring, by value: needs no global provider, and builds on a machine without any CA certificates.
fn tls_config(ca: Option<&std::path::Path>) -> Result<ClientConfig, PortalError> {
    let mut roots = RootCertStore::empty();
    match ca {
        Some(file) => {
            let unreadable =
                |why: String| bad_address(format!("the CA file {}: {why}", file.display()));
            for certificate in CertificateDer::pem_file_iter(file)
                .map_err(|error| unreadable(error.to_string()))?
            {
                let certificate = certificate.map_err(|error| unreadable(error.to_string()))?;
                roots
                    .add(certificate)
                    .map_err(|error| unreadable(error.to_string()))?;
            }
        }
        None => roots = SYSTEM_ROOTS.get_or_init(system_roots).clone(),
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder =
        ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let builder = builder.map_err(|error| PortalError::Tls {
        why: error.to_string(),
    })?;
    Ok(builder.with_root_certificates(roots).with_no_client_auth())
}

fn system_roots() -> RootCertStore {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    roots
}

/// Read once for each process: reading some hundred and fifty certificates takes longer than an enrollment's pages.
static SYSTEM_ROOTS: OnceLock<RootCertStore> = OnceLock::new();

fn check_address(url: &Url, allow_plain_http: bool) -> Result<(), PortalError> {
    match (url.scheme(), url.host_str()) {
        (_, None) => Err(bad_address("it has no host".to_owned())),
        ("https", _) => Ok(()),
        ("http", Some(_)) if allow_plain_http || is_loopback(url) => Ok(()),
        ("http", Some(host)) => Err(PortalError::PlainHttp {
            host: host.to_owned(),
        }),
        (scheme, _) => Err(bad_address(format!("{scheme}: is neither http nor https"))),
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost",
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

fn bad_address(why: String) -> PortalError {
    PortalError::BadAddress { why }
}

/// The innermost cause, since the outer ones only say that a request failed, and no address.
fn unreachable_why(error: &reqwest::Error, secs: u64) -> PortalError {
    if error.is_timeout() {
        return PortalError::TimedOut { secs };
    }
    let mut cause: &dyn std::error::Error = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    let why = cause.to_string();
    if why.contains("certificate") {
        PortalError::Tls { why }
    } else {
        PortalError::Unreachable { why }
    }
}

/// Pauses before a GET is repeated.
const GET_PAUSES_SECS: [u64; 2] = [1, 3];
/// The largest page taken: no page for people is larger, and reading HTML takes longer than its length.
const PAGE_LIMIT: usize = 512 << 10;
/// The largest file taken.
const FILE_LIMIT: usize = 8 << 20;
