//! The command line: options to ports, outcomes to results. The only place that prints.

mod abandon;
mod bridge;
mod care;
mod deletion;
mod doctor;
mod interrupt;
mod manual;
mod open;
mod options;
mod shell;
mod status;
mod support;
mod token;

use std::process::ExitCode;

use clap::Parser as _;
use serde_json::json;

use crate::adapters::lp::Lp;
use crate::adapters::system_clock::SystemClock;
use crate::engine::{Enrollment, Ports};
use crate::error::{Error, exit_code};
use crate::journal::{Found, Store, Unreadable};
use crate::messages::{Text, texts};
use crate::stage::{Chapter, Stage};
use options::{Arguments, Command, Common};
use shell::Shell;

/// Reads the arguments, does what they say, and answers with an exit code.
#[must_use]
pub fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            let _ = error.print();
            return ExitCode::from(if error.use_stderr() {
                exit_code::USAGE
            } else {
                exit_code::DONE
            });
        }
    };
    let shell = Shell::new(&arguments.common);
    let mut stage = None;
    match run(&arguments, &shell, &mut stage) {
        Ok(()) if arguments.command.prints_itself() => ExitCode::from(exit_code::DONE),
        Ok(()) => shell.done(stage.as_ref()),
        Err(Stop::Usage(option)) => shell.usage(&option),
        Err(Stop::Told(code)) => shell.told(code),
        Err(Stop::Error(error)) => shell.failure(&error, stage.as_ref()),
    }
}

/// Why a command ended early.
enum Stop {
    /// An option is missing or does not read.
    Usage(Text),
    /// Everything was said already; the exit code.
    Told(u8),
    /// Anything else.
    Error(Error),
}

impl<E: Into<Error>> From<E> for Stop {
    fn from(error: E) -> Self {
        Self::Error(error.into())
    }
}

fn run(arguments: &Arguments, shell: &Shell, stage: &mut Option<Stage>) -> Result<(), Stop> {
    let common = &arguments.common;
    match &arguments.command {
        Command::Status => return status::run(common, shell),
        Command::Doctor => return doctor::run(common, shell),
        Command::SupportBundle { file } => return support::run(file, common, shell),
        Command::Completions { shell } => return Ok(manual::completions(*shell)?),
        Command::Man { folder } => return Ok(manual::man(folder.as_deref())?),
        Command::Abandon => {
            interrupt::is_told(texts::interrupted(), shell.lang);
            return abandon::run(common, shell);
        }
        Command::Token { command } => {
            interrupt::is_told(texts::interrupted_token(), shell.lang);
            return token::run(command, common, shell);
        }
        Command::Bridge {
            listen,
            allow_origin,
            also,
        } => return bridge::run(listen, allow_origin, &bridge::tokens(common, also), shell),
        _ => {}
    }
    interrupt::is_told(texts::interrupted(), shell.lang);
    let events = shell.events();
    // The token is last: what the options lack is told before a card is waited for.
    let settings = open::settings(common, &arguments.command)?;
    let mut portal = open::portal(common, &events)?;
    let mut sms = open::sms(common, shell.lang, &events)?;
    let mut applicant = open::applicant(common, shell.lang);
    let mut token = open::token(common, shell, &events)?;
    let ports = Ports {
        token: &mut *token,
        portal: &mut portal,
        sms: &mut *sms,
        applicant: &mut applicant,
        events,
    };
    let mut enrollment = Enrollment::new(ports, settings);
    let done = chapters(&arguments.command, &mut enrollment, shell);
    *stage = Some(enrollment.stage());
    done
}

fn chapters(command: &Command, enrollment: &mut Enrollment<'_>, shell: &Shell) -> Result<(), Stop> {
    match command {
        Command::Request { wait: false } => request(enrollment, shell)?,
        Command::Request { wait: true } => {
            request(enrollment, shell)?;
            wait_for_issue(enrollment, shell)?;
        }
        Command::Install { .. } => install(enrollment, shell)?,
        Command::Documents { print } => documents(enrollment, *print, shell)?,
        Command::Resume => resume(enrollment, shell)?,
        Command::Status
        | Command::Doctor
        | Command::SupportBundle { .. }
        | Command::Abandon
        | Command::Bridge { .. }
        | Command::Completions { .. }
        | Command::Man { .. }
        | Command::Token { .. } => {}
    }
    Ok(())
}

