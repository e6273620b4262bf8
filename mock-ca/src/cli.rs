//! The command line.

mod manual;

use std::io::Write as _;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::{Parser, Subcommand};
use http::{Request, Response};
use jiff::Timestamp;
use mock_ca::ca::KeyFile;
use mock_ca::{
    Authority, Clock, Dial, Door, KeyPaths, Listen, MockCa, PLUGIN_MODULES, Pace, PluginPages,
    Server, Settings, SettingsError, TlsPort, Web, tls,
};

use crate::store::{self, Store};

/// A mock of the certification authority «Форус»: portal, text messages, GOST certificates, papers.
#[derive(Parser)]
#[command(version, after_help = EXIT_CODES)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the portal, the phones and the tester's port on loopback addresses until SIGINT or SIGTERM.
    #[command(after_help = SERVE_HELP)]
    Serve(Box<Serve>),
    /// Print the settings that hold when no file changes them: TOML, to begin a file for --config with.
    Settings,
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

#[derive(Parser)]
struct Serve {
    /// Where the portal listens; port 0 takes a free one.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:0")]
    listen: SocketAddr,
    /// Where the portal listens for TLS as well; port 0 takes a free one. The authority to trust goes to DIR/tls-ca.pem.
    #[arg(long, value_name = "ADDR")]
    tls: Option<SocketAddr>,
    /// Where the TLS authority's certificate goes instead (PEM); needed with --tls when there is no --state.
    #[arg(long, value_name = "FILE", requires = "tls")]
    tls_ca: Option<PathBuf>,
    /// Where the phones can be read: GET /inbox?phone=79… and GET /phone/79…; and the gateway: POST /sys/send.php
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:0")]
    sms: SocketAddr,
    /// The tester's port: clock, history, outbox, applications, faults.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:0")]
    control: SocketAddr,
    /// Keep everything in DIR/mock-ca.redb and go on from there at the next start; without it all is forgotten.
    #[arg(long, value_name = "DIR")]
    state: Option<PathBuf>,
    /// Settings in TOML; unknown keys are refused.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The CA's profile: forus-2018 (GOST R 34.10-2001), forus-2018-xcha, forus-2019 (2012-256), forus-2019-512.
    /// By default forus-2018 before 24.12.2018, forus-2019 from then on.
    #[arg(long, value_name = "NAME")]
    profile: Option<String>,
    /// How time passes: real; fast:60 makes a minute of every second; manual moves by POST /clock/advance only.
    #[arg(long, value_name = "real|fast:N|manual", default_value = "real")]
    clock: Pace,
    /// When the mock's world begins, e.g. 2018-12-13T09:00:00+08:00; now, when left out.
    #[arg(long, value_name = "TIME")]
    epoch: Option<Timestamp>,
    /// Let the token pages drive a token through the Rutoken Plugin: the folder with npm's packages `rutoken` and
    /// `@aktivco/rutoken-plugin` (node_modules).
    #[arg(long, value_name = "DIR", requires = "plugin_bridge")]
    plugin_modules: Option<PathBuf>,
    /// The bridge that stands in for the plugin, as `enroll bridge --listen 127.0.0.1:PORT`: http://127.0.0.1:PORT
    #[arg(long, value_name = "ORIGIN", requires = "plugin_modules")]
    plugin_bridge: Option<String>,
    /// What codes, sessions, delays and the CA's keys are drawn from.
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
}

