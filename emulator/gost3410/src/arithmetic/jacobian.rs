//! Fast arithmetic on public points of `y² = x³ + a·x + b`: `x = X/Z²`, `y = Y/Z³`; `Z = 0` is the identity.
//!
//! Branches on what it meets: never for secrets. Formulas: `dbl-1998-cmo-2`, `add-1998-cmo-2` and `madd` of the
//! Explicit-Formulas Database.

use super::field::Field;
use super::group::Ratio;
use super::weierstrass::{Affine, Parameters};

/// A point of the curve `C`.
pub(crate) struct Jacobian<C: Parameters> {
    x: C::Base,
    y: C::Base,
    z: C::Base,
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
        }
    }
}

impl<C: Parameters> From<Jacobian<C>> for Addend<C> {
    fn from(Jacobian { x, y, z }: Jacobian<C>) -> Self {
        let zz = z.square();
        let zzz = zz.mul(&z);
        Self { x, y, z, zz, zzz }
    }
}

impl<C: Parameters> Jacobian<C> {
    pub(crate) const IDENTITY: Self = Self {
        x: C::Base::ONE,
        y: C::Base::ONE,
        z: C::Base::ZERO,
    };

    /// `2·self`; the identity stays itself, and there is no point of order two.
    pub(crate) fn double(&self) -> Self {
        let twice_y = self.y.double();
        let v = twice_y.square();
        let s = v.mul(&self.x);
        let m = C::slope(&self.x, &self.z.square());
        let x = m.square().sub(&s.double());
        Self {
            x,
            y: m.mul(&s.sub(&x)).sub(&v.square().half()),
            z: twice_y.mul(&self.z),
        }
    }

    /// `self + other`.
    pub(crate) fn add_affine_public(&self, other: &Affine<C::Base>) -> Self {
        if self.is_identity_public() {
            return (*other).into();
        }
        let zz = self.z.square();
        let h = other.x.mul(&zz).sub(&self.x);
        let r = other.y.mul(&zz.mul(&self.z)).sub(&self.y);
        self.chord_public(&self.x, &self.y, &h, &r, &self.z)
    }

    /// `self + other` or `self - other`.
    pub(crate) fn add_public(&self, other: &Addend<C>, minus: bool) -> Self {
        let other_y = if minus { other.y.neg() } else { other.y };
        if self.is_identity_public() {
            let Addend { x, z, .. } = *other;
            return Self { x, y: other_y, z };
        }
        let zz = self.z.square();
        let (u, s) = (self.x.mul(&other.zz), self.y.mul(&other.zzz));
        let h = other.x.mul(&zz).sub(&u);
        let r = other_y.mul(&zz.mul(&self.z)).sub(&s);
        self.chord_public(&u, &s, &h, &r, &self.z.mul(&other.z))
    }

    /// The sum from `(u, s)`, which is `self` over the common denominator `z`, and the differences `h`, `r`.
    fn chord_public(
        &self,
        u: &C::Base,
        s: &C::Base,
        h: &C::Base,
        r: &C::Base,
        z: &C::Base,
    ) -> Self {
        if h.is_zero_public() {
            let equal = r.is_zero_public();
            return if equal { self.double() } else { Self::IDENTITY };
        }
        let hh = h.square();
        let hhh = hh.mul(h);
        let v = u.mul(&hh);
        let x = r.square().sub(&hhh).sub(&v.double());
        Self {
            x,
            y: r.mul(&v.sub(&x)).sub(&s.mul(&hhh)),
            z: z.mul(h),
        }
    }

    /// The x coordinate, unless this is the identity.
    pub(crate) fn x_public(&self) -> Option<Ratio<C::Base>> {
        (!self.is_identity_public()).then(|| Ratio {
            numerator: self.x,
            denominator: self.z.square(),
        })
    }

    fn is_identity_public(&self) -> bool {
        self.z.is_zero_public()
    }
}
