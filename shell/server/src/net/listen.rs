//! Takes the streams that peers open.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use sip::Transport;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;

use super::certificate::Certificate;
use super::connection::{self, HANDSHAKE_SECS, canonical};
use super::streams::{Line, Streams};
use super::tls::Acceptor;

/// TLS handshakes under way; each costs a millisecond of computing.
const HANDSHAKES_MAX: usize = 256;
/// Without file handles there is nothing to do but wait for one.
const PAUSE_MILLIS: u64 = 100;

/// Takes SIP over TCP until the listener's task is dropped.
pub async fn tcp(listener: TcpListener, streams: Streams) {
    loop {
        let (stream, remote) = next(&listener).await;
        let Some(line) = streams.admit(Transport::Tcp, remote) else { continue };
        let Ok(local) = stream.local_addr() else { continue };
        let source = line.source(canonical(local), None);
        tokio::spawn(connection::run(stream, line, source));
    }
}

/// Takes SIP over TLS.
pub async fn tls(listener: TcpListener, streams: Streams, acceptor: Arc<Acceptor>) {
    let handshakes = Arc::new(Semaphore::new(HANDSHAKES_MAX));
    loop {
        let (stream, remote) = next(&listener).await;
        let Ok(turn) = handshakes.clone().try_acquire_owned() else { continue };
        let Some(line) = streams.admit(Transport::Tls, remote) else { continue };
        let acceptor = TlsAcceptor::from(acceptor.config(std::time::Instant::now()));
        tokio::spawn(async move {
            let shaken = timeout(Duration::from_secs(HANDSHAKE_SECS), acceptor.accept(stream)).await;
            drop(turn);
            match shaken {
                Ok(Ok(stream)) => run_tls(stream, line).await,
                Ok(Err(error)) => tracing::debug!(%remote, %error, "no TLS"),
                Err(_) => tracing::debug!(%remote, "no TLS in time"),
            }
        });
    }
}

async fn run_tls(stream: tokio_rustls::server::TlsStream<TcpStream>, line: Line) {
    let (tcp, session) = stream.get_ref();
    let Ok(local) = tcp.local_addr() else { return };
    // Verified in the handshake: without a certificate of a trusted authority there is none here.
    let certificate = session.peer_certificates().and_then(|chain| Certificate::read(chain.first()?));
    let name = certificate.and_then(|certificate| certificate.names.into_iter().next());
    let source = line.source(canonical(local), name);
    connection::run(stream, line, source).await;
}

async fn next(listener: &TcpListener) -> (TcpStream, SocketAddr) {
    loop {
        match listener.accept().await {
            Ok((stream, remote)) => {
                connection::prepare(&stream);
                connection::limit_buffers(&stream);
                return (stream, canonical(remote));
            }
            Err(error) => {
                // A peer that left already is no reason to wait, but it can't be told from the rest.
                tracing::warn!(%error, "could not take a connection");
                tokio::time::sleep(Duration::from_millis(PAUSE_MILLIS)).await;
            }
        }
    }
}
