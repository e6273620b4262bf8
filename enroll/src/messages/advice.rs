//! What to do now: a decision for every error, and its words.

use super::text::Text;
use super::texts;
use crate::error::{Deed, Error, NextStep, RESUME, exit_code};
use crate::journal::{JournalError, Unreadable};
use crate::ports::portal::TlsFault;
use crate::ports::token::TransmitError;
use crate::ports::{ApplicantError, PortalError, PrinterError, SmsError, TokenError};

impl Error {
    /// What to do now. No `_` arm: a new variant must bring its own advice.
    #[must_use]
    pub fn next_step(&self) -> NextStep {
        match self {
            Self::Token(error) => of_token(error),
            Self::Applicant(error) => of_applicant(error),
            Self::Sms(error) => of_sms(error),
            Self::Portal(error) => of_portal(error),
            Self::Journal(error) => of_journal(error),
            Self::OtherToken { .. } => first(Deed::ConnectToken, "enroll token info"),
            Self::LastTries { .. } => {
                NextStep::FirstThenOption(Deed::FindPin, "--force-last-tries")
            }
            Self::OldObjects { .. } | Self::RemovalDeclined => NextStep::Option("--replace-old"),
            Self::NotConfirmed { .. } => NextStep::Option("--confirm"),
            Self::SeveralPairs { .. } => NextStep::Run("enroll token list".to_owned()),
            Self::KeyGone { .. } | Self::KeyAwaited { .. } => {
                NextStep::Run("enroll abandon".to_owned())
            }
            Self::StillThere { .. } | Self::NotReadBack | Self::ProbeFailed => {
                first(Deed::ConnectToken, "enroll resume")
            }
            Self::NoCode { phone, .. } => NextStep::Ask(Deed::CheckPhone, Some(phone.clone())),
            Self::NoApplication { .. } => NextStep::Ask(Deed::CallOffice, None),
            Self::SeveralApplications { .. } => NextStep::Option("--application"),
            Self::NotReady { status, .. } if AFTER.contains(&status.as_str()) => {
                NextStep::Run("enroll install".to_owned())
            }
            Self::NotReady { application, .. } => {
                NextStep::Ask(Deed::CallOffice, Some(application.clone()))
            }
            Self::NotOrdered { status, .. } => {
                NextStep::Ask(Deed::CallOffice, Some(status.clone()))
            }
            Self::NotIssued { .. } => NextStep::Run("enroll install".to_owned()),
            Self::IssueOverdue { application, .. } => {
                NextStep::Ask(Deed::CallOffice, Some(application.clone()))
            }
            Self::Request(_) => NextStep::Ask(Deed::CallOffice, None),
            Self::CertificateForAnotherKey { serial, .. } => {
                NextStep::Ask(Deed::CallOffice, Some(serial.clone()))
            }
            Self::Certificate(_) => NextStep::Ask(Deed::CallOffice, None),
            Self::CertificatesDiffer | Self::NotAPdf { .. } => {
                NextStep::Run("enroll resume".to_owned())
            }
            Self::NothingSent => NextStep::Run("enroll request".to_owned()),
            Self::NotInstalled { .. } => NextStep::Run("enroll resume".to_owned()),
            Self::Printer(PrinterError::NoProgram { .. }) => {
                first(Deed::InstallPrinting, "enroll documents --print")
            }
            Self::Printer(PrinterError::Refused { .. }) => {
                first(Deed::CheckPrinter, "enroll documents --print")
            }
            Self::File { .. } => first(Deed::CheckFolder, "enroll resume"),
        }
    }

    /// The program's exit code.
    #[must_use]
    pub const fn exit_code(&self) -> u8 {
        match self {
            Self::Token(error) => token_code(error),
            Self::OtherToken { .. } => exit_code::NO_TOKEN,
            Self::LastTries { .. } => exit_code::PIN_BLOCKED,
            Self::OldObjects { .. }
            | Self::RemovalDeclined
            | Self::SeveralPairs { .. }
            | Self::KeyAwaited { .. } => exit_code::OLD_OBJECTS,
            Self::KeyGone { .. }
            | Self::StillThere { .. }
            | Self::NotReadBack
            | Self::ProbeFailed => exit_code::TOKEN_FAILED,
            Self::Applicant(_) | Self::NotConfirmed { .. } => exit_code::USAGE,
            Self::Sms(SmsError::BadAddress { .. } | SmsError::PlainHttp { .. }) => exit_code::USAGE,
            Self::Sms(_) | Self::NoCode { .. } => exit_code::NO_CODE,
            Self::Portal(error) => portal_code(error),
            Self::NoApplication { .. }
            | Self::SeveralApplications { .. }
            | Self::NotReady { .. }
            | Self::NotOrdered { .. } => exit_code::APPLICATION,
            Self::NotIssued { .. } | Self::IssueOverdue { .. } => exit_code::NOT_ISSUED,
            Self::Request(_) => exit_code::APPLICATION,
            Self::CertificateForAnotherKey { .. }
            | Self::Certificate(_)
            | Self::CertificatesDiffer => exit_code::CERTIFICATE,
            Self::NotAPdf { .. } => exit_code::PAGE,
            Self::Journal(error) => journal_code(error),
            Self::NothingSent | Self::NotInstalled { .. } => exit_code::NOTHING_TO_RESUME,
            Self::Printer(_) => exit_code::NOT_PRINTED,
            Self::File { .. } => exit_code::JOURNAL,
        }
    }
}

