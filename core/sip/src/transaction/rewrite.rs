//! Requests made from a request of ours that was sent before: ACK to a refusal, CANCEL, and the same once more.
//!
//! What we send has one header field a line, no folding and one Via, so that lines can be copied as they are.

use bytes::Bytes;

/// Header fields that may differ when a request is sent once more.
#[derive(Debug, Default)]
pub struct Changes<'a> {
    /// The new Via value.
    pub via: &'a str,
    /// The new CSeq number; none keeps it.
    pub cseq: Option<u32>,
    /// Whole header fields by name and value; each takes the place of those of its name.
    pub fields: &'a [(&'a str, &'a str)],
}

/// The same request with another Via and some other fields.
pub fn again(request: &[u8], changes: &Changes<'_>) -> Bytes {
    let mut out = Vec::with_capacity(request.len() + 256);
    let (head, body) = split_body(request);
    for (index, line) in lines(head).enumerate() {
        let name = name_of(line);
        if index == 0 {
            push(&mut out, &[line]);
            push(&mut out, &[b"Via: ", changes.via.as_bytes()]);
            for (name, value) in changes.fields {
                push(&mut out, &[name.as_bytes(), b": ", value.as_bytes()]);
            }
        } else if let (b"CSeq", Some(number)) = (name, changes.cseq) {
            let method = line.rsplit(|&byte| byte == b' ').next().unwrap_or_default();
            push(&mut out, &[b"CSeq: ", number.to_string().as_bytes(), b" ", method]);
        } else if name != b"Via" && !changes.fields.iter().any(|(changed, _)| name == changed.as_bytes()) {
            push(&mut out, &[line]);
        }
    }
    out.extend_from_slice(b"\r\n");
    out.extend_from_slice(body);
    Bytes::from(out)
}

/// The ACK to a refusal of `invite`; `to` is the To value of the refusal. RFC 3261 §17.1.1.3
pub fn ack(invite: &[u8], to: &str) -> Bytes {
    derive(invite, b"ACK", Some(to), None)
}

/// The CANCEL of `invite`, with the value of its Reason. RFC 3261 §9.1
pub fn cancel(invite: &[u8], reason: Option<&str>) -> Bytes {
    derive(invite, b"CANCEL", None, reason)
}

/// Same Request-URI, Via, Route, From, Call-ID and CSeq number; another method.
fn derive(invite: &[u8], method: &[u8], to: Option<&str>, reason: Option<&str>) -> Bytes {
    let mut out = Vec::with_capacity(512);
    let (head, _) = split_body(invite);
    for (index, line) in lines(head).enumerate() {
        if index == 0 {
            let after_method = line.iter().position(|&byte| byte == b' ').unwrap_or_default();
            push(&mut out, &[method, line.get(after_method..).unwrap_or_default()]);
            continue;
        }
        match (name_of(line), to) {
            (b"To", Some(to)) => push(&mut out, &[b"To: ", to.as_bytes()]),
            (b"CSeq", _) => {
                let number = line.split(|&byte| byte == b' ').nth(1).unwrap_or_default();
                push(&mut out, &[b"CSeq: ", number, b" ", method]);
            }
            (b"Via" | b"Route" | b"Max-Forwards" | b"From" | b"To" | b"Call-ID", _) => push(&mut out, &[line]),
            _ => {}
        }
    }
    if let Some(reason) = reason {
        push(&mut out, &[b"Reason: ", reason.as_bytes()]);
    }
    out.extend_from_slice(b"Content-Length: 0\r\n\r\n");
    Bytes::from(out)
}

/// The method of a request of ours.
pub fn method(request: &[u8]) -> &[u8] {
    request.split(|&byte| byte == b' ').next().unwrap_or_default()
}

/// The Request-URI of a request of ours.
pub fn request_uri(request: &[u8]) -> &[u8] {
    request.split(|&byte| byte == b' ').nth(1).unwrap_or_default()
}

