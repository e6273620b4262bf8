//! The way to a card, and why there is none.

use core::time::Duration;

/// The way to a card: a command goes in, its answer comes out.
pub trait Transmit {
    /// Sends one whole command and waits for the answer: data, then SW1 SW2.
    ///
    /// Errors: after [`TransmitError::Reset`] the card has forgotten its logins; after the others it is out of reach.
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, TransmitError>;

    /// Powers the card down and up again, which ends every login.
    fn reset(&mut self) -> Result<(), TransmitError>;

    /// What the reader calls itself.
    fn reader_name(&self) -> String;

    /// Keeps other programs from the card until [`Transmit::end`]; asked again meanwhile, it does nothing.
    ///
    /// Where a card has no other users there is nothing to do.
    fn begin(&mut self) -> Result<(), TransmitError> {
        Ok(())
    }

    /// Lets other programs at the card again. Nobody may be logged in then.
    fn end(&mut self) {}
}

/// Why a card could not be reached, or is no longer reached.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TransmitError {
    /// The library that speaks to the system's smart card service is not installed.
    #[error("the smart card library cannot be opened: {why}")]
    NoLibrary {
        /// The system's words.
        why: String,
    },
    /// The system's smart card service is not running.
    #[error("the smart card service is not available: {why}")]
    NoService {
        /// What the system says.
        why: String,
    },
    /// The PKCS#11 module cannot be loaded.
    #[error("the PKCS#11 module {module} cannot be used: {why}")]
    NoModule {
        /// Its path as named.
        module: String,
        /// The system's words.
        why: String,
    },
    /// No reader can be played at that address.
    #[error("cannot listen for a virtual card: {why}")]
    CannotListen {
        /// What is wrong with the address, or the system's words.
        why: String,
    },
    /// No reader, or none of that name.
    #[error("no reader{}; connected: {}", of_name(wanted.as_deref()), or_none(found))]
    NoReader {
        /// The name asked for, if one was.
        wanted: Option<String>,
        /// The readers there are.
        found: Vec<String>,
    },
    /// Several readers hold a card, and none was named.
    #[error("several readers hold a card: {}", readers.join(", "))]
    SeveralReaders {
        /// Their names.
        readers: Vec<String>,
    },
    /// The reader is empty.
    #[error("no card in {reader}")]
    NoCard {
        /// Which reader.
        reader: String,
    },
    /// No card came within the time.
    #[error("no card came to {reader} in {} s", waited.as_secs())]
    NoCardInTime {
        /// Which reader.
        reader: String,
        /// How long it was waited for.
        waited: Duration,
    },
    /// Another program holds the card.
    #[error("another program uses the card in {reader}")]
    InUse {
        /// Which reader.
        reader: String,
    },
    /// The card was taken out.
    #[error("the card was removed")]
    Removed,
    /// The card was reset by someone else: its logins are gone.
    #[error("the card was reset by another program")]
    Reset,
    /// The card or the way to it does not answer as it should.
    #[error("the card does not answer: {0}")]
    Lost(String),
}

fn of_name(wanted: Option<&str>) -> String {
    wanted
        .map(|name| format!(" named «{name}»"))
        .unwrap_or_default()
}

fn or_none(found: &[String]) -> String {
    if found.is_empty() {
        "none".to_owned()
    } else {
        found.join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn readers_are_named_in_the_message() {
        let none = TransmitError::NoReader {
            wanted: None,
            found: Vec::new(),
        };
        assert_eq!(none.to_string(), "no reader; connected: none");
        let other = TransmitError::NoReader {
            wanted: Some("X".to_owned()),
            found: vec!["A".to_owned(), "B".to_owned()],
        };
        assert_eq!(other.to_string(), "no reader named «X»; connected: A, B");
    }
}
