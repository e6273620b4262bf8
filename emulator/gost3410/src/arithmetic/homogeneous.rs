//! Complete arithmetic on `y² = x³ + a·x + b`: `x = X/Z`, `y = Y/Z`.
//!
//! The addition of Renes, Costello and Batina (2015/1060, algorithm 1) has no exceptions in a group of odd order.

use super::field::Field;
use super::group::Complete;
use super::mask::Mask;
use super::weierstrass::{Affine, Parameters};
use super::xyzz::Xyzz;

/// A point of the curve `C`.
pub(crate) struct Homogeneous<C: Parameters> {
    x: C::Base,
    y: C::Base,
    z: C::Base,
}

impl<C: Parameters> Clone for Homogeneous<C> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<C: Parameters> Copy for Homogeneous<C> {}

impl<C: Parameters> From<Affine<C::Base>> for Homogeneous<C> {
    fn from(point: Affine<C::Base>) -> Self {
        let Affine { x, y } = point;
        Self {
            x,
            y,
            z: C::Base::ONE,
        }
    }
}

impl<C: Parameters> From<Xyzz<C>> for Homogeneous<C> {
    fn from(point: Xyzz<C>) -> Self {
        Self {
            x: point.x.mul(&point.zzz),
            y: point.y.mul(&point.zz),
            z: point.zz.mul(&point.zzz),
        }
    }
}

impl<C: Parameters> Homogeneous<C> {
    /// Affine coordinates of a point other than the identity.
    pub(crate) fn to_affine(self) -> Affine<C::Base> {
        self.to_entry(&self.z.invert())
    }
}

impl<C: Parameters> Complete for Homogeneous<C> {
    type Base = C::Base;
    type Entry = Affine<C::Base>;
    const IDENTITY: Self = Self {
        x: C::Base::ZERO,
        y: C::Base::ONE,
        z: C::Base::ZERO,
    };

    fn add(&self, other: &Self) -> Self {
        let xx = self.x.mul(&other.x);
        let yy = self.y.mul(&other.y);
        let zz = self.z.mul(&other.z);
        let xy = self
            .x
            .add(&self.y)
            .mul(&other.x.add(&other.y))
            .sub(&xx.add(&yy));
        let xz = self
            .x
            .add(&self.z)
            .mul(&other.x.add(&other.z))
            .sub(&xx.add(&zz));
        let yz = self
            .y
            .add(&self.z)
            .mul(&other.y.add(&other.z))
            .sub(&yy.add(&zz));

        let azz = C::A.mul(&zz);
        let w = C::A.mul(&xz).add(&C::B.mul(&zz).triple());
        let (minus, plus) = (yy.sub(&w), yy.add(&w));
        let slope = xx.triple().add(&azz);
        let cross = C::B.mul(&xz).triple().add(&C::A.mul(&xx.sub(&azz)));
        Self {
            x: xy.mul(&minus).sub(&yz.mul(&cross)),
            y: minus.mul(&plus).add(&slope.mul(&cross)),
            z: yz.mul(&plus).add(&xy.mul(&slope)),
        }
    }

    fn double(&self) -> Self {
        self.add(self)
    }

    fn select(a: &Self, b: &Self, mask: Mask) -> Self {
        Self {
            x: C::Base::select(&a.x, &b.x, mask),
            y: C::Base::select(&a.y, &b.y, mask),
            z: C::Base::select(&a.z, &b.z, mask),
        }
    }

    fn denominator(&self) -> C::Base {
        self.z
    }

    fn to_entry(self, inverse: &C::Base) -> Affine<C::Base> {
        Affine {
            x: self.x.mul(inverse),
            y: self.y.mul(inverse),
        }
    }
}
