//! A smart card service of our own: pcscd with vsmartcard's virtual reader, where it disturbs no other.
//!
//! What needs it runs again as a child of its own namespaces, so that neither pcscd's socket nor vpcd's ports meet
//! those of the machine, and nothing it started outlives it. Where namespaces are not permitted it runs as it is,
//! unless a pcscd runs already: that one is not ours to disturb.

use std::ffi::CString;
use std::io::{BufRead as _, BufReader, Read};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use pcsc::{Context, ReaderState, Scope, State};

use crate::process::Beside;
use crate::programs::{self, Programs};
use crate::run::{Bench, STILL};
use crate::wait;

/// The reader as pcscd gets it: the name is the one the hardware's readers have, the port is vpcd's usual one.
///
/// vsmartcard makes two slots of one reader, each with a port; two readers of it in one pcscd do not work, for they
/// share their state (seen with 3.3).
const READER: &str = r#"FRIENDLYNAME "Aktiv Rutoken ECP"
DEVICENAME   /dev/null:0x8C7B
LIBPATH      /usr/lib/pcsc/drivers/serial/libifdvpcd.so
CHANNELID    0x8C7B
"#;

/// Where a card connects to be in a slot, and what PC/SC calls that slot.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Slot {
    pub(crate) port: &'static str,
    pub(crate) name: &'static str,
}

impl Slot {
    fn port_number(self) -> &'static str {
        self.port.rsplit(':').next().unwrap_or_default()
    }

    /// The name as PC/SC takes it.
    pub(crate) fn reader(self) -> Result<CString> {
        Ok(CString::new(self.name)?)
    }
}

/// The slots of the virtual reader.
pub(crate) const SLOTS: [Slot; 2] = [
    Slot {
        port: "127.0.0.1:35963",
        name: "Aktiv Rutoken ECP 00 00",
    },
    Slot {
        port: "127.0.0.1:35964",
        name: "Aktiv Rutoken ECP 00 01",
    },
];

const SOCKET: &str = "/run/pcscd/pcscd.comm";

/// Tells the child that the namespaces are its own.
const ISOLATED: &str = "CI_ISOLATED";

/// Namespaces of their own for mounts, network and processes; the last one ends what the child leaves running.
const UNSHARE: [&str; 6] = [
    "--mount",
    "--net",
    "--fork",
    "--pid",
    "--mount-proc",
    "--kill-child",
];

/// Runs this program again with `arguments`, where a pcscd of its own can run. What it prints is passed on.
///
/// Errors: what the child says when it fails; or that it cannot be isolated from a pcscd that runs.
pub(crate) fn isolated(arguments: &[&str]) -> Result<()> {
    let program = programs::this_program()?;
    let mut child = if namespaces_are_permitted() {
        let mut unshare = Command::new("unshare");
        unshare.args(UNSHARE).arg(program).env(ISOLATED, "1");
        unshare
    } else {
        ensure!(
            UnixStream::connect(SOCKET).is_err(),
            "namespaces are not permitted here (they are to root) and a pcscd runs already, which is not ours to disturb"
        );
        Command::new(program)
    };
    let mut child = child
        .args(arguments)
        .stdout(Stdio::inherit())
        .stderr(Stdio::piped())
        .spawn()
        .context("cannot run this program again")?;
    let why = child.stderr.take().map(reasons).transpose()?;
    if !child.wait()?.success() {
        bail!("{}", why.unwrap_or_default().trim_end());
    }
    Ok(())
}

/// What the child says but that it still goes on, which is passed on at once.
fn reasons(said: impl Read) -> Result<String> {
    let mut reasons = String::new();
    for line in BufReader::new(said).split(b'\n') {
        let line = line?;
        let line = String::from_utf8_lossy(&line);
        if line.starts_with(STILL) {
            eprintln!("{line}");
        } else {
            reasons.extend([&line, "\n"]);
        }
    }
    Ok(reasons)
}

