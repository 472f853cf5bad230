//! Call-progress tones by country. ITU-T E.180 supplement 2.

/// Which tone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ToneKind {
    Busy,
    Congestion,
    Dial,
    /// A steady 440 Hz, for audio tests.
    Reference,
    RingBack,
}

/// A tone as a country's network plays it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tone {
    pub kind: ToneKind,
    /// ISO 3166 alpha-2, upper case; an unknown one sounds like the ITU's recommendation.
    pub country: [u8; 2],
}
