//! RSA as the token does it: raw powers, little-endian numbers. Padding is the host's business.
//!
//! Plain big-integer arithmetic: neither constant in time nor wiped from memory, good enough for a test token's transport
//! key and for nothing else.

use num_bigint::BigUint;
use rand_core::CryptoRng;

use crate::image::Secret;

/// A private key with two primes of equal length. Its public exponent is always 65537.
#[derive(Clone, PartialEq, Eq)]
pub struct RsaKey {
    prime_len: usize,
    p: BigUint,
    q: BigUint,
    q_inverse: BigUint,
    d_p: BigUint,
    d_q: BigUint,
}

impl RsaKey {
    /// Draws a key of `16 * prime_len` bits.
    pub fn generate<R: CryptoRng + ?Sized>(prime_len: usize, rng: &mut R) -> Self {
        loop {
            let (p, q) = (prime(prime_len, rng), prime(prime_len, rng));
            if let Some(key) = Self::from_numbers(prime_len, p, q) {
                return key;
            }
        }
    }

    /// A key from its primes, most significant byte first; `None` unless they are different, of equal length, with
    /// their two highest bits set, and fit the exponent 65537. Primality is the caller's word.
    #[must_use]
    pub fn from_primes(p: &[u8], q: &[u8]) -> Option<Self> {
        let same_len = p.len() == q.len() && p.first()? & q.first()? >= 0xC0;
        same_len.then(|| {
            Self::from_numbers(
                p.len(),
                BigUint::from_bytes_be(p),
                BigUint::from_bytes_be(q),
            )
        })?
    }

    fn from_numbers(prime_len: usize, p: BigUint, q: BigUint) -> Option<Self> {
        let one = BigUint::from(1u8);
        let exponent = BigUint::from(EXPONENT);
        let d_p = exponent.modinv(&(&p - &one))?;
        let d_q = exponent.modinv(&(&q - &one))?;
        let q_inverse = (&q % &p).modinv(&p)?;
        Some(Self {
            prime_len,
            p,
            q,
            q_inverse,
            d_p,
            d_q,
        })
    }

    /// Reads a key file's value: `p ‖ 0000 0000 ‖ q ‖ 0000 0000 ‖ q⁻¹ mod p ‖ d mod (p-1) ‖ d mod (q-1)`, each number
    /// little-endian and `prime_len` long; `None` when they are no key.
    ///
    /// Source: OpenSC pkcs15-rtecp.c, `rtecp_store_key`. Evidence: driver.
    #[must_use]
    pub fn from_value(prime_len: usize, value: &[u8]) -> Option<Self> {
        let (p, value) = value.split_at_checked(prime_len)?;
        let (gap_p, value) = value.split_at_checked(GAP.len())?;
        let (q, value) = value.split_at_checked(prime_len)?;
        let (gap_q, value) = value.split_at_checked(GAP.len())?;
        let (q_inverse, value) = value.split_at_checked(prime_len)?;
        let (d_p, d_q) = value.split_at_checked(prime_len)?;
        let [p, q, q_inverse, d_p, d_q] = [p, q, q_inverse, d_p, d_q].map(BigUint::from_bytes_le);
        let key = Self {
            prime_len,
            p,
            q,
            q_inverse,
            d_p,
            d_q,
        };
        (gap_p == GAP && gap_q == GAP && key.is_consistent()).then_some(key)
    }

    /// The private key file's value.
    #[must_use]
    pub fn to_value(&self) -> Secret {
        let number = |number| little_endian(number, self.prime_len);
        let parts = [
            &number(&self.p)[..],
            &GAP,
            &number(&self.q),
            &GAP,
            &number(&self.q_inverse),
            &number(&self.d_p),
            &number(&self.d_q),
        ];
        Secret::new(parts.concat())
    }

    /// The public key file's value: modulus, then the exponent padded to half its length.
    #[must_use]
    pub fn to_public_value(&self) -> Vec<u8> {
        [
            self.modulus(),
            little_endian(&BigUint::from(EXPONENT), self.prime_len),
        ]
        .concat()
    }

    /// The modulus, little-endian.
    #[must_use]
    pub fn modulus(&self) -> Vec<u8> {
        little_endian(&(&self.p * &self.q), 2 * self.prime_len)
    }

    /// Bytes of one prime, half the modulus.
    #[must_use]
    pub const fn prime_len(&self) -> usize {
        self.prime_len
    }

    /// `input` to the private exponent, little-endian both; `None` when it is not below the modulus.
    #[must_use]
    pub fn power(&self, input: &[u8]) -> Option<Vec<u8>> {
        let input = BigUint::from_bytes_le(input);
        if input >= &self.p * &self.q {
            return None;
        }
        let m_p = input.modpow(&self.d_p, &self.p);
        let m_q = input.modpow(&self.d_q, &self.q);
        let difference = m_p + &self.p - &m_q % &self.p;
        let h = (difference * &self.q_inverse) % &self.p;
        Some(little_endian(&(m_q + h * &self.q), 2 * self.prime_len))
    }

