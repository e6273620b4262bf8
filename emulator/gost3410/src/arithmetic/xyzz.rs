//! The shortest addition on `y² = x³ + a·x + b`: `x = X/ZZ`, `y = Y/ZZZ`, `ZZ³ = ZZZ²`.

use super::field::Field;
use super::weierstrass::{Affine, Parameters};

/// A point of the curve `C` other than the identity.
pub(crate) struct Xyzz<C: Parameters> {
    pub(super) x: C::Base,
    pub(super) y: C::Base,
    pub(super) zz: C::Base,
    pub(super) zzz: C::Base,
}

impl<C: Parameters> From<Affine<C::Base>> for Xyzz<C> {
    fn from(point: Affine<C::Base>) -> Self {
        Self {
            x: point.x,
            y: point.y,
            zz: C::Base::ONE,
            zzz: C::Base::ONE,
        }
    }
}

impl<C: Parameters> Xyzz<C> {
    /// `self + other` where they are neither equal nor opposite.
    ///
    /// Source: Explicit-Formulas Database, `madd-2008-s`.
    pub(crate) fn add_unlike(&self, other: &Affine<C::Base>) -> Self {
        let p = other.x.mul(&self.zz).sub(&self.x);
        let r = other.y.mul(&self.zzz).sub(&self.y);
        let pp = p.square();
        let ppp = p.mul(&pp);
        let q = self.x.mul(&pp);
        let x = r.square().sub(&ppp).sub(&q.double());
        Self {
            x,
            y: r.mul(&q.sub(&x)).sub(&self.y.mul(&ppp)),
            zz: self.zz.mul(&pp),
            zzz: self.zzz.mul(&ppp),
        }
    }
}
