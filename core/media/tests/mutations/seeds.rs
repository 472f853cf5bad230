//! What honest peers send, to put errors into.

use media::codec::{Encoder, FRAME_MS};
use media::prompt::Prompt;
use media::rtcp::{Block, SenderInfo, write_bye, write_report};
use media::rtp::Header;
use media::sdp::Codec;
use media::stun::{Kind, Writer, attribute};
use sha2::{Digest, Sha256};

const KEY: &str = "d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj";

pub fn descriptions() -> Vec<Vec<u8>> {
    let head = "v=0\r\no=- 20007 20007 IN IP4 192.168.1.20\r\ns=SDP data\r\nc=IN IP4 192.168.1.20\r\nt=0 0\r\n";
    let phone = format!(
        "{head}m=audio 11792 RTP/AVP 0 8 18 9 101\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:18 G729/8000\r\n\
         a=fmtp:101 0-15\r\na=rtpmap:101 telephone-event/8000\r\na=ptime:20\r\na=maxptime:60\r\na=sendrecv\r\n"
    );
    let encrypted = format!(
        "{head}m=audio 50018 RTP/SAVP 104 9 111 0 8 97 101 13 118\r\nc=IN IP4 52.112.0.1\r\na=rtcp:50019 IN IP4 1.2.3.4\r\n\
         a=mid:1\r\na=sendonly\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:{KEY}|2^31\r\na=rtpmap:111 opus/48000/2\r\n\
         a=crypto:2 AES_CM_128_HMAC_SHA1_32 inline:{KEY}\r\na=rtpmap:97 RED/8000\r\na=rtpmap:101 telephone-event/8000\r\n\
         a=rtpmap:118 CN/16000\r\na=rtcp-mux\r\nm=video 0 RTP/SAVP 122\r\na=rtpmap:122 X-H264UC/90000\r\n"
    );
    let six = "v=0\r\no=- 1 1 IN IP6 2001:db8::7\r\ns=-\r\nc=IN IP6 2001:db8::7\r\nt=0 0\r\na=inactive\r\n\
         m=video 4002 RTP/AVP 31\r\nm=audio 4000/2 RTP/AVPF 9 8\r\nc=IN IP6 ::ffff:192.0.2.1\r\na=ptime:30\r\n\
         m=audio 4004 RTP/AVP 0\r\nm=application 9 UDP/BFCP *\r\n";
    let ours = format!(
        "v=0\r\no=- 1 1 IN IP4 203.0.113.1\r\ns=-\r\nc=IN IP4 203.0.113.1\r\nt=0 0\r\nm=audio 4000 RTP/SAVP 0 101\r\n\
         a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:{KEY}\r\n"
    );
    let browser = format!(
        "v=0\r\no=- 4 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111 9 0 110 126\r\n\
         c=IN IP4 0.0.0.0\r\na=ice-ufrag:Brow\r\na=ice-pwd:abcdefghijklmnopqrstuvwx\r\na=fingerprint:sha-256 {}\r\n\
         a=setup:actpass\r\na=mid:0\r\na=sendrecv\r\na=rtcp-mux\r\na=rtpmap:111 opus/48000/2\r\n\
         a=rtpmap:110 telephone-event/48000\r\na=rtpmap:126 telephone-event/8000\r\n",
        ["0A"; 32].join(":")
    );
    [phone, encrypted, six.to_owned(), ours, browser].map(String::into_bytes).into()
}

pub fn stun() -> Vec<Vec<u8>> {
    let mut packets = Vec::new();
    for kind in [Kind::BindingRequest, Kind::BindingSuccess, Kind::BindingError] {
        let mut packet = Vec::new();
        let mut writer = Writer::new(&mut packet, kind, [3; 12]);
        writer.attribute(attribute::USERNAME, b"them:us");
        writer.attribute(attribute::PRIORITY, &[0x6e, 0, 1, 0xff]);
        writer.mapped_address(([192, 0, 2, 1], 4_000).into());
        writer.error(487, "Role Conflict");
        writer.finish(b"abcdefghijklmnopqrstuvwx");
        packets.push(packet);
    }
    // A keep-alive, with the name of a product.
    let header = [0, 1, 0, 8, 0x21, 0x12, 0xA4, 0x42, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];
    packets.push([&header[..], &[0x80, 0x22, 0, 4], b"demo"].concat());
    packets
}

