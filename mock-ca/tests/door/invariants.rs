//! Whatever clients do, in whatever order: one certificate for one request, nobody sees another's data, no code works
//! twice.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use http::{Method, Request, Response};
use mock_ca::{Door, Settings};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::token;
use crate::world::World;

/// Two applicants; the second has an application of its own.
const PHONES: [&str; 2] = ["79000000000", "79000000001"];
const NUMBERS: [u32; 2] = [722_318, 722_319];

/// One thing somebody does; who, with which session, about which application is chosen apart from one another.
#[derive(Clone, Debug)]
enum Act {
    AskCode {
        phone: usize,
    },
    /// A code that has been sent at some time, counted back from the newest, or one that never was.
    TypeCode {
        login: usize,
        code: Option<usize>,
    },
    Look {
        session: usize,
        about: usize,
        at: &'static str,
    },
    Send {
        session: usize,
        about: usize,
        pair: u64,
    },
    Install {
        session: usize,
        about: usize,
    },
    LogOut {
        session: usize,
    },
    Operator {
        about: usize,
        act: &'static str,
    },
    Pass {
        secs: i64,
    },
}

fn act() -> impl Strategy<Value = Act> {
    let looks = [
        "",
        "/profile",
        "/certificate",
        "/issuer",
        "/documents",
        "/documents/forma-zaprosa.pdf",
    ];
    prop_oneof![
        3 => (0..2_usize).prop_map(|phone| Act::AskCode { phone }),
        5 => (0..3_usize, prop::option::weighted(0.9, 0..3_usize))
            .prop_map(|(login, code)| Act::TypeCode { login, code }),
        3 => (0..4_usize, 0..2_usize, prop::sample::select(looks.to_vec()))
            .prop_map(|(session, about, at)| Act::Look { session, about, at }),
        4 => (0..4_usize, 0..2_usize, 1..4_u64)
            .prop_map(|(session, about, pair)| Act::Send { session, about, pair }),
        1 => (0..4_usize, 0..2_usize).prop_map(|(session, about)| Act::Install { session, about }),
        1 => (0..4_usize).prop_map(|session| Act::LogOut { session }),
        2 => (0..2_usize, prop::sample::select(vec!["issue", "accept", "refuse", "revoke"]))
            .prop_map(|(about, act)| Act::Operator { about, act }),
        3 => prop::sample::select(vec![1_i64, 30, 60, 300, 1000, 2000]).prop_map(|secs| Act::Pass { secs }),
    ]
}

/// Requests are made once: signing takes longer than all the rest.
fn request_pem(about: usize, pair: u64) -> &'static str {
    static MADE: OnceLock<BTreeMap<(usize, u64), String>> = OnceLock::new();
    let made = MADE.get_or_init(|| {
        let world = world();
        let pairs = (0..2).flat_map(|about| (1..4).map(move |pair| (about, pair)));
        pairs
            .map(|(about, pair)| {
                let application = world.application(NUMBERS[about]);
                ((about, pair), token::request_pem(&application, pair))
            })
            .collect()
    });
    &made[&(about, pair)]
}

fn world() -> World {
    World::with(Settings {
        further_applicants: 1,
        ..Settings::default()
    })
}

/// What has happened, as an outsider may know it.
struct Witness {
    world: World,
    /// Logins in progress and sessions, with the index of the phone each belongs to.
    logins: Vec<(String, usize)>,
    sessions: Vec<(String, usize)>,
    /// Codes that opened the cabinet, with their phone and how many had been sent to it by then.
    used: BTreeSet<(usize, usize)>,
    /// The first certificate of each application.
    certificates: BTreeMap<u32, Vec<u8>>,
}

impl Witness {
    fn call(
        &mut self,
        method: Method,
        path: &str,
        session: &str,
        body: &Value,
    ) -> Response<Vec<u8>> {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("authorization", format!("Bearer {session}"))
            .body(body.to_string().into_bytes());
        self.world
            .mock
            .handle(self.world.now, Door::Portal, request.unwrap())
    }

    fn session(&self, nth: usize) -> (String, usize) {
        let from_newest = self.sessions.iter().rev().nth(nth);
        from_newest.cloned().unwrap_or_default()
    }

    /// Codes on a phone, oldest first.
    fn codes(&mut self, phone: usize) -> Vec<String> {
        let inbox = self.world.inbox(PHONES[phone]);
        let texts = inbox.iter().filter_map(|message| {
            message["text"]
                .as_str()?
                .strip_prefix("Код подтверждения: ")
        });
        texts.map(|code| code[..6].to_owned()).collect()
    }

