//! What a run says as it goes, and what it leaves to do.

use super::{Lang, both};
use crate::engine::Checklist;
use crate::event::Caution;
use crate::object::Object;
use crate::ports::Plan;
use crate::stage::Stage;

/// A step of the manual: in Russian as the manual has it, in English as the event has it.
#[must_use]
pub fn step(number: &str, what: &str, lang: Lang) -> String {
    let russian = MANUAL
        .iter()
        .find(|(its, _)| *its == number)
        .map(|(_, text)| *text);
    both(russian.unwrap_or(what), what).of(lang)
}

/// What is waited for.
#[must_use]
pub fn waiting(why: &str, lang: Lang) -> String {
    let russian = WAITS
        .iter()
        .find(|(english, _)| *english == why)
        .map(|(_, text)| *text);
    both(russian.unwrap_or(why), why).of(lang)
}

/// A warning.
#[must_use]
pub fn caution(caution: &Caution, lang: Lang) -> String {
    let ru = match caution {
        Caution::TornJournal => "последняя строка журнала была оборвана и отброшена".to_owned(),
        Caution::ClockOff { minutes } => {
            format!("часы этой машины расходятся с порталом на {minutes} мин; верим порталу")
        }
        Caution::SessionEnded => "сеанс на портале завершён; входим ещё раз".to_owned(),
        Caution::LoginAgain { .. } => "вход не удался из-за связи; начинаем его сначала".to_owned(),
        Caution::NoCodeYet => "код не пришёл; запрашиваем другой".to_owned(),
        Caution::NewerCode => "пришёл более новый код; вводим его".to_owned(),
        Caution::OtherPairShown { page, token } => {
            format!("на странице пара «{page}», на токене «{token}»")
        }
        Caution::NoAnswerToRequest { .. } => {
            "ответа на запрос нет; смотрим, получил ли его портал".to_owned()
        }
        Caution::SentAlready { status } => format!("портал уже получил запрос: «{status}»"),
        Caution::NoFirstSms => {
            "первого SMS нет; по списку заявок видно, что запрос у портала".to_owned()
        }
        Caution::AdministratorMayNotDelete => {
            "этот токен не даёт администратору удалять сертификаты; нужен PIN-код пользователя"
                .to_owned()
        }
        Caution::InstalledAlready => {
            "эта заявка уже выполнена; для новой назовите её номер".to_owned()
        }
        Caution::NoJournal => "журнала запроса нет; пара найдена по ключу сертификата".to_owned(),
        Caution::RevocationUnknown => {
            "список отозванных сертификатов использовать нельзя".to_owned()
        }
        Caution::SubjectNotCompared => {
            "запроса нет, поэтому сведения в сертификате не сравнивались".to_owned()
        }
        Caution::ChainEndsAt { name } => format!("сертификат над «{name}» не дан"),
        Caution::EndsSoon { days } => format!("сертификат закончится через {days} дн."),
    };
    both(ru, caution.to_string()).of(lang)
}

/// What state things are in: what is on the token, and what the portal has.
#[must_use]
pub fn stage_line(stage: &Stage, lang: Lang) -> String {
    match stage {
        Stage::New(removal) if !removal.is_done() => {
            both("прежний сертификат удалён не полностью; запрос не создан", "the old certificate is half removed; no request was made")
        }
        Stage::New(_) | Stage::Chosen(_) => both(
            "ключевой пары этой заявки в журнале нет; запрос не отправлен",
            "the journal knows no key pair for this application; no request was sent",
        ),
        Stage::KeyReady(..) => both("ключевая пара создана; запрос не отправлен", "the key pair is made; the request was not sent"),
        Stage::Signed(_) => both(
            "ключевая пара создана, запрос подписан; отправлен ли он, покажет повтор",
            "the key pair is made and the request signed; the next run finds out whether the portal has it",
        ),
        Stage::Sent(_) => both("запрос отправлен; сертификат ещё не заказан", "the request is sent; the certificate is not ordered yet"),
        Stage::Ordered(_) => both("сертификат заказан и ещё не выпущен", "the certificate is ordered and not issued yet"),
        Stage::Issued(_) => both("сертификат выпущен и ещё не на токене", "the certificate is issued and not on the token yet"),
        Stage::Checked(..) => both(
            "сертификат проверен; записан ли он на токен, покажет повтор",
            "the certificate is checked; the next run finds out whether the token has it",
        ),
        Stage::Written(..) => both("сертификат на токене; портал об этом не знает", "the certificate is on the token; the portal does not know"),
        Stage::Installed(..) => both("сертификат установлен; документы не получены", "the certificate is installed; the papers are not fetched"),
        Stage::PapersSaved(..) => both("готово; осталось подписать документы", "done; the papers are left to sign"),
        Stage::Abandoned => both("работа прекращена", "abandoned"),
    }
    .of(lang)
}

/// A certificate or a pair.
#[must_use]
pub fn object(object: &Object, lang: Lang) -> String {
    let ru = match object {
        Object::Certificate {
            serial,
            owner,
            until,
        } => format!("сертификат {serial}, {owner}, действует до {until}"),
        Object::KeyPair {
            label,
            id,
            algorithm,
            certified,
        } => {
            let bare = if *certified {
                ""
            } else {
                ", без сертификата"
            };
            format!("ключевая пара «{label}» ({id}, {algorithm}{bare})")
        }
    };
    both(ru, object.to_string()).of(lang)
}

