//! The questions to a certificate, asked of published chains and of the same with one thing wrong.
#![expect(
    clippy::unwrap_used,
    reason = "a helper that fails is a test that fails"
)]

#[path = "common/vectors.rs"]
mod vectors;

use enroll::certificate::{Certificate, CertificateProblem, Expected, Remark, check};
use enroll::name;
use gost3410::{Algorithm, ParameterSet, SigningKey, hazmat};
use jiff::Timestamp;

const FAMILIES: [(&str, [&str; 4]); 6] = [
    ("gost2001-XchA", ["user-legal-entity", "ca", "root", "crl"]),
    ("gost2001-A", ["user-legal-entity", "ca", "root", "crl"]),
    ("gost2012-256-A", ["user-legal-entity", "ca", "root", "crl"]),
    (
        "gost2012-256-XchA",
        ["user-legal-entity", "ca", "root", "crl"],
    ),
    ("gost2012-512-A", ["user-legal-entity", "ca", "root", "crl"]),
    (
        "openssl-gost2001-XchA",
        ["ul.crt", "ca.crt", "root.crt", "ca.crl"],
    ),
];

struct Family {
    user: Certificate,
    chain: Vec<Certificate>,
    crl: Vec<u8>,
}

fn family(index: usize) -> Family {
    let (family, names) = FAMILIES[index];
    let all = vectors::all();
    let [user, ca, root, crl] = names.map(|name| {
        let name = format!("{family}/{name}");
        vectors::der(
            all.iter()
                .find(|it| it["name"] == name.as_str())
                .expect("a vector of that name"),
        )
    });
    let read = |der: &[u8]| Certificate::from_der(der).unwrap();
    Family {
        user: read(&user),
        chain: vec![read(&ca), read(&root)],
        crl,
    }
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn ask(family: &Family, when: &str) -> Result<Vec<Remark>, CertificateProblem> {
    let subject = name::attributes(family.user.subject());
    let expected = Expected {
        at: at(when),
        chain: &family.chain,
        revoked: Some(&family.crl),
        subject: Some(&subject),
    };
    check(&family.user, &expected)
}

#[test]
fn a_good_certificate_passes_in_every_algorithm() {
    for (index, (name, _)) in FAMILIES.iter().enumerate() {
        let family = family(index);
        assert_eq!(ask(&family, "2018-12-26T12:00:00Z"), Ok(vec![]), "{name}");
    }
}

#[test]
fn time_is_the_portals_and_counts() {
    let family = family(1);
    let early = ask(&family, "2018-12-25T08:59:59Z");
    assert_eq!(
        early,
        Err(CertificateProblem::NotYetValid {
            from: at("2018-12-25T09:00:00Z")
        })
    );
    let late = ask(&family, "2020-03-25T09:00:01Z");
    assert_eq!(
        late,
        Err(CertificateProblem::Expired {
            until: at("2020-03-25T09:00:00Z")
        })
    );
}

#[test]
fn a_list_of_revoked_certificates_that_is_out_of_date_or_foreign_cannot_say_no() {
    let mut own = family(1);
    assert_eq!(
        ask(&own, "2018-12-28T00:00:00Z"),
        Ok(vec![Remark::RevocationUnknown])
    );
    own.crl = family(2).crl;
    assert_eq!(
        ask(&own, "2018-12-26T12:00:00Z"),
        Ok(vec![Remark::RevocationUnknown])
    );
}

#[test]
fn a_chain_without_the_issuer_or_of_another_ca_is_refused() {
    let mut own = family(1);
    own.chain.remove(0);
    assert!(matches!(
        ask(&own, "2018-12-26T12:00:00Z"),
        Err(CertificateProblem::NoIssuer { .. })
    ));
    own.chain = family(3).chain;
    let foreign = ask(&own, "2018-12-26T12:00:00Z");
    assert!(matches!(
        foreign,
        Err(CertificateProblem::NoIssuer { .. } | CertificateProblem::Signature { .. })
    ));
}

#[test]
fn a_chain_without_a_root_is_remarked_upon() {
    let mut own = family(1);
    own.chain.remove(1);
    assert!(matches!(
        &ask(&own, "2018-12-26T12:00:00Z").unwrap()[..],
        [Remark::ChainEndsAt(_)]
    ));
}

#[test]
fn another_subject_is_refused_and_quotes_do_not_count() {
    let own = family(1);
    let mut subject = name::attributes(own.user.subject());
    subject[0].1 = subject[0].1.replace("\"Ромашка\"", "«Ромашка»");
    let ask = |subject: &[_]| {
        let at = at("2018-12-26T12:00:00Z");
        let expected = Expected {
            at,
            chain: &own.chain,
            revoked: Some(&own.crl),
            subject: Some(subject),
        };
        check(&own.user, &expected)
    };
    assert_eq!(ask(&subject), Ok(vec![]));
    subject[1].1 = "Петров".to_owned();
    assert_eq!(
        ask(&subject),
        Err(CertificateProblem::OtherSubject {
            attribute: "SN".to_owned()
        })
    );
}

#[test]
fn one_wrong_bit_anywhere_is_noticed() {
    let own = family(1);
    let der = own.user.der().to_vec();
    for at_byte in (0..der.len()).step_by(7) {
        let mut wrong = der.clone();
        wrong[at_byte] ^= 0x10;
        let Ok(user) = Certificate::from_der(&wrong) else {
            continue;
        };
        let family = Family {
            user,
            chain: own.chain.clone(),
            crl: own.crl.clone(),
        };
        assert!(
            ask(&family, "2018-12-26T12:00:00Z").is_err(),
            "byte {at_byte}"
        );
    }
}

/// Puts octets in the place of others, of the same length, the first time they are there.
fn changed(der: &[u8], from: &str, to: &str) -> Vec<u8> {
    let (from, to) = (hex::decode(from).unwrap(), hex::decode(to).unwrap());
    let at = der.windows(from.len()).position(|it| it == from).unwrap();
    [&der[..at], &to, &der[at + from.len()..]].concat()
}

/// The certificate changed so, signed again by an authority of the same name whose key is known here.
fn signed_again(from: &str, to: &str) -> Family {
    let own = family(1);
    let forger = SigningKey::from_le_bytes(ParameterSet::CryptoProA, &[7; 32]).unwrap();
    let key = |it: &Certificate| hex::encode(it.key().unwrap().key.to_bytes());
    let theirs = hex::encode(forger.verifying_key().to_bytes());
    let authority = changed(own.chain[0].der(), &key(&own.chain[0]), &theirs);
    let mut user = changed(own.user.der(), from, to);
    // SEQUENCE, tbsCertificate with its four octets of head, and at the end 64 octets of signature.
    let signed = 4..8 + usize::from(u16::from_be_bytes([user[6], user[7]]));
    let digest = Algorithm::Gost2001.digest(&user[signed]);
    let signature = hazmat::sign_with_nonce(&forger, &digest, &[5; 32]).unwrap();
    let end = user.len() - 64;
    user[end..].copy_from_slice(&signature.to_bytes());
    Family {
        user: Certificate::from_der(&user).unwrap(),
        chain: vec![Certificate::from_der(&authority).unwrap()],
        crl: own.crl,
    }
}

const GOOD_DAY: &str = "2018-12-26T12:00:00Z";

#[test]
fn a_certificate_signed_again_passes_but_for_what_was_changed() {
    let remarks = ask(&signed_again("0603551d20", "0603551d20"), GOOD_DAY).unwrap();
    let only = [
        Remark::ChainEndsAt(name::print(family(1).chain[0].issuer())),
        Remark::RevocationUnknown,
    ];
    assert_eq!(remarks, only);
}

#[test]
fn a_critical_extension_that_nobody_knows_is_refused() {
    let oid = const_oid::ObjectIdentifier::new_unwrap("2.5.29.99");
    assert_eq!(
        ask(&signed_again("0603551d0f", "0603551d63"), GOOD_DAY),
        Err(CertificateProblem::UnknownCritical { oid })
    );
}

#[test]
fn a_certificate_without_what_makes_it_qualified_is_refused() {
    for (from, to, what) in [
        ("0603551d20", "0603551d62", "certificatePolicies"),
        ("06052a8503646f", "06052a8503646e", "subjectSignTool"),
        ("06052a85036470", "06052a8503646e", "issuerSignTool"),
    ] {
        let problem = ask(&signed_again(from, to), GOOD_DAY);
        assert_eq!(problem, Err(CertificateProblem::NotQualified { what }));
    }
}

#[test]
fn an_issuer_that_may_not_issue_is_refused() {
    let mut own = family(1);
    // keyUsage of the authority: keyCertSign and cRLSign become cRLSign alone.
    let der = own.chain[0].der();
    let usage = der.windows(5).position(|it| it == [6, 3, 0x55, 0x1d, 0x0f]);
    let usage = hex::encode(&der[usage.unwrap()..][..18]);
    let at = usage.find("0302").or(usage.find("0303")).unwrap();
    let without = format!("{}030201{}{}", &usage[..at], "02", &usage[at + 8..]);
    own.chain[0] = Certificate::from_der(&changed(der, &usage, &without)).unwrap();
    let problem = ask(&own, GOOD_DAY).unwrap_err();
    let why = "no keyCertSign";
    assert!(
        matches!(problem, CertificateProblem::NotAnIssuer { why: it, .. } if it == why),
        "{problem}"
    );
}

#[test]
fn a_key_that_is_no_gost_key_is_refused() {
    let mut own = family(1);
    let not_gost = changed(own.user.der(), "06062a8503020213", "06062a8503020219");
    own.user = Certificate::from_der(&not_gost).unwrap();
    assert_eq!(ask(&own, GOOD_DAY), Err(CertificateProblem::NotGost));
}

#[test]
fn a_certificate_that_names_two_signature_algorithms_is_refused() {
    let mut own = family(1);
    // The first of the two, within what is signed.
    let two = changed(own.user.der(), "06062a8503020203", "06062a8503020204");
    own.user = Certificate::from_der(&two).unwrap();
    assert_eq!(ask(&own, GOOD_DAY), Err(CertificateProblem::TwoAlgorithms));
}

#[test]
fn a_certificate_with_bytes_after_it_does_not_read() {
    let mut der = family(0).user.der().to_vec();
    der.push(0);
    assert!(matches!(
        Certificate::from_der(&der),
        Err(CertificateProblem::Malformed { .. })
    ));
}

#[test]
fn names_are_printed_with_the_russian_attributes() {
    let printed = name::print(family(1).user.subject());
    assert!(
        printed.starts_with("CN=ООО \"Ромашка\", SN=Иванов, GN=Иван Иванович, C=RU"),
        "{printed}"
    );
    assert!(
        printed.contains("INN=003812009997, OGRN=1183850999991, SNILS=12345678964"),
        "{printed}"
    );
}
