//! PKCS#15 entries: read whatever program wrote them, written as OpenSC 0.23 writes them.
//!
//! Source: PKCS #15 v1.1 §6; the bytes from recordings of OpenSC's programs. Evidence: driver.

use gost3410::ParameterSet;

use super::directory::Entry;
use super::layout::{self, FileId, Path};
use super::tlv::{self, Element, der, elements, find};
use crate::ports::token::KeyKind;

/// What one entry of a directory of keys or certificates says about an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Object {
    pub(super) id: Vec<u8>,
    pub(super) label: String,
    /// Of certificates: always [`KeyKind::Unknown`].
    pub(super) kind: KeyKind,
    /// The card's number of a private key.
    pub(super) reference: Option<u8>,
    /// The file that holds the value.
    pub(super) path: Path,
}

/// Reads an entry; `None` when it does not say at least an id and a file, as an entry of another kind may not.
pub(super) fn object(entry: &[u8]) -> Option<Object> {
    let (outer, _) = tlv::element(entry)?;
    let parts = elements(outer.content)?;
    let [common, class, ..] = parts.as_slice() else {
        return None;
    };
    let (common, class) = (elements(common.content)?, elements(class.content)?);
    let attributes = tlv::element(find(&parts, TYPE_ATTRIBUTES)?)?.0;
    let attributes = elements(attributes.content)?;
    Some(Object {
        id: find(&class, OCTET_STRING)?.to_vec(),
        label: find(&common, UTF8_STRING)
            .map(|text| String::from_utf8_lossy(text).into_owned())
            .unwrap_or_default(),
        kind: kind(outer.tag, &attributes),
        reference: find(&class, INTEGER).and_then(small_number),
        path: path(find(&attributes, SEQUENCE)?)?,
    })
}

fn kind(tag: u8, attributes: &[Element<'_>]) -> KeyKind {
    match (tag, find(attributes, INTEGER)) {
        (GOST_KEY, Some([set])) => {
            layout::set_of_number(*set).map_or(KeyKind::Unknown, KeyKind::Gost)
        }
        (SEQUENCE, Some(octets)) => {
            modulus_bits(octets).map_or(KeyKind::Unknown, |bits| KeyKind::Rsa { bits })
        }
        _ => KeyKind::Unknown,
    }
}

fn modulus_bits(octets: &[u8]) -> Option<u16> {
    octets.iter().try_fold(0u16, |bits, octet| {
        bits.checked_mul(256)?.checked_add((*octet).into())
    })
}

/// A reference of 1 to 255. OpenSC before 0.11.5 wrote 80 to FF as a negative number of one octet.
fn small_number(octets: &[u8]) -> Option<u8> {
    match octets {
        [number] | [0, number] => Some(*number),
        _ => None,
    }
}

/// The files below the master file that lead to an object; a path that does not begin there begins at the application.
fn path(content: &[u8]) -> Option<Path> {
    let (octets, _) = tlv::element(content).filter(|(first, _)| first.tag == OCTET_STRING)?;
    let even = octets.content.len().is_multiple_of(2) && octets.content.len() <= 16;
    let mut path: Path = even.then(|| {
        octets
            .content
            .chunks_exact(2)
            .map(|pair| u16::from_be_bytes([pair[0], pair[1]]))
            .collect()
    })?;
    match path.first()? {
        0x3F00 => drop(path.remove(0)),
        _ => path.insert(0, layout::APPLICATION),
    }
    Some(path)
}

/// The same entry with another label, every other octet of it as it was.
pub(super) fn with_label(entry: &[u8], label: &str) -> Option<Entry> {
    let (outer, _) = tlv::element(entry)?;
    let parts = elements(outer.content)?;
    let (common, rest) = parts.split_first()?;
    let attributes = elements(common.content)?;
    let kept: Vec<_> = attributes
        .iter()
        .filter(|attribute| attribute.tag != UTF8_STRING)
        .map(|kept| kept.whole)
        .collect();
    let common = der(
        common.tag,
        &[&der(UTF8_STRING, &[label.as_bytes()]), &kept.concat()],
    );
    let rest: Vec<_> = rest.iter().map(|part| part.whole).collect();
    Some(der(outer.tag, &[&common, &rest.concat()]))
}

/// One line of the object directory file: which kind of object is listed where.
pub(super) fn listing(entry: &[u8]) -> Option<(u8, Path)> {
    let (outer, _) = tlv::element(entry)?;
    let (sequence, _) = tlv::element(outer.content).filter(|(inner, _)| inner.tag == SEQUENCE)?;
    Some((outer.tag, path(sequence.content)?))
}

/// Writes such a line.
pub(super) fn listing_entry(tag: u8, path: &[FileId]) -> Entry {
    der(tag, &[&path_value(path)])
}

/// A pair about to be listed.
#[derive(Clone, Copy, Debug)]
pub(super) struct NewPair<'a> {
    pub(super) label: &'a str,
    pub(super) id: &'a [u8],
    pub(super) set: ParameterSet,
    pub(super) reference: u8,
    /// The file of its public key.
    pub(super) file: FileId,
}

