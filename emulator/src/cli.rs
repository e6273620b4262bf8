//! Arguments, failures and their exit codes. Results go to stdout, talk to stderr.

mod attach;
mod claim;
mod control;
mod image;
mod manual;
mod send;
mod surroundings;

use std::fmt;
use std::io::{self, Write as _};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand, ValueEnum};
use emulator::vpcd::AttachError;
use emulator::{ImageError, Model, TokenImage};

/// A software Rutoken ECP 2.0 for tests.
#[derive(Parser)]
#[command(version, after_long_help = EXAMPLES)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

const EXAMPLES: &str = "\
A token image is one text file. It holds PINs and private keys in the open: test tokens only.

First steps:
  emulator new token.image --serial 2CDB7256          PINs: user 12345678, administrator 87654321
  emulator send token.image '00 CA 01 81 00'          one command, straight to the card
  emulator show token.image                           what is on it
  emulator attach token.image                         into the virtual reader of pcscd (vsmartcard-vpcd)
  opensc-tool --serial                                then any PC/SC program sees the token

A second token in a second reader is a second image attached to a second port of vpcd:
  emulator attach other.image --vpcd 127.0.0.1:35964

Hot-plug: with --control 127.0.0.1:7000 the token leaves the reader and comes back on order:
  echo remove | nc -N 127.0.0.1 7000

Exit codes: 0 done, 2 usage, 3 the image file, 4 the reader, 5 the system (output, randomness),
101 a bug of this program, 130 or 143 a second signal.";

#[derive(Subcommand)]
enum Command {
    /// Make an image of an initialised token without keys.
    New(New),
    /// Tell what an image holds, without its secrets.
    Show(Show),
    /// Send commands to the card of an image and save what they changed.
    Send(Send),
    /// Put the card of an image into a virtual reader until stopped with Ctrl-C, which lets it finish its command; a second
    /// one does not.
    Attach(Attach),
    /// Print shell completions.
    #[command(hide = true)]
    Completions {
        /// For which shell.
        #[arg(value_enum)]
        shell: clap_complete::Shell,
    },
    /// Print the manual page; with DIR, leave it and a page for each command there.
    #[command(hide = true)]
    Man {
        /// Where the pages go.
        #[arg(value_name = "DIR")]
        folder: Option<PathBuf>,
    },
}

/// `emulator new`.
#[derive(clap::Args)]
struct New {
    /// Where to write the image.
    image: PathBuf,
    /// Serial number, up to eight hexadecimal digits, as the vendor's software shows it.
    #[arg(long, value_name = "HEX", default_value = "2CDB7256", value_parser = parse_serial)]
    serial: u32,
    /// Label of the token, at most 77 bytes in UTF-8; without one it is the vendor's «Rutoken ECP <no label>».
    #[arg(long, value_name = "TEXT", default_value = "", value_parser = parse_label)]
    label: String,
    /// Replace an image that is there already, with all its keys.
    #[arg(long)]
    force: bool,
}

/// `emulator show`.
#[derive(clap::Args)]
struct Show {
    /// The image.
    image: PathBuf,
    /// For machines.
    #[arg(long)]
    json: bool,
}

/// `emulator send`.
#[derive(clap::Args)]
struct Send {
    /// The image. It is saved after each command that changes it.
    image: PathBuf,
    /// Commands in hexadecimal, one per argument, spaces allowed; `-` reads them from stdin, one per line, which keeps
    /// PINs off the command line. All go to one session: a PIN verified by the first holds for the rest.
    #[arg(required = true, value_name = "HEX")]
    commands: Vec<String>,
    /// Make keys, nonces and challenges a fixed stream instead of the system's randomness. The same numbers in every run: two
    /// signatures give the key away.
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Which body the token has.
    #[arg(long, default_value = "ds")]
    atr: Atr,
}

/// `emulator attach`.
#[derive(clap::Args)]
struct Attach {
    /// The image. Every change is on disk before the card answers.
    image: PathBuf,
    /// Where the virtual reader listens; an address of this machine. The card waits for it, and comes back when it
    /// went away.
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:35963")]
    vpcd: String,
    /// Take orders here, an address of this machine; port 0 means any, told on stderr. One order a line: `remove` takes
    /// the token out of the reader, `insert` puts it back, `status` tells `in` or `out`, `stop` ends the program; anything else ends the
    /// conversation.
    #[arg(long, value_name = "HOST:PORT", value_parser = parse_loopback)]
    control: Option<SocketAddr>,
    /// Give up when there is no reader for this many seconds; without it the card waits for ever.
    #[arg(long, value_name = "SECONDS")]
    patience: Option<u64>,
    /// How slow to be: `none`, `hardware` (figures are assumed), or a profile file.
    #[arg(long, value_name = "none|hardware|FILE", default_value = "none")]
    timing: String,
    /// Tell each command and answer on stderr, without PINs, keys and data.
    #[arg(long)]
    trace: bool,
    /// Make keys, nonces and challenges a fixed stream instead of the system's randomness. The same numbers in every run: two
    /// signatures give the key away.
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Which body the token has.
    #[arg(long, default_value = "ds")]
    atr: Atr,
}

/// The bodies by the names in their ATR.
#[derive(Clone, Copy, ValueEnum)]
enum Atr {
    /// USB token "Rutoken ECP (DS)", T=1.
    Ds,
    /// Smart card "Rutoken ECP SC", T=0.
    Sc,
}

impl From<Atr> for Model {
    fn from(atr: Atr) -> Self {
        match atr {
            Atr::Ds => Self::EcpDs,
            Atr::Sc => Self::EcpSc,
        }
    }
}

