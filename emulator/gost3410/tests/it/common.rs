//! Vector files and how tests read them.

use serde_json::Value;

pub(crate) fn read(name: &str) -> Value {
    let path = format!("{}/tests/vectors/{name}", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).expect(&path);
    serde_json::from_str(&text).expect(&path)
}

pub(crate) fn rows(file: &Value, list: &str) -> Vec<Value> {
    file[list].as_array().expect(list).clone()
}

pub(crate) fn text<'a>(row: &'a Value, field: &str) -> &'a str {
    row[field]
        .as_str()
        .unwrap_or_else(|| panic!("{field} in {row}"))
}

pub(crate) fn octets(row: &Value, field: &str) -> Vec<u8> {
    hex::decode(text(row, field)).expect(field)
}

/// A big-endian number of the file, turned round.
pub(crate) fn little_endian(row: &Value, field: &str) -> Vec<u8> {
    octets(row, field).into_iter().rev().collect()
}

pub(crate) fn set(row: &Value, field: &str) -> gost3410::ParameterSet {
    let oid = text(row, field).parse().expect("an OID");
    gost3410::ParameterSet::from_oid(&oid).expect("a known set")
}
