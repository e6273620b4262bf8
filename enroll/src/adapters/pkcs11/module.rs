//! A PKCS#11 module opened at run time, behind calls that are safe to make. The one file here with `unsafe`.
//!
//! Covers what an enrollment needs of PKCS#11 v2.40 and no more. One module is loaded once and never unloaded: modules do not
//! expect it.

#![expect(
    unsafe_code,
    reason = "a module is a C library: each call into it hands over pointers"
)]

use std::ffi::c_void;
use std::fmt;
use std::path::Path;
use std::ptr;

use cryptoki_sys::*;

/// What a call answered instead of `CKR_OK`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{call} answered CKR {code:#x}")]
pub(super) struct Refusal {
    /// The function's name in the standard.
    pub(super) call: &'static str,
    /// Its return value.
    pub(super) code: CK_RV,
}

/// A handle of an object in a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Object(CK_OBJECT_HANDLE);

/// Attributes with their values as the module reads them: numbers in the machine's order.
pub(super) type Template = Vec<(CK_ATTRIBUTE_TYPE, Vec<u8>)>;

/// The value of a number.
pub(super) fn number(value: CK_ULONG) -> Vec<u8> {
    value.to_ne_bytes().to_vec()
}

/// The value of a truth.
pub(super) fn truth(value: bool) -> Vec<u8> {
    vec![value.into()]
}

/// What a token says of itself.
pub(super) struct TokenFacts {
    pub(super) label: String,
    pub(super) model: String,
    pub(super) serial: String,
    pub(super) flags: CK_FLAGS,
}

/// Looks a function up in the module's list and calls it; a function the module leaves out answers
/// `CKR_FUNCTION_NOT_SUPPORTED`.
macro_rules! call {
    ($module:expr, $name:ident($($argument:expr),* $(,)?)) => {{
        // SAFETY: the list comes from the module itself and lives as long as the process, since the library is not unloaded;
        // every pointer handed over stays valid for the call and has the length told beside it.
        let code = unsafe {
            match (*$module.functions).$name {
                Some(function) => function($($argument),*),
                None => CKR_FUNCTION_NOT_SUPPORTED,
            }
        };
        answered(stringify!($name), code)
    }};
}

fn answered(call: &'static str, code: CK_RV) -> Result<(), Refusal> {
    if code == CKR_OK {
        Ok(())
    } else {
        Err(Refusal { call, code })
    }
}

/// A loaded module.
#[derive(Clone, Copy)]
pub(super) struct Module {
    functions: *const CK_FUNCTION_LIST,
}

impl fmt::Debug for Module {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Module(…)")
    }
}

impl Module {
    /// Loads the library and initialises it; the error is the system's or the module's words.
    pub(super) fn load(path: &Path) -> Result<Self, String> {
        // SAFETY: loading runs the library's initialisers. The person who names a module trusts it with the token's PIN.
        let library = unsafe { Pkcs11::new(path) }.map_err(|error| error.to_string())?;
        let library = Box::leak(Box::new(library));
        let list = library.C_GetFunctionList.as_ref();
        let list =
            list.map_err(|_| "not a PKCS#11 module: it has no C_GetFunctionList".to_owned())?;
        let mut functions: *mut CK_FUNCTION_LIST = ptr::null_mut();
        // SAFETY: the module writes the address of its list to the place it is given.
        let code = unsafe { list(&mut functions) };
        answered("C_GetFunctionList", code).map_err(|refusal| refusal.to_string())?;
        if functions.is_null() {
            return Err("not a PKCS#11 module: its list of functions is empty".to_owned());
        }
        let module = Self { functions };
        match call!(module, C_Initialize(ptr::null_mut())) {
            Ok(()) => Ok(module),
            Err(refusal) if refusal.code == CKR_CRYPTOKI_ALREADY_INITIALIZED => Ok(module),
            Err(refusal) => Err(refusal.to_string()),
        }
    }

    /// Ends what [`load`](Self::load) began; every session has to be closed. The library stays loaded.
    pub(super) fn finalize(self) -> Result<(), Refusal> {
        call!(self, C_Finalize(ptr::null_mut()))
    }

    /// Slots with a token in them.
    pub(super) fn slots(self) -> Result<Vec<CK_SLOT_ID>, Refusal> {
        let mut count = 0;
        call!(self, C_GetSlotList(CK_TRUE, ptr::null_mut(), &mut count))?;
        let mut slots = vec![0; at_most(count)];
        let mut count = slots.len() as CK_ULONG;
        call!(self, C_GetSlotList(CK_TRUE, slots.as_mut_ptr(), &mut count))?;
        slots.truncate(at_most(count));
        Ok(slots)
    }

