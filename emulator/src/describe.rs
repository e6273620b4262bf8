//! Commands and answers in a line for people: what is asked, what is said. PINs and keys are masked.
//!
//! Used by transcripts and `emulator send`; knows the bytes only, never a card's state.

use crate::apdu::CommandApdu;
pub use crate::octets::spaced;
use crate::reference::PinRef;
use crate::status_word::StatusWord;
use crate::tlv;

/// What a command asks, without its secrets.
///
/// ```
/// assert_eq!(emulator::describe::command(b"\x00\x20\x00\x02\x0812345678"), "VERIFY user");
/// assert_eq!(emulator::describe::command(&[0x00, 0xA4, 0x08, 0x00, 0x02, 0x50, 0x00, 0x00]), "SELECT 5000");
/// ```
#[must_use]
pub fn command(c_apdu: &[u8]) -> String {
    let Ok(apdu) = CommandApdu::parse(c_apdu) else {
        return format!("not a short APDU, {} bytes", c_apdu.len());
    };
    let words = words(&apdu);
    if is_chained(&apdu) {
        format!("{words} (more follows)")
    } else {
        words
    }
}

/// What an answer says.
#[must_use]
pub fn response(c_apdu: &[u8], r_apdu: &[u8]) -> String {
    let Some((data, &[sw1, sw2])) = r_apdu.split_last_chunk::<2>() else {
        return "no answer".into();
    };
    let status = StatusWord(u16::from_be_bytes([sw1, sw2]));
    match (data.len(), fci(c_apdu, data)) {
        (0, _) => status.meaning(),
        (_, Some(file)) => format!("{}, {file}", status.meaning()),
        (length, None) => format!("{}, {length} bytes", status.meaning()),
    }
}

/// The bytes of a command in hexadecimal, secrets replaced by `[pin]` or `[key]`.
///
/// Whatever the class, and even where the lengths are wrong or left out: a slip must not print a PIN.
///
/// ```
/// assert_eq!(emulator::describe::mask(b"\x00\x20\x00\x02\x0812345678"), "00 20 00 02 08 [pin]");
/// assert_eq!(emulator::describe::mask(b"\x00\x20\x00\x0212345678"), "00 20 00 02 [pin]");
/// ```
#[must_use]
pub fn mask(c_apdu: &[u8]) -> String {
    let secret = match c_apdu {
        [_, 0x24 | 0x25, _, 0x00, _, ..] => "[key]",
        [_, 0x20 | 0x21 | 0x24 | 0x25 | 0x2C | 0x2D, _, _, _, ..] => "[pin]",
        _ => return spaced(c_apdu),
    };
    match &c_apdu[4..] {
        [0x00] => spaced(c_apdu),
        // Lc, with or without Le after the data; or a byte too few.
        [lc, rest @ ..] if rest.len().abs_diff(usize::from(*lc)) <= 1 && !rest.is_empty() => {
            format!("{} {secret}", spaced(&c_apdu[..5]))
        }
        _ => format!("{} {secret}", spaced(&c_apdu[..4])),
    }
}

fn words(apdu: &CommandApdu<'_>) -> String {
    match (apdu.cla & !0x10, apdu.ins) {
        (0x00, 0xA4) => select(apdu),
        (0x00, 0xB0) => format!("READ BINARY at {}", apdu.p1_p2()),
        (0x00, 0xD6) => format!(
            "UPDATE BINARY at {}, {} bytes",
            apdu.p1_p2(),
            apdu.data.len()
        ),
        (0x00, 0xE0) => create(apdu.data),
        (0x00, 0xE4) => format!("DELETE FILE {}", path(apdu.data)),
        (0x00, 0x20) if apdu.data.is_empty() => format!("VERIFY {}, tries left?", pin(apdu.p2)),
        (0x00, 0x20) => format!("VERIFY {}", pin(apdu.p2)),
        (0x00, 0x24) if apdu.p2 == 0 => "CHANGE REFERENCE DATA, key import".into(),
        (0x00, 0x24) => format!("CHANGE REFERENCE DATA {}", pin(apdu.p2)),
        (0x00, 0x2C) => format!("RESET RETRY COUNTER {}", pin(apdu.p2)),
        (0x00, 0x22) => environment(apdu),
        (0x00, 0x2A) => operation(apdu),
        (0x00, 0x46) => format!("GENERATE KEY PAIR {:02X}", apdu.p2),
        (0x00, 0xCA) if apdu.p1_p2() == 0x0181 => "GET DATA serial number".into(),
        (0x00, 0xCA) => format!("GET DATA {:04X}", apdu.p1_p2()),
        (0x00, 0x84) => "GET CHALLENGE".into(),
        (0x00, 0xC0) => "GET RESPONSE".into(),
        (0x80, 0x40) => "LOGOUT".into(),
        (0x80, 0x8A) => "INITIALISE".into(),
        (0x80, 0x84) => "END INITIALISATION".into(),
        (cla, ins) => format!("unknown command {cla:02X} {ins:02X}"),
    }
}

