//! What each country's network plays. ITU-T E.180 supplement 2.

use super::{Beat, STEADY_MS};

/// What one country plays. A single beat is continuous.
pub(super) struct Tones {
    pub(super) dial: &'static [Beat],
    pub(super) ring_back: &'static [Beat],
    pub(super) busy: &'static [Beat],
    pub(super) congestion: &'static [Beat],
}

const STEADY_425: &[Beat] = &[(&[425], STEADY_MS)];
const HALVES_425: &[Beat] = &[(&[425], 500), (&[], 500)];
const QUARTERS_425: &[Beat] = &[(&[425], 250), (&[], 250)];
const FIFTHS_425: &[Beat] = &[(&[425], 200), (&[], 200)];
const RING_1_4: &[Beat] = &[(&[425], 1_000), (&[], 4_000)];
const RING_1_5: &[Beat] = &[(&[425], 1_000), (&[], 5_000)];
const RING_TWICE_400_450: &[Beat] = &[(&[400, 450], 400), (&[], 200), (&[400, 450], 400), (&[], 2_000)];

/// What most of the world plays, and what E.180 recommends.
const ITU: Tones = Tones { dial: STEADY_425, ring_back: RING_1_4, busy: HALVES_425, congestion: QUARTERS_425 };

const NORTH_AMERICA: Tones = Tones {
    dial: &[(&[350, 440], STEADY_MS)],
    ring_back: &[(&[440, 480], 2_000), (&[], 4_000)],
    busy: &[(&[480, 620], 500), (&[], 500)],
    congestion: &[(&[480, 620], 250), (&[], 250)],
};

/// A modulated tone (425 Hz by 25 Hz) is written as the two frequencies that it consists of.
pub(super) fn tones_of(country: [u8; 2]) -> Tones {
    match &country {
        b"US" | b"CA" | b"PR" => NORTH_AMERICA,
        b"AT" => Tones {
            dial: &[(&[420], STEADY_MS)],
            ring_back: &[(&[420], 1_000), (&[], 5_000)],
            busy: &[(&[420], 400), (&[], 400)],
            congestion: &[(&[420], 200), (&[], 200)],
        },
        b"AU" => Tones {
            dial: &[(&[400, 450], STEADY_MS)],
            ring_back: RING_TWICE_400_450,
            busy: &[(&[425], 375), (&[], 375)],
            congestion: &[(&[425], 375), (&[], 375)],
        },
        b"BR" => {
            Tones { busy: QUARTERS_425, congestion: &[(&[425], 250), (&[], 250), (&[425], 750), (&[], 250)], ..ITU }
        }
        b"CH" | b"NO" => Tones { congestion: FIFTHS_425, ..ITU },
        b"DE" => Tones { busy: &[(&[425], 480), (&[], 480)], congestion: &[(&[425], 240), (&[], 240)], ..ITU },
        b"ES" => Tones {
            ring_back: &[(&[425], 1_500), (&[], 3_000)],
            busy: FIFTHS_425,
            congestion: &[(&[425], 200), (&[], 200), (&[425], 200), (&[], 200), (&[425], 200), (&[], 600)],
            ..ITU
        },
        b"FI" => Tones { busy: &[(&[425], 300), (&[], 300)], congestion: FIFTHS_425, ..ITU },
        b"FR" => Tones {
            dial: &[(&[440], STEADY_MS)],
            ring_back: &[(&[440], 1_500), (&[], 3_500)],
            busy: &[(&[440], 500), (&[], 500)],
            congestion: &[(&[440], 250), (&[], 250)],
        },
        b"GB" => Tones {
            dial: &[(&[350, 440], STEADY_MS)],
            ring_back: RING_TWICE_400_450,
            busy: &[(&[400], 375), (&[], 375)],
            congestion: &[(&[400], 400), (&[], 350), (&[400], 225), (&[], 525)],
        },
        b"IE" => Tones { ring_back: RING_TWICE_400_450, ..ITU },
        b"IN" => Tones {
            dial: &[(&[375, 425], STEADY_MS)],
            ring_back: &[(&[375, 425], 400), (&[], 200), (&[375, 425], 400), (&[], 2_000)],
            busy: &[(&[400], 750), (&[], 750)],
            congestion: &[(&[400], 250), (&[], 250)],
        },
        b"IT" => {
            Tones { dial: &[(&[425], 200), (&[], 200), (&[425], 600), (&[], 1_000)], congestion: FIFTHS_425, ..ITU }
        }
        b"JP" => Tones {
            dial: &[(&[400], STEADY_MS)],
            ring_back: &[(&[384, 416], 1_000), (&[], 2_000)],
            busy: &[(&[400], 500), (&[], 500)],
            congestion: &[(&[400], 500), (&[], 500)],
        },
        b"NZ" => Tones {
            dial: &[(&[400], STEADY_MS)],
            ring_back: RING_TWICE_400_450,
            busy: &[(&[400], 500), (&[], 500)],
            congestion: &[(&[400], 250), (&[], 250)],
        },
        b"PT" => Tones { ring_back: RING_1_5, congestion: FIFTHS_425, ..ITU },
        b"SE" => Tones { ring_back: RING_1_5, busy: QUARTERS_425, congestion: &[(&[425], 250), (&[], 750)], ..ITU },
        // Among them NL, BE, DK, PL and MX.
        _ => ITU,
    }
}
