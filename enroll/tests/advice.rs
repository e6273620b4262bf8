//! What a person reads for every error, in both languages. A new variant does not compile until it has its advice;
//! here it gets its place in the list as well.
#![expect(
    clippy::unwrap_used,
    reason = "a helper that fails is a test that fails"
)]

#[path = "advice/journal.rs"]
mod journal;

use core::time::Duration;

use enroll::Error;
use enroll::certificate::CertificateProblem;
use enroll::messages::{Lang, Report};
use enroll::object::Object;
use enroll::ports::portal::{AddressFault, TlsFault};
use enroll::ports::token::{KeyId, PinRole, TokenError, TransmitError, Tries};
use enroll::ports::{ApplicantError, PortalError, PrinterError, SmsError};
use enroll::request::{FieldProblem, RequestError};
use enroll::stage::{Key, Order, Stage};

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

fn of_the_token() -> Vec<Error> {
    let (role, admin) = (PinRole::User, PinRole::Administrator);
    let transmit = [
        TransmitError::NoLibrary {
            why: s("libpcsclite.so.1: cannot open shared object file"),
        },
        TransmitError::NoService { why: s("no pcscd") },
        TransmitError::NoModule {
            module: s("/usr/lib/librtpkcs11ecp.so"),
            why: s("cannot open shared object file"),
        },
        TransmitError::CannotListen {
            why: s("192.0.2.1:35963 is not an address of this machine"),
        },
        TransmitError::NoReader {
            wanted: None,
            found: vec![],
        },
        TransmitError::NoReader {
            wanted: Some(s("Aktiv Rutoken ECP")),
            found: vec![],
        },
        TransmitError::NoReader {
            wanted: Some(s("Aktiv Rutoken ECP")),
            found: vec![s("ACS ACR38U")],
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
        TokenError::WrongPin {
            role,
            tries_left: Tries::Untold,
        },
        TokenError::PinBlocked { role },
        TokenError::NoSuchPin { role: admin },
        TokenError::PinUnfit { role, octets: 3 },
        TokenError::NotLoggedIn {
            what: "make key pairs",
        },
        TokenError::NotPermitted {
            what: "delete a certificate",
            role: admin,
        },
        TokenError::NotARutoken { sw: 0x6d00 },
        TokenError::NotInitialised,
        TokenError::NoSpace { what: "a key pair" },
        TokenError::NameTooLong { octets: 120 },
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
    transmit
        .chain(token.into_iter().map(Error::Token))
        .collect()
}

fn of_portal_and_phone() -> Vec<Error> {
    let portal = [
        PortalError::BadAddress {
            why: AddressFault::NoHost,
        },
        PortalError::PlainHttp {
            host: s("key.forus.ru"),
        },
        PortalError::Unreachable {
            why: s("Connection refused"),
        },
        PortalError::TimedOut { secs: 30 },
        TlsFault::UnknownIssuer.into(),
        TlsFault::Expired.into(),
        TlsFault::NotYetValid.into(),
        TlsFault::OtherHost.into(),
        TlsFault::NothingInCommon.into(),
        PortalError::Tls(TlsFault::Refused {
            why: s("BadEncoding"),
        }),
        PortalError::Busy { secs: Some(3600) },
        PortalError::Busy { secs: None },
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
            missing: s("link or button «ОК»"),
            saved: Some("pages/page-1.html".into()),
        },
        PortalError::NotTheCabinet {
            page: s("Погода в Иркутске"),
            missing: s("link «Личный кабинет»"),
            saved: None,
        },
        PortalError::TooLarge {
            what: s("/pdf"),
            limit: 8_388_608,
        },
    ];
    let sms = [
        SmsError::BadAddress {
            why: AddressFault::NotUrl,
        },
        SmsError::PlainHttp {
            host: s("sms.forus.ru"),
        },
        SmsError::Tls(TlsFault::Expired),
        SmsError::TimedOut { secs: 30 },
        SmsError::Status { status: 502 },
        SmsError::Unreachable {
            why: s("Connection refused"),
        },
        SmsError::NotMessages {
            why: s("line 1, column 1"),
        },
        SmsError::CommandFailed {
            why: s("exit status: 3"),
        },
        SmsError::CommandHangs { secs: 30 },
        SmsError::TooLarge { limit: 1_048_576 },
        SmsError::NoTerminal,
    ];
    portal
        .into_iter()
        .map(Error::Portal)
        .chain(sms.into_iter().map(Error::Sms))
        .collect()
}

fn of_an_enrollment() -> Vec<Error> {
    let (application, status) = (|| s("722318"), || s("Принята Оператором"));
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
        Error::KeyAwaited {
            key: s("ab"),
            application: application(),
        },
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
        Error::Printer(PrinterError::NoProgram { program: "lp" }),
        Error::Printer(PrinterError::Refused {
            file: s("raspiska.pdf"),
            why: s("lp: no default destination"),
        }),
    ]
}

