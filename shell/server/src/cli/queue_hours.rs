//! When queues take callers.

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::apps;
use super::client::{Client, ClientError};
use super::nouns::Shown;
use super::print::Column;
use super::queues::change_exception;

#[derive(Debug, Subcommand)]
pub enum HoursCommand {
    /// Let a queue take no callers while a schedule is in effect: outside the hours of work. Who waits already stays.
    AfterHours(Closure),
    /// Let a queue take no callers on holidays, which win over after hours.
    Holiday(Closure),
    /// Let a schedule change nothing of a queue any more.
    NoSchedule {
        /// Name or id.
        queue: String,
        /// Name or id.
        schedule: String,
    },
    /// Let a queue take no callers whatever the schedules say: what is set for after hours becomes of them, or they are
    /// hung up on.
    Close(Override),
    /// Let a queue take callers whatever the schedules say.
    Open(Override),
    /// Follow the schedules again.
    FollowSchedules {
        /// Name or id.
        queue: String,
    },
    /// Read the schedules in a time zone of the queue's own.
    TimeZone {
        /// Name or id.
        queue: String,
        /// IANA name, such as Europe/Paris; an empty one is that of the organization.
        time_zone: String,
    },
}

/// What becomes of callers while a schedule is in effect.
#[derive(Debug, Args)]
pub struct Closure {
    /// Name or id.
    queue: String,
    /// Name or id.
    schedule: String,
    /// A target for callers who come then, or hangup [default: hangup].
    #[arg(long)]
    to: Option<String>,
    /// What they hear before that; an empty text is silence.
    #[arg(long)]
    say: Option<String>,
}

/// Hours that are set by hand.
#[derive(Debug, Args)]
pub struct Override {
    /// Name or id.
    queue: String,
    /// Until then, such as 2026-12-24T18:00:00Z [default: until the schedules are followed again].
    #[arg(long)]
    until: Option<String>,
}

const HOURS: &[Column] = &[
    ("Name", "/name"),
    ("Time zone", "/hours/time_zone"),
    ("Set to be", "/hours/hours_override/state"),
    ("Until", "/hours/hours_override/until"),
];
const CLOSURE: &[Column] = &[
    ("When", "/type"),
    ("Schedule", "/schedule"),
    ("Says", "/exception/prompt/text"),
    ("Then", "/exception/action/type"),
    ("To", "/exception/action/target/type"),
];
const CLOSURES: &[(&str, &str, &[Column])] = &[("Schedules", "/hours/closures", CLOSURE)];

impl HoursCommand {
    /// Name or id of the queue that it is about.
    pub(super) fn queue(&self) -> &str {
        match self {
            Self::AfterHours(closure) | Self::Holiday(closure) => &closure.queue,
            Self::Close(held) | Self::Open(held) => &held.queue,
            Self::FollowSchedules { queue } | Self::NoSchedule { queue, .. } | Self::TimeZone { queue, .. } => queue,
        }
    }
}

pub(super) async fn carry_out(
    client: &Client,
    tenant: &str,
    path: &str,
    command: &HoursCommand,
) -> Result<Shown, ClientError> {
    let changed = apps::change(client, path, async |body| {
        if body["hours"].is_null() {
            body["hours"] = json!({ "closures": [] });
        }
        let hours = &mut body["hours"];
        match command {
            HoursCommand::AfterHours(closure) => closure.put_into(hours, "after_hours", client, tenant).await?,
            HoursCommand::Holiday(closure) => closure.put_into(hours, "holiday", client, tenant).await?,
            HoursCommand::NoSchedule { schedule, .. } => {
                take_closure(hours, &apps::schedule(client, tenant, schedule).await?);
            }
            HoursCommand::Close(held) => hours["hours_override"] = json!({ "state": "closed", "until": held.until }),
            HoursCommand::Open(held) => hours["hours_override"] = json!({ "state": "open", "until": held.until }),
            HoursCommand::FollowSchedules { .. } => hours["hours_override"] = Value::Null,
            HoursCommand::TimeZone { time_zone, .. } => {
                hours["time_zone"] = if time_zone.is_empty() { Value::Null } else { json!(time_zone) };
            }
        }
        Ok(())
    });
    Ok(Shown::Object(HOURS, changed.await?, CLOSURES))
}

impl Closure {
    /// Adds it, or changes the one that the schedule has.
    async fn put_into(&self, hours: &mut Value, kind: &str, client: &Client, tenant: &str) -> Result<(), ClientError> {
        let schedule = apps::schedule(client, tenant, &self.schedule).await?;
        let mut closure = take_closure(hours, &schedule).unwrap_or_else(
            || json!({ "schedule": schedule, "exception": { "prompt": null, "action": { "type": "disconnect" } } }),
        );
        closure["type"] = json!(kind);
        closure["enabled"] = json!(true);
        let (to, say) = (self.to.as_deref(), self.say.as_deref());
        change_exception(&mut closure["exception"], client, tenant, to, say).await?;
        if let Some(closures) = hours["closures"].as_array_mut() {
            closures.push(closure);
        }
        Ok(())
    }
}

fn take_closure(hours: &mut Value, schedule: &Value) -> Option<Value> {
    let closures = hours["closures"].as_array_mut()?;
    let at = closures.iter().position(|closure| closure["schedule"] == *schedule)?;
    Some(closures.remove(at))
}
