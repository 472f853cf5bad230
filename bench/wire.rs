//! Just enough SIP for a load program: finds header fields in bytes, writes messages from templates.
//! It does not use the product's parser, so that a fault there can't hide in both.

use std::io::Write as _;
use std::net::{SocketAddr, UdpSocket};

/// A socket that never blocks, with buffers for a burst.
pub fn bind(address: SocketAddr) -> UdpSocket {
    let socket = UdpSocket::bind(address).unwrap_or_else(|error| panic!("bind {address}: {error}"));
    socket.set_nonblocking(true).expect("a UDP socket can be non-blocking");
    let reference = socket2::SockRef::from(&socket);
    let _ = reference.set_recv_buffer_size(8 << 20);
    let _ = reference.set_send_buffer_size(8 << 20);
    socket
}

/// Sends, and waits where the socket's buffer is full.
pub fn send(socket: &UdpSocket, packet: &[u8], to: SocketAddr) {
    while let Err(error) = socket.send_to(packet, to) {
        if error.kind() != std::io::ErrorKind::WouldBlock {
            return;
        }
        std::thread::yield_now();
    }
}

/// The value of the first header field of that name.
pub fn header<'a>(message: &'a [u8], name: &str) -> Option<&'a [u8]> {
    lines(message).find_map(|line| named(line, name))
}

/// All header lines of that name, with their line ends, appended to `out`.
pub fn copy_lines(message: &[u8], name: &str, out: &mut Vec<u8>) {
    for line in lines(message) {
        if named(line, name).is_some() {
            out.extend_from_slice(line);
            out.extend_from_slice(b"\r\n");
        }
    }
}

/// The status code of a response; none for a request.
pub fn status(message: &[u8]) -> Option<u16> {
    let digits = message.strip_prefix(b"SIP/2.0 ")?.get(..3)?;
    std::str::from_utf8(digits).ok()?.parse().ok()
}

/// The method of the CSeq field.
pub fn method(message: &[u8]) -> &[u8] {
    header(message, "CSeq").and_then(|value| value.split(|byte| *byte == b' ').next_back()).unwrap_or(b"")
}

/// The URI between the angle brackets of a Contact field.
pub fn contact(message: &[u8]) -> Option<String> {
    let value = header(message, "Contact")?;
    let start = value.iter().position(|byte| *byte == b'<')? + 1;
    let end = value.iter().position(|byte| *byte == b'>')?;
    Some(String::from_utf8_lossy(value.get(start..end)?).into_owned())
}

/// Where the description in the body wants its sound.
pub fn media_address(message: &[u8]) -> Option<SocketAddr> {
    let text = std::str::from_utf8(body(message)).ok()?;
    let host = text.split("c=IN IP4 ").nth(1)?.split_whitespace().next()?;
    let port = text.split("m=audio ").nth(1)?.split(' ').next()?;
    format!("{host}:{port}").parse().ok()
}

/// A description for G.711 on `address`.
pub fn description(address: SocketAddr, id: usize) -> String {
    let (ip, port) = (address.ip(), address.port());
    format!(
        "v=0\r\no=bench {id} 1 IN IP4 {ip}\r\ns=-\r\nc=IN IP4 {ip}\r\nt=0 0\r\nm=audio {port} RTP/AVP 0 101\r\n\
         a=rtpmap:0 PCMU/8000\r\na=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\na=ptime:20\r\na=sendrecv\r\n"
    )
}

/// A response to `request`; `to_tag` is added where the request has none.
pub fn reply(request: &[u8], status: &str, to_tag: &str, contact: &str, body: &str, out: &mut Vec<u8>) {
    out.clear();
    let _ = write!(out, "SIP/2.0 {status}\r\n");
    for name in ["Via", "Record-Route", "From", "Call-ID", "CSeq"] {
        copy_lines(request, name, out);
    }
    let to = header(request, "To").unwrap_or(b"");
    out.extend_from_slice(b"To: ");
    out.extend_from_slice(to);
    if !to.windows(5).any(|part| part == b";tag=") {
        let _ = write!(out, ";tag={to_tag}");
    }
    let _ = write!(out, "\r\nContact: <{contact}>\r\n");
    if !body.is_empty() {
        out.extend_from_slice(b"Content-Type: application/sdp\r\n");
    }
    let _ = write!(out, "Content-Length: {}\r\n\r\n{body}", body.len());
}

fn body(message: &[u8]) -> &[u8] {
    message.windows(4).position(|part| part == b"\r\n\r\n").map_or(b"", |at| &message[at + 4..])
}

fn lines(message: &[u8]) -> impl Iterator<Item = &[u8]> {
    message
        .split(|byte| *byte == b'\n')
        .map(|line| line.strip_suffix(b"\r").unwrap_or(line))
        .take_while(|line| !line.is_empty())
}

fn named<'a>(line: &'a [u8], name: &str) -> Option<&'a [u8]> {
    let (head, rest) = line.split_at_checked(name.len())?;
    if !head.eq_ignore_ascii_case(name.as_bytes()) {
        return None;
    }
    rest.strip_prefix(b":").map(|value| value.trim_ascii_start())
}
