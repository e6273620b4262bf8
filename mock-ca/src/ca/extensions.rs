//! Extensions of qualified certificates and lists, each built as the trusted list's certificates have it.
//!
//! Source: order № 795 of the ФСБ by way of RFC 9215 §5; RFC 5280 §4.2.

use der::Encode;
use der::asn1::{BitString, GeneralizedTime, Ia5String, ObjectIdentifier, OctetString, Uint};
use jiff::Timestamp;
use x509_cert::ext::Extension;
use x509_cert::ext::pkix::certpolicy::PolicyInformation;
use x509_cert::ext::pkix::crl::dp::DistributionPoint;
use x509_cert::ext::pkix::name::{DistributionPointName, GeneralName};
use x509_cert::ext::pkix::{
    AccessDescription, AuthorityInfoAccessSyntax, AuthorityKeyIdentifier, BasicConstraints,
    CertificatePolicies, CrlDistributionPoints, CrlNumber, ExtendedKeyUsage, PrivateKeyUsagePeriod,
    SubjectKeyIdentifier,
};

use super::issuer::Issuer;
use super::name::der;
use super::{oids, time};

fn extension(extn_id: ObjectIdentifier, critical: bool, value: &impl Encode) -> Extension {
    Extension {
        extn_id,
        critical,
        extn_value: octets(&der(value)),
    }
}

/// Leaves out lists the profile has nothing for: an empty one would be no valid extension.
pub(super) fn filled(mut extensions: Vec<Extension>) -> Vec<Extension> {
    extensions.retain(|one| one.extn_value.as_bytes() != [0x30, 0x00]);
    extensions
}

fn octets(bytes: &[u8]) -> OctetString {
    OctetString::new(bytes).expect("extensions are far below the limits of DER")
}

/// keyUsage, critical; `bits` is its octet with bit 0 highest.
pub(super) fn key_usage(bits: u8) -> Extension {
    let unused = bits.trailing_zeros().min(7);
    let usage =
        BitString::new(unused as u8, [bits]).expect("at most seven unused bits, all of them zero");
    extension(oids::KEY_USAGE, true, &usage)
}

pub(super) fn basic_constraints(path_length: Option<u8>) -> Extension {
    let constraints = BasicConstraints {
        ca: true,
        path_len_constraint: path_length,
    };
    extension(oids::BASIC_CONSTRAINTS, true, &constraints)
}

pub(super) fn extended_key_usage(purposes: &[ObjectIdentifier]) -> Extension {
    extension(
        oids::EXTENDED_KEY_USAGE,
        false,
        &ExtendedKeyUsage(purposes.to_vec()),
    )
}

pub(super) fn policies(policies: &[ObjectIdentifier]) -> Extension {
    let information = policies.iter().map(|&policy_identifier| PolicyInformation {
        policy_identifier,
        policy_qualifiers: None,
    });
    extension(
        oids::CERTIFICATE_POLICIES,
        false,
        &CertificatePolicies(information.collect()),
    )
}

pub(super) fn subject_sign_tool(tool: &str) -> Extension {
    extension(oids::SUBJECT_SIGN_TOOL, false, &tool.to_owned())
}

pub(super) fn issuer_sign_tool(lines: &[String; 4]) -> Extension {
    extension(oids::ISSUER_SIGN_TOOL, false, lines)
}

pub(super) fn private_key_usage_period(not_before: Timestamp, not_after: Timestamp) -> Extension {
    let period = PrivateKeyUsagePeriod {
        not_before: Some(GeneralizedTime::from_date_time(time::date_time(not_before))),
        not_after: Some(GeneralizedTime::from_date_time(time::date_time(not_after))),
    };
    extension(oids::PRIVATE_KEY_USAGE_PERIOD, false, &period)
}

pub(super) fn subject_key_identifier(identifier: &[u8]) -> Extension {
    extension(
        oids::SUBJECT_KEY_IDENTIFIER,
        false,
        &SubjectKeyIdentifier(octets(identifier)),
    )
}

