//! Byte orders, lengths and DER, on bytes good and bad.

use gost3410::{
    Algorithm, Error, ParameterSet, PrivateKeyInfo, PublicKeyInfo, Signature, SigningKey,
    VerifyingKey,
};
use proptest::prelude::*;

fn key(set: ParameterSet) -> SigningKey {
    SigningKey::from_le_bytes(set, &vec![0x11; set.size()]).unwrap()
}

fn algorithms() -> impl Iterator<Item = (Algorithm, ParameterSet)> {
    let allowed = |algorithm: Algorithm| {
        ParameterSet::ALL
            .into_iter()
            .filter(move |set| algorithm.allows(*set))
    };
    Algorithm::ALL
        .into_iter()
        .flat_map(move |algorithm| allowed(algorithm).map(move |set| (algorithm, set)))
}

#[test]
fn keys_of_every_algorithm_and_set_survive_their_der() {
    for (algorithm, set) in algorithms() {
        let info = PrivateKeyInfo {
            algorithm,
            key: key(set),
        };
        let again = PrivateKeyInfo::from_der(&info.to_der()).unwrap();
        assert_eq!(
            (again.algorithm, again.key.to_le_bytes()),
            (algorithm, info.key.to_le_bytes())
        );
        let public = info.public_key_info();
        assert_eq!(PublicKeyInfo::from_der(&public.to_der()), Ok(public));
    }
}

/// Heads of reference encodings: everything before the key itself.
#[test]
fn private_keys_begin_as_gost_engine_writes_them() {
    let heads = [
        (
            Algorithm::Gost2001,
            ParameterSet::CryptoProA,
            "3043020100301c06062a8503020213301206072a85030202230106072a850302021e010420",
        ),
        (
            Algorithm::Gost2012_256,
            ParameterSet::CryptoProA,
            "3046020100301f06082a85030701010101301306072a85030202230106082a850307010102020420",
        ),
        (
            Algorithm::Gost2012_256,
            ParameterSet::Tc26Gost256A,
            "303e020100301706082a85030701010101300b06092a85030701020101010420",
        ),
    ];
    for (algorithm, set, head) in heads {
        let der = PrivateKeyInfo {
            algorithm,
            key: key(set),
        }
        .to_der();
        assert_eq!(hex::encode(&der[..der.len() - set.size()]), head);
    }
}

/// PrivateKeyInfo of CryptoPro-A with other contents of `privateKey`.
fn private_key_with(content: &[u8]) -> Vec<u8> {
    let head = "020100301f06082a85030701010101301306072a85030202230106082a85030701010202";
    let body = [hex::decode(head).unwrap(), tlv(0x04, content)].concat();
    tlv(0x30, &body)
}

fn tlv(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = u8::try_from(content.len()).unwrap();
    let header = if length < 128 {
        vec![tag, length]
    } else {
        vec![tag, 0x81, length]
    };
    [&header, content].concat()
}

fn number(value: u8) -> [u8; 32] {
    let mut d = [0; 32];
    d[0] = value;
    d
}

#[test]
fn older_forms_of_private_keys_are_read() {
    let three = number(3);
    let double_wrapped = tlv(0x04, &three);
    let integer = tlv(0x02, &[3]);
    let masked = [three, number(1)].concat();
    let pair = tlv(0x30, &[tlv(0x04, &three), tlv(0x04, &[])].concat());
    for content in [three.to_vec(), double_wrapped, integer, masked, pair] {
        let info = PrivateKeyInfo::from_der(&private_key_with(&content));
        let info = info.unwrap_or_else(|error| panic!("{content:02x?}: {error}"));
        assert_eq!(*info.key.to_le_bytes(), three);
    }
}

#[test]
fn masks_multiply_modulo_q() {
    let masked = [number(5), number(7)].concat();
    let info = PrivateKeyInfo::from_der(&private_key_with(&masked)).unwrap();
    assert_eq!(*info.key.to_le_bytes(), number(35));
}

