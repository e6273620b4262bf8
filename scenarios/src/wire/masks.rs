//! Secrets and their names: what is known as a secret never reaches a recording, its name does.

use std::collections::BTreeMap;

/// Secret values of one run, each with the name that stands for it.
#[derive(Debug, Default)]
pub struct Masks {
    names: BTreeMap<String, String>,
    places: Vec<(String, String)>,
    sessions: usize,
    forms: usize,
}

impl Masks {
    /// Lets `name` stand for `value` from here on.
    pub fn learn(&mut self, value: &str, name: &str) {
        if !value.is_empty() {
            self.names.insert(value.to_owned(), name.to_owned());
        }
    }

    /// Lets `name` stand for an address wherever a page has it.
    pub fn place(&mut self, address: &str, name: &str) {
        self.places.push((address.to_owned(), name.to_owned()));
    }

    /// A text with the name of every secret in the place of it, also in the middle of a word.
    pub fn hidden(&self, text: &str) -> String {
        let text = self.placed(text);
        let known = self.names.iter();
        known.fold(text, |text, (value, name)| text.replace(value, name))
    }

    fn placed(&self, text: &str) -> String {
        let known = self.places.iter();
        known.fold(text.to_owned(), |text, (address, name)| {
            text.replace(address, name)
        })
    }

    /// A text with the values that the names in it stand for at present.
    pub fn filled(&self, text: &str) -> String {
        let known = self
            .names
            .iter()
            .filter(|(_, name)| text.contains(name.as_str()));
        known.fold(text.to_owned(), |text, (value, name)| {
            text.replace(name, value)
        })
    }

    /// A message with its code by name, when `masked` has a name there.
    pub fn shown(&self, raw: &str, masked: &str) -> String {
        let name = masked
            .find("{code:")
            .and_then(|start| Some(&masked[start..=start + masked[start..].find('}')?]));
        match name.and_then(|name| Some((name, self.value(name)?))) {
            Some((name, code)) => raw.replace(code, name),
            None => raw.to_owned(),
        }
    }

    /// The name of a whole value, or the value.
    pub fn masked(&self, value: &str) -> String {
        self.names
            .get(value)
            .map_or_else(|| value.to_owned(), Clone::clone)
    }

    /// The value a name stands for at present.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.names
            .iter()
            .find_map(|(value, known)| (known == name).then_some(value.as_str()))
    }

    /// `session=VALUE; Path=/` with the value's name; a value not seen before is called `{session:1}` and so on.
    pub fn cookie(&mut self, cookie: &str) -> String {
        let (pair, attributes) = cookie.split_at(cookie.find(';').unwrap_or(cookie.len()));
        let Some((key, value)) = pair.split_once('=') else {
            return cookie.to_owned();
        };
        if !value.is_empty() && !self.names.contains_key(value) {
            self.sessions += 1;
            self.learn(value, &format!("{{session:{}}}", self.sessions));
        }
        format!("{key}={}{attributes}", self.masked(value))
    }

    /// A page with the names of its forms' hidden tokens; one not seen before is called `{form:1}` and so on.
    pub fn page(&mut self, html: &str) -> String {
        let mut page = self.placed(html);
        for value in hidden_tokens(html) {
            if !self.names.contains_key(value) {
                self.forms += 1;
                self.learn(value, &format!("{{form:{}}}", self.forms));
            }
            page = page.replace(value, &self.masked(value));
        }
        page
    }

    /// The code in a message, when the engine's own words for the message name one.
    pub fn message(&mut self, raw: &str, masked: &str) {
        let Some((before, rest)) = masked.split_once("{code:") else {
            return;
        };
        let number = rest.split('}').next().unwrap_or_default();
        let at = raw.strip_prefix(before).unwrap_or(raw);
        let name = format!("{{code:{number}}}");
        if let Some(code) = digits(at) {
            self.names.retain(|_, known| *known != name);
            self.learn(code, &name);
        }
    }
}

/// How the portal's text with a code begins (assumed, as the mock has it).
const CODE_BEGINS: &str = "Код подтверждения:";

