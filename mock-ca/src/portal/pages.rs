//! Pages as data for the templates: pure functions from an order and a moment.

use askama::Template;
use jiff::Timestamp;
use jiff::civil::Date;

use super::plugin;
use crate::application::Application;
use crate::documents::Document;
use crate::order::{Order, Status, irkutsk};
use crate::settings::Statuses;

/// 1.1: what the manual has one download first. The portal's own two files and Рутокен's two.
pub(super) const DOWNLOADS: [(&str, &str); 4] = [
    ("IEAutosetup.exe", "IEAutosetup.exe"),
    ("rtDrivers.exe", "Драйверы Рутокен"),
    ("rtPlugin-win.msi", "Плагин для работы с Рутокен"),
    ("RutokenEgais.exe", "RutokenEgais.exe"),
];

/// The menu of Рис. 5 apart from «Работа с заявкой».
pub(super) const SECTIONS: [(&str, &str); 4] = [
    ("order", "Заказать подпись"),
    ("services", "Услуги (оферта)"),
    ("about", "О нас"),
    ("contacts", "Контакты"),
];

/// Рис. 1, 10.
#[derive(Template)]
#[template(path = "front.html")]
pub(super) struct Front {
    pub(super) who: Option<String>,
}

/// A section that the mock does not reproduce.
#[derive(Template)]
#[template(path = "section.html")]
pub(super) struct Section {
    pub(super) who: Option<String>,
    pub(super) title: &'static str,
}

/// A short message: nothing found, nothing done.
#[derive(Template)]
#[template(path = "message.html")]
pub(super) struct Message {
    pub(super) who: Option<String>,
    pub(super) title: &'static str,
    pub(super) alert: Option<&'static str>,
}

/// Рис. 2, 11.
#[derive(Template)]
#[template(path = "phone.html")]
pub(super) struct PhoneForm<'a> {
    pub(super) who: Option<String>,
    pub(super) alert: Option<&'a str>,
    pub(super) token: String,
}

/// Рис. 3, 12.
#[derive(Template)]
#[template(path = "code.html")]
pub(super) struct CodeForm {
    pub(super) who: Option<String>,
    pub(super) alert: Option<String>,
    pub(super) token: String,
}

/// After the login, before «Работа с заявкой» is opened.
#[derive(Template)]
#[template(path = "welcome.html")]
pub(super) struct Welcome {
    pub(super) who: Option<String>,
}

/// Рис. 4, 13: «Работа с заявкой» opened.
#[derive(Template)]
#[template(path = "work.html")]
pub(super) struct Work {
    pub(super) who: Option<String>,
}

/// Рис. 5, 14.
#[derive(Template)]
#[template(path = "list.html")]
pub(super) struct List<'a> {
    pub(super) words: &'a Statuses,
    pub(super) who: Option<String>,
    pub(super) filter: Filter,
    pub(super) rows: Vec<Row>,
}

/// One application in the list. ИНН, КПП and Наименование are empty, as in the figure.
pub(super) struct Row {
    pub(super) number: u32,
    pub(super) date: String,
    pub(super) status: String,
    pub(super) kind: String,
    pub(super) tariff: String,
    pub(super) owner: String,
    pub(super) reason: String,
    pub(super) author: String,
    /// Not shown, but found by the filter.
    inn: String,
}

impl Row {
    pub(super) fn of(words: &Statuses, order: &Order, now: Timestamp) -> Self {
        let application = order.application.clone();
        Self {
            number: application.number,
            date: printed(application.date),
            status: words.in_list(order.status(now)).to_owned(),
            kind: application.kind,
            tariff: application.tariff,
            owner: application.owner,
            reason: application.reason,
            author: application.author,
            inn: application.organisation.inn,
        }
    }
}

/// «Статус:», «ИНН:», «ID:», «Владелец:».
pub(super) struct Filter {
    pub(super) status: String,
    pub(super) inn: String,
    pub(super) id: String,
    pub(super) owner: String,
}

impl Filter {
    pub(super) fn from_query(value: impl Fn(&str) -> String) -> Self {
        let trimmed = |name| value(name).trim().to_owned();
        Self {
            status: trimmed("status"),
            inn: trimmed("inn"),
            id: trimmed("id"),
            owner: trimmed("owner"),
        }
    }

    pub(super) fn lets_through(&self, row: &Row) -> bool {
        let starts =
            |whole: &str, part: &str| whole.to_lowercase().starts_with(&part.to_lowercase());
        starts(&row.status, &self.status)
            && starts(&row.inn, &self.inn)
            && starts(&row.number.to_string(), &self.id)
            && row
                .owner
                .to_lowercase()
                .contains(&self.owner.to_lowercase())
    }
}

/// Рис. 6, 15, 18.
#[derive(Template)]
#[template(path = "card.html")]
pub(super) struct Card<'a> {
    who: Option<String>,
    alert: Option<&'a str>,
    number: u32,
    owner: &'a str,
    status: Option<&'a str>,
    refusal: Option<&'a str>,
    can_request: bool,
    issued: bool,
    /// «Отметка об установке» (assumed).
    installed: Option<String>,
}

