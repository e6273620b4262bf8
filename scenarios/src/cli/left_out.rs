//! The table of scenarios that a way leaves out, each with its reason.

use enroll::messages::Lang;
use scenarios::lang::pick;
use scenarios::reader::Way;
use scenarios::scenario::{Reason, Scenario};

/// Why that way leaves a scenario out, if it does. A name that is none is left to whoever runs it.
pub(super) fn reason(name: &str, way: Way) -> Option<Reason> {
    let scenario = Scenario::find(name).ok()?;
    scenario.via.excluded(way)
}

/// Who is told that way and who is not, each of those with its reason; in order of the reasons.
pub(super) fn table(told: usize, mut left_out: Vec<(Reason, String)>, lang: Lang) -> String {
    left_out.sort();
    let told = match lang {
        Lang::Ru => format!("этим путём: {told}, не этим: {}", left_out.len()),
        Lang::En => format!("this way: {told}, left out: {}", left_out.len()),
    };
    let mut text = format!("{told}\n");
    for (reason, name) in left_out {
        text.push_str(&format!(
            "  {:<24}{name:<38}{}\n",
            reason.name(),
            words(reason, lang)
        ));
    }
    text
}

fn words(reason: Reason, lang: Lang) -> &'static str {
    let (ru, en) = match reason {
        Reason::Long => ("пара на 512 бит", "a pair of 512 bits"),
        Reason::Tc26 => ("параметры ТК26", "a parameter set of TC26"),
        Reason::XchA => ("параметры XchA", "the parameter set XchA"),
        Reason::AdministratorsDeletion => ("удаляет администратор", "the administrator deletes"),
        Reason::ExactPinTries => (
            "точный счёт попыток PIN-кода",
            "tells tries of a PIN exactly",
        ),
        Reason::ApduFault => ("сбой на команде к токену", "a command to the token fails"),
    };
    pick(lang, ru, en)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_counts_and_goes_by_reasons() {
        let of = |reason, name: &str| (reason, name.to_owned());
        let left_out = vec![of(Reason::ApduFault, "b"), of(Reason::Long, "a")];
        let text = table(7, left_out, Lang::En);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[0], "this way: 7, left out: 2");
        assert!(lines[1].starts_with("  512-bit") && lines[1].ends_with("512 bits"));
        assert!(lines[2].contains("apdu-fault") && lines[2].contains(" b "));
    }
}
