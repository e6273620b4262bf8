//! A pair is made. Between the first file and the last entry a note of ours says which pair it is; the next call
//! finishes that pair, or clears away what there is of it.
//!
//! The directories come first, since they take the most room; then the note, the file for the public key, the card's
//! two files and the key in them; the public key is written, then its entry, then the private one. Key files that no
//! note tells of are another program's and are left alone.

use gost3410::{ParameterSet, VerifyingKey};
use sha1::{Digest as _, Sha1};

use super::commands::Card;
use super::container::Directory;
use super::directory::Edit;
use super::keys::{Keys, key_in_file, public_key_file};
use super::layout::{self, APPLICATION, Curve, FileId, NOTE, PUBLIC_KEY_FILES};
use super::pkcs15::{self, NewPair, Object};
use crate::ports::token::{KeyId, KeyKind, KeyPair, KeySpec, TokenError, Transmit};

/// What is being made: the note's content. A note of zeros is one that was not yet written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Making {
    reference: u8,
    file: FileId,
}

impl<T: Transmit> Card<T> {
    /// Makes a pair, or finishes the one that an interrupted call began on the same curve.
    pub(super) fn make_pair(&mut self, spec: &KeySpec) -> Result<KeyPair, TokenError> {
        let curve = known_curve(spec)?;
        super::check_label(&spec.label)?;
        let mut keys = self.keys()?;
        let begun = self.settle(&mut keys, Some(spec.parameter_set))?;
        self.require_room(&keys, spec)?;
        self.ensure(&mut keys.public)?;
        self.ensure(&mut keys.private)?;
        let (making, key) = match begun {
            Some(begun) => begun,
            None => self.begin_pair(&mut keys, spec.parameter_set, curve)?,
        };
        let pair = self.list_pair(&mut keys, spec, making, key)?;
        self.delete(&[APPLICATION, NOTE])?;
        Ok(pair)
    }

    /// Both entries are as long with any id of twenty octets, so their room is known before there is a key.
    fn require_room(&self, keys: &Keys, spec: &KeySpec) -> Result<(), TokenError> {
        let pair = NewPair {
            label: &spec.label,
            id: &[0; 20],
            set: spec.parameter_set,
            reference: 0xFF,
            file: 0,
        };
        keys.private
            .require_room(pkcs15::private_key(&pair).len())?;
        keys.public.require_room(pkcs15::public_key(&pair).len())
    }

    /// The part of the work that a refusal undoes: the note, the files, the key itself.
    fn begin_pair(
        &mut self,
        keys: &mut Keys,
        set: ParameterSet,
        curve: Curve,
    ) -> Result<(Making, VerifyingKey), TokenError> {
        let making = Making {
            reference: self.free_reference(&keys.private)?,
            file: self.free_file(PUBLIC_KEY_FILES)?.ok_or(NO_NUMBER)?,
        };
        let made = self.generate_files(making, set, curve);
        if made.is_err() {
            // Should this fail as well, the note stays and the next call goes on.
            drop(self.settle(keys, None));
        }
        Ok((making, made?))
    }

    fn generate_files(
        &mut self,
        making: Making,
        set: ParameterSet,
        curve: Curve,
    ) -> Result<VerifyingKey, TokenError> {
        let Making { reference, file } = making;
        self.create_in(&[APPLICATION], &layout::user_file(NOTE, NOTE_SIZE))?;
        self.fill(NOTE, &making.to_bytes(), "the note about a new pair")?;
        let size = public_key_file_size(curve);
        self.create_in(&[APPLICATION], &layout::user_file(file, size))?;
        self.create(&layout::private_key_file(reference, curve))?;
        self.create(&layout::public_key_file(reference, curve))?;
        let octets = self.generate(reference)?;
        let key = VerifyingKey::from_bytes(set, &octets);
        let key = key.map_err(|why| TokenError::Damaged {
            what: format!("the new public key: {why}"),
        })?;
        self.fill(file, &public_key_file(&octets), "the public key")?;
        Ok(key)
    }

    /// The private entry is the last write: with it the pair is there.
    fn list_pair(
        &mut self,
        keys: &mut Keys,
        spec: &KeySpec,
        making: Making,
        key: VerifyingKey,
    ) -> Result<KeyPair, TokenError> {
        let id = key_id(&key);
        let Making { reference, file } = making;
        let pair = NewPair {
            label: &spec.label,
            id: &id,
            set: spec.parameter_set,
            reference,
            file,
        };
        self.edit(&mut keys.public, Edit::Append(pkcs15::public_key(&pair)))?;
        self.edit(&mut keys.private, Edit::Append(pkcs15::private_key(&pair)))?;
        let (id, label, kind) = (
            KeyId(id.clone()),
            spec.label.clone(),
            KeyKind::Gost(spec.parameter_set),
        );
        Ok(KeyPair {
            id,
            label,
            kind,
            reference,
            public_key: Some(key),
        })
    }

    /// The lowest reference that no entry names and no key file has: one that another program left without an entry
    /// would make CREATE FILE answer 6A89 for ever, so it is passed over.
    fn free_reference(&mut self, private: &Directory) -> Result<u8, TokenError> {
        let taken: Vec<_> = private
            .objects()
            .filter_map(|(_, object)| object.reference)
            .collect();
        for reference in (1..=u8::MAX).filter(|reference| !taken.contains(reference)) {
            let free = self.select(&layout::private_key(reference))?.is_none()
                && self.select(&layout::public_key(reference))?.is_none();
            if free {
                return Ok(reference);
            }
        }
        Err(NO_NUMBER)
    }