fn request(enrollment: &mut Enrollment<'_>, shell: &Shell) -> Result<(), Error> {
    let done = enrollment.request()?;
    shell.result(&json!({
        "done": "request",
        "application": done.application,
        "key": done.key.to_string(),
        "adopted": done.adopted,
        "ordered_by_sms": done.ordered_by_sms,
        "stage": enrollment.stage().name(),
        "next": next_command(&enrollment.stage()),
    }));
    Ok(())
}

fn wait_for_issue(enrollment: &mut Enrollment<'_>, shell: &Shell) -> Result<(), Error> {
    let done = enrollment.wait_for_issue()?;
    shell.result(&json!({
        "done": "issue",
        "application": done.application,
        "status": done.status,
        "told_by_sms": done.told_by_sms,
        "next": "enroll install",
    }));
    Ok(())
}

fn install(enrollment: &mut Enrollment<'_>, shell: &Shell) -> Result<(), Error> {
    let done = enrollment.install()?;
    shell.result(&json!({
        "done": "install",
        "application": done.application,
        "key": done.key.to_string(),
        "not_after": done.not_after.to_string(),
        "days_left": done.days_left,
        "next": "enroll documents",
    }));
    Ok(())
}

fn documents(enrollment: &mut Enrollment<'_>, print: bool, shell: &Shell) -> Result<(), Error> {
    let done = enrollment.documents()?;
    let names: Vec<&str> = done
        .files
        .iter()
        .map(|file| file.file_name.as_str())
        .collect();
    shell.result(&json!({
        "done": "documents",
        "application": done.application,
        "folder": done.folder.display().to_string(),
        "files": names,
        "papers_pending": {
            "print": done.checklist.print,
            "sign": done.checklist.sign,
            "addresses": done.checklist.addresses,
        },
    }));
    shell.checklist(&done.checklist);
    if print {
        let printed = enrollment.print(&done, &mut Lp::default())?;
        shell.result(&json!({ "done": "print", "printed": printed }));
    }
    Ok(())
}

/// Whatever the journal says is missing, to the end.
fn resume(enrollment: &mut Enrollment<'_>, shell: &Shell) -> Result<(), Error> {
    let mut stage = enrollment.journalled_stage()?;
    while let Some(chapter) = stage.next_chapter() {
        match chapter {
            Chapter::Request => request(enrollment, shell)?,
            Chapter::Install => install(enrollment, shell)?,
            Chapter::Documents => documents(enrollment, false, shell)?,
        }
        stage = enrollment.stage();
    }
    shell.result(&json!({ "done": "resume", "stage": stage.name() }));
    Ok(())
}

fn next_command(stage: &Stage) -> &'static str {
    match stage {
        stage if stage.is_over() => "enroll status",
        stage if stage.is_installed() => "enroll documents",
        _ => "enroll install",
    }
}

/// Journals of the token and the application that were named; one that does not read may be of any application.
fn found(store: &Store, common: &Common) -> Result<Vec<Result<Found, Unreadable>>, Error> {
    let (serial, number) = (common.serial.as_deref(), common.application.as_deref());
    let is_meant = |token: &str| serial.is_none_or(|serial| serial.eq_ignore_ascii_case(token));
    let wanted = |entry: &Result<Found, Unreadable>| match entry {
        Ok(it) => is_meant(&it.token) && number.is_none_or(|it_is| it.application() == Some(it_is)),
        Err(it) => {
            let named = number.zip(it.application.as_deref());
            is_meant(&it.token) && named.is_none_or(|(one, other)| one == other)
        }
    };
    Ok(store.list()?.into_iter().filter(wanted).collect())
}

/// The clock of the program.
fn clock() -> std::rc::Rc<dyn crate::ports::Clock> {
    std::rc::Rc::new(SystemClock)
}
