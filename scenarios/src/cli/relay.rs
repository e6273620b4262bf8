//! `scenarios relay`.

use std::net::SocketAddr;
use std::path::PathBuf;

use emulator::vpcd::{self, Event, Hand, Patience};
use enroll::adapters::system_clock::SystemClock;
use enroll::ports::Clock as _;
use scenarios::relay::{Bystander, Relayed, real};

use super::{unusable, unusable_file};

/// The token of a PC/SC reader appears in a virtual one (vsmartcard's), where any program may use it; every command and
/// answer goes into a recording, PINs masked, as it happens. `scenarios replay --side token --image FILE` then asks the
/// software token the same. Ends well on Ctrl-C.
///
/// While the virtual reader keeps the relayed token powered, other programs wait for the real one.
#[derive(clap::Args)]
#[command(after_help = "\
Exit codes: 0 ended by Ctrl-C, the file is whole; 2 no service, no reader, no token, or the file cannot be written.")]
pub(super) struct Relay {
    /// The reader of the real token, or what its name begins with.
    #[arg(long, value_name = "NAME")]
    reader: String,
    /// Where the virtual reader waits for its card, on this machine.
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:35963")]
    vpcd: SocketAddr,
    /// Where the recording goes.
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
}

impl Relay {
    pub(super) fn stand(&self) -> u8 {
        let (token, atr) = match real(&self.reader) {
            Ok(real) => real,
            Err(error) => return unusable(&error),
        };
        let clock = || SystemClock.now();
        let mut relayed = match Relayed::new(token, atr, &self.output, clock) {
            Ok(relayed) => relayed,
            Err(error) => return unusable_file(&self.output, &error),
        };
        let hand = Hand::default();
        if let Err(error) = stop_on_signals(&hand) {
            return unusable(&error);
        }
        let mut desk = Bystander::new(tell);
        let attached = vpcd::attach(&mut relayed, self.vpcd, Patience::Forever, &hand, &mut desk);
        let written = relayed.finish();
        if let Err(error) = attached {
            return unusable(&error);
        }
        match written {
            Ok(exchanges) => {
                eprintln!("{exchanges} exchanges in {}", self.output.display());
                0
            }
            Err(error) => unusable_file(&self.output, &error),
        }
    }
}

fn tell(event: Event) {
    match event {
        Event::Waiting(address) => eprintln!("waiting for a virtual reader at {address}"),
        Event::Attached(address) => eprintln!("relaying at {address}; Ctrl-C ends it"),
        Event::Detached(address) => eprintln!("out of the reader at {address}"),
    }
}

#[cfg(unix)]
fn stop_on_signals(hand: &Hand) -> std::io::Result<()> {
    use signal_hook::consts::{SIGINT, SIGTERM};
    let mut signals = signal_hook::iterator::Signals::new([SIGINT, SIGTERM])?;
    let hand = hand.clone();
    std::thread::spawn(move || {
        if signals.forever().next().is_some() {
            hand.stop();
        }
    });
    Ok(())
}

/// Elsewhere the program simply ends: each line is on disk already.
#[cfg(not(unix))]
fn stop_on_signals(_hand: &Hand) -> std::io::Result<()> {
    Ok(())
}
