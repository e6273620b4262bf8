//! From a parsed page to the words on it.

use std::cell::Cell;

use ego_tree::NodeRef;
use ego_tree::iter::Edge;
use scraper::{ElementRef, Html, Node};

/// How much more of one page is read. What stands in others is read with each of them, so a page of tables in tables,
/// or of many controls under one label, would otherwise become far more than it is.
pub(super) struct Budget(Cell<usize>);

impl Budget {
    pub(super) const fn of_a_page() -> Self {
        Self(Cell::new(READ_OF_A_PAGE))
    }

    /// The words of an element, as many as one thing on a page may have.
    pub(super) fn words(&self, element: &ElementRef<'_>) -> String {
        words(element, LONGEST, |octets| self.is_spent_by(octets))
    }

    /// The first of these elements that has one of the names.
    pub(super) fn first<'a>(
        &self,
        elements: impl Iterator<Item = ElementRef<'a>>,
        names: &[&str],
    ) -> Option<ElementRef<'a>> {
        let mut read = elements.take_while(|_| !self.is_spent_by(1));
        read.find(|it| names.contains(&it.value().name()))
    }

    fn is_spent_by(&self, octets: usize) -> bool {
        let left = self.0.get().checked_sub(octets);
        self.0.set(left.unwrap_or_default());
        left.is_none()
    }
}

/// All the words of an element, for one that is read once.
pub(super) fn all_words(element: &ElementRef<'_>) -> String {
    words(element, usize::MAX, |_| false)
}

/// The words a person sees, in order, one space between them. Inline elements do not part words, all others do. Ends
/// after `longest` octets, or where `is_spent`, told what each node takes, says so.
fn words(element: &ElementRef<'_>, longest: usize, is_spent: impl Fn(usize) -> bool) -> String {
    let mut read = Words::default();
    let mut unseen = 0usize;
    for edge in element.traverse() {
        let octets = match &edge {
            Edge::Open(node) => node.value().as_text().map_or(1, |text| 1 + text.len()),
            Edge::Close(_) => 0,
        };
        if is_spent(octets) || read.text.len() > longest {
            break;
        }
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
    let end = read.text.floor_char_boundary(longest);
    read.text.truncate(end);
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

/// Every element of these names that is `root`'s own, in order: within none of them, nor of the `others`.
pub(super) fn own<'a>(
    root: ElementRef<'a>,
    names: &'static [&str],
    others: &'static [&str],
) -> impl Iterator<Item = ElementRef<'a>> {
    let is_of = |node: &NodeRef<'_, Node>, names: &[&str]| {
        let element = node.value().as_element();
        element.is_some_and(|it| names.contains(&it.name()))
    };
    let mut next = root.first_child();
    let mut nodes = core::iter::from_fn(move || {
        let node = next?;
        let ends = is_of(&node, names) || is_of(&node, others);
        let within = node.first_child().filter(|_| !ends);
        next = within.or_else(|| after(node, *root));
        Some(node)
    });
    core::iter::from_fn(move || nodes.find(|node| is_of(node, names))).filter_map(ElementRef::wrap)
}

/// What follows a node and all that is within it, as far as `root` goes.
fn after<'a>(node: NodeRef<'a, Node>, root: NodeRef<'a, Node>) -> Option<NodeRef<'a, Node>> {
    let mut up = node;
    while up != root {
        if let Some(next) = up.next_sibling() {
            return Some(next);
        }
        up = up.parent()?;
    }
    None
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
/// The octets that one cell, label or heading may have. A certificate in PEM has a quarter of them.
const LONGEST: usize = 16 << 10;
/// The octets that are read of one page at most, each as often as it is read; the longest page has an eighth of them.
pub(super) const READ_OF_A_PAGE: usize = 4 << 20;
