//! Ports for programs that are told where to listen.

use std::net::{Ipv4Addr, TcpListener};
use std::sync::atomic::{AtomicU16, Ordering};

use anyhow::{Context as _, Result};

/// An address on loopback where nobody listens.
///
/// Linux hands ports from 32768 on to whatever connects, so one of those may be gone before it is listened on. These lie
/// below, each is given once, and two processes at a time begin at different places.
pub(crate) fn free() -> Result<String> {
    let first = (std::process::id() % PLACES) as u16 * EACH;
    let mut candidates = (0..ALL).map(|_| {
        let next = GIVEN.fetch_add(1, Ordering::Relaxed);
        FROM + (first + next % ALL) % ALL
    });
    let port = candidates.find(|port| TcpListener::bind((Ipv4Addr::LOCALHOST, *port)).is_ok());
    Ok(format!("127.0.0.1:{}", port.context("no port is free")?))
}

static GIVEN: AtomicU16 = AtomicU16::new(0);

const FROM: u16 = 20_000;
/// How many there are, 40 for each of 300 processes.
const ALL: u16 = 12_000;
const EACH: u16 = 40;
const PLACES: u32 = 300;

#[cfg(test)]
mod tests {
    use super::free;

    #[test]
    fn ports_lie_below_those_of_connections_and_none_is_given_twice() {
        let ports: Vec<u16> = (0..100)
            .map(|_| free().expect("a port"))
            .map(|address| address["127.0.0.1:".len()..].parse().expect("a number"))
            .collect();
        assert!(ports.iter().all(|port| *port < 32768), "{ports:?}");
        let mut once = ports.clone();
        once.sort_unstable();
        once.dedup();
        assert_eq!(once.len(), ports.len(), "{ports:?}");
    }
}
