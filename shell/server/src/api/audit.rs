//! Who changed what.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::Path;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use store::{Event, EventFilter, Paging};
use utoipa::{IntoParams, ToSchema};

use super::body::Params;
use super::list::{self, List, PageParams};
use super::problem::{Problem, Refusals};
use crate::admin::doers::{Doer, Kind, Place, doers};
use crate::admin::{Caller, Permission, Refused};

/// A change.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct AuditEvent {
    pub id: i64,
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// As it is noted and searched: `account:` and an address, `platform:account:` and one of who runs the server,
    /// `reseller:`, its short name and either of these, `token:` and the name of an API key, `operator:` and its id,
    /// `phone:` and an extension, or `system`.
    pub actor: String,
    /// Who that is; only in lists.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<AuditDoer>,
    /// What kind of object: `user`, `call_queue` and so on.
    pub noun: String,
    /// Its id.
    pub object: String,
    /// One word, such as `create`, `update`, `delete`, `assign` or `opt_out`.
    pub action: String,
    pub before: Option<serde_json::Value>,
    pub after: Option<serde_json::Value>,
}

/// Who made a change.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct AuditDoer {
    pub kind: AuditDoerKind,
    /// An account's address, a key's or an operator's name, a phone's extension.
    pub name: String,
    /// Whose account it is now; null if it is no more, or none.
    pub person: Option<String>,
    /// Where the account belongs; null if that was not noted.
    pub belongs_to: Option<AuditPlace>,
    /// The short name of the reseller that it belongs to.
    pub reseller: Option<String>,
    /// All of it in words.
    pub shown: String,
}

/// What made a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AuditDoerKind {
    Account,
    ApiKey,
    Operator,
    Phone,
    System,
}

/// Where an account belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AuditPlace {
    Platform,
    Reseller,
    Tenant,
}

/// Which changes.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct AuditParams {
    #[param(minimum = 1, maximum = 1000, default = 100)]
    pub limit: Option<u64>,
    pub cursor: Option<String>,
    pub noun: Option<String>,
    pub object: Option<String>,
    pub actor: Option<String>,
    #[param(value_type = Option<String>, format = DateTime)]
    pub since: Option<Timestamp>,
    #[param(value_type = Option<String>, format = DateTime)]
    pub until: Option<Timestamp>,
    /// `id`, with `-` before it for descending; the newest first if nothing is said.
    pub sort: Option<String>,
}

/// List changes
#[utoipa::path(get, path = "/tenants/{tenant}/audit", tag = "audit", params(("tenant" = String, Path), AuditParams),
    responses((status = 200, body = List<AuditEvent>), Refusals))]
pub async fn list(
    caller: Caller,
    Path(tenant): Path<String>,
    Params(params): Params<AuditParams>,
) -> Result<Json<List<AuditEvent>>, Problem> {
    let access = caller.begin(&tenant, Permission::View).await?;
    let (filter, paging, order) = params.read()?;
    let page = access.store().events(access.tenant(), &filter, &paging).await.map_err(Refused::from)?;
    let doers = doers(access.store(), Some(access.tenant()), &page.items).await.map_err(Refused::from)?;
    Ok(List::of(page.map(|event| told(event, &doers)), &order))
}

/// List changes that concern the server: organizations made and deleted, its keys and operators
#[utoipa::path(get, path = "/audit", tag = "audit", params(AuditParams),
    responses((status = 200, body = List<AuditEvent>), Refusals))]
pub async fn list_of_platform(
    caller: Caller,
    Params(params): Params<AuditParams>,
) -> Result<Json<List<AuditEvent>>, Problem> {
    let admin = caller.begin_platform()?;
    let (filter, paging, order) = params.read()?;
    let page = admin.store.events_of_platform(&filter, &paging).await.map_err(Refused::from)?;
    let doers = doers(&admin.store, None, &page.items).await.map_err(Refused::from)?;
    Ok(List::of(page.map(|event| told(event, &doers)), &order))
}

fn told(event: Event, doers: &BTreeMap<String, Doer>) -> AuditEvent {
    let by = doers.get(&event.actor).map(AuditDoer::from);
    AuditEvent { by, ..AuditEvent::from(event) }
}

impl AuditParams {
    fn read(self) -> Result<(EventFilter, Paging, String), Problem> {
        let sort = list::sort(self.sort.as_deref(), true, &[("id", ())])?;
        let order = self.sort.unwrap_or_else(|| "-id".to_owned());
        let paging = PageParams { limit: self.limit, cursor: self.cursor }.paging(&order, sort.descending)?;
        let filter = EventFilter {
            noun: self.noun,
            object: self.object,
            actor: self.actor,
            since: self.since,
            until: self.until,
        };
        Ok((filter, paging, order))
    }
}

impl From<Event> for AuditEvent {
    fn from(event: Event) -> Self {
        Self {
            id: event.id,
            at: event.at,
            actor: event.actor,
            by: None,
            noun: event.noun,
            object: event.object,
            action: event.action,
            before: event.before,
            after: event.after,
        }
    }
}

impl From<&Doer> for AuditDoer {
    fn from(doer: &Doer) -> Self {
        let (belongs_to, reseller) = match &doer.place {
            Some(Place::Platform) => (Some(AuditPlace::Platform), None),
            Some(Place::Reseller(slug)) => (Some(AuditPlace::Reseller), Some(slug.clone())),
            Some(Place::Tenant) => (Some(AuditPlace::Tenant), None),
            None => (None, None),
        };
        let kind = match doer.kind {
            Kind::Account => AuditDoerKind::Account,
            Kind::ApiKey => AuditDoerKind::ApiKey,
            Kind::Operator => AuditDoerKind::Operator,
            Kind::Phone => AuditDoerKind::Phone,
            Kind::System => AuditDoerKind::System,
        };
        let (name, person, shown) = (doer.name.clone(), doer.person.clone(), doer.shown());
        Self { kind, name, person, belongs_to, reseller, shown }
    }
}
