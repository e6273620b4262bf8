//! A form being filled from top to bottom, page after page.

use super::lines::{Line, break_lines};
use super::{BOTTOM, Face, LEFT, Mark, PAGE_HEIGHT, TOP, Text, WIDTH};

/// A form: pages of marks and the place where the next part begins.
#[derive(Default)]
pub(in crate::documents) struct Sheet {
    /// Finished and current pages.
    pub(in crate::documents) pages: Vec<Vec<Mark>>,
    y: f32,
}

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
}

/// How a run of lines is set.
#[derive(Clone, Copy)]
struct Setting {
    face: Face,
    size: f32,
    /// Left edge and width.
    column: (f32, f32),
    align: Align,
    indent: f32,
}

#[derive(Clone, Copy, PartialEq)]
enum Align {
    Left,
    Centre,
    Right,
    Justify,
}

const BODY: f32 = 10.0;
const TABLE: f32 = 9.0;
const CAPTION: f32 = 7.0;
/// Height of a line in sizes of its letters.
const LEADING: f32 = 1.32;
/// From the top of a line down to where its letters stand, in sizes.
const ASCENT: f32 = 1.02;
/// Share of a table's width that the labels get.
const LABELS: f32 = 0.36;
/// Empty border inside a cell.
const CELL: f32 = 4.0;

impl Sheet {
    /// Lines of the addressee, in the right half of the page.
    pub(in crate::documents) fn addressee(&mut self, text: &str) {
        self.lines(
            text,
            Setting {
                column: (LEFT + WIDTH * 0.54, WIDTH * 0.46),
                ..Setting::body()
            },
        );
        self.gap(14.0);
    }

    /// The form's name, and under it what it is about.
    pub(in crate::documents) fn title(&mut self, name: &str, about: &str) {
        let setting = Setting {
            face: Face::Bold,
            align: Align::Centre,
            ..Setting::body()
        };
        self.lines(
            name,
            Setting {
                size: 13.0,
                ..setting
            },
        );
        self.lines(
            about,
            Setting {
                size: 10.5,
                ..setting
            },
        );
        self.gap(10.0);
    }

    /// Two texts on one line, at either margin: place and date.
    pub(in crate::documents) fn edges(&mut self, left: &str, right: &str) {
        self.reserve(Setting::body().height());
        let top = self.y;
        self.lines(left, Setting::body());
        self.y = top;
        self.lines(
            right,
            Setting {
                align: Align::Right,
                ..Setting::body()
            },
        );
        self.gap(8.0);
    }

    /// A heading that stays with what follows.
    pub(in crate::documents) fn heading(&mut self, text: &str) {
        self.reserve(54.0);
        self.gap(6.0);
        self.lines(
            text,
            Setting {
                face: Face::Bold,
                size: 10.5,
                ..Setting::body()
            },
        );
        self.gap(2.0);
    }

    /// Running text.
    pub(in crate::documents) fn paragraph(&mut self, text: &str) {
        self.lines(
            text,
            Setting {
                align: Align::Justify,
                indent: 20.0,
                ..Setting::body()
            },
        );
        self.gap(3.0);
    }

    /// An item of a list with its number or dash to the left.
    pub(in crate::documents) fn item(&mut self, mark: &str, text: &str) {
        const HANG: f32 = 20.0;
        self.reserve(Setting::body().height());
        let top = self.y;
        let page = self.pages.len();
        self.lines(mark, Setting::body());
        if self.pages.len() == page {
            self.y = top;
        }
        let column = (LEFT + HANG, WIDTH - HANG);
        self.lines(
            text,
            Setting {
                column,
                align: Align::Justify,
                ..Setting::body()
            },
        );
        self.gap(2.0);
    }

    /// An item with an empty box to tick.
    pub(in crate::documents) fn choice(&mut self, text: &str) {
        self.reserve(Setting::body().height());
        let (left, top, side) = (LEFT + 2.0, self.y + 3.0, 8.0);
        self.frame((left, top), (side, side));
        self.item("", text);
    }

