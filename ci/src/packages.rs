//! The one list of Debian packages, by the stage that needs them.

use std::path::Path;
use std::process::Command;
use std::sync::{Mutex, PoisonError};

use anyhow::{Context as _, Result, bail};

use crate::stage::Stage;

/// A system package and a file that proves it is there.
struct Package {
    name: &'static str,
    proof: &'static str,
}

const OPENSSL: Package = Package {
    name: "openssl",
    proof: "/usr/bin/openssl",
};
const GOST_ENGINE: Package = Package {
    name: "libengine-gost-openssl",
    proof: "/usr/share/doc/libengine-gost-openssl",
};
const FAKETIME: Package = Package {
    name: "faketime",
    proof: "/usr/bin/faketime",
};
const POPPLER: Package = Package {
    name: "poppler-utils",
    proof: "/usr/bin/pdftotext",
};

const OPENSSL_HEADERS: Package = Package {
    name: "libssl-dev",
    proof: "/usr/include/openssl/evp.h",
};

const VALGRIND: Package = Package {
    name: "valgrind",
    proof: "/usr/bin/valgrind",
};
const OPENSC: Package = Package {
    name: "opensc",
    proof: "/usr/bin/pkcs15-init",
};
const PCSCD: Package = Package {
    name: "pcscd",
    proof: "/usr/sbin/pcscd",
};
const VPCD: Package = Package {
    name: "vsmartcard-vpcd",
    proof: "/usr/lib/pcsc/drivers/serial/libifdvpcd.so",
};
const GNUTLS: Package = Package {
    name: "gnutls-bin",
    proof: "/usr/bin/p11tool",
};
const PCSC_TOOLS: Package = Package {
    name: "pcsc-tools",
    proof: "/usr/bin/pcsc_scan",
};
const IPROUTE: Package = Package {
    name: "iproute2",
    proof: "/sbin/ip",
};

const CHROMIUM: Package = Package {
    name: "chromium",
    proof: "/usr/bin/chromium",
};
const NODE: Package = Package {
    name: "nodejs",
    proof: "/usr/bin/node",
};
const NPM: Package = Package {
    name: "npm",
    proof: "/usr/bin/npm",
};
const CYRILLIC_FONT: Package = Package {
    name: "fonts-dejavu-core",
    proof: "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf",
};

const PYTHON: Package = Package {
    name: "python3-venv",
    proof: "/usr/share/doc/python3-venv",
};

const CPP: Package = Package {
    name: "g++",
    proof: "/usr/bin/g++",
};

const BINUTILS: Package = Package {
    name: "binutils",
    proof: "/usr/bin/objdump",
};
const MMDEBSTRAP: Package = Package {
    name: "mmdebstrap",
    proof: "/usr/bin/mmdebstrap",
};

fn needed_by(stage: Stage) -> &'static [Package] {
    match stage {
        Stage::Test | Stage::Kill | Stage::Trouble | Stage::Docs => &[],
        Stage::Lint => &[PYTHON],
        Stage::Fuzz => &[CPP],
        Stage::Gost => &[
            OPENSSL,
            GOST_ENGINE,
            OPENSSL_HEADERS,
            FAKETIME,
            POPPLER,
            VALGRIND,
        ],
        Stage::Browser => &[
            CHROMIUM,
            NODE,
            NPM,
            CYRILLIC_FONT,
            OPENSSL,
            GOST_ENGINE,
            OPENSC,
            PCSCD,
            VPCD,
            IPROUTE,
        ],
        Stage::Speed => &[OPENSSL, GOST_ENGINE, OPENSSL_HEADERS, PCSCD, VPCD, IPROUTE],
        Stage::Opensc => &[
            OPENSSL,
            GOST_ENGINE,
            OPENSC,
            PCSCD,
            VPCD,
            GNUTLS,
            PCSC_TOOLS,
            IPROUTE,
        ],
        Stage::Pcsc | Stage::Pkcs11 => &[OPENSC, PCSCD, VPCD, IPROUTE],
        Stage::Release => &[PCSCD, VPCD, IPROUTE, PYTHON, BINUTILS, MMDEBSTRAP],
    }
}

/// Installs what is missing for these stages; nothing is asked of apt when all is there.
pub(crate) fn install(stages: &[Stage]) -> Result<()> {
    // Stages side by side: apt-get refuses a second one, and a package may be there before it is set up.
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    install_packages(stages)?;
    if stages.contains(&Stage::Browser) {
        fetch_modules()?;
    }
    Ok(())
}

/// OpenSC's PKCS#11 module.
pub(crate) const OPENSC_MODULE: &str = "/usr/lib/x86_64-linux-gnu/opensc-pkcs11.so";

static TURN: Mutex<()> = Mutex::new(());

/// Where npm puts what pages and scripts of the browser's stage load.
pub(crate) const MODULES: &str = "target/browser";

/// Exactly what the lock names.
fn fetch_modules() -> Result<()> {
    std::fs::create_dir_all(MODULES)?;
    for name in ["package.json", "package-lock.json"] {
        let kept = Path::new("ci/browser").join(name);
        std::fs::copy(kept, Path::new(MODULES).join(name))?;
    }
    let output = Command::new("npm")
        .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"])
        .current_dir(MODULES)
        .output()
        .context("cannot start npm")?;
    if !output.status.success() {
        bail!("npm ci: {}", String::from_utf8_lossy(&output.stderr));
    }
    Ok(())
}

fn install_packages(stages: &[Stage]) -> Result<()> {
    let missing: Vec<&str> = stages
        .iter()
        .flat_map(|stage| needed_by(*stage))
        .filter(|package| !Path::new(package.proof).exists())
        .map(|package| package.name)
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    eprintln!("installing {}", missing.join(" "));
    apt_get(&["update", "-qq"])?;
    apt_get(
        &[
            &["install", "-y", "-qq", "--no-install-recommends"],
            &missing[..],
        ]
        .concat(),
    )
}

fn apt_get(arguments: &[&str]) -> Result<()> {
    let output = Command::new("apt-get")
        .args(arguments)
        .env("DEBIAN_FRONTEND", "noninteractive")
        .output()
        .context("cannot start apt-get: these stages are prepared on Debian; elsewhere install the packages by hand")?;
    if !output.status.success() {
        bail!(
            "apt-get {}: {}",
            arguments.join(" "),
            String::from_utf8_lossy(&output.stderr)
        );
    }
    Ok(())
}