impl<'a> Card<'a> {
    pub(super) fn of(
        who: Option<String>,
        words: &'a Statuses,
        order: &'a Order,
        now: Timestamp,
        alert: Option<&'a str>,
    ) -> Self {
        let status = order.status(now);
        Self {
            who,
            alert,
            number: order.application.number,
            owner: &order.application.owner,
            status: words.on_card(status),
            refusal: order.refusal.as_ref().map(|refusal| refusal.text.as_str()),
            can_request: status == Status::Accepted,
            issued: order.shown_certificate(now).is_some(),
            installed: order
                .installed_at
                .map(|at| printed(at.to_zoned(irkutsk()).date())),
        }
    }
}

/// Рис. 7, 8.
#[derive(Template)]
#[template(path = "request.html")]
pub(super) struct RequestForm<'a> {
    pub(super) who: Option<String>,
    pub(super) token: String,
    pub(super) alert: Option<&'a str>,
    pub(super) application: &'a Application,
    pub(super) container: &'a str,
    pub(super) pair: &'a str,
    pub(super) pem: &'a str,
}

impl RequestForm<'_> {
    fn algorithm(&self) -> String {
        let algorithm = self.application.profile.algorithm;
        let name = match algorithm {
            gost3410::Algorithm::Gost2001 => "ГОСТ Р 34.10-2001",
            gost3410::Algorithm::Gost2012_256 => "ГОСТ Р 34.10-2012 (256 бит)",
            gost3410::Algorithm::Gost2012_512 => "ГОСТ Р 34.10-2012 (512 бит)",
        };
        format!("{name} ({})", algorithm.key_oid())
    }

    fn parameter_set(&self) -> String {
        let set = self.application.profile.parameter_set;
        format!("{} ({})", set.name(), set.oid())
    }

    fn key_usage(&self) -> String {
        let octet = self.application.profile.key_usage;
        let named = KEY_USAGES
            .iter()
            .enumerate()
            .filter(|(bit, _)| octet & (0x80 >> bit) != 0);
        named.map(|(_, name)| *name).collect::<Vec<_>>().join(", ")
    }

    fn extended_key_usage(&self) -> String {
        joined(&self.application.profile.extended_key_usage)
    }

    fn policies(&self) -> String {
        joined(&self.application.profile.policies)
    }

    fn label_after_sending(&self) -> Option<String> {
        self.application.label_after_sending()
    }
}

fn joined(oids: &[const_oid::ObjectIdentifier]) -> String {
    oids.iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join(", ")
}

/// keyUsage by bit, as X.509 names them.
const KEY_USAGES: [&str; 8] = [
    "digitalSignature",
    "nonRepudiation",
    "keyEncipherment",
    "dataEncipherment",
    "keyAgreement",
    "keyCertSign",
    "cRLSign",
    "encipherOnly",
];

/// Рис. 7, 8 with a script that drives the token.
#[derive(Template)]
#[template(path = "request_plugin.html")]
pub(super) struct RequestByPlugin<'a> {
    who: Option<String>,
    token: String,
    application: &'a Application,
    container: &'a str,
    key_usage: String,
    bridge: &'a str,
    module: &'static str,
}

impl<'a> RequestByPlugin<'a> {
    pub(super) fn of(form: RequestForm<'a>, bridge: &'a str) -> Self {
        Self {
            key_usage: form.key_usage(),
            who: form.who,
            token: form.token,
            application: form.application,
            container: form.container,
            bridge,
            module: plugin::MODULES[0].0,
        }
    }

    fn order(&self) -> String {
        plugin::order(self.application, &self.key_usage).to_string()
    }
}

/// Рис. 9.
#[derive(Template)]
#[template(path = "sent.html")]
pub(super) struct SentPage {
    pub(super) who: Option<String>,
    pub(super) number: u32,
}

/// Рис. 16.
#[derive(Template)]
#[template(path = "install.html")]
pub(super) struct InstallForm {
    pub(super) who: Option<String>,
    pub(super) token: String,
    pub(super) number: u32,
    pub(super) pair: String,
    pub(super) certificate_pem: String,
}

/// Рис. 16 with a script that drives the token.
#[derive(Template)]
#[template(path = "install_plugin.html")]
pub(super) struct InstallByPlugin<'a> {
    who: Option<String>,
    token: String,
    number: u32,
    pair: String,
    certificate_pem: String,
    bridge: &'a str,
    module: &'static str,
}

impl<'a> InstallByPlugin<'a> {
    pub(super) fn of(form: InstallForm, bridge: &'a str) -> Self {
        Self {
            who: form.who,
            token: form.token,
            number: form.number,
            pair: form.pair,
            certificate_pem: form.certificate_pem,
            bridge,
            module: plugin::MODULES[1].0,
        }
    }
}

/// Рис. 17.
#[derive(Template)]
#[template(path = "installed.html")]
pub(super) struct Installed {
    pub(super) who: Option<String>,
    pub(super) number: u32,
}

/// «Расписка в получении сертификата и Руководство по безопасности».
#[derive(Template)]
#[template(path = "papers.html")]
pub(super) struct Papers {
    pub(super) who: Option<String>,
    pub(super) number: u32,
}

/// Whether a paper is there before the certificate is (Рис. 6).
pub(super) fn before_issue(document: Document) -> bool {
    matches!(
        document,
        Document::ApplicationForIssue
            | Document::ApplicationForRevocation
            | Document::PowerOfAttorney
    )
}

/// As the figures print dates: 13.12.2018.
fn printed(date: Date) -> String {
    format!("{:02}.{:02}.{:04}", date.day(), date.month(), date.year())
}
