//! `emulator attach --control`: orders for the hand that holds the token, a line each, so that hot-plug can be tested.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::thread;

use emulator::vpcd::Hand;

/// Begins to take orders; tells where, since the port may have been any.
pub(super) fn listen(address: SocketAddr, hand: &Hand) -> io::Result<SocketAddr> {
    let listener = TcpListener::bind(address)?;
    let here = listener.local_addr()?;
    let hand = hand.clone();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let hand = hand.clone();
            thread::spawn(move || converse(&stream, &hand));
        }
    });
    Ok(here)
}

/// Until the other end has no more to say, or says what is no order: what follows that is not meant for us, be it the rest
/// of a line without end or the form of a web page. What goes wrong with a conversation is its own end's concern.
fn converse(stream: &TcpStream, hand: &Hand) -> io::Result<()> {
    let mut orders = BufReader::new(stream);
    let mut line = String::new();
    while orders.by_ref().take(LONGEST_ORDER).read_line(&mut line)? > 0 {
        match line.trim_end_matches(['\r', '\n']) {
            // Told first: afterwards the program may be gone.
            "stop" => {
                say(stream, "ok")?;
                hand.stop();
            }
            order => match obey(order, hand) {
                Some(word) => say(stream, word)?,
                None => return say(stream, "unknown order: insert, remove, status or stop"),
            },
        }
        line.clear();
    }
    Ok(())
}

/// Does as told and answers in a word; `None` to what is no order.
fn obey(order: &str, hand: &Hand) -> Option<&'static str> {
    match order {
        "insert" => hand.insert(),
        "remove" => hand.remove(),
        "status" => return Some(if hand.is_in() { "in" } else { "out" }),
        _ => return None,
    }
    Some("ok")
}

/// In one piece.
fn say(mut stream: &TcpStream, word: &str) -> io::Result<()> {
    stream.write_all(format!("{word}\n").as_bytes())
}

/// Bytes of a line at most.
const LONGEST_ORDER: u64 = 64;
