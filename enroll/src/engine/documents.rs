//! Chapter 3: the papers, and who has to sign which.

use std::path::{Path, PathBuf};

use super::{Enrollment, login};
use crate::error::Error;
use crate::event::{Caution, Who};
use crate::ports::Printer;
use crate::ports::portal::DocumentFile;
use crate::stage::Fact;

/// What chapter 3 leaves behind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Papers {
    /// «Номер заявки».
    pub application: String,
    /// The seven papers.
    pub files: Vec<DocumentFile>,
    /// Where they are.
    pub folder: PathBuf,
    /// What is left for a person.
    pub checklist: Checklist,
}

/// What a person still has to do: the engine is done, the papers are not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checklist {
    /// To be printed in one copy.
    pub print: Vec<&'static str>,
    /// To be signed and certified.
    pub sign: Vec<&'static str>,
    /// One of the offices that the originals go to.
    pub addresses: [&'static str; 2],
}

/// Link text of each paper and the name of its file.
pub const PAPERS: [(&str, &str); 7] = [
    (
        "Заявление на изготовление сертификата",
        "zayavlenie-izgotovlenie.pdf",
    ),
    ("Расписка в получении сертификата", "raspiska.pdf"),
    ("Руководство по безопасности", "rukovodstvo.pdf"),
    ("Заявление на аннулирование", "zayavlenie-annulirovanie.pdf"),
    ("Доверенность на получение сертификата", "doverennost.pdf"),
    ("Печатная форма запроса", "forma-zaprosa.pdf"),
    ("Печатная форма сертификата", "forma-sertifikata.pdf"),
];

/// The offices of ООО НПФ «Форус», as the manual prints them.
pub const ADDRESSES: [&str; 2] = [
    "664007, Российская Федерация, г. Иркутск, улица Партизанская, дом 49",
    "664011, Российская Федерация, г. Иркутск, улица Свердлова, дом 41, офис 1",
];

impl Checklist {
    /// The manual's: print the receipt and the guide, sign the receipt and the application for issue.
    #[must_use]
    pub fn of_the_manual() -> Self {
        let [application, receipt, guide, ..] = PAPERS.map(|(title, _)| title);
        Self {
            print: vec![receipt, guide],
            sign: vec![receipt, application],
            addresses: ADDRESSES,
        }
    }
}

impl Enrollment<'_> {
    /// Fetches the seven papers of the card into `documents` and says which are to be signed.
    ///
    /// Errors: [`Error::NotInstalled`] before the certificate is on the token; [`Error::NotAPdf`].
    pub fn documents(&mut self) -> Result<Papers, Error> {
        self.meet_token()?;
        self.open_journal()?;
        if !self.stage().is_installed() {
            return Err(Error::NotInstalled {
                stage: self.stage().name(),
            });
        }
        self.finish_removal_after()?;
        let files = self.at_card(&login::INSTALL, |this, _, _| this.fetch_papers())?;
        let mut folder = self.artefacts()?;
        folder.push("documents");
        for file in &files {
            super::artefacts::write_whole(&folder.join(&file.file_name), &file.bytes)?;
        }
        let names = files.iter().map(|file| file.file_name.clone()).collect();
        self.record(Fact::DocumentsSaved { files: names })?;
        let checklist = Checklist::of_the_manual();
        self.step(
            "3",
            Who::Person,
            format!(
                "is to sign {} and bring them to an office",
                checklist.sign.join(", ")
            ),
        );
        self.step(
            "W3",
            Who::Person,
            "needs a program for PDF files to print them",
        );
        self.step(
            "W4",
            Who::Person,
            format!(
                "the signed originals have to reach an office: {}",
                checklist.addresses.join("; or ")
            ),
        );
        let application = self.stage().application().unwrap_or_default().to_owned();
        Ok(Papers {
            application,
            files,
            folder,
            checklist,
        })
    }

    /// Hands one copy of each paper that the checklist says to print to `printer`, and answers with their names.
    ///
    /// A paper goes to the printer once for each enrollment, also when a run was stopped in the middle: the journal
    /// says so before the printer is asked. One that the printer did not take goes again.
    pub fn print(
        &mut self,
        papers: &Papers,
        printer: &mut dyn Printer,
    ) -> Result<Vec<String>, Error> {
        let titles = papers.checklist.print.iter();
        let files = PAPERS
            .iter()
            .filter(|(title, _)| titles.clone().any(|it| it == title));
        let mut printed = Vec::new();
        for (_, file) in files {
            if self.was_handed_over(file) {
                let file = (*file).to_owned();
                self.ports.events.warn(Caution::HandedOver { file });
                continue;
            }
            self.hand_over(&papers.folder.join(file), file, printer)?;
            printed.push((*file).to_owned());
        }
        Ok(printed)
    }

    fn hand_over(
        &mut self,
        path: &Path,
        name: &str,
        printer: &mut dyn Printer,
    ) -> Result<(), Error> {
        let file = name.to_owned();
        self.record(Fact::HandedToPrinter { file: file.clone() })?;
        self.step("3", Who::Engine, format!("prints {name}"));
        if let Err(error) = printer.print(path) {
            self.record(Fact::PrinterRefused { file })?;
            return Err(error.into());
        }
        Ok(())
    }

    fn was_handed_over(&self, name: &str) -> bool {
        let facts = self.journal.iter().flat_map(|it| &it.story().facts);
        facts.fold(false, |handed, fact| match fact {
            Fact::HandedToPrinter { file } if file == name => true,
            Fact::PrinterRefused { file } if file == name => false,
            _ => handed,
        })
    }

    fn fetch_papers(&mut self) -> Result<Vec<DocumentFile>, Error> {
        self.step("3", Who::Person, "opens the papers of the card");
        let mut files = Vec::new();
        for (title, file_name) in PAPERS {
            let bytes = self.ports.portal.document(title)?.bytes;
            if !bytes.starts_with(b"%PDF-") {
                return Err(Error::NotAPdf { title });
            }
            files.push(DocumentFile {
                file_name: file_name.to_owned(),
                bytes,
            });
        }
        Ok(files)
    }
}
