//! The door on sockets: three listeners on loopback, one thread, clean stop. Bytes and time only; what is answered is the door's business.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::thread::JoinHandle;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes, HttpBody, to_bytes};
use http::header::{CONNECTION, CONTENT_LENGTH, DATE};
use http::{HeaderValue, Request, Response, StatusCode};
use http_body::Frame;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimePrinter;
use tokio::sync::{Semaphore, watch};

use crate::{Clock, Door, Lost, MAX_BODY, control, reply};

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
            .build()?;
        let (stop, stopped) = watch::channel(false);
        let shared = Shared {
            door: Arc::new(Mutex::new(Box::new(door))),
            clock,
            slots: Arc::new(Semaphore::new(MAX_CONNECTIONS)),
        };
        let listeners = [
            (Door::Portal, portal),
            (Door::Sms, sms),
            (Door::Control, control),
        ];
        let work = move || runtime.block_on(serve(listeners, shared, stopped));
        let thread = std::thread::Builder::new()
            .name("mock-ca".into())
            .spawn(work)?;
        Ok(Self {
            addresses,
            stop,
            thread: Some(thread),
        })
    }

    /// `http://127.0.0.1:PORT`, no slash at the end.
    pub fn portal_url(&self) -> String {
        format!("http://{}", self.addresses.portal)
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

#[derive(Clone)]
struct Shared {
    door: Arc<Mutex<Answer>>,
    clock: Arc<dyn Clock>,
    slots: Arc<Semaphore>,
}

async fn serve(
    listeners: [(Door, TcpListener); 3],
    shared: Shared,
    mut stopped: watch::Receiver<bool>,
) {
    for (door, listener) in listeners {
        match tokio::net::TcpListener::from_std(listener) {
            Ok(listener) => drop(tokio::spawn(accept(door, listener, shared.clone()))),
            Err(error) => eprintln!("mock-ca: {door:?}: {error}"),
        }
    }
    // Ends when told, or when the server is gone; the runtime then drops every connection.
    let _ = stopped.wait_for(|stop| *stop).await;
}

async fn accept(door: Door, listener: tokio::net::TcpListener, shared: Shared) {
    let router = router(door, shared.clone());
    loop {
        let Ok(slot) = shared.slots.clone().acquire_owned().await else {
            return;
        };
        let Ok((stream, _)) = listener.accept().await else {
            continue;
        };
        let _ = stream.set_nodelay(true);
        let service = TowerToHyperService::new(router.clone());
        tokio::spawn(async move {
            let connection = http1::Builder::new()
                .timer(TokioTimer::new())
                .header_read_timeout(SLOW_CLIENT)
                .max_buf_size(MAX_HEAD)
                .serve_connection(TokioIo::new(stream), service);
            // A client that goes away in the middle is its own business.
            let _ = connection.await;
            drop(slot);
        });
    }
}

fn router(door: Door, shared: Shared) -> Router {
    Router::new().fallback(move |request: Request<Body>| answer(door, shared.clone(), request))
}

async fn answer(door: Door, shared: Shared, request: Request<Body>) -> Response<Body> {
    let (head, body) = request.into_parts();
    let body = match tokio::time::timeout(SLOW_CLIENT, to_bytes(body, MAX_BODY)).await {
        Ok(Ok(body)) => body,
        Ok(Err(_)) => return refused(StatusCode::PAYLOAD_TOO_LARGE),
        Err(_) => return refused(StatusCode::REQUEST_TIMEOUT),
    };
    let request = Request::from_parts(head, body.to_vec());
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
    sent(dated(response, now))
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
/// The largest head: cookies and a long filter fit many times over.
const MAX_HEAD: usize = 64 << 10;
/// More than any test's clients; others wait.
const MAX_CONNECTIONS: usize = 256;