    /// A label, a line to write on, and under it what belongs there.
    pub(in crate::documents) fn blank(&mut self, label: &str, caption: &str) {
        self.reserve(26.0);
        let used = if label.is_empty() {
            0.0
        } else {
            Face::Regular.width(label, BODY) + 6.0
        };
        let baseline = self.y + BODY * ASCENT;
        self.text(LEFT, baseline, Face::Regular, BODY, label);
        self.write_on(LEFT + used, WIDTH - used, baseline, caption);
        self.y += 26.0;
    }

    /// Post, signature, name: three columns, what is known filled in and the rest left to the pen.
    pub(in crate::documents) fn signature(&mut self, post: &str, name: &str) {
        self.reserve(36.0);
        self.gap(10.0);
        let baseline = self.y + BODY * ASCENT;
        let columns = [
            (post, "должность", 0.0, 0.36),
            ("", "подпись", 0.40, 0.22),
            (name, "фамилия, инициалы", 0.66, 0.34),
        ];
        for (text, caption, from, share) in columns {
            let (left, width) = (LEFT + WIDTH * from, WIDTH * share);
            let shift = (width - Face::Regular.width(text, BODY)).max(0.0) / 2.0;
            self.text(left + shift, baseline, Face::Regular, BODY, text);
            self.write_on(left, width, baseline, caption);
        }
        self.y += 26.0;
    }

    fn write_on(&mut self, left: f32, width: f32, baseline: f32, caption: &str) {
        let below = baseline + 2.5;
        self.mark(Mark::Rule {
            from: (left, below),
            to: (left + width, below),
        });
        let shift = (width - Face::Regular.width(caption, CAPTION)).max(0.0) / 2.0;
        self.text(
            left + shift,
            below + CAPTION * 1.1,
            Face::Regular,
            CAPTION,
            caption,
        );
    }

    /// A table of two columns with borders. A row that does not fit goes to the next page; one that no page holds is cut.
    pub(in crate::documents) fn table(&mut self, rows: &[Row]) {
        self.gap(3.0);
        for row in rows {
            self.row(row);
        }
        self.gap(8.0);
    }

    fn row(&mut self, row: &Row) {
        let labels = WIDTH * LABELS;
        match row {
            Row::Section(text) => {
                self.reserve(60.0); // with a row to follow
                self.cells(&[(text, Face::Bold, (LEFT, WIDTH))]);
            }
            Row::Pair(label, value) => {
                self.cells(&[
                    (label, Face::Regular, (LEFT, labels)),
                    (value, Face::Regular, (LEFT + labels, WIDTH - labels)),
                ]);
            }
            Row::Fixed(label, value) => {
                self.cells(&[
                    (label, Face::Regular, (LEFT, labels)),
                    (value, Face::Fixed, (LEFT + labels, WIDTH - labels)),
                ]);
            }
        }
    }

    fn cells(&mut self, cells: &[(&String, Face, (f32, f32))]) {
        let mut broken: Vec<_> = cells
            .iter()
            .map(|(text, face, column)| cell(text, *face, *column))
            .collect();
        let tallest = |broken: &Vec<(Setting, Vec<Line>)>| {
            broken
                .iter()
                .map(|(_, lines)| lines.len())
                .max()
                .unwrap_or(0)
        };
        let height = |lines: usize| lines as f32 * TABLE * LEADING + CELL;
        self.reserve(height(tallest(&broken)).min(PAGE_HEIGHT - TOP - BOTTOM));
        while tallest(&broken) > 0 {
            let fit = (((self.room() - CELL) / (TABLE * LEADING)) as usize).max(1);
            let part: Vec<_> = broken
                .iter_mut()
                .map(|(setting, lines)| {
                    (
                        *setting,
                        lines.drain(..lines.len().min(fit)).collect::<Vec<_>>(),
                    )
                })
                .collect();
            self.cut_of_row(&part, height(tallest(&part)));
            if tallest(&broken) > 0 {
                self.turn();
            }
        }
    }

