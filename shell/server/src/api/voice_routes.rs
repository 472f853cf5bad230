//! Voice routes: from patterns of numbers to trunks, in an order.

pub mod test;

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode};
use phone::id::{TrunkId, VoiceRouteId};
use phone::numbers::E164;
use phone::numbers::routing::VoiceRoute as PhoneRoute;
use phone::numbers::routing::route::PATTERN_DEFAULT;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::body::{Body, Created, Params, Versioned, if_match, present, set};
use super::list::{List, PageParams};
use super::problem::{Problem, Refusals, WriteRefusals};
use crate::admin::{Access, Caller, Permission, Refused};

const SORT: &str = "priority";

/// From a pattern of numbers to trunks, for calls of people whose voice routing policy names one of its usages.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct VoiceRoute {
    pub id: Uuid,
    pub name: String,
    pub description: Option<String>,
    /// From 1, the lowest first; no two routes have the same.
    pub priority: u32,
    /// A regular expression without look-around and back-references, for the number in E.164 form with its `+`.
    pub pattern: String,
    pub pstn_usages: Vec<String>,
    /// Tried in this order.
    pub trunks: Vec<RouteTrunk>,
    /// A number of the organization that calls show in place of the caller's own.
    pub caller_id: Option<String>,
    /// Why no call goes by it, as far as the route alone tells.
    pub warnings: Vec<String>,
}

/// A trunk of a route.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct RouteTrunk {
    pub id: Uuid,
    pub name: Option<String>,
}

/// A route to be made.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "name": "France", "pattern": "^\\+33\\d{9}$", "priority": 10 }))]
pub struct NewVoiceRoute {
    pub name: String,
    pub description: Option<String>,
    /// Another route at the same place goes one further; the last place if none is given.
    #[schema(minimum = 1)]
    pub priority: Option<u32>,
    #[schema(default = "[0-9]{10}")]
    pub pattern: Option<String>,
    /// Names of usages.
    #[serde(default)]
    pub pstn_usages: Vec<String>,
    /// Ids or names.
    #[serde(default)]
    pub trunks: Vec<String>,
    pub caller_id: Option<String>,
}

/// What is to change. What is absent stays; null clears; lists are given all or not at all.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "priority": 1 }))]
pub struct VoiceRouteChange {
    pub name: Option<String>,
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    pub description: Option<Option<String>>,
    #[schema(minimum = 1)]
    pub priority: Option<u32>,
    pub pattern: Option<String>,
    pub pstn_usages: Option<Vec<String>>,
    pub trunks: Option<Vec<String>>,
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    pub caller_id: Option<Option<String>>,
}

/// List voice routes, the lowest priority first
#[utoipa::path(get, path = "/tenants/{tenant}/voice-routes", tag = "routing",
    params(("tenant" = String, Path), PageParams), responses((status = 200, body = List<VoiceRoute>), Refusals))]
pub async fn list(
    caller: Caller,
    Path(tenant): Path<String>,
    Params(page): Params<PageParams>,
) -> Result<Json<List<VoiceRoute>>, Problem> {
    let access = caller.begin(&tenant, Permission::View).await?;
    let paging = page.paging(SORT, false)?;
    let routes = access.store().documents_by_place::<PhoneRoute>(access.tenant(), &paging).await;
    let names = access.store().trunk_names(access.tenant()).await.map_err(Refused::from)?;
    Ok(List::of(routes.map_err(Refused::from)?.map(|route| shown(route.value, &names)), SORT))
}

/// Show a voice route
#[utoipa::path(get, path = "/tenants/{tenant}/voice-routes/{route}", tag = "routing",
    params(("tenant" = String, Path), ("route" = String, Path, description = "Id or name")),
    responses((status = 200, body = VoiceRoute), Refusals))]
pub async fn show(
    caller: Caller,
    Path((tenant, route)): Path<(String, String)>,
) -> Result<Versioned<VoiceRoute>, Problem> {
    let access = caller.begin(&tenant, Permission::View).await?;
    show_one(&access, &route).await
}

/// Make a voice route
#[utoipa::path(post, path = "/tenants/{tenant}/voice-routes", tag = "routing", params(("tenant" = String, Path)),
    request_body = NewVoiceRoute, responses((status = 201, body = VoiceRoute), Refusals, WriteRefusals))]
