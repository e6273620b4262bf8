//! From options to ports.

use core::time::Duration;
use std::net::ToSocketAddrs as _;
use std::path::PathBuf;

use super::Stop;
use super::options::{Command, Common};
use super::shell::Shell;
use crate::adapters::apdu_token::ApduToken;
use crate::adapters::http_portal::{HttpPortal, PortalAddress};
use crate::adapters::observed::Observed;
#[cfg(feature = "pcsc")]
use crate::adapters::pcsc::PcscReader;
use crate::adapters::sms_command::SmsCommand;
use crate::adapters::sms_gateway::SmsGateway;
use crate::adapters::terminal::{PinSource, PromptInbox, TerminalApplicant};
use crate::adapters::vpcd_reader::VpcdReader;
use crate::engine::Settings;
use crate::error::Error;
use crate::event::Events;
use crate::journal::default_folder;
use crate::messages::{Lang, texts};
use crate::ports::sms::{Phone, SmsInbox};
#[cfg(feature = "pcsc")]
use crate::ports::token::TokenInfo;
use crate::ports::token::TransmitError;
use crate::ports::{Token, TokenError};

/// The state folder.
pub(super) fn state(common: &Common) -> PathBuf {
    let variable = |name: &str| {
        std::env::var_os(name)
            .filter(|value| !value.is_empty())
            .map(PathBuf::from)
    };
    common
        .state
        .clone()
        .unwrap_or_else(|| default_folder(variable))
}

fn address(url: &str, common: &Common) -> PortalAddress {
    PortalAddress {
        ca: common.ca.clone(),
        allow_plain_http: common.allow_plain_http,
        save_pages: Some(state(common).join("pages")),
        ..PortalAddress::new(url)
    }
}

pub(super) fn portal(common: &Common, events: &Events) -> Result<HttpPortal, Stop> {
    let url = common
        .portal
        .as_deref()
        .ok_or_else(|| missing("--portal URL"))?;
    Ok(HttpPortal::new(address(url, common), events.clone())?)
}

pub(super) fn sms(common: &Common, lang: Lang, events: &Events) -> Result<Box<dyn SmsInbox>, Stop> {
    match common.sms.split_once(':') {
        _ if common.sms == "prompt" => Ok(Box::new(PromptInbox::new(lang))),
        Some(("exec", command)) => Ok(Box::new(SmsCommand::new(command))),
        Some(("http" | "https", _)) => Ok(Box::new(SmsGateway::new(
            address(&common.sms, common),
            events.clone(),
        )?)),
        _ => Err(Stop::Usage(texts::usage_sms(&common.sms))),
    }
}

pub(super) fn applicant(common: &Common, lang: Lang) -> TerminalApplicant {
    TerminalApplicant {
        user: PinSource {
            file: common.pin_file.clone(),
            descriptor: common.pin_fd,
            variable: "ENROLL_PIN",
            ..PinSource::default()
        },
        administrator: PinSource {
            file: common.admin_pin_file.clone(),
            variable: "ENROLL_ADMIN_PIN",
            ..PinSource::default()
        },
        agrees_to_all: common.yes,
        lang,
    }
}

pub(super) fn settings(common: &Common, command: &Command) -> Result<Settings, Stop> {
    let phone = common
        .phone
        .as_deref()
        .ok_or_else(|| missing("--phone N"))?;
    let phone = Phone::parse(phone).ok_or_else(|| Stop::Usage(texts::usage_phone()))?;
    Ok(Settings {
        application: common.application.clone(),
        serial: common.serial.clone(),
        replace_old: common.replace_old.into(),
        artefacts: common.out.clone(),
        portal: common
            .portal
            .as_deref()
            .map(|url| PortalAddress::new(url).identity()),
        force_last_tries: common.force_last_tries,
        wait_for_issue: !matches!(command, Command::Install { no_wait: true }),
        ..Settings::new(phone, state(common))
    })
}

fn missing(option: &str) -> Stop {
    Stop::Usage(texts::usage_missing(option))
}

/// The token behind `--token`, if it has the label asked for. Its serial number is the engine's to compare.
pub(super) fn token(
    common: &Common,
    shell: &Shell,
    events: &Events,
) -> Result<Box<dyn Token>, Stop> {
    token_within(common, shell, events, CARD_DEADLINE)
}

/// The same after it was taken away: a virtual card that is not back at once is not waited for.
pub(super) fn token_again(common: &Common, shell: &Shell) -> Result<Box<dyn Token>, TokenError> {
    token_within(common, shell, &shell.events(), MOMENT)
        .map_err(|_| TokenError::Transmit(TransmitError::Removed))
}

fn token_within(
    common: &Common,
    shell: &Shell,
    events: &Events,
    deadline: Duration,
) -> Result<Box<dyn Token>, Stop> {
    let mut token = any_token(common, shell, events, deadline)?;
    if let Some(wanted) = &common.token_label {
        let found = token.info()?.label;
        if found != *wanted {
            let (wanted, found) = (format!("«{wanted}»"), format!("«{found}»"));
            return Err(Error::OtherToken { wanted, found }.into());
        }
    }
    Ok(token)
}

