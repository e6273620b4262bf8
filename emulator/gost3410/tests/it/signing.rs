//! Signing with drawn and derived nonces, and the traits.

use gost3410::{Algorithm, Error, ParameterSet, PrivateKeyInfo, Signature, SigningKey};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use signature::{RandomizedSigner, SignatureEncoding, Signer, Verifier};

fn rng() -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(2018)
}

#[test]
fn signature_verifies_on_every_set_and_on_nothing_else() {
    let mut rng = rng();
    for set in ParameterSet::ALL {
        for round in 1..=8_u8 {
            let key = SigningKey::generate(set, &mut rng);
            let mut digest = vec![round; set.size()];
            let signature = key.sign_prehash(&digest, &mut rng).unwrap();
            assert_eq!(
                key.verifying_key().verify_prehash(&digest, &signature),
                Ok(()),
                "{}",
                set.name()
            );
            digest[0] ^= 0x80;
            let refusal = key.verifying_key().verify_prehash(&digest, &signature);
            assert_eq!(refusal, Err(Error::InvalidSignature), "{}", set.name());
        }
    }
}

#[test]
fn extreme_secrets_and_digests_sign() {
    let mut rng = rng();
    for set in ParameterSet::ALL {
        let mut one = vec![0; set.size()];
        one[0] = 1;
        let key = SigningKey::from_le_bytes(set, &one).unwrap();
        for digest in [vec![0; set.size()], vec![0xff; set.size()]] {
            let signature = key.sign_prehash(&digest, &mut rng).unwrap();
            assert_eq!(
                key.verifying_key().verify_prehash(&digest, &signature),
                Ok(()),
                "{}",
                set.name()
            );
        }
    }
}

#[test]
fn digest_of_another_length_is_refused() {
    let key = SigningKey::generate(ParameterSet::CryptoProA, &mut rng());
    let expected = Err(Error::Length {
        expected: 32,
        got: 64,
    });
    assert_eq!(key.sign_prehash(&[0; 64], &mut rng()), expected);
    assert_eq!(key.sign_prehash_deterministic(&[0; 64]), expected);
}

#[test]
fn derived_nonce_gives_the_same_signature_twice_and_another_for_another_digest() {
    for set in ParameterSet::ALL {
        let key = SigningKey::generate(set, &mut rng());
        let (a, b) = (vec![1; set.size()], vec![2; set.size()]);
        let signature = key.sign_prehash_deterministic(&a).unwrap();
        assert_eq!(key.sign_prehash_deterministic(&a).as_ref(), Ok(&signature));
        assert_eq!(key.verifying_key().verify_prehash(&a, &signature), Ok(()));
        let other = key.sign_prehash_deterministic(&b).unwrap();
        let r = set.size();
        assert_ne!(signature.to_bytes()[r..], other.to_bytes()[r..]);
    }
}

#[test]
fn traits_sign_whole_messages() {
    let key = SigningKey::generate(ParameterSet::CryptoProXchA, &mut rng());
    for algorithm in [Algorithm::Gost2001, Algorithm::Gost2012_256] {
        let info = PrivateKeyInfo {
            algorithm,
            key: key.clone(),
        };
        let derived: Signature = info.sign(b"CertificationRequestInfo");
        let drawn = info.sign_with_rng(&mut rng(), b"CertificationRequestInfo");
        for signature in [derived, drawn] {
            let public = info.public_key_info();
            assert!(
                public
                    .verify(b"CertificationRequestInfo", &signature)
                    .is_ok()
            );
            assert!(public.verify(b"another", &signature).is_err());
            assert_eq!(Signature::try_from(&*signature.to_vec()), Ok(signature));
        }
    }
}

#[test]
fn algorithm_of_another_size_is_refused() {
    let key = SigningKey::generate(ParameterSet::CryptoProA, &mut rng());
    let refusal = key.sign_message(Algorithm::Gost2012_512, b"", &mut rng());
    assert_eq!(refusal, Err(Error::ParameterMismatch));
    let key = SigningKey::generate(ParameterSet::Tc26Gost256B, &mut rng());
    let refusal = key.sign_message(Algorithm::Gost2001, b"", &mut rng());
    assert_eq!(refusal, Err(Error::ParameterMismatch));
}
