//! Ladders of calls, what they hide, and what Homer is told.

use std::net::SocketAddr;

use bytes::Bytes;
use jiff::Timestamp;
use phone::id::{CallId, TenantId};
use server::secret::Secret;
use server::sip_trace::Seen;
use server::sip_trace::dialogs::{Dialogs, call_id};
use server::sip_trace::hep::{Collector, packet};
use server::sip_trace::ladder::{Ladder, Rung};
use server::sip_trace::masking::masked;
use server::sip_trace::shelf::Shelf;
use sip::Transport;
use uuid::Uuid;

#[test]
fn messages_of_calls_are_kept_by_call_id_and_others_are_passed_over() {
    let mut dialogs = Dialogs::default();
    dialogs.take(seen("REGISTER sip:x SIP/2.0\r\nCall-ID: r\r\n\r\n", false));
    dialogs.take(seen("SIP/2.0 200 OK\r\nCall-ID: a\r\nCSeq: 1 INVITE\r\n\r\n", true));
    assert!(dialogs.is_empty(), "an answer without its INVITE is nobody's");
    dialogs.take(seen("INVITE sip:x SIP/2.0\r\ni : a\r\n\r\n", false));
    dialogs.take(seen("SIP/2.0 200 OK\r\ncall-id:a\r\nCSeq: 1 INVITE\r\n\r\n", true));
    let rungs: Vec<_> = dialogs.remove("a").iter().map(|seen| Rung::new(seen, "a")).collect();
    let told: Vec<_> = rungs.iter().map(|rung| (rung.what.as_str(), rung.is_sent)).collect();
    assert_eq!(told, [("INVITE", false), ("200 INVITE", true)]);
    assert!(dialogs.is_empty() && dialogs.remove("a").is_empty());
    assert_eq!(call_id(b"INVITE x\r\nVia: y\r\n\r\nCall-ID: body"), None);
    assert_eq!(call_id(b"garbage"), None);
}

#[test]
fn a_dialog_keeps_no_more_messages_than_an_hour_has() {
    let mut dialogs = Dialogs::default();
    for _ in 0..2_000 {
        dialogs.take(seen("INVITE sip:x SIP/2.0\r\nCall-ID: a\r\n\r\n", false));
    }
    assert_eq!((dialogs.len(), dialogs.remove("a").len()), (1, 300));
}

#[test]
fn keys_and_answers_to_challenges_are_hidden() {
    let text = "INVITE sip:x SIP/2.0\r\nAuthorization: Digest username=\"101\", response=\"0af9\", uri=\"sip:x\"\r\n\r\n\
                a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:c2VjcmV0|2^31\r\na=ice-pwd:open\r\na=ptime:20\r\n";
    let expected = "INVITE sip:x SIP/2.0\r\nAuthorization: Digest username=\"101\", response=\"(hidden)\", uri=\"sip:x\"\r\n\
                    \r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:(hidden)|2^31\r\na=ice-pwd:(hidden)\r\na=ptime:20\r\n";
    assert_eq!(masked(text), expected);
    assert_eq!(masked("ü: \r\n"), "ü: \r\n");
}

#[test]
fn ladders_are_found_again_after_a_restart_and_the_oldest_go_first() {
    let dir = tempfile::tempdir().unwrap();
    let open = || Shelf::open(dir.path().join("ladders"), 64 * 1024).unwrap();
    let shelf = open();
    let ladder = |n: u128| {
        let rung = Rung::new(&seen(&format!("INVITE sip:{n} SIP/2.0\r\nCall-ID: {n}\r\n\r\n"), false), "x");
        Ladder::new(CallId(Uuid::from_u128(n)), TenantId(Uuid::from_u128(1)), vec![rung; 4])
    };
    for n in 0..300 {
        shelf.append(&ladder(n)).unwrap();
    }
    assert_eq!(shelf.read(CallId(Uuid::from_u128(299))).unwrap(), Some(ladder(299)));
    assert_eq!(shelf.read(CallId(Uuid::from_u128(0))).unwrap(), None, "the oldest went");
    drop(shelf);
    let files: Vec<_> = std::fs::read_dir(dir.path().join("ladders")).unwrap().map(|file| file.unwrap()).collect();
    let n_bytes: u64 = files.iter().map(|file| file.metadata().unwrap().len()).sum();
    assert!(n_bytes <= 64 * 1024, "{n_bytes}");
    // Cut off by a crash.
    let newest = files.iter().map(|file| file.path()).max().unwrap();
    let mut cut = std::fs::read(&newest).unwrap();
    cut.extend_from_slice(br#"{"call":"0000"#);
    std::fs::write(&newest, cut).unwrap();
    let shelf = open();
    assert_eq!(shelf.read(CallId(Uuid::from_u128(299))).unwrap(), Some(ladder(299)));
    shelf.append(&ladder(300)).unwrap();
}

#[test]
fn homer_reads_who_spoke_to_whom_and_when() {
    let collector = Collector { address: "x:1".to_owned(), id: 7, key: Some(Secret::new("k".to_owned())) };
    let seen = seen("BYE sip:x SIP/2.0\r\nCall-ID: abc\r\n\r\n", true);
    let bytes = packet(&seen, &collector);
    assert_eq!(&bytes[..4], b"HEP3");
    assert_eq!(usize::from(u16::from_be_bytes([bytes[4], bytes[5]])), bytes.len());
    let mut chunks = Vec::new();
    let mut rest = &bytes[6..];
    while !rest.is_empty() {
        let n_bytes = usize::from(u16::from_be_bytes([rest[4], rest[5]]));
        chunks.push((u16::from_be_bytes([rest[2], rest[3]]), rest[6..n_bytes].to_vec()));
        rest = &rest[n_bytes..];
    }
    let value = |kind: u16| chunks.iter().find(|(known, _)| *known == kind).map(|(_, value)| value.as_slice());
    assert_eq!((value(1), value(2), value(11)), (Some(&[2][..]), Some(&[17][..]), Some(&[1][..])));
    assert_eq!((value(3), value(4)), (Some(&[192, 0, 2, 1][..]), Some(&[192, 0, 2, 9][..])), "ours speaks");
    assert_eq!((value(7), value(8)), (Some(&5060_u16.to_be_bytes()[..]), Some(&5090_u16.to_be_bytes()[..])));
    assert_eq!(value(9), Some(&1_700_000_000_u32.to_be_bytes()[..]));
    assert_eq!((value(12), value(14), value(17)), (Some(&[0, 0, 0, 7][..]), Some(&b"k"[..]), Some(&b"abc"[..])));
    assert_eq!(value(15), Some(&seen.packet[..]));
}

fn seen(text: &str, is_sent: bool) -> Seen {
    let address = |text: &str| text.parse::<SocketAddr>().unwrap();
    Seen {
        at: Timestamp::from_second(1_700_000_000).unwrap(),
        is_sent,
        transport: Transport::Udp,
        remote: address("192.0.2.9:5090"),
        local: Some(address("192.0.2.1:5060")),
        packet: Bytes::copy_from_slice(text.as_bytes()),
    }
}
