//! Plays prompts, tones and pauses to one leg, frame by frame.

use std::collections::BTreeMap;

use crate::order::{PlayId, Playlist, Sound};
use crate::sdp::Codec;
use crate::tone::rendering::Rendering;
use crate::tone::{Tone, ToneKind};

const FRAME_MS: u64 = 20;

/// Tones as far as they were heard: few kinds, shared by all legs.
pub(crate) type Tones = BTreeMap<(ToneKind, [u8; 2], Codec), Rendering>;

/// Where one leg is in its play list.
#[derive(Debug)]
pub(crate) struct Player {
    play: PlayId,
    list: Playlist,
    item: usize,
    frame: usize,
    /// Whether the list was played to its end before, and repeats.
    repeats: bool,
}

/// What sounds in the next 20 ms.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Frame<'a> {
    Sound(&'a [u8]),
    Silence,
    Over,
}

impl Player {
    pub(crate) fn new(play: PlayId, list: Playlist) -> Self {
        let mut frame = usize::try_from(list.offset_ms / FRAME_MS).unwrap_or(usize::MAX);
        if let (true, Some(Sound::Prompt(prompt))) = (list.repeat, list.items.first()) {
            frame %= prompt.n_frames().max(1);
        }
        Self { play, list, item: 0, frame, repeats: false }
    }

    pub(crate) fn play(&self) -> PlayId {
        self.play
    }

    /// Goes on by one frame.
    pub(crate) fn step<'a>(&'a mut self, codec: Codec, tones: &'a mut Tones) -> Frame<'a> {
        // Each item may be empty, so one round and the item that it began in is as far as there can be sound.
        for _ in 0..self.list.items.len() + 2 {
            let Some(item) = self.list.items.get(self.item) else {
                if !self.list.repeat || self.list.items.is_empty() {
                    return Frame::Over;
                }
                self.item = 0;
                self.frame = 0;
                self.repeats = true;
                continue;
            };
            let n_frames = match item {
                Sound::Prompt(prompt) => prompt.n_frames(),
                Sound::Silence(ms) => (u64::from(*ms) / FRAME_MS) as usize,
                Sound::Tone(tone) => rendering(*tone, codec, tones).n_frames(),
            };
            if self.frame < n_frames {
                break;
            }
            self.item += 1;
            self.frame = 0;
        }
        let frame = self.frame;
        self.frame += 1;
        match self.list.items.get(self.item) {
            Some(Sound::Prompt(prompt)) => prompt.frame(codec, frame).map_or(Frame::Silence, Frame::Sound),
            Some(Sound::Tone(tone)) => {
                let rendering = rendering(*tone, codec, tones);
                let turn = if self.repeats { rendering.n_frames() } else { 0 };
                Frame::Sound(rendering.frame(turn + frame))
            }
            Some(Sound::Silence(_)) => Frame::Silence,
            None => Frame::Over,
        }
    }
}

fn rendering(tone: Tone, codec: Codec, tones: &mut Tones) -> &mut Rendering {
    tones.entry((tone.kind, tone.country, codec)).or_insert_with(|| Rendering::new(tone, codec))
}
