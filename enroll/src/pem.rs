//! PEM (RFC 7468) as people paste it: text around the blocks is skipped.

use base64ct::{Base64, Encoding as _};

/// One block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// What stands after `BEGIN`.
    pub label: String,
    /// The decoded bytes.
    pub der: Vec<u8>,
}

/// 64 columns, a newline at the end.
#[must_use]
pub fn encode(label: &str, der: &[u8]) -> String {
    let body = Base64::encode_string(der);
    let mut text = format!("-----BEGIN {label}-----\n");
    for line in body.as_bytes().chunks(64) {
        text.extend(line.iter().map(|byte| char::from(*byte)));
        text.push('\n');
    }
    text + &format!("-----END {label}-----\n")
}

/// Every block that decodes, in order.
#[must_use]
pub fn blocks(text: &str) -> Vec<Block> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some((block, after)) = next(rest) {
        found.extend(block);
        rest = after;
    }
    found
}

fn next(text: &str) -> Option<(Option<Block>, &str)> {
    let (_, after) = text.split_once("-----BEGIN ")?;
    let (label, after) = after.split_once("-----")?;
    let (body, after) = after.split_once("-----END ")?;
    let body: String = body.chars().filter(|c| !c.is_whitespace()).collect();
    let block = Base64::decode_vec(&body).ok().map(|der| Block {
        label: label.to_owned(),
        der,
    });
    Some((block, after))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_come_back_with_any_line_ends_and_text_around() {
        let text = format!(
            "sent by mail\r\n{}and{}",
            encode("A", &[7; 100]).replace('\n', "\r\n"),
            encode("B", b"")
        );
        let labels: Vec<_> = blocks(&text)
            .into_iter()
            .map(|block| (block.label, block.der.len()))
            .collect();
        assert_eq!(labels, [("A".to_owned(), 100), ("B".to_owned(), 0)]);
    }

    #[test]
    fn a_block_that_is_no_base64_is_left_out() {
        assert_eq!(
            blocks("-----BEGIN A-----\n*\n-----END A-----\n-----BEGIN B-----"),
            []
        );
    }
}
