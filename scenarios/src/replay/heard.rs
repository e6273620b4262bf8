//! A card from an image against recorded commands: what judges the emulator by a recording of hardware.
//!
//! PINs are the image's own. Nothing is known of seed and story, so what another card answers otherwise is bound to names,
//! see [`super::bound`]; all else is compared byte for byte.

use emulator::TokenImage;
use emulator::image::Secret;
use emulator::reference::PinRef;
use emulator::timing::Profile;
use enroll::adapters::observed::exchanged;
use enroll::ports::token::{Transmit as _, TransmitError};
use serde_json::Value;

use super::bound::{Bound, Whose};
use super::compare::{Tally, compare};
use super::story::{field, moment};
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
        image,
        bound: Bound::new(&recording.header().may_differ),
    };
    let (mut recorded, mut came, mut lost) = (Vec::new(), Vec::new(), Vec::new());
    for line in recording.lines() {
        clock.come_to(moment(line));
        match line.lane.as_str() {
            "operator" => bench.reader.power_cycle().map_err(WorldError::Reader)?,
            LANE => {
                let (old, new) = bench.ask(line);
                if line.fields.contains_key("lost") {
                    lost.push(old);
                } else {
                    recorded.push(old);
                    came.extend(new);
                }
            }
            _ => {}
        }
    }
    drop(bench.reader.eject());
    let mut tally = Tally::of(&recorded);
    lost.iter().for_each(|line| tally.pass_over(line));
    tally.bound(LANE, bench.bound.not_compared());
    Ok(Replayed::of(
        compare(&recorded, &came),
        recorded.len(),
        &tally,
    ))
}

const LANE: &str = "apdu";

/// The card, and what is known of it.
struct Bench<'a> {
    reader: Reader,
    image: &'a TokenImage,
    bound: Bound,
}

impl Bench<'_> {
    /// The recorded line with names for values, and that of this card: none when the command cannot be read back.
    fn ask(&mut self, line: &Line) -> (Line, Option<Line>) {
        let text = field(line, "command");
        if text == "reset" {
            let done = self.reader.reset();
            return (line.clone(), done.is_ok().then(|| line.clone()));
        }
        let recorded = hex::decode(field(line, "response")).unwrap_or_default();
        let Some(asked) = self.command(text, &recorded) else {
            return (line.clone(), None);
        };
        let command = with_body(&asked, |body| self.bound.here(body));
        let answer = self.reader.transmit(&command);
        if let Ok(came) = &answer {
            self.bound.answered(&command, &recorded, came);
        }
        let came = self.told(line, &command, &answer, Whose::Came);
        let old = if line.fields.contains_key("lost") {
            line.clone()
        } else {
            self.told(line, &asked, &Ok(recorded), Whose::Recorded)
        };
        (old, Some(came))
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

    /// `00200002{pin:user}` with the image's PIN; with another one where the recorded card refused it.
    fn command(&self, text: &str, recorded: &[u8]) -> Option<Vec<u8>> {
        let Some((header, name)) = text.split_once('{') else {
            return hex::decode(text).ok();
        };
        let reference = match name {
            "pin:user}" => PinRef::User,
            "pin:administrator}" => PinRef::So,
            _ => return None,
        };
        let mut bytes = hex::decode(header).ok()?;
        if bytes.get(1) != Some(&VERIFY) {
            return None;
        }
        let pin = self.image.pins.get(&reference)?.value.as_ref();
        let mut pin = pin.map(Secret::reveal)?.to_vec();
        if recorded.first() == Some(&WARNING)
            && let Some(last) = pin.last_mut()
        {
            *last ^= 1;
        }
        bytes.push(u8::try_from(pin.len()).ok()?);
        bytes.extend(pin);
        Some(bytes)
    }
}

const VERIFY: u8 = 0x20;
/// The first status byte of a wrong PIN, `6300` or `63Cx`.
const WARNING: u8 = 0x63;
/// Class, instruction, two parameters, length.
const HEADER: usize = 5;

fn with_body(command: &[u8], change: impl Fn(&[u8]) -> Vec<u8>) -> Vec<u8> {
    let (header, body) = command.split_at(command.len().min(HEADER));
    [header, &change(body)].concat()
}
