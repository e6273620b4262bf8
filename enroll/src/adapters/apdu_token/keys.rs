//! Key pairs: listed, renamed, used, deleted.
//!
//! A pair is four things: two key files of the card, a file with the public key, and an entry in each of two
//! directories. The entry of the private key is written last and removed last, so a pair is there or is not.

use gost3410::{ParameterSet, Signature, VerifyingKey};

use super::commands::Card;
use super::container::Directory;
use super::directory::Edit;
use super::layout::{APPLICATION, DirectoryKind};
use super::pkcs15::{self, Object};
use super::tlv;
use crate::certificate::Certificate;
use crate::ports::token::{KeyId, KeyKind, KeyPair, StoredCertificate, TokenError, Transmit};

/// Both directories of keys.
pub(super) struct Keys {
    pub(super) private: Directory,
    pub(super) public: Directory,
}

impl<T: Transmit> Card<T> {
    /// Every pair whose private half is listed.
    pub(super) fn key_pairs(
        &mut self,
        certificates: &[StoredCertificate],
    ) -> Result<Vec<KeyPair>, TokenError> {
        let keys = self.keys()?;
        let mut pairs = Vec::new();
        for (_, object) in keys.private.objects() {
            let public_key = self.public_key(&object, &keys.public, certificates)?;
            let Object {
                id,
                label,
                kind,
                reference,
                path,
            } = object;
            let reference =
                reference.or_else(|| path.last().and_then(|fid| u8::try_from(*fid).ok()));
            let id = KeyId(id);
            pairs.push(KeyPair {
                id,
                label,
                kind,
                reference: reference.unwrap_or_default(),
                public_key,
            });
        }
        Ok(pairs)
    }

    /// From the file that the public entry of the same id names, else from a certificate of the same id.
    fn public_key(
        &mut self,
        private: &Object,
        public: &Directory,
        certificates: &[StoredCertificate],
    ) -> Result<Option<VerifyingKey>, TokenError> {
        let KeyKind::Gost(set) = private.kind else {
            return Ok(None);
        };
        let same_id = certificates
            .iter()
            .filter(|certificate| certificate.id.0 == private.id);
        let certified = || {
            same_id
                .filter_map(|certificate| certified_key(set, &certificate.der))
                .next()
        };
        Ok(self.filed_key(set, private, public)?.or_else(certified))
    }

    fn filed_key(
        &mut self,
        set: ParameterSet,
        private: &Object,
        public: &Directory,
    ) -> Result<Option<VerifyingKey>, TokenError> {
        for (_, object) in public
            .objects()
            .filter(|(_, object)| object.id == private.id)
        {
            let file = self.read(&object.path)?;
            if let Some(key) = file.and_then(|file| key_in_file(set, &file)) {
                return Ok(Some(key));
            }
        }
        Ok(None)
    }

    pub(super) fn keys(&mut self) -> Result<Keys, TokenError> {
        let private = self.directory(DirectoryKind::PrivateKeys)?;
        let public = self.directory(DirectoryKind::PublicKeys)?;
        Ok(Keys { private, public })
    }

    /// Renames both halves.
    pub(super) fn rename_pair(&mut self, id: &KeyId, label: &str) -> Result<(), TokenError> {
        super::check_label(label)?;
        let mut keys = self.keys()?;
        let (place, _) = gost_object(&keys.private, id)?;
        let private = relabel(&keys.private, place, label)?;
        if let [(place, _)] = *with_id(&keys.public, id).as_slice() {
            let public = relabel(&keys.public, place, label)?;
            self.edit(&mut keys.public, Edit::Replace(place, public))?;
        }
        self.edit(&mut keys.private, Edit::Replace(place, private))
    }

