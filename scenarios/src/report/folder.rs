//! A folder of reports: `index.html` over the page of each scenario, and the verdicts as data, so that the folders of
//! several machines become one.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use enroll::messages::Lang;
use serde_json::json;

use super::sheet;
use crate::junit::Verdict;

const PAGE: &str = include_str!("index.html");
const STYLE: &str = concat!(include_str!("page.css"), include_str!("index.css"));
const SCRIPT: &str = include_str!("index.js");
/// The verdicts, for [`merge`].
const VERDICTS: &str = "verdicts.json";
/// A folder's verdicts are read up to this: some ten thousand scenarios.
const LARGEST: u64 = 64 << 20;

/// Why folders of reports cannot be read or left.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// A file cannot be read or written.
    #[error("{path}: {error}")]
    File {
        /// Which.
        path: PathBuf,
        /// The system's reason.
        error: io::Error,
    },
    /// A folder's verdicts are none.
    #[error("{path}: {error}")]
    Verdicts {
        /// Which file.
        path: PathBuf,
        /// Where and why.
        error: serde_json::Error,
    },
    /// Two folders tell of one scenario.
    #[error("{name} is in {one} and in {other}: parts of a suite have no scenario in common")]
    Twice {
        /// The scenario.
        name: String,
        /// A folder.
        one: PathBuf,
        /// Another.
        other: PathBuf,
    },
}

/// The file of a scenario's page.
pub fn page_of(name: &str) -> String {
    format!("{name}.html")
}

/// Writes `index.html` and the verdicts beside the pages that are there.
///
/// Errors: [`FolderError::File`].
pub fn leave(folder: &Path, verdicts: &[Verdict], lang: Lang) -> Result<(), FolderError> {
    made(folder, fs::create_dir_all(folder))?;
    let has_page = |verdict: &Verdict| folder.join(page_of(&verdict.name)).is_file();
    let index = folder.join("index.html");
    let text = render(verdicts, has_page, lang);
    made(&index, fs::write(&index, text))?;
    let kept = folder.join(VERDICTS);
    let text = serde_json::to_string_pretty(verdicts).expect("plain structs with string keys");
    made(&kept, fs::write(&kept, text))
}

/// Brings the folders of several parts together in `to`; all their verdicts, by name.
///
/// Errors: [`FolderError`].
pub fn merge(parts: &[PathBuf], to: &Path, lang: Lang) -> Result<Vec<Verdict>, FolderError> {
    let mut merged: BTreeMap<String, (PathBuf, Verdict)> = BTreeMap::new();
    for part in parts {
        for verdict in verdicts(part)? {
            let name = verdict.name.clone();
            if let Some((one, _)) = merged.insert(name.clone(), (part.clone(), verdict)) {
                let other = part.clone();
                return Err(FolderError::Twice { name, one, other });
            }
        }
    }
    made(to, fs::create_dir_all(to))?;
    for (name, (part, _)) in &merged {
        let (from, page) = (part.join(page_of(name)), to.join(page_of(name)));
        if from.is_file() && from != page {
            made(&from, fs::copy(&from, &page).map(drop))?;
        }
    }
    let all: Vec<Verdict> = merged.into_values().map(|(_, verdict)| verdict).collect();
    leave(to, &all, lang)?;
    Ok(all)
}

fn verdicts(part: &Path) -> Result<Vec<Verdict>, FolderError> {
    use std::io::Read as _;
    let path = part.join(VERDICTS);
    let mut text = String::new();
    let file = fs::File::open(&path);
    made(
        &path,
        file.and_then(|it| it.take(LARGEST).read_to_string(&mut text))
            .map(drop),
    )?;
    let verdicts: Vec<Verdict> =
        serde_json::from_str(&text).map_err(|error| FolderError::Verdicts {
            path: path.clone(),
            error,
        })?;
    // A name becomes a file's name.
    let stray = verdicts
        .iter()
        .find(|it| Path::new(&it.name).file_name() != Some(it.name.as_ref()));
    match stray {
        Some(stray) if page_is_asked(stray) => Err(FolderError::File {
            path: PathBuf::from(&stray.name),
            error: io::ErrorKind::InvalidInput.into(),
        }),
        _ => Ok(verdicts),
    }
}

