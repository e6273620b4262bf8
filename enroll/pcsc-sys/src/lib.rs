//! The PC/SC interface in C's own names, as the `pcsc` crate expects them.
//!
//! Windows and macOS link their own libraries. Elsewhere `libpcsclite.so.1` is opened when the first function is
//! called, so that a program builds, starts and does everything else on a machine without it; until it can be opened
//! every function answers [`SCARD_E_NO_SERVICE`], and [`library`] tells why.
//!
//! Source: pcsc-lite, `winscard.h` and `pcsclite.h`; names as in the registry's pcsc-sys 1.3.0. Not tried on Windows
//! and macOS.
#![expect(non_snake_case, non_upper_case_globals, reason = "C's own names")]

use std::ffi::{c_char, c_void};

mod constants;
#[cfg(any(windows, target_os = "macos"))]
mod linked;
#[cfg(not(any(windows, target_os = "macos")))]
mod opened;

pub use constants::*;
#[cfg(any(windows, target_os = "macos"))]
pub use linked::*;
#[cfg(not(any(windows, target_os = "macos")))]
pub use opened::*;

/// An unsigned number of the interface.
#[cfg(not(target_os = "macos"))]
pub type DWORD = std::ffi::c_ulong;
/// A signed number of the interface: every function's answer.
#[cfg(not(target_os = "macos"))]
pub type LONG = std::ffi::c_long;
/// An unsigned number of the interface.
#[cfg(target_os = "macos")]
pub type DWORD = u32;
/// A signed number of the interface: every function's answer.
#[cfg(target_os = "macos")]
pub type LONG = i32;
/// An unsigned number of the interface.
pub type ULONG = DWORD;

/// A connection to the service.
#[cfg(windows)]
pub type SCARDCONTEXT = usize;
/// A connection to a card.
#[cfg(windows)]
pub type SCARDHANDLE = usize;
/// A connection to the service.
#[cfg(not(windows))]
pub type SCARDCONTEXT = LONG;
/// A connection to a card.
#[cfg(not(windows))]
pub type SCARDHANDLE = LONG;

/// Which protocol a command goes out in.
#[cfg_attr(not(target_os = "macos"), repr(C))]
#[cfg_attr(target_os = "macos", repr(C, packed))]
pub struct SCARD_IO_REQUEST {
    pub dwProtocol: DWORD,
    pub cbPciLength: DWORD,
}

/// What is known about a reader, and what the service knows now.
#[cfg_attr(not(target_os = "macos"), repr(C))]
#[cfg_attr(target_os = "macos", repr(C, packed))]
pub struct SCARD_READERSTATE {
    pub szReader: *const c_char,
    pub pvUserData: *mut c_void,
    pub dwCurrentState: DWORD,
    pub dwEventState: DWORD,
    pub cbAtr: DWORD,
    pub rgbAtr: [u8; ATR_BUFFER_SIZE],
}
