//! An applicant who goes through the pages over a socket, one connection for each step: fast, and blind to everything
//! but the form's token and the words that tell success.

use std::io::{self, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};

/// Somebody with a phone and an application.
pub(crate) struct Applicant {
    pub(crate) portal: SocketAddr,
    pub(crate) sms: SocketAddr,
    pub(crate) phone: String,
    pub(crate) number: u32,
    /// What every step goes through: a place for a stop-watch.
    pub(crate) around: Around,
    cookie: String,
}

type Around = fn(&mut dyn FnMut() -> io::Result<Page>) -> io::Result<Page>;

/// An answer.
#[derive(Clone, Debug)]
pub(crate) struct Page {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

impl Page {
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The page, if this is what it says.
    fn saying(self, words: &str) -> io::Result<Self> {
        if self.status == 200 && self.text().contains(words) {
            return Ok(self);
        }
        let why = format!("no «{words}» in {} {}", self.head, self.text());
        Err(io::Error::other(why))
    }

    fn token(&self) -> io::Result<String> {
        let text = self.text();
        let value = text
            .split_once("name=\"token\" value=\"")
            .and_then(|(_, rest)| rest.split_once('"'));
        value
            .map(|(token, _)| token.to_owned())
            .ok_or_else(|| io::Error::other(format!("no form in {} {text}", self.head)))
    }
}

impl Applicant {
    /// Nobody is logged in yet.
    pub(crate) fn new(
        portal: SocketAddr,
        sms: SocketAddr,
        application: &mock_ca::Application,
    ) -> Self {
        Self {
            portal,
            sms,
            phone: application.phone.clone(),
            number: application.number,
            around: |step| step(),
            cookie: String::new(),
        }
    }

    /// Steps 1.2 – 1.5. The text has to be there at once.
    pub(crate) fn log_in(&mut self) -> io::Result<()> {
        self.cookie.clear();
        self.get("/")?.saying("Личный кабинет")?;
        let token = self.get("/cabinet")?.token()?;
        let phone = self.phone.clone();
        let asked = self.post("/cabinet/code", &[("token", &token), ("phone", &phone)])?;
        let token = asked.saying("Код подтверждения")?.token()?;
        let code = self.newest_code()?;
        self.post("/cabinet/login", &[("token", &token), ("code", &code)])?;
        self.get("/cabinet")?.saying("Вы вошли как").map(drop)
    }

    /// The newest code on the phone.
    pub(crate) fn newest_code(&self) -> io::Result<String> {
        let path = format!("/inbox?phone={}", self.phone);
        let inbox = (self.around)(&mut || exchange(self.sms, "GET", &path, "", ""))?.text();
        let code = inbox.rsplit_once("Код подтверждения: ");
        code.and_then(|(_, rest)| rest.get(..6))
            .map(str::to_owned)
            .ok_or_else(|| io::Error::other(format!("no code in {inbox}")))
    }

    /// Steps 1.6 – 1.11.
    pub(crate) fn send_request(&mut self, pem: &str) -> io::Result<()> {
        let card = format!("/cabinet/applications/{}", self.number);
        self.get("/cabinet/work")?;
        self.get("/cabinet/applications")?
            .saying(&self.number.to_string())?;
        self.get(&card)?.saying("Запросить сертификат")?;
        let path = format!("{card}/request");
        let token = self.get(&path)?.token()?;
        let fields = [("token", token.as_str()), ("pem", pem), ("press", "send")];
        self.post(&path, &fields)?
            .saying("Запрос на сертификат успешно отправлен")
            .map(drop)
    }

    /// Steps 2.6 – 2.9.
    pub(crate) fn install(&mut self) -> io::Result<Vec<u8>> {
        let card = format!("/cabinet/applications/{}", self.number);
        self.get("/cabinet/applications")?
            .saying("Сертификат выпущен")?;
        self.get(&card)?
            .saying("Установить сертификат в контейнер")?;
        let certificate = self.get(&format!("{card}/certificate"))?.body;
        let path = format!("{card}/install");
        let token = self.get(&path)?.token()?;
        self.post(&path, &[("token", &token)])?
            .saying("Сертификат успешно установлен в контейнер")?;
        Ok(certificate)
    }

    pub(crate) fn get(&mut self, path: &str) -> io::Result<Page> {
        self.exchange("GET", path, "")
    }

    fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> io::Result<Page> {
        let body = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        self.exchange("POST", path, &body)
    }

    fn exchange(&mut self, method: &str, path: &str, body: &str) -> io::Result<Page> {
        let cookie = format!("Cookie: {}\r\n", self.cookie);
        let page = (self.around)(&mut || exchange(self.portal, method, path, &cookie, body))?;
        let set = page
            .head
            .lines()
            .find_map(|line| line.strip_prefix("set-cookie: "));
        if let Some((cookie, _)) = set.and_then(|set| set.split_once(';')) {
            self.cookie = cookie.to_owned();
        }
        Ok(page)
    }
}

/// One request on a connection of its own. An answer that breaks off is an error.
pub(crate) fn exchange(
    address: SocketAddr,
    method: &str,
    path: &str,
    headers: &str,
    body: &str,
) -> io::Result<Page> {
    let mut stream = TcpStream::connect(address)?;
    let length = body.len();
    let head = format!(
        "{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{headers}Content-Length: {length}\r\n\r\n"
    );
    stream.write_all(format!("{head}{body}").as_bytes())?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    parse(&answer).ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
}

fn parse(answer: &[u8]) -> Option<Page> {
    let end = answer.windows(4).position(|part| part == b"\r\n\r\n")?;
    let head = str::from_utf8(&answer[..end]).ok()?.to_owned();
    let status = head.get(9..12)?.parse().ok()?;
    let body = answer[end + 4..].to_vec();
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "));
    let whole = length.is_none_or(|length| length.parse() == Ok(body.len()));
    whole.then_some(Page { status, head, body })
}
