//! Key pairs at the card's door: generation, import, signatures that the public key verifies.

use crate::bench::Bench;
use emulator::rsa::RsaKey;
use emulator::timing::Operation;
use emulator::{StatusWord, TokenImage};
use gost3410::{ParameterSet, Signature, SigningKey, VerifyingKey};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;

/// Property bytes of the private and public half, their sizes, and the curve.
const KINDS: [([u8; 2], [u8; 2], u16, ParameterSet); 7] = [
    ([0x03, 0x20], [0x13, 0x20], 0x20, ParameterSet::CryptoProA),
    ([0x03, 0x30], [0x13, 0x30], 0x20, ParameterSet::CryptoProB),
    ([0x03, 0x40], [0x13, 0x40], 0x20, ParameterSet::CryptoProC),
    ([0x03, 0x50], [0x13, 0x50], 0x20, ParameterSet::Tc26Gost256A),
    ([0x43, 0x20], [0x53, 0x20], 0x40, ParameterSet::Tc26Gost512A),
    ([0x43, 0x30], [0x53, 0x30], 0x40, ParameterSet::Tc26Gost512B),
    ([0x43, 0x40], [0x53, 0x40], 0x40, ParameterSet::Tc26Gost512C),
];

#[test]
fn a_generated_pair_signs_and_its_public_key_verifies() {
    for (private, public, size, set) in KINDS {
        let mut bench = Bench::new();
        bench.login_user();
        assert_eq!(bench.create_key(private, size, 1), StatusWord::SUCCESS);
        assert_eq!(bench.create_key(public, 2 * size, 1), StatusWord::SUCCESS);
        let point = bench.ok(&[0x00, 0x46, 0x80, 0x01, 0x00]);
        let key = VerifyingKey::from_bytes(set, &point).unwrap();
        let digest: Vec<u8> = (0xA0..).take(size.into()).collect();
        let signature = sign(&mut bench, 1, &digest);
        key.verify_prehash(&digest, &signature).unwrap();
    }
}

#[test]
fn an_imported_key_has_the_published_public_keys() {
    let d: Vec<u8> = (0x01..=0x20).rev().collect();
    for (property, set, public) in [
        (
            0x20,
            ParameterSet::CryptoProA,
            "1B7BEEB499FDD7D3F3F629C2BE4C5D0321B6549889C499C3B082F7A269EF35AA88260CC8FF05621F0F09335C6616EB006C19D0EEF4A42F09B7E173662A1A9CFF",
        ),
        (
            0x30,
            ParameterSet::CryptoProB,
            "2B4DAA816B6063F9193C6FA23D7874DF6F7AB61E39E886AD772AF61A180B3F193E328C93CD6A29547EBC549A68148B7A7A7722E91FDFD5CBF394A57DC5C85D74",
        ),
        (
            0x40,
            ParameterSet::CryptoProC,
            "3076351C5B3A5DE77F2E5E07A23DF72AD4A767474F61298AC6CDF471B5EC0A5656884FFF8D76E8AFDE4FCFB012D19E5F4E49EFDB87416F214DE713E78E850883",
        ),
    ] {
        let mut bench = Bench::new();
        bench.login_user();
        assert_eq!(
            bench.create_key([0x03, property], 0x20, 9),
            StatusWord::SUCCESS
        );
        assert_eq!(
            bench.select(&[0x1000, 0x1000, 0x6002, 0x0009]).1,
            StatusWord::SUCCESS
        );
        bench.ok(&[
            &[
                0x00, 0x24, 0x01, 0x00, 0x26, 0x80, 0x02, 0x00, 0x20, 0xA5, 0x20,
            ],
            &d[..],
        ]
        .concat());
        let digest: Vec<u8> = (0xA0..=0xBF).collect();
        let signature = sign(&mut bench, 9, &digest);
        let key = VerifyingKey::from_bytes(set, &hex::decode(public).unwrap()).unwrap();
        key.verify_prehash(&digest, &signature).unwrap();
    }
}

#[test]
fn the_published_card_answers_verify_as_r_then_s_little_endian() {
    let digest: Vec<u8> = (0xA0..=0xBF).collect();
    let d: Vec<u8> = (0x01..=0x20).rev().collect();
    for (set, answer) in [
        (
            ParameterSet::CryptoProA,
            "078D3B2D756EF18B3FF7B3D51EFA0FD1C3EE8F3E6D8DDC2986062B73AA829350CCE7666200E3ED3875A782860FD67489EDACAA69D5BE8000672819CA4C94455F",
        ),
        (
            ParameterSet::CryptoProB,
            "CB8296AB89CDF285B1ECCF2C2A3482CAF2D6CCE5B40A45345EFFB64A523ABE667087D04AF808A90B2524729A08D89C367188D88C3DF426D64BA48F32C35E3029",
        ),
        (
            ParameterSet::CryptoProC,
            "F4F97F688BBD481C228FD4676E6906E7B851847574C3246AEB7B59E87F267E696534A9556A67702BBBF1C1C80ECA23D5FE9B4A366FB0AD6652CCCCEA5630DA11",
        ),
    ] {
        let key = SigningKey::from_le_bytes(set, &d).unwrap();
        let signature = Signature::from_token_bytes(&hex::decode(answer).unwrap()).unwrap();
        key.verifying_key()
            .verify_prehash(&digest, &signature)
            .unwrap();
    }
}