    fn act(&mut self, act: &Act) -> Result<(), TestCaseError> {
        match *act {
            Act::AskCode { phone } => self.ask_code(phone),
            Act::TypeCode { login, code } => return self.type_code(login, code),
            Act::Look { session, about, at } => {
                return self.own_only(Method::GET, session, about, at, &Value::Null);
            }
            Act::Send {
                session,
                about,
                pair,
            } => {
                let body = json!({ "pem": request_pem(about, pair) });
                return self.own_only(Method::POST, session, about, "/request", &body);
            }
            Act::Install { session, about } => {
                return self.own_only(Method::POST, session, about, "/installed", &Value::Null);
            }
            Act::LogOut { session } => {
                let (session, _) = self.session(session);
                self.call(Method::POST, "/api/logout", &session, &Value::Null);
                let again = self.call(Method::GET, "/api/applications", &session, &Value::Null);
                prop_assert_eq!(again.status(), 401);
            }
            Act::Operator { about, act } => {
                let path = format!("/applications/{}/{act}", NUMBERS[about]);
                let body = match act {
                    "refuse" => r#"{"text":"нет"}"#,
                    _ => r#"{"reason":"superseded"}"#,
                };
                self.world.json(Door::Control, Method::POST, &path, body);
            }
            Act::Pass { secs } => self.world.pass(secs),
        }
        Ok(())
    }

    fn ask_code(&mut self, phone: usize) {
        let body = json!({ "phone": PHONES[phone] });
        let answer = self.call(Method::POST, "/api/login/code", "", &body);
        let answer: Value = serde_json::from_slice(answer.body()).unwrap();
        if let Some(login) = answer["login"].as_str() {
            self.logins.push((login.to_owned(), phone));
        }
        self.world.pass(10);
    }

    /// A code opens the cabinet once, and only the newest one of the phone does.
    fn type_code(&mut self, login: usize, code: Option<usize>) -> Result<(), TestCaseError> {
        let Some((login, phone)) = self.logins.iter().rev().nth(login).cloned() else {
            return Ok(());
        };
        let codes = self.codes(phone);
        let chosen = code.and_then(|back| codes.len().checked_sub(back + 1));
        let typed = chosen.map_or("never", |chosen| codes[chosen].as_str());
        let body = json!({ "login": login, "code": typed });
        let answer = self.call(Method::POST, "/api/login", "", &body);
        if answer.status() != 200 {
            return Ok(());
        }
        prop_assert_eq!(chosen, codes.len().checked_sub(1), "only the newest opens");
        prop_assert!(
            self.used.insert((phone, codes.len())),
            "a code worked twice"
        );
        let answer: Value = serde_json::from_slice(answer.body()).unwrap();
        let session = answer["token"].as_str().unwrap().to_owned();
        self.sessions.push((session, phone));
        Ok(())
    }

    /// Others' applications are none at all.
    fn own_only(
        &mut self,
        method: Method,
        session: usize,
        about: usize,
        at: &str,
        body: &Value,
    ) -> Result<(), TestCaseError> {
        let (session, phone) = self.session(session);
        let path = format!("/api/applications/{}{at}", NUMBERS[about]);
        let status = self.call(method, &path, &session, body).status();
        prop_assert!(status.as_u16() < 500);
        prop_assert!(
            phone == about && !session.is_empty() || status == 404 || status == 401,
            "{} of {} is {} for {}",
            at,
            NUMBERS[about],
            status,
            phone
        );
        Ok(())
    }

    /// What must hold after every act.
    fn look_around(&mut self) -> Result<(), TestCaseError> {
        for order in self.world.mock.orders() {
            let number = order.application.number;
            let Some(issued) = &order.certificate else {
                prop_assert!(
                    !self.certificates.contains_key(&number),
                    "a certificate is gone"
                );
                continue;
            };
            prop_assert!(
                order.submission.is_some(),
                "a certificate without a request"
            );
            let first = self
                .certificates
                .entry(number)
                .or_insert_with(|| issued.der.clone());
            prop_assert_eq!(&*first, &issued.der, "a second certificate for one request");
        }
        let all: BTreeSet<_> = self.certificates.values().collect();
        prop_assert_eq!(all.len(), self.certificates.len());
        let texts = self.world.mock.outbox().iter();
        let ready = texts.filter(|message| message.text.starts_with("Ваш сертификат готов"));
        prop_assert_eq!(ready.count(), self.certificates.len(), "one SMS 2 for each");
        Ok(())
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_order_of_calls_breaks_what_the_authority_promises(
        acts in prop::collection::vec(act(), 1..60),
    ) {
        let mut witness = Witness {
            world: world(),
            logins: Vec::new(),
            sessions: Vec::new(),
            used: BTreeSet::new(),
            certificates: BTreeMap::new(),
        };
        for act in &acts {
            witness.act(act)?;
            witness.look_around()?;
        }
    }
}
