//! Connections: accepting them, and cutting them from inside, which is how a network that breaks is simulated.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
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
    let mut connection = http1::Builder::new().title_case_headers(true).serve_connection(TokioIo::new(stream), service);
    tokio::select! {
        biased;
        () = cut.closed() => {}
        // A client that goes away in the middle is nothing to report.
        _ = &mut connection => return,
    }
    if cut.reset.load(Ordering::Relaxed) {
        // A socket that refuses the option is closed in order; no caller could act on the error.
        let _ = connection.into_parts().io.into_inner().set_zero_linger();
    }
}
