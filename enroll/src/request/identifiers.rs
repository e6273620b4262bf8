//! Russian identifiers in a subject: lengths and check digits, as the state registers define them.
//!
//! Source: the rules for ИНН, ОГРН, ОГРНИП, СНИЛС, run over the subjects of 2403 published certificates.

use super::{FieldProblem, RequestError};
use crate::name::attribute_type;
use crate::ports::portal::SubjectAttribute;

/// Whether a value is long enough, short enough and adds up.
pub(super) fn check(field: &SubjectAttribute) -> Result<(), RequestError> {
    let known = attribute_type(&field.oid);
    let why = match (
        known.map(|known| known.name),
        known.map(|known| known.limit),
    ) {
        _ if field.value.is_empty() => FieldProblem::Empty,
        (_, Some(limit)) if field.value.chars().count() > limit => FieldProblem::TooLong,
        (Some("C"), _) if field.value.len() != 2 => FieldProblem::Country,
        (Some("INN"), _) if !is_inn(&field.value) => FieldProblem::Inn,
        (Some("INNLE"), _) if !is_inn_of_entity(&field.value) => FieldProblem::Inn,
        (Some("OGRN"), _) if !is_ogrn(&field.value) => FieldProblem::Ogrn,
        (Some("OGRNIP"), _) if !is_ogrnip(&field.value) => FieldProblem::Ogrnip,
        (Some("SNILS"), _) if !is_snils(&field.value) => FieldProblem::Snils,
        (Some("UN"), _) if !is_kpp(&field.value) => FieldProblem::Kpp,
        _ => return Ok(()),
    };
    Err(RequestError::Field {
        label: field.label.clone(),
        oid: field.oid,
        why,
    })
}

/// Twelve digits: `00` and the ten of a legal entity, or the twelve of a person. The prefix decides, since some
/// padded numbers pass the other test by chance.
fn is_inn(text: &str) -> bool {
    match text.strip_prefix("00") {
        Some(entity) => is_inn_of_entity(entity),
        None => digits::<12>(text).is_some_and(|d| {
            inn_digit(&d[..10], &[7, 2, 4, 10, 3, 5, 9, 4, 6, 8]) == d[10]
                && inn_digit(&d[..11], &[3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8]) == d[11]
        }),
    }
}

fn is_inn_of_entity(text: &str) -> bool {
    digits::<10>(text).is_some_and(|d| inn_digit(&d[..9], &[2, 4, 10, 3, 5, 9, 4, 6, 8]) == d[9])
}

fn inn_digit(digits: &[u64], weights: &[u64]) -> u64 {
    digits
        .iter()
        .zip(weights)
        .map(|(digit, weight)| digit * weight)
        .sum::<u64>()
        % 11
        % 10
}

fn is_ogrn(text: &str) -> bool {
    digits::<13>(text).is_some_and(|d| matches!(d[0], 1 | 5) && number(&d[..12]) % 11 % 10 == d[12])
}

fn is_ogrnip(text: &str) -> bool {
    digits::<15>(text).is_some_and(|d| matches!(d[0], 3 | 4) && number(&d[..14]) % 13 % 10 == d[14])
}

/// Numbers up to 001-001-998 have no check number.
fn is_snils(text: &str) -> bool {
    digits::<11>(text).is_some_and(|d| {
        let sum: u64 = d[..9]
            .iter()
            .zip((1..=9).rev())
            .map(|(digit, weight)| digit * weight)
            .sum();
        number(&d[..9]) <= 1_001_998 || sum % 101 % 100 == number(&d[9..])
    })
}

/// `КПП=` in Cyrillic letters and nine characters, or none for a sole trader; other forms of the attribute are not ours to
/// judge, but look-alike Latin letters are.
fn is_kpp(text: &str) -> bool {
    let Some((prefix, kpp)) = text.split_once('=') else {
        return true;
    };
    let shape = |(at, c): (usize, char)| {
        c.is_ascii_digit() || (matches!(at, 4 | 5) && c.is_ascii_uppercase())
    };
    match prefix {
        "КПП" => {
            kpp.is_empty() || (kpp.chars().count() == 9 && kpp.chars().enumerate().all(shape))
        }
        _ => !prefix.replace('K', "К").eq_ignore_ascii_case("КПП"),
    }
}

/// Exactly `N` ASCII digits, not all zero: zeros pass every check sum.
fn digits<const N: usize>(text: &str) -> Option<[u64; N]> {
    let values: Vec<u64> = text
        .chars()
        .map(|c| c.to_digit(10).map(u64::from))
        .collect::<Option<_>>()?;
    values
        .try_into()
        .ok()
        .filter(|digits: &[u64; N]| digits.iter().any(|digit| *digit != 0))
}

fn number(digits: &[u64]) -> u64 {
    digits.iter().fold(0, |number, digit| number * 10 + digit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_with_right_check_digits_pass() {
        assert!(
            [
                "003812023430",
                "003812009997",
                "500100732259",
                "381200999197"
            ]
            .iter()
            .all(|it| is_inn(it))
        );
        assert!(
            [
                "1027700132195",
                "1023801752633",
                "5155002560499",
                "1183850999991"
            ]
            .iter()
            .all(|it| is_ogrn(it))
        );
        assert!(
            ["304500116000157", "318385000099997"]
                .iter()
                .all(|it| is_ogrnip(it))
        );
        assert!(
            ["11223344595", "08765430300", "12345678964"]
                .iter()
                .all(|it| is_snils(it))
        );
    }

    #[test]
    fn a_kpp_is_nine_characters_after_cyrillic_letters() {
        assert!(
            [
                "КПП=381201001",
                "КПП=38124A001",
                "КПП=",
                "007810225534/781001001"
            ]
            .iter()
            .all(|it| is_kpp(it))
        );
        assert!(
            ["КПП=38120100", "КПП=38124а001", "KПП=381201001"]
                .iter()
                .all(|it| !is_kpp(it))
        );
    }

    #[test]
    fn numbers_with_wrong_digits_or_lengths_are_refused() {
        let wrong = [
            "003812023431",
            "3812023430",
            "500100732250",
            "500100732269",
            "000000000000",
            "٠٠3812023430",
        ];
        assert!(wrong.iter().all(|it| !is_inn(it)));
        assert!(!is_ogrn("1027700132196") && !is_ogrn("0000000000000") && !is_ogrn("102770013219"));
        assert!(!is_ogrnip("304500116000158"));
        assert!(
            !is_snils("11223344596") && !is_snils("112-233-445 95") && !is_snils("00000000000")
        );
    }
}
