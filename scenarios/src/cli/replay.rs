//! `scenarios replay`.

use std::path::{Path, PathBuf};

use emulator::TokenImage;
use enroll::messages::Lang;
use scenarios::reader::Way;
use scenarios::recording::Recording;
use scenarios::replay::{ReplayError, Replayed, Side, on_card, replay, told};
use scenarios::report::Report as Page;

use super::{Language, language, unusable, unusable_file};

/// A recording is what a run leaves as recording.jsonl. One side is real, the recording plays the others; what the real
/// one does is compared with what was recorded, byte for byte.
#[derive(clap::Args)]
#[command(
    after_help = "Exit codes: 0 everything is as recorded, 1 something is not, 2 usage or a recording that cannot be played."
)]
pub(super) struct Replay {
    /// Files of recordings.
    #[arg(required = true, value_name = "RECORDING")]
    recordings: Vec<PathBuf>,
    /// Which side is real; all of them, one after the other, when none is named.
    #[arg(long, value_enum)]
    side: Option<Side>,
    /// Play the recorded commands on the token of this image, instead of one made from the recording's own story: what a
    /// recording of hardware needs. Keys, signatures and random numbers are bound to names at first sight.
    #[arg(long, value_name = "FILE", requires = "side")]
    image: Option<PathBuf>,
    /// How the token is reached where it is the real side.
    #[arg(long, value_enum, default_value_t)]
    via: Way,
    /// Write the recording as one HTML file, each difference in its place on the timeline.
    #[arg(long, value_name = "FILE.html")]
    report: Option<PathBuf>,
    /// Language of what is shown. By default what LANG says.
    #[arg(long)]
    lang: Option<Language>,
}

fn nothing(lane: &str, lang: Lang) -> String {
    match lang {
        Lang::Ru => format!("в записи нет дорожки {lane}"),
        Lang::En => format!("the recording has no {lane} lane"),
    }
}

impl Replay {
    pub(super) fn all(&self) -> u8 {
        if self.report.is_some() && self.recordings.len() > 1 {
            eprintln!("scenarios: --report shows one recording");
            return 2;
        }
        if self.via == Way::Browser {
            eprintln!(
                "scenarios: a browser plays no recording; the token is reached the other ways"
            );
            return 2;
        }
        let mut worst = 0;
        for path in &self.recordings {
            worst = worst.max(self.one(path));
        }
        worst
    }

    fn on_card(&self, recording: &Recording, image: &Path) -> u8 {
        if self.side != Some(Side::Token) {
            eprintln!("scenarios: --image goes with --side token");
            return 2;
        }
        let image = match TokenImage::load(image) {
            Ok(loaded) => loaded,
            Err(error) => return unusable_file(image, &error),
        };
        let replayed = match on_card(recording, &image, self.via) {
            Ok(replayed) => replayed,
            Err(error) => return unusable(&error),
        };
        let lang = language(self.lang);
        print!(
            "  {}",
            told::render(recording, Side::Token, &replayed, lang)
        );
        let judged = u8::from(!replayed.passed());
        judged.max(self.shown(recording, image, &replayed))
    }

    /// The page of a replay on a card of `image`, which it shows as the token before.
    fn shown(&self, recording: &Recording, image: TokenImage, replayed: &Replayed) -> u8 {
        if self.report.is_none() {
            return 0;
        }
        let page = Page::of(recording).and_then(|page| page.beginning_with(image));
        match page {
            Ok(page) => self.leave(&page.replayed(Side::Token, replayed)),
            Err(error) => unusable(&error),
        }
    }

    fn one(&self, path: &Path) -> u8 {
        println!("{}", path.display());
        let recording = match Recording::load(path) {
            Ok(recording) => recording,
            Err(error) => return unusable(&error),
        };
        if let Some(image) = &self.image {
            return self.on_card(&recording, image);
        }
        let sides = self
            .side
            .map_or_else(|| Side::ALL.to_vec(), |side| vec![side]);
        let wanted = self.report.is_some();
        let mut page = match wanted.then(|| Page::of(&recording)).transpose() {
            Ok(page) => page,
            Err(error) => return unusable(&error),
        };
        let mut worst = 0;
        for side in sides {
            let replayed = match replay(&recording, side, self.via) {
                Ok(replayed) => replayed,
                Err(ReplayError::NothingRecorded { lane }) if self.side.is_none() => {
                    println!(
                        "  {:<7} {}",
                        side.name(),
                        nothing(lane, language(self.lang))
                    );
                    continue;
                }
                Err(error @ ReplayError::ByModule) if self.side.is_none() => {
                    println!("  {:<7} {error}", side.name());
                    continue;
                }
                Err(error) => return unusable(&error),
            };
            let lang = language(self.lang);
            print!("  {}", told::render(&recording, side, &replayed, lang));
            worst = worst.max(u8::from(!replayed.passed()));
            page = page.map(|page| page.replayed(side, &replayed));
        }
        worst.max(page.map_or(0, |page| self.leave(&page)))
    }

    fn leave(&self, page: &Page) -> u8 {
        let Some(file) = &self.report else {
            return 0;
        };
        let written = std::fs::write(file, page.render(language(self.lang)));
        written.map_or_else(
            |error| {
                eprintln!("scenarios: cannot write {}: {error}", file.display());
                2
            },
            |()| 0,
        )
    }
}
