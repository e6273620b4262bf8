//! A page as a person sees it, read once into plain values.

use ego_tree::iter::Edge;
use scraper::{ElementRef, Html, Node, Selector};
use url::Url;

use super::label::{collapse, same};

/// A page.
#[derive(Clone, Debug)]
pub struct Page {
    /// Where it came from; relative links start here.
    pub url: Url,
    /// `<title>`.
    pub title: String,
    /// `<h1>` … `<h3>`.
    pub headings: Vec<String>,
    /// Every link with words.
    pub links: Vec<Link>,
    /// Every form.
    pub forms: Vec<Form>,
    /// Every table.
    pub tables: Vec<Table>,
    /// Every `role="alert"`.
    pub alerts: Vec<String>,
    /// All words of the page's body.
    pub text: String,
    source: String,
}

/// A link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// Its words.
    pub text: String,
    /// Where it leads.
    pub href: String,
}

/// A form.
#[derive(Clone, Debug, Default)]
pub struct Form {
    /// Whether it is sent by POST.
    pub is_post: bool,
    /// Where it goes.
    pub action: String,
    /// What a person can see and fill.
    pub fields: Vec<Field>,
    /// Names and values of hidden fields: sent back untouched, shown nowhere.
    pub hidden: Vec<(String, String)>,
    /// The buttons.
    pub buttons: Vec<Button>,
}

/// A visible control of a form.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Field {
    /// The words of its label; the first cell of its row where it has none.
    pub label: String,
    /// The legend of the group it stands in.
    pub legend: Option<String>,
    /// The name it is sent under.
    pub name: Option<String>,
    /// What stands in it.
    pub value: String,
    /// A box or a dot that is not ticked is not sent.
    pub is_off: bool,
}

/// A button that sends its form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Button {
    /// Its words.
    pub text: String,
    /// The name it is sent under.
    pub name: Option<String>,
    /// The value it is sent with.
    pub value: String,
    /// Where the form goes when this button is pressed, if elsewhere.
    pub action: Option<String>,
}

/// A table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// The cells, row by row; `<th>` and `<td>` alike.
    pub rows: Vec<Vec<String>>,
}

impl Page {
    /// Reads HTML. Anything at all is a page; what is not there is not found later.
    #[must_use]
    pub fn read(url: Url, source: &str) -> Self {
        let html = Html::parse_document(source);
        let html = if depth(&html) > DEEPEST {
            Html::parse_document("")
        } else {
            html
        };
        let all = |what: &str| texts(&html, what);
        Self {
            url,
            title: all("title").into_iter().next().unwrap_or_default(),
            headings: all("h1, h2, h3"),
            links: select(html.root_element(), "a[href]")
                .map(|a| link(&a))
                .filter(|it| !it.text.is_empty())
                .collect(),
            forms: select(html.root_element(), "form")
                .map(|form| read_form(&html, &form))
                .collect(),
            tables: select(html.root_element(), "table")
                .map(|table| read_table(&table))
                .collect(),
            alerts: all("[role=alert]"),
            text: all("body").join(" "),
            source: source.to_owned(),
        }
    }

    /// The link that reads `words`. Several that lead to one place are one; several that do not are none.
    #[must_use]
    pub fn link(&self, words: &str) -> Option<&Link> {
        let mut found = self.links.iter().filter(|link| same(&link.text, words));
        let first = found.next()?;
        found.all(|other| other.href == first.href).then_some(first)
    }

    /// The first button that reads `words`, and its form.
    #[must_use]
    pub fn button(&self, words: &str) -> Option<(&Form, &Button)> {
        let mut buttons = self
            .forms
            .iter()
            .flat_map(|form| form.buttons.iter().map(move |button| (form, button)));
        buttons.find(|(_, button)| same(&button.text, words))
    }

    /// The form that has a field with this label.
    #[must_use]
    pub fn form_with(&self, label: &str) -> Option<&Form> {
        self.forms.iter().find(|form| form.field(label).is_some())
    }

