//! Modular inverses by a fixed number of division steps (Bernstein and Yang, 2019/266; the variant that starts at ½ and
//! the signed 62-bit limbs are those described in Bitcoin Core's `safegcd_implementation.md`).
//!
//! `n`-bit inputs need at most `(45907·n + 30179) / 19929` steps: 591 for 256 bits, 1180 for 512. We make 620 and 1240.

use core::hint::black_box;

use super::constant::negated_inverse;

/// `1/x mod m` for an odd prime `m`; zero for zero.
pub(crate) fn invert<const N: usize>(x: &[u64; N], m: &[u64; N]) -> [u64; N] {
    match N {
        4 => invert_in::<N, 5>(x, m, 10),
        8 => invert_in::<N, 9>(x, m, 20),
        _ => unreachable!("fields have four or eight limbs"),
    }
}

/// As [`invert`], in a time that depends on `x`.
pub(crate) fn invert_public<const N: usize>(x: &[u64; N], m: &[u64; N]) -> [u64; N] {
    match N {
        4 => invert_public_in::<N, 5>(x, m),
        8 => invert_public_in::<N, 9>(x, m),
        _ => unreachable!("fields have four or eight limbs"),
    }
}

fn invert_in<const N: usize, const L: usize>(
    x: &[u64; N],
    m: &[u64; N],
    batches: usize,
) -> [u64; N] {
    let mut state = State::<L>::new(x, m);
    let mut zeta = -1;
    for _ in 0..batches {
        let steps;
        (zeta, steps) = division_steps(zeta, state.f[0] as u64, state.g[0] as u64);
        state.apply(&steps);
    }
    state.inverse()
}

fn invert_public_in<const N: usize, const L: usize>(x: &[u64; N], m: &[u64; N]) -> [u64; N] {
    let mut state = State::<L>::new(x, m);
    let mut eta = -1;
    while state.g != [0; L] {
        let steps;
        (eta, steps) = division_steps_public(eta, state.f[0] as u64, state.g[0] as u64);
        state.apply(&steps);
    }
    state.inverse()
}

/// Where the division steps stand: `f` and `g` shrink to `±1` and 0, with `d·x ≡ f` and `e·x ≡ g`.
struct State<const L: usize> {
    modulus: Modulus<L>,
    f: [i64; L],
    g: [i64; L],
    d: [i64; L],
    e: [i64; L],
}

impl<const L: usize> State<L> {
    fn new<const N: usize>(x: &[u64; N], m: &[u64; N]) -> Self {
        let inverse = negated_inverse(m[0]).wrapping_neg() & LOW;
        let m = to_signed(m);
        let mut e = [0; L];
        e[0] = 1;
        Self {
            modulus: Modulus { m, inverse },
            f: m,
            g: to_signed(x),
            d: [0; L],
            e,
        }
    }

    #[inline(always)]
    fn apply(&mut self, steps: &Steps) {
        (self.d, self.e) = self.modulus.update_de(&self.d, &self.e, steps);
        (self.f, self.g) = update_fg(&self.f, &self.g, steps);
    }

    fn inverse<const N: usize>(&self) -> [u64; N] {
        from_signed(&self.modulus.normalize(&self.d, self.f[L - 1] >> 63))
    }
}

const LOW: u64 = u64::MAX >> 2;

struct Modulus<const L: usize> {
    m: [i64; L],
    /// `1/m mod 2^62`.
    inverse: u64,
}

/// `2^62` times the matrix of 62 division steps.
struct Steps {
    u: i64,
    v: i64,
    q: i64,
    r: i64,
}

fn division_steps(mut zeta: i64, f: u64, g: u64) -> (i64, Steps) {
    let (mut f, mut g) = (f, g);
    let (mut u, mut v, mut q, mut r) = (1_u64, 0_u64, 0_u64, 1_u64);
    for _ in 0..62 {
        let negative = (zeta >> 63) as u64;
        let odd = (g & 1).wrapping_neg();
        // Add or subtract (f, u, v) when g is odd.
        g = g.wrapping_add(((f ^ negative).wrapping_sub(negative)) & odd);
        q = q.wrapping_add(((u ^ negative).wrapping_sub(negative)) & odd);
        r = r.wrapping_add(((v ^ negative).wrapping_sub(negative)) & odd);
        // Swap when zeta is negative too.
        let swap = negative & odd;
        zeta = (zeta ^ swap as i64) - 1;
        f = f.wrapping_add(g & swap);
        u = u.wrapping_add(q & swap);
        v = v.wrapping_add(r & swap);
        g >>= 1;
        u <<= 1;
        v <<= 1;
    }
    let (u, v, q, r) = (u as i64, v as i64, q as i64, r as i64);
    (zeta, Steps { u, v, q, r })
}

/// As [`division_steps`], from `δ = 1` and with as many steps at once as the trailing zeros of `g` allow.
fn division_steps_public(mut eta: i64, f: u64, g: u64) -> (i64, Steps) {
    let (mut f, mut g) = (f, g);
    let (mut u, mut v, mut q, mut r) = (1_u64, 0_u64, 0_u64, 1_u64);
    let mut left = 62;
    loop {
        let zeros = (g | u64::MAX << left).trailing_zeros();
        (g, u, v) = (g >> zeros, u << zeros, v << zeros);
        eta -= i64::from(zeros);
        left -= zeros;
        if left == 0 {
            break;
        }
        if eta < 0 {
            eta = -eta;
            (f, g) = (g, f.wrapping_neg());
            (u, q) = (q, u.wrapping_neg());
            (v, r) = (r, v.wrapping_neg());
        }
        // The multiple of f that clears the lowest bits of g: as many as eta and the steps left allow, at most six.
        let clear = (eta + 1).min(i64::from(left)).min(6);
        let inverse = f.wrapping_mul(f.wrapping_mul(f).wrapping_sub(2));
        let times = inverse.wrapping_mul(g) & ((1 << clear) - 1);
        g = g.wrapping_add(f.wrapping_mul(times));
        q = q.wrapping_add(u.wrapping_mul(times));
        r = r.wrapping_add(v.wrapping_mul(times));
    }
    let (u, v, q, r) = (u as i64, v as i64, q as i64, r as i64);
    (eta, Steps { u, v, q, r })
}

