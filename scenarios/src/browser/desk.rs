//! What a browser meets beside the portal: the bridge's sockets, open for the whole run, and where all is heard.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::io;
use std::net::{Ipv4Addr, TcpListener};
use std::path::PathBuf;
use std::sync::mpsc::{self, Receiver, Sender};

use enroll::bridge::service::{Job, Sockets};
use mock_ca::{MockCa, PLUGIN_MODULES, PluginPages};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng as _;

use super::{Browser, BrowserError};

/// Keeps the keys of the bridge's sessions apart from all other randomness of the seed.
const BRIDGE_STREAM: u64 = 5;

/// Something that happened, in the order it came.
pub(super) enum Heard {
    /// A page calls the bridge.
    Call(Job),
    /// The driver of that step says a line.
    Said(usize, String),
    /// The driver of that step has no more to say.
    Closed(usize),
}

/// The bridge's place in a world.
pub(crate) struct Desk {
    pub(super) browser: Browser,
    /// `http://127.0.0.1:PORT`.
    pub(super) base: String,
    pub(super) heard: Receiver<Heard>,
    pub(super) sender: Sender<Heard>,
    /// For the keys of sessions.
    pub(super) rng: RefCell<ChaCha20Rng>,
    /// Messages that were told already.
    pub(super) told: RefCell<BTreeSet<u64>>,
    _sockets: Sockets,
}

impl Desk {
    /// Opens the sockets on a free port.
    pub(crate) fn open(browser: Browser, seed: u64) -> Result<Self, BrowserError> {
        let listen = || -> io::Result<(TcpListener, String)> {
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
            let base = format!("http://{}", listener.local_addr()?);
            Ok((listener, base))
        };
        let (listener, base) = listen().map_err(BrowserError::Listen)?;
        let (sender, heard) = mpsc::channel();
        let calls = sender.clone();
        let hand = move |job| calls.send(Heard::Call(job)).is_ok();
        let _sockets = Sockets::open(listener, hand).map_err(BrowserError::Listen)?;
        let mut rng = ChaCha20Rng::seed_from_u64(seed);
        rng.set_stream(BRIDGE_STREAM);
        Ok(Self {
            browser,
            base,
            heard,
            sender,
            rng: RefCell::new(rng),
            told: RefCell::default(),
            _sockets,
        })
    }

    /// The bridge's address.
    pub(crate) fn address(&self) -> &str {
        &self.base
    }

    /// The portal's setting for pages that use this bridge.
    pub(crate) fn pages(&self) -> PluginPages {
        pages(&self.base, self.browser.modules.clone())
    }

    /// Hands the vendor's packages to the portal.
    pub(crate) fn supply(&self, mock: &mut MockCa) -> Result<(), BrowserError> {
        for (name, file) in PLUGIN_MODULES {
            let path = self.browser.modules.join(file);
            let text =
                std::fs::read_to_string(&path).map_err(|why| BrowserError::Module { path, why })?;
            mock.use_module(name, text);
        }
        Ok(())
    }
}

/// The portal's setting for pages that use a bridge.
pub(crate) fn pages(bridge: &str, modules: PathBuf) -> PluginPages {
    PluginPages {
        bridge: bridge.to_owned(),
        modules,
    }
}
