//! The person the certificate is for: knows the PINs, agrees to what cannot be undone.

use crate::object::Object;

use super::token::{Pin, PinRole, Tries};

/// Asked for secrets and consent, never for facts that a page or the token already tells.
pub trait Applicant {
    /// The PIN for `role`; `left` is the counter as it stands, for the prompt.
    fn pin(&mut self, role: PinRole, left: &Tries) -> Result<Pin, ApplicantError>;

    /// Whether to do what `plan` says. Asked only before something that cannot be undone.
    fn agrees(&mut self, plan: &Plan) -> Result<bool, ApplicantError>;
}

/// What is about to be deleted, shown before it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// Certificates first, then key pairs.
    pub deletes: Vec<Object>,
    /// What stays on the token.
    pub keeps: Vec<Object>,
}

/// Why the applicant could not be asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ApplicantError {
    /// No option names the PIN and there is no terminal to ask at.
    #[error("no PIN was given for the {role} and there is no terminal to ask at")]
    NoPin {
        /// Whose PIN.
        role: PinRole,
    },
    /// The same for a PIN that is to be set.
    #[error("no new PIN was given for the {role} and there is no terminal to ask at")]
    NoNewPin {
        /// Whose PIN.
        role: PinRole,
    },
    /// There is a question, and no terminal to ask it at.
    #[error("the plan needs consent and there is no terminal to ask at")]
    NoConsent,
    /// The file, descriptor or terminal could not be read.
    #[error("cannot read {what}: {why}")]
    Unreadable {
        /// Which source.
        what: String,
        /// The system's words.
        why: String,
    },
}

/// An applicant who wrote everything down beforehand: for scenarios and tests.
#[derive(Clone, Debug)]
pub struct Unattended {
    /// The user's PIN.
    pub user: Option<Pin>,
    /// The administrator's PIN.
    pub administrator: Option<Pin>,
    /// The answer to every plan.
    pub agrees: bool,
}

impl Applicant for Unattended {
    fn pin(&mut self, role: PinRole, _left: &Tries) -> Result<Pin, ApplicantError> {
        let pin = match role {
            PinRole::User => &self.user,
            PinRole::Administrator => &self.administrator,
        };
        pin.clone().ok_or(ApplicantError::NoPin { role })
    }

    fn agrees(&mut self, _plan: &Plan) -> Result<bool, ApplicantError> {
        Ok(self.agrees)
    }
}
