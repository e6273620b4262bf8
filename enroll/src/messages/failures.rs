//! What happened, for every error.

use super::{Both, Lang, both, object};
use crate::certificate::CertificateProblem;
use crate::error::Error;
use crate::journal::JournalError;
use crate::ports::token::{PinRole, TransmitError, Tries};
use crate::ports::{ApplicantError, PortalError, SmsError, TokenError};
use crate::request::{FieldProblem, RequestError};

pub(super) fn what(error: &Error) -> Both {
    let en = error.to_string();
    let ru = match error {
        Error::Token(error) => token(error),
        Error::Applicant(error) => applicant(error),
        Error::Sms(error) => sms(error),
        Error::Portal(error) => portal(error),
        Error::Request(error) => format!("запрос не составить: {}", request(error)),
        Error::Certificate(problem) => {
            format!("сертификат не установлен: {}", certificate(problem))
        }
        Error::Journal(error) => journal(error),
        Error::OtherToken { wanted, found } => {
            format!("серийный номер токена {found}, а не {wanted}")
        }
        Error::LastTries { role, left } => {
            format!("для PIN-кода {} осталось попыток: {left}", whose(*role))
        }
        Error::OldObjects { objects } => {
            let objects: Vec<_> = objects.iter().map(|it| object(it, Lang::Ru)).collect();
            format!(
                "на токене уже есть ключи или сертификаты для ЕГАИС: {}",
                objects.join("; ")
            )
        }
        Error::SeveralPairs { label } => {
            format!("несколько ключевых пар «{label}» не имеют сертификата")
        }
        Error::KeyGone { key } => format!("ключевую пару {key} использовать нельзя"),
        Error::StillThere { object: it } => format!(
            "объект остался на токене после удаления: {}",
            object(it, Lang::Ru)
        ),
        Error::NotReadBack => "записанный сертификат не читается с токена".to_owned(),
        Error::ProbeFailed => "пробная подпись токена не подходит к сертификату".to_owned(),
        Error::NotConfirmed { serial } => {
            format!("форматирование не подтверждено серийным номером {serial}")
        }
        Error::RemovalDeclined => "прежний сертификат решено оставить".to_owned(),
        Error::NoCode { phone, waited_secs } => {
            format!("за {waited_secs} с код на {phone} не пришёл")
        }
        Error::NoApplication {
            wanted: Some(number),
        } => format!("в списке нет заявки {number}"),
        Error::NoApplication { wanted: None } => "в списке нет подходящей заявки".to_owned(),
        Error::SeveralApplications { numbers } => {
            format!("в списке несколько заявок: {}", numbers.join(", "))
        }
        Error::NotReady {
            application,
            status,
        } => {
            format!("заявка {application} не принимает запрос: её статус «{status}»")
        }
        Error::NotOrdered { status, reason } => {
            format!("сертификат не заказан: статус «{status}», причина «{reason}»")
        }
        Error::NotIssued {
            application,
            status,
        } => {
            format!("сертификат по заявке {application} ещё не выпущен: статус «{status}»")
        }
        Error::IssueOverdue {
            application,
            status,
            waited_secs,
        } => {
            format!(
                "за {} мин сертификат по заявке {application} не выпущен: статус «{status}»",
                waited_secs / 60
            )
        }
        Error::CertificateForAnotherKey { serial, .. } => {
            format!("сертификат {serial} выпущен для другого ключа")
        }
        Error::CertificatesDiffer => {
            "сохранённый сертификат и сертификат на странице различаются".to_owned()
        }
        Error::NotAPdf { title } => format!("«{title}»: это не файл PDF"),
        Error::NothingSent => "запрос ещё не отправлен".to_owned(),
        Error::NotInstalled { .. } => "сертификат ещё не установлен".to_owned(),
        Error::File { path, why } => format!("не записать {}: {why}", path.display()),
    };
    both(ru, en)
}

