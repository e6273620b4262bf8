//! The JSON API does what `openapi.json` says, all of it and nothing else.

use std::collections::BTreeSet;

use http::{Method, Request, Response};
use mock_ca::{Door, Fault, Mischief, Room, Settings};
use serde_json::{Value, json};

use crate::token;
use crate::world::{PHONE, World};

/// A program at the API, with the session it has.
struct Program {
    world: World,
    session: String,
}

impl Program {
    fn new() -> Self {
        Self::with(Settings::default())
    }

    fn with(settings: Settings) -> Self {
        Self {
            world: World::with(settings),
            session: String::new(),
        }
    }

    fn logged_in() -> Self {
        Self::new().log_in()
    }

    fn log_in(mut self) -> Self {
        let login = self.post("/api/login/code", &json!({ "phone": PHONE }));
        let login = body(&login)["login"].clone();
        self.world.pass(10);
        let code = self.world.code("79000000000");
        let answer = self.post("/api/login", &json!({ "login": login, "code": code }));
        self.session = body(&answer)["token"].as_str().unwrap().to_owned();
        self
    }

    fn call(&mut self, method: &str, path: &str, body: &Value) -> Response<Vec<u8>> {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("authorization", format!("Bearer {}", self.session))
            .body(body.to_string().into_bytes());
        self.world
            .mock
            .handle(self.world.now, Door::Portal, request.unwrap())
    }

    fn get(&mut self, path: &str) -> Response<Vec<u8>> {
        self.call("GET", path, &Value::Null)
    }

    fn post(&mut self, path: &str, body: &Value) -> Response<Vec<u8>> {
        self.call("POST", path, body)
    }

    fn send(&mut self, n: u64) -> Response<Vec<u8>> {
        let pem = token::request_pem(&self.world.application(722_318), n);
        self.post(REQUEST, &json!({ "pem": pem }))
    }

    fn issued(mut self) -> Self {
        assert_eq!(self.send(1).status(), 202);
        let path = "/applications/722318/issue";
        let (status, _) = self.world.json(Door::Control, Method::POST, path, "{}");
        assert_eq!(status, 200);
        self
    }
}

const REQUEST: &str = "/api/applications/722318/request";

fn body(response: &Response<Vec<u8>>) -> Value {
    serde_json::from_slice(response.body()).unwrap()
}

fn description() -> Value {
    serde_json::from_str(include_str!("../../openapi.json")).unwrap()
}

/// The type of an answer and its schema, if there is anything in it.
type Typed = Option<(String, Value)>;

/// Method, path and status of everything the file promises.
fn promises(file: &Value) -> Vec<(String, String, u16, Typed)> {
    let mut promises = Vec::new();
    for (path, item) in file["paths"].as_object().unwrap() {
        let calls = item.as_object().unwrap().iter();
        for (method, call) in calls.filter(|(name, _)| *name != "parameters") {
            for (status, response) in call["responses"].as_object().unwrap() {
                let content = response["content"].as_object();
                let typed = content
                    .and_then(|content| content.iter().next())
                    .map(|(name, media)| (name.clone(), media["schema"].clone()));
                let status = status.parse().unwrap();
                promises.push((method.to_uppercase(), path.clone(), status, typed));
            }
        }
    }
    promises
}

/// Has this call answered with this status.
fn provoke(method: &str, path: &str, status: u16) -> Response<Vec<u8>> {
    let own = path
        .replace("{number}", "722318")
        .replace("{name}", "raspiska.pdf");
    let call = |mut program: Program| program.call(method, &own, &Value::Null);
    match (path, status) {
        ("/api/openapi.json", 200) => call(Program::new()),
        ("/api/login/code" | "/api/login", _) => provoke_login(path, status),
        ("/api/applications/{number}/request", 202 | 400 | 409 | 422 | 503) => {
            provoke_request(status)
        }
        (_, 401) => call(Program::new()),
        (_, 404) => {
            let pem = token::request_pem(&World::new().application(722_318), 1);
            Program::logged_in().call(
                method,
                &own.replace("722318", "722319"),
                &json!({ "pem": pem }),
            )
        }
        (_, 409) => call(Program::logged_in()),
        (_, 200 | 204) => call(Program::logged_in().issued()),
        _ => panic!("nothing here has {method} {path} answered with {status}"),
    }
}

