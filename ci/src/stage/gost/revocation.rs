//! Lists of revoked certificates and OCSP over HTTP, as a verifier of December 2018 meets them: two applicants enroll
//! with the built programs, one certificate is revoked, and OpenSSL asks `mock-ca serve` about both.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::Value;

use crate::openssl::OpenSsl;
use crate::programs::Programs;
use crate::run::Bench;

/// The profiles whose certificates are asked about, one of each algorithm, and whether the token makes such keys. Where
/// it does not, only the authority's own certificate is asked about.
const PROFILES: [(&str, bool); 3] = [
    ("forus-2018", true),
    ("forus-2019", true),
    ("forus-2019-512", false),
];

/// The manual's own hour, in Irkutsk.
const EPOCH: &str = "2018-12-13T09:00:00+08:00";

/// Nothing waits, and there is a second applicant.
const SETTINGS: &str = "\
further_applicants = 1
[login]
resend_secs = 0
[timing]
sms_delivery_secs = { min = 0, max = 0 }
ordered_secs = { min = 0, max = 0 }
issue_secs = { min = 0, max = 0 }
";

/// Who enrolls: the phone of the portal's list, and whether the certificate is revoked afterwards.
const APPLICANTS: [Applicant; 2] = [
    (722_318, "+7 900 000-00-00", false),
    (722_319, "+7 900 000-00-01", true),
];

