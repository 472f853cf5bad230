//! What the switch orders of the media threads, and what they tell it.

use std::sync::Arc;

use crate::prompt::Prompt;
use crate::quality::Quality;
use crate::sdp::Session;
use crate::tone::Tone;

/// One leg's sound; the switch names it and never reuses the name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LegId(pub u64);

/// One order to play; the switch names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PlayId(pub u64);

/// One media thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WorkerId(pub u16);

/// One recording of what a leg's peer says; the switch names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecordingId(pub u128);

/// The name of a rendered prompt: a hash of what it was rendered from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PromptId(pub [u8; 16]);

/// A pair of ports (RTP, and RTCP one above) that a media thread has bound and the switch may hand out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PortGrant {
    pub worker: WorkerId,
    /// The even port.
    pub rtp_port: u16,
}

/// What to play, one after the other.
#[derive(Clone, Debug)]
pub struct Playlist {
    pub items: Vec<Sound>,
    /// Begin again after the last item until stopped: hold music, ring-back.
    pub repeat: bool,
    /// Where in the first item to begin, in milliseconds; hold music goes on where it was.
    pub offset_ms: u64,
}

/// One thing to play.
#[derive(Clone, Debug)]
pub enum Sound {
    Prompt(Arc<Prompt>),
    /// Nothing, for so many milliseconds.
    Silence(u32),
    Tone(Tone),
}

/// An order of the switch to one media thread.
#[derive(Clone, Debug)]
pub enum Order {
    /// Couples two legs: what one says, the other hears. Stops what was playing on either.
    Bridge { a: LegId, b: LegId },
    /// The leg is over: [`Event::Closed`] follows with its quality, and its ports are free again.
    Close { leg: LegId },
    /// What this leg says, it hears again; the echo test.
    Echo { leg: LegId },
    /// Takes down what the leg's peer says from its first word on: [`Event::Spoke`] tells of that, [`Recorded`] pieces
    /// follow, and [`Event::Quiet`] tells once when nothing was said for `quiet_ms` after it.
    Listen { leg: LegId, recording: RecordingId, quiet_ms: u32 },
    /// The leg is on its way from another thread: what is ordered of it from now on waits until it is here.
    Expect { leg: LegId },
    /// Couples two legs, unless they are, and lets a third hear both. `reach` says who of the two hears the third; ordered
    /// again with another reach, nobody hears a break. When the third leaves, the two go on as they were coupled.
    Mix { a: LegId, b: LegId, by: LegId, reach: Reach },
    /// Gives the leg with its ports to another thread, which was ordered to expect it. What was bridged is parted;
    /// everything else of the leg goes on there.
    Move { leg: LegId, to: WorkerId },
    /// Opens a leg on a granted port pair. `session` is none while the offer waits for its answer:
    /// nothing is sent and packets are taken only to latch.
    Open { leg: LegId, grant: PortGrant, session: Option<Session> },
    /// Plays to this leg instead of what was played before; [`Event::Played`] follows unless it is stopped or repeats.
    Play { leg: LegId, play: PlayId, list: Playlist },
    /// Takes down what the leg's peer says from now on, until stopped or closed: [`Recorded`] pieces follow.
    /// [`Event::Quiet`] tells once when nothing was said for `quiet_ms`; 0 is never.
    Record { leg: LegId, recording: RecordingId, quiet_ms: u32 },
    /// Takes down both sides: the leg's peer on the left, those of `others` on the right, until stopped or closed. Ordered
    /// again for the same recording, it goes on with these others.
    RecordBoth { leg: LegId, others: [Option<LegId>; 2], recording: RecordingId },
    /// Sends digits to this leg's peer as RFC 4733 events (or not at all if they were not negotiated).
    SendDigit { leg: LegId, digit: Digit, duration_ms: u32 },
    /// A new description was negotiated: answer to our offer, re-INVITE, hold, retrieve.
    SetSession { leg: LegId, session: Session },
    /// Stops what is played to this leg.
    Stop { leg: LegId },
    /// Ends the recording of this leg; its last piece follows.
    StopRecording { leg: LegId },
    /// Parts what was bridged; both legs hear nothing until the next order.
    Unbridge { leg: LegId },
    /// Bind so many more port pairs and grant them.
    WantPorts { n: usize },
}

impl Order {
    /// The legs that the order is about.
    pub(crate) fn legs(&self) -> [Option<LegId>; 3] {
        match self {
            Self::Bridge { a, b } => [Some(*a), Some(*b), None],
            Self::Mix { a, b, by, .. } => [Some(*a), Some(*b), Some(*by)],
            Self::RecordBoth { leg, others: [one, other], .. } => [Some(*leg), *one, *other],
            Self::Close { leg }
            | Self::Echo { leg }
            | Self::Expect { leg }
            | Self::Listen { leg, .. }
            | Self::Move { leg, .. }
            | Self::Open { leg, .. }
            | Self::Play { leg, .. }
            | Self::Record { leg, .. }
            | Self::SendDigit { leg, .. }
            | Self::SetSession { leg, .. }
            | Self::Stop { leg }
            | Self::StopRecording { leg }
            | Self::Unbridge { leg } => [Some(*leg), None, None],
            Self::WantPorts { .. } => [None; 3],
        }
    }
}

/// Who of two that talk hears a third.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Neither: the third listens.
    Neither,
    /// Only the first of the two.
    First,
    /// Both.
    Both,
}

/// What a media thread tells the switch.
#[derive(Clone, Debug)]
pub enum Event {
    /// The ports of a closed leg are free; the quality is that of its whole life.
    Closed { leg: LegId, grant: PortGrant, quality: Quality },
    /// The leg's peer pressed a key: once for each press, at its start.
    Digit { leg: LegId, digit: Digit },
    /// New port pairs for the switch's stock, and how many more of those wanted will come: none of either if the thread
    /// could bind nothing.
    Granted { worker: WorkerId, grants: Vec<PortGrant>, n_coming: usize },
    /// The play list came to its end.
    Played { leg: LegId, play: PlayId },
    /// A leg that is recorded said nothing for as long as the order allowed.
    Quiet { leg: LegId, recording: RecordingId },
    /// The peer of a leg that is listened to begins to speak.
    Spoke { leg: LegId, recording: RecordingId },
    /// Nothing was heard from the peer for the session's inactivity limit although it should send.
    Silent { leg: LegId },
}

/// A part of a recording, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    pub recording: RecordingId,
    pub piece: Piece,
}

/// What a part of a recording is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// Mono sound, half a second at most.
    Sound { samples: Vec<i16>, rate: u32 },
    /// Sound of two sides, left and right by turns, half a second at most.
    Stereo { samples: Vec<i16>, rate: u32 },
    /// Nothing more will come.
    End,
}

impl Piece {
    /// Whether there is anything to write down.
    pub fn is_sound(&self) -> bool {
        match self {
            Self::Sound { .. } | Self::Stereo { .. } => true,
            Self::End => false,
        }
    }
}

/// A telephone key by its event code: 0-9, 10 for `*`, 11 for `#`, 12-15 for A-D, 16 for flash. RFC 4733 §3.2
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Digit(pub u8);
