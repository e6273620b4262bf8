//! Every row of every vector file is read, and what concerns names and digests is compared.

use std::collections::BTreeMap;

use digest::Digest;
use gost3410::{Algorithm, ParameterSet};

use crate::common::{octets, read, rows, text};

/// File, list, rows: what README.md of the folder promises.
const ROWS: &[(&str, &str, usize)] = &[
    ("curves.json", "curves", 14),
    ("digests.json", "vectors", 48),
    ("egais_x509.json", "objects", 67),
    ("generated_signatures.json", "vectors", 19),
    ("generated_signatures.json", "negative", 37),
    ("oids.json", "oids", 93),
    ("public_key_validation.json", "vectors", 23),
    ("real_ca_certs.json", "certificates", 6),
    ("rfc_x509.json", "vectors", 14),
    ("sign_standard.json", "vectors", 2),
    ("vko.json", "vectors", 9),
];

#[test]
fn files_hold_as_many_rows_as_their_readme_says() {
    for (file, list, count) in ROWS {
        assert_eq!(rows(&read(file), list).len(), *count, "{file} {list}");
    }
}

#[test]
fn every_json_file_of_the_folder_is_counted() {
    let folder = format!("{}/tests/vectors", env!("CARGO_MANIFEST_DIR"));
    for entry in std::fs::read_dir(folder).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        // identifiers.json holds the check digits of tax numbers, which are not this crate's.
        let known = ROWS.iter().any(|(file, ..)| *file == name);
        assert!(
            known || ["README.md", "identifiers.json"].contains(&&*name),
            "{name}"
        );
    }
}

#[test]
fn digests_are_those_of_the_file() {
    for row in rows(&read("digests.json"), "vectors") {
        let message = octets(&row, "message");
        let digest = match text(&row, "alg") {
            "gost94-cryptopro" => Algorithm::Gost2001.digest(&message),
            "gost94-test" => gost94::Gost94Test::digest(&message).to_vec(),
            "streebog256" => Algorithm::Gost2012_256.digest(&message),
            "streebog512" => Algorithm::Gost2012_512.digest(&message),
            other => panic!("unknown digest {other}"),
        };
        assert_eq!(
            hex::encode(digest),
            text(&row, "digest"),
            "{}",
            text(&row, "name")
        );
    }
}

#[test]
fn parameter_sets_bear_their_registered_identifiers() {
    for row in rows(&read("curves.json"), "curves") {
        let oid = text(&row, "oid").parse().unwrap();
        let set = ParameterSet::from_oid(&oid).unwrap();
        assert_eq!(set.oid(), oid);
        assert_eq!(row["bits"], 8 * set.size());
    }
    let names: BTreeMap<_, _> = ParameterSet::ALL.map(|set| (set.name(), set)).into();
    assert_eq!(names.len(), 14);
}

#[test]
fn algorithm_identifiers_are_in_the_list() {
    let listed = rows(&read("oids.json"), "oids");
    let listed: Vec<&str> = listed.iter().map(|row| text(row, "oid")).collect();
    for algorithm in Algorithm::ALL {
        let oids = [
            algorithm.key_oid(),
            algorithm.digest_oid(),
            algorithm.digest_params_oid(),
            algorithm.signature_oid(),
        ];
        for oid in oids {
            assert!(listed.contains(&&*oid.to_string()), "{oid}");
        }
        assert_eq!(
            Algorithm::from_key_oid(&algorithm.key_oid()),
            Some(algorithm)
        );
        assert_eq!(
            Algorithm::from_signature_oid(&algorithm.signature_oid()),
            Some(algorithm)
        );
    }
}

#[test]
fn identifiers_encode_as_listed() {
    for row in rows(&read("oids.json"), "oids") {
        let oid: der::asn1::ObjectIdentifier = text(&row, "oid").parse().unwrap();
        let encoded = der::Encode::to_der(&oid).unwrap();
        assert_eq!(
            hex::encode(encoded),
            text(&row, "der"),
            "{}",
            text(&row, "name")
        );
    }
}