const fn token_code(error: &TokenError) -> u8 {
    match error {
        TokenError::Transmit(_) | TokenError::NotARutoken { .. } => exit_code::NO_TOKEN,
        TokenError::WrongPin { .. } => exit_code::WRONG_PIN,
        TokenError::PinUnfit { .. } => exit_code::USAGE,
        TokenError::PinBlocked { .. } => exit_code::PIN_BLOCKED,
        TokenError::NoSuchPin { .. }
        | TokenError::NotLoggedIn { .. }
        | TokenError::NotPermitted { .. }
        | TokenError::NotInitialised
        | TokenError::NoSpace { .. }
        | TokenError::NameTooLong { .. }
        | TokenError::KeyNotFound { .. }
        | TokenError::CertificateNotFound { .. }
        | TokenError::Unsupported { .. } => exit_code::TOKEN,
        TokenError::StatusWord { .. }
        | TokenError::Damaged { .. }
        | TokenError::NotWritten { .. }
        | TokenError::BadSignature => exit_code::TOKEN_FAILED,
    }
}

const fn portal_code(error: &PortalError) -> u8 {
    match error {
        PortalError::WrongCode { .. }
        | PortalError::CodeVoid { .. }
        | PortalError::TooEarly { .. } => exit_code::WRONG_CODE,
        PortalError::Refused { .. } => exit_code::REFUSED,
        PortalError::NotUnderstood { .. }
        | PortalError::NotTheCabinet { .. }
        | PortalError::TooLarge { .. } => exit_code::PAGE,
        PortalError::BadAddress { .. } | PortalError::PlainHttp { .. } => exit_code::USAGE,
        PortalError::Unreachable { .. }
        | PortalError::TimedOut { .. }
        | PortalError::Tls(_)
        | PortalError::Busy { .. }
        | PortalError::Status { .. }
        | PortalError::SessionExpired => exit_code::PORTAL,
    }
}

const fn journal_code(error: &JournalError) -> u8 {
    match error {
        JournalError::Locked { .. }
        | JournalError::OtherApplication { .. }
        | JournalError::SeveralApplications { .. }
        | JournalError::OtherPortal { .. } => exit_code::JOURNAL_BUSY,
        JournalError::NoneBegun | JournalError::Nothing { .. } => exit_code::NOTHING_TO_RESUME,
        JournalError::File { .. }
        | JournalError::Damaged { .. }
        | JournalError::Version { .. }
        | JournalError::OutOfOrder(_)
        | JournalError::Unreadable(_)
        | JournalError::Rebuilt { .. } => exit_code::JOURNAL,
    }
}

fn of_token(error: &TokenError) -> NextStep {
    match error {
        TokenError::Transmit(TransmitError::NoLibrary { .. }) => {
            first(Deed::InstallLibrary, "enroll resume")
        }
        TokenError::Transmit(TransmitError::NoService { .. }) => {
            first(Deed::StartService, "enroll resume")
        }
        TokenError::Transmit(TransmitError::NoModule { .. }) => {
            NextStep::FirstThenOption(Deed::CheckModule, "--token pkcs11:MODULE")
        }
        TokenError::Transmit(TransmitError::CannotListen { .. }) => {
            NextStep::Option("--token vpcd:HOST:PORT")
        }
        TokenError::Transmit(TransmitError::InUse { .. }) => {
            first(Deed::FinishOther, "enroll resume")
        }
        TokenError::Transmit(_)
        | TokenError::NotARutoken { .. }
        | TokenError::NotLoggedIn { .. } => first(Deed::ConnectToken, "enroll resume"),
        TokenError::WrongPin { .. } => first(Deed::FindPin, "enroll resume"),
        TokenError::PinUnfit { .. } => NextStep::Option("--new-pin-file"),
        TokenError::PinBlocked {
            role: crate::ports::token::PinRole::User,
        } => first(Deed::Unblock, "enroll resume"),
        // Nobody unblocks the administrator: what is left is to begin anew.
        TokenError::PinBlocked { .. } => NextStep::Run("enroll token format".to_owned()),
        // A usual real token is laid out by the vendor's software: formatting it would erase what that shows.
        TokenError::NotInitialised => NextStep::Option(VENDORS_MODULE),
        TokenError::NoSuchPin { .. } | TokenError::Unsupported { .. } => {
            NextStep::Run("enroll token info".to_owned())
        }
        TokenError::NoSpace { .. } => first(Deed::FreeSpace, "enroll resume"),
        TokenError::NameTooLong { .. } => NextStep::FirstAgain(Deed::ShortenName),
        TokenError::NotPermitted { .. }
        | TokenError::KeyNotFound { .. }
        | TokenError::CertificateNotFound { .. }
        | TokenError::Damaged { .. } => NextStep::Run("enroll token list".to_owned()),
        TokenError::StatusWord { .. }
        | TokenError::NotWritten { .. }
        | TokenError::BadSignature => first(Deed::ConnectToken, "enroll resume"),
    }
}

