//! One entry in a segment: its length and checksum in hexadecimal, the JSON, a newline.

use phone::money::charge::Charge;
use phone::money::lost::Moment;
use phone::record::CallRecord;
use phone::record::agent::AgentFact;
use serde::Serialize;

/// What goes through the spool. Each has a name of its own, by which the database keeps it once.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Entry {
    Agent(Box<AgentFact>),
    /// The process lives, after all that came before.
    Alive(Moment),
    Charge(Box<Charge>),
    Record(Box<CallRecord>),
}

/// `llllllll cccccccc `: both numbers with eight digits.
const HEADER_LEN: usize = 18;

/// Appends an entry.
pub fn write(entry: &impl Serialize, out: &mut Vec<u8>) -> serde_json::Result<()> {
    let start = out.len();
    out.extend_from_slice(&[b' '; HEADER_LEN]);
    if let Err(error) = serde_json::to_writer(&mut *out, entry) {
        out.truncate(start);
        return Err(error);
    }
    let (head, json) = out.split_at_mut(start + HEADER_LEN);
    let header = format!("{:08x} {:08x} ", json.len(), crc32(json));
    if let Some(head) = head.get_mut(start..) {
        head.copy_from_slice(header.as_bytes());
    }
    out.push(b'\n');
    Ok(())
}

/// What a segment holds.
#[derive(Debug, Default)]
pub struct Contents {
    pub entries: Vec<Entry>,
    /// When a process said last that it lives, as far as everything before that is whole.
    pub alive: Option<Moment>,
    /// Frames that were cut or damaged; the last one usually, when the process was killed while it wrote.
    pub n_damaged: usize,
}

/// Reads all frames that are whole.
pub fn read(bytes: &[u8]) -> Contents {
    let mut contents = Contents::default();
    for line in bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
        match read_one(line) {
            // What was lost before it may be the end of a call.
            Some(Entry::Alive(at)) if contents.n_damaged == 0 => contents.alive = Some(at),
            Some(Entry::Alive(_)) => {}
            Some(entry) => contents.entries.push(entry),
            None => contents.n_damaged += 1,
        }
    }
    contents
}

fn read_one(line: &[u8]) -> Option<Entry> {
    let (header, json) = line.split_at_checked(HEADER_LEN)?;
    let header = std::str::from_utf8(header).ok()?;
    let (len, checksum) = header.trim_end().split_once(' ')?;
    let len = usize::from_str_radix(len, 16).ok()?;
    let checksum = u32::from_str_radix(checksum, 16).ok()?;
    if len != json.len() || checksum != crc32(json) {
        return None;
    }
    // No entry of one kind has all fields of the other.
    let record = serde_json::from_slice(json).map(Entry::Record);
    let fact = || serde_json::from_slice(json).map(Entry::Agent);
    let charge = || serde_json::from_slice(json).map(Entry::Charge);
    record.or_else(|_| fact()).or_else(|_| charge()).or_else(|_| serde_json::from_slice(json).map(Entry::Alive)).ok()
}

/// CRC-32 of ISO 3309, as in gzip.
pub fn crc32(bytes: &[u8]) -> u32 {
    let step = |crc: u32, byte: &u8| {
        let index = usize::from(crc.to_le_bytes()[0] ^ byte);
        TABLE.get(index).copied().unwrap_or(0) ^ (crc >> 8)
    };
    !bytes.iter().fold(u32::MAX, step)
}

const TABLE: [u32; 256] = table();

const fn table() -> [u32; 256] {
    let mut table = [0; 256];
    let mut index = 0;
    while index < 256 {
        let mut value = index as u32;
        let mut bit = 0;
        while bit < 8 {
            value = if value & 1 == 1 { 0xedb8_8320 ^ (value >> 1) } else { value >> 1 };
            bit += 1;
        }
        table[index] = value;
        index += 1;
    }
    table
}
