//! What the system itself says and plays.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use media::prompt::Prompt;
use phone::Directory;
use phone::apps::prompt::SystemPrompt;
use phone::apps::prompt::paying::{FAMILIES, PayingPrompt};
use phone::apps::queue::Announcement;
use phone::id::PromptKey;

use super::{Prompts, key_of, silence};
use crate::error::chain;

/// The language of system prompts; others follow with their translations.
const LANGUAGE: &str = "en-US";

type SystemPrompts = BTreeMap<(String, SystemPrompt), Arc<Prompt>>;

impl Prompts {
    /// System prompts; what is said about money also in the languages of the organizations.
    pub(super) async fn system(&self, directory: &Directory) -> SystemPrompts {
        let texts = SystemPrompt::ALL.iter().map(|prompt| self.text(LANGUAGE, words(*prompt)));
        let rendered = futures_util::future::join_all(texts).await;
        let system = SystemPrompt::ALL.iter().zip(rendered).map(|(prompt, rendered)| {
            let rendered = rendered.map(|(_, rendered)| rendered).unwrap_or_else(|error| {
                tracing::warn!(error = chain(&error), "a system prompt can't be rendered, callers hear silence");
                silence()
            });
            ((LANGUAGE.to_owned(), *prompt), rendered)
        });
        let mut system: SystemPrompts = system.collect();
        system.extend(self.about_money(directory).await);
        system
    }

    /// Where this machine has no voice for a language, English is heard.
    async fn about_money(&self, directory: &Directory) -> SystemPrompts {
        let spoken: BTreeSet<(&str, &str)> = directory
            .tenants()
            .values()
            .map(|tenant| tenant.profile.language.as_str())
            .filter_map(|language| Some((language, language.split('-').next()?)))
            .filter(|(_, family)| FAMILIES.contains(family))
            .collect();
        let wanted = spoken.into_iter().flat_map(|spoken| PayingPrompt::ALL.map(|said| (spoken, said)));
        let rendered = wanted.map(async |((language, family), said)| {
            let (_, prompt) = self.text(language, said.words(family)).await.ok()?;
            Some(((language.to_owned(), SystemPrompt::Paying(said)), prompt))
        });
        futures_util::future::join_all(rendered).await.into_iter().flatten().collect()
    }

    /// What queues say of themselves, if any queue does.
    pub(super) async fn announcements(&self, directory: &Directory) -> BTreeMap<Announcement, Arc<Prompt>> {
        let mut queues = directory.tenants().values().flat_map(|tenant| tenant.queues.values());
        if !queues.any(|queue| queue.announcements.is_some() || queue.callback.is_some()) {
            return BTreeMap::new();
        }
        let rendered = Announcement::all().map(async |said| (said, self.text(LANGUAGE, &said.english()).await));
        let mut announcements = BTreeMap::new();
        for (said, prompt) in futures_util::future::join_all(rendered).await {
            match prompt {
                Ok((_, prompt)) => _ = announcements.insert(said, prompt),
                Err(error) => {
                    tracing::warn!(
                        error = chain(&error),
                        "announcements of queues can't be rendered, callers hear none"
                    );
                    break;
                }
            }
        }
        announcements
    }

    /// The default music, once it is there.
    pub(super) async fn hold_music(&self) -> Option<Arc<Prompt>> {
        self.kept(music_key()).await
    }

    /// Composes the music if it never was. It is half a minute long and takes seconds to encode, so nobody waits for it.
    pub async fn prepare_music(&self) {
        if self.hold_music().await.is_some() {
            return;
        }
        let composed = tokio::task::spawn_blocking(|| {
            let pcm = media::hold_music::hold_music();
            Prompt::render_loop(&pcm.samples, pcm.rate)
        });
        let kept = match composed.await {
            Ok(music) => self.keep(music_key(), music).await,
            Err(stopped) => Err(stopped.into()),
        };
        match kept {
            Ok(_) => self.has_more(),
            Err(error) => {
                tracing::warn!(error = chain(&error), "the hold music can't be rendered, callers hear silence");
            }
        }
    }
}

fn music_key() -> PromptKey {
    key_of(&[b"hold music", b"1"])
}

fn words(prompt: SystemPrompt) -> &'static str {
    match prompt {
        SystemPrompt::DirectoryNotAvailable => "The directory is not available right now.",
        SystemPrompt::EnterExtension => "Please enter the extension of the person you are calling, then press pound.",
        SystemPrompt::ExtensionNotFound => "There is nobody with that extension.",
        SystemPrompt::CallMonitored
        | SystemPrompt::DidYouSay
        | SystemPrompt::Digit(_)
        | SystemPrompt::EnterName
        | SystemPrompt::EnterNameOrExtension
        | SystemPrompt::EnterPin
        | SystemPrompt::Extension
        | SystemPrompt::Goodbye
        | SystemPrompt::GreetingChanged
        | SystemPrompt::GreetingNotChanged
        | SystemPrompt::MailboxLocked
        | SystemPrompt::MailboxMenu
        | SystemPrompt::MailboxMenuGreeting
        | SystemPrompt::MailboxUnavailable
        | SystemPrompt::ManyNewMessages
        | SystemPrompt::MessageDeleted
        | SystemPrompt::MessageFrom
        | SystemPrompt::MessageFromNobody
        | SystemPrompt::MessageKept
        | SystemPrompt::MessageOptions
        | SystemPrompt::MoreMatches
        | SystemPrompt::NameNotFound
        | SystemPrompt::NewMessages
        | SystemPrompt::NoMoreMessages
        | SystemPrompt::NoNewMessages
        | SystemPrompt::NoSavedMessages
        | SystemPrompt::NotPossible
        | SystemPrompt::NotUnderstood
        | SystemPrompt::OneNewMessage
        | SystemPrompt::Paying(_)
        | SystemPrompt::PinWrong
        | SystemPrompt::Press(_)
        | SystemPrompt::RecordGreeting
        | SystemPrompt::SpellName
        | SystemPrompt::TooManyMatches
        | SystemPrompt::YesOrNo
        | SystemPrompt::YouHave => prompt.english(),
        SystemPrompt::InvalidSelection => "That is not a valid selection.",
        SystemPrompt::LeaveMessage => {
            "Please leave a message after the tone. When you are finished, hang up or press pound."
        }
        SystemPrompt::MessageSaved => "Your message was saved. Goodbye.",
        SystemPrompt::NoMessage => "No message was recorded. Goodbye.",
        SystemPrompt::NotAvailable => "The person you are calling is not available right now.",
        SystemPrompt::Transferring => "Please hold while your call is transferred.",
    }
}
