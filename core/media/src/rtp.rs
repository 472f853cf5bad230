//! RTP packets on slices. RFC 3550 §5.1

/// Length of a header without contributing sources and extension.
pub const HEADER_BYTES: usize = 12;

/// A packet's header, and where its payload lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    pub marker: bool,
    /// The payload type, 0 to 127.
    pub payload: u8,
    pub sequence: u16,
    pub timestamp: u32,
    pub ssrc: u32,
    /// First byte after contributing sources and extension.
    pub start: usize,
    /// First byte of the padding, or the packet's length.
    pub end: usize,
}

impl Header {
    /// None for what is not RTP: wrong version, cut off, impossible padding.
    pub fn parse(packet: &[u8]) -> Option<Self> {
        let (fixed, rest) = packet.split_first_chunk::<HEADER_BYTES>()?;
        let [first, second, s0, s1, t0, t1, t2, t3, i0, i1, i2, i3] = *fixed;
        if first >> 6 != 2 {
            return None;
        }
        let mut start = HEADER_BYTES + usize::from(first & 0x0F) * 4;
        if first & 0x10 != 0 {
            let extension = rest.get(start - HEADER_BYTES..)?;
            let [_, _, high, low, ..] = *extension else { return None };
            start += 4 + usize::from(u16::from_be_bytes([high, low])) * 4;
        }
        let padding = if first & 0x20 != 0 { usize::from(*packet.last()?).max(1) } else { 0 };
        let end = packet.len().checked_sub(padding)?;
        (start <= end).then_some(Self {
            marker: second & 0x80 != 0,
            payload: second & 0x7F,
            sequence: u16::from_be_bytes([s0, s1]),
            timestamp: u32::from_be_bytes([t0, t1, t2, t3]),
            ssrc: u32::from_be_bytes([i0, i1, i2, i3]),
            start,
            end,
        })
    }

    /// Appends a header without contributing sources, extension and padding.
    pub fn write(&self, out: &mut Vec<u8>) {
        let [s0, s1] = self.sequence.to_be_bytes();
        let [t0, t1, t2, t3] = self.timestamp.to_be_bytes();
        let [i0, i1, i2, i3] = self.ssrc.to_be_bytes();
        let second = u8::from(self.marker) << 7 | self.payload & 0x7F;
        out.extend_from_slice(&[0x80, second, s0, s1, t0, t1, t2, t3, i0, i1, i2, i3]);
    }
}

/// Whether a packet on a shared port is RTCP. RFC 5761 §4
pub fn is_rtcp(packet: &[u8]) -> bool {
    matches!(packet, [_, 192..=223, ..])
}
