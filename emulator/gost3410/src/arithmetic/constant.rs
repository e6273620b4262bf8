//! Numbers made at compile time.

/// Reads the big-endian hexadecimal of a standard's table.
pub(crate) const fn from_hex<const N: usize>(hex: &str) -> [u64; N] {
    let digits = hex.as_bytes();
    assert!(digits.len() <= 16 * N, "number too long");
    let mut limbs = [0; N];
    let mut i = 0;
    while i < digits.len() {
        let nibble = match digits[digits.len() - 1 - i] {
            digit @ b'0'..=b'9' => digit - b'0',
            digit @ b'a'..=b'f' => digit - b'a' + 10,
            _ => panic!("not lower-case hexadecimal"),
        };
        limbs[i / 16] |= (nibble as u64) << (4 * (i % 16));
        i += 1;
    }
    limbs
}

/// One.
pub(crate) const fn one<const N: usize>() -> [u64; N] {
    let mut one = [0; N];
    one[0] = 1;
    one
}

/// `-1/m mod 2^64` for odd `m`.
pub(crate) const fn negated_inverse(m: u64) -> u64 {
    let mut inverse = 1_u64;
    let mut i = 0;
    while i < 6 {
        // Each step doubles the number of right bits.
        inverse = inverse.wrapping_mul(2_u64.wrapping_sub(m.wrapping_mul(inverse)));
        i += 1;
    }
    inverse.wrapping_neg()
}

/// `number·2^bits mod m` for a number below `m`.
pub(crate) const fn shifted<const N: usize>(
    number: &[u64; N],
    bits: usize,
    m: &[u64; N],
) -> [u64; N] {
    let mut value = *number;
    let mut i = 0;
    while i < bits {
        value = doubled(&value, m);
        i += 1;
    }
    value
}

const fn doubled<const N: usize>(value: &[u64; N], m: &[u64; N]) -> [u64; N] {
    let mut twice = [0; N];
    let mut spill = 0;
    let mut i = 0;
    while i < N {
        twice[i] = value[i] << 1 | spill;
        spill = value[i] >> 63;
        i += 1;
    }
    if spill == 1 || !below(&twice, m) {
        minus(&twice, m)
    } else {
        twice
    }
}

/// Whether `a < b`.
pub(crate) const fn below<const N: usize>(a: &[u64; N], b: &[u64; N]) -> bool {
    let mut i = N;
    while i > 0 {
        i -= 1;
        if a[i] != b[i] {
            return a[i] < b[i];
        }
    }
    false
}

const fn minus<const N: usize>(a: &[u64; N], b: &[u64; N]) -> [u64; N] {
    let mut difference = [0; N];
    let mut borrow = false;
    let mut i = 0;
    while i < N {
        let (first, below) = a[i].overflowing_sub(b[i]);
        let (second, below_again) = first.overflowing_sub(borrow as u64);
        difference[i] = second;
        borrow = below || below_again;
        i += 1;
    }
    difference
}
