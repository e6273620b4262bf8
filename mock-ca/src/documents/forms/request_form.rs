//! Печатная форма запроса: the request on paper, read from its DER.

use super::words::long_date;
use super::{DocumentData, Row, Sheet, decoded, owner_signs, seal_and_date};
use crate::ca::request::Request;

pub(super) fn fill(sheet: &mut Sheet, data: &DocumentData<'_>) {
    let application = data.application;
    sheet.title(
        "ПЕЧАТНАЯ ФОРМА ЗАПРОСА",
        "на сертификат ключа проверки электронной подписи (PKCS#10)",
    );
    sheet.edges(
        &format!("Заявка № {}", application.number),
        &long_date(data.date),
    );
    sheet.paragraph(&format!(
        "Владелец сертификата: {}, {}.",
        application.owner, application.organisation.name
    ));
    match data.request_der.map(|der| (der, Request::from_der(der))) {
        Some((der, Ok(request))) => sheet.table(&rows(der, &request)),
        Some((_, Err(refusal))) => sheet.paragraph(&refusal.to_string()),
        None => sheet.paragraph("Запрос по этой заявке ещё не сформирован."),
    }
    sheet.paragraph("Ключ проверки электронной подписи в запросе соответствует ключу электронной подписи, которым я владею.");
    sheet.reserve(90.0);
    owner_signs(sheet, data);
    seal_and_date(sheet, data);
}

fn rows(der: &[u8], request: &Request) -> Vec<Row> {
    let mut rows = vec![
        Row::section("1. Запрос"),
        Row::pair("Версия", request.version.to_string()),
        Row::fixed("Отпечаток запроса (SHA-1)", decoded::fingerprint(der)),
        Row::section("2. Владелец (Subject)"),
    ];
    rows.extend(decoded::name_rows(&request.subject));
    rows.push(Row::section("3. Ключ проверки электронной подписи"));
    rows.extend(decoded::key_rows(&request.public_key));
    rows.push(Row::section("4. Запрашиваемые расширения"));
    rows.extend(decoded::extension_rows(&request.extensions));
    rows.push(Row::section("5. Подпись запроса"));
    rows.extend(decoded::signature_rows(
        &request.signature_algorithm,
        &request.signature,
    ));
    rows
}
