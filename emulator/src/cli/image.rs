//! `emulator new` and `emulator show`.

use std::io::{self, Write};

use emulator::TokenImage;
use emulator::image::{Body, File, Pin};
use emulator::reference::{FileId, KeyRef, PinRef};
use emulator::rsf::{Half, KeyKind, RsfKind};
use serde::Serialize;

use super::claim::Claim;
use super::{Failure, New, Show, say, unless_closed};

/// Writes a new token, never over an old one unless told so, and never over one that is in use.
pub(super) fn create(new: &New) -> Result<(), Failure> {
    let claim = Claim::on(&new.image)?;
    if !new.force && claim.image().exists() {
        return Err(Failure::ImageExists(new.image.clone()));
    }
    TokenImage::labelled(new.serial, &new.label)?.save(claim.image())?;
    say(format_args!(
        "{}: PINs are 12345678 (user) and 87654321 (administrator)",
        new.image.display()
    ));
    Ok(())
}

/// Prints what a token holds.
pub(super) fn show(show: &Show) -> Result<(), Failure> {
    let summary = Summary::of(&TokenImage::load(&show.image)?);
    let mut out = io::stdout().lock();
    let printed = if show.json {
        let text = serde_json::to_string_pretty(&summary).map_err(io::Error::from)?;
        writeln!(out, "{text}")
    } else {
        summary.print(&mut out)
    };
    Ok(unless_closed(printed)?)
}

/// What may be told about an image.
#[derive(Serialize)]
struct Summary {
    serial: String,
    serial_on_case: u32,
    label: Option<String>,
    initialising: bool,
    administrator_deletes_certificates: bool,
    memory_used: usize,
    memory_total: usize,
    pins: Vec<PinSummary>,
    keys: Vec<KeySummary>,
    files: Vec<FileSummary>,
}

#[derive(Serialize)]
struct PinSummary {
    owner: &'static str,
    set: bool,
    tries_left: u8,
    max_tries: u8,
}

#[derive(Serialize)]
struct KeySummary {
    reference: u8,
    kind: String,
    holds_key: bool,
}

#[derive(Serialize)]
struct FileSummary {
    path: String,
    kind: &'static str,
    size: u16,
    access: String,
}

impl Summary {
    fn of(image: &TokenImage) -> Self {
        let mut files = Vec::new();
        if let Some(mf) = &image.mf {
            list(mf, "", &mut files);
        }
        Self {
            serial: format!("{:08X}", image.serial),
            serial_on_case: image.serial,
            label: image.label(),
            initialising: image.initialising,
            administrator_deletes_certificates: image.administrator_deletes_certificates,
            memory_used: image.memory_used(),
            memory_total: TokenImage::MEMORY,
            pins: image
                .pins
                .iter()
                .map(|(pin_ref, pin)| pin_summary(*pin_ref, pin))
                .collect(),
            keys: keys(image),
            files,
        }
    }

    fn print(&self, out: &mut impl Write) -> io::Result<()> {
        let label = self.label.as_deref().unwrap_or("(not laid out as PKCS#15)");
        writeln!(
            out,
            "Rutoken ECP 2.0 {}, {} on the case: {label}",
            self.serial, self.serial_on_case
        )?;
        if self.initialising {
            writeln!(out, "being initialised: access rules rest")?;
        }
        if self.administrator_deletes_certificates {
            writeln!(out, "the administrator may delete certificates")?;
        }
        writeln!(
            out,
            "memory: {} of {} bytes used",
            self.memory_used, self.memory_total
        )?;
        for PinSummary {
            owner,
            set,
            tries_left,
            max_tries,
        } in &self.pins
        {
            let set = if *set { "" } else { ", not set yet" };
            writeln!(
                out,
                "PIN of the {owner}: {tries_left} of {max_tries} tries left{set}"
            )?;
        }
        for KeySummary {
            reference,
            kind,
            holds_key,
        } in &self.keys
        {
            let holds = if *holds_key { "" } else { ", empty" };
            writeln!(out, "key {reference:02X}: {kind}{holds}")?;
        }
        for FileSummary {
            path,
            kind,
            size,
            access,
        } in &self.files
        {
            writeln!(out, "{path:<24} {kind:<3} {size:>5}  {access}")?;
        }
        Ok(())
    }
}

fn pin_summary(pin_ref: PinRef, pin: &Pin) -> PinSummary {
    PinSummary {
        owner: pin_ref.name(),
        set: pin.value.is_some(),
        tries_left: pin.tries_left,
        max_tries: pin.max_tries,
    }
}

/// Pairs by their private halves.
fn keys(image: &TokenImage) -> Vec<KeySummary> {
    let directory = image.file(&[FileId::SYSTEM, FileId::SYSTEM, FileId::PRIVATE_KEYS]);
    let halves = directory.map_or(&[][..], File::children);
    halves.iter().filter_map(key_summary).collect()
}

fn key_summary(file: &File) -> Option<KeySummary> {
    let RsfKind::Key(Half::Private, kind) = file.rsf_kind()? else {
        return None;
    };
    let kind = match kind {
        KeyKind::Gost(set) => format!("GOST R 34.10, {}", set.name()),
        KeyKind::Rsa { prime_len } => format!("RSA, {} bits", prime_len * 16),
    };
    let holds_key = matches!(file.body, Body::Rsf { value: Some(_), .. });
    Some(KeySummary {
        reference: KeyRef::from_file_id(file.fid)?.number(),
        kind,
        holds_key,
    })
}

fn list(file: &File, above: &str, files: &mut Vec<FileSummary>) {
    let path = format!("{above}{}", file.fid);
    let kind = match file.body {
        Body::Df { .. } => "DF",
        Body::Ef { .. } => "EF",
        Body::Rsf { .. } => "RSF",
    };
    let access = hex::encode_upper(&file.access.0[..8]);
    files.push(FileSummary {
        path: path.clone(),
        kind,
        size: file.size(),
        access,
    });
    for child in file.children() {
        list(child, &format!("{path}/"), files);
    }
}