    /// Whether the parts belong together; that the primes are prime is taken on trust.
    fn is_consistent(&self) -> bool {
        let one = BigUint::from(1u8);
        let enough_bits = (&self.p * &self.q).bits() > 16 * self.prime_len as u64 - 8;
        let odd = self.p.bit(0) && self.q.bit(0) && self.p > one && self.q > one;
        enough_bits && odd && (&self.q * &self.q_inverse) % &self.p == one
    }
}

/// The public exponent; the token is never told another.
const EXPONENT: u32 = 65537;

/// What separates the primes in a key file.
const GAP: [u8; 4] = [0; 4];

/// Padded to `len`; every number here fits.
fn little_endian(number: &BigUint, len: usize) -> Vec<u8> {
    let mut bytes = number.to_bytes_le();
    bytes.resize(len, 0);
    bytes
}

/// A prime of `len` bytes with its two highest bits set, so that a product of two has full length.
fn prime<R: CryptoRng + ?Sized>(len: usize, rng: &mut R) -> BigUint {
    loop {
        let mut bytes = vec![0; len];
        rng.fill_bytes(&mut bytes);
        bytes[0] |= 1;
        bytes[len - 1] |= 0xC0;
        let candidate = BigUint::from_bytes_le(&bytes);
        if has_no_small_factor(&candidate) && passes_miller_rabin(&candidate, rng) {
            return candidate;
        }
    }
}

fn has_no_small_factor(candidate: &BigUint) -> bool {
    small_primes().all(|prime| candidate % prime != BigUint::ZERO)
}

/// Odd primes below 2000.
fn small_primes() -> impl Iterator<Item = u32> {
    let is_prime = |number: &u32| {
        (3u32..45)
            .step_by(2)
            .all(|factor| factor == *number || !number.is_multiple_of(factor))
    };
    (3..2000).step_by(2).filter(is_prime)
}

/// FIPS 186-5 B.3.1, with more rounds than its table asks of primes this long.
fn passes_miller_rabin<R: CryptoRng + ?Sized>(candidate: &BigUint, rng: &mut R) -> bool {
    let one = BigUint::from(1u8);
    let minus_one = candidate - &one;
    let twos = minus_one.trailing_zeros().unwrap_or(0);
    let odd = &minus_one >> twos;
    (0..ROUNDS).all(|_| {
        let mut power = base(candidate, rng).modpow(&odd, candidate);
        if power == one || power == minus_one {
            return true;
        }
        (1..twos).any(|_| {
            power = &power * &power % candidate;
            power == minus_one
        })
    })
}

const ROUNDS: usize = 8;

/// Between 2 and the candidate; the candidate's two highest bits are set, so few draws are wasted.
fn base<R: CryptoRng + ?Sized>(candidate: &BigUint, rng: &mut R) -> BigUint {
    let mut bytes = candidate.to_bytes_le();
    loop {
        rng.fill_bytes(&mut bytes);
        let base = BigUint::from_bytes_le(&bytes);
        if base > BigUint::from(1u8) && base < *candidate {
            return base;
        }
    }
}

#[cfg(test)]
mod tests {
    use rand_chacha::ChaCha20Rng;
    use rand_core::SeedableRng;

    use super::*;

    #[test]
    fn a_power_undone_with_the_public_exponent_is_the_input() {
        let key = RsaKey::generate(64, &mut ChaCha20Rng::seed_from_u64(1));
        let modulus = BigUint::from_bytes_le(&key.modulus());
        assert_eq!(modulus.bits(), 1024);
        let input: Vec<u8> = (1..=127).collect();
        let power = BigUint::from_bytes_le(&key.power(&input).unwrap());
        assert_eq!(
            power.modpow(&BigUint::from(EXPONENT), &modulus),
            BigUint::from_bytes_le(&input)
        );
        assert_eq!(key.power(&key.modulus()), None);
    }

    #[test]
    fn a_key_reads_back_from_its_file_and_a_torn_one_does_not() {
        let key = RsaKey::generate(32, &mut ChaCha20Rng::seed_from_u64(2));
        let value = key.to_value();
        assert!(RsaKey::from_value(32, value.reveal()) == Some(key));
        let mut torn = value.reveal().to_vec();
        torn[40] ^= 1;
        assert!(RsaKey::from_value(32, &torn).is_none());
        assert!(RsaKey::from_value(32, &torn[1..]).is_none());
        assert!(RsaKey::from_value(32, &[0; 5 * 32 + 8]).is_none());
    }

    #[test]
    fn miller_rabin_tells_primes_from_carmichael_numbers() {
        let mut rng = ChaCha20Rng::seed_from_u64(3);
        for (number, prime) in [
            (65537u32, true),
            (2_147_483_647, true),
            (561, false),
            (825_265, false),
        ] {
            assert_eq!(
                passes_miller_rabin(&BigUint::from(number), &mut rng),
                prime,
                "{number}"
            );
        }
    }
}
