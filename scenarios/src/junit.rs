//! How scenarios ended as JUnit XML, which GitLab, GitHub's actions and Jenkins show.

use std::io::{self, Write};
use std::path::PathBuf;
use std::time::Duration;

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

/// How one scenario ended.
#[derive(Clone, Debug)]
pub struct Verdict {
    /// The scenario's name, or the file's where it could not be run.
    pub name: String,
    /// Where it was not as expected; empty when it passed.
    pub mismatches: Vec<String>,
    /// What it left.
    pub folder: PathBuf,
    /// Real time.
    pub took: Duration,
}

/// Writes the report: each scenario a case of one suite.
pub fn write(verdicts: &[Verdict], to: impl Write) -> io::Result<()> {
    let mut suite = TestSuite::new("scenarios");
    suite.add_test_cases(verdicts.iter().map(case));
    let mut report = Report::new("scenarios run");
    report.add_test_suite(suite);
    report.serialize(to).map_err(io::Error::other)
}

fn case(verdict: &Verdict) -> TestCase {
    let mut status = TestCaseStatus::success();
    if let Some(first) = verdict.mismatches.first() {
        status = TestCaseStatus::non_success(NonSuccessKind::Failure);
        status.set_message(first.lines().next().unwrap_or_default());
        status.set_description(verdict.mismatches.join("\n"));
    }
    let mut case = TestCase::new(&*verdict.name, status);
    case.set_classname("scenarios").set_time(verdict.took);
    case.set_system_out(format!("everything lies in {}", verdict.folder.display()));
    case
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scenario_that_failed_has_every_mismatch_and_markup_is_escaped() {
        let verdict = |name: &str, mismatches: &[&str]| Verdict {
            name: name.to_owned(),
            mismatches: mismatches.iter().map(|&it| it.to_owned()).collect(),
            folder: PathBuf::from("target/scenarios/x"),
            took: Duration::from_millis(1500),
        };
        let verdicts = [
            verdict("good", &[]),
            verdict("bad", &["step 1: <b>", "step 2"]),
        ];
        let mut xml = Vec::new();
        write(&verdicts, &mut xml).expect("written");
        let xml = String::from_utf8(xml).expect("text");
        assert!(xml.contains(r#"tests="2" failures="1""#), "{xml}");
        assert!(
            xml.contains("<failure message=\"step 1: &lt;b&gt;\">step 1: &lt;b&gt;\nstep 2<"),
            "{xml}"
        );
        assert!(xml.contains(r#"time="1.500""#), "{xml}");
    }
}
