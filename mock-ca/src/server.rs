//! The door on sockets: three or four listeners on loopback, one thread, clean stop. Bytes and time only; what is answered is the door's business.
//!
//! The thread reads, asks the door and writes; two others print papers. What is slow about a client (a head or a form
//! that does not end, an answer that is not read) costs the others nothing: heads, forms, waits and connections are
//! bounded.

mod guests;
mod secure;

use std::convert::Infallible;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, ready};
use std::thread::JoinHandle;
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use http::header::{CONNECTION, CONTENT_LENGTH, DATE};
use http::{HeaderValue, Request, Response, StatusCode};
use http_body::{Frame, SizeHint};
use http_body_util::{BodyExt as _, Collected};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimePrinter;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::watch;
use tokio_rustls::TlsAcceptor;

use self::guests::{Guest, Guests};
pub use self::secure::TlsPort;
use crate::{Clock, Dawdle, Door, Lost, MAX_BODY, MAX_FORM, control, paper, printed, reply};

/// Where to listen. Port 0 takes a free one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Listen {
    /// The cabinet.
    pub portal: SocketAddr,
    /// The phones.
    pub sms: SocketAddr,
    /// The tester's port.
    pub control: SocketAddr,
}

impl Default for Listen {
    /// Free ports of 127.0.0.1.
    fn default() -> Self {
        let free = SocketAddr::from(([127, 0, 0, 1], 0));
        Self {
            portal: free,
            sms: free,
            control: free,
        }
    }
}

/// A running mock. Dropping it closes the listeners and waits for its thread.
#[derive(Debug)]
pub struct Server {
    addresses: Listen,
    tls: Option<SocketAddr>,
    stop: watch::Sender<bool>,
    thread: Option<JoinHandle<()>>,
}

/// What answers: [`crate::MockCa::handle`], or something around it.
type Answer = Box<dyn FnMut(Timestamp, Door, Request<Vec<u8>>) -> Response<Vec<u8>> + Send>;

impl Server {
    /// Listens and answers through `door` until dropped.
    ///
    /// `door` is normally [`crate::MockCa::handle`]; a test may wrap it to rewrite pages. It is called for one request
    /// at a time. `POST /clock/advance` on the control listener goes to the clock and not to the door.
    ///
    /// Errors: an address that is not a loopback one (the mock must not be reachable from elsewhere: it hands out
    /// codes and control to anybody who asks), or one that cannot be listened on.
    pub fn start(
        door: impl FnMut(Timestamp, Door, Request<Vec<u8>>) -> Response<Vec<u8>> + Send + 'static,
        clock: Arc<dyn Clock>,
        listen: Listen,
    ) -> io::Result<Self> {
        Self::start_with_tls(door, clock, listen, None)
    }

    /// The same with the portal on one more listener, where requests come as [`Door::SecurePortal`].
    ///
    /// Errors: as [`Server::start`], and an identity that is none.
    pub fn start_with_tls(
        door: impl FnMut(Timestamp, Door, Request<Vec<u8>>) -> Response<Vec<u8>> + Send + 'static,
        clock: Arc<dyn Clock>,
        listen: Listen,
        tls: Option<TlsPort>,
    ) -> io::Result<Self> {
        let portal = bind(listen.portal)?;
        let sms = bind(listen.sms)?;
        let control = bind(listen.control)?;
        let addresses = Listen {
            portal: portal.local_addr()?,
            sms: sms.local_addr()?,
            control: control.local_addr()?,
        };
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .max_blocking_threads(PRINTERS)
            .build()?;
        let (stop, stopped) = watch::channel(false);
        let shared = Shared {
            door: Arc::new(Mutex::new(Box::new(door))),
            clock,
            guests: Arc::default(),
        };
        let mut entrances = vec![
            Entrance::plain(Door::Portal, portal),
            Entrance::plain(Door::Sms, sms),
            Entrance::plain(Door::Control, control),
        ];
        let tls = tls
            .map(|port| add_secure_portal(&mut entrances, &port))
            .transpose()?;
        let work = move || runtime.block_on(serve(entrances, shared, stopped));
        let thread = std::thread::Builder::new()
            .name("mock-ca".into())
            .spawn(work)?;
        Ok(Self {
            addresses,
            tls,
            stop,
            thread: Some(thread),
        })
    }

