//! The token of these tests: a card in the same process, with scissors, and what is asked of it again and again.

use core::cell::RefCell;
use core::time::Duration;
use emulator::image::Body;
use emulator::reference::FileId;
use emulator::{Card, Env, ObjectName, TokenImage};
use enroll::adapters::apdu_token::ApduToken;
use enroll::ports::token::KeyId;
use enroll::ports::token::Token as _;
use enroll::ports::token::{
    KeyPair, KeySpec, Pin, PinRole, StoredCertificate, TokenError, Transmit, TransmitError,
};
use gost3410::SigningKey;
use gost3410::{Algorithm, ParameterSet};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng as _;
use std::rc::Rc;

/// A card in the same process, with scissors.
#[derive(Clone)]
pub(crate) struct Line {
    pub(crate) card: Rc<RefCell<Card>>,
    pub(crate) rng: Rc<RefCell<ChaCha20Rng>>,
    /// The command after that many fails; `Cut` says whether the card still gets it.
    pub(crate) cut: Option<(usize, Cut)>,
    pub(crate) sent: usize,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Cut {
    BeforeTheCommand,
    BeforeTheAnswer,
}

impl Line {
    pub(crate) fn to(image: TokenImage) -> Self {
        let rng = Rc::new(RefCell::new(ChaCha20Rng::seed_from_u64(1)));
        Self {
            card: Rc::new(RefCell::new(Card::new(image))),
            rng,
            cut: None,
            sent: 0,
        }
    }

    pub(crate) fn cut_after(&self, commands: usize, cut: Cut) -> Self {
        Self {
            cut: Some((commands, cut)),
            sent: 0,
            ..self.clone()
        }
    }

    /// The same card after a power cycle.
    pub(crate) fn again(&self) -> Self {
        self.card.borrow_mut().power_on();
        Self {
            cut: None,
            sent: 0,
            ..self.clone()
        }
    }

    pub(crate) fn image(&self) -> TokenImage {
        self.card.borrow().image().clone()
    }
}

impl Transmit for Line {
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, TransmitError> {
        let cut = self
            .cut
            .filter(|(after, _)| self.sent >= *after)
            .map(|(_, cut)| cut);
        self.sent += 1;
        if cut == Some(Cut::BeforeTheCommand) {
            return Err(TransmitError::Removed);
        }
        let rng = &mut *self.rng.borrow_mut();
        let answer = self.card.borrow_mut().transmit(
            &mut Env {
                now: Duration::ZERO,
                rng,
            },
            command,
        );
        match cut {
            // Whatever comes after a lost answer does not reach the card.
            Some(_) => {
                self.cut = Some((0, Cut::BeforeTheCommand));
                Err(TransmitError::Removed)
            }
            None => Ok(answer),
        }
    }

    fn reset(&mut self) -> Result<(), TransmitError> {
        self.card.borrow_mut().power_on();
        Ok(())
    }

    fn reader_name(&self) -> String {
        "in-process".to_owned()
    }
}

pub(crate) fn blank() -> TokenImage {
    TokenImage::new(0x2CDB_7256, "Склад")
}

pub(crate) fn as_user(line: &Line) -> ApduToken<Line> {
    let mut token = ApduToken::new(line.clone());
    token
        .log_in(PinRole::User, &Pin::new("12345678"))
        .expect("the default PIN");
    token
}

pub(crate) fn as_administrator(line: &Line) -> ApduToken<Line> {
    let mut token = ApduToken::new(line.again());
    token
        .log_in(PinRole::Administrator, &Pin::new("87654321"))
        .expect("the default PIN");
    token
}

pub(crate) fn spec(label: &str, parameter_set: ParameterSet) -> KeySpec {
    let algorithm = if parameter_set <= ParameterSet::CryptoProXchB {
        Algorithm::Gost2001
    } else if parameter_set.size() == Algorithm::Gost2012_512.size() {
        Algorithm::Gost2012_512
    } else {
        Algorithm::Gost2012_256
    };
    KeySpec {
        algorithm,
        parameter_set,
        label: label.to_owned(),
    }
}

pub(crate) fn on_a() -> KeySpec {
    spec("ООО Тестовая организация", ParameterSet::CryptoProA)
}

pub(crate) fn keys_of(line: &Line) -> Vec<KeyPair> {
    ApduToken::new(line.clone())
        .inventory()
        .expect("reads")
        .keys
}

pub(crate) fn certificates_of(line: &Line) -> Vec<StoredCertificate> {
    ApduToken::new(line.clone())
        .inventory()
        .expect("reads")
        .certificates
}

/// How many key files of each half, and how many files of the application, the image holds.
pub(crate) fn files(line: &Line) -> [usize; 3] {
    let image = line.image();
    let children = |path: &[u16]| {
        let path: Vec<_> = path.iter().map(|fid| FileId(*fid)).collect();
        match image.file(&path).map(|file| &file.body) {
            Some(Body::Df { children, .. }) => children.len(),
            _ => 0,
        }
    };
    [
        children(&[0x1000, 0x1000, 0x6002]),
        children(&[0x1000, 0x1000, 0x6001]),
        children(&[0x5000]),
    ]
}

/// Runs `act` on copies of a token, cut after 0, 1, 2 … commands in both ways, until it comes through; `check` sees
/// each token afterwards, powered up again.
pub(crate) fn cut_everywhere(
    image: &TokenImage,
    act: impl Fn(&Line) -> Result<(), TokenError>,
    mut check: impl FnMut(&Line),
) {
    for cut in [Cut::BeforeTheCommand, Cut::BeforeTheAnswer] {
        let mut commands = 0;
        loop {
            let line = Line::to(image.clone());
            let outcome = act(&line.cut_after(commands, cut));
            check(&line.again());
            if outcome.is_ok() {
                break;
            }
            assert_eq!(
                outcome,
                Err(TransmitError::Removed.into()),
                "cut after {commands}"
            );
            commands += 1;
            assert!(commands < 1000, "no end in sight");
        }
        assert!(commands > 10, "nothing was cut");
    }
}

pub(crate) fn cut_user(
    line: &Line,
    act: impl FnOnce(&mut ApduToken<Line>) -> Result<(), TokenError>,
) -> Result<(), TokenError> {
    let mut token = ApduToken::new(line.clone());
    token.log_in(PinRole::User, &Pin::new("12345678"))?;
    act(&mut token)
}

/// A token with somebody else's pair and certificate, and ours.
pub(crate) fn inhabited() -> (TokenImage, KeyId) {
    let mut image = blank();
    let mut rng = ChaCha20Rng::seed_from_u64(3);
    let foreign = SigningKey::generate(ParameterSet::CryptoProA, &mut rng);
    image
        .put_gost_pair(
            ObjectName {
                label: "чужая",
                id: &[1],
            },
            &foreign,
        )
        .expect("room");
    image
        .put_certificate(
            ObjectName {
                label: "чужой",
                id: &[1],
            },
            &[0x30, 0x00],
        )
        .expect("room");
    let line = Line::to(image);
    let pair = as_user(&line).generate_key_pair(&on_a()).expect("makes");
    (line.image(), pair.id)
}