/// The private half: it signs, it never leaves, the user's PIN (authentication id 02) guards it.
pub(super) fn private_key(pair: &NewPair<'_>) -> Entry {
    let reference: &[u8] = if pair.reference < 0x80 {
        &[pair.reference]
    } else {
        &[0, pair.reference]
    };
    let common = common(pair.label, &PRIVATE_MODIFIABLE, &USERS);
    let class = der(
        SEQUENCE,
        &[
            &der(OCTET_STRING, &[pair.id]),
            &SIGNS,
            &der(INTEGER, &[reference]),
        ],
    );
    gost_key(
        &common,
        &class,
        &layout::private_key(pair.reference),
        pair.set,
    )
}

/// The public half, kept in a file of its own; "not native", with a reference of 0, as OpenSC has it.
pub(super) fn public_key(pair: &NewPair<'_>) -> Entry {
    let common = common(pair.label, &MODIFIABLE, &[]);
    let class = [
        &der(OCTET_STRING, &[pair.id])[..],
        &VERIFIES,
        &NOT_NATIVE,
        &[INTEGER, 1, 0],
    ];
    let path = [layout::APPLICATION, pair.file];
    gost_key(&common, &der(SEQUENCE, &class), &path, pair.set)
}

fn gost_key(common: &[u8], class: &[u8], path: &[FileId], set: ParameterSet) -> Entry {
    let number = layout::curve(set).map_or(0, |curve| curve.number);
    let parameters = [INTEGER, 1, number, INTEGER, 1, 0, INTEGER, 1, 0];
    let attributes = der(SEQUENCE, &[&path_value(path), &parameters]);
    der(
        GOST_KEY,
        &[common, class, &der(TYPE_ATTRIBUTES, &[&attributes])],
    )
}

/// A certificate kept in that file.
pub(super) fn certificate(label: &str, id: &[u8], file: FileId) -> Entry {
    let value = der(SEQUENCE, &[&path_value(&[layout::APPLICATION, file])]);
    let class = der(SEQUENCE, &[&der(OCTET_STRING, &[id])]);
    der(
        SEQUENCE,
        &[
            &common(label, &MODIFIABLE, &[]),
            &class,
            &der(TYPE_ATTRIBUTES, &[&value]),
        ],
    )
}

fn common(label: &str, flags: &[u8], authentication: &[u8]) -> Vec<u8> {
    der(
        SEQUENCE,
        &[
            &der(UTF8_STRING, &[label.as_bytes()]),
            flags,
            authentication,
        ],
    )
}

fn path_value(path: &[FileId]) -> Vec<u8> {
    let octets: Vec<u8> = [0x3F00]
        .iter()
        .chain(path)
        .flat_map(|fid| fid.to_be_bytes())
        .collect();
    der(SEQUENCE, &[&der(OCTET_STRING, &[&octets])])
}

/// The label in the file TokenInfo.
pub(super) fn token_label(file: &[u8]) -> Option<String> {
    text_in(file, SEQUENCE, 0x80)
}

/// The same file with another label.
pub(super) fn relabelled(file: &[u8], label: &str) -> Option<Vec<u8>> {
    let (info, _) = tlv::element(file).filter(|(info, _)| info.tag == SEQUENCE)?;
    let parts = elements(info.content)?;
    find(&parts, 0x80)?;
    let replaced = parts.iter().map(|part| match part.tag {
        0x80 => der(0x80, &[label.as_bytes()]),
        _ => part.whole.to_vec(),
    });
    let replaced: Vec<Vec<u8>> = replaced.collect();
    Some(der(SEQUENCE, &[&replaced.concat()]))
}

/// The name of the application in EF.DIR, which OpenSC fills with the model.
pub(super) fn application_label(file: &[u8]) -> Option<String> {
    text_in(file, 0x61, 0x50)
}

fn text_in(file: &[u8], outer: u8, inner: u8) -> Option<String> {
    let (template, _) = tlv::element(file).filter(|(template, _)| template.tag == outer)?;
    let parts = elements(template.content)?;
    Some(
        String::from_utf8_lossy(find(&parts, inner)?)
            .trim_end()
            .to_owned(),
    )
}

const INTEGER: u8 = 0x02;
const OCTET_STRING: u8 = 0x04;
const UTF8_STRING: u8 = 0x0C;
/// Of an RSA key and of a certificate, too.
const SEQUENCE: u8 = 0x30;
const GOST_KEY: u8 = 0xA4;
const TYPE_ATTRIBUTES: u8 = 0xA1;