    /// `http://127.0.0.1:PORT`, no slash at the end.
    pub fn portal_url(&self) -> String {
        format!("http://{}", self.addresses.portal)
    }

    /// `https://127.0.0.1:PORT`, if there is a TLS listener.
    pub fn tls_url(&self) -> Option<String> {
        self.tls.map(|address| format!("https://{address}"))
    }

    /// The phones' listener.
    pub fn sms_url(&self) -> String {
        format!("http://{}", self.addresses.sms)
    }

    /// The tester's listener.
    pub fn control_url(&self) -> String {
        format!("http://{}", self.addresses.control)
    }

    /// Where it listens.
    pub fn addresses(&self) -> Listen {
        self.addresses
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop.send_replace(true);
        if let Some(thread) = self.thread.take() {
            // A door that panicked has already said so on stderr; a second panic here would only hide it.
            let _ = thread.join();
        }
    }
}

fn bind(address: SocketAddr) -> io::Result<TcpListener> {
    if !address.ip().is_loopback() {
        let why = format!(
            "{address} is not a loopback address: the mock gives codes and control to anybody who can reach it"
        );
        return Err(io::Error::new(io::ErrorKind::InvalidInput, why));
    }
    let listener = TcpListener::bind(address).map_err(|error| {
        io::Error::new(error.kind(), format!("cannot listen on {address}: {error}"))
    })?;
    listener.set_nonblocking(true)?;
    Ok(listener)
}

/// A listener, what it is for, and how connections begin there.
struct Entrance {
    door: Door,
    listener: TcpListener,
    tls: Option<TlsAcceptor>,
    /// Where everybody is sent instead.
    elsewhere: Option<SocketAddr>,
}

impl Entrance {
    fn plain(door: Door, listener: TcpListener) -> Self {
        Self {
            door,
            listener,
            tls: None,
            elsewhere: None,
        }
    }
}

/// Adds the TLS listener to the others; returns where it listens.
fn add_secure_portal(entrances: &mut Vec<Entrance>, port: &TlsPort) -> io::Result<SocketAddr> {
    let listener = bind(port.address)?;
    let address = listener.local_addr()?;
    for entrance in entrances.iter_mut().filter(|one| one.door == Door::Portal) {
        entrance.elsewhere = port.redirect.then_some(address);
    }
    entrances.push(Entrance {
        tls: Some(secure::acceptor(&port.identity)?),
        ..Entrance::plain(Door::SecurePortal, listener)
    });
    Ok(address)
}

#[derive(Clone)]
struct Shared {
    door: Arc<Mutex<Answer>>,
    clock: Arc<dyn Clock>,
    guests: Arc<Guests>,
}

async fn serve(entrances: Vec<Entrance>, shared: Shared, mut stopped: watch::Receiver<bool>) {
    for entrance in entrances {
        let door = entrance.door;
        match tokio::net::TcpListener::from_std(entrance.listener) {
            Ok(listener) => {
                let (tls, elsewhere) = (entrance.tls, entrance.elsewhere);
                drop(tokio::spawn(accept(
                    door,
                    listener,
                    tls,
                    elsewhere,
                    shared.clone(),
                )));
            }
            Err(error) => eprintln!("mock-ca: {door:?}: {error}"),
        }
    }
    // Ends when told, or when the server is gone; the runtime then drops every connection.
    let _ = stopped.wait_for(|stop| *stop).await;
}

async fn accept(
    door: Door,
    listener: tokio::net::TcpListener,
    tls: Option<TlsAcceptor>,
    elsewhere: Option<SocketAddr>,
    shared: Shared,
) {
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            // Most likely this process may open no more files.
            shared.guests.dismiss_idlest();
            tokio::task::yield_now().await;
            continue;
        };
        let _ = stream.set_nodelay(true);
        shared.guests.welcome(|guest| {
            let host = Host {
                door,
                elsewhere,
                shared: shared.clone(),
                guest,
            };
            match tls.clone() {
                None => tokio::spawn(converse(stream, host)).abort_handle(),
                Some(tls) => tokio::spawn(greet(tls, stream, host)).abort_handle(),
            }
        });
    }
}

/// Who speaks for the door with one guest.
struct Host {
    door: Door,
    elsewhere: Option<SocketAddr>,
    shared: Shared,
    guest: Arc<Guest>,
}

