//! Misbehaviour as data: planned for one call, or a knob that holds all the time. Never dice.
//!
//! Each knob and mischief names the trouble of a real user that it reproduces, so that a client grows robust
//! against what happens and not against what is easy to break.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// One planned misbehaviour: the `nth` call into `room` (from 1) meets `what`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// Where.
    pub room: Room,
    /// Which call, counted from 1 since the mock began.
    pub nth: u32,
    /// What happens then.
    pub what: Mischief,
}

/// The three rooms, and what counts as a call into each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Room {
    /// A request at the portal's door, but for style sheet, plugin files, lists, issuers and OCSP.
    Portal,
    /// A text handed over for delivery.
    Sms,
    /// The CA's look at a request, or its issue of a certificate.
    Ca,
}

/// What can happen to one call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Mischief {
    /// Portal: answers with this HTTP status and does nothing. SMS: the gateway refuses the text. CA: the operator refuses.
    Refuse {
        /// The HTTP status; other rooms ignore it.
        status: u16,
    },
    /// Portal: closed for so long (503 with `Retry-After`). SMS: delivered so much later. CA: nothing is done for so long.
    HoldFor {
        /// For how long.
        secs: u32,
    },
    /// Does the work and drops the reply: the one that finds duplicate orders. A lost text was sent and never arrives.
    LoseAnswer,
    /// Portal: the answer breaks off half-way. SMS: the text's letters become question marks. CA: a certificate with a spoilt signature.
    Garble,
    /// Portal: the work is done at once and the answer begins so much later, in real seconds. Other rooms: nothing.
    Delay {
        /// For how long.
        secs: u32,
    },
    /// Portal: the answer comes in small pieces over so many real seconds. Other rooms: nothing.
    Slow {
        /// Over how long.
        secs: u32,
    },
    /// SMS: the text arrives twice. Other rooms: nothing.
    Double,
    /// CA: the certificate is for another key than the request's. Other rooms: nothing.
    WrongKey,
}

impl Room {
    /// Every mischief that means something in this room: what a test of all faults goes through.
    pub fn mischiefs(self) -> &'static [Mischief] {
        use Mischief::{Delay, Double, Garble, HoldFor, LoseAnswer, Refuse, Slow, WrongKey};
        match self {
            Self::Portal => &[
                Refuse { status: 500 },
                HoldFor { secs: 90 },
                LoseAnswer,
                Garble,
                Delay { secs: 1 },
                Slow { secs: 1 },
            ],
            Self::Sms => &[
                Refuse { status: 500 },
                HoldFor { secs: 90 },
                LoseAnswer,
                Garble,
                Double,
            ],
            Self::Ca => &[
                Refuse { status: 500 },
                HoldFor { secs: 90 },
                LoseAnswer,
                Garble,
                WrongKey,
            ],
        }
    }
}

/// Misbehaviour that holds all the time, by name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Knobs {
    /// SMS 1 «заказан» never arrives: step 1.12 waits in vain although the order exists.
    pub lose_ordered_sms: bool,
    /// SMS 2 «готов» never arrives: only the list tells.
    pub lose_ready_sms: bool,
    /// Codes are taken and never arrive: no login, however often one asks.
    pub lose_code_sms: bool,
    /// The last part of a text of several never arrives, so the phone shows nothing of it.
    pub lose_sms_part: bool,
    /// The gateway refuses every text with this error code of SMSC.ru's (3: no money, 6: forbidden, 7: no such number,
    /// 8: cannot be delivered …); 0 for none.
    pub refuse_sms: u8,
    /// Every text takes so much longer: the code comes after the user has asked for another one.
    pub sms_delay_secs: u32,
    /// Every text arrives twice.
    pub double_sms: bool,
    /// SMS 1 arrives only after SMS 2: a client that waits for them in order hangs.
    pub reorder_sms: bool,
    /// The list and the card show an issue so much later than SMS 2 tells it: the status decides, not the text.
    pub status_lag_secs: u32,
    /// Certificates are issued for another key than the request's: «keyset does not exist» months later.
    pub wrong_key: bool,
    /// Certificates are signed by an authority that is not the application's: nobody who checks them gets to its root.
    pub wrong_issuer: bool,
    /// Validity begins so long after the issue: what is installed at once is refused wherever it is shown.
    pub validity_lag_secs: u32,
    /// Nothing is issued until the control port says so: the operators' queue.
    pub hold_issue: bool,
    /// Lists and OCSP answers are so old: past a week (an hour for OCSP) a client must not take them for an answer.
    pub revocation_age_secs: u32,
    /// The OCSP responder says `tryLater`: «not checked» is neither «good» nor «revoked».
    pub ocsp_try_later: bool,
}

/// The plan and how far it has come.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Faults {
    pub(crate) plan: Vec<Fault>,
    pub(crate) calls: BTreeMap<Room, u32>,
}

impl Faults {
    /// Counts a call and says what it meets, if anything.
    pub(crate) fn meet(&mut self, room: Room) -> Option<Mischief> {
        let calls = self.calls.entry(room).or_default();
        *calls = calls.saturating_add(1);
        let nth = *calls;
        self.plan
            .iter()
            .find(|fault| fault.room == room && fault.nth == nth)
            .map(|fault| fault.what)
    }
}
