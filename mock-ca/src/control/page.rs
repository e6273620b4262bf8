//! «Оператор»: the tester's port for a person. Each button is one of the calls, and works without a script.

use askama::Template;
use http::{Request, Response, StatusCode};
use jiff::Timestamp;

use super::{Trouble, applications};
use crate::ca::Reason;
use crate::order::{Order, Status, irkutsk};
use crate::portal::form;
use crate::settings::Statuses;
use crate::{MockCa, reply};

#[derive(Template)]
#[template(path = "operator.html")]
struct Operator {
    alert: Option<String>,
    now: String,
    rows: Vec<Row>,
    texts: Vec<Text>,
}

/// An application and the buttons that mean something now.
struct Row {
    number: u32,
    owner: String,
    phone: String,
    status: String,
    can_accept: bool,
    can_issue: bool,
    can_refuse: bool,
    can_revoke: bool,
}

struct Text {
    sent_at: String,
    to: String,
    text: String,
}

impl Row {
    fn of(words: &Statuses, order: &Order, now: Timestamp) -> Self {
        let status = order.status(now);
        let open = order.certificate.is_none() && order.refusal.is_none();
        Self {
            number: order.application.number,
            owner: order.application.owner.clone(),
            phone: order.application.phone.clone(),
            status: words.in_list(status).to_owned(),
            can_accept: matches!(status, Status::New | Status::Sent),
            can_issue: open && matches!(status, Status::Sent | Status::Ordered),
            can_refuse: open,
            can_revoke: order.certificate.is_some(),
        }
    }
}

/// The page as it stands, newest applications and texts first.
pub(super) fn show(mock: &MockCa, now: Timestamp, alert: Option<&Trouble>) -> Response<Vec<u8>> {
    let texts = mock.outbox().iter().rev().take(MAX_TEXTS);
    let page = Operator {
        alert: alert.map(|trouble| trouble.text().to_owned()),
        now: shown(now),
        rows: mock
            .orders()
            .take(MAX_ROWS)
            .map(|order| Row::of(&mock.settings.statuses, order, now))
            .collect(),
        texts: texts
            .map(|message| Text {
                sent_at: shown(message.sent_at),
                to: message.to.clone(),
                text: message.text.clone(),
            })
            .collect(),
    };
    reply::page(alert.map_or(StatusCode::OK, Trouble::status), &page)
}

/// A button of the page.
pub(super) fn press(
    mock: &mut MockCa,
    now: Timestamp,
    request: &Request<Vec<u8>>,
    number: &str,
    act: &str,
) -> Response<Vec<u8>> {
    let done = match act {
        "accept" => applications::accept(mock, now, number),
        "issue" => applications::issue(mock, now, number),
        "refuse" => {
            let text = form::field(request, "text").unwrap_or_default();
            applications::refuse(mock, now, number, text.trim())
        }
        "revoke" => applications::revoke(mock, now, number, Reason::CessationOfOperation),
        _ => Err(Trouble::NotFound("no such button")),
    };
    match done {
        Ok(_) => reply::see_other("/"),
        Err(trouble) => show(mock, now, Some(&trouble)),
    }
}

fn shown(at: Timestamp) -> String {
    at.to_zoned(irkutsk())
        .strftime("%d.%m.%Y %H:%M:%S")
        .to_string()
}

const MAX_ROWS: usize = 200;
const MAX_TEXTS: usize = 20;
