//! A token for other people's tests: say what is on it and what will go wrong, then talk to it, or put it into a virtual
//! reader.
//!
#![doc = "```"]
#![doc = include_str!("../examples/token_fixture.rs")]
#![doc = "```"]

mod token;

use core::time::Duration;
use std::collections::BTreeMap;

use gost3410::{ParameterSet, SigningKey};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;

pub use self::token::{FixtureToken, Inserted, NoAnswer};
use crate::card::Model;
use crate::image::{ImageError, ObjectName, Secret, TokenImage};
use crate::reference::PinRef;
use crate::rsa::RsaKey;
use crate::status_word::StatusWord;
use crate::timing::Profile;

/// What a token will be. Whatever is not said is as `emulator new` makes it, in no hurry and without faults.
#[derive(Clone)]
#[must_use = "a fixture is nothing until it is built"]
pub struct Fixture {
    image: Option<TokenImage>,
    serial: u32,
    label: String,
    pins: BTreeMap<PinRef, (Secret, u8)>,
    objects: Vec<Object>,
    model: Model,
    seed: u64,
    now: Duration,
    profile: Profile,
    faults: BTreeMap<usize, Fault>,
}

/// What goes wrong with one command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Power goes after this many durable writes of the command; it has no answer, and power comes back after it.
    PowerCut {
        /// 0 cuts before anything was written.
        writes: usize,
    },
    /// The memory refuses to be written: `6581` if the command writes at all.
    MemoryFailure,
    /// The command is not obeyed and answered so.
    Answer(StatusWord),
}

#[derive(Clone)]
enum Object {
    Gost(String, ParameterSet),
    GostKey(String, SigningKey),
    Rsa(String, Box<RsaKey>),
    Certificate(String, Vec<u8>),
}

impl Fixture {
    /// A new token: serial number 2CDB7256, PINs 12345678 and 87654321, no keys.
    pub fn new() -> Self {
        Self {
            image: None,
            serial: 0x2CDB_7256,
            label: String::new(),
            pins: BTreeMap::new(),
            objects: Vec::new(),
            model: Model::default(),
            seed: 0,
            now: Duration::ZERO,
            profile: Profile::none(),
            faults: BTreeMap::new(),
        }
    }

    /// Begins with this image instead of a new one; its serial number and label stand.
    pub fn image(mut self, image: TokenImage) -> Self {
        self.image = Some(image);
        self
    }

    /// The number on the case.
    pub const fn serial(mut self, serial: u32) -> Self {
        self.serial = serial;
        self
    }

    /// The label that programs show.
    pub fn label(mut self, label: &str) -> Self {
        label.clone_into(&mut self.label);
        self
    }

    /// A PIN of 1 to 32 bytes with that many tries, 1 to 15.
    pub fn pin(mut self, pin_ref: PinRef, pin: &str, tries: u8) -> Self {
        self.pins.insert(pin_ref, (Secret::new(pin), tries));
        self
    }

    /// A GOST pair drawn from the seed. Objects get the ids 01, 02 … in the order they are named; objects of the same
    /// label share one.
    pub fn gost_pair(mut self, label: &str, set: ParameterSet) -> Self {
        self.objects.push(Object::Gost(label.into(), set));
        self
    }

    /// A GOST pair that is known.
    pub fn gost_key(mut self, label: &str, key: SigningKey) -> Self {
        self.objects.push(Object::GostKey(label.into(), key));
        self
    }

    /// An RSA pair.
    pub fn rsa_key(mut self, label: &str, key: RsaKey) -> Self {
        self.objects.push(Object::Rsa(label.into(), Box::new(key)));
        self
    }

    /// A certificate, in DER.
    pub fn certificate(mut self, label: &str, der: &[u8]) -> Self {
        self.objects
            .push(Object::Certificate(label.into(), der.into()));
        self
    }

    /// Which body it has.
    pub const fn model(mut self, model: Model) -> Self {
        self.model = model;
        self
    }

    /// Where its randomness begins.
    pub const fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// What its clock shows at first, since 1970-01-01T00:00:00Z.
    pub const fn clock(mut self, now: Duration) -> Self {
        self.now = now;
        self
    }

    /// How slow it is: each command moves its clock by what the profile says.
    pub const fn timing(mut self, profile: Profile) -> Self {
        self.profile = profile;
        self
    }

    /// What goes wrong with the command of this number, counted from 1.
    pub fn fault(mut self, command: usize, fault: Fault) -> Self {
        self.faults.insert(command, fault);
        self
    }

    /// The token, with power on.
    ///
    /// # Errors
    /// When there is no room for an object or the label, or no token has such a PIN or key.
    pub fn build(self) -> Result<FixtureToken, ImageError> {
        let mut rng = ChaCha20Rng::seed_from_u64(self.seed);
        let mut image = match self.image {
            Some(image) => image,
            None => TokenImage::labelled(self.serial, &self.label)?,
        };
        for (pin_ref, (value, tries)) in self.pins {
            set_pin(&mut image, pin_ref, value, tries)?;
        }
        let mut labels = Vec::new();
        for object in self.objects {
            put(&mut image, object, &mut labels, &mut rng)?;
        }
        // What a program may save, a test may save.
        let image = TokenImage::from_toml(&image.to_toml())?;
        Ok(FixtureToken::new(
            image,
            self.model,
            rng,
            (self.now, self.profile),
            self.faults,
        ))
    }
}

impl Default for Fixture {
    fn default() -> Self {
        Self::new()
    }
}

fn set_pin(
    image: &mut TokenImage,
    pin_ref: PinRef,
    value: Secret,
    tries: u8,
) -> Result<(), ImageError> {
    let pin = image.pins.get_mut(&pin_ref);
    let pin =
        pin.ok_or_else(|| ImageError::content(pin_ref.name(), "the image has no such PIN"))?;
    pin.value = Some(value);
    pin.max_tries = tries;
    pin.tries_left = tries;
    Ok(())
}

fn put(
    image: &mut TokenImage,
    object: Object,
    labels: &mut Vec<String>,
    rng: &mut ChaCha20Rng,
) -> Result<(), ImageError> {
    let (Object::Gost(label, _)
    | Object::GostKey(label, _)
    | Object::Rsa(label, _)
    | Object::Certificate(label, _)) = &object;
    let id = [number(labels, label)];
    let label = label.clone();
    let name = ObjectName {
        label: &label,
        id: &id,
    };
    match object {
        Object::Gost(_, set) => {
            let key = SigningKey::generate(set, rng);
            image.put_gost_pair(name, &key).map(drop)
        }
        Object::GostKey(_, key) => image.put_gost_pair(name, &key).map(drop),
        Object::Rsa(_, key) => image.put_rsa_pair(name, &key).map(drop),
        Object::Certificate(_, der) => image.put_certificate(name, &der).map(drop),
    }
}

/// The place of a label among those named so far, from 1.
fn number(labels: &mut Vec<String>, label: &str) -> u8 {
    let place = labels.iter().position(|known| known == label);
    let place = place.unwrap_or_else(|| {
        labels.push(label.to_owned());
        labels.len() - 1
    });
    u8::try_from(place + 1).unwrap_or(u8::MAX)
}
