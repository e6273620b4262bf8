//! Fast arithmetic on public points of `y² = x³ + a·x + b`: `x = X/Z²`, `y = Y/Z³`, `W = a·Z⁴`; `Z = 0` is the identity.
//!
//! Products that do not wait for each other stand side by side, so that the processor can overlap them.
//!
//! Branches on what it meets: never for secrets. Formulas: the modified Jacobian `dbl-1998-cmo-2` and
//! the Jacobian `add-1998-cmo-2` of the Explicit-Formulas Database.

use super::field::Field;
use super::group::Ratio;
use super::weierstrass::{Affine, Parameters};

/// A point of the curve `C`.
pub(crate) struct Jacobian<C: Parameters> {
    x: C::Base,
    y: C::Base,
    z: C::Base,
    w: C::Base,
}

/// A point other than the identity with what every addition of it needs.
pub(crate) struct Addend<C: Parameters> {
    x: C::Base,
    y: C::Base,
    z: C::Base,
    zz: C::Base,
    zzz: C::Base,
}

impl<C: Parameters> Clone for Jacobian<C> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<C: Parameters> Copy for Jacobian<C> {}

impl<C: Parameters> From<Affine<C::Base>> for Jacobian<C> {
    fn from(point: Affine<C::Base>) -> Self {
        Self {
            x: point.x,
            y: point.y,
            z: C::Base::ONE,
            w: C::A,
        }
    }
}

impl<C: Parameters> From<Jacobian<C>> for Addend<C> {
    fn from(Jacobian { x, y, z, .. }: Jacobian<C>) -> Self {
        let zz = z.square_inline();
        let zzz = zz.mul_inline(&z);
        Self { x, y, z, zz, zzz }
    }
}

impl<C: Parameters> Jacobian<C> {
    pub(crate) const IDENTITY: Self = Self {
        x: C::Base::ONE,
        y: C::Base::ONE,
        z: C::Base::ZERO,
        w: C::Base::ZERO,
    };

    #[inline(always)]
    fn new(x: C::Base, y: C::Base, z: C::Base) -> Self {
        let w = C::times_a(&z.square_inline().square_inline());
        Self { x, y, z, w }
    }

    /// `2·self`; the identity stays itself, and there is no point of order two.
    pub(crate) fn double(&self) -> Self {
        let (double, vv) = self.double_without_w();
        let w = vv.mul_inline(&self.w);
        Self { w, ..double }
    }

    /// `2·self` for an addition, which does not need `W`; and `16·Y⁴`.
    #[inline(never)]
    pub(crate) fn double_without_w(&self) -> (Self, C::Base) {
        let twice_y = self.y.double();
        let (v, xx) = (twice_y.square_inline(), self.x.square_inline());
        let m = xx.triple().add(&self.w);
        let (s, mm) = (v.mul_inline(&self.x), m.square_inline());
        let x = mm.sub(&s.double());
        let (vv, z) = (v.square_inline(), twice_y.mul_inline(&self.z));
        let y = m.mul_inline(&s.sub(&x)).sub(&vv.half());
        let w = C::Base::ZERO;
        (Self { x, y, z, w }, vv)
    }

    /// `self + other`.
    pub(crate) fn add_affine_public(&self, other: &Affine<C::Base>) -> Self {
        if self.is_identity_public() {
            return (*other).into();
        }
        let zz = self.z.square_inline();
        let (u2, zzz) = (other.x.mul_inline(&zz), zz.mul_inline(&self.z));
        let (h, r) = (u2.sub(&self.x), other.y.mul_inline(&zzz).sub(&self.y));
        self.chord_public(&self.x, &self.y, &h, &r, &self.z)
    }

    /// `self + other` or `self - other`.
    pub(crate) fn add_public(&self, other: &Addend<C>, minus: bool) -> Self {
        let other_y = if minus { other.y.neg() } else { other.y };
        if self.is_identity_public() {
            return Self::new(other.x, other_y, other.z);
        }
        let zz = self.z.square_inline();
        let (u, s) = (self.x.mul_inline(&other.zz), self.y.mul_inline(&other.zzz));
        let (u2, zzz) = (other.x.mul_inline(&zz), zz.mul_inline(&self.z));
        let (h, r) = (u2.sub(&u), other_y.mul_inline(&zzz).sub(&s));
        self.chord_public(&u, &s, &h, &r, &self.z.mul_inline(&other.z))
    }

    /// The sum from `(u, s)`, which is `self` over the common denominator `z`, and the differences `h`, `r`.
    #[inline(never)]
    fn chord_public(
        &self,
        u: &C::Base,
        s: &C::Base,
        h: &C::Base,
        r: &C::Base,
        z: &C::Base,
    ) -> Self {
        if h.is_zero_public() {
            // The doubling before this addition may have left W out.
            let tangent = || Self::new(self.x, self.y, self.z).double();
            return if r.is_zero_public() {
                tangent()
            } else {
                Self::IDENTITY
            };
        }
        let (hh, rr) = (h.square_inline(), r.square_inline());
        let (v, hhh) = (u.mul_inline(&hh), hh.mul_inline(h));
        let x = rr.sub(&hhh).sub(&v.double());
        let (z, drop) = (z.mul_inline(h), s.mul_inline(&hhh));
        let y = r.mul_inline(&v.sub(&x)).sub(&drop);
        Self::new(x, y, z)
    }

    /// The x coordinate, unless this is the identity.
    pub(crate) fn x_public(&self) -> Option<Ratio<C::Base>> {
        (!self.is_identity_public()).then(|| Ratio {
            numerator: self.x,
            denominator: self.z.square_inline(),
        })
    }

    fn is_identity_public(&self) -> bool {
        self.z.is_zero_public()
    }
}
