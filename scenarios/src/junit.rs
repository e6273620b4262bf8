//! How scenarios ended as JUnit XML, which GitLab, GitHub's actions and Jenkins show.

use std::io::{self, Write};
use std::path::PathBuf;
use std::time::Duration;

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};
use serde::{Deserialize, Serialize};

/// How one scenario ended.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Verdict {
    /// The scenario's name, or the file's where it could not be run.
    pub name: String,
    /// What it is about; empty where it could not be read.
    pub title: String,
    /// Where it was not as expected; empty when it passed.
    pub mismatches: Vec<String>,
    /// What it left.
    pub folder: PathBuf,
    /// Real time; milliseconds are enough in a file.
    #[serde(rename = "ms", with = "millis")]
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

/// A duration as whole milliseconds.
mod millis {
    use std::time::Duration;

    use serde::{Deserialize as _, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(took: &Duration, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_u64(u64::try_from(took.as_millis()).unwrap_or(u64::MAX))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Duration, D::Error> {
        u64::deserialize(from).map(Duration::from_millis)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scenario_that_failed_has_every_mismatch_and_markup_is_escaped() {
        let verdict = |name: &str, mismatches: &[&str]| Verdict {
            name: name.to_owned(),
            title: String::new(),
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
