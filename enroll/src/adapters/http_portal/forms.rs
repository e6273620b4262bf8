//! From a page to what the engine asks about. An error is the name of what the page lacks.

use const_oid::ObjectIdentifier;
use gost3410::{Algorithm, ParameterSet};

use super::words;
use crate::adapters::browser::form::Field;
use crate::adapters::browser::label::{bracketed, first_in, same};
use crate::adapters::browser::page::Page;
use crate::ports::portal::{
    ApplicationCard, ApplicationRow, InstallForm, RequestForm, RequestedExtensions,
    SubjectAttribute,
};

/// Рис. 5.
pub(super) fn applications(page: &Page) -> Result<Vec<ApplicationRow>, String> {
    let table = page
        .tables
        .iter()
        .find(|table| table.column("ID").is_some() && table.column("Статус заявки").is_some());
    let table = table.ok_or("table with the columns «ID» and «Статус заявки»")?;
    let rows = table.rows.iter().skip(1).map(|row| {
        let cell = |heading| {
            table
                .column(heading)
                .and_then(|at| row.get(at))
                .cloned()
                .unwrap_or_default()
        };
        ApplicationRow {
            number: cell("ID"),
            date: cell("Дата"),
            status: cell("Статус заявки"),
            kind: cell("Тип заявки"),
            owner: cell("Владелец"),
            reason: cell("Причина"),
        }
    });
    Ok(rows.filter(|row| !row.number.is_empty()).collect())
}

/// Рис. 6, 15, 18.
pub(super) fn card(page: &Page) -> Result<ApplicationCard, String> {
    let lacking = || format!("«{}» with a number", words::NUMBER);
    let (_, after) = page.text.split_once(words::NUMBER).ok_or_else(lacking)?;
    let number: String = after
        .trim_start()
        .chars()
        .take_while(char::is_ascii_digit)
        .collect();
    if number.is_empty() {
        return Err(lacking());
    }
    Ok(ApplicationCard {
        number,
        status: first_in(&page.text, &STATUSES).map(str::to_owned),
        can_request: page.link(words::REQUEST_CERTIFICATE).is_some()
            || page.button(words::REQUEST_CERTIFICATE).is_some(),
        can_install: page.link(words::INSTALL_CERTIFICATE).is_some()
            || page.button(words::INSTALL_CERTIFICATE).is_some(),
        links: page.links.iter().map(|link| link.text.clone()).collect(),
    })
}

/// Рис. 7 and 8. What the page does not say is asked for as ЕГАИС takes it today: GOST R 34.10-2012 with 256 bits.
pub(super) fn request(page: &Page) -> Result<RequestForm, String> {
    expect_heading(page)?;
    expect_legible(page)?;
    let text = |label: &str| page.value_of(label).map(str::to_owned);
    let container =
        text(words::CONTAINER).ok_or_else(|| format!("field «{}»", words::CONTAINER))?;
    let algorithm = match text(words::ALGORITHM) {
        Some(value) => bracketed_oid(&value)
            .and_then(|oid| Algorithm::from_key_oid(&oid))
            .ok_or(unknown(&value))?,
        None => Algorithm::Gost2012_256,
    };
    let parameter_set = match text(words::PARAMETER_SET) {
        Some(value) => bracketed_oid(&value)
            .and_then(|oid| ParameterSet::from_oid(&oid))
            .ok_or(unknown(&value))?,
        None if algorithm == Algorithm::Gost2012_512 => ParameterSet::Tc26Gost512A,
        None => ParameterSet::CryptoProA,
    };
    Ok(RequestForm {
        container,
        key_pair: text(words::KEY_PAIR).unwrap_or_default(),
        subject: subject(page)?,
        algorithm,
        parameter_set,
        extensions: RequestedExtensions {
            key_usage: listed(text(words::KEY_USAGE)),
            extended_key_usage: oids(text(words::EXTENDED_KEY_USAGE))?,
            policies: oids(text(words::POLICIES))?,
            sign_tool: text(words::SIGN_TOOL).filter(|it| !it.is_empty()),
        },
        label_after_sending: text(words::LABEL_AFTER).filter(|it| !it.is_empty()),
    })
}

