//! Drafts and versions of call queues.

use axum::Json;
use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode};
use phone::apps::queue::Settings;
use phone::directory::App;
use phone::directory::flow_test::AppSettings;
use phone::id::QueueId;
use serde_json::Value;
use uuid::Uuid;

use super::CallQueue;
use crate::admin::{Caller, Permission};
use crate::api::body::{Body, OptionalBody, Params, Versioned, id_or_none, if_match};
use crate::api::list::{List, PageParams};
use crate::api::problem::{Problem, Refusals, WriteRefusals};
use crate::api::versions::{self, AppBody, AppVersion, Draft, PublishDraft, Published};

impl AppBody for CallQueue {
    const WHAT: &'static str = "call queue";

    fn app(id: Uuid) -> App {
        App::Queue(QueueId(id))
    }

    fn of(settings: &AppSettings) -> Option<Self> {
        match settings {
            AppSettings::Queue(settings) => Some(settings.into()),
            AppSettings::Attendant(_) => None,
        }
    }

    fn of_kept(kept: Value) -> Option<Self> {
        serde_json::from_value(kept).ok().map(|settings: Settings| (&settings).into())
    }
}

/// Show the draft of a call queue
#[utoipa::path(get, path = "/tenants/{tenant}/call-queues/{queue}/draft", tag = "call-queues",
    params(("tenant" = String, Path), ("queue" = Uuid, Path)),
    responses((status = 200, body = Draft<CallQueue>), Refusals))]
pub async fn show_draft(
    caller: Caller,
    Path((tenant, queue)): Path<(String, String)>,
) -> Result<Versioned<Draft<CallQueue>>, Problem> {
    versions::show_draft(&caller, &tenant, &queue).await
}

/// Save a draft of a call queue; calls don't meet it until it is published
#[utoipa::path(put, path = "/tenants/{tenant}/call-queues/{queue}/draft", tag = "call-queues",
    params(("tenant" = String, Path), ("queue" = Uuid, Path), ("If-Match" = Option<String>, Header)),
    request_body = CallQueue, responses((status = 200, body = Draft<CallQueue>), Refusals, WriteRefusals))]
pub async fn save_draft(
    caller: Caller,
    Path((tenant, queue)): Path<(String, String)>,
    headers: HeaderMap,
    Body(wanted): Body<CallQueue>,
) -> Result<Versioned<Draft<CallQueue>>, Problem> {
    let queue = QueueId(id_or_none(&queue));
    let access = caller.begin_app(&tenant, Permission::Configure, App::Queue(queue)).await?;
    let expected = if_match(&headers)?;
    access.queue(queue).await?;
    let settings = wanted.read(&access, queue).await?;
    Draft::of(access.save_draft(AppSettings::Queue(settings), expected).await?)
}

/// Discard the draft of a call queue
#[utoipa::path(delete, path = "/tenants/{tenant}/call-queues/{queue}/draft", tag = "call-queues",
    params(("tenant" = String, Path), ("queue" = Uuid, Path), ("If-Match" = Option<String>, Header)),
    responses((status = 204), Refusals, WriteRefusals))]
pub async fn discard_draft(
    caller: Caller,
    Path((tenant, queue)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<StatusCode, Problem> {
    versions::discard_draft::<CallQueue>(&caller, &tenant, &queue, &headers).await
}

/// Publish the draft of a call queue, if all its flow tests pass on it
#[utoipa::path(post, path = "/tenants/{tenant}/call-queues/{queue}/draft/publish", tag = "call-queues",
    params(("tenant" = String, Path), ("queue" = Uuid, Path),
        ("If-Match" = Option<String>, Header, description = "Of the draft")),
    request_body = Option<PublishDraft>,
    responses((status = 200, body = CallQueue), Refusals, WriteRefusals))]
pub async fn publish_draft(
    caller: Caller,
    Path((tenant, queue)): Path<(String, String)>,
    headers: HeaderMap,
    OptionalBody(wanted): OptionalBody<PublishDraft>,
) -> Result<Versioned<CallQueue>, Problem> {
    versions::publish_draft(&caller, &tenant, &queue, &headers, wanted).await
}

/// List what was published of a call queue, the newest first
#[utoipa::path(get, path = "/tenants/{tenant}/call-queues/{queue}/versions", tag = "call-queues",
    params(("tenant" = String, Path), ("queue" = Uuid, Path), PageParams),
    responses((status = 200, body = List<AppVersion>), Refusals))]
pub async fn list_versions(
    caller: Caller,
    Path((tenant, queue)): Path<(String, String)>,
    Params(page): Params<PageParams>,
) -> Result<Json<List<AppVersion>>, Problem> {
    versions::list_versions::<CallQueue>(&caller, &tenant, &queue, &page).await
}

/// Show a call queue as it was published at some time
#[utoipa::path(get, path = "/tenants/{tenant}/call-queues/{queue}/versions/{version}", tag = "call-queues",
    params(("tenant" = String, Path), ("queue" = Uuid, Path), ("version" = u64, Path)),
    responses((status = 200, body = Published<CallQueue>), Refusals))]
pub async fn show_version(
    caller: Caller,
    Path((tenant, queue, version)): Path<(String, String, String)>,
) -> Result<Json<Published<CallQueue>>, Problem> {
    versions::show_version(&caller, &tenant, &queue, &version).await
}

/// Publish again what a call queue was at some time
#[utoipa::path(post, path = "/tenants/{tenant}/call-queues/{queue}/versions/{version}/revert", tag = "call-queues",
    params(("tenant" = String, Path), ("queue" = Uuid, Path), ("version" = u64, Path),
        ("If-Match" = Option<String>, Header, description = "Of what is published now")),
    responses((status = 200, body = CallQueue), Refusals, WriteRefusals))]
pub async fn revert(
    caller: Caller,
    Path((tenant, queue, version)): Path<(String, String, String)>,
    headers: HeaderMap,
) -> Result<Versioned<CallQueue>, Problem> {
    versions::revert(&caller, &tenant, &queue, &version, &headers).await
}
