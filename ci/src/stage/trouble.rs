//! The main scenario met by every fault and every crash, and a thousand random stories; each seed is in the log.

use anyhow::Result;

use crate::programs::Programs;
use crate::run::Bench;

pub(crate) fn run(bench: &mut Bench) -> Result<()> {
    Programs::build_for_speed(bench)?;
    let programs = Programs::built()?.built_for_speed();
    let scenarios = |words: &[&str]| {
        let mut command = programs.command("scenarios");
        command.args(words);
        command
    };
    bench.run(&mut scenarios(&["crash", "first-certificate"]))?;
    bench.run(&mut scenarios(&["faults", "first-certificate"]))?;
    bench.run(&mut scenarios(&["explore", "--seeds", "1000"]))?;
    Ok(())
}
