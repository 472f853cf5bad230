use jiff::Timestamp;
use phone::apps::queue::{Activity, After, Does, News};
use phone::id::{FactId, QueueId, TenantId, UserId};
use phone::money::lost::Moment;
use phone::record::agent::AgentFact;
use uuid::Uuid;

use crate::spool::writer::some_record;
use server::spool::frame::*;

#[test]
fn the_checksum_is_the_well_known_one() {
    assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
}

#[test]
fn what_is_written_is_read() {
    let mut bytes = Vec::new();
    for n in 0..3 {
        write(&some_record(n), &mut bytes).unwrap();
    }
    let contents = read(&bytes);
    let entry = |n| Entry::Record(Box::new(some_record(n)));
    assert_eq!(contents.entries, [entry(0), entry(1), entry(2)]);
    assert_eq!(contents.n_damaged, 0);
}

#[test]
fn a_cut_anywhere_costs_the_last_record_only() {
    let mut bytes = Vec::new();
    write(&some_record(0), &mut bytes).unwrap();
    let first = bytes.len();
    write(&some_record(1), &mut bytes).unwrap();
    // Without the newline the record is whole still.
    for end in first + 1..bytes.len() - 1 {
        let contents = read(bytes.get(..end).unwrap());
        assert_eq!((contents.entries.len(), contents.n_damaged), (1, 1), "cut at {end}");
    }
}

#[test]
fn a_damaged_frame_costs_itself_only() {
    let mut bytes = Vec::new();
    for n in 0..3 {
        write(&some_record(n), &mut bytes).unwrap();
    }
    let middle = bytes.len() / 2;
    *bytes.get_mut(middle).unwrap() ^= 0x01;
    let contents = read(&bytes);
    assert_eq!((contents.entries.len(), contents.n_damaged), (2, 1));
}

#[test]
fn a_process_lived_when_it_said_so_after_all_that_is_whole() {
    let alive = |ns| Moment { process: Timestamp::UNIX_EPOCH, ns };
    let mut bytes = Vec::new();
    write(&Entry::Alive(alive(1)), &mut bytes).unwrap();
    write(&some_record(0), &mut bytes).unwrap();
    let until = bytes.len();
    write(&some_record(1), &mut bytes).unwrap();
    write(&Entry::Alive(alive(2)), &mut bytes).unwrap();
    let contents = read(&bytes);
    assert_eq!((contents.entries.len(), contents.n_damaged, contents.alive), (2, 0, Some(alive(2))));
    // What is damaged may be the end of a call.
    *bytes.get_mut(until + 40).unwrap() ^= 0x01;
    let contents = read(&bytes);
    assert_eq!((contents.entries.len(), contents.n_damaged, contents.alive), (1, 1, Some(alive(1))));
}

#[test]
fn what_is_new_of_an_agent_is_read_beside_records() {
    let does = Does { activity: Activity::WrapUp, queue: Some(QueueId(Uuid::from_u64_pair(3, 1))) };
    let after = Some(After { did: Does { activity: Activity::Available, queue: None }, lasted_ms: 1_500 });
    let mut bytes = Vec::new();
    let facts =
        [News::Does { does, after }, News::OptedOut { queue: QueueId(Uuid::from_u64_pair(3, 1)) }].map(|news| {
            let (id, tenant) = (FactId(Uuid::from_u64_pair(4, 0)), TenantId(Uuid::from_u64_pair(2, 0)));
            let fact =
                AgentFact { id, tenant, agent: UserId(Uuid::from_u64_pair(5, 0)), at: Timestamp::UNIX_EPOCH, news };
            Entry::Agent(Box::new(fact))
        });
    write(&facts[0], &mut bytes).unwrap();
    write(&some_record(0), &mut bytes).unwrap();
    write(&facts[1], &mut bytes).unwrap();
    let contents = read(&bytes);
    let [first, second] = facts;
    assert_eq!(contents.entries, [first, Entry::Record(Box::new(some_record(0))), second]);
}
