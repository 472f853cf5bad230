//! One stream at work: messages are cut from what comes, what waits is written, and whoever stalls is closed.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use rustls_pki_types::ServerName;
use sip::stream::{Frame, Framer};
use sip::{Source, Target, Transport};
use socket2::{SockRef, TcpKeepalive};
use switch::Input;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout, timeout_at};
use tokio_rustls::TlsConnector;

use super::streams::{Line, Reading, Writing};

/// After what can't be read any more: for our answer to get out.
const LAST_ANSWER_MILLIS: u64 = 500;
const READ_BYTES: usize = 4_096;
const WRITE_BYTES: usize = 16 * 1024;
/// Some hundred messages; the system would go up to megabytes by itself.
const SOCKET_BYTES: usize = 128 * 1024;
/// A peer without power is noticed after two minutes, without a timer of ours.
const PROBE_AFTER_SECS: u64 = 60;
const PROBE_EVERY_SECS: u64 = 15;
const PROBES: u32 = 4;

/// How long peers may take before a stream is closed.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// To connect, and to agree on TLS.
    pub handshake: Duration,
    /// A peer that takes no byte for so long has stalled.
    pub write: Duration,
    /// A message that began has to end in this time.
    pub message: Duration,
    /// For a stranger to say something that makes it known.
    pub stranger: Duration,
    /// A known peer without a word: longer than an hour's registration.
    pub known: Duration,
    /// A WebSocket without a word: two pings without an answer.
    pub websocket: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            handshake: Duration::from_secs(5),
            write: Duration::from_secs(5),
            message: Duration::from_secs(10),
            stranger: Duration::from_secs(60),
            known: Duration::from_secs(3_900),
            websocket: Duration::from_secs(75),
        }
    }
}

/// Runs a stream until either side closes it, then tells the switch.
pub async fn run<S: AsyncRead + AsyncWrite>(stream: S, line: Line, source: Source) {
    let patience = line.streams().patience();
    let (mut from_peer, mut to_peer) = tokio::io::split(stream);
    let (mut writing, reading) = line.split();
    let end = tokio::select! {
        end = read_all(&mut from_peer, &reading, &source, patience) => end,
        end = write_all(&mut to_peer, &mut writing, patience) => end,
        () = reading.closing() => End::Overflow,
    };
    tracing::debug!(remote = %source.remote, transport = ?source.transport, ?end, "stream closed");
    if let End::Peer | End::Idle | End::Unreadable = end {
        // Best effort: TLS says goodbye.
        let _ = timeout(Duration::from_secs(1), to_peer.shutdown()).await;
    }
    writing.into_line().report_closed().await;
}

/// Opens the stream that `line` stands for, then runs it.
pub async fn dial(line: Line, target: Target) {
    let inbox = line.streams().inbox().clone();
    let patience = line.streams().patience();
    match timeout(patience.handshake, connect(&line, &target)).await {
        Ok(Ok((stream, source))) => match stream {
            Dialled::Tcp(stream) => run(stream, line, source).await,
            Dialled::Tls(stream) => run(*stream, line, source).await,
        },
        Ok(Err(error)) => {
            tracing::debug!(remote = %target.remote, transport = ?target.transport, %error, "could not connect");
            drop(line);
        }
        Err(_) => {
            tracing::debug!(remote = %target.remote, transport = ?target.transport, "no connection in time");
            drop(line);
        }
    }
    // Also after a stream that was open: what waits for an answer on it has the target, not the stream.
    let _ = inbox.input(Input::TransportFailed { target }).await;
}

enum Dialled {
    Tcp(TcpStream),
    Tls(Box<tokio_rustls::client::TlsStream<TcpStream>>),
}

async fn connect(line: &Line, target: &Target) -> io::Result<(Dialled, Source)> {
    let stream = TcpStream::connect(target.remote).await?;
    prepare(&stream);
    limit_buffers(&stream);
    let local = stream.local_addr()?;
    if target.transport != Transport::Tls {
        return Ok((Dialled::Tcp(stream), line.source(local, None)));
    }
    let name = server_name(target)?;
    let stream = TlsConnector::from(line.streams().client_tls()).connect(name, stream).await?;
    let source = line.source(local, target.server_name.clone().map(|name| Arc::from([name])));
    Ok((Dialled::Tls(Box::new(stream)), source))
}

