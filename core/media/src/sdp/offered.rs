//! What an offer holds, before anybody answers it.

use super::Codec;
use super::description::Description;
use super::format::Format;

/// The codecs that an offer's audio names and the engine knows, in the offer's order; none if it can't be read.
/// Whoever calls on with the same order first needs no transcoding.
pub fn offered_codecs(offer: &[u8]) -> Vec<Codec> {
    let Ok(offer) = Description::parse(offer) else { return Vec::new() };
    let Some(audio) = offer.media.iter().find(|media| media.kind == "audio" && media.port != 0) else {
        return Vec::new();
    };
    let codecs = audio.formats().filter_map(|(number, encoding)| match Format::read(number, encoding) {
        Some(Format::Audio(codec)) => Some(codec),
        Some(Format::ComfortNoise | Format::Event { .. }) | None => None,
    });
    codecs.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codecs_come_in_the_order_of_the_offer() {
        let offer = "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n\
                     m=audio 4000 RTP/AVP 8 111 101 0\r\na=rtpmap:111 opus/48000/2\r\n\
                     a=rtpmap:101 telephone-event/8000\r\n";
        assert_eq!(offered_codecs(offer.as_bytes()), [Codec::Pcma, Codec::Opus, Codec::Pcmu]);
        assert_eq!(offered_codecs(b"nonsense"), []);
    }
}
