use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use sip::{Target, Transport};
use switch::Input;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime;
use tokio::sync::mpsc;

use super::world::{World, ask_stream, ask_udp, in_time, options, read_message, until};
use server::mailbox::Bell;
use server::net::connection::Patience;
use server::net::streams::Streams;
use server::net::tls;
use server::node::inbox::{Message, inbox};

#[tokio::test(flavor = "multi_thread")]
async fn messages_are_cut_from_a_stream_however_they_come() {
    let world = World::start().await;
    let mut peer = world.tcp_peer("127.0.0.1").await;
    peer.write_all(b"\r\n\r\n").await.unwrap();
    let mut pong = [0; 2];
    in_time("a pong", peer.read_exact(&mut pong)).await.unwrap();
    assert_eq!(&pong, b"\r\n");
    for byte in options("TCP", 1).bytes() {
        peer.write_all(&[byte]).await.unwrap();
    }
    assert!(read_message(&mut peer).await.contains("z9hG4bK1"));
    peer.write_all(format!("{}{}", options("TCP", 2), options("TCP", 3)).as_bytes()).await.unwrap();
    assert!(read_message(&mut peer).await.contains("z9hG4bK2"));
    assert!(read_message(&mut peer).await.contains("z9hG4bK3"));
}

#[tokio::test(flavor = "multi_thread")]
async fn another_protocol_is_shown_the_door() {
    let world = World::start().await;
    let mut peer = world.tcp_peer("127.0.0.1").await;
    peer.write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
    let mut rest = Vec::new();
    in_time("the end", peer.read_to_end(&mut rest)).await.unwrap();
    until("the stream is forgotten", || world.node.streams().figures().n_open == 0).await;
}

/// Sends requests and never reads. Returns how many bytes went out before it was closed.
async fn stall(mut peer: TcpStream, first: u32) -> usize {
    let request: String = (first..first + 64).map(|number| options("TCP", number)).collect();
    let mut n_bytes = 0;
    // Ends with an error once the node closed the stream.
    while peer.write_all(request.as_bytes()).await.is_ok() {
        n_bytes += request.len();
    }
    n_bytes
}