/// Рис. 16.
pub(super) fn install(page: &Page) -> Result<InstallForm, String> {
    expect_heading(page)?;
    let certificate_pem = page.value_of(words::CERTIFICATE_PEM).map(str::to_owned);
    Ok(InstallForm {
        key_pair: page
            .value_of(words::KEY_PAIR)
            .unwrap_or_default()
            .to_owned(),
        certificate_pem: certificate_pem
            .ok_or_else(|| format!("field «{}»", words::CERTIFICATE_PEM))?,
    })
}

/// What is asked for goes into the certificate letter for letter: octets that are no letters are not guessed at.
fn expect_legible(page: &Page) -> Result<(), String> {
    let mut fields = page.forms.iter().flat_map(|form| &form.fields);
    let illegible = |field: &&Field| {
        let texts = [&field.label, &field.value];
        texts
            .iter()
            .any(|text| text.contains(char::REPLACEMENT_CHARACTER))
    };
    match fields.find(illegible) {
        Some(field) => Err(format!("legible field «{}»", field.label)),
        None => Ok(()),
    }
}

fn expect_heading(page: &Page) -> Result<(), String> {
    let found = page
        .headings
        .iter()
        .any(|heading| same(heading, words::REQUEST_HEADING));
    if !found {
        return Err(format!("heading «{}»", words::REQUEST_HEADING));
    }
    match page.value_of(words::AUTHORISATION) {
        Some(value) if !same(value, "Успешно") => {
            Err(format!("«{}: Успешно»", words::AUTHORISATION))
        }
        _ => Ok(()),
    }
}

fn subject(page: &Page) -> Result<Vec<SubjectAttribute>, String> {
    let fields = page.forms.iter().flat_map(|form| &form.fields);
    let of_subject = |field: &&Field| {
        field
            .legend
            .as_deref()
            .is_some_and(|legend| same(legend, words::SUBJECT))
    };
    let read = fields.filter(of_subject).map(|field| {
        let (label, oid) = bracketed(&field.label).ok_or_else(|| unknown(&field.label))?;
        let oid = ObjectIdentifier::new(&oid).map_err(|_| unknown(&field.label))?;
        Ok(SubjectAttribute {
            oid,
            label,
            value: field.value.clone(),
        })
    });
    let subject = read.collect::<Result<Vec<_>, String>>()?;
    if subject.is_empty() {
        Err(format!("fields under «{}»", words::SUBJECT))
    } else {
        Ok(subject)
    }
}

fn bracketed_oid(text: &str) -> Option<ObjectIdentifier> {
    ObjectIdentifier::new(&bracketed(text)?.1).ok()
}

fn listed(text: Option<String>) -> Vec<String> {
    let parts = text.unwrap_or_default();
    parts
        .split([',', ';'])
        .map(|part| part.trim().to_owned())
        .filter(|part| !part.is_empty())
        .collect()
}

/// Dotted numbers, each alone or in brackets after its name.
fn oids(text: Option<String>) -> Result<Vec<ObjectIdentifier>, String> {
    let parts = listed(text).into_iter();
    parts
        .map(|part| {
            ObjectIdentifier::new(&part)
                .ok()
                .or_else(|| bracketed_oid(&part))
                .ok_or(unknown(&part))
        })
        .collect()
}

fn unknown(value: &str) -> String {
    format!("value this program knows, but «{value}»")
}

/// Status words of the card: the first is the seed's, the others are assumed.
const STATUSES: [&str; 6] = [
    "Запрос отправлен",
    "Сертификат заказан",
    "Сертификат выпущен",
    "Сертификат установлен",
    "Отказано",
    "Принято",
];
