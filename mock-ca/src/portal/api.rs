//! The cabinet for programs: JSON under `/api`, described by `openapi.json` and served as `/api/openapi.json`.
//!
//! The same codes, sessions and ownership as the pages. A session goes in `Authorization: Bearer …` and never in a
//! cookie, so no page from elsewhere can use it and no form token is needed.

use http::header::{ALLOW, AUTHORIZATION, RETRY_AFTER};
use http::{HeaderValue, Method, Request, Response, StatusCode};
use serde::Deserialize;
use serde_json::{Value, json};

use super::login::{Asked, Typed};
use super::{Visit, form, pages};
use crate::ca::pem;
use crate::documents::Document;
use crate::office::Sent;
use crate::order::{Order, Status};
use crate::{phone, reply, revocation};

/// One call of the API.
struct Route {
    method: &'static str,
    path: &'static str,
    needs: Needs,
    answer: fn(&mut Visit<'_>, &Target<'_>) -> Answer,
}

type Answer = Result<Response<Vec<u8>>, Trouble>;

/// What has to be so before a call is answered.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Needs {
    Nothing,
    Login,
    OwnApplication,
}

/// Who calls, and about what.
#[derive(Default)]
struct Target<'a> {
    session: String,
    phone: String,
    number: u32,
    name: &'a str,
}

/// Every call there is.
#[rustfmt::skip]
const ROUTES: [Route; 13] = {
    use Needs::{Login, Nothing, OwnApplication};
    [
        Route { method: "GET", path: "/api/openapi.json", needs: Nothing, answer: description },
        Route { method: "POST", path: "/api/login/code", needs: Nothing, answer: ask_code },
        Route { method: "POST", path: "/api/login", needs: Nothing, answer: type_code },
        Route { method: "POST", path: "/api/logout", needs: Login, answer: log_out },
        Route { method: "GET", path: "/api/applications", needs: Login, answer: list },
        Route { method: "GET", path: "/api/applications/{number}", needs: OwnApplication, answer: card },
        Route { method: "GET", path: "/api/applications/{number}/profile", needs: OwnApplication, answer: profile },
        Route { method: "POST", path: "/api/applications/{number}/request", needs: OwnApplication, answer: send_request },
        Route { method: "GET", path: "/api/applications/{number}/certificate", needs: OwnApplication, answer: certificate },
        Route { method: "GET", path: "/api/applications/{number}/issuer", needs: OwnApplication, answer: issuer },
        Route { method: "POST", path: "/api/applications/{number}/installed", needs: OwnApplication, answer: installed },
        Route { method: "GET", path: "/api/applications/{number}/documents", needs: OwnApplication, answer: documents },
        Route { method: "GET", path: "/api/applications/{number}/documents/{name}", needs: OwnApplication, answer: document },
    ]
};

/// Method and path of every call of the JSON API, as `openapi.json` has to list them.
pub fn api_routes() -> impl Iterator<Item = (&'static str, &'static str)> {
    ROUTES.iter().map(|route| (route.method, route.path))
}

/// Why a call did nothing: a status, a word for programs, a text for people, and what else is known.
struct Trouble {
    status: StatusCode,
    error: &'static str,
    message: String,
    more: Value,
}

impl Trouble {
    fn new(status: StatusCode, error: &'static str, message: impl Into<String>) -> Self {
        Self {
            status,
            error,
            message: message.into(),
            more: json!({}),
        }
    }

    fn wait(error: &'static str, message: String, secs: i64) -> Self {
        let more = json!({ "retry_after_secs": secs });
        Self {
            more,
            ..Self::new(StatusCode::TOO_MANY_REQUESTS, error, message)
        }
    }

    fn into_response(self) -> Response<Vec<u8>> {
        let mut told = json!({ "error": self.error, "message": self.message });
        let wait = self.more["retry_after_secs"].as_i64();
        if let (Some(told), Value::Object(more)) = (told.as_object_mut(), self.more) {
            told.extend(more);
        }
        let mut response = json_with(self.status, &told);
        if let Some(secs) = wait {
            let header = HeaderValue::from(secs);
            response.headers_mut().insert(RETRY_AFTER, header);
        }
        response
    }
}

fn json_with(status: StatusCode, value: &Value) -> Response<Vec<u8>> {
    let mut response = reply::json(value);
    *response.status_mut() = status;
    response
}

