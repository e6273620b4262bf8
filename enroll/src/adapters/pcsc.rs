//! Readers of this machine, through the system's PC/SC service.
//!
//! A card in a reader is shared with whatever else runs: browsers, the EGAIS transport module. So a connection is made
//! for the time the token is used, with a transaction that keeps the others waiting meanwhile.

use core::time::Duration;
use std::ffi::CString;

use pcsc::{Card, Context, Disposition, Error, Protocols, ReaderState, Scope, ShareMode, State};

use crate::ports::token::{Transmit, TransmitError};

/// A reader and whether something is in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slot {
    /// What the service calls the reader.
    pub name: String,
    /// Whether it holds a card.
    pub has_card: bool,
}

/// Every reader that the service knows, in its order.
///
/// Errors: [`TransmitError::NoLibrary`], [`TransmitError::NoService`].
pub fn slots() -> Result<Vec<Slot>, TransmitError> {
    let context = establish()?;
    let names = match context.list_readers_owned() {
        Err(Error::NoReadersAvailable) => Vec::new(),
        names => names.map_err(|error| told(error, "the list of readers"))?,
    };
    let mut states: Vec<_> = names
        .into_iter()
        .map(|name| ReaderState::new(name, State::UNAWARE))
        .collect();
    if !states.is_empty() {
        let looked = context.get_status_change(Duration::ZERO, &mut states);
        looked.map_err(|error| told(error, "the state of the readers"))?;
    }
    Ok(states.iter().map(Slot::of).collect())
}

impl Slot {
    fn of(state: &ReaderState) -> Self {
        let name = state.name().to_string_lossy().into_owned();
        Self {
            name,
            has_card: state.event_state().contains(State::PRESENT),
        }
    }
}

/// The slot that is meant: the one of that name or whose name begins so; without a name the only one with a card,
/// Rutokens before others.
///
/// Errors: [`TransmitError::NoReader`], [`TransmitError::NoCard`], [`TransmitError::SeveralReaders`].
pub fn choose<'a>(slots: &'a [Slot], wanted: Option<&str>) -> Result<&'a Slot, TransmitError> {
    if let Some(slot) = slots.iter().find(|slot| Some(slot.name.as_str()) == wanted) {
        return if slot.has_card {
            Ok(slot)
        } else {
            Err(no_card(&[slot]))
        };
    }
    let meant: Vec<_> = slots
        .iter()
        .filter(|slot| wanted.is_none_or(|name| slot.name.starts_with(name)))
        .collect();
    if meant.is_empty() {
        let found = slots.iter().map(|slot| slot.name.clone()).collect();
        return Err(TransmitError::NoReader {
            wanted: wanted.map(str::to_owned),
            found,
        });
    }
    let filled: Vec<_> = meant.iter().copied().filter(|slot| slot.has_card).collect();
    let rutokens: Vec<_> = filled
        .iter()
        .copied()
        .filter(|slot| slot.name.starts_with(RUTOKEN))
        .collect();
    match (if rutokens.is_empty() {
        filled
    } else {
        rutokens
    })
    .as_slice()
    {
        [] => Err(no_card(&meant)),
        [slot] => Ok(slot),
        several => Err(TransmitError::SeveralReaders {
            readers: several.iter().map(|slot| slot.name.clone()).collect(),
        }),
    }
}

fn no_card(slots: &[&Slot]) -> TransmitError {
    let names: Vec<_> = slots.iter().map(|slot| slot.name.as_str()).collect();
    TransmitError::NoCard {
        reader: names.join(", "),
    }
}

/// One reader of the machine.
pub struct PcscReader {
    context: Context,
    name: CString,
    /// While it is connected, a transaction is held.
    card: Option<Card>,
}

impl core::fmt::Debug for PcscReader {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("PcscReader")
            .field("name", &self.name)
            .field("held", &self.card.is_some())
            .finish_non_exhaustive()
    }
}