/// Whether stages can have namespaces of their own, and with them ports and pcscd.
pub(crate) fn namespaces_are_permitted() -> bool {
    Command::new("unshare")
        .args(UNSHARE)
        .arg("true")
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// Brings the loopback device up, keeps vpcd's ports free and gives pcscd's socket a place, where all are the child's own.
///
/// The ports lie among those that Linux hands to connections, and vpcd cannot listen on one that a connection of a
/// minute ago still holds (seen: "Address already in use", and a reader that never comes).
pub(crate) fn prepare(bench: &mut Bench) -> Result<()> {
    if std::env::var_os(ISOLATED).is_some() {
        bench.run(Command::new("ip").args(["link", "set", "lo", "up"]))?;
        let ports = SLOTS.map(Slot::port_number).join(",");
        std::fs::write("/proc/sys/net/ipv4/ip_local_reserved_ports", ports)
            .context("keeping the ports of the virtual reader free")?;
        std::fs::create_dir_all("/run/pcscd").context("making /run/pcscd")?;
        bench.run(Command::new("mount").args(["-t", "tmpfs", "none", "/run/pcscd"]))?;
    }
    Ok(())
}

/// A pcscd that runs with the virtual reader; ended when dropped.
pub(crate) struct Pcscd {
    process: Beside,
}

impl Pcscd {
    /// Starts it and waits until it answers and has both slots.
    pub(crate) fn start(bench: &mut Bench) -> Result<Self> {
        let configuration = write_configuration(bench.folder())?;
        let mut command = Command::new("pcscd");
        command
            .args(["--foreground", "--config"])
            .arg(&configuration);
        let log = bench.folder().join("pcscd.log");
        let process = Beside::start(&mut command, &log)?;
        let mut pcscd = Self { process };
        wait::until("pcscd to answer", PATIENCE, || pcscd.answers())?;
        wait::until("the slots of the virtual reader", PATIENCE, has_slots)
            .with_context(|| format!("pcscd says: {}", said(&log)))?;
        Ok(pcscd)
    }

    /// Whether the service is there. The reader's ports are left alone: who connects there is a card.
    fn answers(&mut self) -> Result<bool> {
        if let Some(status) = self.process.ended()? {
            bail!("pcscd ended with {status}; pcscd.log beside the artefacts tells why");
        }
        Ok(UnixStream::connect(SOCKET).is_ok())
    }
}

/// Whether PC/SC lists every slot.
fn has_slots() -> Result<bool> {
    let Ok(context) = Context::establish(Scope::User) else {
        return Ok(false);
    };
    let readers = context.list_readers_owned().unwrap_or_default();
    let listed = |slot: &Slot| {
        readers
            .iter()
            .any(|it| it.to_bytes() == slot.name.as_bytes())
    };
    Ok(SLOTS.iter().all(listed))
}

/// What a program beside us has written, for an error.
fn said(log: &Path) -> String {
    std::fs::read_to_string(log).unwrap_or_else(|error| error.to_string())
}

fn write_configuration(folder: &Path) -> Result<PathBuf> {
    let configuration = std::path::absolute(folder.join("reader.conf.d"))?;
    std::fs::create_dir_all(&configuration)?;
    std::fs::write(configuration.join("rutoken"), READER)?;
    Ok(configuration)
}

/// An `emulator attach`: a token in a slot, out of it again when dropped.
pub(crate) struct Inserted {
    process: Beside,
    slot: Slot,
}

impl Inserted {
    /// Puts the token of `image` into the slot; `options` are those of `emulator attach`.
    pub(crate) fn token(
        bench: &Bench,
        programs: &Programs,
        image: &Path,
        slot: Slot,
        options: &[&str],
    ) -> Result<Self> {
        let mut attach = programs.command("emulator");
        (attach.arg("attach").arg(image))
            .args(["--vpcd", slot.port])
            .args(options);
        let log = format!("emulator-{}.log", slot.port_number());
        let log = bench.folder().join(log);
        Self::wait(&mut attach, slot, &log)
    }

    /// Puts the card that `attach` is into the slot and waits until PC/SC sees it.
    pub(crate) fn wait(attach: &mut Command, slot: Slot, log: &Path) -> Result<Self> {
        let mut process = Beside::start(attach, log)?;
        wait::until("a card in the reader", PATIENCE, || {
            if let Some(status) = process.ended()? {
                bail!("`{attach:?}` ended with {status}; see {}", log.display());
            }
            holds_card(slot)
        })?;
        Ok(Self { process, slot })
    }

    /// Takes it out and waits until PC/SC has seen that.
    pub(crate) fn remove(self) -> Result<()> {
        let Self { process, slot } = self;
        drop(process);
        await_empty(slot)
    }

    /// Tears it out in whatever it does, and waits until PC/SC has seen that.
    pub(crate) fn tear_out(self) -> Result<()> {
        self.process.kill()?;
        await_empty(self.slot)
    }
}

fn await_empty(slot: Slot) -> Result<()> {
    wait::until("the reader to be empty", PATIENCE, || {
        Ok(!holds_card(slot)?)
    })
}

/// Whether PC/SC says that the slot holds a card; it says so of none while there is no service.
pub(crate) fn holds_card(slot: Slot) -> Result<bool> {
    let Ok(context) = Context::establish(Scope::User) else {
        return Ok(false);
    };
    let mut states = [ReaderState::new(slot.reader()?, State::UNAWARE)];
    let looked = context.get_status_change(Duration::ZERO, &mut states);
    Ok(looked.is_ok() && states[0].event_state().contains(State::PRESENT))
}

/// How long pcscd may take to see what changed: it looks at the reader every 0.4 s.
const PATIENCE: Duration = Duration::from_secs(20);

#[cfg(test)]
mod tests {
    use super::{STILL, reasons};

    #[test]
    fn of_what_the_child_says_its_progress_is_no_reason_for_a_failure() {
        let said = format!("{STILL}`true`, 1 min\nno reader\n  at all\n");
        let reasons = reasons(said.as_bytes()).expect("text");
        assert_eq!(reasons, "no reader\n  at all\n");
    }
}
