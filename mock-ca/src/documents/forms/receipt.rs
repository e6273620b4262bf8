//! Расписка в получении сертификата: the owner knows what the certificate says and has it.

use super::words::{AUTHORITY, long_date, snils};
use super::{
    DocumentData, Quoted, Row, Sheet, offices, organisation_rows, owner_signs, seal_and_date,
};

pub(super) fn fill(sheet: &mut Sheet, data: &DocumentData<'_>) {
    let application = data.application;
    sheet.title(
        "РАСПИСКА",
        "в получении квалифицированного сертификата\nключа проверки электронной подписи",
    );
    sheet.edges("г. Иркутск", &long_date(data.date));
    sheet.paragraph(&format!(
        "Я, {}, СНИЛС {}, в соответствии со статьёй 18 Федерального закона от 06.04.2011 № 63-ФЗ «Об электронной \
         подписи» настоящей распиской подтверждаю, что по заявке № {} в Удостоверяющем центре {AUTHORITY} мною получен \
         следующий сертификат:",
        application.owner,
        snils(&application.representative.snils),
        application.number,
    ));
    let mut rows = vec![Row::section("Сертификат")];
    rows.extend(Quoted::from(data).rows());
    rows.push(Row::section("Владелец"));
    rows.push(Row::pair("Фамилия, имя, отчество", &application.owner));
    rows.push(Row::pair("Должность", &application.representative.post));
    rows.extend(organisation_rows(application));
    rows.push(Row::section("Носитель ключа"));
    rows.push(Row::pair(
        "Средство электронной подписи",
        &application.profile.sign_tool,
    ));
    rows.push(Row::pair("Имя контейнера", &application.container));
    rows.push(Row::pair("Заводской номер носителя", super::BLANK));
    sheet.table(&rows);
    sheet.paragraph("Настоящим подтверждаю, что:");
    for (number, text) in STATEMENTS.iter().enumerate() {
        sheet.item(&format!("{}.", number + 1), text);
    }
    sheet.reserve(90.0);
    owner_signs(sheet, data);
    seal_and_date(sheet, data);
    offices(
        sheet,
        "Подписанную и заверенную Расписку в получении, а также ранее подписанное и заверенное Заявление на изготовление \
         сертификата",
    );
}

const STATEMENTS: [&str; 5] = [
    "с информацией, содержащейся в сертификате, ознакомлен, сведения в нём верны;",
    "ключ электронной подписи создан мною лично, соответствует ключу проверки электронной подписи в сертификате и \
     находится в моём распоряжении;",
    "сертификат установлен на носитель Рутокен ЭЦП 2.0, PIN-код пользователя и PIN-код администратора, заданные при \
     изготовлении носителя, мною заменены;",
    "руководство по обеспечению безопасности использования квалифицированной электронной подписи и средств \
     квалифицированной электронной подписи мною получено, с его содержанием ознакомлен;",
    "о порядке прекращения действия сертификата и об обязанности немедленно сообщить Удостоверяющему центру о нарушении \
     конфиденциальности ключа электронной подписи извещён.",
];
