//! What agents do beside taking calls.

use axum::extract::Path;
use axum::http::StatusCode;
use phone::id::QueueId;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::admin::Caller;
use crate::api::body::{Body, id_or_none};
use crate::api::problem::{Problem, Refusals, WriteRefusals};

/// Why an agent takes no calls for a while.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "reason": "Lunch" }))]
pub struct AgentPause {
    /// 1 to 64 characters, shown to who sees the queue live.
    pub reason: String,
}

/// A call with the number of a queue.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "agent": "102", "to": "+12065550100" }))]
pub struct QueueCallOut {
    /// Whose phones ring first: id or extension of an agent of the queue.
    pub agent: String,
    /// As the agent would dial it.
    pub to: String,
    /// One of the numbers of the queue's `caller_ids`; the first one if it is not given.
    pub number: Option<String>,
}

/// Let an agent take no calls of any queue for a while; a call that goes on is not ended
#[utoipa::path(put, path = "/tenants/{tenant}/call-queues/agents/{user}/pause", tag = "call-queues",
    params(("tenant" = String, Path), ("user" = String, Path, description = "Id or extension")),
    request_body = AgentPause, responses((status = 204), Refusals, WriteRefusals))]
pub async fn pause(
    caller: Caller,
    Path((tenant, user)): Path<(String, String)>,
    Body(wanted): Body<AgentPause>,
) -> Result<StatusCode, Problem> {
    let (access, agent) = caller.begin_agent(&tenant, &user).await?;
    access.pause(agent, &wanted.reason).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Let an agent who pauses take calls again
#[utoipa::path(delete, path = "/tenants/{tenant}/call-queues/agents/{user}/pause", tag = "call-queues",
    params(("tenant" = String, Path), ("user" = String, Path, description = "Id or extension")),
    responses((status = 204), Refusals, WriteRefusals))]
pub async fn resume(caller: Caller, Path((tenant, user)): Path<(String, String)>) -> Result<StatusCode, Problem> {
    let (access, agent) = caller.begin_agent(&tenant, &user).await?;
    access.resume(agent).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Let an agent take the next call before the time after the last one is over
#[utoipa::path(post, path = "/tenants/{tenant}/call-queues/agents/{user}/end-wrap-up", tag = "call-queues",
    params(("tenant" = String, Path), ("user" = String, Path, description = "Id or extension")),
    responses((status = 204), Refusals, WriteRefusals))]
pub async fn end_wrap_up(caller: Caller, Path((tenant, user)): Path<(String, String)>) -> Result<StatusCode, Problem> {
    let (access, agent) = caller.begin_agent(&tenant, &user).await?;
    access.end_wrap_up(agent).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Ring an agent's phones, then a number, which sees the number of the queue
#[utoipa::path(post, path = "/tenants/{tenant}/call-queues/{queue}/calls-out", tag = "call-queues",
    params(("tenant" = String, Path), ("queue" = Uuid, Path)),
    request_body = QueueCallOut, responses((status = 204), Refusals, WriteRefusals))]
pub async fn call_out(
    caller: Caller,
    Path((tenant, queue)): Path<(String, String)>,
    Body(wanted): Body<QueueCallOut>,
) -> Result<StatusCode, Problem> {
    let queue = QueueId(id_or_none(&queue));
    let (access, agent) = caller.begin_agent_of(&tenant, queue, &wanted.agent).await?;
    access.call_as_queue(queue, agent, &wanted.to, wanted.number.as_deref()).await?;
    Ok(StatusCode::NO_CONTENT)
}
