//! The Rutoken Plugin's methods over our own token port: a page calls, a virtual token answers.
//!
//! ```text
//! page → plugin.js → service (sockets, loopback) → door (origins, sessions) → Plugin (methods) → ports::Token
//! ```
//!
//! [`Plugin`] does no I/O of its own: a method's name and JSON arguments go in, JSON or the plugin's error number comes
//! out; time is lent by the caller. Rules, names and the numbers below 1000 are those that pages of the plugin's own
//! demos, of `ruscryptojs` and of open replacements rely on; what no public source tells is marked as assumed.
//!
//! Invariants:
//! - A login belongs to the origin that presented the PIN. Another origin is not logged in, whatever the card thinks.
//! - A PIN is presented once for each `login`; it is in no answer and no `Debug` output.
//! - An RSA pair is never touched: it is not among the keys that pages see.

mod arguments;
mod certificates;
mod cms;
mod constants;
mod device;
pub mod door;
mod dump;
mod fault;
pub(crate) mod guarded;
mod information;
mod keys;
mod names;
mod panel;
mod pins;
mod pkcs10;
pub mod service;
mod signing;
mod verifying;

#[cfg(test)]
mod tests;

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::ports::token::{Token, TokenError};
use arguments::Arguments;
use device::Device;

pub use constants::CONSTANTS;
pub use fault::Fault;

/// What the plugin calls its version; pages refuse one below 4.3.
pub const VERSION: &str = "4.12.3.0";

/// Finds the token again after it was taken away: asked when a page looks for devices.
pub type Opener = Box<dyn FnMut() -> Result<Box<dyn Token>, TokenError>>;

/// A call as a page makes it.
#[derive(Clone, Copy, Debug)]
pub struct Call<'a> {
    /// The page's origin: `http://127.0.0.1:8080`.
    pub origin: &'a str,
    /// The page's session, of which there may be several in one origin.
    pub session: u64,
    /// The moment, for what signatures tell and certificates are held against.
    pub at: Timestamp,
}

/// The plugin, with one device for each token.
pub struct Plugin {
    devices: Vec<Device>,
}

impl core::fmt::Debug for Plugin {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Plugin({} devices)", self.devices.len())
    }
}

impl Plugin {
    /// A plugin over these tokens; their places in the list are the device numbers that pages see.
    #[must_use]
    pub fn new(tokens: impl IntoIterator<Item = Opener>) -> Self {
        Self {
            devices: tokens.into_iter().map(Device::new).collect(),
        }
    }

    /// Answers one call.
    ///
    /// Errors: the plugin's, by number. A method that is not offered, or not known, answers `UNSUPPORTED_BY_TOKEN`
    /// (assumed: the device's own number for it is not known).
    pub fn call(
        &mut self,
        call: &Call<'_>,
        method: &str,
        arguments: &[Value],
    ) -> Result<Value, Fault> {
        let given = Arguments(arguments);
        if method == "enumerateDevices" {
            return self.enumerate(call, given.options(0)?);
        }
        if method == "parseCertificateFromString" {
            return certificates::parse_text(given.text(0)?);
        }
        let method = METHODS
            .iter()
            .find(|(name, _)| *name == method)
            .map(|(_, method)| *method)
            .ok_or(Fault::UNSUPPORTED_BY_TOKEN)?;
        let device = self.device(given.number(0)?)?;
        let outcome = method(device, call, given);
        device.notice(&outcome);
        outcome
    }

    /// What the panel does for whoever sits at this machine; see `panel`.
    pub fn panel(
        &mut self,
        call: &Call<'_>,
        verb: &str,
        arguments: &[Value],
    ) -> Result<Value, Fault> {
        let given = Arguments(arguments);
        if verb == "devices" {
            return self.enumerate(call, &Map::new());
        }
        let device = self.device(given.number(0)?)?;
        let outcome = panel::act(device, call, verb, given);
        device.notice(&outcome);
        outcome
    }

    /// Gives up every login, as at the end of the program.
    pub fn log_out(&mut self) {
        for device in &mut self.devices {
            device.forget();
        }
    }