type Applicant = (u32, &'static str, bool);

/// For each algorithm: a good and a revoked certificate, their lists and the responder's answers.
pub(super) fn check(bench: &mut Bench, openssl: &OpenSsl) -> Result<()> {
    Programs::build(bench)?;
    PROFILES.iter().try_for_each(|&(profile, has_applicants)| {
        let desk = Desk::set_up(bench, profile)?;
        let applicants = if has_applicants { &APPLICANTS[..] } else { &[] };
        desk.check(bench, openssl, applicants)
            .with_context(|| format!("revocation, profile {profile}"))
    })
}

/// A running mock and the folder of those who enroll with it.
struct Desk {
    profile: &'static str,
    folder: PathBuf,
    /// Ended with the desk.
    _mock: Running,
    portal: String,
    sms: String,
    control: String,
}

impl Desk {
    fn set_up(bench: &Bench, profile: &'static str) -> Result<Self> {
        let folder = std::path::absolute(bench.folder().join("revocation").join(profile))?;
        std::fs::create_dir_all(&folder)?;
        std::fs::write(folder.join("settings.toml"), SETTINGS)?;
        std::fs::write(folder.join("pin"), "12345678")?;
        let mut serve = program("mock-ca")?;
        serve.args(["serve", "--config", "settings.toml", "--epoch", EPOCH]);
        let serve = serve.args(["--profile", profile]).current_dir(&folder);
        let mut child = serve.stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
        let stdout = child.stdout.take().context("mock-ca has no output")?;
        let mock = Running(child);
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line)?;
        let addresses: Value = serde_json::from_str(&line).context("mock-ca's first line")?;
        let address = |name: &str| {
            let url = addresses[name].as_str().map(str::to_owned);
            url.with_context(|| format!("no {name} in {line}"))
        };
        Ok(Self {
            profile,
            folder,
            _mock: mock,
            portal: address("portal")?,
            sms: address("sms")?,
            control: address("control")?,
        })
    }

    fn check(&self, bench: &mut Bench, openssl: &OpenSsl, applicants: &[Applicant]) -> Result<()> {
        for &(number, phone, revoked) in applicants {
            self.enroll(bench, number, phone)?;
            if revoked {
                let reason = r#"{"reason":"cessation-of-operation"}"#;
                let path = format!("/applications/{number}/revoke");
                http(&self.control, "POST", &path, reason.as_bytes())?;
            }
        }
        self.fetch_authority(bench, openssl)?;
        self.ask_about_authority(bench, openssl)?;
        for &(number, _, revoked) in applicants {
            self.ask_list(bench, openssl, number, revoked)?;
            self.ask_responder(bench, openssl, number, revoked)?;
            self.refuse_stale_answer(bench, openssl, number)?;
        }
        Ok(())
    }

    /// The root's list and the root's answer about the issuing authority.
    fn ask_about_authority(&self, bench: &mut Bench, openssl: &OpenSsl) -> Result<()> {
        let (root, issuing) = (
            self.authority_file("-root", "cer"),
            self.authority_file("", "cer"),
        );
        let mut verify = self.then(openssl, &["verify", "-crl_check", "-CAfile"])?;
        verify.arg(&root).arg("-CRLfile");
        verify.arg(self.authority_file("-root", "crl"));
        bench.run_and_find(verify.arg(&issuing), ": OK")?;
        let mut ask = self.then(openssl, &["ocsp", "-CAfile"])?;
        ask.arg(&root).arg("-issuer").arg(&root);
        ask.arg("-cert").arg(&issuing);
        let said = bench.run(ask.args(["-url", &format!("{}/ocsp", self.portal)]))?;
        judge(&said, ": good")
    }

    /// `emulator`, `enroll request`, `enroll install`: the certificate is in `NUMBER/certificate.pem`.
    fn enroll(&self, bench: &mut Bench, number: u32, phone: &str) -> Result<()> {
        let image = format!("{number}.image");
        let mut new = program("emulator")?;
        bench.run(new.args(["new", &image]).current_dir(&self.folder))?;
        let vpcd = free_address()?;
        let mut attach = program("emulator")?;
        attach.args(["attach", &image, "--vpcd", &vpcd]);
        let attach = attach.current_dir(&self.folder).stderr(Stdio::null());
        let _token = Running(attach.spawn()?);
        for verb in ["request", "install"] {
            let mut enroll = program("enroll")?;
            enroll.args([verb, "--portal", &self.portal, "--sms", &self.sms]);
            enroll.args(["--phone", phone, "--token", &format!("vpcd:{vpcd}")]);
            enroll.args(["--pin-file", "pin", "--yes", "--out", &number.to_string()]);
            enroll.args(["--state", &format!("{number}.state")]);
            bench.run(enroll.current_dir(&self.folder).stdin(Stdio::null()))?;
        }
        Ok(())
    }

    /// The authority's files as the addresses in its certificates name them, turned into PEM.
    fn fetch_authority(&self, bench: &mut Bench, openssl: &OpenSsl) -> Result<()> {
        for (verb, ending) in [("x509", "cer"), ("crl", "crl")] {
            for authority in [self.profile.to_owned(), format!("{}-root", self.profile)] {
                let der = http(
                    &self.portal,
                    "GET",
                    &format!("/ca/{authority}.{ending}"),
                    b"",
                )?;
                let file = self.folder.join(format!("{authority}.{ending}"));
                std::fs::write(&file, der)?;
                let mut convert = openssl.command(&[verb, "-inform", "DER", "-in"]);
                let pem = file.with_extension(format!("{ending}.pem"));
                bench.run(convert.arg(&file).arg("-out").arg(pem))?;
            }
        }
        let lists = ["", "-root"].map(|of| self.authority_file(of, "crl"));
        let both = [std::fs::read(&lists[0])?, std::fs::read(&lists[1])?].concat();
        Ok(std::fs::write(self.folder.join("lists.pem"), both)?)
    }

    fn authority_file(&self, of: &str, ending: &str) -> PathBuf {
        self.folder
            .join(format!("{}{of}.{ending}.pem", self.profile))
    }

    /// `openssl verify` with the issuing authority's list, and with the lists of the whole chain.
    fn ask_list(
        &self,
        bench: &mut Bench,
        openssl: &OpenSsl,
        number: u32,
        revoked: bool,
    ) -> Result<()> {
        for how in ["-crl_check", "-crl_check_all"] {
            let mut verify = self.then(openssl, &["verify", how])?;
            verify
                .arg("-CAfile")
                .arg(self.authority_file("-root", "cer"));
            verify.arg("-untrusted").arg(self.authority_file("", "cer"));
            verify.arg("-CRLfile").arg(self.folder.join("lists.pem"));
            verify.arg(self.certificate(number));
            if revoked {
                let said = bench.run_refused(&mut verify)?;
                ensure!(said.contains("certificate revoked"), "{how}: {said}");
            } else {
                bench.run_and_find(&mut verify, ": OK")?;
            }
        }
        Ok(())
    }

    /// `openssl ocsp`, which ends well on answers that it warns of: what it says is what counts.
    fn ask_responder(
        &self,
        bench: &mut Bench,
        openssl: &OpenSsl,
        number: u32,
        revoked: bool,
    ) -> Result<()> {
        let answer = self.folder.join(format!("{number}.ocsp"));
        let mut ask = self.ocsp(openssl, number)?;
        ask.args(["-url", &format!("{}/ocsp", self.portal)]);
        let said = bench.run(ask.arg("-respout").arg(&answer))?;
        judge(&said, if revoked { ": revoked" } else { ": good" })
    }

    /// The same answer today is old, and is said to be: what the check above looks for can be seen.
    fn refuse_stale_answer(&self, bench: &mut Bench, openssl: &OpenSsl, number: u32) -> Result<()> {
        let mut ask = openssl.command(&["ocsp"]);
        self.about(&mut ask, number);
        let answer = self.folder.join(format!("{number}.ocsp"));
        let said = bench.run(ask.arg("-no_nonce").arg("-respin").arg(answer));
        match said.and_then(|said| judge(&said, "")) {
            Ok(()) => bail!("an OCSP answer of 2018 is taken for one of today"),
            Err(_) => Ok(()),
        }
    }

    fn ocsp(&self, openssl: &OpenSsl, number: u32) -> Result<Command> {
        let mut command = self.then(openssl, &["ocsp"])?;
        self.about(&mut command, number);
        Ok(command)
    }

    fn about(&self, command: &mut Command, number: u32) {
        command
            .arg("-CAfile")
            .arg(self.authority_file("-root", "cer"));
        command.arg("-issuer").arg(self.authority_file("", "cer"));
        command.arg("-cert").arg(self.certificate(number));
    }

    fn certificate(&self, number: u32) -> PathBuf {
        self.folder.join(number.to_string()).join("certificate.pem")
    }

    /// An `openssl` command that believes it runs when the mock does.
    fn then(&self, openssl: &OpenSsl, arguments: &[&str]) -> Result<Command> {
        let answer = http(&self.control, "GET", "/clock", b"")?;
        let clock: Value = serde_json::from_slice(&answer).context("the mock's clock")?;
        let now = clock["now"]
            .as_str()
            .context("no time in the mock's clock")?;
        let (seconds, _) = now.split_at_checked(19).context("a short time")?;
        Ok(openssl.command_at(&seconds.replace('T', " "), arguments))
    }
}

