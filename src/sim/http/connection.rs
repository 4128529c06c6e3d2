//! Connections that can be cut from inside: how a network that breaks is simulated.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::task::{Context, Poll};

use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use futures_util::task::AtomicWaker;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};

/// The scissors of one connection.
#[derive(Clone, Debug, Default)]
pub(super) struct Scissors(Arc<Cut>);

#[derive(Debug, Default)]
struct Cut {
    done: AtomicBool,
    reader: AtomicWaker,
}

impl Scissors {
    /// Ends the connection; what was not written yet never is.
    pub(super) fn cut(&self) {
        self.0.done.store(true, Ordering::SeqCst);
        self.0.reader.wake();
    }

    fn check(&self) -> io::Result<()> {
        if self.0.done.load(Ordering::SeqCst) { Err(io::ErrorKind::ConnectionReset.into()) } else { Ok(()) }
    }
}

/// Accepts connections and keeps their scissors.
#[derive(Debug)]
pub(super) struct CuttingListener {
    pub(super) inner: TcpListener,
    pub(super) open: OpenConnections,
}

/// The connections of one server, to end them with it.
#[derive(Clone, Debug, Default)]
pub(super) struct OpenConnections(Arc<Mutex<Vec<Weak<Cut>>>>);

impl OpenConnections {
    pub(super) fn cut_all(&self) {
        for connection in self.0.lock().unwrap_or_else(PoisonError::into_inner).drain(..) {
            if let Some(cut) = connection.upgrade() {
                Scissors(cut).cut();
            }
        }
    }

    fn add(&self, scissors: &Scissors) {
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        open.retain(|connection| connection.strong_count() > 0);
        open.push(Arc::downgrade(&scissors.0));
    }
}

impl Listener for CuttingListener {
    type Io = CuttableStream;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (CuttableStream, SocketAddr) {
        let (inner, addr) = Listener::accept(&mut self.inner).await;
        // Small answers must not wait for the acknowledgement of the last one. A socket that refuses is still usable.
        let _ = inner.set_nodelay(true);
        let scissors = Scissors::default();
        self.open.add(&scissors);
        (CuttableStream { inner, scissors }, addr)
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.inner.local_addr()
    }
}

impl Connected<IncomingStream<'_, CuttingListener>> for Scissors {
    fn connect_info(stream: IncomingStream<'_, CuttingListener>) -> Self {
        stream.io().scissors.clone()
    }
}

/// A TCP stream that fails once it is cut.
#[derive(Debug)]
pub(super) struct CuttableStream {
    inner: TcpStream,
    scissors: Scissors,
}

impl AsyncRead for CuttableStream {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        self.scissors.0.reader.register(cx.waker());
        self.scissors.check()?;
        Pin::new(&mut self.inner).poll_read(cx, buf)
    }
}

impl AsyncWrite for CuttableStream {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        self.scissors.check()?;
        Pin::new(&mut self.inner).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.scissors.check()?;
        Pin::new(&mut self.inner).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.scissors.check()?;
        Pin::new(&mut self.inner).poll_write_vectored(cx, bufs)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }
}
