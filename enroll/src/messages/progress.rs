//! What a run says as it goes, and what it leaves to do.

use super::text::Text;
use super::{Lang, failures, texts};
use crate::engine::Checklist;
use crate::event::Caution;
use crate::object::Object;
use crate::ports::Plan;
use crate::stage::Stage;

/// A step of the manual: in Russian as the manual has it, in English as the event has it.
#[must_use]
pub fn step(number: &str, what: &str, lang: Lang) -> String {
    match lang {
        Lang::Ru => title(number, lang).unwrap_or_else(|| what.to_owned()),
        Lang::En => what.to_owned(),
    }
}

/// What the manual calls a numbered step; nothing for a number it does not have. Steps of Приложение 1 carry the
/// letter A, its warnings the letter W.
#[must_use]
pub fn title(number: &str, lang: Lang) -> Option<String> {
    texts::step(number).map(|it| it.of(lang))
}

/// What is waited for; `why` are the words of the event.
#[must_use]
pub fn waiting(why: &str, lang: Lang) -> String {
    let known = WAITS.iter().find(|(english, _)| *english == why);
    known.map_or_else(|| why.to_owned(), |(_, text)| text().of(lang))
}

/// A warning.
#[must_use]
pub fn caution(caution: &Caution, lang: Lang) -> String {
    caution_text(caution).of(lang)
}

fn caution_text(caution: &Caution) -> Text {
    match caution {
        Caution::TornJournal => texts::caution_torn_journal(),
        Caution::JournalRebuilt { why, kept } => {
            texts::caution_journal_rebuilt(failures::journal(why), kept.display().to_string())
        }
        Caution::JournalWasOpen => texts::caution_journal_was_open(),
        Caution::SeveralOwners => texts::caution_several_owners(),
        Caution::ClockOff { minutes } => texts::caution_clock_off(*minutes),
        Caution::SessionEnded => texts::caution_session_ended(),
        Caution::LoginAgain { error } => texts::caution_login_again(failures::portal(error)),
        Caution::NoCodeYet => texts::caution_no_code_yet(),
        Caution::NewerCode => texts::caution_newer_code(),
        Caution::OtherPairShown { page, token } => texts::caution_other_pair_shown(page, token),
        Caution::NoAnswerToRequest { error } => {
            texts::caution_no_answer_to_request(failures::portal(error))
        }
        Caution::SentAlready { status } => texts::caution_sent_already(status),
        Caution::NoFirstSms => texts::caution_no_first_sms(),
        Caution::InboxSilent { error } => texts::caution_inbox_silent(failures::sms(error)),
        Caution::AdministratorMayNotDelete => texts::caution_administrator_may_not_delete(),
        Caution::InstalledAlready => texts::caution_installed_already(),
        Caution::NoJournal => texts::caution_no_journal(),
        Caution::RevocationUnknown => texts::caution_revocation_unknown(),
        Caution::SubjectNotCompared => texts::caution_subject_not_compared(),
        Caution::ChainEndsAt { name } => texts::caution_chain_ends_at(name),
        Caution::HandedOver { file } => texts::caution_handed_over(file),
        Caution::EndsSoon { days } => texts::caution_ends_soon(*days),
    }
}

/// What state things are in: what is on the token, and what the portal has.
#[must_use]
pub fn stage_line(stage: &Stage, lang: Lang) -> String {
    stage_text(stage).of(lang)
}

fn stage_text(stage: &Stage) -> Text {
    match stage {
        Stage::New(removal) if !removal.is_done() => texts::stage_half_removed(),
        Stage::New(_) | Stage::Chosen(_) => texts::stage_nothing_sent(),
        Stage::KeyReady(..) => texts::stage_key_ready(),
        Stage::Signed(_) => texts::stage_signed(),
        Stage::Sent(_) => texts::stage_sent(),
        Stage::Ordered(_) => texts::stage_ordered(),
        Stage::Issued(_) => texts::stage_issued(),
        Stage::Checked(..) => texts::stage_checked(),
        Stage::Written(..) => texts::stage_written(),
        Stage::Installed(..) => texts::stage_installed(),
        Stage::PapersSaved(..) => texts::stage_papers_saved(),
        Stage::Abandoned => texts::stage_abandoned(),
    }
}

/// A certificate or a pair.
#[must_use]
pub fn object(object: &Object, lang: Lang) -> String {
    object_text(object).of(lang)
}

pub(crate) fn object_text(object: &Object) -> Text {
    match object {
        Object::Certificate {
            serial,
            owner,
            until,
        } => texts::object_certificate(serial, owner, until),
        Object::KeyPair {
            label,
            id,
            algorithm,
            certified: true,
        } => texts::object_pair(label, id, algorithm),
        Object::KeyPair {
            label,
            id,
            algorithm,
            certified: false,
        } => texts::object_bare_pair(label, id, algorithm),
    }
}

/// A plan of deletion, line by line.
#[must_use]
pub fn plan_lines(plan: &Plan, lang: Lang) -> Vec<String> {
    let deletes = plan.deletes.iter().map(texts::plan_deletes);
    let keeps = plan.keeps.iter().map(texts::plan_keeps);
    deletes.chain(keeps).map(|line| line.of(lang)).collect()
}

/// What is left for a person after the last chapter.
#[must_use]
pub fn checklist(list: &Checklist, lang: Lang) -> Vec<String> {
    let heads = [
        texts::papers_print(list.print.join(", ")),
        texts::papers_sign(list.sign.join(", ")),
        texts::papers_bring(),
    ];
    let addresses = list.addresses.iter().map(|address| format!("  {address}"));
    heads
        .map(|line| line.of(lang))
        .into_iter()
        .chain(addresses)
        .collect()
}

type Worded = fn() -> Text;

/// Words of the events and the messages for them.
const WAITS: [(&str, Worded); 8] = [
    ("the SMS with the code", texts::wait_code),
    ("until another code may be asked for", texts::wait_resend),
    ("before logging in again", texts::wait_login),
    ("before looking at the list", texts::wait_list),
    ("SMS 1: «Ваш сертификат заказан»", texts::wait_ordered),
    ("the certificate: 15 to 30 minutes", texts::wait_issue),
    (
        "the portal does not answer, asking again",
        texts::wait_portal,
    ),
    (
        "the SMS gateway does not answer, asking again",
        texts::wait_gateway,
    ),
];