fn provoke_login(path: &str, status: u16) -> Response<Vec<u8>> {
    let refusing = Settings {
        faults: vec![Fault {
            room: Room::Sms,
            nth: 1,
            what: Mischief::Refuse { status: 500 },
        }],
        ..Settings::default()
    };
    let mut program = Program::new();
    let phone = json!({ "phone": PHONE });
    match (path, status) {
        ("/api/login/code", 200) => program.post(path, &phone),
        ("/api/login/code", 400) => program.post(path, &json!({ "phone": "112" })),
        ("/api/login/code", 429) => {
            program.post(path, &phone);
            program.post(path, &phone)
        }
        ("/api/login/code", 502) => Program::with(refusing).post(path, &phone),
        (_, 400) => program.post(path, &json!({ "code": 1 })),
        (_, 410) => program.post(path, &json!({ "login": "x", "code": "000000" })),
        _ => {
            let login = body(&program.post("/api/login/code", &phone))["login"].clone();
            program.world.pass(10);
            let right = program.world.code("79000000000");
            let code = if status == 200 { right.as_str() } else { "no" };
            program.post(path, &json!({ "login": login, "code": code }))
        }
    }
}

fn provoke_request(status: u16) -> Response<Vec<u8>> {
    let at_first = |what| Settings {
        faults: vec![Fault {
            room: Room::Ca,
            nth: 1,
            what,
        }],
        ..Settings::default()
    };
    match status {
        202 => Program::logged_in().send(1),
        400 => Program::logged_in().post(REQUEST, &json!({ "pem": "none" })),
        409 => {
            let mut program = Program::logged_in();
            program.send(1);
            program.send(2)
        }
        422 => {
            let refusing = at_first(Mischief::Refuse { status: 500 });
            Program::with(refusing).log_in().send(1)
        }
        _ => Program::with(at_first(Mischief::LoseAnswer))
            .log_in()
            .send(1),
    }
}

#[test]
fn every_promise_of_the_file_is_kept_and_answers_have_its_shape() {
    let file = description();
    for (method, path, status, typed) in promises(&file) {
        let answer = provoke(&method, &path, status);
        let what = format!("{method} {path} {status}");
        let said = String::from_utf8_lossy(answer.body());
        assert_eq!(answer.status().as_u16(), status, "{what}: {said}");
        let Some((content_type, mut schema)) = typed else {
            assert!(answer.body().is_empty(), "{what}");
            continue;
        };
        assert_eq!(answer.headers()["content-type"], content_type, "{what}");
        if content_type == "application/json" {
            schema["components"] = file["components"].clone();
            let schema = jsonschema::validator_for(&schema).unwrap();
            let errors: Vec<_> = schema
                .iter_errors(&body(&answer))
                .map(|error| error.to_string())
                .collect();
            assert!(errors.is_empty(), "{what}: {errors:?} in {said}");
        } else {
            assert!(answer.body().starts_with(b"%PDF"), "{what}");
        }
    }
}

#[test]
fn the_file_lists_every_call_of_the_server_and_no_other() {
    let file = description();
    let promised: BTreeSet<_> = promises(&file)
        .into_iter()
        .map(|(method, path, ..)| (method, path))
        .collect();
    let served: BTreeSet<_> = mock_ca::api_routes()
        .map(|(method, path)| (method.to_owned(), path.to_owned()))
        .collect();
    assert_eq!(promised, served);
    assert_eq!(body(&Program::new().get("/api/openapi.json")), file);
}

