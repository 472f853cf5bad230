//! Drafts and versions of auto attendants.

use axum::Json;
use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode};
use jiff::Timestamp;
use phone::apps::attendant::Settings;
use phone::directory::App;
use phone::directory::flow_test::AppSettings;
use phone::id::AttendantId;
use serde::{Deserialize, Serialize};
use store::Version;
use utoipa::ToSchema;

use super::AutoAttendant;
use crate::admin::drafts::ShownDraft;
use crate::admin::{Caller, Permission, Refused};
use crate::api::body::{Body, OptionalBody, Params, Versioned, id, if_match};
use crate::api::list::{List, PageParams};
use crate::api::problem::{FieldError, Problem, Refusals, WriteRefusals};
use crate::api::versions::{AppVersion, PublishDraft, differences, problems};

const SORT: &str = "-version";

/// What an auto attendant may become.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct AutoAttendantDraft {
    pub settings: AutoAttendant,
    /// The version that was published when the draft was saved.
    pub base_version: Version,
    /// What keeps it from being published, and warnings.
    pub problems: Vec<FieldError>,
    /// Where it differs from what is published.
    pub differences: Vec<String>,
}

/// An auto attendant as it was published at some time.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct AutoAttendantVersion {
    pub version: u64,
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    pub actor: String,
    pub action: String,
    pub settings: AutoAttendant,
}

/// Show the draft of an auto attendant
#[utoipa::path(get, path = "/tenants/{tenant}/auto-attendants/{attendant}/draft", tag = "auto-attendants",
    params(("tenant" = String, Path), ("attendant" = Uuid, Path)),
    responses((status = 200, body = AutoAttendantDraft), Refusals))]
pub async fn show_draft(
    caller: Caller,
    Path((tenant, attendant)): Path<(String, String)>,
) -> Result<Versioned<AutoAttendantDraft>, Problem> {
    let access = caller.begin(&tenant, Permission::View).await?;
    let shown = access.draft(App::Attendant(AttendantId(id(&attendant, "auto attendant")?))).await?;
    AutoAttendantDraft::of(shown)
}

/// Save a draft of an auto attendant; calls don't meet it until it is published
#[utoipa::path(put, path = "/tenants/{tenant}/auto-attendants/{attendant}/draft", tag = "auto-attendants",
    params(("tenant" = String, Path), ("attendant" = Uuid, Path), ("If-Match" = Option<String>, Header)),
    request_body = AutoAttendant, responses((status = 200, body = AutoAttendantDraft), Refusals, WriteRefusals))]
pub async fn save_draft(
    caller: Caller,
    Path((tenant, attendant)): Path<(String, String)>,
    headers: HeaderMap,
    Body(wanted): Body<AutoAttendant>,
) -> Result<Versioned<AutoAttendantDraft>, Problem> {
    let access = caller.begin(&tenant, Permission::Configure).await?;
    let expected = if_match(&headers)?;
    let attendant = AttendantId(id(&attendant, "auto attendant")?);
    access.attendant(attendant).await?;
    let settings = wanted.read(&access, attendant).await?;
    AutoAttendantDraft::of(access.save_draft(AppSettings::Attendant(settings), expected).await?)
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
    let access = caller.begin(&tenant, Permission::Configure).await?;
    let app = App::Attendant(AttendantId(id(&attendant, "auto attendant")?));
    access.discard_draft(app, if_match(&headers)?).await?;
    Ok(StatusCode::NO_CONTENT)
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
    let access = caller.begin(&tenant, Permission::Configure).await?;
    let app = App::Attendant(AttendantId(id(&attendant, "auto attendant")?));
    let (settings, version) = access.publish_draft(app, if_match(&headers)?, wanted.red_tests()).await?;
    Ok(Versioned { value: shape(&settings)?, version })
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
    let access = caller.begin(&tenant, Permission::View).await?;
    let app = App::Attendant(AttendantId(id(&attendant, "auto attendant")?));
    let page = access.versions(app, &page.paging(SORT, true)?).await?;
    let shape = |kept: &serde_json::Value| {
        let settings: Settings = serde_json::from_value(kept.clone()).ok()?;
        serde_json::to_value(AutoAttendant::from(&settings)).ok()
    };
    Ok(List::of(page.map(|version| AppVersion::of(version, shape)), SORT))
}

/// Show an auto attendant as it was published at some time
#[utoipa::path(get, path = "/tenants/{tenant}/auto-attendants/{attendant}/versions/{version}", tag = "auto-attendants",
    params(("tenant" = String, Path), ("attendant" = Uuid, Path), ("version" = u64, Path)),
    responses((status = 200, body = AutoAttendantVersion), Refusals))]
pub async fn show_version(
    caller: Caller,
    Path((tenant, attendant, version)): Path<(String, String, String)>,
) -> Result<Json<AutoAttendantVersion>, Problem> {
    let access = caller.begin(&tenant, Permission::View).await?;
    let app = App::Attendant(AttendantId(id(&attendant, "auto attendant")?));
    let found = access.version(app, number(&version)?).await?;
    let kept = found.event.after.unwrap_or_default();
    let settings: Settings = serde_json::from_value(kept).map_err(|_| Refused::NotFound { what: "version" })?;
    Ok(Json(AutoAttendantVersion {
        version: found.number,
        at: found.event.at,
        actor: found.event.actor,
        action: found.event.action,
        settings: (&settings).into(),
    }))
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
    let access = caller.begin(&tenant, Permission::Configure).await?;
    let app = App::Attendant(AttendantId(id(&attendant, "auto attendant")?));
    let (settings, version) = access.revert(app, number(&version)?, if_match(&headers)?).await?;
    Ok(Versioned { value: shape(&settings)?, version })
}

impl AutoAttendantDraft {
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

fn shape(settings: &AppSettings) -> Result<AutoAttendant, Problem> {
    match settings {
        AppSettings::Attendant(settings) => Ok(settings.into()),
        AppSettings::Queue(_) => Err(Refused::NotFound { what: "auto attendant" }.into()),
    }
}

fn number(text: &str) -> Result<u64, Problem> {
    Ok(text.parse().map_err(|_| Refused::NotFound { what: "version" })?)
}
