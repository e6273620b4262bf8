//! Paper.

use std::path::Path;

/// Whatever prints a file. Chapter 3 hands it the papers that are to be printed, one after the other.
pub trait Printer {
    /// Hands over one copy of a PDF file; returns when the print queue has it.
    fn print(&mut self, file: &Path) -> Result<(), PrinterError>;
}

/// Why a paper was not printed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PrinterError {
    /// The program that prints is not on this machine.
    #[error("the program `{program}` is not installed")]
    NoProgram {
        /// Which.
        program: &'static str,
    },
    /// There is no printer, or it took nothing.
    #[error("the printer did not take {file}: {why}")]
    Refused {
        /// File name.
        file: String,
        /// The print system's words.
        why: String,
    },
}
