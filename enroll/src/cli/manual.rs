//! Texts made of the options: shell completions and manual pages.

use std::fs::create_dir_all;
use std::io::{Write as _, stdout};
use std::path::Path;

use clap::CommandFactory as _;

use super::options::Arguments;
use crate::error::Error;

pub(super) fn completions(shell: clap_complete::Shell) -> Result<(), Error> {
    let mut text = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), "enroll", &mut text);
    print(&text)
}

/// The page of the program, or it and those of its commands in a folder; roff, for section 1.
pub(super) fn man(folder: Option<&Path>) -> Result<(), Error> {
    if let Some(folder) = folder {
        let left = create_dir_all(folder)
            .and_then(|()| clap_mangen::generate_to(Arguments::command(), folder));
        return left.map_err(|why| unwritable(folder, &why));
    }
    let mut page = Vec::new();
    let rendered = clap_mangen::Man::new(Arguments::command()).render(&mut page);
    rendered.map_err(|why| unwritable(OUTPUT.as_ref(), &why))?;
    print(&page)
}

/// A reader that went away is an error here, not a panic.
fn print(text: &[u8]) -> Result<(), Error> {
    let written = stdout().write_all(text);
    written.map_err(|why| unwritable(OUTPUT.as_ref(), &why))
}

fn unwritable(path: &Path, why: &std::io::Error) -> Error {
    Error::File {
        path: path.to_owned(),
        why: why.to_string(),
    }
}

const OUTPUT: &str = "/dev/stdout";
