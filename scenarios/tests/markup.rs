//! The engine finds its way by what a person sees: with every id, class, field name and URL renamed it still does.

mod common;

use http::{Request, Response, header};
use mock_ca::Door as Room;
use scenarios::world::Door;

/// `prefix` + hex of the old name: reversible, and nothing of the old name is left.
fn renamed(prefix: &str, name: &str) -> String {
    format!("{prefix}{}", hex::encode(name))
}

fn original(prefix: &str, name: &str) -> Option<String> {
    String::from_utf8(hex::decode(name.strip_prefix(prefix)?).ok()?).ok()
}

/// Renames the path of a local URL; query and foreign URLs stay.
fn renamed_url(url: &str) -> String {
    match url.split_once('?') {
        _ if !url.starts_with('/') => url.to_owned(),
        Some((path, query)) => format!("{}?{query}", renamed("/u", path)),
        None => renamed("/u", url),
    }
}

/// Renames the values of every attribute that is a name or an address.
fn renamed_page(html: &str) -> String {
    let mut page = html.to_owned();
    for (attribute, rename) in [
        (
            " id=\"",
            (|it: &str| renamed("i", it)) as fn(&str) -> String,
        ),
        (" for=\"", |it| renamed("i", it)),
        (" class=\"", |it| renamed("c", it)),
        (" name=\"", |it| renamed("n", it)),
        (" href=\"", renamed_url),
        (" action=\"", renamed_url),
        (" formaction=\"", renamed_url),
        (" src=\"", renamed_url),
    ] {
        page = with_values(&page, attribute, rename);
    }
    page
}

fn with_values(page: &str, attribute: &str, rename: fn(&str) -> String) -> String {
    let mut parts = page.split(attribute);
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (value, rest) = part
            .split_once('"')
            .expect("an attribute's value is closed");
        text.push_str(&format!(
            "{attribute}{}\"{rest}",
            rename(&value.replace("&amp;", "&"))
        ));
    }
    text
}

/// Puts the old names back into a request.
fn restored(request: Request<Vec<u8>>) -> Request<Vec<u8>> {
    let (mut head, body) = request.into_parts();
    let uri = head.uri.to_string();
    let (path, query) = uri
        .split_once('?')
        .map_or((uri.as_str(), None), |(path, query)| (path, Some(query)));
    let path = original("/u", path).unwrap_or_else(|| path.to_owned());
    let uri = query.map_or_else(
        || path.clone(),
        |query| format!("{path}?{}", restored_form(query)),
    );
    head.uri = uri.parse().expect("a local address");
    let form = head
        .headers
        .get(header::CONTENT_TYPE)
        .is_some_and(|it| it.as_bytes().ends_with(b"urlencoded"));
    let body = match String::from_utf8(body) {
        Ok(text) if form => restored_form(&text).into_bytes(),
        Ok(text) => text.into_bytes(),
        Err(error) => error.into_bytes(),
    };
    Request::from_parts(head, body)
}

fn restored_form(form: &str) -> String {
    let pair = |pair: &str| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        format!(
            "{}={value}",
            original("n", name).unwrap_or_else(|| name.to_owned())
        )
    };
    form.split('&').map(pair).collect::<Vec<_>>().join("&")
}

fn renamed_response(response: Response<Vec<u8>>) -> Response<Vec<u8>> {
    let (mut head, body) = response.into_parts();
    if let Some(location) = head.headers.get(header::LOCATION) {
        let to = renamed_url(location.to_str().expect("an ASCII address"));
        head.headers
            .insert(header::LOCATION, to.parse().expect("an ASCII address"));
    }
    let page = head
        .headers
        .get(header::CONTENT_TYPE)
        .is_some_and(|it| it.as_bytes().starts_with(b"text/html"));
    let body = match String::from_utf8(body) {
        Ok(html) if page => renamed_page(&html).into_bytes(),
        Ok(text) => text.into_bytes(),
        Err(error) => error.into_bytes(),
    };
    Response::from_parts(head, body)
}

fn other_markup(mut door: Door) -> Door {
    Box::new(move |now, room, request| match room {
        Room::Portal if request.uri().path() == "/" => renamed_response(door(now, room, request)),
        Room::Portal => {
            assert!(
                request.uri().path().starts_with("/u"),
                "the engine knows an address: {}",
                request.uri()
            );
            renamed_response(door(now, room, restored(request)))
        }
        _ => door(now, room, request),
    })
}

#[test]
fn every_id_class_name_and_url_renamed_still_enrolls() {
    let outcome = common::run("first-certificate", Box::new(other_markup)).outcome;
    assert_eq!(outcome.mismatches, Vec::<String>::new());
    assert!(outcome.proof.is_some());
}

#[test]
fn a_renamed_page_keeps_its_words_and_loses_its_names() {
    let page =
        renamed_page(r#"<a id="list" class="x" href="/list?a=1&amp;b=2">Личный кабинет</a>"#);
    assert!(
        page.contains("Личный кабинет") && !page.contains("list"),
        "{page}"
    );
}
