//! Drafts and versions of auto attendants.

use axum::Json;
use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode};
use phone::apps::attendant::Settings;
use phone::directory::App;
use phone::directory::flow_test::AppSettings;
use phone::id::AttendantId;
use serde_json::Value;
use uuid::Uuid;

use super::AutoAttendant;
use crate::admin::{Caller, Permission};
use crate::api::body::{Body, OptionalBody, Params, Versioned, id_or_none, if_match};
use crate::api::list::{List, PageParams};
use crate::api::problem::{Problem, Refusals, WriteRefusals};
use crate::api::versions::{self, AppBody, AppVersion, Draft, PublishDraft, Published};

impl AppBody for AutoAttendant {
    const WHAT: &'static str = "auto attendant";

    fn app(id: Uuid) -> App {
        App::Attendant(AttendantId(id))
    }

    fn of(settings: &AppSettings) -> Option<Self> {
        match settings {
            AppSettings::Attendant(settings) => Some(settings.into()),
            AppSettings::Queue(_) => None,
        }
    }

    fn of_kept(kept: Value) -> Option<Self> {
        serde_json::from_value(kept).ok().map(|settings: Settings| (&settings).into())
    }
}

/// Show the draft of an auto attendant
#[utoipa::path(get, path = "/tenants/{tenant}/auto-attendants/{attendant}/draft", tag = "auto-attendants",
    params(("tenant" = String, Path), ("attendant" = Uuid, Path)),
    responses((status = 200, body = Draft<AutoAttendant>), Refusals))]
pub async fn show_draft(
    caller: Caller,
    Path((tenant, attendant)): Path<(String, String)>,
) -> Result<Versioned<Draft<AutoAttendant>>, Problem> {
    versions::show_draft(&caller, &tenant, &attendant).await
}

/// Save a draft of an auto attendant; calls don't meet it until it is published
#[utoipa::path(put, path = "/tenants/{tenant}/auto-attendants/{attendant}/draft", tag = "auto-attendants",
    params(("tenant" = String, Path), ("attendant" = Uuid, Path), ("If-Match" = Option<String>, Header)),
    request_body = AutoAttendant, responses((status = 200, body = Draft<AutoAttendant>), Refusals, WriteRefusals))]
pub async fn save_draft(
    caller: Caller,
    Path((tenant, attendant)): Path<(String, String)>,
    headers: HeaderMap,
    Body(wanted): Body<AutoAttendant>,
) -> Result<Versioned<Draft<AutoAttendant>>, Problem> {
    let attendant = AttendantId(id_or_none(&attendant));
    let access = caller.begin_app(&tenant, Permission::Configure, App::Attendant(attendant)).await?;
    let expected = if_match(&headers)?;
    access.attendant(attendant).await?;
    let settings = wanted.read(&access, attendant).await?;
    Draft::of(access.save_draft(AppSettings::Attendant(settings), expected).await?)
}

/// Discard the draft of an auto attendant
#[utoipa::path(delete, path = "/tenants/{tenant}/auto-attendants/{attendant}/draft", tag = "auto-attendants",
    params(("tenant" = String, Path), ("attendant" = Uuid, Path), ("If-Match" = Option<String>, Header)),
    responses((status = 204), Refusals, WriteRefusals))]
pub async fn discard_draft(
    caller: Caller,
    Path((tenant, attendant)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<StatusCode, Problem> {
    versions::discard_draft::<AutoAttendant>(&caller, &tenant, &attendant, &headers).await
}

/// Publish the draft of an auto attendant, if all its flow tests pass on it
#[utoipa::path(post, path = "/tenants/{tenant}/auto-attendants/{attendant}/draft/publish", tag = "auto-attendants",
    params(("tenant" = String, Path), ("attendant" = Uuid, Path),
        ("If-Match" = Option<String>, Header, description = "Of the draft")),
    request_body = Option<PublishDraft>,
    responses((status = 200, body = AutoAttendant), Refusals, WriteRefusals))]
pub async fn publish_draft(
    caller: Caller,
    Path((tenant, attendant)): Path<(String, String)>,
    headers: HeaderMap,
    OptionalBody(wanted): OptionalBody<PublishDraft>,
) -> Result<Versioned<AutoAttendant>, Problem> {
    versions::publish_draft(&caller, &tenant, &attendant, &headers, wanted).await
}

/// List what was published of an auto attendant, the newest first
#[utoipa::path(get, path = "/tenants/{tenant}/auto-attendants/{attendant}/versions", tag = "auto-attendants",
    params(("tenant" = String, Path), ("attendant" = Uuid, Path), PageParams),
    responses((status = 200, body = List<AppVersion>), Refusals))]
pub async fn list_versions(
    caller: Caller,
    Path((tenant, attendant)): Path<(String, String)>,
    Params(page): Params<PageParams>,
) -> Result<Json<List<AppVersion>>, Problem> {
    versions::list_versions::<AutoAttendant>(&caller, &tenant, &attendant, &page).await
}

/// Show an auto attendant as it was published at some time
#[utoipa::path(get, path = "/tenants/{tenant}/auto-attendants/{attendant}/versions/{version}", tag = "auto-attendants",
    params(("tenant" = String, Path), ("attendant" = Uuid, Path), ("version" = u64, Path)),
    responses((status = 200, body = Published<AutoAttendant>), Refusals))]
pub async fn show_version(
    caller: Caller,
    Path((tenant, attendant, version)): Path<(String, String, String)>,
) -> Result<Json<Published<AutoAttendant>>, Problem> {
    versions::show_version(&caller, &tenant, &attendant, &version).await
}

/// Publish again what an auto attendant was at some time
#[utoipa::path(post, path = "/tenants/{tenant}/auto-attendants/{attendant}/versions/{version}/revert", tag = "auto-attendants",
    params(("tenant" = String, Path), ("attendant" = Uuid, Path), ("version" = u64, Path),
        ("If-Match" = Option<String>, Header, description = "Of what is published now")),
    responses((status = 200, body = AutoAttendant), Refusals, WriteRefusals))]
pub async fn revert(
    caller: Caller,
    Path((tenant, attendant, version)): Path<(String, String, String)>,
    headers: HeaderMap,
) -> Result<Versioned<AutoAttendant>, Problem> {
    versions::revert(&caller, &tenant, &attendant, &version, &headers).await
}
