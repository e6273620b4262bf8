//! What happened, for every error. No `_` arm: a new variant must bring its own words.

use super::text::Text;
use super::texts;
use super::words::{self, word};
use crate::certificate::CertificateProblem;
use crate::error::Error;
use crate::journal::{JournalError, Unreadable, VERSION};
use crate::ports::portal::{AddressFault, TlsFault};
use crate::ports::token::{TransmitError, Tries};
use crate::ports::{ApplicantError, PortalError, PrinterError, SmsError, TokenError};
use crate::request::{FieldProblem, RequestError};

pub(super) fn what(error: &Error) -> Text {
    match error {
        Error::Token(error) => token(error),
        Error::Applicant(error) => applicant(error),
        Error::Sms(error) => sms(error),
        Error::Portal(error) => portal(error),
        Error::Request(error) => texts::error_request(request(error)),
        Error::Certificate(problem) => texts::error_certificate(certificate(problem)),
        Error::Journal(error) => journal(error),
        Error::OtherToken { wanted, found } => texts::error_other_token(found, wanted),
        Error::LastTries { role, left } => texts::error_last_tries(*left, *role),
        Error::OldObjects { objects } => texts::error_old_objects(objects),
        Error::SeveralPairs { label } => texts::error_several_pairs(label),
        Error::KeyGone { key } => texts::error_key_gone(key),
        Error::KeyAwaited { key, application } => texts::error_key_awaited(key, application),
        Error::StillThere { object } => texts::error_still_there(object),
        Error::NotReadBack => texts::error_not_read_back(),
        Error::ProbeFailed => texts::error_probe_failed(),
        Error::NotConfirmed { serial } => texts::error_not_confirmed(serial),
        Error::RemovalDeclined => texts::error_removal_declined(),
        Error::NoCode { phone, waited_secs } => texts::error_no_code(phone, *waited_secs),
        Error::NoApplication { wanted: None } => texts::error_no_application(),
        Error::NoApplication {
            wanted: Some(number),
        } => texts::error_no_such_application(number),
        Error::SeveralApplications { numbers } => {
            texts::error_several_applications(numbers.join(", "))
        }
        Error::NotReady {
            application,
            status,
        } => texts::error_not_ready(application, status),
        Error::NotOrdered { status, reason } => texts::error_not_ordered(status, reason),
        Error::NotIssued {
            application,
            status,
        } => texts::error_not_issued(application, status),
        Error::IssueOverdue {
            application,
            status,
            waited_secs,
        } => texts::error_issue_overdue(application, waited_secs / 60, status),
        Error::CertificateForAnotherKey { serial, .. } => {
            texts::error_certificate_for_another_key(serial)
        }
        Error::CertificatesDiffer => texts::error_certificates_differ(),
        Error::NotAPdf { title } => texts::error_not_a_pdf(*title),
        Error::NothingSent => texts::error_nothing_sent(),
        Error::NotInstalled { .. } => texts::error_not_installed(),
        Error::Printer(error) => printer(error),
        Error::File { path, why } => texts::error_file(path.display().to_string(), why),
    }
}

fn token(error: &TokenError) -> Text {
    match error {
        TokenError::Transmit(error) => transmit(error),
        TokenError::WrongPin {
            role,
            tries_left: Tries::Left(left),
        } => texts::token_wrong_pin(*left, *role),
        TokenError::WrongPin {
            role,
            tries_left: Tries::Blocked,
        } => texts::token_wrong_pin_blocked(*role),
        TokenError::WrongPin { role, .. } => texts::token_wrong_pin_untold(*role),
        TokenError::PinBlocked { role } => texts::token_pin_blocked(*role),
        TokenError::PinUnfit { role, octets } => texts::token_pin_unfit(*octets, *role),
        TokenError::NoSuchPin { role } => texts::token_no_such_pin(*role),
        TokenError::NotLoggedIn { what } => texts::token_not_logged_in(word(what)),
        TokenError::NotPermitted { role, what } => texts::token_not_permitted(*role, word(what)),
        TokenError::NotARutoken { sw } => texts::token_not_a_rutoken(format!("{sw:04X}")),
        TokenError::NotInitialised => texts::token_not_initialised(),
        TokenError::NoSpace { what } => texts::token_no_space(word(what)),
        TokenError::NameTooLong { octets } => texts::token_name_too_long(*octets),
        TokenError::KeyNotFound { id } => texts::token_key_not_found(id.to_string()),
        TokenError::CertificateNotFound { file } => {
            texts::token_certificate_not_found(format!("{file:04X}"))
        }
        TokenError::Unsupported { what } => texts::token_unsupported(word(what)),
        TokenError::StatusWord { command, sw } => {
            texts::token_status_word(format!("{sw:04X}"), *command)
        }
        TokenError::Damaged { what } => texts::token_damaged(word(what)),
        TokenError::NotWritten { what } => texts::token_not_written(word(what)),
        TokenError::BadSignature => texts::token_bad_signature(),
    }
}

