//! SIP over WebSocket. RFC 7118

use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::extract::{ConnectInfo, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::any;
use bytes::Bytes;
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt as _, StreamExt as _};
use sip::limits::MESSAGE_BYTES_MAX;
use sip::{Source, Transport};
use tokio::time::{Instant, MissedTickBehavior, interval_at, timeout};

use super::connection::{End, Patience};
use super::http::Peer;
use super::streams::{Line, Reading, Streams, Writing};

const SUBPROTOCOL: &str = "sip";
/// For each direction of each connection, also of idle ones.
const BUFFER_BYTES: usize = 4_096;
const PING_SECS: u64 = 30;

/// Serves `/ws/sip`; the server has to say who its peers are.
pub fn router(streams: Streams) -> Router {
    Router::new().route("/ws/sip", any(upgrade)).with_state(streams)
}

async fn upgrade(
    State(streams): State<Streams>,
    ConnectInfo(Peer(remote)): ConnectInfo<Peer>,
    headers: HeaderMap,
    upgrade: WebSocketUpgrade,
) -> Response {
    if !is_same_origin(&headers) {
        return (StatusCode::FORBIDDEN, "this page may not use the phone system\n").into_response();
    }
    if !offers_sip(&headers) {
        return (StatusCode::BAD_REQUEST, "the subprotocol has to be sip\n").into_response();
    }
    let Some(line) = streams.admit(Transport::Ws, remote) else {
        return (StatusCode::SERVICE_UNAVAILABLE, [(header::RETRY_AFTER, "10")], "too many connections\n")
            .into_response();
    };
    upgrade
        .protocols([SUBPROTOCOL])
        .max_message_size(MESSAGE_BYTES_MAX)
        .max_frame_size(MESSAGE_BYTES_MAX)
        .read_buffer_size(BUFFER_BYTES)
        .write_buffer_size(BUFFER_BYTES)
        .max_write_buffer_size(4 * MESSAGE_BYTES_MAX)
        .on_upgrade(move |socket| run(socket, line))
}

/// Browsers say which page opens a WebSocket; other pages than ours must not, since the user is logged in. A client
/// that is no browser says nothing.
fn is_same_origin(headers: &HeaderMap) -> bool {
    let Some(origin) = headers.get(header::ORIGIN) else { return true };
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let authority = origin.to_str().ok().and_then(|origin| origin.split_once("://")).map(|(_, authority)| authority);
    match (authority, host) {
        (Some(authority), Some(host)) => authority.eq_ignore_ascii_case(host),
        _ => false,
    }
}

fn offers_sip(headers: &HeaderMap) -> bool {
    let offered = headers.get_all(header::SEC_WEBSOCKET_PROTOCOL).iter().filter_map(|value| value.to_str().ok());
    offered.flat_map(|value| value.split(',')).any(|protocol| protocol.trim().eq_ignore_ascii_case(SUBPROTOCOL))
}

async fn run(socket: WebSocket, line: Line) {
    // What a browser puts into Via and Contact leads nowhere; only the flow counts. RFC 7118 §5
    let local = SocketAddr::new(std::net::Ipv4Addr::UNSPECIFIED.into(), 0);
    let source = line.source(local, None);
    let patience = line.streams().patience();
    let (mut to_peer, mut from_peer) = socket.split();
    let (mut writing, reading) = line.split();
    let end = tokio::select! {
        end = read_all(&mut from_peer, &reading, &source, patience) => end,
        end = write_all(&mut to_peer, &mut writing, patience) => end,
        () = reading.closing() => End::Overflow,
    };
    tracing::debug!(remote = %source.remote, ?end, "WebSocket closed");
    writing.into_line().report_closed().await;
}

async fn read_all(
    from_peer: &mut SplitStream<WebSocket>,
    reading: &Reading,
    source: &Source,
    patience: Patience,
) -> End {
    let opened_at = Instant::now();
    loop {
        let message = match timeout(patience.websocket, from_peer.next()).await {
            Ok(Some(Ok(message))) => message,
            Ok(Some(Err(_)) | None) => return End::Peer,
            Err(_) => return End::Idle,
        };
        let packet = match message {
            Message::Text(text) => Bytes::from(text),
            Message::Binary(bytes) => bytes,
            Message::Ping(_) | Message::Pong(_) => {
                // Pongs alone keep no stranger.
                let is_over = !reading.is_known() && opened_at.elapsed() > patience.websocket;
                if is_over {
                    return End::Idle;
                }
                continue;
            }
            Message::Close(_) => return End::Peer,
        };
        if packet.as_ref() == b"\r\n\r\n" {
            // A keep-alive of the kind that streams have. RFC 7118 §6
            if reading.answer(Bytes::from_static(b"\r\n")).is_err() {
                return End::Overflow;
            }
        } else if packet.iter().any(u8::is_ascii_graphic) && reading.receive(source, packet).await.is_err() {
            return End::Stopped;
        }
    }
}

async fn write_all(to_peer: &mut SplitSink<WebSocket, Message>, writing: &mut Writing, patience: Patience) -> End {
    let period = Duration::from_secs(PING_SECS);
    let mut pings = interval_at(Instant::now() + period, period);
    pings.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        let (message, n_bytes) = tokio::select! {
            packet = writing.next_message() => match packet {
                Some(packet) => {
                    let n_bytes = packet.len();
                    (to_message(packet), n_bytes)
                }
                None => return End::Stopped,
            },
            _ = pings.tick() => (Message::Ping(Bytes::new()), 0),
        };
        match timeout(patience.write, to_peer.send(message)).await {
            Ok(Ok(())) => writing.written(n_bytes),
            Ok(Err(_)) => return End::Peer,
            Err(_) => return End::Stalled,
        }
    }
}

/// Browsers read text more easily; what is not text goes as it is. RFC 7118 §5.1
fn to_message(packet: Bytes) -> Message {
    match axum::extract::ws::Utf8Bytes::try_from(packet.clone()) {
        Ok(text) => Message::Text(text),
        Err(_) => Message::Binary(packet),
    }
}