    /// The field with this label, in whichever form.
    #[must_use]
    pub fn field(&self, label: &str) -> Option<&Field> {
        self.forms.iter().find_map(|form| form.field(label))
    }

    /// The text that stands beside `label` in a table or in a field.
    #[must_use]
    pub fn value_of(&self, label: &str) -> Option<&str> {
        let field = self.field(label).map(|field| field.value.as_str());
        let mut rows = self.tables.iter().flat_map(|table| &table.rows);
        field.or_else(|| {
            rows.find(|row| row.first().is_some_and(|cell| same(cell, label)))?
                .get(1)
                .map(String::as_str)
        })
    }

    /// The table whose first row has this column, and the column's words.
    #[must_use]
    pub fn table_with(&self, column: &str) -> Option<&Table> {
        self.tables
            .iter()
            .find(|table| table.column(column).is_some())
    }

    /// What to call the page in a message.
    #[must_use]
    pub fn name(&self) -> String {
        let heading = self.headings.first().filter(|it| !it.is_empty());
        heading
            .or(Some(&self.title).filter(|it| !it.is_empty()))
            .cloned()
            .unwrap_or_else(|| "?".to_owned())
    }

    /// The source with the values of hidden fields taken out.
    #[must_use]
    pub fn source_without_secrets(&self) -> String {
        let hidden = self
            .forms
            .iter()
            .flat_map(|form| &form.hidden)
            .filter(|(_, value)| value.len() >= 4);
        hidden.fold(self.source.clone(), |source, (_, value)| {
            source.replace(value, "…")
        })
    }
}

impl Form {
    /// The field with this label.
    #[must_use]
    pub fn field(&self, label: &str) -> Option<&Field> {
        self.fields.iter().find(|field| same(&field.label, label))
    }
}

impl Field {
    /// Whether a browser would send it.
    #[must_use]
    pub const fn is_sent(&self) -> bool {
        self.name.is_some() && !self.is_off
    }
}

impl Table {
    /// The index of the column with this heading.
    #[must_use]
    pub fn column(&self, heading: &str) -> Option<usize> {
        self.rows
            .first()?
            .iter()
            .position(|cell| same(cell, heading))
    }
}

fn read_form(html: &Html, form: &ElementRef<'_>) -> Form {
    let attribute = |name| form.value().attr(name).unwrap_or_default();
    let mut read = Form {
        is_post: attribute("method").eq_ignore_ascii_case("post"),
        action: attribute("action").to_owned(),
        ..Form::default()
    };
    for control in select(*form, "input, textarea, select, button") {
        if control.value().attr("disabled").is_some() {
            continue;
        }
        match Control::of(&control) {
            Control::Hidden(name, value) => read.hidden.push((name, value)),
            Control::Button(button) => read.buttons.push(button),
            Control::Field(field) => read.fields.push(labelled(html, &control, field)),
            Control::Nothing => {}
        }
    }
    read
}

enum Control {
    Hidden(String, String),
    Button(Button),
    Field(Field),
    Nothing,
}

impl Control {
    fn of(control: &ElementRef<'_>) -> Self {
        let attribute = |name| control.value().attr(name).map(str::to_owned);
        let (name, value) = (attribute("name"), attribute("value").unwrap_or_default());
        let kind = attribute("type").unwrap_or_default().to_ascii_lowercase();
        let button = |text| Button {
            text,
            name: name.clone(),
            value: value.clone(),
            action: attribute("formaction"),
        };
        match (control.value().name(), kind.as_str()) {
            ("button", "button" | "reset") | ("input", "button" | "reset" | "image" | "file") => {
                Self::Nothing
            }
            ("button", _) => Self::Button(button(words(control))),
            ("input", "submit") => Self::Button(button(collapse(&value))),
            ("input", "hidden") => name.map_or(Self::Nothing, |name| Self::Hidden(name, value)),
            ("input", "checkbox" | "radio") => {
                let value = if value.is_empty() {
                    "on".to_owned()
                } else {
                    value
                };
                Self::Field(Field {
                    name,
                    value,
                    is_off: attribute("checked").is_none(),
                    ..Field::default()
                })
            }
            ("textarea", _) => {
                let value = control.text().collect::<String>();
                Self::Field(Field {
                    name,
                    value: value.trim_start_matches('\n').to_owned(),
                    ..Field::default()
                })
            }
            ("select", _) => Self::Field(Field {
                name,
                value: chosen(control),
                ..Field::default()
            }),
            _ => Self::Field(Field {
                name,
                value,
                ..Field::default()
            }),
        }
    }
}

