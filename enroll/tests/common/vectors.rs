//! Published requests, certificates and lists; the file names its provenance.

use serde_json::Value;

/// Every object.
pub(crate) fn all() -> Vec<Value> {
    let text = include_str!("../vectors/egais_x509.json");
    let file: Value = serde_json::from_str(text).expect("the vectors are JSON");
    file["objects"]
        .as_array()
        .expect("a list of objects")
        .clone()
}

/// The DER of one object.
pub(crate) fn der(vector: &Value) -> Vec<u8> {
    hex::decode(vector["der"].as_str().expect("hex")).expect("hex")
}
