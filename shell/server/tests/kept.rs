//! Calls that the next process goes on with, as files.

use std::path::Path;

use jiff::Timestamp;
use media::sdp::Codec;
use phone::apps::Priority;
use phone::apps::queue::Standing;
use phone::id::{CallId, QueueId, TenantId, TrunkId};
use phone::numbers::E164;
use phone::record::segment::{Pass, QueuePass, Segment};
use phone::record::{Direction, PathStep, Step};
use server::kept::file;
use server::kept::intake;
use server::kept::keeper::Keeper;
use sip::dialog::kept::KeptDialog;
use sip::endpoint::{KeptSession, KeptUsage};
use sip::{Target, Transport};
use switch::keeping::{KeptCall, KeptLeg, KeptRecord, KeptWait};
use switch::party::{Party, Place};
use uuid::Uuid;

#[test]
fn what_is_written_is_read_again() {
    let call = call(1, 0);
    assert_eq!(file::read(&file::write(&call).unwrap()), Some(call));
}

#[test]
fn what_is_cut_or_of_another_version_is_not_read() {
    let bytes = file::write(&call(1, 0)).unwrap();
    for n_bytes in [0, 1, bytes.len() / 2, bytes.len() - 1] {
        assert_eq!(file::read(&bytes[..n_bytes]), None, "{n_bytes} bytes");
    }
    let text = String::from_utf8(bytes).unwrap();
    assert_eq!(file::read(text.replacen("\"version\":1", "\"version\":2", 1).as_bytes()), None);
    assert_eq!(file::read(text.replacen("\"transport\":\"UDP\"", "\"transport\":\"PIGEON\"", 1).as_bytes()), None);
}

#[test]
fn the_next_process_finds_who_waits_in_order_and_nobody_else() {
    let dir = tempfile::tempdir().unwrap();
    run(dir.path(), |intake| {
        for (number, secs) in [(1, 30), (2, 10), (3, 20), (4, 5)] {
            intake.keep(Box::new(call(number, secs)));
        }
        intake.forget(call(4, 0).id);
        // Nobody knows that one.
        intake.forget(call(9, 0).id);
        let mut again = call(3, 20);
        again.wait.n_offers = 7;
        intake.keep(Box::new(again));
    });
    std::fs::write(dir.path().join("cut.json"), "{").unwrap();
    let left = Keeper::open(dir.path().to_owned()).unwrap().left().unwrap();
    let found: Vec<_> = left.iter().map(|call| (call.id.0.as_u128(), call.wait.n_offers)).collect();
    assert_eq!(found, [(2, 1), (3, 7), (1, 1)]);
    assert!(!dir.path().join("cut.json").exists(), "what can't be read is not read again and again");
}

#[test]
fn a_disk_that_takes_nothing_stops_nobody() {
    let dir = tempfile::tempdir().unwrap();
    let keeper = Keeper::open(dir.path().join("kept")).unwrap();
    std::fs::remove_dir(dir.path().join("kept")).unwrap();
    let (intake, notes) = intake();
    intake.keep(Box::new(call(1, 0)));
    intake.forget(call(1, 0).id);
    drop(intake);
    keeper.run(&notes);
}

/// Runs a keeper until it has done what it was told.
fn run(dir: &Path, tell: impl FnOnce(&server::kept::Intake)) {
    let keeper = Keeper::open(dir.to_owned()).unwrap();
    let (intake, notes) = intake();
    tell(&intake);
    drop(intake);
    keeper.run(&notes);
}

fn call(number: u128, arrived_secs: i64) -> KeptCall {
    let at = |secs| Timestamp::from_second(1_750_000_000 + secs).unwrap();
    let queue = QueueId(Uuid::from_u128(7));
    let pass = Pass::Queue(QueuePass::new(queue, "Sales".to_owned(), Some(20)));
    let step =
        Step::Queue { id: queue, name: "Sales".to_owned(), wait_seconds: 3, result: "timeout".to_owned(), offers: 1 };
    KeptCall {
        id: CallId(Uuid::from_u128(number)),
        tenant: TenantId(Uuid::from_u128(1)),
        wait: KeptWait {
            queue,
            segment: 0,
            priority: Priority::try_from(2).ok(),
            standing: Standing::Returned,
            arrived_at: at(arrived_secs),
            joined_at: at(31),
            waits_since: None,
            depth: 2,
            n_offers: 1,
        },
        leg: KeptLeg {
            party: Party {
                number: "+14155550123".to_owned(),
                name: Some("Zoë \"Z\"".to_owned()),
                place: Place::Trunk(TrunkId(Uuid::from_u128(3))),
            },
            line: E164::parse("+14255550110").ok(),
            answered_at: at(1),
            codec: Codec::Opus,
            is_encrypted: true,
            takes_events: true,
            origin: (u64::MAX >> 2, 4),
            max_forwards: 68,
            usage: KeptUsage {
                call_id: "abc@carrier".to_owned(),
                local_tag: "0".repeat(48),
                contact: "<sip:+14255550110@192.0.2.1:5060>".to_owned(),
                is_caller: false,
                session: Some(KeptSession { secs: 1_800, is_ours: true }),
                dialog: KeptDialog {
                    remote_tag: "their-tag".to_owned(),
                    head: "From: <sip:us>;tag=0\r\nTo: <sip:them>;tag=their-tag\r\nCall-ID: abc@carrier\r\n".to_owned(),
                    local_seq: 3,
                    remote_seq: Some(102),
                    remote_target: "<sip:sbc@192.0.2.9>".to_owned(),
                    routes: vec!["<sip:192.0.2.8;lr>".to_owned()],
                    flow: Target {
                        transport: Transport::Udp,
                        remote: "192.0.2.9:5060".parse().unwrap(),
                        connection: None,
                        server_name: Some("sbc.example".to_owned()),
                        local: "192.0.2.1:5060".parse().ok(),
                    },
                    allows_update: true,
                    supports_timer: true,
                },
            },
        },
        record: KeptRecord {
            direction: Direction::Inbound,
            from: "+14155550123".to_owned(),
            from_name: None,
            to: "+14255550110".to_owned(),
            began_at: at(0),
            legs: Vec::new(),
            path: vec![PathStep { at: at(4), step }],
            segments: vec![Segment::new(None, at(2), pass)],
            signature: None,
            decisions: vec!["the number is the main menu's".to_owned()],
        },
    }
}
