//! The subject of a request against the application: every field, each exactly once, in any order.

use der::asn1::ObjectIdentifier;

use super::{Refusal, identifiers, oids};
use crate::application::SubjectField;

/// Compares and then checks the numbers themselves, so that a slip in the application is caught as well.
///
/// Order does not matter: the authority writes the certificate's name from its own record.
pub(super) fn check(
    asked: &[(ObjectIdentifier, String)],
    expected: &[SubjectField],
) -> Result<(), Refusal> {
    for (position, (oid, value)) in asked.iter().enumerate() {
        if asked[..position].iter().any(|(earlier, _)| earlier == oid) {
            return Err(Refusal::RepeatedField {
                label: label(oid, expected),
            });
        }
        check_value(oid, value, expected)?;
    }
    for field in expected {
        match asked.iter().find(|(oid, _)| *oid == field.oid) {
            None => {
                return Err(Refusal::MissingField {
                    label: field.label.clone(),
                    expected: field.value.clone(),
                });
            }
            Some((_, got)) if *got != field.value => return Err(differs(field, got)),
            Some(_) => {}
        }
    }
    match asked
        .iter()
        .find(|(oid, _)| expected.iter().all(|field| field.oid != *oid))
    {
        Some((oid, got)) => Err(Refusal::UnexpectedField {
            label: label(oid, expected),
            got: got.clone(),
        }),
        None => Ok(()),
    }
}

fn differs(field: &SubjectField, got: &str) -> Refusal {
    Refusal::FieldDiffers {
        label: field.label.clone(),
        expected: field.value.clone(),
        got: got.to_owned(),
    }
}

fn check_value(
    oid: &ObjectIdentifier,
    value: &str,
    expected: &[SubjectField],
) -> Result<(), Refusal> {
    let holds = match *oid {
        oids::INN => identifiers::is_inn_attribute(value),
        oids::OGRN => identifiers::is_ogrn(value),
        oids::OGRNIP => identifiers::is_ogrnip(value),
        oids::SNILS => identifiers::is_snils(value),
        oids::UNSTRUCTURED_NAME if !is_kpp_field(value) => {
            return Err(Refusal::Kpp {
                got: value.to_owned(),
            });
        }
        _ => true,
    };
    if holds {
        Ok(())
    } else {
        Err(Refusal::Identifier {
            label: label(oid, expected),
            got: value.to_owned(),
        })
    }
}

/// `КПП=` in Cyrillic and a КПП; a sole trader has none, and writes nothing after the sign.
fn is_kpp_field(value: &str) -> bool {
    value
        .strip_prefix("КПП=")
        .is_some_and(|kpp| kpp.is_empty() || identifiers::is_kpp(kpp))
}

fn label(oid: &ObjectIdentifier, expected: &[SubjectField]) -> String {
    let own = expected
        .iter()
        .find(|field| field.oid == *oid)
        .map(|field| field.label.as_str());
    own.or_else(|| oids::label(oid))
        .map_or_else(|| oid.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::application::Application;
    use crate::ca::Profile;

    fn expected() -> Vec<SubjectField> {
        Application::sample(Profile::named("forus-2018").unwrap()).subject
    }

    fn checked(change: impl FnOnce(&mut Vec<(ObjectIdentifier, String)>)) -> Result<(), Refusal> {
        let expected = expected();
        let mut asked = expected
            .iter()
            .map(|field| (field.oid, field.value.clone()))
            .collect();
        change(&mut asked);
        check(&asked, &expected)
    }

    fn with(oid: ObjectIdentifier, value: &str) -> Result<(), Refusal> {
        checked(|asked| asked.iter_mut().find(|(one, _)| *one == oid).unwrap().1 = value.into())
    }

    #[test]
    fn the_applications_own_subject_passes_in_any_order() {
        assert_eq!(checked(|_| ()), Ok(()));
        assert_eq!(checked(|asked| asked.reverse()), Ok(()));
    }

    #[test]
    fn each_field_is_compared() {
        for field in expected() {
            assert!(with(field.oid, "Я").is_err(), "{}", field.label);
            let gone = checked(|asked| asked.retain(|(oid, _)| *oid != field.oid));
            assert!(
                matches!(gone, Err(Refusal::MissingField { .. })),
                "{}",
                field.label
            );
        }
    }

    #[test]
    fn numbers_with_wrong_check_digits_are_named() {
        for (oid, label, value) in [
            (oids::INN, "ИНН", "003812009998"),
            (oids::INN, "ИНН", "3812009997"),
            (oids::OGRN, "ОГРН", "1183850999992"),
            (oids::SNILS, "СНИЛС", "12345678965"),
            (oids::SNILS, "СНИЛС", "123-456-789 64"),
        ] {
            assert_eq!(
                with(oid, value),
                Err(Refusal::Identifier {
                    label: label.into(),
                    got: value.into()
                })
            );
        }
    }

    #[test]
    fn kpp_in_latin_letters_is_refused_with_the_reason() {
        for value in [
            "KПП=381201001",
            "KPP=381201001",
            "КПП=38120100",
            "381201001",
        ] {
            assert_eq!(
                with(oids::UNSTRUCTURED_NAME, value),
                Err(Refusal::Kpp { got: value.into() })
            );
        }
    }

    #[test]
    fn repeated_and_unknown_fields_are_refused() {
        let twice = checked(|asked| asked.push(asked[0].clone()));
        assert_eq!(
            twice,
            Err(Refusal::RepeatedField {
                label: "Общее имя".into()
            })
        );
        let extra = checked(|asked| asked.push((oids::ORGANISATIONAL_UNIT, "Магазин № 1".into())));
        let expected = Refusal::UnexpectedField {
            label: "Подразделение".into(),
            got: "Магазин № 1".into(),
        };
        assert_eq!(extra, Err(expected));
    }

    #[test]
    fn texts_say_what_differs_and_what_to_do() {
        let refusal = with(oids::LOCALITY, "г. Ангарск").unwrap_err().to_string();
        for part in [
            "Населённый пункт",
            "г. Ангарск",
            "г. Иркутск",
            "Сформируйте",
        ] {
            assert!(refusal.contains(part), "{refusal}");
        }
    }
}
