//! Who may do what: the one place where access rules are read.

use super::Card;
use crate::access::{AccessRules, Condition, Operation};
use crate::image::{Body, File};
use crate::reference::{FileId, PinRef};
use crate::status_word::StatusWord;

impl Card {
    /// Errors: `6982` when the rule is not satisfied. In the initialisation phase every rule is.
    pub(super) fn permit(
        &self,
        rules: &AccessRules,
        operation: Operation,
    ) -> Result<(), StatusWord> {
        if self.image().initialising || self.satisfied(rules.condition(operation)) {
            Ok(())
        } else {
            Err(StatusWord::SECURITY_STATUS)
        }
    }

    /// The same for a file at a path, minding the administrator's privilege over certificates.
    pub(super) fn permit_file(
        &self,
        path: &[FileId],
        file: &File,
        operation: Operation,
    ) -> Result<(), StatusWord> {
        let privileged = self.image().administrator_deletes_certificates
            && self.session.rights.holds(PinRef::So)
            && matches!(operation, Operation::Update | Operation::Delete)
            && is_certificate_file(path, file);
        if privileged {
            Ok(())
        } else {
            self.permit(&file.access, operation)
        }
    }

    fn satisfied(&self, condition: Condition) -> bool {
        match condition {
            Condition::Always => true,
            Condition::Never => false,
            Condition::AnyOf(pins) => self.session.rights.any_of(pins),
        }
    }
}

/// Certificates 03nn and their directory 6004 in the PKCS#15 application.
fn is_certificate_file(path: &[FileId], file: &File) -> bool {
    let in_application =
        matches!(path, [FileId::PKCS15, _]) && matches!(file.body, Body::Ef { .. });
    in_application && (file.fid == FileId::CERTIFICATES || file.fid.0 >> 8 == 0x03)
}
