//! Organizations.

use axum::Json;
use axum::extract::Path;
use axum::http::HeaderMap;
use phone::people::license::Enforcement;
use serde::{Deserialize, Serialize};
use store::{Page, Stored, TenantRow};
use utoipa::ToSchema;
use uuid::Uuid;

use super::body::{Body, Params, Versioned, if_match, set};
use super::list::{List, PageParams};
use super::problem::{Problem, Refusals, WriteRefusals};
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
    pub license_enforcement: LicenseEnforcement,
}

/// What happens when licenses do not suffice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LicenseEnforcement {
    /// Without a license nobody calls or is called from outside, and no more are given than were bought.
    Block,
    /// Licenses are labels.
    Off,
    /// As `off`, but what would have been refused is told.
    Warn,
}

/// What is to change. What is absent stays.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "license_enforcement": "block" }))]
pub struct TenantChange {
    pub name: Option<String>,
    /// For who runs the server.
    pub license_enforcement: Option<LicenseEnforcement>,
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

/// Change an organization
#[utoipa::path(patch, path = "/tenants/{tenant}", tag = "tenants",
    params(("tenant" = String, Path, description = "Short name or id"), ("If-Match" = Option<String>, Header)),
    request_body = TenantChange, responses((status = 200, body = Tenant), Refusals, WriteRefusals))]
pub async fn change(
    caller: Caller,
    Path(tenant): Path<String>,
    headers: HeaderMap,
    Body(wanted): Body<TenantChange>,
) -> Result<Versioned<Tenant>, Problem> {
    let access = caller.begin(&tenant, Permission::Configure).await?;
    if wanted.license_enforcement.is_some() {
        caller.begin_platform()?;
    }
    let apply = |row: &mut TenantRow| {
        set(wanted.name, &mut row.profile.name);
        set(wanted.license_enforcement.map(Enforcement::from), &mut row.license_enforcement);
    };
    let (row, version) = access.change_tenant(if_match(&headers)?, apply).await?;
    Ok(Versioned { value: row.into(), version })
}

impl From<Enforcement> for LicenseEnforcement {
    fn from(enforcement: Enforcement) -> Self {
        match enforcement {
            Enforcement::Block => Self::Block,
            Enforcement::Off => Self::Off,
            Enforcement::Warn => Self::Warn,
        }
    }
}

impl From<LicenseEnforcement> for Enforcement {
    fn from(enforcement: LicenseEnforcement) -> Self {
        match enforcement {
            LicenseEnforcement::Block => Self::Block,
            LicenseEnforcement::Off => Self::Off,
            LicenseEnforcement::Warn => Self::Warn,
        }
    }
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
            license_enforcement: row.license_enforcement.into(),
        }
    }
}
