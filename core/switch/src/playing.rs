//! What a call plays to one of its legs: prompts, music and tones.

use std::sync::Arc;

use media::tone::{Tone, ToneKind};
use media::{LegId, Order, PlayId, Playlist, Sound};
use phone::apps::prompt::{Playable, SystemPrompt};

use crate::call::Call;
use crate::node::Node;

impl Call {
    /// Plays `list` to the leg instead of what it heard before.
    pub(crate) fn play(&self, node: &mut Node, leg: LegId, list: Playlist) -> PlayId {
        let play = node.new_play_id();
        node.order(self.worker, Order::Play { leg, play, list });
        play
    }

    /// Plays hold music until stopped.
    pub(crate) fn play_hold_music(&self, node: &mut Node, leg: LegId) {
        let items = self.sounds(&[Playable::HoldMusic], &self.tenant.profile.language);
        self.play(node, leg, Playlist { items, repeat: true, offset_ms: 0 });
    }

    /// Plays the country's ring-back tone until stopped.
    pub(crate) fn play_ring_back(&self, node: &mut Node, leg: LegId) {
        let tone = self.tone(ToneKind::RingBack);
        self.play(node, leg, Playlist { items: vec![Sound::Tone(tone)], repeat: true, offset_ms: 0 });
    }

    pub(crate) fn tone(&self, kind: ToneKind) -> Tone {
        let country = match self.tenant.profile.country.as_bytes() {
            [first, second] => [*first, *second],
            _ => *b"  ",
        };
        Tone { kind, country }
    }

    /// The rendered sounds of what an app wants to play. One that is missing is a short silence, so that the app goes on.
    pub(crate) fn sounds(&self, playables: &[Playable], language: &str) -> Vec<Sound> {
        let sound = |playable: &Playable| {
            let prompt = match playable {
                Playable::Announcement(said) => self.prompts.announcements.get(said),
                Playable::Beep => return Sound::Tone(self.tone(ToneKind::Beep)),
                Playable::Configured(key) => self.prompts.configured.get(key),
                Playable::HoldMusic => self.prompts.hold_music.as_ref(),
                Playable::System(prompt) => self.system_prompt(*prompt, language),
            };
            prompt.map_or(Sound::Silence(100), |prompt| Sound::Prompt(Arc::clone(prompt)))
        };
        playables.iter().map(sound).collect()
    }

    /// In the language wished, or another of the same family, or any.
    fn system_prompt(&self, prompt: SystemPrompt, language: &str) -> Option<&Arc<media::prompt::Prompt>> {
        let family = language.split('-').next().unwrap_or(language);
        let all = || self.prompts.system.iter().filter(|((_, kind), _)| *kind == prompt);
        let exact = all().find(|((spoken, _), _)| spoken == language);
        let related = || all().find(|((spoken, _), _)| spoken.split('-').next() == Some(family));
        exact.or_else(related).or_else(|| all().next()).map(|(_, prompt)| prompt)
    }
}
