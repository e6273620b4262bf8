//! Moments that others named, and counting on from them without end.

use core::time::Duration;

use jiff::Timestamp;

/// Whether a moment that somebody else named can be meant: a year from 2000 to 2099. A header or a line of a journal
/// may name any up to the year 9999, and counting on from the last of them leads nowhere.
pub(crate) fn is_credible(at: Timestamp) -> bool {
    (YEAR_2000..YEAR_2100).contains(&at.as_second())
}

/// The moment that comes `by` after `at`; the last there is where none does.
pub(crate) fn later(at: Timestamp, by: Duration) -> Timestamp {
    at.saturating_add(by).unwrap_or(Timestamp::MAX)
}

/// 2000-01-01T00:00:00Z in seconds since 1970.
const YEAR_2000: i64 = 946_684_800;
/// 2100-01-01T00:00:00Z in seconds since 1970.
const YEAR_2100: i64 = 4_102_444_800;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_of_this_century_is_credible_and_no_other() {
        let credible = |text: &str| is_credible(text.parse().expect("a moment"));
        for text in [
            "2000-01-01T00:00:00Z",
            "2018-12-13T01:00:00Z",
            "2099-12-31T23:59:59Z",
        ] {
            assert!(credible(text), "{text}");
        }
        for text in [
            "1999-12-31T23:59:59Z",
            "2100-01-01T00:00:00Z",
            "9999-12-30T21:59:59Z",
        ] {
            assert!(!credible(text), "{text}");
        }
    }

    #[test]
    fn nothing_comes_after_the_last_moment() {
        assert_eq!(later(Timestamp::MAX, Duration::MAX), Timestamp::MAX);
        let text = "2018-12-13T01:00:00Z".parse().expect("a moment");
        let minute_later = later(text, Duration::from_mins(1));
        assert_eq!(minute_later.to_string(), "2018-12-13T01:01:00Z");
    }
}
