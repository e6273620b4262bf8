//! The engine's token adapter against the card core: what it writes, and what is left when the line is cut.

use core::cell::RefCell;
use core::ops::ControlFlow;
use core::time::Duration;
use std::rc::Rc;

use emulator::access::AccessRules;
use emulator::image::Body;
use emulator::reference::FileId;
use emulator::rsa::RsaKey;
use emulator::vpcd::{self, Desk, Event, Patience, Stop};
use emulator::{Card, Env, Exchange, ImageError, ObjectName, TokenImage};
use enroll::adapters::apdu_token::ApduToken;
use enroll::adapters::vpcd_reader::VpcdReader;
use enroll::ports::token::{
    KeyId, KeyKind, KeyPair, KeySpec, Pin, PinRole, StoredCertificate, Token, TokenError, Transmit,
    TransmitError, Tries,
};
use gost3410::{Algorithm, ParameterSet, SigningKey};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng as _;

/// A card in the same process, with scissors.
#[derive(Clone)]
struct Line {
    card: Rc<RefCell<Card>>,
    rng: Rc<RefCell<ChaCha20Rng>>,
    /// The command after that many fails; `Cut` says whether the card still gets it.
    cut: Option<(usize, Cut)>,
    sent: usize,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Cut {
    BeforeTheCommand,
    BeforeTheAnswer,
}

impl Line {
    fn to(image: TokenImage) -> Self {
        let rng = Rc::new(RefCell::new(ChaCha20Rng::seed_from_u64(1)));
        Self {
            card: Rc::new(RefCell::new(Card::new(image))),
            rng,
            cut: None,
            sent: 0,
        }
    }

    fn cut_after(&self, commands: usize, cut: Cut) -> Self {
        Self {
            cut: Some((commands, cut)),
            sent: 0,
            ..self.clone()
        }
    }

    /// The same card after a power cycle.
    fn again(&self) -> Self {
        self.card.borrow_mut().power_on();
        Self {
            cut: None,
            sent: 0,
            ..self.clone()
        }
    }

