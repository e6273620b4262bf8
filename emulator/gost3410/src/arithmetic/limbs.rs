//! Little-endian arrays of 64-bit limbs: the words all moduli share.

/// `a + b + carry`, and the carry out (0 or 1).
#[inline(always)]
pub(crate) const fn adc(a: u64, b: u64, carry: u64) -> (u64, u64) {
    let t = a as u128 + b as u128 + carry as u128;
    (t as u64, (t >> 64) as u64)
}

/// `a - b - borrow`, and the borrow out (0 or 1).
#[inline(always)]
pub(crate) const fn sbb(a: u64, b: u64, borrow: u64) -> (u64, u64) {
    let t = (a as u128).wrapping_sub(b as u128 + borrow as u128);
    (t as u64, (t >> 127) as u64)
}

/// `acc + a·b + carry`, low and high word; cannot overflow.
#[inline(always)]
pub(crate) const fn mac(acc: u64, a: u64, b: u64, carry: u64) -> (u64, u64) {
    let t = acc as u128 + a as u128 * b as u128 + carry as u128;
    (t as u64, (t >> 64) as u64)
}

/// `a + b` and the carry out.
#[inline(always)]
pub(crate) const fn add<const N: usize>(a: &[u64; N], b: &[u64; N]) -> ([u64; N], u64) {
    let mut sum = [0; N];
    let mut carry = 0;
    let mut i = 0;
    while i < N {
        (sum[i], carry) = adc(a[i], b[i], carry);
        i += 1;
    }
    (sum, carry)
}

/// `a - b` and the borrow out.
#[inline(always)]
pub(crate) const fn sub<const N: usize>(a: &[u64; N], b: &[u64; N]) -> ([u64; N], u64) {
    let mut difference = [0; N];
    let mut borrow = 0;
    let mut i = 0;
    while i < N {
        (difference[i], borrow) = sbb(a[i], b[i], borrow);
        i += 1;
    }
    (difference, borrow)
}

/// `b` where `mask` is all ones, `a` where it is zero.
#[inline(always)]
pub(crate) const fn select<const N: usize>(a: &[u64; N], b: &[u64; N], mask: u64) -> [u64; N] {
    let mut out = [0; N];
    let mut i = 0;
    while i < N {
        out[i] = a[i] ^ (mask & (a[i] ^ b[i]));
        i += 1;
    }
    out
}

/// `value - m` if that is not negative, where `value` has a carry word above its limbs; `value < 2m`.
#[inline(always)]
pub(crate) const fn subtract_once<const N: usize>(
    value: &[u64; N],
    carry: u64,
    m: &[u64; N],
) -> [u64; N] {
    let (reduced, borrow) = sub(value, m);
    // Keep `value` only when the subtraction borrows and no carry pays for it.
    let keep = (borrow & (carry ^ 1)).wrapping_neg();
    select(&reduced, value, keep)
}

/// Reads exactly `8·N` octets, least significant first.
pub(crate) fn from_le_bytes<const N: usize>(bytes: &[u8]) -> [u64; N] {
    debug_assert_eq!(bytes.len(), 8 * N);
    let mut limbs = [0; N];
    for (limb, chunk) in limbs.iter_mut().zip(bytes.as_chunks::<8>().0) {
        *limb = u64::from_le_bytes(*chunk);
    }
    limbs
}

/// Writes exactly `8·N` octets, least significant first.
pub(crate) fn write_le_bytes<const N: usize>(limbs: &[u64; N], out: &mut [u8]) {
    debug_assert_eq!(out.len(), 8 * N);
    for (chunk, limb) in out.as_chunks_mut::<8>().0.iter_mut().zip(limbs) {
        *chunk = limb.to_le_bytes();
    }
}

/// Reads the big-endian hexadecimal of a standard's table, at compile time; blanks are skipped.
pub(crate) const fn from_hex<const N: usize>(hex: &str) -> [u64; N] {
    let bytes = hex.as_bytes();
    let mut limbs = [0; N];
    let mut i = 0;
    while i < bytes.len() {
        let nibble = match bytes[i] {
            digit @ b'0'..=b'9' => digit - b'0',
            digit @ b'a'..=b'f' => digit - b'a' + 10,
            _ => panic!("not lower-case hexadecimal"),
        };
        limbs = shift_in(&limbs, nibble as u64);
        i += 1;
    }
    limbs
}

const fn shift_in<const N: usize>(limbs: &[u64; N], nibble: u64) -> [u64; N] {
    let mut out = [0; N];
    let mut carry = nibble;
    let mut i = 0;
    while i < N {
        out[i] = limbs[i] << 4 | carry;
        carry = limbs[i] >> 60;
        i += 1;
    }
    assert!(carry == 0, "number too long");
    out
}
