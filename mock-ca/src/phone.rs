//! Phone numbers as people write them.

/// Eleven digits from 7 on, whatever form they were written in; `None` when it is no Russian number.
///
/// Taken: `+7 900 000-00-00`, `8 (900) 000-00-00`, `79000000000`, `9000000000`.
pub(crate) fn normalised(written: &str) -> Option<String> {
    let punctuation = |c: char| c.is_whitespace() || "+-()‑–".contains(c);
    let digits: String = written
        .chars()
        .filter(|&c| !punctuation(c))
        .take(12)
        .collect();
    if !digits.bytes().all(|c| c.is_ascii_digit()) {
        return None;
    }
    match (digits.len(), digits.as_bytes().first()) {
        (11, Some(b'7' | b'8')) => Some(format!("7{}", &digits[1..])),
        (10, Some(b'9')) => Some(format!("7{digits}")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::normalised;

    #[test]
    fn every_usual_form_is_the_same_phone() {
        for written in [
            "+7 900 000-00-00",
            "8 (900) 000-00-00",
            "79000000000",
            "9000000000",
            " 8-900-000-00-00 ",
        ] {
            assert_eq!(
                normalised(written).as_deref(),
                Some("79000000000"),
                "{written}"
            );
        }
    }

    #[test]
    fn what_is_no_phone_is_refused() {
        for written in [
            "",
            "112",
            "+1 900 000 0000 0",
            "7900000000x",
            "790000000001",
            "１２３",
            "٧٩٠٠٠٠٠٠٠٠٠",
        ] {
            assert_eq!(normalised(written), None, "{written}");
        }
    }
}
