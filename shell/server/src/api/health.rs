//! How the server does, for those who run it.

use axum::Json;
use serde::{Deserialize, Serialize};
use switch::input::Command;
use switch::output::Answer;
use utoipa::ToSchema;

use super::problem::{Problem, Refusals};
use crate::admin::{Caller, Refused};

/// How the server does.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Health {
    /// `ok`, or `alarm` if something needs a person.
    pub status: HealthStatus,
    pub version: String,
    /// What needs a person.
    pub alarms: Vec<String>,
    pub calls: u64,
    pub registrations: u64,
    pub call_records: RecordsHealth,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum HealthStatus {
    Alarm,
    Ok,
}

/// Call records on their way to the database.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct RecordsHealth {
    /// In memory only, because the disk takes nothing.
    pub held: u64,
    /// On the disk, not in the database yet.
    pub waiting: u64,
    /// In the database, since the start.
    pub stored: u64,
    /// Given up, because disk and memory were full.
    pub lost: u64,
}

/// Show how the server does
#[utoipa::path(get, path = "/health", tag = "health", responses((status = 200, body = Health), Refusals))]
pub async fn show(caller: Caller) -> Result<Json<Health>, Problem> {
    let admin = caller.begin_platform()?;
    let spool = admin.spool.figures();
    let statistics = match admin.node.command(Command::Statistics).await.map_err(Refused::from)? {
        Answer::Statistics(statistics) => statistics,
        Answer::Board(_)
        | Answer::Calls(_)
        | Answer::Done
        | Answer::NotFound
        | Answer::Penalties(_)
        | Answer::Queue(_)
        | Answer::Refused { .. }
        | Answer::Registrations(_)
        | Answer::Trunks(_) => switch::view::Statistics::default(),
    };
    let mut alarms: Vec<String> = spool.alarm.into_iter().collect();
    if 0 < spool.lost {
        alarms.push(format!("{} call records were lost", spool.lost));
    }
    alarms.extend(admin.prompts.voice_alarm());
    Ok(Json(Health {
        status: if alarms.is_empty() { HealthStatus::Ok } else { HealthStatus::Alarm },
        version: env!("CARGO_PKG_VERSION").to_owned(),
        alarms,
        calls: u64::try_from(statistics.n_calls).unwrap_or(u64::MAX),
        registrations: u64::try_from(statistics.n_registrations).unwrap_or(u64::MAX),
        call_records: RecordsHealth {
            held: spool.held,
            waiting: spool.waiting,
            stored: spool.stored,
            lost: spool.lost,
        },
    }))
}
