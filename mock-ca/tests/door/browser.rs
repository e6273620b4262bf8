//! A browser without pictures: links by their text, fields by their label, buttons by what is written on them.

use http::header::{CONTENT_TYPE, COOKIE, LOCATION, SET_COOKIE};
use http::{Method, Request, Response};
use mock_ca::Door;
use scraper::{ElementRef, Html, Selector};

use crate::world::World;

#[derive(Clone, Default)]
pub(crate) struct Browser {
    pub(crate) cookie: Option<String>,
    pub(crate) page: String,
    pub(crate) status: u16,
    /// The answer as it came.
    pub(crate) answer: Option<Response<Vec<u8>>>,
    filled: Vec<(String, String)>,
}

impl Browser {
    pub(crate) fn open(&mut self, world: &mut World, path: &str) {
        self.go(world, Method::GET, path, "");
    }

    /// Follows the link with this text; it has to be the only one.
    pub(crate) fn click(&mut self, world: &mut World, text: &str) {
        let html = self.html();
        let links: Vec<_> = select(&html, "a")
            .into_iter()
            .filter(|link| collapsed(link.text()) == text)
            .collect();
        assert_eq!(links.len(), 1, "links «{text}» on:\n{}", self.text());
        let path = links[0].attr("href").unwrap().to_owned();
        self.go(world, Method::GET, &path, "");
    }

    pub(crate) fn has_link(&self, text: &str) -> bool {
        select(&self.html(), "a")
            .iter()
            .any(|link| collapsed(link.text()) == text)
    }

    pub(crate) fn links(&self) -> Vec<String> {
        select(&self.html(), "main a")
            .iter()
            .map(|link| collapsed(link.text()))
            .collect()
    }

    /// Types into the field with this label.
    pub(crate) fn fill(&mut self, label: &str, value: &str) {
        let id = self.control(label);
        self.filled.push((id, value.to_owned()));
    }

    /// What the field with this label holds.
    pub(crate) fn value(&self, label: &str) -> String {
        let id = self.control(label);
        let html = self.html();
        let control = by_id(&html, &id);
        match control.value().name() {
            "textarea" => control.text().collect(),
            _ => control.attr("value").unwrap_or_default().to_owned(),
        }
    }

    /// Labels of the page's fields, in order.
    pub(crate) fn labels(&self) -> Vec<String> {
        select(&self.html(), "label")
            .iter()
            .map(|label| collapsed(label.text()))
            .collect()
    }

    /// Presses the button with this text and sends its form.
    pub(crate) fn press(&mut self, world: &mut World, text: &str) {
        let html = self.html();
        let button = select(&html, "button")
            .into_iter()
            .find(|button| collapsed(button.text()) == text);
        let button = button.unwrap_or_else(|| panic!("no button «{text}» on:\n{}", self.text()));
        let form = button
            .ancestors()
            .filter_map(ElementRef::wrap)
            .find(|up| up.value().name() == "form")
            .unwrap();
        let mut fields = self.fields(form);
        if let Some(name) = button.attr("name") {
            fields.push((
                name.to_owned(),
                button.attr("value").unwrap_or_default().to_owned(),
            ));
        }
        let body = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        let action = form.attr("action").unwrap().to_owned();
        match form.attr("method") {
            Some("post") => self.go(world, Method::POST, &action, &body),
            _ => self.go(world, Method::GET, &format!("{action}?{body}"), ""),
        }
    }

    fn fields(&self, form: ElementRef<'_>) -> Vec<(String, String)> {
        let named = selector("input[name], textarea[name], select[name]");
        let controls = form.select(&named).map(|control| {
            let typed = self
                .filled
                .iter()
                .rev()
                .find(|(id, _)| Some(id.as_str()) == control.attr("id"));
            let shown = match control.value().name() {
                "textarea" => control.text().collect(),
                _ => control.attr("value").unwrap_or_default().to_owned(),
            };
            (
                control.attr("name").unwrap().to_owned(),
                typed.map_or(shown, |(_, value)| value.clone()),
            )
        });
        controls.collect()
    }

    fn control(&self, label: &str) -> String {
        let html = self.html();
        let labels: Vec<_> = select(&html, "label")
            .into_iter()
            .filter(|one| collapsed(one.text()) == label)
            .collect();
        assert_eq!(labels.len(), 1, "labels «{label}» on:\n{}", self.text());
        labels[0].attr("for").unwrap().to_owned()
    }

    fn go(&mut self, world: &mut World, method: Method, path: &str, body: &str) {
        let mut response = self.send(world, method, path, body);
        while let Some(location) = response.headers().get(LOCATION) {
            let location = location.to_str().unwrap().to_owned();
            response = self.send(world, Method::GET, &location, "");
        }
        self.status = response.status().as_u16();
        self.page = String::from_utf8_lossy(response.body()).into_owned();
        self.answer = Some(response);
        self.filled.clear();
    }

    fn send(
        &mut self,
        world: &mut World,
        method: Method,
        path: &str,
        body: &str,
    ) -> Response<Vec<u8>> {
        let mut request = Request::builder().method(method).uri(path);
        if let Some(cookie) = &self.cookie {
            request = request.header(COOKIE, cookie);
        }
        request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        let request = request.body(body.as_bytes().to_vec()).unwrap();
        let response = world.mock.handle(world.now, Door::Portal, request);
        if let Some(cookie) = response.headers().get(SET_COOKIE) {
            let pair = cookie
                .to_str()
                .unwrap()
                .split(';')
                .next()
                .unwrap()
                .to_owned();
            self.cookie = Some(pair).filter(|pair| !pair.ends_with('='));
        }
        response
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        self.answer.as_ref().unwrap().body()
    }

