//! Brings the switch to what the database says.
//!
//! It takes no orders, only nudges: after each change, and now and then by itself, it compares the newest event with
//! the one that it last knew, and if they differ reads what the events between name and hands it to the switch. So the
//! way after a change is the way after a failure, and costs as much as the change, however large the organization is.

use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use phone::Directory;
use phone::directory::change::Touched;
use store::{EventId, Store, StoreError};
use switch::input::PromptLibrary;
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;

use crate::error::chain;
use crate::node;
use crate::prompts::Prompts;

/// Catches changes made by another process, such as a restore; one look at an index.
const LOOK_SECS: u64 = 30;
/// After a failed try.
const RETRY_SECS: u64 = 2;
/// Prompts that take longer are rendered while calls go on: a change is to have its effect within a second.
const PROMPTS_PATIENCE: Duration = Duration::from_millis(600);

/// Wakes who waits for work, and tells how far that work is.
#[derive(Clone, Debug, Default)]
pub struct Nudge(Arc<Bell>);

#[derive(Debug, Default)]
struct Bell {
    rung: Notify,
    reached: watch::Sender<EventId>,
}

/// What is to be kept the same.
pub struct Reconciler {
    store: Store,
    node: node::Handle,
    prompts: Arc<Prompts>,
    directory: Arc<ArcSwap<Directory>>,
    nudge: Nudge,
    /// What the switch plays, and the [`Prompts::generation`] that it was made from.
    library: Option<(u64, Arc<PromptLibrary>)>,
    /// What takes longer than a change may.
    rendering: Option<JoinHandle<()>>,
    /// Whether the switch has had all prompts that a snapshot names.
    has_prompts: bool,
    /// Whether the switch has music to play to who waits.
    has_music: bool,
}

/// What a snapshot was made from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Known {
    pub event: EventId,
    /// [`Prompts::generation`]
    pub prompts: u64,
}

impl Nudge {
    pub fn nudge(&self) {
        self.0.rung.notify_one();
    }

    /// Waits for the next nudge.
    pub async fn nudged(&self) {
        self.0.rung.notified().await;
    }

    /// Tells each time how far the work is.
    pub fn reaches(&self) -> watch::Receiver<EventId> {
        self.0.reached.subscribe()
    }

    /// All that happened up to this event is worked on.
    fn reach(&self, event: EventId) {
        self.0.reached.send_replace(event);
    }

    /// Has all that happened up to this event worked on, and waits for that. What changes nothing for calls rang no bell.
    pub async fn reached(&self, event: EventId) {
        let mut reached = self.0.reached.subscribe();
        if *reached.borrow() < event {
            self.nudge();
        }
        // Its sender lives as long as this.
        let _ = reached.wait_for(|reached| event <= *reached).await;
    }
}

impl Reconciler {
    /// `directory` is what others see, and what the switch has or is about to be given. Work is told of at `nudge`.
    pub fn new(
        store: Store,
        node: node::Handle,
        prompts: Arc<Prompts>,
        directory: Arc<ArcSwap<Directory>>,
        nudge: Nudge,
    ) -> Self {
        let (library, rendering) = (None, None);
        Self { store, node, prompts, directory, nudge, library, rendering, has_prompts: false, has_music: false }
    }

    /// Hands a snapshot and the prompts that it names to the switch. `touched` is what differs from the one before.
    pub async fn give(&mut self, directory: Arc<Directory>, touched: Touched) -> Result<(), node::Stopped> {
        let generation = self.prompts.generation();
        let (library, is_whole) = match &self.library {
            Some((made_from, library)) if *made_from == generation && !touched.has_apps() => {
                self.prompts.miss_names(&directory, &touched, library);
                (library.clone(), self.has_prompts)
            }
            before => {
                let before = before.as_ref().map(|(_, library)| library.clone()).unwrap_or_default();
                self.rendered(&directory).await.map_or((before, false), |library| (library, true))
            }
        };
        self.library = Some((generation, library.clone()));
        if self.prompts.has_missing_names() {
            let prompts = self.prompts.clone();
            tokio::spawn(async move { prompts.render_missing_names().await });
        }
        let has_music = library.hold_music.is_some();
        self.node.install(directory, library, touched).await?;
        if is_whole && !std::mem::replace(&mut self.has_prompts, true) {
            tracing::info!("prompts are ready");
        }
        if has_music && !std::mem::replace(&mut self.has_music, true) {
            tracing::info!("hold music is ready");
        }
        Ok(())
    }

    /// The prompts of a snapshot. None if they take too long: then they are rendered while calls go on with those of
    /// before, and tell when they are there.
    async fn rendered(&mut self, directory: &Arc<Directory>) -> Option<Arc<PromptLibrary>> {
        if self.rendering.as_ref().is_some_and(|rendering| !rendering.is_finished()) {
            return None;
        }
        let (prompts, named) = (self.prompts.clone(), directory.clone());
        let mut library = tokio::spawn(async move { Arc::new(prompts.library(&named).await) });
        if let Ok(rendered) = tokio::time::timeout(PROMPTS_PATIENCE, &mut library).await {
            return rendered.ok();
        }
        tracing::info!("prompts are still being rendered; calls go on without the new ones");
        let (prompts, nudge) = (self.prompts.clone(), self.nudge.clone());
        self.rendering = Some(tokio::spawn(async move {
            if library.await.is_ok() {
                prompts.has_more();
                nudge.nudge();
            }
        }));
        None
    }

    /// Runs until the node stops. `known` is what the switch's first snapshot was made from.
    pub async fn run(mut self, mut known: Known) {
        let mut pause = LOOK_SECS;
        let nudge = self.nudge.clone();
        nudge.reach(known.event);
        loop {
            let _ = tokio::time::timeout(Duration::from_secs(pause), nudge.nudged()).await;
            pause = match self.look(known).await {
                Ok(newest) => {
                    known = newest;
                    nudge.reach(known.event);
                    LOOK_SECS
                }
                Err(Unreconciled::Stopped(_)) => return,
                Err(Unreconciled::Store(error)) => {
                    tracing::warn!(
                        error = chain(&error),
                        "the new settings can't be read; calls go on with the old ones"
                    );
                    RETRY_SECS
                }
            };
        }
    }

    /// Hands a new snapshot over if there is something newer than `known`.
    async fn look(&mut self, known: Known) -> Result<Known, Unreconciled> {
        let newest = Known { event: self.store.last_event().await?, prompts: self.prompts.generation() };
        if newest != known {
            let before = self.directory.load_full();
            let (directory, touched) = self.store.update_directory(&before, known.event).await?;
            let directory = Arc::new(directory);
            self.give(directory.clone(), touched).await?;
            self.directory.store(directory);
        }
        Ok(newest)
    }
}

#[derive(Debug, thiserror::Error)]
enum Unreconciled {
    #[error(transparent)]
    Stopped(#[from] node::Stopped),
    #[error(transparent)]
    Store(#[from] StoreError),
}
