//! libFuzzer at every door through which bytes come, a short while each: a finding fails the stage and stays as a file.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, ensure};

use crate::programs::PLATFORM;
use crate::run::Bench;

/// A workspace of targets.
struct Room {
    folder: &'static str,
    targets: [&'static str; 4],
}

const ROOMS: [Room; 2] = [
    Room {
        folder: "emulator/fuzz",
        targets: ["card", "image_file", "tlv", "vpcd"],
    },
    Room {
        folder: "mock-ca/fuzz",
        targets: ["api", "control", "pages", "request"],
    },
];

/// What the compiler is asked for, so that libFuzzer sees which edges an input takes.
const FLAGS: &str = "-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares --cfg fuzzing";
/// Seconds for each target; long runs are written into the rooms' `LOG.md`.
const SECONDS: u32 = 15;

/// Whether the targets' own lists of crates follow the product's: this stage runs seldom, and would find it late.
pub(super) fn are_locked(bench: &mut Bench) -> Result<()> {
    for room in &ROOMS {
        let mut tree = Command::new("cargo");
        tree.args(["tree", "--quiet", "--locked"]);
        bench.run(tree.current_dir(room.folder))?;
    }
    Ok(())
}

pub(crate) fn run(bench: &mut Bench) -> Result<()> {
    let target = std::path::absolute("target/fuzz")?;
    for room in &ROOMS {
        let build = ["build", "--quiet", "--locked", "--release", "--bins"];
        let mut cargo = Command::new("cargo");
        cargo.args(build).args(["--target", PLATFORM]);
        cargo
            .env("CARGO_TARGET_DIR", &target)
            .env("RUSTFLAGS", FLAGS);
        bench.run(cargo.current_dir(room.folder))?;
        for name in room.targets {
            let program = target.join(PLATFORM).join("release").join(name);
            let executions = fuzz(bench, room, name, &program)?;
            println!("        {name:<11} {executions} executions, nothing found");
        }
    }
    Ok(())
}

/// How many inputs the target was given, from the committed ones on.
fn fuzz(bench: &mut Bench, room: &Room, name: &str, program: &Path) -> Result<u64> {
    let found = bench.folder().join(name);
    fs::create_dir(&found)?;
    let mut target = Command::new(program);
    target.arg(&found).args(corpus(room, name));
    target.args(["-max_len=4096", "-rss_limit_mb=1024", "-timeout=60"]);
    target.arg(format!("-max_total_time={SECONDS}"));
    target.arg(format!("-artifact_prefix={}/", found.display()));
    let said = bench.run(target.arg("-print_final_stats=1"))?;
    let executions = said
        .lines()
        .find_map(|line| line.strip_prefix("stat::number_of_executed_units:"))
        .and_then(|number| number.trim().parse().ok())
        .unwrap_or_default();
    ensure!(executions > 0, "{name} was given nothing");
    Ok(executions)
}

fn corpus(room: &Room, name: &str) -> Option<PathBuf> {
    let corpus = Path::new(room.folder).join("corpus").join(name);
    corpus.is_dir().then_some(corpus)
}

#[cfg(test)]
mod tests {
    use super::{FLAGS, PLATFORM, ROOMS};

    #[test]
    fn the_pages_for_who_fuzzes_by_hand_build_as_the_stage_does() {
        for room in &ROOMS {
            let page = format!(
                "{}/../{}/README.md",
                env!("CARGO_MANIFEST_DIR"),
                room.folder
            );
            let page = std::fs::read_to_string(page).expect("a page");
            // A command goes on behind a backslash.
            let words = page.replace("\\\n", " ");
            let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
            let flags = format!("export RUSTFLAGS=\"{FLAGS}\"");
            assert!(words.contains(&flags), "{}: {flags}", room.folder);
            let build = format!("cargo build --release --target {PLATFORM} --bins");
            assert!(words.contains(&build), "{}: {build}", room.folder);
            for target in room.targets {
                let row = format!("| `{target}` |");
                assert!(words.contains(&row), "{}: {row}", room.folder);
            }
        }
    }
}
