//! Values that another card answers otherwise: bound to names where they are seen first, and the same from there on.
//!
//! What is bound, and only when the recording declares it: the public key that GENERATE ASYMMETRIC KEY PAIR answers and its
//! SHA-1, by which the pair is named; a GOST signature, when it is true under the key of that reference; what GET CHALLENGE
//! answers. A value cut in two by the end of a READ or an UPDATE BINARY is known by its parts.

use std::collections::BTreeMap;
use std::ops::Range;

use gost3410::{ParameterSet, Signature, VerifyingKey};
use sha1::{Digest as _, Sha1};

use crate::recording::MayDiffer;

/// The values bound so far.
#[derive(Debug, Default)]
pub(super) struct Bound {
    may_differ: Vec<MayDiffer>,
    values: Vec<Value>,
    /// Public keys made meanwhile, by the card's reference: the recorded one and this card's.
    keys: BTreeMap<u8, [Vec<u8>; 2]>,
    /// The key that signs, as MANAGE SECURITY ENVIRONMENT set it.
    signing: Option<u8>,
    counts: BTreeMap<&'static str, usize>,
    first_sights: usize,
}

#[derive(Debug)]
struct Value {
    name: String,
    recorded: Vec<u8>,
    came: Vec<u8>,
}

/// Whose bytes are read.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Whose {
    /// The recording's.
    Recorded,
    /// Those of the card under test.
    Came,
}

impl Value {
    fn bytes(&self, whose: Whose) -> &[u8] {
        match whose {
            Whose::Recorded => &self.recorded,
            Whose::Came => &self.came,
        }
    }
}

impl Bound {
    pub(super) fn new(may_differ: &[MayDiffer]) -> Self {
        Self {
            may_differ: may_differ.to_vec(),
            ..Self::default()
        }
    }

    /// Bytes, as hexadecimal digits, that were bound instead of compared.
    pub(super) const fn not_compared(&self) -> usize {
        self.first_sights * 2
    }

    /// The recorded bytes with this card's values in them.
    pub(super) fn here(&self, recorded: &[u8]) -> Vec<u8> {
        let pieces = self.pieces(recorded, Whose::Recorded);
        let bytes = |piece| match piece {
            Piece::Plain(range) => &recorded[range],
            Piece::Part(value, range) => &self.values[value].came[range],
        };
        pieces.into_iter().flat_map(bytes).copied().collect()
    }

    /// Hexadecimal, with names for values.
    pub(super) fn named(&self, bytes: &[u8], whose: Whose) -> String {
        let pieces = self.pieces(bytes, whose).into_iter();
        pieces.map(|piece| self.shown(bytes, piece)).collect()
    }

    fn shown(&self, bytes: &[u8], piece: Piece) -> String {
        match piece {
            Piece::Plain(range) => hex::encode_upper(&bytes[range]),
            Piece::Part(value, range) => {
                let value = &self.values[value];
                if range.len() == value.came.len() {
                    return format!("{{{}}}", value.name);
                }
                format!("{{{}[{}..{}]}}", value.name, range.start, range.end)
            }
        }
    }

    /// Looks at a command of this card and at both answers to it, and binds what is seen for the first time.
    pub(super) fn answered(&mut self, command: &[u8], recorded: &[u8], came: &[u8]) {
        let (Some(old), Some(new)) = (body(recorded), body(came)) else {
            return;
        };
        match *command {
            [_, 0x22, _, 0xB6, _, 0x84, 1, reference, ..] => self.signing = Some(reference),
            _ if old.len() != new.len() || old.is_empty() => {}
            [_, 0x46, _, reference, ..] => self.made(reference, old, new),
            [_, 0x2A, 0x9E, 0x9A, ..] if self.are_true(command, [old, new]) => {
                self.bind(MayDiffer::Signature, "sig", "", old, new);
            }
            [_, 0x84, ..] => self.bind(MayDiffer::Random, "random", "", old, new),
            _ => {}
        }
    }