pub fn rtp() -> Vec<Vec<u8>> {
    let mut packets: Vec<Vec<u8>> = (0..4).map(|n| packet(0, 1_000 + n, 160 * u32::from(n), &[0x55; 24])).collect();
    packets.push(packet(13, 1_004, 640, &[70, 10, 20]));
    // Contributing sources, an extension and padding.
    let mut full = packet(0, 1_005, 800, &[]);
    full[0] |= 0x32;
    full.extend([0, 0, 0, 1, 0, 0, 0, 2, 0xBE, 0xDE, 0, 1, 0x10, 0xFF, 0, 0, 1, 2, 3, 4, 0, 0, 3]);
    packets.push(full);
    packets
}

pub fn events() -> Vec<Vec<u8>> {
    let steps = (1_u16..=6).map(|step| {
        let [high, low] = (step.min(4) * 160).to_be_bytes();
        packet(101, 2_000 + step, 50_000, &[5, u8::from(step >= 4) << 7 | 10, high, low])
    });
    steps.chain([packet(0, 2_007, 51_000, &[0x55; 24])]).collect()
}

pub fn rtcp() -> Vec<Vec<u8>> {
    let info = SenderInfo { ntp: 1 << 40, timestamp: 160, packets: 100, octets: 16_000 };
    let block = Block {
        ssrc: 7,
        fraction_lost: 25,
        lost: -1,
        sequence_max: 70_000,
        jitter: 9,
        last_report: 1 << 20,
        since_last_report: 65_536,
    };
    let mut both = Vec::new();
    write_report(&mut both, 1, Some(info), Some(block), b"somebody");
    let mut end = Vec::new();
    write_report(&mut end, 1, None, None, b"somebody");
    write_bye(&mut end, 1);
    vec![both, end]
}

pub fn info_bodies() -> Vec<Vec<u8>> {
    [
        "application/dtmf-relay\nSignal=5\r\nDuration=160\r\n",
        "application/dtmf\n#",
        "Application/DTMF-Relay; x=y\nsignal: 11",
    ]
    .map(|text| text.as_bytes().to_vec())
    .into()
}

pub fn payloads() -> Vec<Vec<u8>> {
    Codec::ALL.into_iter().flat_map(|codec| encoded(codec, 6)).collect()
}

pub fn opus_packets() -> Vec<Vec<u8>> {
    let payloads = (0u16..).zip(encoded(Codec::Opus, 8));
    payloads.map(|(n, payload)| packet(111, n, 960 * u32::from(n), &payload)).collect()
}

pub fn prompts() -> Vec<Vec<u8>> {
    vec![Prompt::render(&voice(8_000, 60), 8_000).to_bytes(), Prompt::render(&[], 8_000).to_bytes()]
}

pub fn wav_files() -> Vec<Vec<u8>> {
    let pcm: Vec<u8> = voice(8_000, 20).iter().flat_map(|sample| sample.to_le_bytes()).collect();
    let cases = [(1u16, 1u16, 16u16), (1, 2, 24), (3, 1, 32), (6, 1, 8), (0xfffe, 2, 16)];
    let file = |(format, n_channels, bits): (u16, u16, u16)| {
        let frame = n_channels * bits / 8;
        let mut out = b"RIFF\0\0\0\0WAVELIST\x03\0\0\0abc\0fmt \x28\0\0\0".to_vec();
        out.extend([format.to_le_bytes(), n_channels.to_le_bytes()].concat());
        out.extend([8_000_u32.to_le_bytes(), (8_000 * u32::from(frame)).to_le_bytes()].concat());
        out.extend([frame.to_le_bytes(), bits.to_le_bytes()].concat());
        out.extend([
            22, 0, bits as u8, 0, 3, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xaa, 0, 0x38, 0x9b, 0x71,
        ]);
        out.extend(b"data");
        out.extend((pcm.len() as u32).to_le_bytes());
        out.extend(&pcm);
        out
    };
    cases.map(file).into()
}

/// A tone in three frames of layer III, the same behind a tag, and frames of layers I and II without sound.
pub fn mp3_files() -> Vec<Vec<u8>> {
    let tone = include_bytes!("../files/tone_440.mp3");
    let start = tone.windows(2).position(|two| two[0] == 0xFF && two[1] & 0xE0 == 0xE0).unwrap_or(0);
    let frames: Vec<u8> = tone.iter().skip(start).take(1_300).copied().collect();
    let tagged = [b"ID3\x04\0\0\0\0\0\x0aTIT2\0\0\0\0\0\0".as_slice(), &frames].concat();
    let empty = |head: [u8; 4], bytes: usize| {
        let frame = [head.as_slice(), &vec![0; bytes - 4]].concat();
        frame.repeat(4)
    };
    vec![frames, tagged, empty([0xFF, 0xFF, 0x10, 0xC0], 32), empty([0xFF, 0xF5, 0x14, 0xC0], 48)]
}