impl PcscReader {
    /// Takes the reader that is meant, see [`choose`], and makes sure that its card can be reached.
    ///
    /// Errors: also [`TransmitError::InUse`], when another program has the card to itself.
    pub fn connect(wanted: Option<&str>) -> Result<Self, TransmitError> {
        let slots = slots()?;
        let name = &choose(&slots, wanted)?.name;
        let name = CString::new(name.as_str())
            .map_err(|_| TransmitError::Lost("a reader without a name".to_owned()))?;
        let mut reader = Self {
            context: establish()?,
            name,
            card: None,
        };
        reader.begin()?;
        reader.end();
        Ok(reader)
    }

    /// What the card said first, as the service has it.
    ///
    /// Errors: [`TransmitError::NoCard`], or the service is away.
    pub fn atr(&self) -> Result<Vec<u8>, TransmitError> {
        let mut states = [ReaderState::new(self.name.as_c_str(), State::UNAWARE)];
        let looked = self.context.get_status_change(Duration::ZERO, &mut states);
        looked.map_err(|error| self.told(error))?;
        match states[0].atr() {
            [] => Err(self.told(Error::NoSmartcard)),
            atr => Ok(atr.to_vec()),
        }
    }

    /// The card with a transaction on it, asked for again while another program resets it: nobody is logged in yet, so
    /// nothing is lost by it. pcscd has no protocol for a card between its power-off and its ATR, and answers that
    /// ours do not fit (seen with 1.9.9).
    fn held(&mut self) -> Result<Card, Error> {
        let mut held = self.held_once();
        for waited in 1..=WAITS_FOR_POWER {
            if !held.as_ref().is_err_and(passes) {
                break;
            }
            self.wait_for_power()?;
            if waited % MOMENTS_WITHOUT_ATR == 0 && self.atr().is_err() {
                self.power_again();
            }
            held = self.held_once();
        }
        held
    }

    fn held_once(&mut self) -> Result<Card, Error> {
        let mut card = self.shared()?;
        // The transaction ends when the card is disconnected, so nothing needs to be kept of it.
        match card.transaction().map(core::mem::forget) {
            Ok(()) => Ok(card),
            Err(error) => {
                drop(card.disconnect(Disposition::LeaveCard));
                Err(error)
            }
        }
    }

    /// A connection that others may share, also when the service was started anew since the last one: what it gave
    /// out before is void then.
    fn shared(&mut self) -> Result<Card, Error> {
        let gone = [
            Error::NoService,
            Error::ServiceStopped,
            Error::InvalidHandle,
        ];
        let connected = self.connected();
        if !connected.as_ref().is_err_and(|error| gone.contains(error)) {
            return connected;
        }
        self.context = Context::establish(Scope::User)?;
        self.connected()
    }

    fn connected(&self) -> Result<Card, Error> {
        self.context
            .connect(&self.name, ShareMode::Shared, Protocols::ANY)
    }

    /// Returns when the state of the reader changes, or after a moment.
    fn wait_for_power(&self) -> Result<(), Error> {
        let mut states = [ReaderState::new(self.name.as_c_str(), State::UNAWARE)];
        self.context
            .get_status_change(Duration::ZERO, &mut states)?;
        states[0].sync_current_state();
        match self.context.get_status_change(MOMENT, &mut states) {
            Err(Error::Timeout) => Ok(()),
            waited => waited,
        }
    }

    /// Has the card powered anew by a connection that needs no protocol. Where another program's reset failed, pcscd
    /// keeps the card without ATR for as long as anybody asks for it (seen with 1.9.9), so nobody has a use of it to lose.
    /// Whether it helped, the next connection tells.
    fn power_again(&self) {
        let direct = ShareMode::Direct;
        if let Ok(mut card) = (self.context).connect(&self.name, direct, Protocols::UNDEFINED) {
            let _ = card.reconnect(direct, Protocols::UNDEFINED, Disposition::UnpowerCard);
            drop(card.disconnect(Disposition::LeaveCard));
        }
    }