/// `(f, g)` times the matrix; the low 62 bits vanish.
fn update_fg<const L: usize>(f: &[i64; L], g: &[i64; L], t: &Steps) -> ([i64; L], [i64; L]) {
    let (mut new_f, mut new_g) = ([0; L], [0; L]);
    let mut sum_f = (wide(t.u, f[0]) + wide(t.v, g[0])) >> 62;
    let mut sum_g = (wide(t.q, f[0]) + wide(t.r, g[0])) >> 62;
    for i in 1..L {
        sum_f += wide(t.u, f[i]) + wide(t.v, g[i]);
        sum_g += wide(t.q, f[i]) + wide(t.r, g[i]);
        (new_f[i - 1], sum_f) = split(sum_f);
        (new_g[i - 1], sum_g) = split(sum_g);
    }
    (new_f[L - 1], new_g[L - 1]) = (sum_f as i64, sum_g as i64);
    (new_f, new_g)
}

impl<const L: usize> Modulus<L> {
    /// `(d, e)` times the matrix over `2^62` mod m; both stay in `(-2m, m)`.
    fn update_de(&self, d: &[i64; L], e: &[i64; L], t: &Steps) -> ([i64; L], [i64; L]) {
        let (negative_d, negative_e) = (d[L - 1] >> 63, e[L - 1] >> 63);
        let mut times_d = (t.u & negative_d) + (t.v & negative_e);
        let mut times_e = (t.q & negative_d) + (t.r & negative_e);
        let mut sum_d = wide(t.u, d[0]) + wide(t.v, e[0]);
        let mut sum_e = wide(t.q, d[0]) + wide(t.r, e[0]);
        // As many m as make the low 62 bits vanish.
        times_d -= (self
            .inverse
            .wrapping_mul(sum_d as u64)
            .wrapping_add(times_d as u64)
            & LOW) as i64;
        times_e -= (self
            .inverse
            .wrapping_mul(sum_e as u64)
            .wrapping_add(times_e as u64)
            & LOW) as i64;
        sum_d = (sum_d + wide(self.m[0], times_d)) >> 62;
        sum_e = (sum_e + wide(self.m[0], times_e)) >> 62;
        let (mut new_d, mut new_e) = ([0; L], [0; L]);
        for i in 1..L {
            sum_d += wide(t.u, d[i]) + wide(t.v, e[i]) + wide(self.m[i], times_d);
            sum_e += wide(t.q, d[i]) + wide(t.r, e[i]) + wide(self.m[i], times_e);
            (new_d[i - 1], sum_d) = split(sum_d);
            (new_e[i - 1], sum_e) = split(sum_e);
        }
        (new_d[L - 1], new_e[L - 1]) = (sum_d as i64, sum_e as i64);
        (new_d, new_e)
    }

    /// Brings `±d` from `(-2m, m)` into `0..m`; `negate` is 0 or -1.
    fn normalize(&self, d: &[i64; L], negate: i64) -> [i64; L] {
        let (negative, negate) = (black_box(d[L - 1] >> 63), black_box(negate));
        let mut out = [0; L];
        for i in 0..L {
            out[i] = ((d[i] + (self.m[i] & negative)) ^ negate) - negate;
        }
        let mut out = carry(&out);
        let negative = black_box(out[L - 1] >> 63);
        for (limb, m) in out.iter_mut().zip(&self.m) {
            *limb += m & negative;
        }
        carry(&out)
    }
}

/// Brings all limbs but the top one into 62 bits.
fn carry<const L: usize>(limbs: &[i64; L]) -> [i64; L] {
    let mut out = *limbs;
    for i in 1..L {
        out[i] += out[i - 1] >> 62;
        out[i - 1] &= LOW as i64;
    }
    out
}

#[inline(always)]
fn wide(a: i64, b: i64) -> i128 {
    i128::from(a) * i128::from(b)
}

#[inline(always)]
fn split(sum: i128) -> (i64, i128) {
    (sum as i64 & LOW as i64, sum >> 62)
}

fn to_signed<const N: usize, const L: usize>(limbs: &[u64; N]) -> [i64; L] {
    let mut out = [0; L];
    for (i, limb) in out.iter_mut().enumerate() {
        *limb = (bits_from(limbs, 62 * i) & LOW) as i64;
    }
    out
}

fn from_signed<const N: usize, const L: usize>(signed: &[i64; L]) -> [u64; N] {
    let mut out = [0; N];
    for (i, limb) in out.iter_mut().enumerate() {
        let (at, shift) = (64 * i / 62, 64 * i % 62);
        *limb = signed[at] as u64 >> shift | (signed[at + 1] as u64) << (62 - shift);
    }
    out
}

/// The 64 bits of a number from position `at` on.
fn bits_from<const N: usize>(limbs: &[u64; N], at: usize) -> u64 {
    let (word, shift) = (at / 64, at % 64);
    let low = limbs.get(word).map_or(0, |limb| limb >> shift);
    let high = limbs.get(word + 1).copied().unwrap_or(0);
    // Two shifts, since a shift by 64 is not defined.
    low | high << 1 << (63 - shift)
}
