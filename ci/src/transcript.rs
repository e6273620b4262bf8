//! Transcripts: committed texts of commands and what they print, run again and compared.
//!
//! A line that starts with `$ ` is a command of the shell. Under it stands what it printed: `| ` before what went to
//! its output, `! ` before what went to its errors, and `= ` its exit code unless that is 0. All other lines are for
//! the reader. The commands live nowhere else: to add one, write it down and accept what it prints.

use std::path::Path;
use std::process::{Command, Output};

use anyhow::{Context as _, Result, ensure};
use regex::Regex;
use similar::TextDiff;

/// What differs from run to run although nothing is wrong, and what stands for it in the texts.
pub(crate) const SUBSTITUTIONS: [(&str, &str); 7] = [
    // The host's clock: in TokenInfo as pkcs15-tool shows it, and in its bytes as `opensc-tool -f` dumps them.
    (r"(Last update +: )\d{14}Z", "${1}<time>"),
    (r"(?m)^(00000020: .* 18 0F) .*$", "${1} <time>"),
    (r"(?m)^(00000030:) (3\d ){13}5A .*$", "${1} <time>"),
    (r"(?m)^\w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d \d{4}$", "<time>"),
    // An address in the memory of pkcs11-tool.
    (r"((?:Profile|Data) object )\d+", "${1}<handle>"),
    // A thread's number, before each of OpenSSL's errors.
    (r"(?m)^[0-9A-F]{16}(:error:)", "<thread>${1}"),
    // How often cards came and went since pcscd started.
    (r"(Event number: )\d+", "${1}<number>"),
];

/// A command that hangs is a command that fails.
const SECONDS_FOR_A_COMMAND: &str = "120";

/// Runs the commands of a transcript, one by one, and makes the text anew.
///
/// `shell` is told what a command runs in: folder and environment.
pub(crate) fn run_again(committed: &str, mut shell: impl FnMut(&mut Command)) -> Result<String> {
    let mut text = String::new();
    for line in committed.lines() {
        if line.starts_with(['|', '!', '=']) {
            continue;
        }
        text.push_str(line);
        text.push('\n');
        if let Some(script) = line.strip_prefix("$ ") {
            let mut command = Command::new("timeout");
            command.args([SECONDS_FOR_A_COMMAND, "sh", "-c", script]);
            shell(&mut command);
            let output = command
                .output()
                .with_context(|| format!("cannot run `{script}`"))?;
            text.push_str(&shown(&output));
        }
    }
    Ok(text)
}

/// The lines under a command.
fn shown(output: &Output) -> String {
    let mut text = marked('|', &output.stdout);
    text.push_str(&marked('!', &output.stderr));
    match output.status.code() {
        Some(0) => {}
        Some(code) => text.push_str(&format!("= {code}\n")),
        None => text.push_str("= ended by a signal\n"),
    }
    text
}

/// What was printed, after the substitutions and without blanks at the ends of lines.
fn marked(mark: char, printed: &[u8]) -> String {
    let mut text = String::from_utf8_lossy(printed).into_owned();
    for (varies, instead) in SUBSTITUTIONS {
        let varies = Regex::new(varies).expect("the table holds regular expressions");
        text = varies.replace_all(&text, instead).into_owned();
    }
    text.lines()
        .map(|line| format!("{}\n", format!("{mark} {line}").trim_end()))
        .collect()
}

/// Compares what came with what is committed, or commits it.
///
/// Errors: the difference, line by line, and how to accept it.
pub(crate) fn compare(path: &Path, committed: &str, now: &str, bless: bool) -> Result<()> {
    if bless && committed != now {
        std::fs::write(path, now).with_context(|| format!("writing {}", path.display()))?;
        return Ok(());
    }
    ensure!(
        committed == now,
        "{} is not what the programs print now; if that is right, `ci/validate opensc --bless` writes it down\n{}",
        path.display(),
        TextDiff::from_lines(committed, now)
            .unified_diff()
            .header("committed", "printed now")
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const COMMITTED: &str = "\
A word before.
$ printf 'one \\n\\ntwo\\n'; echo three >&2; exit 4
| one
|
| two
! three
= 4

A word after.
$ true
";

    fn again(committed: &str) -> String {
        run_again(committed, |_| ()).expect("sh is there")
    }

    #[test]
    fn a_transcript_that_still_holds_comes_out_as_it_is() {
        assert_eq!(again(COMMITTED), COMMITTED);
        assert!(compare(Path::new("t"), COMMITTED, &again(COMMITTED), false).is_ok());
    }

    #[test]
    fn what_was_written_under_a_command_has_no_say_in_what_it_prints() {
        let other = COMMITTED.replace("| two", "| 2").replace("= 4", "= 5");
        assert_eq!(again(&other), COMMITTED);
        let told = compare(Path::new("t"), &other, COMMITTED, false).expect_err("they differ");
        assert!(told.to_string().contains("-| 2\n+| two\n"), "{told}");
    }

    #[test]
    fn what_varies_is_put_into_one_form() {
        let printed =
            "Last update    : 20261123023736Z\nMon Nov  3 02:38:06 2026\nEvent number: 3\n";
        let text = "| Last update    : <time>\n| <time>\n| Event number: <number>\n";
        assert_eq!(marked('|', printed.as_bytes()), text);
    }
}
