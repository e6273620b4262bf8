//! Texts made of the options: shell completions and manual pages.

use std::io::{self, Write as _};
use std::path::Path;

use clap::CommandFactory as _;
use clap_complete::Shell;

use super::Arguments;

/// Prints what the shell reads to complete our words.
pub(super) fn completions(shell: Shell) -> io::Result<()> {
    let mut text = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), "emulator", &mut text);
    io::stdout().write_all(&text)
}

/// Prints the page of the program, or leaves it and those of its commands in a folder; roff, for section 1.
pub(super) fn man(folder: Option<&Path>) -> io::Result<()> {
    if let Some(folder) = folder {
        std::fs::create_dir_all(folder)?;
        return clap_mangen::generate_to(Arguments::command(), folder);
    }
    let mut page = Vec::new();
    clap_mangen::Man::new(Arguments::command()).render(&mut page)?;
    io::stdout().write_all(&page)
}