/// The session a program sends.
pub(super) fn bearer(request: &Request<Vec<u8>>) -> Option<&str> {
    let header = request.headers().get(AUTHORIZATION)?.to_str().ok()?;
    header.strip_prefix("Bearer ")
}

/// Answers a call below `/api`.
pub(super) fn handle(visit: &mut Visit<'_>, path: &[&str]) -> Response<Vec<u8>> {
    let fitting: Vec<_> = ROUTES
        .iter()
        .filter_map(|route| Some((route, captured(route.path, path)?)))
        .collect();
    let method = match visit.request.method() {
        &Method::HEAD => Method::GET.as_str(), // the server leaves the body out
        method => method.as_str(),
    };
    match fitting.iter().find(|(route, _)| route.method == method) {
        Some((route, (number, name))) => answer(visit, route, number, name),
        None if fitting.is_empty() => {
            Trouble::new(StatusCode::NOT_FOUND, "no-such-call", NOTHING_HERE).into_response()
        }
        None => other_method(fitting.iter().map(|(route, _)| route.method)),
    }
}

fn answer(visit: &mut Visit<'_>, route: &Route, number: &str, name: &str) -> Response<Vec<u8>> {
    let target = visit.target(route.needs, number, name);
    target
        .and_then(|target| (route.answer)(visit, &target))
        .unwrap_or_else(Trouble::into_response)
}

/// Number and name, as a path has them where the template says so; `None` when it is another path.
fn captured<'a>(template: &str, path: &[&'a str]) -> Option<(&'a str, &'a str)> {
    let (mut number, mut name) = ("", "");
    let wanted = template.split('/').skip(1);
    if wanted.clone().count() != path.len() {
        return None;
    }
    for (wanted, part) in wanted.zip(path) {
        match wanted {
            "{number}" => number = part,
            "{name}" => name = part,
            _ if wanted == *part => {}
            _ => return None,
        }
    }
    Some((number, name))
}

fn other_method<'a>(known: impl Iterator<Item = &'a str>) -> Response<Vec<u8>> {
    let known = known.collect::<Vec<_>>().join(", ");
    let trouble = Trouble::new(StatusCode::METHOD_NOT_ALLOWED, "other-method", &*known);
    let mut response = trouble.into_response();
    if let Ok(known) = HeaderValue::try_from(known) {
        response.headers_mut().insert(ALLOW, known);
    }
    response
}

impl Visit<'_> {
    fn target<'a>(
        &mut self,
        needs: Needs,
        number: &str,
        name: &'a str,
    ) -> Result<Target<'a>, Trouble> {
        if needs == Needs::Nothing {
            return Ok(Target::default());
        }
        let session = bearer(self.request).unwrap_or_default().to_owned();
        let live = self
            .mock
            .state
            .logins
            .session(&self.mock.settings, self.now, &session);
        let phone = live
            .filter(|session| session.logged_in)
            .and_then(|session| session.phone.clone())
            .ok_or_else(|| {
                Trouble::new(StatusCode::UNAUTHORIZED, "no-session", super::SESSION_ENDED)
            })?;
        let number = match needs {
            Needs::OwnApplication => self.own(&phone, number).ok_or_else(|| {
                Trouble::new(StatusCode::NOT_FOUND, "no-application", "Заявка не найдена")
            })?,
            _ => 0,
        };
        Ok(Target {
            session,
            phone,
            number,
            name,
        })
    }

    fn body<T: for<'de> Deserialize<'de>>(&self) -> Result<T, Trouble> {
        serde_json::from_slice(self.request.body())
            .map_err(|_| Trouble::new(StatusCode::BAD_REQUEST, "not-understood", NOT_UNDERSTOOD))
    }
}

