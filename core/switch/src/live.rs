//! What is live of a tenant: its queues, its people's presence and who is in a call. Snapshots of settings come and go
//! above it.

use std::collections::{BTreeMap, BTreeSet};

use phone::apps::queue::{AgentState, Queues};
use phone::directory::Tenant;
use phone::id::UserId;
use phone::people::Presence;

/// One tenant's live state.
#[derive(Debug, Default)]
pub(crate) struct Live {
    pub(crate) queues: Queues,
    agents: BTreeSet<UserId>,
    presence: BTreeMap<UserId, Presence>,
    /// Calls of each user that no queue offered, ringing or talking.
    n_calls: BTreeMap<UserId, u32>,
}

impl Live {
    /// Takes over a new snapshot. What it says of presence wins, since it was stored after it was set here.
    /// Returns the agents, whose state the queues must hear.
    pub(crate) fn configure(&mut self, tenant: &Tenant) -> Vec<UserId> {
        self.agents = tenant.queues.values().flat_map(|queue| queue.agents.iter().copied()).collect();
        self.presence = tenant.users.values().map(|user| (user.id, user.presence)).collect();
        self.agents.iter().copied().collect()
    }

    /// Whether the user's being in a call changed.
    pub(crate) fn count_call(&mut self, user: UserId, begins: bool) -> bool {
        let n_calls = self.n_calls.entry(user).or_default();
        let before = *n_calls;
        *n_calls = if begins { before.saturating_add(1) } else { before.saturating_sub(1) };
        let after = *n_calls;
        if after == 0 {
            self.n_calls.remove(&user);
        }
        (before == 0) != (after == 0)
    }

    /// False if there is no such user.
    pub(crate) fn set_presence(&mut self, user: UserId, presence: Presence) -> bool {
        match self.presence.get_mut(&user) {
            Some(known) => {
                *known = presence;
                true
            }
            None => false,
        }
    }

    /// None for a user who is in no queue.
    pub(crate) fn agent_state(&self, user: UserId, reachable: bool) -> Option<AgentState> {
        if !self.agents.contains(&user) {
            return None;
        }
        let presence = self.presence.get(&user).copied().unwrap_or_default();
        Some(AgentState { reachable, presence, in_other_call: self.n_calls.contains_key(&user) })
    }
}
