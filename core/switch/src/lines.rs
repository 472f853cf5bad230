//! How many calls outside each number carries now, for its capacity. Specification of numbers, 3.3.

use std::collections::BTreeMap;

use phone::directory::Tenant;
use phone::id::{TenantId, TrunkId};
use phone::numbers::{E164, Number};

use crate::leg::Origin;

/// Calls of numbers that carry any.
#[derive(Debug, Default)]
pub(crate) struct Lines {
    n_calls: BTreeMap<(TenantId, E164), Calls>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Calls {
    inbound: u32,
    outbound: u32,
}

impl Lines {
    /// Whether a number may carry one more call, which its own trunk or else this one says.
    pub(crate) fn has_room(&self, tenant: &Tenant, number: &Number, origin: Origin, over: Option<TrunkId>) -> bool {
        let calls = self.n_calls.get(&(tenant.profile.id, number.number)).copied().unwrap_or_default();
        let carrier = number.trunk.or(over).and_then(|trunk| tenant.trunks.get(&trunk));
        let capacity = number.capacity(carrier.map(|trunk| &trunk.settings));
        let (n_calls, n_max) = match origin {
            Origin::Received => (calls.inbound, capacity.inbound),
            Origin::Sent => (calls.outbound, capacity.outbound),
        };
        n_max.is_none_or(|n_max| n_calls < n_max)
    }

    pub(crate) fn enter(&mut self, tenant: TenantId, number: E164, origin: Origin) {
        *self.n_calls.entry((tenant, number)).or_default().of(origin) += 1;
    }

    pub(crate) fn leave(&mut self, tenant: TenantId, number: E164, origin: Origin) {
        let Some(calls) = self.n_calls.get_mut(&(tenant, number)) else { return };
        let n_calls = calls.of(origin);
        *n_calls = n_calls.saturating_sub(1);
        if calls.inbound == 0 && calls.outbound == 0 {
            self.n_calls.remove(&(tenant, number));
        }
    }

    /// Numbers that carry calls now.
    pub(crate) fn n_busy(&self) -> usize {
        self.n_calls.len()
    }
}

impl Calls {
    fn of(&mut self, origin: Origin) -> &mut u32 {
        match origin {
            Origin::Received => &mut self.inbound,
            Origin::Sent => &mut self.outbound,
        }
    }
}
