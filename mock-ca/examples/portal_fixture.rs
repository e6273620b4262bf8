//! The mock in somebody's test: start it, let the client run, look at what arrived.

use std::error::Error;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;

fn main() -> Result<(), Box<dyn Error>> {
    let forus = mock_ca::Fixture::start()?;
    // The client under test; here one that asks for a code and no more.
    let body = r#"{"phone":"8 (900) 000-00-00"}"#;
    let head = "POST /api/login/code HTTP/1.1\r\nHost: forus\r\nConnection: close\r\n";
    let mut client = TcpStream::connect(forus.server().addresses().portal)?;
    write!(client, "{head}Content-Length: {}\r\n\r\n{body}", body.len())?;
    client.read_to_string(&mut String::new())?;

    forus.advance_secs(10);
    let text = forus
        .newest_text("79000000000")
        .ok_or("no text has arrived")?;
    println!("the phone shows: {} …", &text[.."Код подтверждения".len()]);
    forus.verify(|seen| seen.visits.len() == 1 && seen.visits[0].status == 200)?;
    let why = forus.verify(|seen| seen.status(722_318) == Some(mock_ca::Status::Installed));
    println!(
        "and had it been expected to finish: {}",
        why.expect_err("it has not")
    );
    Ok(())
}
