//! By which ways a scenario is not told, and why: a closed list of what a way cannot do.

use gost3410::ParameterSet;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::reader::Way;

use super::{Expect, Pins, ReplaceOld, Room, Scenario};

/// What has to be known of the ways to the token.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Via {
    /// OpenSC's PKCS#11 module.
    #[serde(skip_serializing_if = "is_default")]
    pub pkcs11: Pkcs11,
}

impl Via {
    /// What keeps the scenario from a way, if anything.
    pub fn excluded(self, way: Way) -> Option<Reason> {
        match way {
            Way::Pkcs11 => self.pkcs11.excluded,
            // What a browser cannot do is said when it is asked to.
            Way::InProcess | Way::Vpcd | Way::Pcsc | Way::Browser => None,
        }
    }
}

/// Whether a scenario is told through OpenSC's module.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Pkcs11 {
    /// What in it the module cannot do; without it, the scenario is told that way too.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub excluded: Option<Reason>,
}

/// What OpenSC 0.23's module cannot do.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
pub enum Reason {
    /// The scenario makes a pair of 512 bits, which OpenSC's driver of the token does not know.
    #[serde(rename = "512-bit")]
    Long,
    /// It makes a pair on a parameter set of TC26; OpenSC knows those of CryptoPro.
    #[serde(rename = "tc26")]
    Tc26,
    /// It makes a pair on CryptoPro-XchA, which OpenSC does not know by its name.
    #[serde(rename = "xcha")]
    XchA,
    /// The administrator deletes a certificate; through OpenSC only the user may.
    #[serde(rename = "administrators-deletion")]
    AdministratorsDeletion,
    /// It lives on how many tries of a PIN are left; a module tells no counter.
    #[serde(rename = "exact-pin-tries")]
    ExactPinTries,
    /// A command to the token fails; which commands OpenSC sends is its own affair.
    #[serde(rename = "apdu-fault")]
    ApduFault,
}

impl Reason {
    /// All of them; no other keeps a scenario from a way.
    pub const ALL: [Self; 6] = [
        Self::Long,
        Self::Tc26,
        Self::XchA,
        Self::AdministratorsDeletion,
        Self::ExactPinTries,
        Self::ApduFault,
    ];

    /// Its name as a file has it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Long => "512-bit",
            Self::Tc26 => "tc26",
            Self::XchA => "xcha",
            Self::AdministratorsDeletion => "administrators-deletion",
            Self::ExactPinTries => "exact-pin-tries",
            Self::ApduFault => "apdu-fault",
        }
    }

    /// Whether the scenario needs what this reason speaks of.
    pub fn is_true_of(self, scenario: &Scenario) -> bool {
        match self {
            Self::Long => made_on(scenario, |set| set.size() == 64),
            Self::Tc26 => made_on(scenario, |set| set == ParameterSet::Tc26Gost256A),
            Self::XchA => made_on(scenario, |set| set == ParameterSet::CryptoProXchA),
            Self::AdministratorsDeletion => {
                let mut steps = scenario.steps.iter();
                scenario.token.administrator_deletes
                    && steps.any(|step| step.with.replace_old != ReplaceOld::No)
            }
            Self::ExactPinTries => counts_tries(scenario),
            Self::ApduFault => scenario.faults.iter().any(|it| it.room == Room::Token),
        }
    }
}

/// Whether an applicant's pair is made on such a set.
fn made_on(scenario: &Scenario, is_such: impl Fn(ParameterSet) -> bool) -> bool {
    let settings: Result<mock_ca::Settings, _> = scenario.portal.clone().try_into();
    settings.is_ok_and(|settings| {
        let mut applicants = settings.all_applications().into_iter();
        applicants.any(|one| is_such(one.profile.parameter_set))
    })
}

/// Whether a counter that is not full is set or expected, or any is told in words.
fn counts_tries(scenario: &Scenario) -> bool {
    let (pins, factory) = (&scenario.token.pins, Pins::default());
    let tries = |it: &Pins| (it.user_tries_left, it.administrator_tries_left);
    let expected = |it: &Expect| {
        it.user_tries_left
            .is_some_and(|left| left != factory.user_tries_left)
            || (it.administrator_tries_left)
                .is_some_and(|left| left != factory.administrator_tries_left)
            || it.says.iter().any(|says| tells_tries(says))
    };
    tries(pins) != tries(&factory)
        || scenario.steps.iter().any(|step| expected(&step.expect))
        || scenario.events.iter().any(|event| tells_tries(&event.says))
}

fn tells_tries(words: &str) -> bool {
    words.contains("tries left") || words.contains("tries are left")
}

fn is_default<T: Default + PartialEq>(it: &T) -> bool {
    *it == T::default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_exclusion_is_true_of_its_scenario() {
        for name in crate::suite::names() {
            let scenario = Scenario::find(name).expect("shipped");
            if let Some(reason) = scenario.via.excluded(Way::Pkcs11) {
                assert!(reason.is_true_of(&scenario), "{name}: {}", reason.name());
            }
        }
    }

    #[test]
    fn no_reason_is_true_of_a_plain_enrollment() {
        for name in [
            "first-certificate-2012",
            "first-certificate-b",
            "wrong-sms-code",
        ] {
            let scenario = Scenario::find(name).expect("shipped");
            let of_it = Reason::ALL.into_iter().find(|it| it.is_true_of(&scenario));
            assert_eq!(of_it, None, "{name}");
        }
    }

    #[test]
    fn every_reason_keeps_some_scenario_from_the_module() {
        let scenarios = crate::suite::names().into_iter().map(Scenario::find);
        let given: Vec<Reason> = scenarios
            .filter_map(|it| it.expect("shipped").via.excluded(Way::Pkcs11))
            .collect();
        for reason in Reason::ALL {
            assert!(given.contains(&reason), "{}", reason.name());
        }
    }

    #[test]
    fn another_reason_is_refused_with_its_line() {
        let text = "format = 1\ntitle = \"t\"\nstep = [{ do = \"request\" }]\n[via.pkcs11]\nexcluded = \"too slow\"\n";
        let error = Scenario::parse("s", text)
            .expect_err("no such reason")
            .to_string();
        assert!(
            error.contains("line 5") && error.contains("apdu-fault"),
            "{error}"
        );
    }

    #[test]
    fn a_reason_has_the_name_that_files_give_it() {
        for reason in Reason::ALL {
            let name = serde_json::to_value(reason).expect("plain data");
            assert_eq!(name, reason.name());
        }
    }
}
