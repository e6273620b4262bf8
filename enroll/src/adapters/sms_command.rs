//! An inbox behind a command that prints what a phone received: the gateway's JSON, or one message on each line.

use core::time::Duration;
use std::io::{self, Read as _};
use std::process::{Child, ExitStatus, Stdio};
use std::sync::mpsc;
use std::thread;

use zeroize::Zeroizing;

use super::child::GROUPS;
use super::sms_gateway::{later, messages, newest};
use crate::ports::sms::{Awaited, Phone, SmsError, SmsInbox, SmsMessage};

/// Runs the command anew for each look. It finds the number in `ENROLL_PHONE`, and no PIN; what it has to say about itself goes to
/// stderr, and stays there.
#[derive(Clone, Debug)]
pub struct SmsCommand {
    command: String,
    patience: Duration,
}

impl SmsCommand {
    /// The command, for `sh -c`. It gets half a minute.
    #[must_use]
    pub fn new(command: &str) -> Self {
        Self {
            command: command.to_owned(),
            patience: Duration::from_secs(30),
        }
    }

    /// The same with another limit to how long it may take.
    #[must_use]
    pub fn patient_for(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }

    fn all(&self, phone: &Phone) -> Result<Vec<SmsMessage>, SmsError> {
        let text = Zeroizing::new(self.printed(phone)?);
        if text.trim_start().starts_with('[') {
            messages(&text)
        } else {
            Ok(lines(&text))
        }
    }

    /// What it prints before it ends, read as UTF-8.
    fn printed(&self, phone: &Phone) -> Result<String, SmsError> {
        let child = self.start(phone).map_err(|error| failed(&error))?;
        let running = GROUPS.note(&child);
        let Ok(ended) = ending(child).recv_timeout(self.patience) else {
            running.stop();
            let secs = self.patience.as_secs();
            return Err(SmsError::CommandHangs { secs });
        };
        let (printed, status) = ended.map_err(|error| failed(&error))?;
        if printed.len() > LIMIT {
            return Err(SmsError::TooLarge { limit: LIMIT });
        }
        ended_well(status)?;
        Ok(String::from_utf8_lossy(&printed).into_owned())
    }

    fn start(&self, phone: &Phone) -> io::Result<Child> {
        let mut command = super::child::command("sh");
        command
            .arg("-c")
            .arg(&self.command)
            .env("ENROLL_PHONE", phone.digits())
            .stdin(Stdio::null())
            .stdout(Stdio::piped());
        // A group of its own, so that what it started can be stopped with it; so Ctrl-C has to be passed on.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        command.spawn()
    }
}

impl SmsInbox for SmsCommand {
    fn newest(&mut self, phone: &Phone) -> Result<u64, SmsError> {
        Ok(newest(&self.all(phone)?))
    }

    fn since(
        &mut self,
        phone: &Phone,
        after: u64,
        _awaited: Awaited,
    ) -> Result<Vec<SmsMessage>, SmsError> {
        Ok(later(self.all(phone)?, after))
    }
}

/// What a command printed, and how it ended.
type Ended = io::Result<(Zeroizing<Vec<u8>>, ExitStatus)>;

/// Waits on a thread of its own for the end of the command, and of its output, of which it takes one octet more than may
/// be: whoever prints on finds nobody to print to.
fn ending(mut child: Child) -> mpsc::Receiver<Ended> {
    let (send, receive) = mpsc::sync_channel(1);
    thread::spawn(move || {
        let mut printed = Zeroizing::new(Vec::new());
        let output = child
            .stdout
            .take()
            .map(|output| output.take(LIMIT as u64 + 1));
        let read = output.map_or(Ok(0), |mut output| output.read_to_end(&mut printed));
        let ended = read.and_then(|_| child.wait());
        // Nobody listens any more when it took too long.
        let _ = send.send(ended.map(|status| (printed, status)));
    });
    receive
}

fn ended_well(status: ExitStatus) -> Result<(), SmsError> {
    if status.success() {
        Ok(())
    } else {
        Err(SmsError::CommandFailed {
            why: status.to_string(),
        })
    }
}

fn failed(error: &io::Error) -> SmsError {
    SmsError::CommandFailed {
        why: error.to_string(),
    }
}

fn lines(text: &str) -> Vec<SmsMessage> {
    let numbered = text.lines().filter(|line| !line.trim().is_empty()).zip(1..);
    numbered
        .map(|(line, id)| SmsMessage {
            id,
            text: Zeroizing::new(line.to_owned()),
            at: None,
        })
        .collect()
}

/// More than any phone holds.
const LIMIT: usize = 1 << 20;

#[cfg(test)]
mod tests {
    use super::*;

    fn phone() -> Phone {
        Phone::parse("79000000000").unwrap()
    }

    #[test]
    fn a_command_that_prints_lines_is_an_inbox() {
        let mut inbox = SmsCommand::new("printf 'one\\n\\ntwo $ENROLL_PHONE\\n'");
        assert_eq!(inbox.newest(&phone()), Ok(2));
        let mut inbox = SmsCommand::new("echo \"Код $ENROLL_PHONE\"");
        let read = inbox.since(&phone(), 0, Awaited::Code).unwrap();
        assert_eq!(read[0].text.as_str(), "Код 79000000000");
    }

    #[test]
    fn a_command_that_fails_is_told_with_its_exit_status() {
        let error = SmsCommand::new("echo 1234; exit 3").newest(&phone());
        let why = "exit status: 3".to_owned();
        assert_eq!(error, Err(SmsError::CommandFailed { why }));
    }

    #[test]
    fn a_command_that_does_not_end_is_stopped_with_what_it_started() {
        let folder = tempfile::tempdir().unwrap();
        let lock = folder.path().join("lock");
        std::fs::write(&lock, "").unwrap();
        let hanging = format!("exec 9<{}; flock 9; sleep 600 & wait", lock.display());
        let inbox = SmsCommand::new(&hanging).patient_for(Duration::from_millis(100));
        assert_eq!(
            inbox.clone().newest(&phone()),
            Err(SmsError::CommandHangs { secs: 0 })
        );
        // Waits for as long as anything that the command started is alive.
        std::fs::File::open(&lock).unwrap().lock().unwrap();
    }

    #[test]
    fn a_command_that_closes_its_output_and_goes_on_is_stopped_too() {
        let inbox = SmsCommand::new("echo 1; exec >&-; sleep 600");
        let mut inbox = inbox.patient_for(Duration::from_millis(100));
        assert_eq!(
            inbox.newest(&phone()),
            Err(SmsError::CommandHangs { secs: 0 })
        );
    }

    #[test]
    fn a_command_that_prints_without_end_is_stopped() {
        let error = SmsCommand::new("yes").newest(&phone());
        assert_eq!(error, Err(SmsError::TooLarge { limit: LIMIT }));
    }

    #[test]
    fn a_command_that_prints_something_else_is_told_apart_from_messages() {
        let error = SmsCommand::new("echo '[{\"id\":\"x\"}]'").newest(&phone());
        assert!(
            matches!(error, Err(SmsError::NotMessages { .. })),
            "{error:?}"
        );
        assert_eq!(SmsCommand::new("true").newest(&phone()), Ok(0));
    }
}