fn of_formats_and_journal() -> Vec<Error> {
    let oid = const_oid::ObjectIdentifier::new_unwrap("2.5.4.3");
    let time = || "2018-12-25T09:00:00Z".parse().unwrap();
    let issuer = || s("CN=ТЕСТ УЦ");
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
    let request = request.into_iter().map(Error::Request);
    let certificate = certificate.into_iter().map(Error::Certificate);
    request
        .chain(certificate)
        .chain(journal::errors().into_iter().map(Error::Journal))
        .collect()
}

fn all() -> Vec<Error> {
    let all = [
        of_the_token(),
        of_portal_and_phone(),
        of_an_enrollment(),
        of_formats_and_journal(),
    ];
    all.into_iter().flatten().collect()
}

/// A stage at which such an error comes.
fn stage_of(error: &Error) -> Stage {
    let key = Key {
        id: s("ab"),
        label: s("ООО Тестовая организация"),
        public_key: s("3063"),
    };
    let order = Order {
        application: s("722318"),
        key: key.clone(),
        request: None,
        label_after: None,
        sent_at: None,
    };
    match error {
        Error::Portal(_) | Error::Sms(_) | Error::NoCode { .. } => Stage::Chosen(s("722318")),
        Error::Request(_) => Stage::KeyReady(s("722318"), key),
        Error::NotOrdered { .. } => Stage::Sent(order),
        Error::NotIssued { .. } | Error::IssueOverdue { .. } | Error::NotInstalled { .. } => {
            Stage::Ordered(order)
        }
        Error::Certificate(_)
        | Error::CertificateForAnotherKey { .. }
        | Error::CertificatesDiffer => Stage::Issued(order),
        Error::NotReadBack | Error::ProbeFailed => Stage::Checked(order, String::new()),
        Error::NotAPdf { .. } | Error::File { .. } => Stage::Installed(order, String::new()),
        Error::Printer(_) => Stage::PapersSaved(order, String::new()),
        _ => Stage::default(),
    }
}

fn table(lang: Lang) -> String {
    let entries = all().into_iter().map(|error| {
        let lines = Report::of(&error, &stage_of(&error), lang).lines(lang);
        format!("exit {}\n{lines}\n", error.exit_code())
    });
    entries.collect::<Vec<_>>().join("\n")
}

#[test]
fn every_error_in_english_says_what_happened_how_things_stand_and_what_to_do() {
    insta::assert_snapshot!("english", table(Lang::En));
}

#[test]
fn every_error_in_russian_says_what_happened_how_things_stand_and_what_to_do() {
    insta::assert_snapshot!("russian", table(Lang::Ru));
}

/// Every `.rs` file below a folder, in one text.
fn sources(folder: &std::path::Path) -> String {
    let entries = std::fs::read_dir(folder).expect("a folder of the checkout");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let text = |path: std::path::PathBuf| match path.extension() {
        None if path.is_dir() => sources(&path),
        Some(it) if it == "rs" => std::fs::read_to_string(path).expect("a source file"),
        _ => String::new(),
    };
    paths.map(text).collect()
}

/// Which test or scenario produces an error.
fn shown_by(error: &Error) -> String {
    #[derive(serde::Deserialize)]
    struct List {
        shown: Vec<(String, String)>,
    }
    let list: List = toml::from_str(include_str!("shown.toml")).expect("pairs of texts");
    let debug = format!("{error:?}");
    let mut known = list.shown.into_iter();
    let found = known.find(|(begins, _)| debug.starts_with(begins));
    found.expect(&debug).1
}

