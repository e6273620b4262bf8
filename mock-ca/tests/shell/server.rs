//! The door on real sockets: bytes, time-outs, limits, clean stop.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;

use http::Response;
use jiff::Timestamp;
use mock_ca::{Dial, Fault, Listen, Manual, Mischief, MockCa, Pace, Room, Server, Settings};

fn served(settings: Settings) -> Server {
    let clock = Arc::new(Manual::at(settings.epoch));
    let mut mock = MockCa::new(settings);
    let door = move |now, door, request| mock.handle(now, door, request);
    Server::start(door, clock, Listen::default()).unwrap()
}

#[test]
fn on_its_callers_event_loop_it_answers_there_and_ends_with_the_next_turn() {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let event_loop = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let settings = Settings::default();
    let clock = Arc::new(Manual::at(settings.epoch));
    let mut mock = MockCa::new(settings);
    let door = move |now, door, request| mock.handle(now, door, request);
    let handle = event_loop.handle();
    let server = Server::start_on(handle, door, clock, Listen::default(), None).unwrap();
    let portal = server.addresses().portal;
    let mut kept = event_loop.block_on(async {
        let mut stream = tokio::net::TcpStream::connect(portal).await.unwrap();
        let ask = b"GET / HTTP/1.1\r\nHost: forus\r\n\r\n";
        stream.write_all(ask).await.unwrap();
        let mut status = [0; 15];
        stream.read_exact(&mut status).await.unwrap();
        assert_eq!(&status, b"HTTP/1.1 200 OK");
        stream
    });
    drop(server);
    event_loop.block_on(async {
        // What was kept ends, and nobody is let in any more.
        let _ = kept.read_to_end(&mut Vec::new()).await;
        assert!(tokio::net::TcpStream::connect(portal).await.is_err());
    });
}

/// Sends bytes and reads until the server closes.
fn exchange(address: SocketAddr, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.write_all(bytes).unwrap();
    let mut answer = Vec::new();
    // A connection that was broken on purpose may end in an error; what came before counts.
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}

fn get(address: SocketAddr, path: &str) -> String {
    exchange(
        address,
        format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").as_bytes(),
    )
}

fn post(address: SocketAddr, path: &str, body: &str) -> String {
    exchange(address, message("POST", path, body).as_bytes())
}

fn message(method: &str, path: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{body}"
    )
}

#[test]
fn three_doors_answer_with_the_date_of_the_clock() {
    let server = served(Settings::default());
    let Listen {
        portal,
        sms,
        control,
    } = server.addresses();
    for (address, path, says) in [
        (portal, "/", "Личный кабинет"),
        (sms, "/inbox?phone=79000000000", "[]"),
        (control, "/clock", "2018-12-13T01:00:00Z"),
    ] {
        let answer = get(address, path);
        assert!(
            answer.starts_with("HTTP/1.1 200 OK\r\n") && answer.contains(says),
            "{answer}"
        );
        assert!(
            answer.contains("date: Thu, 13 Dec 2018 01:00:00 GMT\r\n"),
            "{answer}"
        );
    }
    assert!(
        get(portal, "/history").starts_with("HTTP/1.1 404"),
        "the portal does not reach the tester's port"
    );
    assert_eq!(server.portal_url(), format!("http://{portal}"));
}

