//! The README's command blocks do what it says: all of them, in order, in one shell at the root of the checkout.

use std::path::Path;
use std::process::Command;

use crate::nested;

/// Commands that would start this test again; `ci/validate` runs them itself.
const RUN_ELSEWHERE: [&str; 2] = ["cargo test", "ci/validate"];

/// The lines of every block marked `sh`.
fn commands(readme: &str) -> String {
    let mut script = String::from("set -eu\ntrap 'kill $(jobs -p) 2>/dev/null || :' EXIT\n");
    let mut inside = false;
    for line in readme.lines() {
        match line {
            "```sh" => inside = true,
            "```" => inside = false,
            line if inside && !RUN_ELSEWHERE.contains(&line) => {
                script.push_str(line);
                script.push('\n');
            }
            _ => {}
        }
    }
    script
}

/// Runs every block of a page at the root of the checkout.
fn run_blocks(page: &str, first: &str) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the workspace");
    let text = std::fs::read_to_string(root.join(page)).expect("a page");
    let script = commands(&text);
    assert!(script.contains(first), "the first command is gone");
    let output = nested::unaware_of_this_crate(&mut Command::new("bash"))
        .args(["-c", &script])
        .current_dir(root)
        .output()
        .expect("bash");
    assert!(
        output.status.success(),
        "{script}\n--\n{}\n{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}

/// One page after the other: both leave their runs in `target/scenarios`.
#[test]
fn every_command_block_of_the_readme_and_of_the_guide_for_testers_runs() {
    run_blocks("README.md", "cargo run -p scenarios -- run\n");
    run_blocks("scenarios/QA.md", "scenarios -- list\n");
}