    /// Signs, and believes only what the public key confirms.
    pub(super) fn sign_with(&mut self, id: &KeyId, digest: &[u8]) -> Result<Signature, TokenError> {
        let keys = self.keys()?;
        let (_, object) = gost_object(&keys.private, id)?;
        let KeyKind::Gost(set) = object.kind else {
            return Err(TokenError::KeyNotFound { id: id.clone() });
        };
        if digest.len() != set.size() {
            let (octets, set) = (digest.len(), set.name());
            let what = format!("signing a digest of {octets} octets with a key on {set}");
            return Err(TokenError::Unsupported { what });
        }
        let public = match self.filed_key(set, &object, &keys.public)? {
            Some(key) => Some(key),
            None => {
                let certificates = self.certificates()?;
                self.public_key(&object, &keys.public, &certificates)?
            }
        };
        let public = public.ok_or_else(|| TokenError::Damaged {
            what: format!("the public key of {id}, which does not read"),
        })?;
        let reference = object.reference.ok_or_else(|| TokenError::Damaged {
            what: format!("the entry of {id}, which has no reference"),
        })?;
        let answer = self.sign(&object.path, reference, digest)?;
        let signature =
            Signature::from_token_bytes(&answer).map_err(|_| TokenError::BadSignature)?;
        public
            .verify_prehash(digest, &signature)
            .map_err(|_| TokenError::BadSignature)?;
        Ok(signature)
    }

    /// Deletes the card's halves, the public one first as OpenSC does, then file and entries; the private entry, by
    /// which the pair is found, last. So a call after a cut goes on where it stopped.
    pub(super) fn remove_pair(&mut self, id: &KeyId) -> Result<(), TokenError> {
        let mut keys = self.keys()?;
        let (place, object) = gost_object(&keys.private, id)?;
        let [0x1000, 0x1000, 0x6002, reference] = *object.path.as_slice() else {
            return Err(TokenError::Unsupported {
                what: format!("deleting {id}, which is not where pairs are kept"),
            });
        };
        self.delete(&[0x1000, 0x1000, 0x6001, reference])?;
        self.delete(&object.path)?;
        for (place, public) in with_id(&keys.public, id).into_iter().rev() {
            if public.path.starts_with(&[APPLICATION]) {
                self.delete(&public.path)?;
            }
            self.edit(&mut keys.public, Edit::Remove(place))?;
        }
        self.edit(&mut keys.private, Edit::Remove(place))
    }
}

fn with_id(directory: &Directory, id: &KeyId) -> Vec<(usize, Object)> {
    directory
        .objects()
        .filter(|(_, object)| object.id == id.0)
        .collect()
}

/// The first GOST pair of that id.
fn gost_object(private: &Directory, id: &KeyId) -> Result<(usize, Object), TokenError> {
    let mut same = with_id(private, id);
    match same
        .iter()
        .position(|(_, object)| matches!(object.kind, KeyKind::Gost(_)))
    {
        Some(at) => Ok(same.swap_remove(at)),
        None if same.is_empty() => Err(TokenError::KeyNotFound { id: id.clone() }),
        None => Err(TokenError::Unsupported {
            what: format!("touching {id}, which is not a GOST pair"),
        }),
    }
}

fn relabel(directory: &Directory, place: usize, label: &str) -> Result<Vec<u8>, TokenError> {
    let entry = directory
        .entries
        .get(place)
        .and_then(|entry| pkcs15::with_label(entry, label));
    entry.ok_or_else(|| TokenError::Damaged {
        what: "the entry of a pair".to_owned(),
    })
}

/// The content of a file 02nn: an OCTET STRING of X ‖ Y.
pub(super) fn key_in_file(set: ParameterSet, file: &[u8]) -> Option<VerifyingKey> {
    let (value, _) = tlv::element(file).filter(|(value, _)| value.tag == OCTET_STRING)?;
    VerifyingKey::from_bytes(set, value.content).ok()
}

fn certified_key(set: ParameterSet, der: &[u8]) -> Option<VerifyingKey> {
    let certificate = Certificate::from_der(der).ok()?;
    let octets = certificate.key()?.key.to_bytes();
    VerifyingKey::from_bytes(set, &octets).ok()
}

/// What a file 02nn holds for such a key: 66 octets, or 131 for a key of 512 bits.
pub(super) fn public_key_file(octets: &[u8]) -> Vec<u8> {
    tlv::der(OCTET_STRING, &[octets])
}

const OCTET_STRING: u8 = 0x04;
