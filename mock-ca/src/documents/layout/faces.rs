//! Noto Sans, loaded once: glyphs, widths, and text ready to be drawn.

use std::sync::LazyLock;

use krilla::text::{Font, GlyphId, KrillaGlyph};
use skrifa::instance::{LocationRef, Size};
use skrifa::metrics::GlyphMetrics;
use skrifa::{FontRef, MetadataProvider, charmap::Charmap};

/// A way to write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::documents) enum Face {
    /// Running text.
    Regular,
    /// Headings.
    Bold,
    /// Octets and identifiers: the regular face with every character equally wide.
    Fixed,
}

/// Width of a character in [`Face::Fixed`], in em.
const FIXED_PITCH: f32 = 0.6;

struct Loaded {
    font: Font,
    charmap: Charmap<'static>,
    metrics: GlyphMetrics<'static>,
    units_per_em: f32,
}

static REGULAR: LazyLock<Loaded> = LazyLock::new(|| load(notosans::REGULAR_TTF));
static BOLD: LazyLock<Loaded> = LazyLock::new(|| load(notosans::BOLD_TTF));

fn load(ttf: &'static [u8]) -> Loaded {
    let outlines = FontRef::new(ttf).expect("the face is built into the program");
    let font = Font::new(ttf.into(), 0).expect("the face is built into the program");
    Loaded {
        units_per_em: font.units_per_em(),
        font,
        charmap: outlines.charmap(),
        metrics: outlines.glyph_metrics(Size::unscaled(), LocationRef::default()),
    }
}

impl Face {
    fn loaded(self) -> &'static Loaded {
        match self {
            Self::Regular | Self::Fixed => &REGULAR,
            Self::Bold => &BOLD,
        }
    }

    /// What the PDF embeds a part of.
    pub(super) fn font(self) -> Font {
        self.loaded().font.clone()
    }

    /// Whether the face can draw a character; the PDF would show an empty box otherwise and say nothing.
    #[cfg(test)]
    pub(in crate::documents) fn covers(self, character: char) -> bool {
        self.loaded().charmap.map(character).is_some()
    }

    /// Width in points.
    pub(super) fn width(self, text: &str, size: f32) -> f32 {
        text.chars()
            .map(|character| self.advance(character))
            .sum::<f32>()
            * size
    }

    /// Width in em.
    fn advance(self, character: char) -> f32 {
        match self {
            Self::Fixed => FIXED_PITCH,
            Self::Regular | Self::Bold => self.natural(self.glyph(character)),
        }
    }

    fn natural(self, glyph: skrifa::GlyphId) -> f32 {
        self.loaded()
            .metrics
            .advance_width(glyph)
            .unwrap_or_default()
            / self.loaded().units_per_em
    }

    /// A character the face lacks becomes a question mark: seen, not lost.
    fn glyph(self, character: char) -> skrifa::GlyphId {
        let charmap = &self.loaded().charmap;
        charmap
            .map(character)
            .or_else(|| charmap.map('?'))
            .unwrap_or_default()
    }

    /// Glyphs of a line; `stretch` points are added to every space. There is no kerning.
    pub(super) fn glyphs(self, text: &str, size: f32, stretch: f32) -> Vec<KrillaGlyph> {
        text.char_indices()
            .map(|(start, character)| {
                let glyph = self.glyph(character);
                let advance = self.advance(character)
                    + if character == ' ' {
                        stretch / size
                    } else {
                        0.0
                    };
                let offset = if self == Self::Fixed {
                    (FIXED_PITCH - self.natural(glyph)) / 2.0
                } else {
                    0.0
                };
                let range = start..start + character.len_utf8();
                KrillaGlyph::new(
                    GlyphId::new(glyph.to_u32()),
                    advance,
                    offset,
                    0.0,
                    0.0,
                    range,
                    None,
                )
            })
            .collect()
    }
}
