//! Scripts at the card's door: each file is a token and a transcript of commands and answers.
//!
//! `>` is what the host sends, `<` what the card must answer, `reset` a reset, `#` a remark. Bytes are hexadecimal; `00*7`
//! stands for seven of them, `??` for any byte. The scripts `a_` to `f_` were recorded: their `>` lines are
//! what the programs of OpenSC 0.23.0 named in the remarks really sent.

use core::time::Duration;
use std::fs;
use std::path::{Path, PathBuf};

use emulator::{Card, Env, Model, TokenImage, describe};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Script {
    about: String,
    token: Token,
    transcript: String,
}

/// What the script begins with.
#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "kebab-case")]
enum Token {
    /// A new image.
    New,
    /// The same in the smart card's body.
    NewSc,
    /// Without any file or PIN, after INITIALISE.
    Erased,
}

#[test]
fn every_script_is_answered_as_written() {
    let scripts = scripts();
    assert!(scripts.len() >= 6, "scripts are missing");
    for path in scripts {
        check(&path);
    }
}

fn scripts() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scripts");
    let entries = fs::read_dir(folder).expect("the scripts");
    let mut paths: Vec<_> = entries
        .map(|entry| entry.expect("a script").path())
        .filter(|path| path.extension() == Some("toml".as_ref()))
        .collect();
    paths.sort();
    paths
}

fn check(path: &Path) {
    let text = fs::read_to_string(path).expect("a readable script");
    let script: Script =
        toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut card = card(script.token);
    let mut rng = ChaCha20Rng::seed_from_u64(1);
    let (mut remark, mut sent, mut answer) = ("", Vec::new(), Vec::new());
    for line in script.transcript.lines() {
        match line.split_at_checked(1) {
            Some(("#", words)) => remark = words.trim(),
            Some((">", bytes)) => {
                sent = plain(bytes);
                answer = card.transmit(
                    &mut Env {
                        now: Duration::ZERO,
                        rng: &mut rng,
                    },
                    &sent,
                );
            }
            Some(("<", pattern)) => assert!(
                matches(&bytes(pattern), &answer),
                "{} ({})\n  # {remark}\n  > {}   {}\n  expected {}\n  answered {}   {}",
                path.display(),
                script.about,
                describe::spaced(&sent),
                describe::command(&sent),
                pattern.trim(),
                describe::spaced(&answer),
                describe::response(&sent, &answer),
            ),
            _ if line == "reset" => card.power_on(),
            _ => assert!(line.is_empty(), "{}: {line}", path.display()),
        }
    }
}

fn card(token: Token) -> Card {
    // The label that pkcs15-init gives when it is told none: the recordings began with such a token.
    let mut image = TokenImage::new(0x2CDB_7256, "Rutoken ECP");
    match token {
        Token::New => Card::new(image),
        Token::NewSc => Card::with_model(image, Model::EcpSc),
        Token::Erased => {
            image.initialising = true;
            image.pins.clear();
            image.mf = None;
            Card::new(image)
        }
    }
}

/// Bytes, `None` where any will do.
fn bytes(text: &str) -> Vec<Option<u8>> {
    let one = |digits: &str| match digits {
        "??" => None,
        digits => {
            Some(u8::from_str_radix(digits, 16).unwrap_or_else(|error| panic!("{error}: {digits}")))
        }
    };
    let some = |word: &str| match word.split_once('*') {
        Some((digits, count)) => vec![one(digits); count.parse().expect("a count")],
        None => word
            .as_bytes()
            .chunks(2)
            .map(|pair| one(str::from_utf8(pair).expect("digits")))
            .collect(),
    };
    text.split_whitespace().flat_map(some).collect()
}

fn plain(text: &str) -> Vec<u8> {
    bytes(text)
        .into_iter()
        .map(|byte| byte.expect("commands are exact"))
        .collect()
}

fn matches(pattern: &[Option<u8>], answer: &[u8]) -> bool {
    pattern.len() == answer.len()
        && pattern
            .iter()
            .zip(answer)
            .all(|(wanted, byte)| wanted.is_none_or(|wanted| wanted == *byte))
}
