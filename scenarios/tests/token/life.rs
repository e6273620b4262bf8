//! A pair and its certificate, from their making to their end, beside what others keep on the token.

use emulator::ObjectName;
use emulator::rsa::RsaKey;
use enroll::adapters::apdu_token::ApduToken;
use enroll::ports::token::Token as _;
use enroll::ports::token::{KeyId, KeyKind, KeyPair, KeySpec, TokenError, Tries};
use gost3410::{Algorithm, ParameterSet, SigningKey};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng as _;

use crate::line::{Line, as_user, blank, certificates_of, files, keys_of, on_a, spec};

#[test]
fn a_pair_and_its_certificate_live_and_go() {
    let line = Line::to(blank());
    let empty = files(&line);
    let mut token = as_user(&line);
    let info = token.info().expect("tells");
    assert_eq!(
        (
            info.serial.as_str(),
            info.model.as_str(),
            info.label.as_str()
        ),
        ("2cdb7256", "Rutoken ECP", "Склад")
    );
    assert_eq!(
        (info.user_tries_left, info.administrator_tries_left),
        (Tries::Verified, Tries::Left(10))
    );

    let pair = token.generate_key_pair(&on_a()).expect("makes");
    let public = pair.public_key.clone().expect("known");
    assert_eq!(keys_of(&line), vec![pair.clone()]);

    let digest = Algorithm::Gost2001.digest(b"request");
    let signature = token.sign_digest(&pair.id, &digest).expect("signs");
    public
        .verify_prehash(&digest, &signature)
        .expect("verifies");

    token
        .set_key_label(&pair.id, "ЕГАИС_722318")
        .expect("renames");
    assert_eq!(
        keys_of(&line),
        [KeyPair {
            label: "ЕГАИС_722318".to_owned(),
            ..pair.clone()
        }]
    );

    let der = vec![0x30; 771];
    token
        .write_certificate(&pair.id, "ЕГАИС_722318", &der)
        .expect("writes");
    token
        .write_certificate(&pair.id, "ЕГАИС_722318", &der)
        .expect("has it already");
    let [certificate] = certificates_of(&line).try_into().expect("one");
    assert_eq!(
        (&certificate.id, &certificate.der, certificate.file),
        (&pair.id, &der, 0x0300)
    );

    token.delete_certificate(&certificate).expect("deletes");
    assert_eq!(
        token.delete_certificate(&certificate),
        Err(TokenError::CertificateNotFound { file: 0x0300 })
    );
    token.delete_key_pair(&pair.id).expect("deletes");
    assert_eq!(
        token.delete_key_pair(&pair.id),
        Err(TokenError::KeyNotFound { id: pair.id })
    );
    assert_eq!(
        files(&line),
        [empty[0], empty[1], empty[2] + 3],
        "the three directories stay"
    );
}

#[test]
fn pairs_of_every_name_of_every_curve_sign_and_go() {
    use ParameterSet as Set;
    let sets = [
        Set::CryptoProA,
        Set::CryptoProXchA,
        Set::Tc26Gost256B,
        Set::CryptoProB,
        Set::CryptoProXchB,
        Set::Tc26Gost256D,
        Set::Tc26Gost256A,
        Set::Tc26Gost512A,
        Set::Tc26Gost512B,
        Set::Tc26Gost512C,
    ];
    let line = Line::to(blank());
    let empty = files(&line);
    let mut token = as_user(&line);
    for (set, reference) in sets.into_iter().zip(1..) {
        let pair = token
            .generate_key_pair(&spec(set.name(), set))
            .expect("every curve");
        assert_eq!((pair.kind, pair.reference), (KeyKind::Gost(set), reference));
        let digest = vec![7; set.size()];
        let signature = token.sign_digest(&pair.id, &digest).expect("every curve");
        let public = pair.public_key.expect("known");
        public
            .verify_prehash(&digest, &signature)
            .expect("verifies");
        let other = token.sign_digest(&pair.id, &vec![7; 96 - set.size()]);
        assert!(
            matches!(other, Err(TokenError::Unsupported { .. })),
            "{other:?}"
        );
    }
    let kinds: Vec<_> = keys_of(&line).into_iter().map(|pair| pair.kind).collect();
    assert_eq!(
        kinds,
        [
            Set::CryptoProA,
            Set::CryptoProA,
            Set::CryptoProA,
            Set::CryptoProB,
            Set::CryptoProC,
            Set::CryptoProC,
            Set::Tc26Gost256A,
            Set::Tc26Gost512A,
            Set::Tc26Gost512B,
            Set::Tc26Gost512C,
        ]
        .map(KeyKind::Gost)
    );
    let refused = token.generate_key_pair(&KeySpec {
        algorithm: Algorithm::Gost2012_256,
        ..spec("x", Set::Tc26Gost512A)
    });
    assert!(
        matches!(refused, Err(TokenError::Unsupported { .. })),
        "{refused:?}"
    );
    for pair in keys_of(&line) {
        token.delete_key_pair(&pair.id).expect("deletes");
    }
    assert_eq!(
        files(&line),
        [empty[0], empty[1], empty[2] + 2],
        "both directories stay"
    );
}

