//! Scripts at the card's door: each file is a token and what it answers to a list of commands.
//!
//! `answer` is hexadecimal; `??` stands for any byte and a leading `*` for any bytes.

use std::fs;
use std::path::{Path, PathBuf};

use emulator::{Card, Env, Model, TokenImage};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Script {
    about: String,
    #[serde(default)]
    token: Token,
    exchange: Vec<Exchange>,
}

/// What the script begins with.
#[derive(Deserialize, Default, Clone, Copy)]
#[serde(rename_all = "kebab-case")]
enum Token {
    /// A new image.
    #[default]
    New,
    /// The same in the smart card's body.
    NewSc,
    /// After INITIALISE.
    Erased,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Exchange {
    #[serde(default)]
    what: String,
    #[serde(default)]
    reset: bool,
    send: String,
    answer: String,
}

#[test]
fn every_script_is_answered_as_written() {
    let scripts = scripts();
    assert!(!scripts.is_empty(), "no scripts found");
    for path in scripts {
        check(&path);
    }
}

fn scripts() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scripts");
    let entries = fs::read_dir(folder)
        .expect("a readable script")
        .map(|entry| entry.expect("a readable script").path());
    let mut paths: Vec<_> = entries
        .filter(|path| path.extension() == Some("toml".as_ref()))
        .collect();
    paths.sort();
    paths
}

fn check(path: &Path) {
    let script: Script = toml::from_str(&fs::read_to_string(path).expect("a readable script"))
        .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut card = card(script.token);
    let mut rng = ChaCha20Rng::seed_from_u64(1);
    for (number, exchange) in script.exchange.iter().enumerate() {
        if exchange.reset {
            card.power_on();
        }
        let mut env = Env {
            now: core::time::Duration::ZERO,
            rng: &mut rng,
        };
        let answer = card.transmit(&mut env, &bytes(&exchange.send));
        assert!(
            matches(&exchange.answer, &answer),
            "{} ({}), exchange {} {}\n  > {}\n  expected {}\n  answered {}",
            path.display(),
            script.about,
            number + 1,
            exchange.what,
            exchange.send,
            exchange.answer,
            hex::encode_upper(&answer),
        );
    }
}

fn card(token: Token) -> Card {
    let image = TokenImage::new(0x2CDB_7256, "");
    match token {
        Token::New => Card::new(image),
        Token::NewSc => Card::with_model(image, Model::EcpSc),
        Token::Erased => {
            let (mut card, mut rng) = (Card::new(image), ChaCha20Rng::seed_from_u64(0));
            let mut env = Env {
                now: core::time::Duration::ZERO,
                rng: &mut rng,
            };
            assert_eq!(
                card.transmit(&mut env, &[0x80, 0x8A, 0x00, 0x00]),
                [0x90, 0x00]
            );
            card
        }
    }
}

fn bytes(text: &str) -> Vec<u8> {
    hex::decode(text.replace(char::is_whitespace, ""))
        .unwrap_or_else(|error| panic!("{error}: {text}"))
}

fn matches(pattern: &str, answer: &[u8]) -> bool {
    let (any_head, pattern) = match pattern.strip_prefix('*') {
        Some(rest) => (true, rest),
        None => (false, pattern),
    };
    let digits: String = pattern
        .chars()
        .filter(|letter| !letter.is_whitespace())
        .collect();
    let wanted: Vec<&str> = digits
        .as_bytes()
        .chunks(2)
        .map(|pair| core::str::from_utf8(pair).expect("a readable script"))
        .collect();
    let Some(start) = answer.len().checked_sub(wanted.len()) else {
        return false;
    };
    (any_head || start == 0)
        && answer[start..].iter().zip(wanted).all(|(byte, wanted)| {
            wanted == "??" || u8::from_str_radix(wanted, 16).is_ok_and(|wanted| wanted == *byte)
        })
}
