//! The CA's office: takes a request, orders, issues, refuses. Everything happens at its planned moment,
//! whenever somebody looks.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::ca::{Addresses, CertificationAuthority, CheckedRequest, Flaw, Ledger, Loaded, Profile};
use crate::fault::{Mischief, Room};
use crate::order::{Event, Issued, Order, Refused, Submission, Unsent, later};
use crate::sender::NotSent;
use crate::settings::Settings;
use crate::{MockCa, random, sms};

/// Step 1.12, as the manual prints it.
pub(crate) const SMS_ORDERED: &str = "Ваш сертификат заказан. Телефон поддержки: +7 (3952) 782303";
/// Step 1.13, as the manual prints it: exactly the 70 characters of one UCS-2 part.
pub(crate) const SMS_READY: &str =
    "Ваш сертификат готов. Не забудьте отправить наши экземпляры документов";

/// What became of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Sent {
    /// It is here, now or since an earlier time.
    Taken,
    /// It is not taken; nothing has changed. The text is for the applicant.
    Refused(String),
    /// It is here, but the answer got lost on the way (a planned fault).
    AnswerLost,
}

impl MockCa {
    /// Takes a request for an application. The same request again gets the same answer and does nothing, unless the
    /// application has been refused.
    pub(crate) fn submit(
        &mut self,
        now: Timestamp,
        number: u32,
        request_der: &[u8],
        container: &str,
    ) -> Sent {
        let Some(order) = self.state.orders.get(&number) else {
            return Sent::Refused(NO_SUCH_ORDER.into());
        };
        match &order.submission {
            _ if order.refusal.is_some() => return Sent::Refused(ORDER_REFUSED.into()),
            Some(earlier) if earlier.request_der == request_der => return Sent::Taken,
            Some(_) => return Sent::Refused(ANOTHER_REQUEST.into()),
            None if !order.accepted => return Sent::Refused(NOT_ACCEPTED.into()),
            None => {}
        }
        let met = self.state.faults.meet(Room::Ca);
        if let Some(refusal) = self.check_request(now, met, number, request_der) {
            return Sent::Refused(refusal);
        }
        let submission = plan(&self.settings, now, number, request_der, container);
        let order = self.state.orders.get_mut(&number).expect("found above");
        order.submission = Some(submission);
        if met == Some(Mischief::LoseAnswer) {
            Sent::AnswerLost
        } else {
            Sent::Taken
        }
    }

    /// Lets the CA look at a request; what it finds good it will not take from anybody else.
    fn check_request(
        &mut self,
        now: Timestamp,
        met: Option<Mischief>,
        number: u32,
        der: &[u8],
    ) -> Option<String> {
        match met {
            Some(Mischief::HoldFor { secs }) => self.state.ca_closed_until = Some(later(now, secs)),
            Some(Mischief::Refuse { .. }) => return Some(REFUSED_BY_OPERATOR.into()),
            Some(Mischief::Garble) => return Some(UNREADABLE.into()),
            _ => {}
        }
        if self.state.ca_closed_until.is_some_and(|until| now < until) {
            return Some(CA_BUSY.into());
        }
        let order = self.state.orders.get(&number)?;
        let authority = self
            .authorities
            .of(&self.settings, &order.application.profile);
        let checked = authority.check(der, &order.application);
        // A key of one family is no key for another one either.
        let checked = checked.and_then(|checked| {
            let mut all = self.authorities.all();
            all.try_for_each(|one| one.check_key(&checked))?;
            Ok(checked)
        });
        match checked {
            Err(refusal) => Some(refusal.to_string()),
            Ok(checked) => {
                let authority = self
                    .authorities
                    .of(&self.settings, &order.application.profile);
                authority.accept(&checked, &order.application);
                self.authorities.checked.insert(number, checked);
                None
            }
        }
    }

    /// Does everything that was due by now, in the order of its moments.
    pub(crate) fn catch_up(&mut self, now: Timestamp) {
        while let Some((at, number, event)) = self.next_due(now) {
            match event {
                Event::Ordered => self.tell_ordered(number, at),
                Event::Issue => self.issue(number, at),
                Event::TellAgain => self.tell_again(number, at),
            }
        }
    }

