//! From image to text.

use core::fmt::Write;

use super::VERSION;
use crate::image::{Body, File, Pin, TokenImage};
use crate::octets::spaced;
use crate::reference::PinRef;
use crate::rsf::{Half, RsfKind};

impl TokenImage {
    /// The text of an image; equal images give equal text.
    #[must_use]
    pub fn to_toml(&self) -> String {
        let mut text = String::from(HEADER);
        let _ = write!(
            text,
            "format = {VERSION}\nserial = \"{:08X}\"\ninitialising = {}\n\
             administrator-deletes-certificates = {}\n",
            self.serial, self.initialising, self.administrator_deletes_certificates
        );
        for (pin_ref, pin) in &self.pins {
            write_pin(&mut text, *pin_ref, pin);
        }
        if let Some(mf) = &self.mf {
            write_file(&mut text, "3F00", mf);
        }
        text
    }
}

const HEADER: &str = "# Memory of a software Rutoken ECP 2.0. Bytes are hexadecimal; zeros at the end of data are left out.\n\
                      # `secret` lines hold PINs and private keys: a test token only, never a real one.\n";

fn write_pin(text: &mut String, pin_ref: PinRef, pin: &Pin) {
    let _ = write!(
        text,
        "\n[[pin]]\nowner = \"{}\"\nsize = {}\nproperty = \"{}\"\naccess = \"{}\"\nmax-tries = {}\ntries-left = {}\n",
        pin_ref.name(),
        pin.size,
        spaced(&pin.property),
        spaced(&pin.access.0),
        pin.max_tries,
        pin.tries_left
    );
    if let Some(value) = &pin.value {
        let _ = writeln!(text, "secret = \"{}\"", spaced(value.reveal()));
    }
}

fn write_file(text: &mut String, path: &str, file: &File) {
    let kind = match file.body {
        Body::Df { .. } => "df",
        Body::Ef { .. } => "ef",
        Body::Rsf { .. } => "rsf",
    };
    let _ = write!(
        text,
        "\n[[file]]\npath = \"{path}\"\nkind = \"{kind}\"\nsize = {}\naccess = \"{}\"\n",
        file.size(),
        spaced(&file.access.0)
    );
    match &file.body {
        Body::Df { .. } => {}
        Body::Ef { data } => write_bytes(text, "data", without_trailing_zeros(data)),
        Body::Rsf {
            property, value, ..
        } => {
            let _ = writeln!(text, "property = \"{}\"", spaced(property));
            if let Some(value) = value {
                write_bytes(text, value_key(file), value.reveal());
            }
        }
    }
    for child in file.children() {
        write_file(text, &format!("{path}/{}", child.fid), child);
    }
}

/// Public halves are no secret.
fn value_key(file: &File) -> &'static str {
    match file.rsf_kind().and_then(RsfKind::half) {
        Some(Half::Public) => "value",
        Some(Half::Private) | None => "secret",
    }
}

/// Up to 32 bytes on the line, more in lines of 32.
fn write_bytes(text: &mut String, key: &str, bytes: &[u8]) {
    if bytes.len() <= 32 {
        let _ = writeln!(text, "{key} = \"{}\"", spaced(bytes));
        return;
    }
    let _ = writeln!(text, "{key} = '''");
    for line in bytes.chunks(32) {
        let _ = writeln!(text, "{}", spaced(line));
    }
    text.push_str("'''\n");
}

fn without_trailing_zeros(data: &[u8]) -> &[u8] {
    let end = data
        .iter()
        .rposition(|byte| *byte != 0)
        .map_or(0, |last| last + 1);
    &data[..end]
}
