//! Заявление на аннулирование: which certificate ends and why.

use super::words::long_date;
use super::{
    ADDRESSEE, DocumentData, Quoted, Row, Sheet, organisation_rows, owner_rows, owner_signs,
    seal_and_date,
};
use crate::ca::oids;

pub(super) fn fill(sheet: &mut Sheet, data: &DocumentData<'_>) {
    let application = data.application;
    sheet.addressee(ADDRESSEE);
    sheet.title(
        "ЗАЯВЛЕНИЕ № ________",
        "на аннулирование (прекращение действия) сертификата\nключа проверки электронной подписи",
    );
    sheet.edges("г. Иркутск", &long_date(data.date));
    sheet.paragraph(&format!(
        "Прошу прекратить действие сертификата ключа проверки электронной подписи, изготовленного по заявке № {}:",
        application.number
    ));
    let mut rows = vec![Row::section("1. Сертификат")];
    rows.extend(Quoted::from(data).rows());
    rows.push(Row::pair("Общее имя (CN)", common_name(data)));
    rows.push(Row::section("2. Организация"));
    rows.extend(organisation_rows(application));
    rows.push(Row::section("3. Владелец сертификата"));
    rows.extend(owner_rows(application).into_iter().take(3)); // name, post, СНИЛС
    rows.push(Row::pair("Паспорт", "серия ________ № ______________"));
    sheet.table(&rows);
    sheet.heading("Причина прекращения действия (отметить)");
    REASONS.iter().for_each(|reason| sheet.choice(reason));
    sheet.gap(4.0);
    sheet.blank("Пояснение:", "заполняется по желанию заявителя");
    sheet.reserve(90.0);
    owner_signs(sheet, data);
    seal_and_date(sheet, data);
    sheet.heading("Отметки Удостоверяющего центра");
    sheet.blank("Заявление принято", "дата и время (часы, минуты)");
    sheet.signature("Оператор", "");
}

fn common_name<'a>(data: &DocumentData<'a>) -> &'a str {
    let mut fields = data.application.subject.iter();
    fields
        .find(|field| field.oid == oids::COMMON_NAME)
        .map_or("", |field| field.value.as_str())
}

const REASONS: [&str; 5] = [
    "нарушение конфиденциальности (компрометация) ключа электронной подписи",
    "изменение сведений об организации или о владельце сертификата",
    "прекращение полномочий владельца сертификата",
    "замена сертификата",
    "прекращение использования сертификата по желанию владельца",
];
