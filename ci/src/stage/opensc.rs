//! OpenSC, unmodified, drives the card through pcscd; what each of its programs prints equals a committed transcript.
//!
//! The transcripts are the folder `ci/opensc`: commands and answers together, see [`transcript`]. `both` is run on an
//! image of `emulator new` and on one that OpenSC erased and initialised, with the same keys coming out, since the
//! card's randomness starts from a seed.

use std::path::Path;

use anyhow::{Context as _, Result};

use crate::page;
use crate::pcscd::{self, Inserted, Pcscd, SLOTS};
use crate::programs::Programs;
use crate::run::Bench;
use crate::transcript;

/// The life of one token: a folder for what it leaves, and its transcripts in order.
struct Life {
    name: &'static str,
    image: Image,
    transcripts: &'static [&'static str],
}

/// Where a life starts.
enum Image {
    /// A token of `emulator new`.
    New,
    /// What a scenario left.
    OfScenario(&'static str),
}

const LIVES: [Life; 3] = [
    Life {
        name: "new",
        image: Image::New,
        transcripts: &[
            "new/token.txt",
            "both/gost.txt",
            "both/rsa.txt",
            "both/import.txt",
            "both/certificates.txt",
            "both/deleting.txt",
            "both/pins.txt",
            "new/blocked.txt",
            "both/unblocked.txt",
        ],
    },
    Life {
        name: "initialised",
        image: Image::New,
        transcripts: &[
            "initialised/beginning.txt",
            "initialised/token.txt",
            "both/gost.txt",
            "both/rsa.txt",
            "both/import.txt",
            "both/certificates.txt",
            "both/deleting.txt",
            "both/pins.txt",
            "initialised/blocked.txt",
            "both/unblocked.txt",
        ],
    },
    Life {
        name: "enrolled",
        image: Image::OfScenario("first-certificate"),
        transcripts: &["enrolled.txt"],
    },
];

pub(crate) fn run(bench: &mut Bench, bless: bool) -> Result<()> {
    Programs::build(bench)?;
    let mut arguments = vec!["inside", "opensc"];
    if bless {
        arguments.push("--bless");
    }
    pcscd::isolated(&arguments)
}

/// The same, where pcscd is our own.
pub(crate) fn inside(bench: &mut Bench, bless: bool) -> Result<()> {
    pcscd::prepare(bench)?;
    let _pcscd = Pcscd::start(bench)?;
    let programs = Programs::built()?;
    for life in &LIVES {
        live(bench, &programs, life, bless)
            .with_context(|| format!("the token «{}»", life.name))?;
    }
    page::run(bench, "emulator/OPENSC.md")
}

fn live(bench: &mut Bench, programs: &Programs, life: &Life, bless: bool) -> Result<()> {
    let folder = std::path::absolute(bench.folder().join(life.name))?;
    std::fs::create_dir(&folder)?;
    let image = folder.join("token.image");
    match life.image {
        Image::New => {
            let mut new = programs.command("emulator");
            bench.run(new.arg("new").arg(&image).args(["--label", "Rutoken ECP"]))?;
        }
        Image::OfScenario(name) => {
            let mut scenarios = programs.command("scenarios");
            scenarios
                .args(["run", "--quiet", name, "--out"])
                .arg(folder.join(name));
            bench.run(&mut scenarios)?;
            std::fs::copy(folder.join(name).join("token.image"), &image)?;
        }
    }
    let mut attach = programs.command("emulator");
    attach
        .arg("attach")
        .arg(&image)
        .args(["--vpcd", SLOTS[0].port, "--seed", SEED]);
    let inserted = Inserted::wait(&mut attach, SLOTS[0], &folder.join("emulator.log"))?;
    for name in life.transcripts {
        again(&folder, name, bless)?;
    }
    inserted.remove()
}

/// Runs a transcript again in the life's folder, and keeps what came beside what the life left.
fn again(folder: &Path, name: &str, bless: bool) -> Result<()> {
    let path = Path::new("ci/opensc").join(name);
    let committed =
        std::fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))?;
    let tools = std::path::absolute("ci/opensc/tools")?;
    let given = std::path::absolute("ci/opensc/given")?;
    let search = format!("{}:{STANDARD_PATH}", tools.display());
    let now = transcript::run_again(&committed, |command| {
        command
            .current_dir(folder)
            .env_clear()
            .env("PATH", &search)
            .env("LC_ALL", "C.UTF-8")
            .env("TZ", "UTC")
            .env("HOME", folder)
            // No such file: OpenSC as its authors ship it, whatever this machine's configuration says.
            .env("OPENSC_CONF", folder.join("opensc.conf"))
            .env("GIVEN", &given);
    })?;
    std::fs::write(folder.join(name.replace('/', "-")), &now)?;
    transcript::compare(&path, &committed, &now, bless)
}

/// Where the card's randomness starts: the transcripts show public keys.
const SEED: &str = "1";

const STANDARD_PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
