//! The printed forms of an enrollment, as PDF: A4, Russian, searchable, «ТЕСТ» across every page.

mod decoded;
mod forms;
mod layout;
#[cfg(test)]
mod tests;
mod words;

use jiff::civil::Date;

use self::layout::paper::{self, Imprint};
use crate::application::Application;

/// One of the seven papers between an applicant and the authority.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Document {
    /// Заявление на изготовление сертификата.
    ApplicationForIssue,
    /// Расписка в получении сертификата.
    Receipt,
    /// Руководство по обеспечению безопасности.
    SecurityGuide,
    /// Заявление на аннулирование.
    ApplicationForRevocation,
    /// Доверенность на получение сертификата.
    PowerOfAttorney,
    /// Печатная форма запроса.
    RequestForm,
    /// Печатная форма сертификата.
    CertificateForm,
}

/// What a document is filled in with.
#[derive(Clone, Copy, Debug)]
pub struct DocumentData<'a> {
    /// The application.
    pub application: &'a Application,
    /// The day printed on the document, in Irkutsk.
    pub date: Date,
    /// The request, DER, once it has been made.
    pub request_der: Option<&'a [u8]>,
    /// The certificate, DER, once it has been issued.
    pub certificate_der: Option<&'a [u8]>,
}

impl Document {
    /// All of them, in the order of the application's page.
    pub const ALL: [Self; 7] = [
        Self::ApplicationForIssue,
        Self::Receipt,
        Self::SecurityGuide,
        Self::ApplicationForRevocation,
        Self::PowerOfAttorney,
        Self::RequestForm,
        Self::CertificateForm,
    ];

    /// The name it is saved under.
    pub const fn file_name(self) -> &'static str {
        match self {
            Self::ApplicationForIssue => "zayavlenie-izgotovlenie.pdf",
            Self::Receipt => "raspiska.pdf",
            Self::SecurityGuide => "rukovodstvo.pdf",
            Self::ApplicationForRevocation => "zayavlenie-annulirovanie.pdf",
            Self::PowerOfAttorney => "doverennost.pdf",
            Self::RequestForm => "forma-zaprosa.pdf",
            Self::CertificateForm => "forma-sertifikata.pdf",
        }
    }

    /// The text of its link.
    pub const fn title(self) -> &'static str {
        match self {
            Self::ApplicationForIssue => "Заявление на изготовление сертификата",
            Self::Receipt => "Расписка в получении сертификата",
            Self::SecurityGuide => "Руководство по безопасности",
            Self::ApplicationForRevocation => "Заявление на аннулирование",
            Self::PowerOfAttorney => "Доверенность на получение сертификата",
            Self::RequestForm => "Печатная форма запроса",
            Self::CertificateForm => "Печатная форма сертификата",
        }
    }

    /// The document as PDF: same data, same octets.
    pub fn render(self, data: &DocumentData<'_>) -> Vec<u8> {
        let application = data.application;
        let imprint = Imprint {
            title: self.title(),
            about: format!("Заявка № {} · {}", application.number, application.owner),
            date: data.date,
        };
        paper::print(&forms::fill(self, data), &imprint)
    }
}
