//! Signatures made by gost-engine, and altered ones.

use crate::common::{little_endian, octets, read, rows, text};
use gost3410::{
    Algorithm, ParameterSet, PrivateKeyInfo, PublicKeyInfo, Signature, SigningKey, hazmat,
};

#[test]
fn recovered_nonce_repeats_the_engines_signature() {
    for row in rows(&read("generated_signatures.json"), "vectors") {
        let info = PublicKeyInfo::from_der(&octets(&row, "spki_der")).unwrap();
        let set = info.key.parameter_set();
        // gost-engine still writes the digest there; RFC 9215 §4.2 says it should be absent, so we leave it out.
        if !matches!(set, ParameterSet::Tc26Gost512A | ParameterSet::Tc26Gost512B) {
            assert_eq!(hex::encode(info.to_der()), text(&row, "spki_der"));
        }
        let key = SigningKey::from_le_bytes(set, &octets(&row, "private_key_octets_le")).unwrap();
        assert_eq!(key.verifying_key(), &info.key);
        let digest = info.algorithm.digest(&octets(&row, "message"));
        assert_eq!(hex::encode(&digest), text(&row, "digest_octets"));
        let signature = Signature::from_bytes(&octets(&row, "signature_octets")).unwrap();
        info.key.verify_prehash(&digest, &signature).unwrap();
        let again = hazmat::sign_with_nonce(&key, &digest, &little_endian(&row, "k_recovered"));
        assert_eq!(again.unwrap(), signature);
    }
}

#[test]
fn private_keys_of_the_engine_are_read_and_written_alike() {
    for row in rows(&read("generated_signatures.json"), "vectors") {
        let info = PrivateKeyInfo::from_der(&octets(&row, "pkcs8_der")).unwrap();
        assert_eq!(
            *info.key.to_le_bytes(),
            octets(&row, "private_key_octets_le")
        );
        let set = info.key.parameter_set();
        if !matches!(set, ParameterSet::Tc26Gost512A | ParameterSet::Tc26Gost512B) {
            assert_eq!(hex::encode(&*info.to_der()), text(&row, "pkcs8_der"));
        }
    }
}

#[test]
fn altered_signatures_are_refused() {
    for row in rows(&read("generated_signatures.json"), "negative") {
        let name = format!("{}: {}", text(&row, "base"), text(&row, "name"));
        let accepted = PublicKeyInfo::from_der(&octets(&row, "spki_der")).is_ok_and(|info| {
            let signature = Signature::from_bytes(&octets(&row, "signature_octets"));
            let algorithm: Algorithm = info.algorithm;
            signature.is_ok_and(|signature| {
                let message = octets(&row, "message");
                info.key
                    .verify_message(algorithm, &message, &signature)
                    .is_ok()
            })
        });
        assert!(!accepted, "{name}");
    }
}