/// Key identifier, issuer and serial number of the issuing certificate together, as every certificate of the trusted list has them.
///
/// In a certificate as in a list this names the *signer*: its own key, its own serial number, and who issued it.
pub(super) fn authority_key_identifier(signer: &Issuer) -> Extension {
    let identifier = AuthorityKeyIdentifier {
        key_identifier: Some(octets(&signer.key_identifier)),
        authority_cert_issuer: Some(vec![GeneralName::DirectoryName(signer.issued_by.clone())]),
        authority_cert_serial_number: Some(signer.serial.clone()),
    };
    extension(oids::AUTHORITY_KEY_IDENTIFIER, false, &identifier)
}

/// One point per address. An address that is not ASCII cannot be written and is left out.
pub(super) fn crl_distribution_points(urls: &[String]) -> Extension {
    let points = urls
        .iter()
        .filter_map(|url| address(url))
        .map(|name| DistributionPoint {
            distribution_point: Some(DistributionPointName::FullName(vec![name])),
            reasons: None,
            crl_issuer: None,
        });
    extension(
        oids::CRL_DISTRIBUTION_POINTS,
        false,
        &CrlDistributionPoints(points.collect()),
    )
}

/// Where to ask about the certificate, and where its issuer's lies; what cannot be written is left out.
pub(super) fn authority_info_access(ocsp_url: &str, issuer_url: &str) -> Extension {
    let ways = [(oids::OCSP, ocsp_url), (oids::CA_ISSUERS, issuer_url)];
    let access = ways.into_iter().filter_map(|(access_method, url)| {
        let access_location = address(url)?;
        Some(AccessDescription {
            access_method,
            access_location,
        })
    });
    extension(
        oids::AUTHORITY_INFO_ACCESS,
        false,
        &AuthorityInfoAccessSyntax(access.collect()),
    )
}

fn address(url: &str) -> Option<GeneralName> {
    let url = Some(url).filter(|url| !url.is_empty())?;
    Ia5String::new(url)
        .ok()
        .map(GeneralName::UniformResourceIdentifier)
}

pub(super) fn crl_number(number: u64) -> Extension {
    let number = Uint::new(&number.to_be_bytes()).expect("eight octets");
    extension(oids::CRL_NUMBER, false, &CrlNumber(number))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(extension: &Extension, expected: &str) {
        assert_eq!(hex::encode(der(extension)), expected.replace(' ', ""));
    }

    #[test]
    fn key_usages_have_the_octets_of_real_certificates() {
        check(&key_usage(0xF0), "300e 0603551d0f 0101ff 0404 030204f0");
        check(&key_usage(0xC6), "300e 0603551d0f 0101ff 0404 030201c6");
        check(&key_usage(0x06), "300e 0603551d0f 0101ff 0404 03020106");
    }

    #[test]
    fn constraints_and_policies_have_the_octets_of_real_certificates() {
        check(
            &basic_constraints(Some(0)),
            "3012 0603551d13 0101ff 0408 30060101ff020100",
        );
        check(
            &basic_constraints(None),
            "300f 0603551d13 0101ff 0405 30030101ff",
        );
        check(
            &policies(&[oids::KC1]),
            "3013 0603551d20 040c 300a300806062a8503647101",
        );
        let both = "301d 0603551d20 0416 3014300806062a8503647101300806062a8503647102";
        check(&policies(&[oids::KC1, oids::KC2]), both);
    }

    #[test]
    fn sign_tool_has_the_octets_of_a_request() {
        let tool = "302f 06052a8503646f 0426 0c24d0a1d09ad097d0982022d0a0d183d182d0bed0bad0b5d0bd20d0add0a6d09f20322e3022";
        check(&subject_sign_tool("СКЗИ \"Рутокен ЭЦП 2.0\""), tool);
    }

    #[test]
    fn the_period_of_a_key_is_in_generalized_time() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let period =
            private_key_usage_period(at("2018-12-25T09:00:00Z"), at("2020-03-25T09:00:00Z"));
        let expected = "302b 0603551d10 0424 3022 800f 32303138313232353039303030305a 810f 32303230303332353039303030305a";
        check(&period, expected);
    }
}