    fn made(&mut self, reference: u8, old: &[u8], new: &[u8]) {
        if !is_public_key(old) || !is_public_key(new) {
            return;
        }
        self.keys.insert(reference, [old.to_vec(), new.to_vec()]);
        if old != new {
            self.bind(MayDiffer::Key, "key", ".public", old, new);
            self.add("key", ".id", &Sha1::digest(old), &Sha1::digest(new));
        }
    }

    /// Whether both signatures are the digest's, each under its own key of the reference that was set.
    fn are_true(&self, command: &[u8], signatures: [&[u8]; 2]) -> bool {
        let keys = self.signing.and_then(|reference| self.keys.get(&reference));
        let (Some(keys), Some(digest)) = (keys, data(command)) else {
            return false;
        };
        let mut pairs = keys.iter().zip(signatures);
        pairs.all(|(key, signature)| is_true(key, digest, signature))
    }

    fn bind(&mut self, what: MayDiffer, kind: &'static str, of: &str, old: &[u8], new: &[u8]) {
        if old == new || !self.may_differ.contains(&what) {
            return;
        }
        *self.counts.entry(kind).or_default() += 1;
        self.first_sights += old.len();
        self.add(kind, of, old, new);
    }

    fn add(&mut self, kind: &'static str, of: &str, old: &[u8], new: &[u8]) {
        let Some(number) = self.counts.get(kind) else {
            return;
        };
        self.values.push(Value {
            name: format!("{kind}{number}{of}"),
            recorded: old.to_vec(),
            came: new.to_vec(),
        });
    }

    fn pieces(&self, bytes: &[u8], whose: Whose) -> Vec<Piece> {
        let (mut pieces, mut plain, mut at) = (Vec::new(), 0, 0);
        while at < bytes.len() {
            let Some((value, range)) = self.part_at(bytes, at, whose) else {
                at += 1;
                continue;
            };
            pieces.push(Piece::Plain(plain..at));
            at += range.len();
            plain = at;
            pieces.push(Piece::Part(value, range));
        }
        pieces.push(Piece::Plain(plain..at));
        pieces
    }

    /// Which value, and which part of it, begins here: a whole one; at the start of the bytes also an end of one, and its
    /// beginning where the bytes end.
    fn part_at(&self, bytes: &[u8], at: usize, whose: Whose) -> Option<(usize, Range<usize>)> {
        let rest = &bytes[at..];
        self.values.iter().enumerate().find_map(|(index, value)| {
            let value = value.bytes(whose);
            let length = value.len();
            if rest.starts_with(value) {
                return Some((index, 0..length));
            }
            if rest.len() < length && rest.len() >= SHORTEST && value.starts_with(rest) {
                return Some((index, 0..rest.len()));
            }
            let ends = 1..length.saturating_sub(SHORTEST - 1);
            let mut ends = ends.filter(|_| at == 0);
            let from = ends.find(|from| rest.starts_with(&value[*from..]))?;
            Some((index, from..length))
        })
    }
}

enum Piece {
    Plain(Range<usize>),
    Part(usize, Range<usize>),
}

/// A shorter part of a value is compared as it is: too many bytes look like it.
const SHORTEST: usize = 4;

/// What a short command carries.
fn data(command: &[u8]) -> Option<&[u8]> {
    let length = usize::from(*command.get(4)?);
    command.get(5..)?.get(..length)
}

/// The set is not told by the bytes; a signature is true under one that fits.
fn is_true(key: &[u8], digest: &[u8], signature: &[u8]) -> bool {
    let Ok(signature) = Signature::from_token_bytes(signature) else {
        return false;
    };
    ParameterSet::ALL.into_iter().any(|set| {
        let key = VerifyingKey::from_bytes(set, key);
        key.is_ok_and(|key| key.verify_prehash(digest, &signature).is_ok())
    })
}

/// What a good answer carries before its status word.
fn body(answer: &[u8]) -> Option<&[u8]> {
    answer.strip_suffix(&[0x90, 0x00])
}

fn is_public_key(bytes: &[u8]) -> bool {
    let mut sets = ParameterSet::ALL.into_iter();
    sets.any(|set| VerifyingKey::from_bytes(set, bytes).is_ok())
}