fn of_applicant(error: &ApplicantError) -> NextStep {
    match error {
        ApplicantError::NoPin {
            role: crate::ports::token::PinRole::User,
        } => NextStep::Option("--pin-file"),
        ApplicantError::NoPin { .. } => NextStep::Option("--admin-pin-file"),
        ApplicantError::NoNewPin {
            role: crate::ports::token::PinRole::User,
        } => NextStep::Option("--new-pin-file"),
        ApplicantError::NoNewPin { .. } => NextStep::Option("--new-admin-pin-file"),
        ApplicantError::NoConsent => NextStep::Option("--yes"),
        ApplicantError::Unreadable { .. } => NextStep::Option("--pin-file"),
    }
}

fn of_sms(error: &SmsError) -> NextStep {
    match error {
        SmsError::PlainHttp { .. } => {
            NextStep::FirstThenOption(Deed::UseHttps, "--allow-plain-http")
        }
        SmsError::Tls(
            fault @ (TlsFault::UnknownIssuer | TlsFault::Expired | TlsFault::NotYetValid),
        ) => of_tls(fault),
        SmsError::Unreachable { .. } | SmsError::TimedOut { .. } | SmsError::Status { .. } => {
            first(Deed::CheckNetwork, "enroll resume")
        }
        SmsError::BadAddress { .. }
        | SmsError::Tls(_)
        | SmsError::NotMessages { .. }
        | SmsError::CommandFailed { .. }
        | SmsError::CommandHangs { .. }
        | SmsError::TooLarge { .. } => NextStep::Option("--sms"),
        // Typing is what cannot be done here.
        SmsError::NoTerminal => NextStep::Option(SMS_COMMAND),
    }
}

fn of_portal(error: &PortalError) -> NextStep {
    match error {
        PortalError::BadAddress { .. } | PortalError::NotTheCabinet { .. } => {
            NextStep::Option("--portal")
        }
        PortalError::PlainHttp { .. } => {
            NextStep::FirstThenOption(Deed::UseHttps, "--allow-plain-http")
        }
        PortalError::Tls(fault) => of_tls(fault),
        PortalError::Busy { .. } => first(Deed::ComeBack, "enroll resume"),
        PortalError::Unreachable { .. }
        | PortalError::TimedOut { .. }
        | PortalError::Status { .. } => first(Deed::CheckNetwork, "enroll resume"),
        PortalError::SessionExpired
        | PortalError::WrongCode { .. }
        | PortalError::CodeVoid { .. }
        | PortalError::TooEarly { .. } => NextStep::Run("enroll resume".to_owned()),
        PortalError::Refused { said } => NextStep::Ask(Deed::CallOffice, Some(said.clone())),
        PortalError::NotUnderstood { saved, .. } => NextStep::Ask(
            Deed::Report,
            saved.as_ref().map(|path| path.display().to_string()),
        ),
        PortalError::TooLarge { .. } => NextStep::Ask(Deed::Report, None),
    }
}

fn of_tls(fault: &TlsFault) -> NextStep {
    match fault {
        TlsFault::UnknownIssuer => NextStep::Option("--ca"),
        TlsFault::OtherHost => NextStep::Option("--portal"),
        TlsFault::Expired | TlsFault::NotYetValid => first(Deed::CheckClock, "enroll resume"),
        TlsFault::NothingInCommon => {
            NextStep::FirstThenOption(Deed::TunnelGost, "--portal http://127.0.0.1:PORT")
        }
        TlsFault::Refused { .. } => first(Deed::CheckNetwork, "enroll resume"),
    }
}

