//! Заявление на изготовление сертификата: who asks, for what subject and key; handed in before the certificate is issued.

use der::asn1::ObjectIdentifier;

use super::words::long_date;
use super::{
    ADDRESSEE, decoded, offices, organisation_rows, owner_rows, owner_signs, seal_and_date,
};
use super::{DocumentData, PASSPORT, Row, Sheet};

pub(super) fn fill(sheet: &mut Sheet, data: &DocumentData<'_>) {
    let application = data.application;
    sheet.addressee(ADDRESSEE);
    sheet.title(
        &format!("ЗАЯВЛЕНИЕ № {}", application.number),
        "на изготовление квалифицированного сертификата\nключа проверки электронной подписи",
    );
    sheet.edges("г. Иркутск", &long_date(data.date));
    sheet.paragraph(
        "Заявитель, сведения о котором указаны ниже, в соответствии со статьёй 428 Гражданского кодекса Российской \
         Федерации присоединяется к Регламенту Удостоверяющего центра ООО НПФ «Форус» и просит изготовить \
         квалифицированный сертификат ключа проверки электронной подписи (далее – сертификат) в соответствии со \
         следующими данными:",
    );
    sheet.table(&rows(data));
    consent(sheet);
    sheet.heading("Владелец сертификата, руководитель организации");
    owner_signs(sheet, data);
    seal_and_date(sheet, data);
    offices(sheet, "Подписанное и заверенное печатью заявление");
    sheet.heading("Отметки Удостоверяющего центра");
    sheet.paragraph("Личность владельца установлена, сведения сверены с представленными документами, заявление принято.");
    sheet.signature("Оператор", &application.author);
}

fn rows(data: &DocumentData<'_>) -> Vec<Row> {
    let application = data.application;
    let mut rows = vec![Row::section("1. Заявитель")];
    rows.extend(organisation_rows(application));
    rows.push(Row::section("2. Владелец сертификата"));
    rows.extend(owner_rows(application));
    rows.push(Row::pair("ИНН физического лица", "____________________"));
    rows.push(Row::pair(
        "Дата рождения",
        "«____» ______________ ______ г.",
    ));
    rows.push(Row::pair("Паспорт", PASSPORT));
    rows.push(Row::section("3. Поля сертификата"));
    rows.extend(
        application
            .subject
            .iter()
            .map(|field| Row::pair(decoded::attribute(&field.oid), &field.value)),
    );
    rows.push(Row::section("4. Ключ и область его использования"));
    rows.extend(key_rows(data));
    rows
}

fn key_rows(data: &DocumentData<'_>) -> Vec<Row> {
    let (application, profile) = (data.application, &data.application.profile);
    let list = |all: &[ObjectIdentifier]| {
        all.iter()
            .map(decoded::named)
            .collect::<Vec<_>>()
            .join("\n")
    };
    vec![
        Row::pair(
            "Тип заявки",
            format!(
                "{}, {}",
                application.kind,
                application.reason.to_lowercase()
            ),
        ),
        Row::pair("Алгоритм ключа", decoded::algorithm(profile.algorithm)),
        Row::pair("Параметры ключа", profile.parameter_set.name()),
        Row::pair("Средство электронной подписи", &profile.sign_tool),
        Row::pair("Класс средства", list(&profile.policies)),
        Row::pair("Область использования", list(&profile.extended_key_usage)),
        Row::pair(
            "Срок действия сертификата",
            format!("{} мес.", profile.validity_months),
        ),
    ]
}

fn consent(sheet: &mut Sheet) {
    sheet.paragraph(
        "Ключ электронной подписи создаётся владельцем лично на носителе Рутокен ЭЦП 2.0 и Удостоверяющему центру не \
         передаётся. Достоверность указанных сведений подтверждаю.",
    );
    sheet.paragraph(
        "В соответствии с Федеральным законом от 27.07.2006 № 152-ФЗ «О персональных данных» даю согласие на обработку \
         моих персональных данных: фамилии, имени, отчества, СНИЛС, должности, данных документа, удостоверяющего \
         личность, номера телефона и адреса электронной почты, в целях изготовления и обслуживания сертификата, в том \
         числе на включение их в сертификат и в реестр сертификатов. Согласие действует в течение срока хранения \
         информации в Удостоверяющем центре.",
    );
}
