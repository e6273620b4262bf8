//! A card from an image against recorded commands: what judges the emulator by a recording of hardware.
//!
//! PINs are the image's own, until the recorded commands set others: nobody kept those, so one is made up. Nothing is known
//! of seed and story, so what another card answers otherwise is bound to names, see [`super::bound`]; all else is compared
//! byte for byte.

use std::collections::BTreeMap;

use emulator::TokenImage;
use emulator::reference::PinRef;
use emulator::timing::Profile;
use enroll::adapters::observed::exchanged;
use enroll::ports::token::{Transmit as _, TransmitError};
use serde_json::Value;

use super::bound::{Bound, Whose};
use super::compare::{Tally, compare};
use super::story::{field, moment};
use super::token::new_reference;
use super::{ReplayError, Replayed};
use crate::clock::ScenarioClock;
use crate::reader::{Reader, Way};
use crate::recording::{Line, Recording};
use crate::world::WorldError;

/// Plays the recorded commands on a card made of `image`, reached by `way`.
///
/// A command without a recorded answer is sent, and what comes is not looked at.
///
/// Errors: the card cannot be reached; nothing is recorded of one.
pub fn on_card(
    recording: &Recording,
    image: &TokenImage,
    way: Way,
) -> Result<Replayed, ReplayError> {
    let mut lines = recording.lines().iter();
    let first = lines
        .find(|line| line.lane == LANE)
        .ok_or(ReplayError::NothingRecorded { lane: LANE })?;
    let clock = ScenarioClock::at(moment(first));
    let seed = recording.header().seed.unwrap_or_default();
    let reader = Reader::insert(image.clone(), seed, clock.clone(), way, Profile::none());
    let mut bench = Bench {
        reader: reader.map_err(WorldError::Reader)?,
        pins: pins(image),
        bound: Bound::new(&recording.header().may_differ),
    };
    let (mut recorded, mut came, mut unseen) = (Vec::new(), Vec::new(), Vec::new());
    for line in recording.lines() {
        clock.come_to(moment(line));
        match line.lane.as_str() {
            "operator" => bench.reader.power_cycle().map_err(WorldError::Reader)?,
            LANE => match bench.ask(line) {
                Some((old, new)) if !line.fields.contains_key("lost") => {
                    recorded.push(old);
                    came.extend(new);
                }
                _ => unseen.push(line),
            },
            _ => {}
        }
    }
    drop(bench.reader.eject());
    let mut tally = Tally::of(&recorded);
    unseen.iter().for_each(|line| tally.pass_over(line));
    tally.bound(LANE, bench.bound.not_compared());
    Ok(Replayed::of(
        compare(&recorded, &came),
        recorded.len(),
        &tally,
    ))
}

const LANE: &str = "apdu";

fn pins(image: &TokenImage) -> BTreeMap<PinRef, Vec<u8>> {
    let pins = image.pins.iter();
    pins.filter_map(|(reference, pin)| Some((*reference, pin.value.as_ref()?.reveal().to_vec())))
        .collect()
}

/// The card, and what is known of it.
struct Bench {
    reader: Reader,
    pins: BTreeMap<PinRef, Vec<u8>>,
    bound: Bound,
}

impl Bench {
    /// The recorded line with names for values, and that of this card: none when the command cannot be read back. Nothing
    /// where nobody knows what to ask.
    fn ask(&mut self, line: &Line) -> Option<(Line, Option<Line>)> {
        let text = field(line, "command");
        if text == "reset" {
            let done = self.reader.reset();
            return Some((line.clone(), done.is_ok().then(|| line.clone())));
        }
        let recorded = hex::decode(field(line, "response")).unwrap_or_default();
        let asked = match text.split_once('{') {
            Some((header, _)) => self.with_a_pin(&hex::decode(header).ok()?, &recorded)?,
            None => match hex::decode(text) {
                Ok(asked) => asked,
                Err(_) => return Some((line.clone(), None)),
            },
        };
        let command = with_body(&asked, |body| self.bound.here(body));
        let answer = self.reader.transmit(&command);
        if let Ok(came) = &answer {
            self.remember(&command, came);
            self.bound.answered(&command, &recorded, came);
        }
        let came = self.told(line, &command, &answer, Whose::Came);
        let old = if line.fields.contains_key("lost") {
            line.clone()
        } else {
            self.told(line, &asked, &Ok(recorded), Whose::Recorded)
        };
        Some((old, Some(came)))
    }

    fn told(
        &self,
        line: &Line,
        command: &[u8],
        answer: &Result<Vec<u8>, TransmitError>,
        whose: Whose,
    ) -> Line {
        let mut heard = Recording::heard("", moment(line));
        let told = heard.engine_event(moment(line), &exchanged(command, answer));
        told.n = line.n;
        let masked = field(told, "command").contains('{');
        if !masked {
            let (header, body) = command.split_at(command.len().min(HEADER));
            let named = hex::encode_upper(header) + &self.bound.named(body, whose);
            told.fields.insert("command".to_owned(), Value::from(named));
        }
        if let Ok(answer) = answer {
            let named = self.bound.named(answer, whose);
            told.fields
                .insert("response".to_owned(), Value::from(named));
        }
        told.clone()
    }

    /// `00200002{pin:user}` with the PIN as it is now, or with another one where the recorded card did not take it;
    /// `00240102{pin:user}` with one made up. Nothing for an imported key, and where a value's form decided of the answer.
    fn with_a_pin(&self, header: &[u8], recorded: &[u8]) -> Option<Vec<u8>> {
        let data = match *header {
            [0x00, VERIFY, 0x00, number] => {
                self.typed(PinRef::from_number(number.into())?, recorded)
            }
            [0x00, CHANGE_REFERENCE_DATA, 0x01, number] => {
                PinRef::from_number(number.into())?;
                is_one_of(recorded, [DONE, NOT_PERMITTED]).then(|| new_reference(MADE_UP))
            }
            _ => None,
        }?;
        let length = u8::try_from(data.len()).ok()?;
        Some([header, &[length], &data].concat())
    }

    fn typed(&self, reference: PinRef, recorded: &[u8]) -> Option<Vec<u8>> {
        let mut pin = self.pins.get(&reference)?.clone();
        let refused = !recorded.is_empty() && recorded != DONE;
        if let Some(last) = pin.last_mut().filter(|_| refused) {
            *last ^= 1;
        }
        Some(pin)
    }

    /// A PIN that this card took.
    fn remember(&mut self, command: &[u8], answer: &[u8]) {
        if let [_, CHANGE_REFERENCE_DATA, _, number, ..] = *command
            && let Some(reference) = PinRef::from_number(number.into())
            && answer == DONE
        {
            self.pins.insert(reference, MADE_UP.to_vec());
        }
    }
}

const VERIFY: u8 = 0x20;
const CHANGE_REFERENCE_DATA: u8 = 0x24;
const DONE: [u8; 2] = [0x90, 0x00];
const NOT_PERMITTED: [u8; 2] = [0x69, 0x82];
/// Whatever the recorded one was, a PIN that a card takes.
const MADE_UP: &[u8] = b"73915824";
/// Class, instruction, two parameters, length.
const HEADER: usize = 5;

fn is_one_of(answer: &[u8], known: [[u8; 2]; 2]) -> bool {
    known.iter().any(|status| answer == status)
}

fn with_body(command: &[u8], change: impl Fn(&[u8]) -> Vec<u8>) -> Vec<u8> {
    let (header, body) = command.split_at(command.len().min(HEADER));
    [header, &change(body)].concat()
}
