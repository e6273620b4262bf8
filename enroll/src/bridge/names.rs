//! The plugin's names for attributes of a distinguished name and for purposes of a key.

use const_oid::ObjectIdentifier;
use serde_json::{Value, json};
use x509_cert::name::Name;

/// Attribute types as the plugin spells them, and what else pages write.
const ATTRIBUTES: [(&str, &str, &str); 21] = [
    ("2.5.4.3", "commonName", "CN"),
    ("2.5.4.4", "surname", "SN"),
    ("2.5.4.42", "givenName", "GN"),
    ("2.5.4.6", "countryName", "C"),
    ("2.5.4.8", "stateOrProvinceName", "ST"),
    ("2.5.4.7", "localityName", "L"),
    ("2.5.4.9", "streetAddress", "street"),
    ("2.5.4.10", "organizationName", "O"),
    ("2.5.4.11", "organizationalUnitName", "OU"),
    ("2.5.4.12", "title", "T"),
    ("2.5.4.65", "pseudonym", "pseudonym"),
    ("2.5.4.16", "postalAddress", "postalAddress"),
    ("1.2.840.113549.1.9.1", "emailAddress", "E"),
    ("1.2.840.113549.1.9.2", "unstructuredName", "UN"),
    ("1.2.643.3.131.1.1", "INN", "inn"),
    ("1.2.643.100.4", "INNLE", "innle"),
    ("1.2.643.100.1", "OGRN", "ogrn"),
    ("1.2.643.100.5", "OGRNIP", "ogrnip"),
    ("1.2.643.100.3", "SNILS", "snils"),
    ("2.5.4.5", "serialNumber", "serialNumber"),
    ("2.5.4.41", "name", "name"),
];

/// Purposes of a key (RFC 5280 §4.2.1.12).
const PURPOSES: [(&str, &str); 6] = [
    ("1.3.6.1.5.5.7.3.1", "serverAuth"),
    ("1.3.6.1.5.5.7.3.2", "clientAuth"),
    ("1.3.6.1.5.5.7.3.3", "codeSigning"),
    ("1.3.6.1.5.5.7.3.4", "emailProtection"),
    ("1.3.6.1.5.5.7.3.8", "timeStamping"),
    ("1.3.6.1.5.5.7.3.9", "OCSPSigning"),
];

/// A name or a dotted number.
pub(super) fn attribute(name: &str) -> Option<ObjectIdentifier> {
    let known = ATTRIBUTES
        .iter()
        .find(|(_, long, short)| *long == name || *short == name);
    ObjectIdentifier::new(known.map_or(name, |(oid, ..)| *oid)).ok()
}

pub(super) fn purpose(name: &str) -> Option<ObjectIdentifier> {
    let known = PURPOSES.iter().find(|(_, known)| *known == name);
    ObjectIdentifier::new(known.map_or(name, |(oid, _)| *oid)).ok()
}

pub(super) fn purpose_name(oid: &ObjectIdentifier) -> String {
    let oid = oid.to_string();
    let known = PURPOSES.iter().find(|(known, _)| *known == oid);
    known.map_or(oid.as_str(), |(_, name)| *name).to_owned()
}

fn attribute_name(oid: &ObjectIdentifier) -> String {
    let oid = oid.to_string();
    let known = ATTRIBUTES.iter().find(|(known, ..)| *known == oid);
    known.map_or(oid.as_str(), |(_, long, _)| *long).to_owned()
}

/// `[{rdn, value}]`, in order.
pub(super) fn list(name: &Name) -> Value {
    let fields = crate::name::attributes(name).into_iter();
    let fields = fields.map(|(oid, value)| json!({ "rdn": attribute_name(&oid), "value": value }));
    Value::Array(fields.collect())
}
