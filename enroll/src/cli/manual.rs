//! Texts made of the options: shell completions and the manual page.

use std::io::{Write as _, stdout};

use clap::CommandFactory as _;

use super::options::Arguments;
use crate::error::Error;

pub(super) fn completions(shell: clap_complete::Shell) -> Result<(), Error> {
    let mut text = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), "enroll", &mut text);
    print(&text)
}

/// In roff, for section 1.
pub(super) fn man() -> Result<(), Error> {
    let mut page = Vec::new();
    let rendered = clap_mangen::Man::new(Arguments::command()).render(&mut page);
    rendered.map_err(|why| unwritable(&why))?;
    print(&page)
}

/// A reader that went away is an error here, not a panic.
fn print(text: &[u8]) -> Result<(), Error> {
    stdout().write_all(text).map_err(|why| unwritable(&why))
}

fn unwritable(why: &std::io::Error) -> Error {
    Error::File {
        path: "/dev/stdout".into(),
        why: why.to_string(),
    }
}
