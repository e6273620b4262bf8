//! The portal over TLS, as a strict client meets it: rustls, with the test authority or without.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;

use mock_ca::tls::{Identity, ServerCertificate, authority_pem};
use mock_ca::{Listen, Manual, MockCa, Server, Settings, TlsPort};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{CertificateError, ClientConfig, ClientConnection, RootCertStore, StreamOwned};

fn served(settings: Settings) -> Server {
    let clock = Arc::new(Manual::at(settings.epoch));
    let tls = TlsPort {
        address: SocketAddr::from(([127, 0, 0, 1], 0)),
        identity: Identity::from_seed(settings.seed, settings.web.tls_certificate),
        redirect: settings.web.redirect_to_https,
    };
    let mut mock = MockCa::new(settings);
    let door = move |now, door, request| mock.handle(now, door, request);
    Server::start_with_tls(door, clock, Listen::default(), Some(tls)).unwrap()
}

fn with_certificate(tls_certificate: ServerCertificate) -> Server {
    let mut settings = Settings::default();
    settings.web.tls_certificate = tls_certificate;
    served(settings)
}

fn port(server: &Server) -> SocketAddr {
    let url = server.tls_url().unwrap();
    url.strip_prefix("https://").unwrap().parse().unwrap()
}

/// What a client that trusts the authority of this seed gets.
fn exchange(server: &Server, seed: u64, host: &str, request: &str) -> std::io::Result<String> {
    let mut trusted = RootCertStore::empty();
    let authority = CertificateDer::from_pem_slice(authority_pem(seed).as_bytes()).unwrap();
    trusted.add(authority).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(trusted)
        .with_no_client_auth();
    let name = ServerName::try_from(host.to_owned()).unwrap();
    let connection = ClientConnection::new(Arc::new(config), name).unwrap();
    let mut stream = StreamOwned::new(connection, TcpStream::connect(port(server))?);
    stream.write_all(request.as_bytes())?;
    let mut answer = String::new();
    // A server that closes without a goodbye has said all it had to.
    let _ = stream.read_to_string(&mut answer);
    Ok(answer)
}

fn refusal(server: &Server, seed: u64, host: &str) -> CertificateError {
    let error = exchange(server, seed, host, "").and_then(|_| exchange(server, seed, host, GET));
    let error = error.unwrap_err().into_inner().unwrap();
    match error.downcast_ref::<rustls::Error>() {
        Some(rustls::Error::InvalidCertificate(why)) => why.clone(),
        other => panic!("{other:?}"),
    }
}

const GET: &str = "GET /cabinet HTTP/1.1\r\nHost: forus\r\nConnection: close\r\n\r\n";

#[test]
fn a_client_with_the_test_authority_gets_the_cabinet_and_a_secure_cookie() {
    let server = served(Settings::default());
    for host in ["localhost", "127.0.0.1", "::1"] {
        let answer = exchange(&server, 1, host, GET).unwrap();
        assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
        let cookie = answer
            .lines()
            .find(|line| line.starts_with("set-cookie"))
            .unwrap();
        assert!(cookie.ends_with("; Secure"), "{cookie}");
    }
}

#[test]
fn a_client_with_another_authority_refuses() {
    let server = served(Settings::default());
    assert_eq!(
        refusal(&server, 2, "localhost"),
        CertificateError::BadSignature
    );
}

#[test]
fn each_misbehaviour_is_refused_for_its_own_reason() {
    let server = with_certificate(ServerCertificate::WrongHost);
    assert!(matches!(
        refusal(&server, 1, "localhost"),
        CertificateError::NotValidForNameContext { .. }
    ));
    let server = with_certificate(ServerCertificate::Expired);
    assert!(matches!(
        refusal(&server, 1, "localhost"),
        CertificateError::ExpiredContext { .. }
    ));
    let server = with_certificate(ServerCertificate::UnknownIssuer);
    assert_eq!(
        refusal(&server, 1, "localhost"),
        CertificateError::UnknownIssuer
    );
}

#[test]
fn plain_http_leads_to_https_when_told_so() {
    let mut settings = Settings::default();
    settings.web.redirect_to_https = true;
    let server = served(settings);
    let mut stream = TcpStream::connect(server.addresses().portal).unwrap();
    let request = "GET /page/about?x=1 HTTP/1.1\r\nHost: forus\r\nConnection: close\r\n\r\n";
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 301"), "{answer}");
    let location = format!("location: {}/page/about?x=1\r\n", server.tls_url().unwrap());
    assert!(answer.contains(&location), "{answer}");
}

#[test]
fn a_client_that_says_nothing_in_the_handshake_keeps_nobody_waiting() {
    let server = served(Settings::default());
    let silent = TcpStream::connect(port(&server)).unwrap();
    assert!(exchange(&server, 1, "localhost", GET).is_ok());
    drop(silent);
}
