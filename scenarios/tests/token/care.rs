//! PINs changed and unblocked, the token renamed, and laid out anew.

use emulator::TokenImage;
use enroll::adapters::apdu_token::ApduToken;
use enroll::ports::token::{Layout, Pin, PinRole, Token, TokenError, Tries};

use crate::line::{Line, as_administrator, as_user, blank, keys_of, on_a};

const USER: PinRole = PinRole::User;
const ADMINISTRATOR: PinRole = PinRole::Administrator;

fn log_in(line: &Line, role: PinRole, pin: &str) -> Result<(), TokenError> {
    ApduToken::new(line.again()).log_in(role, &Pin::new(pin))
}

#[test]
fn a_changed_pin_is_the_one_that_counts() {
    let line = Line::to(blank());
    as_user(&line)
        .set_pin(USER, &Pin::new("длинный код"))
        .expect("changes");
    log_in(&line, USER, "длинный код").expect("the new PIN");
    let old = log_in(&line, USER, "12345678");
    let tries_left = Tries::Left(9);
    assert_eq!(
        old,
        Err(TokenError::WrongPin {
            role: USER,
            tries_left
        })
    );
}

#[test]
fn a_token_on_which_another_program_is_logged_in_is_used_after_each_pin_was_presented() {
    let line = Line::to(blank());
    drop(as_user(&line));
    let mut token = ApduToken::new(line.clone());
    assert_eq!(token.tries(USER), Ok(Tries::Untold));
    token.log_in(USER, &Pin::new("12345678")).expect("the PIN");
    token.set_label("Касса").expect("renames");
    let mut token = ApduToken::new(line.clone());
    token
        .log_in(ADMINISTRATOR, &Pin::new("87654321"))
        .expect("the other PIN");
    token.unblock_user_pin().expect("unblocks");
}

#[test]
fn a_pin_that_is_too_short_or_too_long_is_refused_and_the_old_one_stays() {
    let line = Line::to(blank());
    for pin in ["", "123", &"9".repeat(33)] {
        let refused = as_user(&line).set_pin(USER, &Pin::new(pin));
        assert_eq!(
            refused,
            Err(TokenError::PinUnfit {
                role: USER,
                octets: pin.len()
            })
        );
    }
    log_in(&line, USER, "12345678").expect("the old PIN");
}

#[test]
fn only_the_administrator_unblocks_the_user() {
    let line = Line::to(blank());
    for _ in 0..10 {
        drop(log_in(&line, USER, "00000000"));
    }
    assert_eq!(
        log_in(&line, USER, "12345678"),
        Err(TokenError::PinBlocked { role: USER })
    );
    let stranger = ApduToken::new(line.again()).unblock_user_pin();
    assert!(matches!(stranger, Err(TokenError::NotLoggedIn { .. })));

    as_administrator(&line)
        .unblock_user_pin()
        .expect("unblocks");
    log_in(&line, USER, "12345678").expect("the PIN is the same");
    let tries = ApduToken::new(line.again()).tries(USER);
    assert_eq!(tries, Ok(Tries::Left(10)));
}

#[test]
fn the_token_gets_another_name_and_refuses_one_that_does_not_fit() {
    let line = Line::to(blank());
    as_user(&line).set_label("Касса № 2").expect("renames");
    let name = |line: &Line| ApduToken::new(line.again()).info().expect("tells").label;
    assert_eq!(name(&line), "Касса № 2");
    let long = as_user(&line).set_label(&"я".repeat(60));
    assert!(matches!(long, Err(TokenError::NameTooLong { .. })));
    assert_eq!(name(&line), "Касса № 2");
}

fn layout() -> Layout {
    Layout {
        label: "Склад".to_owned(),
        user: Pin::new("12345678"),
        administrator: Pin::new("87654321"),
        at: "2018-12-13T01:00:00Z".parse().expect("a moment"),
    }
}

#[test]
fn a_formatted_token_is_as_a_new_one_but_for_the_mark_that_no_command_sets() {
    let line = Line::to(blank());
    as_user(&line).generate_key_pair(&on_a()).expect("makes");
    ApduToken::new(line.again())
        .format(&layout())
        .expect("formats");
    assert!(keys_of(&line).is_empty());
    let made = line.image();
    let new = TokenImage {
        administrator_deletes_certificates: made.administrator_deletes_certificates,
        ..blank()
    };
    assert_eq!(made.to_toml(), new.to_toml());
    as_user(&line)
        .generate_key_pair(&on_a())
        .expect("makes again");
}

#[test]
fn a_name_that_does_not_fit_stops_the_formatting_before_anything_is_erased() {
    let line = Line::to(blank());
    as_user(&line).generate_key_pair(&on_a()).expect("makes");
    let long = Layout {
        label: "я".repeat(60),
        ..layout()
    };
    let refused = ApduToken::new(line.again()).format(&long);
    assert!(matches!(refused, Err(TokenError::NameTooLong { .. })));
    assert_eq!(keys_of(&line).len(), 1);
    log_in(&line, ADMINISTRATOR, "87654321").expect("as before");
}
