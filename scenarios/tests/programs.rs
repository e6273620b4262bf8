//! The programs on their own, as a tester uses them: each a process, met over loopback, no smart-card service.
//!
//! Between `enroll request` and `enroll install` everything is stopped and started again, as after a restart of the
//! machine: only the token's image, the mock's state and the engine's state are left.

#[path = "common/ear.rs"]
mod ear;
#[path = "common/nested.rs"]
mod nested;
#[path = "programs/panel.rs"]
mod panel;

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};

/// The folder the programs are built into, after building them.
fn programs() -> PathBuf {
    let mut cargo = Command::new(env!("CARGO"));
    nested::unaware_of_this_crate(&mut cargo).args([
        "build", "--quiet", "--locked", "-p", "emulator", "-p", "mock-ca", "-p", "enroll",
    ]);
    assert!(
        cargo.status().expect("cargo").success(),
        "the programs do not build"
    );
    let scenarios = Path::new(env!("CARGO_BIN_EXE_scenarios"));
    scenarios.parent().expect("a folder").to_owned()
}

fn free_port() -> u16 {
    static GIVEN: AtomicU16 = AtomicU16::new(0);
    let first = std::process::id() as u16;
    let candidates = core::iter::repeat_with(|| {
        let next = GIVEN.fetch_add(1, Ordering::Relaxed);
        LOWEST_PORT + first.wrapping_add(next) % PORTS
    });
    candidates
        .take(PORTS.into())
        .find(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok())
        .expect("a free port")
}

/// Linux hands ports from 32768 on to whatever connects: one of those may be gone before it is listened on.
const LOWEST_PORT: u16 = 20_000;
const PORTS: u16 = 12_000;

/// What one of the mock's ports answers to a request without a body.
fn answer(port: u16, line: &str) -> String {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).expect("the mock's port");
    let request = format!(
        "{line} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).expect("a request");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    answer
}

/// A process that is ended with the test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let asked = Command::new("kill").arg(self.0.id().to_string()).status();
        if !asked.is_ok_and(|status| status.success()) {
            drop(self.0.kill());
        }
        drop(self.0.wait());
    }
}

/// One tester's desk: a folder, the programs and the ports they meet on.
struct Desk {
    folder: tempfile::TempDir,
    programs: PathBuf,
    portal: u16,
    /// The port that `enroll` knows as the portal.
    line: u16,
    sms: u16,
    control: u16,
    vpcd: u16,
    /// The portal's TLS port; plain HTTP is sent there.
    tls: Option<u16>,
}