#[test]
fn the_clock_moves_by_the_control_port_only() {
    let server = served(Settings::default());
    let Listen {
        portal, control, ..
    } = server.addresses();
    assert!(post(control, "/clock/advance", r#"{"seconds":60}"#).contains("2018-12-13T01:01:00Z"));
    assert!(post(control, "/clock/advance", r#"{"seconds":-60}"#).starts_with("HTTP/1.1 400"));
    assert!(post(portal, "/clock/advance", r#"{"seconds":60}"#).starts_with("HTTP/1.1 404"));
    assert!(get(portal, "/").contains("date: Thu, 13 Dec 2018 01:01:00 GMT\r\n"));
}

#[test]
fn the_clock_is_set_stopped_and_sped_up_by_the_control_port() {
    let settings = Settings::default();
    let dial = Arc::new(Dial::new(settings.epoch, Pace::Manual));
    let mut mock = MockCa::new(settings);
    let door = move |now, door, request| mock.handle(now, door, request);
    let server = Server::start(door, dial, Listen::default()).unwrap();
    let control = server.addresses().control;
    let put = |body: &str| exchange(control, message("PUT", "/clock", body).as_bytes());
    assert!(get(control, "/clock").contains(r#"{"now":"2018-12-13T01:00:00Z","pace":"manual"}"#));
    let set = put(r#"{"now":"2018-12-24T00:00:00+08:00"}"#);
    assert!(set.contains(r#"{"now":"2018-12-23T16:00:00Z","pace":"manual"}"#));
    let back = put(r#"{"now":"2018-12-13T09:00:00+08:00"}"#);
    assert!(back.starts_with("HTTP/1.1 409") && back.contains("only goes forward"));
    assert!(put(r#"{"pace":"backwards"}"#).starts_with("HTTP/1.1 400"));
    assert!(put(r#"{"pace":"fast:3600"}"#).contains(r#""pace":"fast:3600"}"#));
    let press = message("POST", "/operator/clock", "seconds=60");
    assert!(exchange(control, press.as_bytes()).contains("location: /\r\n"));
    let foreign = press.replacen("\r\n", "\r\nOrigin: http://elsewhere\r\n", 1);
    assert!(exchange(control, foreign.as_bytes()).starts_with("HTTP/1.1 403"));
}

#[test]
fn a_slow_and_a_late_answer_arrive_whole() {
    let fault = |nth, what| Fault {
        room: Room::Portal,
        nth,
        what,
    };
    let server = served(Settings {
        faults: vec![
            fault(2, Mischief::Slow { secs: 1 }),
            fault(3, Mischief::Delay { secs: 1 }),
        ],
        ..Settings::default()
    });
    let portal = server.addresses().portal;
    let quick = get(portal, "/");
    assert_eq!(get(portal, "/"), quick);
    assert_eq!(get(portal, "/"), quick);
}

#[test]
fn an_address_that_others_could_reach_is_refused() {
    let listen = Listen {
        sms: "0.0.0.0:0".parse().unwrap(),
        ..Listen::default()
    };
    let door = |_, _, _| Response::new(Vec::new());
    let error =
        Server::start(door, Arc::new(Manual::at(Timestamp::UNIX_EPOCH)), listen).unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("0.0.0.0:0 is not a loopback address"),
        "{error}"
    );
}

#[test]
fn an_address_in_use_is_told() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let listen = Listen {
        portal: taken.local_addr().unwrap(),
        ..Listen::default()
    };
    let door = |_, _, _| Response::new(Vec::new());
    let error =
        Server::start(door, Arc::new(Manual::at(Timestamp::UNIX_EPOCH)), listen).unwrap_err();
    assert!(
        error.to_string().starts_with("cannot listen on 127.0.0.1:"),
        "{error}"
    );
}

#[test]
fn dropping_the_server_frees_its_addresses() {
    let server = served(Settings::default());
    let address = server.addresses().portal;
    let idle = TcpStream::connect(address).unwrap();
    drop(server);
    drop(idle);
    assert!(TcpStream::connect(address).is_err());
}

#[test]
fn a_lost_answer_is_a_connection_that_says_nothing() {
    let server = served(Settings {
        faults: vec![
            Fault {
                room: Room::Portal,
                nth: 1,
                what: Mischief::LoseAnswer,
            },
            Fault {
                room: Room::Portal,
                nth: 2,
                what: Mischief::Garble,
            },
        ],
        ..Settings::default()
    });
    let portal = server.addresses().portal;
    assert_eq!(get(portal, "/"), "");
    let broken = get(portal, "/");
    let (head, body) = broken.split_once("\r\n\r\n").unwrap();
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "))
        .unwrap();
    assert!(
        !body.is_empty() && body.len() < length.parse().unwrap(),
        "{} of {length}",
        body.len()
    );
    assert!(get(portal, "/").ends_with("</html>"));
}

#[test]
fn nonsense_on_the_wire_harms_nobody_else() {
    let server = served(Settings::default());
    let portal = server.addresses().portal;
    for bytes in [
        &b"\0\0\0\0"[..],
        b"GET\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01",
    ] {
        let mut stream = TcpStream::connect(portal).unwrap();
        stream.write_all(bytes).unwrap();
        stream.shutdown(std::net::Shutdown::Write).unwrap();
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        assert!(!answer.starts_with(b"HTTP/1.1 2") && !answer.starts_with(b"HTTP/1.1 5"));
    }
    let endless = format!(
        "POST /cabinet/code HTTP/1.1\r\nHost: forus\r\nContent-Length: {}\r\n\r\n{}",
        2 << 20,
        "a".repeat(1 << 20)
    );
    assert!(exchange(portal, format!("{endless}a").as_bytes()).starts_with("HTTP/1.1 413"));
    assert!(get(portal, "/").starts_with("HTTP/1.1 200"));
}

#[test]
fn a_lost_answer_to_a_look_at_the_head_says_nothing_either() {
    let fault = Fault {
        room: Room::Portal,
        nth: 1,
        what: Mischief::LoseAnswer,
    };
    let server = served(Settings {
        faults: vec![fault],
        ..Settings::default()
    });
    let portal = server.addresses().portal;
    let head = b"HEAD / HTTP/1.1\r\nHost: forus\r\nConnection: close\r\n\r\n";
    assert_eq!(exchange(portal, head), "");
    assert!(exchange(portal, head).starts_with("HTTP/1.1 200"));
}
