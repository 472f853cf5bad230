//! What is live of a tenant: its queues, its people's presence and who is in a call. Snapshots of settings come and go
//! above it.

use std::collections::{BTreeMap, BTreeSet};

use media::WorkerId;
use phone::apps::mailbox::Waiting;
use phone::apps::queue::{AgentState, Queues};
use phone::directory::Tenant;
use phone::id::UserId;
use phone::people::Presence;

/// One tenant's live state.
#[derive(Debug, Default)]
pub(crate) struct Live {
    pub(crate) queues: Queues,
    agents: BTreeSet<UserId>,
    /// Of the agents; nobody else is offered calls by it.
    presence: BTreeMap<UserId, Presence>,
    /// Calls of each user that no queue offered, ringing or talking.
    calls: BTreeMap<UserId, Calls>,
    /// Messages that wait, of those for whom there are any.
    pub(crate) waiting: BTreeMap<UserId, Waiting>,
}

/// A user's calls: how many, and the media thread of the first. The next goes to the same thread, so that the user can
/// join their parties.
#[derive(Clone, Copy, Debug)]
struct Calls {
    n: u32,
    worker: WorkerId,
}

impl Live {
    /// Takes over a new snapshot. What it says of presence wins, since it was stored after it was set here.
    /// Returns the agents, whose state the queues must hear.
    pub(crate) fn configure(&mut self, tenant: &Tenant) -> Vec<UserId> {
        self.agents = tenant.queues.keys().flat_map(|queue| tenant.roster(*queue).iter().copied()).collect();
        let agents = self.agents.iter().filter_map(|agent| tenant.users.get(agent));
        self.presence = agents.map(|user| (user.id, user.presence)).collect();
        self.agents.iter().copied().collect()
    }

    /// Returns whether the user was in no call before.
    pub(crate) fn begin_call(&mut self, user: UserId, worker: WorkerId) -> bool {
        let calls = self.calls.entry(user).or_insert(Calls { n: 0, worker });
        calls.n = calls.n.saturating_add(1);
        calls.n == 1
    }

    /// Returns whether the user is in no call any more.
    pub(crate) fn end_call(&mut self, user: UserId) -> bool {
        let Some(calls) = self.calls.get_mut(&user) else { return false };
        calls.n = calls.n.saturating_sub(1);
        let was_last = calls.n == 0;
        if was_last {
            self.calls.remove(&user);
        }
        was_last
    }

    /// The media thread of the call that the user is in.
    pub(crate) fn worker_of(&self, user: UserId) -> Option<WorkerId> {
        self.calls.get(&user).map(|calls| calls.worker)
    }

    /// Of who is in no queue, nothing is kept.
    pub(crate) fn set_presence(&mut self, user: UserId, presence: Presence) {
        if self.agents.contains(&user) {
            self.presence.insert(user, presence);
        }
    }

    /// None for a user who is in no queue.
    pub(crate) fn agent_state(&self, user: UserId, reachable: bool) -> Option<AgentState> {
        if !self.agents.contains(&user) {
            return None;
        }
        let presence = self.presence.get(&user).copied().unwrap_or_default();
        Some(AgentState { reachable, presence, in_other_call: self.calls.contains_key(&user) })
    }
}
