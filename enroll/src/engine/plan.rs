//! What goes and what stays, told before anything is deleted.

use super::key::has_certificate;
use crate::certificate::Certificate;
use crate::object::Object;
use crate::ports::Plan;
use crate::ports::token::{Inventory, KeyPair, StoredCertificate};

/// Splits what the token holds. Certificates that do not read have no name to be told by.
pub(crate) fn plan(
    inventory: &Inventory,
    goes: impl Fn(&StoredCertificate) -> bool,
    pair_goes: impl Fn(&KeyPair) -> bool,
) -> Plan {
    let mut plan = Plan::default();
    for stored in &inventory.certificates {
        if let Ok(certificate) = Certificate::from_der(&stored.der) {
            let object = Object::certificate(&certificate);
            side(&mut plan, goes(stored)).push(object);
        }
    }
    for pair in &inventory.keys {
        let object = Object::pair(pair, has_certificate(inventory, pair));
        side(&mut plan, pair_goes(pair)).push(object);
    }
    plan
}

/// The same where everything goes.
pub(crate) fn everything(inventory: &Inventory) -> Plan {
    plan(inventory, |_| true, |_| true)
}

const fn side(plan: &mut Plan, goes: bool) -> &mut Vec<Object> {
    if goes {
        &mut plan.deletes
    } else {
        &mut plan.keeps
    }
}
