//! RSA as the token does it: raw powers, little-endian numbers. Padding is the host's business, arithmetic the crate
//! `rsa`'s.

use rand_core::CryptoRng;
use rsa::hazmat::rsa_decrypt_and_check;
use rsa::traits::{PrivateKeyParts, PublicKeyParts};
use rsa::{BoxedUint, RsaPrivateKey};

use crate::image::Secret;

/// A private key with two primes of equal length, whose modulus has all its bits.
#[derive(Clone, PartialEq, Eq)]
pub struct RsaKey {
    prime_len: usize,
    key: RsaPrivateKey,
}

impl RsaKey {
    /// Draws a key of `16 * prime_len` bits with the public exponent 65537; `None` for lengths that no key has.
    pub fn generate<R: CryptoRng + ?Sized>(prime_len: usize, rng: &mut R) -> Option<Self> {
        let key = RsaPrivateKey::new_unchecked(rng, 16 * prime_len).ok()?;
        let [p, q] = key.primes() else {
            return None;
        };
        // Made again from its primes, as a key read from its file is: the private exponent has two forms.
        Self::from_numbers(prime_len, p.as_ref().clone(), q.as_ref().clone(), EXPONENT)
    }

    /// A key from its primes, most significant byte first, with the public exponent 65537; `None` unless they are
    /// different, of equal length, and their product has all its bits. Primality is the caller's word.
    #[must_use]
    pub fn from_primes(p: &[u8], q: &[u8]) -> Option<Self> {
        let number = |bytes: &[u8]| BoxedUint::from_be_slice_vartime(bytes);
        let same_len = p.len() == q.len();
        same_len.then(|| Self::from_numbers(p.len(), number(p), number(q), EXPONENT))?
    }

    fn from_numbers(prime_len: usize, p: BoxedUint, q: BoxedUint, exponent: u64) -> Option<Self> {
        // The crate takes no even number for a prime, to the point of panicking.
        let may_be_prime = |number: &BoxedUint| number.bit_vartime(0) && number.bits_vartime() > 1;
        if !(may_be_prime(&p) && may_be_prime(&q)) {
            return None;
        }
        let key = RsaPrivateKey::from_p_q(p, q, BoxedUint::from(exponent)).ok()?;
        let is_full = key.n().bits_vartime() as usize == 16 * prime_len;
        is_full.then_some(Self { prime_len, key })
    }

    /// Reads a key file's value: `p ‖ 0000 0000 ‖ q ‖ 0000 0000 ‖ q⁻¹ mod p ‖ d mod (p-1) ‖ d mod (q-1)`, each number
    /// little-endian and `prime_len` long; `None` when they are no key, or its public exponent is longer than 33 bits
    /// (assumed). The exponent is not told; it is what undoes `d mod (p-1)`.
    ///
    /// Source: OpenSC pkcs15-rtecp.c, `rtecp_store_key`. Evidence: driver.
    #[must_use]
    pub fn from_value(prime_len: usize, value: &[u8]) -> Option<Self> {
        let number = |index: usize| {
            let gaps = GAP.len() * index.min(2);
            let start = prime_len * index + gaps;
            value
                .get(start..start + prime_len)
                .map(BoxedUint::from_le_slice_vartime)
        };
        let (p, q, d_p) = (number(0)?, number(1)?, number(3)?);
        let key = Self::from_numbers(prime_len, p.clone(), q, public_exponent(&p, &d_p)?)?;
        (key.to_value().reveal() == value).then_some(key)
    }

    /// The private key file's value.
    #[must_use]
    pub fn to_value(&self) -> Secret {
        let number = |number: &BoxedUint| little_endian(number, self.prime_len);
        let part = |part: Option<&BoxedUint>| part.map(number).unwrap_or_default();
        let primes = self.key.primes();
        let parts = [
            number(&primes[0]),
            GAP.to_vec(),
            number(&primes[1]),
            GAP.to_vec(),
            part(self.key.crt_coefficient().as_ref()),
            part(self.key.dp()),
            part(self.key.dq()),
        ];
        Secret::new(parts.concat())
    }

    /// The public key file's value: modulus, then the exponent padded to half its length.
    #[must_use]
    pub fn to_public_value(&self) -> Vec<u8> {
        [self.modulus(), little_endian(self.key.e(), self.prime_len)].concat()
    }

    /// The modulus, little-endian.
    #[must_use]
    pub fn modulus(&self) -> Vec<u8> {
        little_endian(self.key.n(), 2 * self.prime_len)
    }

    /// Bytes of one prime, half the modulus.
    #[must_use]
    pub const fn prime_len(&self) -> usize {
        self.prime_len
    }

