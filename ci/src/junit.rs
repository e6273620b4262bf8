//! The verdicts as JUnit XML, which GitLab, GitHub's actions and Jenkins show.

use std::fs::File;

use anyhow::{Context as _, Result};
use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use crate::stage::Verdict;

const FILE: &str = "target/ci/junit.xml";

/// Writes `target/ci/junit.xml`: each stage a case of one suite.
pub(crate) fn write(verdicts: &[Verdict]) -> Result<()> {
    let file = File::create(FILE).with_context(|| format!("making {FILE}"))?;
    report(verdicts).serialize(file)?;
    Ok(())
}

fn report(verdicts: &[Verdict]) -> Report {
    let mut suite = TestSuite::new("stages");
    suite.add_test_cases(verdicts.iter().map(case));
    let mut report = Report::new("ci/validate");
    report.add_test_suite(suite);
    report
}

fn case(verdict: &Verdict) -> TestCase {
    let status = match &verdict.failure {
        None => TestCaseStatus::success(),
        Some(failure) => {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
            status.set_message(failure.lines().next().unwrap_or_default());
            status.set_description(failure);
            status
        }
    };
    let mut case = TestCase::new(verdict.stage, status);
    case.set_classname("ci").set_time(verdict.took);
    case.set_system_out(format!("log: target/ci/{}.log", verdict.stage));
    case
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn a_stage_that_failed_is_a_failed_case_with_its_reason_escaped() {
        let verdict = |stage, failure: Option<&str>| Verdict {
            stage,
            took: Duration::from_secs(3),
            failure: failure.map(str::to_owned),
        };
        let verdicts = [verdict("lint", None), verdict("pcsc", Some("a < b\nmore"))];
        let xml = report(&verdicts).to_string().expect("well-formed");
        assert!(xml.contains(r#"tests="2" failures="1""#), "{xml}");
        assert!(
            xml.contains(r#"<failure message="a &lt; b">a &lt; b"#),
            "{xml}"
        );
    }
}
