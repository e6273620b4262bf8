//! The gateway's HTTP API, in the shape of SMSC.ru's: `/sys/send.php`, `/sys/status.php`, `/sys/balance.php`.
//!
//! A refusal is an answer of status 200 whose body says so, as clients of the real one expect. `fmt` chooses the body:
//! 0 words, 1 numbers, 2 XML, 3 JSON. Details that no client of it shows are assumed.

mod answer;
mod parameters;

use http::{Request, Response, StatusCode};
use jiff::{SignedDuration, Timestamp};

use self::answer::{Format, Sent, Told};
use self::parameters::Parameters;
use super::{Kind, Message, Outbox, parts};
use crate::fault::{Faults, Mischief, Room};
use crate::settings::Settings;
use crate::{phone, reply};

/// What the gateway works with.
pub(crate) struct Gateway<'a> {
    pub(crate) settings: &'a Settings,
    pub(crate) outbox: &'a mut Outbox,
    pub(crate) faults: &'a mut Faults,
    /// What a text is about, for the tester: whoever writes the texts knows.
    pub(crate) kind_of: fn(&str) -> Kind,
}

/// SMSC.ru's error codes, as far as they are its clients' business.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Error {
    /// Something is missing or cannot be read.
    Parameters = 1,
    /// Wrong login or password.
    Login = 2,
    /// The account is empty.
    Balance = 3,
    /// The caller's address is blocked after too many errors.
    Blocked = 4,
    /// The moment cannot be read.
    Date = 5,
    /// The text or the sender's name is forbidden.
    Forbidden = 6,
    /// Not a phone number.
    Phone = 7,
    /// It cannot be delivered to this number.
    Undeliverable = 8,
    /// The same text to the same number within a minute.
    Repeated = 9,
}

impl Error {
    /// The error of a code; the knob can ask for any of them.
    fn of(code: u8) -> Self {
        let all = [
            Self::Parameters,
            Self::Login,
            Self::Balance,
            Self::Blocked,
            Self::Date,
            Self::Forbidden,
            Self::Phone,
            Self::Undeliverable,
            Self::Repeated,
        ];
        let found = all.into_iter().find(|error| *error as u8 == code);
        found.unwrap_or(Self::Undeliverable)
    }

    fn words(self) -> &'static str {
        match self {
            Self::Parameters => "parameters error",
            Self::Login => "authorise error",
            Self::Balance => "no money",
            Self::Blocked => "ip is blocked",
            Self::Date => "wrong date",
            Self::Forbidden => "message is denied",
            Self::Phone => "invalid number",
            Self::Undeliverable => "message can not be delivered",
            Self::Repeated => "duplicate request, wait a minute",
        }
    }
}

/// Answers a call below `/sys/`.
pub(super) fn handle(
    gateway: &mut Gateway<'_>,
    now: Timestamp,
    call: &str,
    request: &Request<Vec<u8>>,
) -> Response<Vec<u8>> {
    let parameters = Parameters::of(request);
    let format = Format::of(&parameters.text("fmt"));
    let answer = match call {
        "send.php" => send(gateway, now, &parameters).map(|sent| format.sent(&sent)),
        "status.php" => status(gateway, now, &parameters).map(|told| {
            let several = parameters.list("id").len() > 1;
            format.statuses(&told, several, !parameters.text("all").is_empty())
        }),
        "balance.php" => balance(gateway, &parameters)
            .map(|kopecks| format.balance(kopecks, parameters.text("cur") == "1")),
        _ => return reply::json_error(StatusCode::NOT_FOUND, "no such call"),
    };
    answer.unwrap_or_else(|error| format.error(error as u8, error.words()))
}

/// One text to one or several phones.
fn send(gateway: &mut Gateway<'_>, now: Timestamp, parameters: &Parameters) -> Result<Sent, Error> {
    admit(gateway.settings, parameters)?;
    let order = Order::read(gateway, now, parameters)?;
    let left = gateway.balance().checked_sub(order.kopecks);
    let left = left.ok_or(Error::Balance)?;
    let sent = |id, cost, balance| Sent {
        id,
        count: order.count,
        cost,
        balance,
    };
    let (cost, balance) = match parameters.text("cost").as_str() {
        "" | "0" => (None, None),
        "1" => return Ok(sent(None, Some(order.kopecks), None)),
        "2" => (Some(order.kopecks), None),
        "3" => (Some(order.kopecks), Some(left)),
        _ => return Err(Error::Parameters),
    };
    let met = gateway.faults.meet(Room::Sms);
    gateway.refuse(met, &order)?;
    gateway.take(met, &order);
    Ok(sent(Some(order.id), cost, balance))
}

/// What is to be sent, read and priced.
struct Order {
    id: u64,
    text: String,
    phones: Vec<String>,
    sent_at: Timestamp,
    /// How many messages it takes.
    count: usize,
    kopecks: u64,
}