#[test]
fn signing_without_login_environment_or_value_is_refused() {
    let mut bench = Bench::new();
    let pso = [&[0x00, 0x2A, 0x9E, 0x9A, 0x20][..], &[7; 0x20], &[0x00]].concat();
    assert_eq!(bench.send(&pso).1, StatusWord::CONDITIONS_OF_USE);
    bench.ok(&[0x00, 0x22, 0x41, 0xB6, 0x03, 0x84, 0x01, 0x01]);
    assert_eq!(bench.send(&pso).1, StatusWord::REFERENCE_NOT_FOUND);
    bench.login_user();
    bench.create_key([0x03, 0x20], 0x20, 1);
    bench.create_key([0x13, 0x20], 0x40, 1);
    assert_eq!(bench.send(&pso).1, StatusWord::REFERENCE_NOT_FOUND);
    bench.ok(&[0x00, 0x46, 0x80, 0x01, 0x00]);
    assert_eq!(bench.send(&pso).1, StatusWord::SUCCESS);
    assert_eq!(
        bench.send(&[0x00, 0x2A, 0x9E, 0x9A, 0x02, 1, 2, 0]).1,
        StatusWord::WRONG_LENGTH
    );
    bench.ok(&[0x80, 0x40, 0x00, 0x00]);
    assert_eq!(bench.send(&pso).1, StatusWord::SECURITY_STATUS);
}

#[test]
fn a_pair_that_holds_a_key_is_not_generated_again() {
    let mut bench = Bench::new();
    bench.login_user();
    bench.create_key([0x03, 0x20], 0x20, 1);
    assert_eq!(
        bench.send(&[0x00, 0x46, 0x80, 0x01, 0x00]).1,
        StatusWord::REFERENCE_NOT_FOUND
    );
    bench.create_key([0x13, 0x20], 0x40, 1);
    bench.ok(&[0x00, 0x46, 0x80, 0x01, 0x00]);
    let before = bench.card.image().clone();
    assert_eq!(
        bench.send(&[0x00, 0x46, 0x80, 0x01, 0x00]).1,
        StatusWord::CONDITIONS_OF_USE
    );
    assert_eq!(bench.card.image(), &before);
    assert_eq!(
        bench.create_key([0x03, 0x20], 0x20, 1),
        StatusWord::FILE_EXISTS
    );
}

#[test]
fn an_imported_rsa_key_deciphers_and_signs_across_chained_blocks() {
    let key = RsaKey::generate(128, &mut ChaCha20Rng::seed_from_u64(5)).unwrap();
    let mut bench = Bench::new();
    bench.login_user();
    assert_eq!(
        bench.create_key([0x23, 0x00], 0x288, 3),
        StatusWord::SUCCESS
    );
    bench.select(&[0x1000, 0x1000, 0x6002, 0x0003]);
    for block in import_blocks(key.to_value().reveal()) {
        bench.ok(&block);
    }
    bench.ok(&[0x00, 0x22, 0x41, 0xB8, 0x03, 0x84, 0x01, 0x03]);
    bench.ok(&[&[0x10, 0x2A, 0x80, 0x86, 0xFF][..], &[9; 0xFF]].concat());
    let plain = bench.ok(&[0x00, 0x2A, 0x80, 0x86, 0x01, 0x00, 0x00]);
    assert_eq!(Some(plain), key.power(&[9; 0xFF]));
    bench.ok(&[&[0x10, 0x2A, 0x80, 0x86, 0xFF][..], &[0xFF; 0xFF]].concat());
    assert_eq!(
        bench.send(&[0x00, 0x2A, 0x80, 0x86, 0x01, 0xFF, 0x00]).1,
        StatusWord::WRONG_DATA
    );
    bench.ok(&[&[0x10, 0x2A, 0x80, 0x86, 0xFF][..], &[9; 0xFF]].concat());
    assert_eq!(
        bench
            .send(&[0x00, 0x2A, 0x80, 0x86, 0x02, 0x00, 0x00, 0x00])
            .1,
        StatusWord::WRONG_LENGTH
    );
}

