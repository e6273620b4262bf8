//! Several tokens at once, as `enroll bridge --also` has them.

use serde_json::{Value, json};

use super::token::InMemory;
use super::{Page, constant, signer};
use crate::bridge::{Opener, Plugin};
use crate::ports::Token as _;

#[test]
fn each_token_is_a_device_with_a_login_of_its_own() {
    let (one, other) = (InMemory::new(signer()), InMemory::new(signer()));
    let opener = |token: InMemory| -> Opener { Box::new(move || Ok(Box::new(token.clone()))) };
    let mut page = Page::new();
    page.plugin = Plugin::new([opener(one), opener(other)]);
    assert_eq!(page.ok("enumerateDevices", json!([])), json!([0, 1]));
    page.ok("login", json!([1, "12345678"]));
    let logged_in = |page: &mut Page, device: u8| {
        page.ok(
            "getDeviceInfo",
            json!([device, constant("TOKEN_INFO_IS_LOGGED_IN")]),
        )
    };
    assert_eq!(logged_in(&mut page, 0), json!(false));
    assert_eq!(logged_in(&mut page, 1), json!(true));
    assert!(page.call("getDeviceInfo", json!([2, 0])).is_err());
}

#[test]
fn of_several_tokens_events_name_the_one_that_came_or_went() {
    let tokens = ["one", "two", "three"].map(|label| {
        let token = InMemory::new(signer());
        token.memory.borrow_mut().label = label.to_owned();
        token
    });
    let memories = tokens.each_ref().map(|token| token.memory.clone());
    let opener = |token: InMemory| -> Opener {
        Box::new(move || {
            token.clone().info()?;
            Ok(Box::new(token.clone()))
        })
    };
    let mut page = Page::new();
    page.plugin = Plugin::new(tokens.map(opener));
    let mut told = || {
        let events = json!([{ "mode": constant("ENUMERATE_DEVICES_EVENTS") }]);
        let told = page.ok("enumerateDevices", events);
        let mut labels = |numbers: &Value| -> Vec<Value> {
            let numbers = numbers.as_array().unwrap().iter();
            numbers
                .map(|it| page.ok("getDeviceInfo", json!([it, constant("TOKEN_INFO_LABEL")])))
                .collect()
        };
        (labels(&told["connected"]), told["disconnected"].clone())
    };
    assert_eq!(
        told(),
        (vec![json!("one"), json!("two"), json!("three")], json!([]))
    );
    memories[1].borrow_mut().removed = true;
    assert_eq!(told(), (vec![], json!([1])));
    memories[0].borrow_mut().removed = true;
    memories[1].borrow_mut().removed = false;
    assert_eq!(told(), (vec![json!("two")], json!([0])));
    memories[2].borrow_mut().removed = true;
    memories[0].borrow_mut().removed = false;
    assert_eq!(told(), (vec![json!("one")], json!([2])));
    assert_eq!(told(), (vec![], json!([])));
}
