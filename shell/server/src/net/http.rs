//! Takes HTTP connections: not more than there is room for, and none that says nothing.

use std::future::Future as _;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, Sleep, sleep};

use super::connection::{canonical, prepare};
use super::turns::{Turn, Turns};

/// Connections at once; beyond, peers wait in the system's queue.
const CONNECTIONS_MAX: usize = 8_192;
/// Of one address: many tabs and a reverse proxy's pool.
const PER_SOURCE_MAX: usize = 2_048;
/// Longer than the pings of a WebSocket or an event stream are apart.
const IDLE_SECS: u64 = 90;
/// Without file handles there is nothing to do but wait for one.
const PAUSE_MILLIS: u64 = 100;

/// A listener with limits.
pub struct HttpListener {
    listener: TcpListener,
    room: Arc<Semaphore>,
    turns: Turns,
}

/// Who is at the other end of an HTTP connection.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub SocketAddr);

/// One connection; given up when nothing moves on it.
pub struct HttpStream {
    stream: TcpStream,
    idle: Pin<Box<Sleep>>,
    _room: OwnedSemaphorePermit,
    _turn: Turn,
}

impl HttpListener {
    pub fn new(listener: TcpListener) -> Self {
        Self { listener, room: Arc::new(Semaphore::new(CONNECTIONS_MAX)), turns: Turns::new(PER_SOURCE_MAX) }
    }
}

impl Listener for HttpListener {
    type Io = HttpStream;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (HttpStream, SocketAddr) {
        loop {
            // Nobody closes the semaphore.
            let Ok(room) = self.room.clone().acquire_owned().await else { std::future::pending().await };
            match self.listener.accept().await {
                Ok((stream, remote)) => {
                    let remote = canonical(remote);
                    let Some(turn) = self.turns.take(remote) else { continue };
                    prepare(&stream);
                    let idle = Box::pin(sleep(Duration::from_secs(IDLE_SECS)));
                    return (HttpStream { stream, idle, _room: room, _turn: turn }, remote);
                }
                Err(error) => {
                    tracing::warn!(%error, "could not take an HTTP connection");
                    sleep(Duration::from_millis(PAUSE_MILLIS)).await;
                }
            }
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }
}

impl Connected<IncomingStream<'_, HttpListener>> for Peer {
    fn connect_info(stream: IncomingStream<'_, HttpListener>) -> Self {
        Self(*stream.remote_addr())
    }
}

impl HttpStream {
    fn moved(&mut self) {
        self.idle.as_mut().reset(Instant::now() + Duration::from_secs(IDLE_SECS));
    }

    /// Whether nothing moved for too long; otherwise wakes when it would be so.
    fn is_idle(&mut self, context: &mut Context<'_>) -> bool {
        self.idle.as_mut().poll(context).is_ready()
    }
}

impl AsyncRead for HttpStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match Pin::new(&mut self.stream).poll_read(context, buffer) {
            Poll::Ready(result) => {
                self.moved();
                Poll::Ready(result)
            }
            Poll::Pending if self.is_idle(context) => Poll::Ready(Err(io::ErrorKind::TimedOut.into())),
            Poll::Pending => Poll::Pending,
        }
    }
}

impl AsyncWrite for HttpStream {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        match Pin::new(&mut self.stream).poll_write(context, bytes) {
            Poll::Ready(result) => {
                self.moved();
                Poll::Ready(result)
            }
            Poll::Pending if self.is_idle(context) => Poll::Ready(Err(io::ErrorKind::TimedOut.into())),
            Poll::Pending => Poll::Pending,
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
