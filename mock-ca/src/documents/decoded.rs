//! Requests and certificates in the words of a printed form, read from their DER.
//!
//! Whatever cannot be read is printed as octets: a form never hides what it does not understand.

use der::asn1::{BitString, ObjectIdentifier};
use der::{Decode, Encode};
use gost3410::{Algorithm, PublicKeyInfo};
use sha1::{Digest, Sha1};
use spki::SubjectPublicKeyInfoRef;
use x509_cert::ext::Extension;
use x509_cert::ext::pkix::name::{DistributionPointName, GeneralName};
use x509_cert::ext::pkix::{
    AuthorityInfoAccessSyntax, AuthorityKeyIdentifier, BasicConstraints, CertificatePolicies,
    CrlDistributionPoints, ExtendedKeyUsage, PrivateKeyUsagePeriod, SubjectKeyIdentifier,
};
use x509_cert::name::Name;
use x509_cert::time::Time;

use super::layout::Row;
use super::words::{moment, pairs};
use crate::ca::{name, oids};

/// Octets to a line in a table.
const PER_LINE: usize = 16;

/// One row for each attribute; a value that is no text as octets.
pub(super) fn name_rows(name: &Name) -> Vec<Row> {
    match name::read(name) {
        Ok(fields) => fields
            .iter()
            .map(|(oid, value)| Row::pair(attribute(oid), value.as_str()))
            .collect(),
        Err(_) => vec![Row::fixed(
            "Имя (DER)",
            pairs(&name.to_der().unwrap_or_default(), PER_LINE),
        )],
    }
}

/// What a form calls an attribute: in words, and by its short name where it has one.
pub(super) fn attribute(oid: &ObjectIdentifier) -> String {
    let short = SHORT_NAMES
        .iter()
        .find(|(known, _)| known == oid)
        .map(|(_, short)| *short);
    match (oids::label(oid), short) {
        (Some(label), Some(short)) => format!("{label} ({short})"),
        (Some(label), None) => label.to_owned(),
        (None, _) => oid.to_string(),
    }
}

const SHORT_NAMES: &[(ObjectIdentifier, &str)] = &[
    (oids::COMMON_NAME, "CN"),
    (oids::SURNAME, "SN"),
    (oids::GIVEN_NAME, "G"),
    (oids::COUNTRY, "C"),
    (oids::REGION, "ST"),
    (oids::LOCALITY, "L"),
    (oids::STREET, "STREET"),
    (oids::ORGANISATION, "O"),
    (oids::ORGANISATIONAL_UNIT, "OU"),
    (oids::TITLE, "T"),
    (oids::EMAIL, "E"),
];

/// Algorithm, parameters and the key's own octets.
pub(super) fn key_rows(public_key: &[u8]) -> Vec<Row> {
    if let Ok(info) = PublicKeyInfo::from_der(public_key) {
        let set = info.key.parameter_set();
        return vec![
            Row::pair(
                "Алгоритм ключа",
                format!(
                    "{} ({})",
                    algorithm(info.algorithm),
                    info.algorithm.key_oid()
                ),
            ),
            Row::pair("Параметры ключа", format!("{} ({})", set.name(), set.oid())),
            Row::fixed("Открытый ключ", pairs(&info.key.to_bytes(), PER_LINE)),
        ];
    }
    let oid = SubjectPublicKeyInfoRef::from_der(public_key)
        .map_or_else(|_| "—".to_owned(), |info| info.algorithm.oid.to_string());
    vec![
        Row::pair("Алгоритм ключа", oid),
        Row::fixed("Открытый ключ (DER)", pairs(public_key, PER_LINE)),
    ]
}

/// The standard's name.
pub(super) fn algorithm(algorithm: Algorithm) -> &'static str {
    match algorithm {
        Algorithm::Gost2001 => "ГОСТ Р 34.10-2001",
        Algorithm::Gost2012_256 => "ГОСТ Р 34.10-2012, 256 бит",
        Algorithm::Gost2012_512 => "ГОСТ Р 34.10-2012, 512 бит",
    }
}

/// Algorithm of a signature and its octets.
pub(super) fn signature_rows(oid: &ObjectIdentifier, signature: &[u8]) -> Vec<Row> {
    let name = match Algorithm::from_signature_oid(oid) {
        Some(Algorithm::Gost2001) => format!("ГОСТ Р 34.11-94 с ГОСТ Р 34.10-2001 ({oid})"),
        Some(known) => format!("{} с ГОСТ Р 34.11-2012 ({oid})", algorithm(known)),
        None => oid.to_string(),
    };
    vec![
        Row::pair("Алгоритм подписи", name),
        Row::fixed("Значение подписи", pairs(signature, PER_LINE)),
    ]
}

/// SHA-1, as programs show a file's fingerprint.
pub(super) fn fingerprint(der: &[u8]) -> String {
    pairs(&Sha1::digest(der), 20)
}

/// A certificate's time in Irkutsk.
pub(super) fn time(time: &Time) -> String {
    let seconds = i64::try_from(time.to_unix_duration().as_secs()).unwrap_or(i64::MAX);
    jiff::Timestamp::from_second(seconds)
        .map_or_else(|_| time.to_string(), |at| format!("{} (UTC+8)", moment(at)))
}

/// One row for each extension, by name, with what it says.
pub(super) fn extension_rows(extensions: &[Extension]) -> Vec<Row> {
    extensions.iter().map(extension_row).collect()
}

