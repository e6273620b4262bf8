//! What each of the seven papers says.
//!
//! No paper of the authority's own was at hand: the fields are those usual in regulations of accredited authorities of
//! 2018 (63-ФЗ articles 14, 17, 18), the wording is ours. Assumed throughout.

mod application_for_issue;
mod application_for_revocation;
mod certificate_form;
mod power_of_attorney;
mod receipt;
mod request_form;
mod security_guide;

use der::Decode;
use x509_cert::Certificate;

use super::layout::{Row, Sheet};
use super::words::{self, BLANK, phone, snils};
use super::{Document, DocumentData, decoded};
use crate::application::Application;

/// Fills in a form.
pub(super) fn fill(document: Document, data: &DocumentData<'_>) -> Sheet {
    let mut sheet = Sheet::default();
    sheet.turn();
    let form = match document {
        Document::ApplicationForIssue => application_for_issue::fill,
        Document::Receipt => receipt::fill,
        Document::SecurityGuide => security_guide::fill,
        Document::ApplicationForRevocation => application_for_revocation::fill,
        Document::PowerOfAttorney => power_of_attorney::fill,
        Document::RequestForm => request_form::fill,
        Document::CertificateForm => certificate_form::fill,
    };
    form(&mut sheet, data);
    sheet
}

/// Head of a letter to the authority.
const ADDRESSEE: &str =
    "В Удостоверяющий центр\nООО НПФ «Форус»\n664011, г. Иркутск, улица Свердлова,\nдом 41, офис 1";

/// A person's passport, left to the pen.
const PASSPORT: &str = "серия ________ № ______________\n\
    выдан ______________________________________\n\
    «____» ______________ ______ г., код подразделения ________";

fn organisation_rows(application: &Application) -> Vec<Row> {
    let organisation = &application.organisation;
    vec![
        Row::pair("Наименование организации", &organisation.name),
        Row::pair("ИНН", &organisation.inn),
        Row::pair("КПП", &organisation.kpp),
        Row::pair("ОГРН", &organisation.ogrn),
        Row::pair("Адрес места нахождения", organisation.address()),
    ]
}

fn owner_rows(application: &Application) -> Vec<Row> {
    let representative = &application.representative;
    vec![
        Row::pair("Фамилия, имя, отчество", &application.owner),
        Row::pair("Должность", &representative.post),
        Row::pair("СНИЛС", snils(&representative.snils)),
        Row::pair("Телефон", phone(&application.phone)),
        Row::pair("Адрес электронной почты", &representative.email),
    ]
}

/// What a paper quotes of a certificate; lines for the pen while there is none.
struct Quoted {
    serial: String,
    from: String,
    until: String,
    issuer: String,
}

impl Quoted {
    fn from(data: &DocumentData<'_>) -> Self {
        match data
            .certificate_der
            .and_then(|der| Certificate::from_der(der).ok())
        {
            Some(certificate) => Self::of(&certificate),
            None => Self {
                serial: BLANK.into(),
                from: BLANK.into(),
                until: BLANK.into(),
                issuer: words::AUTHORITY.into(),
            },
        }
    }

    fn of(certificate: &Certificate) -> Self {
        let body = certificate.tbs_certificate();
        let issuer = crate::ca::name::read(body.issuer()).unwrap_or_default();
        let common = issuer
            .into_iter()
            .find(|(oid, _)| *oid == crate::ca::oids::COMMON_NAME);
        Self {
            serial: hex::encode_upper(body.serial_number().as_bytes()),
            from: decoded::time(&body.validity().not_before),
            until: decoded::time(&body.validity().not_after),
            issuer: common.map_or_else(|| words::AUTHORITY.into(), |(_, name)| name),
        }
    }

    fn rows(self) -> Vec<Row> {
        vec![
            Row::pair("Серийный номер сертификата", self.serial),
            Row::pair("Действует с", self.from),
            Row::pair("Действует по", self.until),
            Row::pair("Издатель", self.issuer),
        ]
    }
}

fn owner_signs(sheet: &mut Sheet, data: &DocumentData<'_>) {
    let representative = &data.application.representative;
    let name = words::initials(&representative.surname, &representative.given_name);
    sheet.signature(&representative.post, &name);
}

fn seal_and_date(sheet: &mut Sheet, data: &DocumentData<'_>) {
    sheet.gap(6.0);
    sheet.edges("М.П.", &words::long_date(data.date));
}

fn offices(sheet: &mut Sheet, what: &str) {
    sheet.paragraph(&format!(
        "{what} необходимо передать в офис {} по одному из следующих адресов:",
        words::AUTHORITY
    ));
    words::OFFICES
        .iter()
        .for_each(|office| sheet.item("–", office));
}
