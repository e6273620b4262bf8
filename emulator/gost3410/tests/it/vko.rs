//! Key agreement.

use gost3410::{Algorithm, SigningKey, VerifyingKey, vko};

use crate::common::{little_endian, octets, read, rows, set, text};

#[test]
fn both_sides_derive_the_listed_key() {
    for row in rows(&read("vko.json"), "vectors") {
        let set = set(&row, "curve_oid");
        let hash = match text(&row, "hash") {
            "streebog256" => Algorithm::Gost2012_256,
            "streebog512" => Algorithm::Gost2012_512,
            _ => Algorithm::Gost2001,
        };
        for (own, other) in [("d_a", "pub_b"), ("d_b", "pub_a")] {
            let key = SigningKey::from_le_bytes(set, &little_endian(&row, own)).unwrap();
            let peer = VerifyingKey::from_bytes(set, &octets(&row, other)).unwrap();
            let kek = vko(&key, &peer, &octets(&row, "ukm"), hash).unwrap();
            assert_eq!(
                hex::encode(&*kek),
                text(&row, "kek"),
                "{}",
                text(&row, "source")
            );
        }
    }
}
