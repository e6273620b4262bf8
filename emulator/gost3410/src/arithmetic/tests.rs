//! Fields and points against big integers and against each other.

use std::vec;
use std::vec::Vec;

use num_bigint::BigUint;
use proptest::prelude::*;

use super::edwards::Edwards;
use super::field::Field;
use super::group::Curve;
use super::weierstrass::Weierstrass;
use crate::curves::*;

/// Numbers of a field's size with a taste for what breaks carries: long runs of equal bits, and neighbours of the modulus.
fn numbers<F: Field>() -> impl Strategy<Value = Vec<u8>> {
    let limb = prop_oneof![
        Just(0_u64),
        Just(u64::MAX),
        Just(1),
        Just(1 << 63),
        any::<u64>()
    ];
    let runs = prop::collection::vec(limb, F::SIZE / 8)
        .prop_map(|limbs| limbs.iter().flat_map(|limb| limb.to_le_bytes()).collect());
    let near = (0..3_u8, 0..1000_u32).prop_map(|(times, offset)| {
        let number = modulus::<F>() * times + offset;
        let number = number % (BigUint::from(1_u8) << (8 * F::SIZE));
        padded(&number, F::SIZE)
    });
    prop_oneof![3 => runs, 1 => near]
}

fn modulus<F: Field>() -> BigUint {
    BigUint::from_slice(&F::MODULUS.map(|w| [w as u32, (w >> 32) as u32]).concat())
}

fn padded(number: &BigUint, size: usize) -> Vec<u8> {
    let mut octets = number.to_bytes_le();
    octets.resize(size, 0);
    octets
}

fn value<F: Field>(element: &F) -> BigUint {
    let mut octets = vec![0; F::SIZE];
    element.write_le_bytes(&mut octets);
    BigUint::from_bytes_le(&octets)
}

fn check_field<F: Field>(a: &[u8], b: &[u8]) {
    let m = modulus::<F>();
    let (x, y) = (F::reduce_le_bytes(a), F::reduce_le_bytes(b));
    let (p, q) = (
        BigUint::from_bytes_le(a) % &m,
        BigUint::from_bytes_le(b) % &m,
    );
    assert_eq!(value(&x), p);
    assert_eq!(value(&x.add(&y)), (&p + &q) % &m);
    assert_eq!(value(&x.sub(&y)), (&p + &m - &q) % &m);
    assert_eq!(value(&x.mul(&y)), (&p * &q) % &m);
    assert_eq!(value(&x.square()), (&p * &p) % &m);
    assert_eq!(value(&x.neg()), (&m - &p) % &m);
    assert_eq!(value(&x.half().double()), p);
    assert_eq!(x.is_zero().reveal(), p == BigUint::ZERO);
    assert_eq!(x.is_zero_public(), p == BigUint::ZERO);
    assert_eq!(F::from_le_bytes(a).is_some(), BigUint::from_bytes_le(a) < m);
    let inverse = if p == BigUint::ZERO {
        p.clone()
    } else {
        p.modinv(&m).unwrap()
    };
    assert_eq!(value(&x.invert()), inverse);
    assert_eq!(value(&x.invert_public()), inverse);
    // Sums that were never reduced must still behave.
    let (sum, twice) = (x.add(&y).add(&y), x.sub(&y).double());
    assert_eq!(
        value(&sum.mul(&twice)),
        ((&p + &q + &q) * (&p + &m - &q) * 2_u8) % &m
    );
    assert_eq!(
        value(&sum.square().sub(&twice)),
        ((&p + &q + &q).pow(2) + &m + &m - ((&p + &m - &q) * 2_u8 % &m)) % &m
    );
}

/// `a·P + b·Q` computed three ways, and the odd corner of the table's last row.
fn check_curve<C: Curve>(a: &[u8], b: &[u8], d: &[u8]) {
    let [a, b, d] = [a, b, d].map(C::Scalar::reduce_le_bytes);
    let some = |k: C::Scalar| {
        if k.is_zero().reveal() {
            C::Scalar::ONE
        } else {
            k
        }
    };
    let (a, b, d) = (some(a), some(b), some(d));
    let (x, y) = C::times_base(&d);
    let q = C::point_public(&x, &y).expect("a multiple of the base point is on the curve");
    assert!(C::in_subgroup_public(&q));

    let (slow_x, slow_y) = C::times(&q, &b);
    let (fast_x, fast_y) = C::times_base(&b.mul(&d));
    assert!(
        (slow_x.equals(&fast_x) & slow_y.equals(&fast_y)).reveal(),
        "b·Q = (bd)·P"
    );

    let total = a.add(&b.mul(&d));
    let joint = C::combine_public(&a, &q, &b);
    if total.is_zero().reveal() {
        assert!(joint.is_none());
    } else {
        let (x, _) = C::times_base(&total);
        let joint = joint.expect("not the identity");
        assert!(
            x.mul(&joint.denominator).equals(&joint.numerator).reveal(),
            "a·P + b·Q = (a + bd)·P"
        );
    }
}

