//! What a run leaves for others to read holds no PIN, no code and no session.

use std::cell::RefCell;
use std::sync::{Arc, Mutex};

use http::header;
use mock_ca::Door as Room;
use scenarios::output::run_into;
use scenarios::scenario::{Epoch, Scenario};
use scenarios::screen::Nobody;
use scenarios::world::{Conditions, Door};

/// Listens at the mock's door and keeps what must not be found later: cookies and the codes typed.
fn eavesdropping(mut door: Door, heard: Arc<Mutex<Vec<String>>>) -> Door {
    Box::new(move |now, room, request| {
        let form = String::from_utf8_lossy(request.body()).into_owned();
        let response = door(now, room, request);
        let mut heard = heard.lock().expect("one thread");
        if room == Room::Portal {
            let cookies = response.headers().get_all(header::SET_COOKIE).iter();
            heard.extend(cookies.filter_map(|it| session(it.to_str().ok()?)));
            heard.extend(form.split('&').filter_map(code));
        }
        response
    })
}

fn session(cookie: &str) -> Option<String> {
    let (_, value) = cookie.split(';').next()?.split_once('=')?;
    (value.len() >= 16).then(|| value.to_owned())
}

/// A field whose value is six digits.
fn code(pair: &str) -> Option<String> {
    let (_, value) = pair.split_once('=')?;
    (value.len() == 6 && value.bytes().all(|byte| byte.is_ascii_digit())).then(|| value.to_owned())
}

#[test]
fn recording_and_transcript_hold_no_pin_no_code_and_no_session() {
    let scenario = Scenario::find("replace-certificate").expect("a shipped scenario");
    let Epoch::At(epoch) = scenario.epoch else {
        panic!("a fixed epoch")
    };
    let folder = tempfile::tempdir().expect("a folder");
    let heard = Arc::new(Mutex::new(Vec::new()));
    let ears = RefCell::new(Arc::clone(&heard));
    let before = Box::new(move |door| eavesdropping(door, ears.take()));
    run_into(
        folder.path(),
        &scenario,
        Conditions::new(1, epoch),
        Box::new(Nobody),
        before,
    )
    .expect("a world");

    let mut secrets = heard.lock().expect("one thread").clone();
    assert!(secrets.iter().any(|it| it.len() == 6), "no code was typed");
    assert!(
        secrets.iter().any(|it| it.len() > 6),
        "no session was opened"
    );
    for pin in ["12345678", "87654321"] {
        secrets.extend([pin.to_owned(), hex::encode(pin), hex::encode_upper(pin)]);
    }
    for name in ["recording.jsonl", "transcript.txt"] {
        let text = std::fs::read_to_string(folder.path().join(name)).expect("a file");
        for secret in &secrets {
            // СНИЛС 12345678964 of the sample begins like the default PIN.
            let text = text
                .replace("12345678964", "")
                .replace(&hex::encode_upper("12345678964"), "");
            assert!(!text.contains(secret.as_str()), "{name} holds {secret}");
        }
    }
}