/// A message as the engine tells it, where it took no code from it: the number in the place of one is a secret too, which
/// the engine may have covered with asterisks; `{digits:9}` tells how long it is.
pub(crate) fn without_number(text: &str) -> String {
    let Some(rest) = text.strip_prefix(CODE_BEGINS) else {
        return text.to_owned();
    };
    let number = rest.trim_start();
    let after = number.trim_start_matches(|sign: char| sign.is_ascii_digit() || sign == '*');
    match number.len() - after.len() {
        0 => text.to_owned(),
        digits => {
            let before = &text[..text.len() - number.len()];
            format!("{before}{{digits:{digits}}}{after}")
        }
    }
}

/// The first run of as many digits as codes have.
fn digits(text: &str) -> Option<&str> {
    let mut runs = text.split(|sign: char| !sign.is_ascii_digit());
    runs.find(|run| (4..=8).contains(&run.len()))
}

/// Values of `<input type="hidden" name="token" …>`.
fn hidden_tokens(html: &str) -> impl Iterator<Item = &str> {
    html.split("<input ").skip(1).filter_map(|tag| {
        let tag = tag.split('>').next()?;
        let hidden = attribute(tag, "type") == Some("hidden");
        let value = attribute(tag, "value").filter(|value| !value.is_empty());
        value.filter(|_| hidden && attribute(tag, "name") == Some("token"))
    })
}

fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = tag.split_once(&format!("{name}=\""))?;
    rest.split('"').next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_is_named_once_and_keeps_its_name() {
        let mut masks = Masks::default();
        assert_eq!(
            masks.cookie("session=abc; Path=/"),
            "session={session:1}; Path=/"
        );
        assert_eq!(masks.cookie("session=abc"), "session={session:1}");
        assert_eq!(masks.cookie("session=def"), "session={session:2}");
        assert_eq!(masks.cookie("session=; Max-Age=0"), "session=; Max-Age=0");
    }

    #[test]
    fn a_forms_token_is_named_and_the_rest_of_the_page_stays() {
        let page = r#"<input type="hidden" name="token" value="t1"><input name="phone" value="7">"#;
        let masked =
            r#"<input type="hidden" name="token" value="{form:1}"><input name="phone" value="7">"#;
        assert_eq!(Masks::default().page(page), masked);
    }

    #[test]
    fn an_address_is_named_where_a_page_has_it_and_a_secret_inside_a_word() {
        let mut masks = Masks::default();
        masks.place("http://127.0.0.1:4096", "{bridge}");
        masks.learn("90417362", "{pin:user}");
        let page = r#"<script src="http://127.0.0.1:4096/plugin.js">"#;
        assert_eq!(masks.page(page), r#"<script src="{bridge}/plugin.js">"#);
        assert_eq!(masks.hidden("types x90417362y"), "types x{pin:user}y");
    }

    #[test]
    fn a_number_that_the_engine_took_for_no_code_is_none_of_the_recordings_business() {
        for (number, digits) in [("7", 1), ("249", 3), ("249092787", 9), ("2490927871", 10)] {
            let text = format!("Код подтверждения: {number}. Никому его не сообщайте");
            let masked = format!("Код подтверждения: {{digits:{digits}}}. Никому его не сообщайте");
            assert_eq!(without_number(&text), masked);
            let covered = text.replace(number, &"*".repeat(digits));
            assert_eq!(without_number(&covered), masked);
        }
        for text in [
            "Код подтверждения: {code:1}. Никому его не сообщайте",
            "Ваш сертификат заказан. Тел. 88002505050",
            "??? ?????????????: ??????. ?????? ??? ?? ?????????",
        ] {
            assert_eq!(without_number(text), text);
        }
    }

    #[test]
    fn a_code_is_what_the_message_has_where_the_engine_wrote_its_name() {
        let mut masks = Masks::default();
        masks.message("Код: 123456. Никому", "Код: {code:1}. Никому");
        assert_eq!(masks.masked("123456"), "{code:1}");
        masks.message("Код: 777777. Никому", "Код: {code:1}. Никому");
        assert_eq!(masks.value("{code:1}"), Some("777777"));
    }
}
