//! A form being filled from top to bottom, page after page.

use super::lines::{Line, break_lines};
use super::{BOTTOM, Face, LEFT, Mark, PAGE_HEIGHT, TOP, Text, WIDTH};

/// A form: pages of marks and the place where the next part begins.
#[derive(Default)]
pub(in crate::documents) struct Sheet {
    /// Finished and current pages.
    pub(in crate::documents) pages: Vec<Vec<Mark>>,
    pub(super) y: f32,
}

/// How a run of lines is set.
#[derive(Clone, Copy)]
pub(super) struct Setting {
    pub(super) face: Face,
    pub(super) size: f32,
    /// Left edge and width.
    pub(super) column: (f32, f32),
    pub(super) align: Align,
    pub(super) indent: f32,
}

#[derive(Clone, Copy, PartialEq)]
pub(super) enum Align {
    Left,
    Centre,
    Right,
    Justify,
}

const BODY: f32 = 10.0;
const CAPTION: f32 = 7.0;
/// Height of a line in sizes of its letters.
pub(super) const LEADING: f32 = 1.32;
/// From the top of a line down to where its letters stand, in sizes.
const ASCENT: f32 = 1.02;

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

    pub(super) fn room(&self) -> f32 {
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

    pub(super) fn line(&mut self, line: &Line, setting: Setting, indent: f32) {
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

    pub(super) fn frame(&mut self, (left, top): (f32, f32), (width, height): (f32, f32)) {
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

    pub(super) fn mark(&mut self, mark: Mark) {
        if let Some(page) = self.pages.last_mut() {
            page.push(mark);
        }
    }
}

impl Setting {
    pub(super) fn body() -> Self {
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
