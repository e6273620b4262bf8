//! From marks to PDF: the running head and foot, and across every page that none of it is real.

use krilla::Document as Pdf;
use krilla::color::luma;
use krilla::geom::{PathBuilder, Point, Rect, Transform};
use krilla::metadata::{DateTime, Metadata};
use krilla::page::PageSettings;
use krilla::paint::{Fill, Stroke};
use krilla::surface::Surface;

use super::{BOTTOM, Face, LEFT, Mark, PAGE_HEIGHT, PAGE_WIDTH, Sheet, Text, WIDTH};

/// Printed light and large across every page, and small at its head.
pub(in crate::documents) const WARNING: &str = "ТЕСТ. Не имеет юридической силы";

/// What every page of a document says about the whole.
pub(in crate::documents) struct Imprint {
    /// The document's name.
    pub(in crate::documents) title: &'static str,
    /// Application and owner, at the foot.
    pub(in crate::documents) about: String,
    /// The document's day.
    pub(in crate::documents) date: jiff::civil::Date,
}

const BLACK: u8 = 0;
const GREY: u8 = 110;
const WATERMARK: u8 = 226;
const SHADE: u8 = 238;
const PEN: f32 = 0.5;
const SMALL: f32 = 7.5;

/// The document: same sheet and imprint, same octets.
pub(in crate::documents) fn print(sheet: &Sheet, imprint: &Imprint) -> Vec<u8> {
    let mut pdf = Pdf::new();
    pdf.set_metadata(metadata(imprint));
    for (number, marks) in sheet.pages.iter().enumerate() {
        let settings = PageSettings::from_wh(PAGE_WIDTH, PAGE_HEIGHT).expect("A4 is a size");
        let mut page = pdf.start_page_with(settings);
        let mut surface = page.surface();
        marks
            .iter()
            .filter(|mark| matches!(mark, Mark::Shade { .. }))
            .for_each(|mark| draw(&mut surface, mark));
        watermark(&mut surface);
        marks
            .iter()
            .filter(|mark| !matches!(mark, Mark::Shade { .. }))
            .for_each(|mark| draw(&mut surface, mark));
        margins(&mut surface, imprint, number + 1, sheet.pages.len());
        surface.finish();
        page.finish();
    }
    pdf.finish()
        .expect("text and lines in built-in faces always make a document")
}

fn metadata(imprint: &Imprint) -> Metadata {
    let date = imprint.date;
    let date = DateTime::new(date.year().try_into().unwrap_or(0))
        .month(date.month().unsigned_abs())
        .day(date.day().unsigned_abs())
        .hour(0)
        .minute(0)
        .second(0)
        .utc_offset_hour(8); // Irkutsk
    Metadata::new()
        .title(imprint.title.to_owned())
        .description(format!("{WARNING}. {}", imprint.about))
        .language("ru".to_owned())
        .creator("mock-ca".to_owned())
        .creation_date(date)
}

fn draw(surface: &mut Surface<'_>, mark: &Mark) {
    match mark {
        Mark::Text(text) => write(surface, text, BLACK, false),
        Mark::Rule { from, to } => rule(surface, *from, *to),
        Mark::Shade { at, size } => shade(surface, *at, *size),
    }
}

/// `outlined` draws letters as shapes, which no search finds and no reader mixes with the text they cross.
fn write(surface: &mut Surface<'_>, text: &Text, lightness: u8, outlined: bool) {
    if text.text.is_empty() {
        return;
    }
    surface.set_stroke(None);
    surface.set_fill(Some(fill(lightness)));
    let glyphs = text.face.glyphs(&text.text, text.size, text.stretch);
    surface.draw_glyphs(
        Point::from_xy(text.x, text.y),
        &glyphs,
        text.face.font(),
        &text.text,
        text.size,
        outlined,
    );
}

fn rule(surface: &mut Surface<'_>, from: (f32, f32), to: (f32, f32)) {
    let mut path = PathBuilder::new();
    path.move_to(from.0, from.1);
    path.line_to(to.0, to.1);
    if let Some(path) = path.finish() {
        surface.set_fill(None);
        surface.set_stroke(Some(Stroke {
            width: PEN,
            ..Stroke::default()
        }));
        surface.draw_path(&path);
    }
}

fn shade(surface: &mut Surface<'_>, at: (f32, f32), size: (f32, f32)) {
    let mut path = PathBuilder::new();
    let Some(rect) = Rect::from_xywh(at.0, at.1, size.0, size.1) else {
        return;
    };
    path.push_rect(rect);
    if let Some(path) = path.finish() {
        surface.set_stroke(None);
        surface.set_fill(Some(fill(SHADE)));
        surface.draw_path(&path);
    }
}

fn fill(lightness: u8) -> Fill {
    Fill {
        paint: luma::Color::new(lightness).into(),
        ..Fill::default()
    }
}

/// Along the diagonal from lower left to upper right; sine and cosine are written out so that every machine has the same.
fn watermark(surface: &mut Surface<'_>) {
    const SIZE: f32 = 46.0;
    let (sine, cosine) = (0.807, 0.590_6);
    let turn = Transform::from_row(
        cosine,
        -sine,
        sine,
        cosine,
        PAGE_WIDTH / 2.0,
        PAGE_HEIGHT / 2.0,
    );
    surface.push_transform(&turn);
    let x = -Face::Bold.width(WARNING, SIZE) / 2.0;
    write(
        surface,
        &plain(x, SIZE / 3.0, Face::Bold, SIZE, WARNING),
        WATERMARK,
        true,
    );
    surface.pop();
}

fn margins(surface: &mut Surface<'_>, imprint: &Imprint, page: usize, pages: usize) {
    let count = format!("Страница {page} из {pages}");
    let foot = PAGE_HEIGHT - BOTTOM + 24.0;
    rule(surface, (LEFT, foot - 12.0), (LEFT + WIDTH, foot - 12.0));
    for (left, right, y) in [
        (WARNING, imprint.title, 30.0),
        (imprint.about.as_str(), count.as_str(), foot),
    ] {
        let end = LEFT + WIDTH - Face::Regular.width(right, SMALL);
        write(
            surface,
            &plain(LEFT, y, Face::Regular, SMALL, left),
            GREY,
            false,
        );
        write(
            surface,
            &plain(end, y, Face::Regular, SMALL, right),
            GREY,
            false,
        );
    }
}

fn plain(x: f32, y: f32, face: Face, size: f32, text: &str) -> Text {
    Text {
        x,
        y,
        face,
        size,
        stretch: 0.0,
        text: text.to_owned(),
    }
}
