//! Ctrl-C: says that nothing is lost, and ends as any program ends by it.

#[cfg(unix)]
use std::io::IsTerminal as _;

#[cfg(unix)]
use rustix::termios::{self, Termios};

use crate::adapters::child::GROUPS;
use crate::adapters::terminal::talk;
use crate::messages::{Lang, Text};

/// From now on Ctrl-C, and being asked to end, are answered before the process ends of them. What was done is in the
/// journal at every moment, so there is nothing else to do but to end what was started.
#[cfg(unix)]
pub(super) fn is_told(words: Text, lang: Lang) {
    use signal_hook::consts::{SIGINT, SIGTERM};
    let Ok(mut signals) = signal_hook::iterator::Signals::new([SIGINT, SIGTERM]) else {
        return;
    };
    let terminal = termios::tcgetattr(std::io::stdin()).ok();
    std::thread::spawn(move || {
        if let Some(signal) = signals.forever().next() {
            talk(&format!("\n{}", words.of(lang)));
            GROUPS.stop();
            restore(terminal.as_ref());
            let _ = signal_hook::low_level::emulate_default_handler(signal);
        }
    });
}

/// A question hides the cursor, and one for a PIN what is typed: both are brought back.
#[cfg(unix)]
fn restore(terminal: Option<&Termios>) {
    if let Some(modes) = terminal {
        let _ = termios::tcsetattr(std::io::stdin(), termios::OptionalActions::Now, modes);
    }
    if std::io::stderr().is_terminal() {
        eprint!("{SHOW_CURSOR}");
    }
}

/// DECTCEM of the VT220.
#[cfg(unix)]
const SHOW_CURSOR: &str = "\x1b[?25h";

#[cfg(not(unix))]
pub(super) fn is_told(_words: Text, _lang: Lang) {}
