//! What a call plays to one of its legs: prompts, music and tones.

use std::sync::Arc;

use media::tone::{Tone, ToneKind};
use media::{LegId, Order, PlayId, Playlist, Sound};
use phone::apps::attendant::NameSuffix;
use phone::apps::prompt::{Playable, SystemPrompt};
use phone::id::UserId;

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
        self.play_music(node, leg, Playable::HoldMusic);
    }

    /// Plays music until stopped.
    pub(crate) fn play_music(&self, node: &mut Node, leg: LegId, music: Playable) {
        let items = self.sounds(&[music], &self.tenant.profile.language);
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
        let mut sounds = Vec::with_capacity(playables.len());
        let sound = |prompt: Option<&Arc<media::prompt::Prompt>>| {
            prompt.map_or(Sound::Silence(100), |prompt| Sound::Prompt(Arc::clone(prompt)))
        };
        for playable in playables {
            match playable {
                Playable::Announcement(said) => sounds.push(sound(self.prompts.announcements.get(said))),
                Playable::Beep => sounds.push(Sound::Tone(self.tone(ToneKind::Beep))),
                Playable::Configured(key) => sounds.push(sound(self.prompts.configured.get(key))),
                Playable::HoldMusic => sounds.push(sound(self.prompts.hold_music.as_ref())),
                Playable::Name { user, suffix } => match self.spoken_name(*user, *suffix, language) {
                    Some(name) => sounds.push(sound(Some(name))),
                    // A name that is not rendered yet is told apart by its extension.
                    None => {
                        let parts = self.extension_in_words(*user).into_iter();
                        sounds.extend(parts.map(|part| sound(self.system_prompt(part, language))));
                    }
                },
                Playable::System(prompt) => sounds.push(sound(self.system_prompt(*prompt, language))),
            }
        }
        sounds
    }

    fn spoken_name(&self, user: UserId, suffix: NameSuffix, language: &str) -> Option<&Arc<media::prompt::Prompt>> {
        let text = self.tenant.spoken_name(user, suffix)?;
        self.prompts.names.get(&(language.to_owned(), text))
    }

    fn extension_in_words(&self, user: UserId) -> Vec<SystemPrompt> {
        let Some(user) = self.tenant.users.get(&user) else { return Vec::new() };
        let digits = user.extension.bytes().filter(u8::is_ascii_digit).map(|digit| SystemPrompt::Digit(digit - b'0'));
        std::iter::once(SystemPrompt::Extension).chain(digits).collect()
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
