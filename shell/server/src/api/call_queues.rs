//! Call queues: settings, who waits, who takes calls.

pub mod agents;
mod alerts;
mod callbacks;
pub mod calls;
mod hours;
mod live;
mod recording;
mod settings;
pub mod versions;

use axum::Json;
use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode};
use phone::access::Object;
use phone::apps::queue::Settings;
use phone::directory::App;
use phone::id::{CallId, QueueId};
use store::Expected;
use uuid::Uuid;

pub use self::callbacks::Callback;
pub use self::live::{AgentStatus, QueueLive};
pub use self::settings::CallQueue;
use super::body::{Body, Created, Params, Versioned, id, id_or_none, if_match};
use super::list::{List, PageParams};
use super::problem::{Problem, Refusals, WriteRefusals};
use crate::admin::{Caller, Permission, Refused};

const SORT: &str = "name";
const CALLBACK_SORT: &str = "-asked_at";

/// List call queues
#[utoipa::path(get, path = "/tenants/{tenant}/call-queues", tag = "call-queues",
    params(("tenant" = String, Path), PageParams), responses((status = 200, body = List<CallQueue>), Refusals))]
pub async fn list(
    caller: Caller,
    Path(tenant): Path<String>,
    Params(page): Params<PageParams>,
) -> Result<Json<List<CallQueue>>, Problem> {
    let (access, shown) = caller.begin_app_list(&tenant).await?;
    let paging = page.paging(SORT, false)?;
    let mut page = access.store().documents::<Settings>(access.tenant(), &paging).await.map_err(Refused::from)?;
    page.items.retain(|settings| shown.shows(Object::CallQueue(settings.value.id), &settings.value.authorized));
    Ok(List::of(page.map(|settings| CallQueue::from(&settings.value)), SORT))
}

/// Create a call queue; its texts are rendered before it is saved
#[utoipa::path(post, path = "/tenants/{tenant}/call-queues", tag = "call-queues", params(("tenant" = String, Path)),
    request_body = CallQueue, responses((status = 201, body = CallQueue), Refusals, WriteRefusals))]
pub async fn create(
    caller: Caller,
    Path(tenant): Path<String>,
    Body(wanted): Body<CallQueue>,
) -> Result<Created<CallQueue>, Problem> {
    let access = caller.begin(&tenant, Permission::Configure).await?;
    let settings = wanted.read(&access, QueueId(Uuid::now_v7())).await?;
    let version = access.save_queue(&settings, Expected::Absent).await?;
    let location = format!("/tenants/{}/call-queues/{}", access.tenant(), settings.id);
    Ok(Created { value: (&settings).into(), version, location })
}

/// Show a call queue
#[utoipa::path(get, path = "/tenants/{tenant}/call-queues/{queue}", tag = "call-queues",
    params(("tenant" = String, Path), ("queue" = Uuid, Path)),
    responses((status = 200, body = CallQueue), Refusals))]
pub async fn show(
    caller: Caller,
    Path((tenant, queue)): Path<(String, String)>,
) -> Result<Versioned<CallQueue>, Problem> {
    let queue = QueueId(id_or_none(&queue));
    let access = caller.begin_app(&tenant, Permission::View, App::Queue(queue)).await?;
    let found = access.queue(queue).await?;
    Ok(Versioned { value: (&found.value).into(), version: found.version })
}

/// Change a call queue; its texts are rendered before it is saved
#[utoipa::path(put, path = "/tenants/{tenant}/call-queues/{queue}", tag = "call-queues",
    params(("tenant" = String, Path), ("queue" = Uuid, Path), ("If-Match" = Option<String>, Header)),
    request_body = CallQueue, responses((status = 200, body = CallQueue), Refusals, WriteRefusals))]
pub async fn replace(
    caller: Caller,
    Path((tenant, queue)): Path<(String, String)>,
    headers: HeaderMap,
    Body(wanted): Body<CallQueue>,
) -> Result<Versioned<CallQueue>, Problem> {
    let queue = QueueId(id_or_none(&queue));
    let access = caller.begin_app(&tenant, Permission::Configure, App::Queue(queue)).await?;
    let expected = if_match(&headers)?;
    access.queue(queue).await?;
    let settings = wanted.read(&access, queue).await?;
    let version = access.save_queue(&settings, expected).await?;
    Ok(Versioned { value: (&settings).into(), version })
}