    fn told(&self, error: Error) -> TransmitError {
        told(error, &self.reader_name())
    }
}

impl Transmit for PcscReader {
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, TransmitError> {
        self.begin()?;
        let mut buffer = [0; pcsc::MAX_BUFFER_SIZE];
        let answer = self
            .card
            .as_ref()
            .ok_or(TransmitError::Removed)?
            .transmit(command, &mut buffer)
            .map(<[u8]>::to_vec);
        let answer = answer.map_err(|error| self.told(error)).and_then(answered);
        if answer.is_err() {
            // The handle, and a login if there was one, are of no use any more.
            self.end();
        }
        answer
    }

    fn reset(&mut self) -> Result<(), TransmitError> {
        self.begin()?;
        if let Some(card) = self.card.take() {
            card.disconnect(Disposition::UnpowerCard)
                .map_err(|(_, error)| self.told(error))?;
        }
        self.begin()
    }

    fn reader_name(&self) -> String {
        self.name.to_string_lossy().into_owned()
    }

    fn begin(&mut self) -> Result<(), TransmitError> {
        if self.card.is_some() {
            return Ok(());
        }
        let held = self.held();
        self.card = Some(held.map_err(|error| self.told(error))?);
        Ok(())
    }

    fn end(&mut self) {
        if let Some(card) = self.card.take() {
            // A card that is gone cannot be left, and need not be.
            drop(card.disconnect(Disposition::LeaveCard));
        }
    }
}

/// Whether the failure may only be that of a card on its way from one power-on to the next.
fn passes(error: &Error) -> bool {
    matches!(
        error,
        Error::ProtoMismatch | Error::UnresponsiveCard | Error::UnpoweredCard | Error::ResetCard
    )
}

/// How many moments a card is given to be powered: five seconds at least, of which the slowest ATR needs one (pcscd 1.9.9
/// was seen to make 0.9 s of a moment while it has no ATR). Another program's
/// resets cut moments short, and each may leave the card without power for some (seen: twenty were not enough).
const WAITS_FOR_POWER: u32 = 50;

/// After how many it is powered by us, while it has no ATR: a reset that goes on has the old one, one that failed none.
const MOMENTS_WITHOUT_ATR: u32 = 3;

/// One of them.
const MOMENT: Duration = Duration::from_millis(100);

/// Every card answers with a status word at least; vsmartcard's reader hands over nothing at all when its card goes
/// away in mid-command (seen with 3.3).
fn answered(answer: Vec<u8>) -> Result<Vec<u8>, TransmitError> {
    if answer.is_empty() {
        return Err(TransmitError::Removed);
    }
    Ok(answer)
}

fn establish() -> Result<Context, TransmitError> {
    Context::establish(Scope::User).map_err(|error| told(error, "the service"))
}

/// The service's words in ours.
fn told(error: Error, what: &str) -> TransmitError {
    match error {
        Error::NoService | Error::ServiceStopped => no_service(),
        Error::UnknownReader | Error::ReaderUnavailable | Error::RemovedCard => {
            TransmitError::Removed
        }
        Error::NoSmartcard => TransmitError::NoCard {
            reader: what.to_owned(),
        },
        Error::SharingViolation => TransmitError::InUse {
            reader: what.to_owned(),
        },
        Error::ResetCard => TransmitError::Reset,
        error => TransmitError::Lost(format!("{what}: {error}")),
    }
}

/// The library answers alike whether it is missing or nobody is at the other end.
fn no_service() -> TransmitError {
    let why = "it is not running (on Linux: pcscd)".to_owned();
    library().err().unwrap_or(TransmitError::NoService { why })
}

/// Whether the library that speaks to the service is there.
///
/// Errors: [`TransmitError::NoLibrary`].
pub fn library() -> Result<(), TransmitError> {
    pcsc_sys::library().map_err(|why| TransmitError::NoLibrary {
        why: why.to_string(),
    })
}

