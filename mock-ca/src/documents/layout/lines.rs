//! Breaking text into lines.

use super::Face;

/// A line and how much of its measure it leaves empty, in points.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Line {
    pub(super) text: String,
    pub(super) room: f32,
    /// Ends a paragraph, so it is never stretched.
    pub(super) last: bool,
}

/// Breaks at spaces and line feeds; a word wider than the measure is cut. A no-break space holds its neighbours together.
pub(super) fn break_lines(
    text: &str,
    face: Face,
    size: f32,
    measure: f32,
    indent: f32,
) -> Vec<Line> {
    let mut lines = Vec::new();
    for paragraph in text.split('\n') {
        let mut breaker = Breaker {
            face,
            size,
            measure,
            indent,
            line: String::new(),
            width: indent,
            lines: &mut lines,
        };
        paragraph.split(' ').for_each(|word| breaker.word(word));
        breaker.end(true);
    }
    lines
}

struct Breaker<'a> {
    face: Face,
    size: f32,
    measure: f32,
    indent: f32,
    line: String,
    width: f32,
    lines: &'a mut Vec<Line>,
}

impl Breaker<'_> {
    fn word(&mut self, word: &str) {
        let width = self.face.width(word, self.size);
        let space = self.face.width(" ", self.size);
        if !self.line.is_empty() && self.width + space + width > self.measure {
            self.end(false);
        }
        if !self.line.is_empty() {
            self.line.push(' ');
            self.width += space;
        }
        if self.width + width <= self.measure {
            self.line.push_str(word);
            self.width += width;
        } else {
            self.cut(word);
        }
    }

    fn cut(&mut self, word: &str) {
        for character in word.chars() {
            let width = self
                .face
                .width(character.encode_utf8(&mut [0; 4]), self.size);
            if self.width + width > self.measure && !self.line.is_empty() {
                self.end(false);
            }
            self.line.push(character);
            self.width += width;
        }
    }

    fn end(&mut self, last: bool) {
        let text = std::mem::take(&mut self.line);
        self.lines.push(Line {
            text,
            room: self.measure - self.width,
            last,
        });
        self.width = 0.0;
        self.indent = 0.0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn texts(text: &str, measure: f32) -> Vec<String> {
        break_lines(text, Face::Fixed, 10.0, measure, 0.0)
            .into_iter()
            .map(|line| line.text)
            .collect()
    }

    #[test]
    fn breaks_at_spaces_and_line_feeds() {
        assert_eq!(texts("один два\nтри", 60.0), ["один два", "три"]);
        assert_eq!(texts("один два три", 59.0), ["один два", "три"]);
        assert_eq!(texts("один\u{a0}два три", 60.0), ["один\u{a0}два", "три"]);
    }

    #[test]
    fn cuts_a_word_wider_than_the_measure() {
        assert_eq!(texts("aabbcc d", 12.5), ["aa", "bb", "cc", "d"]);
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn no_character_is_lost_and_no_line_is_too_wide(text in "[а-я ]{0,200}", measure in 10.0_f32..200.0) {
            let lines = break_lines(&text, Face::Regular, 10.0, measure, 0.0);
            let kept: String = lines.iter().flat_map(|line| line.text.chars()).filter(|c| *c != ' ').collect();
            prop_assert_eq!(kept, text.replace(' ', ""));
            for line in lines {
                prop_assert!(line.room > -0.01 || line.text.chars().count() == 1, "{:?}", line);
            }
        }
    }
}