    /// Settles what an interrupted call left: gives the pair back to be listed when its public key was already
    /// written and lies on the curve of `wanted`, else deletes what there is of it.
    fn settle(
        &mut self,
        keys: &mut Keys,
        wanted: Option<ParameterSet>,
    ) -> Result<Option<(Making, VerifyingKey)>, TokenError> {
        let Some(note) = self.read(&[APPLICATION, NOTE])? else {
            return Ok(None);
        };
        if let Some(making) =
            Making::from_bytes(&note).filter(|making| !is_listed(&keys.private, *making))
        {
            self.unlist(keys, making)?;
            let path = [APPLICATION, making.file];
            let file_is_ours = !keys.public.objects().any(|(_, object)| object.path == path);
            if let Some(key) = self.begun_key(making, wanted)?.filter(|_| file_is_ours) {
                return Ok(Some((making, key)));
            }
            self.delete(&layout::public_key(making.reference))?;
            self.delete(&layout::private_key(making.reference))?;
            if file_is_ours {
                self.delete(&path)?;
            }
        }
        self.delete(&[APPLICATION, NOTE])?;
        Ok(None)
    }

    /// Takes the public entry of an unfinished pair away; one whose private half is listed belongs to another pair.
    fn unlist(&mut self, keys: &mut Keys, making: Making) -> Result<(), TokenError> {
        let listed: Vec<_> = keys
            .private
            .objects()
            .map(|(_, object)| object.id)
            .collect();
        let ours = |object: &Object| {
            object.path == [APPLICATION, making.file] && !listed.contains(&object.id)
        };
        let place = keys
            .public
            .objects()
            .find(|(_, object)| ours(object))
            .map(|(place, _)| place);
        place.map_or(Ok(()), |place| {
            self.edit(&mut keys.public, Edit::Remove(place))
        })
    }

    /// The public key that was written before the cut, if the private half is there and on the wanted curve.
    fn begun_key(
        &mut self,
        making: Making,
        wanted: Option<ParameterSet>,
    ) -> Result<Option<VerifyingKey>, TokenError> {
        let Some((set, curve)) = wanted.and_then(|set| Some((set, layout::curve(set)?))) else {
            return Ok(None);
        };
        let described = self.select(&layout::private_key(making.reference))?;
        let property = described.and_then(|file| file.property);
        let declared = [curve.private_kind(), curve.property];
        if !property.is_some_and(|property| property.starts_with(&declared)) {
            return Ok(None);
        }
        let file = self.read(&[APPLICATION, making.file])?;
        Ok(file.and_then(|file| key_in_file(set, &file)))
    }
}

impl Making {
    fn to_bytes(self) -> [u8; 3] {
        let [high, low] = self.file.to_be_bytes();
        [self.reference, high, low]
    }

    /// `None` for a note that was not yet written, or that is not ours.
    fn from_bytes(note: &[u8]) -> Option<Self> {
        match note {
            [0, ..] => None,
            [reference, high @ 0x02, low] => Some(Self {
                reference: *reference,
                file: u16::from_be_bytes([*high, *low]),
            }),
            _ => None,
        }
    }
}

fn is_listed(private: &Directory, making: Making) -> bool {
    private
        .objects()
        .any(|(_, object)| object.reference == Some(making.reference))
}

/// Errors: [`TokenError::Unsupported`] for a curve the token does not know, or one of another algorithm.
fn known_curve(spec: &KeySpec) -> Result<Curve, TokenError> {
    let curve =
        layout::curve(spec.parameter_set).filter(|_| spec.algorithm.allows(spec.parameter_set));
    curve.ok_or_else(|| {
        let set = spec.parameter_set.name();
        TokenError::Unsupported {
            what: format!("a {:?} pair on {set}", spec.algorithm),
        }
    })
}

/// CKA_ID of our pairs: SHA-1 of X ‖ Y as the token gives them. It names, it protects nothing.
fn key_id(key: &VerifyingKey) -> Vec<u8> {
    Sha1::digest(key.to_bytes()).to_vec()
}

const NO_NUMBER: TokenError = TokenError::NoSpace {
    what: "one key pair more",
};
const NOTE_SIZE: u16 = 3;

/// Room for what [`public_key_file`] writes, known before there is a key.
fn public_key_file_size(curve: Curve) -> u16 {
    public_key_file(&vec![0; 2 * usize::from(curve.size)]).len() as u16
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn id_is_the_sha1_of_the_public_octets() {
        let octets = "1b7beeb499fdd7d3f3f629c2be4c5d0321b6549889c499c3b082f7a269ef35aa\
                      88260cc8ff05621f0f09335c6616eb006c19d0eef4a42f09b7e173662a1a9cff";
        let octets = hex::decode(octets).expect("hexadecimal");
        let key =
            VerifyingKey::from_bytes(ParameterSet::CryptoProA, &octets).expect("on the curve");
        assert_eq!(
            hex::encode(key_id(&key)),
            "b69b417fbea18c2a3fc6971b5a79c4166e3f1218"
        );
    }

    #[test]
    fn a_note_reads_back_and_an_unwritten_one_says_nothing() {
        let making = Making {
            reference: 7,
            file: 0x0203,
        };
        assert_eq!(Making::from_bytes(&making.to_bytes()), Some(making));
        for note in [&[0, 0, 0][..], &[0, 2, 3], &[7, 3, 0], &[7, 2], &[]] {
            assert_eq!(Making::from_bytes(note), None, "{note:?}");
        }
    }
}