/// What names of the hardware's readers begin with, on every system.
const RUTOKEN: &str = "Aktiv Rutoken ECP";

#[cfg(test)]
mod tests {
    use super::*;

    fn slot(name: &str, has_card: bool) -> Slot {
        Slot {
            name: name.to_owned(),
            has_card,
        }
    }

    fn chosen(slots: &[Slot], wanted: Option<&str>) -> Result<String, String> {
        choose(slots, wanted)
            .map(|slot| slot.name.clone())
            .map_err(|error| error.to_string())
    }

    #[test]
    fn the_only_card_is_taken_and_a_rutoken_before_others() {
        let slots = [
            slot("Virtual PCD 00 01", false),
            slot("Other 0", true),
            slot("Aktiv Rutoken ECP 00 00", true),
        ];
        assert_eq!(chosen(&slots[..2], None), Ok("Other 0".to_owned()));
        assert_eq!(
            chosen(&slots, None),
            Ok("Aktiv Rutoken ECP 00 00".to_owned())
        );
    }

    #[test]
    fn a_name_or_its_beginning_chooses() {
        let slots = [
            slot("Aktiv Rutoken ECP 00 00", true),
            slot("Aktiv Rutoken ECP 01 00", true),
            slot("Other", false),
        ];
        assert_eq!(
            chosen(&slots, Some("Aktiv Rutoken ECP 01 00")),
            Ok("Aktiv Rutoken ECP 01 00".to_owned())
        );
        assert_eq!(
            chosen(&slots, Some("Aktiv Rutoken ECP 01")),
            Ok("Aktiv Rutoken ECP 01 00".to_owned())
        );
        let several =
            "several readers hold a card: Aktiv Rutoken ECP 00 00, Aktiv Rutoken ECP 01 00";
        assert_eq!(chosen(&slots, Some("Aktiv")), Err(several.to_owned()));
        assert_eq!(chosen(&slots, None), Err(several.to_owned()));
        assert_eq!(
            chosen(&slots, Some("Other")),
            Err("no card in Other".to_owned())
        );
    }

    #[test]
    fn what_is_not_there_is_told_with_what_is() {
        assert_eq!(
            chosen(&[], None),
            Err("no reader; connected: none".to_owned())
        );
        let slots = [slot("A", false), slot("B", false)];
        assert_eq!(chosen(&slots, None), Err("no card in A, B".to_owned()));
        assert_eq!(
            chosen(&slots, Some("C")),
            Err("no reader named «C»; connected: A, B".to_owned())
        );
    }

    #[test]
    fn no_answer_at_all_is_a_card_that_went_away_in_mid_command() {
        assert_eq!(answered(Vec::new()), Err(TransmitError::Removed));
        assert_eq!(answered(vec![0x90, 0x00]), Ok(vec![0x90, 0x00]));
    }

    #[test]
    fn a_card_that_another_program_resets_is_asked_again_and_one_it_holds_is_not() {
        assert!(passes(&Error::ProtoMismatch));
        assert!(passes(&Error::ResetCard));
        assert!(!passes(&Error::SharingViolation));
        assert!(!passes(&Error::NoSmartcard));
    }

    #[test]
    fn each_failure_of_the_service_has_its_own_word() {
        assert!(matches!(
            told(Error::NoService, "R"),
            TransmitError::NoService { .. } | TransmitError::NoLibrary { .. }
        ));
        assert_eq!(told(Error::RemovedCard, "R"), TransmitError::Removed);
        assert_eq!(
            told(Error::NoSmartcard, "R"),
            TransmitError::NoCard {
                reader: "R".to_owned()
            }
        );
        assert_eq!(
            told(Error::SharingViolation, "R"),
            TransmitError::InUse {
                reader: "R".to_owned()
            }
        );
        assert_eq!(told(Error::ResetCard, "R"), TransmitError::Reset);
        assert!(matches!(
            told(Error::UnresponsiveCard, "R"),
            TransmitError::Lost(_)
        ));
    }
}
