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
    /// Products that do not wait for each other stand side by side, so that the processor can overlap them.
    ///
    /// Source: Explicit-Formulas Database, `madd-2008-s`.
    #[inline(never)]
    pub(crate) fn add_unlike(&self, other: &Affine<C::Base>) -> Self {
        let (u2, s2) = (other.x.mul_inline(&self.zz), other.y.mul_inline(&self.zzz));
        let (p, r) = (u2.sub(&self.x), s2.sub(&self.y));
        let (pp, rr) = (p.square_inline(), r.square_inline());
        let (q, ppp) = (self.x.mul_inline(&pp), p.mul_inline(&pp));
        let x = rr.sub(&ppp).sub(&q.double());
        let (zz, zzz) = (self.zz.mul_inline(&pp), self.zzz.mul_inline(&ppp));
        let (rise, drop) = (r.mul_inline(&q.sub(&x)), self.y.mul_inline(&ppp));
        let y = rise.sub(&drop);
        Self { x, y, zz, zzz }
    }
}
