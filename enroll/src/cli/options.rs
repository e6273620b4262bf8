//! Options and their help.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::stage::When;

/// Enrolls a certificate for ЕГАИС on a Rutoken ECP: logs in to the certification authority's portal, has the token
/// make the key pair, sends the request, waits, installs the certificate and fetches the papers.
#[derive(Debug, Parser)]
#[command(name = "enroll", version, max_term_width = 110, after_help = AFTER_HELP)]
pub(super) struct Arguments {
    #[command(subcommand)]
    pub(super) command: Command,
    #[command(flatten)]
    pub(super) common: Common,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Chapter 1: log in, make the key pair, send the request, wait for «Ваш сертификат заказан»
    Request {
        /// Go on waiting until the certificate is issued (15 to 30 minutes)
        #[arg(long)]
        wait: bool,
    },
    /// Show how far each enrollment has come, by its journal; needs no token and no network
    Status,
    /// Chapter 1.1 for today: look at reader, token, PINs, certificates, portal and clock, and say what to mend; spends
    /// no PIN try and changes nothing
    Doctor,
    /// Chapter 2: wait until the certificate is issued, check it and write it to the token
    Install {
        /// Stop with exit code 33 when the certificate is not issued yet
        #[arg(long)]
        no_wait: bool,
    },
    /// Chapter 3: fetch the seven papers and say which of them to sign
    Documents {
        /// Print one copy of those that the manual says to print, through lp; never twice
        #[arg(long)]
        print: bool,
    },
    /// Go on from wherever the last run stopped, to the end
    Resume,
    /// Write what those who help need into one text file: the doctor's verdicts, what the token holds, the journals; no
    /// PIN, code or session is in it
    SupportBundle {
        /// The file; one that is there already is written anew
        file: PathBuf,
    },
    /// Give the enrollment of this token up, after telling what stays on token and portal and how to remove it
    Abandon,
    /// Look at the token, delete what was replaced, change PINs, name and layout
    Token {
        #[command(subcommand)]
        command: TokenCommand,
    },
    /// Offer the Rutoken Plugin's methods to pages on this machine, with this token; and the panel of Приложение 1. Ends
    /// with Ctrl-C
    #[command(after_help = BRIDGE_HELP)]
    Bridge {
        /// Where to listen: an address of this machine alone; port 0 takes a free one
        #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:0")]
        listen: String,
        /// A page's origin, such as http://127.0.0.1:8080; may be repeated. Others are refused
        #[arg(long, value_name = "ORIGIN")]
        allow_origin: Vec<String>,
        /// Another token that pages may use, named as by --token; may be repeated
        #[arg(long, value_name = "TOKEN")]
        also: Vec<String>,
    },
    /// Print what a shell needs to complete the options
    #[command(hide = true)]
    Completions {
        /// Which shell
        shell: clap_complete::Shell,
    },
    /// Print the manual page; with DIR, leave it and a page for each command there
    #[command(hide = true)]
    Man {
        /// Where the pages go
        #[arg(value_name = "DIR")]
        folder: Option<PathBuf>,
    },
}

impl Command {
    /// Whether stdout is a text for another program, with no line of JSON after it.
    pub(super) const fn prints_itself(&self) -> bool {
        matches!(self, Self::Completions { .. } | Self::Man { .. })
    }
}

