//! GOST R 34.10-2012 §6 over any curve: octets in, octets out, all integers little-endian and `size()` octets long.

use alloc::vec;
use alloc::vec::Vec;
use core::marker::PhantomData;

use zeroize::Zeroizing;

use crate::arithmetic::edwards::Edwards;
use crate::arithmetic::field::Field;
use crate::arithmetic::group::Curve;
use crate::arithmetic::weierstrass::Weierstrass;
use crate::curves;
use crate::{Error, ParameterSet};

/// One curve's arithmetic, chosen at run time.
pub(crate) trait Suite: Sync {
    /// `x‖y` of `d·P`; refuses a secret outside `1..q`.
    fn public_key(&self, d: &[u8]) -> Result<Vec<u8>, Error>;
    /// Refuses coordinates from `p` on, points off the curve or outside the subgroup of order `q`.
    fn check_public_key(&self, xy: &[u8]) -> Result<(), Error>;
    /// Steps 2 to 6 of signing: `r‖s`.
    fn sign(&self, d: &[u8], digest: &[u8], k: &[u8]) -> Result<Vec<u8>, Error>;
    /// Verification of `r‖s`.
    fn verify(&self, xy: &[u8], digest: &[u8], rs: &[u8]) -> Result<(), Error>;
    /// Bits of `q`.
    fn order_bits(&self) -> usize;
    /// A number mod q.
    fn reduce(&self, number: &[u8]) -> Vec<u8>;
    /// The product mod q of numbers in `1..q` in a row.
    fn product(&self, numbers: &[u8]) -> Result<Zeroizing<Vec<u8>>, Error>;
    /// `x‖y` of `(m/q·ukm·d mod q)·Q`.
    fn agree(&self, d: &[u8], ukm: &[u8], xy: &[u8]) -> Result<Zeroizing<Vec<u8>>, Error>;
}

/// The arithmetic of a parameter set.
pub(crate) fn suite(set: ParameterSet) -> &'static dyn Suite {
    match set {
        ParameterSet::CryptoProTest => &Over::<Weierstrass<curves::CryptoProTest>>(PhantomData),
        ParameterSet::CryptoProA | ParameterSet::CryptoProXchA | ParameterSet::Tc26Gost256B => {
            &Over::<Weierstrass<curves::CryptoProA>>(PhantomData)
        }
        ParameterSet::CryptoProB | ParameterSet::Tc26Gost256C => {
            &Over::<Weierstrass<curves::CryptoProB>>(PhantomData)
        }
        ParameterSet::CryptoProC | ParameterSet::CryptoProXchB | ParameterSet::Tc26Gost256D => {
            &Over::<Weierstrass<curves::CryptoProC>>(PhantomData)
        }
        ParameterSet::Tc26Gost256A => &Over::<Edwards<curves::Tc26Gost256A>>(PhantomData),
        ParameterSet::Tc26Gost512Test => &Over::<Weierstrass<curves::Tc26Gost512Test>>(PhantomData),
        ParameterSet::Tc26Gost512A => &Over::<Weierstrass<curves::Tc26Gost512A>>(PhantomData),
        ParameterSet::Tc26Gost512B => &Over::<Weierstrass<curves::Tc26Gost512B>>(PhantomData),
        ParameterSet::Tc26Gost512C => &Over::<Edwards<curves::Tc26Gost512C>>(PhantomData),
    }
}

struct Over<C>(PhantomData<C>);

impl<C: Curve> Suite for Over<C> {
    fn public_key(&self, d: &[u8]) -> Result<Vec<u8>, Error> {
        let (x, y) = C::times_base(&*secret::<C>(d)?);
        Ok(pair(&x, &y))
    }

    fn check_public_key(&self, xy: &[u8]) -> Result<(), Error> {
        let in_subgroup = C::in_subgroup_public(&point::<C>(xy)?);
        in_subgroup.then_some(()).ok_or(Error::InvalidPoint)
    }

    fn sign(&self, d: &[u8], digest: &[u8], k: &[u8]) -> Result<Vec<u8>, Error> {
        let (d, k) = (secret::<C>(d)?, secret::<C>(k)?);
        let e = hash_number::<C>(digest);
        let r = mod_q::<C>(&C::times_base(&k).0); // step 4
        let s = r.mul(&d).add(&k.mul(&e)); // step 5
        if (r.is_zero() | s.is_zero()).reveal() {
            return Err(Error::UnluckyNonce);
        }
        Ok(pair(&r, &s))
    }