fn description(_: &mut Visit<'_>, _: &Target<'_>) -> Answer {
    let text = include_str!("../../openapi.json");
    Ok(reply::with_type(
        StatusCode::OK,
        "application/json",
        text.into(),
    ))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AskCode {
    phone: String,
}

fn ask_code(visit: &mut Visit<'_>, _: &Target<'_>) -> Answer {
    let AskCode { phone } = visit.body()?;
    let Some(phone) = phone::normalised(&phone) else {
        return Err(Trouble::new(
            StatusCode::BAD_REQUEST,
            "no-phone",
            super::NO_PHONE,
        ));
    };
    match visit.new_code(&phone) {
        Asked::Made { send: Some(code) }
            if visit.mock.send_code(visit.now, &phone, &code).is_err() =>
        {
            Err(Trouble::new(
                StatusCode::BAD_GATEWAY,
                "gateway-failed",
                super::GATEWAY_FAILED,
            ))
        }
        Asked::Made { .. } => {
            let (settings, now) = (&visit.mock.settings, visit.now);
            let login = visit
                .mock
                .state
                .logins
                .open(settings, now, Some(phone), false);
            Ok(reply::json(&json!({ "login": login })))
        }
        Asked::TooEarly { secs } => Err(Trouble::wait("too-early", super::too_early(secs), secs)),
        Asked::TooMany { secs } => Err(Trouble::wait("too-many", super::too_many(secs), secs)),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TypeCode {
    login: String,
    code: String,
}

fn type_code(visit: &mut Visit<'_>, _: &Target<'_>) -> Answer {
    let TypeCode { login, code } = visit.body()?;
    let (settings, now) = (&visit.mock.settings, visit.now);
    let logins = &mut visit.mock.state.logins;
    let typed = match logins.session(settings, now, &login) {
        Some(_) => logins.type_code(settings, now, &login, &code),
        None => Typed::Void,
    };
    match typed {
        Typed::Right { session } => {
            let idle_secs = settings.login.session_idle_secs;
            Ok(reply::json(
                &json!({ "token": session, "idle_secs": idle_secs }),
            ))
        }
        Typed::Wrong { tries_left } => Err(Trouble {
            more: json!({ "tries_left": tries_left }),
            ..Trouble::new(StatusCode::UNAUTHORIZED, "wrong-code", "Неверный код")
        }),
        Typed::Void => Err(Trouble::new(
            StatusCode::GONE,
            "code-void",
            super::CODE_VOID,
        )),
    }
}

fn log_out(visit: &mut Visit<'_>, target: &Target<'_>) -> Answer {
    visit.mock.state.logins.close(&target.session);
    let mut response = Response::new(Vec::new());
    *response.status_mut() = StatusCode::NO_CONTENT;
    Ok(response)
}

fn list(visit: &mut Visit<'_>, target: &Target<'_>) -> Answer {
    let filter = pages::Filter::from_query(|name| form::query(visit.request, name));
    let words = &visit.mock.settings.statuses;
    let own = visit
        .mock
        .orders()
        .filter(|order| order.application.phone == target.phone);
    let rows: Value = own
        .filter(|order| filter.lets_through(&pages::Row::of(words, order, visit.now)))
        .map(|order| visit.row(order))
        .collect();
    Ok(reply::json(&rows))
}

fn card(visit: &mut Visit<'_>, target: &Target<'_>) -> Answer {
    Ok(reply::json(&visit.told(target.number)))
}

fn profile(visit: &mut Visit<'_>, target: &Target<'_>) -> Answer {
    let application = &visit.order(target.number).application;
    let profile = &application.profile;
    let dotted = |oids: &[const_oid::ObjectIdentifier]| -> Value {
        oids.iter().map(ToString::to_string).collect()
    };
    let subject: Value = application
        .subject
        .iter()
        .map(|field| json!({ "oid": field.oid.to_string(), "label": field.label, "value": field.value }))
        .collect();
    Ok(reply::json(&json!({
        "container": application.container,
        "algorithm": profile.algorithm.key_oid().to_string(),
        "parameter_set": profile.parameter_set.oid().to_string(),
        "subject": subject,
        "key_usage": profile.key_usage,
        "extended_key_usage": dotted(&profile.extended_key_usage),
        "policies": dotted(&profile.policies),
        "sign_tool": profile.sign_tool,
        "label_after_sending": application.label_after_sending(),
    })))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SendRequest {
    pem: String,
    container: Option<String>,
}

fn send_request(visit: &mut Visit<'_>, target: &Target<'_>) -> Answer {
    let SendRequest { pem, container } = visit.body()?;
    let Some(der) = form::certification_request(&pem) else {
        return Err(Trouble::new(
            StatusCode::BAD_REQUEST,
            "no-request",
            super::cabinet::NO_REQUEST,
        ));
    };
    let usual = visit.order(target.number).application.container.clone();
    let container: String = container
        .unwrap_or(usual)
        .chars()
        .take(super::cabinet::MAX_NAME_CHARS)
        .collect();
    let number = target.number;
    match visit.mock.submit(visit.now, number, &der, &container) {
        Sent::Taken => Ok(json_with(StatusCode::ACCEPTED, &visit.told(number))),
        Sent::AnswerLost => Err(Trouble::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "no-answer",
            super::cabinet::ANSWER_LOST,
        )),
        Sent::Refused(why) if visit.status(number) == Status::Accepted => Err(Trouble::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "request-refused",
            why,
        )),
        Sent::Refused(why) => Err(Trouble::new(StatusCode::CONFLICT, "not-now", why)),
    }
}

fn certificate(visit: &mut Visit<'_>, target: &Target<'_>) -> Answer {
    let order = visit.order(target.number);
    let issued = order.shown_certificate(visit.now).ok_or_else(not_issued)?;
    Ok(reply::json(&json!({
        "certificate_pem": pem("CERTIFICATE", &issued.der),
        "issued_at": issued.at,
        "key_pair_label": order.key_pair_label(),
    })))
}

fn issuer(visit: &mut Visit<'_>, target: &Target<'_>) -> Answer {
    let order = visit.order(target.number);
    order.shown_certificate(visit.now).ok_or_else(not_issued)?;
    let profile = order.application.profile.clone();
    let list_at = revocation::aged(visit.mock, visit.now);
    let mock = &mut *visit.mock;
    let authority = mock.authorities.of(&mock.settings, &profile);
    Ok(reply::json(&json!({
        "chain_pem": authority.chain_pem(),
        "crl_pem": pem("X509 CRL", &authority.crl(list_at)),
    })))
}

fn installed(visit: &mut Visit<'_>, target: &Target<'_>) -> Answer {
    let order = visit.order(target.number);
    order.shown_certificate(visit.now).ok_or_else(not_issued)?;
    let now = visit.now;
    if let Some(order) = visit.mock.state.orders.get_mut(&target.number) {
        order.installed_at.get_or_insert(now);
    }
    Ok(reply::json(&visit.told(target.number)))
}

fn documents(visit: &mut Visit<'_>, target: &Target<'_>) -> Answer {
    let number = target.number;
    let issued = visit.order(number).shown_certificate(visit.now).is_some();
    let offered = Document::ALL
        .into_iter()
        .filter(|document| issued || pages::before_issue(*document));
    let list: Value = offered
        .map(|document| {
            let name = document.file_name();
            let path = format!("/api/applications/{number}/documents/{name}");
            json!({ "name": name, "title": document.title(), "path": path })
        })
        .collect();
    Ok(reply::json(&list))
}

fn document(visit: &mut Visit<'_>, target: &Target<'_>) -> Answer {
    visit
        .paper(target.number, target.name)
        .ok_or_else(|| Trouble::new(StatusCode::NOT_FOUND, "no-document", NOTHING_HERE))
}

fn not_issued() -> Trouble {
    Trouble::new(
        StatusCode::CONFLICT,
        "not-issued",
        super::cabinet::NOT_ISSUED,
    )
}

impl Visit<'_> {
    /// A line of the list.
    fn row(&self, order: &Order) -> Value {
        let (application, status) = (&order.application, order.status(self.now));
        json!({
            "number": application.number,
            "date": application.date,
            "status": status,
            "word": self.mock.settings.statuses.in_list(status),
            "kind": application.kind,
            "tariff": application.tariff,
            "owner": application.owner,
            "reason": application.reason,
            "author": application.author,
        })
    }

    /// The card: the line, and what else its page says.
    fn told(&self, number: u32) -> Value {
        let order = self.order(number);
        let mut told = self.row(order);
        told["can_request"] = json!(order.status(self.now) == Status::Accepted);
        told["issued"] = json!(order.shown_certificate(self.now).is_some());
        told["refusal"] = json!(order.refusal.as_ref().map(|refusal| &refusal.text));
        told["installed_at"] = json!(order.installed_at);
        told
    }
}

// Texts for people; assumed.
const NOTHING_HERE: &str = "Страница не найдена";
const NOT_UNDERSTOOD: &str = "Тело запроса не соответствует описанию";