impl Desk {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("pin"), "12345678\n").expect("a PIN file");
        let portal = free_port();
        Self {
            folder,
            programs: programs(),
            portal,
            line: portal,
            sms: free_port(),
            control: free_port(),
            vpcd: free_port(),
            tls: None,
        }
    }

    /// The same with a portal that wants TLS.
    fn with_tls() -> Self {
        let desk = Self {
            tls: Some(free_port()),
            ..Self::new()
        };
        let settings = "[web]\nredirect_to_https = true\n";
        std::fs::write(desk.folder.path().join("settings.toml"), settings).expect("settings");
        desk
    }

    /// The same with somebody on the line to the portal.
    fn overheard() -> (Self, ear::Ear) {
        let desk = Self::new();
        let (ear, line) = ear::Ear::between(desk.portal);
        (Self { line, ..desk }, ear)
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(self.programs.join(program));
        command.current_dir(&self.folder).env("LANG", "C");
        command
    }

    /// Starts the mock and waits for its line.
    fn serve(&self) -> Running {
        let address = |port: u16| format!("127.0.0.1:{port}");
        let mut command = self.command("mock-ca");
        if let Some(tls) = self.tls {
            let tls = address(tls);
            command.args(["serve", "--tls", &tls, "--config", "settings.toml"]);
        } else {
            command.arg("serve");
        }
        let mut child = command
            .args([
                "--clock",
                "fast:60",
                "--epoch",
                "2018-12-13T09:00:00+08:00",
                "--seed",
                "5",
            ])
            .args([
                "--listen",
                &address(self.portal),
                "--sms",
                &address(self.sms),
            ])
            .args(["--control", &address(self.control), "--state", "forus"])
            .stdout(Stdio::piped())
            .spawn()
            .expect("mock-ca starts");
        let mut line = String::new();
        let stdout = child.stdout.take().expect("a pipe");
        BufReader::new(stdout)
            .read_line(&mut line)
            .expect("one line");
        assert!(
            line.starts_with("{\"portal\":\"http://127.0.0.1:"),
            "{line}"
        );
        Running(child)
    }

    fn new_token(&self) {
        let mut command = self.command("emulator");
        let new = command.args(["new", "token.image"]).output();
        let new = new.expect("emulator starts");
        assert!(
            new.status.success(),
            "{}",
            String::from_utf8_lossy(&new.stderr)
        );
    }

    fn attach(&self) -> Running {
        let mut command = self.command("emulator");
        command.args([
            "attach",
            "token.image",
            "--vpcd",
            &format!("127.0.0.1:{}", self.vpcd),
        ]);
        Running(
            command
                .stderr(Stdio::null())
                .spawn()
                .expect("emulator starts"),
        )
    }

    fn enroll(&self, verb: &[&str]) -> Output {
        let mut command = self.enroll_command(verb);
        command.output().expect("enroll starts")
    }

    fn enroll_command(&self, verb: &[&str]) -> Command {
        let mut command = self.command("enroll");
        if self.tls.is_some() {
            command.args(["--ca", "forus/tls-ca.pem"]);
        }
        command
            .args(verb)
            .args(["--portal", &format!("http://127.0.0.1:{}/", self.line)])
            .args(["--sms", &format!("http://127.0.0.1:{}/", self.sms)])
            .args([
                "--phone",
                "+7 900 000-00-00",
                "--token",
                &format!("vpcd:127.0.0.1:{}", self.vpcd),
            ])
            .args([
                "--pin-file",
                "pin",
                "--state",
                "state",
                "--out",
                "left",
                "--yes",
            ]);
        command.stdin(Stdio::null());
        command
    }

    fn enroll_well(&self, verb: &[&str]) -> String {
        let output = self.enroll(verb);
        let (out, err) = (
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr),
        );
        assert!(
            output.status.success(),
            "enroll {verb:?}: {}\n{out}\n{err}",
            output.status
        );
        out.into_owned()
    }

    /// Tells the tester's port to issue the certificate now.
    fn issue(&self) {
        let answer = answer(self.control, "POST /applications/722318/issue");
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    }

    fn has(&self, path: &str) -> bool {
        self.folder.path().join(path).exists()
    }
}

#[test]
fn separate_programs_enroll_over_https_with_the_mocks_own_authority() {
    let desk = Desk::with_tls();
    desk.new_token();
    let (_mock, _token) = (desk.serve(), desk.attach());
    desk.enroll_well(&["request"]);
    desk.issue();
    desk.enroll_well(&["install"]);
    assert!(desk.has("left/certificate.pem"));

    let stranger = mock_ca::tls::authority_pem(6);
    std::fs::write(desk.folder.path().join("forus/tls-ca.pem"), stranger).expect("a file");
    let refused = desk.enroll(&["documents"]);
    assert!(!refused.status.success(), "{refused:?}");
}

#[test]
fn separate_programs_enroll_with_a_restart_between_request_and_install() {
    let desk = Desk::new();
    desk.new_token();
    {
        let (_mock, _token) = (desk.serve(), desk.attach());
        desk.enroll_well(&["request"]);
        assert!(desk.has("left/request.pem"));
    }
    let status = desk.enroll_well(&["status"]);
    assert!(status.contains("722318"), "{status}");

    let (_mock, _token) = (desk.serve(), desk.attach());
    desk.issue();
    desk.enroll_well(&["install"]);
    assert!(desk.has("left/certificate.pem") && desk.has("left/issuer.pem"));
    let papers = desk.enroll_well(&["documents"]);
    assert!(
        papers.contains("Партизанская") && papers.contains("Свердлова"),
        "{papers}"
    );
    assert!(desk.has("left/documents/raspiska.pdf"));
    desk.enroll_well(&["resume"]);
}