/// The page for people: exit codes, errors, what to do, and what shows them.
fn page() -> String {
    let mut rows: Vec<_> = all().iter().map(row).collect();
    rows.sort();
    format!(
        "# Errors of `enroll`\n\nGenerated; `UPDATE=1 cargo test -p enroll --test advice` writes it. Values stand for examples.\n\n\
         | Exit | What happened | What to do | Shown by |\n|---:|---|---|---|\n{}",
        rows.concat()
    )
}

fn row(error: &Error) -> String {
    let Report { what, next, .. } = Report::of(error, &stage_of(error), Lang::En);
    let shown = match shown_by(error).split_once(' ') {
        Some((_, scenario)) => format!("[{scenario}](../scenarios/suite/{scenario}.toml)"),
        None => format!("`{}`", shown_by(error)),
    };
    let exit = error.exit_code();
    format!("| {exit} | {what} | {next} | {shown} |\n")
}

#[test]
fn the_page_of_errors_is_what_the_program_says() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("ERRORS.md");
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, page()).expect("a file of the checkout");
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(
        kept,
        page(),
        "`UPDATE=1 cargo test -p enroll --test advice` writes it"
    );
}

#[test]
fn every_error_is_produced_by_a_test_or_a_scenario_that_is_there() {
    let room = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let harness = room.with_file_name("scenarios");
    let tests = [room.join("tests"), room.join("src"), harness.join("tests")];
    let tests = tests.map(|folder| sources(&folder)).concat();
    for error in all() {
        let shown = shown_by(&error);
        let Some((_, scenario)) = shown.split_once(' ') else {
            assert!(tests.contains(&format!("fn {shown}(")), "no test {shown}");
            continue;
        };
        let file = harness.join(format!("suite/{scenario}.toml"));
        let text = std::fs::read_to_string(&file).expect(scenario);
        let exit = format!("exit = {}", error.exit_code());
        assert!(
            text.contains(&exit),
            "{scenario} does not end so: {error:?}"
        );
    }
}

/// The variants of an error as its source has them.
fn variants(source: &str, name: &str) -> Vec<String> {
    let (_, body) = source.split_once(&format!("pub enum {name} {{")).unwrap();
    let (body, _) = body.split_once("\n}").unwrap();
    let lines = body.lines().filter_map(|line| line.strip_prefix("    "));
    let named = lines.filter(|line| line.starts_with(|first: char| first.is_ascii_uppercase()));
    let names = named.map(|line| line.split(|it: char| !it.is_alphanumeric()).next().unwrap());
    names.map(str::to_owned).collect()
}

#[test]
fn the_list_leaves_no_error_out() {
    let told: Vec<String> = all().iter().map(|error| format!("{error:?}")).collect();
    let token = include_str!("../src/ports/token.rs");
    let transmit = include_str!("../src/ports/token/transmit.rs");
    let seams = [
        ("", include_str!("../src/error.rs"), "Error"),
        ("Token(", token, "TokenError"),
        ("Token(Transmit(", transmit, "TransmitError"),
        (
            "Applicant(",
            include_str!("../src/ports/applicant.rs"),
            "ApplicantError",
        ),
        ("Sms(", include_str!("../src/ports/sms.rs"), "SmsError"),
        (
            "Portal(",
            include_str!("../src/ports/portal.rs"),
            "PortalError",
        ),
        (
            "Portal(Tls(",
            include_str!("../src/ports/portal.rs"),
            "TlsFault",
        ),
        (
            "Printer(",
            include_str!("../src/ports/printer.rs"),
            "PrinterError",
        ),
        (
            "Request(",
            include_str!("../src/request.rs"),
            "RequestError",
        ),
        (
            "Certificate(",
            include_str!("../src/certificate.rs"),
            "CertificateProblem",
        ),
        (
            "Journal(",
            include_str!("../src/journal.rs"),
            "JournalError",
        ),
    ];
    for (wrapped, source, name) in seams {
        for variant in variants(source, name) {
            let begins = |told: &String| {
                let rest = told.strip_prefix(&format!("{wrapped}{variant}"));
                rest.is_some_and(|rest| !rest.starts_with(char::is_alphanumeric))
            };
            assert!(
                told.iter().any(begins),
                "{name}::{variant} is not in the list"
            );
        }
    }
}
