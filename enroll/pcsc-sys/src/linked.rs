//! The system's own library, linked as usual.

use std::ffi::{c_char, c_void};

use crate::{DWORD, LONG, SCARD_IO_REQUEST, SCARD_READERSTATE, SCARDCONTEXT, SCARDHANDLE};

/// It is part of the system.
pub fn library() -> Result<(), &'static str> {
    Ok(())
}

// The statics are found on Windows only when the library is named here too.
#[cfg_attr(windows, link(name = "winscard"))]
unsafe extern "system" {
    pub static g_rgSCardT0Pci: SCARD_IO_REQUEST;
    pub static g_rgSCardT1Pci: SCARD_IO_REQUEST;
    pub static g_rgSCardRawPci: SCARD_IO_REQUEST;

    pub fn SCardEstablishContext(
        scope: DWORD,
        reserved1: *const c_void,
        reserved2: *const c_void,
        context: *mut SCARDCONTEXT,
    ) -> LONG;
    pub fn SCardReleaseContext(context: SCARDCONTEXT) -> LONG;
    pub fn SCardIsValidContext(context: SCARDCONTEXT) -> LONG;
    pub fn SCardCancel(context: SCARDCONTEXT) -> LONG;
    #[cfg_attr(windows, link_name = "SCardConnectA")]
    pub fn SCardConnect(
        context: SCARDCONTEXT,
        reader: *const c_char,
        share_mode: DWORD,
        preferred_protocols: DWORD,
        card: *mut SCARDHANDLE,
        active_protocol: *mut DWORD,
    ) -> LONG;
    pub fn SCardReconnect(
        card: SCARDHANDLE,
        share_mode: DWORD,
        preferred_protocols: DWORD,
        initialization: DWORD,
        active_protocol: *mut DWORD,
    ) -> LONG;
    pub fn SCardDisconnect(card: SCARDHANDLE, disposition: DWORD) -> LONG;
    #[cfg_attr(windows, link_name = "SCardGetStatusChangeA")]
    pub fn SCardGetStatusChange(
        context: SCARDCONTEXT,
        timeout: DWORD,
        states: *mut SCARD_READERSTATE,
        count: DWORD,
    ) -> LONG;
    #[cfg_attr(windows, link_name = "SCardListReadersA")]
    pub fn SCardListReaders(
        context: SCARDCONTEXT,
        groups: *const c_char,
        readers: *mut c_char,
        length: *mut DWORD,
    ) -> LONG;
    pub fn SCardBeginTransaction(card: SCARDHANDLE) -> LONG;
    pub fn SCardEndTransaction(card: SCARDHANDLE, disposition: DWORD) -> LONG;
    #[cfg_attr(windows, link_name = "SCardStatusA")]
    pub fn SCardStatus(
        card: SCARDHANDLE,
        reader: *mut c_char,
        reader_length: *mut DWORD,
        state: *mut DWORD,
        protocol: *mut DWORD,
        atr: *mut u8,
        atr_length: *mut DWORD,
    ) -> LONG;
    pub fn SCardGetAttrib(card: SCARDHANDLE, id: DWORD, value: *mut u8, length: *mut DWORD)
    -> LONG;
    pub fn SCardSetAttrib(card: SCARDHANDLE, id: DWORD, value: *const u8, length: DWORD) -> LONG;
    pub fn SCardTransmit(
        card: SCARDHANDLE,
        send_pci: *const SCARD_IO_REQUEST,
        command: *const u8,
        command_length: DWORD,
        receive_pci: *mut SCARD_IO_REQUEST,
        answer: *mut u8,
        answer_length: *mut DWORD,
    ) -> LONG;
    #[cfg_attr(target_os = "macos", link_name = "SCardControl132")]
    pub fn SCardControl(
        card: SCARDHANDLE,
        code: DWORD,
        send: *const u8,
        send_length: DWORD,
        receive: *mut u8,
        receive_size: DWORD,
        received: *mut DWORD,
    ) -> LONG;
}
