//! What a person reads for every error, in both languages. A new variant does not compile until it has its advice;
//! here it gets its place in the list as well.
#![expect(
    clippy::unwrap_used,
    reason = "a helper that fails is a test that fails"
)]

use core::fmt::Write as _;
use core::time::Duration;

use enroll::Error;
use enroll::certificate::CertificateProblem;
use enroll::journal::JournalError;
use enroll::messages::{Lang, Report};
use enroll::object::Object;
use enroll::ports::token::{KeyId, PinRole, TokenError, TransmitError, Tries};
use enroll::ports::{ApplicantError, PortalError, SmsError};
use enroll::request::{FieldProblem, RequestError};
use enroll::stage::{OutOfOrder, Stage};

fn s(text: &str) -> String {
    text.to_owned()
}

fn certificate() -> Object {
    Object::Certificate {
        serial: s("01D377"),
        owner: s("ООО «Тестовая организация»"),
        until: s("2019-03-18"),
    }
}

fn pair() -> Object {
    Object::KeyPair {
        label: s("ЕГАИС_610042"),
        id: s("ab"),
        algorithm: s("CryptoPro-A"),
        certified: false,
    }
}

fn check(name: &str, errors: Vec<Error>) {
    let mut text = String::new();
    for error in errors {
        writeln!(text, "exit {}", error.exit_code()).unwrap();
        for lang in [Lang::En, Lang::Ru] {
            let report = Report::of(&error, &Stage::default(), lang);
            writeln!(text, "  {}\n    next: {}", report.what, report.next).unwrap();
        }
    }
    insta::assert_snapshot!(name, text);
}

#[test]
fn every_token_error_has_words_and_advice() {
    let (role, admin) = (PinRole::User, PinRole::Administrator);
    let transmit = [
        TransmitError::NoService { why: s("no pcscd") },
        TransmitError::NoReader {
            wanted: None,
            found: vec![],
        },
        TransmitError::NoReader {
            wanted: Some(s("Aktiv Rutoken ECP")),
            found: vec![],
        },
        TransmitError::SeveralReaders {
            readers: vec![s("A"), s("B")],
        },
        TransmitError::NoCard { reader: s("A") },
        TransmitError::NoCardInTime {
            reader: s("A"),
            waited: Duration::from_secs(30),
        },
        TransmitError::InUse { reader: s("A") },
        TransmitError::Removed,
        TransmitError::Reset,
        TransmitError::Lost(s("broken pipe")),
    ];
    let token = [
        TokenError::WrongPin {
            role,
            tries_left: Tries::Left(9),
        },
        TokenError::WrongPin {
            role: admin,
            tries_left: Tries::Blocked,
        },
        TokenError::PinBlocked { role },
        TokenError::NoSuchPin { role: admin },
        TokenError::PinUnfit { role, octets: 3 },
        TokenError::NotLoggedIn {
            what: "make a pair",
        },
        TokenError::NotPermitted {
            what: "delete a certificate",
            role: admin,
        },
        TokenError::NotARutoken { sw: 0x6d00 },
        TokenError::NotInitialised,
        TokenError::NoSpace { what: "a key" },
        TokenError::KeyNotFound {
            id: KeyId(vec![0xab, 0xcd]),
        },
        TokenError::CertificateNotFound { file: 0x0301 },
        TokenError::Unsupported {
            what: s("512 bits"),
        },
        TokenError::StatusWord {
            command: "SELECT",
            sw: 0x6985,
        },
        TokenError::Damaged {
            what: s("EF(PrKDF)"),
        },
        TokenError::NotWritten {
            what: "the certificate",
        },
        TokenError::BadSignature,
    ];
    let transmit = transmit.into_iter().map(|error| Error::Token(error.into()));
    check(
        "token",
        transmit
            .chain(token.into_iter().map(Error::Token))
            .collect(),
    );
}

#[test]
fn every_portal_and_sms_error_has_words_and_advice() {
    let portal = [
        PortalError::BadAddress {
            why: s("it has no host"),
        },
        PortalError::PlainHttp {
            host: s("key.forus.ru"),
        },
        PortalError::Unreachable {
            why: s("Connection refused"),
        },
        PortalError::TimedOut { secs: 30 },
        PortalError::Tls {
            why: s("invalid peer certificate: UnknownIssuer"),
        },
        PortalError::Status {
            what: s("Получить код"),
            status: 502,
        },
        PortalError::SessionExpired,
        PortalError::WrongCode {
            said: s("Неверный код. Осталось попыток: 2"),
            left: Some(2),
        },
        PortalError::CodeVoid {
            said: s("Код больше не действует. Получите новый код"),
        },
        PortalError::TooEarly {
            said: s("Повторный код можно получить через 58 с"),
            secs: 58,
        },
        PortalError::Refused {
            said: s("Ключ уже использован"),
        },
        PortalError::NotUnderstood {
            page: s("Технические работы"),
            missing: s("link «ОК»"),
            saved: Some("pages/page-1.html".into()),
        },
        PortalError::TooLarge {
            what: s("/pdf"),
            limit: 8_388_608,
        },
    ];
    let sms = [
        SmsError::Unreachable {
            why: s("HTTP status 500"),
        },
        SmsError::NotMessages {
            why: s("line 1, column 1"),
        },
        SmsError::CommandFailed {
            why: s("exit status: 3"),
        },
        SmsError::NoTerminal,
    ];
    check(
        "portal",
        portal
            .into_iter()
            .map(Error::Portal)
            .chain(sms.into_iter().map(Error::Sms))
            .collect(),
    );
}

