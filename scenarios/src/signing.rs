//! How fast the token signs: by this machine's clock, and by the clock of a timing profile.

use std::time::Duration;

use emulator::TokenImage;
use emulator::reference::PinRef;
use emulator::timing::Profile;
use enroll::adapters::apdu_token::ApduToken;
use enroll::ports::token::{KeyKind, Pin, PinRole, Token, TokenError, Transmit, TransmitError};
use jiff::Timestamp;

use crate::clock::ScenarioClock;
use crate::reader::{Reader, Way};

/// Signatures asked for; the fastest counts, being the one least disturbed.
const SIGNATURES: u32 = 300;

/// COMPUTE DIGITAL SIGNATURE, the command that is timed.
const COMPUTE_SIGNATURE: [u8; 4] = [0x00, 0x2A, 0x9E, 0x9A];

/// GOST signatures a second of one token, each a command to the card and its answer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SigningSpeed {
    /// The card in process, on this machine.
    pub here: f64,
    /// By the timing profile.
    pub by_profile: f64,
}

/// Has the token sign, in process, with the first GOST pair it holds; `None` when it holds none.
///
/// The user's PIN is the image's own. `elapsed` is the machine's clock, since any moment.
///
/// Errors: the token's, a blocked PIN among them.
pub fn signing_speed(
    image: TokenImage,
    profile: Profile,
    elapsed: impl Fn() -> Duration,
) -> Result<Option<SigningSpeed>, TokenError> {
    let Some(user_pin) = user_pin(&image) else {
        return Ok(None);
    };
    let clock = ScenarioClock::at(Timestamp::UNIX_EPOCH);
    let reader = Reader::insert(image, 0, clock.clone(), Way::InProcess, profile)?;
    let (mut here, mut by_profile) = (Duration::MAX, Duration::MAX);
    let stopwatch = Stopwatch {
        reader,
        elapsed: || (elapsed(), clock.since_unix_epoch()),
        fastest: (&mut here, &mut by_profile),
    };
    let mut token = ApduToken::new(stopwatch);
    let pair = (token.inventory()?.keys.into_iter()).find_map(|pair| match pair.kind {
        KeyKind::Gost(set) => Some((pair.id, vec![0x5a; set.size()])),
        KeyKind::Rsa { .. } | KeyKind::Unknown => None,
    });
    let Some((id, digest)) = pair else {
        return Ok(None);
    };
    token.log_in(PinRole::User, &user_pin)?;
    for _ in 0..SIGNATURES {
        token.sign_digest(&id, &digest)?;
    }
    drop(token);
    Ok(Some(SigningSpeed {
        here: 1.0 / here.as_secs_f64(),
        by_profile: 1.0 / by_profile.as_secs_f64(),
    }))
}

fn user_pin(image: &TokenImage) -> Option<Pin> {
    let secret = image.pins.get(&PinRef::User)?.value.as_ref()?;
    std::str::from_utf8(secret.reveal()).ok().map(Pin::new)
}

/// A reader that keeps the shortest time of a signature, by two clocks.
struct Stopwatch<'a, Elapsed> {
    reader: Reader,
    elapsed: Elapsed,
    fastest: (&'a mut Duration, &'a mut Duration),
}

impl<Elapsed: Fn() -> (Duration, Duration)> Transmit for Stopwatch<'_, Elapsed> {
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, TransmitError> {
        let started = (self.elapsed)();
        let answer = self.reader.transmit(command)?;
        if command.starts_with(&COMPUTE_SIGNATURE) {
            let ended = (self.elapsed)();
            let (here, by_profile) = (&mut self.fastest.0, &mut self.fastest.1);
            **here = ended.0.saturating_sub(started.0).min(**here);
            **by_profile = ended.1.saturating_sub(started.1).min(**by_profile);
        }
        Ok(answer)
    }

    fn reset(&mut self) -> Result<(), TransmitError> {
        self.reader.reset()
    }

    fn reader_name(&self) -> String {
        self.reader.reader_name()
    }
}

#[cfg(test)]
mod tests {
    use emulator::ObjectName;
    use emulator::image::Secret;
    use gost3410::{ParameterSet, SigningKey};
    use rand_chacha::ChaCha20Rng;
    use rand_core::SeedableRng as _;

    use super::*;

    #[test]
    fn a_token_that_takes_a_tenth_of_a_second_signs_some_ten_times_by_its_profile() {
        let key =
            SigningKey::generate(ParameterSet::CryptoProA, &mut ChaCha20Rng::seed_from_u64(1));
        let mut image = TokenImage::new(1, "");
        let name = ObjectName {
            label: "a pair",
            id: &[1],
        };
        image.put_gost_pair(name, &key).expect("an empty token");
        let user = image
            .pins
            .get_mut(&PinRef::User)
            .expect("a new token's PIN");
        user.value = Some(Secret::new(b"a PIN of its own".as_slice()));
        let mut profile = Profile::none();
        profile.sign_gost_256_us = 100_000;
        let ticks = std::cell::Cell::new(0);
        let clock = || Duration::from_millis(ticks.replace(ticks.get() + 1));
        let speed = signing_speed(image, profile, clock);
        let wanted = SigningSpeed {
            here: 1000.0,
            by_profile: 10.0,
        };
        assert_eq!(speed.expect("a token that signs"), Some(wanted));
    }

    #[test]
    fn a_token_without_a_pair_has_no_speed() {
        let image = TokenImage::new(1, "");
        let speed = signing_speed(image, Profile::none(), || Duration::ZERO);
        assert_eq!(speed.expect("an empty token"), None);
    }
}
