//! The mock as a program: `mock-ca serve` on ports of its own, and a tester's calls to it.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;

use anyhow::{Context as _, Result, ensure};

use crate::process::Beside;
use crate::programs::Programs;

/// A running mock; it ends when dropped.
pub(crate) struct Mock {
    _process: Beside,
    /// Base addresses, as `http://127.0.0.1:PORT`.
    pub(crate) portal: String,
    pub(crate) sms: String,
    /// The tester's port.
    pub(crate) control: String,
}

impl Mock {
    /// Starts `mock-ca serve` with these options; it listens wherever the system has it, and what it says goes to `log`.
    pub(crate) fn start(programs: &Programs, options: &[&str], log: &Path) -> Result<Self> {
        let mut serve = programs.command("mock-ca");
        let mut process = Beside::start(serve.arg("serve").args(options), log)?;
        let told = process.told(|line| line.get("portal").map(|_| line.clone()))?;
        let address = |name: &str| {
            let url = told[name].as_str().map(str::to_owned);
            url.with_context(|| format!("no {name} in {told}"))
        };
        Ok(Self {
            _process: process,
            portal: address("portal")?,
            sms: address("sms")?,
            control: address("control")?,
        })
    }
}

/// One exchange with an address of the mock's; fails unless the answer is 200.
pub(crate) fn http(base: &str, method: &str, path: &str, body: &[u8]) -> Result<Vec<u8>> {
    let address = base.strip_prefix("http://").context("plain HTTP")?;
    let mut stream = TcpStream::connect(address)?;
    let length = body.len();
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nHost: {address}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"
    )?;
    stream.write_all(body)?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n");
    let body = answer.split_off(end.with_context(|| format!("{path}: no answer"))? + 4);
    let head = String::from_utf8_lossy(&answer);
    ensure!(head.starts_with("HTTP/1.1 200 "), "{method} {path}: {head}");
    Ok(body)
}
