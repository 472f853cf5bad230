//! Tells webhooks what happens: reads the event table, each webhook with a cursor of its own, so that after a crash or a
//! receiver's outage it goes on where it was. A webhook is told of one event after the other, webhooks beside each other.

pub mod message;
pub mod post;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use phone::id::WebhookId;
use phone::webhook::kind::Told;
use phone::webhook::{Health, Try, Verdict};
use store::{Actor, Delivery, Event, EventId, Fate, Hook, Noun, Owner, Store, WriteError};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use self::post::Answer;
use crate::error::chain;
use crate::net::outward::{Outward, Reach};

/// How late an event may be told; one look at an index.
const LOOK: Duration = Duration::from_secs(1);
/// After an error of the database.
const PAUSE: Duration = Duration::from_secs(5);
/// Events read at once.
const EVENTS_PER_READ: u64 = 500;
/// Receivers that are spoken to at once: one that is slow holds up no other.
const AT_ONCE: usize = 32;
/// Events that a webhook is told of in one turn, so that all get one.
const EVENTS_PER_TURN: usize = 100;
/// And as long as one goes on: a receiver that takes its time holds a place, and others wait for the end of the round.
const SECS_PER_TURN: i64 = 10;
/// Events that are none of a webhook's business are remembered as passed over at the latest after this many, so that not
/// all are read again after a restart.
const PASSED_MAX: i64 = 5_000;
/// How long a process has a turn for: longer than an answer may take.
const TURN_SECS: i64 = 60;
/// Letters of an error that are kept.
const ERROR_CHARS: usize = 200;

/// What tells webhooks.
#[derive(Clone)]
pub struct Teller {
    store: Store,
    outward: Outward,
    /// Up to which event there was nothing for a webhook, so that it is not read again each time.
    scanned: BTreeMap<WebhookId, EventId>,
}

/// What a turn came to.
struct Turn {
    /// Up to which event there is nothing for the webhook.
    scanned: EventId,
    /// Whether there is more that could be told at once: its turn was over, not what there is to tell.
    has_more: bool,
}

impl Teller {
    pub fn new(store: Store, reach: Reach) -> Self {
        Self { store, outward: Outward::new(reach), scanned: BTreeMap::new() }
    }

    /// Tells what there is and what comes, until the process ends.
    pub async fn run(mut self) {
        let mut newest = None;
        loop {
            let pause = match self.look(&mut newest).await {
                Ok(()) => LOOK,
                Err(error) => {
                    tracing::warn!(error = chain(&error), "webhooks can't be read; they wait");
                    PAUSE
                }
            };
            tokio::time::sleep(pause).await;
        }
    }

    /// Tells what is new, or is to be tried again.
    async fn look(&mut self, newest: &mut Option<EventId>) -> Result<(), WriteError> {
        let last = self.store.last_event().await?;
        let is_new = *newest != Some(last);
        let now = Timestamp::now();
        let hooks = self.store.due_webhooks(now).await?;
        // One that waited for its time is due without anything new.
        if is_new || hooks.iter().any(|hook| hook.health.next_at.is_some()) {
            let has_more = self.round(hooks, now).await;
            // What is left is told in the next round, whether or not anything new happens until then.
            *newest = (!has_more).then_some(last);
        }
        Ok(())
    }

    /// One turn for each webhook. Whether there is more to tell at once.
    pub async fn round(&mut self, hooks: Vec<Hook>, now: Timestamp) -> bool {
        let places = Arc::new(Semaphore::new(AT_ONCE));
        let mut turns = JoinSet::new();
        for hook in hooks {
            let (store, outward, places) = (self.store.clone(), self.outward.clone(), places.clone());
            let scanned = self.scanned.get(&hook.webhook.id).copied().unwrap_or(hook.told).max(hook.told);
            turns.spawn(async move {
                let _place = places.acquire().await;
                let webhook = hook.webhook.id;
                match turn(&store, &outward, hook, (scanned, now)).await {
                    Ok(turn) => (webhook, turn),
                    Err(error) => {
                        tracing::warn!(%webhook, error = chain(&error), "a webhook could not be told; it waits");
                        (webhook, Turn { scanned, has_more: true })
                    }
                }
            });
        }
        let mut has_more = false;
        while let Some(turn) = turns.join_next().await {
            if let Ok((webhook, turn)) = turn {
                self.scanned.insert(webhook, turn.scanned);
                has_more |= turn.has_more;
            }
        }
        has_more
    }
}