#[test]
fn a_support_bundle_holds_the_whole_run_and_no_secret_of_it() {
    let (desk, ear) = Desk::overheard();
    desk.new_token();
    let (_mock, _token) = (desk.serve(), desk.attach());
    desk.enroll_well(&["request"]);
    desk.issue();
    desk.enroll_well(&["install"]);
    desk.enroll_well(&["support-bundle", "bundle.txt"]);
    let bundle = std::fs::read_to_string(desk.folder.path().join("bundle.txt")).expect("written");
    for wanted in [
        "Good token",
        "\"user_tries_left\":10",
        "CryptoPro-A",
        "\"format\":\"enroll-journal\"",
        "722318",
    ] {
        assert!(bundle.contains(wanted), "{wanted} is not in:\n{bundle}");
    }

    let (sessions, codes) = ear.secrets();
    assert!(
        !sessions.is_empty() && !codes.is_empty(),
        "nothing was heard"
    );
    let pins = ["12345678", "87654321"].map(str::to_owned);
    for secret in pins.iter().chain(&sessions).chain(&codes) {
        // СНИЛС 12345678964 of the sample begins like the default PIN.
        let text = bundle.replace("12345678964", "");
        assert!(!text.contains(secret.as_str()), "it holds {secret}");
    }
}

#[cfg(unix)]
#[test]
fn a_program_interrupted_while_it_waits_says_how_to_go_on_and_goes_on() {
    let desk = Desk::new();
    desk.new_token();
    let (_mock, _token) = (desk.serve(), desk.attach());
    let mut waiting = desk.enroll_command(&["request", "--wait"]);
    let mut waiting = waiting
        .stderr(Stdio::piped())
        .spawn()
        .expect("enroll starts");
    let mut talk = BufReader::new(waiting.stderr.take().expect("a pipe"));
    let mut line = String::new();
    while !line.contains("Ваш сертификат готов") {
        line.clear();
        let read = talk.read_line(&mut line).expect("talk");
        assert!(read > 0, "it ended before it waited for the certificate");
    }
    let pid = waiting.id().to_string();
    let asked = Command::new("kill").args(["-INT", &pid]).status();
    assert!(asked.is_ok_and(|status| status.success()));
    let mut rest = String::new();
    talk.read_to_string(&mut rest).expect("talk");
    let ended = waiting.wait().expect("it ends");
    let signal = std::os::unix::process::ExitStatusExt::signal(&ended);
    assert_eq!(signal, Some(2), "{rest}");
    assert!(
        rest.contains("nothing is lost") && rest.contains("enroll resume"),
        "{rest}"
    );

    desk.issue();
    desk.enroll_well(&["resume"]);
    assert!(desk.has("left/certificate.pem") && desk.has("left/documents/raspiska.pdf"));
}

#[test]
fn a_listener_on_another_address_than_loopback_is_refused() {
    let programs = programs();
    let serve = Command::new(programs.join("mock-ca"))
        .args(["serve", "--listen", "0.0.0.0:0"])
        .output();
    let serve = serve.expect("mock-ca starts");
    assert!(!serve.status.success());
    assert!(
        String::from_utf8_lossy(&serve.stderr).contains("loopback"),
        "{serve:?}"
    );
}

#[test]
fn each_program_prints_its_completions_and_leaves_a_manual_page_for_each_command() {
    let programs = programs();
    for (name, command) in [
        ("emulator", "attach"),
        ("enroll", "request"),
        ("mock-ca", "serve"),
        ("scenarios", "replay"),
    ] {
        let said = |words: &[&str]| {
            let output = Command::new(programs.join(name)).args(words).output();
            let output = output.expect("the program starts");
            assert!(output.status.success(), "{name} {words:?}");
            String::from_utf8(output.stdout).expect("text")
        };
        for shell in ["bash", "fish", "zsh"] {
            let completions = said(&["completions", shell]);
            assert!(completions.contains(command), "{name}, {shell}");
        }
        assert!(said(&["man"]).contains(&format!(".TH {name} 1")), "{name}");
        let folder = tempfile::tempdir().expect("a folder");
        let pages = folder.path().join("pages");
        said(&["man", pages.to_str().expect("a path")]);
        for page in [format!("{name}.1"), format!("{name}-{command}.1")] {
            assert!(pages.join(&page).exists(), "{page}");
        }
    }
}
