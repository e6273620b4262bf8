//! The shipped scenarios, compiled in so that a lone program has them too.

use include_dir::{Dir, include_dir};

static SUITE: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/suite");

/// The text of a shipped scenario.
pub fn text(name: &str) -> Option<&'static str> {
    SUITE.get_file(format!("{name}.toml"))?.contents_utf8()
}

/// Names of the shipped scenarios, in order.
pub fn names() -> Vec<&'static str> {
    let mut names: Vec<_> = SUITE
        .files()
        .filter_map(|file| file.path().file_stem()?.to_str())
        .collect();
    names.sort_unstable();
    names
}
