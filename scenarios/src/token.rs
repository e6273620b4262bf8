//! The token a scenario starts with: empty, or with what earlier years left on it.

use emulator::image::{Body, File, Secret};
use emulator::reference::{FileId, PinRef};
use emulator::rsa::RsaKey;
use emulator::{ObjectName, TokenImage};
use enroll::ports::portal::{RequestedExtensions, SubjectAttribute};
use enroll::request::{self, Wanted};
use gost3410::{Algorithm, ParameterSet, PublicKeyInfo, SigningKey};
use jiff::{SignedDuration, Timestamp};
use mock_ca::Application;
use mock_ca::ca::{CertificationAuthority, Profile};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng as _;
use sha1::{Digest as _, Sha1};

use crate::scenario::{Holding, Pins, Token};

/// Keeps the keys of earlier years apart from the card's own randomness, which starts from the same seed.
const EARLIER_STREAM: u64 = 2;

/// A certificate of last year was issued so long before the scenario starts.
const A_YEAR: SignedDuration = SignedDuration::from_hours(24 * 360);

/// The RSA pair of the EGAIS transport module: the primes of a published test key.
const RSA_PRIMES: &str = include_str!("../testdata/rsa-2048.toml");

/// Makes the image; the error says in words what is wrong with the description.
pub fn image(token: &Token, seed: u64, epoch: Timestamp) -> Result<TokenImage, String> {
    let serial = u32::from_str_radix(&token.serial, 16)
        .map_err(|_| format!("serial «{}» is not eight hex digits", token.serial))?;
    let mut image = TokenImage::new(serial, &token.label);
    image.administrator_deletes_certificates = token.administrator_deletes;
    let mut rng = ChaCha20Rng::seed_from_u64(seed);
    rng.set_stream(EARLIER_STREAM);
    for holding in &token.holds {
        match holding {
            Holding::EarlierCertificate => earlier_certificate(&mut image, &mut rng, seed, epoch)?,
            Holding::OrphanPair => {
                gost_pair(&mut image, &mut rng, &sample().container)?;
            }
            Holding::OrphanPairs => {
                gost_pair(&mut image, &mut rng, &sample().container)?;
                gost_pair(&mut image, &mut rng, &sample().container)?;
            }
            Holding::ForeignPair => {
                gost_pair(&mut image, &mut rng, "ЕГАИС_610042")?;
            }
            Holding::ForeignCertificate => foreign_certificate(&mut image, &mut rng, seed, epoch)?,
            Holding::RsaPair => rsa_pair(&mut image)?,
            Holding::NoSpace => fill(&mut image),
        }
    }
    set_pins(&mut image, &token.pins)?;
    Ok(image)
}

fn set_pins(image: &mut TokenImage, pins: &Pins) -> Result<(), String> {
    let given = [
        (PinRef::User, &pins.user, pins.user_tries_left),
        (
            PinRef::So,
            &pins.administrator,
            pins.administrator_tries_left,
        ),
    ];
    for (reference, value, tries_left) in given {
        let pin = image.pins.get_mut(&reference);
        let pin = pin.ok_or_else(|| "a new token has both PINs".to_owned())?;
        if tries_left > pin.max_tries {
            return Err(format!(
                "{tries_left} tries left of {} that there are",
                pin.max_tries
            ));
        }
        pin.tries_left = tries_left;
        pin.value = Some(Secret::new(value.as_bytes()));
    }
    Ok(())
}

/// Leaves less room than a key pair takes, by files as large as files may be.
fn fill(image: &mut TokenImage) {
    let mut left = TokenImage::MEMORY.saturating_sub(image.memory_used() + NO_ROOM);
    let Some(mf) = image.mf.as_mut() else { return };
    let access = mf.access;
    let Body::Df { children, .. } = &mut mf.body else {
        return;
    };
    for fid in FIRST_FILLER.. {
        let Some(room) = left.checked_sub(TokenImage::FILE_OVERHEAD) else {
            break;
        };
        let data = vec![0; room.min(LARGEST_FILE)];
        left = room - data.len();
        children.push(File {
            fid: FileId(fid),
            access,
            body: Body::Ef { data },
        });
    }
}

