//! Objects put on an image directly are those that OpenSC 0.23.0's own programs left on a card.

use std::collections::BTreeMap;

use crate::bench::Bench;
use emulator::image::Body;
use emulator::reference::FileId;
use emulator::rsa::RsaKey;
use emulator::{ObjectName, TokenImage};
use gost3410::{ParameterSet, SigningKey};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use serde::Deserialize;

/// What was recorded, by file identifier; zeros after the entries are left out.
#[derive(Deserialize)]
struct Recorded {
    gost: BTreeMap<String, String>,
    gost_certificate: BTreeMap<String, String>,
    rsa: BTreeMap<String, String>,
    layout: BTreeMap<String, String>,
}

fn recorded() -> Recorded {
    toml::from_str(include_str!("../pkcs15/opensc-0.23.0.toml")).expect("a good record")
}

fn check(image: &TokenImage, files: &BTreeMap<String, String>) {
    for (fid, wanted) in files {
        let fid = FileId(u16::from_str_radix(fid, 16).expect("an identifier"));
        let path = if fid == FileId::DIR {
            vec![fid]
        } else {
            vec![FileId::PKCS15, fid]
        };
        let Some(Body::Ef { data }) = image.file(&path).map(|file| &file.body) else {
            panic!("{fid} is not there");
        };
        let mut wanted = hex::decode(wanted.replace(char::is_whitespace, "")).expect("hexadecimal");
        wanted.resize(data.len(), 0);
        assert_eq!(hex::encode_upper(data), hex::encode_upper(wanted), "{fid}");
    }
}

fn gost_keys() -> impl Iterator<Item = (u8, &'static str, SigningKey)> {
    let mut rng = ChaCha20Rng::seed_from_u64(3);
    let sets = [
        ParameterSet::CryptoProA,
        ParameterSet::CryptoProB,
        ParameterSet::CryptoProC,
    ];
    let names = [(1, "gkA"), (2, "gkB"), (3, "gkC")];
    names
        .into_iter()
        .zip(sets)
        .map(move |((id, label), set)| (id, label, SigningKey::generate(set, &mut rng)))
}

#[test]
fn a_new_image_is_what_three_runs_of_pkcs15_init_lay_out() {
    check(
        &TokenImage::new(0x2CDB_7256, "Rutoken ECP"),
        &recorded().layout,
    );
}

#[test]
fn gost_pairs_are_listed_as_pkcs11_tool_lists_them() {
    let mut image = TokenImage::new(0x2CDB_7256, "");
    for (id, label, key) in gost_keys() {
        image
            .put_gost_pair(ObjectName { label, id: &[id] }, &key)
            .unwrap();
    }
    check(&image, &recorded().gost);
}

#[test]
fn a_certificate_gives_its_label_and_subject_to_the_key_of_its_id() {
    let mut image = TokenImage::new(0x2CDB_7256, "");
    for (id, label, key) in gost_keys() {
        image
            .put_gost_pair(ObjectName { label, id: &[id] }, &key)
            .unwrap();
    }
    let name = ObjectName {
        label: "crt",
        id: &[1],
    };
    image
        .put_certificate(name, &certificate_of("Test"))
        .unwrap();
    check(&image, &recorded().gost_certificate);
}

#[test]
fn an_rsa_pair_is_listed_as_pkcs11_tool_lists_it_and_signs() {
    let key = RsaKey::generate(128, &mut ChaCha20Rng::seed_from_u64(4)).unwrap();
    let mut image = TokenImage::new(0x2CDB_7256, "");
    image
        .put_rsa_pair(
            ObjectName {
                label: "r1",
                id: &[0x0A],
            },
            &key,
        )
        .unwrap();
    check(&image, &recorded().rsa);
    let mut bench = Bench::with(image);
    bench.login_user();
    bench.ok(&[0x00, 0x22, 0x41, 0xB6, 0x03, 0x84, 0x01, 0x01]);
    bench.ok(&[&[0x10, 0x2A, 0x9E, 0x9A, 0xFF][..], &[5; 0xFF]].concat());
    let signature = bench.ok(&[0x00, 0x2A, 0x9E, 0x9A, 0x01, 0x00, 0x00]);
    assert_eq!(Some(signature), key.power(&[5; 0xFF]));
}

/// As much of a certificate as its subject needs.
fn certificate_of(common_name: &str) -> Vec<u8> {
    let der = |tag: u8, content: &[u8]| [&[tag, content.len() as u8][..], content].concat();
    let attribute = [
        &der(0x06, &[0x55, 0x04, 0x03])[..],
        &der(0x0C, common_name.as_bytes()),
    ]
    .concat();
    let name = der(0x30, &der(0x31, &der(0x30, &attribute)));
    let version = der(0xA0, &der(0x02, &[2]));
    let tbs = [
        &version[..],
        &der(0x02, &[1]),
        &der(0x30, &[]),
        &der(0x30, &[]),
        &der(0x30, &[]),
        &name,
    ]
    .concat();
    der(0x30, &der(0x30, &tbs))
}
