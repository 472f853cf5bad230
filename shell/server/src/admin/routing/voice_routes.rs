//! Voice routes: from patterns of numbers to trunks, in an order.

use std::collections::BTreeMap;

use phone::id::{TrunkId, VoiceRouteId};
use phone::limits::{ROUTE_USAGES_MAX, VOICE_ROUTES_MAX};
use phone::numbers::routing::order::place;
use phone::numbers::routing::route;
use phone::numbers::routing::{PstnUsage, VoiceRoute};
use phone::problem::Problem;
use store::{Expected, Tx, Version};
use uuid::Uuid;

use super::Routed;
use crate::admin::{Access, Refused};

impl Routed for VoiceRoute {
    const WHAT: &'static str = "voice route";
    const N_MAX: u64 = VOICE_ROUTES_MAX;

    fn problems(&self) -> Vec<Problem> {
        route::problems(self)
    }
}

impl Access {
    /// Makes a route at its priority, or behind all others if that is none.
    pub async fn create_route(&self, mut route: VoiceRoute, priority: Option<u32>) -> Result<Version, Refused> {
        let mut tx = self.change().await?;
        self.name_usages(&tx, &mut route).await?;
        self.check_route(&tx, &route).await?;
        route.priority = self.place_route(&mut tx, route.id, priority).await?;
        let version = self.save_routed(&mut tx, &route, Expected::Absent).await?;
        self.settle(tx).await?;
        Ok(version)
    }

    /// Changes a route. Another one at its new priority goes one further, and so on.
    pub async fn change_route(
        &self,
        id: VoiceRouteId,
        expected: Expected,
        priority: Option<u32>,
        change: impl FnOnce(&mut VoiceRoute) + Send,
    ) -> Result<(), Refused> {
        let mut tx = self.change().await?;
        let mut route = self.routed_in::<VoiceRoute>(&tx, id.0).await?.value;
        change(&mut route);
        self.name_usages(&tx, &mut route).await?;
        self.check_route(&tx, &route).await?;
        if priority.is_some_and(|wanted| wanted != route.priority) {
            route.priority = self.place_route(&mut tx, id, priority).await?;
        }
        self.save_routed(&mut tx, &route, expected).await?;
        self.settle(tx).await
    }

    /// Deletes a route.
    pub async fn delete_route(&self, id: VoiceRouteId, expected: Expected) -> Result<(), Refused> {
        let mut tx = self.change().await?;
        self.routed_in::<VoiceRoute>(&tx, id.0).await?;
        tx.delete_document::<VoiceRoute>(self.tenant(), id.0, expected).await?;
        self.settle(tx).await
    }

    /// The ids of trunks by their ids or names.
    pub async fn trunks_named(&self, names: &[String]) -> Result<Vec<TrunkId>, Refused> {
        let known = self.store().trunk_names(self.tenant()).await?;
        let by_name: BTreeMap<String, TrunkId> = known.iter().map(|(id, name)| (name.to_lowercase(), *id)).collect();
        let find = |(index, name): (usize, &String)| {
            let id = name.parse::<Uuid>().ok().map(TrunkId).filter(|id| known.contains_key(id));
            let unknown = || {
                let words = format!("there is no trunk {name}");
                Refused::field(format!("trunks[{index}]"), "trunk.unknown", words)
            };
            id.or_else(|| by_name.get(&name.trim().to_lowercase()).copied()).ok_or_else(unknown)
        };
        names.iter().enumerate().map(find).collect()
    }

    /// Usages as they are written where they were made.
    async fn name_usages(&self, tx: &Tx, route: &mut VoiceRoute) -> Result<(), Refused> {
        // Each is looked up while others wait to write: too many are refused before.
        if ROUTE_USAGES_MAX < route.pstn_usages.len() {
            Refused::for_problems(route.problems()).map_err(super::with_fix)?;
        }
        for (index, usage) in route.pstn_usages.iter_mut().enumerate() {
            let found = tx.document_named::<PstnUsage>(self.tenant(), usage).await?;
            let unknown = || {
                let words = format!("there is no PSTN usage {usage}: `trunkline usage create` makes one");
                Refused::field(format!("pstn_usages[{index}]"), "pstn_usage.unknown", words)
            };
            let found = found.ok_or_else(unknown)?;
            *usage = found.value.name;
        }
        Ok(())
    }

    /// What it names is there.
    async fn check_route(&self, tx: &Tx, route: &VoiceRoute) -> Result<(), Refused> {
        Refused::for_problems(route.problems()).map_err(super::with_fix)?;
        for (index, trunk) in route.trunks.iter().enumerate() {
            if tx.trunk(self.tenant(), *trunk).await?.is_none() {
                return Err(Refused::field(format!("trunks[{index}]"), "trunk.unknown", "there is no such trunk"));
            }
        }
        if let Some(number) = route.caller_id
            && tx.number(self.tenant(), number).await?.is_none()
        {
            let words = format!("{number} is no number of this organization");
            return Err(Refused::field("caller_id", "voice_route.caller_id_foreign", words));
        }
        Ok(())
    }

    async fn place_route(&self, tx: &mut Tx, id: VoiceRouteId, wanted: Option<u32>) -> Result<u32, Refused> {
        let routes = tx.documents::<VoiceRoute>(self.tenant()).await?;
        let places: Vec<_> = routes.iter().map(|route| (route.id, route.priority)).collect();
        let (at, moved) = place(&places, id, wanted);
        let moved: BTreeMap<VoiceRouteId, u32> = moved.into_iter().collect();
        for mut route in routes {
            if let Some(priority) = moved.get(&route.id) {
                route.priority = *priority;
                tx.save_document(self.tenant(), &route, Expected::Any).await?;
            }
        }
        Ok(at)
    }
}