/// What fills a full token begins with this file; no driver uses the numbers from it on.
const FIRST_FILLER: u16 = 0x7F01;
/// The largest size that an image's file, and a command that makes one, can name.
const LARGEST_FILE: usize = 0x7FFF;
/// Bytes that are left on a full token, or a file's own few more.
const NO_ROOM: usize = 40;

/// A certificate whose pair never was on this token.
fn foreign_certificate(
    image: &mut TokenImage,
    rng: &mut ChaCha20Rng,
    seed: u64,
    epoch: Timestamp,
) -> Result<(), String> {
    let key = SigningKey::generate(ParameterSet::CryptoProA, rng);
    let certificate = certificate(&key, rng, seed, epoch - A_YEAR)?;
    let name = ObjectName {
        label: "ЕГАИС_610042",
        id: &key_id(&key),
    };
    image
        .put_certificate(name, &certificate)
        .map_err(|error| error.to_string())?;
    Ok(())
}

/// Last year's pair and certificate, labelled as the portal labels them.
fn earlier_certificate(
    image: &mut TokenImage,
    rng: &mut ChaCha20Rng,
    seed: u64,
    epoch: Timestamp,
) -> Result<(), String> {
    let label = "ЕГАИС_610042";
    let key = gost_pair(image, rng, label)?;
    let certificate = certificate(&key, rng, seed, epoch - A_YEAR)?;
    let id = key_id(&key);
    image
        .put_certificate(ObjectName { label, id: &id }, &certificate)
        .map_err(|error| error.to_string())?;
    Ok(())
}

fn gost_pair(
    image: &mut TokenImage,
    rng: &mut ChaCha20Rng,
    label: &str,
) -> Result<SigningKey, String> {
    let key = SigningKey::generate(ParameterSet::CryptoProA, rng);
    let id = key_id(&key);
    image
        .put_gost_pair(ObjectName { label, id: &id }, &key)
        .map_err(|error| error.to_string())?;
    Ok(key)
}

fn rsa_pair(image: &mut TokenImage) -> Result<(), String> {
    let primes: toml::Table = RSA_PRIMES.parse().expect("the shipped primes are TOML");
    let prime = |name: &str| hex::decode(primes[name].as_str().unwrap_or_default());
    let (Ok(p), Ok(q)) = (prime("p"), prime("q")) else {
        unreachable!("the shipped primes are hex")
    };
    let key = RsaKey::from_primes(&p, &q).expect("the shipped primes are primes");
    let name = ObjectName {
        label: "FSRAR-RSA-030000000000",
        id: b"rsa",
    };
    image
        .put_rsa_pair(name, &key)
        .map_err(|error| error.to_string())?;
    Ok(())
}

/// CKA_ID as the engine gives it: SHA-1 of the public key.
fn key_id(key: &SigningKey) -> Vec<u8> {
    Sha1::digest(key.verifying_key().to_bytes()).to_vec()
}

fn sample() -> Application {
    Application::sample(Profile::named("forus-2018").expect("the manual's own profile"))
}

/// What the authority answered to this key's request at `at`.
fn certificate(
    key: &SigningKey,
    rng: &mut ChaCha20Rng,
    seed: u64,
    at: Timestamp,
) -> Result<Vec<u8>, String> {
    let application = sample();
    let info = PublicKeyInfo {
        algorithm: Algorithm::Gost2001,
        key: key.verifying_key().clone(),
    };
    let subject: Vec<SubjectAttribute> = application
        .subject
        .iter()
        .map(|field| SubjectAttribute {
            oid: field.oid,
            label: field.label.clone(),
            value: field.value.clone(),
        })
        .collect();
    let extensions = RequestedExtensions::default();
    let wanted = Wanted {
        subject: &subject,
        extensions: &extensions,
        key: &info,
    };
    let signed = request::info(&wanted).map_err(|error| error.to_string())?;
    let signature = key
        .sign_prehash(&Algorithm::Gost2001.digest(&signed), rng)
        .map_err(|error| error.to_string())?;
    let request = request::assemble(&signed, Algorithm::Gost2001, &signature)
        .map_err(|error| error.to_string())?;
    let mut authority = CertificationAuthority::from_seed(seed, &application.profile, at);
    let checked = authority
        .check(&request, &application)
        .map_err(|error| error.to_string())?;
    let issued = authority.issue(&checked, &application, at);
    issued.map_err(|error| error.to_string())
}
