//! Bytes as people read them.

/// Pairs of digits with spaces between: `90 00`.
#[must_use]
pub fn spaced(bytes: &[u8]) -> String {
    let pairs: Vec<String> = bytes.iter().map(|byte| format!("{byte:02X}")).collect();
    pairs.join(" ")
}
