//! What keys are for: signing, deciphering, key agreement; and hashing, which takes none.

use gost3410::{Algorithm, ParameterSet, SigningKey, VerifyingKey, vko};

use super::{Card, Env};
use crate::access::Operation;
use crate::apdu::Response;
use crate::command::{Command, Confidentiality, Environment};
use crate::fidelity::{Evidence, Row, Subject};
use crate::image::{Body, Secret};
use crate::reference::KeyRef;
use crate::rsa::RsaKey;
use crate::rsf::{Half, KeyKind};
use crate::status_word::StatusWord;
use crate::timing;

impl Card {
    /// Chooses keys and hashes. Whether a key is there shows only at the operation (assumed); the choice lasts until
    /// reset.
    pub(super) fn set_environment(&mut self, environment: Environment) -> Response {
        match environment {
            Environment::Signature(key) => self.session.signature_key = Some(key),
            Environment::Confidentiality(purpose) => self.session.confidentiality = Some(purpose),
            Environment::Hash(hash) => self.session.hash = Some(hash),
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
        &self,
        env: &mut Env<'_>,
        input: &[u8],
    ) -> Result<Response, StatusWord> {
        let key = self.session.signature_key;
        let (kind, value) = self.usable_key(key.ok_or(StatusWord::CONDITIONS_OF_USE)?)?;
        match kind {
            KeyKind::Gost(set) => sign_gost(env, set, value, input),
            KeyKind::Rsa { prime_len } => power(prime_len, value, input),
        }
    }

    /// Deciphers with an RSA key, or makes a shared key with a GOST one, as the environment says.
    ///
    /// Errors: `6985` no key chosen, `6A88` no such key or an empty one, `6982`, `6A80` a key of the other family
    /// (assumed).
    /// Source: OpenSC card-rtecp.c, `rtecp_decipher`. Evidence: driver.
    pub(super) fn decipher(&self, input: &[u8]) -> Result<Response, StatusWord> {
        let purpose = self.session.confidentiality.as_ref();
        match purpose.ok_or(StatusWord::CONDITIONS_OF_USE)? {
            Confidentiality::Decipher(key) => match self.usable_key(*key)? {
                (KeyKind::Rsa { prime_len }, value) => power(prime_len, value, input),
                (KeyKind::Gost(_), _) => Err(StatusWord::WRONG_DATA),
            },
            Confidentiality::Agree { key, ukm, hash } => match self.usable_key(*key)? {
                (KeyKind::Gost(set), value) => agree(set, value, input, ukm, *hash),
                (KeyKind::Rsa { .. }, _) => Err(StatusWord::WRONG_DATA),
            },
        }
    }

    /// The digest of the data, all of it in one chain. The whole command is assumed.
    ///
    /// Errors: `6985` no hash chosen.
    pub(super) fn hash(&self, message: &[u8]) -> Result<Response, StatusWord> {
        let hash = self.session.hash.ok_or(StatusWord::CONDITIONS_OF_USE)?;
        Ok(Response::data(hash.digest(message)))
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

    /// What a command will cost, told by what it asks for and of which key.
    pub(super) fn operation(&self, command: &Command<'_>) -> timing::Operation {
        let chosen = match (command, &self.session.confidentiality) {
            (Command::ComputeSignature(_), _) => self.session.signature_key,
            (
                Command::Decipher(_),
                Some(Confidentiality::Decipher(key) | Confidentiality::Agree { key, .. }),
            ) => Some(*key),
            (Command::GenerateKeyPair(key), _) => Some(*key),
            _ => None,
        };
        let kind = chosen
            .and_then(|key| self.half(key, Half::Private).ok())
            .map(|(kind, _)| kind);
        timing::Operation::of(command, kind)
    }
}

fn sign_gost(
    env: &mut Env<'_>,
    set: ParameterSet,
    value: &Secret,
    digest: &[u8],
) -> Result<Response, StatusWord> {
    let signature = signing_key(set, value)?
        .sign_prehash(digest, env.rng)
        .map_err(|_| StatusWord::WRONG_LENGTH)?;
    Ok(Response::data(signature.to_token_bytes()))
}

/// VKO: the other side's public key `X ‖ Y` in, the shared key out, little-endian both. Without a hash in the environment it is
/// GOST R 34.11-94 for 256-bit keys and GOST R 34.11-2012-512 for longer ones (assumed, like all of it).
///
/// Errors: `6700` a public key of another length, `6A80` no point of the curve, or a UKM of zero or too long.
/// Source: RFC 4357 §5.2, RFC 7836 §4.3.
fn agree(
    set: ParameterSet,
    value: &Secret,
    peer: &[u8],
    ukm: &[u8],
    hash: Option<Algorithm>,
) -> Result<Response, StatusWord> {
    if peer.len() != 2 * set.size() {
        return Err(StatusWord::WRONG_LENGTH);
    }
    let hash = hash.unwrap_or(match set.size() {
        32 => Algorithm::Gost2001,
        _ => Algorithm::Gost2012_512,
    });
    let peer = VerifyingKey::from_bytes(set, peer).map_err(|_| StatusWord::WRONG_DATA)?;
    let shared = vko(&signing_key(set, value)?, &peer, ukm, hash);
    let shared = shared.map_err(|_| StatusWord::WRONG_DATA)?;
    Ok(Response::data(shared.to_vec()))
}

fn signing_key(set: ParameterSet, value: &Secret) -> Result<SigningKey, StatusWord> {
    SigningKey::from_le_bytes(set, value.reveal()).map_err(|_| StatusWord::REFERENCE_NOT_FOUND)
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

/// What this rests on.
pub(crate) const FIDELITY: &[Row] = {
    use Evidence::*;
    const ENVIRONMENT: Subject = Subject(Some([0x00, 0x22]), "MANAGE SECURITY ENVIRONMENT");
    const OPERATION: Subject = Subject(Some([0x00, 0x2A]), "PERFORM SECURITY OPERATION");
    &[
        ENVIRONMENT.row("`41 B6` the key that signs, `41 B8` the key that deciphers, tag 84; lasts until reset", Driver),
        ENVIRONMENT.row("tag 83 is taken for 84, other tags are refused with `6A80`", Assumed),
        ENVIRONMENT.row("a key that is not there shows only at the operation", Assumed),
        ENVIRONMENT.row("`41 B8` with `95 01 40`: key agreement, optional 80 hash and 87 UKM", Assumed),
        ENVIRONMENT.row("`41 AA` with 80: hash 01 GOST R 34.11-94, 02 and 03 GOST R 34.11-2012 of 256 and 512 bits", Assumed),
        OPERATION.row("`9E 9A` signs: digest octets as the hash gives them, answered r ‖ s little-endian", Recording),
        OPERATION.row("`9E 9A` and `80 86` raise a little-endian number to the RSA private exponent; padding is the host's", Recording),
        OPERATION.row("no environment `6985`, key absent or empty `6A88`, wrong length `6700`", Assumed),
        OPERATION.row("the digest 0 modulo q counts as 1", Spec),
        OPERATION.row("an RSA number not below the modulus, a GOST key told to decipher: `6A80`", Assumed),
        OPERATION.row("`80 86` under key agreement: X ‖ Y of the other side in, VKO's key out", Assumed),
        OPERATION.row("VKO computes as RFC 4357 and RFC 7836 have it", Spec),
        OPERATION.row("`90 80` hashes, whole or in a chain", Assumed),
    ]
};