    /// `input` to the private exponent, little-endian both; `None` when it is not below the modulus.
    #[must_use]
    pub fn power(&self, input: &[u8]) -> Option<Vec<u8>> {
        let input = BoxedUint::from_le_slice(input, self.key.n_bits_precision()).ok()?;
        // Blinding would draw randomness and change the answer's history, not the answer.
        let unblinded = None::<&mut dyn CryptoRng>;
        let power = rsa_decrypt_and_check(&self.key, unblinded, &input).ok()?;
        Some(little_endian(&power, 2 * self.prime_len))
    }
}

/// The public exponent of every key that is made here.
const EXPONENT: u64 = 65537;

/// What separates the primes in a key file.
const GAP: [u8; 4] = [0; 4];

/// Undoes `d mod (p-1)`: the public exponent, if it is as short as public exponents are.
fn public_exponent(p: &BoxedUint, d_p: &BoxedUint) -> Option<u64> {
    let order = p.wrapping_sub(BoxedUint::one()).to_nz().into_option()?;
    let exponent = d_p.invert_mod(&order).into_option()?;
    let bytes = exponent.to_le_bytes();
    let (low, high) = bytes.split_first_chunk::<8>()?;
    high.iter()
        .all(|byte| *byte == 0)
        .then(|| u64::from_le_bytes(*low))
}

/// Padded to `len`; every number here fits.
fn little_endian(number: &BoxedUint, len: usize) -> Vec<u8> {
    let mut bytes = number.to_le_bytes().into_vec();
    bytes.resize(len, 0);
    bytes
}

#[cfg(test)]
mod tests {
    use rand_chacha::ChaCha20Rng;
    use rand_core::SeedableRng;

    use super::*;

    fn key(prime_len: usize, seed: u64) -> RsaKey {
        RsaKey::generate(prime_len, &mut ChaCha20Rng::seed_from_u64(seed)).unwrap()
    }

    #[test]
    fn a_power_undone_with_the_public_exponent_is_the_input() {
        let key = key(64, 1);
        let input: Vec<u8> = (1..=127).collect();
        let power = BoxedUint::from_le_slice_vartime(&key.power(&input).unwrap());
        let undone = rsa::hazmat::rsa_encrypt(&key.key, &power).unwrap();
        assert_eq!(little_endian(&undone, 127), input);
        assert_eq!(key.power(&key.modulus()), None);
        assert_eq!(key.power(&[0xFF; 129]), None);
    }

    #[test]
    fn the_same_randomness_draws_the_same_key() {
        assert!(key(32, 2) == key(32, 2));
        assert!(key(32, 2) != key(32, 3));
    }

    #[test]
    fn a_key_reads_back_from_its_file_and_a_torn_one_does_not() {
        let key = key(32, 2);
        let value = key.to_value();
        assert!(RsaKey::from_value(32, value.reveal()) == Some(key));
        for byte in 0..value.reveal().len() {
            let mut torn = value.reveal().to_vec();
            torn[byte] ^= 1;
            assert!(RsaKey::from_value(32, &torn).is_none(), "byte {byte}");
        }
        assert!(RsaKey::from_value(32, &value.reveal()[1..]).is_none());
        assert!(RsaKey::from_value(32, &[0; 5 * 32 + 8]).is_none());
        assert!(RsaKey::from_value(32, &[0xFF; 5 * 32 + 8]).is_none());
    }

    #[test]
    fn a_key_whose_public_exponent_is_3_is_imported_too() {
        // Primes of 256 bits that are 2 modulo 3; q lacks the second highest bit.
        let p = hex::decode(P).unwrap();
        let q = hex::decode(Q).unwrap();
        let [p, q] = [p, q].map(|bytes| BoxedUint::from_be_slice_vartime(&bytes));
        let key = RsaKey::from_numbers(32, p, q, 3).unwrap();
        assert!(RsaKey::from_value(32, key.to_value().reveal()) == Some(key));
    }

    #[test]
    fn primes_need_not_have_their_second_highest_bit() {
        let [p, q] = [P, Q].map(|digits| hex::decode(digits).unwrap());
        assert!(q[0] < 0xC0);
        assert!(RsaKey::from_primes(&p, &q).is_some());
        assert!(RsaKey::from_primes(&p, &p).is_none());
        assert!(RsaKey::from_primes(&p, &q[1..]).is_none());
        assert!(RsaKey::from_primes(&[], &[]).is_none());
    }

    const P: &str = "F9F9F80DE730CB28D22F02F350E9E079C79D444008216B65B8FE2F4BE91553A9";
    const Q: &str = "A6B073B4248C91DFFEED7D7F90976DEE7808CEDD886B8EFC2231AA7916FA7AC9";
}
