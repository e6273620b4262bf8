//! A page as a person sees it, read once into plain values.

use scraper::{ElementRef, Html};
use url::Url;

use super::form::{Button, CELL, Field, Form, read_form};
use super::label::same;
use super::reading::{DEEPEST, all, depth, elements, words};

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
        let elements: Vec<_> = all(html.root_element()).collect();
        let named = |names: &'static [&str]| {
            let named = move |it: &&ElementRef<'_>| names.contains(&it.value().name());
            elements.iter().filter(named)
        };
        let texts = |names| named(names).map(words).collect::<Vec<_>>();
        let labels: Vec<_> = named(&["label"]).copied().collect();
        Self {
            url,
            title: named(&["title"]).map(words).next().unwrap_or_default(),
            headings: texts(&["h1", "h2", "h3"]),
            links: named(&["a"])
                .filter_map(link)
                .filter(|it| !it.text.is_empty())
                .collect(),
            forms: named(&["form"])
                .map(|form| read_form(&labels, form))
                .collect(),
            tables: named(&["table"]).map(read_table).collect(),
            alerts: (elements.iter())
                .filter(|it| it.attr("role") == Some("alert"))
                .map(words)
                .collect(),
            text: texts(&["body"]).join(" "),
            source: source.to_owned(),
        }
    }

    /// Whether it is what reading this would give.
    pub(super) fn is(&self, url: &Url, source: &str) -> bool {
        self.url == *url && self.source == source
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

fn read_table(table: &ElementRef<'_>) -> Table {
    let row = |row: ElementRef<'_>| elements(row, CELL).map(|cell| words(&cell)).collect();
    Table {
        rows: elements(*table, &["tr"]).map(row).collect(),
    }
}

fn link(a: &ElementRef<'_>) -> Option<Link> {
    let href = a.attr("href")?.to_owned();
    Some(Link {
        text: words(a),
        href,
    })
}

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
