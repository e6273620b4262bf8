//! The operators' work: people, applications, and what becomes of them.

use std::collections::BTreeMap;

use der::Decode;
use http::Request;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Deserialize;
use serde_json::{Value, json};
use x509_cert::Certificate;

use super::{Trouble, asked, asked_phone, body};
use crate::application::{Application, Organisation, Representative, SubjectField};
use crate::ca::{Profile, Reason};
use crate::order::{Order, Status, irkutsk, later};
use crate::{MockCa, phone};

/// Answers calls below `/applications` and `/people`.
pub(super) fn call(
    mock: &mut MockCa,
    now: Timestamp,
    request: &Request<Vec<u8>>,
    root: &str,
    path: &[&str],
) -> Result<Value, Trouble> {
    match (request.method().as_str(), root, path) {
        ("GET", "people", []) => Ok(people(mock)),
        ("POST", "people", []) => add_person(mock, body(request)?),
        ("GET", "applications", []) => list(mock, now, request),
        ("POST", "applications", []) => add(mock, now, body(request)?),
        ("GET", "applications", [number]) => find(mock, number).map(|order| told(mock, order, now)),
        ("POST", "applications", [number, "accept"]) => accept(mock, now, number),
        ("POST", "applications", [number, "issue"]) => issue(mock, now, number),
        ("POST", "applications", [number, "refuse"]) => {
            let Refusal { text } = body(request)?;
            refuse(mock, now, number, &text)
        }
        ("POST", "applications", [number, "delay"]) => delay(mock, now, number, &body(request)?),
        ("POST", "applications", [number, "revoke"]) => {
            let Revocation { reason } = body(request)?;
            revoke(mock, now, number, reason)
        }
        _ => Err(Trouble::NotFound("no such call")),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Person {
    phone: String,
    name: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Refusal {
    text: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Revocation {
    reason: Reason,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Delay {
    ordered_in_secs: Option<u32>,
    issue_in_secs: Option<u32>,
}

/// Everybody who may log in, with the numbers of their applications.
fn people(mock: &MockCa) -> Value {
    let mut people: BTreeMap<&str, (&str, Vec<u32>)> = BTreeMap::new();
    for (phone, name) in &mock.state.people {
        people.insert(phone, (name, Vec::new()));
    }
    for (number, order) in &mock.state.orders {
        let Application { phone, owner, .. } = &order.application;
        let one = people.entry(phone).or_insert((owner, Vec::new()));
        one.1.push(*number);
    }
    people
        .iter()
        .map(|(phone, (name, numbers))| json!({ "phone": phone, "name": name, "applications": numbers }))
        .collect()
}

fn add_person(mock: &mut MockCa, person: Person) -> Result<Value, Trouble> {
    let phone = phone::normalised(&person.phone).ok_or_else(|| no_phone(&person.phone))?;
    let added = json!({ "phone": phone, "name": person.name });
    mock.state.people.insert(phone, person.name);
    Ok(added)
}

fn no_phone(written: &str) -> Trouble {
    Trouble::NotUnderstood(format!("phone: {written}"))
}

fn list(mock: &MockCa, now: Timestamp, request: &Request<Vec<u8>>) -> Result<Value, Trouble> {
    let (phone, status) = (asked_phone(request)?, asked(request, "status"));
    let theirs = mock.orders().filter(|order| {
        phone
            .as_ref()
            .is_none_or(|phone| order.application.phone == *phone)
    });
    let all = theirs.map(|order| told(mock, order, now));
    Ok(all
        .filter(|one| {
            status
                .as_deref()
                .is_none_or(|status| one["status"] == status)
        })
        .collect())
}

fn find<'a>(mock: &'a MockCa, number: &str) -> Result<&'a Order, Trouble> {
    let order = number
        .parse()
        .ok()
        .and_then(|number: u32| mock.state.orders.get(&number));
    order.ok_or(Trouble::NotFound("no such application"))
}

/// An order as the tester sees it.
fn told(mock: &MockCa, order: &Order, now: Timestamp) -> Value {
    let status = order.status(now);
    let word = mock.settings.statuses.in_list(status);
    json!({ "number": order.application.number, "status": status, "word": word, "order": order })
}

/// An application as an operator enters it; what is left out is the numbered sample's.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Draft {
    number: Option<u32>,
    date: Option<Date>,
    phone: Option<String>,
    kind: Option<String>,
    tariff: Option<String>,
    owner: Option<String>,
    reason: Option<String>,
    author: Option<String>,
    container: Option<String>,
    organisation: Option<Organisation>,
    representative: Option<Representative>,
    subject: Option<Vec<SubjectField>>,
    profile: Option<Profile>,
    profile_name: Option<String>,
    accepted: Option<bool>,
}

fn add(mock: &mut MockCa, now: Timestamp, draft: Draft) -> Result<Value, Trouble> {
    let accepted = draft.accepted.unwrap_or(true);
    let application = draft.complete(mock, now)?;
    let number = application.number;
    match mock.state.orders.get(&number) {
        Some(order) if order.submission.is_some() || order.refusal.is_some() => {
            Err(Trouble::Conflict("this application is already under way"))
        }
        _ => {
            let order = Order {
                accepted,
                ..Order::new(application)
            };
            mock.state.orders.insert(number, order);
            Ok(json!({ "number": number }))
        }
    }
}

impl Draft {
    fn complete(self, mock: &MockCa, now: Timestamp) -> Result<Application, Trouble> {
        let profile = self.profile(mock)?;
        let number = self.number.unwrap_or_else(|| next_number(mock));
        let sample = Application::numbered(number.wrapping_sub(SAMPLE), profile);
        let phone = self.phone.unwrap_or(sample.phone);
        let representative = self.representative.unwrap_or(sample.representative);
        let organisation = self.organisation.unwrap_or(sample.organisation);
        Ok(Application {
            number,
            date: self.date.unwrap_or_else(|| now.to_zoned(irkutsk()).date()),
            phone: phone::normalised(&phone).ok_or_else(|| no_phone(&phone))?,
            kind: self.kind.unwrap_or(sample.kind),
            tariff: self.tariff.unwrap_or(sample.tariff),
            owner: self.owner.unwrap_or_else(|| representative.full_name()),
            reason: self.reason.unwrap_or(sample.reason),
            author: self.author.unwrap_or(sample.author),
            container: self
                .container
                .unwrap_or_else(|| organisation.container_name()),
            subject: self
                .subject
                .unwrap_or_else(|| Application::usual_subject(&organisation, &representative)),
            organisation,
            representative,
            profile: sample.profile,
        })
    }

    fn profile(&self, mock: &MockCa) -> Result<Profile, Trouble> {
        let named = |name: &String| {
            let unknown = || Trouble::NotUnderstood(format!("profile_name: {name}"));
            mock.settings.named_profile(name).ok_or_else(unknown)
        };
        match (&self.profile, &self.profile_name) {
            (Some(profile), _) => Ok(profile.clone()),
            (None, Some(name)) => named(name),
            (None, None) => Ok(mock.settings.profile()),
        }
    }
}

fn next_number(mock: &MockCa) -> u32 {
    let newest = mock.state.orders.keys().next_back();
    newest.map_or(SAMPLE, |newest| newest.wrapping_add(1))
}

/// The operator's yes to an application, or to the request that came for it.
pub(super) fn accept(mock: &mut MockCa, now: Timestamp, number: &str) -> Result<Value, Trouble> {
    let order = find(mock, number)?;
    let (number, status) = (order.application.number, order.status(now));
    match status {
        Status::New => {
            if let Some(order) = mock.state.orders.get_mut(&number) {
                order.accepted = true;
            }
        }
        Status::Sent => mock.plan_anew(number, Some(now), None),
        _ => return Err(Trouble::Conflict("there is nothing to accept")),
    }
    mock.catch_up(now);
    Ok(told(mock, &mock.state.orders[&number], now))
}

/// An operator works this one off now.
pub(super) fn issue(mock: &mut MockCa, now: Timestamp, number: &str) -> Result<Value, Trouble> {
    let order = find(mock, number)?;
    let number = order.application.number;
    match order.status(now) {
        Status::Sent | Status::Ordered if order.certificate.is_none() => {
            mock.hasten(number, now);
            Ok(told(mock, &mock.state.orders[&number], now))
        }
        _ => Err(Trouble::Conflict(
            "there is no request that waits for a certificate",
        )),
    }
}

pub(super) fn refuse(
    mock: &mut MockCa,
    now: Timestamp,
    number: &str,
    text: &str,
) -> Result<Value, Trouble> {
    let order = find(mock, number)?;
    let number = order.application.number;
    if order.certificate.is_some() || order.refusal.is_some() {
        return Err(Trouble::Conflict(
            "a certificate or a refusal is already there",
        ));
    }
    mock.refuse(number, now, text);
    Ok(told(mock, &mock.state.orders[&number], now))
}

fn delay(mock: &mut MockCa, now: Timestamp, number: &str, delay: &Delay) -> Result<Value, Trouble> {
    let order = find(mock, number)?;
    let number = order.application.number;
    let waits = matches!(order.status(now), Status::Sent | Status::Ordered);
    if !waits || order.certificate.is_some() {
        return Err(Trouble::Conflict(
            "there is no request that waits for a certificate",
        ));
    }
    let from_now = |secs: Option<u32>| secs.map(|secs| later(now, secs));
    let (ordered_at, issue_at) = (
        from_now(delay.ordered_in_secs),
        from_now(delay.issue_in_secs),
    );
    let plan = order.submission.as_ref();
    if plan.is_some_and(|plan| plan.ordered_told && ordered_at.is_some()) {
        return Err(Trouble::Conflict("the certificate is ordered already"));
    }
    let backwards = plan.is_some_and(|plan| {
        let ordered_at = ordered_at.unwrap_or(plan.ordered_at);
        let issue_at = issue_at.or(plan.issue_at);
        issue_at.is_some_and(|issue_at| issue_at < ordered_at)
    });
    if backwards {
        return Err(Trouble::Conflict(
            "a certificate is issued after it is ordered: move both moments, or accept",
        ));
    }
    mock.plan_anew(number, ordered_at, issue_at);
    mock.catch_up(now);
    Ok(told(mock, &mock.state.orders[&number], now))
}

pub(super) fn revoke(
    mock: &mut MockCa,
    now: Timestamp,
    number: &str,
    reason: Reason,
) -> Result<Value, Trouble> {
    let order = find(mock, number)?;
    let issued = order.certificate.as_ref();
    let certificate = issued.and_then(|issued| Certificate::from_der(&issued.der).ok());
    let Some(certificate) = certificate else {
        return Err(Trouble::Conflict("there is no certificate to revoke"));
    };
    let serial = certificate.tbs_certificate().serial_number();
    let profile = order.application.profile.clone();
    let authority = mock.authorities.of(&mock.settings, &profile);
    authority.revoke(serial.as_bytes(), now, reason);
    Ok(json!({ "serial": hex::encode(serial.as_bytes()) }))
}

/// The manual's application, which the numbered samples count from.
const SAMPLE: u32 = 722_318;