    fn next_due(&self, now: Timestamp) -> Option<(Timestamp, u32, Event)> {
        let planned = self.state.orders.iter().filter_map(|(number, order)| {
            let (at, event) = order.next_event()?;
            Some((at, *number, event))
        });
        planned
            .filter(|(at, ..)| *at <= now)
            .min_by_key(|(at, number, _)| (*at, *number))
    }

    fn tell_ordered(&mut self, number: u32, at: Timestamp) {
        let Some(submission) = self.submission_mut(number) else {
            return;
        };
        submission.ordered_told = true;
        let behind_ready = self.settings.knobs.reorder_sms;
        let sent_at = match self
            .submission_mut(number)
            .and_then(|submission| submission.issue_at)
        {
            Some(issue_at) if behind_ready => later(issue_at, AFTER_READY_SECS),
            _ => at,
        };
        self.send_sms(number, SMS_ORDERED, sent_at);
    }

    fn issue(&mut self, number: u32, at: Timestamp) {
        if let Some(until) = self.state.ca_closed_until.filter(|until| at < *until) {
            return self.issue_later(number, until);
        }
        match self.state.faults.meet(Room::Ca) {
            Some(Mischief::Refuse { .. }) => self.refuse(number, at, REFUSED_BY_OPERATOR),
            Some(Mischief::HoldFor { secs }) => {
                let until = later(at, secs.max(1));
                self.state.ca_closed_until = Some(until);
                self.issue_later(number, until);
            }
            met => self.issue_now(number, at, met),
        }
    }

    /// Brings an order's remaining events forward to this moment.
    pub(crate) fn hasten(&mut self, number: u32, now: Timestamp) {
        if let Some(submission) = self.submission_mut(number) {
            submission.ordered_at = submission.ordered_at.min(now);
            submission.issue_at = Some(now);
        }
        self.catch_up(now);
    }

    /// Moves an order's remaining events.
    pub(crate) fn plan_anew(
        &mut self,
        number: u32,
        ordered_at: Option<Timestamp>,
        issue_at: Option<Timestamp>,
    ) {
        if let Some(submission) = self.submission_mut(number) {
            submission.ordered_at = ordered_at.unwrap_or(submission.ordered_at);
            submission.issue_at = issue_at.or(submission.issue_at);
        }
    }

    fn issue_later(&mut self, number: u32, at: Timestamp) {
        if let Some(submission) = self.submission_mut(number) {
            submission.issue_at = Some(at);
        }
    }

    /// Signs the certificate. A lost answer of the CA makes the cabinet show it an hour late (assumed).
    fn issue_now(&mut self, number: u32, at: Timestamp, met: Option<Mischief>) {
        let mut der = match self.sign(number, at, met) {
            Ok(der) => der,
            Err(why) => return self.refuse(number, at, &why),
        };
        if met == Some(Mischief::Garble) {
            spoil_signature(&mut der);
        }
        let lost_secs = if met == Some(Mischief::LoseAnswer) {
            ASKED_AGAIN_SECS
        } else {
            0
        };
        let shown_from = later(
            at,
            self.settings
                .knobs
                .status_lag_secs
                .saturating_add(lost_secs),
        );
        if let Some(order) = self.state.orders.get_mut(&number) {
            order.certificate = Some(Issued {
                der,
                at,
                shown_from,
            });
        }
        self.send_sms(number, SMS_READY, later(at, lost_secs));
    }

    /// The certificate, or why there can be none, for the applicant.
    fn sign(
        &mut self,
        number: u32,
        at: Timestamp,
        met: Option<Mischief>,
    ) -> Result<Vec<u8>, String> {
        let flaw = self.flaw(met);
        let order = self.state.orders.get(&number);
        let checked = self.authorities.checked.get(&number).cloned();
        let (Some(order), Some(request)) = (order, checked) else {
            return Err(UNREADABLE.into());
        };
        let application = &order.application;
        let authority = self.authorities.of(&self.settings, &application.profile);
        let signed = match flaw {
            None => authority.issue(&request, application, at),
            Some(flaw) => authority.issue_flawed(&request, application, at, flaw),
        };
        signed.map_err(|refusal| refusal.to_string())
    }

