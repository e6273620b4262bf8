//! Requests as an applicant's token would make them, and what the authority does with them.

mod parameters;

use std::sync::LazyLock;

use der::asn1::{BitString, SetOfVec};
use der::{Decode, DecodePem};
use gost3410::{ParameterSet, Signature};
use gost3410::{PublicKeyInfo, SigningKey};
use proptest::prelude::*;
use x509_cert::Certificate;
use x509_cert::attr::Attribute;
use x509_cert::ext::pkix::{AuthorityKeyIdentifier, CrlNumber, SubjectKeyIdentifier};
use x509_cert::request::{CertReq, CertReqInfo, Version};

use super::name::der;
use super::*;
use crate::application::SubjectField;

type List = x509_cert::crl::CertificateList;

/// A request for an application, signed by the `n`-th applicant's key.
pub(crate) fn request_der(application: &Application, n: u64) -> Vec<u8> {
    RequestOf {
        application,
        n,
        parameter_set: application.profile.parameter_set,
        subject: &application.subject,
    }
    .sign()
}

struct RequestOf<'a> {
    application: &'a Application,
    n: u64,
    parameter_set: ParameterSet,
    subject: &'a [SubjectField],
}

impl RequestOf<'_> {
    fn sign(&self) -> Vec<u8> {
        self.sign_with(None)
    }

    /// With these identifiers beside the key, if others than its own.
    fn sign_with(&self, parameters: Option<&[der::asn1::ObjectIdentifier]>) -> Vec<u8> {
        let algorithm = self.application.profile.algorithm;
        let mut chance = Seed(self.n).stream("applicant", b"");
        let key = SigningKey::generate(self.parameter_set, &mut chance);
        let public_key = PublicKeyInfo {
            algorithm,
            key: key.verifying_key().clone(),
        }
        .to_der();
        let mut public_key = spki::SubjectPublicKeyInfoOwned::from_der(&public_key).unwrap();
        if let Some(oids) = parameters {
            let oids = der::asn1::Any::from_der(&der(&oids.to_vec())).unwrap();
            public_key.algorithm.parameters = Some(oids);
        }
        let info = CertReqInfo {
            version: Version::V1,
            subject: name::write(
                self.subject
                    .iter()
                    .map(|field| (field.oid, field.value.as_str())),
            ),
            public_key,
            attributes: SetOfVec::try_from(vec![self.extension_request()]).unwrap(),
        };
        let signature = key
            .sign_prehash(&algorithm.digest(&der(&info)), &mut chance)
            .unwrap();
        der(&CertReq {
            info,
            algorithm: spki::AlgorithmIdentifierOwned {
                oid: algorithm.signature_oid(),
                parameters: None,
            },
            signature: BitString::from_bytes(&signature.to_bytes()).unwrap(),
        })
    }

    fn extension_request(&self) -> Attribute {
        let profile = &self.application.profile;
        let asked = vec![
            extensions::key_usage(profile.key_usage),
            extensions::extended_key_usage(&profile.extended_key_usage),
            extensions::policies(&profile.policies),
            extensions::subject_sign_tool(&profile.sign_tool),
        ];
        let asked = der::asn1::Any::from_der(&der(&asked)).unwrap();
        Attribute {
            oid: oids::EXTENSION_REQUEST,
            values: SetOfVec::try_from(vec![asked]).unwrap(),
        }
    }
}