impl Host {
    async fn answer(&self, request: Request<Incoming>) -> Result<Response<Body>, Infallible> {
        let request = request.map(Body::new);
        let elsewhere = self.elsewhere;
        Ok(
            match elsewhere.and_then(|to| secure::redirection(to, &request)) {
                Some(response) => sent(dated(response, self.shared.clock.now())),
                None => answer(self.door, &self.shared, &self.guest, request).await,
            },
        )
    }
}

/// One connection, from its first byte to its last.
async fn converse(stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static, host: Host) {
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(SLOW_CLIENT)
        .max_buf_size(MAX_HEAD)
        .serve_connection(
            TokioIo::new(stream),
            service_fn(|request| host.answer(request)),
        );
    // A client that goes away in the middle is its own business.
    let _ = connection.await;
}

/// The same after a handshake. A client that does not like our certificate, or says nothing, is its own business.
async fn greet(tls: TlsAcceptor, stream: tokio::net::TcpStream, host: Host) {
    let handshake = tokio::time::timeout(SLOW_CLIENT, tls.accept(stream)).await;
    if let Ok(Ok(stream)) = handshake {
        converse(stream, host).await;
    }
}

async fn answer(
    door: Door,
    shared: &Shared,
    guest: &Guest,
    request: Request<Body>,
) -> Response<Body> {
    let (head, body) = request.into_parts();
    let limit = if door == Door::Control {
        MAX_BODY
    } else {
        MAX_FORM
    };
    let body = match tokio::time::timeout(SLOW_CLIENT, read(body, limit)).await {
        Ok(Some(body)) => body,
        Ok(None) => return refused(StatusCode::PAYLOAD_TOO_LARGE),
        Err(_) => return refused(StatusCode::REQUEST_TIMEOUT),
    };
    let _serving = guest.serve();
    let request = Request::from_parts(head, body);
    let now = shared.clock.now();
    let moved = if door == Door::Control {
        control::clock_call(&*shared.clock, &request)
    } else {
        None
    };
    let response = moved.unwrap_or_else(|| {
        // A door that panicked once may be half-way through anything: it is asked no more.
        shared
            .door
            .lock()
            .map_or_else(|_| broken(), |mut door_fn| door_fn(now, door, request))
    });
    let mut response = finished(response).await;
    let dawdle = response.extensions_mut().remove::<Dawdle>();
    if let Some(Dawdle::Late { secs }) = dawdle {
        pass(secs).await;
    }
    match (sent(dated(response, now)), dawdle) {
        (response, Some(Dawdle::Trickle { secs })) => trickling(response, secs).await,
        (response, _) => response,
    }
}

/// Real time, for a planned fault only.
async fn pass(secs: u32) {
    let never = std::future::pending::<()>();
    let _ = tokio::time::timeout(Duration::from_secs(secs.into()), never).await;
}

/// An answer that comes in small pieces over so many seconds.
async fn trickling(response: Response<Body>, secs: u32) -> Response<Body> {
    let (head, body) = response.into_parts();
    let bytes = body.collect().await.map(Collected::to_bytes);
    let bytes = bytes.unwrap_or_default();
    let pause = Duration::from_secs(secs.into()) / PIECES;
    let body = Trickling {
        piece: bytes.len() / PIECES as usize + 1,
        pause: tokio::time::interval(pause.max(Duration::from_millis(1))),
        rest: bytes,
    };
    Response::from_parts(head, Body::new(body))
}

/// A body that sends a piece, pauses, sends the next.
struct Trickling {
    rest: Bytes,
    piece: usize,
    pause: tokio::time::Interval,
}

impl HttpBody for Trickling {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        if self.rest.is_empty() {
            return Poll::Ready(None);
        }
        ready!(self.pause.poll_tick(cx));
        let piece = self.piece.min(self.rest.len());
        Poll::Ready(Some(Ok(Frame::data(self.rest.split_to(piece)))))
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.rest.len() as u64)
    }
}

/// The whole body; `None` when it breaks off or is longer than the limit.
async fn read(mut body: Body, limit: usize) -> Option<Vec<u8>> {
    let mut kept = Vec::new();
    while let Some(frame) = body.frame().await {
        let data = frame.ok()?.into_data().unwrap_or_default();
        if kept.len() + data.len() > limit {
            throw_away(body).await;
            return None;
        }
        kept.extend_from_slice(&data);
    }
    Some(kept)
}

