//! What callers in menus say, kept in memory until it is said, and then given to who makes words of it.

use std::collections::BTreeMap;

use media::{Piece, RecordingId};
use switch::input::QueryId;
use switch::output::UtteranceHandling;
use tokio::sync::mpsc::UnboundedSender;

use crate::recognition::Sound;

/// Longest utterance, in seconds: nobody says more in a menu, and it bounds what a caller can make us keep.
const SECS_MAX: usize = 15;

/// Something that was said to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spoken {
    pub query: QueryId,
    pub language: String,
    pub phrases: Vec<String>,
    pub sound: Sound,
}

/// What is being said.
pub struct Utterances {
    spoken: UnboundedSender<Spoken>,
    open: BTreeMap<RecordingId, Spoken>,
}

impl Utterances {
    pub fn new(spoken: UnboundedSender<Spoken>) -> Self {
        Self { spoken, open: BTreeMap::new() }
    }

    /// What the switch makes of an utterance.
    pub fn handle(&mut self, recording: RecordingId, handling: UtteranceHandling) {
        match handling {
            UtteranceHandling::Begin { query, language, phrases } => {
                let sound = Sound { samples: Vec::new(), rate: 0 };
                self.open.insert(recording, Spoken { query, language, phrases, sound });
            }
            UtteranceHandling::Drop => drop(self.open.remove(&recording)),
        }
    }

    /// Takes a piece of an utterance; gives back what is of none.
    pub fn take(&mut self, recording: RecordingId, piece: Piece) -> Option<Piece> {
        let Some(open) = self.open.get_mut(&recording) else { return Some(piece) };
        match piece {
            Piece::Sound { samples, rate } => {
                // Another codec in the middle of a word: what is left says more than both at one rate.
                if open.sound.rate != rate {
                    open.sound = Sound { samples: Vec::new(), rate };
                }
                let longest = usize::try_from(rate).unwrap_or(0) * SECS_MAX;
                let room = longest.saturating_sub(open.sound.samples.len());
                open.sound.samples.extend(samples.into_iter().take(room));
            }
            // Nobody listens to two at once.
            Piece::Stereo { .. } => {}
            Piece::End => {
                if let Some(whole) = self.open.remove(&recording) {
                    // Who listens ends with the process.
                    let _ = self.spoken.send(whole);
                }
            }
        }
        None
    }
}
