//! Hashing and key agreement at the card's door: assumed commands, standard results.

use crate::bench::Bench;
use emulator::{ObjectName, StatusWord, TokenImage};
use gost3410::{Algorithm, ParameterSet, SigningKey, vko};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;

const HASHES: [(u8, Algorithm); 3] = [
    (1, Algorithm::Gost2001),
    (2, Algorithm::Gost2012_256),
    (3, Algorithm::Gost2012_512),
];

fn choose_hash(bench: &mut Bench, number: u8) {
    bench.ok(&[0x00, 0x22, 0x41, 0xAA, 0x03, 0x80, 0x01, number]);
}

#[test]
fn a_message_is_hashed_whole_or_in_a_chain() {
    let message: Vec<u8> = (0..=255).cycle().take(5000).collect();
    let mut bench = Bench::new();
    assert_eq!(
        bench.send(&[0x00, 0x2A, 0x90, 0x80, 0x00]).1,
        StatusWord::CONDITIONS_OF_USE
    );
    for (number, hash) in HASHES {
        choose_hash(&mut bench, number);
        assert_eq!(bench.ok(&[0x00, 0x2A, 0x90, 0x80, 0x00]), hash.digest(&[]));
        assert_eq!(
            bench.ok(&[0x00, 0x2A, 0x90, 0x80, 0x03, b'a', b'b', b'c', 0x00]),
            hash.digest(b"abc")
        );
        for block in message.chunks(250) {
            bench.ok(&[&[0x10, 0x2A, 0x90, 0x80, block.len() as u8], block].concat());
        }
        assert_eq!(
            bench.ok(&[0x00, 0x2A, 0x90, 0x80, 0x00]),
            hash.digest(&message)
        );
    }
}

#[test]
fn a_message_longer_than_the_memory_is_refused() {
    let mut bench = Bench::new();
    choose_hash(&mut bench, 2);
    let block = [&[0x10, 0x2A, 0x90, 0x80, 0xFF][..], &[7; 0xFF]].concat();
    let taken = (0..1000).take_while(|_| bench.send(&block).1 == StatusWord::SUCCESS);
    assert_eq!(taken.count(), TokenImage::MEMORY / 255);
}

/// MANAGE SECURITY ENVIRONMENT for agreement with key 01, then the other side's point.
fn agree(bench: &mut Bench, environment: &[u8], point: &[u8]) -> (Vec<u8>, StatusWord) {
    let template = [&[0x95, 0x01, 0x40, 0x84, 0x01, 0x01], environment].concat();
    bench.ok(&[
        &[0x00, 0x22, 0x41, 0xB8, template.len() as u8],
        &template[..],
    ]
    .concat());
    bench.send(&[&[0x00, 0x2A, 0x80, 0x86, point.len() as u8], point, &[0x00]].concat())
}

fn token_with(key: &SigningKey) -> Bench {
    let mut image = TokenImage::new(1, "");
    let name = ObjectName {
        label: "agreement",
        id: &[1],
    };
    image.put_gost_pair(name, key).expect("room for it");
    Bench::with(image)
}

#[test]
fn both_sides_agree_on_the_key_that_the_standard_names() {
    let ukm = [0x1D, 0x80, 0x60, 0x3C, 0x85, 0x44, 0xC7, 0x27];
    let with_ukm = [&[0x87, 0x08][..], &ukm].concat();
    for (set, own_hash) in [
        (ParameterSet::CryptoProA, Algorithm::Gost2001),
        (ParameterSet::Tc26Gost512A, Algorithm::Gost2012_512),
    ] {
        let mut rng = ChaCha20Rng::seed_from_u64(1);
        let [ours, theirs] = [(); 2].map(|()| SigningKey::generate(set, &mut rng));
        let point = theirs.verifying_key().to_bytes();
        let expected = |ukm: &[u8], hash| {
            vko(&theirs, ours.verifying_key(), ukm, hash)
                .expect("keys of one set")
                .to_vec()
        };
        let mut bench = token_with(&ours);
        bench.login_user();
        assert_eq!(agree(&mut bench, &[], &point).0, expected(&[1], own_hash));
        assert_eq!(
            agree(&mut bench, &with_ukm, &point).0,
            expected(&ukm, own_hash)
        );
        for (number, hash) in HASHES {
            let environment = [&with_ukm[..], &[0x80, 0x01, number]].concat();
            assert_eq!(
                agree(&mut bench, &environment, &point).0,
                expected(&ukm, hash)
            );
        }
    }
}

#[test]
fn agreement_without_login_or_with_what_is_no_key_is_refused() {
    let key = SigningKey::generate(ParameterSet::CryptoProA, &mut ChaCha20Rng::seed_from_u64(1));
    let point = key.verifying_key().to_bytes();
    let mut bench = token_with(&key);
    assert_eq!(
        agree(&mut bench, &[], &point).1,
        StatusWord::SECURITY_STATUS
    );
    bench.login_user();
    assert_eq!(
        agree(&mut bench, &[], &point[1..]).1,
        StatusWord::WRONG_LENGTH
    );
    assert_eq!(agree(&mut bench, &[], &[7; 64]).1, StatusWord::WRONG_DATA);
    assert_eq!(
        agree(&mut bench, &[0x87, 0x01, 0x00], &point).1,
        StatusWord::WRONG_DATA
    );
    for refused in [
        &[
            0x00, 0x22, 0x41, 0xB8, 0x06, 0x95, 0x01, 0x80, 0x84, 0x01, 0x01,
        ][..],
        &[
            0x00, 0x22, 0x41, 0xB8, 0x06, 0x87, 0x01, 0x01, 0x84, 0x01, 0x01,
        ],
        &[0x00, 0x22, 0x41, 0xAA, 0x03, 0x80, 0x01, 0x04],
        &[0x00, 0x22, 0x41, 0xAA, 0x03, 0x84, 0x01, 0x01],
        &[
            0x00, 0x22, 0x41, 0xB6, 0x06, 0x95, 0x01, 0x40, 0x84, 0x01, 0x01,
        ],
    ] {
        assert_eq!(
            bench.send(refused).1,
            StatusWord::WRONG_DATA,
            "{refused:02X?}"
        );
    }
}