pub fn ogg_files() -> Vec<Vec<u8>> {
    let long: Vec<Vec<u8>> = encoded(Codec::Opus, 4);
    // Code 3: a count of frames, with padding.
    let many = vec![vec![0x0B, 0x42, 1, 0, 0, 0], vec![0xFF, 0x03, 1, 2, 3], vec![0xF8]];
    vec![ogg_opus(1, &long), ogg_opus(2, &long), ogg_opus(1, &many), ogg_opus(1, &vec![vec![0x08]; 300])]
}

/// Makes each page's checksum fit what is in the page. RFC 3533 §6
pub fn mend_ogg_checksums(file: &mut [u8]) {
    let mut at = 0;
    while let Some(offset) = file.get(at..).and_then(|rest| rest.windows(4).position(|four| four == b"OggS")) {
        at += offset;
        let Some(&n_segments) = file.get(at + 26) else { return };
        let table = at + 27..at + 27 + usize::from(n_segments);
        let Some(lengths) = file.get(table.clone()) else { return };
        let end = table.end + lengths.iter().map(|length| usize::from(*length)).sum::<usize>();
        let Some(page) = file.get_mut(at..end) else { return };
        page[22..26].fill(0);
        let sum = page.iter().fold(0_u32, |sum, byte| {
            (0..8).fold(sum ^ u32::from(*byte) << 24, |sum, _| sum << 1 ^ if sum >> 31 == 1 { 0x04C1_1DB7 } else { 0 })
        });
        page[22..26].copy_from_slice(&sum.to_le_bytes());
        at += 4;
    }
}

/// Makes the digest at a rendered prompt's end fit what is before it.
pub fn mend_prompt_digest(file: &mut [u8]) {
    let Some((body, digest)) = file.split_last_chunk_mut::<16>() else { return };
    digest.copy_from_slice(&Sha256::digest(body)[..16]);
}

fn ogg_opus(n_channels: u8, packets: &[Vec<u8>]) -> Vec<u8> {
    use ogg::writing::PacketWriteEndInfo::{EndPage, EndStream, NormalPacket};
    let mut writer = ogg::PacketWriter::new(Vec::new());
    let mut head = b"OpusHead\x01\x01\x38\x01\x80\xbb\0\0\0\0\0".to_vec();
    head[9] = n_channels;
    let tags = b"OpusTags\0\0\0\0\0\0\0\0".to_vec();
    for packet in [head, tags] {
        writer.write_packet(packet, 7, EndPage, 0).expect("it goes to memory");
    }
    for (n, packet) in packets.iter().enumerate() {
        let place = if n + 1 == packets.len() { EndStream } else { NormalPacket };
        writer.write_packet(packet.clone(), 7, place, (n as u64 + 1) * 960).expect("it goes to memory");
    }
    writer.into_inner()
}

fn packet(payload: u8, sequence: u16, timestamp: u32, sound: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    Header { marker: false, payload, sequence, timestamp, ssrc: 0xA11C_E000, start: 0, end: 0 }.write(&mut out);
    out.extend_from_slice(sound);
    out
}

fn encoded(codec: Codec, n_frames: usize) -> Vec<Vec<u8>> {
    let mut encoder = Encoder::new(codec);
    let sound = voice(codec.sample_rate(), FRAME_MS * n_frames as u32);
    let mut payload = |frame: &[i16]| {
        let mut out = Vec::new();
        encoder.encode(frame, &mut out);
        out
    };
    sound.chunks_exact(codec.samples_per_frame()).map(&mut payload).collect()
}

/// Something loud with a pitch.
fn voice(rate: u32, ms: u32) -> Vec<i16> {
    let sample = |i: u32| {
        let phase = std::f64::consts::TAU * 220.0 * f64::from(i) / f64::from(rate);
        ((phase.sin() + (phase * 3.0).sin() / 2.0) * 7_000.0) as i16
    };
    (0..rate * ms / 1_000).map(sample).collect()
}
