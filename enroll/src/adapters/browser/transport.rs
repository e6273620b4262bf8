//! One HTTP request and its answer: TLS, cookies, time-outs, limits, character sets. Redirects are the browser's.

use core::time::Duration;
use std::error::Error;
use std::path::PathBuf;
use std::sync::Arc;

use reqwest::header::{CONTENT_TYPE, COOKIE};
use reqwest::{Client, redirect, retry};
use tokio::runtime::Runtime;
use url::Url;

use super::answer::{Answer, is_html};
use super::session::Session;
use super::tls;
use crate::event::Events;
use crate::ports::PortalError;
use crate::ports::portal::{AddressFault, LONGEST_PAUSE};

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
    event_loop: Arc<Runtime>,
    client: Client,
    session: Session,
    options: Options,
    front: Url,
    events: Events,
    /// What an observer is told before a GET is repeated.
    waits: &'static str,
    /// The certificate that the newest answer came under, DER.
    peer: Option<Vec<u8>>,
}

/// What is asked of an address.
pub(in crate::adapters) enum Method<'a> {
    Get,
    Post(&'a [(String, String)]),
}

impl Transport {
    pub(in crate::adapters) fn new(
        options: Options,
        event_loop: Arc<Runtime>,
        events: Events,
        waits: &'static str,
    ) -> Result<Self, PortalError> {
        let front = Url::parse(&options.url).map_err(|_| bad_address(AddressFault::NotUrl))?;
        check_address(&front, options.allow_plain_http)?;
        let client = client(&options, &front)?;
        Ok(Self {
            event_loop,
            client,
            session: Session::default(),
            options,
            front,
            events,
            waits,
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

    /// Drops the cookies.
    pub(in crate::adapters) fn forget_session(&mut self) {
        self.session.forget();
    }

    /// Resolves a link or redirect and refuses what leads away from the portal or into the clear.
    pub(in crate::adapters) fn allowed(
        &self,
        from: &Url,
        reference: &str,
    ) -> Result<Url, PortalError> {
        let target = from
            .join(reference)
            .map_err(|_| bad_address(AddressFault::NotUrl))?;
        let host = || target.host_str().unwrap_or("?").to_owned();
        if target.host_str() != self.front.host_str() {
            return Err(bad_address(AddressFault::OtherHost { host: host() }));
        }
        // Another port is another program, with the one exception of the step up to https.
        let steps_up = from.scheme() == "http" && target.scheme() == "https";
        if target.port_or_known_default() != from.port_or_known_default() && !steps_up {
            return Err(bad_address(AddressFault::OtherPort { host: host() }));
        }
        if from.scheme() == "https" && target.scheme() == "http" && !self.options.allow_plain_http {
            return Err(PortalError::PlainHttp { host: host() });
        }
        check_address(&target, self.options.allow_plain_http)?;
        Ok(target)
    }

    /// Sends a request. A GET that gets no answer, or a 5xx or 429 one, is repeated after a pause, the portal's own
    /// where it names one; a POST never is.
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
        for pause in pauses.iter().copied().map(Duration::from_secs) {
            let pause = match self.once(target, method) {
                Ok(answer) if !answer.may_pass() => return Ok(answer),
                Ok(answer) => match answer.retry_after {
                    Some(asked) if asked > LONGEST_PAUSE => return Ok(answer),
                    asked => asked.unwrap_or(pause).max(pause),
                },
                Err(PortalError::Unreachable { .. } | PortalError::TimedOut { .. }) => pause,
                Err(error) => return Err(error),
            };
            self.events.wait(pause, self.waits);
        }
        self.once(target, method)
    }

    fn once(&mut self, target: &Url, method: &Method<'_>) -> Result<Answer, PortalError> {
        let request = match method {
            Method::Get => self.client.get(target.clone()),
            Method::Post(form) => self.client.post(target.clone()).form(form),
        };
        let request = match self.session.cookies(target) {
            Some(cookies) => request.header(COOKIE, cookies),
            None => request,
        };
        let session = &self.session;
        let secs = self.options.timeout.as_secs();
        let peer = &mut self.peer;
        self.event_loop.block_on(async {
            // Nothing has run since the last act: a kept connection that the portal closed meanwhile is noticed here.
            tokio::task::yield_now().await;
            let mut response = request
                .send()
                .await
                .map_err(|error| unreachable_why(&error, secs))?;
            session.keep(response.headers(), target);
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

/// An event loop for connections of our own.
pub(in crate::adapters) fn event_loop() -> Result<Arc<Runtime>, PortalError> {
    let built = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let built = built.map_err(|error| PortalError::Unreachable {
        why: error.to_string(),
    })?;
    Ok(Arc::new(built))
}

fn client(options: &Options, front: &Url) -> Result<Client, PortalError> {
    let mut builder = Client::builder()
        .tls_backend_preconfigured(tls::config(options.ca.as_deref())?)
        .tls_info(true)
        .pool_max_idle_per_host(1)
        .pool_idle_timeout(KEPT)
        .redirect(redirect::Policy::none())
        .retry(retry::never())
        .timeout(options.timeout)
        .user_agent(concat!("enroll/", env!("CARGO_PKG_VERSION")));
    if is_loopback(front) {
        builder = builder.no_proxy();
    }
    builder.build().map_err(|error| PortalError::Unreachable {
        why: error.without_url().to_string(),
    })
}

fn check_address(url: &Url, allow_plain_http: bool) -> Result<(), PortalError> {
    match (url.scheme(), url.host_str()) {
        (_, None) => Err(bad_address(AddressFault::NoHost)),
        ("https", _) => Ok(()),
        ("http", Some(_)) if allow_plain_http || is_loopback(url) => Ok(()),
        ("http", Some(host)) => Err(PortalError::PlainHttp {
            host: host.to_owned(),
        }),
        (scheme, _) => Err(bad_address(AddressFault::Scheme {
            scheme: scheme.to_owned(),
        })),
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

pub(super) const fn bad_address(why: AddressFault) -> PortalError {
    PortalError::BadAddress { why }
}

/// The innermost cause, since the outer ones only say that a request failed, and no address.
fn unreachable_why(error: &reqwest::Error, secs: u64) -> PortalError {
    if error.is_timeout() {
        return PortalError::TimedOut { secs };
    }
    let mut cause: &(dyn Error + 'static) = error;
    loop {
        if let Some(fault) = tls::fault_in(cause) {
            return fault.into();
        }
        let Some(deeper) = cause.source() else {
            let why = cause.to_string();
            return PortalError::Unreachable { why };
        };
        cause = deeper;
    }
}

/// How long a connection is kept for the next act. A POST that meets a connection in the moment of its closing is lost,
/// so this is well below what any server waits (nginx 75 s, Apache 5 s).
const KEPT: Duration = Duration::from_secs(1);
/// Pauses before a GET is repeated.
const GET_PAUSES_SECS: [u64; 2] = [1, 3];
/// The largest page taken: no page for people is larger, and reading HTML takes longer than its length.
const PAGE_LIMIT: usize = 512 << 10;
/// The largest file taken.
const FILE_LIMIT: usize = 8 << 20;
