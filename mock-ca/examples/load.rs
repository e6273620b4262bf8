//! Load, and clients that mean harm: figures as a table, and an error exit when a bound does not hold.
//!
//! `cargo run --release -p mock-ca --example load [APPLICANTS] [SESSIONS]`
//!
//! A pipeline has enough of `200 20000`: half a minute on two cores.
//!
//! The server runs in a child process, so that its memory is its own. First APPLICANTS (200) go through the whole
//! procedure at once: two logins, request, certificate, seven papers. Then a few do while others hold connections and
//! send a byte now and then, send bodies that do not end, and open SESSIONS (100000) sessions. Texts and certificates
//! come at once: the figures are the server's own.

#[path = "../tests/shell/applicant.rs"]
mod applicant;
#[path = "../tests/door/token.rs"]
#[expect(clippy::unwrap_used, reason = "its values are known to encode")]
mod token;

use std::cell::RefCell;
use std::error::Error;
use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use mock_ca::{Application, Dial, Document, Listen, MockCa, Pace, Server, Settings};

use applicant::{Applicant, Page, exchange};

const WHOLE: u32 = 200;
const SESSIONS: usize = 100_000;
/// Applicants who go on while others mean harm.
const AMONG_HOSTILE: usize = 8;
const SLOW_CONNECTIONS: usize = 600;
const MAX_P99: Duration = Duration::from_millis(200);
const MAX_MEMORY_KB: u64 = 300 * 1024;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments.first().is_some_and(|first| first == "serve") {
        return serve(arguments[1].parse()?);
    }
    let applicants = arguments.first().map_or(Ok(WHOLE), |text| text.parse())?;
    let sessions = arguments.get(1).map_or(Ok(SESSIONS), |text| text.parse())?;
    let child = Serving::start(applicants)?;
    let mut wrong = Vec::new();

    let requests = requests(applicants);
    let quiet = measured(|| at_once(&child, &requests));
    quiet.print(&format!("{applicants} applicants at once"));
    wrong.extend(quiet.errors.first().cloned());
    let hostile = measured(|| among_hostile(&child, sessions, &requests));
    hostile.print(&format!(
        "{AMONG_HOSTILE} applicants at a time, {sessions} sessions opened"
    ));
    wrong.extend(hostile.errors.first().cloned());
    if hostile.percentile(99) > MAX_P99 {
        wrong.push(format!(
            "99th percentile above {MAX_P99:?} among hostile clients"
        ));
    }
    let memory_kb = child.memory_kb()?;
    println!("memory of the server, at most {:>29} MB", memory_kb / 1024);
    if memory_kb > MAX_MEMORY_KB {
        wrong.push(format!("memory above {} MB", MAX_MEMORY_KB / 1024));
    }
    if wrong.is_empty() {
        Ok(())
    } else {
        Err(wrong.join("; ").into())
    }
}

/// The child: a mock where nobody waits, until its input ends.
fn serve(applicants: u32) -> Result<(), Box<dyn Error>> {
    let settings: Settings = toml::from_str(&format!(
        "further_applicants = {applicants}\n\
         login = {{ resend_secs = 0, codes_per_hour = 100000 }}\n\
         [timing]\n\
         sms_delivery_secs = {{ min = 0, max = 0 }}\n\
         ordered_secs = {{ min = 0, max = 0 }}\n\
         issue_secs = {{ min = 0, max = 0 }}\n"
    ))?;
    let dial = Arc::new(Dial::new(settings.epoch, Pace::Times(1)));
    let mut mock = MockCa::new(settings);
    let door = move |now, door, request| mock.answer(now, door, &request);
    let server = Server::start(door, dial, Listen::default())?;
    let Listen { portal, sms, .. } = server.addresses();
    println!("{portal} {sms}");
    io::stdin().read_to_end(&mut Vec::new())?;
    Ok(())
}

/// The server as a child process; it ends with us.
struct Serving {
    child: Child,
    portal: SocketAddr,
    sms: SocketAddr,
}

