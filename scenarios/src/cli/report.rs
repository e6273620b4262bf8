//! `scenarios report`.

use std::path::{Path, PathBuf};
use std::time::Instant;

use emulator::TokenImage;
use emulator::timing::Profile;
use enroll::ports::token::Pin;
use scenarios::recording::Recording;
use scenarios::report::{Report as Page, ReportError};
use scenarios::scenario::Scenario;
use scenarios::signing::{SigningSpeed, signing_speed};

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
        if !self.of.is_dir() {
            let recording = Recording::load(&self.of)?;
            return Ok(Page::of(&recording)?.render(language(self.lang)));
        }
        let recording = Recording::load(&self.of.join("recording.jsonl"))?;
        let left = self.of.join("token.image");
        let mut page = Page::of(&recording)?;
        if left.exists() {
            page = leaving(page, &recording, &left)?;
        }
        Ok(page.render(language(self.lang)))
    }
}

/// Adds the token as the run left it, and how fast it signs.
fn leaving(page: Page, recording: &Recording, left: &Path) -> Result<Page, ReportError> {
    let image = TokenImage::load(left).map_err(|error| ReportError::Token(error.to_string()))?;
    let page = match speed(recording, &image) {
        Some(speed) => page.signing(speed),
        None => page,
    };
    page.leaving(image)
}

/// Of a token that a shipped scenario left, whose PIN is known.
#[expect(
    clippy::disallowed_methods,
    reason = "a measurement for the person who looks; nothing kept depends on it"
)]
fn speed(recording: &Recording, image: &TokenImage) -> Option<SigningSpeed> {
    let scenario = Scenario::find(&recording.header().scenario).ok()?;
    let pin = Pin::new(&scenario.steps.last()?.with.user_pin);
    let started = Instant::now();
    signing_speed(image.clone(), &pin, Profile::hardware(), || {
        started.elapsed()
    })
    .ok()?
}
