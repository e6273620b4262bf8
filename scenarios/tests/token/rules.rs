//! Who may do what, PINs that are wrong, tokens that are full.

use emulator::ObjectName;
use emulator::access::AccessRules;
use emulator::reference::FileId;
use enroll::adapters::apdu_token::ApduToken;
use enroll::ports::token::Token as _;
use enroll::ports::token::{Pin, PinRole, TokenError, Tries};

use crate::line::{Line, as_administrator, as_user, blank, certificates_of, inhabited, on_a};

#[test]
fn the_administrator_deletes_certificates_where_the_token_is_marked_so() {
    for marked in [true, false] {
        let (mut image, _) = inhabited();
        image.administrator_deletes_certificates = marked;
        let line = Line::to(image.clone());
        let stored = certificates_of(&line).pop().expect("one");
        let outcome = as_administrator(&line).delete_certificate(&stored);
        if marked {
            assert_eq!((outcome, certificates_of(&line)), (Ok(()), vec![]));
        } else {
            let refused = TokenError::NotPermitted {
                what: "delete certificates",
                role: PinRole::Administrator,
            };
            assert_eq!((outcome, line.image() == image), (Err(refused), true));
            as_user(&line)
                .delete_certificate(&stored)
                .expect("the user may");
        }
    }
}

#[test]
fn a_certificate_that_may_not_be_deleted_stays_listed() {
    let (mut image, _) = inhabited();
    image.administrator_deletes_certificates = false;
    let file = image
        .file_mut(&[FileId(0x5000), FileId(0x0300)])
        .expect("there");
    file.access = AccessRules::of([0x43, 0x00, 0x02, 0x00, 0x00, 0x00, 0x00, 0xFF]);
    let line = Line::to(image.clone());
    let stored = certificates_of(&line).pop().expect("one");
    let refused = TokenError::NotPermitted {
        what: "delete certificates",
        role: PinRole::User,
    };
    assert_eq!(as_user(&line).delete_certificate(&stored), Err(refused));
    assert!(line.image() == image);
}

#[test]
fn nobody_and_the_administrator_may_not_touch_keys_and_change_nothing() {
    let (image, id) = inhabited();
    let line = Line::to(image.clone());
    let stored = certificates_of(&line).pop().expect("one");
    let mut nobody = ApduToken::new(line.clone());
    assert!(matches!(
        nobody.generate_key_pair(&on_a()),
        Err(TokenError::NotLoggedIn { .. })
    ));
    assert!(matches!(
        nobody.sign_digest(&id, &[0; 32]),
        Err(TokenError::NotLoggedIn { .. })
    ));
    assert!(matches!(
        nobody.delete_certificate(&stored),
        Err(TokenError::NotLoggedIn { .. })
    ));
    let mut administrator = as_administrator(&line);
    assert!(matches!(
        administrator.delete_key_pair(&id),
        Err(TokenError::NotPermitted {
            role: PinRole::Administrator,
            ..
        })
    ));
    assert!(matches!(
        administrator.generate_key_pair(&on_a()),
        Err(TokenError::NotPermitted { .. })
    ));
    assert_eq!(line.image(), image);
}

#[test]
fn a_wrong_pin_costs_one_try_and_ten_block() {
    let line = Line::to(blank());
    let mut token = ApduToken::new(line.clone());
    let role = PinRole::User;
    for left in (1..10).rev() {
        let wrong = TokenError::WrongPin {
            role,
            tries_left: Tries::Left(left),
        };
        assert_eq!(token.log_in(role, &Pin::new("00000000")), Err(wrong));
        assert_eq!(
            (token.tries(role), token.tries(role)),
            (Ok(Tries::Left(left)), Ok(Tries::Left(left)))
        );
    }
    assert_eq!(
        token.log_in(role, &Pin::new("00000000")),
        Err(TokenError::PinBlocked { role })
    );
    assert_eq!(
        token.log_in(role, &Pin::new("12345678")),
        Err(TokenError::PinBlocked { role })
    );
    assert_eq!(token.tries(role), Ok(Tries::Blocked));
    assert_eq!(token.tries(PinRole::Administrator), Ok(Tries::Left(10)));
}

#[test]
fn an_empty_pin_is_never_presented() {
    let line = Line::to(blank());
    let mut token = as_user(&line);
    let wrong = TokenError::WrongPin {
        role: PinRole::User,
        tries_left: Tries::Verified,
    };
    assert_eq!(token.log_in(PinRole::User, &Pin::new("")), Err(wrong));
    assert_eq!(line.image(), blank());
}

#[test]
fn a_full_token_says_so_and_reads_as_before() {
    let (mut image, id) = inhabited();
    while image
        .put_certificate(
            ObjectName {
                label: "ballast",
                id: &[9],
            },
            &[0x30; 4000],
        )
        .is_ok()
    {}
    while image
        .put_certificate(
            ObjectName {
                label: "ballast",
                id: &[9],
            },
            &[0x30; 30],
        )
        .is_ok()
    {}
    let line = Line::to(image.clone());
    let mut token = as_user(&line);
    assert!(matches!(
        token.generate_key_pair(&on_a()),
        Err(TokenError::NoSpace { .. })
    ));
    assert!(matches!(
        token.write_certificate(&id, "x", &[0x30; 700]),
        Err(TokenError::NoSpace { .. })
    ));
    assert_eq!(line.image(), image);
    let gone = certificates_of(&line)
        .into_iter()
        .find(|stored| stored.der.len() == 4000)
        .expect("ballast");
    token.delete_certificate(&gone).expect("deletes");
    token.generate_key_pair(&on_a()).expect("makes");
}

#[test]
fn a_token_almost_full_undoes_what_it_began() {
    let (mut image, _) = inhabited();
    while image
        .put_certificate(
            ObjectName {
                label: "b",
                id: &[9],
            },
            &[0x30; 4000],
        )
        .is_ok()
    {}
    // From here on the room shrinks by a few octets a time, so that each file of a pair in turn finds none.
    let mut refused = 0;
    while image
        .put_certificate(
            ObjectName {
                label: "b",
                id: &[9],
            },
            &[0x30, 0x00],
        )
        .is_ok()
    {
        let line = Line::to(image.clone());
        if as_user(&line).generate_key_pair(&on_a()).is_err() {
            refused += 1;
            assert_eq!(line.image(), image);
        }
    }
    assert!(refused > 1);
}

#[test]
fn a_token_without_a_container_is_not_initialised() {
    let mut image = blank();
    image.mf = None;
    let mut token = ApduToken::new(Line::to(image));
    assert_eq!(token.info().expect("still tells").serial, "2cdb7256");
    assert_eq!(token.inventory(), Err(TokenError::NotInitialised));
}
