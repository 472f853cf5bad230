//! Live calls.

use axum::Json;
use axum::extract::Path;
use axum::http::StatusCode;
use phone::id::CallId;
use serde::{Deserialize, Serialize};
use switch::view;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::body::{Params, id};
use super::list::List;
use super::problem::{Problem, Refusals, WriteRefusals};
use super::supervision::Supervision;
use crate::admin::{Caller, Permission};

/// A call that is going on.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Call {
    pub id: Uuid,
    pub from: String,
    pub from_name: Option<String>,
    pub to: String,
    #[schema(value_type = String, format = DateTime)]
    pub started_at: jiff::Timestamp,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub answered_at: Option<jiff::Timestamp>,
    /// `attendant`, `callback`, `mailbox`, `queue`, `ringing`, `talking`, `held`, `transferring`, `voicemail` or `test`.
    pub state: String,
    /// Who or what has it now.
    pub at: Option<String>,
    pub answered_by: Option<String>,
    /// The queue whose agent talks with the caller.
    pub queue: Option<Uuid>,
    /// Null while nobody supervises it.
    pub supervision: Option<Supervision>,
    pub legs: Vec<CallLeg>,
}

/// One party.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct CallLeg {
    pub party: String,
    pub inbound: bool,
    pub state: String,
    pub user: Option<Uuid>,
    pub trunk: Option<Uuid>,
    pub codec: Option<String>,
    pub encrypted: bool,
}

/// Which calls.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct CallParams {
    pub state: Option<String>,
    /// With this person: id or extension.
    pub user: Option<String>,
}

/// List calls that are going on
#[utoipa::path(get, path = "/tenants/{tenant}/calls", tag = "calls", params(("tenant" = String, Path), CallParams),
    responses((status = 200, body = List<Call>), Refusals))]
pub async fn list(
    caller: Caller,
    Path(tenant): Path<String>,
    Params(params): Params<CallParams>,
) -> Result<Json<List<Call>>, Problem> {
    let access = caller.begin(&tenant, Permission::View).await?;
    let user = match &params.user {
        Some(name) => Some(access.user(name).await?.value.id),
        None => None,
    };
    let wanted = |call: &view::Call| {
        params.state.as_deref().is_none_or(|state| call.state == state)
            && user.is_none_or(|user| call.legs.iter().any(|leg| leg.user == Some(user)))
    };
    let calls = access.calls().await?;
    Ok(List::whole(calls.into_iter().filter(wanted).map(Call::from).collect()))
}

/// Show a call that is going on
#[utoipa::path(get, path = "/tenants/{tenant}/calls/{call}", tag = "calls",
    params(("tenant" = String, Path), ("call" = Uuid, Path)), responses((status = 200, body = Call), Refusals))]
pub async fn show(caller: Caller, Path((tenant, call)): Path<(String, String)>) -> Result<Json<Call>, Problem> {
    let access = caller.begin(&tenant, Permission::View).await?;
    Ok(Json(access.call(CallId(id(&call, "call")?)).await?.into()))
}

/// End a call
#[utoipa::path(delete, path = "/tenants/{tenant}/calls/{call}", tag = "calls",
    params(("tenant" = String, Path), ("call" = Uuid, Path)), responses((status = 204), Refusals, WriteRefusals))]
pub async fn delete(caller: Caller, Path((tenant, call)): Path<(String, String)>) -> Result<StatusCode, Problem> {
    let access = caller.begin(&tenant, Permission::Operate).await?;
    access.hang_up(CallId(id(&call, "call")?)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// End a call
#[utoipa::path(post, path = "/tenants/{tenant}/calls/{call}/hangup", tag = "calls",
    params(("tenant" = String, Path), ("call" = Uuid, Path)), responses((status = 204), Refusals, WriteRefusals))]
pub async fn hang_up(caller: Caller, path: Path<(String, String)>) -> Result<StatusCode, Problem> {
    delete(caller, path).await
}

impl From<view::Call> for Call {
    fn from(call: view::Call) -> Self {
        let leg = |leg: view::Leg| CallLeg {
            party: leg.party,
            inbound: leg.inbound,
            state: leg.state.to_owned(),
            user: leg.user.map(|user| user.0),
            trunk: leg.trunk.map(|trunk| trunk.0),
            codec: leg.codec.map(str::to_owned),
            encrypted: leg.encrypted,
        };
        Self {
            id: call.id.0,
            from: call.from,
            from_name: call.from_name,
            to: call.to,
            started_at: call.started_at,
            answered_at: call.answered_at,
            state: call.state.to_owned(),
            at: call.at,
            answered_by: call.answered_by,
            queue: call.queue.map(|queue| queue.0),
            supervision: call.supervision.map(Supervision::from),
            legs: call.legs.into_iter().map(leg).collect(),
        }
    }
}
