//! The TLS listener's own part: handshakes, and where plain HTTP is sent.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use http::header::LOCATION;
use http::{HeaderValue, Request, Response, StatusCode};
use rustls::ServerConfig;
use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer};
use tokio_rustls::TlsAcceptor;

use crate::reply;
use crate::tls::Identity;

/// The portal's TLS listener.
#[derive(Clone, Debug)]
pub struct TlsPort {
    /// Where it listens; port 0 takes a free one.
    pub address: SocketAddr,
    /// What it shows to clients.
    pub identity: Identity,
    /// Whether the plain listener sends everybody here.
    pub redirect: bool,
}

/// What greets connections with this identity: TLS 1.2 and 1.3, HTTP/1.1, no certificate asked of the client.
pub(super) fn acceptor(identity: &Identity) -> io::Result<TlsAcceptor> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let certificate = CertificateDer::from(identity.certificate.clone());
    let key = PrivatePkcs8KeyDer::from(identity.key.clone());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(io::Error::other)?
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key.into())
        .map_err(io::Error::other)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
}

/// «See there, from now on»: the same path at the TLS listener.
///
/// Lists and OCSP stay in clear, as everywhere: whoever checks a certificate of TLS would need them first.
pub(super) fn redirection<B>(to: SocketAddr, request: &Request<B>) -> Option<Response<Vec<u8>>> {
    let path = request.uri().path();
    if path == "/ocsp" || path.starts_with("/ocsp/") || path.starts_with("/ca/") {
        return None;
    }
    let path = request
        .uri()
        .path_and_query()
        .map_or("/", |path| path.as_str());
    let location = HeaderValue::try_from(format!("https://{to}{path}")).ok()?;
    let mut response = reply::with_type(
        StatusCode::MOVED_PERMANENTLY,
        "text/plain; charset=utf-8",
        Vec::new(),
    );
    response.headers_mut().insert(LOCATION, location);
    Some(response)
}
