//! Connections: TCP, TLS, and HTTP on them. What is slow, too large or too much is ended here.

use std::convert::Infallible;
use std::future::{Future, poll_fn};
use std::io;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use http_body_util::BodyExt;
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request as HyperRequest, Response};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, watch};
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;

use super::http::{Body, Params, Reply, Request};
use super::state::Server;
use super::{hec, rest};

/// Which of the two ports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Face {
    /// The management API.
    Api,
    /// The HTTP Event Collector.
    Hec,
}

/// Connections at a time, of a port; further ones wait to be accepted.
const CONNECTIONS: usize = 2048;
/// For the handshake of TLS, and for the head of a request.
const HEAD_TIME: Duration = Duration::from_secs(20);
/// For each part of a body.
const PART_TIME: Duration = Duration::from_secs(30);
/// The body of a request to the API.
const API_BODY: usize = 64 << 20;

/// Why a request has no body that could be read.
pub(super) enum Unread {
    /// It is longer than this.
    TooLarge(usize),
    /// It did not come in time, or broke off.
    Broken,
}

/// Accepts connections until told to stop, then lets those that are there come to their end.
pub(super) async fn listen(
    listener: TcpListener,
    tls: Option<TlsAcceptor>,
    face: Face,
    server: Arc<Server>,
    mut stop: watch::Receiver<bool>,
) {
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    loop {
        let accepted = {
            let mut next = pin!(async { (places.clone().acquire_owned().await, listener.accept().await) });
            let mut stopped = pin!(stop.wait_for(|stop| *stop));
            poll_fn(|cx| match stopped.as_mut().poll(cx) {
                Poll::Ready(_) => Poll::Ready(None),
                Poll::Pending => next.as_mut().poll(cx).map(Some),
            })
            .await
        };
        let Some((place, socket)) = accepted else { break };
        let (Ok(place), Ok((socket, _))) = (place, socket) else {
            // No more files: wait until some are closed.
            tokio::time::sleep(Duration::from_millis(50)).await;
            continue;
        };
        let (server, tls, stop) = (server.clone(), tls.clone(), stop.clone());
        tokio::spawn(async move {
            let _ = socket.set_nodelay(true);
            match tls {
                None => connection(TokioIo::new(socket), face, server, stop).await,
                Some(tls) => {
                    if let Ok(Ok(stream)) = timeout(HEAD_TIME, tls.accept(socket)).await {
                        connection(TokioIo::new(stream), face, server, stop).await;
                    }
                }
            }
            drop(place);
        });
    }
    drop(listener);
    // Every place is free when every connection has ended.
    let _ = timeout(Duration::from_secs(10), places.acquire_many(CONNECTIONS as u32)).await;
}

async fn connection<S>(stream: TokioIo<S>, face: Face, server: Arc<Server>, mut stop: watch::Receiver<bool>)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let service = service_fn(move |request| {
        let server = server.clone();
        async move { Ok::<Response<Body>, Infallible>(answer(request, face, server).await.into_response()) }
    });
    let served = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIME)
        .max_buf_size(64 << 10)
        .serve_connection(stream, service);
    let mut served = pin!(served);
    let mut stopped: Option<Pin<Box<dyn Future<Output = ()> + Send>>> = Some(Box::pin(async move {
        let _ = stop.wait_for(|stop| *stop).await;
    }));
    let _ = poll_fn(|cx| {
        if let Some(waiting) = &mut stopped
            && waiting.as_mut().poll(cx).is_ready()
        {
            stopped = None;
            served.as_mut().graceful_shutdown();
        }
        served.as_mut().poll(cx)
    })
    .await;
}

/// Reads the request and lets the API or the collector answer it, on a thread that may block.
async fn answer(request: HyperRequest<Incoming>, face: Face, server: Arc<Server>) -> Reply {
    let (head, body) = request.into_parts();
    let mut request = Request {
        method: head.method,
        path: head.uri.path().to_string(),
        params: Params::parse(head.uri.query().unwrap_or_default()),
        headers: head.headers,
        body: Bytes::new(),
    };
    if face == Face::Hec {
        return hec::answer(request, body, server).await;
    }
    // Who may not come in is told before the body is read.
    if let Err(refused) = rest::admit(&server, &request) {
        return refused;
    }
    match read(body, declared(&request), API_BODY).await {
        Ok(bytes) => request.body = bytes,
        Err(why) => return rest::unread(&request, &why),
    }
    let is_form = request.header("content-type").is_none_or(|t| t.starts_with("application/x-www-form-urlencoded"));
    if is_form && let Ok(text) = std::str::from_utf8(&request.body) {
        request.params.0.extend(Params::parse(text).0);
    }
    match blocking(move || rest::answer(&server, &request)).await {
        Ok(reply) => reply,
        Err(_) => rest::bug(),
    }
}

/// The length that a request says it has.
pub(super) fn declared(request: &Request) -> Option<usize> {
    request.header("content-length")?.parse().ok()
}

/// Runs something on a thread that may block. A panic is an error.
pub(super) async fn blocking<T: Send + 'static>(f: impl FnOnce() -> T + Send + 'static) -> io::Result<T> {
    tokio::task::spawn_blocking(f).await.map_err(|why| io::Error::other(why.to_string()))
}

/// Reads a body of at most `limit` bytes.
pub(super) async fn read(mut body: Incoming, declared: Option<usize>, limit: usize) -> Result<Bytes, Unread> {
    if declared.is_some_and(|length| length > limit) {
        return Err(Unread::TooLarge(limit));
    }
    let mut all = Vec::with_capacity(declared.unwrap_or(0).min(1 << 20));
    loop {
        match timeout(PART_TIME, body.frame()).await {
            Ok(None) => return Ok(all.into()),
            Ok(Some(Ok(frame))) => {
                if let Some(part) = frame.data_ref() {
                    if all.len() + part.len() > limit {
                        return Err(Unread::TooLarge(limit));
                    }
                    all.extend_from_slice(part);
                }
            }
            Ok(Some(Err(_))) | Err(_) => return Err(Unread::Broken),
        }
    }
}