pub async fn create(
    caller: Caller,
    Path(tenant): Path<String>,
    Body(wanted): Body<NewVoiceRoute>,
) -> Result<Created<VoiceRoute>, Problem> {
    let access = caller.begin(&tenant, Permission::Configure).await?;
    let route = PhoneRoute {
        id: VoiceRouteId(Uuid::now_v7()),
        name: wanted.name.trim().to_owned(),
        description: wanted.description,
        // Until it is placed, what is checked is only whether it is one.
        priority: wanted.priority.unwrap_or(1),
        pattern: wanted.pattern.unwrap_or_else(|| PATTERN_DEFAULT.to_owned()),
        pstn_usages: trimmed(wanted.pstn_usages),
        trunks: access.trunks_named(&wanted.trunks).await?,
        caller_id: wanted.caller_id.as_deref().map(caller_id).transpose()?,
    };
    let id = route.id;
    access.create_route(route, wanted.priority).await?;
    let location = format!("/tenants/{}/voice-routes/{id}", access.tenant());
    let Versioned { value, version } = show_one(&access, &id.to_string()).await?;
    Ok(Created { value, version, location })
}

/// Change a voice route
#[utoipa::path(patch, path = "/tenants/{tenant}/voice-routes/{route}", tag = "routing",
    params(("tenant" = String, Path), ("route" = String, Path, description = "Id or name"),
        ("If-Match" = Option<String>, Header)),
    request_body = VoiceRouteChange, responses((status = 200, body = VoiceRoute), Refusals, WriteRefusals))]
pub async fn change(
    caller: Caller,
    Path((tenant, route)): Path<(String, String)>,
    headers: HeaderMap,
    Body(wanted): Body<VoiceRouteChange>,
) -> Result<Versioned<VoiceRoute>, Problem> {
    let access = caller.begin(&tenant, Permission::Configure).await?;
    let id = access.routed::<PhoneRoute>(&route).await?.value.id;
    if wanted.priority == Some(0) {
        return Err(Refused::field("priority", "priority.out_of_range", "a priority is at least 1").into());
    }
    let trunks = match &wanted.trunks {
        Some(names) => Some(access.trunks_named(names).await?),
        None => None,
    };
    let shows = wanted.caller_id.as_ref().map(|it| it.as_deref().map(caller_id).transpose()).transpose()?;
    let apply = |route: &mut PhoneRoute| {
        set(wanted.name.map(|name| name.trim().to_owned()), &mut route.name);
        set(wanted.description, &mut route.description);
        set(wanted.pattern, &mut route.pattern);
        set(wanted.pstn_usages.map(trimmed), &mut route.pstn_usages);
        set(trunks, &mut route.trunks);
        set(shows, &mut route.caller_id);
    };
    access.change_route(id, if_match(&headers)?, wanted.priority, apply).await?;
    show_one(&access, &id.to_string()).await
}

/// Delete a voice route
#[utoipa::path(delete, path = "/tenants/{tenant}/voice-routes/{route}", tag = "routing",
    params(("tenant" = String, Path), ("route" = String, Path, description = "Id or name"),
        ("If-Match" = Option<String>, Header)),
    responses((status = 204), Refusals, WriteRefusals))]
pub async fn delete(
    caller: Caller,
    Path((tenant, route)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<StatusCode, Problem> {
    let access = caller.begin(&tenant, Permission::Configure).await?;
    let id = access.routed::<PhoneRoute>(&route).await?.value.id;
    access.delete_route(id, if_match(&headers)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn show_one(access: &Access, route: &str) -> Result<Versioned<VoiceRoute>, Problem> {
    let found = access.routed::<PhoneRoute>(route).await?;
    let names = access.store().trunk_names(access.tenant()).await.map_err(Refused::from)?;
    Ok(Versioned { value: shown(found.value, &names), version: found.version })
}

fn shown(route: PhoneRoute, names: &BTreeMap<TrunkId, String>) -> VoiceRoute {
    let mut warnings = Vec::new();
    if route.pstn_usages.is_empty() {
        warnings.push("no policy leads here: the route is of no usage".to_owned());
    }
    if route.trunks.is_empty() {
        warnings.push("it leads to no trunk".to_owned());
    }
    VoiceRoute {
        id: route.id.0,
        name: route.name,
        description: route.description,
        priority: route.priority,
        pattern: route.pattern,
        pstn_usages: route.pstn_usages,
        trunks: route.trunks.iter().map(|id| RouteTrunk { id: id.0, name: names.get(id).cloned() }).collect(),
        caller_id: route.caller_id.map(|number| number.to_string()),
        warnings,
    }
}

fn trimmed(names: Vec<String>) -> Vec<String> {
    names.into_iter().map(|name| name.trim().to_owned()).collect()
}

fn caller_id(text: &str) -> Result<E164, Refused> {
    E164::parse(text).map_err(|why| Refused::field("caller_id", "number.not_e164", why.to_string()))
}