#[derive(Debug, Subcommand)]
pub(super) enum TokenCommand {
    /// List certificates and key pairs; needs no PIN
    List,
    /// Show serial number, name and the tries left for each PIN
    Info,
    /// Delete a certificate (Приложение 1, steps 4 to 7), after a copy of it was kept
    DeleteCertificate {
        /// Its serial number or SHA-1 fingerprint, or the beginning of one (four digits or more), in hex
        certificate: String,
        /// Whose PIN to use
        #[arg(long = "as", value_enum, default_value_t = Role::Administrator)]
        role: Role,
    },
    /// Delete a key pair (Приложение 1, steps 8 and 9); an RSA pair is never deleted
    DeleteKey {
        /// Its id, or the beginning of it (four digits or more), in hex
        key: String,
    },
    /// Change a PIN: the old one is presented once, after the tries left were shown
    ChangePin {
        /// Whose PIN
        #[arg(long = "of", value_enum, default_value_t = Role::User)]
        role: Role,
        #[command(flatten)]
        new: NewPin,
    },
    /// Give the user's PIN all its tries back, with the administrator's PIN; a new PIN too where one is named
    Unblock {
        #[command(flatten)]
        new: NewPin,
    },
    /// Give the token another name
    SetLabel {
        /// The name
        label: String,
    },
    /// Erase everything on the token and lay it out anew, as OpenSC does; the vendor's software may not see its keys
    Format {
        /// The name it gets [default: the one it has]
        #[arg(long)]
        label: Option<String>,
        /// Confirm by the token's serial number, instead of typing it
        #[arg(long, value_name = "SERIAL")]
        confirm: Option<String>,
        #[command(flatten)]
        new: NewPin,
        /// File with the administrator's new PIN; else ENROLL_NEW_ADMIN_PIN, else a prompt
        #[arg(long, value_name = "FILE")]
        new_admin_pin_file: Option<PathBuf>,
    },
}

/// Where a new PIN comes from; never an argument.
#[derive(Debug, Default, Args)]
pub(super) struct NewPin {
    /// File with the new PIN; else --new-pin-fd, else ENROLL_NEW_PIN, else a prompt
    #[arg(long, value_name = "FILE")]
    pub(super) new_pin_file: Option<PathBuf>,
    /// Descriptor to read the new PIN from
    #[arg(long, value_name = "N", conflicts_with = "new_pin_file")]
    pub(super) new_pin_fd: Option<u32>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Role {
    Administrator,
    User,
}

#[derive(Clone, Debug, Args)]
pub(super) struct Common {
    /// The portal's front page
    #[arg(
        long,
        global = true,
        value_name = "URL",
        env = "ENROLL_PORTAL",
        hide_env_values = true
    )]
    pub(super) portal: Option<String>,
    /// The phone that the certification authority knows, in any usual form
    #[arg(
        long,
        global = true,
        value_name = "N",
        env = "ENROLL_PHONE",
        hide_env_values = true
    )]
    pub(super) phone: Option<String>,
    /// «Номер заявки»; needed only when the list has several
    #[arg(long, global = true, value_name = "ID")]
    pub(super) application: Option<String>,
    /// How to reach the token: pcsc[:READER], vpcd:HOST:PORT to listen there for a virtual card, or pkcs11:MODULE
    #[arg(long, global = true, value_name = "HOW", default_value = "pcsc")]
    pub(super) token: String,
    /// Choose the token with this serial number, and refuse any other
    #[arg(long, global = true, value_name = "HEX")]
    pub(super) serial: Option<String>,
    /// Choose the token with this label, and refuse any other
    #[arg(long, global = true, value_name = "TEXT")]
    pub(super) token_label: Option<String>,
    /// File with the user's PIN; else --pin-fd, else ENROLL_PIN, else a prompt
    #[arg(long, global = true, value_name = "FILE")]
    pub(super) pin_file: Option<PathBuf>,
    /// Descriptor to read the user's PIN from
    #[arg(long, global = true, value_name = "N", conflicts_with = "pin_file")]
    pub(super) pin_fd: Option<u32>,
    /// File with the administrator's PIN; else ENROLL_ADMIN_PIN, else a prompt
    #[arg(long, global = true, value_name = "FILE")]
    pub(super) admin_pin_file: Option<PathBuf>,
    /// Where SMS are read: prompt (you type the code), a gateway's URL, or exec:COMMAND that prints the messages
    #[arg(long, global = true, value_name = "INBOX", default_value = "prompt")]
    pub(super) sms: String,
    /// Delete the replaced certificate and its pair (Приложение 1): first, or last once the new one is installed
    #[arg(long, global = true, value_name = "WHEN", num_args = 0..=1, require_equals = true, default_missing_value = "first", value_parser = moments())]
    pub(super) replace_old: Option<When>,
    /// Folder of journals, backups and papers [default: $XDG_STATE_HOME/enroll]
    #[arg(long, global = true, value_name = "DIR")]
    pub(super) state: Option<PathBuf>,
    /// Folder for request, certificate and papers [default: one inside the state folder]
    #[arg(long, global = true, value_name = "DIR")]
    pub(super) out: Option<PathBuf>,
    /// Trust these CA certificates (PEM) for the portal and no others
    #[arg(long, global = true, value_name = "FILE")]
    pub(super) ca: Option<PathBuf>,
    /// Speak http in clear to another machine: phone and code can then be read on the way
    #[arg(long, global = true)]
    pub(super) allow_plain_http: bool,
    /// Present a PIN even when only its last two tries are left
    #[arg(long, global = true, visible_alias = "force")]
    pub(super) force_last_tries: bool,
    /// Agree to every plan of deletion, and to giving up
    #[arg(long, global = true)]
    pub(super) yes: bool,
    /// Events, results and the outcome as JSON on stdout, one object a line, in English (see below)
    #[arg(long, global = true)]
    pub(super) json: bool,
    /// Language of what you read [default: by LANG]
    #[arg(long, global = true, value_enum)]
    pub(super) lang: Option<Language>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Language {
    Ru,
    En,
}

