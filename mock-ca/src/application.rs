//! An applicant's order as the authority's operator entered it: what the portal shows, the authority compares a
//! request with and the printed forms quote.
//!
//! Plain data. Nothing here knows pages, certificates' bytes or paper.

use der::asn1::ObjectIdentifier;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::ca::{Profile, identifiers, oids};

/// One order («Заявка») of the portal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Application {
    /// The portal's number, «ID».
    pub number: u32,
    /// The day it was entered, in Irkutsk.
    pub date: Date,
    /// The applicant's mobile phone: eleven digits from 7 on, no plus.
    pub phone: String,
    /// «Тип заявки».
    pub kind: String,
    /// «Тариф»; empty in the manual's figures.
    pub tariff: String,
    /// «Владелец»: surname, name and patronymic of the certificate's owner.
    pub owner: String,
    /// «Причина».
    pub reason: String,
    /// «Автор»: the operator who entered it.
    pub author: String,
    /// «Имя контейнера»: the label the new key pair gets on the token.
    pub container: String,
    /// Whom the certificate is for.
    pub organisation: Organisation,
    /// Who signs for it.
    pub representative: Representative,
    /// The certificate's subject, in its order: shown on the page, compared with the request, written by the authority.
    pub subject: Vec<SubjectField>,
    /// What the authority asks of the key and puts into the certificate.
    pub profile: Profile,
}

/// A legal entity as the state registers know it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Organisation {
    /// Short name with its legal form.
    pub name: String,
    /// ИНН as on paper: ten digits.
    pub inn: String,
    /// КПП of the place of business: nine characters.
    pub kpp: String,
    /// ОГРН: thirteen digits.
    pub ogrn: String,
    /// Region as a certificate names it: two digits, a space, the name.
    pub region: String,
    /// Settlement.
    pub locality: String,
    /// Street and house.
    pub street: String,
}

/// The natural person who acts for the organisation and owns the certificate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Representative {
    /// «Фамилия».
    pub surname: String,
    /// «Имя и отчество».
    pub given_name: String,
    /// СНИЛС: eleven digits without separators.
    pub snils: String,
    /// «Должность».
    pub post: String,
    /// E-mail address, ASCII.
    pub email: String,
}

/// One attribute of the subject.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SubjectField {
    /// The attribute's type.
    #[serde(with = "oids::dotted")]
    pub oid: ObjectIdentifier,
    /// What a Russian form calls it.
    pub label: String,
    /// The value exactly as the certificate holds it.
    pub value: String,
}

impl Application {
    /// Application 722318 of the manual's figures, completed with the sample data.
    pub fn sample(profile: Profile) -> Self {
        Self::numbered(0, profile)
    }

    /// The `n`-th further applicant: the sample with other numbers, all of them with valid check digits. The 0th is the sample itself.
    pub fn numbered(n: u32, profile: Profile) -> Self {
        let organisation = Organisation::numbered(n);
        let representative = Representative::numbered(n);
        Self {
            number: 722_318_u32.wrapping_add(n),
            date: jiff::civil::date(2018, 12, 13),
            phone: format!("79{:09}", u64::from(n) % 1_000_000_000),
            kind: "ЕГАИС".into(),
            tariff: String::new(),
            owner: representative.full_name(),
            reason: "Новый пользователь".into(),
            author: "Андрей Кузьменко".into(),
            container: organisation.container_name(),
            subject: Self::usual_subject(&organisation, &representative),
            organisation,
            representative,
            profile,
        }
    }
}

impl Application {
    /// What the pair is called after the request was sent, when the profile has it renamed.
    pub(crate) fn label_after_sending(&self) -> Option<String> {
        let renamed = self.profile.relabel;
        renamed.then(|| format!("ЕГАИС_{}", self.number))
    }

    /// The subject of an organisation's certificate, in the authority's usual order.
    pub(crate) fn usual_subject(
        organisation: &Organisation,
        representative: &Representative,
    ) -> Vec<SubjectField> {
        subject(organisation, representative)
    }
}

impl Organisation {
    fn numbered(n: u32) -> Self {
        let suffix = if n == 0 {
            String::new()
        } else {
            format!(" {n}")
        };
        Self {
            name: format!("ООО «Тестовая организация{suffix}»"),
            inn: identifiers::complete_inn10(&format!("38{:07}", below_ten_million(1_200_999, n))),
            kpp: "381201001".into(),
            ogrn: identifiers::complete_ogrn(&format!(
                "11838{:07}",
                below_ten_million(5_099_999, n)
            )),
            region: "38 Иркутская область".into(),
            locality: "г. Иркутск".into(),
            street: "ул. Ленина, д. 1".into(),
        }
    }