/// commonObjectFlags: private and modifiable, or modifiable only.
const PRIVATE_MODIFIABLE: [u8; 4] = [0x03, 0x02, 0x06, 0xC0];
const MODIFIABLE: [u8; 4] = [0x03, 0x02, 0x06, 0x40];
/// authId of the user's PIN.
const USERS: [u8; 3] = [OCTET_STRING, 0x01, 0x02];
/// KeyUsageFlags: sign and signRecover; verify and verifyRecover.
const SIGNS: [u8; 4] = [0x03, 0x02, 0x04, 0x30];
const VERIFIES: [u8; 4] = [0x03, 0x02, 0x00, 0x03];
/// FALSE: the value is in a file, not in the card's own key store.
const NOT_NATIVE: [u8; 3] = [0x01, 0x01, 0x00];

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const PAIR: NewPair<'_> = NewPair {
        label: "gk1",
        id: &[1],
        set: ParameterSet::CryptoProA,
        reference: 1,
        file: 0x0200,
    };

    #[test]
    fn entries_are_those_of_opensc() {
        let private = "a435300c0c03676b31030206c0040102300a0401010302043002 0101a1193017300c040a3f001000100060020001020101020100020100";
        assert_eq!(hex::encode(private_key(&PAIR)), private.replace(' ', ""));
        let public = "a43130090c03676b3103020640 300d0401010302000301010002 0100".replace(' ', "")
            + "a1153013300804063f0050000200020101020100020100";
        assert_eq!(hex::encode(public_key(&PAIR)), public);
        let certificate = "301e30090c03637274030206403003040101a10c300a300804063f0050000300";
        assert_eq!(
            hex::encode(super::certificate("crt", &[1], 0x0300)),
            certificate
        );
        assert_eq!(
            hex::encode(listing_entry(0xA0, &[0x5000, 0x6002])),
            "a00a300804063f0050006002"
        );
    }

    #[test]
    fn entries_read_back() {
        let pair = NewPair {
            label: "ЕГАИС_722318",
            id: &[7; 20],
            set: ParameterSet::CryptoProXchB,
            reference: 0xC8,
            file: 0x0211,
        };
        let read = object(&private_key(&pair)).expect("written here");
        assert_eq!(
            (read.label.as_str(), read.reference, read.path),
            (pair.label, Some(0xC8), vec![0x1000, 0x1000, 0x6002, 0x00C8])
        );
        assert_eq!(read.kind, KeyKind::Gost(ParameterSet::CryptoProC));
        let read = object(&public_key(&pair)).expect("written here");
        assert_eq!(
            (read.id, read.path),
            (pair.id.to_vec(), vec![0x5000, 0x0211])
        );
        let read = object(&certificate("я", &[], 0x0300)).expect("written here");
        assert_eq!(
            (read.id, read.kind, read.path),
            (vec![], KeyKind::Unknown, vec![0x5000, 0x0300])
        );
    }

    #[test]
    fn rsa_pair_is_recognised_by_its_tag() {
        let kind_of = |modulus: &[u8]| {
            let class = der(SEQUENCE, &[&[OCTET_STRING, 1, 2], &SIGNS, &[INTEGER, 1, 2]]);
            let value = der(
                SEQUENCE,
                &[
                    &path_value(&layout::private_key(2)),
                    &der(INTEGER, &[modulus]),
                ],
            );
            let common = common("transport", &PRIVATE_MODIFIABLE, &USERS);
            object(&der(
                SEQUENCE,
                &[&common, &class, &der(TYPE_ATTRIBUTES, &[&value])],
            ))
            .map(|object| object.kind)
        };
        assert_eq!(kind_of(&[8, 0]), Some(KeyKind::Rsa { bits: 2048 }));
        assert_eq!(kind_of(&[1, 0, 0]), Some(KeyKind::Unknown));
    }

    #[test]
    fn a_new_label_changes_nothing_else() {
        let renamed = with_label(&private_key(&PAIR), "ЕГАИС_722318").expect("written here");
        assert_eq!(
            renamed,
            private_key(&NewPair {
                label: "ЕГАИС_722318",
                ..PAIR
            })
        );
        let long = "Ю".repeat(127);
        assert_eq!(
            with_label(&renamed, &long),
            Some(private_key(&NewPair {
                label: &long,
                ..PAIR
            }))
        );
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn any_bytes_are_an_entry_or_not(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = (object(&bytes), with_label(&bytes, "x"), listing(&bytes), token_label(&bytes), application_label(&bytes));
        }

        #[test]
        fn a_damaged_entry_is_read_or_not(at in 0usize..55, octet in any::<u8>()) {
            let mut entry = private_key(&PAIR);
            entry[at] = octet;
            let _ = (object(&entry), with_label(&entry, "x"));
        }
    }
}