fn of_journal(error: &JournalError) -> NextStep {
    match error {
        JournalError::File { .. } => first(Deed::CheckFolder, "enroll resume"),
        JournalError::Locked { .. } => first(Deed::FinishOther, "enroll status"),
        JournalError::OtherApplication { .. } => first(Deed::FinishOther, "enroll resume"),
        JournalError::SeveralApplications { .. } => NextStep::Option("--application"),
        JournalError::OtherPortal { .. } => NextStep::Option("--portal"),
        JournalError::Unreadable(Unreadable {
            application, why, ..
        }) => match &**why {
            JournalError::File { .. } => of_journal(why),
            _ => resume_of(application.as_deref()),
        },
        JournalError::Rebuilt { application, .. } => resume_of(application.as_deref()),
        JournalError::NoneBegun | JournalError::Nothing { .. } => {
            NextStep::Run("enroll request".to_owned())
        }
        JournalError::Damaged { .. }
        | JournalError::Version { .. }
        | JournalError::OutOfOrder(_) => NextStep::Run("enroll resume".to_owned()),
    }
}

/// Opening a damaged journal begins it anew; one that waits is opened by its application's number.
fn resume_of(application: Option<&str>) -> NextStep {
    NextStep::Run(application.map_or_else(
        || "enroll resume".to_owned(),
        |number| format!("enroll resume --application {number}"),
    ))
}

fn first(deed: Deed, command: &str) -> NextStep {
    NextStep::First(deed, command.to_owned())
}

/// `what` is the message itself, to be quoted.
pub(super) fn words(step: &NextStep, what: Text) -> Text {
    match step {
        NextStep::Run(command) => command_text(command),
        NextStep::Option(option) => match hint(option) {
            Some(hint) => texts::next_option_hint(*option, hint),
            None => texts::next_option(*option),
        },
        NextStep::First(deed, command) => texts::next_first(of_deed(*deed), command_text(command)),
        NextStep::Again => texts::next_again(),
        NextStep::FirstAgain(deed) => texts::next_first_again(of_deed(*deed)),
        NextStep::FirstThenOption(deed, option) => {
            texts::next_first_option(of_deed(*deed), *option)
        }
        NextStep::Ask(deed, quote) => {
            texts::next_ask(of_deed(*deed), quote.clone().map_or(what, Text::plain))
        }
    }
}

/// A command as it is to be typed; resuming needs the options of the run that stopped as well.
fn command_text(command: &str) -> Text {
    match command.starts_with(RESUME) {
        true => texts::next_resume(command),
        false => Text::plain(command),
    }
}

/// What an option is to be given, where its name does not say it.
fn hint(option: &str) -> Option<Text> {
    Some(match option {
        "--ca" => texts::hint_ca(),
        "--sms" => texts::hint_sms(),
        SMS_COMMAND => texts::hint_sms_command(),
        "--portal" => texts::hint_portal(),
        "--application" => texts::hint_application(),
        "--replace-old" => texts::hint_replace_old(),
        "--pin-file" | "--admin-pin-file" | "--new-pin-file" | "--new-admin-pin-file" => {
            texts::hint_pin_file()
        }
        VENDORS_MODULE => texts::hint_vendors_module(),
        "--confirm" => texts::hint_confirm(),
        "--yes" => texts::hint_yes(),
        _ => return None,
    })
}

fn of_deed(deed: Deed) -> Text {
    match deed {
        Deed::ConnectToken => texts::deed_connect_token(),
        Deed::StartService => texts::deed_start_service(),
        Deed::InstallLibrary => texts::deed_install_library(),
        Deed::FindPin => texts::deed_find_pin(),
        Deed::UseHttps => texts::deed_use_https(),
        Deed::Unblock => texts::deed_unblock(),
        Deed::FreeSpace => texts::deed_free_space(),
        Deed::ShortenName => texts::deed_shorten_name(),
        Deed::CheckPhone => texts::deed_check_phone(),
        Deed::CheckNetwork => texts::deed_check_network(),
        Deed::CallOffice => texts::deed_call_office(),
        Deed::Report => texts::deed_report(),
        Deed::FinishOther => texts::deed_finish_other(),
        Deed::CheckFolder => texts::deed_check_folder(),
        Deed::InstallPrinting => texts::deed_install_printing(),
        Deed::CheckPrinter => texts::deed_check_printer(),
        Deed::CheckModule => texts::deed_check_module(),
        Deed::CheckClock => texts::deed_check_clock(),
        Deed::ComeBack => texts::deed_come_back(),
        Deed::TunnelGost => texts::deed_tunnel_gost(),
    }
}

/// An inbox that needs nobody to type.
const SMS_COMMAND: &str = "--sms exec:COMMAND";
/// Where the vendor's package puts the module that reads the vendor's layout.
const VENDORS_MODULE: &str = "--token pkcs11:/usr/lib/librtpkcs11ecp.so";

/// Status words after which installing is the way on.
const AFTER: [&str; 4] = [
    "Запрос отправлен",
    "Сертификат заказан",
    "Сертификат выпущен",
    "Сертификат установлен",
];