#[tokio::test(flavor = "multi_thread")]
async fn peers_that_never_read_are_closed_and_disturb_nobody() {
    let world = World::start().await;
    let witness = world.udp_peer("127.0.0.1").await;
    // Trunks: their requests are all answered. Strangers get few answers, and are closed after a minute.
    let mut stalled = Vec::new();
    for peer in 1..=5 {
        stalled.push(tokio::spawn(stall(world.tcp_peer("127.0.0.1").await, peer * 1_000)));
    }
    let mut number = 10_000;
    while !stalled.iter().all(tokio::task::JoinHandle::is_finished) {
        number += 1;
        let asked_at = std::time::Instant::now();
        assert!(ask_udp(&witness, number).await.starts_with("SIP/2.0 200 "));
        assert!(asked_at.elapsed().as_secs() < 2, "UDP waited for a stream");
    }
    for peer in stalled {
        assert!(peer.await.unwrap() < 64 * 1024 * 1024, "a stalled peer was read for too long");
    }
    until("the streams are forgotten", || world.node.streams().figures().n_open == 0).await;
    let figures = world.node.streams().figures();
    assert_eq!(figures.n_strangers, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn each_kind_of_silence_has_its_deadline() {
    let usual = Patience::default();
    let short = Duration::from_millis(200);
    for (words, patience) in [
        // A stranger that says nothing, and one whose message does not end.
        ("", Patience { stranger: short, ..usual }),
        ("\r\n", Patience { stranger: short, ..usual }),
        ("OPTIONS sip:test.example SIP/2.0\r\nVia: ", Patience { message: short, ..usual }),
    ] {
        let world = World::start_with("127.0.0.1:0", patience).await;
        let mut peer = world.tcp_peer("127.0.0.2").await;
        peer.write_all(words.as_bytes()).await.unwrap();
        let mut rest = Vec::new();
        in_time("the end", peer.read_to_end(&mut rest)).await.unwrap();
        until("the stream is forgotten", || world.node.streams().figures().n_open == 0).await;
        // Somebody known may be silent for long.
        let mut trunk = world.tcp_peer("127.0.0.1").await;
        assert!(ask_stream(&mut trunk, "TCP", 1).await.starts_with("SIP/2.0 200 "));
        let silent = tokio::time::timeout(3 * short, trunk.read_u8()).await;
        assert!(silent.is_err(), "a known peer was closed: {silent:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_source_of_strangers_has_a_bounded_number_of_streams() {
    let world = World::start().await;
    let mut strangers = Vec::new();
    for _ in 0..160 {
        strangers.push(world.tcp_peer("127.0.0.2").await);
    }
    until("the surplus is refused", || world.node.streams().figures().refused_total == 32).await;
    assert_eq!(world.node.streams().figures().n_strangers, 128);
    // Others are not touched by it, and who proves himself makes room.
    let mut trunk = world.tcp_peer("127.0.0.1").await;
    assert!(ask_stream(&mut trunk, "TCP", 1).await.starts_with("SIP/2.0 200 "));
    assert_eq!(world.node.streams().figures().n_strangers, 128);
    drop(strangers);
    until("strangers that left are forgotten", || world.node.streams().figures().n_strangers == 0).await;
    assert_eq!(world.node.streams().figures().n_open, 1);
}

// ---- streams that we open

fn bare_streams() -> (Streams, mpsc::Receiver<Message>) {
    tls::install_provider();
    let (inbox, received) = inbox(Arc::new(Bell::new().unwrap()));
    (
        Streams::new(inbox, runtime::Handle::current(), tls::client_config(None, None).unwrap(), Patience::default()),
        received,
    )
}

fn target(transport: Transport, listener: &TcpListener) -> Target {
    let server_name = transport.is_secure().then(|| "carrier.example".to_owned());
    let remote = listener.local_addr().unwrap();
    Target { transport, remote, connection: None, server_name, local: None }
}

#[tokio::test]
async fn a_stream_is_opened_once_and_used_in_both_directions() {
    let (streams, mut received) = bare_streams();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let target = target(Transport::Tcp, &listener);
    streams.send(&target, Bytes::from(options("TCP", 1))).unwrap();
    streams.send(&target, Bytes::from(options("TCP", 2))).unwrap();
    let (mut peer, _) = in_time("a connection", listener.accept()).await.unwrap();
    assert!(read_message(&mut peer).await.contains("z9hG4bK1"));
    assert!(read_message(&mut peer).await.contains("z9hG4bK2"));
    assert_eq!(streams.figures().n_open, 1);
    peer.write_all(options("TCP", 3).as_bytes()).await.unwrap();
    let Some(Message::Input(Input::Message { source, .. })) = in_time("a message", received.recv()).await else {
        panic!("a message was expected");
    };
    let back = source.reply_target();
    streams.send(&back, Bytes::from_static(b"SIP/2.0 200 OK\r\n\r\n")).unwrap();
    assert!(read_message(&mut peer).await.starts_with("SIP/2.0 200"));
    drop(peer);
    let Some(Message::Input(Input::ConnectionClosed { connection })) = in_time("the end", received.recv()).await else {
        panic!("the end of the stream was expected");
    };
    assert_eq!(Some(connection), back.connection);
    assert!(streams.send(&back, Bytes::from_static(b"late")).is_err(), "that stream and no other");
}

#[tokio::test]
async fn a_target_that_refuses_or_is_not_whom_we_want_fails() {
    let (streams, mut received) = bare_streams();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let closed = target(Transport::Tcp, &listener);
    drop(listener);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let impostor = target(Transport::Tls, &listener);
    let certificate = rcgen::generate_simple_self_signed(vec!["carrier.example".to_owned()]).unwrap();
    let key = rustls_pki_types::PrivateKeyDer::try_from(certificate.signing_key.serialize_der()).unwrap();
    let config = rustls::ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.cert.der().clone()], key)
        .unwrap();
    let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(config));
    tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        // It names itself, but nobody vouches for it.
        assert!(acceptor.accept(stream).await.is_err());
    });
    for wanted in [closed, impostor] {
        streams.send(&wanted, Bytes::from_static(b"OPTIONS sip:x SIP/2.0\r\n\r\n")).unwrap();
        match in_time("the failure", received.recv()).await {
            Some(Message::Input(Input::TransportFailed { target })) => assert_eq!(target, wanted),
            other => panic!("a failure was expected: {other:?}"),
        }
    }
    assert_eq!(streams.figures().n_open, 0);
}

#[tokio::test]
async fn a_browser_that_is_gone_is_not_dialled() {
    let (streams, _received) = bare_streams();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    assert!(streams.send(&target(Transport::Wss, &listener), Bytes::from_static(b"x")).is_err());
}