#[test]
fn a_program_goes_from_the_code_to_an_installed_certificate() {
    let mut program = Program::logged_in();
    let list = body(&program.get("/api/applications?owner=иванов"));
    assert_eq!(list[0]["word"], "Принята Оператором");
    let profile = body(&program.get("/api/applications/722318/profile"));
    assert_eq!(profile["container"], "ООО Тестовая организация");
    assert_eq!(profile["subject"].as_array().unwrap().len(), 14);
    assert_eq!(body(&program.send(1))["status"], "sent");
    assert_eq!(program.send(1).status(), 202, "the same again is the same");
    program.world.pass(1800);
    let mut program = program.log_in();
    let issued = body(&program.get("/api/applications/722318/certificate"));
    let (_, der) = der::Document::from_pem(issued["certificate_pem"].as_str().unwrap()).unwrap();
    assert_eq!(der.as_bytes(), program.world.certificate(722_318));
    assert_eq!(issued["key_pair_label"], "ЕГАИС_722318");
    let card = body(&program.post("/api/applications/722318/installed", &Value::Null));
    assert_eq!(card["status"], "installed");
    let papers = body(&program.get("/api/applications/722318/documents"));
    assert_eq!(papers.as_array().unwrap().len(), 7);
    for paper in papers.as_array().unwrap() {
        assert_eq!(program.get(paper["path"].as_str().unwrap()).status(), 200);
    }
    assert_eq!(program.post("/api/logout", &Value::Null).status(), 204);
    assert_eq!(program.get("/api/applications").status(), 401);
}

#[test]
fn a_code_used_at_the_api_is_used_up_on_the_pages_too() {
    let mut program = Program::new();
    let mut browser = crate::browser::Browser::default();
    let world = &mut program.world;
    browser.open(world, "/cabinet");
    browser.fill("Номер сотового телефона", PHONE);
    browser.press(world, "Получить код");
    world.pass(60);
    let mut program = program.log_in();
    let code = program.world.code("79000000000");
    browser.fill("Код подтверждения", &code);
    browser.press(&mut program.world, "Войти");
    assert_eq!(
        browser.alerts(),
        ["Код больше не действует. Получите новый код"]
    );
}

#[test]
fn a_cookie_is_no_session_here_and_a_login_in_progress_is_none_either() {
    let mut program = Program::new();
    let browser = program.world.logged_in(PHONE);
    let cookie = browser.cookie.unwrap();
    let answer = program
        .world
        .portal(Method::GET, "/api/applications", &cookie, "");
    assert_eq!(answer.status(), 401);
    program.world.pass(60);
    let login = program.post("/api/login/code", &json!({ "phone": PHONE }));
    program.session = body(&login)["login"].as_str().unwrap().to_owned();
    assert_eq!(program.get("/api/applications").status(), 401);
}

#[test]
fn the_history_keeps_no_secret_of_the_api_and_knows_who_it_was() {
    let mut program = Program::logged_in();
    let code = program.world.code("79000000000");
    program.get("/api/applications");
    let (_, history) = program
        .world
        .json(Door::Control, Method::GET, "/history", "");
    let text = history.to_string();
    assert!(
        !text.contains(&code) && !text.contains(&program.session),
        "{text}"
    );
    assert_eq!(history[2]["phone"], "79000000000");
}

#[test]
fn what_is_no_call_is_told() {
    let mut program = Program::logged_in();
    assert_eq!(program.get("/api/nothing").status(), 404);
    let other = program.call("DELETE", "/api/applications", &Value::Null);
    assert_eq!(
        (other.status().as_u16(), &other.headers()["allow"]),
        (405, &"GET".parse().unwrap())
    );
    let too_early = program.post("/api/login/code", &json!({ "phone": PHONE }));
    assert_eq!(too_early.headers()["retry-after"], "50");
}

#[test]
fn a_look_at_the_head_is_answered_like_the_call_it_looks_at() {
    let mut program = Program::new();
    for (path, status) in [
        ("/api/openapi.json", 200),
        ("/api/applications", 401),
        ("/api/login", 405),
    ] {
        let answer = program.call("HEAD", path, &Value::Null);
        assert_eq!(answer.status(), status, "{path}");
    }
}
