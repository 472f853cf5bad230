//! Live figures: what happened since this process began is counted as it happens, what was before is read from the
//! database, and what goes on is asked of the switch.
//!
//! Calls end with their process, and a process begins when the one before has ended. So a call is either of the time
//! before, and in the database, or of this process, and counted here once: with its record, or while it lives.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use phone::id::{CallId, TenantId};
use phone::record::Direction;
use phone::record::agent::AgentFact;
use phone::record::segment::Segment;
use phone::reports::tally::Tally;
use store::Store;
use switch::input::Command;
use switch::output::Answer;
use switch::view;
use tokio::sync::Mutex;
use tokio::sync::mpsc::{self, UnboundedReceiver, UnboundedSender};

use crate::admin::Refused;
use crate::node;
use crate::spool::{self, frame::Entry};

/// What is noted waits for so long, unless somebody asks.
const COUNT_EVERY: Duration = Duration::from_secs(1);
/// Figures that were told once are told again to others who ask so soon.
const FRESH_FOR: Duration = Duration::from_millis(500);
/// The longest day of a year, when clocks are set back, and some more.
const KEPT_FOR: SignedDuration = SignedDuration::from_hours(27);
/// Records of the process before may still be on their way to the database: then it is read again after this time.
const READ_AGAIN: Duration = Duration::from_secs(30);

/// Something that happened, for figures.
pub enum Noted {
    Call { tenant: TenantId, call: CallId, is_outside: bool, segments: Vec<Segment>, ended_at: Timestamp },
    Fact(Box<AgentFact>),
}

/// Takes what happened; never waits.
#[derive(Clone)]
pub struct Notes(UnboundedSender<Noted>);

/// All that live figures are told from. Cheap to clone.
#[derive(Clone)]
pub struct Board(Arc<Inner>);

struct Inner {
    store: Store,
    node: node::Handle,
    spool: Arc<spool::Status>,
    /// When this process began to take calls.
    began: Timestamp,
    state: Mutex<State>,
}

struct State {
    arrivals: UnboundedReceiver<Noted>,
    tenants: BTreeMap<TenantId, OfTenant>,
}

#[derive(Default)]
struct OfTenant {
    /// Since this process began.
    counted: Tally,
    before: Option<Before>,
    latest: Option<(Instant, Arc<Figures>)>,
}

/// What was before this process.
struct Before {
    tally: Tally,
    read_at: Instant,
    is_whole: bool,
}

/// Figures as of one moment.
#[derive(Debug)]
pub struct Figures {
    pub at: Timestamp,
    /// By quarters of an hour, for a day back at least.
    pub tally: Tally,
    pub live: view::Board,
}

/// A way for what happens, and where it comes out.
pub fn notes() -> (Notes, UnboundedReceiver<Noted>) {
    let (sender, receiver) = mpsc::unbounded_channel();
    (Notes(sender), receiver)
}

impl Notes {
    /// Takes note of what goes to the spool, if it is for figures.
    pub fn note(&self, entry: &Entry) {
        let noted = match entry {
            Entry::Agent(fact) => Noted::Fact(fact.clone()),
            Entry::Alive(_) | Entry::Charge(_) => return,
            Entry::Record(record) if record.segments.is_empty() => return,
            Entry::Record(record) => Noted::Call {
                tenant: record.tenant,
                call: record.id,
                is_outside: record.direction == Direction::Inbound,
                segments: record.segments.clone(),
                ended_at: record.ended_at,
            },
        };
        // Without a board nobody wants figures.
        let _ = self.0.send(noted);
    }
}

impl Board {
    pub fn new(
        arrivals: UnboundedReceiver<Noted>,
        store: Store,
        node: node::Handle,
        spool: Arc<spool::Status>,
        began: Timestamp,
    ) -> Self {
        let state = Mutex::new(State { arrivals, tenants: BTreeMap::new() });
        Self(Arc::new(Inner { store, node, spool, began, state }))
    }

    /// Counts what happens while nobody asks, as long as the process lives.
    pub async fn run(self) {
        let mut ticks = tokio::time::interval(COUNT_EVERY);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            self.0.state.lock().await.count();
        }
    }

    /// Figures of an organization, not older than half a second.
    pub async fn figures(&self, tenant: TenantId) -> Result<Arc<Figures>, Refused> {
        let inner = &self.0;
        // Held until all is added up: nobody else may count a call meanwhile.
        let mut state = inner.state.lock().await;
        if let Some((told_at, figures)) = state.tenants.get(&tenant).and_then(|of| of.latest.clone())
            && told_at.elapsed() < FRESH_FOR
        {
            return Ok(figures);
        }
        state.count();
        let live = match inner.node.command(Command::ShowBoard { tenant }).await? {
            Answer::Board(live) => live,
            other => return Err(Refused::by_switch(other, "organization")),
        };
        // Calls that ended since the switch answered are counted with their records.
        let ended = state.count();
        let at = Timestamp::now();
        let of = state.tenants.entry(tenant).or_default();
        inner.read_before(tenant, of, at).await?;
        let mut tally = of.before.as_ref().map_or_else(Tally::default, |before| before.tally.clone());
        tally.add(&of.counted);
        for call in live.calls.iter().filter(|call| !ended.contains(&call.id)) {
            tally.count_call(&call.segments, call.is_outside, 0, at);
        }
        let figures = Arc::new(Figures { at, tally, live });
        of.latest = Some((Instant::now(), figures.clone()));
        Ok(figures)
    }
}

impl Inner {
    /// Reads what was before this process, once, unless some of it was still on its way.
    async fn read_before(&self, tenant: TenantId, of: &mut OfTenant, now: Timestamp) -> Result<(), Refused> {
        let since = now.saturating_sub(KEPT_FOR).unwrap_or(now);
        if self.began <= since {
            of.before = None;
            return Ok(());
        }
        let is_known = of.before.as_ref().is_some_and(|it| it.is_whole || it.read_at.elapsed() < READ_AGAIN);
        if is_known {
            return Ok(());
        }
        let waits = self.spool.figures();
        let span = (since, self.began);
        let tally = Tally {
            queues: self.store.queue_slots(tenant, None, span, 0).await?,
            attendants: self.store.attendant_slots(tenant, None, span).await?,
            agents: self.store.offer_slots(tenant, (None, None), span).await?,
        };
        let is_whole = waits.waiting == 0 && waits.held == 0;
        of.before = Some(Before { tally, read_at: Instant::now(), is_whole });
        Ok(())
    }
}

impl State {
    /// Counts what came. Returns the calls among it.
    fn count(&mut self) -> BTreeSet<CallId> {
        let mut calls = BTreeSet::new();
        let mut newest: BTreeMap<TenantId, Timestamp> = BTreeMap::new();
        while let Ok(noted) = self.arrivals.try_recv() {
            match noted {
                Noted::Call { tenant, call, is_outside, segments, ended_at } => {
                    let counted = &mut self.tenants.entry(tenant).or_default().counted;
                    counted.count_call(&segments, is_outside, 0, ended_at);
                    calls.insert(call);
                    newest.insert(tenant, ended_at);
                }
                Noted::Fact(fact) => {
                    self.tenants.entry(fact.tenant).or_default().counted.count_fact(&fact);
                    newest.insert(fact.tenant, fact.at);
                }
            }
        }
        for (tenant, at) in newest {
            if let (Some(of), Ok(before)) = (self.tenants.get_mut(&tenant), at.checked_sub(KEPT_FOR)) {
                of.counted.forget_before(before);
            }
        }
        calls
    }
}