/// Tells one webhook of what comes next, until there is nothing left, its turn is over, or it fails.
async fn turn(
    store: &Store,
    outward: &Outward,
    mut hook: Hook,
    (mut scanned, mut now): (EventId, Timestamp),
) -> Result<Turn, WriteError> {
    let Some(secret) = store.webhook_secret(hook.webhook.id).await? else {
        return Ok(Turn { scanned, has_more: false });
    };
    let over_at = now.checked_add(SignedDuration::from_secs(SECS_PER_TURN)).unwrap_or(Timestamp::MAX);
    // Events are seen in the order of their ids: what is read below and is not for its owner up to here never will be.
    let newest = store.last_event().await?;
    let (mut n_told, mut is_claimed) = (0, false);
    loop {
        let events = store.events_for(hook.owner, scanned, EVENTS_PER_READ).await?;
        let Some(last) = events.last().map(|event| event.id) else {
            scanned = scanned.max(newest);
            if PASSED_MAX < scanned.saturating_sub(hook.told) {
                let mut tx = store.begin(Actor::System, now).await?;
                tx.pass_webhook_over(hook.webhook.id, hook.told, scanned).await?;
                tx.commit().await?;
            }
            return Ok(Turn { scanned, has_more: false });
        };
        let kinds = events.iter().filter_map(|event| Some((event, kind_for(&hook, event)?)));
        let wanted: Vec<(&Event, String)> = kinds.collect();
        let n_wanted = wanted.len();
        for (index, told) in wanted.into_iter().enumerate() {
            // From here on it is read again.
            if EVENTS_PER_TURN <= n_told || over_at <= now {
                return Ok(Turn { scanned, has_more: true });
            }
            let event = told.0.id;
            n_told += 1;
            let is_followed = index + 1 < n_wanted && n_told < EVENTS_PER_TURN;
            let goes_on = |now: Timestamp| is_followed && now < over_at;
            let step = tell(store, outward, (&mut hook, secret.as_slice()), (told, is_claimed), &mut now, goes_on);
            is_claimed = match step.await? {
                Step::Claimed => true,
                Step::Told => false,
                Step::Ended => return Ok(Turn { scanned, has_more: false }),
            };
            scanned = event;
        }
        scanned = scanned.max(last);
    }
}

/// What an event is called for a webhook; none if it is none of its business.
fn kind_for(hook: &Hook, event: &Event) -> Option<String> {
    let told = Told {
        noun: &event.noun,
        object: &event.object,
        action: &event.action,
        before: event.before.as_ref(),
        after: event.after.as_ref(),
    };
    let kind = told.kind();
    if event.noun == Noun::Webhook.as_str() && event.action == "test" {
        // It is for the webhook that is tested, whatever that wants otherwise.
        return (event.object == hook.webhook.id.to_string()).then_some(kind);
    }
    let is_its_business = match hook.owner {
        Owner::Operator(operator) => told.concerns(operator),
        Owner::Tenant(_) => true,
    };
    (is_its_business && hook.webhook.wants(&kind)).then_some(kind)
}

/// What became of telling a webhook of one event.
enum Step {
    /// It knows it, and its next one is this process's to tell.
    Claimed,
    /// It knows it.
    Told,
    /// It does not know it, or is not to be told more now.
    Ended,
}

/// Tells a webhook of one event. Whether the next one follows in this turn, `goes_on` says for the time when it is told:
/// then its turn is taken in the change that keeps how this one went.
async fn tell(
    store: &Store,
    outward: &Outward,
    (hook, secret): (&mut Hook, &[u8]),
    ((event, kind), is_claimed): ((&Event, String), bool),
    now: &mut Timestamp,
    goes_on: impl Fn(Timestamp) -> bool,
) -> Result<Step, WriteError> {
    let turn_ends = |now: Timestamp| now.checked_add(SignedDuration::from_secs(TURN_SECS)).unwrap_or(Timestamp::MAX);
    if !is_claimed {
        let mut tx = store.begin(Actor::System, *now).await?;
        if !tx.claim_webhook(hook.webhook.id, hook.told, turn_ends(*now)).await? {
            return Ok(Step::Ended);
        }
        tx.commit().await?;
    }
    let message = message::of(hook, event, &kind);
    let begun = std::time::Instant::now();
    let answer = post::post(outward, &hook.webhook.url, secret, &message).await;
    let millis = i64::try_from(begun.elapsed().as_millis()).unwrap_or(i64::MAX);
    *now = now.checked_add(SignedDuration::from_millis(millis)).unwrap_or(Timestamp::MAX);
    let at = *now;
    let (tried, status, error) = match answer {
        Ok(Answer::Taken(status)) => (Try::Delivered, Some(status), None),
        Ok(Answer::Gone) => (Try::Gone, Some(410), Some("the receiver wants no more".to_owned())),
        Ok(Answer::Refused(status)) => (Try::Failed, Some(status), Some(format!("the receiver answered {status}"))),
        Err(error) => (Try::Failed, None, Some(chain(&error).to_string())),
    };
    let error = error.map(|error| error.chars().take(ERROR_CHARS).collect());
    let millis = u64::try_from(millis).unwrap_or(0);
    let delivery = Delivery { event: event.id, kind, at, status, error, millis };
    let before = Health { next_at: None, ..hook.health };
    let (health, fate) = match before.after(at, tried) {
        Verdict::GoOn(health) => (health, Fate::Alive),
        Verdict::Dead(health) => (health, Fate::Dead),
    };
    let is_delivered = tried == Try::Delivered;
    hook.health = health;
    if is_delivered {
        hook.told = event.id;
    }
    let mut tx = store.begin(Actor::System, at).await?;
    tx.tell_webhook(hook, &delivery, fate).await?;
    let is_next = is_delivered && goes_on(at) && tx.claim_webhook(hook.webhook.id, hook.told, turn_ends(at)).await?;
    tx.commit().await?;
    if fate == Fate::Dead {
        tracing::warn!(webhook = %hook.webhook.id, "a webhook failed for too long and is disabled");
    }
    Ok(match (is_delivered, is_next) {
        (false, _) => Step::Ended,
        (true, true) => Step::Claimed,
        (true, false) => Step::Told,
    })
}