    /// «Имя контейнера»: the name without its quotes.
    pub(crate) fn container_name(&self) -> String {
        self.name.replace(['«', '»'], "")
    }

    /// The address in one line, as a form prints it.
    pub fn address(&self) -> String {
        let region = self
            .region
            .trim_start_matches(|c: char| c.is_ascii_digit() || c == ' ');
        format!("{region}, {}, {}", self.locality, self.street)
    }
}

impl Representative {
    fn numbered(n: u32) -> Self {
        let suffix = if n == 0 { String::new() } else { n.to_string() };
        Self {
            surname: "Иванов".into(),
            given_name: "Иван Иванович".into(),
            snils: identifiers::complete_snils(&format!(
                "12{:07}",
                below_ten_million(3_456_789, n)
            )),
            post: "Директор".into(),
            email: format!("ivanov{suffix}@organisation.test"),
        }
    }
}

impl Representative {
    /// Surname, name and patronymic.
    pub(crate) fn full_name(&self) -> String {
        format!("{} {}", self.surname, self.given_name)
    }
}

fn below_ten_million(first: u32, n: u32) -> u64 {
    (u64::from(first) + u64::from(n)) % 10_000_000
}

/// The default order of attributes; the label of КПП says what the unstructured name holds.
fn subject(organisation: &Organisation, representative: &Representative) -> Vec<SubjectField> {
    [
        (oids::COMMON_NAME, "Общее имя", organisation.name.clone()),
        (oids::SURNAME, "Фамилия", representative.surname.clone()),
        (
            oids::GIVEN_NAME,
            "Имя и отчество",
            representative.given_name.clone(),
        ),
        (oids::COUNTRY, "Страна", "RU".into()),
        (oids::REGION, "Регион", organisation.region.clone()),
        (
            oids::LOCALITY,
            "Населённый пункт",
            organisation.locality.clone(),
        ),
        (oids::STREET, "Адрес", organisation.street.clone()),
        (oids::ORGANISATION, "Организация", organisation.name.clone()),
        (oids::TITLE, "Должность", representative.post.clone()),
        (oids::INN, "ИНН", format!("00{}", organisation.inn)),
        (oids::OGRN, "ОГРН", organisation.ogrn.clone()),
        (oids::SNILS, "СНИЛС", representative.snils.clone()),
        (
            oids::EMAIL,
            "Электронная почта",
            representative.email.clone(),
        ),
        (
            oids::UNSTRUCTURED_NAME,
            "Неструктурированное имя (КПП)",
            format!("КПП={}", organisation.kpp),
        ),
    ]
    .into_iter()
    .map(|(oid, label, value)| SubjectField {
        oid,
        label: label.into(),
        value,
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbered(n: u32) -> Application {
        Application::numbered(n, Profile::named("forus-2018").unwrap())
    }

    #[test]
    fn sample_is_the_application_of_the_manual() {
        let sample = numbered(0);
        assert_eq!(sample.number, 722_318);
        assert_eq!(sample.phone, "79000000000");
        assert_eq!(sample.owner, "Иванов Иван Иванович");
        assert_eq!(sample.container, "ООО Тестовая организация");
        assert_eq!(sample.organisation.inn, "3812009997");
        assert_eq!(sample.organisation.ogrn, "1183850999991");
        assert_eq!(sample.representative.snils, "12345678964");
    }

    #[test]
    fn further_applicants_have_numbers_of_their_own_that_check() {
        for n in [1, 2, 99, 12_345, u32::MAX] {
            let one = numbered(n);
            assert!(identifiers::is_inn10(&one.organisation.inn), "{n}");
            assert!(identifiers::is_ogrn(&one.organisation.ogrn), "{n}");
            assert!(identifiers::is_snils(&one.representative.snils), "{n}");
            assert_ne!(one.phone, numbered(n - 1).phone);
            assert_ne!(one.organisation.inn, numbered(n - 1).organisation.inn);
        }
    }

    #[test]
    fn an_application_survives_json() {
        let one = numbered(3);
        let text = serde_json::to_string(&one).unwrap();
        assert_eq!(serde_json::from_str::<Application>(&text).unwrap(), one);
    }
}