/// The words of `--replace-old`.
fn moments() -> impl clap::builder::TypedValueParser<Value = When> {
    use clap::builder::{PossibleValuesParser, TypedValueParser as _};
    PossibleValuesParser::new(["first", "last"]).map(|word| match word.as_str() {
        "last" => When::Last,
        _ => When::First,
    })
}

const BRIDGE_HELP: &str = "\
To test a page of your own at http://127.0.0.1:8080 with a virtual token:
  emulator new token.image
  emulator attach token.image --vpcd 127.0.0.1:18726 &
  enroll bridge --listen 127.0.0.1:18725 --allow-origin http://127.0.0.1:8080 --token vpcd:127.0.0.1:18726
Put <script src=\"http://127.0.0.1:18725/plugin.js\"></script> before the page's other scripts, or give that file to
Playwright's addInitScript; a Content-Security-Policy has to allow the origin in script-src and connect-src.
The page then finds the Rutoken Plugin, and says at its foot that the token is virtual; the PIN is 12345678.
http://127.0.0.1:18725/ is the panel: what the token holds, and Приложение 1.
End `emulator attach` to pull the token out; start it again to plug it in.";

const AFTER_HELP: &str = "\
Results go to stdout, talk to stderr. Every act is in the journal before and after it is done, so a run that is \
stopped by Ctrl-C, a failure or a power cut is continued by `enroll resume` with the same options.

Exit codes: 0 done, 1 bug, 2 usage, 10-19 token (11 none, 12 wrong PIN, 13 PIN blocked or nearly, 14 failed, 15 old \
certificate), 20-29 SMS (20 no code, 21 wrong code), 30-39 portal and certificate (31 refused, 32 application, 33 not \
issued yet, 34 certificate unfit, 35 page not understood), 40-49 journal and papers (41 busy, 42 nothing to resume, \
43 not printed).

With --json every line of stdout is an object with one of three keys. `event`: something happens (step, apdu, http, \
sms, wait, plan, warning, journal), with `at`, this machine's time. `result`: what a command has to tell. `outcome`: \
the last line, `done` or `failed`, with `format` 1, `exit`, the `stage` of the enrollment and, after a failure, `error` \
with `what`, `state` and `next`. No PIN and no code is in it. Fields may be added; what changes otherwise changes `format`.

Example:
  enroll request --portal https://key.forus.ru/ --phone '+7 900 000-00-00'
  enroll install --portal https://key.forus.ru/ --phone '+7 900 000-00-00'";
