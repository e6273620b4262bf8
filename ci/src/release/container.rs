//! The image of `ci/Containerfile` where no container engine runs: the file's own lines, carried out on this Debian and
//! in a chroot.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result, bail, ensure};

use super::told;
use crate::run::{Bench, Scratch};

const FILE: &str = "ci/Containerfile";
/// Where the file has the root made that the image begins with.
const ROOT_IS_MADE_IN: &str = "/image";

/// Builds the image of these files and runs the README's first command in it.
pub(super) fn quickstart(bench: &mut Bench, release: &Path) -> Result<()> {
    let mut image = Image::empty(bench)?;
    let text = fs::read_to_string(FILE)?;
    for line in instructions(&text) {
        (image.take(bench, release, line)).with_context(|| format!("{FILE}: {line}"))?;
    }
    bench.run_and_find(&mut image.container()?, "first-certificate: passed")?;
    told(&format!(
        "the image of {FILE}, its steps carried out in a chroot (no container engine was asked), runs the quickstart"
    ));
    Ok(())
}

fn instructions(text: &str) -> impl Iterator<Item = &str> {
    (text.lines().map(str::trim)).filter(|line| !line.is_empty() && !line.starts_with('#'))
}

/// What the lines so far have made.
struct Image {
    root: Scratch,
    environment: Vec<(String, String)>,
    folder: String,
    user: (String, String),
    entrypoint: Vec<String>,
    arguments: Vec<String>,
}

impl Image {
    fn empty(bench: &Bench) -> Result<Self> {
        Ok(Self {
            root: bench.scratch("image")?,
            environment: Vec::new(),
            folder: String::from("/"),
            user: (String::from("0"), String::from("0")),
            entrypoint: Vec::new(),
            arguments: Vec::new(),
        })
    }

    fn take(&mut self, bench: &mut Bench, release: &Path, line: &str) -> Result<()> {
        let (word, rest) = line.split_once(' ').context("an instruction alone")?;
        match word {
            "FROM" => ensure!(
                ["debian:bookworm AS debian", "scratch"].contains(&rest),
                "this stage stands on Debian bookworm or on nothing"
            ),
            "RUN" => self.make_root(bench, rest)?,
            "COPY" => self.copy(release, rest)?,
            "ENV" => self.environment.push(pair(rest, '=')?),
            "WORKDIR" => rest.clone_into(&mut self.folder),
            "USER" => self.user = pair(rest, ':')?,
            "ENTRYPOINT" => self.entrypoint = serde_json::from_str(rest)?,
            "CMD" => self.arguments = serde_json::from_str(rest)?,
            other => bail!("{other} is not known here"),
        }
        Ok(())
    }

    /// This Debian's packages are installed already, by the one list of them.
    fn make_root(&self, bench: &mut Bench, line: &str) -> Result<()> {
        if line.starts_with("apt-get ") {
            return Ok(());
        }
        let mut words = line.split_whitespace();
        ensure!(words.next() == Some("mmdebstrap"), "only mmdebstrap is run");
        let mut make = Command::new("mmdebstrap");
        for word in words {
            if word == ROOT_IS_MADE_IN {
                make.arg(self.root.path());
            } else {
                make.arg(word);
            }
        }
        bench.run(&mut make)?;
        Ok(())
    }

    fn copy(&self, release: &Path, line: &str) -> Result<()> {
        if line == format!("--from=debian {ROOT_IS_MADE_IN}/ /") {
            return Ok(());
        }
        let (files, folder) = line.rsplit_once(' ').context("no place to copy to")?;
        let folder = self.root.path().join(folder.trim_start_matches('/'));
        fs::create_dir_all(&folder)?;
        for file in files.split_whitespace() {
            let name = Path::new(file).file_name().context("no file")?;
            fs::copy(release.join(file), folder.join(name)).with_context(|| file.to_owned())?;
        }
        Ok(())
    }

    /// What an engine starts: nothing of this machine's environment, its network left out.
    fn container(&self) -> Result<Command> {
        ensure!(!self.entrypoint.is_empty(), "{FILE} starts nothing");
        // By their paths: the image's own search path holds none.
        let mut container = Command::new("/usr/bin/unshare");
        container.args(["--net", "/bin/sh", "-c", LOOPBACK_ALONE, "container"]);
        container.args(["/usr/bin/unshare", "--wd", &self.folder, "--root"]);
        container.arg(self.root.path());
        container.args(["--setgid", &self.user.1, "--setuid", &self.user.0]);
        container.args(self.entrypoint.iter().chain(&self.arguments));
        container.env_clear().envs(self.environment.iter().cloned());
        Ok(container)
    }
}

/// What an engine does to a network of its own before the program starts.
const LOOPBACK_ALONE: &str = "/bin/ip link set lo up && exec \"$@\"";

fn pair(text: &str, between: char) -> Result<(String, String)> {
    let (one, other) = (text.split_once(between)).with_context(|| format!("no {between}"))?;
    Ok((one.to_owned(), other.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::instructions;

    #[test]
    fn comments_and_empty_lines_are_no_instructions() {
        let lines: Vec<_> = instructions("# why\n\nFROM scratch\n  USER 1:1\n").collect();
        assert_eq!(lines, ["FROM scratch", "USER 1:1"]);
    }
}
