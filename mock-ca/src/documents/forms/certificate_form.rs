//! Печатная форма сертификата: the certificate on paper, read from its DER.

use der::{Decode, Encode};
use x509_cert::Certificate;

use super::words::long_date;
use super::{DocumentData, Row, Sheet, decoded, owner_signs, seal_and_date};

pub(super) fn fill(sheet: &mut Sheet, data: &DocumentData<'_>) {
    let application = data.application;
    sheet.title(
        "СЕРТИФИКАТ КЛЮЧА ПРОВЕРКИ ЭЛЕКТРОННОЙ ПОДПИСИ",
        "копия на бумажном носителе",
    );
    sheet.edges(
        &format!("Заявка № {}", application.number),
        &long_date(data.date),
    );
    sheet.paragraph(&format!(
        "Владелец сертификата: {}, {}.",
        application.owner, application.organisation.name
    ));
    match data
        .certificate_der
        .map(|der| (der, Certificate::from_der(der)))
    {
        Some((der, Ok(certificate))) => sheet.table(&rows(der, &certificate)),
        Some((_, Err(error))) => sheet.paragraph(&format!("Сертификат не прочитан: {error}.")),
        None => sheet.paragraph("Сертификат по этой заявке ещё не выпущен."),
    }
    sheet.heading("Владелец сертификата");
    owner_signs(sheet, data);
    sheet.heading("Удостоверяющий центр");
    sheet.signature("Оператор", &application.author);
    seal_and_date(sheet, data);
}

fn rows(der: &[u8], certificate: &Certificate) -> Vec<Row> {
    let body = certificate.tbs_certificate();
    let mut rows = vec![
        Row::section("1. Сертификат"),
        Row::pair("Версия", "3"),
        Row::fixed(
            "Серийный номер",
            hex::encode_upper(body.serial_number().as_bytes()),
        ),
        Row::pair("Действителен с", decoded::time(&body.validity().not_before)),
        Row::pair("Действителен по", decoded::time(&body.validity().not_after)),
        Row::fixed("Отпечаток (SHA-1)", decoded::fingerprint(der)),
        Row::section("2. Издатель (Issuer)"),
    ];
    rows.extend(decoded::name_rows(body.issuer()));
    rows.push(Row::section("3. Владелец (Subject)"));
    rows.extend(decoded::name_rows(body.subject()));
    rows.push(Row::section("4. Ключ проверки электронной подписи"));
    rows.extend(decoded::key_rows(
        &body.subject_public_key_info().to_der().unwrap_or_default(),
    ));
    rows.push(Row::section("5. Расширения"));
    rows.extend(decoded::extension_rows(
        body.extensions().map_or(&[], |all| all.as_slice()),
    ));
    rows.push(Row::section("6. Подпись Удостоверяющего центра"));
    rows.extend(decoded::signature_rows(
        &certificate.signature_algorithm().oid,
        certificate.signature().raw_bytes(),
    ));
    rows
}
