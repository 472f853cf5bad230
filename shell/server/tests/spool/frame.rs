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
    assert_eq!(contents.records, [some_record(0), some_record(1), some_record(2)]);
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
        assert_eq!((contents.records.len(), contents.n_damaged), (1, 1), "cut at {end}");
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
    assert_eq!((contents.records.len(), contents.n_damaged), (2, 1));
}
