//! How a random story is made.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use crate::scenario::{
    Epoch, Expect, Fault, Holding, Mischief, Pins, ReplaceOld, Room, Scenario, Step, Token, Verb,
    With,
};

/// The PINs of a story's token: unlike anything else in it, so that they can be looked for.
pub(super) const USER_PIN: &str = "uS3r-p1n-24681357";
pub(super) const ADMINISTRATOR_PIN: &str = "aDm1n-p1n-75318642";
const WRONG_PIN: &str = "wR0ng-p1n-99990000";

/// Stories of a seed; the seed is the world's, too.
pub(super) fn story(seed: u64) -> impl Strategy<Value = Scenario> {
    (holds(), portal(), vec(step(), 1..6)).prop_flat_map(move |(holds, portal, steps)| {
        let faults = vec(fault(steps.len()), 0..6);
        faults.prop_map(move |faults| Scenario {
            seed: seed % (1 << 62),
            token: token(holds.clone()),
            portal: portal.clone(),
            faults,
            steps: steps.clone(),
            ..blank()
        })
    })
}

fn blank() -> Scenario {
    Scenario {
        format: 1,
        name: "story".to_owned(),
        title: "A random story".to_owned(),
        about: String::new(),
        seed: 1,
        epoch: Epoch::default(),
        via: crate::scenario::Via::default(),
        https: false,
        token: Token::default(),
        portal: toml::Table::new(),
        faults: Vec::new(),
        steps: Vec::new(),
        events: Vec::new(),
    }
}

fn token(holds: Vec<Holding>) -> Token {
    Token {
        holds,
        pins: Pins {
            user: USER_PIN.to_owned(),
            administrator: ADMINISTRATOR_PIN.to_owned(),
            ..Pins::default()
        },
        ..Token::default()
    }
}

fn holds() -> impl Strategy<Value = Vec<Holding>> {
    let all = vec![Holding::EarlierCertificate, Holding::RsaPair];
    subsequence(all, 0..=2)
}

/// A portal with its moods; `[portal]` as a file has it.
fn portal() -> impl Strategy<Value = toml::Table> {
    let profile = select(vec!["forus-2018", "forus-2018-xcha", "forus-2019"]);
    let flags = subsequence(
        vec![
            "lose_ordered_sms",
            "lose_ready_sms",
            "double_sms",
            "reorder_sms",
        ],
        0..=2,
    );
    let numbers = (
        prop_oneof![Just(0_i64), 1_i64..45],
        prop_oneof![Just(0_i64), 1_i64..900],
        select(vec![1200_i64, 60, 300]),
    );
    (profile, flags, numbers).prop_map(|(profile, flags, (delay, lag, idle))| {
        let mut knobs = toml::Table::new();
        for flag in flags {
            knobs.insert(flag.to_owned(), true.into());
        }
        knobs.insert("sms_delay_secs".to_owned(), delay.into());
        knobs.insert("status_lag_secs".to_owned(), lag.into());
        let login = toml::Table::from_iter([("session_idle_secs".to_owned(), idle.into())]);
        toml::Table::from_iter([
            ("profile".to_owned(), profile.into()),
            ("knobs".to_owned(), knobs.into()),
            ("login".to_owned(), login.into()),
        ])
    })
}

fn step() -> impl Strategy<Value = Step> {
    let verb = prop_oneof![
        4 => Just(Verb::Request),
        3 => Just(Verb::Install),
        3 => Just(Verb::Resume),
        2 => Just(Verb::Pass),
        1 => Just(Verb::Unblock),
        1 => Just(Verb::Documents),
        1 => Just(Verb::ChangePin),
        1 => Just(Verb::Mock),
    ];
    let replace_old = select(vec![ReplaceOld::No, ReplaceOld::First, ReplaceOld::Last]);
    let mistakes = (
        prop::bool::weighted(0.15),
        prop::bool::weighted(0.1),
        prop::bool::weighted(0.1),
    );
    let clock = prop_oneof![6 => Just(0_i64), 1 => -100_000_i64..100_000];
    let secs = 1_u32..4000;
    let others = (secs, setting());
    (verb, replace_old, mistakes, clock, others).prop_map(
        |(verb, replace_old, (pin, code, declines), clock_off_secs, (secs, setting))| {
            let is_call = verb == Verb::Mock;
            let user_pin = if pin { WRONG_PIN } else { USER_PIN };
            let with = With {
                user_pin: user_pin.to_owned(),
                administrator_pin: ADMINISTRATOR_PIN.to_owned(),
                replace_old,
                agrees: !declines,
                wrong_code: code.then(|| "000000".to_owned()),
                wait: !declines,
                clock_off_secs,
                secs: if verb == Verb::Pass { secs } else { 0 },
                // The same again: whoever comes after has no other to type.
                new_pin: (verb == Verb::ChangePin).then(|| USER_PIN.to_owned()),
                call: is_call.then(|| "PATCH /settings".to_owned()),
                body: if is_call { setting } else { toml::Table::new() },
                ..With::default()
            };
            Step {
                verb,
                with,
                expect: Expect::default(),
            }
        },
    )
}

/// What the authority's people turn on or off in the middle of a story: nothing that keeps it from its end. To give an
/// enrollment up or to refuse an application would, so neither is drawn.
fn setting() -> impl Strategy<Value = toml::Table> {
    let knobs = vec![
        "lose_ordered_sms",
        "lose_ready_sms",
        "double_sms",
        "reorder_sms",
    ];
    (select(knobs), any::<bool>()).prop_map(|(knob, is_on)| {
        let knob = toml::Table::from_iter([(knob.to_owned(), is_on.into())]);
        toml::Table::from_iter([("knobs".to_owned(), knob.into())])
    })
}

/// Anything at any call; a portal that is silent takes real time and is left to the matrix.
fn fault(steps: usize) -> impl Strategy<Value = Fault> {
    let all: Vec<(Room, Mischief)> = Room::ALL
        .into_iter()
        .flat_map(|room| room.mischiefs().iter().map(move |what| (room, *what)))
        .filter(|it| *it != (Room::Portal, Mischief::NoAnswer))
        .collect();
    (1..=steps, select(all), 1_u32..100, 1_u32..3).prop_map(|(step, (room, what), nth, times)| {
        // Rooms other than the token have fewer calls.
        let nth = if room == Room::Token {
            nth
        } else {
            nth % 12 + 1
        };
        Fault {
            step,
            room,
            at: String::new(),
            nth,
            times,
            what,
        }
    })
}
