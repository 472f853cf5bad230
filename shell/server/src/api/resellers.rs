//! Resellers: who runs some of the organizations.

use axum::Json;
use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode};
use phone::id::ResellerId;
use phone::people::Reseller as Known;
use serde::{Deserialize, Serialize};
use store::Stored;
use utoipa::ToSchema;
use uuid::Uuid;

use super::body::{Body, Created, Params, Versioned, if_match, set};
use super::list::{List, PageParams};
use super::problem::{Problem, Refusals, WriteRefusals};
use super::tenants::TenantState;
use crate::admin::{Caller, Permission};

const SORT: &str = "slug";

/// Who runs some of the organizations.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Reseller {
    pub id: Uuid,
    /// Its name in paths and commands.
    pub slug: String,
    pub name: String,
    /// Nobody of a suspended reseller may do anything; its organizations go on.
    pub state: TenantState,
}

/// A reseller to be made.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "slug": "north", "name": "North Telecom" }))]
pub struct NewReseller {
    pub slug: String,
    pub name: String,
}

/// What is to change. What is absent stays.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "state": "suspended" }))]
pub struct ResellerChange {
    pub slug: Option<String>,
    pub name: Option<String>,
    pub state: Option<TenantState>,
}

/// List resellers; a reseller sees itself
#[utoipa::path(get, path = "/resellers", tag = "resellers", params(PageParams),
    responses((status = 200, body = List<Reseller>), Refusals))]
pub async fn list(caller: Caller, Params(page): Params<PageParams>) -> Result<Json<List<Reseller>>, Problem> {
    let page = caller.resellers(&page.paging(SORT, false)?).await?;
    Ok(List::of(page.map(|reseller| Reseller::from(reseller.value)), SORT))
}

/// Show a reseller
#[utoipa::path(get, path = "/resellers/{reseller}", tag = "resellers",
    params(("reseller" = String, Path, description = "Short name or id")),
    responses((status = 200, body = Reseller), Refusals))]
pub async fn show(caller: Caller, Path(reseller): Path<String>) -> Result<Versioned<Reseller>, Problem> {
    let Stored { value, version, .. } = caller.reseller(&reseller, Permission::View).await?;
    Ok(Versioned { value: value.into(), version })
}

/// Make a reseller: for who runs the server
#[utoipa::path(post, path = "/resellers", tag = "resellers", request_body = NewReseller,
    responses((status = 201, body = Reseller), Refusals, WriteRefusals))]
pub async fn create(caller: Caller, Body(wanted): Body<NewReseller>) -> Result<Created<Reseller>, Problem> {
    let reseller = Known {
        id: ResellerId(Uuid::now_v7()),
        slug: wanted.slug,
        name: wanted.name.trim().to_owned(),
        state: Default::default(),
    };
    let version = caller.create_reseller(&reseller).await?;
    let location = format!("/resellers/{}", reseller.id);
    Ok(Created { value: reseller.into(), version, location })
}

/// Change a reseller: for who runs the server
#[utoipa::path(patch, path = "/resellers/{reseller}", tag = "resellers",
    params(("reseller" = String, Path, description = "Short name or id"), ("If-Match" = Option<String>, Header)),
    request_body = ResellerChange, responses((status = 200, body = Reseller), Refusals, WriteRefusals))]
pub async fn change(
    caller: Caller,
    Path(reseller): Path<String>,
    headers: HeaderMap,
    Body(wanted): Body<ResellerChange>,
) -> Result<Versioned<Reseller>, Problem> {
    let change = |reseller: &mut Known| {
        set(wanted.slug, &mut reseller.slug);
        set(wanted.name.map(|name| name.trim().to_owned()), &mut reseller.name);
        set(wanted.state.map(Into::into), &mut reseller.state);
    };
    let (value, version) = caller.change_reseller(&reseller, if_match(&headers)?, change).await?;
    Ok(Versioned { value: value.into(), version })
}

/// Delete a reseller that has no organizations: for who runs the server
#[utoipa::path(delete, path = "/resellers/{reseller}", tag = "resellers",
    params(("reseller" = String, Path, description = "Short name or id"), ("If-Match" = Option<String>, Header)),
    responses((status = 204), Refusals, WriteRefusals))]
pub async fn delete(caller: Caller, Path(reseller): Path<String>, headers: HeaderMap) -> Result<StatusCode, Problem> {
    caller.delete_reseller(&reseller, if_match(&headers)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

impl From<Known> for Reseller {
    fn from(reseller: Known) -> Self {
        Self { id: reseller.id.0, slug: reseller.slug, name: reseller.name, state: reseller.state.into() }
    }
}