/// Why the program ends before it was told to.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error(
        "--tls: say with --tls-ca FILE where the certificate to trust goes, or give --state DIR"
    )]
    NoTlsCa,
    #[error("{setting} means nothing without --tls ADDR")]
    NeedsTls { setting: &'static str },
    #[error("cannot write {}: {why}", path.display())]
    TlsCa { path: PathBuf, why: std::io::Error },
    #[error("cannot read {}: {why}", path.display())]
    Config { path: PathBuf, why: String },
    #[error(transparent)]
    Settings(SettingsError),
    #[error("{}: {why}", path.display())]
    InFile { path: PathBuf, why: SettingsError },
    #[error("{} was kept with other settings ({what}); leave {what} out, or take another --state", path.display())]
    OtherSettings { path: PathBuf, what: &'static str },
    #[error("cannot take the authority of {}: {why}", path.display())]
    Authority { path: PathBuf, why: String },
    #[error("cannot read the plugin's module {}: {why}; npm installs it", path.display())]
    Module { path: PathBuf, why: std::io::Error },
    #[error("cannot write it: {0}")]
    Written(std::io::Error),
    #[error(transparent)]
    Listen(std::io::Error),
    #[error("cannot use the state {}: {why}", path.display())]
    State { path: PathBuf, why: store::Error },
}

impl Error {
    /// As the help prints them.
    pub(crate) fn exit_code(&self) -> u8 {
        match self {
            Self::NoTlsCa
            | Self::NeedsTls { .. }
            | Self::Config { .. }
            | Self::Authority { .. }
            | Self::Module { .. }
            | Self::Settings(_)
            | Self::InFile { .. }
            | Self::OtherSettings { .. } => 2,
            Self::Listen(_) => 3,
            Self::TlsCa { .. } | Self::State { .. } | Self::Written(_) => 4,
        }
    }
}

/// Does what the command line says; ends the program itself on a wrong one.
pub(crate) fn run() -> Result<(), Error> {
    match Cli::parse().command {
        Command::Serve(serve) => serve.run(),
        Command::Settings => {
            let text = toml::to_string_pretty(&Settings::default());
            let text = text.expect("our settings are plain tables");
            // Left out it is now; in a file begun with this it would be the manual's day.
            say(&text.replacen("epoch = ", "# epoch = ", 1));
            Ok(())
        }
        Command::Completions { shell } => manual::completions(shell).map_err(Error::Written),
        Command::Man { folder } => manual::man(folder.as_deref()).map_err(Error::Written),
    }
}

impl Serve {
    fn run(self) -> Result<(), Error> {
        let tls_ca = self.tls_ca()?;
        let store = self.store()?;
        let mock = self.mock(store.as_ref())?;
        self.allow_tls_settings(&mock.settings().web)?;
        let clock = self.clock(&mock);
        let listen = Listen {
            portal: self.listen,
            sms: self.sms,
            control: self.control,
        };
        let tls = self.tls_port(&mock, tls_ca.as_deref())?;
        // A start that fails on an address leaves no state behind.
        let bound = Server::bind(listen, tls).map_err(Error::Listen)?;
        let door = door(mock, store)?;
        let stop = Stop::new().map_err(Error::Listen)?;
        let server = bound.serve(door, clock).map_err(Error::Listen)?;
        announce(&server, tls_ca.as_deref());
        stop.wait();
        drop(server);
        eprintln!("mock-ca: stopped");
        Ok(())
    }

    /// What is set for a TLS listener needs one.
    fn allow_tls_settings(&self, web: &Web) -> Result<(), Error> {
        let setting = match web {
            _ if self.tls.is_some() => return Ok(()),
            Web {
                redirect_to_https: true,
                ..
            } => "web.redirect_to_https",
            Web {
                tls_certificate, ..
            } if *tls_certificate != tls::ServerCertificate::default() => "web.tls_certificate",
            _ => return Ok(()),
        };
        Err(Error::NeedsTls { setting })
    }

    /// Where the TLS authority's certificate goes, if there is TLS.
    fn tls_ca(&self) -> Result<Option<PathBuf>, Error> {
        if self.tls.is_none() {
            return Ok(None);
        }
        let in_state = self
            .state
            .as_ref()
            .map(|directory| directory.join("tls-ca.pem"));
        let path = self.tls_ca.clone().or(in_state).ok_or(Error::NoTlsCa)?;
        Ok(Some(absolute(&path)))
    }

    /// The TLS listener, its authority's certificate written out.
    fn tls_port(&self, mock: &MockCa, tls_ca: Option<&Path>) -> Result<Option<TlsPort>, Error> {
        let (Some(address), Some(path)) = (self.tls, tls_ca) else {
            return Ok(None);
        };
        let Settings { seed, web, .. } = mock.settings();
        std::fs::write(path, tls::authority_pem(*seed)).map_err(|why| Error::TlsCa {
            path: path.to_owned(),
            why,
        })?;
        Ok(Some(TlsPort {
            address,
            identity: tls::Identity::from_seed(*seed, web.tls_certificate),
            redirect: web.redirect_to_https,
        }))
    }

    fn store(&self) -> Result<Option<Store>, Error> {
        let open = |path: &PathBuf| {
            Store::open(path).map_err(|why| Error::State {
                path: path.clone(),
                why,
            })
        };
        self.state.as_ref().map(open).transpose()
    }

    /// A new mock, or the one that was kept.
    fn mock(&self, store: Option<&Store>) -> Result<MockCa, Error> {
        let Some(store) = store else {
            return self.new_mock();
        };
        match store.read().map_err(|why| unusable(store, why))? {
            None => self.new_mock(),
            Some((mock, calls)) => {
                // Only with its keys and modules does it answer as it did.
                let mut mock = with_files(mock)?;
                let repeated = calls.iter().try_for_each(|call| mock.repeat(call));
                repeated.map_err(|why| unusable(store, why.into()))?;
                self.agree(mock.first_settings(), store)?;
                eprintln!("mock-ca: going on from {}", store.file().display());
                Ok(mock)
            }
        }
    }

    fn new_mock(&self) -> Result<MockCa, Error> {
        let mock = MockCa::new(self.settings()?);
        let mock = if self.chooses_epoch()? {
            mock
        } else {
            mock.at_present()
        };
        with_files(mock)
    }

    /// Settings of the command line over those of the file over the defaults.
    fn settings(&self) -> Result<Settings, Error> {
        let mut settings = self
            .config_file()?
            .map(|(settings, _)| settings)
            .unwrap_or_default();
        match self.epoch {
            Some(epoch) => settings.epoch = epoch,
            None if !self.chooses_epoch()? => settings.epoch = wall_clock(),
            None => {}
        }
        settings.seed = self.seed.unwrap_or(settings.seed);
        settings.profile = self.profile.clone().or(settings.profile);
        if let (Some(modules), Some(bridge)) = (&self.plugin_modules, &self.plugin_bridge) {
            settings.web.plugin = Some(PluginPages {
                bridge: bridge.trim_end_matches('/').to_owned(),
                modules: absolute(modules),
            });
        }
        settings.check().map_err(|why| match &self.config {
            Some(path) => Error::InFile {
                path: path.clone(),
                why,
            },
            None => Error::Settings(why),
        })?;
        Ok(settings)
    }

    fn config_file(&self) -> Result<Option<(Settings, toml::Table)>, Error> {
        let Some(path) = &self.config else {
            return Ok(None);
        };
        let wrong = |why: String| Error::Config {
            path: path.clone(),
            why,
        };
        let text = std::fs::read_to_string(path).map_err(|error| wrong(error.to_string()))?;
        let table = text
            .parse()
            .map_err(|error: toml::de::Error| wrong(error.to_string()))?;
        let mut settings: Settings =
            toml::from_str(&text).map_err(|error| wrong(error.to_string()))?;
        let folder = path.parent().unwrap_or(Path::new(""));
        let authority = &mut settings.authority;
        let files = [&mut authority.root, &mut authority.issuing];
        for KeyPaths { certificate, key } in files.into_iter().flatten() {
            *certificate = absolute(&folder.join(&certificate));
            *key = absolute(&folder.join(&key));
        }
        if let Some(PluginPages { modules, .. }) = &mut settings.web.plugin {
            *modules = absolute(&folder.join(&modules));
        }
        Ok(Some((settings, table)))
    }

    /// What is kept cannot be given other settings afterwards.
    fn agree(&self, kept: &Settings, store: &Store) -> Result<(), Error> {
        let wanted = Settings {
            epoch: self.epoch.unwrap_or(kept.epoch),
            ..self.settings()?
        };
        let differs = |what| {
            Err(Error::OtherSettings {
                path: store.file().to_owned(),
                what,
            })
        };
        match self {
            Self { epoch: Some(_), .. } if wanted.epoch != kept.epoch => differs("--epoch"),
            Self { seed: Some(_), .. } if wanted.seed != kept.seed => differs("--seed"),
            Self {
                profile: Some(_), ..
            } if wanted.profile != kept.profile => differs("--profile"),
            Self {
                plugin_modules: Some(_),
                ..
            } if wanted.web.plugin != kept.web.plugin => differs("--plugin-modules"),
            Self {
                config: Some(_), ..
            } if Settings {
                epoch: kept.epoch,
                ..wanted
            } != *kept =>
            {
                differs("--config")
            }
            _ => Ok(()),
        }
    }

    /// A clock that begins where the mock was; the machine's own when no time was ever chosen.
    fn clock(&self, mock: &MockCa) -> Arc<dyn Clock> {
        let start = match self.clock {
            Pace::Times(1) if mock.is_at_present() => mock.now().max(wall_clock()),
            _ => mock.now(),
        };
        Arc::new(Dial::new(start, self.clock))
    }

    fn chooses_epoch(&self) -> Result<bool, Error> {
        let in_file = |file: Option<(Settings, toml::Table)>| {
            file.is_some_and(|(_, table)| table.contains_key("epoch"))
        };
        Ok(self.epoch.is_some() || in_file(self.config_file()?))
    }
}

type Answer = Box<dyn FnMut(Timestamp, Door, Request<Vec<u8>>) -> Response<Vec<u8>> + Send>;

/// The mock's door; with a state directory, nothing is answered that is not kept.
fn door(mut mock: MockCa, store: Option<Store>) -> Result<Answer, Error> {
    let Some(store) = store else {
        return Ok(Box::new(move |now, door, request| {
            mock.answer(now, door, &request)
        }));
    };
    let path = store.file().to_owned();
    let mut keeper = store.keep(mock).map_err(|why| Error::State { path, why })?;
    Ok(Box::new(move |now, door, request| {
        keeper.answer(now, door, &request)
    }))
}

fn unusable(store: &Store, why: store::Error) -> Error {
    let path = store.file().to_owned();
    Error::State { path, why }
}

fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

/// The mock with what its settings name files for: an authority, the plugin's modules.
fn with_files(mock: MockCa) -> Result<MockCa, Error> {
    let mut mock = with_own_keys(mock)?;
    read_modules(&mut mock)?;
    Ok(mock)
}

/// The mock with the authority of the settings' files, if they name any.
fn with_own_keys(mut mock: MockCa) -> Result<MockCa, Error> {
    let Authority { root, issuing, .. } = mock.settings().authority.clone();
    let Some(root) = root else {
        return Ok(mock);
    };
    let issuing_file = issuing.as_ref().map(key_file).transpose()?;
    mock.use_authority(&key_file(&root)?, issuing_file.as_ref())
        .map_err(|why| Error::Authority {
            path: issuing.unwrap_or(root).certificate,
            why: why.to_string(),
        })?;
    Ok(mock)
}

/// The vendor's modules, if the settings name a folder with them.
fn read_modules(mock: &mut MockCa) -> Result<(), Error> {
    let Some(PluginPages { modules, .. }) = mock.settings().web.plugin.clone() else {
        return Ok(());
    };
    for (name, file) in PLUGIN_MODULES {
        let path = modules.join(file);
        let text = std::fs::read_to_string(&path).map_err(|why| Error::Module { path, why })?;
        mock.use_module(name, text);
    }
    Ok(())
}

fn key_file(paths: &KeyPaths) -> Result<KeyFile, Error> {
    let read = |path: &PathBuf| {
        std::fs::read_to_string(path).map_err(|error| Error::Authority {
            path: path.clone(),
            why: error.to_string(),
        })
    };
    Ok(KeyFile {
        certificate: read(&paths.certificate)?,
        key: read(&paths.key)?,
    })
}

/// One line for whoever started us; the rest is for people.
fn announce(server: &Server, tls_ca: Option<&Path>) {
    let mut addresses = serde_json::json!({
        "portal": server.portal_url(), "tls": server.tls_url(), "sms": server.sms_url(), "control": server.control_url(),
    });
    if let Some(path) = tls_ca {
        addresses["tls_ca"] = path.to_string_lossy().into();
    }
    say(&format!("{addresses}\n"));
    eprintln!(
        "mock-ca: the cabinet is at {}, the phone of application 722318 at {}/phone/79000000000",
        server.portal_url(),
        server.sms_url()
    );
}

/// To standard output; a reader that has gone away is no reason to stop.
fn say(text: &str) {
    let mut out = std::io::stdout().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

/// SIGINT and SIGTERM, caught from the beginning.
struct Stop {
    runtime: tokio::runtime::Runtime,
    terminate: tokio::signal::unix::Signal,
    interrupt: tokio::signal::unix::Signal,
}

impl Stop {
    fn new() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let entered = runtime.enter();
        let (terminate, interrupt) = (
            signal(SignalKind::terminate())?,
            signal(SignalKind::interrupt())?,
        );
        drop(entered);
        Ok(Self {
            runtime,
            terminate,
            interrupt,
        })
    }

    fn wait(mut self) {
        self.runtime.block_on(async {
            tokio::select! {
                _ = self.terminate.recv() => {}
                _ = self.interrupt.recv() => {}
            }
        });
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the program's shell: where the mock's time begins"
)]
fn wall_clock() -> Timestamp {
    Timestamp::now()
}

const EXIT_CODES: &str = "\
Exit codes:
  0  stopped as told
  2  the command line or the settings are wrong
  3  an address cannot be listened on
  4  the state directory cannot be used, or a page cannot be written";

const SERVE_HELP: &str = "\
When everything listens, one line of JSON goes to standard output:
  {\"portal\":\"http://127.0.0.1:…\",\"tls\":null,\"sms\":\"http://127.0.0.1:…\",\"control\":\"http://127.0.0.1:…\"}
With --tls its \"tls\" is https://127.0.0.1:…, and \"tls_ca\" the file that a client has to trust (enroll --ca FILE).

The manual's application 722318 is there, its phone is 79000000000. To walk through by hand:
  mock-ca serve --listen 127.0.0.1:8080 --sms 127.0.0.1:8081 --clock fast:60
  open http://127.0.0.1:8080/ and http://127.0.0.1:8081/phone/79000000000

Tester's port: «Оператор» with buttons at /, and JSON:
  GET POST /people  GET POST /applications  POST /applications/722318/{accept|issue|delay|revoke}
  POST /applications/722318/refuse {\"text\":\"…\"}  GET DELETE /history  GET /outbox
  GET PATCH /settings {\"knobs\":{\"double_sms\":true}}  GET PUT DELETE /faults
  POST /faults {\"room\":\"portal\",\"next\":1,\"what\":\"lose-answer\"}
  GET /clock  PUT /clock {\"pace\":\"fast:60\"}  POST /clock/advance {\"seconds\":60}
  mock-ca/KNOBS.md says what each knob and fault is good for.

Exit codes:
  0  stopped as told
  2  the command line or the settings are wrong
  3  an address cannot be listened on
  4  the state directory cannot be used";
