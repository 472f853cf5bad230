//! Location-based routing: whose calls may go over which trunks because of where they are. Specification of calling, 3.9.
//!
//! Where a person is tells the person's site. A site takes part if a trunk stands there that does.

use super::super::Tenant;
use crate::id::SiteId;
use crate::numbers::Trunk;
use crate::policies::calling::Calling;

/// Where who calls or is called is, and whether that counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::directory) struct Whereabouts {
    /// The calling policy says that the person's calls must not go around the trunk of the site.
    is_bound: bool,
    site: Option<SiteId>,
}

impl Whereabouts {
    /// Of a call that no person makes: nothing binds it.
    pub(super) const NOBODYS: Self = Self { is_bound: false, site: None };

    pub(in crate::directory) fn of(calling: &Calling, site: Option<SiteId>) -> Self {
        Self { is_bound: calling.prevent_toll_bypass, site }
    }
}

impl Tenant {
    /// Whether calls from there may leave by a trunk, and calls that came in by it may ring there.
    pub(in crate::directory) fn may_use(&self, from: Whereabouts, trunk: &Trunk) -> bool {
        let takes_part = trunk.settings.location_based_routing;
        match (from.is_bound, from.site) {
            (false, _) => !takes_part,
            (true, Some(site)) if self.takes_part(site) => takes_part && trunk.settings.site == Some(site),
            (true, Some(_)) => !takes_part,
            (true, None) => takes_part && trunk.settings.location_based_routing_user_override,
        }
    }

    fn takes_part(&self, site: SiteId) -> bool {
        let stands_there = |trunk: &Trunk| trunk.settings.location_based_routing && trunk.settings.site == Some(site);
        self.trunks.values().any(|trunk| stands_there(trunk))
    }
}