fn parse_serial(digits: &str) -> Result<u32, String> {
    let plain = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    let number = u32::from_str_radix(digits, 16).ok().filter(|_| plain);
    number.ok_or_else(|| "one to eight hexadecimal digits".into())
}

fn parse_label(text: &str) -> Result<String, String> {
    if text.len() <= TokenImage::LONGEST_LABEL {
        Ok(text.into())
    } else {
        let limit = TokenImage::LONGEST_LABEL;
        Err(ImageError::LabelTooLong { limit }.to_string())
    }
}

fn parse_loopback(text: &str) -> Result<SocketAddr, String> {
    let address: SocketAddr = text.parse().map_err(|_| "write it like 127.0.0.1:7000")?;
    if address.ip().is_loopback() {
        Ok(address)
    } else {
        Err("only an address of this machine: 127.0.0.1 or [::1]".into())
    }
}

/// Does what the arguments say.
pub(crate) fn run(arguments: Arguments) -> Result<(), Failure> {
    match arguments.command {
        Command::New(new) => image::create(&new),
        Command::Show(show) => image::show(&show),
        Command::Send(send) => send::run(&send),
        Command::Attach(attach) => attach::run(&attach),
        Command::Completions { shell } => Ok(unless_closed(manual::completions(shell))?),
        Command::Man { folder } => Ok(unless_closed(manual::man(folder.as_deref()))?),
    }
}

/// `emulator show … | head`: whoever read has had enough, and nothing went wrong.
fn unless_closed(printed: io::Result<()>) -> io::Result<()> {
    match printed {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        printed => printed,
    }
}

/// A line of talk on stderr; whoever closed it does not want to hear.
pub(crate) fn say(words: fmt::Arguments<'_>) {
    let _ = writeln!(io::stderr(), "{words}");
}

/// Why the program ends without having done it.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    #[error("{path} exists", path = .0.display())]
    ImageExists(PathBuf),
    #[error("{path} is in use by another emulator", path = .0.display())]
    ImageInUse(PathBuf),
    #[error("{path} would be the lock of the image, but holds something", path = .0.display())]
    NoLock(PathBuf),
    #[error("cannot work in the folder of {image}: {source}", image = .image.display())]
    Folder { image: PathBuf, source: io::Error },
    #[error("cannot use the image: {0}")]
    Image(#[from] ImageError),
    #[error("cannot use the virtual reader: {0}")]
    Reader(#[from] AttachError),
    #[error("command {number} is not hexadecimal")]
    NotHexadecimal { number: usize },
    #[error("cannot use {text} as a timing profile: {reason}")]
    Timing { text: String, reason: String },
    #[error("cannot find the address {text}: {reason}")]
    Address { text: String, reason: String },
    #[error("cannot take orders at {address}: {source}")]
    Control {
        address: SocketAddr,
        source: io::Error,
    },
    #[error("cannot talk to the system: {0}")]
    System(#[from] io::Error),
}

impl Failure {
    /// What to do about it.
    pub(crate) fn next_step(&self) -> Option<&'static str> {
        match self {
            Self::ImageExists(_) => {
                Some("choose another name, or --force to lose what is on that token")
            }
            Self::ImageInUse(_) => Some("stop the one that runs, or use a copy of the image"),
            Self::NoLock(_) => Some("move that file away, or the image"),
            Self::Folder { source, .. } => in_the_way(source.kind(), "make the folder first"),
            Self::Image(ImageError::Io { source, .. }) => {
                in_the_way(source.kind(), "emulator new IMAGE makes a token")
            }
            Self::Image(_) => Some("correct the file at that place, or make a new one"),
            Self::Reader(AttachError::NoReader { .. }) => {
                Some("start pcscd with vsmartcard-vpcd, or name the reader's address with --vpcd")
            }
            Self::Reader(AttachError::NotLoopback { .. }) => Some("use 127.0.0.1 or ::1"),
            Self::NotHexadecimal { .. } => Some("write a command like '00 CA 01 81 00'"),
            Self::Timing { .. } => {
                Some("use none, hardware, or a file like the one in emulator/timing")
            }
            Self::Address { .. } => Some("write it like 127.0.0.1:35963"),
            Self::Control { .. } => Some("name another port with --control; 0 is any that is free"),
            Self::System(error) => in_the_way(error.kind(), "name a file that is there"),
        }
    }

    /// As `--help` lists them.
    pub(crate) fn exit_code(&self) -> ExitCode {
        ExitCode::from(match self {
            Self::NotHexadecimal { .. }
            | Self::Timing { .. }
            | Self::Address { .. }
            | Self::Control { .. } => 2,
            Self::ImageExists(_)
            | Self::ImageInUse(_)
            | Self::NoLock(_)
            | Self::Folder { .. }
            | Self::Image(_) => 3,
            Self::Reader(AttachError::NotLoopback { .. } | AttachError::NoReader { .. }) => 4,
            Self::System(_) => 5,
        })
    }
}

/// What to do about a refusal of the file system; what is not there needs words of its own.
fn in_the_way(kind: io::ErrorKind, not_there: &'static str) -> Option<&'static str> {
    use io::ErrorKind;
    match kind {
        ErrorKind::NotFound => Some(not_there),
        ErrorKind::PermissionDenied => {
            Some("use a file that you may read, in a folder that you may read and write")
        }
        ErrorKind::ReadOnlyFilesystem => Some("copy the image to a disk that can be written"),
        ErrorKind::NotADirectory => Some("name a folder before the last /"),
        ErrorKind::IsADirectory => Some("name a file, not a folder"),
        ErrorKind::InvalidData => Some("name an image: this file is not even text"),
        ErrorKind::StorageFull => Some("make room on that disk"),
        _ => None,
    }
}
