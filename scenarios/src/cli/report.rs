//! `scenarios report`.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::Instant;

use emulator::TokenImage;
use emulator::timing::Profile;
use enroll::messages::Lang;
use scenarios::junit::{self, Verdict};
use scenarios::recording::Recording;
use scenarios::report::{Report as Page, ReportError, folder};
use scenarios::signing::signing_speed;

use super::{Language, language, unusable};

/// The file needs nothing else: no network, no folder beside it. Search in it, show and hide lanes, go from step to step
/// with the arrows; what was on the screen and on the phone is shown as it looked.
#[derive(clap::Args)]
#[command(
    after_help = "Exit codes: 0 the report is written, 2 usage, a recording that cannot be read or a file that cannot be written."
)]
pub(super) struct Report {
    /// A recording, or the folder of a run: then the token as it was left is in the report too.
    #[arg(value_name = "RECORDING|DIR")]
    of: PathBuf,
    /// The file to write.
    #[arg(short, long, value_name = "FILE.html")]
    out: PathBuf,
    /// Language of the report. By default what LANG says.
    #[arg(long)]
    lang: Option<Language>,
}

impl Report {
    pub(super) fn write(&self) -> u8 {
        match self.page() {
            Ok(page) => std::fs::write(&self.out, page).map_or_else(
                |error| {
                    eprintln!("scenarios: cannot write {}: {error}", self.out.display());
                    2
                },
                |()| {
                    println!("{}", self.out.display());
                    0
                },
            ),
            Err(error) => unusable(&*error),
        }
    }

    fn page(&self) -> Result<String, Box<dyn std::error::Error>> {
        if self.of.is_dir() {
            return of_folder(&self.of, language(self.lang));
        }
        let recording = Recording::load(&self.of)?;
        Ok(Page::of(&recording)?.render(language(self.lang)))
    }
}

/// The report of what a run left.
pub(super) fn of_folder(folder: &Path, lang: Lang) -> Result<String, Box<dyn std::error::Error>> {
    let recording = Recording::load(&folder.join("recording.jsonl"))?;
    let left = folder.join("token.image");
    let mut page = Page::of(&recording)?;
    if left.exists() {
        page = leaving(page, &left)?;
    }
    Ok(page.render(lang))
}

/// Each folder is what `run --report DIR` left on one machine; no scenario may be in two of them.
#[derive(clap::Args)]
#[command(
    after_help = "Exit codes: 0 every scenario ended as it expects, 1 one did not, 2 usage or folders that cannot be merged."
)]
pub(super) struct Merge {
    /// Folders of `run --report`.
    #[arg(required = true, value_name = "DIR")]
    parts: Vec<PathBuf>,
    /// Where the pages of all of them go, under one index.html.
    #[arg(long, value_name = "DIR")]
    report: PathBuf,
    /// Write how each scenario of all parts ended to FILE, as JUnit XML.
    #[arg(long, value_name = "FILE")]
    junit: Option<PathBuf>,
    /// Language of index.html. By default what LANG says.
    #[arg(long)]
    lang: Option<Language>,
}

impl Merge {
    pub(super) fn all(&self) -> u8 {
        let lang = language(self.lang);
        let verdicts = match folder::merge(&self.parts, &self.report, lang) {
            Ok(verdicts) => verdicts,
            Err(error) => return unusable(&error),
        };
        let failed = verdicts.iter().filter(|it| !it.mismatches.is_empty());
        let failed = failed
            .map(|it| println!("{}: {}", it.name, it.mismatches.join("; ")))
            .count();
        let all = verdicts.len();
        println!(
            "{}",
            match lang {
                Lang::Ru => format!("сценариев: {all}, не пройдено: {failed}"),
                Lang::En => format!("{all} scenarios, {failed} failed"),
            }
        );
        u8::from(failed > 0).max(leave(&verdicts, self.junit.as_deref(), None, lang))
    }
}

/// Leaves what was asked for: JUnit XML, an index over the pages of a folder.
pub(super) fn leave(
    verdicts: &[Verdict],
    junit: Option<&Path>,
    report: Option<&Path>,
    lang: Lang,
) -> u8 {
    let written = junit.map_or(Ok(()), |path| {
        File::create(path)
            .and_then(|file| junit::write(verdicts, file))
            .map_err(|error| eprintln!("scenarios: cannot write {}: {error}", path.display()))
    });
    let indexed = report.map_or(Ok(()), |folder| {
        folder::leave(folder, verdicts, lang).map_err(|error| eprintln!("scenarios: {error}"))
    });
    written.and(indexed).map_or(2, |()| 0)
}

/// Adds the token as the run left it, and how fast it signs.
#[expect(
    clippy::disallowed_methods,
    reason = "a measurement for the person who looks; nothing kept depends on it"
)]
fn leaving(page: Page, left: &Path) -> Result<Page, ReportError> {
    let image = TokenImage::load(left).map_err(|error| ReportError::Token(error.to_string()))?;
    let started = Instant::now();
    let speed = signing_speed(image.clone(), Profile::hardware(), || started.elapsed());
    // A token that does not sign is shown all the same.
    let page = match speed.ok().flatten() {
        Some(speed) => page.signing(speed),
        None => page,
    };
    page.leaving(image)
}
