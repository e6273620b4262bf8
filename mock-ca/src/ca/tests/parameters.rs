//! The identifiers beside a key: those that software writes, and no others.

use super::*;

/// A request whose key has these identifiers beside it, signed as it stands.
fn request_with_parameters(
    application: &Application,
    oids: &[der::asn1::ObjectIdentifier],
) -> Vec<u8> {
    RequestOf {
        application,
        n: 1,
        parameter_set: application.profile.parameter_set,
        subject: &application.subject,
    }
    .sign_with(Some(oids))
}

#[test]
fn a_key_with_other_parameters_than_software_writes_is_refused() {
    let cipher = oids::CRYPTOPRO_CIPHER_A;
    for (name, tc26) in [
        ("forus-2018", false),
        ("forus-2019", false),
        ("forus-2019-512", true),
    ] {
        let application = Application::sample(profile(name));
        let set = application.profile.parameter_set.oid();
        let digest = application.profile.algorithm.digest_params_oid();
        for (parameters, taken) in [
            (vec![set], tc26),
            (vec![set, digest], true),
            (vec![set, digest, cipher], true),
            (vec![set, digest, oids::SNILS], false),
            (vec![set, cipher], false),
            (vec![set, digest, cipher, cipher], false),
        ] {
            let request = request_with_parameters(&application, &parameters);
            let checked = authority(&application.profile).check(&request, &application);
            assert_eq!(checked.is_ok(), taken, "{name} {parameters:?}: {checked:?}");
            assert!(
                taken || matches!(checked, Err(Refusal::PublicKey { .. })),
                "{checked:?}"
            );
        }
    }
}
