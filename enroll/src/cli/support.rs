//! `enroll support-bundle FILE`: one text file for those who help. Nothing goes in that could hold a secret: the
//! journals hold none, and of pages that were saved only the names are told.

use std::io::Read as _;
use std::path::Path;

use serde_json::json;

use super::options::Common;
use super::shell::Shell;
use super::{Stop, doctor, open, token};
use crate::error::Error;
use crate::journal::Store;

/// Looks at everything as the doctor does, and writes it down whatever the verdicts are.
pub(super) fn run(file: &Path, common: &Common, shell: &Shell) -> Result<(), Stop> {
    let store = Store::new(open::state(common));
    let sections = [
        about(),
        examined(&doctor::examine(common, shell)?),
        journals(&store)?,
        pages(&store),
        NO_LOG.to_owned(),
    ];
    let file = crate::engine::write_whole(file, sections.join("\n").as_bytes())?;
    shell.result(&json!({ "done": "support-bundle", "file": file.display().to_string() }));
    Ok(())
}

fn about() -> String {
    let (version, system) = (env!("CARGO_PKG_VERSION"), std::env::consts::OS);
    let (machine, now) = (std::env::consts::ARCH, super::clock().now());
    format!("enroll {version} on {system} {machine}, {now}\n")
}

fn examined(seen: &doctor::Examination) -> String {
    let mut lines = vec!["== doctor ==".to_owned()];
    lines.extend(seen.findings.iter().map(doctor::Finding::line));
    lines.push("\n== token ==".to_owned());
    lines.extend(seen.info.iter().map(|it| token::info_json(it).to_string()));
    let inventory = seen.inventory.iter().flat_map(token::inventory_json);
    lines.extend(inventory.map(|it| it.to_string()));
    lines.join("\n") + "\n"
}

/// Every journal as it stands, a damaged one too.
fn journals(store: &Store) -> Result<String, Error> {
    let mut text = "== journals ==\n".to_owned();
    for path in store.files()? {
        text += &format!("-- {}\n", name(&path));
        let mut bytes = Vec::new();
        let read = std::fs::File::open(&path);
        match read.and_then(|file| file.take(LONGEST_JOURNAL).read_to_end(&mut bytes)) {
            Ok(_) => text += &String::from_utf8_lossy(&bytes),
            Err(why) => text += &format!("cannot be read: {why}\n"),
        }
    }
    Ok(text)
}

/// Pages that were not understood hold a session's form fields and the applicant's data, so they stay where they are.
fn pages(store: &Store) -> String {
    let entries = std::fs::read_dir(store.folder().join("pages"));
    let entries = entries.into_iter().flatten().flatten();
    let mut names: Vec<String> = entries.map(|it| name(&it.path()) + "\n").collect();
    names.sort();
    format!("== pages saved, by name ==\n{}", names.concat())
}

fn name(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default();
    name.to_string_lossy().into_owned()
}

/// As much as is read of one; a journal of one enrollment has some twenty lines.
const LONGEST_JOURNAL: u64 = 1 << 20;

const NO_LOG: &str = "\
== log ==
A run keeps no log but its journal. What it said on stderr holds no PIN, but the texts of messages: leave codes out.
";