    /// What is to be wrong with a certificate; where several things are, the first of these counts.
    fn flaw(&self, met: Option<Mischief>) -> Option<Flaw> {
        let knobs = &self.settings.knobs;
        if knobs.wrong_key || met == Some(Mischief::WrongKey) {
            Some(Flaw::AnotherKey)
        } else if knobs.wrong_issuer {
            Some(Flaw::AnotherIssuer)
        } else {
            (knobs.validity_lag_secs > 0).then_some(Flaw::BeginsLater(knobs.validity_lag_secs))
        }
    }

    /// Refuses an order for good, as an operator does.
    pub(crate) fn refuse(&mut self, number: u32, at: Timestamp, text: &str) {
        if let Some(order) = self.state.orders.get_mut(&number) {
            order.refusal = Some(Refused {
                text: text.to_owned(),
                at,
            });
        }
    }

    fn send_sms(&mut self, number: u32, text: &str, sent_at: Timestamp) {
        self.hand_over(number, text, sent_at, 1);
    }

    fn tell_again(&mut self, number: u32, at: Timestamp) {
        let order = self.state.orders.get_mut(&number);
        let due = order.and_then(|order| {
            let place = order
                .unsent
                .iter()
                .position(|text| text.again_at == Some(at));
            place.map(|place| order.unsent.remove(place))
        });
        if let Some(Unsent { text, tries, .. }) = due {
            self.hand_over(number, &text, at, tries.saturating_add(1));
        }
    }

    /// Hands a text for an order's phone to the gateway. One that it takes for a repetition, since another order of the
    /// same phone has just said the same, is told again; any other that does not go is noted and nothing more.
    fn hand_over(&mut self, number: u32, text: &str, at: Timestamp, tries: u32) {
        let Some(order) = self.state.orders.get(&number) else {
            return;
        };
        let phone = order.application.phone.clone();
        let Err(NotSent(error)) = self.send_text(at, &phone, text) else {
            return;
        };
        let again = error == sms::api::Error::Repeated as u32 && tries < MOST_TRIES;
        let wait_secs = self.settings.gateway.duplicate_secs.max(1);
        let unsent = Unsent {
            text: text.to_owned(),
            at,
            error,
            tries,
            again_at: again.then(|| later(at, wait_secs)),
        };
        if let Some(order) = self.state.orders.get_mut(&number) {
            order.unsent.push(unsent);
        }
    }

    fn submission_mut(&mut self, number: u32) -> Option<&mut Submission> {
        self.state.orders.get_mut(&number)?.submission.as_mut()
    }
}

/// Draws the moments of an order: from the seed and the application's number alone, so no other call moves them.
fn plan(
    settings: &Settings,
    now: Timestamp,
    number: u32,
    request_der: &[u8],
    container: &str,
) -> Submission {
    let mut rng = random::draw(settings.seed, "order plan", number.into());
    let timing = &settings.timing;
    let ordered_secs = random::between(&mut rng, timing.ordered_secs.min, timing.ordered_secs.max);
    let issue_secs = random::between(&mut rng, timing.issue_secs.min, timing.issue_secs.max);
    Submission {
        request_der: request_der.to_vec(),
        container: container.to_owned(),
        at: now,
        ordered_at: later(now, ordered_secs),
        ordered_told: false,
        issue_at: (!settings.knobs.hold_issue).then(|| later(now, issue_secs)),
    }
}

/// The last octet of a certificate belongs to its signature.
fn spoil_signature(der: &mut [u8]) {
    if let Some(last) = der.last_mut() {
        *last ^= 1;
    }
}

/// The CA's rooms: one authority for each family of algorithms in use, made from the seed when first needed.
#[derive(Default)]
pub(crate) struct Authorities {
    families: BTreeMap<String, CertificationAuthority>,
    /// Requests that were found good and wait for their certificate, by application.
    checked: BTreeMap<u32, CheckedRequest>,
    /// Keys that came from files.
    loaded: Option<Loaded>,
}

