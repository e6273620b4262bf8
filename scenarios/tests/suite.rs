//! Every shipped scenario ends as it expects; one test each, so that a failure has a name.

mod common;

fn check(name: &str) {
    let outcome = common::run(name, Box::new(|door| door));
    assert!(
        outcome.mismatches.is_empty(),
        "{name}:\n{}",
        outcome.mismatches.join("\n")
    );
}

macro_rules! scenarios {
    ($($test:ident => $name:literal,)*) => {
        $(
            #[test]
            fn $test() {
                check($name);
            }
        )*

        #[test]
        fn no_shipped_scenario_is_missing_here() {
            assert_eq!(scenarios::suite::names(), [$($name),*]);
        }
    };
}

scenarios! {
    certificate_for_another_key => "certificate-for-another-key",
    earlier_certificate_refused => "earlier-certificate-refused",
    expired_session => "expired-session",
    first_certificate => "first-certificate",
    first_certificate_2012 => "first-certificate-2012",
    first_certificate_2012_512 => "first-certificate-2012-512",
    first_certificate_today => "first-certificate-today",
    first_certificate_xcha => "first-certificate-xcha",
    first_sms_lost => "first-sms-lost",
    last_pin_tries => "last-pin-tries",
    replace_certificate => "replace-certificate",
    wrong_sms_code => "wrong-sms-code",
    wrong_user_pin => "wrong-user-pin",
}
