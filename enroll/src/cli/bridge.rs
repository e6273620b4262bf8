//! `enroll bridge`: the Rutoken Plugin's methods for pages on this machine.

use std::net::{TcpListener, ToSocketAddrs as _};

use serde_json::json;

use super::options::Common;
use super::shell::Shell;
use super::{Stop, open};
use crate::bridge::door::{self, Door};
use crate::bridge::guarded::Guarded;
use crate::bridge::{Opener, Plugin, service};
use crate::journal::Store;
use crate::messages::texts;

pub(super) fn run(
    address: &str,
    allowed: &[String],
    tokens: &[Common],
    shell: &Shell,
) -> Result<(), Stop> {
    let origins = allowed.iter().map(|text| {
        let usage = || Stop::Usage(texts::usage_origin(text));
        door::origin(text).ok_or_else(usage)
    });
    let origins = origins.collect::<Result<Vec<_>, _>>()?;
    let listener = listen(address)?;
    let base = format!(
        "http://{}",
        listener
            .local_addr()
            .map_err(|why| unusable(address, &why))?
    );
    let openers = tokens.iter().map(|token| opener(token, shell));
    let mut plugin = Plugin::new(openers.collect::<Result<Vec<_>, _>>()?);
    shell.result(&json!({ "panel": format!("{base}/"), "script": format!("{base}/plugin.js"), "origins": origins }));
    let mut door = Door::new(&mut plugin, &base, origins);
    let served = service::serve(listener, &mut door, &*super::clock(), draw);
    plugin.log_out();
    served.map_err(|why| unusable(address, &why))
}

/// The options of each token: the one of `--token`, which alone may be named by its serial number or label, and the
/// others.
pub(super) fn tokens(common: &Common, also: &[String]) -> Vec<Common> {
    let others = also.iter().map(|token| Common {
        token: token.clone(),
        serial: None,
        token_label: None,
        ..common.clone()
    });
    core::iter::once(common.clone()).chain(others).collect()
}

/// Opened once before anything is promised, so that what is wrong is said here and not to a page.
fn opener(token: &Common, shell: &Shell) -> Result<Opener, Stop> {
    let mut first = Some(open::token(token, shell, &shell.events())?);
    let again = token.clone();
    let store = Store::new(open::state(token));
    Ok(Box::new(move || {
        let token = match first.take() {
            Some(token) => token,
            None => open::token_again(&again, &Shell::new(&again))?,
        };
        Ok(Box::new(Guarded::new(token, store.clone())))
    }))
}

fn listen(address: &str) -> Result<TcpListener, Stop> {
    let mut found = address
        .to_socket_addrs()
        .map_err(|why| unusable(address, &why))?;
    let found = found
        .next()
        .ok_or_else(|| unusable(address, &"no such address"))?;
    if !service::is_loopback(&found) {
        return Err(Stop::Usage(texts::usage_not_loopback(address)));
    }
    TcpListener::bind(found).map_err(|why| unusable(address, &why))
}

fn unusable(address: &str, why: &dyn core::fmt::Display) -> Stop {
    Stop::Usage(texts::usage_listen(address, why.to_string()))
}

#[expect(
    clippy::disallowed_methods,
    reason = "a session's key must not be guessed"
)]
fn draw(key: &mut [u8; 16]) {
    getrandom::fill(key).expect("the system has randomness");
}
