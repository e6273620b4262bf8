//! A scenario as a recording's header has it: no more than is needed to tell it again, and no PIN.

use serde_json::Value;

use super::{Expect, Pins, Scenario, Token, Via, With};

/// Serialized without what it expects, without what goes without saying, and with a name in the place of every PIN
/// that is not the factory's: as a PIN the name does as well, since equal PINs get equal names.
pub(super) fn retold(scenario: &Scenario) -> Value {
    let mut scenario = scenario.clone();
    scenario.about.clear();
    scenario.events.clear();
    scenario.via = Via::default();
    let mut names = Names::default();
    let factory = Pins::default();
    let pins = &mut scenario.token.pins;
    names.rename(&mut pins.user, &factory.user);
    names.rename(&mut pins.administrator, &factory.administrator);
    for step in &mut scenario.steps {
        step.expect = Expect::default();
        names.rename(&mut step.with.user_pin, &factory.user);
        names.rename(&mut step.with.administrator_pin, &factory.administrator);
        if let Some(pin) = &mut step.with.new_pin {
            names.rename(pin, &factory.user);
        }
    }
    let mut story = json(&scenario);
    lean(&mut story, "token", &json(&Token::default()));
    lean(&mut story, "portal", &Value::Null);
    for step in story["step"].as_array_mut().into_iter().flatten() {
        lean(step, "with", &json(&With::default()));
        lean(step, "expect", &json(&Expect::default()));
    }
    story
}

/// PINs in the order they were met.
#[derive(Default)]
struct Names(Vec<String>);

impl Names {
    fn rename(&mut self, pin: &mut String, factory: &str) {
        if pin == factory {
            return;
        }
        let known = self.0.iter().position(|known| known == pin);
        let number = known.unwrap_or_else(|| {
            self.0.push(pin.clone());
            self.0.len() - 1
        });
        *pin = format!("{{pin:{}}}", number + 1);
    }
}

fn json(value: &impl serde::Serialize) -> Value {
    serde_json::to_value(value).unwrap_or_default()
}

/// Leaves out of a field what is as in `default`, and the field when nothing is left of it.
fn lean(parent: &mut Value, name: &str, default: &Value) {
    let Some(parent) = parent.as_object_mut() else {
        return;
    };
    let Some(Value::Object(field)) = parent.get_mut(name) else {
        return;
    };
    field.retain(|name, value| {
        shorten(value, default.get(name).unwrap_or(&Value::Null));
        let empty = value.as_object().is_some_and(serde_json::Map::is_empty);
        default.get(name) != Some(value) && !empty
    });
    if field.is_empty() {
        parent.shift_remove(name);
    }
}

/// The same within a table of a field.
fn shorten(value: &mut Value, default: &Value) {
    if let (Value::Object(table), Value::Object(default)) = (value, default) {
        table.retain(|name, value| default.get(name) != Some(value));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_pin_is_in_it_and_equal_pins_stay_equal() {
        let text = "format = 1\ntitle = \"t\"\ntoken = { pins = { user = \"secret-1\" } }\n[[step]]\ndo = \"install\"\nwith = { user_pin = \"secret-1\" }\n[[step]]\ndo = \"install\"\nwith = { user_pin = \"wrong\" }\nexpect = { exit = 12 }\n";
        let scenario = Scenario::parse("s", text).expect("well-formed");
        let story = retold(&scenario);
        assert_eq!(story["token"]["pins"]["user"], "{pin:1}");
        assert_eq!(story["step"][0]["with"]["user_pin"], "{pin:1}");
        assert_eq!(story["step"][1]["with"]["user_pin"], "{pin:2}");
        assert_eq!(story["step"][1].get("expect"), None);
        assert!(!story.to_string().contains("secret"), "{story}");
    }

    #[test]
    fn the_factorys_pin_stays_what_it_is_also_as_a_new_one() {
        let text = "format = 1\ntitle = \"t\"\n[[step]]\ndo = \"change-pin\"\nwith = { user_pin = \"secret-1\", new_pin = \"12345678\" }\n[[step]]\ndo = \"request\"\n";
        let scenario = Scenario::parse("s", text).expect("well-formed");
        let again: Scenario = serde_json::from_value(retold(&scenario)).expect("whole");
        assert_eq!(
            again.steps[0].with.new_pin,
            Some(again.steps[1].with.user_pin.clone())
        );
    }

    #[test]
    fn every_shipped_scenario_can_be_told_again() {
        for name in crate::suite::names() {
            let scenario = Scenario::find(name).expect("shipped");
            let again: Scenario = serde_json::from_value(retold(&scenario)).expect("whole");
            assert_eq!(again.steps.len(), scenario.steps.len(), "{name}");
            assert_eq!(again.faults, scenario.faults, "{name}");
            assert_eq!(again.portal, scenario.portal, "{name}");
        }
    }
}
