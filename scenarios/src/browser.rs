//! A person at a browser in the place of the engine: the manual's own way, page by page.
//!
//! ```text
//! driver (a program) ─► browser ─► portal's pages ─► bridge ─► card
//!    │ says what it does and sees, asks for the phone  │          │
//!    └──────────────► desk ◄───────────────────────────┴──────────┘ ─► timeline (lanes page, apdu, http, sms, clock)
//! ```
//!
//! The driver is not ours to link: it is a command that the caller names, started once for each step of the scenario. It
//! speaks in lines of JSON ([`Said`], [`Order`]) and waits for an answer to each, so that what it does has an order.
//!
//! Invariants: PINs and codes reach the driver by its standard input alone; time moves only when it waits for the phone;
//! what a page loads beside itself is not recorded, for a browser asks for it in any order.

mod desk;
mod driver;
mod fit;
mod line;
mod phone;
mod visit;

#[cfg(test)]
mod tests;

use std::path::PathBuf;

pub use fit::unfit;
pub use line::{Act, Awaits, Nonsense, Order, PageEvent, Said};

pub(crate) use desk::{Desk, pages};
pub(crate) use visit::{command, visit};

/// The lane of what a person does and sees.
pub const PAGE_LANE: &str = "page";

/// Where the scripts of a bridge come from while a recording is played back; nothing loads them.
pub(crate) const PLAYED_BRIDGE: &str = "http://127.0.0.1:1";

/// What drives a browser, and what its pages load.
#[derive(Clone, Debug)]
pub struct Browser {
    /// The command: a program and its arguments, with spaces between.
    pub driver: String,
    /// npm's folder with the packages `rutoken` and `@aktivco/rutoken-plugin`, and whatever the driver loads.
    pub modules: PathBuf,
}

/// Why no browser can be driven.
#[derive(Debug, thiserror::Error)]
pub enum BrowserError {
    /// Nobody said what drives the browser.
    #[error("--via browser needs a driver")]
    NoDriver,
    /// The scenario is of what no page does.
    #[error("the scenario cannot be run in a browser: {0}")]
    Unfit(String),
    /// A package that the pages load is not there.
    #[error(
        "cannot read {path}: {why}; `ci/setup browser` fetches the packages that pages and driver load, --modules names another folder"
    )]
    Module {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        why: std::io::Error,
    },
    /// No listener for the bridge.
    #[error("the bridge cannot listen on loopback: {0}")]
    Listen(std::io::Error),
}