fn transmit(error: &TransmitError) -> Text {
    match error {
        TransmitError::NoLibrary { why } => texts::transmit_no_library(why),
        TransmitError::NoService { why } => texts::transmit_no_service(word(why)),
        TransmitError::NoModule { module, why } => texts::transmit_no_module(module, why),
        TransmitError::CannotListen { why } => texts::transmit_cannot_listen(why),
        TransmitError::NoReader {
            wanted: Some(name),
            found,
        } if found.is_empty() => texts::transmit_no_such_reader_nor_other(name),
        TransmitError::NoReader {
            wanted: Some(name),
            found,
        } => texts::transmit_no_such_reader(name, found.join(", ")),
        TransmitError::NoReader { wanted: None, .. } => texts::transmit_no_reader(),
        TransmitError::SeveralReaders { readers } => {
            texts::transmit_several_readers(readers.join(", "))
        }
        TransmitError::NoCard { reader } => texts::transmit_no_card(reader),
        TransmitError::NoCardInTime { reader, waited } => {
            texts::transmit_no_card_in_time(reader, waited.as_secs())
        }
        TransmitError::InUse { reader } => texts::transmit_in_use(reader),
        TransmitError::Removed => texts::transmit_removed(),
        TransmitError::Reset => texts::transmit_reset(),
        TransmitError::Lost(why) => texts::transmit_lost(why),
    }
}

fn applicant(error: &ApplicantError) -> Text {
    match error {
        ApplicantError::NoPin { role } => texts::applicant_no_pin(*role),
        ApplicantError::NoNewPin { role } => texts::applicant_no_new_pin(*role),
        ApplicantError::NoConsent => texts::applicant_no_consent(),
        ApplicantError::Unreadable { what, why } => texts::applicant_unreadable(what, why),
    }
}

fn printer(error: &PrinterError) -> Text {
    match error {
        PrinterError::NoProgram { program } => texts::printer_no_program(*program),
        PrinterError::Refused { file, why } => texts::printer_refused(file, why),
    }
}

pub(super) fn sms(error: &SmsError) -> Text {
    match error {
        SmsError::BadAddress { why } => texts::sms_bad_address(address(why)),
        SmsError::PlainHttp { host } => texts::sms_plain_http(host),
        SmsError::Tls(fault) => tls(fault, "sms"),
        SmsError::TimedOut { secs } => texts::sms_timed_out(*secs),
        SmsError::Status { status } => texts::sms_status(*status),
        SmsError::Unreachable { why } => texts::sms_unreachable(why),
        SmsError::NotMessages { why } => texts::sms_not_messages(why),
        SmsError::CommandFailed { why } => texts::sms_command_failed(why),
        SmsError::CommandHangs { secs } => texts::sms_command_hangs(*secs),
        SmsError::TooLarge { limit } => texts::sms_too_large(*limit),
        SmsError::NoTerminal => texts::sms_no_terminal(),
    }
}

pub(super) fn portal(error: &PortalError) -> Text {
    match error {
        PortalError::BadAddress { why } => texts::portal_bad_address(address(why)),
        PortalError::PlainHttp { host } => texts::portal_plain_http(host),
        PortalError::Unreachable { why } => texts::portal_unreachable(why),
        PortalError::TimedOut { secs } => texts::portal_timed_out(*secs),
        PortalError::Tls(fault) => tls(fault, "portal"),
        PortalError::Busy { secs: Some(secs) } => texts::portal_busy_for(*secs),
        PortalError::Busy { secs: None } => texts::portal_busy(),
        PortalError::Status { what, status } => texts::portal_status(*status, what),
        PortalError::SessionExpired => texts::portal_session_expired(),
        PortalError::WrongCode { said, .. } => texts::portal_wrong_code(said),
        PortalError::CodeVoid { said } => texts::portal_code_void(said),
        PortalError::TooEarly { said, .. } => texts::portal_too_early(said),
        PortalError::Refused { said } => texts::portal_refused(said),
        PortalError::NotUnderstood { page, missing, .. } => {
            texts::portal_not_understood(page, words::missing(missing))
        }
        PortalError::NotTheCabinet { page, missing, .. } => {
            texts::portal_not_the_cabinet(page, words::missing(missing))
        }
        PortalError::TooLarge { what, limit } => texts::portal_too_large(what, *limit),
    }
}

