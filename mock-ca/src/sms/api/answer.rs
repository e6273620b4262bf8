//! The gateway's answers in the four forms that `fmt` chooses from.

use http::{Response, StatusCode};
use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value, json};

use crate::reply;
use crate::settings::Settings;
use crate::sms::{Message, parts};

/// Words, numbers, XML or JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    Words,
    Numbers,
    Xml,
    Json,
}

/// A text that was taken, or only priced.
pub(super) struct Sent {
    /// None when it was only priced.
    pub(super) id: Option<u64>,
    /// How many messages it took.
    pub(super) count: usize,
    /// Kopecks.
    pub(super) cost: Option<u64>,
    /// Kopecks left.
    pub(super) balance: Option<u64>,
}

/// What is known of one text and phone.
pub(super) struct Told {
    status: i8,
    /// When it came to that.
    last: Option<Timestamp>,
    id: String,
    phone: String,
    sent: Option<Timestamp>,
    kopecks: u64,
    text: String,
}

const NOT_FOUND: i8 = -3;
const WAITING: i8 = -1;
const PASSED_ON: i8 = 0;
const DELIVERED: i8 = 1;
const EXPIRED: i8 = 3;
/// How long the operator tries (assumed).
const TRIED: SignedDuration = SignedDuration::from_hours(24);

impl Told {
    pub(super) fn of(
        id: String,
        phone: String,
        message: Option<&Message>,
        settings: &Settings,
        now: Timestamp,
    ) -> Self {
        let (status, last) = message.map_or((NOT_FOUND, None), |message| standing(message, now));
        let price = u64::from(settings.gateway.price_kopecks);
        Self {
            status,
            last,
            id,
            phone,
            sent: message.map(|message| message.sent_at),
            kopecks: message.map_or(0, |message| parts::count(&message.text) as u64 * price),
            text: message.map_or_else(String::new, |message| message.text.clone()),
        }
    }

    fn words(&self) -> &'static str {
        match self.status {
            NOT_FOUND => "Сообщение не найдено",
            WAITING => "Ожидает отправки",
            PASSED_ON => "Передано оператору",
            DELIVERED => "Доставлено",
            _ => "Просрочено",
        }
    }

    /// The answer's fields; their order is assumed.
    fn fields(&self, several: bool, all: bool) -> Map<String, Value> {
        let mut fields = Map::new();
        let mut add = |name: &str, value: Value| drop(fields.insert(name.into(), value));
        add("status", json!(self.status));
        if let Some(last) = self.last {
            add("last_date", json!(shown(last)));
            add("last_timestamp", json!(last.as_second()));
        }
        if several || all {
            add("id", json!(self.id));
            add("phone", json!(self.phone));
        }
        if let Some(sent) = self.sent.filter(|_| all) {
            add("send_date", json!(shown(sent)));
            add("send_timestamp", json!(sent.as_second()));
        }
        if all {
            add("cost", json!(roubles(self.kopecks)));
            add("status_name", json!(self.words()));
            add("message", json!(self.text));
        }
        fields
    }
}

fn standing(message: &Message, now: Timestamp) -> (i8, Option<Timestamp>) {
    match message.readable_at().into_iter().min() {
        _ if message.sent_at > now => (WAITING, None),
        Some(at) if at <= now => (DELIVERED, Some(at)),
        _ if now.duration_since(message.sent_at) > TRIED => {
            (EXPIRED, message.sent_at.checked_add(TRIED).ok())
        }
        _ => (PASSED_ON, Some(message.sent_at)),
    }
}

impl Format {
    /// By the parameter `fmt`; words when it is left out.
    pub(super) fn of(fmt: &str) -> Self {
        match fmt {
            "1" => Self::Numbers,
            "2" => Self::Xml,
            "3" => Self::Json,
            _ => Self::Words,
        }
    }

