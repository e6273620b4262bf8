//! Points of `y² = x³ + a·x + b` in homogeneous coordinates, with the complete addition of Renes, Costello and Batina
//! (2015/1060, algorithm 1): no pair of points of the odd-order subgroup is exceptional.

use subtle::{Choice, ConditionallySelectable, ConstantTimeEq};

use super::field::Field;

/// Constants of one curve.
pub(crate) trait Curve: Copy + Send + Sync + 'static {
    /// GF(p).
    type Base: Field;
    /// GF(q).
    type Scalar: Field;
    /// Coefficient `a`.
    const A: Self::Base;
    /// Coefficient `b`.
    const B: Self::Base;
    /// Base point.
    const X: Self::Base;
    /// Base point.
    const Y: Self::Base;
    /// Group order over `q`.
    const COFACTOR: u64;
}

/// `(X : Y : Z)` with `x = X/Z`, `y = Y/Z`.
#[derive(Clone, Copy)]
pub(crate) struct Point<C: Curve> {
    x: C::Base,
    y: C::Base,
    z: C::Base,
}

impl<C: Curve> Point<C> {
    pub(crate) const IDENTITY: Self = Self {
        x: C::Base::ZERO,
        y: C::Base::ONE,
        z: C::Base::ZERO,
    };
    pub(crate) const BASE: Self = Self {
        x: C::X,
        y: C::Y,
        z: C::Base::ONE,
    };

    /// The affine point, if it is on the curve.
    pub(crate) fn from_affine(x: C::Base, y: C::Base) -> Option<Self> {
        let right = x.square().add(&C::A).mul(&x).add(&C::B);
        bool::from(y.square().ct_eq(&right)).then_some(Self {
            x,
            y,
            z: C::Base::ONE,
        })
    }

    /// Affine coordinates; zeros for the identity.
    pub(crate) fn to_affine(self) -> (C::Base, C::Base) {
        let inverse = self.z.invert();
        (self.x.mul(&inverse), self.y.mul(&inverse))
    }

    pub(crate) fn is_identity(&self) -> Choice {
        self.z.is_zero() & !self.y.is_zero()
    }

    pub(crate) fn add(&self, other: &Self) -> Self {
        let b3 = C::B.double().add(&C::B);
        let xx = self.x.mul(&other.x);
        let yy = self.y.mul(&other.y);
        let zz = self.z.mul(&other.z);
        let xy = self.x.add(&self.y).mul(&other.x.add(&other.y));
        let xy = xy.sub(&xx.add(&yy));
        let xz = self.x.add(&self.z).mul(&other.x.add(&other.z));
        let xz = xz.sub(&xx.add(&zz));
        let yz = self.y.add(&self.z).mul(&other.y.add(&other.z));
        let yz = yz.sub(&yy.add(&zz));

        let azz = C::A.mul(&zz);
        let w = C::A.mul(&xz).add(&b3.mul(&zz));
        let minus = yy.sub(&w);
        let plus = yy.add(&w);
        let slope = xx.double().add(&xx).add(&azz);
        let cross = b3.mul(&xz).add(&C::A.mul(&xx.sub(&azz)));
        Self {
            x: xy.mul(&minus).sub(&yz.mul(&cross)),
            y: minus.mul(&plus).add(&slope.mul(&cross)),
            z: yz.mul(&plus).add(&xy.mul(&slope)),
        }
    }

    /// `k·self` for a little-endian scalar.
    pub(crate) fn mul(&self, k: &[u8]) -> Self {
        let mut sum = Self::IDENTITY;
        for bit in (0..8 * k.len()).rev() {
            sum = sum.add(&sum);
            let with = sum.add(self);
            let choice = Choice::from(k[bit / 8] >> (bit % 8) & 1);
            sum = Self {
                x: C::Base::conditional_select(&sum.x, &with.x, choice),
                y: C::Base::conditional_select(&sum.y, &with.y, choice),
                z: C::Base::conditional_select(&sum.z, &with.z, choice),
            };
        }
        sum
    }
}
