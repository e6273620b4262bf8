//! A page as a person sees it, read once into plain values.

use scraper::{ElementRef, Html};
use url::Url;

use super::form::{Button, CELL, Field, Form, Labels, TABLE, read_form};
use super::label::same;
use super::reading::{Budget, DEEPEST, all, all_words, depth, own};

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
        let budget = Budget::of_a_page();
        let words = |element: &ElementRef<'_>| budget.words(element);
        let labels = Labels::of(named(&["label"]));
        Self {
            url,
            title: named(&["title"]).map(words).next().unwrap_or_default(),
            headings: named(&["h1", "h2", "h3"]).map(words).collect(),
            links: named(&["a"])
                .filter_map(|a| link(a, &budget))
                .filter(|it| !it.text.is_empty())
                .collect(),
            forms: named(&["form"])
                .map(|form| read_form(&labels, form, &budget))
                .collect(),
            tables: (named(&["table"]).map(|table| read_table(table, &budget))).collect(),
            alerts: (elements.iter())
                .filter(|it| it.attr("role") == Some("alert"))
                .map(words)
                .collect(),
            text: (named(&["body"]).map(all_words).next()).unwrap_or_default(),
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

/// A table that stands in a cell is one of its own.
fn read_table(table: &ElementRef<'_>, budget: &Budget) -> Table {
    let cells = |row| own(row, CELL, TABLE).map(|cell| budget.words(&cell));
    Table {
        rows: own(*table, &["tr"], TABLE)
            .map(|row| cells(row).collect())
            .collect(),
    }
}

fn link(a: &ElementRef<'_>, budget: &Budget) -> Option<Link> {
    let href = a.attr("href")?.to_owned();
    Some(Link {
        text: budget.words(a),
        href,
    })
}

#[cfg(test)]
mod tests {
    use super::super::reading::READ_OF_A_PAGE;
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

    #[test]
    fn a_table_has_its_own_rows_and_a_row_its_own_cells() {
        let read = page(
            "<table><tr><td>Меню</td><td><table><tr><th>ID</th></tr><tr><td>722318</td></tr></table></td></tr></table>",
        );
        let rows: Vec<_> = read.tables.iter().map(|table| table.rows.clone()).collect();
        assert_eq!(rows[0], [["Меню", "ID 722318"]]);
        assert_eq!(rows[1], [["ID"], ["722318"]]);
    }

    #[test]
    fn controls_of_a_form_in_a_form_are_the_inner_ones() {
        let read = page("<form><input name=a><div></form><form><input name=b></form></div>");
        let names = |form: &Form| {
            form.fields
                .iter()
                .filter_map(|it| it.name.clone())
                .collect()
        };
        let names: Vec<Vec<_>> = read.forms.iter().map(names).collect();
        assert_eq!(names, [["a"], ["b"]]);
    }

    /// The octets of all texts that were read.
    fn size(page: &Page) -> usize {
        let fields = page.forms.iter().flat_map(|form| &form.fields);
        let fields = fields
            .map(|it| it.label.len() + it.value.len() + it.legend.as_ref().map_or(0, String::len));
        let cells = page
            .tables
            .iter()
            .flat_map(|table| table.rows.iter().flatten());
        let links = page
            .links
            .iter()
            .map(|link| link.text.len() + link.href.len());
        let texts = page
            .headings
            .iter()
            .chain(&page.alerts)
            .chain(cells)
            .map(String::len);
        fields.chain(links).chain(texts).sum::<usize>() + page.title.len() + page.text.len()
    }

    #[test]
    fn a_page_is_never_read_as_much_more_than_it_is() {
        let letters = "A".repeat(200_000);
        let controls = "<input>".repeat(5_000);
        let cell = format!("<form><table><tr><td>{letters}</td><td>{controls}");
        let tied = "<input id=a>".repeat(5_000);
        let forms = format!("{}{controls}", "<form><div></form>".repeat(80));
        let hostile = [
            format!("{}{letters}", "<table><tr><td>".repeat(60)),
            format!("{}{letters}", "<div role=alert>".repeat(200)),
            format!("{}{letters}", "<h1><div>".repeat(100)),
            format!("<form><fieldset><legend>{letters}</legend>{controls}"),
            format!("<label for=a>{letters}</label><form>{tied}"),
            cell,
            forms,
        ];
        for source in hostile {
            let read = page(&source);
            let start = source.get(..40).unwrap_or_default();
            assert!(size(&read) <= 2 * source.len() + READ_OF_A_PAGE, "{start}");
            let fields: usize = read.forms.iter().map(|form| form.fields.len()).sum();
            assert!(fields <= 5_000, "{start}: {fields} fields");
        }
    }

    #[test]
    fn words_of_one_cell_are_cut_between_letters() {
        let read = page(&format!(
            "<table><tr><td>a{}</td><td>б</td>",
            "я".repeat(20_000)
        ));
        let lengths: Vec<_> = read.tables[0].rows[0].iter().map(String::len).collect();
        assert_eq!(lengths, [(16 << 10) - 1, 2]);
    }

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig { failure_persistence: None, cases: 64, ..Default::default() })]
        #[test]
        fn any_text_is_a_page(source in "(<[a-z]{1,8}( [a-z]{1,6}='?[^>]{0,6}'?)?>|[А-я ]{0,6}|</[a-z]{1,8}>){0,40}") {
            let read = page(&source);
            proptest::prop_assert!(read.link("нет такой").is_none());
        }

        #[test]
        fn no_nesting_of_a_few_elements_is_read_as_much_more_than_it_is(
            opened in proptest::collection::vec("<(table|tr|td|form|/form|div|label|fieldset|legend|h1|a href=x|div role=alert|input)>", 1..6),
            times in 1..60_usize,
            controls in 0..500_usize,
        ) {
            let source = opened.concat().repeat(times) + &"А".repeat(20_000) + &"<input>".repeat(controls);
            proptest::prop_assert!(size(&page(&source)) <= 2 * source.len() + READ_OF_A_PAGE);
        }
    }
}