/// The name that the peer has to prove: the one that was wanted, or its address.
fn server_name(target: &Target) -> io::Result<ServerName<'static>> {
    let Some(name) = &target.server_name else { return Ok(ServerName::IpAddress(target.remote.ip().into())) };
    let name = name.trim_start_matches('[').trim_end_matches(']').to_owned();
    ServerName::try_from(name).map_err(io::Error::other)
}

/// What every TCP connection of ours has.
pub fn prepare(stream: &TcpStream) {
    let keepalive = TcpKeepalive::new()
        .with_time(Duration::from_secs(PROBE_AFTER_SECS))
        .with_interval(Duration::from_secs(PROBE_EVERY_SECS))
        .with_retries(PROBES);
    // Best effort: the stream works without.
    let _ = SockRef::from(stream).set_tcp_keepalive(&keepalive);
    let _ = stream.set_nodelay(true);
}

/// What a connection for SIP has besides: a thousand peers that stall must not fill the system's memory.
pub fn limit_buffers(stream: &TcpStream) {
    let socket = SockRef::from(stream);
    let _ = socket.set_send_buffer_size(SOCKET_BYTES);
    let _ = socket.set_recv_buffer_size(SOCKET_BYTES);
}

/// Why a stream ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    Idle,
    Overflow,
    Peer,
    Stalled,
    /// The node is stopping.
    Stopped,
    Unreadable,
}

async fn read_all<S: AsyncRead + Unpin>(
    from_peer: &mut S,
    reading: &Reading,
    source: &Source,
    patience: Patience,
) -> End {
    let mut framer = Framer::new();
    let mut buffer = [0; READ_BYTES];
    let opened_at = Instant::now();
    let mut heard_at = opened_at;
    let mut message_began: Option<Instant> = None;
    loop {
        let deadline = match message_began {
            Some(began) => began + patience.message,
            None if reading.is_known() => heard_at + patience.known,
            None => opened_at + patience.stranger,
        };
        let n_bytes = match timeout_at(deadline, from_peer.read(&mut buffer)).await {
            Ok(Ok(0) | Err(_)) => return End::Peer,
            Ok(Ok(n_bytes)) => n_bytes,
            // It may have become known while we waited.
            Err(_) if message_began.is_none() && reading.is_known() && deadline < heard_at + patience.known => continue,
            Err(_) => return End::Idle,
        };
        heard_at = Instant::now();
        framer.push(buffer.get(..n_bytes).unwrap_or_default());
        while let Some(frame) = framer.next_frame() {
            message_began = None;
            if let Err(end) = take(frame, reading, source).await {
                return end;
            }
        }
        message_began = if framer.n_waiting() == 0 { None } else { message_began.or(Some(heard_at)) };
    }
}

async fn take(frame: Frame, reading: &Reading, source: &Source) -> Result<(), End> {
    match frame {
        Frame::Message(packet) => reading.receive(source, packet).await.map_err(|_| End::Stopped),
        Frame::Ping => reading.answer(Bytes::from_static(b"\r\n")).map_err(|_| End::Overflow),
        Frame::Broken(rest) => {
            reading.receive(source, rest).await.map_err(|_| End::Stopped)?;
            tokio::time::sleep(Duration::from_millis(LAST_ANSWER_MILLIS)).await;
            Err(End::Unreadable)
        }
    }
}

async fn write_all<S: AsyncWrite + Unpin>(to_peer: &mut S, writing: &mut Writing, patience: Patience) -> End {
    while let Some(packet) = writing.next(WRITE_BYTES).await {
        let mut rest = packet.as_ref();
        while !rest.is_empty() {
            let n_bytes = match timeout(patience.write, to_peer.write(rest)).await {
                Ok(Ok(0) | Err(_)) => return End::Peer,
                Ok(Ok(n_bytes)) => n_bytes,
                Err(_) => return End::Stalled,
            };
            rest = rest.get(n_bytes..).unwrap_or_default();
        }
        match timeout(patience.write, to_peer.flush()).await {
            Ok(Ok(())) => writing.written(packet.len()),
            Ok(Err(_)) => return End::Peer,
            Err(_) => return End::Stalled,
        }
    }
    End::Stopped
}

/// The address of ours that a stream reached, as peers write it.
pub fn canonical(address: SocketAddr) -> SocketAddr {
    SocketAddr::new(address.ip().to_canonical(), address.port())
}
