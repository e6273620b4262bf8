//! GOST R 34.10-2012 §6 over any curve: octets in, octets out, all integers little-endian and `size()` octets long.

use alloc::vec;
use alloc::vec::Vec;
use core::marker::PhantomData;

use subtle::{ConditionallySelectable, ConstantTimeEq};
use zeroize::Zeroizing;

use crate::arithmetic::field::Field;
use crate::arithmetic::weierstrass::{Curve, Point};
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
    /// `x‖y` of `(m/q·ukm·d mod q)·Q`.
    fn agree(&self, d: &[u8], ukm: &[u8], xy: &[u8]) -> Result<Zeroizing<Vec<u8>>, Error>;
}

/// The arithmetic of a parameter set.
pub(crate) fn suite(set: ParameterSet) -> &'static dyn Suite {
    match set {
        ParameterSet::CryptoProTest => &Over::<curves::CryptoProTest>(PhantomData),
        ParameterSet::CryptoProA | ParameterSet::CryptoProXchA | ParameterSet::Tc26Gost256B => {
            &Over::<curves::CryptoProA>(PhantomData)
        }
        ParameterSet::CryptoProB | ParameterSet::Tc26Gost256C => {
            &Over::<curves::CryptoProB>(PhantomData)
        }
        ParameterSet::CryptoProC | ParameterSet::CryptoProXchB | ParameterSet::Tc26Gost256D => {
            &Over::<curves::CryptoProC>(PhantomData)
        }
        ParameterSet::Tc26Gost256A => &Over::<curves::Tc26Gost256A>(PhantomData),
        ParameterSet::Tc26Gost512Test => &Over::<curves::Tc26Gost512Test>(PhantomData),
        ParameterSet::Tc26Gost512A => &Over::<curves::Tc26Gost512A>(PhantomData),
        ParameterSet::Tc26Gost512B => &Over::<curves::Tc26Gost512B>(PhantomData),
        ParameterSet::Tc26Gost512C => &Over::<curves::Tc26Gost512C>(PhantomData),
    }
}

struct Over<C>(PhantomData<C>);

impl<C: Curve> Suite for Over<C> {
    fn public_key(&self, d: &[u8]) -> Result<Vec<u8>, Error> {
        scalar::<C>(d)?;
        Ok(octets::<C>(&Point::<C>::BASE.mul(d)))
    }

    fn check_public_key(&self, xy: &[u8]) -> Result<(), Error> {
        let mut q_minus_one = vec![0; C::Scalar::SIZE];
        C::Scalar::ONE.neg().write_le_bytes(&mut q_minus_one);
        let point = point::<C>(xy)?;
        let in_subgroup = point.mul(&q_minus_one).add(&point).is_identity();
        bool::from(in_subgroup)
            .then_some(())
            .ok_or(Error::InvalidPoint)
    }

    fn sign(&self, d: &[u8], digest: &[u8], k: &[u8]) -> Result<Vec<u8>, Error> {
        let (d, nonce) = (scalar::<C>(d)?, scalar::<C>(k)?);
        let e = hash_number::<C>(digest);
        let r = x_mod_q::<C>(&Point::<C>::BASE.mul(k)); // step 4
        let s = r.mul(&d).add(&nonce.mul(&e)); // step 5
        if bool::from(r.is_zero() | s.is_zero()) {
            return Err(Error::UnluckyNonce);
        }
        let mut out = vec![0; 2 * C::Scalar::SIZE];
        let (r_out, s_out) = out.split_at_mut(C::Scalar::SIZE);
        r.write_le_bytes(r_out);
        s.write_le_bytes(s_out);
        Ok(out)
    }

    fn verify(&self, xy: &[u8], digest: &[u8], rs: &[u8]) -> Result<(), Error> {
        let (r, s) = rs.split_at(C::Scalar::SIZE);
        let r = scalar::<C>(r).map_err(|_| Error::InvalidSignature)?;
        let s = scalar::<C>(s).map_err(|_| Error::InvalidSignature)?;
        let v = hash_number::<C>(digest).invert();
        let (z1, z2) = (s.mul(&v), r.mul(&v).neg());
        let (mut z1_octets, mut z2_octets) = (vec![0; C::Scalar::SIZE], vec![0; C::Scalar::SIZE]);
        z1.write_le_bytes(&mut z1_octets);
        z2.write_le_bytes(&mut z2_octets);
        let sum = Point::<C>::BASE
            .mul(&z1_octets)
            .add(&point::<C>(xy)?.mul(&z2_octets));
        let matches = !sum.is_identity() & x_mod_q::<C>(&sum).ct_eq(&r);
        bool::from(matches)
            .then_some(())
            .ok_or(Error::InvalidSignature)
    }

    fn agree(&self, d: &[u8], ukm: &[u8], xy: &[u8]) -> Result<Zeroizing<Vec<u8>>, Error> {
        let mut padded = vec![0; C::Scalar::SIZE];
        padded
            .get_mut(..ukm.len())
            .ok_or(Error::Length {
                expected: C::Scalar::SIZE,
                got: ukm.len(),
            })?
            .copy_from_slice(ukm);
        let mut factor = C::Scalar::reduce_le_bytes(&padded).mul(&scalar::<C>(d)?);
        if C::COFACTOR == 4 {
            factor = factor.double().double();
        }
        if bool::from(factor.is_zero()) {
            return Err(Error::ScalarOutOfRange);
        }
        let mut octets_of_factor = Zeroizing::new(vec![0; C::Scalar::SIZE]);
        factor.write_le_bytes(&mut octets_of_factor);
        Ok(Zeroizing::new(octets::<C>(
            &point::<C>(xy)?.mul(&octets_of_factor),
        )))
    }
}

/// A number in `1..q`.
fn scalar<C: Curve>(octets: &[u8]) -> Result<C::Scalar, Error> {
    let scalar = C::Scalar::from_le_bytes(octets).ok_or(Error::ScalarOutOfRange)?;
    if bool::from(scalar.is_zero()) {
        return Err(Error::ScalarOutOfRange);
    }
    Ok(scalar)
}

/// `e`: the digest as a little-endian number mod q, or one if that is zero (step 2).
fn hash_number<C: Curve>(digest: &[u8]) -> C::Scalar {
    let e = C::Scalar::reduce_le_bytes(digest);
    C::Scalar::conditional_select(&e, &C::Scalar::ONE, e.is_zero())
}

/// A point on the curve.
fn point<C: Curve>(xy: &[u8]) -> Result<Point<C>, Error> {
    let (x, y) = xy.split_at(C::Base::SIZE);
    let x = C::Base::from_le_bytes(x).ok_or(Error::InvalidPoint)?;
    let y = C::Base::from_le_bytes(y).ok_or(Error::InvalidPoint)?;
    Point::from_affine(x, y).ok_or(Error::InvalidPoint)
}

fn octets<C: Curve>(point: &Point<C>) -> Vec<u8> {
    let (x, y) = point.to_affine();
    let mut out = vec![0; 2 * C::Base::SIZE];
    let (x_out, y_out) = out.split_at_mut(C::Base::SIZE);
    x.write_le_bytes(x_out);
    y.write_le_bytes(y_out);
    out
}

/// `x mod q`, where p may be below or above q.
fn x_mod_q<C: Curve>(point: &Point<C>) -> C::Scalar {
    let (x, _) = point.to_affine();
    let mut octets = vec![0; C::Base::SIZE];
    x.write_le_bytes(&mut octets);
    C::Scalar::reduce_le_bytes(&octets)
}
