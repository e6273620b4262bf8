//! BER elements as PKCS#15 files hold them: one-octet tags, definite lengths.

/// One element: its tag, what it holds, and both together with the length between them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Element<'a> {
    pub(super) tag: u8,
    pub(super) content: &'a [u8],
    pub(super) whole: &'a [u8],
}

/// Reads the element that `bytes` begin with and gives what follows it.
///
/// `None` when it is cut short, or its tag or length is of a form that PKCS#15 files do not use.
pub(super) fn element(bytes: &[u8]) -> Option<(Element<'_>, &[u8])> {
    let (&tag, rest) = bytes.split_first().filter(|(tag, _)| *tag & 0x1F != 0x1F)?;
    let (&first, rest) = rest.split_first()?;
    let (length, rest) = match first {
        0x00..=0x7F => (usize::from(first), rest),
        0x81..=0x84 => long_length(rest, usize::from(first & 0x7F))?,
        _ => return None,
    };
    let (content, rest) = rest.split_at_checked(length)?;
    let whole = bytes.get(..bytes.len() - rest.len())?;
    Some((
        Element {
            tag,
            content,
            whole,
        },
        rest,
    ))
}

fn long_length(bytes: &[u8], octets: usize) -> Option<(usize, &[u8])> {
    let (length, rest) = bytes.split_at_checked(octets)?;
    let value = length
        .iter()
        .fold(0u64, |sum, octet| sum << 8 | u64::from(*octet));
    Some((usize::try_from(value).ok()?, rest))
}

/// Every element of a constructed one; `None` when the last does not end where the content does.
pub(super) fn elements(mut content: &[u8]) -> Option<Vec<Element<'_>>> {
    let mut found = Vec::new();
    while !content.is_empty() {
        let (next, rest) = element(content)?;
        found.push(next);
        content = rest;
    }
    Some(found)
}

/// What the first element with that tag holds.
pub(super) fn find<'a>(elements: &[Element<'a>], tag: u8) -> Option<&'a [u8]> {
    elements
        .iter()
        .find(|element| element.tag == tag)
        .map(|element| element.content)
}

/// Writes an element out of finished parts. Contents here are bounded by a file's 32 KiB.
pub(super) fn der(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let length: usize = parts.iter().map(|part| part.len()).sum();
    let octets = length.to_be_bytes();
    let significant = octets
        .iter()
        .position(|octet| *octet != 0)
        .map_or(&[][..], |at| &octets[at..]);
    let mut bytes = vec![tag];
    match length {
        0..=0x7F => bytes.push(length as u8),
        _ => {
            bytes.push(0x80 | significant.len() as u8);
            bytes.extend_from_slice(significant);
        }
    }
    bytes.extend(parts.concat());
    bytes
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn lengths_of_every_form_read() {
        for bytes in [
            &[0x04, 1, 7][..],
            &[0x04, 0x81, 1, 7],
            &[0x04, 0x82, 0, 1, 7],
            &[0x04, 0x84, 0, 0, 0, 1, 7],
        ] {
            let (read, rest) = element(bytes).expect("well formed");
            assert_eq!(
                (read.tag, read.content, read.whole, rest),
                (4, &[7][..], bytes, &[][..])
            );
        }
    }

    #[test]
    fn what_is_cut_short_or_of_another_form_does_not_read() {
        for bytes in [
            &[][..],
            &[4],
            &[4, 2, 1],
            &[4, 0x80, 0, 0],
            &[4, 0x85, 0, 0, 0, 0, 0],
            &[0x1F, 1, 1],
            &[4, 0x84, 0xFF, 0xFF, 0xFF, 0xFF],
        ] {
            assert_eq!(element(bytes), None, "{bytes:02X?}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn any_bytes_read_or_do_not(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
            if let Some(all) = elements(&bytes) {
                prop_assert_eq!(all.iter().map(|e| e.whole).collect::<Vec<_>>().concat(), bytes);
            }
        }

        #[test]
        fn what_is_written_reads_back(tag in 0u8..0x1F, length in 0usize..70_000) {
            let content = vec![tag; length];
            let bytes = der(tag, &[&content]);
            let (read, rest) = element(&bytes).expect("written here");
            prop_assert_eq!((read.tag, read.content, rest.len()), (tag, &content[..], 0));
        }
    }
}
