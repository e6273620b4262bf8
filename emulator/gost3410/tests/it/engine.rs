//! Signatures made by gost-engine, and altered ones.

use crate::common::{little_endian, octets, read, rows, text};
use gost3410::{ParameterSet, PublicKeyInfo, Signature, SigningKey, hazmat};

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
