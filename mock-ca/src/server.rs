//! The door on sockets: three or four listeners on loopback, on one thread, its own or its caller's; clean stop. Bytes
//! and time only; what is answered is the door's business.
//!
//! The thread reads, asks the door and writes; two others print papers. What is slow about a client (a head or a form
//! that does not end, an answer that is not read) costs the others nothing: heads, forms, waits and connections are
//! bounded.

mod entrance;
mod exchange;
mod guests;
mod secure;
mod sending;

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use axum::body::Body;
use http::{Request, Response};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use jiff::Timestamp;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::runtime::Handle;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

use self::entrance::{Entrance, Entrances};
pub use self::exchange::Kept;
use self::exchange::answer;
use self::guests::{Guest, Guests};
pub use self::secure::TlsPort;
use self::sending::{Broken, dated, sent};
use crate::{Clock, Door};

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

/// A running mock. Dropping it closes the listeners and waits for its thread, if it has one.
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
    /// at a time. What moves the clock on the control listener goes to the clock; the door is asked `GET /clock` at
    /// the new moment afterwards.
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
        Self::bind(listen, tls)?.serve(door, clock)
    }

    /// Takes the addresses, so that nothing else has to be begun when one cannot be had.
    ///
    /// Errors: as [`Server::start_with_tls`].
    pub fn bind(listen: Listen, tls: Option<TlsPort>) -> io::Result<Bound> {
        Entrances::open(listen, tls).map(Bound)
    }

    /// The same on an event loop of the caller's: it answers while that loop runs. Dropped, it closes its listeners and
    /// connections the next time the loop runs, or together with the loop.
    ///
    /// Between it and a client on the same loop no thread has to wake another.
    ///
    /// Errors: as [`Server::start_with_tls`].
    pub fn start_on(
        event_loop: &Handle,
        door: impl FnMut(Timestamp, Door, Request<Vec<u8>>) -> Response<Vec<u8>> + Send + 'static,
        clock: Arc<dyn Clock>,
        listen: Listen,
        tls: Option<TlsPort>,
    ) -> io::Result<Self> {
        let (server, work) = Self::bind(listen, tls)?.prepare(door, clock);
        drop(event_loop.spawn(work));
        Ok(server)
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

/// Addresses that are taken, with nobody behind them yet. Clients wait until there is.
pub struct Bound(Entrances);

/// What it holds is sockets.
impl core::fmt::Debug for Bound {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Bound({:?})", self.0.addresses)
    }
}

impl Bound {
    /// Answers through `door` until dropped.
    ///
    /// Errors: no thread to be had.
    pub fn serve(
        self,
        door: impl FnMut(Timestamp, Door, Request<Vec<u8>>) -> Response<Vec<u8>> + Send + 'static,
        clock: Arc<dyn Clock>,
    ) -> io::Result<Server> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .max_blocking_threads(PRINTERS)
            .build()?;
        let (mut server, work) = self.prepare(door, clock);
        let thread = std::thread::Builder::new()
            .name("mock-ca".into())
            .spawn(move || runtime.block_on(work))?;
        server.thread = Some(thread);
        Ok(server)
    }

    /// What is to be run ends when the server is dropped.
    fn prepare(
        self,
        door: impl FnMut(Timestamp, Door, Request<Vec<u8>>) -> Response<Vec<u8>> + Send + 'static,
        clock: Arc<dyn Clock>,
    ) -> (Server, impl Future<Output = ()> + Send + 'static) {
        let Self(entrances) = self;
        let (stop, stopped) = watch::channel(false);
        let server = Server {
            addresses: entrances.addresses,
            tls: entrances.tls,
            stop,
            thread: None,
        };
        let shared = Shared {
            door: Arc::new(Mutex::new(Box::new(door))),
            clock,
            guests: Arc::default(),
        };
        (server, serve(entrances.all, shared, stopped))
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

#[derive(Clone)]
struct Shared {
    door: Arc<Mutex<Answer>>,
    clock: Arc<dyn Clock>,
    guests: Arc<Guests>,
}

async fn serve(entrances: Vec<Entrance>, shared: Shared, mut stopped: watch::Receiver<bool>) {
    let mut doors = JoinSet::new();
    for entrance in entrances {
        let door = entrance.door;
        match tokio::net::TcpListener::from_std(entrance.listener) {
            Ok(listener) => {
                let (tls, elsewhere) = (entrance.tls, entrance.elsewhere);
                doors.spawn(accept(door, listener, tls, elsewhere, shared.clone()));
            }
            Err(error) => eprintln!("mock-ca: {door:?}: {error}"),
        }
    }
    // Ends when told, or when the server is gone.
    let _ = stopped.wait_for(|stop| *stop).await;
    doors.shutdown().await;
    shared.guests.dismiss_all();
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
    /// Errors: the connection has to break, a planned fault.
    async fn answer(&self, request: Request<Incoming>) -> Result<Response<Body>, Broken> {
        let request = request.map(Body::new);
        let elsewhere = self.elsewhere;
        match elsewhere.and_then(|to| secure::redirection(to, &request)) {
            Some(response) => sent(dated(response, self.shared.clock.now())),
            None => answer(self.door, &self.shared, &self.guest, request).await,
        }
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

/// How long a client may take for its head, and for its body.
const SLOW_CLIENT: Duration = Duration::from_secs(10);
/// The largest head: cookies and a long filter fit.
const MAX_HEAD: usize = 16 << 10;
/// Papers printed at the same time: as many as small machines have cores.
const PRINTERS: usize = 2;