fn small<F: Field>(value: u64) -> F {
    let mut octets = vec![0; F::SIZE];
    octets[..8].copy_from_slice(&value.to_le_bytes());
    F::reduce_le_bytes(&octets)
}

/// Small scalars and their opposites meet every special case of the public addition and the ends of the table.
fn check_small_scalars<C: Curve>() {
    let mut scalars: Vec<C::Scalar> = (1..40).map(small).collect();
    scalars.extend((1..40).map(|k| small::<C::Scalar>(k).neg()));
    scalars.push(small::<C::Scalar>(2).invert());
    let base = C::times_base(&C::Scalar::ONE);
    let p = C::point_public(&base.0, &base.1).expect("the base point");
    for k in &scalars {
        let (x, y) = C::times_base(k);
        let (slow_x, slow_y) = C::times(&p, k);
        assert!((x.equals(&slow_x) & y.equals(&slow_y)).reveal());
        for a in [C::Scalar::ONE, C::Scalar::ONE.neg(), small(2), k.neg(), *k] {
            let (mut octets_a, mut octets_k) = (vec![0; C::Scalar::SIZE], vec![0; C::Scalar::SIZE]);
            a.write_le_bytes(&mut octets_a);
            k.write_le_bytes(&mut octets_k);
            let mut one = vec![0; C::Scalar::SIZE];
            one[0] = 1;
            check_curve::<C>(&octets_a, &octets_k, &one);
        }
    }
}

/// The scalars at which the last row of the table meets its own equal: `k = 2d·2^(wi) - q` for odd `d`.
fn check_last_row<C: Curve>() {
    let width = super::comb::WIDTH;
    let q = modulus::<C::Scalar>();
    let last = C::Scalar::BITS.div_ceil(width) - 1;
    let base = C::times_base(&C::Scalar::ONE);
    let p = C::point_public(&base.0, &base.1).expect("the base point");
    let mut met = 0;
    for digit in (1_u32..1 << width).step_by(2) {
        let twice = BigUint::from(2 * digit) << (width * last);
        for k in [
            &twice - q.clone().min(twice.clone()),
            q.clone().max(twice.clone()) - &twice,
        ] {
            if k != BigUint::ZERO && k < q {
                let k = C::Scalar::reduce_le_bytes(&padded(&k, C::Scalar::SIZE));
                let ((x, y), (slow_x, slow_y)) = (C::times_base(&k), C::times(&p, &k));
                assert!(
                    (x.equals(&slow_x) & y.equals(&slow_y)).reveal(),
                    "digit {digit}"
                );
                met += 1;
            }
        }
    }
    assert!(met > 0);
}

macro_rules! batteries {
    ($($module:ident: $curve:ty;)*) => {$(
        mod $module {
            use super::*;
            type C = $curve;
            type Base = <C as Curve>::Base;
            type Scalar = <C as Curve>::Scalar;

            proptest! {
                #![proptest_config(ProptestConfig { failure_persistence: None, cases: 200, ..ProptestConfig::default() })]

                #[test]
                fn base_field_computes_like_big_integers(a in numbers::<Base>(), b in numbers::<Base>()) {
                    check_field::<Base>(&a, &b);
                }

                #[test]
                fn scalar_field_computes_like_big_integers(a in numbers::<Scalar>(), b in numbers::<Scalar>()) {
                    check_field::<Scalar>(&a, &b);
                }
            }

            proptest! {
                #![proptest_config(ProptestConfig { failure_persistence: None, cases: 12, ..ProptestConfig::default() })]

                #[test]
                fn multiplications_agree(a in numbers::<Scalar>(), b in numbers::<Scalar>(), d in numbers::<Scalar>()) {
                    check_curve::<C>(&a, &b, &d);
                }
            }

            #[test]
            fn small_scalars_agree() {
                check_small_scalars::<C>();
            }

            #[test]
            fn last_row_meets_its_equal_and_doubles_it() {
                check_last_row::<C>();
            }
        }
    )*};
}

batteries! {
    crypto_pro_test: Weierstrass<CryptoProTest>;
    crypto_pro_a: Weierstrass<CryptoProA>;
    crypto_pro_b: Weierstrass<CryptoProB>;
    crypto_pro_c: Weierstrass<CryptoProC>;
    tc26_256_a: Edwards<Tc26Gost256A>;
    tc26_512_test: Weierstrass<Tc26Gost512Test>;
    tc26_512_a: Weierstrass<Tc26Gost512A>;
    tc26_512_b: Weierstrass<Tc26Gost512B>;
    tc26_512_c: Edwards<Tc26Gost512C>;
}
