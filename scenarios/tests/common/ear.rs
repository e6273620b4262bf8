//! Somebody on the line between a client and the mock's portal, who hears all that is said in clear.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

/// What was heard so far; passes everything on unchanged.
#[derive(Clone, Default)]
pub(crate) struct Ear(Arc<Mutex<Vec<u8>>>);

impl Ear {
    /// Listens on a port of its own and passes on to `portal`.
    pub(crate) fn between(portal: u16) -> (Self, u16) {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let ear = Self::default();
        let heard = ear.clone();
        thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                let Ok(server) = TcpStream::connect(("127.0.0.1", portal)) else {
                    continue;
                };
                heard.passes(&client, &server);
                heard.passes(&server, &client);
            }
        });
        (ear, port)
    }

    fn passes(&self, from: &TcpStream, to: &TcpStream) {
        let (mut from, mut to) = (
            from.try_clone().expect("a socket"),
            to.try_clone().expect("a socket"),
        );
        let Self(heard) = self.clone();
        thread::spawn(move || {
            let mut block = [0; 4096];
            while let Ok(length @ 1..) = from.read(&mut block) {
                heard.lock().expect("unbroken").extend(&block[..length]);
                if to.write_all(&block[..length]).is_err() {
                    break;
                }
            }
            drop(to.shutdown(std::net::Shutdown::Write));
        });
    }

    /// Every session of a cookie, and every code of six digits that was typed.
    pub(crate) fn secrets(&self) -> (Vec<String>, Vec<String>) {
        let Self(heard) = self;
        let text = String::from_utf8_lossy(&heard.lock().expect("unbroken")).into_owned();
        let sessions = text
            .lines()
            .filter(|line| line.to_ascii_lowercase().starts_with("set-cookie:"));
        let sessions = sessions.filter_map(|line| {
            let (_, value) = line.split(';').next()?.split_once('=')?;
            (value.len() >= 16).then(|| value.trim().to_owned())
        });
        let codes = text.split(['&', '\n', '\r']).filter_map(|pair| {
            let value = pair.strip_prefix("code=")?.get(..6)?;
            let digits = value.bytes().all(|byte| byte.is_ascii_digit());
            digits.then(|| value.to_owned())
        });
        (sessions.collect(), codes.collect())
    }
}
