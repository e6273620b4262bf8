//! The worked examples of RFC 7091 §7.

use crate::common::{little_endian, octets, read, rows, set, text};
use gost3410::{PublicKeyInfo, SigningKey, hazmat};

#[test]
fn published_nonce_gives_published_signature() {
    for row in rows(&read("sign_standard.json"), "vectors") {
        let key =
            SigningKey::from_le_bytes(set(&row, "curve_oid"), &little_endian(&row, "d")).unwrap();
        let digest = octets(&row, "digest_octets");
        let signature = hazmat::sign_with_nonce(&key, &digest, &little_endian(&row, "k")).unwrap();
        assert_eq!(
            hex::encode(key.verifying_key().to_bytes()),
            text(&row, "public_key_octets")
        );
        assert_eq!(
            hex::encode(signature.to_bytes()),
            text(&row, "signature_octets")
        );
        key.verifying_key()
            .verify_prehash(&digest, &signature)
            .unwrap();
        let info = PublicKeyInfo::from_der(&octets(&row, "spki_der")).unwrap();
        assert_eq!(&info.key, key.verifying_key());
    }
}
