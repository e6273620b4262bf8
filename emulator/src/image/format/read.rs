//! From text to image, or to the place where it goes wrong.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::{self, Deserializer, Visitor};

use super::VERSION;
use crate::access::AccessRules;
use crate::image::{Body, File, ImageError, NoPlace, Pin, Secret, TokenImage};
use crate::reference::{FileId, PinRef};
use crate::rsf::{PinPolicy, Property, RsfKind};

impl TokenImage {
    /// Reads the text of an image.
    ///
    /// # Errors
    /// Points at the line, or at the PIN or file, that is wrong.
    pub fn from_toml(text: &str) -> Result<Self, ImageError> {
        let version: Version = toml::from_str(text).map_err(|error| syntax(text, &error))?;
        if version.format != VERSION {
            return Err(ImageError::Version {
                found: version.format,
            });
        }
        let document: Document = toml::from_str(text).map_err(|error| syntax(text, &error))?;
        document.into_image()
    }
}

#[derive(Deserialize)]
struct Version {
    format: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Document {
    #[serde(rename = "format")]
    _format: u32,
    serial: Hex,
    initialising: bool,
    administrator_deletes_certificates: bool,
    #[serde(default)]
    pin: Vec<PinTable>,
    #[serde(default)]
    file: Vec<FileTable>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct PinTable {
    owner: Owner,
    size: u16,
    property: Hex,
    access: Hex,
    max_tries: u8,
    tries_left: u8,
    secret: Option<Hex>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Owner {
    Administrator,
    User,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct FileTable {
    path: String,
    kind: Kind,
    size: u16,
    access: Hex,
    property: Option<Hex>,
    data: Option<Hex>,
    value: Option<Hex>,
    secret: Option<Hex>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Kind {
    Df,
    Ef,
    Rsf,
}

impl Document {
    fn into_image(self) -> Result<TokenImage, ImageError> {
        let mut image = TokenImage {
            serial: u32::from_be_bytes(self.serial.array("serial")?),
            initialising: self.initialising,
            administrator_deletes_certificates: self.administrator_deletes_certificates,
            pins: BTreeMap::new(),
            mf: None,
        };
        for table in self.pin {
            let (pin_ref, pin) = table.into_pin()?;
            if image.pins.insert(pin_ref, pin).is_some() {
                return Err(ImageError::content(
                    pin_ref.name(),
                    "this PIN is described twice",
                ));
            }
        }
        for table in self.file {
            table.put_into(&mut image)?;
        }
        if !image.has_room(0) {
            return Err(ImageError::content("3F00", NoPlace::NoRoom.words()));
        }
        Ok(image)
    }
}

impl PinTable {
    fn into_pin(self) -> Result<(PinRef, Pin), ImageError> {
        let pin_ref = match self.owner {
            Owner::Administrator => PinRef::So,
            Owner::User => PinRef::User,
        };
        let place = pin_ref.name();
        let pin = Pin {
            size: self.size,
            property: self.property.array(place)?,
            access: AccessRules(self.access.array(place)?),
            max_tries: self.max_tries,
            tries_left: self.tries_left,
            value: self.secret.map(|hex| Secret::new(hex.0)),
        };
        let lengths = 1..=PinPolicy::MAX_LEN;
        let value = pin.value.as_ref();
        let wrong = if !(1..=15).contains(&pin.max_tries) || pin.tries_left > pin.max_tries {
            "at most 15 tries, and no more left than there are"
        } else if !matches!(
            RsfKind::decode(&pin.property, pin.size),
            Some(RsfKind::Pin(_))
        ) {
            "the property is not that of a PIN"
        } else if value.is_some_and(|value| !lengths.contains(&value.reveal().len())) {
            "a PIN has 1 to 32 bytes"
        } else {
            return Ok((pin_ref, pin));
        };
        Err(ImageError::content(place, wrong))
    }
}

impl FileTable {
    fn put_into(self, image: &mut TokenImage) -> Result<(), ImageError> {
        let place = self.path.clone();
        let wrong = |what| ImageError::content(place.clone(), what);
        let path = parse_path(&place)
            .ok_or_else(|| wrong("a path is 3F00, then /XXXX for each of at most 127 levels"))?;
        let file = self.into_file(*path.last().unwrap_or(&FileId::MF))?;
        let Some((_, directory)) = path.split_last() else {
            let fresh = file.is_df() && image.mf.replace(file).is_none();
            return if fresh {
                Ok(())
            } else {
                Err(wrong("the master file is one directory"))
            };
        };
        let added = image.add(directory, file);
        added.map_err(|no_place| wrong(no_place.words()))
    }

    fn into_file(self, fid: FileId) -> Result<File, ImageError> {
        let place = self.path.as_str();
        let access = AccessRules(self.access.array(place)?);
        let wrong = |what| Err(ImageError::content(place, what));
        if self.size > 0x7FFF {
            return wrong("a size is at most 32767");
        }
        if fid == FileId::MF && place != "3F00" {
            return wrong("only the master file is 3F00");
        }
        let value = match (self.value, self.secret) {
            (Some(_), Some(_)) => return wrong("a value or a secret, not both"),
            (value, secret) => value.or(secret),
        };
        let body = match (self.kind, self.property, self.data, value) {
            (Kind::Df, None, None, None) => Body::Df {
                size: self.size,
                children: Vec::new(),
            },
            (Kind::Ef, None, data, None) => {
                let mut data = data.map_or_else(Vec::new, |hex| hex.0);
                if data.len() > self.size.into() {
                    return wrong("more data than the size says");
                }
                data.resize(self.size.into(), 0);
                Body::Ef { data }
            }
            (Kind::Rsf, Some(property), None, value) => {
                let property: Property = property.array(place)?;
                let Some(RsfKind::Key(half, kind)) = RsfKind::decode(&property, self.size) else {
                    return wrong("property and size declare no key this token holds");
                };
                if value
                    .as_ref()
                    .is_some_and(|hex| hex.0.len() != kind.size(half))
                {
                    return wrong("the key is not as long as the size says");
                }
                let value = value.map(|hex| Secret::new(hex.0));
                Body::Rsf {
                    size: self.size,
                    property,
                    value,
                }
            }
            _ => {
                return wrong(
                    "a df holds nothing, an ef data, an rsf a property and a value or secret",
                );
            }
        };
        Ok(File { fid, access, body })
    }
}

/// Identifiers from below the master file, at most [`TokenImage::DEEPEST`] of them.
fn parse_path(path: &str) -> Option<Vec<FileId>> {
    let mut parts = path.split('/');
    if parts.next() != Some("3F00") {
        return None;
    }
    let identifiers: Vec<FileId> = parts.map(parse_identifier).collect::<Option<_>>()?;
    (identifiers.len() <= TokenImage::DEEPEST).then_some(identifiers)
}

fn parse_identifier(part: &str) -> Option<FileId> {
    let digits = part.len() == 4 && part.bytes().all(|byte| byte.is_ascii_hexdigit());
    u16::from_str_radix(part, 16)
        .ok()
        .filter(|_| digits)
        .map(FileId)
}

/// Hexadecimal text with spaces and line breaks wherever they help. Its errors never quote it.
struct Hex(Vec<u8>);

impl Hex {
    fn array<const N: usize>(&self, place: &str) -> Result<[u8; N], ImageError> {
        let wrong = || ImageError::content(place, "property has 6 bytes, access 15, serial 4");
        self.0.as_slice().try_into().map_err(|_| wrong())
    }
}

impl<'de> Deserialize<'de> for Hex {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(HexVisitor)
    }
}

struct HexVisitor;

impl Visitor<'_> for HexVisitor {
    type Value = Hex;

    fn expecting(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("hexadecimal bytes in quotes")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Hex, E> {
        let digits: String = text
            .chars()
            .filter(|letter| !letter.is_ascii_whitespace())
            .collect();
        hex::decode(digits)
            .map(Hex)
            .map_err(|_| E::custom(EXPECTED))
    }

    fn visit_i64<E: de::Error>(self, _: i64) -> Result<Hex, E> {
        Err(E::custom(EXPECTED))
    }

    fn visit_f64<E: de::Error>(self, _: f64) -> Result<Hex, E> {
        Err(E::custom(EXPECTED))
    }
}

const EXPECTED: &str = "expected hexadecimal bytes in quotes";

/// Turns the parser's byte range into a place; its own display would print the line, which may be a secret.
fn syntax(text: &str, error: &toml::de::Error) -> ImageError {
    let start = error.span().map_or(0, |span| span.start);
    let before = text.get(..start).unwrap_or_default();
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    ImageError::Syntax {
        line: before.matches('\n').count() + 1,
        column: before[line_start..].chars().count() + 1,
        message: error.message().to_owned(),
    }
}
