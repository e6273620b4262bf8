//! `scenarios run --real-time`: waits that are waits, with what is left of a long one on the terminal.

use std::io::{self, IsTerminal as _, Write as _};
use std::time::Duration;

use enroll::messages::{self, Lang};
use scenarios::clock::Sleep;
use scenarios::lang::pick;

/// Waits are told of from here on, and told anew as often.
const A_SECOND: Duration = Duration::from_secs(1);

/// Sleeps in this machine's time, and tells in the reader's language what is waited for.
pub(super) fn sleep(lang: Lang) -> Sleep {
    match lang {
        Lang::Ru => |how_long, why| wait(how_long, &reason(why, Lang::Ru)),
        Lang::En => |how_long, why| wait(how_long, &reason(why, Lang::En)),
    }
}

fn reason(why: &str, lang: Lang) -> String {
    match why {
        "time passes" => pick(lang, "идёт время", "time passes").to_owned(),
        "the machine sleeps" => pick(lang, "машина спит", "the machine sleeps").to_owned(),
        why => messages::waiting(why, lang),
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "to wait is what was asked for; nothing kept of the run depends on it"
)]
fn wait(how_long: Duration, why: &str) {
    let is_told = how_long > A_SECOND && io::stderr().is_terminal();
    if !is_told {
        return std::thread::sleep(how_long);
    }
    let mut left = how_long;
    while !left.is_zero() {
        tell(&format!("\r\x1b[K{:>17}… {} ({why})", "", clock(left)));
        let next = left.min(A_SECOND);
        std::thread::sleep(next);
        left -= next;
    }
    tell("\r\x1b[K");
}

fn tell(text: &str) {
    let mut screen = io::stderr().lock();
    drop(screen.write_all(text.as_bytes()));
    drop(screen.flush());
}

/// `29:05`, or `1:00:00`.
fn clock(left: Duration) -> String {
    let secs = left.as_secs();
    let (hours, minutes, rest) = (secs / 3600, secs / 60 % 60, secs % 60);
    match hours {
        0 => format!("{minutes}:{rest:02}"),
        hours => format!("{hours}:{minutes:02}:{rest:02}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_is_told_as_clocks_do() {
        let told = [59, 1745, 3600].map(|secs| clock(Duration::from_secs(secs)));
        assert_eq!(told, ["0:59", "29:05", "1:00:00"]);
    }

    #[test]
    fn a_wait_is_told_in_the_readers_language() {
        assert_eq!(reason("time passes", Lang::Ru), "идёт время");
        assert_eq!(reason("time passes", Lang::En), "time passes");
    }
}
