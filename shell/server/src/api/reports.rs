//! Reports: call records in one flat row each, and figures of queues, attendants and agents over time.

pub mod figures;
pub mod history;
pub mod live;
pub mod query;
pub mod retention;
mod table;

use axum::Json;
use axum::extract::Path;
use jiff::Timestamp;
use phone::record::{CallRecord, Step};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::body::Params;
use super::call_records::{self, CallDirection, CallResult, RecordParams};
use super::list::List;
use super::problem::{Problem, Refusals};
use crate::admin::{Caller, Permission};

/// One call.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct CallRow {
    pub id: Uuid,
    #[schema(value_type = String, format = DateTime)]
    pub started_at: Timestamp,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub answered_at: Option<Timestamp>,
    #[schema(value_type = String, format = DateTime)]
    pub ended_at: Timestamp,
    pub direction: CallDirection,
    pub from: String,
    pub to: String,
    pub result: CallResult,
    pub answered_by: Option<String>,
    /// From the call's begin to its answer, or to its end.
    pub wait_seconds: i64,
    pub talk_seconds: u32,
    /// The last queue on the way.
    pub queue: Option<String>,
    /// The worst mean opinion score of its legs.
    pub mos: Option<f32>,
}

/// Report calls, one row each
#[utoipa::path(get, path = "/tenants/{tenant}/reports/calls", tag = "reports",
    params(("tenant" = String, Path), RecordParams), responses((status = 200, body = List<CallRow>), Refusals))]
pub async fn calls(
    caller: Caller,
    Path(tenant): Path<String>,
    Params(params): Params<RecordParams>,
) -> Result<Json<List<CallRow>>, Problem> {
    let access = caller.begin(&tenant, Permission::View).await?;
    let (page, order) = call_records::find(&access, params).await?;
    Ok(List::of(page.map(CallRow::from), &order))
}

impl From<CallRecord> for CallRow {
    fn from(record: CallRecord) -> Self {
        let queue = record.path.iter().rev().find_map(|step| match &step.step {
            Step::Queue { name, .. } => Some(name.clone()),
            Step::Attendant { .. }
            | Step::Mailbox { .. }
            | Step::Recorded { .. }
            | Step::Supervised { .. }
            | Step::Transferred { .. } => None,
        });
        let scores = record.legs.iter().filter_map(|leg| leg.quality.as_ref()?.mos);
        let waited = record.answered_at.unwrap_or(record.ended_at).duration_since(record.started_at);
        Self {
            id: record.id.0,
            started_at: record.started_at,
            answered_at: record.answered_at,
            ended_at: record.ended_at,
            direction: call_records::CallRecord::from(record.clone()).direction,
            result: record.result.into(),
            wait_seconds: waited.as_secs(),
            talk_seconds: record.talk_seconds,
            queue,
            mos: scores.reduce(f32::min),
            from: record.from,
            to: record.to,
            answered_by: record.answered_by,
        }
    }
}
