//! Templates that auto attendants and call queues are made from.

use axum::Json;
use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode};
use phone::apps::template::{Pattern, Template, built_in};
use phone::directory::App;
use phone::id::{AttendantId, QueueId, UserId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::auto_attendants::AutoAttendant;
use super::body::{Body, Created, if_match};
use super::call_queues::CallQueue;
use super::list::List;
use super::problem::{Problem, Refusals, WriteRefusals};
use crate::admin::{Caller, Permission, Refused};

/// What auto attendants or call queues are made from.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct AppTemplate {
    pub id: Uuid,
    pub name: String,
    pub description: String,
    #[serde(rename = "type")]
    pub kind: TemplateKind,
    /// Whether it comes with the program. Its texts are English then.
    pub built_in: bool,
    /// Names of the schedules that come with it.
    pub schedules: Vec<String>,
    /// The settings, where one template is shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auto_attendant: Option<AutoAttendant>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub call_queue: Option<CallQueue>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TemplateKind {
    AutoAttendant,
    CallQueue,
}

/// An auto attendant or a call queue to be saved as a template: one of both.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "name": "Branch office", "call_queue": "0190c5b1-7a1e-7c3e-8d7e-1f2a3b4c5d6e" }))]
pub struct NewAppTemplate {
    pub name: String,
    #[serde(default)]
    pub description: String,
    pub auto_attendant: Option<Uuid>,
    pub call_queue: Option<Uuid>,
}

/// What is to be made.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "name": "Branch office Lyon" }))]
pub struct TemplateUse {
    /// Of the new attendant or queue.
    pub name: String,
    /// Agents of the new queue, in place of those of the template.
    #[serde(default)]
    pub agents: Vec<Uuid>,
}

/// What was made.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct MadeApp {
    #[serde(rename = "type")]
    pub kind: TemplateKind,
    pub id: Uuid,
    pub name: String,
    /// Names of the schedules that were made for it; those that were there are shared.
    pub schedules: Vec<String>,
}

/// List templates, those that come with the program first
#[utoipa::path(get, path = "/tenants/{tenant}/app-templates", tag = "app-templates",
    params(("tenant" = String, Path)), responses((status = 200, body = List<AppTemplate>), Refusals))]
pub async fn list(caller: Caller, Path(tenant): Path<String>) -> Result<Json<List<AppTemplate>>, Problem> {
    let access = caller.begin(&tenant, Permission::View).await?;
    let mut own = access.store().all_documents::<Template>(access.tenant()).await.map_err(Refused::from)?;
    own.sort_by(|a, b| a.name.cmp(&b.name));
    let program = built_in();
    let all =
        program.iter().map(|one| AppTemplate::new(one, true)).chain(own.iter().map(|one| AppTemplate::new(one, false)));
    Ok(List::whole(all.collect()))
}

/// Show a template with its settings
#[utoipa::path(get, path = "/tenants/{tenant}/app-templates/{template}", tag = "app-templates",
    params(("tenant" = String, Path), ("template" = String, Path, description = "Id or name")),
    responses((status = 200, body = AppTemplate), Refusals))]
pub async fn show(
    caller: Caller,
    Path((tenant, template)): Path<(String, String)>,
) -> Result<Json<AppTemplate>, Problem> {
    let access = caller.begin(&tenant, Permission::View).await?;
    let found = access.app_template(&template).await?;
    Ok(Json(AppTemplate::whole(&found.template, found.is_built_in)))
}

/// Save an auto attendant or a call queue as a template, with its prompts and schedules
#[utoipa::path(post, path = "/tenants/{tenant}/app-templates", tag = "app-templates",
    params(("tenant" = String, Path)), request_body = NewAppTemplate,
    responses((status = 201, body = AppTemplate), Refusals, WriteRefusals))]
pub async fn create(
    caller: Caller,
    Path(tenant): Path<String>,
    Body(wanted): Body<NewAppTemplate>,
) -> Result<Created<AppTemplate>, Problem> {
    let access = caller.begin(&tenant, Permission::Configure).await?;
    let of = match (wanted.auto_attendant, wanted.call_queue) {
        (Some(id), None) => App::Attendant(AttendantId(id)),
        (None, Some(id)) => App::Queue(QueueId(id)),
        (None, None) | (Some(_), Some(_)) => {
            let words = "a template is made of an auto attendant or of a call queue: name one of both";
            return Err(Refused::field("auto_attendant", "app_template.one_of_both", words).into());
        }
    };
    let (saved, version) = access.save_app_template(&wanted.name, &wanted.description, of).await?;
    let location = format!("/tenants/{}/app-templates/{}", access.tenant(), saved.id);
    Ok(Created { value: AppTemplate::whole(&saved, false), version, location })
}

/// Make an auto attendant or a call queue from a template
#[utoipa::path(post, path = "/tenants/{tenant}/app-templates/{template}/use", tag = "app-templates",
    params(("tenant" = String, Path), ("template" = String, Path, description = "Id or name")),
    request_body = TemplateUse, responses((status = 200, body = MadeApp), Refusals, WriteRefusals))]
pub async fn make(
    caller: Caller,
    Path((tenant, template)): Path<(String, String)>,
    Body(wanted): Body<TemplateUse>,
) -> Result<Json<MadeApp>, Problem> {
    let access = caller.begin(&tenant, Permission::Configure).await?;
    let found = access.app_template(&template).await?;
    let agents: Vec<UserId> = wanted.agents.into_iter().map(UserId).collect();
    let (app, schedules) = access.use_app_template(&found.template, &wanted.name, &agents).await?;
    let (kind, id) = match app {
        App::Attendant(id) => (TemplateKind::AutoAttendant, id.0),
        App::Queue(id) => (TemplateKind::CallQueue, id.0),
    };
    let schedules = schedules.into_iter().map(|schedule| schedule.name).collect();
    Ok(Json(MadeApp { kind, id, name: wanted.name.trim().to_owned(), schedules }))
}

/// Delete a template; what was made of it stays
#[utoipa::path(delete, path = "/tenants/{tenant}/app-templates/{template}", tag = "app-templates",
    params(("tenant" = String, Path), ("template" = String, Path, description = "Id or name"),
        ("If-Match" = Option<String>, Header)),
    responses((status = 204), Refusals, WriteRefusals))]
pub async fn delete(
    caller: Caller,
    Path((tenant, template)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<StatusCode, Problem> {
    let access = caller.begin(&tenant, Permission::Configure).await?;
    access.delete_app_template(&template, if_match(&headers)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

impl AppTemplate {
    fn new(template: &Template, built_in: bool) -> Self {
        Self {
            id: template.id.0,
            name: template.name.clone(),
            description: template.description.clone(),
            kind: match template.pattern {
                Pattern::Attendant(_) => TemplateKind::AutoAttendant,
                Pattern::Queue(_) => TemplateKind::CallQueue,
            },
            built_in,
            schedules: template.schedules.iter().map(|schedule| schedule.name.clone()).collect(),
            auto_attendant: None,
            call_queue: None,
        }
    }

    fn whole(template: &Template, built_in: bool) -> Self {
        let (auto_attendant, call_queue) = match &template.pattern {
            Pattern::Attendant(settings) => (Some(AutoAttendant::from(&**settings)), None),
            Pattern::Queue(settings) => (None, Some(CallQueue::from(&**settings))),
        };
        Self { auto_attendant, call_queue, ..Self::new(template, built_in) }
    }
}
