//! From a parsed page to the words on it.

use ego_tree::iter::Edge;
use scraper::{ElementRef, Html, Node};

/// The words a person sees, in order, one space between them. Inline elements do not part words, all others do.
pub(super) fn words(element: &ElementRef<'_>) -> String {
    let mut read = Words::default();
    let mut unseen = 0usize;
    for edge in element.traverse() {
        match edge {
            Edge::Open(node) => match node.value() {
                Node::Text(part) if unseen == 0 => read.add(part),
                Node::Element(opened) => {
                    read.parted |= !INLINE.contains(&opened.name());
                    unseen += usize::from(UNSEEN.contains(&opened.name()));
                }
                _ => {}
            },
            Edge::Close(node) => {
                if let Node::Element(closed) = node.value() {
                    read.parted |= !INLINE.contains(&closed.name());
                    unseen -= usize::from(UNSEEN.contains(&closed.name()));
                }
            }
        }
    }
    read.text
}

/// Words read so far, and whether what comes next is another one.
#[derive(Default)]
struct Words {
    text: String,
    parted: bool,
}

impl Words {
    fn add(&mut self, part: &str) {
        self.parted |= part.starts_with(char::is_whitespace);
        for word in part.split_whitespace() {
            if self.parted && !self.text.is_empty() {
                self.text.push(' ');
            }
            self.text.push_str(word);
            self.parted = true;
        }
        if !part.is_empty() {
            self.parted = part.ends_with(char::is_whitespace);
        }
    }
}

/// How deep elements stand in one another at most.
pub(super) fn depth(html: &Html) -> usize {
    let (mut depth, mut deepest) = (0usize, 0);
    for edge in html.tree.root().traverse() {
        match edge {
            Edge::Open(_) => depth += 1,
            Edge::Close(_) => depth -= 1,
        }
        deepest = deepest.max(depth);
    }
    deepest
}

/// Every element of these names within `root`, in order.
pub(super) fn elements<'a>(
    root: ElementRef<'a>,
    names: &'static [&str],
) -> impl Iterator<Item = ElementRef<'a>> {
    all(root).filter(|it| names.contains(&it.value().name()))
}

/// Every element within `root`, in order.
pub(super) fn all(root: ElementRef<'_>) -> impl Iterator<Item = ElementRef<'_>> {
    root.descendants().skip(1).filter_map(ElementRef::wrap)
}

/// Elements that do not part words.
const INLINE: [&str; 12] = [
    "a", "abbr", "b", "em", "font", "i", "mark", "small", "span", "strong", "sub", "sup",
];
/// Elements whose text is not read: programs, styles, and what stands inside the controls of a label.
const UNSEEN: [&str; 5] = ["script", "style", "template", "textarea", "select"];
/// No page for people nests deeper; one that does is read as having nothing, so that reading stays quick.
pub(super) const DEEPEST: usize = 256;