fn token(error: &TokenError) -> String {
    match error {
        TokenError::Transmit(error) => transmit(error),
        TokenError::WrongPin {
            role,
            tries_left: Tries::Left(left),
        } => {
            format!(
                "неверный PIN-код {}. Осталось попыток: {left}",
                whose(*role)
            )
        }
        TokenError::WrongPin { role, .. } => format!("неверный PIN-код {}", whose(*role)),
        TokenError::PinBlocked { role } => format!("PIN-код {} заблокирован", whose(*role)),
        TokenError::PinUnfit { role, octets } => format!(
            "токен не принимает PIN-код {} длиной {octets}",
            whose(*role)
        ),
        TokenError::NoSuchPin { role } => format!("на токене нет PIN-кода {}", whose(*role)),
        TokenError::NotLoggedIn { .. } => "вход на токен не выполнен".to_owned(),
        TokenError::NotPermitted { role, .. } => {
            format!("токен не позволяет этого по PIN-коду {}", whose(*role))
        }
        TokenError::NotARutoken { sw } => format!("это не Рутокен ЭЦП: ответ {sw:04X}"),
        TokenError::NotInitialised => "токен не размечен по PKCS#15".to_owned(),
        TokenError::NoSpace { .. } => "на токене нет места".to_owned(),
        TokenError::KeyNotFound { id } => format!("на токене нет ключевой пары {id}"),
        TokenError::CertificateNotFound { file } => {
            format!("в файле {file:04X} нет этого сертификата")
        }
        TokenError::Unsupported { what } => format!("токен этого не умеет: {what}"),
        TokenError::StatusWord { command, sw } => format!("токен ответил {sw:04X} на {command}"),
        TokenError::Damaged { what } => format!("данные на токене повреждены: {what}"),
        TokenError::NotWritten { .. } => "записанное на токен не читается обратно".to_owned(),
        TokenError::BadSignature => "подпись токена не проходит проверку".to_owned(),
    }
}

fn transmit(error: &TransmitError) -> String {
    match error {
        TransmitError::NoService { why } => format!("служба смарт-карт недоступна: {why}"),
        TransmitError::NoReader {
            wanted: Some(name), ..
        } => format!("нет считывателя «{name}»"),
        TransmitError::NoReader { wanted: None, .. } => "нет ни одного считывателя".to_owned(),
        TransmitError::SeveralReaders { readers } => format!(
            "токен вставлен в несколько считывателей: {}",
            readers.join(", ")
        ),
        TransmitError::NoCard { reader } => format!("в считывателе {reader} нет токена"),
        TransmitError::NoCardInTime { reader, waited } => {
            format!("за {} с токен в {reader} не появился", waited.as_secs())
        }
        TransmitError::InUse { reader } => format!("токен в {reader} занят другой программой"),
        TransmitError::Removed => "токен извлечён".to_owned(),
        TransmitError::Reset => "токен сброшен другой программой".to_owned(),
        TransmitError::Lost(why) => format!("токен не отвечает: {why}"),
    }
}

fn applicant(error: &ApplicantError) -> String {
    match error {
        ApplicantError::NoPin { role } => {
            format!("PIN-код {} не задан, а спросить негде", whose(*role))
        }
        ApplicantError::NoNewPin { role } => {
            format!("новый PIN-код {} не указан, а спросить негде", whose(*role))
        }
        ApplicantError::NoConsent => "нужно согласие на удаление, а спросить негде".to_owned(),
        ApplicantError::Unreadable { what, why } => format!("не прочитать {what}: {why}"),
    }
}

fn sms(error: &SmsError) -> String {
    match error {
        SmsError::Unreachable { why } => format!("SMS-шлюз не отвечает: {why}"),
        SmsError::NotMessages { why } => format!("ответ SMS-шлюза — не список сообщений: {why}"),
        SmsError::CommandFailed { why } => format!("команда для SMS не выполнена: {why}"),
        SmsError::NoTerminal => "код из SMS спросить негде".to_owned(),
    }
}

fn portal(error: &PortalError) -> String {
    match error {
        PortalError::BadAddress { why } => format!("адрес портала не годится: {why}"),
        PortalError::PlainHttp { host } => format!("соединение с {host} было бы открытым (http)"),
        PortalError::Unreachable { why } => format!("портал не отвечает: {why}"),
        PortalError::TimedOut { secs } => format!("портал не ответил за {secs} с"),
        PortalError::Tls { why } => format!("сертификату TLS портала нет доверия: {why}"),
        PortalError::Status { what, status } => format!("портал ответил {status} на «{what}»"),
        PortalError::SessionExpired => "сеанс на портале завершён".to_owned(),
        PortalError::WrongCode { said, .. } => format!("код не принят: {said}"),
        PortalError::CodeVoid { said } => format!("код больше не действует: {said}"),
        PortalError::TooEarly { said, .. } => format!("новый код ещё не получить: {said}"),
        PortalError::Refused { said } => format!("портал отказал: {said}"),
        PortalError::NotUnderstood { page, missing, .. } => {
            format!("на странице «{page}» не найдено: {missing}")
        }
        PortalError::TooLarge { what, limit } => format!("ответ на «{what}» больше {limit} байт"),
    }
}

