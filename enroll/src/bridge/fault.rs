//! The plugin's errors.

use crate::ports::token::{PinRole, TokenError, TransmitError};

/// An error of the plugin: pages look the number up by the name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{name} ({number})")]
pub struct Fault {
    /// As `plugin.errorCodes` names it.
    pub name: &'static str,
    /// As the page's promise is rejected with.
    pub number: u16,
}

macro_rules! faults {
    ($($name:ident = $number:literal,)*) => {
        #[expect(missing_docs, reason = "the names are the plugin's and say it")]
        impl Fault {
            $(pub const $name: Self = Self { name: stringify!($name), number: $number };)*
            /// Every error.
            pub const ALL: &[Self] = &[$(Self::$name,)*];
        }
    };
}

// Below 1000: numbers that software written against the real plugin relies on (2 and 3 inferred from its behaviour).
// From 1000 on: ours, since only the names are known.
faults! {
    BAD_PARAMS = 2,
    DEVICE_NOT_FOUND = 3,
    CERTIFICATE_EXISTS = 6,
    PIN_LENGTH_INVALID = 16,
    PIN_INCORRECT = 17,
    PIN_LOCKED = 18,
    USER_NOT_LOGGED_IN = 19,
    KEY_NOT_FOUND = 20,
    ALREADY_LOGGED_IN = 93,
    HOST_NOT_FOUND = 180,
    HTTP_ERROR = 181,
    TST_VERIFICATION_ERROR = 182,
    UNKNOWN_ERROR = 1000,
    NOT_ENOUGH_MEMORY = 1001,
    DEVICE_ERROR = 1002,
    TOKEN_INVALID = 1003,
    CERTIFICATE_CATEGORY_BAD = 1004,
    CERTIFICATE_NOT_FOUND = 1005,
    CERTIFICATE_HASH_NOT_UNIQUE = 1006,
    CA_CERTIFICATES_NOT_FOUND = 1007,
    CERTIFICATE_VERIFICATION_ERROR = 1008,
    PKCS11_LOAD_FAILED = 1009,
    PIN_CHANGED = 1010,
    PIN_INVALID = 1011,
    PIN_EXPIRED = 1012,
    PIN_IN_HISTORY = 1013,
    INAPPROPRIATE_PIN = 1014,
    USER_PIN_NOT_INITIALIZED = 1015,
    SESSION_INVALID = 1016,
    KEY_ID_NOT_UNIQUE = 1017,
    KEY_LABEL_NOT_UNIQUE = 1018,
    WRONG_KEY_TYPE = 1019,
    KEY_FUNCTION_NOT_PERMITTED = 1020,
    UNSUPPORTED_BY_TOKEN = 1021,
    DATA_INVALID = 1022,
    DATA_LEN_RANGE = 1023,
    BASE64_DECODE_FAILED = 1024,
    PEM_ERROR = 1025,
    ASN1_ERROR = 1026,
    FUNCTION_REJECTED = 1027,
    FUNCTION_FAILED = 1028,
    MECHANISM_INVALID = 1029,
    ATTRIBUTE_READ_ONLY = 1030,
    ATTRIBUTE_VALUE_INVALID = 1031,
    LICENCE_READ_ONLY = 1032,
    CANNOT_SAVE_PIN_IN_CACHE = 1033,
    CEK_NOT_AUTHENTIC = 1034,
    DUPLICATE_EXTENSION = 1035,
}

impl From<TokenError> for Fault {
    /// In the plugin's words. Which one a removal gives is not known: assumed `DEVICE_NOT_FOUND`.
    fn from(error: TokenError) -> Self {
        match error {
            TokenError::Transmit(TransmitError::Reset) => Self::SESSION_INVALID,
            TokenError::Transmit(_) => Self::DEVICE_NOT_FOUND,
            TokenError::WrongPin { .. } => Self::PIN_INCORRECT,
            TokenError::PinBlocked { .. } => Self::PIN_LOCKED,
            TokenError::PinUnfit { .. } => Self::PIN_LENGTH_INVALID,
            TokenError::NoSuchPin {
                role: PinRole::User,
            } => Self::USER_PIN_NOT_INITIALIZED,
            TokenError::NoSuchPin { .. } => Self::PIN_INVALID,
            TokenError::NotLoggedIn { .. } => Self::USER_NOT_LOGGED_IN,
            TokenError::NotPermitted { .. } => Self::KEY_FUNCTION_NOT_PERMITTED,
            TokenError::NotARutoken { .. } | TokenError::NotInitialised => Self::TOKEN_INVALID,
            TokenError::NoSpace { .. } | TokenError::NameTooLong { .. } => Self::NOT_ENOUGH_MEMORY,
            TokenError::KeyNotFound { .. } => Self::KEY_NOT_FOUND,
            TokenError::CertificateNotFound { .. } => Self::CERTIFICATE_NOT_FOUND,
            TokenError::Unsupported { .. } => Self::UNSUPPORTED_BY_TOKEN,
            TokenError::StatusWord { .. }
            | TokenError::Damaged { .. }
            | TokenError::NotWritten { .. }
            | TokenError::BadSignature => Self::DEVICE_ERROR,
        }
    }
}
