//! Which scenarios a person at a browser can go through.

use crate::scenario::{ReplaceOld, Scenario, Step, Verb};

/// What the engine ends with when a PIN was wrong: the one failure that pages tell of in a way that can be judged.
const PIN_WRONG: u8 = 12;

/// Why a scenario is nothing for a browser; `None` when it is.
pub fn unfit(scenario: &Scenario) -> Option<String> {
    if scenario.https {
        return Some(
            "its portal is behind TLS of an authority that browsers do not know".to_owned(),
        );
    }
    if !scenario.faults.is_empty() {
        return Some("its faults are of the engine's calls".to_owned());
    }
    let steps = scenario.steps.iter().enumerate();
    let mut unfit = steps.filter_map(|(index, step)| Some((index + 1, unfit_step(step)?)));
    unfit.next().map(|(n, why)| format!("step {n}: {why}"))
}

fn unfit_step(step: &Step) -> Option<&'static str> {
    let with = &step.with;
    let told = [
        (
            is_the_engines(step.verb),
            "no page does what this command of the engine does",
        ),
        (
            ![0, PIN_WRONG].contains(&step.expect.exit),
            "it expects an error that pages do not tell",
        ),
        (
            with.replace_old == ReplaceOld::Last,
            "the manual has Приложение 1 before the request",
        ),
        (
            !with.agrees || !with.wait,
            "it ends before its chapter does",
        ),
        (
            with.wrong_code.is_some() || with.phone.is_some(),
            "it types a code or a phone that is not the person's",
        ),
        (
            with.serial.is_some(),
            "pages do not ask for a serial number",
        ),
        (
            with.clock_off_secs != 0,
            "pages do not look at the machine's clock",
        ),
    ];
    told.into_iter()
        .find_map(|(is_so, why)| is_so.then_some(why))
}

const fn is_the_engines(verb: Verb) -> bool {
    match verb {
        Verb::Request | Verb::Install | Verb::Documents | Verb::Mock | Verb::Pass => false,
        Verb::Resume | Verb::Abandon | Verb::ChangePin | Verb::Unblock => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(name: &str) -> Option<String> {
        unfit(&Scenario::find(name).expect("a shipped scenario"))
    }

    #[test]
    fn the_manual_is_fit_and_what_only_the_engine_does_is_refused_by_its_step() {
        for name in [
            "manual-in-a-browser",
            "first-certificate",
            "replace-certificate",
            "wrong-user-pin",
        ] {
            assert_eq!(of(name), None, "{name}");
        }
        for (name, why) in [
            ("portal-over-tls", "TLS"),
            ("request-lost", "faults"),
            ("abandoned", "no page does"),
            ("pin-changed-in-between", "no page does"),
        ] {
            let told = of(name).unwrap_or_default();
            assert!(told.contains(why), "{name}: {told}");
        }
    }
}
