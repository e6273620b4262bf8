//! Key import and generation.

use gost3410::{SigningKey, VerifyingKey};

use super::files::key_directory;
use super::{Card, Env};
use crate::access::Operation;
use crate::apdu::Response;
use crate::fidelity::{Evidence, Row, Subject};
use crate::image::{Body, File, Secret};
use crate::reference::{FileId, KeyRef};
use crate::rsa::RsaKey;
use crate::rsf::{Half, KeyKind, RsfKind};
use crate::status_word::StatusWord;

impl Card {
    /// Fills both files of a pair at once and answers the public half.
    ///
    /// Errors: `6A88` a file is missing (assumed), `6982`, `6985` the pair holds a key already (assumed),
    /// `6A80` the halves are of different kinds (assumed).
    /// Source: OpenSC card-rtecp.c, `rtecp_card_ctl` with `SC_CARDCTL_RTECP_GENERATE_KEY`. Evidence: driver.
    pub(super) fn generate_key_pair(
        &mut self,
        env: &mut Env<'_>,
        key: KeyRef,
    ) -> Result<Response, StatusWord> {
        let (kind, private) = self.half(key, Half::Private)?;
        let (twin, public) = self.half(key, Half::Public)?;
        self.permit(&private.access, Operation::Update)?;
        if has_value(private) || has_value(public) {
            return Err(StatusWord::CONDITIONS_OF_USE);
        }
        if kind != twin {
            return Err(StatusWord::WRONG_DATA);
        }
        let pair = generate(env, kind).ok_or(StatusWord::WRONG_DATA)?;
        let answer = pair.answer.clone();
        self.memory.write(|image| {
            image.set_value(&half_path(key, Half::Private), pair.private);
            image.set_value(&half_path(key, Half::Public), pair.public);
        })?;
        Ok(Response::data(answer))
    }

    /// Puts a value into the key file that is selected, over what it held.
    ///
    /// Errors: `6986` no file, `6981` not a key file, `6982`, `6A80` the value is no such key (assumed).
    pub(super) fn import_key(&mut self, value: &[u8]) -> Result<Response, StatusWord> {
        let path = self.current_file_path()?;
        let file = self.image().file(&path).ok_or(StatusWord::FILE_NOT_FOUND)?;
        let Some(RsfKind::Key(half, kind)) = file.rsf_kind() else {
            return Err(StatusWord::WRONG_FILE_TYPE);
        };
        self.permit(&file.access, Operation::Update)?;
        if !is_key(half, kind, value) {
            return Err(StatusWord::WRONG_DATA);
        }
        self.memory
            .write(|image| image.set_value(&path, Secret::new(value)))?;
        Ok(Response::done())
    }

    pub(super) fn half(&self, key: KeyRef, half: Half) -> Result<(KeyKind, &File), StatusWord> {
        let file = self
            .image()
            .file(&half_path(key, half))
            .ok_or(StatusWord::REFERENCE_NOT_FOUND)?;
        match file.rsf_kind() {
            Some(RsfKind::Key(found, kind)) if found == half => Ok((kind, file)),
            _ => Err(StatusWord::REFERENCE_NOT_FOUND),
        }
    }
}

/// A generated pair: the two values to store and what the host is told.
struct Pair {
    private: Secret,
    public: Secret,
    answer: Vec<u8>,
}

/// `None` for a length that no key has, which no key file declares either.
fn generate(env: &mut Env<'_>, kind: KeyKind) -> Option<Pair> {
    Some(match kind {
        KeyKind::Gost(set) => {
            let key = SigningKey::generate(set, env.rng);
            let public = key.verifying_key().to_bytes();
            let private = Secret::new(key.to_le_bytes().to_vec());
            Pair {
                private,
                public: Secret::new(public.clone()),
                answer: public,
            }
        }
        KeyKind::Rsa { prime_len } => {
            let key = RsaKey::generate(prime_len, env.rng)?;
            let public = Secret::new(key.to_public_value());
            Pair {
                private: key.to_value(),
                public,
                answer: key.modulus(),
            }
        }
    })
}

fn is_key(half: Half, kind: KeyKind, value: &[u8]) -> bool {
    match (kind, half) {
        (KeyKind::Gost(set), Half::Private) => SigningKey::from_le_bytes(set, value).is_ok(),
        (KeyKind::Gost(set), Half::Public) => VerifyingKey::from_bytes(set, value).is_ok(),
        (KeyKind::Rsa { prime_len }, Half::Private) => {
            RsaKey::from_value(prime_len, value).is_some()
        }
        (KeyKind::Rsa { .. }, Half::Public) => value.len() == kind.size(half),
    }
}

fn has_value(file: &File) -> bool {
    matches!(file.body, Body::Rsf { value: Some(_), .. })
}

fn half_path(key: KeyRef, half: Half) -> [FileId; 4] {
    let [a, b, c] = key_directory(half);
    [a, b, c, key.file_id()]
}

/// What this rests on.
pub(crate) const FIDELITY: &[Row] = {
    use Evidence::*;
    const GENERATE: Subject = Subject(Some([0x00, 0x46]), "GENERATE KEY PAIR");
    const KEYS: Subject = Subject(None, "keys");
    &[
        GENERATE.row("fills both halves; answers X ‖ Y little-endian, or the modulus little-endian with exponent 65537", Recording),
        GENERATE.row("the exponent that newer hosts send is taken if it is 65537", Driver),
        GENERATE.row("a half is missing `6A88`, halves of different kinds `6A80`, a pair that holds a key `6985`", Assumed),
        KEYS.row("GOST R 34.10 on CryptoPro-A, B, C: property bytes 20, 30, 40; private key, point and signature little-endian", Recording),
        KEYS.row("the test set (10), TC26-A (50), and 2012-512 A, B, C (types 43 and 53, bytes 20, 30, 40)", Assumed),
        KEYS.row("RSA of 512 to 2048 bits in steps of 128; values `p 0⁴ q 0⁴ q⁻¹ dP dQ` and `n e`", Recording),
        KEYS.row("an imported RSA key may have any public exponent up to 33 bits", Assumed),
    ]
};
