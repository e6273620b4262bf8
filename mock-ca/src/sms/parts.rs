//! Long texts: cut for the air, joined on the phone (3GPP TS 23.040 §9.2.3.24.1).

/// One text message as it goes through the air.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Part {
    /// The same in all parts of one text: the lowest octet of its number.
    pub(super) reference: u8,
    /// How many there are.
    pub(super) total: usize,
    /// Which one this is, from 1.
    pub(super) number: usize,
    pub(super) text: String,
}

/// How much one message holds, alone and as a part of several, in units of its alphabet.
struct Alphabet {
    alone: usize,
    as_part: usize,
    units: fn(char) -> usize,
}

/// Septets of the GSM alphabet.
const GSM: Alphabet = Alphabet {
    alone: 160,
    as_part: 153,
    units: septets,
};
/// 16-bit units, for whatever the GSM alphabet cannot spell: all Cyrillic.
const UCS2: Alphabet = Alphabet {
    alone: 70,
    as_part: 67,
    units: char::len_utf16,
};

/// How many messages a text takes.
pub(super) fn count(text: &str) -> usize {
    split(0, text).len()
}

/// Cuts a text; an empty one is one empty message.
pub(super) fn split(id: u64, text: &str) -> Vec<Part> {
    let alphabet = if text.chars().all(|c| septets(c) > 0) {
        GSM
    } else {
        UCS2
    };
    let units: usize = text.chars().map(alphabet.units).sum();
    let texts = if units <= alphabet.alone {
        vec![text.to_owned()]
    } else {
        cut(text, &alphabet)
    };
    let total = texts.len();
    let [reference, ..] = id.to_le_bytes();
    texts
        .into_iter()
        .zip(1..)
        .map(|(text, number)| Part {
            reference,
            total,
            number,
            text,
        })
        .collect()
}

fn cut(text: &str, alphabet: &Alphabet) -> Vec<String> {
    let (mut texts, mut room) = (Vec::<String>::new(), 0);
    for c in text.chars() {
        let units = (alphabet.units)(c);
        match texts.last_mut() {
            Some(last) if units <= room => last.push(c),
            _ => {
                texts.push(c.to_string());
                room = alphabet.as_part;
            }
        }
        room -= units;
    }
    texts
}

/// The text that parts in any order make, once all of them are there.
pub(super) fn join(mut parts: Vec<Part>) -> Option<String> {
    parts.sort_by_key(|part| part.number);
    parts.dedup();
    let first = parts.first()?;
    let whole = parts.len() == first.total
        && parts
            .iter()
            .all(|part| (part.reference, part.total) == (first.reference, first.total));
    whole.then(|| parts.iter().map(|part| part.text.as_str()).collect())
}

/// Septets of a character in the GSM 7-bit default alphabet and its extension (3GPP TS 23.038 §6.2.1); 0 when it has none.
fn septets(c: char) -> usize {
    const OTHERS: &str = "@£$¥èéùìòÇØøÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ!\"#¤%&'()*+,-./:;<=>?¡ÄÖÑÜ§¿äöñüà \n\r";
    const EXTENSION: &str = "^{}\\[~]|€";
    match c {
        _ if c.is_ascii_alphanumeric() || OTHERS.contains(c) => 1,
        _ if EXTENSION.contains(c) => 2,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::office::{SMS_ORDERED, SMS_READY};

    #[test]
    fn sms_2_fills_one_message_and_one_more_character_makes_two() {
        assert_eq!(SMS_ORDERED.chars().count(), 59);
        assert_eq!(SMS_READY.chars().count(), 70);
        assert_eq!((count(SMS_ORDERED), count(SMS_READY)), (1, 1));
        let parts = split(7, &format!("{SMS_READY}."));
        let lengths: Vec<_> = parts.iter().map(|part| part.text.chars().count()).collect();
        assert_eq!(lengths, [67, 4]);
        assert_eq!((parts[0].reference, parts[0].total), (7, 2));
    }

    #[test]
    fn latin_texts_hold_more_and_extended_characters_count_twice() {
        for (text, expected) in [
            ("", 1),
            (&*"a".repeat(160), 1),
            (&*"a".repeat(161), 2),
            (&*"€".repeat(80), 1),
            (&*"€".repeat(81), 2),
            (&*"😀".repeat(35), 1),
            (&*"😀".repeat(36), 2),
        ] {
            assert_eq!(count(text), expected, "{text}");
        }
    }

    #[test]
    fn a_missing_part_leaves_nothing_to_read() {
        let mut parts = split(1, &"я".repeat(140));
        parts.remove(1);
        assert_eq!(join(parts), None);
        assert_eq!(join(Vec::new()), None);
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn parts_in_any_order_make_the_text_again(text in "\\PC{0,400}", id in any::<u64>(), turn in 0..9_usize, doubled in any::<bool>()) {
            let mut parts = split(id, &text);
            if doubled {
                parts.push(parts[0].clone());
            }
            let turn = turn % parts.len();
            parts.rotate_left(turn);
            prop_assert_eq!(join(parts), Some(text));
        }
    }
}