    pub(super) fn sent(self, sent: &Sent) -> Response<Vec<u8>> {
        let (count, cost) = (sent.count, sent.cost.map(roubles));
        let balance = sent.balance.map(roubles);
        match (self, sent.id) {
            (Self::Words, Some(id)) => {
                let named = [("cost", cost), ("balance", balance)];
                let money = named.into_iter().filter_map(|(name, value)| {
                    let value = value?;
                    Some(format!(", {name} - {value}"))
                });
                let money: String = money.collect();
                plain(format!("OK - {count} SMS, ID - {id}{money}"))
            }
            (Self::Words, None) => plain(format!("{} ({count} SMS)", cost.unwrap_or_default())),
            (Self::Numbers, id) => {
                let id = id.map(|id| id.to_string());
                let first = [id.or_else(|| cost.clone()), Some(count.to_string())];
                let rest = [cost, balance].map(|money| money.filter(|_| sent.id.is_some()));
                let all: Vec<_> = first.into_iter().chain(rest).flatten().collect();
                plain(all.join(","))
            }
            (Self::Xml | Self::Json, id) => self.object([
                ("id", id.map(|id| json!(id))),
                ("cnt", Some(json!(count))),
                ("cost", cost.map(Value::from)),
                ("balance", balance.map(Value::from)),
            ]),
        }
    }

    pub(super) fn statuses(self, told: &[Told], several: bool, all: bool) -> Response<Vec<u8>> {
        let lines = |line: fn(&Told) -> String| {
            let lines: Vec<_> = told.iter().map(line).collect();
            plain(lines.join("\n"))
        };
        match self {
            Self::Words => lines(|one| {
                let time = one.last.map(shown).unwrap_or_default();
                format!("Status = {}, check_time = {time}", one.status)
            }),
            Self::Numbers => lines(|one| {
                let time = one.last.map_or(0, Timestamp::as_second);
                format!("{},{time}", one.status)
            }),
            Self::Xml | Self::Json => {
                let fields = told.iter().map(|one| one.fields(several, all));
                self.objects("status", fields.collect(), several)
            }
        }
    }

    pub(super) fn balance(self, kopecks: u64, with_currency: bool) -> Response<Vec<u8>> {
        let balance = roubles(kopecks);
        match self {
            Self::Words | Self::Numbers if with_currency => plain(format!("{balance} {CURRENCY}")),
            Self::Words | Self::Numbers => plain(balance),
            Self::Xml | Self::Json => self.object([
                ("balance", Some(json!(balance))),
                ("currency", with_currency.then(|| json!(CURRENCY))),
            ]),
        }
    }

    pub(super) fn error(self, code: u8, words: &str) -> Response<Vec<u8>> {
        match self {
            Self::Words => plain(format!("ERROR = {code} ({words})")),
            Self::Numbers => plain(format!("0,-{code}")),
            Self::Xml | Self::Json => self.object([
                ("error", Some(json!(words))),
                ("error_code", Some(json!(code))),
            ]),
        }
    }

    /// One object of the fields that have a value.
    fn object<const N: usize>(self, fields: [(&str, Option<Value>); N]) -> Response<Vec<u8>> {
        let fields = fields
            .into_iter()
            .filter_map(|(name, value)| Some((name.to_owned(), value?)));
        self.objects("result", vec![fields.collect()], false)
    }

    /// One object, or several in a list.
    fn objects(
        self,
        name: &str,
        mut objects: Vec<Map<String, Value>>,
        several: bool,
    ) -> Response<Vec<u8>> {
        if self == Self::Xml {
            let all: String = objects.iter().map(|one| element(name, one)).collect();
            let text = format!("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n{all}");
            return reply::with_type(StatusCode::OK, "text/xml; charset=utf-8", text.into());
        }
        match several {
            false if objects.len() == 1 => reply::json(&objects.remove(0)),
            _ => reply::json(&objects),
        }
    }
}

fn element(name: &str, fields: &Map<String, Value>) -> String {
    let inner = fields.iter().map(|(key, value)| {
        let text = value.as_str().map_or_else(|| value.to_string(), escaped);
        format!("<{key}>{text}</{key}>")
    });
    format!("<{name}>{}</{name}>\n", inner.collect::<String>())
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

fn plain(text: String) -> Response<Vec<u8>> {
    reply::with_type(
        StatusCode::OK,
        "text/plain; charset=utf-8",
        text.into_bytes(),
    )
}

/// `2.50`.
fn roubles(kopecks: u64) -> String {
    format!("{}.{:02}", kopecks / 100, kopecks % 100)
}

/// `13.12.2018 04:01:05`, in Moscow.
fn shown(at: Timestamp) -> String {
    moscow()
        .to_datetime(at)
        .strftime("%d.%m.%Y %H:%M:%S")
        .to_string()
}

/// +03:00 all year, since 2014.
pub(super) const fn moscow() -> Offset {
    Offset::constant(3)
}

const CURRENCY: &str = "RUR";
