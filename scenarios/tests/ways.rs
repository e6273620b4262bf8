//! However the engine reaches the token, the story is the same, byte for byte.

use std::path::Path;

use emulator::timing::Profile;
use scenarios::output::run_into;
use scenarios::reader::Way;
use scenarios::scenario::{Epoch, Scenario};
use scenarios::screen::Nobody;
use scenarios::world::Conditions;

fn left(way: Way, folder: &Path) -> [Vec<u8>; 3] {
    let scenario = Scenario::find("replace-certificate").expect("a shipped scenario");
    let Epoch::At(now) = scenario.epoch else {
        panic!("a fixed epoch")
    };
    let conditions = Conditions {
        seed: scenario.seed,
        now,
        way,
        timing: Profile::hardware(),
        draws_papers: true,
    };
    let outcome = run_into(
        folder,
        &scenario,
        conditions,
        Box::new(Nobody),
        Box::new(|door| door),
    );
    assert_eq!(outcome.expect("a world").mismatches, Vec::<String>::new());
    ["recording.jsonl", "certificate.der", "token.image"]
        .map(|name| std::fs::read(folder.join(name)).expect("a file"))
}

#[test]
fn a_token_behind_a_socket_leaves_what_the_card_in_process_leaves() {
    let (direct, wired) = (
        tempfile::tempdir().expect("a folder"),
        tempfile::tempdir().expect("a folder"),
    );
    let direct = left(Way::InProcess, direct.path());
    let wired = left(Way::Vpcd, wired.path());
    assert!(direct == wired);
}