pub(crate) fn moment(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub(crate) const EPOCH: &str = "2018-12-13T01:00:00Z";

pub(crate) fn authority(profile: &Profile) -> CertificationAuthority {
    CertificationAuthority::from_seed(1, profile, moment(EPOCH))
}

fn profile(name: &str) -> Profile {
    Profile::named(name).unwrap()
}

fn issued(profile_name: &str) -> (CertificationAuthority, Certificate) {
    let application = Application::sample(profile(profile_name));
    let mut ca = authority(&application.profile);
    let checked = ca
        .check(&request_der(&application, 1), &application)
        .unwrap();
    let certificate = ca
        .issue(&checked, &application, moment("2018-12-13T01:20:30Z"))
        .unwrap();
    let certificate = Certificate::from_der(&certificate).unwrap();
    (ca, certificate)
}

fn verify(signed: &[u8], signer: &Certificate) {
    let key =
        PublicKeyInfo::from_der(&der(signer.tbs_certificate().subject_public_key_info())).unwrap();
    let outer: Vec<der::asn1::Any> = Decode::from_der(signed).unwrap();
    let signature: BitString = outer[2].decode_as().unwrap();
    let signature = Signature::from_bytes(signature.as_bytes().unwrap()).unwrap();
    let digest = key.algorithm.digest(&der(&outer[0]));
    key.key.verify_prehash(&digest, &signature).unwrap();
}

fn extension<T: for<'a> Decode<'a>>(
    all: &[x509_cert::ext::Extension],
    oid: der::asn1::ObjectIdentifier,
) -> T {
    let found = all.iter().find(|one| one.extn_id == oid).unwrap();
    T::from_der(found.extn_value.as_bytes()).unwrap_or_else(|_| panic!("{oid}"))
}

#[test]
fn every_profile_issues_a_certificate_that_verifies_up_to_the_root() {
    for name in Profile::names() {
        let (ca, certificate) = issued(name);
        let issuer = Certificate::from_der(ca.issuer_der()).unwrap();
        let root = Certificate::from_der(ca.root_der()).unwrap();
        verify(&der(&certificate), &issuer);
        verify(ca.issuer_der(), &root);
        verify(ca.root_der(), &root);
        assert_eq!(
            certificate.tbs_certificate().issuer(),
            issuer.tbs_certificate().subject()
        );
        assert_eq!(
            issuer.tbs_certificate().issuer(),
            root.tbs_certificate().subject()
        );
    }
}

#[test]
fn same_seed_and_moment_same_octets() {
    assert_eq!(issued("forus-2018").1, issued("forus-2018").1);
    let other = CertificationAuthority::from_seed(2, &profile("forus-2018"), moment(EPOCH));
    assert_ne!(
        other.root_der(),
        authority(&profile("forus-2018")).root_der()
    );
    let newer = authority(&profile("forus-2019"));
    assert_ne!(
        newer.issuer_der(),
        authority(&profile("forus-2018")).issuer_der()
    );
}

#[test]
fn certificate_carries_the_key_as_it_came() {
    let application = Application::sample(profile("forus-2018-xcha"));
    let request = CertReq::from_der(&request_der(&application, 1)).unwrap();
    let (_, certificate) = issued("forus-2018-xcha");
    assert_eq!(
        *certificate.tbs_certificate().subject_public_key_info(),
        request.info.public_key
    );
    assert!(hex::encode(der(&certificate)).contains("06072a8503020224000607")); // XchA, then a digest
}

#[test]
fn certificate_holds_fifteen_months_from_the_minute_it_was_issued() {
    let (_, certificate) = issued("forus-2018");
    let validity = certificate.tbs_certificate().validity();
    assert_eq!(validity.not_before.to_string(), "2018-12-13T01:20:00Z");
    assert_eq!(validity.not_after.to_string(), "2020-03-13T01:20:00Z");
}

#[test]
fn certificate_never_outlives_the_authority() {
    let application = Application::sample(profile("forus-2018"));
    let mut ca = authority(&application.profile);
    let checked = ca
        .check(&request_der(&application, 1), &application)
        .unwrap();
    let late = ca
        .issue(&checked, &application, moment("2026-10-01T00:00:00Z"))
        .unwrap();
    let late = Certificate::from_der(&late).unwrap();
    let issuer = Certificate::from_der(ca.issuer_der()).unwrap();
    assert_eq!(
        late.tbs_certificate().validity().not_after,
        issuer.tbs_certificate().validity().not_after
    );
}

#[test]
fn certificate_has_the_extensions_of_the_trusted_list() {
    let (ca, certificate) = issued("forus-2018");
    let lines: Vec<String> = certificate
        .tbs_certificate()
        .extensions()
        .unwrap()
        .iter()
        .map(|one| {
            let mark = if one.critical { "critical " } else { "" };
            format!(
                "{} {mark}{}",
                one.extn_id,
                hex::encode(one.extn_value.as_bytes())
            )
        })
        .collect();
    let key = hex::encode(issuer::key_identifier(&der(certificate
        .tbs_certificate()
        .subject_public_key_info())));
    let issuing_key = hex::encode(&ca.issuing.key_identifier);
    insta::assert_snapshot!(
        lines
            .join("\n")
            .replace(&key, "(key)")
            .replace(&issuing_key, "(issuing key)")
    );
}

#[test]
fn lists_a_profile_leaves_empty_are_left_out() {
    let mut application = Application::sample(profile("forus-2018"));
    application.profile.addresses.crl.clear();
    application.profile.addresses.ocsp.clear();
    application.profile.addresses.issuer = "http://удостоверяющий.центр/".into();
    let mut ca = authority(&application.profile);
    let checked = ca
        .check(&request_der(&application, 1), &application)
        .unwrap();
    let certificate =
        Certificate::from_der(&ca.issue(&checked, &application, moment(EPOCH)).unwrap()).unwrap();
    let extensions = certificate.tbs_certificate().extensions().unwrap();
    assert_eq!(extensions.len(), 8);
}

#[test]
fn key_identifiers_link_certificate_issuer_and_list() {
    let (ca, certificate) = issued("forus-2018");
    let issuer = Certificate::from_der(ca.issuer_der()).unwrap();
    let own: SubjectKeyIdentifier = extension(
        issuer.tbs_certificate().extensions().unwrap(),
        oids::SUBJECT_KEY_IDENTIFIER,
    );
    let crl = List::from_der(&ca.crl(moment(EPOCH)))
        .unwrap()
        .tbs_cert_list;
    for extensions in [
        certificate.tbs_certificate().extensions().unwrap(),
        crl.crl_extensions.as_ref().unwrap(),
    ] {
        let named: AuthorityKeyIdentifier = extension(extensions, oids::AUTHORITY_KEY_IDENTIFIER);
        assert_eq!(named.key_identifier.unwrap(), own.0);
        assert_eq!(
            named.authority_cert_serial_number.unwrap(),
            *issuer.tbs_certificate().serial_number()
        );
        let named_issuer = der(&named.authority_cert_issuer.unwrap()[0]);
        assert!(named_issuer.ends_with(&der(issuer.tbs_certificate().issuer())));
    }
}

#[test]
fn issuer_and_root_call_themselves_tests_within_the_length_a_name_may_have() {
    for name in [root_name(), issuing_name()] {
        for (oid, text) in name::read(&name).unwrap() {
            assert!(text.chars().count() <= 64, "{text}");
            if [oids::COMMON_NAME, oids::ORGANISATION].contains(&oid) {
                assert!(text.starts_with("TEST "), "{text}");
            }
        }
    }
}

#[test]
fn serial_numbers_have_sixteen_octets_and_never_repeat() {
    let application = Application::sample(profile("forus-2019"));
    let mut ca = authority(&application.profile);
    let checked = ca
        .check(&request_der(&application, 1), &application)
        .unwrap();
    let at = moment("2018-12-13T01:20:30Z");
    let [one, two] = [0, 1]
        .map(|_| Certificate::from_der(&ca.issue(&checked, &application, at).unwrap()).unwrap());
    let [one, two] = [&one, &two].map(|one| one.tbs_certificate().serial_number().clone());
    assert_ne!(one, two);
    for serial in [one, two] {
        assert_eq!(serial.as_bytes().len(), 16);
        assert!(serial.as_bytes()[0] < 0x80);
    }
}

#[test]
fn no_two_signatures_share_a_nonce() {
    let (mut ca, certificate) = issued("forus-2018");
    let application = Application::sample(profile("forus-2018"));
    let checked = ca
        .check(&request_der(&application, 2), &application)
        .unwrap();
    let at = moment(EPOCH);
    let signed = [
        der(&certificate),
        ca.issue(&checked, &application, at).unwrap(),
        ca.crl(at),
        ca.root_crl(at),
    ];
    // r, the second half of a signature, depends on the nonce alone.
    let halves: std::collections::BTreeSet<&[u8]> =
        signed.iter().map(|one| &one[one.len() - 32..]).collect();
    assert_eq!(halves.len(), signed.len());
}

#[test]
fn a_key_already_accepted_is_refused_even_after_a_restart() {
    let application = Application::sample(profile("forus-2018"));
    let mut ca = authority(&application.profile);
    let request = request_der(&application, 1);
    let checked = ca.check(&request, &application).unwrap();
    ca.accept(&checked, &application);
    assert_eq!(
        ca.check(&request, &application),
        Err(Refusal::KeySeen {
            application: 722_318
        })
    );
    let stored = serde_json::to_string(ca.ledger()).unwrap();
    let mut again = authority(&application.profile);
    again.restore(serde_json::from_str(&stored).unwrap());
    assert_eq!(
        again.check(&request, &application),
        Err(Refusal::KeySeen {
            application: 722_318
        })
    );
    assert!(
        again
            .check(&request_der(&application, 2), &application)
            .is_ok()
    );
}

#[test]
fn a_stored_authority_goes_on_with_the_same_octets() {
    let application = Application::sample(profile("forus-2018"));
    let mut ca = authority(&application.profile);
    let checked = ca
        .check(&request_der(&application, 1), &application)
        .unwrap();
    ca.issue(&checked, &application, moment(EPOCH)).unwrap();
    let mut again = authority(&application.profile);
    again.restore(ca.ledger().clone());
    let next =
        [&mut ca, &mut again].map(|ca| ca.issue(&checked, &application, moment(EPOCH)).unwrap());
    assert_eq!(next[0], next[1]);
}

#[test]
fn a_key_of_another_algorithm_or_set_is_refused() {
    let application = Application::sample(profile("forus-2018"));
    let ca = authority(&application.profile);
    let newer = Application::sample(profile("forus-2019"));
    let refusal = ca.check(&request_der(&newer, 1), &application).unwrap_err();
    assert_eq!(
        refusal,
        Refusal::Algorithm {
            expected: Algorithm::Gost2001.key_oid(),
            got: Algorithm::Gost2012_256.key_oid(),
        }
    );
    let exchange = Application::sample(profile("forus-2018-xcha"));
    let refusal = ca
        .check(&request_der(&exchange, 1), &application)
        .unwrap_err();
    assert_eq!(
        refusal,
        Refusal::ParameterSet {
            expected: "CryptoPro-A",
            got: "CryptoPro-XchA"
        }
    );
}

#[test]
fn a_subject_of_another_application_is_refused() {
    let application = Application::sample(profile("forus-2018"));
    let other = Application::numbered(1, profile("forus-2018"));
    let refusal = authority(&application.profile)
        .check(&request_der(&other, 1), &application)
        .unwrap_err();
    assert!(
        matches!(refusal, Refusal::FieldDiffers { .. }),
        "{refusal:?}"
    );
}

#[test]
fn a_changed_request_does_not_match_its_signature() {
    let application = Application::sample(profile("forus-2018"));
    let mut request = request_der(&application, 1);
    let place = request.windows(4).position(|four| four == b"3812").unwrap();
    request[place + 3] = b'3';
    let refusal = authority(&application.profile)
        .check(&request, &application)
        .unwrap_err();
    assert_eq!(refusal, Refusal::Signature);
}

#[test]
fn another_version_trailing_octets_and_floods_are_refused() {
    let application = Application::sample(profile("forus-2018"));
    let ca = authority(&application.profile);
    let request = request_der(&application, 1);
    let trailing = [request.as_slice(), &[0]].concat();
    assert!(matches!(
        ca.check(&trailing, &application),
        Err(Refusal::Malformed { .. })
    ));
    let mut version = request.clone();
    let place = version
        .windows(3)
        .position(|three| three == [2, 1, 0])
        .unwrap();
    version[place + 2] = 1;
    assert_eq!(
        ca.check(&version, &application),
        Err(Refusal::Version { got: 1 })
    );
    let flood = vec![0x30; MAX_REQUEST + 1];
    assert!(matches!(
        ca.check(&flood, &application),
        Err(Refusal::TooLong { .. })
    ));
}

#[test]
fn a_certificate_for_another_key_is_valid_and_not_ours() {
    let application = Application::sample(profile("forus-2018"));
    let mut ca = authority(&application.profile);
    let checked = ca
        .check(&request_der(&application, 1), &application)
        .unwrap();
    let wrong = ca
        .issue_flawed(&checked, &application, moment(EPOCH), Flaw::AnotherKey)
        .unwrap();
    let wrong = Certificate::from_der(&wrong).unwrap();
    verify(
        &der(&wrong),
        &Certificate::from_der(ca.issuer_der()).unwrap(),
    );
    assert_ne!(
        der(wrong.tbs_certificate().subject_public_key_info()),
        checked.public_key_info()
    );
}

#[test]
fn a_list_with_nothing_revoked_has_no_entries_at_all() {
    let (ca, _) = issued("forus-2018");
    let at = moment("2018-12-14T00:00:00Z");
    for octets in [ca.crl(at), ca.root_crl(at)] {
        let list = List::from_der(&octets).unwrap().tbs_cert_list;
        assert_eq!(list.revoked_certificates, None);
    }
    verify(
        &ca.crl(at),
        &Certificate::from_der(ca.issuer_der()).unwrap(),
    );
    verify(
        &ca.root_crl(at),
        &Certificate::from_der(ca.root_der()).unwrap(),
    );
}

#[test]
fn a_revoked_certificate_is_listed_from_its_moment_on_and_numbers_grow() {
    let (mut ca, certificate) = issued("forus-2018");
    let serial = certificate.tbs_certificate().serial_number();
    let at = moment("2018-12-14T00:00:00Z");
    assert!(!ca.revoke(&[1, 2, 3], at, Reason::Superseded));
    assert!(ca.revoke(serial.as_bytes(), at, Reason::CessationOfOperation));
    let read = |at| List::from_der(&ca.crl(at)).unwrap().tbs_cert_list;
    let (before, after) = (read(moment(EPOCH)), read(at));
    assert_eq!(before.revoked_certificates, None);
    assert_eq!(
        after.revoked_certificates.unwrap()[0].serial_number,
        *serial
    );
    let number =
        |list: &[x509_cert::ext::Extension]| extension::<CrlNumber>(list, oids::CRL_NUMBER).0;
    assert!(number(&after.crl_extensions.unwrap()) > number(&before.crl_extensions.unwrap()));
}

#[test]
fn chain_is_the_issuing_authority_and_then_the_root() {
    let ca = authority(&profile("forus-2019"));
    let chain = Certificate::load_pem_chain(ca.chain_pem().as_bytes()).unwrap();
    let octets: Vec<Vec<u8>> = chain.iter().map(der).collect();
    assert_eq!(octets, [ca.issuer_der(), ca.root_der()]);
    assert!(
        Certificate::from_pem(ca.chain_pem()).is_err(),
        "two certificates are no single one"
    );
}

static HONEST: LazyLock<(CertificationAuthority, Application, Vec<u8>)> = LazyLock::new(|| {
    let application = Application::sample(profile("forus-2018"));
    let request = request_der(&application, 1);
    (authority(&application.profile), application, request)
});

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_octets_earn_a_refusal(octets in prop::collection::vec(any::<u8>(), 0..400)) {
        let (ca, application, _) = &*HONEST;
        prop_assert!(ca.check(&octets, application).is_err());
    }

    #[test]
    fn a_request_with_any_octet_changed_is_refused(place in any::<prop::sample::Index>(), change in 1..=255_u8) {
        let (ca, application, request) = &*HONEST;
        let mut request = request.clone();
        let place = place.index(request.len());
        request[place] ^= change;
        prop_assert!(ca.check(&request, application).is_err());
    }
}

#[test]
fn nothing_is_issued_that_would_begin_when_the_authority_has_ended() {
    let application = Application::sample(profile("forus-2018"));
    let mut ca = authority(&application.profile);
    let checked = ca
        .check(&request_der(&application, 1), &application)
        .unwrap();
    let end = moment("2026-10-29T00:00:00Z");
    let ended = ca.issue(&checked, &application, end).unwrap_err();
    assert_eq!(
        ended.to_string(),
        "Сертификат удостоверяющего центра действует только до 29.10.2026, новый сертификат выпустить нельзя. \
         Обратитесь в Удостоверяющий центр."
    );
    let lag = Flaw::BeginsLater(u32::MAX);
    for at in [moment(EPOCH), Timestamp::MAX] {
        let flawed = ca.issue_flawed(&checked, &application, at, lag);
        assert_eq!(flawed, Err(ended.clone()));
    }
    assert_eq!(ca.ledger().issued.len(), 0);
}