fn request(error: &RequestError) -> String {
    match error {
        RequestError::Field { label, oid, why } => {
            format!("поле «{label}» ({oid}) {}", field(*why))
        }
        RequestError::KeyUsage { name } => format!("«{name}» — не использование ключа"),
        RequestError::Algorithm { algorithm } => {
            format!("ключ не подходит к алгоритму {algorithm:?}")
        }
        RequestError::Malformed { why } => format!("запрос не читается: {why}"),
        RequestError::Differs { what } => format!("прочитанный запрос отличается: {what}"),
        RequestError::Signature => "подпись запроса не проходит проверку".to_owned(),
    }
}

const fn field(problem: FieldProblem) -> &'static str {
    match problem {
        FieldProblem::Empty => "пусто",
        FieldProblem::TooLong => "длиннее, чем допустимо",
        FieldProblem::Characters => "содержит недопустимые знаки",
        FieldProblem::Country => "не код страны",
        FieldProblem::Inn => "не проходит проверку ИНН",
        FieldProblem::Ogrn => "не проходит проверку ОГРН",
        FieldProblem::Ogrnip => "не проходит проверку ОГРНИП",
        FieldProblem::Snils => "не проходит проверку СНИЛС",
        FieldProblem::Kpp => "содержит неверный КПП",
    }
}

fn certificate(problem: &CertificateProblem) -> String {
    match problem {
        CertificateProblem::Malformed { why } => format!("он не читается: {why}"),
        CertificateProblem::NotGost => "его ключ — не ГОСТ Р 34.10".to_owned(),
        CertificateProblem::TwoAlgorithms => "в нём названы два алгоритма подписи".to_owned(),
        CertificateProblem::NoIssuer { issuer } => format!("нет сертификата издателя «{issuer}»"),
        CertificateProblem::Signature { issuer } => {
            format!("подпись «{issuer}» не проходит проверку")
        }
        CertificateProblem::NotAnIssuer { issuer, why } => {
            format!("«{issuer}» не может выпускать сертификаты: {why}")
        }
        CertificateProblem::NotYetValid { from } => format!("он действует только с {from}"),
        CertificateProblem::Expired { until } => format!("он действовал до {until}"),
        CertificateProblem::Revoked => "он отозван".to_owned(),
        CertificateProblem::UnknownCritical { oid } => {
            format!("его критическое расширение {oid} неизвестно")
        }
        CertificateProblem::NotQualified { what } => {
            format!("в нём нет {what}, а в квалифицированном есть")
        }
        CertificateProblem::OtherSubject { attribute } => {
            format!("{attribute} в нём не тот, что в запросе")
        }
    }
}

fn journal(error: &JournalError) -> String {
    match error {
        JournalError::File { path, why, .. } => {
            format!("журнал или папка {} недоступны: {why}", path.display())
        }
        JournalError::Locked { token } => format!("с токеном {token} уже работает другой процесс"),
        JournalError::Damaged { token, line } => {
            format!("строка {line} журнала токена {token} повреждена")
        }
        JournalError::Version { found } => format!("журнал версии {found} эта программа не читает"),
        JournalError::OutOfOrder(_) => "журнал противоречит сам себе".to_owned(),
        JournalError::OtherApplication { token, application } => {
            format!("на токене {token} не завершена работа по заявке {application}")
        }
        JournalError::OtherPortal { token } => {
            format!("журнал токена {token} относится к другому порталу")
        }
        JournalError::Nothing { token } => format!("для токена {token} ничего не начато"),
    }
}

const fn whose(role: PinRole) -> &'static str {
    match role {
        PinRole::Administrator => "администратора",
        PinRole::User => "пользователя",
    }
}
