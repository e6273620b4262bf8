//! Nonces that follow from key and digest (RFC 6979 §3.2), with HMAC over Streebog.

use alloc::vec;
use alloc::vec::Vec;

use zeroize::Zeroizing;

use crate::suite::suite;
use crate::{Algorithm, ParameterSet};

/// The generator of RFC 6979: candidates for `k`, to be refused when not in `1..q`.
pub(crate) struct Nonces {
    set: ParameterSet,
    k: Zeroizing<Vec<u8>>,
    v: Zeroizing<Vec<u8>>,
    fresh: bool,
}

impl Nonces {
    /// Steps a to g; `d` and the digest are little-endian numbers, the RFC's are big-endian.
    pub(crate) fn new(set: ParameterSet, d: &[u8], digest: &[u8]) -> Self {
        let mut nonces = Self {
            set,
            k: Zeroizing::new(vec![0; set.size()]),
            v: Zeroizing::new(vec![1; set.size()]),
            fresh: true,
        };
        let reduced = suite(set).reduce(digest);
        let seed: Zeroizing<Vec<u8>> = Zeroizing::new(
            d.iter()
                .rev()
                .chain(reduced.iter().rev())
                .copied()
                .collect(),
        );
        nonces.update(0, &seed);
        nonces.update(1, &seed);
        nonces
    }

    /// Step h: the next candidate, little-endian.
    pub(crate) fn next(&mut self) -> Zeroizing<Vec<u8>> {
        if !self.fresh {
            self.update(0, &[]);
        }
        self.fresh = false;
        self.v = self.hmac(&[&self.v]);
        let surplus = 8 * self.set.size() - suite(self.set).order_bits();
        Zeroizing::new(shifted_and_reversed(&self.v, surplus))
    }

    /// `K = HMAC(K, V ‖ mark ‖ seed)`, `V = HMAC(K, V)`.
    fn update(&mut self, mark: u8, seed: &[u8]) {
        self.k = self.hmac(&[&self.v, &[mark], seed]);
        self.v = self.hmac(&[&self.v]);
    }

    /// HMAC (RFC 2104, RFC 7836 §4.1) under `K`; Streebog's block has 64 octets.
    fn hmac(&self, parts: &[&[u8]]) -> Zeroizing<Vec<u8>> {
        let inner = self.keyed_digest(0x36, parts);
        self.keyed_digest(0x5c, &[&inner])
    }

    fn keyed_digest(&self, pad: u8, parts: &[&[u8]]) -> Zeroizing<Vec<u8>> {
        let size = 64 + parts.iter().map(|part| part.len()).sum::<usize>();
        let mut input = Zeroizing::new(Vec::with_capacity(size));
        input.extend((0..64).map(|i| self.k.get(i).copied().unwrap_or(0) ^ pad));
        parts.iter().for_each(|part| input.extend_from_slice(part));
        let hash = match self.set.size() {
            32 => Algorithm::Gost2012_256,
            _ => Algorithm::Gost2012_512,
        };
        Zeroizing::new(hash.digest(&input))
    }
}

/// A big-endian number shifted right by less than eight bits, little-endian.
fn shifted_and_reversed(octets: &[u8], bits: usize) -> Vec<u8> {
    let above = core::iter::once(&0).chain(octets);
    let mut shifted: Vec<u8> = (above.zip(octets))
        .map(|(high, low)| (u16::from_be_bytes([*high, *low]) >> bits) as u8)
        .collect();
    shifted.reverse();
    shifted
}
