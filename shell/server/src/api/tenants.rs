//! Organizations.

use axum::Json;
use axum::extract::Path;
use serde::{Deserialize, Serialize};
use store::{Page, Stored, TenantRow};
use utoipa::ToSchema;
use uuid::Uuid;

use super::body::{Params, Versioned};
use super::list::{List, PageParams};
use super::problem::{Problem, Refusals};
use crate::admin::{Caller, Permission};

const SORT: &str = "slug";

/// An organization.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Tenant {
    pub id: Uuid,
    /// Its name in paths and commands.
    pub slug: String,
    pub name: String,
    pub sip_domain: String,
    pub time_zone: String,
    pub country: String,
    pub language: String,
    /// Whether phones that register to a bare address belong to it.
    pub is_default: bool,
    pub emergency_numbers: Vec<String>,
}

/// List organizations
#[utoipa::path(get, path = "/tenants", tag = "tenants", params(PageParams),
    responses((status = 200, body = List<Tenant>), Refusals))]
pub async fn list(caller: Caller, Params(page): Params<PageParams>) -> Result<Json<List<Tenant>>, Problem> {
    let paging = page.paging(SORT, false)?;
    let page = match caller.only_tenant() {
        None => caller.store().tenants(&paging).await.map_err(crate::admin::Refused::from)?,
        Some(only) => {
            let only = caller.store().tenant(only).await.map_err(crate::admin::Refused::from)?;
            Page { items: only.into_iter().collect(), next: None }
        }
    };
    Ok(List::of(page.map(|row| Tenant::from(row.value)), SORT))
}

/// Show an organization
#[utoipa::path(get, path = "/tenants/{tenant}", tag = "tenants",
    params(("tenant" = String, Path, description = "Short name or id")),
    responses((status = 200, body = Tenant), Refusals))]
pub async fn show(caller: Caller, Path(tenant): Path<String>) -> Result<Versioned<Tenant>, Problem> {
    let access = caller.begin(&tenant, Permission::View).await?;
    let Stored { value, version, .. } = access.tenant_row().await?;
    Ok(Versioned { value: value.into(), version })
}

impl From<TenantRow> for Tenant {
    fn from(row: TenantRow) -> Self {
        Self {
            id: row.profile.id.0,
            slug: row.profile.slug,
            name: row.profile.name,
            sip_domain: row.profile.sip_domain,
            time_zone: row.profile.time_zone,
            country: row.profile.country,
            language: row.profile.language,
            is_default: row.is_default,
            emergency_numbers: row.emergency_numbers,
        }
    }
}
