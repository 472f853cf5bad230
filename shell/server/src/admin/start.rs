//! Brings use cases, prompts and the reconciler to life beside a node.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use jiff::Timestamp;
use phone::directory::change::Touched;
use store::Store;

use super::browser_phones::BrowserPhones;
use super::credits::account::Decks;
use super::credits::treasury::Treasury;
use super::orders::backlog::Backlog;
use super::reconciler::{Known, Nudge, Reconciler};
use super::signing::Signing;
use super::waiting::Waiting;
use super::{Admin, group_licenses, numbers, port_outs, queue_memory, report_retention};
use crate::board::Board;
use crate::error::chain;
use crate::node;
use crate::payments::Stripe;
use crate::prompts::Prompts;
use crate::recordings;
use crate::speech::http::VoiceServer;
use crate::spool;
use crate::voicemail::files::Files;

/// Who set another voice wants to hear it soon.
const VOICE_LOOK: Duration = Duration::from_secs(10);

/// A number that is kept for a month may be kept an hour longer.
const HELD_LOOK: Duration = Duration::from_secs(60 * 60);

/// Where sound lies that was taken down, and who speaks.
pub struct Sounds {
    pub voice: Option<VoiceServer>,
    pub messages: Files,
    pub recordings: recordings::files::Files,
}

/// Gives the node its settings, prompts and live state, and keeps them the same as the database from then on.
pub async fn start(
    store: Store,
    node: node::Handle,
    data_dir: &Path,
    spool: Arc<spool::Status>,
    board: Board,
    sounds: Sounds,
    signing: Signing,
    (phones, payments): (BrowserPhones, Option<Arc<Stripe>>),
) -> anyhow::Result<Arc<Admin>> {
    let event = store.last_event().await?;
    let snapshot = Arc::new(store.load_directory().await?);
    let nudge = Nudge::default();
    let directory = Arc::new(ArcSwap::new(snapshot.clone()));
    let decks = Decks::default();
    let treasury = Treasury {
        store: store.clone(),
        node: node.clone(),
        directory: directory.clone(),
        decks: decks.clone(),
        divided: Default::default(),
    };
    let told = treasury.begin(&spool).await?;
    tokio::spawn(treasury.run(told, nudge.reaches()));
    node.install(snapshot.clone(), Arc::default(), Touched::Everything).await?;
    let memories = node.memories();
    queue_memory::restore(&store, &node).await?;
    tokio::spawn(queue_memory::keep(store.clone(), memories));

    let prompts = Arc::new(Prompts::open(data_dir.join("prompts"), sounds.voice.clone())?);
    let (kept, shown) = (prompts.clone(), directory.clone());
    let mut reconciler = Reconciler::new(store.clone(), node.clone(), kept, shown, nudge.clone());
    let known = Known { event, prompts: prompts.generation() };
    // At the very first start prompts take longer than a start should: calls are taken all the same.
    reconciler.give(snapshot, Touched::Everything).await?;
    tokio::spawn(reconciler.run(known));
    let (music, nudged) = (prompts.clone(), nudge.clone());
    tokio::spawn(async move {
        music.prepare_music().await;
        nudged.nudge();
    });
    tokio::spawn(renew_voices(prompts.clone(), nudge.clone()));
    let licensing = Nudge::default();
    tokio::spawn(end_what_waited(store.clone(), nudge.clone(), licensing.clone()));
    tokio::spawn(report_retention::forget(store.clone()));
    tokio::spawn(group_licenses::work(store.clone(), licensing.clone(), nudge.clone()));
    let backlog = Nudge::default();
    tokio::spawn(Backlog { store: store.clone(), changed: nudge.clone() }.run(backlog.clone()));
    let Sounds { messages, recordings, .. } = sounds;
    Ok(Arc::new(Admin {
        store,
        node,
        prompts,
        spool,
        board,
        messages,
        recordings,
        decks,
        directory,
        nudge,
        licensing,
        backlog,
        signing,
        phones,
        waiting: Waiting::default(),
        payments,
    }))
}

/// Now and then has spoken again what has another voice than the one that was set.
async fn renew_voices(prompts: Arc<Prompts>, nudge: Nudge) {
    loop {
        tokio::time::sleep(VOICE_LOOK).await;
        let before = prompts.generation();
        prompts.renew_voices().await;
        if prompts.generation() != before {
            nudge.nudge();
        }
    }
}

/// Now and then ends licenses whose time is over, frees the numbers that were kept long enough for who lost the license, and keeps those that another
/// carrier asks for and nobody answered about in time.
async fn end_what_waited(store: Store, nudge: Nudge, licensing: Nudge) {
    loop {
        match port_outs::expire(&store, Timestamp::now()).await {
            Ok(0) => {}
            Ok(n_requests) => {
                tracing::info!(n_requests, "numbers stay: nobody answered who asked for them in time");
                nudge.nudge();
            }
            Err(error) => tracing::warn!(error = chain(&error), "requests for numbers that ran out can't be ended"),
        }
        match port_outs::remind(&store, Timestamp::now()).await {
            Ok(0) => {}
            Ok(n_requests) => tracing::info!(n_requests, "organizations are reminded of requests for their numbers"),
            Err(error) => tracing::warn!(error = chain(&error), "reminders of requests for numbers can't be noted"),
        }
        match group_licenses::end_what_is_over(&store, Timestamp::now()).await {
            Ok(0) => {}
            Ok(n_tenants) => {
                tracing::info!(n_tenants, "licenses end: the time that they were bought for is over");
                licensing.nudge();
            }
            Err(error) => tracing::warn!(error = chain(&error), "licenses whose time is over can't be ended"),
        }
        match numbers::free_held_numbers(&store, Timestamp::now()).await {
            Ok(0) => {}
            Ok(n_freed) => {
                tracing::info!(n_freed, "numbers are free: their holders did not get the license back in time");
                nudge.nudge();
            }
            Err(error) => tracing::warn!(error = chain(&error), "numbers that were kept long enough can't be freed"),
        }
        tokio::time::sleep(HELD_LOOK).await;
    }
}
