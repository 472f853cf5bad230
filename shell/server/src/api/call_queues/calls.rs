//! Calls that came to a queue, for all who work in it.

use axum::Json;
use axum::extract::Path;
use axum::http::StatusCode;
use jiff::Timestamp;
use phone::directory::Tenant;
use phone::id::{CallId, QueueId};
use phone::record::segment::QueueResult as PhoneResult;
use serde::{Deserialize, Serialize};
use store::QueueCalls;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::admin::{Caller, Permission, Refused};
use crate::api::body::{Params, id};
use crate::api::list::{List, PageParams};
use crate::api::problem::{Problem, Refusals, WriteRefusals};

const SORT: &str = "-at";
/// Callers whom nobody helped.
const MISSED: [PhoneResult; 6] = [
    PhoneResult::Abandoned,
    PhoneResult::Closed,
    PhoneResult::Failed,
    PhoneResult::NoAgents,
    PhoneResult::Overflowed,
    PhoneResult::TimedOut,
];

/// Which calls.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct QueueCallParams {
    #[param(minimum = 1, maximum = 1000, default = 100)]
    pub limit: Option<u64>,
    pub cursor: Option<String>,
    /// Only those that were missed, or only those that were answered.
    #[param(inline)]
    pub kind: Option<QueueCallKind>,
    /// Came at this time or later.
    #[param(value_type = Option<String>, format = DateTime)]
    pub since: Option<Timestamp>,
    /// Came before this time.
    #[param(value_type = Option<String>, format = DateTime)]
    pub until: Option<Timestamp>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum QueueCallKind {
    Answered,
    Missed,
}

/// A call that came to a queue, or an attempt to call somebody back.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct QueueCall {
    /// The call's record.
    pub call: Uuid,
    /// Whether an agent called back.
    pub is_callback: bool,
    pub from: String,
    pub from_name: Option<String>,
    pub to: String,
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    pub waited_seconds: u64,
    /// `abandoned`, `answered`, `callback`, `closed`, `disconnected`, `failed`, `no_agents`, `overflowed` or `timed_out`.
    pub result: String,
    /// Who answered.
    pub agent: Option<Uuid>,
    pub agent_name: Option<String>,
    pub talk_seconds: u64,
    /// Who took care of it later.
    pub handled_by: Option<String>,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub handled_at: Option<Timestamp>,
}

/// List calls that came to a queue, the latest first; its agents may see them as well
#[utoipa::path(get, path = "/tenants/{tenant}/call-queues/{queue}/calls", tag = "call-queues",
    params(("tenant" = String, Path), ("queue" = Uuid, Path), QueueCallParams),
    responses((status = 200, body = List<QueueCall>), Refusals))]
pub async fn list(
    caller: Caller,
    Path((tenant, queue)): Path<(String, String)>,
    Params(params): Params<QueueCallParams>,
) -> Result<Json<List<QueueCall>>, Problem> {
    let (access, queue) = caller.begin_queue_calls(&tenant, queue_of(&queue), Permission::View).await?;
    let results = match params.kind {
        None => Vec::new(),
        Some(QueueCallKind::Answered) => vec![PhoneResult::Answered.code()],
        Some(QueueCallKind::Missed) => MISSED.map(PhoneResult::code).to_vec(),
    };
    let wanted = QueueCalls { results, since: params.since, until: params.until };
    let paging = PageParams { limit: params.limit, cursor: params.cursor }.paging(SORT, true)?;
    let page = access.store().queue_calls(access.tenant(), queue, &wanted, &paging).await.map_err(Refused::from)?;
    let tenant = access.snapshot();
    Ok(List::of(page.map(|call| shown(tenant.as_deref(), call)), SORT))
}

/// Mark a call of a queue as taken care of, for all to see; who marked it first stays
#[utoipa::path(post, path = "/tenants/{tenant}/call-queues/{queue}/calls/{call}/handle", tag = "call-queues",
    params(("tenant" = String, Path), ("queue" = Uuid, Path), ("call" = Uuid, Path)),
    responses((status = 204), Refusals, WriteRefusals))]
pub async fn handle(
    caller: Caller,
    Path((tenant, queue, call)): Path<(String, String, String)>,
) -> Result<StatusCode, Problem> {
    let (access, queue) = caller.begin_queue_calls(&tenant, queue_of(&queue), Permission::Operate).await?;
    access.handle_queue_call(queue, CallId(id(&call, "call of this queue")?)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Take the mark back: nobody took care of the call
#[utoipa::path(post, path = "/tenants/{tenant}/call-queues/{queue}/calls/{call}/reopen", tag = "call-queues",
    params(("tenant" = String, Path), ("queue" = Uuid, Path), ("call" = Uuid, Path)),
    responses((status = 204), Refusals, WriteRefusals))]
pub async fn reopen(
    caller: Caller,
    Path((tenant, queue, call)): Path<(String, String, String)>,
) -> Result<StatusCode, Problem> {
    let (access, queue) = caller.begin_queue_calls(&tenant, queue_of(&queue), Permission::Operate).await?;
    access.reopen_queue_call(queue, CallId(id(&call, "call of this queue")?)).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn queue_of(text: &str) -> impl FnOnce() -> Result<QueueId, Refused> {
    let queue = text.parse::<Uuid>().map(QueueId);
    move || queue.map_err(|_| Refused::NotFound { what: "call queue" })
}

fn shown(tenant: Option<&Tenant>, call: store::QueueCall) -> QueueCall {
    let secs = |ms: i64| u64::try_from(ms / 1_000).unwrap_or(0);
    let name = |agent| Some(tenant?.users.get(&agent)?.display_name.clone());
    let (handled_by, handled_at) = call.handled.unzip();
    QueueCall {
        call: call.call.0,
        is_callback: call.is_callback,
        from: call.from,
        from_name: call.from_name,
        to: call.to,
        at: call.at,
        waited_seconds: secs(call.waited_ms),
        result: call.result,
        agent: call.agent.map(|agent| agent.0),
        agent_name: call.agent.and_then(name),
        talk_seconds: secs(call.talk_ms),
        handled_by,
        handled_at,
    }
}
