//! Messages out of a stream of bytes. RFC 3261 §18.3, RFC 5626 §3.5.1

use bytes::{Buf, Bytes, BytesMut};

use crate::header::params::trim;
use crate::limits::{HEADER_BYTES_MAX, MESSAGE_BYTES_MAX};

/// What a stream brought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Frame {
    /// One whole message.
    Message(Bytes),
    /// A keep-alive: answer with CR LF.
    Ping,
    /// Nothing can be cut from this stream any more. What it holds goes to the endpoint, which answers 400 or 513
    /// if it can be answered; then close the stream. Nothing follows.
    Broken(Bytes),
}

/// Cuts a stream into messages. One for each connection; a WebSocket needs none.
#[derive(Debug, Default)]
pub struct Framer {
    buffer: BytesMut,
    /// Up to here there is no end of a head.
    n_searched: usize,
    /// The length of the message at the front, once its head is whole.
    length: Option<usize>,
    is_broken: bool,
}

impl Framer {
    /// A stream from which nothing came yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes bytes as they came. Take all frames before the next ones.
    pub fn push(&mut self, bytes: &[u8]) {
        if !self.is_broken {
            self.buffer.extend_from_slice(bytes);
        }
    }

    /// How many bytes wait for more. Below a message's limit plus what was pushed last.
    pub fn n_waiting(&self) -> usize {
        self.buffer.len()
    }

    /// The next frame, if there is a whole one.
    pub fn next_frame(&mut self) -> Option<Frame> {
        if self.length.is_none() {
            if self.skip_line_ends() {
                return Some(Frame::Ping);
            }
            match self.measure() {
                Measured::Length(length) => self.length = Some(length),
                Measured::NotYet => return None,
                Measured::Broken => return Some(self.give_up()),
            }
        }
        let length = self.length.filter(|&length| length <= self.buffer.len())?;
        self.length = None;
        self.n_searched = 0;
        Some(Frame::Message(self.buffer.split_to(length).freeze()))
    }

    /// Skips line ends between messages. Returns whether two in a row were there: a ping. One alone is a pong.
    fn skip_line_ends(&mut self) -> bool {
        loop {
            match self.buffer.get(..4).unwrap_or(&self.buffer) {
                b"\r\n\r\n" => {
                    self.buffer.advance(4);
                    return true;
                }
                // The first half of a ping, or of one and a bit.
                b"" | b"\r" | b"\r\n" | b"\r\n\r" => return false,
                [b'\r', b'\n', ..] => self.buffer.advance(2),
                _ => return false,
            }
        }
    }

    fn measure(&mut self) -> Measured {
        if matches!(&*self.buffer, b"" | b"\r" | b"\r\n" | b"\r\n\r") {
            return Measured::NotYet;
        }
        // The end may have begun in what was searched before.
        let from = self.n_searched.saturating_sub(3);
        let rest = self.buffer.get(from..).unwrap_or_default();
        let head_end = memchr::memmem::find(rest, b"\r\n\r\n").map(|at| from + at + 2);
        if self.n_searched == 0 || head_end.is_some() {
            match memchr::memchr(b'\n', &self.buffer) {
                Some(end) if !is_start_line(self.buffer.get(..end).unwrap_or_default()) => return Measured::Broken,
                None if self.buffer.len() > HEADER_BYTES_MAX => return Measured::Broken,
                Some(_) => self.n_searched = self.buffer.len(),
                // The start line is not whole: it is looked at again.
                None => {}
            }
        } else {
            self.n_searched = self.buffer.len();
        }
        match head_end {
            Some(head_end) => match content_length(self.buffer.get(..head_end).unwrap_or_default()) {
                Some(length) if head_end + 2 + length <= MESSAGE_BYTES_MAX => Measured::Length(head_end + 2 + length),
                Some(_) | None => Measured::Broken,
            },
            None if self.buffer.len() > MESSAGE_BYTES_MAX => Measured::Broken,
            None => Measured::NotYet,
        }
    }

    fn give_up(&mut self) -> Frame {
        self.is_broken = true;
        Frame::Broken(std::mem::take(&mut self.buffer).freeze())
    }
}

enum Measured {
    Length(usize),
    NotYet,
    Broken,
}

/// Whether a line could begin a message, of any version: another protocol is not waited for.
fn is_start_line(line: &[u8]) -> bool {
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let starts = |text: Option<&[u8]>| text.is_some_and(|text| text.eq_ignore_ascii_case(b"SIP/"));
    let version = line.iter().rposition(|&byte| byte == b' ').map_or(0, |at| at + 1);
    starts(line.get(..4)) || starts(line.get(version..version + 4))
}

/// The body's length: 0 where none is given; none if it can't be told.
fn content_length(head: &[u8]) -> Option<usize> {
    let mut found = None;
    let mut at = 0;
    while let Some(line) = logical_line(head.get(at..).unwrap_or_default()) {
        at += line.len();
        let Some((name, value)) = split_field(line) else { continue };
        if !name.eq_ignore_ascii_case(b"Content-Length") && !name.eq_ignore_ascii_case(b"l") {
            continue;
        }
        let value = trim(std::str::from_utf8(value).ok()?);
        if value.is_empty() || !value.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let length: usize = value.parse().ok().filter(|&length| length <= MESSAGE_BYTES_MAX)?;
        if found.is_some_and(|found| found != length) {
            return None;
        }
        found = Some(length);
    }
    Some(found.unwrap_or(0))
}

/// A line with its folded parts and its end.
fn logical_line(text: &[u8]) -> Option<&[u8]> {
    let mut end = 0;
    loop {
        end += memchr::memchr(b'\n', text.get(end..)?)? + 1;
        if !matches!(text.get(end), Some(b' ' | b'\t')) {
            return text.get(..end);
        }
    }
}

fn split_field(line: &[u8]) -> Option<(&[u8], &[u8])> {
    let colon = memchr::memchr(b':', line)?;
    Some((line.get(..colon)?.trim_ascii_end(), line.get(colon + 1..)?))
}