/// The value of the first header field of that name in a request of ours.
pub fn field<'a>(request: &'a [u8], name: &str) -> Option<&'a str> {
    let line = lines(request).skip(1).take_while(|line| !line.is_empty()).find(|line| {
        line.len() > name.len() + 1 && line.starts_with(name.as_bytes()) && line.get(name.len()) == Some(&b':')
    })?;
    std::str::from_utf8(line.get(name.len() + 2..)?).ok()
}

fn split_body(request: &[u8]) -> (&[u8], &[u8]) {
    match memchr::memmem::find(request, b"\r\n\r\n") {
        Some(end) => (request.get(..end + 2).unwrap_or_default(), request.get(end + 4..).unwrap_or_default()),
        None => (request, &[]),
    }
}

/// The lines of a head, without their ends.
fn lines(head: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = head;
    std::iter::from_fn(move || {
        let end = memchr::memchr(b'\r', rest)?;
        let line = rest.get(..end)?;
        rest = rest.get(end + 2..).unwrap_or_default();
        Some(line)
    })
}

fn name_of(line: &[u8]) -> &[u8] {
    let end = memchr::memchr(b':', line).unwrap_or_default();
    line.get(..end).unwrap_or_default()
}

fn push(out: &mut Vec<u8>, parts: &[&[u8]]) {
    for part in parts {
        out.extend_from_slice(part);
    }
    out.extend_from_slice(b"\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    const INVITE: &[u8] = b"INVITE sip:bob@b.test SIP/2.0\r\nVia: SIP/2.0/UDP a.test;branch=z9hG4bK1\r\n\
        Route: <sip:p.test;lr>\r\nMax-Forwards: 70\r\nFrom: <sip:a@a.test>;tag=1\r\nTo: <sip:bob@b.test>\r\n\
        Call-ID: c\r\nCSeq: 7 INVITE\r\nContact: <sip:a@a.test>\r\nContent-Length: 3\r\n\r\nv=0";

    #[test]
    fn an_ack_to_a_refusal_keeps_branch_route_and_number() {
        let ack = ack(INVITE, "<sip:bob@b.test>;tag=2");
        assert_eq!(
            std::str::from_utf8(&ack),
            Ok("ACK sip:bob@b.test SIP/2.0\r\nVia: SIP/2.0/UDP a.test;branch=z9hG4bK1\r\nRoute: <sip:p.test;lr>\r\n\
                Max-Forwards: 70\r\nFrom: <sip:a@a.test>;tag=1\r\nTo: <sip:bob@b.test>;tag=2\r\nCall-ID: c\r\n\
                CSeq: 7 ACK\r\nContent-Length: 0\r\n\r\n")
        );
    }

    #[test]
    fn a_request_sent_once_more_changes_only_what_is_asked() {
        let changes = Changes {
            via: "SIP/2.0/TCP a.test;branch=z9hG4bK2",
            cseq: Some(8),
            fields: &[("Authorization", "Digest x"), ("Contact", "<sip:a@c.test>")],
        };
        assert_eq!(
            std::str::from_utf8(&again(INVITE, &changes)),
            Ok(
                "INVITE sip:bob@b.test SIP/2.0\r\nVia: SIP/2.0/TCP a.test;branch=z9hG4bK2\r\nAuthorization: Digest x\r\n\
                Contact: <sip:a@c.test>\r\nRoute: <sip:p.test;lr>\r\nMax-Forwards: 70\r\n\
                From: <sip:a@a.test>;tag=1\r\nTo: <sip:bob@b.test>\r\nCall-ID: c\r\nCSeq: 8 INVITE\r\n\
                Content-Length: 3\r\n\r\nv=0"
            )
        );
        assert_eq!(request_uri(INVITE), b"sip:bob@b.test");
        assert_eq!(field(INVITE, "CSeq"), Some("7 INVITE"));
    }
}