    /// What the slot calls itself.
    pub(super) fn slot_name(self, slot: CK_SLOT_ID) -> Result<String, Refusal> {
        let mut info = CK_SLOT_INFO::default();
        call!(self, C_GetSlotInfo(slot, &mut info))?;
        Ok(padded(&info.slotDescription))
    }

    /// What the token in the slot says of itself.
    pub(super) fn token(self, slot: CK_SLOT_ID) -> Result<TokenFacts, Refusal> {
        let mut info = CK_TOKEN_INFO::default();
        call!(self, C_GetTokenInfo(slot, &mut info))?;
        Ok(TokenFacts {
            label: padded(&info.label),
            model: padded(&info.model),
            serial: padded(&info.serialNumber),
            flags: info.flags,
        })
    }

    /// A session that may write.
    pub(super) fn open(self, slot: CK_SLOT_ID) -> Result<Session, Refusal> {
        let mut handle = 0;
        let flags = CKF_SERIAL_SESSION | CKF_RW_SESSION;
        call!(
            self,
            C_OpenSession(slot, flags, ptr::null_mut(), None, &mut handle)
        )?;
        Ok(Session {
            module: self,
            handle,
        })
    }
}

/// A session, closed when dropped.
#[derive(Debug)]
pub(super) struct Session {
    module: Module,
    handle: CK_SESSION_HANDLE,
}

impl Drop for Session {
    fn drop(&mut self) {
        // Nobody is left to tell; the module ends what it can.
        let _ = call!(self.module, C_CloseSession(self.handle));
    }
}

impl Session {
    pub(super) fn log_in(&self, user: CK_USER_TYPE, pin: &[u8]) -> Result<(), Refusal> {
        let mut pin = zeroize::Zeroizing::new(pin.to_vec());
        let length = pin.len() as CK_ULONG;
        call!(
            self.module,
            C_Login(self.handle, user, pin.as_mut_ptr(), length)
        )
    }

    pub(super) fn log_out(&self) -> Result<(), Refusal> {
        call!(self.module, C_Logout(self.handle))
    }

    /// Objects with these attributes.
    pub(super) fn find(&self, template: &Template) -> Result<Vec<Object>, Refusal> {
        let mut attributes = Attributes::of(template);
        let (first, count) = attributes.raw();
        call!(self.module, C_FindObjectsInit(self.handle, first, count))?;
        let found = self.found();
        call!(self.module, C_FindObjectsFinal(self.handle))?;
        found
    }

    fn found(&self) -> Result<Vec<Object>, Refusal> {
        let mut objects = Vec::new();
        loop {
            let (mut handles, mut count) = ([0; 32], 0);
            call!(
                self.module,
                C_FindObjects(self.handle, handles.as_mut_ptr(), 32, &mut count)
            )?;
            let got = handles.len().min(count as usize);
            objects.extend(handles[..got].iter().copied().map(Object));
            if got == 0 || objects.len() >= MOST_OBJECTS {
                return Ok(objects);
            }
        }
    }

    /// The value of an attribute; `None` when the object has none that it shows.
    pub(super) fn attribute(
        &self,
        object: Object,
        kind: CK_ATTRIBUTE_TYPE,
    ) -> Result<Option<Vec<u8>>, Refusal> {
        let mut attribute = CK_ATTRIBUTE {
            type_: kind,
            pValue: ptr::null_mut(),
            ulValueLen: 0,
        };
        match call!(
            self.module,
            C_GetAttributeValue(self.handle, object.0, &mut attribute, 1)
        ) {
            Err(refusal) if NOT_SHOWN.contains(&refusal.code) => return Ok(None),
            other => other?,
        }
        if attribute.ulValueLen == CK_UNAVAILABLE_INFORMATION {
            return Ok(None);
        }
        let mut value = vec![0_u8; at_most(attribute.ulValueLen)];
        attribute.pValue = value.as_mut_ptr().cast::<c_void>();
        attribute.ulValueLen = value.len() as CK_ULONG;
        call!(
            self.module,
            C_GetAttributeValue(self.handle, object.0, &mut attribute, 1)
        )?;
        value.truncate(at_most(attribute.ulValueLen));
        Ok(Some(value))
    }

    pub(super) fn set(&self, object: Object, template: &Template) -> Result<(), Refusal> {
        let mut attributes = Attributes::of(template);
        let (first, count) = attributes.raw();
        call!(
            self.module,
            C_SetAttributeValue(self.handle, object.0, first, count)
        )
    }

