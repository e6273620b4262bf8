//! A card whose ATR gets lost when another program resets it: pcscd keeps it without one, and `enroll` powers it anew.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use pcsc::{Context, Disposition, Error, Protocols, Scope, ShareMode};

use super::{enroll, new_image};
use crate::pcscd::{Inserted, SLOTS};
use crate::programs::Programs;
use crate::run::Bench;
use crate::wait;

/// `enroll` reads a token that a failed reset left without ATR.
pub(super) fn powered_anew(bench: &mut Bench, programs: &Programs) -> Result<()> {
    let image = new_image(bench, programs, "mute.image", "2CDB7257")?;
    let line = Line::open()?;
    let mut attach = programs.command("emulator");
    attach
        .arg("attach")
        .arg(&image)
        .args(["--vpcd", &line.address]);
    let token = Inserted::wait(&mut attach, SLOTS[0], &bench.folder().join("mute.log"))?;
    let context = Context::establish(Scope::User)?;
    let holder = lose_an_atr(&line, &context)?;
    bench.run_and_find(
        &mut enroll(programs, &["token", "info", "--token", "pcsc"]),
        "serial: 2cdb7257",
    )?;
    drop(holder);
    token.remove()?;
    println!("        a card left without ATR by another program's reset is powered anew");
    Ok(())
}

/// Has a reset of the card fail while another connection, which is handed over, keeps pcscd from switching the card off
/// by itself.
fn lose_an_atr(line: &Line, context: &Context) -> Result<pcsc::Card> {
    let reader = SLOTS[0].reader()?;
    let shared = || context.connect(&reader, ShareMode::Shared, Protocols::ANY);
    let holder = shared().context("a card that is held")?;
    let card = shared().context("the card before the reset")?;
    line.loses_an_atr.store(true, Ordering::SeqCst);
    let _ = card.disconnect(Disposition::ResetCard);
    wait::until("the reset to fail", Duration::from_secs(20), || {
        Ok(!line.loses_an_atr.load(Ordering::SeqCst))
    })?;
    match shared() {
        Err(Error::ProtoMismatch | Error::UnresponsiveCard | Error::UnpoweredCard) => Ok(holder),
        Err(other) => bail!("after the failed reset pcscd says {other}"),
        Ok(_) => bail!("the reset did not fail"),
    }
}

/// Between card and reader, vpcd's messages: two octets of length, then as many.
struct Line {
    address: String,
    /// The ATR after the next reset does not get through.
    loses_an_atr: Arc<AtomicBool>,
}

impl Line {
    /// Waits for one card, on a thread that ends with the connection.
    fn open() -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let address = listener.local_addr()?.to_string();
        let loses_an_atr = Arc::new(AtomicBool::new(false));
        let loses = Arc::clone(&loses_an_atr);
        thread::spawn(move || -> std::io::Result<()> {
            let (card, _) = listener.accept()?;
            carry(card, TcpStream::connect(SLOTS[0].port)?, &loses)
        });
        Ok(Self {
            address,
            loses_an_atr,
        })
    }
}

/// Carries what the reader asks to the card, and its answer back, until one of them goes away.
fn carry(mut card: TcpStream, mut reader: TcpStream, loses: &AtomicBool) -> std::io::Result<()> {
    let mut is_reset = false;
    loop {
        let asked = message(&mut reader)?;
        send(&mut card, &asked)?;
        match asked.as_slice() {
            [OFF | ON] => {}
            [RESET] => is_reset = true,
            [ATR] => {
                let atr = message(&mut card)?;
                // Asked for as well to see whether a card is there.
                let lost = std::mem::take(&mut is_reset) && loses.swap(false, Ordering::SeqCst);
                send(&mut reader, if lost { &NO_ATR } else { &atr })?;
            }
            _ => send(&mut reader, &message(&mut card)?)?,
        }
    }
}

fn message(from: &mut TcpStream) -> std::io::Result<Vec<u8>> {
    let mut length = [0; 2];
    from.read_exact(&mut length)?;
    let mut message = vec![0; u16::from_be_bytes(length).into()];
    from.read_exact(&mut message)?;
    Ok(message)
}

fn send(to: &mut TcpStream, message: &[u8]) -> std::io::Result<()> {
    let length = u16::try_from(message.len()).map_err(std::io::Error::other)?;
    to.write_all(&length.to_be_bytes())?;
    to.write_all(message)
}

/// Longer than any ATR, which vpcd refuses. For a message of nothing it would wait for ever (seen with 3.3).
const NO_ATR: [u8; 64] = [0; 64];
const OFF: u8 = 0;
const ON: u8 = 1;
const RESET: u8 = 2;
const ATR: u8 = 4;