/// A scenario that could not be read has no page, and its name may be any path.
fn page_is_asked(verdict: &Verdict) -> bool {
    !verdict.title.is_empty()
}

fn made(path: &Path, done: io::Result<()>) -> Result<(), FolderError> {
    done.map_err(|error| FolderError::File {
        path: path.to_owned(),
        error,
    })
}

fn render(verdicts: &[Verdict], has_page: impl Fn(&Verdict) -> bool, lang: Lang) -> String {
    let rows = verdicts.iter().map(|verdict| {
        json!({
            "name": verdict.name,
            "title": verdict.title,
            "mismatches": verdict.mismatches,
            "seconds": verdict.took.as_secs_f64(),
            "page": has_page(verdict).then(|| page_of(&verdict.name)),
        })
    });
    sheet(PAGE, STYLE, SCRIPT, &rows.collect(), lang)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn verdict(name: &str, mismatches: &[&str]) -> Verdict {
        Verdict {
            name: name.to_owned(),
            title: "a title".to_owned(),
            mismatches: mismatches.iter().map(|&it| it.to_owned()).collect(),
            folder: PathBuf::from("target/scenarios"),
            took: Duration::from_millis(1500),
        }
    }

    #[test]
    fn folders_of_two_parts_become_one_in_the_order_of_names() {
        let root = tempfile::tempdir().expect("a folder");
        let [one, two, all] = ["one", "two", "all"].map(|name| root.path().join(name));
        leave(&one, &[verdict("b", &[])], Lang::En).expect("left");
        leave(&two, &[verdict("a", &["not so"])], Lang::En).expect("left");
        fs::write(two.join("a.html"), "a page").expect("written");
        let merged = merge(&[one, two], &all, Lang::En).expect("merged");
        let names: Vec<_> = merged.iter().map(|it| &*it.name).collect();
        assert_eq!(names, ["a", "b"]);
        assert_eq!(merged[0].mismatches, ["not so"]);
        assert_eq!(merged[0].took, Duration::from_millis(1500));
        assert_eq!(fs::read(all.join("a.html")).expect("copied"), b"a page");
        let index = fs::read_to_string(all.join("index.html")).expect("an index");
        assert!(index.contains(r#""page":"a.html""#), "{index}");
    }

    #[test]
    fn a_scenario_of_two_parts_is_refused() {
        let root = tempfile::tempdir().expect("a folder");
        let [one, two] = ["one", "two"].map(|name| root.path().join(name));
        leave(&one, &[verdict("a", &[])], Lang::En).expect("left");
        leave(&two, &[verdict("a", &[])], Lang::En).expect("left");
        let refused = merge(&[one, two], root.path(), Lang::En);
        assert!(matches!(refused, Err(FolderError::Twice { .. })));
    }

    #[test]
    fn a_name_that_leads_out_of_the_folder_is_refused() {
        let root = tempfile::tempdir().expect("a folder");
        let one = root.path().join("one");
        leave(&one, &[verdict("../a", &[])], Lang::En).expect("left");
        let refused = merge(&[one], &root.path().join("all"), Lang::En);
        assert!(matches!(refused, Err(FolderError::File { .. })));
    }

    #[test]
    fn markup_in_a_verdict_adds_no_element_to_the_index() {
        let hostile = verdict("</script><script>alert(1)</script>", &["<img src=x>"]);
        let page = render(&[hostile], |_| true, Lang::Ru);
        let own = [PAGE, STYLE, SCRIPT].map(|part| part.matches('<').count());
        assert_eq!(page.matches('<').count(), own.iter().sum::<usize>());
    }
}