impl Authorities {
    /// The authority for a profile. What its own certificate says is the settings', whoever asks for it first.
    pub(crate) fn of(
        &mut self,
        settings: &Settings,
        profile: &Profile,
    ) -> &mut CertificationAuthority {
        let loaded = self.loaded.as_ref();
        let loaded = loaded.filter(|loaded| loaded.algorithm() == profile.algorithm);
        let made = || {
            let own = Profile {
                addresses: Addresses::below(&settings.authority.address, profile.algorithm),
                issuer_sign_tool: settings.profile().issuer_sign_tool,
                ..profile.clone()
            };
            let (seed, epoch) = (settings.seed, settings.epoch);
            match loaded {
                Some(loaded) => CertificationAuthority::from_files(seed, &own, epoch, loaded),
                None => CertificationAuthority::from_seed(seed, &own, epoch),
            }
        };
        self.families.entry(family(profile)).or_insert_with(made)
    }

    /// Lets the authorities of one algorithm sign with other keys from now on.
    pub(crate) fn load(&mut self, settings: &Settings, profiles: &[Profile], loaded: Loaded) {
        let ledgers = self.ledgers();
        self.families.clear();
        self.loaded = Some(loaded);
        for profile in profiles {
            let ledger = ledgers.get(&family(profile)).cloned();
            self.of(settings, profile)
                .restore(ledger.unwrap_or_default());
        }
    }

    /// Every authority there is.
    pub(crate) fn all(&self) -> impl Iterator<Item = &CertificationAuthority> {
        self.families.values()
    }

    /// What every authority has issued and seen, to be stored.
    pub(crate) fn ledgers(&self) -> BTreeMap<String, Ledger> {
        self.families
            .iter()
            .map(|(family, authority)| (family.clone(), authority.ledger().clone()))
            .collect()
    }

    /// The authorities as they were when the ledgers were stored.
    pub(crate) fn restored(
        settings: &Settings,
        orders: &BTreeMap<u32, Order>,
        mut ledgers: BTreeMap<String, Ledger>,
    ) -> Self {
        let mut all = Self::default();
        for (number, order) in orders {
            let Some(submission) = &order.submission else {
                continue;
            };
            let authority = all.of(settings, &order.application.profile);
            if let Ok(checked) = authority.check(&submission.request_der, &order.application) {
                all.checked.insert(*number, checked);
            }
        }
        for (family, authority) in &mut all.families {
            authority.restore(ledgers.remove(family).unwrap_or_default());
        }
        all
    }
}

fn family(profile: &Profile) -> String {
    format!(
        "{} on {}",
        profile.algorithm.key_oid(),
        profile.authority_parameter_set.name()
    )
}

/// How long after SMS 2 a late SMS 1 is sent.
const AFTER_READY_SECS: u32 = 60;
/// How often a text is handed over that the gateway takes for a repetition: so many orders of one phone have their say.
const MOST_TRIES: u32 = 20;
/// When the cabinet asks the CA again after a lost answer.
const ASKED_AGAIN_SECS: u32 = 3600;

// Texts to the applicant; the manual prints none of them, all are assumed.
const NO_SUCH_ORDER: &str = "Заявка не найдена.";
const ANOTHER_REQUEST: &str = "По этой заявке уже отправлен другой запрос на сертификат. Новый запрос не принят. Телефон поддержки: +7 (3952) 782303";
pub(crate) const NOT_ACCEPTED: &str = "Заявка ещё не принята оператором.";
const ORDER_REFUSED: &str = "По этой заявке отказано, запрос не принят.";
const REFUSED_BY_OPERATOR: &str =
    "Запрос отклонён оператором удостоверяющего центра. Телефон поддержки: +7 (3952) 782303";
const UNREADABLE: &str = "Запрос не удалось прочитать. Создайте запрос заново.";
const CA_BUSY: &str = "Удостоверяющий центр временно недоступен. Повторите отправку запроса позже.";