    fn cut_of_row(&mut self, cells: &[(Setting, Vec<Line>)], height: f32) {
        let top = self.y;
        for (setting, lines) in cells {
            let (left, width) = (setting.column.0 - CELL, setting.column.1 + 2.0 * CELL);
            if setting.face == Face::Bold {
                self.mark(Mark::Shade {
                    at: (left, top),
                    size: (width, height),
                });
            }
            self.frame((left, top), (width, height));
            for (position, line) in lines.iter().enumerate() {
                self.y = top + CELL / 2.0 - 1.0 + position as f32 * TABLE * LEADING;
                self.line(line, *setting, 0.0);
            }
        }
        self.y = top + height;
    }

    /// Empty height.
    pub(in crate::documents) fn gap(&mut self, points: f32) {
        self.y += points;
    }

    /// Goes to a new page unless so much height is left.
    pub(in crate::documents) fn reserve(&mut self, points: f32) {
        if self.pages.is_empty() || points > self.room() {
            self.turn();
        }
    }

    /// Goes to a new page.
    pub(in crate::documents) fn turn(&mut self) {
        self.pages.push(Vec::new());
        self.y = TOP;
    }

    fn room(&self) -> f32 {
        PAGE_HEIGHT - BOTTOM - self.y
    }

    fn lines(&mut self, text: &str, setting: Setting) {
        let lines = break_lines(
            text,
            setting.face,
            setting.size,
            setting.column.1,
            setting.indent,
        );
        for (position, line) in lines.iter().enumerate() {
            self.reserve(setting.height());
            self.line(
                line,
                setting,
                if position == 0 { setting.indent } else { 0.0 },
            );
        }
    }

    fn line(&mut self, line: &Line, setting: Setting, indent: f32) {
        let spaces = line.text.matches(' ').count() as f32;
        let stretch = line.room / spaces.max(1.0);
        let stretched =
            setting.align == Align::Justify && !line.last && stretch < 1.5 * setting.size;
        let shift = match setting.align {
            Align::Left | Align::Justify => indent,
            Align::Centre => line.room / 2.0,
            Align::Right => line.room,
        };
        let (x, y) = (setting.column.0 + shift, self.y + setting.size * ASCENT);
        let stretch = if stretched { stretch } else { 0.0 };
        self.mark(Mark::Text(Text {
            x,
            y,
            face: setting.face,
            size: setting.size,
            stretch,
            text: line.text.clone(),
        }));
        self.y += setting.height();
    }

    fn text(&mut self, x: f32, y: f32, face: Face, size: f32, text: &str) {
        self.mark(Mark::Text(Text {
            x,
            y,
            face,
            size,
            stretch: 0.0,
            text: text.to_owned(),
        }));
    }

    fn frame(&mut self, (left, top): (f32, f32), (width, height): (f32, f32)) {
        let corners = [
            (left, top),
            (left + width, top),
            (left + width, top + height),
            (left, top + height),
            (left, top),
        ];
        for side in corners.windows(2) {
            self.mark(Mark::Rule {
                from: side[0],
                to: side[1],
            });
        }
    }

    fn mark(&mut self, mark: Mark) {
        if let Some(page) = self.pages.last_mut() {
            page.push(mark);
        }
    }
}

impl Setting {
    fn body() -> Self {
        Self {
            face: Face::Regular,
            size: BODY,
            column: (LEFT, WIDTH),
            align: Align::Left,
            indent: 0.0,
        }
    }

    fn height(&self) -> f32 {
        self.size * LEADING
    }
}

fn cell(text: &str, face: Face, (left, width): (f32, f32)) -> (Setting, Vec<Line>) {
    let size = if face == Face::Fixed {
        TABLE - 1.0
    } else {
        TABLE
    };
    let column = (left + CELL, width - 2.0 * CELL);
    let setting = Setting {
        face,
        size,
        column,
        ..Setting::body()
    };
    (setting, break_lines(text, face, size, column.1, 0.0))
}
