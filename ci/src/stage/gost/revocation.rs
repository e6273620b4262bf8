//! Lists of revoked certificates and OCSP over HTTP, as a verifier of December 2018 meets them: two applicants enroll
//! with the built programs, one certificate is revoked, and OpenSSL asks `mock-ca serve` about both.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::Value;

use crate::mock::{Mock, http};
use crate::openssl::OpenSsl;
use crate::ports;
use crate::process::Beside;
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
    programs: Programs,
    mock: Mock,
}

impl Desk {
    fn set_up(bench: &Bench, profile: &'static str) -> Result<Self> {
        let folder = std::path::absolute(bench.folder().join("revocation").join(profile))?;
        std::fs::create_dir_all(&folder)?;
        std::fs::write(folder.join("settings.toml"), SETTINGS)?;
        std::fs::write(folder.join("pin"), "12345678")?;
        let settings = folder.join("settings.toml").display().to_string();
        let options = [
            "--config",
            &settings,
            "--epoch",
            EPOCH,
            "--profile",
            profile,
        ];
        let programs = Programs::built()?;
        Ok(Self {
            profile,
            mock: Mock::start(&programs, &options, &folder.join("mock-ca.log"))?,
            programs,
            folder,
        })
    }

    fn check(&self, bench: &mut Bench, openssl: &OpenSsl, applicants: &[Applicant]) -> Result<()> {
        for &(number, phone, revoked) in applicants {
            self.enroll(bench, number, phone)?;
            if revoked {
                let reason = r#"{"reason":"cessation-of-operation"}"#;
                let path = format!("/applications/{number}/revoke");
                http(&self.mock.control, "POST", &path, reason.as_bytes())?;
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
        let said = bench.run(ask.args(["-url", &format!("{}/ocsp", self.mock.portal)]))?;
        judge(&said, ": good")
    }

    /// `emulator`, `enroll request`, `enroll install`: the certificate is in `NUMBER/certificate.pem`.
    fn enroll(&self, bench: &mut Bench, number: u32, phone: &str) -> Result<()> {
        let image = format!("{number}.image");
        bench.run(self.program("emulator").args(["new", &image]))?;
        let vpcd = ports::free()?;
        let mut attach = self.program("emulator");
        attach.args(["attach", &image, "--vpcd", &vpcd]);
        let log = self.folder.join(format!("{number}.log"));
        let _token = Beside::start(&mut attach, &log)?;
        for verb in ["request", "install"] {
            let mut enroll = self.program("enroll");
            enroll.args([verb, "--portal", &self.mock.portal, "--sms", &self.mock.sms]);
            enroll.args(["--phone", phone, "--token", &format!("vpcd:{vpcd}")]);
            enroll.args(["--pin-file", "pin", "--yes", "--out", &number.to_string()]);
            enroll.args(["--state", &format!("{number}.state")]);
            bench.run(&mut enroll)?;
        }
        Ok(())
    }

    /// A program of ours, in English, among the desk's files.
    fn program(&self, name: &str) -> Command {
        let mut command = self.programs.command(name);
        command.env("LANG", "C").current_dir(&self.folder);
        command
    }

    /// The authority's files as the addresses in its certificates name them, turned into PEM.
    fn fetch_authority(&self, bench: &mut Bench, openssl: &OpenSsl) -> Result<()> {
        for (verb, ending) in [("x509", "cer"), ("crl", "crl")] {
            for authority in [self.profile.to_owned(), format!("{}-root", self.profile)] {
                let der = http(
                    &self.mock.portal,
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
        ask.args(["-url", &format!("{}/ocsp", self.mock.portal)]);
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
        let answer = http(&self.mock.control, "GET", "/clock", b"")?;
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
