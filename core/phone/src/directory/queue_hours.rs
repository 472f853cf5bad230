//! Whether a queue is open. Specification of voice apps, 1.10.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::Tenant;
use crate::apps::queue::{Closed, Settings};
use crate::numbers::schedule::time_zone;

impl Tenant {
    /// What becomes of who comes to a queue at a time; none if the queue takes callers then.
    pub fn closed(&self, settings: &Settings, at: Timestamp) -> Option<Closed> {
        let hours = settings.hours.as_ref()?;
        let zone = time_zone(self.zone_of_queue(settings)).unwrap_or(TimeZone::UTC);
        hours.closed(|id| self.schedules.get(&id).map(Arc::as_ref), at, &zone)
    }

    /// The name of the time zone that a queue's schedules are read in.
    pub fn zone_of_queue<'a>(&'a self, settings: &'a Settings) -> &'a str {
        let own = settings.hours.as_ref().and_then(|hours| hours.time_zone.as_deref());
        own.unwrap_or(&self.profile.time_zone)
    }
}