impl Serving {
    fn start(applicants: u32) -> Result<Self, Box<dyn Error>> {
        let mut child = Command::new(std::env::current_exe()?)
            .args(["serve", &applicants.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut line = String::new();
        let out = child.stdout.as_mut().ok_or("no output")?;
        BufReader::new(out).read_line(&mut line)?;
        let (portal, sms) = line.trim().split_once(' ').ok_or("no addresses")?;
        let (portal, sms) = (portal.parse()?, sms.parse()?);
        Ok(Self { child, portal, sms })
    }

    /// The most memory it has ever had, in KB.
    fn memory_kb(&self) -> Result<u64, Box<dyn Error>> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status
            .lines()
            .find_map(|line| line.strip_prefix("VmHWM:"))
            .ok_or("no VmHWM")?;
        Ok(line.trim().trim_end_matches(" kB").parse()?)
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Every applicant's application and request, made beforehand.
fn requests(applicants: u32) -> Vec<(Application, String)> {
    let profile = Settings::default().profile();
    let one = |n| {
        let application = Application::numbered(n, profile.clone());
        let pem = token::request_pem(&application, n.into());
        (application, pem)
    };
    (0..applicants).map(one).collect()
}

/// What a part of the run came to.
#[derive(Default)]
struct Figures {
    took: Duration,
    steps: Vec<Duration>,
    enrolled: usize,
    errors: Vec<String>,
}

impl Figures {
    fn percentile(&self, percent: usize) -> Duration {
        let mut steps = self.steps.clone();
        steps.sort_unstable();
        let index = (steps.len() * percent / 100).min(steps.len().saturating_sub(1));
        steps.get(index).copied().unwrap_or_default()
    }

    fn print(&self, title: &str) {
        let seconds = self.took.as_secs_f64();
        let per_second = |count: usize| count as f64 / seconds;
        println!("{title}, {seconds:.1} s");
        for (name, figure, unit) in [
            ("requests", per_second(self.steps.len()), "per second"),
            (
                "finished enrollments",
                per_second(self.enrolled),
                "per second",
            ),
            ("finished enrollments", self.enrolled as f64, ""),
            (
                "a step, median",
                self.percentile(50).as_secs_f64() * 1e3,
                "ms",
            ),
            (
                "a step, 99th percentile",
                self.percentile(99).as_secs_f64() * 1e3,
                "ms",
            ),
            ("errors", self.errors.len() as f64, ""),
        ] {
            println!("  {name:<28} {figure:>10.1} {unit}");
        }
    }
}

fn measured(part: impl FnOnce() -> Figures) -> Figures {
    let started = now();
    let mut figures = part();
    figures.took = started.elapsed();
    figures
}

fn at_once(serving: &Serving, requests: &[(Application, String)]) -> Figures {
    let all = Mutex::new(Figures::default());
    std::thread::scope(|scope| {
        for (application, pem) in requests {
            scope.spawn(|| enroll(serving, application, pem, &all));
        }
    });
    all.into_inner().unwrap_or_default()
}

thread_local! {
    /// How long each step of this thread's applicant took.
    static STEPS: RefCell<Vec<Duration>> = const { RefCell::new(Vec::new()) };
}

fn timed(step: &mut dyn FnMut() -> io::Result<Page>) -> io::Result<Page> {
    let started = now();
    let page = step();
    STEPS.with_borrow_mut(|steps| steps.push(started.elapsed()));
    page
}

/// Chapters 1 to 3 for one applicant.
fn enroll(serving: &Serving, application: &Application, pem: &str, all: &Mutex<Figures>) {
    let mut applicant = Applicant::new(serving.portal, serving.sms, application);
    applicant.around = timed;
    let outcome = procedure(&mut applicant, pem);
    let mut all = all.lock().expect("no holder of this lock can panic");
    all.steps.extend(STEPS.take());
    match outcome {
        Ok(()) => all.enrolled += 1,
        Err(error) => all.errors.push(format!("{}: {error}", application.number)),
    }
}

fn procedure(applicant: &mut Applicant, pem: &str) -> io::Result<()> {
    applicant.log_in()?;
    let card = format!("/cabinet/applications/{}", applicant.number);
    if applicant
        .get(&card)?
        .text()
        .contains("Запросить сертификат")
    {
        applicant.send_request(pem)?;
    }
    applicant.log_in()?;
    applicant.install()?;
    for document in Document::ALL {
        let paper = applicant.get(&format!("{card}/documents/{}", document.file_name()))?;
        if !paper.body.starts_with(b"%PDF") {
            return Err(io::Error::other("no paper"));
        }
    }
    for file in ["chain", "crl"] {
        applicant.get(&format!("{card}/{file}"))?;
    }
    Ok(())
}

/// Applicants who have enrolled already go through everything again, as long as others mean harm.
fn among_hostile(
    serving: &Serving,
    sessions: usize,
    requests: &[(Application, String)],
) -> Figures {
    let all = Mutex::new(Figures::default());
    let (over, opened) = (AtomicBool::new(false), AtomicUsize::new(0));
    std::thread::scope(|scope| {
        scope.spawn(|| hold_connections(serving.portal, &over));
        for _ in 0..2 {
            scope.spawn(|| send_endless_bodies(serving.portal, &over));
        }
        for _ in 0..4 {
            scope.spawn(|| {
                while opened.fetch_add(1, Ordering::Relaxed) < sessions {
                    let _ = exchange(serving.portal, "GET", "/cabinet", "", "");
                }
                over.store(true, Ordering::Relaxed);
            });
        }
        for share in requests.chunks(requests.len().div_ceil(AMONG_HOSTILE)) {
            let (all, over) = (&all, &over);
            scope.spawn(move || {
                let mut turns = share.iter().cycle();
                while let Some((application, pem)) =
                    turns.next().filter(|_| !over.load(Ordering::Relaxed))
                {
                    enroll(serving, application, pem, all);
                }
            });
        }
    });
    all.into_inner().unwrap_or_default()
}

/// Heads that never end, a byte of each every tenth of a second.
fn hold_connections(portal: SocketAddr, over: &AtomicBool) {
    let mut held: Vec<TcpStream> = Vec::new();
    while !over.load(Ordering::Relaxed) {
        held.retain_mut(|stream| stream.write_all(b"a").is_ok());
        while held.len() < SLOW_CONNECTIONS {
            let Ok(mut stream) = TcpStream::connect(portal) else {
                break;
            };
            if stream.write_all(b"GET / HTTP/1.1\r\nX-Slow: ").is_err() {
                break;
            }
            held.push(stream);
        }
        std::thread::park_timeout(Duration::from_millis(100));
    }
}

/// Bodies of a gigabyte, as far as the server listens.
fn send_endless_bodies(portal: SocketAddr, over: &AtomicBool) {
    let piece = vec![b'a'; 64 << 10];
    while !over.load(Ordering::Relaxed) {
        let Ok(mut stream) = TcpStream::connect(portal) else {
            continue;
        };
        let length = 1_u64 << 30;
        let head = format!(
            "POST /cabinet/code HTTP/1.1\r\nHost: forus\r\nContent-Length: {length}\r\n\r\n"
        );
        let mut sent = stream.write_all(head.as_bytes());
        for _ in 0..length / piece.len() as u64 {
            if sent.is_err() || over.load(Ordering::Relaxed) {
                break;
            }
            sent = stream.write_all(&piece);
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "a benchmark's stop-watch")]
fn now() -> Instant {
    Instant::now()
}