/// The chosen option of a list, else its first.
fn chosen(list: &ElementRef<'_>) -> String {
    let options: Vec<_> = select(*list, "option").collect();
    let option = options
        .iter()
        .find(|it| it.value().attr("selected").is_some())
        .or_else(|| options.first());
    option
        .map(|it| {
            it.value()
                .attr("value")
                .map_or_else(|| words(it), str::to_owned)
        })
        .unwrap_or_default()
}

fn labelled(html: &Html, control: &ElementRef<'_>, field: Field) -> Field {
    let ancestors = || control.ancestors().filter_map(ElementRef::wrap);
    let tied = control.value().attr("id").and_then(|id| {
        select(html.root_element(), "label[for]")
            .find(|label| label.value().attr("for") == Some(id))
    });
    let around = || ancestors().find(|it| it.value().name() == "label");
    let row = || {
        ancestors()
            .find(|it| it.value().name() == "tr")
            .and_then(|row| select(row, "th, td").next())
    };
    let label = tied
        .or_else(around)
        .or_else(row)
        .map(|it| words(&it))
        .unwrap_or_default();
    let group = ancestors().find(|it| it.value().name() == "fieldset");
    let legend = group
        .and_then(|group| select(group, "legend").next())
        .map(|it| words(&it));
    Field {
        label,
        legend,
        ..field
    }
}

fn read_table(table: &ElementRef<'_>) -> Table {
    let row = |row: ElementRef<'_>| select(row, "th, td").map(|cell| words(&cell)).collect();
    Table {
        rows: select(*table, "tr").map(row).collect(),
    }
}

fn link(a: &ElementRef<'_>) -> Link {
    Link {
        text: words(a),
        href: a.value().attr("href").unwrap_or_default().to_owned(),
    }
}

fn texts(html: &Html, what: &str) -> Vec<String> {
    select(html.root_element(), what)
        .map(|it| words(&it))
        .collect()
}

/// The words a person sees, in order. Inline elements do not part words, all others do.
fn words(element: &ElementRef<'_>) -> String {
    let mut text = String::new();
    let mut unseen = 0usize;
    for edge in element.traverse() {
        match edge {
            Edge::Open(node) => match node.value() {
                Node::Text(part) if unseen == 0 => text.push_str(part),
                Node::Element(opened) => {
                    part_words(&mut text, opened.name());
                    unseen += usize::from(UNSEEN.contains(&opened.name()));
                }
                _ => {}
            },
            Edge::Close(node) => {
                if let Node::Element(closed) = node.value() {
                    part_words(&mut text, closed.name());
                    unseen -= usize::from(UNSEEN.contains(&closed.name()));
                }
            }
        }
    }
    collapse(&text)
}

fn part_words(text: &mut String, element: &str) {
    if !INLINE.contains(&element) {
        text.push(' ');
    }
}

/// How deep elements stand in one another at most.
fn depth(html: &Html) -> usize {
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

fn select<'a>(root: ElementRef<'a>, what: &str) -> impl Iterator<Item = ElementRef<'a>> {
    let selector = Selector::parse(what).expect("a selector written here");
    root.select(&selector).collect::<Vec<_>>().into_iter()
}

