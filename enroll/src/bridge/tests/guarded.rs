//! Pages that delete while an enrollment is under way.

use serde_json::json;

use super::token::InMemory;
use crate::bridge::guarded::Guarded;
use crate::bridge::{Fault, Plugin};
use crate::journal::Store;
use crate::ports::Token;
use crate::stage::{Fact, Key};

/// Leaves a journal of the token in memory that waits for a certificate with the first pair it makes.
fn awaits(store: &Store) {
    let mut journal = store.begin("75516497", None, None, None).unwrap();
    let application = "722318".to_owned();
    let key = Key {
        id: "a0".repeat(20),
        label: "ООО".to_owned(),
        public_key: String::new(),
    };
    let adopted = false;
    for fact in [
        Fact::ApplicationChosen { application },
        Fact::KeyPairReady { key, adopted },
    ] {
        journal.record(fact).unwrap();
    }
}

#[test]
fn a_page_deletes_no_pair_of_an_enrollment_under_way_and_any_other() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::new(folder.path());
    awaits(&store);
    let token = InMemory::new(super::signer());
    let memory = token.memory.clone();
    let opener: crate::bridge::Opener = Box::new(move || {
        let token: Box<dyn Token> = Box::new(token.clone());
        Ok(Box::new(Guarded::new(token, store.clone())))
    });
    let mut page = super::Page {
        plugin: Plugin::new([opener]),
        memory: memory.clone(),
    };
    page.ok("login", json!([0, "12345678"]));
    let make = json!([0, null, "", {}]);
    let pairs = [make.clone(), make].map(|it| page.ok("generateKeyPair", it));
    let [awaited, other] = pairs.map(|id| json!([0, id]));
    let refused = Err(Fault::KEY_FUNCTION_NOT_PERMITTED);
    assert_eq!(page.call("deleteKeyPair", awaited.clone()), refused);
    assert_eq!(
        page.panel("login", json!([0, "user", "12345678"])),
        Ok(json!(null))
    );
    assert_eq!(page.panel("deleteKeyPair", awaited), refused);
    assert_eq!(page.panel("deleteKeyPair", other), Ok(json!(null)));
    let anew = json!([0, { "adminPin": "87654321", "newUserPin": "12345678", "label": "" }]);
    assert_eq!(page.call("formatToken", anew), refused);
    assert_eq!(memory.borrow().pairs.len(), 1);
}
