//! Доверенность на получение сертификата: for somebody else to collect it; his data are left to the pen.

use super::words::{AUTHORITY, OFFICES, long_date};
use super::{DocumentData, PASSPORT, Row, Sheet, organisation_rows, owner_signs, seal_and_date};

pub(super) fn fill(sheet: &mut Sheet, data: &DocumentData<'_>) {
    let application = data.application;
    sheet.title(
        "ДОВЕРЕННОСТЬ № ________",
        "на получение сертификата ключа проверки электронной подписи",
    );
    sheet.edges("г. Иркутск", &long_date(data.date));
    let mut rows = vec![Row::section("Доверитель")];
    rows.extend(organisation_rows(application));
    rows.push(Row::pair(
        "Руководитель",
        format!(
            "{}, {}",
            application.owner,
            application.representative.post.to_lowercase()
        ),
    ));
    rows.push(Row::pair("Действует на основании", "устава"));
    rows.push(Row::section("Представитель"));
    rows.push(Row::pair(
        "Фамилия, имя, отчество",
        "______________________________________________",
    ));
    rows.push(Row::pair("Паспорт", PASSPORT));
    rows.push(Row::section("Владелец сертификата"));
    rows.push(Row::pair("Фамилия, имя, отчество", &application.owner));
    rows.push(Row::pair("Номер заявки", application.number.to_string()));
    sheet.table(&rows);
    sheet.paragraph(&format!(
        "Настоящей доверенностью доверитель уполномочивает представителя совершать от имени доверителя в Удостоверяющем \
         центре {AUTHORITY} следующие действия:"
    ));
    for (number, power) in POWERS.iter().enumerate() {
        sheet.item(&format!("{}.", number + 1), power);
    }
    sheet.paragraph("Доверенность выдана без права передоверия и действительна по\u{a0}«____»\u{a0}____________\u{a0}20____\u{a0}г.");
    sheet.gap(4.0);
    sheet.paragraph("Образец подписи представителя удостоверяю:");
    sheet.signature("Представитель", "");
    sheet.reserve(90.0);
    owner_signs(sheet, data);
    seal_and_date(sheet, data);
    sheet.paragraph(&format!("Доверенность вместе с документом, удостоверяющим личность, предъявляется в офисе {AUTHORITY}:"));
    OFFICES.iter().for_each(|office| sheet.item("–", office));
}

const POWERS: [&str; 4] = [
    "передать заявление на изготовление сертификата и документы, прилагаемые к нему;",
    "получить сертификат ключа проверки электронной подписи и его копию на бумажном носителе;",
    "получить руководство по обеспечению безопасности использования электронной подписи и средств электронной подписи;",
    "расписаться в документах Удостоверяющего центра, необходимых для исполнения настоящего поручения.",
];