#[test]
fn a_pair_of_512_bits_that_the_tester_put_there_signs() {
    let mut image = blank();
    let mut rng = ChaCha20Rng::seed_from_u64(8);
    let key = SigningKey::generate(ParameterSet::Tc26Gost512B, &mut rng);
    let name = ObjectName {
        label: "длинная",
        id: &[1],
    };
    image.put_gost_pair(name, &key).expect("room");
    let line = Line::to(image);
    let [pair] = keys_of(&line).try_into().expect("one");
    assert_eq!(pair.public_key.as_ref(), Some(key.verifying_key()));
    as_user(&line)
        .sign_digest(&pair.id, &[7; 64])
        .expect("signs");
}

#[test]
fn an_rsa_pair_and_what_others_wrote_keep_every_octet() {
    let mut image = blank();
    let mut rng = ChaCha20Rng::seed_from_u64(7);
    let foreign = SigningKey::generate(ParameterSet::CryptoProB, &mut rng);
    image
        .put_gost_pair(
            ObjectName {
                label: "чужая",
                id: &[1],
            },
            &foreign,
        )
        .expect("room");
    image
        .put_rsa_pair(
            ObjectName {
                label: "transport",
                id: b"rsa",
            },
            &RsaKey::generate(64, &mut rng).expect("1024 bits"),
        )
        .expect("room");
    image
        .put_certificate(
            ObjectName {
                label: "чужой",
                id: &[1],
            },
            &[0x30, 0x00],
        )
        .expect("room");
    let line = Line::to(image.clone());
    let before = ApduToken::new(line.clone()).inventory().expect("reads");
    assert_eq!(
        before.keys.iter().map(|pair| pair.kind).collect::<Vec<_>>(),
        [
            KeyKind::Gost(ParameterSet::CryptoProB),
            KeyKind::Rsa { bits: 1024 }
        ]
    );
    assert_eq!(
        before.keys.first().and_then(|pair| pair.public_key.clone()),
        Some(foreign.verifying_key().clone())
    );

    let mut token = as_user(&line);
    let pair = token.generate_key_pair(&on_a()).expect("makes");
    assert_eq!(pair.reference, 3);
    token
        .set_key_label(&pair.id, "ЕГАИС_722318")
        .expect("renames");
    token
        .write_certificate(&pair.id, "ЕГАИС_722318", &[0x30; 600])
        .expect("writes");
    let written = certificates_of(&line)
        .into_iter()
        .find(|stored| stored.id == pair.id)
        .expect("listed");
    token.delete_certificate(&written).expect("deletes");
    token.delete_key_pair(&pair.id).expect("deletes");
    let rsa = KeyId(b"rsa".to_vec());
    assert!(matches!(
        token.delete_key_pair(&rsa),
        Err(TokenError::Unsupported { .. })
    ));
    assert!(matches!(
        token.set_key_label(&rsa, "x"),
        Err(TokenError::Unsupported { .. })
    ));
    assert_eq!(line.image(), image);
}
