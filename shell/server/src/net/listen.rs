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
use super::connection::{self, canonical};
use super::streams::{Line, Streams};
use super::tls::Acceptor;
use super::turns::Turns;

/// TLS handshakes under way; each that goes on costs a millisecond of computing.
const HANDSHAKES_MAX: usize = 1_024;
/// Of one source: an office whose phones all come back at once takes a few rounds.
const HANDSHAKES_PER_SOURCE_MAX: usize = 64;
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
    let turns = Turns::new(HANDSHAKES_PER_SOURCE_MAX);
    loop {
        let (stream, remote) = next(&listener).await;
        let Some(turn) = turns.take(remote) else { continue };
        let Ok(room) = handshakes.clone().try_acquire_owned() else { continue };
        let Some(line) = streams.admit(Transport::Tls, remote) else { continue };
        let acceptor = TlsAcceptor::from(acceptor.config(std::time::Instant::now()));
        tokio::spawn(async move {
            let shaken = timeout(line.streams().patience().handshake, acceptor.accept(stream)).await;
            drop((room, turn));
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
    let names = certificate.map(|certificate| Arc::from(certificate.names));
    let source = line.source(canonical(local), names);
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
