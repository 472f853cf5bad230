//! When a queue takes callers, as the API writes it.

use phone::apps::attendant::HoursOverride as PhoneOverride;
use phone::apps::queue::{Closure as PhoneClosure, Hours};
use phone::id::ScheduleId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::settings::Exception;
use crate::admin::{Access, Refused};
use crate::api::auto_attendants::{AssociationKind, HoursOverride};

/// The hours and holidays of a queue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct QueueHours {
    /// IANA name of the zone that the schedules are read in; null is that of the organization.
    #[serde(default)]
    pub time_zone: Option<String>,
    /// What becomes of callers who come at certain times; holidays win over after-hours. Who waits already stays.
    #[serde(default)]
    pub closures: Vec<Closure>,
    /// Hours that hold whatever the schedules say: open takes callers, closed is the first closure for after hours, or
    /// hangs up. Null follows the schedules.
    #[serde(default)]
    pub hours_override: Option<HoursOverride>,
}

/// What becomes of callers who come while a schedule is in effect.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Closure {
    #[serde(rename = "type")]
    pub kind: AssociationKind,
    pub schedule: Uuid,
    /// Only after-hours can be switched off.
    #[serde(default = "enabled")]
    pub enabled: bool,
    pub exception: Exception,
}

impl QueueHours {
    pub(super) async fn read(self, access: &Access, language: &str) -> Result<Hours, Refused> {
        let mut closures = Vec::with_capacity(self.closures.len());
        for (index, closure) in self.closures.into_iter().enumerate() {
            let field = format!("hours.closures[{index}].exception");
            closures.push(PhoneClosure {
                kind: closure.kind.into(),
                schedule: ScheduleId(closure.schedule),
                enabled: closure.enabled,
                exception: closure.exception.read(access, &field, language).await?,
            });
        }
        let hours_override = self.hours_override.map(PhoneOverride::from);
        Ok(Hours { time_zone: self.time_zone, closures, hours_override })
    }
}

impl From<&Hours> for QueueHours {
    fn from(hours: &Hours) -> Self {
        let closure = |one: &PhoneClosure| Closure {
            kind: one.kind.into(),
            schedule: one.schedule.0,
            enabled: one.enabled,
            exception: (&one.exception).into(),
        };
        Self {
            time_zone: hours.time_zone.clone(),
            closures: hours.closures.iter().map(closure).collect(),
            hours_override: hours.hours_override.map(HoursOverride::from),
        }
    }
}

fn enabled() -> bool {
    true
}