#[test]
fn private_keys_out_of_range_are_refused() {
    let refusal = |content: &[u8]| PrivateKeyInfo::from_der(&private_key_with(content)).err();
    let q = "93b861b7091b844500d15a997010616cffffffffffffffffffffffffffffffff";
    assert_eq!(
        refusal(&hex::decode(q).unwrap()),
        Some(Error::ScalarOutOfRange)
    );
    assert_eq!(refusal(&[0; 32]), Some(Error::ScalarOutOfRange));
    let wide = tlv(0x02, &[&[1][..], &[0; 32]].concat());
    assert_eq!(refusal(&wide), Some(Error::ScalarOutOfRange));
    assert_eq!(
        refusal(&[]),
        Some(Error::Length {
            expected: 32,
            got: 0
        })
    );
}

#[test]
fn signature_orders_are_each_others_reverse() {
    let token: Vec<u8> = (1..=64).collect();
    let signature = Signature::from_token_bytes(&token).unwrap();
    let reversed: Vec<u8> = token.iter().rev().copied().collect();
    assert_eq!(signature.to_bytes(), reversed);
    assert_eq!(
        Signature::from_bytes(&reversed).unwrap().to_token_bytes(),
        token
    );
}

#[test]
fn signature_of_other_length_or_with_a_zero_half_is_refused() {
    for length in [0, 1, 32, 63, 65, 127, 129, 192] {
        assert!(
            matches!(
                Signature::from_bytes(&vec![1; length]),
                Err(Error::Length { .. })
            ),
            "{length}"
        );
    }
    let half = [[0; 32], [1; 32]].concat();
    assert_eq!(Signature::from_bytes(&half), Err(Error::InvalidSignature));
    assert_eq!(
        Signature::from_token_bytes(&half),
        Err(Error::InvalidSignature)
    );
}

#[test]
fn pkcs11_value_is_read_with_and_without_its_header() {
    for set in ParameterSet::ALL {
        let key = key(set).verifying_key().clone();
        let header: &[u8] = if set.size() == 32 {
            &[0x04, 0x40]
        } else {
            &[0x04, 0x81, 0x80]
        };
        let with_header = [header, &key.to_bytes()].concat();
        assert_eq!(
            VerifyingKey::from_pkcs11(set, &key.to_bytes()),
            Ok(key.clone())
        );
        assert_eq!(VerifyingKey::from_pkcs11(set, &with_header), Ok(key));
        assert!(VerifyingKey::from_pkcs11(set, &with_header[1..]).is_err());
    }
}

#[test]
fn debug_output_shows_no_secret() {
    let shown = format!("{:?}", key(ParameterSet::CryptoProA));
    assert!(
        !shown.contains("1111") && !shown.contains("17, 17"),
        "{shown}"
    );
}

/// Bytes of a real encoding, one of them changed, cut or repeated.
fn damaged(der: Vec<u8>) -> impl Strategy<Value = Vec<u8>> {
    (0..der.len(), any::<u8>(), 0..=der.len()).prop_map(move |(at, value, end)| {
        let mut damaged = der.clone();
        damaged[at] = value;
        damaged.truncate(end.max(der.len() / 2));
        damaged
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 512, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_get_an_answer(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = PublicKeyInfo::from_der(&bytes);
        let _ = PrivateKeyInfo::from_der(&bytes);
        let _ = PrivateKeyInfo::from_der(&private_key_with(&bytes[..bytes.len().min(80)]));
        let _ = Algorithm::from_signature_identifier_der(&bytes);
        let _ = Signature::from_bytes(&bytes);
        for set in ParameterSet::ALL {
            let _ = VerifyingKey::from_bytes(set, &bytes);
            let _ = VerifyingKey::from_pkcs11(set, &bytes);
            let _ = SigningKey::from_le_bytes(set, &bytes[..bytes.len().min(31)]);
        }
    }

    #[test]
    fn damaged_keys_get_an_answer(der in damaged(PrivateKeyInfo { algorithm: Algorithm::Gost2012_256, key: key(ParameterSet::Tc26Gost256A) }.to_der().to_vec())) {
        let _ = PrivateKeyInfo::from_der(&der);
    }

    #[test]
    fn damaged_public_keys_are_refused_or_other_keys(der in damaged(PublicKeyInfo { algorithm: Algorithm::Gost2012_256, key: key(ParameterSet::CryptoProA).verifying_key().clone() }.to_der())) {
        if let Ok(info) = PublicKeyInfo::from_der(&der) {
            prop_assert_eq!(PublicKeyInfo::from_der(&info.to_der()), Ok(info));
        }
    }
}
