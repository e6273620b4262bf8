//! Ctrl-C: says that nothing is lost, and ends as any program ends by it.

use crate::adapters::child::GROUPS;
use crate::adapters::terminal::talk;
use crate::messages::{Lang, texts};

/// From now on Ctrl-C, and being asked to end, are answered before the process ends of them. What was done is in the
/// journal at every moment, so there is nothing else to do but to end what was started.
#[cfg(unix)]
pub(super) fn is_told(lang: Lang) {
    use signal_hook::consts::{SIGINT, SIGTERM};
    let Ok(mut signals) = signal_hook::iterator::Signals::new([SIGINT, SIGTERM]) else {
        return;
    };
    std::thread::spawn(move || {
        if let Some(signal) = signals.forever().next() {
            talk(&format!("\n{}", texts::interrupted().of(lang)));
            GROUPS.stop();
            let _ = signal_hook::low_level::emulate_default_handler(signal);
        }
    });
}

#[cfg(not(unix))]
pub(super) fn is_told(_lang: Lang) {}