fn any_token(
    common: &Common,
    shell: &Shell,
    events: &Events,
    deadline: Duration,
) -> Result<Box<dyn Token>, Stop> {
    let way = common.token.split(':').next().unwrap_or_default();
    if LEFT_OUT.contains(&way) {
        return Err(Stop::Usage(texts::usage_built_without(way)));
    }
    match common.token.split_once(':') {
        Some(("vpcd", address)) => virtual_card(address, shell, events, deadline),
        #[cfg(feature = "pcsc")]
        Some(("pcsc", reader)) => reader_of_machine(Some(reader), common, events),
        #[cfg(feature = "pkcs11")]
        Some(("pkcs11", module)) => behind_module(module, common),
        #[cfg(feature = "pcsc")]
        None if common.token == "pcsc" => reader_of_machine(None, common, events),
        _ => Err(Stop::Usage(texts::usage_token(&common.token))),
    }
}

/// Listens as the reader and waits for a virtual card to connect.
fn virtual_card(
    address: &str,
    shell: &Shell,
    events: &Events,
    deadline: Duration,
) -> Result<Box<dyn Token>, Stop> {
    let unusable = || Stop::Usage(texts::usage_address(address));
    let address = address
        .to_socket_addrs()
        .ok()
        .and_then(|mut found| found.next())
        .ok_or_else(unusable)?;
    let mut reader = VpcdReader::listen(address).map_err(TokenError::from)?;
    if deadline > MOMENT {
        shell.waits_for_card(&reader.address().to_string());
    }
    reader
        .await_card(deadline, |_| {})
        .map_err(TokenError::from)?;
    Ok(Box::new(ApduToken::new(Observed::new(
        reader,
        events.clone(),
    ))))
}

#[cfg(feature = "pcsc")]
fn reader_of_machine(
    wanted: Option<&str>,
    common: &Common,
    events: &Events,
) -> Result<Box<dyn Token>, Stop> {
    let is_named = common.serial.is_some() || common.token_label.is_some();
    let reader = match PcscReader::connect(wanted) {
        Err(TransmitError::SeveralReaders { readers }) if is_named => one_of(readers, common),
        only => only,
    };
    Ok(Box::new(ApduToken::new(Observed::new(
        reader.map_err(TokenError::from)?,
        events.clone(),
    ))))
}

/// Of several readers the one whose card has the serial number and the label asked for, if there is just one.
#[cfg(feature = "pcsc")]
fn one_of(readers: Vec<String>, common: &Common) -> Result<PcscReader, TransmitError> {
    let mut fitting = Vec::new();
    for name in &readers {
        let mut token = ApduToken::new(PcscReader::connect(Some(name))?);
        if token.info().is_ok_and(|info| is_meant(&info, common)) {
            fitting.push(name);
        }
    }
    match fitting.as_slice() {
        [only] => PcscReader::connect(Some(only)),
        _ => Err(TransmitError::SeveralReaders { readers }),
    }
}

#[cfg(feature = "pcsc")]
fn is_meant(info: &TokenInfo, common: &Common) -> bool {
    let serial = common.serial.as_deref();
    let label = common.token_label.as_deref();
    serial.is_none_or(|it| it.eq_ignore_ascii_case(&info.serial))
        && label.is_none_or(|it| it == info.label)
}

#[cfg(feature = "pkcs11")]
fn behind_module(module: &str, common: &Common) -> Result<Box<dyn Token>, Stop> {
    let serial = common.serial.as_deref();
    let token = crate::adapters::pkcs11::Pkcs11Token::open(std::path::Path::new(module), serial)?;
    #[cfg(feature = "pcsc")]
    let token = with_a_second_look(token);
    Ok(Box::new(token))
}

/// The module's slot has the name of its reader, so what the module hides can be read there.
#[cfg(all(feature = "pkcs11", feature = "pcsc"))]
fn with_a_second_look(
    mut token: crate::adapters::pkcs11::Pkcs11Token,
) -> crate::adapters::pkcs11::Pkcs11Token {
    let reader = token.info().map(|info| info.reader).unwrap_or_default();
    match PcscReader::connect(Some(&reader)) {
        Ok(reader) => token.beside(Box::new(ApduToken::new(reader))),
        Err(_) => token,
    }
}

/// Ways that need a system library and were left out of this program.
const LEFT_OUT: &[&str] = &[
    #[cfg(not(feature = "pcsc"))]
    "pcsc",
    #[cfg(not(feature = "pkcs11"))]
    "pkcs11",
];

/// How long a virtual card may take to connect.
const CARD_DEADLINE: Duration = Duration::from_secs(60);
const MOMENT: Duration = Duration::from_millis(300);
