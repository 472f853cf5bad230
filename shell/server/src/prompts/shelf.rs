//! Rendered prompts in memory.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use media::prompt::Prompt;
use phone::id::PromptKey;
use switch::input::PromptLibrary;

/// What was rendered or read lately.
#[derive(Default)]
pub struct Shelf(Mutex<BTreeMap<PromptKey, Arc<Prompt>>>);

impl Shelf {
    pub(super) fn get(&self, key: PromptKey) -> Option<Arc<Prompt>> {
        self.prompts().get(&key).cloned()
    }

    pub(super) fn put(&self, key: PromptKey, prompt: Arc<Prompt>) {
        self.prompts().insert(key, prompt);
    }

    /// Forgets what no settings name any more; it is on the disk still.
    pub(super) fn keep_only(&self, library: &PromptLibrary) {
        let others = library.system.values().chain(library.announcements.values()).chain(&library.hold_music);
        let others = others.chain(library.names.values());
        let system: BTreeSet<_> = others.map(Arc::as_ptr).collect();
        self.prompts()
            .retain(|key, prompt| library.configured.contains_key(key) || system.contains(&Arc::as_ptr(prompt)));
    }

    fn prompts(&self) -> MutexGuard<'_, BTreeMap<PromptKey, Arc<Prompt>>> {
        // A map stays whole whoever panicked while holding it.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