    fn image(&self) -> TokenImage {
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

fn blank() -> TokenImage {
    TokenImage::new(0x2CDB_7256, "Склад")
}

fn as_user(line: &Line) -> ApduToken<Line> {
    let mut token = ApduToken::new(line.clone());
    token
        .log_in(PinRole::User, &Pin::new("12345678"))
        .expect("the default PIN");
    token
}

fn as_administrator(line: &Line) -> ApduToken<Line> {
    let mut token = ApduToken::new(line.again());
    token
        .log_in(PinRole::Administrator, &Pin::new("87654321"))
        .expect("the default PIN");
    token
}

fn spec(label: &str, parameter_set: ParameterSet) -> KeySpec {
    let algorithm = if parameter_set <= ParameterSet::CryptoProXchB {
        Algorithm::Gost2001
    } else {
        Algorithm::Gost2012_256
    };
    KeySpec {
        algorithm,
        parameter_set,
        label: label.to_owned(),
    }
}

fn on_a() -> KeySpec {
    spec("ООО Тестовая организация", ParameterSet::CryptoProA)
}

fn keys_of(line: &Line) -> Vec<KeyPair> {
    ApduToken::new(line.clone())
        .inventory()
        .expect("reads")
        .keys
}

fn certificates_of(line: &Line) -> Vec<StoredCertificate> {
    ApduToken::new(line.clone())
        .inventory()
        .expect("reads")
        .certificates
}

/// How many key files of each half, and how many files of the application, the image holds.
fn files(line: &Line) -> [usize; 3] {
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
fn cut_everywhere(
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

fn cut_user(
    line: &Line,
    act: impl FnOnce(&mut ApduToken<Line>) -> Result<(), TokenError>,
) -> Result<(), TokenError> {
    let mut token = ApduToken::new(line.clone());
    token.log_in(PinRole::User, &Pin::new("12345678"))?;
    act(&mut token)
}

#[test]
fn a_pair_and_its_certificate_live_and_go() {
    let line = Line::to(blank());
    let empty = files(&line);
    let mut token = as_user(&line);
    let info = token.info().expect("tells");
    assert_eq!(
        (
            info.serial.as_str(),
            info.model.as_str(),
            info.label.as_str()
        ),
        ("2cdb7256", "Rutoken ECP", "Склад")
    );
    assert_eq!(
        (info.user_tries_left, info.administrator_tries_left),
        (Tries::Verified, Tries::Left(10))
    );

    let pair = token.generate_key_pair(&on_a()).expect("makes");
    let public = pair.public_key.clone().expect("known");
    assert_eq!(keys_of(&line), vec![pair.clone()]);

    let digest = Algorithm::Gost2001.digest(b"request");
    let signature = token.sign_digest(&pair.id, &digest).expect("signs");
    public
        .verify_prehash(&digest, &signature)
        .expect("verifies");

    token
        .set_key_label(&pair.id, "ЕГАИС_722318")
        .expect("renames");
    assert_eq!(
        keys_of(&line),
        [KeyPair {
            label: "ЕГАИС_722318".to_owned(),
            ..pair.clone()
        }]
    );

    let der = vec![0x30; 771];
    token
        .write_certificate(&pair.id, "ЕГАИС_722318", &der)
        .expect("writes");
    token
        .write_certificate(&pair.id, "ЕГАИС_722318", &der)
        .expect("has it already");
    let [certificate] = certificates_of(&line).try_into().expect("one");
    assert_eq!(
        (&certificate.id, &certificate.der, certificate.file),
        (&pair.id, &der, 0x0300)
    );

    token.delete_certificate(&certificate).expect("deletes");
    assert_eq!(
        token.delete_certificate(&certificate),
        Err(TokenError::CertificateNotFound { file: 0x0300 })
    );
    token.delete_key_pair(&pair.id).expect("deletes");
    assert_eq!(
        token.delete_key_pair(&pair.id),
        Err(TokenError::KeyNotFound { id: pair.id })
    );
    assert_eq!(
        files(&line),
        [empty[0], empty[1], empty[2] + 3],
        "the three directories stay"
    );
}

#[test]
fn pairs_of_every_name_of_the_three_curves_sign() {
    use ParameterSet as Set;
    let sets = [
        Set::CryptoProA,
        Set::CryptoProXchA,
        Set::Tc26Gost256B,
        Set::CryptoProB,
        Set::CryptoProXchB,
        Set::Tc26Gost256D,
    ];
    let line = Line::to(blank());
    let mut token = as_user(&line);
    for (set, reference) in sets.into_iter().zip(1..) {
        let pair = token
            .generate_key_pair(&spec(set.name(), set))
            .expect("every curve");
        assert_eq!((pair.kind, pair.reference), (KeyKind::Gost(set), reference));
        token.sign_digest(&pair.id, &[7; 32]).expect("every curve");
    }
    let kinds: Vec<_> = keys_of(&line).into_iter().map(|pair| pair.kind).collect();
    assert_eq!(
        kinds,
        [
            Set::CryptoProA,
            Set::CryptoProA,
            Set::CryptoProA,
            Set::CryptoProB,
            Set::CryptoProC,
            Set::CryptoProC
        ]
        .map(KeyKind::Gost)
    );
    for set in [Set::Tc26Gost256A, Set::Tc26Gost512A] {
        let refused = token.generate_key_pair(&KeySpec {
            algorithm: Algorithm::Gost2012_256,
            ..spec("x", set)
        });
        assert!(
            matches!(refused, Err(TokenError::Unsupported { .. })),
            "{refused:?}"
        );
    }
    assert_eq!(keys_of(&line).len(), sets.len());
}

#[test]
fn an_rsa_pair_and_what_others_wrote_keep_every_octet() {
    let mut image = blank();
    let mut rng = ChaCha20Rng::seed_from_u64(7);
    let foreign = SigningKey::generate(ParameterSet::CryptoProB, &mut rng);
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
        .put_rsa_pair(
            ObjectName {
                label: "transport",
                id: b"rsa",
            },
            &RsaKey::generate(64, &mut rng),
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
    let line = Line::to(image.clone());
    let before = ApduToken::new(line.clone()).inventory().expect("reads");
    assert_eq!(
        before.keys.iter().map(|pair| pair.kind).collect::<Vec<_>>(),
        [
            KeyKind::Gost(ParameterSet::CryptoProB),
            KeyKind::Rsa { bits: 1024 }
        ]
    );
    assert_eq!(
        before.keys.first().and_then(|pair| pair.public_key.clone()),
        Some(foreign.verifying_key().clone())
    );

    let mut token = as_user(&line);
    let pair = token.generate_key_pair(&on_a()).expect("makes");
    assert_eq!(pair.reference, 3);
    token
        .set_key_label(&pair.id, "ЕГАИС_722318")
        .expect("renames");
    token
        .write_certificate(&pair.id, "ЕГАИС_722318", &[0x30; 600])
        .expect("writes");
    let written = certificates_of(&line)
        .into_iter()
        .find(|stored| stored.id == pair.id)
        .expect("listed");
    token.delete_certificate(&written).expect("deletes");
    token.delete_key_pair(&pair.id).expect("deletes");
    let rsa = KeyId(b"rsa".to_vec());
    assert!(matches!(
        token.delete_key_pair(&rsa),
        Err(TokenError::Unsupported { .. })
    ));
    assert!(matches!(
        token.set_key_label(&rsa, "x"),
        Err(TokenError::Unsupported { .. })
    ));
    assert_eq!(line.image(), image);
}

#[test]
fn generation_cut_anywhere_then_repeated_leaves_one_pair() {
    let blank = blank();
    let mut adopted = 0;
    cut_everywhere(
        &blank,
        |line| cut_user(line, |token| token.generate_key_pair(&on_a()).map(drop)),
        |line| {
            let mut token = as_user(line);
            // As the engine does: a look first, since the cut may have come after the last write.
            let begun = files(line)[0];
            if keys_of(line).is_empty() {
                let before = line.rng.borrow().get_word_pos();
                token.generate_key_pair(&on_a()).expect("makes");
                adopted += usize::from(begun == 1 && line.rng.borrow().get_word_pos() == before);
            }
            let [pair] = keys_of(line).try_into().expect("exactly one");
            token.sign_digest(&pair.id, &[1; 32]).expect("signs");
            let [private, public, application] = files(line);
            assert_eq!((private, public), (1, 1));
            let note = line
                .image()
                .file(&[FileId(0x5000), FileId(0x4E4B)])
                .is_some();
            assert_eq!(application, 4 + 3 + usize::from(note));
            assert_eq!(
                as_user(line)
                    .generate_key_pair(&spec("second", ParameterSet::CryptoProB))
                    .expect("makes")
                    .reference,
                2
            );
            assert_eq!(files(line), [2, 2, 4 + 2 + 2]);
        },
    );
    assert!(
        adopted > 0,
        "a pair whose public key was written is finished, not made anew"
    );
}

#[test]
fn generation_cut_then_wanted_on_another_curve_leaves_only_that() {
    cut_everywhere(
        &blank(),
        |line| cut_user(line, |token| token.generate_key_pair(&on_a()).map(drop)),
        |line| {
            let finished = keys_of(line).len();
            as_user(line)
                .generate_key_pair(&spec("b", ParameterSet::CryptoProB))
                .expect("makes");
            assert_eq!(keys_of(line).len(), finished + 1);
            assert_eq!(
                files(line),
                [finished + 1, finished + 1, 4 + 2 + finished + 1]
            );
        },
    );
}

/// A token with somebody else's pair and certificate, and ours.
fn inhabited() -> (TokenImage, KeyId) {
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

#[test]
fn deletion_of_a_pair_cut_anywhere_then_repeated_leaves_nothing_of_it() {
    let (image, id) = inhabited();
    cut_everywhere(
        &image,
        |line| cut_user(line, |token| token.delete_key_pair(&id)),
        |line| {
            match as_user(line).delete_key_pair(&id) {
                Ok(()) => {}
                Err(error) => assert_eq!(error, TokenError::KeyNotFound { id: id.clone() }),
            }
            assert_eq!(
                keys_of(line)
                    .iter()
                    .map(|pair| pair.label.as_str())
                    .collect::<Vec<_>>(),
                ["чужая"]
            );
            assert_eq!(files(line), [1, 1, 4 + 3 + 2]);
        },
    );
}

#[test]
fn renaming_cut_anywhere_then_repeated_renames() {
    let (image, id) = inhabited();
    cut_everywhere(
        &image,
        |line| cut_user(line, |token| token.set_key_label(&id, "ЕГАИС_722318")),
        |line| {
            assert_eq!(keys_of(line).len(), 2);
            as_user(line)
                .set_key_label(&id, "ЕГАИС_722318")
                .expect("renames");
            let mut labels: Vec<_> = keys_of(line).into_iter().map(|pair| pair.label).collect();
            labels.sort();
            assert_eq!(labels, ["ЕГАИС_722318", "чужая"]);
        },
    );
}

#[test]
fn writing_a_certificate_cut_anywhere_then_repeated_leaves_one_file() {
    let (image, id) = inhabited();
    let der = [0x30; 700];
    cut_everywhere(
        &image,
        |line| cut_user(line, |token| token.write_certificate(&id, "ЕГАИС", &der)),
        |line| {
            as_user(line)
                .write_certificate(&id, "ЕГАИС", &der)
                .expect("writes");
            let stored = certificates_of(line);
            assert_eq!(stored.iter().filter(|stored| stored.der == der).count(), 1);
            assert_eq!((stored.len(), files(line)[2]), (2, 4 + 3 + 2 + 2));
        },
    );
}

#[test]
fn deleting_a_certificate_cut_anywhere_never_leaves_an_entry_without_a_file() {
    let (image, id) = inhabited();
    let line = Line::to(image);
    as_user(&line)
        .write_certificate(&id, "ЕГАИС", &[0x30; 700])
        .expect("writes");
    let ours = certificates_of(&line).pop().expect("listed last");
    cut_everywhere(
        &line.image(),
        |line| {
            let mut token = ApduToken::new(line.clone());
            token.log_in(PinRole::Administrator, &Pin::new("87654321"))?;
            token.delete_certificate(&ours)
        },
        |line| {
            let entries = certificates_of(line).len();
            let file = line
                .image()
                .file(&[FileId(0x5000), FileId(0x0301)])
                .is_some();
            assert!(file || entries == 1);
            let again = as_administrator(line).delete_certificate(&ours);
            assert_eq!(again.is_ok(), file);
            assert_eq!(
                (certificates_of(line).len(), files(line)[2]),
                (1, 4 + 3 + 2 + 1)
            );
        },
    );
}

#[test]
fn the_administrator_deletes_certificates_where_the_token_is_marked_so() {
    for marked in [true, false] {
        let (mut image, _) = inhabited();
        image.administrator_deletes_certificates = marked;
        let line = Line::to(image.clone());
        let stored = certificates_of(&line).pop().expect("one");
        let outcome = as_administrator(&line).delete_certificate(&stored);
        if marked {
            assert_eq!((outcome, certificates_of(&line)), (Ok(()), vec![]));
        } else {
            let refused = TokenError::NotPermitted {
                what: "delete certificates",
                role: PinRole::Administrator,
            };
            assert_eq!((outcome, line.image() == image), (Err(refused), true));
            as_user(&line)
                .delete_certificate(&stored)
                .expect("the user may");
        }
    }
}

#[test]
fn a_certificate_that_may_not_be_deleted_stays_listed() {
    let (mut image, _) = inhabited();
    image.administrator_deletes_certificates = false;
    let file = image
        .file_mut(&[FileId(0x5000), FileId(0x0300)])
        .expect("there");
    file.access = AccessRules::of([0x43, 0x00, 0x02, 0x00, 0x00, 0x00, 0x00, 0xFF]);
    let line = Line::to(image.clone());
    let stored = certificates_of(&line).pop().expect("one");
    let refused = TokenError::NotPermitted {
        what: "delete certificates",
        role: PinRole::User,
    };
    assert_eq!(as_user(&line).delete_certificate(&stored), Err(refused));
    assert!(line.image() == image);
}

#[test]
fn nobody_and_the_administrator_may_not_touch_keys_and_change_nothing() {
    let (image, id) = inhabited();
    let line = Line::to(image.clone());
    let stored = certificates_of(&line).pop().expect("one");
    let mut nobody = ApduToken::new(line.clone());
    assert!(matches!(
        nobody.generate_key_pair(&on_a()),
        Err(TokenError::NotLoggedIn { .. })
    ));
    assert!(matches!(
        nobody.sign_digest(&id, &[0; 32]),
        Err(TokenError::NotLoggedIn { .. })
    ));
    assert!(matches!(
        nobody.delete_certificate(&stored),
        Err(TokenError::NotLoggedIn { .. })
    ));
    let mut administrator = as_administrator(&line);
    assert!(matches!(
        administrator.delete_key_pair(&id),
        Err(TokenError::NotPermitted {
            role: PinRole::Administrator,
            ..
        })
    ));
    assert!(matches!(
        administrator.generate_key_pair(&on_a()),
        Err(TokenError::NotPermitted { .. })
    ));
    assert_eq!(line.image(), image);
}

#[test]
fn a_wrong_pin_costs_one_try_and_ten_block() {
    let line = Line::to(blank());
    let mut token = ApduToken::new(line.clone());
    let role = PinRole::User;
    for left in (1..10).rev() {
        let wrong = TokenError::WrongPin {
            role,
            tries_left: Tries::Left(left),
        };
        assert_eq!(token.log_in(role, &Pin::new("00000000")), Err(wrong));
        assert_eq!(
            (token.tries(role), token.tries(role)),
            (Ok(Tries::Left(left)), Ok(Tries::Left(left)))
        );
    }
    assert_eq!(
        token.log_in(role, &Pin::new("00000000")),
        Err(TokenError::PinBlocked { role })
    );
    assert_eq!(
        token.log_in(role, &Pin::new("12345678")),
        Err(TokenError::PinBlocked { role })
    );
    assert_eq!(token.tries(role), Ok(Tries::Blocked));
    assert_eq!(token.tries(PinRole::Administrator), Ok(Tries::Left(10)));
}

#[test]
fn an_empty_pin_is_never_presented() {
    let line = Line::to(blank());
    let mut token = as_user(&line);
    let wrong = TokenError::WrongPin {
        role: PinRole::User,
        tries_left: Tries::Verified,
    };
    assert_eq!(token.log_in(PinRole::User, &Pin::new("")), Err(wrong));
    assert_eq!(line.image(), blank());
}

#[test]
fn a_full_token_says_so_and_reads_as_before() {
    let (mut image, id) = inhabited();
    while image
        .put_certificate(
            ObjectName {
                label: "ballast",
                id: &[9],
            },
            &[0x30; 4000],
        )
        .is_ok()
    {}
    while image
        .put_certificate(
            ObjectName {
                label: "ballast",
                id: &[9],
            },
            &[0x30; 30],
        )
        .is_ok()
    {}
    let line = Line::to(image.clone());
    let mut token = as_user(&line);
    assert!(matches!(
        token.generate_key_pair(&on_a()),
        Err(TokenError::NoSpace { .. })
    ));
    assert!(matches!(
        token.write_certificate(&id, "x", &[0x30; 700]),
        Err(TokenError::NoSpace { .. })
    ));
    assert_eq!(line.image(), image);
    let gone = certificates_of(&line)
        .into_iter()
        .find(|stored| stored.der.len() == 4000)
        .expect("ballast");
    token.delete_certificate(&gone).expect("deletes");
    token.generate_key_pair(&on_a()).expect("makes");
}

#[test]
fn a_token_almost_full_undoes_what_it_began() {
    let (mut image, _) = inhabited();
    while image
        .put_certificate(
            ObjectName {
                label: "b",
                id: &[9],
            },
            &[0x30; 4000],
        )
        .is_ok()
    {}
    // From here on the room shrinks by a few octets a time, so that each file of a pair in turn finds none.
    let mut refused = 0;
    while image
        .put_certificate(
            ObjectName {
                label: "b",
                id: &[9],
            },
            &[0x30, 0x00],
        )
        .is_ok()
    {
        let line = Line::to(image.clone());
        if as_user(&line).generate_key_pair(&on_a()).is_err() {
            refused += 1;
            assert_eq!(line.image(), image);
        }
    }
    assert!(refused > 1);
}

#[test]
fn a_token_without_a_container_is_not_initialised() {
    let mut image = blank();
    image.mf = None;
    let mut token = ApduToken::new(Line::to(image));
    assert_eq!(token.info().expect("still tells").serial, "2cdb7256");
    assert_eq!(token.inventory(), Err(TokenError::NotInitialised));
}

/// A card behind a socket, in a thread of its own.
struct Socket(ChaCha20Rng);

impl Desk for Socket {
    fn env(&mut self) -> Env<'_> {
        Env {
            now: Duration::ZERO,
            rng: &mut self.0,
        }
    }

    fn before_answer(
        &mut self,
        _: &Card,
        _: &[u8],
        _: &Exchange,
    ) -> Result<ControlFlow<()>, ImageError> {
        Ok(ControlFlow::Continue(()))
    }

    fn notice(&mut self, _: Event) {}
}

#[test]
fn a_token_behind_a_socket_is_the_same_token() {
    let mut reader =
        VpcdReader::listen("127.0.0.1:0".parse().expect("an address")).expect("a free port");
    let (address, stop) = (reader.address(), Stop::default());
    let stopper = stop.clone();
    let thread = std::thread::spawn(move || {
        let mut card = Card::new(blank());
        let mut desk = Socket(ChaCha20Rng::seed_from_u64(1));
        vpcd::attach(&mut card, address, Patience::Forever, &stop, &mut desk).expect("obeys");
        card.into_image()
    });
    reader
        .await_card(Duration::from_secs(20), |_| {})
        .expect("comes");
    assert_eq!(reader.atr(), Card::new(blank()).atr());
    let mut token = ApduToken::new(reader);
    token
        .log_in(PinRole::User, &Pin::new("12345678"))
        .expect("the default PIN");
    token.generate_key_pair(&on_a()).expect("makes");
    stopper.stop();
    let image = thread.join().expect("ends");

    let line = Line::to(blank());
    as_user(&line).generate_key_pair(&on_a()).expect("makes");
    assert!(line.image() == image);
}

#[test]
fn a_token_made_here_is_the_token_that_opensc_would_make() {
    let line = Line::to(blank());
    let pair = as_user(&line).generate_key_pair(&on_a()).expect("makes");
    let mut expected = blank();
    let rng = &mut *line.rng.borrow_mut();
    *rng = ChaCha20Rng::seed_from_u64(1);
    let key = SigningKey::generate(ParameterSet::CryptoProA, rng);
    expected
        .put_gost_pair(
            ObjectName {
                label: &pair.label,
                id: &pair.id.0,
            },
            &key,
        )
        .expect("room");
    let made = line.image();
    for path in [
        &[0x5000, 0x6002][..],
        &[0x5000, 0x6001],
        &[0x5000, 0x0200],
        &[0x1000, 0x1000, 0x6002, 1],
        &[0x1000, 0x1000, 0x6001, 1],
    ] {
        let path: Vec<_> = path.iter().map(|fid| FileId(*fid)).collect();
        assert!(made.file(&path) == expected.file(&path), "{path:?}");
    }
}
