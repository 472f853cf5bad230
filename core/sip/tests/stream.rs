//! Messages cut from a stream, however it arrives.

use proptest::prelude::*;
use sip::stream::{Frame, Framer};

const OPTIONS: &str = "OPTIONS sip:a@b SIP/2.0\r\nVia: SIP/2.0/TCP c\r\nl : 3\r\n\r\nabc";
const ANSWER: &str = "SIP/2.0 200 OK\r\nVia: SIP/2.0/TCP c\r\n\r\n";

fn frames(chunks: &[&[u8]]) -> Vec<Frame> {
    let mut framer = Framer::new();
    let mut frames = Vec::new();
    for chunk in chunks {
        framer.push(chunk);
        frames.extend(std::iter::from_fn(|| framer.next_frame()));
    }
    frames
}

fn message(text: &str) -> Frame {
    Frame::Message(text.to_owned().into())
}

#[test]
fn messages_and_keep_alives_are_cut_at_any_place() {
    let stream = ["\r\n\r\n", OPTIONS, ANSWER, "\r\n", OPTIONS, "\r\n\r\n\r\n\r\n", ANSWER].concat();
    let expected =
        [Frame::Ping, message(OPTIONS), message(ANSWER), message(OPTIONS), Frame::Ping, Frame::Ping, message(ANSWER)];
    assert_eq!(frames(&[stream.as_bytes()]), expected);
    assert_eq!(frames(&stream.as_bytes().chunks(1).collect::<Vec<_>>()), expected);
    for at in 0..stream.len() {
        let (a, b) = stream.as_bytes().split_at(at);
        assert_eq!(frames(&[a, b]), expected, "cut at {at}");
    }
}

#[test]
fn what_cannot_be_cut_breaks_the_stream_once() {
    for text in [
        "OPTIONS sip:a@b SIP/2.0\r\nl: 3\r\nContent-Length: 4\r\n\r\nabcd",
        "OPTIONS sip:a@b SIP/2.0\r\nContent-Length: -3\r\n\r\n",
        "OPTIONS sip:a@b SIP/2.0\r\nContent-Length:\r\n\r\n",
        "OPTIONS sip:a@b SIP/2.0\r\nContent-Length: 65536\r\n\r\n",
        "OPTIONS sip:a@b SIP/2.0\r\nContent-Length: 99999999999999999999999\r\n\r\n",
        "GET / HTTP/1.1\r\n",
        "\x16\x03\x01\x02\x00\n",
    ] {
        let mut framer = Framer::new();
        framer.push(text.as_bytes());
        assert_eq!(framer.next_frame(), Some(Frame::Broken(text.to_owned().into())), "{text}");
        framer.push(OPTIONS.as_bytes());
        assert_eq!((framer.next_frame(), framer.n_waiting()), (None, 0), "{text}");
    }
}

#[test]
fn a_folded_length_and_a_repeated_one_are_understood() {
    let text = "OPTIONS sip:a@b SIP/2.0\r\nContent-Length:\r\n 3\r\nl: 3\r\n\r\nabc";
    assert_eq!(frames(&[text.as_bytes()]), [message(text)]);
}

#[test]
fn a_peer_that_never_ends_a_message_holds_little() {
    for line in ["", "OPTIONS sip:a@b SIP/2.0\r\n"] {
        let mut framer = Framer::new();
        framer.push(line.as_bytes());
        let mut n_pushed = 0;
        let broken = loop {
            framer.push(&[b'a'; 1000]);
            n_pushed += 1000;
            if let Some(frame) = framer.next_frame() {
                break frame;
            }
        };
        assert!(matches!(broken, Frame::Broken(rest) if rest.len() <= 66_535));
        assert!(n_pushed <= 66_000, "{n_pushed}");
    }
}

proptest! {
    #[test]
    fn nothing_that_arrives_panics(chunks in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..40), 0..20)) {
        frames(&chunks.iter().map(Vec::as_slice).collect::<Vec<_>>());
    }

    #[test]
    fn the_way_it_arrives_makes_no_difference(
        pieces in prop::collection::vec(
            prop::sample::select(vec!["\r\n", "\r\n\r\n", OPTIONS, ANSWER, "x", "\r", "\n", "l: 2\r\n", " SIP/2.0\r\n"]), 0..12),
        size in 1_usize..30,
    ) {
        let stream = pieces.concat();
        let [whole, cut] = [stream.len().max(1), size].map(|size| {
            let mut frames = frames(&stream.as_bytes().chunks(size).collect::<Vec<_>>());
            // How much a broken stream holds depends on when it broke.
            if let Some(Frame::Broken(rest)) = frames.last_mut() {
                rest.clear();
            }
            frames
        });
        prop_assert_eq!(whole, cut);
    }
}