fn extension_row(extension: &Extension) -> Row {
    let name = oids::label(&extension.extn_id)
        .map_or_else(|| extension.extn_id.to_string(), str::to_owned);
    let label = if extension.critical {
        format!("{name} (критическое)")
    } else {
        name
    };
    match spelled(extension) {
        Some(lines) if !lines.is_empty() => Row::pair(label, lines.join("\n")),
        _ => Row::fixed(label, pairs(extension.extn_value.as_bytes(), PER_LINE)),
    }
}

/// The extension's lines, or `None` when it is unknown or not what its identifier promises.
fn spelled(extension: &Extension) -> Option<Vec<String>> {
    let value = extension.extn_value.as_bytes();
    Some(match extension.extn_id {
        oids::KEY_USAGE => key_usage(&read::<BitString>(value)?),
        oids::EXTENDED_KEY_USAGE => read::<ExtendedKeyUsage>(value)?
            .0
            .iter()
            .map(named)
            .collect(),
        oids::CERTIFICATE_POLICIES => read::<CertificatePolicies>(value)?
            .0
            .iter()
            .map(|policy| named(&policy.policy_identifier))
            .collect(),
        oids::SUBJECT_SIGN_TOOL => vec![read::<String>(value)?],
        oids::ISSUER_SIGN_TOOL => issuer_sign_tool(read::<Vec<String>>(value)?),
        oids::SUBJECT_KEY_IDENTIFIER => {
            vec![pairs(read::<SubjectKeyIdentifier>(value)?.0.as_bytes(), 20)]
        }
        oids::AUTHORITY_KEY_IDENTIFIER => authority_key_identifier(&read(value)?),
        oids::PRIVATE_KEY_USAGE_PERIOD => private_key_usage_period(&read(value)?),
        oids::BASIC_CONSTRAINTS => basic_constraints(&read(value)?),
        oids::CRL_DISTRIBUTION_POINTS => distribution_points(&read(value)?),
        oids::AUTHORITY_INFO_ACCESS => read::<AuthorityInfoAccessSyntax>(value)?
            .0
            .iter()
            .filter_map(|one| {
                let way = if one.access_method == oids::OCSP {
                    "OCSP"
                } else {
                    "Сертификат издателя"
                };
                Some(format!("{way}: {}", address(&one.access_location)?))
            })
            .collect(),
        _ => return None,
    })
}

fn read<T: for<'a> Decode<'a>>(value: &[u8]) -> Option<T> {
    T::from_der(value).ok()
}

/// An identifier in words with its numbers after it.
pub(super) fn named(oid: &ObjectIdentifier) -> String {
    oids::label(oid).map_or_else(|| oid.to_string(), |label| format!("{label} ({oid})"))
}

fn key_usage(bits: &BitString) -> Vec<String> {
    const USAGES: [&str; 9] = [
        "Электронная подпись",
        "Неотрекаемость",
        "Шифрование ключей",
        "Шифрование данных",
        "Согласование ключей",
        "Подписание сертификатов",
        "Подписание списков отзыва",
        "Только шифрование",
        "Только расшифрование",
    ];
    let asked = bits
        .bits()
        .zip(USAGES)
        .filter(|(set, _)| *set)
        .map(|(_, usage)| usage.to_owned());
    vec![asked.collect::<Vec<_>>().join(", ")]
}

fn issuer_sign_tool(lines: Vec<String>) -> Vec<String> {
    const WHAT: [&str; 4] = [
        "Средство ЭП",
        "Средство УЦ",
        "Документ на средство ЭП",
        "Документ на средство УЦ",
    ];
    WHAT.into_iter()
        .zip(lines)
        .map(|(what, line)| format!("{what}: {line}"))
        .collect()
}

fn authority_key_identifier(identifier: &AuthorityKeyIdentifier) -> Vec<String> {
    let key = identifier
        .key_identifier
        .as_ref()
        .map(|key| pairs(key.as_bytes(), 20));
    let serial = identifier.authority_cert_serial_number.as_ref();
    let serial =
        serial.map(|serial| format!("Серийный номер: {}", hex::encode_upper(serial.as_bytes())));
    key.into_iter().chain(serial).collect()
}

fn private_key_usage_period(period: &PrivateKeyUsagePeriod) -> Vec<String> {
    let line = |what: &str, at: &Option<der::asn1::GeneralizedTime>| {
        at.map(|at| format!("{what} {}", time(&Time::GeneralTime(at))))
    };
    line("с", &period.not_before)
        .into_iter()
        .chain(line("по", &period.not_after))
        .collect()
}

fn basic_constraints(constraints: &BasicConstraints) -> Vec<String> {
    let subject = if constraints.ca {
        "Удостоверяющий центр"
    } else {
        "Конечный владелец"
    };
    let length = constraints
        .path_len_constraint
        .map(|length| format!("Длина пути: {length}"));
    [subject.to_owned()].into_iter().chain(length).collect()
}

fn distribution_points(points: &CrlDistributionPoints) -> Vec<String> {
    let names = points
        .0
        .iter()
        .filter_map(|point| match &point.distribution_point {
            Some(DistributionPointName::FullName(names)) => Some(names.iter().filter_map(address)),
            _ => None,
        });
    names.flatten().collect()
}

fn address(name: &GeneralName) -> Option<String> {
    match name {
        GeneralName::UniformResourceIdentifier(url) => Some(url.to_string()),
        _ => None,
    }
}