fn is_chained(apdu: &CommandApdu<'_>) -> bool {
    apdu.cla & 0x10 != 0
}

fn select(apdu: &CommandApdu<'_>) -> String {
    match (apdu.p1, apdu.p2 & 0x02, apdu.data) {
        (0x00, 0x00, []) => "SELECT first child".into(),
        (0x00, 0x02, data) => format!("SELECT next after {}", path(data)),
        (0x03, ..) => "SELECT parent".into(),
        (_, _, data) => format!("SELECT {}", path(data)),
    }
}

fn path(bytes: &[u8]) -> String {
    let parts: Vec<String> = bytes.chunks(2).map(hex::encode_upper).collect();
    parts.join("/")
}

fn pin(p2: u8) -> String {
    PinRef::from_number(p2.into())
        .map_or_else(|| format!("PIN {p2:02X}"), |pin_ref| pin_ref.name().into())
}

fn create(data: &[u8]) -> String {
    let about = tlv::ber_element(data)
        .ok()
        .and_then(|((_, inner), _)| file_facts(inner));
    about.map_or_else(
        || "CREATE FILE".into(),
        |facts| format!("CREATE FILE {facts}"),
    )
}

fn environment(apdu: &CommandApdu<'_>) -> String {
    let elements = tlv::ber_elements(apdu.data).unwrap_or_default();
    let purpose = match apdu.p2 {
        0xB6 => "sign",
        0xB8 if elements.iter().any(|(tag, _)| *tag == 0x95) => "agree",
        0xB8 => "decipher",
        0xAA => "hash",
        _ => "other use",
    };
    let detail = match elements.iter().find(|(tag, _)| matches!(tag, 0x83 | 0x84)) {
        Some((_, [key])) => format!(", key {key:02X}"),
        _ => String::new(),
    };
    format!("MANAGE SECURITY ENVIRONMENT {purpose}{detail}")
}

fn operation(apdu: &CommandApdu<'_>) -> String {
    match apdu.p1_p2() {
        0x9E9A => format!("COMPUTE DIGITAL SIGNATURE, {} bytes", apdu.data.len()),
        0x8086 => format!("DECIPHER, {} bytes", apdu.data.len()),
        0x9080 => format!("HASH, {} bytes", apdu.data.len()),
        other => format!("PERFORM SECURITY OPERATION {other:04X}"),
    }
}

/// File control information in an answer to SELECT.
fn fci(c_apdu: &[u8], data: &[u8]) -> Option<String> {
    let is_select = matches!(c_apdu, [0x00, 0xA4, ..]);
    let ((tag, inner), _) = tlv::ber_element(data).ok()?;
    (is_select && matches!(tag, 0x6F | 0x62)).then(|| file_facts(inner))?
}

/// `EF 5031, 128 bytes`, from a template.
fn file_facts(template: &[u8]) -> Option<String> {
    let elements = tlv::ber_elements(template).ok()?;
    let value = |wanted| {
        elements
            .iter()
            .find(|(tag, _)| *tag == wanted)
            .map(|(_, value)| *value)
    };
    let kind = match value(0x82)?.first()? {
        0x38 => "DF",
        0x01 => "EF",
        0x10 => "RSF",
        _ => "file",
    };
    let &[high, low] = value(0x80)? else {
        return None;
    };
    let size = u16::from_be_bytes([high, low]);
    Some(format!("{kind} {}, {size} bytes", path(value(0x83)?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_shows_no_byte_of_a_pin_or_key() {
        for (bytes, shown) in [
            (&b"\x00\x20\x00\x0212345678"[..], "00 20 00 02 [pin]"),
            (b"\x00\x20\x00\x021", "00 20 00 02 [pin]"),
            (b"\x00\x20\x00\x02\x041234\x00", "00 20 00 02 04 [pin]"),
            (b"\x00\x20\x00\x02\x04123", "00 20 00 02 04 [pin]"),
            (b"\x00\x24\x01\x00\xA5\x20secret", "00 24 01 00 [key]"),
            (b"\x00\x20\x00\x02", "00 20 00 02"),
            (b"\x00\x20\x00\x02\x00", "00 20 00 02 00"),
        ] {
            assert_eq!(mask(bytes), shown);
        }
    }
}