    fn device(&mut self, number: u64) -> Result<&mut Device, Fault> {
        usize::try_from(number)
            .ok()
            .and_then(|number| self.devices.get_mut(number))
            .ok_or(Fault::DEVICE_NOT_FOUND)
    }

    /// The list; or what came and went since this session asked last. A first question for events tells all.
    fn enumerate(&mut self, call: &Call<'_>, options: &Map<String, Value>) -> Result<Value, Fault> {
        let mode = options.get("mode").and_then(Value::as_u64);
        let (mut there, mut connected, mut gone) = (Vec::new(), Vec::new(), Vec::new());
        for (number, device) in self.devices.iter_mut().enumerate() {
            let present = device.is_there();
            let before = device.shown_to(call.session, present);
            match (before, present) {
                (false, true) => connected.push(number),
                (true, false) => gone.push(number),
                _ => {}
            }
            there.extend(present.then_some(number));
        }
        match mode {
            None | Some(constants::ENUMERATE_DEVICES_LIST) => Ok(json!(there)),
            Some(constants::ENUMERATE_DEVICES_EVENTS) => {
                Ok(json!({ "connected": connected, "disconnected": gone }))
            }
            Some(_) => Err(Fault::BAD_PARAMS),
        }
    }
}

type Method = fn(&mut Device, &Call<'_>, Arguments<'_>) -> Result<Value, Fault>;

/// Every method that is given a device first.
const METHODS: [(&str, Method); 32] = [
    ("getDeviceInfo", information::device),
    ("getDeviceLabel", information::label),
    ("getDeviceModel", information::model),
    ("getDeviceType", information::kind),
    ("login", pins::log_in),
    ("logout", pins::log_out),
    ("savePin", pins::save),
    ("removePin", pins::remove),
    ("changePin", pins::change),
    ("unblockUserPin", pins::unblock),
    ("formatToken", pins::format),
    ("enumerateKeys", keys::enumerate),
    ("getKeyLabel", keys::label),
    ("setKeyLabel", keys::set_label),
    ("getKeyInfo", keys::information),
    ("getPublicKeyValue", keys::public_value),
    ("generateKeyPair", keys::generate),
    ("deleteKeyPair", keys::delete),
    ("createPkcs10", pkcs10::create),
    ("importCertificate", certificates::import),
    ("enumerateCertificates", certificates::enumerate),
    ("getCertificate", certificates::pem),
    ("parseCertificate", certificates::parse),
    ("getCertificateInfo", certificates::information),
    ("getCertLabel", certificates::label),
    ("getKeyByCertificate", certificates::key),
    ("deleteCertificate", certificates::delete),
    ("sign", cms::sign),
    ("authenticate", cms::authenticate),
    ("rawSign", signing::raw),
    ("digest", signing::digest),
    ("verify", verifying::verify),
];

/// Names that pages look for though the answer is an error: without them they take the plugin for an old one.
const NOT_OFFERED: [&str; 18] = [
    "cmsEncrypt",
    "cmsDecrypt",
    "derive",
    "createTsRequest",
    "verifyTsResponse",
    "setCertLabel",
    "getJournal",
    "getLicence",
    "setLicence",
    "createBinaryFile",
    "readBinaryFile",
    "deleteBinaryFile",
    "enumerateBinaryFiles",
    "getBinaryFileInfo",
    "enumerateStoreCertificates",
    "getStoreCertificate",
    "setDeviceLabel",
    "pkcs7Verify",
];

/// What a page needs to build the plugin's object: version, methods, constants, errors.
#[must_use]
pub fn description() -> Value {
    let methods = ["enumerateDevices", "parseCertificateFromString"]
        .into_iter()
        .chain(METHODS.iter().map(|(name, _)| *name))
        .chain(NOT_OFFERED);
    let numbers = |table: &mut dyn Iterator<Item = (&'static str, u64)>| -> Map<String, Value> {
        table
            .map(|(name, number)| (name.to_owned(), json!(number)))
            .collect()
    };
    json!({
        "version": VERSION,
        "methods": methods.collect::<Vec<_>>(),
        "constants": numbers(&mut CONSTANTS.iter().copied()),
        "errorCodes": numbers(&mut Fault::ALL.iter().map(|fault| (fault.name, u64::from(fault.number)))),
    })
}
