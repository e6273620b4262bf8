//! Приложение 1 takes the replaced certificate and its pair, and nothing else.

use emulator::TokenImage;
use emulator::image::File;
use emulator::reference::FileId;
use scenarios::output::run_into;
use scenarios::scenario::{Epoch, Scenario};
use scenarios::screen::Nobody;
use scenarios::token;
use scenarios::world::Conditions;

/// A file of the token, by the path of its identifiers.
fn file(image: &TokenImage, path: &[u16]) -> Option<File> {
    let path: Vec<FileId> = path.iter().copied().map(FileId).collect();
    image.file(&path).cloned()
}

#[test]
fn the_rsa_pair_is_the_same_before_and_after() {
    let scenario = Scenario::find("replace-certificate").expect("a shipped scenario");
    let Epoch::At(epoch) = scenario.epoch else {
        panic!("a fixed epoch")
    };
    let before = token::image(&scenario.token, scenario.seed, epoch).expect("a token");
    let folder = tempfile::tempdir().expect("a folder");
    let through = Box::new(|door| door);
    let outcome = run_into(
        folder.path(),
        &scenario,
        Conditions::new(scenario.seed, epoch),
        Box::new(Nobody),
        through,
    );
    assert_eq!(outcome.expect("a world").mismatches, Vec::<String>::new());
    let text = std::fs::read_to_string(folder.path().join("token.image")).expect("an image");
    let after = TokenImage::from_toml(&text).expect("an image");

    // The EGAIS pair came first and has reference 1, the RSA pair has 2; 02nn are the public key files of both.
    for path in [
        &[0x1000, 0x1000, 0x6001, 2][..],
        &[0x1000, 0x1000, 0x6002, 2],
        &[0x5000, 0x0201],
    ] {
        assert!(file(&before, path).is_some(), "no file {path:04x?}");
        assert!(
            file(&before, path) == file(&after, path),
            "{path:04x?} has changed"
        );
    }
    let replaced = [0x1000, 0x1000, 0x6001, 1];
    assert!(
        file(&before, &replaced) != file(&after, &replaced),
        "the old pair is still there"
    );
}
