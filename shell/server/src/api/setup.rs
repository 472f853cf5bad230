//! The seven steps of setting up a phone system, and whether a person can call.

use axum::Json;
use axum::extract::Path;
use phone::directory::{App, AppProblem as PhoneProblem, Checked, readiness, setup};
use phone::id::ResourceAccountId;
use phone::problem::Severity;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::body::id;
use super::list::List;
use super::problem::{Problem, Refusals};
use crate::admin::{Caller, Permission};

/// One step, told from what is there.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct SetupStep {
    pub number: u8,
    pub name: String,
    pub state: SetupState,
    pub detail: String,
    pub lacks: Vec<Lack>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SetupState {
    Done,
    Lacking,
    /// This version can't do it yet.
    NotAvailable,
    NotNeeded,
}

/// Something that is missing.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Lack {
    pub what: String,
    /// A command that helps; null where no command does.
    pub next: Option<String>,
}

/// Whether a person or a service can call and be called.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct VoiceReadiness {
    /// Nothing is missing; what is only advised may be.
    pub ready: bool,
    pub checks: Vec<ReadinessCheck>,
}

/// One thing that it takes.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ReadinessCheck {
    pub name: ReadinessName,
    pub state: ReadinessState,
    pub detail: String,
    /// What to do about it.
    pub fix: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReadinessName {
    Organization,
    Account,
    License,
    App,
    Number,
    WayIn,
    Policies,
    Phone,
    RouteOut,
    Emergency,
    Location,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReadinessState {
    Fine,
    /// It works without, but should not have to.
    Advised,
    Missing,
}

/// Show the seven set-up steps and what each lacks
#[utoipa::path(get, path = "/tenants/{tenant}/setup", tag = "setup", params(("tenant" = String, Path)),
    responses((status = 200, body = List<SetupStep>), Refusals))]
pub async fn show(caller: Caller, Path(tenant): Path<String>) -> Result<Json<List<SetupStep>>, Problem> {
    let access = caller.begin(&tenant, Permission::View).await?;
    Ok(List::whole(access.setup().await?.into_iter().map(SetupStep::from).collect()))
}

/// What is wrong with an auto attendant, a call queue or a shared mailbox as it is saved.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({
    "type": "call_queue", "id": "0190c5b1-7a1e-7c3e-8d7e-1f2a3b4c5d6e", "name": "Repairs", "severity": "warning",
    "code": "cq.no_agents", "field": "agents", "message": "the queue has no agents",
}))]
pub struct AppProblem {
    #[serde(rename = "type")]
    pub kind: AppKind,
    pub id: Uuid,
    pub name: String,
    pub severity: ProblemSeverity,
    pub code: String,
    /// A path from the object, such as `timeout.action.target`.
    pub field: String,
    pub message: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AppKind {
    AutoAttendant,
    CallQueue,
    SharedMailbox,
}

/// An error would keep it from being saved again, and callers meet it; a warning does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ProblemSeverity {
    Error,
    Warning,
}

/// List what is wrong with auto attendants, call queues and shared mailboxes
#[utoipa::path(get, path = "/tenants/{tenant}/setup/problems", tag = "setup", params(("tenant" = String, Path)),
    responses((status = 200, body = List<AppProblem>), Refusals))]
pub async fn problems(caller: Caller, Path(tenant): Path<String>) -> Result<Json<List<AppProblem>>, Problem> {
    let access = caller.begin(&tenant, Permission::View).await?;
    Ok(List::whole(access.app_problems().await?.into_iter().map(AppProblem::from).collect()))
}

/// Show whether a person can call and be called, and what is missing
#[utoipa::path(get, path = "/tenants/{tenant}/users/{user}/voice-readiness", tag = "users",
    params(("tenant" = String, Path), ("user" = String, Path, description = "Id or extension")),
    responses((status = 200, body = VoiceReadiness), Refusals))]
pub async fn readiness(
    caller: Caller,
    Path((tenant, user)): Path<(String, String)>,
) -> Result<Json<VoiceReadiness>, Problem> {
    let access = caller.begin(&tenant, Permission::View).await?;
    Ok(Json(VoiceReadiness::of(access.readiness(&user).await?)))
}

/// Show whether a service can be called, and what is missing
#[utoipa::path(get, path = "/tenants/{tenant}/resource-accounts/{account}/voice-readiness", tag = "resource-accounts",
    params(("tenant" = String, Path), ("account" = Uuid, Path)),
    responses((status = 200, body = VoiceReadiness), Refusals))]
pub async fn readiness_of_service(
    caller: Caller,
    Path((tenant, account)): Path<(String, String)>,
) -> Result<Json<VoiceReadiness>, Problem> {
    let access = caller.begin(&tenant, Permission::View).await?;
    let account = ResourceAccountId(id(&account, "resource account")?);
    Ok(Json(VoiceReadiness::of(access.readiness_of_service(account).await?)))
}

impl VoiceReadiness {
    fn of(checks: Vec<readiness::Check>) -> Self {
        let checks: Vec<ReadinessCheck> = checks.into_iter().map(ReadinessCheck::from).collect();
        Self { ready: checks.iter().all(|check| check.state != ReadinessState::Missing), checks }
    }
}

impl From<setup::Step> for SetupStep {
    fn from(step: setup::Step) -> Self {
        let state = match step.state {
            setup::State::Done => SetupState::Done,
            setup::State::Lacking => SetupState::Lacking,
            setup::State::NotAvailable => SetupState::NotAvailable,
            setup::State::NotNeeded => SetupState::NotNeeded,
        };
        let lacks = step.lacks.into_iter().map(|lack| Lack { what: lack.what, next: lack.next }).collect();
        Self { number: step.number, name: step.name.to_owned(), state, detail: step.detail, lacks }
    }
}

impl From<PhoneProblem> for AppProblem {
    fn from(found: PhoneProblem) -> Self {
        let (kind, id) = match found.of {
            Checked::App(App::Attendant(id)) => (AppKind::AutoAttendant, id.0),
            Checked::App(App::Queue(id)) => (AppKind::CallQueue, id.0),
            Checked::SharedMailbox(id) => (AppKind::SharedMailbox, id.0),
        };
        let severity = match found.problem.code.severity() {
            Severity::Error => ProblemSeverity::Error,
            Severity::Warning => ProblemSeverity::Warning,
        };
        let (code, message) = (found.problem.code.as_str().to_owned(), found.problem.words());
        Self { kind, id, name: found.name, severity, code, field: found.problem.field, message }
    }
}

impl From<readiness::Check> for ReadinessCheck {
    fn from(check: readiness::Check) -> Self {
        let name = match check.what {
            readiness::What::Organization => ReadinessName::Organization,
            readiness::What::Account => ReadinessName::Account,
            readiness::What::License => ReadinessName::License,
            readiness::What::App => ReadinessName::App,
            readiness::What::Number => ReadinessName::Number,
            readiness::What::WayIn => ReadinessName::WayIn,
            readiness::What::Policies => ReadinessName::Policies,
            readiness::What::Phone => ReadinessName::Phone,
            readiness::What::RouteOut => ReadinessName::RouteOut,
            readiness::What::Emergency => ReadinessName::Emergency,
            readiness::What::Location => ReadinessName::Location,
        };
        let state = match check.state {
            readiness::State::Fine => ReadinessState::Fine,
            readiness::State::Advised => ReadinessState::Advised,
            readiness::State::Missing => ReadinessState::Missing,
        };
        Self { name, state, detail: check.detail, fix: check.fix }
    }
}
