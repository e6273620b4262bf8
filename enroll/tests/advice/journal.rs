//! Every error of the journal.

use enroll::journal::{JournalError, Unreadable};
use enroll::stage::OutOfOrder;

use super::s;

pub(super) fn errors() -> Vec<JournalError> {
    let token = || s("1f2e3d4c");
    vec![
        JournalError::File {
            act: "create",
            path: "state".into(),
            why: s("Permission denied"),
        },
        JournalError::Locked { token: token() },
        JournalError::Damaged {
            token: token(),
            line: 4,
        },
        JournalError::Version { found: 3 },
        JournalError::OutOfOrder(OutOfOrder {
            stage: "new",
            fact: s("ordered"),
        }),
        JournalError::OtherApplication {
            token: token(),
            application: s("722318"),
        },
        JournalError::SeveralApplications {
            token: token(),
            applications: vec![s("722318"), s("722319")],
        },
        JournalError::OtherPortal { token: token() },
        JournalError::Unreadable(Unreadable {
            token: token(),
            application: Some(s("722318")),
            path: "1f2e3d4c@722318.jsonl".into(),
            why: Box::new(JournalError::Damaged {
                token: token(),
                line: 3,
            }),
        }),
        JournalError::Rebuilt {
            token: token(),
            application: None,
        },
        JournalError::NoneBegun,
        JournalError::Nothing { token: token() },
    ]
}
