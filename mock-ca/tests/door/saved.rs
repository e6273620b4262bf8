//! Same settings and calls, same bytes; and a saved mock goes on as if it had never stopped.

use mock_ca::{LoadError, MockCa, Settings};

use crate::browser::Browser;
use crate::token;
use crate::world::{PHONE, World};

type Step<'a> = dyn Fn(&mut World, &mut Browser) + 'a;

/// One page of a walk after the other, with what `between` does to the world in front of each.
fn walk(between: impl Fn(&mut World)) -> (Vec<Vec<u8>>, String) {
    let mut world = World::with(Settings {
        further_applicants: 1,
        ..Settings::default()
    });
    let mut browser = Browser::default();
    let mut pages = Vec::new();
    let pem = token::request_pem(&world.application(722_318), 1);
    let steps: [&Step; 8] = [
        &|world, browser| browser.log_in(world, PHONE),
        &|world, browser| browser.open_card(world, 722_318),
        &|world, browser| browser.click(world, "Запросить сертификат"),
        &|world, browser| {
            browser.fill("Запрос на сертификат (PEM)", &pem);
            browser.press(world, "Создать запрос");
        },
        &|world, browser| {
            world.pass(1000);
            browser.click(world, "ОК");
        },
        &|world, browser| {
            world.pass(1000);
            browser.click(world, "Работа с заявкой");
        },
        &|world, browser| browser.open(world, "/cabinet/applications/722318/install"),
        &|world, browser| browser.press(world, "Загрузить сертификат"),
    ];
    for step in steps {
        between(&mut world);
        step(&mut world, &mut browser);
        pages.push(browser.bytes().to_vec());
    }
    (pages, world.mock.save())
}

#[test]
fn the_same_calls_give_the_same_bytes() {
    assert_eq!(walk(|_| {}), walk(|_| {}));
}

#[test]
fn a_saved_mock_goes_on_as_if_it_had_never_stopped() {
    let restarted = walk(|world| world.mock = MockCa::load(&world.mock.save()).unwrap());
    assert_eq!(restarted, walk(|_| {}));
}

#[test]
fn another_seed_gives_other_codes_and_keys() {
    let of = |seed| {
        let mut world = World::with(Settings {
            seed,
            ..Settings::default()
        });
        world.issued(PHONE, 722_318);
        (
            world.mock.outbox()[0].text.clone(),
            world.certificate(722_318),
        )
    };
    let (one, two) = (of(1), of(2));
    assert!(one.0 != two.0 && one.1 != two.1);
}

#[test]
fn what_is_no_saved_mock_is_told() {
    assert!(matches!(MockCa::load("{"), Err(LoadError::NotOurs(_))));
    let newer =
        MockCa::new(Settings::default())
            .save()
            .replacen("\"version\":1", "\"version\":2", 1);
    assert!(matches!(
        MockCa::load(&newer),
        Err(LoadError::OtherVersion { version: 2, .. })
    ));
}

#[test]
fn settings_are_read_strictly_and_every_key_may_be_left_out() {
    assert_eq!(toml::from_str::<Settings>("").unwrap(), Settings::default());
    let some = "seed = 7\n[login]\ncode_digits = 4\n[knobs]\nwrong_key = true\n";
    let settings: Settings = toml::from_str(some).unwrap();
    assert_eq!(
        (
            settings.seed,
            settings.login.code_digits,
            settings.knobs.wrong_key
        ),
        (7, 4, true)
    );
    assert!(
        toml::from_str::<Settings>("sede = 7")
            .unwrap_err()
            .to_string()
            .contains("sede")
    );
    let plan = "[[faults]]\nroom = \"portal\"\nnth = 3\nwhat = { hold-for = { secs = 90 } }\n";
    assert_eq!(toml::from_str::<Settings>(plan).unwrap().faults.len(), 1);
    assert_eq!(
        toml::from_str::<Settings>(&toml::to_string(&settings).unwrap()).unwrap(),
        settings
    );
}

#[test]
fn settings_that_cannot_be_meant_are_refused() {
    let refused = |text: &str| {
        toml::from_str::<Settings>(text)
            .unwrap()
            .check()
            .unwrap_err()
            .to_string()
    };
    assert!(refused("profile = \"forus-2020\"").contains("forus-2018, "));
    assert_eq!(
        refused("[login]\ncode_digits = 0"),
        "login.code_digits: a code of 0 digits; 1 to 10 are possible"
    );
    assert_eq!(
        refused("[timing]\nordered_secs = { min = 2, max = 1 }"),
        "timing.ordered_secs: a span from 2 s to 1 s"
    );
}

#[test]
fn a_mock_of_the_present_is_of_the_present_after_a_restart_too() {
    let restarted = |mock: MockCa| MockCa::load(&mock.save()).unwrap();
    let mock = MockCa::new(Settings::default());
    assert!(!restarted(mock).is_at_present());
    let mock = MockCa::new(Settings::default()).at_present();
    assert!(restarted(mock).is_at_present());
    let older = MockCa::new(Settings::default()).at_present().save();
    let older = older.replacen(",\"epoch_chosen\":false", "", 1);
    assert!(!MockCa::load(&older).unwrap().is_at_present());
}

#[test]
fn an_epoch_outside_the_years_of_certificates_is_refused() {
    for (epoch, good) in [
        ("1969-12-31T23:59:59Z", false),
        ("1970-07-01T00:00:00Z", true),
        ("2049-12-31T23:59:59Z", true),
        ("2050-01-01T00:00:00Z", false),
        ("9900-01-01T00:00:00Z", false),
    ] {
        let settings = Settings {
            epoch: epoch.parse().unwrap(),
            ..Settings::default()
        };
        assert_eq!(settings.check().is_ok(), good, "{epoch}");
    }
}

#[test]
fn applications_of_a_file_are_read_strictly_and_their_phones_in_any_form() {
    let of = |number, phone: &str| mock_ca::Application {
        number,
        phone: phone.into(),
        ..mock_ca::Application::sample(Settings::default().profile())
    };
    let with = |applications| Settings {
        applications,
        ..Settings::default()
    };
    let good = with(vec![of(7, PHONE)]);
    assert!(good.check().is_ok());
    World::with(good.clone()).logged_in(PHONE);
    let text = toml::to_string(&good).unwrap();
    let misspelt = text.replacen("tariff = ", "tarif = \"\"\ntariff = ", 1);
    let why = toml::from_str::<Settings>(&misspelt)
        .unwrap_err()
        .to_string();
    assert!(why.contains("tarif"), "{why}");
    let told = |applications| with(applications).check().unwrap_err().to_string();
    assert_eq!(
        told(vec![of(7, PHONE), of(7, "79000000001")]),
        "applications: 7 is there twice"
    );
    assert_eq!(
        told(vec![of(7, "112")]),
        "applications: «112» is no mobile phone"
    );
}
