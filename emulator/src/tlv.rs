//! Tag-length-value in the two dialects the token speaks: BER for file templates, and its own for key
//! and PIN values, where one raw byte is the length even above 7F.

use crate::status_word::StatusWord;

/// One element: a single-byte tag and what it holds.
pub type Element<'a> = (u8, &'a [u8]);

/// Reads BER elements with single-byte tags and lengths below 65536, one after another.
///
/// # Errors
/// `6A80` when an element is cut short or its length is of a form not used here.
pub fn ber_elements(mut bytes: &[u8]) -> Result<Vec<Element<'_>>, StatusWord> {
    let mut elements = Vec::new();
    while !bytes.is_empty() {
        let (element, rest) = ber_element(bytes)?;
        elements.push(element);
        bytes = rest;
    }
    Ok(elements)
}

/// Reads one BER element and gives what follows it.
pub fn ber_element(bytes: &[u8]) -> Result<(Element<'_>, &[u8]), StatusWord> {
    let (tag, length, rest) = match bytes {
        [tag, length @ 0..=0x7F, rest @ ..] => (*tag, usize::from(*length), rest),
        [tag, 0x81, length, rest @ ..] => (*tag, usize::from(*length), rest),
        [tag, 0x82, high, low, rest @ ..] => {
            (*tag, usize::from(u16::from_be_bytes([*high, *low])), rest)
        }
        _ => return Err(StatusWord::WRONG_DATA),
    };
    let (value, rest) = rest
        .split_at_checked(length)
        .ok_or(StatusWord::WRONG_DATA)?;
    Ok(((tag, value), rest))
}

/// Reads elements of the token's own dialect: tag, one length byte of 00 to FF, value.
///
/// Source: OpenSC pkcs15-rtecp.c and card-rtecp.c, `rtecp_change_reference_data`. Evidence: driver.
pub fn token_elements(mut bytes: &[u8]) -> Result<Vec<Element<'_>>, StatusWord> {
    let mut elements = Vec::new();
    while let [tag, length, rest @ ..] = bytes {
        let (value, rest) = rest
            .split_at_checked(usize::from(*length))
            .ok_or(StatusWord::WRONG_DATA)?;
        elements.push((*tag, value));
        bytes = rest;
    }
    if bytes.is_empty() {
        Ok(elements)
    } else {
        Err(StatusWord::WRONG_DATA)
    }
}

/// Writes one element in DER. The content is bounded by a file's 32 KiB.
pub fn der(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut bytes = vec![tag];
    match content.len() {
        short @ 0..=0x7F => bytes.push(short as u8),
        medium @ 0x80..=0xFF => bytes.extend([0x81, medium as u8]),
        long => bytes.extend([0x82, (long >> 8) as u8, long as u8]),
    }
    bytes.extend_from_slice(content);
    bytes
}

/// Writes a constructed element out of finished parts.
pub fn der_of(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    der(tag, &parts.concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_above_7f_is_one_raw_byte_in_the_tokens_dialect_only() {
        let mut bytes = vec![0xA5, 0xFA];
        bytes.extend([7; 0xFA]);
        assert_eq!(token_elements(&bytes), Ok(vec![(0xA5, &[7; 0xFA][..])]));
        assert_eq!(ber_elements(&bytes), Err(StatusWord::WRONG_DATA));
    }

    #[test]
    fn written_der_reads_back_at_each_length_form() {
        for length in [0, 1, 0x7F, 0x80, 0xFF, 0x100, 0x7FFF] {
            let content = vec![5; length];
            let written = der(0x30, &content);
            assert_eq!(
                ber_elements(&written),
                Ok(vec![(0x30, &content[..])]),
                "{length}"
            );
        }
    }
}