/// A plan of deletion, line by line.
#[must_use]
pub fn plan_lines(plan: &Plan, lang: Lang) -> Vec<String> {
    let (deletes, keeps) = match lang {
        Lang::Ru => ("будет удалено", "останется"),
        Lang::En => ("to be deleted", "stays"),
    };
    let gone = plan
        .deletes
        .iter()
        .map(|line| format!("{deletes}: {}", object(line, lang)));
    gone.chain(
        plan.keeps
            .iter()
            .map(|line| format!("{keeps}: {}", object(line, lang))),
    )
    .collect()
}

/// What is left for a person after the last chapter.
#[must_use]
pub fn checklist(list: &Checklist, lang: Lang) -> Vec<String> {
    let print = list.print.join(", ");
    let sign = list.sign.join(", ");
    let mut lines = vec![
        both(
            format!("напечатать в одном экземпляре: {print}"),
            format!("print one copy of: {print}"),
        )
        .of(lang),
        both(
            format!("подписать и заверить: {sign}"),
            format!("sign and certify: {sign}"),
        )
        .of(lang),
        both(
            "передать оригиналы в офис ООО НПФ «Форус»:",
            "bring the originals to an office of ООО НПФ «Форус»:",
        )
        .of(lang),
    ];
    lines.extend(list.addresses.iter().map(|address| format!("  {address}")));
    lines
}

/// The numbered steps as the manual words them.
const MANUAL: [(&str, &str); 42] = [
    ("W1", "Внимание: Internet Explorer не ниже 8.0 не нужен"),
    ("W2", "Внимание: ранее выданный ключ для ЕГАИС"),
    ("W3", "Для печати нужна программа для файлов PDF"),
    ("W4", "Внимание: подписанные оригиналы передать в офис"),
    (
        "1.1.1",
        "Программа IEAutosetup.exe не нужна: браузер не используется",
    ),
    ("1.1.2", "Устанавливать программу не нужно"),
    (
        "1.1.3",
        "Драйверы Рутокен не нужны: с токеном говорим напрямую",
    ),
    ("1.1.4", "Плагин не нужен: запрос составляется здесь"),
    ("1.1.5", "Программа RutokenEgais.exe не нужна"),
    ("1.1.6", "Перезапускать браузер не нужно"),
    ("1.2", "Вход на сайт"),
    ("1.3", "«Личный кабинет»"),
    ("1.4", "Номер сотового телефона, «Получить код»"),
    ("1.5", "«Код подтверждения», вход в «Личный кабинет»"),
    ("1.6", "«Работа с заявкой» – «Личный кабинет»"),
    ("1.7", "Заявка по ссылке с её номером"),
    ("1.8", "«Запросить сертификат»"),
    ("1.9", "«Создать ключевую пару»"),
    ("1.10", "«Создать запрос»"),
    ("1.11", "«ОК»: запрос отправлен"),
    ("1.12", "Ожидание SMS «Ваш сертификат заказан»"),
    ("1.13", "Ожидание SMS «Ваш сертификат готов»"),
    ("1.14", "Установка сертификата"),
    ("2.1", "Вход на сайт"),
    ("2.2", "«Личный кабинет»"),
    ("2.3", "Номер сотового телефона, «Получить код»"),
    ("2.4", "«Код подтверждения», вход в «Личный кабинет»"),
    ("2.5", "«Работа с заявкой» – «Личный кабинет»"),
    ("2.6", "Заявка по ссылке с её номером"),
    ("2.7", "«Установить сертификат в контейнер»"),
    ("2.8", "Выбор контейнера, «Загрузить сертификат»"),
    ("2.9", "«ОК»: сертификат установлен"),
    ("3", "Печать документов"),
    ("A1", "Приложение 1: подключение токена"),
    ("A2", "Приложение 1: «Панель управления Рутокен»"),
    ("A3", "Приложение 1: «Сертификаты»"),
    ("A4", "Приложение 1: «Ввести PIN-код...»"),
    ("A5", "Приложение 1: «Администратор»"),
    ("A6", "Приложение 1: сертификат, «Удалить»"),
    ("A7", "Приложение 1: «Да»"),
    ("A8", "Приложение 1: ключевая пара, «Удалить»"),
    ("A9", "Приложение 1: PIN-код пользователя, «ОК»"),
];

const WAITS: [(&str, &str); 7] = [
    ("the SMS with the code", "SMS с кодом"),
    (
        "until another code may be asked for",
        "пока можно будет запросить другой код",
    ),
    ("before logging in again", "перед повторным входом"),
    (
        "before looking at the list",
        "перед просмотром списка заявок",
    ),
    (
        "SMS 1: «Ваш сертификат заказан»",
        "SMS «Ваш сертификат заказан»",
    ),
    (
        "the certificate: 15 to 30 minutes",
        "выпуск сертификата: 15–30 минут",
    ),
    (
        "the portal does not answer, asking again",
        "портал не отвечает, спрашиваем ещё раз",
    ),
];
