//! RTCP: reports about what was sent and heard. RFC 3550 §6

use crate::limits::RTCP_BLOCKS_MAX;

const SENDER_REPORT: u8 = 200;
const RECEIVER_REPORT: u8 = 201;
const SOURCE_DESCRIPTION: u8 = 202;
const BYE: u8 = 203;
const SENDER_INFO_BYTES: usize = 20;

/// What a compound packet says, one part after the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// `ntp_middle` is the middle half of the sender's clock, to be sent back.
    SenderReport {
        ssrc: u32,
        ntp_middle: u32,
    },
    Block(Block),
    Bye,
}

/// What a receiver says of one stream. RFC 3550 §6.4.1
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Block {
    /// The stream that is reported on.
    pub ssrc: u32,
    /// Since the report before, in 256ths.
    pub fraction_lost: u8,
    /// Since the beginning; negative with duplicates. 24 bits on the wire.
    pub lost: i32,
    pub sequence_max: u32,
    /// In timestamp units.
    pub jitter: u32,
    /// `ntp_middle` of the last sender report that came, zero for none.
    pub last_report: u32,
    /// How long ago that was, in 65,536ths of a second.
    pub since_last_report: u32,
}

/// What a sender report tells besides its blocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SenderInfo {
    /// 32.32 fixed point seconds.
    pub ntp: u64,
    pub timestamp: u32,
    pub packets: u32,
    pub octets: u32,
}

/// Reads a compound packet; false if it isn't one. Parts before a broken one are reported.
pub fn read(packet: &[u8], mut tell: impl FnMut(Part)) -> bool {
    let mut rest = packet;
    let mut blocks = 0;
    while let [first, kind, high, low, ..] = *rest {
        let length = 4 + 4 * usize::from(u16::from_be_bytes([high, low]));
        let Some((body, next)) = rest.split_at_checked(length) else { return false };
        if first >> 6 != 2 {
            return false;
        }
        let mut body = body.get(4..).unwrap_or(&[]);
        match kind {
            SENDER_REPORT | RECEIVER_REPORT => {
                let Some(ssrc) = take_u32(&mut body) else { return false };
                if kind == SENDER_REPORT {
                    let Some((info, blocks)) = body.split_at_checked(SENDER_INFO_BYTES) else { return false };
                    let mut middle = info.get(2..6).unwrap_or(&[]);
                    tell(Part::SenderReport { ssrc, ntp_middle: take_u32(&mut middle).unwrap_or(0) });
                    body = blocks;
                }
                for _ in 0..first & 0x1F {
                    let Some(block) = Block::read(&mut body) else { return false };
                    blocks += 1;
                    if blocks > RTCP_BLOCKS_MAX {
                        return false;
                    }
                    tell(Part::Block(block));
                }
            }
            BYE => tell(Part::Bye),
            _ => {}
        }
        rest = next;
    }
    rest.is_empty() && !packet.is_empty()
}

/// Appends a report and who it comes from: a sender report if anything was sent, else a receiver report.
pub fn write_report(out: &mut Vec<u8>, ssrc: u32, info: Option<SenderInfo>, block: Option<Block>, name: &[u8; 8]) {
    let count = u8::from(block.is_some());
    let words = 1 + if info.is_some() { 5 } else { 0 } + if block.is_some() { 6 } else { 0 };
    head(out, count, if info.is_some() { SENDER_REPORT } else { RECEIVER_REPORT }, words);
    out.extend_from_slice(&ssrc.to_be_bytes());
    if let Some(info) = info {
        out.extend_from_slice(&info.ntp.to_be_bytes());
        for field in [info.timestamp, info.packets, info.octets] {
            out.extend_from_slice(&field.to_be_bytes());
        }
    }
    if let Some(block) = block {
        block.write(out);
    }
    // One chunk: SSRC, CNAME, its length, the name, an end and padding to a word.
    head(out, 1, SOURCE_DESCRIPTION, 4);
    out.extend_from_slice(&ssrc.to_be_bytes());
    out.extend_from_slice(&[1, 8]);
    out.extend_from_slice(name);
    out.extend_from_slice(&[0, 0]);
}

/// Appends the end of a stream. RFC 3550 §6.6
pub fn write_bye(out: &mut Vec<u8>, ssrc: u32) {
    head(out, 1, BYE, 1);
    out.extend_from_slice(&ssrc.to_be_bytes());
}

fn head(out: &mut Vec<u8>, count: u8, kind: u8, words: u16) {
    let [high, low] = words.to_be_bytes();
    out.extend_from_slice(&[0x80 | count, kind, high, low]);
}

impl Block {
    fn read(body: &mut &[u8]) -> Option<Self> {
        let ssrc = take_u32(body)?;
        let loss = take_u32(body)?;
        // Sign-extended from 24 bits.
        let lost = (loss << 8).cast_signed() >> 8;
        Some(Self {
            ssrc,
            fraction_lost: loss.to_be_bytes()[0],
            lost,
            sequence_max: take_u32(body)?,
            jitter: take_u32(body)?,
            last_report: take_u32(body)?,
            since_last_report: take_u32(body)?,
        })
    }

    fn write(&self, out: &mut Vec<u8>) {
        let lost = self.lost.clamp(-0x80_0000, 0x7F_FFFF).cast_unsigned() & 0xFF_FFFF;
        let loss = u32::from(self.fraction_lost) << 24 | lost;
        for field in [self.ssrc, loss, self.sequence_max, self.jitter, self.last_report, self.since_last_report] {
            out.extend_from_slice(&field.to_be_bytes());
        }
    }
}

fn take_u32(bytes: &mut &[u8]) -> Option<u32> {
    let (word, rest) = bytes.split_first_chunk::<4>()?;
    *bytes = rest;
    Some(u32::from_be_bytes(*word))
}
