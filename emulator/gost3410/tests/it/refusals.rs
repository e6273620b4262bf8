//! Public keys that must be refused.

use crate::common::{octets, read, rows, text};
use gost3410::PublicKeyInfo;

#[test]
fn public_keys_are_accepted_or_refused_as_listed() {
    for row in rows(&read("public_key_validation.json"), "vectors") {
        let info = PublicKeyInfo::from_der(&octets(&row, "spki_der"));
        assert_eq!(
            info.is_ok(),
            text(&row, "expect") == "accept",
            "{}: {info:?}",
            text(&row, "name")
        );
    }
}
