//! The library opened at run time: sixteen functions looked up once, all or none.

use std::error::Error;
use std::ffi::{c_char, c_void};
use std::sync::OnceLock;

use libloading::Library;

use crate::{
    DWORD, LONG, SCARD_E_NO_SERVICE, SCARD_IO_REQUEST, SCARD_PROTOCOL_RAW, SCARD_PROTOCOL_T0,
    SCARD_PROTOCOL_T1, SCARD_READERSTATE, SCARDCONTEXT, SCARDHANDLE,
};

/// The name under which pcsc-lite's interface of today is installed.
pub const LIBRARY: &str = "libpcsclite.so.1";

/// Whether the library is there; the error is the system's own words.
pub fn library() -> Result<(), &'static str> {
    opened().as_ref().map(drop).map_err(String::as_str)
}

fn opened() -> &'static Result<Functions, String> {
    static OPENED: OnceLock<Result<Functions, String>> = OnceLock::new();
    OPENED.get_or_init(|| Functions::open().map_err(|error| in_full(&error)))
}

/// With the system's words behind it, which name the file.
fn in_full(error: &dyn Error) -> String {
    match error.source() {
        Some(source) => format!("{error}: {source}"),
        None => error.to_string(),
    }
}

/// Declares the table of functions, how it is filled, and a function of the same name for each entry.
macro_rules! functions {
    ($($name:ident($($parameter:ident: $type:ty),*);)*) => {
        struct Functions {
            $($name: unsafe extern "C" fn($($type),*) -> LONG,)*
            // Last, so that it is closed after the pointers into it are gone.
            _library: Library,
        }

        impl Functions {
            fn open() -> Result<Self, libloading::Error> {
                // SAFETY: opening runs the library's initialisers; pcsc-lite's only read its environment.
                let library = unsafe { Library::new(LIBRARY) }?;
                $(
                    // SAFETY: the type is the one that `winscard.h` declares for this name, and the pointer lives
                    // beside the library in a static that is never dropped.
                    let $name = unsafe {
                        *library.get::<unsafe extern "C" fn($($type),*) -> LONG>(stringify!($name))?
                    };
                )*
                Ok(Self { $($name,)* _library: library })
            }
        }

        $(
            #[doc = concat!("`", stringify!($name), "` of `winscard.h`.\n\n# Safety\nAs in C: pointers and lengths are to belong together.")]
            pub unsafe fn $name($($parameter: $type),*) -> LONG {
                match opened() {
                    // SAFETY: the caller promises what C asks for.
                    Ok(functions) => unsafe { (functions.$name)($($parameter),*) },
                    Err(_) => SCARD_E_NO_SERVICE,
                }
            }
        )*
    };
}

functions! {
    SCardEstablishContext(scope: DWORD, reserved1: *const c_void, reserved2: *const c_void, context: *mut SCARDCONTEXT);
    SCardReleaseContext(context: SCARDCONTEXT);
    SCardIsValidContext(context: SCARDCONTEXT);
    SCardCancel(context: SCARDCONTEXT);
    SCardConnect(context: SCARDCONTEXT, reader: *const c_char, share_mode: DWORD, preferred_protocols: DWORD, card: *mut SCARDHANDLE, active_protocol: *mut DWORD);
    SCardReconnect(card: SCARDHANDLE, share_mode: DWORD, preferred_protocols: DWORD, initialization: DWORD, active_protocol: *mut DWORD);
    SCardDisconnect(card: SCARDHANDLE, disposition: DWORD);
    SCardGetStatusChange(context: SCARDCONTEXT, timeout: DWORD, states: *mut SCARD_READERSTATE, count: DWORD);
    SCardListReaders(context: SCARDCONTEXT, groups: *const c_char, readers: *mut c_char, length: *mut DWORD);
    SCardBeginTransaction(card: SCARDHANDLE);
    SCardEndTransaction(card: SCARDHANDLE, disposition: DWORD);
    SCardStatus(card: SCARDHANDLE, reader: *mut c_char, reader_length: *mut DWORD, state: *mut DWORD, protocol: *mut DWORD, atr: *mut u8, atr_length: *mut DWORD);
    SCardGetAttrib(card: SCARDHANDLE, id: DWORD, value: *mut u8, length: *mut DWORD);
    SCardSetAttrib(card: SCARDHANDLE, id: DWORD, value: *const u8, length: DWORD);
    SCardTransmit(card: SCARDHANDLE, send_pci: *const SCARD_IO_REQUEST, command: *const u8, command_length: DWORD, receive_pci: *mut SCARD_IO_REQUEST, answer: *mut u8, answer_length: *mut DWORD);
    SCardControl(card: SCARDHANDLE, code: DWORD, send: *const u8, send_length: DWORD, receive: *mut u8, receive_size: DWORD, received: *mut DWORD);
}

/// pcsc-lite reads the protocol in these and not their address, so they need not be its own.
const fn pci(protocol: DWORD) -> SCARD_IO_REQUEST {
    SCARD_IO_REQUEST {
        dwProtocol: protocol,
        cbPciLength: size_of::<SCARD_IO_REQUEST>() as DWORD,
    }
}

/// Commands in T=0.
pub static g_rgSCardT0Pci: SCARD_IO_REQUEST = pci(SCARD_PROTOCOL_T0);
/// Commands in T=1.
pub static g_rgSCardT1Pci: SCARD_IO_REQUEST = pci(SCARD_PROTOCOL_T1);
/// Commands as the reader wants them.
pub static g_rgSCardRawPci: SCARD_IO_REQUEST = pci(SCARD_PROTOCOL_RAW);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_library_or_service_every_call_says_so() {
        let mut context = 0;
        // SAFETY: the pointers are null where C allows it, and to a context where it wants one.
        let answer =
            unsafe { SCardEstablishContext(2, std::ptr::null(), std::ptr::null(), &mut context) };
        match library() {
            // Whether a service runs is the machine's affair.
            Ok(()) => assert!(answer == 0 || answer == SCARD_E_NO_SERVICE, "{answer:X}"),
            Err(why) => assert_eq!(
                (answer, why.contains(LIBRARY)),
                (SCARD_E_NO_SERVICE, true),
                "{why}"
            ),
        }
    }
}
