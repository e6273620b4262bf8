//! Check digits of the Russian registers' numbers.
//!
//! Every test wants ASCII digits only, and refuses all zeros, which pass the arithmetic of every checksum.

/// ИНН of a legal entity: ten digits.
pub fn is_inn10(text: &str) -> bool {
    digits::<10>(text).is_some_and(|d| d[9] == inn_check(&d[..9], &INN10))
}

/// ИНН of a natural person: twelve digits, not a legal entity's padded with `00`.
pub fn is_inn12(text: &str) -> bool {
    digits::<12>(text).is_some_and(|d| {
        d[..2] != [0, 0]
            && d[10] == inn_check(&d[..10], &INN12_FIRST)
            && d[11] == inn_check(&d[..11], &INN12_SECOND)
    })
}

/// The INN attribute before September 2021: a padded ИНН of a legal entity, or one of a person.
///
/// The prefix decides first: one padded number in thirteen passes the twelve-digit test by chance.
pub fn is_inn_attribute(text: &str) -> bool {
    match text.strip_prefix("00") {
        Some(inn10) => is_inn10(inn10),
        None => is_inn12(text),
    }
}

/// ОГРН of a legal entity: thirteen digits, the first 1 or 5.
pub fn is_ogrn(text: &str) -> bool {
    digits::<13>(text)
        .is_some_and(|d| [1, 5].contains(&d[0]) && d[12] == number(&d[..12]) % 11 % 10)
}

/// ОГРНИП of a sole trader: fifteen digits, the first 3 or 4.
pub fn is_ogrnip(text: &str) -> bool {
    digits::<15>(text)
        .is_some_and(|d| [3, 4].contains(&d[0]) && d[14] == number(&d[..14]) % 13 % 10)
}

/// СНИЛС: eleven digits without separators. Numbers up to 001-001-998 have no check number.
pub fn is_snils(text: &str) -> bool {
    digits::<11>(text).is_some_and(|d| {
        number(&d[..9]) <= SNILS_UNCHECKED || number(&d[9..]) == snils_check(&d[..9])
    })
}

/// КПП: tax office, two characters of reason, ordinal. It has no check digit.
pub fn is_kpp(text: &str) -> bool {
    let kpp = text.as_bytes();
    kpp.len() == 9
        && kpp[..4].iter().chain(&kpp[6..]).all(u8::is_ascii_digit)
        && kpp[4..6]
            .iter()
            .all(|c| c.is_ascii_digit() || c.is_ascii_uppercase())
        && kpp.iter().any(|&c| c != b'0')
}

/// Appends the check digit to the first nine digits of a legal entity's ИНН.
pub(crate) fn complete_inn10(first: &str) -> String {
    format!("{first}{}", inn_check(&values(first), &INN10))
}

/// Appends the check digit to the first twelve digits of an ОГРН.
pub(crate) fn complete_ogrn(first: &str) -> String {
    format!("{first}{}", number(&values(first)) % 11 % 10)
}

/// Appends the check number to the first nine digits of a СНИЛС.
pub(crate) fn complete_snils(first: &str) -> String {
    format!("{first}{:02}", snils_check(&values(first)))
}

/// Exactly `N` ASCII digits, not all of them zero.
fn digits<const N: usize>(text: &str) -> Option<[u64; N]> {
    let ascii = text.bytes().all(|c| c.is_ascii_digit());
    let values: [u64; N] = if ascii {
        values(text).try_into().ok()?
    } else {
        return None;
    };
    values.iter().any(|&d| d != 0).then_some(values)
}

fn values(ascii: &str) -> Vec<u64> {
    ascii
        .bytes()
        .map(|c| u64::from(c.wrapping_sub(b'0')))
        .collect()
}

fn number(digits: &[u64]) -> u64 {
    digits.iter().fold(0, |n, d| n * 10 + d)
}

fn weighted(digits: &[u64], weights: &[u64]) -> u64 {
    digits.iter().zip(weights).map(|(d, w)| d * w).sum()
}

fn inn_check(digits: &[u64], weights: &[u64]) -> u64 {
    weighted(digits, weights) % 11 % 10
}

fn snils_check(digits: &[u64]) -> u64 {
    weighted(digits, &SNILS) % 101 % 100
}

const INN10: [u64; 9] = [2, 4, 10, 3, 5, 9, 4, 6, 8];
const INN12_FIRST: [u64; 10] = [7, 2, 4, 10, 3, 5, 9, 4, 6, 8];
const INN12_SECOND: [u64; 11] = [3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8];
const SNILS: [u64; 9] = [9, 8, 7, 6, 5, 4, 3, 2, 1];
const SNILS_UNCHECKED: u64 = 1_001_998;

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    /// Checksum cases for Russian identifiers; `tests/vectors/README.md` says where they come from.
    const VECTORS: &str = include_str!("../../tests/vectors/identifiers.json");

    fn check(kind: &str, test: fn(&str) -> bool) {
        let vectors: Value = serde_json::from_str(VECTORS).unwrap();
        let cases = vectors["types"][kind]["cases"].as_array().unwrap();
        assert!(cases.len() > 4, "{kind}");
        for case in cases {
            let value = case["value"].as_str().unwrap();
            assert_eq!(
                test(value),
                case["valid"].as_bool().unwrap(),
                "{kind} {case}"
            );
        }
    }

    #[test]
    fn published_cases_are_told_apart() {
        check("inn10", is_inn10);
        check("inn12", is_inn12);
        check("inn_attribute_before_2021", is_inn_attribute);
        check("ogrn", is_ogrn);
        check("ogrnip", is_ogrnip);
        check("snils", is_snils);
        check("kpp", is_kpp);
    }

    #[test]
    fn all_zeros_are_refused_though_their_arithmetic_holds() {
        assert!(!is_inn10("0000000000"));
        assert!(!is_inn_attribute("000000000000"));
        assert!(!is_ogrn("0000000000000"));
        assert!(!is_snils("00000000000"));
        assert!(!is_kpp("000000000"));
    }
}