/// Reads on for a little, so that an honest client is done sending and gets to read why it is refused.
async fn throw_away(mut body: Body) {
    let mut seen = 0;
    while let Ok(Some(Ok(frame))) = tokio::time::timeout(LINGER, body.frame()).await {
        seen += frame.data_ref().map_or(0, Bytes::len);
        if seen > MAX_THROWN_AWAY {
            return;
        }
    }
}

/// What the answer still waits for: the printing of its paper, the keeping of what it tells.
async fn finished(response: Response<Vec<u8>>) -> Response<Vec<u8>> {
    let mut response = if paper::is_unprinted(&response) {
        let printing = tokio::task::spawn_blocking(|| printed(response));
        printing.await.unwrap_or_else(|_| broken())
    } else {
        response
    };
    match response.extensions_mut().remove::<Kept>() {
        Some(kept) => kept.done().await.map_or_else(unkept, |()| response),
        None => response,
    }
}

/// Holds an answer back until what it tells is kept: put it into the extensions of the door's answer.
///
/// The sender counts what it has kept; when it is gone before it came so far, the client gets a 500 instead.
#[derive(Clone, Debug)]
pub struct Kept {
    /// How much is kept by now.
    pub so_far: watch::Receiver<u64>,
    /// How much has to be.
    pub up_to: u64,
}

impl Kept {
    async fn done(mut self) -> Option<()> {
        let up_to = self.up_to;
        let kept = self.so_far.wait_for(|so_far| *so_far >= up_to).await;
        kept.ok().map(|_| ())
    }
}

fn unkept() -> Response<Vec<u8>> {
    reply::with_type(
        StatusCode::INTERNAL_SERVER_ERROR,
        "text/plain; charset=utf-8",
        "the state cannot be kept\n".into(),
    )
}

fn refused(status: StatusCode) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response
        .headers_mut()
        .insert(CONNECTION, HeaderValue::from_static("close"));
    response
}

fn broken() -> Response<Vec<u8>> {
    reply::with_type(
        StatusCode::INTERNAL_SERVER_ERROR,
        "text/plain; charset=utf-8",
        "the door is broken\n".into(),
    )
}

fn dated(mut response: Response<Vec<u8>>, now: Timestamp) -> Response<Vec<u8>> {
    let date = DateTimePrinter::new()
        .timestamp_to_rfc9110_string(&now)
        .ok();
    if let Some(date) = date.and_then(|date| HeaderValue::try_from(date).ok()) {
        response.headers_mut().entry(DATE).or_insert(date);
    }
    response
}

/// The answer as bytes to send; a lost one makes the connection break instead.
fn sent(response: Response<Vec<u8>>) -> Response<Body> {
    let (mut head, body) = response.into_parts();
    let lost = head.extensions.remove::<Lost>();
    let Some(lost) = lost else {
        return Response::from_parts(head, Body::from(body));
    };
    let promised = body.len() as u64 + 1;
    head.headers
        .insert(CONTENT_LENGTH, HeaderValue::from(promised));
    head.headers
        .insert(CONNECTION, HeaderValue::from_static("close"));
    let rest = (lost == Lost::Rest).then(|| Bytes::from(body));
    let flushed = rest.is_none();
    Response::from_parts(head, Body::new(Breaking { rest, flushed }))
}

/// A body that ends in an error, which makes the server drop the connection.
struct Breaking {
    /// What still arrives; nothing at all does when the error is the first thing that comes.
    rest: Option<Bytes>,
    flushed: bool,
}

impl HttpBody for Breaking {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        if let Some(rest) = self.rest.take() {
            return Poll::Ready(Some(Ok(Frame::data(rest))));
        }
        if !self.flushed {
            self.flushed = true; // let what was sent go out before the end
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        Poll::Ready(Some(Err(io::Error::other("a planned fault"))))
    }
}

/// How long a client may take for its head, and for its body.
const SLOW_CLIENT: Duration = Duration::from_secs(10);
/// The largest head: cookies and a long filter fit.
const MAX_HEAD: usize = 16 << 10;
/// How long, and how much, of a body that is too long is still read.
const LINGER: Duration = Duration::from_millis(200);
const MAX_THROWN_AWAY: usize = 4 << 20;
/// How many pieces a slow answer is cut into.
const PIECES: u32 = 20;
/// Papers printed at the same time: as many as small machines have cores.
const PRINTERS: usize = 2;
