//! A paper that still has to be printed. Printing takes longer than everything else together, so the server does it
//! after it has let go of the mock.

use http::Response;
use jiff::civil::Date;

use crate::application::Application;
use crate::documents::{Document, DocumentData};
use crate::{Lost, reply};

/// Everything a paper is printed from. It travels in the extensions of the answer that will hold it.
#[derive(Clone, Debug)]
pub(crate) struct Unprinted {
    pub(crate) document: Document,
    pub(crate) application: Application,
    pub(crate) date: Date,
    pub(crate) request_der: Option<Vec<u8>>,
    pub(crate) certificate_der: Option<Vec<u8>>,
}

impl Unprinted {
    /// The answer but for its body, which [`printed`] fills in.
    pub(crate) fn into_response(self) -> Response<Vec<u8>> {
        let mut response = reply::file("application/pdf", self.document.file_name(), Vec::new());
        response.extensions_mut().insert(self);
        response
    }

    fn print(&self) -> Vec<u8> {
        self.document.render(&DocumentData {
            application: &self.application,
            date: self.date,
            request_der: self.request_der.as_deref(),
            certificate_der: self.certificate_der.as_deref(),
        })
    }
}

/// Whether an answer of [`crate::MockCa::answer`] still has to go through [`printed`].
pub(crate) fn is_unprinted(response: &Response<Vec<u8>>) -> bool {
    response.extensions().get::<Unprinted>().is_some()
}

/// The answer with its paper printed; any other answer as it is.
pub fn printed(mut response: Response<Vec<u8>>) -> Response<Vec<u8>> {
    let Some(paper) = response.extensions_mut().remove::<Unprinted>() else {
        return response;
    };
    *response.body_mut() = paper.print();
    match response.extensions().get::<Lost>() {
        Some(Lost::Rest) => {
            let half = response.body().len() / 2;
            response.body_mut().truncate(half);
        }
        Some(Lost::Whole) | None => {}
    }
    response
}
