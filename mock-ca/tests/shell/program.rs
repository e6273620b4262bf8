//! `mock-ca serve` as a program: its one line, its state directory, its exit codes.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use serde_json::Value;

fn program() -> Command {
    Command::new(env!("CARGO_BIN_EXE_mock-ca"))
}

/// A running `serve` with the addresses it printed; killed when dropped.
pub(crate) struct Serving {
    child: Child,
    addresses: Value,
}

impl Serving {
    pub(crate) fn start(arguments: &[&str]) -> Self {
        let mut command = program();
        command
            .arg("serve")
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap())
            .read_line(&mut line)
            .unwrap();
        Self {
            child,
            addresses: serde_json::from_str(&line).unwrap(),
        }
    }

    pub(crate) fn address(&self, door: &str) -> SocketAddr {
        let url = self.addresses[door].as_str().unwrap();
        url.strip_prefix("http://").unwrap().parse().unwrap()
    }

    pub(crate) fn get(&self, door: &str, path: &str) -> String {
        self.exchange(
            door,
            &format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"),
        )
    }

    fn post(&self, door: &str, path: &str, body: &str) -> String {
        self.send("POST", door, path, body)
    }

    fn send(&self, method: &str, door: &str, path: &str, body: &str) -> String {
        let length = body.len();
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n"
        );
        self.exchange(door, &format!("{head}{body}"))
    }

    fn exchange(&self, door: &str, request: &str) -> String {
        let mut stream = TcpStream::connect(self.address(door)).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    /// SIGTERM, and what became of it.
    fn stop(mut self) -> Option<i32> {
        let killed = Command::new("kill")
            .arg(self.child.id().to_string())
            .status()
            .unwrap();
        assert!(killed.success());
        self.child.wait().unwrap().code()
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

const FIRST_DAY: [&str; 4] = ["--clock", "manual", "--epoch", "2018-12-13T09:00:00+08:00"];

fn output(arguments: &[&str]) -> Output {
    program().args(arguments).output().unwrap()
}

#[test]
fn serve_prints_one_line_and_stops_when_told() {
    let serving = Serving::start(&FIRST_DAY);
    assert_eq!(serving.addresses["tls"], Value::Null);
    let names: Vec<_> = serving.addresses.as_object().unwrap().keys().collect();
    assert_eq!(names, ["portal", "tls", "sms", "control"]);
    assert!(
        serving
            .get("portal", "/")
            .contains("date: Thu, 13 Dec 2018 01:00:00 GMT")
    );
    assert_eq!(serving.stop(), Some(0));
}

#[test]
fn a_state_directory_outlives_the_program() {
    let directory = tempfile::tempdir().unwrap();
    let state = directory.path().to_str().unwrap();
    let arguments: Vec<_> = FIRST_DAY
        .into_iter()
        .chain(["--state", state, "--seed", "7"])
        .collect();
    let serving = Serving::start(&arguments);
    serving.post(
        "control",
        "/applications/722318/refuse",
        r#"{"text":"no papers"}"#,
    );
    assert_eq!(serving.stop(), Some(0));
    assert_eq!(files(directory.path()), ["mock-ca.redb"]);

    let again = Serving::start(&arguments);
    assert!(again.get("control", "/applications").contains("no papers"));
    drop(again);
    let without = Serving::start(&["--state", state, "--clock", "manual"]);
    assert!(
        without
            .get("portal", "/")
            .contains("date: Thu, 13 Dec 2018 01:00:00 GMT")
    );
    drop(without);
    let other = output(&["serve", "--state", state, "--seed", "8"]);
    assert_eq!(other.status.code(), Some(2));
    assert!(
        String::from_utf8_lossy(&other.stderr).contains("was kept with other settings (--seed)")
    );
}

fn files(directory: &Path) -> Vec<String> {
    let names = std::fs::read_dir(directory)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.collect()
}

#[test]
fn serve_with_tls_says_where_and_whom_to_trust() {
    let directory = tempfile::tempdir().unwrap();
    let state = directory.path().to_str().unwrap();
    let serving =
        Serving::start(&[&FIRST_DAY[..], &["--tls", "127.0.0.1:0", "--state", state]].concat());
    let url = serving.addresses["tls"].as_str().unwrap();
    assert!(url.starts_with("https://127.0.0.1:"), "{url}");
    let path = serving.addresses["tls_ca"].as_str().unwrap();
    assert_eq!(path, format!("{state}/tls-ca.pem"));
    assert_eq!(
        std::fs::read_to_string(path).unwrap(),
        mock_ca::tls::authority_pem(mock_ca::Settings::default().seed)
    );
    assert_eq!(serving.stop(), Some(0));
}

#[test]
fn what_is_wrong_has_an_exit_code_and_a_reason() {
    let directory = tempfile::tempdir().unwrap();
    let state = directory.path().to_str().unwrap().to_owned();
    std::fs::write(directory.path().join("mock-ca.redb"), "{}").unwrap();
    let config = directory.path().join("settings.toml");
    std::fs::write(&config, "sede = 1").unwrap();
    let config = config.to_str().unwrap();
    let backwards = directory.path().join("backwards.toml");
    std::fs::write(&backwards, "timing.issue_secs = { min = 5, max = 3 }").unwrap();
    let backwards = backwards.to_str().unwrap();
    for (arguments, code, reason) in [
        (
            vec!["serve", "--config", backwards],
            2,
            "backwards.toml: timing.issue_secs: a span from 5 s to 3 s",
        ),
        (vec!["serve", "--profile", "forus-2020"], 2, "forus-2018"),
        (vec!["serve", "--clock", "fast:0"], 2, "fast:N"),
        (vec!["serve", "--tls", "127.0.0.1:0"], 2, "--tls-ca"),
        (vec!["serve", "--config", config], 2, "sede"),
        (
            vec!["serve", "--config", "/nowhere/settings.toml"],
            2,
            "/nowhere/settings.toml",
        ),
        (
            vec!["serve", "--listen", "0.0.0.0:0"],
            3,
            "not a loopback address",
        ),
        (vec!["serve", "--state", &state], 4, "cannot use the state"),
    ] {
        let output = output(&arguments);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {said}");
        assert!(
            said.contains(reason) && output.stdout.is_empty(),
            "{arguments:?}: {said}"
        );
    }
}

#[test]
fn the_printed_settings_are_a_settings_file() {
    let output = output(&["settings"]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(
        text.contains("\n# epoch = \"2018-12-13"),
        "now, unless chosen"
    );
    let settings: mock_ca::Settings = toml::from_str(&text).unwrap();
    assert_eq!(settings, mock_ca::Settings::default());
}

#[test]
fn a_kept_world_of_another_year_stays_there_when_restarted_without_an_epoch() {
    let directory = tempfile::tempdir().unwrap();
    let state = directory.path().to_str().unwrap();
    let first_day = ["--epoch", "2018-12-13T09:00:00+08:00", "--state", state];
    for arguments in [&first_day[..], &["--state", state]] {
        let serving = Serving::start(arguments);
        let page = serving.get("portal", "/");
        assert!(page.contains("date: Thu, 13 Dec 2018 01:0"), "{page}");
        assert_eq!(serving.stop(), Some(0));
    }
}

#[test]
fn a_program_killed_after_a_module_was_loaded_goes_on() {
    let directory = tempfile::tempdir().unwrap();
    for (_, file) in mock_ca::PLUGIN_MODULES {
        let path = directory.path().join(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, "// a module").unwrap();
    }
    let state = directory.path().join("state");
    let arguments = [
        "--plugin-modules",
        directory.path().to_str().unwrap(),
        "--plugin-bridge",
        "http://127.0.0.1:1",
        "--state",
        state.to_str().unwrap(),
    ];
    let arguments = [&FIRST_DAY[..], &arguments].concat();
    for _ in 0..2 {
        let serving = Serving::start(&arguments);
        let module = serving.get("portal", "/plugin/rutoken.js");
        assert!(module.ends_with("// a module"), "{module}");
        drop(serving); // SIGKILL
    }
}

#[test]
fn a_moved_clock_stands_where_it_was_moved_to_after_the_program_was_killed() {
    let directory = tempfile::tempdir().unwrap();
    let state = directory.path().to_str().unwrap();
    let arguments = [&FIRST_DAY[..], &["--state", state]].concat();
    for moved in ["01:30:00", "02:00:00"] {
        let serving = Serving::start(&arguments);
        let answer = serving.post("control", "/clock/advance", r#"{"seconds":1800}"#);
        assert!(answer.contains(moved), "{answer}");
        drop(serving); // SIGKILL
    }
    let page = Serving::start(&arguments).get("portal", "/");
    assert!(
        page.contains("date: Thu, 13 Dec 2018 02:00:00 GMT"),
        "{page}"
    );
}

#[test]
fn a_knob_turned_while_it_ran_is_no_reason_against_the_file_it_began_with() {
    let directory = tempfile::tempdir().unwrap();
    let config = directory.path().join("settings.toml");
    std::fs::write(&config, "[login]\ncode_digits = 4\n").unwrap();
    let state = directory.path().join("state");
    let (config, state) = (config.to_str().unwrap(), state.to_str().unwrap());
    let arguments = [&FIRST_DAY[..], &["--config", config, "--state", state]].concat();
    let serving = Serving::start(&arguments);
    let knob = r#"{"knobs":{"double_sms":true}}"#;
    let patched = serving.send("PATCH", "control", "/settings", knob);
    assert!(patched.starts_with("HTTP/1.1 200"), "{patched}");
    drop(serving); // SIGKILL
    for _ in 0..2 {
        let serving = Serving::start(&arguments);
        let settings = serving.get("control", "/settings");
        assert!(settings.contains(r#""double_sms":true"#), "{settings}");
        assert_eq!(serving.stop(), Some(0));
    }
    std::fs::write(config, "[login]\ncode_digits = 5\n").unwrap();
    let arguments = [&["serve"][..], &arguments].concat();
    let said = String::from_utf8(output(&arguments).stderr).unwrap();
    assert!(
        said.contains("was kept with other settings (--config)"),
        "{said}"
    );
}

#[test]
fn settings_of_tls_are_refused_without_a_listener_for_it() {
    let directory = tempfile::tempdir().unwrap();
    let config = directory.path().join("settings.toml");
    for (setting, named) in [
        ("redirect_to_https = true", "web.redirect_to_https"),
        ("tls_certificate = \"expired\"", "web.tls_certificate"),
    ] {
        std::fs::write(&config, format!("[web]\n{setting}\n")).unwrap();
        let output = output(&["serve", "--config", config.to_str().unwrap()]);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains(named) && said.contains("--tls"), "{said}");
    }
}

#[test]
fn a_first_start_that_gets_no_address_leaves_no_state_behind() {
    let directory = tempfile::tempdir().unwrap();
    let state = directory.path().to_str().unwrap();
    let failed = output(&[
        "serve",
        "--state",
        state,
        "--seed",
        "7",
        "--listen",
        "0.0.0.0:0",
    ]);
    assert_eq!(failed.status.code(), Some(3));
    let serving = Serving::start(&["--state", state, "--seed", "8"]);
    assert_eq!(serving.stop(), Some(0));
}
