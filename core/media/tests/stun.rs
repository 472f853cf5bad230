//! STUN as RFC 5769 writes it down, and as a hostile peer may.
#![allow(clippy::unwrap_used, reason = "tests")]

use media::stun::{Kind, Message, Writer, attribute, is_stun};

const PASSWORD: &[u8] = b"VOkJxbRl1RmTxUk/WvJxBt";

/// RFC 5769 §2.1
const REQUEST: &str = "\
    00010058 2112a442 b7e7a701 bc34d686 fa87dfae 80220010 5354554e 20746573 7420636c 69656e74 00240004 6e0001ff \
    80290008 932ff9b1 51263b36 00060009 6576746a 3a683676 59202020 00080014 9aeaa70c bfd8cb56 781ef2b5 b2d3f249 \
    c1b571a2 80280004 e57a3bcf";

/// RFC 5769 §2.2
const ANSWER: &str = "\
    0101003c 2112a442 b7e7a701 bc34d686 fa87dfae 8022000b 74657374 20766563 746f7220 00200008 0001a147 e112a643 \
    00080014 2b91f599 fd9e90c3 8c7489f9 2af9ba53 f06be7d7 80280004 c07d4c96";

/// RFC 5769 §2.3
const ANSWER_6: &str = "\
    01010048 2112a442 b7e7a701 bc34d686 fa87dfae 8022000b 74657374 20766563 746f7220 00200014 0002a147 0113a9fa \
    a5d3f179 bc25f4b5 bed2b9d9 00080014 a382954e 4be67bf1 1784c97c 8292c275 bfe3ed41 80280004 c8fb0b4c";

#[test]
fn the_request_of_the_rfc_is_read_and_proved() {
    let bytes = bytes(REQUEST);
    assert!(is_stun(&bytes));
    let message = Message::parse(&bytes).unwrap();
    assert_eq!(message.kind, Kind::BindingRequest);
    assert_eq!(message.find(attribute::USERNAME), Some(b"evtj:h6vY".as_slice()));
    assert_eq!(message.find(attribute::PRIORITY), Some([0x6e, 0, 1, 0xff].as_slice()));
    assert!(message.find(attribute::ICE_CONTROLLED).is_some());
    assert!(message.not_understood().is_empty());
    assert!(message.is_proved(PASSWORD));
    assert!(!message.is_proved(b"VOkJxbRl1RmTxUk/WvJxBu"));
    assert!(!message.is_proved(b""));
}

#[test]
fn the_answers_of_the_rfc_say_where_the_request_came_from() {
    for (text, from) in [(ANSWER, "192.0.2.1:32853"), (ANSWER_6, "[2001:db8:1234:5678:11:2233:4455:6677]:32853")] {
        let bytes = bytes(text);
        let message = Message::parse(&bytes).unwrap();
        assert_eq!(message.kind, Kind::BindingSuccess);
        assert_eq!(message.mapped_address(), Some(from.parse().unwrap()));
        assert!(message.is_proved(PASSWORD));
    }
}

#[test]
fn what_is_written_is_read_again() {
    for from in ["192.0.2.1:32853", "[2001:db8:1234:5678:11:2233:4455:6677]:1"] {
        let mut out = b"before".to_vec();
        let mut writer = Writer::new(&mut out, Kind::BindingSuccess, [7; 12]);
        writer.mapped_address(from.parse().unwrap());
        writer.finish(PASSWORD);
        let message = Message::parse(&out[6..]).unwrap();
        assert_eq!((message.kind, message.transaction), (Kind::BindingSuccess, [7; 12]));
        assert_eq!(message.mapped_address(), Some(from.parse().unwrap()));
        assert!(message.is_proved(PASSWORD) && !message.is_proved(b"another"));
    }
    let mut out = Vec::new();
    let mut writer = Writer::new(&mut out, Kind::BindingError, [7; 12]);
    writer.error(487, "Role Conflict");
    writer.finish(PASSWORD);
    assert_eq!(Message::parse(&out).unwrap().error_code(), Some(487));
}

#[test]
fn no_bit_can_be_turned_and_no_byte_left_out() {
    let good = bytes(REQUEST);
    for at in 0..good.len() * 8 {
        let mut bad = good.clone();
        bad[at / 8] ^= 1 << (at % 8);
        let is_taken = Message::parse(&bad).is_some_and(|message| message.is_proved(PASSWORD));
        assert!(!is_taken, "bit {at}");
    }
    for length in 0..good.len() {
        assert!(Message::parse(&good[..length]).is_none(), "{length} bytes");
    }
}

#[test]
fn what_stands_after_the_proof_counts_for_nothing() {
    let mut out = Vec::new();
    let mut writer = Writer::new(&mut out, Kind::BindingRequest, [1; 12]);
    writer.attribute(attribute::USERNAME, b"a:b");
    writer.finish(PASSWORD);
    // In place of the fingerprint an attribute that nobody proved, and a fingerprint over all of it.
    out.truncate(out.len() - 8);
    out.extend_from_slice(&[0x00, 0x25, 0, 0]);
    let message = Message::parse(&out);
    assert!(message.is_none(), "without a fingerprint it is nobody's check");
}

fn bytes(text: &str) -> Vec<u8> {
    let digits: String = text.split_whitespace().collect();
    (0..digits.len()).step_by(2).map(|at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap()).collect()
}