/// Whether the responder's signature holds, its times do, and it says what it has to.
fn judge(said: &str, status: &str) -> Result<()> {
    ensure!(said.contains("Response verify OK"), "not verified:\n{said}");
    ensure!(!said.contains("Status times invalid"), "stale:\n{said}");
    ensure!(said.contains(status), "not «{status}»:\n{said}");
    Ok(())
}

/// A program as cargo has built it.
fn program(name: &str) -> Result<Command> {
    let target = std::env::var_os("CARGO_TARGET_DIR").unwrap_or_else(|| "target".into());
    let path = std::path::absolute(Path::new(&target).join("debug").join(name))?;
    let mut command = Command::new(path);
    command.env("LANG", "C");
    Ok(command)
}

fn free_address() -> Result<String> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    Ok(listener.local_addr()?.to_string())
}

/// One exchange with the mock on loopback; fails unless the answer is 200.
fn http(base: &str, method: &str, path: &str, body: &[u8]) -> Result<Vec<u8>> {
    let address = base.strip_prefix("http://").context("plain HTTP")?;
    let mut stream = TcpStream::connect(address)?;
    let length = body.len();
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nHost: {address}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"
    )?;
    stream.write_all(body)?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n");
    let body = answer.split_off(end.with_context(|| format!("{path}: no answer"))? + 4);
    let head = String::from_utf8_lossy(&answer);
    ensure!(head.starts_with("HTTP/1.1 200 "), "{method} {path}: {head}");
    Ok(body)
}

/// A process of ours, ended by its id when no longer needed.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself; then there is nothing to end.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
