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

/// Until the other end has no more to say; what goes wrong with a conversation is its own end's concern.
fn converse(stream: &TcpStream, hand: &Hand) -> io::Result<()> {
    let mut orders = BufReader::new(stream);
    let mut order = String::new();
    while orders.by_ref().take(LONGEST_ORDER).read_line(&mut order)? > 0 {
        match order.trim() {
            // Told first: afterwards the program may be gone.
            "stop" => {
                say(stream, "ok")?;
                hand.stop();
            }
            order => say(stream, obey(order, hand))?,
        }
        order.clear();
    }
    Ok(())
}

/// Does as told and answers in a word.
fn obey(order: &str, hand: &Hand) -> &'static str {
    match order {
        "insert" => hand.insert(),
        "remove" => hand.remove(),
        "status" => return if hand.is_in() { "in" } else { "out" },
        _ => return "unknown order: insert, remove, status or stop",
    }
    "ok"
}

/// In one piece.
fn say(mut stream: &TcpStream, word: &str) -> io::Result<()> {
    stream.write_all(format!("{word}\n").as_bytes())
}

/// Bytes of a line at most.
const LONGEST_ORDER: u64 = 64;
