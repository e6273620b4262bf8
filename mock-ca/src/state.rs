//! Everything that changes while the mock runs.

use std::collections::{BTreeMap, VecDeque};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::fault::Faults;
use crate::history::Visited;
use crate::order::Order;
use crate::portal::login::Logins;
use crate::settings::Settings;
use crate::sms::Outbox;

/// The mock's memory. Plain data, so it can be kept in a file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct State {
    pub(crate) orders: BTreeMap<u32, Order>,
    /// Who may log in without an application: names by phone.
    #[serde(default)]
    pub(crate) people: BTreeMap<String, String>,
    pub(crate) logins: Logins,
    pub(crate) outbox: Outbox,
    pub(crate) history: VecDeque<Visited>,
    pub(crate) faults: Faults,
    /// The portal answers 503 until then (a planned fault).
    pub(crate) portal_closed_until: Option<Timestamp>,
    /// The CA does nothing until then (a planned fault).
    pub(crate) ca_closed_until: Option<Timestamp>,
    /// The newest moment anybody called.
    pub(crate) now: Timestamp,
    /// Whether somebody chose when the world begins; else it goes with the machine's clock.
    #[serde(default = "chosen")]
    pub(crate) epoch_chosen: bool,
}

impl State {
    /// The beginning: everyone has applied, nothing has happened.
    pub(crate) fn new(settings: &Settings) -> Self {
        let orders = settings
            .all_applications()
            .into_iter()
            .map(|one| (one.number, Order::new(one)));
        Self {
            orders: orders.collect(),
            people: BTreeMap::new(),
            logins: Logins::default(),
            outbox: Outbox::default(),
            history: VecDeque::new(),
            faults: Faults {
                plan: settings.faults.clone(),
                ..Faults::default()
            },
            portal_closed_until: None,
            ca_closed_until: None,
            now: settings.epoch,
            epoch_chosen: true,
        }
    }

    /// The name of whoever may log in with a phone: the owner of its first application, else as registered.
    pub(crate) fn name_of(&self, phone: &str) -> Option<&str> {
        let theirs = |order: &&Order| order.application.phone == phone;
        let owner = self.orders.values().find(theirs);
        owner
            .map(|order| &order.application.owner)
            .or_else(|| self.people.get(phone))
            .map(String::as_str)
    }

    /// Adds to the history; the oldest entry goes when there are too many.
    pub(crate) fn note(&mut self, visited: Visited) {
        if self.history.len() >= MAX_HISTORY {
            self.history.pop_front();
        }
        self.history.push_back(visited);
    }
}

/// What was kept before this was noted must not jump into the present.
fn chosen() -> bool {
    true
}

const MAX_HISTORY: usize = 2000;