#[test]
fn every_error_of_an_enrollment_has_words_and_advice() {
    let (application, status) = (|| s("722318"), || s("Принята Оператором"));
    check(
        "enrollment",
        vec![
            Error::OtherToken {
                wanted: s("1f2e3d4c"),
                found: s("00000001"),
            },
            Error::LastTries {
                role: PinRole::Administrator,
                left: 2,
            },
            Error::OldObjects {
                objects: vec![certificate(), pair()],
            },
            Error::SeveralPairs {
                label: s("ООО Тестовая организация"),
            },
            Error::KeyGone { key: s("ab") },
            Error::StillThere { object: pair() },
            Error::NotReadBack,
            Error::ProbeFailed,
            Error::RemovalDeclined,
            Error::NotConfirmed {
                serial: s("2cdb7256"),
            },
            Error::Applicant(ApplicantError::NoPin {
                role: PinRole::User,
            }),
            Error::Applicant(ApplicantError::NoPin {
                role: PinRole::Administrator,
            }),
            Error::Applicant(ApplicantError::NoNewPin {
                role: PinRole::User,
            }),
            Error::Applicant(ApplicantError::NoConsent),
            Error::Applicant(ApplicantError::Unreadable {
                what: s("pin.txt"),
                why: s("No such file"),
            }),
            Error::NoCode {
                phone: s("+7 900 ***-**-00"),
                waited_secs: 240,
            },
            Error::NoApplication {
                wanted: Some(application()),
            },
            Error::NoApplication { wanted: None },
            Error::SeveralApplications {
                numbers: vec![application(), s("722319")],
            },
            Error::NotReady {
                application: application(),
                status: s("Сертификат выпущен"),
            },
            Error::NotReady {
                application: application(),
                status: s("На модерации"),
            },
            Error::NotOrdered {
                status: s("Отказано"),
                reason: s("Нет документов"),
            },
            Error::NotIssued {
                application: application(),
                status: status(),
            },
            Error::IssueOverdue {
                application: application(),
                status: status(),
                waited_secs: 3600,
            },
            Error::Request(RequestError::Signature),
            Error::CertificateForAnotherKey {
                key: None,
                serial: s("01D4"),
            },
            Error::CertificatesDiffer,
            Error::NotAPdf {
                title: "Руководство по безопасности",
            },
            Error::NothingSent,
            Error::NotInstalled { stage: "ordered" },
            Error::File {
                path: "out/request.pem".into(),
                why: s("No space left on device"),
            },
        ],
    );
}

#[test]
fn every_request_certificate_and_journal_error_has_words_and_advice() {
    let oid = const_oid::ObjectIdentifier::new_unwrap("2.5.4.3");
    let time = || "2018-12-25T09:00:00Z".parse().unwrap();
    let (issuer, token) = (|| s("CN=ТЕСТ УЦ"), || s("1f2e3d4c"));
    let request = [
        RequestError::Field {
            label: s("Общее имя"),
            oid,
            why: FieldProblem::Empty,
        },
        RequestError::KeyUsage { name: s("sign") },
        RequestError::Algorithm {
            algorithm: gost3410::Algorithm::Gost2012_256,
        },
        RequestError::Malformed {
            why: s("truncated"),
        },
        RequestError::Differs { what: "subject" },
    ];
    let certificate = [
        CertificateProblem::Malformed {
            why: s("truncated"),
        },
        CertificateProblem::NotGost,
        CertificateProblem::TwoAlgorithms,
        CertificateProblem::NoIssuer { issuer: issuer() },
        CertificateProblem::Signature { issuer: issuer() },
        CertificateProblem::NotAnIssuer {
            issuer: issuer(),
            why: "not a CA",
        },
        CertificateProblem::NotYetValid { from: time() },
        CertificateProblem::Expired { until: time() },
        CertificateProblem::Revoked,
        CertificateProblem::UnknownCritical { oid },
        CertificateProblem::NotQualified {
            what: "issuerSignTool",
        },
        CertificateProblem::OtherSubject { attribute: s("SN") },
    ];
    let journal = [
        JournalError::File {
            act: "create",
            path: "state".into(),
            why: s("Permission denied"),
        },
        JournalError::Locked { token: token() },
        JournalError::Damaged {
            token: token(),
            line: 4,
        },
        JournalError::Version { found: 2 },
        JournalError::OutOfOrder(OutOfOrder {
            stage: "new",
            fact: s("ordered"),
        }),
        JournalError::OtherApplication {
            token: token(),
            application: s("722318"),
        },
        JournalError::OtherPortal { token: token() },
        JournalError::Nothing { token: token() },
    ];
    let request = request.into_iter().map(Error::Request);
    let certificate = certificate.into_iter().map(Error::Certificate);
    check(
        "formats",
        request
            .chain(certificate)
            .chain(journal.into_iter().map(Error::Journal))
            .collect(),
    );
}

#[test]
fn a_report_says_what_happened_how_things_stand_and_what_to_do() {
    let error = Error::OldObjects {
        objects: vec![certificate(), pair()],
    };
    let lines = |lang| Report::of(&error, &Stage::default(), lang).lines(lang);
    insta::assert_snapshot!(
        "report",
        format!("{}\n\n{}", lines(Lang::En), lines(Lang::Ru))
    );
}
