//! Tables of two columns with borders.

use super::lines::{Line, break_lines};
use super::sheet::{LEADING, Setting, Sheet};
use super::{BOTTOM, Face, LEFT, Mark, PAGE_HEIGHT, TOP, WIDTH};

/// A row of a table.
pub(in crate::documents) enum Row {
    /// A heading across both columns.
    Section(String),
    /// A label and what stands against it; line feeds break lines.
    Pair(String, String),
    /// A label and octets or identifiers.
    Fixed(String, String),
}

impl Row {
    /// A label and its value.
    pub(in crate::documents) fn pair(label: impl Into<String>, value: impl Into<String>) -> Self {
        Self::Pair(label.into(), value.into())
    }

    /// A label and octets.
    pub(in crate::documents) fn fixed(label: impl Into<String>, value: impl Into<String>) -> Self {
        Self::Fixed(label.into(), value.into())
    }

    /// A heading across both columns.
    pub(in crate::documents) fn section(text: impl Into<String>) -> Self {
        Self::Section(text.into())
    }

    fn is_section(&self) -> bool {
        matches!(self, Self::Section(_))
    }

    fn cells(&self) -> Vec<Cell> {
        let labels = WIDTH * LABELS;
        match self {
            Self::Section(text) => vec![Cell::new(text, Face::Bold, LEFT, WIDTH)],
            Self::Pair(label, value) => vec![
                Cell::new(label, Face::Regular, LEFT, labels),
                Cell::new(value, Face::Regular, LEFT + labels, WIDTH - labels),
            ],
            Self::Fixed(label, value) => vec![
                Cell::new(label, Face::Regular, LEFT, labels),
                Cell::new(value, Face::Fixed, LEFT + labels, WIDTH - labels),
            ],
        }
    }
}

/// A cell broken into lines, some of which may stand on the page already.
struct Cell {
    setting: Setting,
    lines: std::vec::IntoIter<Line>,
}

impl Cell {
    fn new(text: &str, face: Face, left: f32, width: f32) -> Self {
        let size = if face == Face::Fixed {
            SIZE - 1.0
        } else {
            SIZE
        };
        let column = (left + PADDING, width - 2.0 * PADDING);
        let lines = break_lines(text, face, size, column.1, 0.0).into_iter();
        Self {
            setting: Setting {
                face,
                size,
                column,
                ..Setting::body()
            },
            lines,
        }
    }
}

/// Height of a row's letters, labels and values alike.
const SIZE: f32 = 9.0;
/// Height of a line in a cell, whatever its face.
const LINE: f32 = SIZE * LEADING;
/// Share of the width that labels get.
const LABELS: f32 = 0.36;
/// Empty border inside a cell.
const PADDING: f32 = 4.0;
/// A section up to this height is not torn between pages.
const KEPT_TOGETHER: f32 = 230.0;

impl Sheet {
    /// A table. Short sections stay together; a row that does not fit goes to the next page; one that no page holds is cut.
    pub(in crate::documents) fn table(&mut self, rows: &[Row]) {
        self.gap(3.0);
        for (position, row) in rows.iter().enumerate() {
            if row.is_section() {
                self.reserve(section_height(&rows[position..]));
            }
            self.row(row.cells());
        }
        self.gap(8.0);
    }

    fn row(&mut self, mut cells: Vec<Cell>) {
        self.reserve(height(tallest(&cells)).min(PAGE_HEIGHT - TOP - BOTTOM));
        loop {
            let fit = ((self.room() - PADDING) / LINE) as usize;
            self.part_of_row(&mut cells, fit.max(1));
            if tallest(&cells) == 0 {
                break;
            }
            self.turn();
        }
    }

    fn part_of_row(&mut self, cells: &mut [Cell], fit: usize) {
        let (top, height) = (self.y, height(tallest(cells).min(fit)));
        for cell in cells {
            let (left, width) = cell.setting.column;
            let (at, size) = ((left - PADDING, top), (width + 2.0 * PADDING, height));
            if cell.setting.face == Face::Bold {
                self.mark(Mark::Shade { at, size });
            }
            self.frame(at, size);
            for (position, line) in cell.lines.by_ref().take(fit).enumerate() {
                self.y = top + PADDING / 2.0 - 1.0 + position as f32 * LINE;
                self.line(&line, cell.setting, 0.0);
            }
        }
        self.y = top + height;
    }
}

fn tallest(cells: &[Cell]) -> usize {
    cells.iter().map(|cell| cell.lines.len()).max().unwrap_or(0)
}

fn height(lines: usize) -> f32 {
    lines as f32 * LINE + PADDING
}

/// The whole section if it may not be torn, else its heading with a row to follow.
fn section_height(rows: &[Row]) -> f32 {
    let end = rows
        .iter()
        .skip(1)
        .position(Row::is_section)
        .map_or(rows.len(), |next| next + 1);
    let whole = rows[..end]
        .iter()
        .map(|row| height(tallest(&row.cells())))
        .sum::<f32>();
    if whole <= KEPT_TOGETHER { whole } else { 60.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(count: usize) -> String {
        (1..=count)
            .map(|line| line.to_string())
            .collect::<Vec<_>>()
            .join("\n")
    }

    fn texts(page: &[Mark]) -> Vec<&str> {
        page.iter()
            .filter_map(|mark| {
                if let Mark::Text(text) = mark {
                    Some(text.text.as_str())
                } else {
                    None
                }
            })
            .collect()
    }

    #[test]
    fn a_row_no_page_holds_is_cut_and_goes_on() {
        let mut sheet = Sheet::default();
        sheet.table(&[Row::fixed("Ключ", lines(150))]);
        assert_eq!(sheet.pages.len(), 3);
        let all: Vec<&str> = sheet.pages.iter().flat_map(|page| texts(page)).collect();
        assert_eq!(all[1..].join("\n"), lines(150));
        let within = |mark: &Mark| !matches!(mark, Mark::Text(text) if !text.is_within_margins());
        assert!(sheet.pages.iter().flatten().all(within));
    }

    #[test]
    fn a_short_section_that_does_not_fit_goes_to_the_next_page_whole() {
        let mut sheet = Sheet::default();
        sheet.table(&[
            Row::pair("", lines(50)),
            Row::section("1. Ключ"),
            Row::pair("a", lines(5)),
            Row::pair("b", lines(5)),
        ]);
        assert_eq!(sheet.pages.len(), 2);
        assert_eq!(texts(&sheet.pages[1])[..2], ["1. Ключ", "a"]);
    }
}