    pub(crate) fn header(&self, name: &str) -> String {
        self.answer.as_ref().unwrap().headers()[name]
            .to_str()
            .unwrap()
            .to_owned()
    }

    /// The page's middle as lines: links in brackets, fields between bars, buttons in angles.
    pub(crate) fn outline(&self) -> String {
        let mut out = String::new();
        select(&self.html(), "main")
            .iter()
            .for_each(|main| outline(*main, &mut out));
        out
    }

    /// What a person reads in the page's middle, one line for each block.
    pub(crate) fn text(&self) -> String {
        let html = self.html();
        let main = select(&html, "main");
        let text = main
            .iter()
            .flat_map(ElementRef::text)
            .map(str::trim)
            .filter(|line| !line.is_empty());
        text.collect::<Vec<_>>().join("\n")
    }

    pub(crate) fn shows(&self, text: &str) -> bool {
        collapsed(self.html().root_element().text()).contains(text)
    }

    /// The page's alerts.
    pub(crate) fn alerts(&self) -> Vec<String> {
        select(&self.html(), "[role=alert]")
            .iter()
            .map(|alert| collapsed(alert.text()))
            .collect()
    }

    pub(crate) fn heading(&self) -> String {
        select(&self.html(), "h1")
            .first()
            .map(|heading| collapsed(heading.text()))
            .unwrap_or_default()
    }

    /// The table's rows as texts, the head first.
    pub(crate) fn rows(&self) -> Vec<Vec<String>> {
        let html = self.html();
        let rows = select(&html, "tr").into_iter();
        rows.map(|row| {
            row.select(&selector("th, td"))
                .map(|cell| collapsed(cell.text()))
                .collect()
        })
        .collect()
    }

    pub(crate) fn log_in(&mut self, world: &mut World, phone: &str) {
        self.open(world, "/");
        self.click(world, "Личный кабинет");
        self.fill("Номер сотового телефона", phone);
        self.press(world, "Получить код");
        world.pass(10);
        let digits: String = phone.chars().filter(char::is_ascii_digit).collect();
        let code = world.code(&digits);
        self.fill("Код подтверждения", &code);
        self.press(world, "Войти");
        assert!(self.shows("Вы вошли как"), "{}", self.text());
    }

    pub(crate) fn open_card(&mut self, world: &mut World, number: u32) {
        self.click(world, "Работа с заявкой");
        self.click(world, "Личный кабинет");
        self.click(world, &number.to_string());
    }

    fn html(&self) -> Html {
        Html::parse_document(&self.page)
    }
}

fn selector(css: &str) -> Selector {
    Selector::parse(css).unwrap()
}

fn select<'a>(html: &'a Html, css: &str) -> Vec<ElementRef<'a>> {
    html.select(&selector(css)).collect()
}

fn by_id<'a>(html: &'a Html, id: &str) -> ElementRef<'a> {
    select(html, &format!("[id='{id}']"))[0]
}

fn collapsed<'a>(text: impl Iterator<Item = &'a str>) -> String {
    text.collect::<String>()
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
}

/// What a person sees of an element and below, as indented lines.
fn outline(element: ElementRef<'_>, out: &mut String) {
    for child in element.children() {
        if let Some(text) = child.value().as_text() {
            let text = collapsed(std::iter::once(&**text));
            if !text.is_empty() {
                out.push_str(&format!("{text}\n"));
            }
        } else if let Some(child) = ElementRef::wrap(child) {
            outline_of(child, out);
        }
    }
}

fn outline_of(element: ElementRef<'_>, out: &mut String) {
    let text = collapsed(element.text());
    let attr = |name| element.attr(name).unwrap_or_default();
    match element.value().name() {
        "a" => out.push_str(&format!("[{text}]\n")),
        "h1" => out.push_str(&format!("# {text}\n")),
        "h2" => out.push_str(&format!("## {text}\n")),
        "legend" => out.push_str(&format!("-- {text} --\n")),
        "button" => out.push_str(&format!("<{text}>\n")),
        "input" if attr("type") == "hidden" => {}
        "input" => out.push_str(&format!(
            "  |{}|{}\n",
            attr("value"),
            if element.attr("readonly").is_some() {
                " read-only"
            } else {
                ""
            }
        )),
        "textarea" => out.push_str(&format!(
            "  |{}|\n",
            text.chars().take(27).collect::<String>()
        )),
        "select" => out.push_str("  |…|\n"),
        "tr" => {
            let cells = selector("th, td");
            if element
                .select(&selector("input, textarea"))
                .next()
                .is_some()
            {
                outline(element, out);
            } else {
                let cells: Vec<_> = element
                    .select(&cells)
                    .map(|cell| collapsed(cell.text()))
                    .collect();
                out.push_str(&format!("{}\n", cells.join(" | ")));
            }
        }
        "p" if attr("role") == "alert" => out.push_str(&format!("! {text}\n")),
        "time" => {}
        _ => outline(element, out),
    }
}
