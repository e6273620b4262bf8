//! Little-endian arrays of 64-bit limbs: the words all moduli share.

/// `a + b + carry`, and the carry out (0 or 1).
#[inline(always)]
pub(crate) fn adc(a: u64, b: u64, carry: u64) -> (u64, u64) {
    let (sum, carry) = a.carrying_add(b, carry != 0);
    (sum, carry as u64)
}

/// `a - b - borrow`, and the borrow out (0 or 1).
#[inline(always)]
pub(crate) fn sbb(a: u64, b: u64, borrow: u64) -> (u64, u64) {
    let (difference, borrow) = a.borrowing_sub(b, borrow != 0);
    (difference, borrow as u64)
}

/// `acc + a·b + carry`, low and high word; cannot overflow.
#[inline(always)]
pub(crate) fn mac(acc: u64, a: u64, b: u64, carry: u64) -> (u64, u64) {
    let t = acc as u128 + a as u128 * b as u128 + carry as u128;
    (t as u64, (t >> 64) as u64)
}

/// `a + b` and the carry out.
#[inline(always)]
pub(crate) fn add<const N: usize>(a: &[u64; N], b: &[u64; N]) -> ([u64; N], u64) {
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
pub(crate) fn sub<const N: usize>(a: &[u64; N], b: &[u64; N]) -> ([u64; N], u64) {
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
pub(crate) fn select<const N: usize>(a: &[u64; N], b: &[u64; N], mask: u64) -> [u64; N] {
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
pub(crate) fn subtract_once<const N: usize>(
    value: &[u64; N],
    carry: u64,
    m: &[u64; N],
) -> [u64; N] {
    let (reduced, borrow) = sub(value, m);
    // Keep `value` only when the subtraction borrows and no carry pays for it.
    let keep = (borrow & (carry ^ 1)).wrapping_neg();
    select(&reduced, value, keep)
}

/// `a·b`, low half and high half; eight limbs by three products of four (Karatsuba).
#[inline(always)]
pub(crate) fn multiply<const N: usize>(a: &[u64; N], b: &[u64; N]) -> ([u64; N], [u64; N]) {
    if N != 8 {
        return multiply_by_rows(a, b);
    }
    let ((a0, a1), (b0, b1)) = (halves(a), halves(b));
    let (low, high) = (four_by_four(&a0, &b0), four_by_four(&a1, &b1));
    // The middle is a0·b1 + a1·b0 = low + high - (a0 - a1)(b0 - b1).
    let ((a, a_negative), (b, b_negative)) = (distance(&a0, &a1), distance(&b0, &b1));
    let cross = four_by_four(&a, &b);
    let (sum, carry) = add(&low, &high);
    let minus = !(a_negative ^ b_negative);
    let (middle, carry_of_cross) = add_complement(&sum, &cross, minus);
    let top = carry.wrapping_add(minus).wrapping_add(carry_of_cross);
    join(&low, &high, &middle, top)
}

/// `a²`, low half and high half.
#[inline(always)]
pub(crate) fn square<const N: usize>(a: &[u64; N]) -> ([u64; N], [u64; N]) {
    if N != 8 {
        let square = square_of_four(&core::array::from_fn(|i| a[i]));
        return (
            core::array::from_fn(|i| square[i]),
            core::array::from_fn(|i| square[i + 4]),
        );
    }
    let (a0, a1) = halves(a);
    let (low, high) = (square_of_four(&a0), square_of_four(&a1));
    let (middle, top) = double(&four_by_four(&a0, &a1), 0);
    join(&low, &high, &middle, top)
}

fn halves<const N: usize>(a: &[u64; N]) -> ([u64; 4], [u64; 4]) {
    (
        core::array::from_fn(|i| a[i]),
        core::array::from_fn(|i| a[i + 4]),
    )
}

#[inline(always)]
fn four_by_four(a: &[u64; 4], b: &[u64; 4]) -> [u64; 8] {
    let (low, high) = multiply_by_rows(a, b);
    core::array::from_fn(|i| if i < 4 { low[i] } else { high[i - 4] })
}

/// `|a - b|`, and all ones if `a < b`.
#[inline(always)]
fn distance(a: &[u64; 4], b: &[u64; 4]) -> ([u64; 4], u64) {
    let (difference, borrow) = sub(a, b);
    let negative = borrow.wrapping_neg();
    let (distance, _) = add_complement(&[0; 4], &difference, negative);
    (distance, negative)
}

/// `a + b`, or `a - b + 2^(64N)` where `minus` is all ones, and the carry out.
#[inline(always)]
fn add_complement<const N: usize>(a: &[u64; N], b: &[u64; N], minus: u64) -> ([u64; N], u64) {
    let mut sum = [0; N];
    let mut carry = minus & 1;
    for i in 0..N {
        (sum[i], carry) = adc(a[i], b[i] ^ minus, carry);
    }
    (sum, carry)
}

/// `low + high·2^512 + (middle + top·2^512)·2^256`.
#[inline(always)]
fn join<const N: usize>(
    low: &[u64; 8],
    high: &[u64; 8],
    middle: &[u64; 8],
    top: u64,
) -> ([u64; N], [u64; N]) {
    let (mut out_low, mut out_high) = ([0; N], [0; N]);
    out_low[..4].copy_from_slice(&low[..4]);
    let mut carry = 0;
    for i in 0..4 {
        (out_low[i + 4], carry) = adc(low[i + 4], middle[i], carry);
    }
    for i in 0..4 {
        (out_high[i], carry) = adc(high[i], middle[i + 4], carry);
    }
    (out_high[4], carry) = adc(high[4], top, carry);
    for i in 5..8 {
        (out_high[i], carry) = adc(high[i], 0, carry);
    }
    (out_low, out_high)
}

/// Row by row: the low halves of a row in one chain of carries, the high halves in another.
#[inline(always)]
fn multiply_by_rows<const N: usize>(a: &[u64; N], b: &[u64; N]) -> ([u64; N], [u64; N]) {
    let (mut low, mut rest) = ([0; N], [0; N]);
    for i in 0..N {
        let (row_low, row_high) = row(b, a[i]);
        let (sum, top) = add(&rest, &row_low);
        low[i] = sum[0];
        let mut carry = 0;
        for j in 0..N - 1 {
            (rest[j], carry) = adc(sum[j + 1], row_high[j], carry);
        }
        rest[N - 1] = row_high[N - 1] + top + carry;
    }
    (low, rest)
}

/// `word` times each limb, low halves and high halves.
#[inline(always)]
pub(crate) fn row<const N: usize>(limbs: &[u64; N], word: u64) -> ([u64; N], [u64; N]) {
    let products = limbs.map(|limb| u128::from(limb) * u128::from(word));
    (
        products.map(|product| product as u64),
        products.map(|product| (product >> 64) as u64),
    )
}

/// Products above the diagonal once, doubled, then the squares.
#[inline(always)]
fn square_of_four(a: &[u64; 4]) -> [u64; 8] {
    let (mut square, _) = double(&products_above_diagonal(a), 0);
    let mut carry = 0;
    for i in 0..4 {
        let (low, high) = wide(a[i], a[i]);
        (square[2 * i], carry) = adc(square[2 * i], low, carry);
        (square[2 * i + 1], carry) = adc(square[2 * i + 1], high, carry);
    }
    square
}

/// `Σ a_i·a_j·2^(64(i+j))` for `i < j`.
#[inline(always)]
fn products_above_diagonal(a: &[u64; 4]) -> [u64; 8] {
    let mut sum = [0; 8];
    let mut carry;
    let (low_01, high_01) = wide(a[0], a[1]);
    let (low_02, high_02) = wide(a[0], a[2]);
    let (low_03, high_03) = wide(a[0], a[3]);
    sum[1] = low_01;
    (sum[2], carry) = adc(high_01, low_02, 0);
    (sum[3], carry) = adc(high_02, low_03, carry);
    sum[4] = high_03 + carry;
    let (low_12, high_12) = wide(a[1], a[2]);
    let (low_13, high_13) = wide(a[1], a[3]);
    let (low_23, high_23) = wide(a[2], a[3]);
    let (middle, carry_of_middle) = adc(high_12, low_13, 0);
    let (upper, carry_of_upper) = adc(high_13, low_23, carry_of_middle);
    (sum[3], carry) = adc(sum[3], low_12, 0);
    (sum[4], carry) = adc(sum[4], middle, carry);
    (sum[5], carry) = adc(upper, 0, carry);
    sum[6] = high_23 + carry_of_upper + carry;
    sum
}

/// `a·b`, low word and high word.
#[inline(always)]
fn wide(a: u64, b: u64) -> (u64, u64) {
    let product = u128::from(a) * u128::from(b);
    (product as u64, (product >> 64) as u64)
}

/// `2·a + spill`, and the bit out.
#[inline(always)]
fn double<const N: usize>(a: &[u64; N], mut spill: u64) -> ([u64; N], u64) {
    let mut out = [0; N];
    for i in 0..N {
        out[i] = a[i] << 1 | spill;
        spill = a[i] >> 63;
    }
    (out, spill)
}

/// The sum of a number and one word, and the carry out.
#[inline(always)]
pub(crate) fn add_word<const N: usize>(a: &[u64; N], word: u64) -> ([u64; N], u64) {
    let mut sum = [0; N];
    let mut carry;
    (sum[0], carry) = adc(a[0], word, 0);
    let mut i = 1;
    while i < N {
        (sum[i], carry) = adc(a[i], 0, carry);
        i += 1;
    }
    (sum, carry)
}

/// The difference of a number and one word, and the borrow out.
#[inline(always)]
pub(crate) fn sub_word<const N: usize>(a: &[u64; N], word: u64) -> ([u64; N], u64) {
    let mut difference = [0; N];
    let mut borrow;
    (difference[0], borrow) = sbb(a[0], word, 0);
    let mut i = 1;
    while i < N {
        (difference[i], borrow) = sbb(a[i], 0, borrow);
        i += 1;
    }
    (difference, borrow)
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
