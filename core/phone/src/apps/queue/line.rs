//! One queue: its line of callers and its free agents.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::agent::{Agent, Member, Turn};
use super::alerting::Watch;
use super::caller::{Head, Place};
use super::select::Free;
use super::{Routing, Settings, Staffed};
use crate::id::{CallId, UserId};

/// One queue of the tenant.
#[derive(Clone, Debug)]
pub(super) struct Line {
    pub(super) settings: Arc<Settings>,
    /// In the order in which they are asked; turns point into it.
    pub(super) agents: Arc<[UserId]>,
    /// Who took themselves out, remembered also while they are no members.
    pub(super) opted_out: BTreeSet<UserId>,
    /// All callers in order, those in the greeting and those that ring agents among them.
    pub(super) waiting: BTreeMap<Place, CallId>,
    /// Those who could be offered to an agent.
    pub(super) ready: BTreeSet<Place>,
    /// When those came who wait in a live call, whatever their places.
    pub(super) arrivals: BTreeSet<(Instant, u64)>,
    pub(super) members: BTreeMap<UserId, Member>,
    pub(super) free: BTreeSet<Turn>,
    /// As it stands among those of all queues.
    pub(super) head: Option<Head>,
    /// Callers that ring agents.
    pub(super) n_offered: usize,
    /// Callers in line who are to be called back.
    pub(super) n_callbacks: usize,
    /// Members that count against the no-agent condition.
    pub(super) n_present: usize,
    /// Members who take calls, or will when their call is over.
    pub(super) n_available: usize,
    /// Since when there is none.
    pub(super) unavailable_since: Option<Instant>,
    /// When waiting callers are sent on because of that.
    pub(super) gives_up_at: Option<Instant>,
    pub(super) answered_last: Option<UserId>,
    /// How long a call takes an agent, wrap-up included; none before the first.
    pub(super) mean_call: Option<Duration>,
    /// When waiting callers are sent away because there is no agent.
    pub(super) ejects_at: Option<Instant>,
    pub(super) watch: Watch,
}

impl Line {
    pub(super) fn new(staffed: &Staffed) -> Self {
        Self {
            settings: staffed.settings.clone(),
            agents: staffed.agents.clone(),
            opted_out: BTreeSet::new(),
            waiting: BTreeMap::new(),
            ready: BTreeSet::new(),
            arrivals: BTreeSet::new(),
            members: BTreeMap::new(),
            free: BTreeSet::new(),
            head: None,
            n_offered: 0,
            n_callbacks: 0,
            n_present: 0,
            n_available: 0,
            unavailable_since: None,
            gives_up_at: None,
            answered_last: None,
            mean_call: None,
            ejects_at: None,
            watch: Watch::default(),
        }
    }

    /// Who is next, if an agent is free. Only one call at a time rings all agents.
    pub(super) fn next(&self) -> Option<Place> {
        let rings_all = self.settings.routing == Routing::Attendant && self.n_offered > 0;
        if rings_all || self.free.is_empty() {
            return None;
        }
        self.ready.first().copied()
    }

    pub(super) fn free_agents(&self) -> Free<'_> {
        let last = self.answered_last.and_then(|agent| self.members.get(&agent));
        Free {
            turns: &self.free,
            list: &self.agents,
            next: last.map_or(0, |member| member.index.saturating_add(1)),
            capacity: self.settings.capacity(),
        }
    }

    /// How long who stands at this place will wait, from 1: so many calls are to end before, and all agents who are there
    /// work on them, each on as many as they may.
    pub(super) fn estimated_wait(&self, place: usize) -> Option<Duration> {
        let n_agents = u32::try_from(self.n_present).ok().filter(|n_agents| 0 < *n_agents)?;
        let n_calls = u32::try_from(place).unwrap_or(u32::MAX);
        Some(self.mean_call?.saturating_mul(n_calls) / n_agents.saturating_mul(self.settings.capacity().into()))
    }

    /// Takes note of what an agent does or is now.
    pub(super) fn update(&mut self, now: Instant, id: UserId, agent: &Agent) -> Noticed {
        let Some(member) = self.members.get_mut(&id) else { return Noticed::default() };
        let turn = agent.turn(member, &self.settings);
        let mut noticed = Noticed { turn: turn != member.turn, presence: false };
        if noticed.turn {
            if let Some(before) = member.turn {
                self.free.remove(&before);
            }
            self.free.extend(turn);
            member.turn = turn;
        }
        let is_present = agent.is_present(member, &self.settings);
        if is_present != member.is_present {
            noticed.presence = true;
            self.n_present = if is_present { self.n_present + 1 } else { self.n_present.saturating_sub(1) };
            member.is_present = is_present;
        }
        let is_available = agent.is_available(member, &self.settings);
        if is_available != member.is_available {
            noticed.presence = true;
            self.n_available = if is_available { self.n_available + 1 } else { self.n_available.saturating_sub(1) };
            member.is_available = is_available;
        }
        if 0 < self.n_available {
            self.unavailable_since = None;
        } else {
            self.unavailable_since.get_or_insert(now);
        }
        let status = agent.status(member, &self.settings);
        if status != member.status || member.status_since.is_none() {
            member.status = status;
            member.status_since = Some(now);
        }
        noticed
    }

    /// Takes over new settings; members who stay keep their state. The agents must be updated after this.
    pub(super) fn configure(&mut self, staffed: Staffed) {
        let Staffed { settings, agents } = staffed;
        if !settings.allow_opt_out {
            self.opted_out.clear();
        }
        let mut before = std::mem::take(&mut self.members);
        for (index, agent) in (0..).zip(agents.iter()) {
            let mut member = before.remove(agent).unwrap_or_else(|| Member::new(index));
            member.index = index;
            member.turn = None;
            member.is_present = false;
            member.is_available = false;
            member.opted_in = !self.opted_out.contains(agent);
            self.members.entry(*agent).or_insert(member);
        }
        self.free.clear();
        self.n_present = 0;
        self.n_available = 0;
        self.settings = settings;
        self.agents = agents;
    }

    /// Takes an agent in or out. False if that changes nothing.
    pub(super) fn opt(&mut self, agent: UserId, opt: Opt) -> bool {
        let is_new = match opt {
            Opt::In => self.opted_out.remove(&agent),
            Opt::Out => self.settings.allow_opt_out && self.opted_out.insert(agent),
        };
        if is_new && let Some(member) = self.members.get_mut(&agent) {
            member.opted_in = opt == Opt::In;
        }
        is_new
    }
}

/// What of an agent is new to a queue.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Noticed {
    /// Whether, or in which order, the agent is asked.
    pub(super) turn: bool,
    /// Whether the agent is there, or could take calls.
    pub(super) presence: bool,
}

/// Whether an agent takes calls of a queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Opt {
    In,
    Out,
}