fn address(fault: &AddressFault) -> Text {
    match fault {
        AddressFault::NotUrl => texts::address_not_url(),
        AddressFault::NoHost => texts::address_no_host(),
        AddressFault::Scheme { scheme } => texts::address_scheme(scheme),
        AddressFault::OtherHost { host } => texts::address_other_host(host),
        AddressFault::OtherPort { host } => texts::address_other_port(host),
        AddressFault::CaFile { path, why } => {
            texts::address_ca_file(path.display().to_string(), why)
        }
    }
}

/// `whose` is `portal` or `sms`.
fn tls(fault: &TlsFault, whose: &str) -> Text {
    match fault {
        TlsFault::UnknownIssuer => texts::tls_unknown_issuer(whose),
        TlsFault::Expired => texts::tls_expired(whose),
        TlsFault::NotYetValid => texts::tls_not_yet_valid(whose),
        TlsFault::OtherHost => texts::tls_other_host(whose),
        TlsFault::NothingInCommon => texts::tls_nothing_in_common(whose),
        TlsFault::Refused { why } => texts::tls_refused(whose, why),
    }
}

fn request(error: &RequestError) -> Text {
    match error {
        RequestError::Field { label, oid, why } => {
            texts::request_field(label, oid.to_string(), field(*why))
        }
        RequestError::KeyUsage { name } => texts::request_key_usage(name),
        RequestError::Algorithm { algorithm } => texts::request_algorithm(format!("{algorithm:?}")),
        RequestError::Malformed { why } => texts::request_malformed(why),
        RequestError::Differs { what } => texts::request_differs(word(what)),
        RequestError::Signature => texts::request_signature(),
    }
}

fn field(problem: FieldProblem) -> Text {
    match problem {
        FieldProblem::Empty => texts::field_empty(),
        FieldProblem::TooLong => texts::field_too_long(),
        FieldProblem::Characters => texts::field_characters(),
        FieldProblem::Country => texts::field_country(),
        FieldProblem::Inn => texts::field_inn(),
        FieldProblem::Ogrn => texts::field_ogrn(),
        FieldProblem::Ogrnip => texts::field_ogrnip(),
        FieldProblem::Snils => texts::field_snils(),
        FieldProblem::Kpp => texts::field_kpp(),
    }
}

fn certificate(problem: &CertificateProblem) -> Text {
    match problem {
        CertificateProblem::Malformed { why } => texts::certificate_malformed(word(why)),
        CertificateProblem::NotGost => texts::certificate_not_gost(),
        CertificateProblem::TwoAlgorithms => texts::certificate_two_algorithms(),
        CertificateProblem::NoIssuer { issuer } => texts::certificate_no_issuer(issuer),
        CertificateProblem::Signature { issuer } => texts::certificate_signature(issuer),
        CertificateProblem::NotAnIssuer { issuer, why } => {
            texts::certificate_not_an_issuer(issuer, word(why))
        }
        CertificateProblem::NotYetValid { from } => {
            texts::certificate_not_yet_valid(from.to_string())
        }
        CertificateProblem::Expired { until } => texts::certificate_expired(until.to_string()),
        CertificateProblem::Revoked => texts::certificate_revoked(),
        CertificateProblem::UnknownCritical { oid } => {
            texts::certificate_unknown_critical(oid.to_string())
        }
        CertificateProblem::NotQualified { what } => texts::certificate_not_qualified(*what),
        CertificateProblem::OtherSubject { attribute } => {
            texts::certificate_other_subject(attribute)
        }
    }
}

/// Also for what lists a certificate that does not read.
pub(crate) fn unreadable(file: u16, problem: &CertificateProblem) -> Text {
    texts::object_unreadable(format!("{file:04X}"), certificate(problem))
}

pub(super) fn journal(error: &JournalError) -> Text {
    match error {
        JournalError::File { act, path, why } => {
            texts::journal_file(word(act), path.display().to_string(), word(why))
        }
        JournalError::Locked { token } => texts::journal_locked(token),
        JournalError::Damaged { token, line } => texts::journal_damaged(*line, token),
        JournalError::Version { found } => texts::journal_version(*found, VERSION),
        JournalError::OutOfOrder(why) => texts::journal_out_of_order(why.to_string()),
        JournalError::OtherApplication { token, application } => {
            texts::journal_other_application(token, application)
        }
        JournalError::SeveralApplications {
            token,
            applications,
        } => texts::journal_several_applications(token, applications.join(", ")),
        JournalError::OtherPortal { token } => texts::journal_other_portal(token),
        JournalError::Unreadable(Unreadable { path, why, .. }) => {
            texts::journal_unreadable(path.display().to_string(), journal(why))
        }
        JournalError::Rebuilt { token, .. } => texts::journal_rebuilt(token),
        JournalError::NoneBegun => texts::journal_none(),
        JournalError::Nothing { token } => texts::journal_nothing(token),
    }
}
