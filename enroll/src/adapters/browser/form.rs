//! Forms and what a person can fill and press in them.

use std::collections::BTreeMap;

use scraper::ElementRef;

use super::label::{collapse, same};
use super::reading::{Budget, all, elements, own};

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

/// The labels of a page that name their control, by its id; of several for one control the first.
pub(super) struct Labels<'a>(BTreeMap<&'a str, ElementRef<'a>>);

impl<'a> Labels<'a> {
    pub(super) fn of<'b>(labels: impl Iterator<Item = &'b ElementRef<'a>>) -> Self
    where
        'a: 'b,
    {
        let mut tied = BTreeMap::new();
        for label in labels {
            if let Some(id) = label.attr("for") {
                tied.entry(id).or_insert(*label);
            }
        }
        Self(tied)
    }
}

/// Reads a form and the controls of its own; `labels` are those of the page, for one may stand anywhere.
pub(super) fn read_form(labels: &Labels<'_>, form: &ElementRef<'_>, budget: &Budget) -> Form {
    let attribute = |name| form.value().attr(name).unwrap_or_default();
    let mut read = Form {
        is_post: attribute("method").eq_ignore_ascii_case("post"),
        action: attribute("action").to_owned(),
        ..Form::default()
    };
    for control in own(*form, CONTROL, &["form"]) {
        if control.value().attr("disabled").is_some() {
            continue;
        }
        match Control::of(&control, budget) {
            Control::Hidden(name, value) => read.hidden.push((name, value)),
            Control::Button(button) => read.buttons.push(button),
            Control::Field(field) => read.fields.push(labelled(labels, &control, field, budget)),
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
    fn of(control: &ElementRef<'_>, budget: &Budget) -> Self {
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
            ("button", _) => Self::Button(button(budget.words(control))),
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
                value: chosen(control, budget),
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
fn chosen(list: &ElementRef<'_>, budget: &Budget) -> String {
    let options: Vec<_> = elements(*list, &["option"]).collect();
    let option = options
        .iter()
        .find(|it| it.value().attr("selected").is_some())
        .or_else(|| options.first());
    option
        .map(|it| {
            it.value()
                .attr("value")
                .map_or_else(|| budget.words(it), str::to_owned)
        })
        .unwrap_or_default()
}

fn labelled(labels: &Labels<'_>, control: &ElementRef<'_>, field: Field, budget: &Budget) -> Field {
    let ancestors = || control.ancestors().filter_map(ElementRef::wrap);
    let id = control.value().attr("id");
    let tied = id.and_then(|id| labels.0.get(id).copied());
    let around = || ancestors().find(|it| it.value().name() == "label");
    let row = || {
        ancestors()
            .find(|it| it.value().name() == "tr")
            .and_then(|row| budget.first(row.child_elements(), CELL))
    };
    let label = tied
        .or_else(around)
        .or_else(row)
        .map(|it| budget.words(&it))
        .unwrap_or_default();
    let group = ancestors().find(|it| it.value().name() == "fieldset");
    let legend = group
        .and_then(|group| budget.first(all(group), &["legend"]))
        .map(|it| budget.words(&it));
    Field {
        label,
        legend,
        ..field
    }
}

const CONTROL: &[&str] = &["input", "textarea", "select", "button"];
pub(super) const TABLE: &[&str] = &["table"];
/// The cells of a table.
pub(super) const CELL: &[&str] = &["th", "td"];
