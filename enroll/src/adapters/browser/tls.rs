//! TLS: whom to trust, and why a connection was refused.

use std::error::Error;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};

use super::transport::bad_address;
use crate::ports::PortalError;
use crate::ports::portal::{AddressFault, TlsFault};

/// ring, by value: needs no global provider, and builds on a machine without any CA certificates.
pub(super) fn config(ca: Option<&Path>) -> Result<ClientConfig, PortalError> {
    let roots = match ca {
        Some(file) => Arc::new(roots_of(file)?),
        None => Arc::clone(SYSTEM_ROOTS.get_or_init(system_roots)),
    };
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder =
        ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let builder = builder.map_err(|error| TlsFault::Refused {
        why: error.to_string(),
    })?;
    Ok(builder.with_root_certificates(roots).with_no_client_auth())
}

fn roots_of(file: &Path) -> Result<RootCertStore, PortalError> {
    let unreadable = |why: String| {
        let path = file.to_owned();
        bad_address(AddressFault::CaFile { path, why })
    };
    let mut roots = RootCertStore::empty();
    for certificate in
        CertificateDer::pem_file_iter(file).map_err(|error| unreadable(error.to_string()))?
    {
        let certificate = certificate.map_err(|error| unreadable(error.to_string()))?;
        roots
            .add(certificate)
            .map_err(|error| unreadable(error.to_string()))?;
    }
    Ok(roots)
}

fn system_roots() -> Arc<RootCertStore> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    Arc::new(roots)
}

/// Read once for each process: reading some hundred and fifty certificates takes longer than an enrollment's pages.
static SYSTEM_ROOTS: OnceLock<Arc<RootCertStore>> = OnceLock::new();

/// What in the causes of an error is about TLS itself.
pub(super) fn fault_in(error: &(dyn Error + 'static)) -> Option<TlsFault> {
    of_tls(error).and_then(fault)
}

/// An `io::Error`, and one within another, leaves the error it wraps out of its sources.
fn of_tls<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a rustls::Error> {
    match error.downcast_ref::<std::io::Error>() {
        Some(wrapper) => of_tls(wrapper.get_ref()?),
        None => error.downcast_ref(),
    }
}

fn fault(error: &rustls::Error) -> Option<TlsFault> {
    use rustls::{AlertDescription as Alert, CertificateError as Unfit, Error};
    let unfit = match error {
        Error::InvalidCertificate(unfit) => unfit,
        Error::PeerIncompatible(_)
        | Error::AlertReceived(
            Alert::HandshakeFailure | Alert::ProtocolVersion | Alert::InsufficientSecurity,
        ) => return Some(TlsFault::NothingInCommon),
        _ => return None,
    };
    Some(match unfit {
        // A signature that does not verify is another authority's under the name of the one that is trusted.
        Unfit::UnknownIssuer | Unfit::BadSignature => TlsFault::UnknownIssuer,
        Unfit::Expired | Unfit::ExpiredContext { .. } => TlsFault::Expired,
        Unfit::NotValidYet | Unfit::NotValidYetContext { .. } => TlsFault::NotYetValid,
        Unfit::NotValidForName | Unfit::NotValidForNameContext { .. } => TlsFault::OtherHost,
        other => TlsFault::Refused {
            why: other.to_string(),
        },
    })
}

#[cfg(test)]
mod tests {
    use rustls::{CertificateError as Unfit, Error as Tls};

    use super::*;

    #[test]
    fn what_the_library_says_of_a_certificate_is_told_apart() {
        let refused = |why: &str| TlsFault::Refused {
            why: why.to_owned(),
        };
        for (unfit, told) in [
            (Unfit::UnknownIssuer, TlsFault::UnknownIssuer),
            (Unfit::BadSignature, TlsFault::UnknownIssuer),
            (Unfit::Expired, TlsFault::Expired),
            (Unfit::NotValidYet, TlsFault::NotYetValid),
            (Unfit::NotValidForName, TlsFault::OtherHost),
            (Unfit::BadEncoding, refused("BadEncoding")),
        ] {
            let wrapped =
                std::io::Error::other(std::io::Error::other(Tls::InvalidCertificate(unfit)));
            assert_eq!(fault_in(&wrapped), Some(told));
        }
    }

    #[test]
    fn what_is_not_about_tls_is_no_fault_of_it() {
        assert_eq!(fault_in(&std::io::Error::other("refused")), None);
        assert_eq!(
            fault_in(&std::io::Error::from(std::io::ErrorKind::TimedOut)),
            None
        );
        assert_eq!(fault_in(&Tls::DecryptError), None);
    }
}
