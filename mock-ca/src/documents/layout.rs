//! A small layout engine for office forms: paragraphs, bordered tables, signature lines, pages of A4.
//!
//! [`Sheet`] turns a form's parts into marks at places; [`paper`] turns marks into a PDF. Between them nothing but data, so
//! that a test can read what stands on a page.

mod faces;
mod lines;
pub(super) mod paper;
mod sheet;
mod table;

pub(super) use faces::Face;
pub(super) use sheet::Sheet;
pub(super) use table::Row;

/// Width of A4 in points.
const PAGE_WIDTH: f32 = 595.28;
/// Height of A4 in points.
const PAGE_HEIGHT: f32 = 841.89;
/// Margins in points: 25, 15, 18 and 20 mm.
const LEFT: f32 = 70.9;
const RIGHT: f32 = 42.5;
const TOP: f32 = 51.0;
const BOTTOM: f32 = 56.7;
/// What the margins leave.
const WIDTH: f32 = PAGE_WIDTH - LEFT - RIGHT;

/// One thing on a page. Lengths in points from the upper left corner; text stands on `y`.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Mark {
    /// A line of text.
    Text(Text),
    /// A straight line of the pen.
    Rule { from: (f32, f32), to: (f32, f32) },
    /// A grey area.
    Shade { at: (f32, f32), size: (f32, f32) },
}

/// A line of text in one face.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Text {
    x: f32,
    y: f32,
    /// In which face.
    pub(super) face: Face,
    size: f32,
    /// Added to every space, to reach both margins.
    stretch: f32,
    /// What it says.
    pub(super) text: String,
}

#[cfg(test)]
impl Text {
    /// Whether it stands within the margins of its page.
    pub(super) fn is_within_margins(&self) -> bool {
        let spaces = self.text.matches(' ').count() as f32;
        let right = self.x + self.face.width(&self.text, self.size) + spaces * self.stretch;
        self.x >= LEFT
            && right <= LEFT + WIDTH + 0.1
            && self.y > TOP
            && self.y <= PAGE_HEIGHT - BOTTOM
    }
}
