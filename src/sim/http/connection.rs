//! Connections: accepting them, and cutting them from inside, which is how a network that breaks is simulated.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::extract::Request;
use axum::http::header::{HOST, ORIGIN};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use axum::{Json, Router};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use serde_json::json;
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;

/// Pause after the system refused to accept, as when it ran out of descriptors.
const BREATH: Duration = Duration::from_millis(50);

/// The scissors of one connection.
#[derive(Clone, Debug)]
pub(super) struct ConnectionHandle {
    closed: CancellationToken,
    /// The end is a reset rather than an orderly close.
    reset: Arc<AtomicBool>,
}

impl ConnectionHandle {
    fn new(closed: CancellationToken) -> Self {
        Self { closed, reset: Arc::default() }
    }

    /// Ends the connection without another byte. Never comes back: the caller ends with it.
    pub(super) async fn cut<T>(&self, reset: bool) -> T {
        self.reset.store(reset, Ordering::Relaxed);
        self.closed.cancel();
        std::future::pending().await
    }

    /// Until the connection was cut or the server has ended.
    pub(super) async fn closed(&self) {
        self.closed.cancelled().await;
    }

    pub(super) const fn token(&self) -> &CancellationToken {
        &self.closed
    }
}

/// Accepts until `open` is cancelled, which ends every connection too.
pub(super) async fn accept(listener: TcpListener, router: Router, open: CancellationToken) {
    loop {
        let accepted = tokio::select! {
            () = open.cancelled() => return,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, _)) => {
                tokio::spawn(converse(stream, router.clone(), ConnectionHandle::new(open.child_token())));
            }
            Err(_) => tokio::time::sleep(BREATH).await,
        }
    }
}

async fn converse(stream: TcpStream, router: Router, scissors: ConnectionHandle) {
    // Small answers must not wait for the acknowledgement of the last one. A socket that refuses is still usable.
    let _ = stream.set_nodelay(true);
    let cut = scissors.clone();
    let router = TowerToHyperService::new(router);
    let service = service_fn(move |mut request: hyper::Request<Incoming>| {
        request.extensions_mut().insert(scissors.clone());
        router.call(Request::map(request, axum::body::Body::new))
    });
    // Header names as the platform writes them: there are clients that look for "X-Tt-Logid" to the letter.
    let mut connection =
        http1::Builder::new().title_case_headers(true).serve_connection(TokioIo::new(stream), service).with_upgrades();
    tokio::select! {
        biased;
        () = cut.closed() => {}
        // A client that goes away in the middle is nothing to report.
        _ = &mut connection => return,
    }
    if cut.reset.load(Ordering::Relaxed) {
        // A socket that refuses the option is closed in order; no caller could act on the error.
        let _ = connection.into_parts().map(|parts| parts.io.into_inner().set_zero_linger());
    }
}

/// Refuses pages of a browser and requests that name another host.
pub(super) async fn only_from_here(request: Request, next: Next) -> Response {
    let headers = request.headers();
    if headers.contains_key(ORIGIN) || !is_loopback(headers) {
        let why = json!({"error": "this address answers programs of this host only, no page of a browser"});
        return (StatusCode::FORBIDDEN, Json(why)).into_response();
    }
    next.run(request).await
}

/// Whether the request names a loopback host. A DNS name may be made to point here by a foreign page.
fn is_loopback(headers: &HeaderMap) -> bool {
    let named = headers.get_all(HOST).iter().map(|host| host.to_str().ok()?.parse::<Authority>().ok());
    let named: Vec<Option<Authority>> = named.collect();
    let [Some(authority)] = named.as_slice() else { return false };
    let host = authority.host();
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    host.eq_ignore_ascii_case("localhost") || address.is_ok_and(|address| address.is_loopback())
}