    pub(super) fn create(&self, template: &Template) -> Result<(), Refusal> {
        let (mut attributes, mut object) = (Attributes::of(template), 0);
        let (first, count) = attributes.raw();
        call!(
            self.module,
            C_CreateObject(self.handle, first, count, &mut object)
        )
    }

    pub(super) fn destroy(&self, object: Object) -> Result<(), Refusal> {
        call!(self.module, C_DestroyObject(self.handle, object.0))
    }

    /// Public half and private half.
    pub(super) fn generate_pair(
        &self,
        mechanism: CK_MECHANISM_TYPE,
        public: &Template,
        private: &Template,
    ) -> Result<(Object, Object), Refusal> {
        let mut mechanism = plain(mechanism);
        let (mut public, mut private) = (Attributes::of(public), Attributes::of(private));
        let ((public, publics), (private, privates)) = (public.raw(), private.raw());
        let mut made = (0, 0);
        call!(
            self.module,
            C_GenerateKeyPair(
                self.handle,
                &mut mechanism,
                public,
                publics,
                private,
                privates,
                &mut made.0,
                &mut made.1,
            )
        )?;
        Ok((Object(made.0), Object(made.1)))
    }

    pub(super) fn sign(
        &self,
        mechanism: CK_MECHANISM_TYPE,
        key: Object,
        data: &[u8],
    ) -> Result<Vec<u8>, Refusal> {
        let (mut mechanism, mut data) = (plain(mechanism), data.to_vec());
        call!(self.module, C_SignInit(self.handle, &mut mechanism, key.0))?;
        let mut signature = vec![0; LONGEST_SIGNATURE];
        let mut length = signature.len() as CK_ULONG;
        call!(
            self.module,
            C_Sign(
                self.handle,
                data.as_mut_ptr(),
                data.len() as CK_ULONG,
                signature.as_mut_ptr(),
                &mut length,
            )
        )?;
        signature.truncate(at_most(length));
        Ok(signature)
    }

    /// Gives whoever is logged in another PIN.
    pub(super) fn set_pin(&self, old: &[u8], new: &[u8]) -> Result<(), Refusal> {
        let mut old = zeroize::Zeroizing::new(old.to_vec());
        let mut new = zeroize::Zeroizing::new(new.to_vec());
        let lengths = (old.len() as CK_ULONG, new.len() as CK_ULONG);
        call!(
            self.module,
            C_SetPIN(
                self.handle,
                old.as_mut_ptr(),
                lengths.0,
                new.as_mut_ptr(),
                lengths.1,
            )
        )
    }
}

/// Attributes as C wants them, with the values they point into.
struct Attributes {
    _values: Vec<Vec<u8>>,
    raw: Vec<CK_ATTRIBUTE>,
}

impl Attributes {
    fn of(template: &Template) -> Self {
        let mut values: Vec<Vec<u8>> = template.iter().map(|(_, value)| value.clone()).collect();
        let raw = (template.iter().zip(&mut values))
            .map(|((kind, _), value)| CK_ATTRIBUTE {
                type_: *kind,
                pValue: value.as_mut_ptr().cast::<c_void>(),
                ulValueLen: value.len() as CK_ULONG,
            })
            .collect();
        Self {
            _values: values,
            raw,
        }
    }

    fn raw(&mut self) -> (*mut CK_ATTRIBUTE, CK_ULONG) {
        (self.raw.as_mut_ptr(), self.raw.len() as CK_ULONG)
    }
}

/// No object of a token is longer, no list of slots either; a module that says more is cut.
const LONGEST: CK_ULONG = 1 << 16;
/// No token holds more objects.
const MOST_OBJECTS: usize = 4096;
/// 512-bit GOST has 128 octets, RSA 4096 has 512.
const LONGEST_SIGNATURE: usize = 1024;
/// Answers for an attribute that is secret or not there.
const NOT_SHOWN: [CK_RV; 2] = [CKR_ATTRIBUTE_SENSITIVE, CKR_ATTRIBUTE_TYPE_INVALID];

fn at_most(length: CK_ULONG) -> usize {
    length.min(LONGEST) as usize
}

fn plain(mechanism: CK_MECHANISM_TYPE) -> CK_MECHANISM {
    CK_MECHANISM {
        mechanism,
        pParameter: ptr::null_mut(),
        ulParameterLen: 0,
    }
}

/// Text padded with blanks.
fn padded(text: &[u8]) -> String {
    let text = String::from_utf8_lossy(text);
    text.trim_end_matches([' ', '\0']).to_owned()
}
