//! `enroll` holds no subject, algorithm or name of its own: what the portal's page says is what the request carries.

use gost3410::{Algorithm, ParameterSet};
use jiff::Timestamp;
use mock_ca::Application;
use mock_ca::ca::Profile;
use scenarios::output::run_into;
use scenarios::scenario::{Epoch, Scenario};
use scenarios::screen::Nobody;
use scenarios::world::Conditions;

/// The sample with every field changed, for a profile with every choice changed.
fn other_application() -> Application {
    let mut profile = Profile::named("forus-2018").expect("the manual's profile");
    profile.algorithm = Algorithm::Gost2012_256;
    profile.parameter_set = ParameterSet::CryptoProC;
    profile.relabel = false;
    profile.sign_tool = "СКЗИ другой модели".to_owned();
    profile.extended_key_usage.reverse();
    let mut application = Application::numbered(7, profile);
    application.phone = "79000000000".to_owned();
    application.container = "Другой контейнер".to_owned();
    for field in &mut application.subject {
        field.value = match field.value.as_str() {
            "RU" => "KZ".to_owned(),
            "КПП=381201001" => "КПП=381243001".to_owned(),
            number if number.bytes().all(|byte| byte.is_ascii_digit()) => number.to_owned(),
            email if email.contains('@') => format!("other.{email}"),
            text => format!("{text} другой"),
        };
    }
    application
}

#[test]
fn every_field_changed_at_the_portal_is_in_the_request() {
    let application = other_application();
    let sample = Application::sample(application.profile.clone());
    for (other, seeds) in application.subject.iter().zip(&sample.subject) {
        assert_ne!(other.value, seeds.value, "{} is not changed", other.label);
    }
    let mut scenario = Scenario::find("first-certificate").expect("a shipped scenario");
    let table = toml::Table::try_from(&application).expect("an application as TOML");
    // Its pair has another name.
    scenario.events.clear();
    scenario.portal.remove("profile");
    scenario.portal.insert(
        "applications".to_owned(),
        toml::Value::Array(vec![table.into()]),
    );
    let Epoch::At(epoch) = scenario.epoch else {
        panic!("a fixed epoch")
    };
    let folder = tempfile::tempdir().expect("a folder");
    let outcome = run_into(
        folder.path(),
        &scenario,
        Conditions::new(1, epoch),
        Box::new(Nobody),
        Box::new(|door| door),
    )
    .expect("a world");
    assert_eq!(outcome.mismatches, Vec::<String>::new());

    let der = std::fs::read(folder.path().join("request.der")).expect("a request");
    let (subject, key) = enroll::request::read(&der).expect("a request");
    let wanted: Vec<_> = application
        .subject
        .iter()
        .map(|field| (field.oid, field.value.clone()))
        .collect();
    assert_eq!(subject, wanted);
    assert_eq!(key.algorithm, Algorithm::Gost2012_256);
    assert_eq!(key.key.parameter_set(), ParameterSet::CryptoProC);
    assert_eq!(outcome.proof.expect("a proof").label, "Другой контейнер");
    for oid in &application.profile.extended_key_usage {
        assert!(
            contains(&der, &const_oid_der(oid)),
            "extended key usage {oid}"
        );
    }
    assert!(contains(&der, "СКЗИ другой модели".as_bytes()));
}

fn const_oid_der(oid: &der::asn1::ObjectIdentifier) -> Vec<u8> {
    der::Encode::to_der(oid).expect("an identifier")
}

fn contains(whole: &[u8], part: &[u8]) -> bool {
    whole.windows(part.len()).any(|window| window == part)
}

#[test]
fn the_seeds_own_values_stand_nowhere_in_the_engine() {
    let engine = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../enroll/src");
    let mut open = vec![engine];
    while let Some(folder) = open.pop() {
        for entry in folder.read_dir().expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                open.push(path);
                continue;
            }
            let text = std::fs::read_to_string(&path).expect("a source file");
            // Tests of the engine may quote the sample; what ships may not.
            let shipped = text.split("#[cfg(test)]").next().unwrap_or_default();
            let tests = path.file_stem().is_some_and(|stem| stem == "tests");
            for value in ["3812009997", "1183850999991", "12345678964"] {
                assert!(
                    tests || !shipped.contains(value),
                    "{}: {value}",
                    path.display()
                );
            }
        }
    }
}

#[test]
fn a_moment_is_a_moment() {
    let epoch: Timestamp = "2018-12-13T09:00:00+08:00".parse().expect("a moment");
    assert_eq!(
        scenarios::recording::irkutsk(epoch),
        "2018-12-13T09:00:00+08:00"
    );
}
