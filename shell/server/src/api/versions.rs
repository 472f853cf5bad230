//! Drafts and versions of attendants and queues: what their operations do. Each kind of app only describes its own.

use axum::Json;
use axum::http::{HeaderMap, StatusCode};
use jiff::Timestamp;
use phone::difference::places;
use phone::directory::App;
use phone::directory::flow_test::AppSettings;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::{AppVersion as StoredVersion, Version};
use utoipa::ToSchema;
use uuid::Uuid;

use super::body::{Versioned, id, if_match};
use super::list::{List, PageParams};
use super::problem::{FieldError, Problem};
use crate::admin::drafts::{RedTests, ShownDraft};
use crate::admin::refused::Fault;
use crate::admin::{Access, Caller, Permission, Refused};

const SORT: &str = "-version";

/// Settings of an app as the API writes them.
pub trait AppBody: Serialize + Sized {
    /// What refusals call the app.
    const WHAT: &'static str;

    fn app(id: Uuid) -> App;

    /// None if they are those of another kind of app.
    fn of(settings: &AppSettings) -> Option<Self>;

    /// What the event table kept; none if it can't be read.
    fn of_kept(kept: Value) -> Option<Self>;
}

/// What an app may become.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Draft<T: ToSchema> {
    pub settings: T,
    /// The version that was published when the draft was saved.
    pub base_version: Version,
    /// What keeps it from being published, and warnings.
    pub problems: Vec<FieldError>,
    /// Where it differs from what is published.
    pub differences: Vec<String>,
}

/// An app as it was published at some time.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Published<T: ToSchema> {
    pub version: u64,
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    pub actor: String,
    pub action: String,
    pub settings: T,
}

/// How a draft is published.
#[derive(Clone, Copy, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PublishDraft {
    /// Although tests of the flow fail on it. The audit says so.
    #[serde(default)]
    pub force: bool,
}

/// What was published at some time.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct AppVersion {
    /// From 1.
    pub version: u64,
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    pub actor: String,
    /// create, update, publish, force_publish (over tests that failed) or revert.
    pub action: String,
    /// Where it differs from the version before.
    pub differences: Vec<String>,
}

impl PublishDraft {
    pub fn red_tests(self) -> RedTests {
        if self.force { RedTests::Override } else { RedTests::Refuse }
    }
}

impl AppVersion {
    /// `shape` writes settings as the API does; what it can't read is compared as it was kept.
    pub fn of(version: StoredVersion, shape: impl Fn(&Value) -> Option<Value>) -> Self {
        let StoredVersion { number, event } = version;
        let shown = |kept: &Value| shape(kept).unwrap_or_else(|| kept.clone());
        let differences = match (&event.before, &event.after) {
            (Some(before), Some(after)) => places(&shown(before), &shown(after)),
            (None, _) | (_, None) => Vec::new(),
        };
        Self { version: number, at: event.at, actor: event.actor, action: event.action, differences }
    }
}

impl<T: AppBody + ToSchema> Draft<T> {
    pub fn of(shown: ShownDraft) -> Result<Versioned<Self>, Problem> {
        let ShownDraft { draft, published, problems } = shown;
        let settings = shape::<T>(&draft.value.settings)?;
        let written = |settings: &T| serde_json::to_value(settings).unwrap_or(Value::Null);
        let value = Self {
            differences: places(&written(&shape(&published)?), &written(&settings)),
            base_version: draft.value.base,
            problems: listed(problems),
            settings,
        };
        Ok(Versioned { value, version: draft.version })
    }
}

pub async fn show_draft<T: AppBody + ToSchema>(
    caller: &Caller,
    tenant: &str,
    app: &str,
) -> Result<Versioned<Draft<T>>, Problem> {
    let app = named::<T>(app);
    let access = begin(caller, tenant, Permission::View, &app).await?;
    Draft::of(access.draft(app?).await?)
}

pub async fn discard_draft<T: AppBody>(
    caller: &Caller,
    tenant: &str,
    app: &str,
    headers: &HeaderMap,
) -> Result<StatusCode, Problem> {
    let app = named::<T>(app);
    let access = begin(caller, tenant, Permission::Configure, &app).await?;
    access.discard_draft(app?, if_match(headers)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub async fn publish_draft<T: AppBody>(
    caller: &Caller,
    tenant: &str,
    app: &str,
    headers: &HeaderMap,
    wanted: PublishDraft,
) -> Result<Versioned<T>, Problem> {
    let app = named::<T>(app);
    let access = begin(caller, tenant, Permission::Configure, &app).await?;
    let (settings, version) = access.publish_draft(app?, if_match(headers)?, wanted.red_tests()).await?;
    Ok(Versioned { value: shape(&settings)?, version })
}

pub async fn list_versions<T: AppBody>(
    caller: &Caller,
    tenant: &str,
    app: &str,
    page: &PageParams,
) -> Result<Json<List<AppVersion>>, Problem> {
    let app = named::<T>(app);
    let access = begin(caller, tenant, Permission::View, &app).await?;
    let page = access.versions(app?, &page.paging(SORT, true)?).await?;
    let written = |kept: &Value| serde_json::to_value(T::of_kept(kept.clone())?).ok();
    Ok(List::of(page.map(|version| AppVersion::of(version, written)), SORT))
}

pub async fn show_version<T: AppBody + ToSchema>(
    caller: &Caller,
    tenant: &str,
    app: &str,
    version: &str,
) -> Result<Json<Published<T>>, Problem> {
    let app = named::<T>(app);
    let access = begin(caller, tenant, Permission::View, &app).await?;
    let StoredVersion { number, event } = access.version(app?, number(version)?).await?;
    let settings = T::of_kept(event.after.unwrap_or_default()).ok_or(Refused::NotFound { what: "version" })?;
    Ok(Json(Published { version: number, at: event.at, actor: event.actor, action: event.action, settings }))
}

pub async fn revert<T: AppBody>(
    caller: &Caller,
    tenant: &str,
    app: &str,
    version: &str,
    headers: &HeaderMap,
) -> Result<Versioned<T>, Problem> {
    let app = named::<T>(app);
    let access = begin(caller, tenant, Permission::Configure, &app).await?;
    let (settings, version) = access.revert(app?, number(version)?, if_match(headers)?).await?;
    Ok(Versioned { value: shape(&settings)?, version })
}

fn named<T: AppBody>(app: &str) -> Result<App, Problem> {
    Ok(T::app(id(app, T::WHAT)?))
}

/// Permission over the app; who asks for none that could be is told whether they might have.
async fn begin(
    caller: &Caller,
    tenant: &str,
    permission: Permission,
    app: &Result<App, Problem>,
) -> Result<Access, Refused> {
    match app {
        Ok(app) => caller.begin_app(tenant, permission, *app).await,
        Err(_) => caller.begin(tenant, permission).await,
    }
}

fn shape<T: AppBody>(settings: &AppSettings) -> Result<T, Problem> {
    Ok(T::of(settings).ok_or(Refused::NotFound { what: T::WHAT })?)
}

fn number(text: &str) -> Result<u64, Problem> {
    Ok(text.parse().map_err(|_| Refused::NotFound { what: "version" })?)
}

/// Problems as the API lists them.
fn listed(found: Vec<phone::problem::Problem>) -> Vec<FieldError> {
    let error = |problem| {
        let Fault { field, code, message } = Fault::from(problem);
        FieldError { field, code, message }
    };
    found.into_iter().map(error).collect()
}
