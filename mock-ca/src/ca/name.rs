//! Distinguished names: written with the string types Russian certificates use, read with any.

use der::Tagged;
use der::asn1::{Any, ObjectIdentifier};
use der::{Encode, Tag};
use x509_cert::attr::AttributeTypeAndValue;
use x509_cert::name::{Name, RdnSequence, RelativeDistinguishedName};

use super::oids;

/// Builds a name of single-valued RDNs in the order given.
///
/// Shape: INN, OGRN, OGRNIP and SNILS are NumericString, C PrintableString, E IA5String, all else UTF8String. A value its
/// type cannot spell becomes UTF8String too.
/// Source: the trusted list's 2403 certificates; RFC 9215 appendix B.
pub(crate) fn write<'a>(fields: impl IntoIterator<Item = (ObjectIdentifier, &'a str)>) -> Name {
    let mut name = RdnSequence::default();
    for (oid, text) in fields {
        let value = Any::new(string_type(&oid, text), text.as_bytes())
            .expect("a name's value is far below the limits of DER");
        let mut rdn = RelativeDistinguishedName::default();
        rdn.insert(AttributeTypeAndValue { oid, value })
            .expect("the only attribute of its set");
        name.push(rdn);
    }
    Name::hazmat_from_rdn_sequence(name)
}

fn string_type(oid: &ObjectIdentifier, text: &str) -> Tag {
    let (tag, spells): (Tag, fn(&u8) -> bool) = match *oid {
        oids::INN | oids::OGRN | oids::OGRNIP | oids::SNILS => {
            (Tag::NumericString, |c| c.is_ascii_digit() || *c == b' ')
        }
        oids::COUNTRY => (Tag::PrintableString, u8::is_ascii_alphanumeric),
        oids::EMAIL => (Tag::Ia5String, u8::is_ascii),
        _ => return Tag::Utf8String,
    };
    if text.bytes().all(|c| spells(&c)) {
        tag
    } else {
        Tag::Utf8String
    }
}

/// All attributes in order; `Err` holds the type of one whose value is no text.
pub(crate) fn read(name: &Name) -> Result<Vec<(ObjectIdentifier, String)>, ObjectIdentifier> {
    name.iter()
        .map(|one| Ok((one.oid, text(&one.value).ok_or(one.oid)?)))
        .collect()
}

/// Text of any string type met in Russian certificates.
fn text(value: &Any) -> Option<String> {
    let octets = value.value();
    match value.tag() {
        Tag::Utf8String => String::from_utf8(octets.to_vec()).ok(),
        Tag::PrintableString
        | Tag::NumericString
        | Tag::Ia5String
        | Tag::TeletexString
        | Tag::VisibleString => octets
            .is_ascii()
            .then(|| String::from_utf8_lossy(octets).into_owned()),
        Tag::BmpString if octets.len().is_multiple_of(2) => {
            let units: Vec<u16> = octets
                .chunks_exact(2)
                .map(|pair| u16::from_be_bytes([pair[0], pair[1]]))
                .collect();
            String::from_utf16(&units).ok()
        }
        _ => None,
    }
}

/// DER of anything this crate builds itself.
pub(crate) fn der(value: &impl Encode) -> Vec<u8> {
    value
        .to_der()
        .expect("what this crate builds is far below the limits of DER")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(oid: ObjectIdentifier, text: &str, expected: &str) {
        let name = write([(oid, text)]);
        let attribute = name.iter().next().unwrap();
        assert_eq!(hex::encode(der(attribute)), expected.replace(' ', ""));
        assert_eq!(read(&name), Ok(vec![(oid, text.to_owned())]));
    }

    #[test]
    fn delicate_attributes_have_the_types_of_real_certificates() {
        check(oids::COUNTRY, "RU", "3009 0603550406 13025255");
        check(
            oids::INN,
            "003812009997",
            "3018 06082a85030381030101 120c303033383132303039393937",
        );
        check(
            oids::OGRN,
            "1183850999991",
            "3016 06052a85036401 120d31313833383530393939393931",
        );
        check(
            oids::SNILS,
            "12345678964",
            "3014 06052a85036403 120b3132333435363738393634",
        );
        check(
            oids::UNSTRUCTURED_NAME,
            "КПП=381201001",
            "301d 06092a864886f70d010902 0c10d09ad09fd09f3d333831323031303031",
        );
        check(
            oids::REGION,
            "38 Иркутская область",
            "302b 0603550408 0c24 3338 20 d098d180d0bad183d182d181d0bad0b0d18f20d0bed0b1d0bbd0b0d181d182d18c",
        );
    }

    #[test]
    fn a_value_its_type_cannot_spell_becomes_utf8() {
        check(
            oids::EMAIL,
            "я@т.рф",
            "3017 06092a864886f70d010901 0c0a d18f 40 d182 2e d180d184",
        );
    }

    #[test]
    fn bmp_strings_of_old_requests_are_read() {
        let value = Any::new(Tag::BmpString, [0x04, 0x18, 0x04, 0x12]).unwrap();
        assert_eq!(text(&value).as_deref(), Some("ИВ"));
        let torn = Any::new(Tag::BmpString, [0x04, 0x18, 0x04]).unwrap();
        assert_eq!(text(&torn), None);
    }
}
