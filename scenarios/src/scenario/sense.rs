//! What a scenario's words cannot mean together, though each of them is one: told with the place in the file.

use emulator::TokenImage;
use emulator::rsf::PinPolicy;
use mock_ca::Settings;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{EventExpectation, Scenario, Step, Token, Verb};

/// Something that cannot be meant.
#[derive(Debug)]
pub(super) struct Nonsense {
    /// Where in the file, names and indices: `step.0.with.secs`. Of a place that is not written, what holds it.
    place: String,
    /// Why.
    pub(super) why: String,
}

impl Nonsense {
    fn at(place: impl Into<String>, why: impl Into<String>) -> Self {
        Self {
            place: place.into(),
            why: why.into(),
        }
    }

    /// Line and column of the place, from 1.
    pub(super) fn position(&self, text: &str) -> (usize, usize) {
        let root = DeTable::parse(text).ok();
        let start = root.map_or(0, |root| start(root.into_inner(), &self.place));
        let before = &text[..start];
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        let line = before.matches('\n').count() + 1;
        (line, before[line_start..].chars().count() + 1)
    }
}

/// Where the deepest part of a place that is written begins.
fn start(root: DeTable<'_>, place: &str) -> usize {
    let root = Spanned::new(0..0, DeValue::Table(root));
    let mut deepest = &root;
    for part in place.split('.') {
        let value = deepest.get_ref();
        let next = match part.parse::<usize>() {
            Ok(index) => value.get(index),
            Err(_) => value.get(part),
        };
        match next {
            Some(next) => deepest = next,
            None => break,
        }
    }
    deepest.span().start
}

/// The first thing that cannot be meant.
pub(super) fn check(scenario: &Scenario, portal: &Settings) -> Result<(), Nonsense> {
    if scenario.steps.is_empty() {
        return Err(Nonsense::at(
            "step",
            "a scenario without a step tests nothing",
        ));
    }
    token(&scenario.token)?;
    settings(portal)?;
    for (at, one) in scenario.steps.iter().enumerate() {
        step(at, one)?;
    }
    let steps = scenario.steps.len();
    for (at, event) in scenario.events.iter().enumerate() {
        expectation(at, event, steps)?;
    }
    let late = scenario.faults.iter().position(|fault| fault.step > steps);
    late.map_or(Ok(()), |at| Err(beyond(format!("fault.{at}.step"), steps)))
}

fn token(token: &Token) -> Result<(), Nonsense> {
    let digits = token.serial.bytes().all(|byte| byte.is_ascii_hexdigit());
    if token.serial.len() != 8 || !digits {
        let why = format!("serial «{}» is not eight hex digits", token.serial);
        return Err(Nonsense::at("token.serial", why));
    }
    let limit = TokenImage::LONGEST_LABEL;
    if token.label.len() > limit {
        let why = format!("a token's label has at most {limit} bytes");
        return Err(Nonsense::at("token.label", why));
    }
    let pins = &token.pins;
    for (name, pin) in [("user", &pins.user), ("administrator", &pins.administrator)] {
        if !(1..=PinPolicy::MAX_LEN).contains(&pin.len()) {
            let why = format!("a token's PIN has 1 to {} bytes", PinPolicy::MAX_LEN);
            return Err(Nonsense::at(format!("token.pins.{name}"), why));
        }
    }
    let tries = [
        ("user_tries_left", pins.user_tries_left),
        ("administrator_tries_left", pins.administrator_tries_left),
    ];
    let many = tries.into_iter().find(|(_, left)| *left > TRIES);
    many.map_or(Ok(()), |(name, left)| {
        let why = format!("{left} tries left of {TRIES} that there are");
        Err(Nonsense::at(format!("token.pins.{name}"), why))
    })
}

/// As many as a token has when it leaves the factory.
const TRIES: u8 = 10;

fn settings(settings: &Settings) -> Result<(), Nonsense> {
    if settings.further_applicants > MOST_APPLICANTS {
        let why = format!("a scenario has at most {MOST_APPLICANTS} further applicants");
        return Err(Nonsense::at("portal.further_applicants", why));
    }
    settings
        .check()
        .map_err(|error| Nonsense::at(format!("portal.{}", error.key()), error.to_string()))
}

/// More would keep the mock busy for longer than the whole run takes.
const MOST_APPLICANTS: u32 = 10_000;

/// A verb with its own words, and with nobody else's.
fn step(at: usize, step: &Step) -> Result<(), Nonsense> {
    let with = &step.with;
    let is_call = |call: &str| {
        let (method, path) = call.split_once(' ').unwrap_or_default();
        METHODS.contains(&method) && path.starts_with('/')
    };
    let words = [
        ("new_pin", with.new_pin.is_some(), Verb::ChangePin),
        ("secs", with.secs != 0, Verb::Pass),
        ("call", with.call.is_some(), Verb::Mock),
        ("body", !with.body.is_empty(), Verb::Mock),
        ("papers", with.papers, Verb::Resume),
    ];
    let place = |word: &str| format!("step.{at}.with.{word}");
    for (word, is_there, verb) in words {
        let (own, verb) = (step.verb == verb, verb.name());
        if is_there && !own {
            let why = format!("`{word}` is for `do = \"{verb}\"`");
            return Err(Nonsense::at(place(word), why));
        }
        if own && !is_there && NEEDED.contains(&word) {
            let why = format!("`do = \"{verb}\"` needs `with.{word}`");
            return Err(Nonsense::at(place(word), why));
        }
    }
    match &with.call {
        Some(call) if !is_call(call) => {
            let why = format!("«{call}» is no call; one is like `POST /applications/722318/issue`");
            Err(Nonsense::at(place("call"), why))
        }
        _ => Ok(()),
    }
}

/// Words without which their verb does nothing.
const NEEDED: [&str; 3] = ["new_pin", "secs", "call"];
const METHODS: [&str; 5] = ["GET", "POST", "PUT", "PATCH", "DELETE"];

fn expectation(at: usize, event: &EventExpectation, steps: usize) -> Result<(), Nonsense> {
    if event.step.is_some() && event.lane.is_some() {
        let why = "an event is looked for by its step or in its lane, not by both";
        return Err(Nonsense::at(format!("expect.{at}.lane"), why));
    }
    match event.during {
        Some(during) if during == 0 || during > steps => {
            Err(beyond(format!("expect.{at}.during"), steps))
        }
        _ => Ok(()),
    }
}

fn beyond(place: String, steps: usize) -> Nonsense {
    Nonsense::at(place, format!("the file's steps are 1 to {steps}"))
}
