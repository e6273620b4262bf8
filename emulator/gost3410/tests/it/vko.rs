//! Key agreement.

use gost3410::{Algorithm, Error, ParameterSet, SigningKey, VerifyingKey, hazmat, vko};

use crate::common::{little_endian, octets, read, rows, set, text};

#[test]
fn both_sides_derive_the_listed_key() {
    for row in rows(&read("vko.json"), "vectors") {
        let set = set(&row, "curve_oid");
        let hash = match text(&row, "hash") {
            "streebog256" => Algorithm::Gost2012_256,
            "streebog512" => Algorithm::Gost2012_512,
            "gost94-cryptopro" | "gost94" => Algorithm::Gost2001,
            other => panic!("unknown hash {other}"),
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
            assert_ne!(row["kek_if_cofactor_forgotten"], hex::encode(&*kek));
            let shared = hazmat::shared_point(&key, &peer, &octets(&row, "ukm")).unwrap();
            if let Some(listed) = row["shared_point_octets"].as_str() {
                assert_eq!(hex::encode(&*shared), listed);
            }
        }
    }
}

#[test]
fn keys_of_different_sets_do_not_agree() {
    let a = SigningKey::from_le_bytes(ParameterSet::CryptoProA, &[1; 32]).unwrap();
    let b = SigningKey::from_le_bytes(ParameterSet::CryptoProXchA, &[2; 32]).unwrap();
    let refusal = vko(&a, b.verifying_key(), &[1; 8], Algorithm::Gost2012_256);
    assert_eq!(refusal, Err(Error::ParameterMismatch));
}

#[test]
fn zero_or_overlong_ukm_is_refused() {
    let key = SigningKey::from_le_bytes(ParameterSet::CryptoProA, &[1; 32]).unwrap();
    let agree = |ukm: &[u8]| vko(&key, key.verifying_key(), ukm, Algorithm::Gost2012_256);
    assert_eq!(agree(&[0; 8]), Err(Error::ScalarOutOfRange));
    assert_eq!(agree(&[]), Err(Error::ScalarOutOfRange));
    assert_eq!(
        agree(&[1; 33]),
        Err(Error::Length {
            expected: 32,
            got: 33
        })
    );
}
