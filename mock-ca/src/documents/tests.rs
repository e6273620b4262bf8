use super::layout::Mark;
use super::*;
use crate::ca::Profile;
use crate::ca::tests::{EPOCH, authority, moment, request_der};

struct Filled {
    application: Application,
    request: Vec<u8>,
    certificate: Vec<u8>,
}

impl Filled {
    fn of(profile: &str) -> Self {
        let application = Application::sample(Profile::named(profile).unwrap());
        let mut ca = authority(&application.profile);
        let request = request_der(&application, 1);
        let checked = ca.check(&request, &application).unwrap();
        let certificate = ca.issue(&checked, &application, moment(EPOCH)).unwrap();
        Self {
            application,
            request,
            certificate,
        }
    }

    fn data(&self) -> DocumentData<'_> {
        DocumentData {
            application: &self.application,
            date: jiff::civil::date(2018, 12, 13),
            request_der: Some(&self.request),
            certificate_der: Some(&self.certificate),
        }
    }
}

fn texts(document: Document, data: &DocumentData<'_>) -> Vec<layout::Text> {
    let marks = forms::fill(document, data).pages.into_iter().flatten();
    marks
        .filter_map(|mark| {
            if let Mark::Text(text) = mark {
                Some(text)
            } else {
                None
            }
        })
        .collect()
}

fn running_text(document: Document, data: &DocumentData<'_>) -> String {
    let lines: Vec<String> = texts(document, data)
        .into_iter()
        .map(|text| text.text)
        .collect();
    lines.join(" ").replace('\u{a0}', " ")
}

#[test]
fn every_character_of_every_form_has_a_glyph() {
    for profile in Profile::names() {
        let filled = Filled::of(profile);
        for document in Document::ALL {
            for text in texts(document, &filled.data()) {
                let missing: Vec<char> = text
                    .text
                    .chars()
                    .filter(|c| !text.face.covers(*c))
                    .collect();
                assert_eq!(missing, [], "{document:?}: {}", text.text);
            }
            assert!(
                document
                    .title()
                    .chars()
                    .all(|c| layout::Face::Regular.covers(c))
            );
        }
    }
}

/// Keys, signatures and fingerprints: they follow the seed, and no reviewer reads them.
fn is_octets(line: &str) -> bool {
    line.len() > 30
        && line
            .split(' ')
            .all(|pair| pair.len() == 2 && pair.bytes().all(|c| c.is_ascii_hexdigit()))
}

#[test]
fn forms_read_as_reviewed() {
    let filled = Filled::of("forus-2018");
    for document in Document::ALL {
        let lines: Vec<String> = texts(document, &filled.data())
            .into_iter()
            .map(|text| text.text)
            .collect();
        let lines: Vec<&str> = lines
            .iter()
            .map(|line| if is_octets(line) { "(octets)" } else { line })
            .collect();
        insta::assert_snapshot!(document.file_name(), lines.join("\n"));
    }
}

#[test]
fn every_form_names_owner_and_application() {
    let filled = Filled::of("forus-2019");
    for document in Document::ALL {
        let text = running_text(document, &filled.data());
        assert!(text.contains("Иванов Иван Иванович"), "{document:?}");
        assert!(text.contains("722318"), "{document:?}");
        assert!(text.contains("«13» декабря 2018 г."), "{document:?}");
    }
}

#[test]
fn papers_to_hand_in_say_where() {
    let filled = Filled::of("forus-2018");
    for (document, is_handed_in) in [
        (Document::ApplicationForIssue, true),
        (Document::Receipt, true),
        (Document::SecurityGuide, false),
    ] {
        let text = running_text(document, &filled.data());
        for office in words::OFFICES {
            assert_eq!(text.contains(office), is_handed_in, "{document:?} {office}");
        }
    }
}

#[test]
fn printed_numbers_are_those_of_paper_and_of_the_certificate() {
    let filled = Filled::of("forus-2018");
    let application = running_text(Document::ApplicationForIssue, &filled.data());
    for part in [
        "123-456-789 64",
        " 3812009997 ",
        " 003812009997 ",
        "+7 900 000-00-00",
    ] {
        assert!(application.contains(part), "{part}");
    }
    let certificate = running_text(Document::CertificateForm, &filled.data());
    for part in [
        "TEST ООО НПФ \"Форус\"",
        "КС1",
        "1.2.643.2.2.19",
        "13.12.2018 09:00:00 (UTC+8)",
        "ФСРАР",
    ] {
        assert!(certificate.contains(part), "{part}");
    }
}

#[test]
fn nothing_leaves_the_margins() {
    let mut filled = Filled::of("forus-2019-512");
    filled.application.organisation.name =
        "Длинное-предлинное название ".repeat(20) + &"Й".repeat(200);
    for document in Document::ALL {
        for text in texts(document, &filled.data()) {
            assert!(text.is_within_margins(), "{document:?}: {text:?}");
        }
    }
}

#[test]
fn same_data_same_octets() {
    let filled = Filled::of("forus-2018");
    for document in Document::ALL {
        let one = document.render(&filled.data());
        assert!(one.starts_with(b"%PDF-"));
        assert_eq!(one, document.render(&filled.data()));
        let tomorrow = DocumentData {
            date: jiff::civil::date(2018, 12, 14),
            ..filled.data()
        };
        assert_ne!(one, document.render(&tomorrow));
    }
}

#[test]
fn forms_have_the_pages_an_office_expects() {
    let filled = Filled::of("forus-2018");
    let pages = Document::ALL.map(|document| forms::fill(document, &filled.data()).pages.len());
    assert_eq!(pages, [2, 1, 2, 1, 1, 2, 2]);
    for (document, pages) in Document::ALL.into_iter().zip(pages) {
        let pdf = document.render(&filled.data());
        let pdf = String::from_utf8_lossy(&pdf);
        assert!(pdf.contains(&format!("/Count {pages}")), "{document:?}");
    }
}

#[test]
fn forms_are_printed_before_there_is_a_request_or_a_certificate() {
    let filled = Filled::of("forus-2018");
    let early = DocumentData {
        request_der: None,
        certificate_der: None,
        ..filled.data()
    };
    assert!(running_text(Document::RequestForm, &early).contains("ещё не сформирован"));
    assert!(running_text(Document::CertificateForm, &early).contains("ещё не выпущен"));
    assert!(running_text(Document::Receipt, &early).contains(words::BLANK));
}

#[test]
fn unreadable_requests_and_certificates_are_said_to_be_so() {
    let filled = Filled::of("forus-2018");
    let torn = DocumentData {
        request_der: Some(&filled.request[..100]),
        certificate_der: Some(&filled.certificate[1..]),
        ..filled.data()
    };
    assert!(running_text(Document::RequestForm, &torn).contains("повреждён"));
    assert!(running_text(Document::CertificateForm, &torn).contains("не прочитан"));
    Document::ALL
        .iter()
        .for_each(|document| drop(document.render(&torn)));
}

#[test]
fn a_character_without_a_glyph_is_drawn_as_a_question_mark() {
    let mut filled = Filled::of("forus-2018");
    filled.application.organisation.name = "ООО «漢字»".into();
    assert!(!layout::Face::Regular.covers('漢'));
    assert!(
        Document::Receipt
            .render(&filled.data())
            .starts_with(b"%PDF-")
    );
}
