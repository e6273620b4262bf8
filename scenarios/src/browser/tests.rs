//! A driver that is no browser: a few lines of shell in its place.

use std::path::Path;

use crate::output::browse_into;
use crate::reader::Way;
use crate::scenario::Scenario;
use crate::screen::Nobody;
use crate::world::Conditions;

use super::Browser;

const STORY: &str = "format = 1\ntitle = \"t\"\ntoken = { pins = { user = \"90417362\" } }\n\
    portal = { profile = \"forus-2018\" }\nexpect = [{ lane = \"page\", says = \"Рис\", times = 0 }]\n\
    [[step]]\ndo = \"request\"\nwith = { user_pin = \"90417362\" }\nexpect = { key_pairs = 0 }\n";

/// Where the run differs from the story, and its recording.
fn told(folder: &Path, script: &str) -> (Vec<String>, String) {
    let modules = folder.join("modules");
    for (_, file) in mock_ca::PLUGIN_MODULES {
        let file = modules.join(file);
        std::fs::create_dir_all(file.parent().expect("a folder")).expect("made");
        std::fs::write(file, "").expect("written");
    }
    let file = folder.join("driver.sh");
    std::fs::write(&file, script).expect("written");
    let browser = Browser {
        driver: format!("sh {}", file.display()),
        modules,
    };
    let scenario = Scenario::parse("s", STORY).expect("well-formed");
    let conditions = Conditions {
        way: Way::Browser,
        ..Conditions::new(7, "2026-01-01T00:00:00Z".parse().expect("a moment"))
    };
    let run = folder.join("run");
    let outcome = browse_into(&run, &scenario, conditions, Box::new(Nobody), browser);
    let recording = std::fs::read_to_string(run.join("recording.jsonl"));
    (
        outcome.expect("a world").mismatches,
        recording.expect("a recording"),
    )
}

#[test]
fn what_a_driver_says_and_waits_for_is_recorded_and_its_pins_are_not() {
    let folder = tempfile::tempdir().expect("a folder");
    let script = r#"
read order
case "$order" in *90417362*) ;; *) exit 1 ;; esac
echo '{"page":{"step":"1.9","page":"p","act":"type","label":"PIN-код","text":"90417362"}}'
read answer
echo '{"wait":{"secs":50}}'
read answer
echo '{"page":{"step":"1.9","page":"p","act":"see","text":"Успешно"}}'
read answer
echo '"done"'
"#;
    let (mismatches, recording) = told(folder.path(), script);
    assert_eq!(mismatches, Vec::<String>::new());
    assert!(!recording.contains("90417362"), "{recording}");
    let lines: Vec<&str> = recording.lines().skip(1).collect();
    assert!(
        lines[1].contains("types {pin:user} into «PIN-код»"),
        "{}",
        lines[1]
    );
    assert!(lines[2].contains(r#""lane":"clock""#), "{}", lines[2]);
    assert!(
        lines[3].contains("09:00:50") && lines[3].contains("Успешно"),
        "{}",
        lines[3]
    );
}

#[test]
fn a_driver_that_fails_talks_nonsense_or_just_ends_fails_its_step_and_shows_no_pin() {
    let cases = [
        (
            r#"echo '{"failed":{"text":"no field 90417362"}}'"#,
            "no field {pin:user}",
        ),
        ("echo 90417362 shouts", "not of its language"),
        ("exit 0", "did not say how"),
    ];
    for (script, why) in cases {
        let folder = tempfile::tempdir().expect("a folder");
        let (mismatches, recording) = told(folder.path(), &format!("read order\n{script}\n"));
        assert!(mismatches[0].contains(why), "{mismatches:?}");
        assert!(
            !format!("{mismatches:?}{recording}").contains("90417362"),
            "{mismatches:?}"
        );
    }
}