#[test]
fn work_is_charged_by_what_is_asked_and_of_which_key() {
    for (private, public, size, generating, signing) in [
        (
            [0x03, 0x20],
            [0x13, 0x20],
            [0x20, 0x40],
            Operation::GenerateGost256,
            Operation::SignGost256,
        ),
        (
            [0x43, 0x20],
            [0x53, 0x20],
            [0x40, 0x80],
            Operation::GenerateGost512,
            Operation::SignGost512,
        ),
        (
            [0x23, 0x00],
            [0x33, 0x00],
            [0xA8, 0x60],
            Operation::GenerateRsa,
            Operation::Rsa,
        ),
    ] {
        let mut bench = Bench::new();
        bench.login_user();
        bench.create_key(private, size[0], 1);
        bench.create_key(public, size[1], 1);
        let operation = |bench: &mut Bench, c_apdu: &[u8]| bench.exchange(c_apdu).work.operation;
        assert_eq!(
            operation(&mut bench, &[0x00, 0x46, 0x80, 0x01, 0x00]),
            generating
        );
        assert_eq!(
            operation(
                &mut bench,
                &[0x00, 0x22, 0x41, 0xB6, 0x03, 0x84, 0x01, 0x01]
            ),
            Operation::Look
        );
        let digest = vec![
            1;
            if signing == Operation::Rsa {
                1
            } else {
                size[0]
            }
            .into()
        ];
        let sign = [
            &[0x00, 0x2A, 0x9E, 0x9A, digest.len() as u8],
            &digest[..],
            &[0],
        ];
        assert_eq!(operation(&mut bench, &sign.concat()), signing);
        assert_eq!(
            operation(&mut bench, b"\x00\x20\x00\x02\x0812345678"),
            Operation::Verify
        );
        bench.login_administrator();
        assert_eq!(
            operation(&mut bench, &[0x00, 0x2C, 0x03, 0x02]),
            Operation::Write
        );
    }
}

#[test]
fn a_refused_command_is_charged_for_what_it_wrote_only() {
    let mut bench = Bench::new();
    bench.login_user();
    bench.create_key([0x23, 0x00], 0x288, 1);
    bench.create_key([0x33, 0x00], 0x180, 1);
    bench.ok(&[0x80, 0x40, 0x00, 0x00]);
    for (c_apdu, answer, operation) in [
        (&[0x00, 0x46, 0x80, 0x01, 0x00][..], 0x6982, Operation::Look),
        (&[0x00, 0x2C, 0x03, 0x02], 0x6982, Operation::Look),
        (b"\x00\x20\x00\x02\x040000", 0x6300, Operation::Verify),
    ] {
        let exchange = bench.exchange(c_apdu);
        assert_eq!(exchange.answer, StatusWord(answer).to_bytes());
        assert_eq!(exchange.work.operation, operation, "{answer:04X}");
    }
}

#[test]
fn a_full_memory_refuses_every_kind_of_file_with_the_same_word() {
    let mut bench = Bench::new();
    bench.login_user();
    bench.select(&[0x5000]);
    let mut create = |fid: u8, descriptor: u8, size: u16| {
        let [high, low] = size.to_be_bytes();
        let template = [
            0x80, 0x02, high, low, 0x82, 0x02, descriptor, 0x00, 0x83, 0x02, 0x04, fid, 0x86, 0x0F,
            0x43, 0, 0, 0, 0, 0, 0, 0x02, 0, 0, 0, 0, 0, 0, 0,
        ];
        bench
            .send(&[&[0x00, 0xE0, 0x00, 0x00, 0x1F, 0x6F, 0x1D][..], &template].concat())
            .1
    };
    let mut size = 0x7FFF;
    for fid in 0..=0xFF {
        match create(fid, 0x01, size) {
            StatusWord::SUCCESS => {}
            StatusWord::NOT_ENOUGH_MEMORY if size == 0 => break,
            StatusWord::NOT_ENOUGH_MEMORY => size /= 2,
            other => panic!("{other}"),
        }
    }
    assert_eq!(create(0xFF, 0x38, 0), StatusWord::NOT_ENOUGH_MEMORY);
    assert_eq!(
        bench.create_key([0x03, 0x20], 0x20, 1),
        StatusWord::NOT_ENOUGH_MEMORY
    );
    let used = bench.card.image().memory_used();
    assert!(used <= TokenImage::MEMORY && used + TokenImage::FILE_OVERHEAD > TokenImage::MEMORY);
}

/// As the host cuts a value: each block with its own header, the total in the first.
fn import_blocks(value: &[u8]) -> Vec<Vec<u8>> {
    let [high, low] = u16::try_from(value.len())
        .expect("a short value")
        .to_be_bytes();
    let (first, rest) = value.split_at(0xF9);
    let (middle, last) = rest.split_at(0xFD);
    vec![
        [
            &[
                0x10, 0x24, 0x01, 0x00, 0xFF, 0x80, 0x02, high, low, 0xA5, 0xF9,
            ],
            first,
        ]
        .concat(),
        [&[0x10, 0x24, 0x01, 0x00, 0xFF, 0xA5, 0xFD], middle].concat(),
        [
            &[
                0x00,
                0x24,
                0x01,
                0x00,
                last.len() as u8 + 2,
                0xA5,
                last.len() as u8,
            ],
            last,
        ]
        .concat(),
    ]
}

fn sign(bench: &mut Bench, reference: u8, digest: &[u8]) -> Signature {
    bench.ok(&[0x00, 0x22, 0x41, 0xB6, 0x03, 0x84, 0x01, reference]);
    let pso = [
        &[0x00, 0x2A, 0x9E, 0x9A, digest.len() as u8],
        digest,
        &[0x00],
    ]
    .concat();
    Signature::from_token_bytes(&bench.ok(&pso)).expect("r and s")
}
