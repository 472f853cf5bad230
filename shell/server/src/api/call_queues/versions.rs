//! Drafts and versions of call queues.

use axum::Json;
use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode};
use jiff::Timestamp;
use phone::apps::queue::Settings;
use phone::directory::App;
use phone::directory::flow_test::AppSettings;
use phone::id::QueueId;
use serde::{Deserialize, Serialize};
use store::Version;
use utoipa::ToSchema;

use super::CallQueue;
use crate::admin::drafts::ShownDraft;
use crate::admin::{Caller, Permission, Refused};
use crate::api::body::{Body, OptionalBody, Params, Versioned, id, if_match};
use crate::api::list::{List, PageParams};
use crate::api::problem::{FieldError, Problem, Refusals, WriteRefusals};
use crate::api::versions::{AppVersion, PublishDraft, differences, problems};

const SORT: &str = "-version";

/// What a call queue may become.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct CallQueueDraft {
    pub settings: CallQueue,
    /// The version that was published when the draft was saved.
    pub base_version: Version,
    /// What keeps it from being published, and warnings.
    pub problems: Vec<FieldError>,
    /// Where it differs from what is published.
    pub differences: Vec<String>,
}

/// A call queue as it was published at some time.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct CallQueueVersion {
    pub version: u64,
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    pub actor: String,
    pub action: String,
    pub settings: CallQueue,
}

/// Show the draft of a call queue
#[utoipa::path(get, path = "/tenants/{tenant}/call-queues/{queue}/draft", tag = "call-queues",
    params(("tenant" = String, Path), ("queue" = Uuid, Path)),
    responses((status = 200, body = CallQueueDraft), Refusals))]
pub async fn show_draft(
    caller: Caller,
    Path((tenant, queue)): Path<(String, String)>,
) -> Result<Versioned<CallQueueDraft>, Problem> {
    let access = caller.begin(&tenant, Permission::View).await?;
    let shown = access.draft(App::Queue(QueueId(id(&queue, "call queue")?))).await?;
    CallQueueDraft::of(shown)
}

/// Save a draft of a call queue; calls don't meet it until it is published
#[utoipa::path(put, path = "/tenants/{tenant}/call-queues/{queue}/draft", tag = "call-queues",
    params(("tenant" = String, Path), ("queue" = Uuid, Path), ("If-Match" = Option<String>, Header)),
    request_body = CallQueue, responses((status = 200, body = CallQueueDraft), Refusals, WriteRefusals))]
pub async fn save_draft(
    caller: Caller,
    Path((tenant, queue)): Path<(String, String)>,
    headers: HeaderMap,
    Body(wanted): Body<CallQueue>,
) -> Result<Versioned<CallQueueDraft>, Problem> {
    let access = caller.begin(&tenant, Permission::Configure).await?;
    let expected = if_match(&headers)?;
    let queue = QueueId(id(&queue, "call queue")?);
    access.queue(queue).await?;
    let settings = wanted.read(&access, queue).await?;
    CallQueueDraft::of(access.save_draft(AppSettings::Queue(settings), expected).await?)
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
    let access = caller.begin(&tenant, Permission::Configure).await?;
    let app = App::Queue(QueueId(id(&queue, "call queue")?));
    access.discard_draft(app, if_match(&headers)?).await?;
    Ok(StatusCode::NO_CONTENT)
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
    let access = caller.begin(&tenant, Permission::Configure).await?;
    let app = App::Queue(QueueId(id(&queue, "call queue")?));
    let (settings, version) = access.publish_draft(app, if_match(&headers)?, wanted.red_tests()).await?;
    Ok(Versioned { value: shape(&settings)?, version })
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
    let access = caller.begin(&tenant, Permission::View).await?;
    let app = App::Queue(QueueId(id(&queue, "call queue")?));
    let page = access.versions(app, &page.paging(SORT, true)?).await?;
    let shape = |kept: &serde_json::Value| {
        let settings: Settings = serde_json::from_value(kept.clone()).ok()?;
        serde_json::to_value(CallQueue::from(&settings)).ok()
    };
    Ok(List::of(page.map(|version| AppVersion::of(version, shape)), SORT))
}

/// Show a call queue as it was published at some time
#[utoipa::path(get, path = "/tenants/{tenant}/call-queues/{queue}/versions/{version}", tag = "call-queues",
    params(("tenant" = String, Path), ("queue" = Uuid, Path), ("version" = u64, Path)),
    responses((status = 200, body = CallQueueVersion), Refusals))]
pub async fn show_version(
    caller: Caller,
    Path((tenant, queue, version)): Path<(String, String, String)>,
) -> Result<Json<CallQueueVersion>, Problem> {
    let access = caller.begin(&tenant, Permission::View).await?;
    let app = App::Queue(QueueId(id(&queue, "call queue")?));
    let found = access.version(app, number(&version)?).await?;
    let kept = found.event.after.unwrap_or_default();
    let settings: Settings = serde_json::from_value(kept).map_err(|_| Refused::NotFound { what: "version" })?;
    Ok(Json(CallQueueVersion {
        version: found.number,
        at: found.event.at,
        actor: found.event.actor,
        action: found.event.action,
        settings: (&settings).into(),
    }))
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
    let access = caller.begin(&tenant, Permission::Configure).await?;
    let app = App::Queue(QueueId(id(&queue, "call queue")?));
    let (settings, version) = access.revert(app, number(&version)?, if_match(&headers)?).await?;
    Ok(Versioned { value: shape(&settings)?, version })
}

impl CallQueueDraft {
    fn of(shown: ShownDraft) -> Result<Versioned<Self>, Problem> {
        let ShownDraft { draft, published, problems: found } = shown;
        let settings = shape(&draft.value.settings)?;
        let value = Self {
            differences: differences(&shape(&published)?, &settings),
            base_version: draft.value.base,
            problems: problems(found),
            settings,
        };
        Ok(Versioned { value, version: draft.version })
    }
}

fn shape(settings: &AppSettings) -> Result<CallQueue, Problem> {
    match settings {
        AppSettings::Queue(settings) => Ok(settings.into()),
        AppSettings::Attendant(_) => Err(Refused::NotFound { what: "call queue" }.into()),
    }
}

fn number(text: &str) -> Result<u64, Problem> {
    Ok(text.parse().map_err(|_| Refused::NotFound { what: "version" })?)
}
