//! Key import and generation, signing, deciphering.

use gost3410::{ParameterSet, SigningKey, VerifyingKey};

use super::files::key_directory;
use super::{Card, Env};
use crate::access::Operation;
use crate::apdu::Response;
use crate::command::{Command, Environment};
use crate::image::{Body, File, Secret};
use crate::reference::{FileId, KeyRef};
use crate::rsa::RsaKey;
use crate::rsf::{Half, KeyKind, RsfKind};
use crate::status_word::StatusWord;
use crate::timing;

impl Card {
    /// Chooses a key. Whether it is there shows only at the operation (assumed); the choice lasts until reset.
    pub(super) fn set_environment(&mut self, environment: Environment) -> Response {
        match environment {
            Environment::Signature(key) => self.session.signature_key = Some(key),
            Environment::Confidentiality(key) => self.session.confidentiality_key = Some(key),
        }
        Response::done()
    }

    /// Signs a digest; for RSA, raises the padded block to the private exponent.
    ///
    /// Shape: GOST takes digest octets as the hash gives them and answers r ‖ s, each little-endian; RSA takes and
    /// answers a little-endian number as long as the modulus.
    /// Errors: `6985` no key chosen, `6A88` no such key or an empty one, `6982`, `6700` a digest of another
    /// length (assumed).
    /// Source: OpenSC card-rtecp.c, `rtecp_compute_signature`. Evidence: driver.
    pub(super) fn compute_signature(
        &mut self,
        env: &mut Env<'_>,
        input: &[u8],
    ) -> Result<Response, StatusWord> {
        let key = self
            .session
            .signature_key
            .ok_or(StatusWord::CONDITIONS_OF_USE)?;
        let (kind, value) = self.usable_key(key)?;
        match kind {
            KeyKind::Gost(set) => sign_gost(env, set, value, input),
            KeyKind::Rsa { prime_len } => power(prime_len, value, input),
        }
    }

    /// Deciphers with an RSA key. GOST key agreement is not established for this token: `6A80` (assumed).
    pub(super) fn decipher(&mut self, input: &[u8]) -> Result<Response, StatusWord> {
        let key = self
            .session
            .confidentiality_key
            .ok_or(StatusWord::CONDITIONS_OF_USE)?;
        let (kind, value) = self.usable_key(key)?;
        match kind {
            KeyKind::Gost(_) => Err(StatusWord::WRONG_DATA),
            KeyKind::Rsa { prime_len } => power(prime_len, value, input),
        }
    }

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
        let pair = generate(env, kind);
        let answer = pair.answer.clone();
        self.memory.write(|image| {
            image.set_value(&half_path(key, Half::Private), pair.private);
            image.set_value(&half_path(key, Half::Public), pair.public);
        });
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
            .write(|image| image.set_value(&path, Secret::new(value)));
        Ok(Response::done())
    }

    /// The private half with a value in it, if the rights held now allow to use it.
    fn usable_key(&self, key: KeyRef) -> Result<(KeyKind, &Secret), StatusWord> {
        let (kind, file) = self.half(key, Half::Private)?;
        let Body::Rsf {
            value: Some(value), ..
        } = &file.body
        else {
            return Err(StatusWord::REFERENCE_NOT_FOUND);
        };
        self.permit(&file.access, Operation::Use)?;
        Ok((kind, value))
    }

    fn half(&self, key: KeyRef, half: Half) -> Result<(KeyKind, &File), StatusWord> {
        let file = self
            .image()
            .file(&half_path(key, half))
            .ok_or(StatusWord::REFERENCE_NOT_FOUND)?;
        match file.rsf_kind() {
            Some(RsfKind::Key(found, kind)) if found == half => Ok((kind, file)),
            _ => Err(StatusWord::REFERENCE_NOT_FOUND),
        }
    }

    /// What a command will cost, told by what it asks for and of which key.
    pub(super) fn operation(&self, command: &Command<'_>) -> timing::Operation {
        let chosen = match command {
            Command::ComputeSignature(_) => self.session.signature_key,
            Command::Decipher(_) => self.session.confidentiality_key,
            Command::GenerateKeyPair(key) => Some(*key),
            _ => None,
        };
        let kind = chosen
            .and_then(|key| self.half(key, Half::Private).ok())
            .map(|(kind, _)| kind);
        timing::Operation::of(command, kind)
    }
}

/// A generated pair: the two values to store and what the host is told.
struct Pair {
    private: Secret,
    public: Secret,
    answer: Vec<u8>,
}

fn generate(env: &mut Env<'_>, kind: KeyKind) -> Pair {
    match kind {
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
            let key = RsaKey::generate(prime_len, env.rng);
            let public = Secret::new(key.to_public_value());
            Pair {
                private: key.to_value(),
                public,
                answer: key.modulus(),
            }
        }
    }
}

fn sign_gost(
    env: &mut Env<'_>,
    set: ParameterSet,
    value: &Secret,
    digest: &[u8],
) -> Result<Response, StatusWord> {
    let key = SigningKey::from_le_bytes(set, value.reveal())
        .map_err(|_| StatusWord::REFERENCE_NOT_FOUND)?;
    let signature = key
        .sign_prehash(digest, env.rng)
        .map_err(|_| StatusWord::WRONG_LENGTH)?;
    Ok(Response::data(signature.to_token_bytes()))
}

/// Errors: `6700` longer than the modulus, `6A80` not below it (assumed).
fn power(prime_len: usize, value: &Secret, input: &[u8]) -> Result<Response, StatusWord> {
    if input.len() > 2 * prime_len {
        return Err(StatusWord::WRONG_LENGTH);
    }
    let key =
        RsaKey::from_value(prime_len, value.reveal()).ok_or(StatusWord::REFERENCE_NOT_FOUND)?;
    key.power(input)
        .map(Response::data)
        .ok_or(StatusWord::WRONG_DATA)
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
