use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::world::{World, in_time, options, read_message, until};
use server::net::connection::Patience;

/// Asks for a WebSocket; the head of the answer.
async fn upgrade(world: &World, headers: &str) -> (TcpStream, String) {
    let mut stream = TcpStream::connect(world.http).await.unwrap();
    let request = format!(
        "GET /ws/sip HTTP/1.1\r\nHost: {}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
         Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n{headers}\r\n",
        world.http
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let head = read_message(&mut stream).await;
    (stream, head)
}

/// A masked frame, as clients send them. RFC 6455 §5.2
fn frame(opcode: u8, payload: &[u8]) -> Vec<u8> {
    let mask = [1, 2, 3, 4];
    let length = u16::try_from(payload.len()).unwrap();
    let mut frame = vec![0x80 | opcode, 0x80 | 126];
    frame.extend(length.to_be_bytes());
    frame.extend(mask);
    frame.extend(payload.iter().zip(mask.iter().cycle()).map(|(byte, mask)| byte ^ mask));
    frame
}

async fn read_frame(stream: &mut TcpStream) -> (u8, Vec<u8>) {
    let read = async {
        let opcode = stream.read_u8().await.unwrap() & 0x0f;
        let length = match stream.read_u8().await.unwrap() {
            126 => usize::from(stream.read_u16().await.unwrap()),
            length => usize::from(length),
        };
        let mut payload = vec![0; length];
        stream.read_exact(&mut payload).await.unwrap();
        (opcode, payload)
    };
    in_time("a frame", read).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_talks_sip_over_a_websocket() {
    let world = World::start().await;
    let origin = format!("Origin: http://{}\r\nSec-WebSocket-Protocol: sip\r\n", world.http);
    let (mut stream, head) = upgrade(&world, &origin).await;
    assert!(head.starts_with("HTTP/1.1 101"), "{head}");
    assert!(head.to_ascii_lowercase().contains("sec-websocket-protocol: sip"), "{head}");
    stream.write_all(&frame(1, options("WS", 5).as_bytes())).await.unwrap();
    let (opcode, answer) = read_frame(&mut stream).await;
    assert_eq!(opcode, 1);
    assert!(String::from_utf8(answer).unwrap().starts_with("SIP/2.0 200 "));
    stream.write_all(&frame(2, b"\r\n\r\n")).await.unwrap();
    assert_eq!(read_frame(&mut stream).await.1, b"\r\n");
    drop(stream);
    until("the stream is forgotten", || world.node.streams().figures().n_open == 0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn other_pages_and_other_protocols_are_refused() {
    let world = World::start().await;
    for (headers, status) in [
        ("", "400"),
        ("Sec-WebSocket-Protocol: xmpp\r\n", "400"),
        ("Origin: http://evil.example\r\nSec-WebSocket-Protocol: sip\r\n", "403"),
        ("Origin: null\r\nSec-WebSocket-Protocol: sip\r\n", "403"),
    ] {
        let (_, head) = upgrade(&world, headers).await;
        assert!(head.starts_with(&format!("HTTP/1.1 {status}")), "{headers}: {head}");
    }
    assert_eq!(world.node.streams().figures().n_open, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_over_the_limit_ends_the_websocket() {
    let world = World::start().await;
    let (mut stream, head) = upgrade(&world, "Sec-WebSocket-Protocol: sip\r\n").await;
    assert!(head.starts_with("HTTP/1.1 101"), "{head}");
    // A frame that says it is a gigabyte long.
    let mut huge = vec![0x81, 0x80 | 127];
    huge.extend(1_073_741_824_u64.to_be_bytes());
    huge.extend([0; 4]);
    stream.write_all(&huge).await.unwrap();
    let mut rest = Vec::new();
    // Closed, perhaps after a word of goodbye; a reset is a close too.
    let _ = in_time("the end", stream.read_to_end(&mut rest)).await;
    until("the stream is forgotten", || world.node.streams().figures().n_open == 0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_websocket_that_says_nothing_or_half_a_frame_is_closed() {
    let patience = Patience { websocket: Duration::from_millis(200), ..Patience::default() };
    let world = World::start_with("127.0.0.1:0", patience).await;
    for words in [&b""[..], &[0x81, 0x80 | 100, 1, 2, 3, 4, 5]] {
        let (mut stream, head) = upgrade(&world, "Sec-WebSocket-Protocol: sip\r\n").await;
        assert!(head.starts_with("HTTP/1.1 101"), "{head}");
        stream.write_all(words).await.unwrap();
        let mut rest = Vec::new();
        let _ = in_time("the end", stream.read_to_end(&mut rest)).await;
        until("the stream is forgotten", || world.node.streams().figures().n_open == 0).await;
    }
}
