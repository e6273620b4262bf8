//! Moments as certificates write them.

use std::time::Duration;

use der::DateTime;
use jiff::tz::Offset;
use jiff::{Span, Timestamp};
use x509_cert::time::Time;

/// UTCTime to 2049, GeneralizedTime after; a moment before 1970 counts as 1970.
pub(super) fn time(at: Timestamp) -> Time {
    Time::from(date_time(at))
}

/// The same moment for fields that are always GeneralizedTime.
pub(super) fn date_time(at: Timestamp) -> DateTime {
    let seconds = u64::try_from(at.as_second()).unwrap_or(0);
    DateTime::from_unix_duration(Duration::from_secs(seconds)).unwrap_or(DateTime::INFINITY)
}

/// The beginning of the minute, as the authority's software writes validity.
pub(super) fn minute(at: Timestamp) -> Timestamp {
    at - jiff::SignedDuration::from_secs(at.as_second().rem_euclid(60))
        - jiff::SignedDuration::from_nanos(at.subsec_nanosecond().into())
}

/// Calendar months later (negative: earlier) in UTC; at the end of the calendar, its last moment.
pub(super) fn months_later(at: Timestamp, months: i32) -> Timestamp {
    let later = Offset::UTC
        .to_datetime(at)
        .checked_add(Span::new().months(months));
    later
        .and_then(|later| Offset::UTC.to_timestamp(later))
        .unwrap_or(Timestamp::MAX)
}

/// 100-nanosecond ticks since 1601, as Windows counts: the head of a serial number.
pub(super) fn file_time(at: Timestamp) -> u64 {
    let ticks = at.as_nanosecond() / 100 + 116_444_736_000_000_000;
    u64::try_from(ticks).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn months_are_calendar_months() {
        assert_eq!(
            months_later(at("2018-12-13T01:00:00Z"), 15),
            at("2020-03-13T01:00:00Z")
        );
        assert_eq!(
            months_later(at("2019-11-30T01:00:00Z"), 3),
            at("2020-02-29T01:00:00Z")
        );
        assert_eq!(months_later(Timestamp::MAX, 15), Timestamp::MAX);
    }

    #[test]
    fn a_minute_begins_at_zero_seconds() {
        assert_eq!(
            minute(at("2018-12-13T01:02:59.999Z")),
            at("2018-12-13T01:02:00Z")
        );
        assert_eq!(
            minute(at("1969-12-31T23:59:30Z")),
            at("1969-12-31T23:59:00Z")
        );
    }

    #[test]
    fn file_time_counts_from_1601() {
        assert_eq!(file_time(at("1970-01-01T00:00:00Z")), 0x019D_B1DE_D53E_8000);
        assert_eq!(file_time(Timestamp::MIN), 0);
    }
}
