//! Dates, numbers and names as Russian forms print them.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::Offset;

/// A line for the pen.
pub(super) const BLANK: &str = "____________________";

/// The authority's name as its papers print it.
pub(super) const AUTHORITY: &str = "ООО НПФ «Форус»";

/// Where papers are handed in.
pub(super) const OFFICES: [&str; 2] = [
    "664007, Российская Федерация, г. Иркутск, улица Партизанская, дом 49",
    "664011, Российская Федерация, г. Иркутск, улица Свердлова, дом 41, офис 1",
];

/// `«13» декабря 2018 г.`
pub(super) fn long_date(date: Date) -> String {
    const MONTHS: [&str; 12] = [
        "января",
        "февраля",
        "марта",
        "апреля",
        "мая",
        "июня",
        "июля",
        "августа",
        "сентября",
        "октября",
        "ноября",
        "декабря",
    ];
    let month = MONTHS[usize::from(date.month().unsigned_abs() - 1)];
    format!("«{:02}»\u{a0}{month} {}\u{a0}г.", date.day(), date.year())
}

/// `13.12.2018 09:20:00` in Irkutsk, eight hours ahead of UTC.
pub(super) fn moment(at: Timestamp) -> String {
    let local = Offset::constant(8).to_datetime(at);
    let (date, time) = (local.date(), local.time());
    let (hour, minute, second) = (time.hour(), time.minute(), time.second());
    format!(
        "{:02}.{:02}.{} {hour:02}:{minute:02}:{second:02}",
        date.day(),
        date.month(),
        date.year()
    )
}

/// `123-456-789 64`; anything but eleven digits as it came.
pub(super) fn snils(digits: &str) -> String {
    match digits.len() {
        11 if digits.is_ascii() => format!(
            "{}-{}-{} {}",
            &digits[..3],
            &digits[3..6],
            &digits[6..9],
            &digits[9..]
        ),
        _ => digits.to_owned(),
    }
}

/// `+7 900 000-00-00`; anything but eleven digits as it came.
pub(super) fn phone(digits: &str) -> String {
    match digits.len() {
        11 if digits.is_ascii() => {
            format!(
                "+{} {} {}-{}-{}",
                &digits[..1],
                &digits[1..4],
                &digits[4..7],
                &digits[7..9],
                &digits[9..]
            )
        }
        _ => digits.to_owned(),
    }
}

/// `Иванов И. И.` of surname and given names.
pub(super) fn initials(surname: &str, given_name: &str) -> String {
    let initials = given_name
        .split_whitespace()
        .filter_map(|name| name.chars().next());
    initials.fold(surname.to_owned(), |name, initial| {
        format!("{name}\u{a0}{initial}.")
    })
}

/// Octets in upper-case pairs, `per_line` to a line.
pub(super) fn pairs(octets: &[u8], per_line: usize) -> String {
    let line = |line: &[u8]| {
        line.iter()
            .map(|octet| format!("{octet:02X}"))
            .collect::<Vec<_>>()
            .join(" ")
    };
    octets
        .chunks(per_line)
        .map(line)
        .collect::<Vec<_>>()
        .join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_read_as_on_paper() {
        assert_eq!(
            long_date(jiff::civil::date(2018, 12, 13)),
            "«13»\u{a0}декабря 2018\u{a0}г."
        );
        assert_eq!(
            long_date(jiff::civil::date(2019, 1, 9)),
            "«09»\u{a0}января 2019\u{a0}г."
        );
        assert_eq!(
            moment("2018-12-13T01:20:00Z".parse().unwrap()),
            "13.12.2018 09:20:00"
        );
        assert_eq!(snils("12345678964"), "123-456-789 64");
        assert_eq!(snils("12"), "12");
        assert_eq!(phone("79000000000"), "+7 900 000-00-00");
        assert_eq!(
            initials("Иванов", "Иван Иванович"),
            "Иванов\u{a0}И.\u{a0}И."
        );
        assert_eq!(pairs(&[0, 0xAB, 0xFF], 2), "00 AB\nFF");
    }
}