impl Order {
    fn read(gateway: &Gateway<'_>, now: Timestamp, parameters: &Parameters) -> Result<Self, Error> {
        let (text, written) = (parameters.text("mes"), parameters.list("phones"));
        if written.is_empty() || text.is_empty() || text.chars().count() > MAX_CHARS {
            return Err(Error::Parameters);
        }
        let phones = written.iter().filter_map(|one| phone::normalised(one));
        let phones: Vec<_> = phones.collect();
        if phones.is_empty() {
            return Err(Error::Phone);
        }
        let id = match parameters.text("id").as_str() {
            "" => Some(gateway.outbox.next_id()),
            id => id.parse().ok().filter(|id| *id > 0),
        };
        let count = parts::count(&text) * phones.len();
        Ok(Self {
            id: id.ok_or(Error::Parameters)?,
            sent_at: sent_at(now, &parameters.text("time")).ok_or(Error::Date)?,
            kopecks: count as u64 * u64::from(gateway.settings.gateway.price_kopecks),
            text,
            phones,
            count,
        })
    }
}

/// Login and password, plain or as MD5, or the key that stands for both.
fn admit(settings: &Settings, parameters: &Parameters) -> Result<(), Error> {
    let ours = &settings.gateway;
    let by_key = !ours.api_key.is_empty() && parameters.text("apikey") == ours.api_key;
    let password = parameters.text("psw");
    let by_password = parameters.text("login") == ours.login
        && (password == ours.password || password == parameters::md5(&ours.password));
    if by_key || by_password {
        Ok(())
    } else {
        Err(Error::Login)
    }
}

/// When it is to be sent: at once, `DDMMYYhhmm` of Moscow, `0` and Unix seconds, or `+` and minutes.
fn sent_at(now: Timestamp, time: &str) -> Option<Timestamp> {
    let at = match time.as_bytes() {
        [] | [b'0'] => return Some(now),
        [b'0', ..] if time.len() > 10 => Timestamp::from_second(time[1..].parse().ok()?).ok()?,
        [b'+', ..] => {
            let minutes: u16 = time[1..].parse().ok()?;
            now.checked_add(SignedDuration::from_mins(minutes.into()))
                .ok()?
        }
        _ => {
            let civil = jiff::civil::DateTime::strptime("%d%m%y%H%M", time).ok()?;
            answer::moscow().to_timestamp(civil).ok()?
        }
    };
    Some(at.max(now))
}

fn status(
    gateway: &Gateway<'_>,
    now: Timestamp,
    parameters: &Parameters,
) -> Result<Vec<Told>, Error> {
    admit(gateway.settings, parameters)?;
    let (ids, phones) = (parameters.list("id"), parameters.list("phone"));
    if ids.is_empty() || ids.len() != phones.len() {
        return Err(Error::Parameters);
    }
    let told = ids.into_iter().zip(phones).map(|(id, written)| {
        let found = phone::normalised(&written).zip(id.parse().ok());
        let message = found.and_then(|(phone, id)| gateway.outbox.find(id, &phone));
        Told::of(id, written, message, gateway.settings, now)
    });
    Ok(told.collect())
}

fn balance(gateway: &Gateway<'_>, parameters: &Parameters) -> Result<u64, Error> {
    admit(gateway.settings, parameters)?;
    Ok(gateway.balance())
}

impl Gateway<'_> {
    /// What is left on the account, in kopecks.
    fn balance(&self) -> u64 {
        let ours = &self.settings.gateway;
        let parts = self
            .outbox
            .0
            .iter()
            .map(|one| parts::count(&one.text) as u64);
        let spent = parts.sum::<u64>() * u64::from(ours.price_kopecks);
        ours.balance_kopecks.saturating_sub(spent)
    }

    /// Whether this text may not go: by a knob, a planned fault, or its sameness with an earlier one.
    fn refuse(&self, met: Option<Mischief>, order: &Order) -> Result<(), Error> {
        match self.settings.knobs.refuse_sms {
            0 => {}
            code => return Err(Error::of(code)),
        }
        if matches!(met, Some(Mischief::Refuse { .. })) {
            return Err(Error::Undeliverable);
        }
        let window = SignedDuration::from_secs(self.settings.gateway.duplicate_secs.into());
        let same = |one: &Message| {
            order.sent_at.duration_since(one.sent_at).abs() < window
                && one.text == order.text
                && order.phones.contains(&one.to)
        };
        match self.outbox.0.iter().any(same) {
            true => Err(Error::Repeated),
            false => Ok(()),
        }
    }

    fn take(&mut self, met: Option<Mischief>, order: &Order) {
        for phone in &order.phones {
            let message = Message {
                id: order.id,
                to: phone.clone(),
                text: order.text.clone(),
                kind: (self.kind_of)(&order.text),
                sent_at: order.sent_at,
                arrives_at: Vec::new(),
                further_parts: Vec::new(),
            };
            self.outbox.send(self.settings, met, message);
        }
    }
}

/// The longest text: about fifteen messages.
const MAX_CHARS: usize = 1000;
