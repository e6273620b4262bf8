//! Attributes of a distinguished name: short names, string types, limits, and a printer.
//!
//! Source: X.520 upper bounds, ФСБ order № 795, RFC 9215 §5 and appendix B; the types as 2403 published
//! certificates of Russian CAs have them.

use const_oid::ObjectIdentifier;
use der::asn1::{Any, Ia5StringRef, PrintableStringRef, Utf8StringRef};
use der::{Tag, Tagged as _};
use x509_cert::name::Name;

/// How an attribute's value is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StringType {
    /// UTF8String.
    Utf8,
    /// PrintableString.
    Printable,
    /// IA5String.
    Ia5,
    /// NumericString: digits here, though the type would allow blanks.
    Numeric,
}

/// What is known of one attribute type.
#[derive(Clone, Copy, Debug)]
pub struct AttributeType {
    /// The dotted number.
    pub oid: &'static str,
    /// The short name people use.
    pub name: &'static str,
    /// Its string type.
    pub string: StringType,
    /// At most so many characters.
    pub limit: usize,
}

const fn known(
    oid: &'static str,
    name: &'static str,
    string: StringType,
    limit: usize,
) -> AttributeType {
    AttributeType {
        oid,
        name,
        string,
        limit,
    }
}

/// The attribute types of requests and certificates for ЕГАИС.
pub const ATTRIBUTE_TYPES: [AttributeType; 17] = [
    known("2.5.4.3", "CN", StringType::Utf8, 64),
    known("2.5.4.4", "SN", StringType::Utf8, 64),
    known("2.5.4.42", "GN", StringType::Utf8, 64),
    known("2.5.4.6", "C", StringType::Printable, 2),
    known("2.5.4.8", "ST", StringType::Utf8, 128),
    known("2.5.4.7", "L", StringType::Utf8, 128),
    known("2.5.4.9", "street", StringType::Utf8, 128),
    known("2.5.4.10", "O", StringType::Utf8, 64),
    known("2.5.4.11", "OU", StringType::Utf8, 64),
    known("2.5.4.12", "title", StringType::Utf8, 64),
    known("1.2.643.3.131.1.1", "INN", StringType::Numeric, 12),
    known("1.2.643.100.1", "OGRN", StringType::Numeric, 13),
    known("1.2.643.100.5", "OGRNIP", StringType::Numeric, 15),
    known("1.2.643.100.3", "SNILS", StringType::Numeric, 11),
    known("1.2.643.100.4", "INNLE", StringType::Numeric, 10),
    known("1.2.840.113549.1.9.1", "E", StringType::Ia5, 128),
    known("1.2.840.113549.1.9.2", "UN", StringType::Utf8, 255),
];

/// Looks an attribute type up; an unknown one is UTF8String without a limit worth naming.
#[must_use]
pub fn attribute_type(oid: &ObjectIdentifier) -> Option<&'static AttributeType> {
    ATTRIBUTE_TYPES
        .iter()
        .find(|known| ObjectIdentifier::new_unwrap(known.oid) == *oid)
}

/// The short name, or the dotted number.
#[must_use]
pub fn short_name(oid: &ObjectIdentifier) -> String {
    attribute_type(oid).map_or_else(|| oid.to_string(), |known| known.name.to_owned())
}

/// Every attribute of a name in order, values as text.
#[must_use]
pub fn attributes(name: &Name) -> Vec<(ObjectIdentifier, String)> {
    name.iter()
        .map(|attribute| (attribute.oid, text(&attribute.value)))
        .collect()
}

/// `CN=ООО «Тестовая организация», SN=Иванов, …`
#[must_use]
pub fn print(name: &Name) -> String {
    let parts = attributes(name)
        .into_iter()
        .map(|(oid, value)| format!("{}={}", short_name(&oid), printable(&value)));
    parts.collect::<Vec<_>>().join(", ")
}

/// Text from a certificate or a token as a terminal may be given it: control characters are shown as `�`.
#[must_use]
pub fn printable(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { '\u{fffd}' } else { c })
        .collect()
}

/// A value of any string type that occurs in practice; others as `#` and hex, as RFC 4514 §2.4 does.
fn text(value: &Any) -> String {
    let bytes = value.value();
    let read = match value.tag() {
        Tag::Utf8String => value
            .decode_as::<Utf8StringRef<'_>>()
            .ok()
            .map(|it| it.as_str().to_owned()),
        Tag::PrintableString => value
            .decode_as::<PrintableStringRef<'_>>()
            .ok()
            .map(|it| it.as_str().to_owned()),
        Tag::Ia5String => value
            .decode_as::<Ia5StringRef<'_>>()
            .ok()
            .map(|it| it.as_str().to_owned()),
        Tag::NumericString => core::str::from_utf8(bytes).ok().map(str::to_owned),
        Tag::TeletexString => Some(bytes.iter().map(|byte| char::from(*byte)).collect()),
        Tag::BmpString => bmp(bytes),
        _ => None,
    };
    read.unwrap_or_else(|| format!("#{}", hex::encode(bytes)))
}

fn bmp(bytes: &[u8]) -> Option<String> {
    let units = bytes
        .chunks(2)
        .map(|pair| Some(u16::from_be_bytes(pair.try_into().ok()?)));
    String::from_utf16(&units.collect::<Option<Vec<_>>>()?).ok()
}