    fn verify(&self, xy: &[u8], digest: &[u8], rs: &[u8]) -> Result<(), Error> {
        let (r, s) = rs.split_at(C::Scalar::SIZE);
        let r = scalar::<C>(r).map_err(|_| Error::InvalidSignature)?;
        let s = scalar::<C>(s).map_err(|_| Error::InvalidSignature)?;
        let v = hash_number::<C>(digest).invert_public(); // step 4
        let (z1, z2) = (s.mul(&v), r.mul(&v).neg()); // step 5
        let x = C::combine_public(&z1, &point::<C>(xy)?, &z2); // step 6
        let matches = x.is_some_and(|x| x.leaves_public(&r.to_words(), &C::Scalar::MODULUS));
        matches.then_some(()).ok_or(Error::InvalidSignature)
    }

    fn order_bits(&self) -> usize {
        C::Scalar::BITS
    }

    fn reduce(&self, number: &[u8]) -> Vec<u8> {
        octets(&C::Scalar::reduce_le_bytes(number))
    }

    fn product(&self, numbers: &[u8]) -> Result<Zeroizing<Vec<u8>>, Error> {
        let mut product = Zeroizing::new(C::Scalar::ONE);
        for number in numbers.chunks(C::Scalar::SIZE) {
            *product = product.mul(&*secret::<C>(number)?);
        }
        Ok(Zeroizing::new(octets(&*product)))
    }

    fn agree(&self, d: &[u8], ukm: &[u8], xy: &[u8]) -> Result<Zeroizing<Vec<u8>>, Error> {
        let mut factor = Zeroizing::new(short_scalar::<C>(ukm)?.mul(&*secret::<C>(d)?));
        if C::COFACTOR == 4 {
            *factor = factor.double().double();
        }
        let (x, y) = C::times(&point::<C>(xy)?, &factor);
        Ok(Zeroizing::new(pair(&x, &y)))
    }
}

/// A number in `1..q`.
fn scalar<C: Curve>(octets: &[u8]) -> Result<C::Scalar, Error> {
    let scalar = C::Scalar::from_le_bytes(octets).ok_or(Error::ScalarOutOfRange)?;
    if scalar.is_zero().reveal() {
        return Err(Error::ScalarOutOfRange);
    }
    Ok(scalar)
}

/// A secret number in `1..q`.
fn secret<C: Curve>(octets: &[u8]) -> Result<Zeroizing<C::Scalar>, Error> {
    scalar::<C>(octets).map(Zeroizing::new)
}

/// A public number of at most `SIZE` octets, not zero mod q.
fn short_scalar<C: Curve>(octets: &[u8]) -> Result<C::Scalar, Error> {
    let mut padded = vec![0; C::Scalar::SIZE];
    let too_long = Error::Length {
        expected: C::Scalar::SIZE,
        got: octets.len(),
    };
    padded
        .get_mut(..octets.len())
        .ok_or(too_long)?
        .copy_from_slice(octets);
    let scalar = C::Scalar::reduce_le_bytes(&padded);
    if scalar.is_zero().reveal() {
        return Err(Error::ScalarOutOfRange);
    }
    Ok(scalar)
}

/// `e`: the digest as a little-endian number mod q, or one if that is zero (step 2).
fn hash_number<C: Curve>(digest: &[u8]) -> C::Scalar {
    let e = C::Scalar::reduce_le_bytes(digest);
    C::Scalar::select(&e, &C::Scalar::ONE, e.is_zero())
}

/// A point on the curve.
fn point<C: Curve>(xy: &[u8]) -> Result<C::Point, Error> {
    let (x, y) = xy.split_at(C::Base::SIZE);
    let x = C::Base::from_le_bytes(x).ok_or(Error::InvalidPoint)?;
    let y = C::Base::from_le_bytes(y).ok_or(Error::InvalidPoint)?;
    C::point_public(&x, &y).ok_or(Error::InvalidPoint)
}

fn octets<F: Field>(number: &F) -> Vec<u8> {
    let mut out = vec![0; F::SIZE];
    number.write_le_bytes(&mut out);
    out
}

fn pair<F: Field>(first: &F, second: &F) -> Vec<u8> {
    let mut out = vec![0; 2 * F::SIZE];
    let (first_out, second_out) = out.split_at_mut(F::SIZE);
    first.write_le_bytes(first_out);
    second.write_le_bytes(second_out);
    out
}

/// A coordinate mod q, where p may be below or above q.
fn mod_q<C: Curve>(x: &C::Base) -> C::Scalar {
    let mut octets = [0; 64];
    let octets = &mut octets[..C::Base::SIZE];
    x.write_le_bytes(octets);
    C::Scalar::reduce_le_bytes(octets)
}
