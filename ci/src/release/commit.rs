//! The commit that is built: when it was made, and its sources in another folder.
//!
//! In a pipeline's container the checkout may belong to another user than the one who builds; git refuses such a folder
//! unless it is told that it may read it, which the folder that is validated anyway may.

use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result, ensure};

const ANY_OWNER: &str = "safe.directory=*";

/// When the commit was made, in seconds since 1970.
pub(super) fn time(source: &Path) -> Result<String> {
    let output = log(source).output().context("starting git")?;
    let why = String::from_utf8_lossy(&output.stderr);
    let folder = source.display();
    ensure!(
        output.status.success(),
        "when the commit in {folder} was made is not known: {}",
        why.trim_end()
    );
    Ok(String::from_utf8(output.stdout)?.trim().to_owned())
}

fn log(source: &Path) -> Command {
    let mut git = Command::new("git");
    git.args(["-c", ANY_OWNER, "log", "-1", "--format=%ct"]);
    git.current_dir(source);
    git
}

/// The command that copies what is committed in `source` to the new folder `to`.
pub(super) fn clone(source: &Path, to: &Path) -> Command {
    let mut git = Command::new("git");
    git.args(["-c", ANY_OWNER, "clone", "--quiet"]);
    // What reads the source is a git of its own, which does not get its caller's settings.
    git.arg(format!("--upload-pack=git -c '{ANY_OWNER}' upload-pack"));
    git.arg(source).arg(to);
    git
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A folder with a commit of the second 1000000000.
    fn committed() -> tempfile::TempDir {
        let folder = tempfile::tempdir().expect("a folder");
        let git = |arguments: &[&str]| {
            let mut git = Command::new("git");
            git.args(["-c", "user.name=n", "-c", "user.email=e"]);
            git.args(["-c", "init.defaultBranch=main"]).args(arguments);
            git.env("GIT_COMMITTER_DATE", "1000000000 +0000");
            let status = git.current_dir(folder.path()).status();
            assert!(status.expect("git").success(), "{arguments:?}");
        };
        git(&["init", "--quiet"]);
        git(&["commit", "--quiet", "--allow-empty", "--message", "m"]);
        folder
    }

    /// Has git take every folder for one of another user's.
    const ANOTHERS: &str = "GIT_TEST_ASSUME_DIFFERENT_OWNER";

    #[test]
    fn a_checkout_of_another_user_tells_its_time_and_is_cloned() {
        let folder = committed();
        let output = log(folder.path()).env(ANOTHERS, "1").output().expect("git");
        assert_eq!(String::from_utf8_lossy(&output.stdout), "1000000000\n");
        let place = tempfile::tempdir().expect("a folder");
        let copy = place.path().join("copy");
        let mut clone = clone(folder.path(), &copy);
        let output = clone.env(ANOTHERS, "1").output().expect("git");
        assert!(output.status.success(), "{output:?}");
        assert_eq!(time(&copy).expect("a time"), "1000000000");
    }

    #[test]
    fn a_folder_without_a_commit_is_refused_with_the_reason_that_git_has() {
        let folder = tempfile::tempdir().expect("a folder");
        let error = time(folder.path()).expect_err("no commit");
        assert!(
            error.to_string().contains("not a git repository"),
            "{error}"
        );
    }
}
