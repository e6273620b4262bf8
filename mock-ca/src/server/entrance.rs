//! The listeners: on loopback and nowhere else, each for one door.

use std::io;
use std::net::{SocketAddr, TcpListener};

use tokio_rustls::TlsAcceptor;

use super::{Listen, TlsPort, secure};
use crate::Door;

/// A listener, what it is for, and how connections begin there.
pub(super) struct Entrance {
    pub(super) door: Door,
    pub(super) listener: TcpListener,
    pub(super) tls: Option<TlsAcceptor>,
    /// Where everybody is sent instead.
    pub(super) elsewhere: Option<SocketAddr>,
}

/// All that a server listens on.
pub(super) struct Entrances {
    pub(super) all: Vec<Entrance>,
    pub(super) addresses: Listen,
    /// The portal over TLS.
    pub(super) tls: Option<SocketAddr>,
}

impl Entrances {
    /// Errors: an address that is not a loopback one, or that cannot be listened on, or an identity that is none.
    pub(super) fn open(listen: Listen, tls: Option<TlsPort>) -> io::Result<Self> {
        let portal = bind(listen.portal)?;
        let sms = bind(listen.sms)?;
        let control = bind(listen.control)?;
        let addresses = Listen {
            portal: portal.local_addr()?,
            sms: sms.local_addr()?,
            control: control.local_addr()?,
        };
        let mut all = vec![
            Entrance::plain(Door::Portal, portal),
            Entrance::plain(Door::Sms, sms),
            Entrance::plain(Door::Control, control),
        ];
        let tls = tls
            .map(|port| add_secure_portal(&mut all, &port))
            .transpose()?;
        Ok(Self {
            all,
            addresses,
            tls,
        })
    }
}

impl Entrance {
    fn plain(door: Door, listener: TcpListener) -> Self {
        Self {
            door,
            listener,
            tls: None,
            elsewhere: None,
        }
    }
}

/// Adds the TLS listener to the others; returns where it listens.
fn add_secure_portal(entrances: &mut Vec<Entrance>, port: &TlsPort) -> io::Result<SocketAddr> {
    let listener = bind(port.address)?;
    let address = listener.local_addr()?;
    for entrance in entrances.iter_mut().filter(|one| one.door == Door::Portal) {
        entrance.elsewhere = port.redirect.then_some(address);
    }
    entrances.push(Entrance {
        tls: Some(secure::acceptor(&port.identity)?),
        ..Entrance::plain(Door::SecurePortal, listener)
    });
    Ok(address)
}

fn bind(address: SocketAddr) -> io::Result<TcpListener> {
    if !address.ip().is_loopback() {
        let why = format!(
            "{address} is not a loopback address: the mock gives codes and control to anybody who can reach it"
        );
        return Err(io::Error::new(io::ErrorKind::InvalidInput, why));
    }
    let listener = TcpListener::bind(address).map_err(|error| {
        io::Error::new(error.kind(), format!("cannot listen on {address}: {error}"))
    })?;
    listener.set_nonblocking(true)?;
    Ok(listener)
}
