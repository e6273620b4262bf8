//! The outside world behind the ports: sockets, files, terminals, readers.

pub mod apdu_token;
pub mod browser;
pub(crate) mod child;
pub mod http_portal;
pub mod lp;
pub mod observed;
#[cfg(feature = "pcsc")]
pub mod pcsc;
#[cfg(feature = "pkcs11")]
pub mod pkcs11;
pub mod sms_command;
pub mod sms_gateway;
pub mod system_clock;
pub mod terminal;
pub mod vpcd_reader;