/// Elements that do not part words.
const INLINE: [&str; 12] = [
    "a", "abbr", "b", "em", "font", "i", "mark", "small", "span", "strong", "sub", "sup",
];
/// Elements whose text is not read: programs, styles, and what stands inside the controls of a label.
const UNSEEN: [&str; 5] = ["script", "style", "template", "textarea", "select"];
/// No page for people nests deeper; one that does is read as having nothing, so that reading stays quick.
const DEEPEST: usize = 256;

#[cfg(test)]
mod tests {
    use super::*;

    fn page(source: &str) -> Page {
        Page::read(Url::parse("http://127.0.0.1/").unwrap(), source)
    }

    #[test]
    fn a_control_is_found_by_the_label_beside_around_or_before_it() {
        let read = page(
            "<form><label for=x>Имя контейнера</label><input id=x value=а><label>Код <input value=б></label>\
             <table><tr><th>Ключевая пара</th><td><textarea>\nв</textarea></td></tr></table>\
             <fieldset><legend>Сведения</legend><label>Общее имя (2.5.4.3) <input value='ООО \"Ромашка\"'></label></fieldset></form>",
        );
        let value = |label| read.value_of(label);
        assert_eq!(
            (
                value("Имя контейнера"),
                value("Код:"),
                value("«Ключевая пара»")
            ),
            (Some("а"), Some("б"), Some("в"))
        );
        let subject = read.field("Общее имя (2.5.4.3)").unwrap();
        assert_eq!(
            (subject.value.as_str(), subject.legend.as_deref()),
            ("ООО \"Ромашка\"", Some("Сведения"))
        );
    }

    #[test]
    fn only_what_a_browser_would_send_is_sent() {
        let read = page(
            "<form method=POST><input type=hidden name=h value=1><input type=checkbox name=a><input type=radio name=b checked>\
             <select name=c><option value=x>X<option selected>Y</select><input name=d disabled><button type=button>Нет</button>\
             <input type=submit name=go value=Да></form>",
        );
        let form = &read.forms[0];
        let sent: Vec<_> = form
            .fields
            .iter()
            .filter(|it| it.is_sent())
            .map(|it| (it.name.as_deref(), it.value.as_str()))
            .collect();
        assert_eq!(sent, [(Some("b"), "on"), (Some("c"), "Y")]);
        assert!(form.is_post && form.hidden == [("h".to_owned(), "1".to_owned())]);
        assert_eq!(form.buttons.len(), 1);
        assert_eq!(read.button("«да»").unwrap().1.name.as_deref(), Some("go"));
    }

    #[test]
    fn a_link_that_could_be_two_is_none() {
        let read = page("<a href=/a><b>О</b>К</a><a href=/b>Выйти</a><a href=/c>Выйти</a>");
        assert!(read.link("Выйти").is_none());
        assert!(
            page("<a href=/a>ОК</a> <a href=/a>ОК</a>")
                .link("ок")
                .is_some()
        );
    }

    #[test]
    fn scripts_and_styles_are_not_words() {
        let read = page(
            "<body><style>p{}</style><p>Номер <b>заявки</b>: 722318<script>let x='ОК'</script></p></body>",
        );
        assert_eq!(read.text, "Номер заявки: 722318");
    }

    #[test]
    fn a_page_of_nothing_but_nesting_is_read_quickly_and_has_nothing() {
        let read = page(&"<table><td><b>".repeat(10_000));
        assert!(read.tables.is_empty() && read.text.is_empty());
    }

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig { failure_persistence: None, cases: 64, ..Default::default() })]
        #[test]
        fn any_text_is_a_page(source in "(<[a-z]{1,8}( [a-z]{1,6}='?[^>]{0,6}'?)?>|[А-я ]{0,6}|</[a-z]{1,8}>){0,40}") {
            let read = page(&source);
            proptest::prop_assert!(read.link("нет такой").is_none());
        }
    }
}
