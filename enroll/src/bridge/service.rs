//! The sockets: HTTP on loopback, one request after the other to the thread that has the token.

use core::time::Duration;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, mpsc};
use std::thread::JoinHandle;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use tokio::sync::oneshot;

use super::door::{Asked, BODY_LIMIT, Door, Told};
use crate::ports::Clock;

/// A page's request, for the thread that has the token.
pub struct Job {
    /// What is asked.
    pub asked: Asked,
    reply: oneshot::Sender<Told>,
}

impl Job {
    /// Sends the answer to the page. A page that left needs none.
    pub fn answer(self, told: Told) {
        let _ = self.reply.send(told);
    }
}

impl core::fmt::Debug for Job {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        // A body may hold a PIN.
        write!(f, "Job({} {})", self.asked.verb, self.asked.path)
    }
}

/// The sockets, on a thread of their own, which nobody waits for. They close when this is dropped.
#[derive(Debug)]
pub struct Sockets {
    _open: oneshot::Sender<()>,
}

impl Sockets {
    /// Listens; each request goes to `hand`, whose `false` says that nobody answers any more.
    ///
    /// Errors: the listener's; another thread cannot be had.
    pub fn open(
        listener: TcpListener,
        hand: impl Fn(Job) -> bool + Send + Sync + 'static,
    ) -> io::Result<Self> {
        let (_open, closed) = oneshot::channel();
        spawn(listener, Box::new(hand), async {
            let _ = closed.await;
        })?;
        Ok(Self { _open })
    }
}

/// Serves until Ctrl-C. The token stays on this thread; the sockets have another.
///
/// Errors: the listener's; another thread cannot be had. `draw` fills a session's key with randomness.
pub fn serve(
    listener: TcpListener,
    door: &mut Door<'_>,
    clock: &dyn Clock,
    mut draw: impl FnMut(&mut [u8; 16]),
) -> io::Result<()> {
    let (sender, jobs) = mpsc::channel::<Job>();
    let hand = move |job| sender.send(job).is_ok();
    let sockets = spawn(listener, Box::new(hand), async {
        let _ = tokio::signal::ctrl_c().await;
    })?;
    for job in jobs {
        let told = door.answer(&job.asked, clock.now(), || key(&mut draw));
        job.answer(told);
    }
    sockets
        .join()
        .unwrap_or_else(|_| Err(io::Error::other("the thread of the sockets ended early")))
}

/// A session's key, from 16 random octets.
pub fn key(draw: &mut impl FnMut(&mut [u8; 16])) -> String {
    let mut key = [0; 16];
    draw(&mut key);
    hex::encode(key)
}

/// Whether an address is one that only this machine reaches.
#[must_use]
pub const fn is_loopback(address: &SocketAddr) -> bool {
    address.ip().is_loopback()
}

/// Takes a request over; `false` when nobody answers.
type Hand = Box<dyn Fn(Job) -> bool + Send + Sync>;

fn spawn(
    listener: TcpListener,
    hand: Hand,
    stop: impl Future<Output = ()> + Send + 'static,
) -> io::Result<JoinHandle<io::Result<()>>> {
    listener.set_nonblocking(true)?;
    let sockets = std::thread::Builder::new().name("bridge".to_owned());
    sockets.spawn(move || listen(listener, hand, stop))
}

#[expect(
    clippy::disallowed_methods,
    reason = "what is waited for may never come"
)]
fn listen(
    listener: TcpListener,
    hand: Hand,
    stop: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let (ends, ended) = oneshot::channel();
    let stop = async {
        stop.await;
        let _ = ends.send(());
    };
    let late = async {
        let _ = ended.await;
        tokio::time::sleep(GRACE).await;
    };
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::from_std(listener)?;
        let routes = Router::new().fallback(pass).with_state(Arc::new(hand));
        let served = axum::serve(listener, routes).with_graceful_shutdown(stop);
        tokio::select! {
            served = served.into_future() => served,
            () = late => Ok(()),
        }
    })
}

async fn pass(State(hand): State<Arc<Hand>>, request: Request) -> Response {
    let Ok(asked) = read(request).await else {
        return status(StatusCode::PAYLOAD_TOO_LARGE);
    };
    let (reply, answer) = oneshot::channel();
    if !hand(Job { asked, reply }) {
        return status(StatusCode::SERVICE_UNAVAILABLE);
    }
    match answer.await {
        Ok(told) => response(told),
        Err(_) => status(StatusCode::SERVICE_UNAVAILABLE),
    }
}

async fn read(request: Request) -> Result<Asked, axum::Error> {
    let (parts, body) = request.into_parts();
    let text = |headers: &HeaderMap, name: &str| {
        headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .map(str::to_owned)
    };
    Ok(Asked {
        verb: parts.method.to_string(),
        path: parts.uri.path().to_owned(),
        host: text(&parts.headers, "host"),
        origin: text(&parts.headers, "origin"),
        session: text(&parts.headers, "x-bridge-session"),
        body: to_bytes(body, BODY_LIMIT).await?.to_vec(),
    })
}

fn response(told: Told) -> Response {
    let mut response = Response::builder()
        .status(told.status)
        .header(header::CONTENT_TYPE, told.content_type)
        .header(header::CACHE_CONTROL, "no-store")
        .header(header::X_CONTENT_TYPE_OPTIONS, "nosniff")
        .header(
            header::CONTENT_SECURITY_POLICY,
            "default-src 'self'; frame-ancestors 'none'",
        )
        .header(header::VARY, "Origin");
    if let Some(origin) = told.allow_origin {
        response = response
            .header(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin)
            .header(header::ACCESS_CONTROL_ALLOW_METHODS, "POST")
            .header(
                header::ACCESS_CONTROL_ALLOW_HEADERS,
                "content-type, x-bridge-session",
            )
            .header("Access-Control-Allow-Private-Network", "true");
    }
    response
        .body(Body::from(told.body))
        .unwrap_or_else(|_| status(StatusCode::INTERNAL_SERVER_ERROR))
}

fn status(code: StatusCode) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = code;
    response
}

/// How long a request that has come in half may take to come whole once the end was asked for.
const GRACE: Duration = Duration::from_secs(1);

#[cfg(test)]
mod tests {
    use std::io::Write as _;
    use std::net::TcpStream;

    use super::*;

    #[test]
    fn a_request_that_never_comes_whole_does_not_hold_up_the_end() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (came, half_came) = mpsc::channel();
        let (end, ends) = oneshot::channel::<()>();
        let hand = move |_: Job| came.send(()).is_ok();
        let sockets = spawn(listener, Box::new(hand), async {
            let _ = ends.await;
        });
        let sockets = sockets.unwrap();
        let mut half = TcpStream::connect(address).unwrap();
        half.write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\nPOST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{")
            .unwrap();
        half_came.recv().unwrap();
        end.send(()).unwrap();
        let (sender, ended) = mpsc::channel();
        std::thread::spawn(move || sender.send(sockets.join().unwrap().is_ok()));
        assert_eq!(ended.recv_timeout(10 * GRACE), Ok(true));
    }
}