/// Delete a call queue that nothing leads to; who still waits in it is hung up on
#[utoipa::path(delete, path = "/tenants/{tenant}/call-queues/{queue}", tag = "call-queues",
    params(("tenant" = String, Path), ("queue" = Uuid, Path), ("If-Match" = Option<String>, Header)),
    responses((status = 204), Refusals, WriteRefusals))]
pub async fn delete(
    caller: Caller,
    Path((tenant, queue)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<StatusCode, Problem> {
    let access = caller.begin(&tenant, Permission::Configure).await?;
    let queue = QueueId(id(&queue, "call queue")?);
    access.delete_queue(queue, if_match(&headers)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Show who waits in a queue now, and what its agents do
#[utoipa::path(get, path = "/tenants/{tenant}/call-queues/{queue}/live", tag = "call-queues",
    params(("tenant" = String, Path), ("queue" = Uuid, Path)),
    responses((status = 200, body = QueueLive), Refusals))]
pub async fn show_live(
    caller: Caller,
    Path((tenant, queue)): Path<(String, String)>,
) -> Result<Json<QueueLive>, Problem> {
    let queue = QueueId(id_or_none(&queue));
    let access = caller.begin_app(&tenant, Permission::View, App::Queue(queue)).await?;
    let queue = access.queue_live(queue).await?;
    let calls = if queue.waiting.is_empty() { Vec::new() } else { access.calls().await? };
    Ok(Json(QueueLive::new(access.snapshot().as_deref(), &queue, &calls)))
}

/// List callers of a queue who are to be called back, with what became of those before, the latest first
#[utoipa::path(get, path = "/tenants/{tenant}/call-queues/{queue}/callbacks", tag = "call-queues",
    params(("tenant" = String, Path), ("queue" = Uuid, Path), PageParams),
    responses((status = 200, body = List<Callback>), Refusals))]
pub async fn list_callbacks(
    caller: Caller,
    Path((tenant, queue)): Path<(String, String)>,
    Params(page): Params<PageParams>,
) -> Result<Json<List<Callback>>, Problem> {
    let access = caller.begin(&tenant, Permission::View).await?;
    let queue = QueueId(id(&queue, "call queue")?);
    access.queue(queue).await?;
    let paging = page.paging(CALLBACK_SORT, true)?;
    let page = access.store().callbacks(access.tenant(), queue, &paging).await.map_err(Refused::from)?;
    Ok(List::of(page.map(|kept| Callback::from(&kept)), CALLBACK_SORT))
}

/// Let nobody call a caller back; an attempt under way goes on
#[utoipa::path(delete, path = "/tenants/{tenant}/call-queues/{queue}/callbacks/{callback}", tag = "call-queues",
    params(("tenant" = String, Path), ("queue" = Uuid, Path), ("callback" = Uuid, Path)),
    responses((status = 204), Refusals, WriteRefusals))]
pub async fn cancel_callback(
    caller: Caller,
    Path((tenant, queue, callback)): Path<(String, String, String)>,
) -> Result<StatusCode, Problem> {
    let access = caller.begin(&tenant, Permission::Operate).await?;
    let queue = QueueId(id(&queue, "call queue")?);
    access.cancel_callback(queue, CallId(id(&callback, "callback")?)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Let an agent take calls of a queue again
#[utoipa::path(post, path = "/tenants/{tenant}/call-queues/{queue}/agents/{user}/opt-in", tag = "call-queues",
    params(("tenant" = String, Path), ("queue" = Uuid, Path), ("user" = String, Path, description = "Id or extension")),
    responses((status = 204), Refusals, WriteRefusals))]
pub async fn opt_in(
    caller: Caller,
    Path((tenant, queue, user)): Path<(String, String, String)>,
) -> Result<StatusCode, Problem> {
    let queue = QueueId(id_or_none(&queue));
    let (access, agent) = caller.begin_opt(&tenant, queue, &user).await?;
    access.opt_in(queue, agent).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Let an agent take no calls of a queue
#[utoipa::path(post, path = "/tenants/{tenant}/call-queues/{queue}/agents/{user}/opt-out", tag = "call-queues",
    params(("tenant" = String, Path), ("queue" = Uuid, Path), ("user" = String, Path, description = "Id or extension")),
    responses((status = 204), Refusals, WriteRefusals))]
pub async fn opt_out(
    caller: Caller,
    Path((tenant, queue, user)): Path<(String, String, String)>,
) -> Result<StatusCode, Problem> {
    let queue = QueueId(id_or_none(&queue));
    let (access, agent) = caller.begin_opt(&tenant, queue, &user).await?;
    access.opt_out(queue, agent).await?;
    Ok(StatusCode::NO_CONTENT)
}
