//! Sites: places where an organization works.

use axum::Json;
use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode};
use phone::access::Object;
use phone::id::SiteId;
use phone::people::Site as PhoneSite;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::body::{Body, Created, Params, Versioned, if_match, present, set};
use super::list::{List, PageParams};
use super::problem::{Problem, Refusals, WriteRefusals};
use crate::admin::{Access, Caller, Permission, Refused};

const SORT: &str = "name";

/// A place where an organization works.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Site {
    pub id: Uuid,
    pub name: String,
    /// ISO 3166 alpha-2; null means the organization's.
    pub country: Option<String>,
    /// Null means the organization's.
    pub time_zone: Option<String>,
    /// What emergency services are told where nothing better is known.
    pub emergency_location: Option<String>,
}

/// A site to be made.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "name": "Boston", "country": "US", "time_zone": "America/New_York",
    "emergency_location": "100 Summer Street, Boston, MA, floor 7"
}))]
pub struct NewSite {
    pub name: String,
    pub country: Option<String>,
    pub time_zone: Option<String>,
    pub emergency_location: Option<String>,
}

/// What is to change. What is absent stays; null clears.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "emergency_location": "100 Summer Street, Boston, MA, floor 8" }))]
pub struct SiteChange {
    pub name: Option<String>,
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    pub country: Option<Option<String>>,
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    pub time_zone: Option<Option<String>>,
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    pub emergency_location: Option<Option<String>>,
}

/// The site that a person or a number belongs to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SiteName {
    pub id: Uuid,
    pub name: Option<String>,
}

/// List sites
#[utoipa::path(get, path = "/tenants/{tenant}/sites", tag = "sites", params(("tenant" = String, Path), PageParams),
    responses((status = 200, body = List<Site>), Refusals))]
pub async fn list(
    caller: Caller,
    Path(tenant): Path<String>,
    Params(page): Params<PageParams>,
) -> Result<Json<List<Site>>, Problem> {
    let (access, parts) = caller.begin_list(&tenant).await?;
    let paging = page.paging(SORT, false)?;
    let mut page = access.store().sites(access.tenant(), &paging).await.map_err(Refused::from)?;
    page.items.retain(|site| parts.shows(Object::Site(site.value.id)));
    Ok(List::of(page.map(|site| Site::from(site.value)), SORT))
}

/// Show a site
#[utoipa::path(get, path = "/tenants/{tenant}/sites/{site}", tag = "sites",
    params(("tenant" = String, Path), ("site" = String, Path, description = "Id or name")),
    responses((status = 200, body = Site), Refusals))]
pub async fn show(caller: Caller, Path((tenant, site)): Path<(String, String)>) -> Result<Versioned<Site>, Problem> {
    let access = caller.begin(&tenant, Permission::View).await?;
    show_one(&access, &site).await
}

/// Make a site
#[utoipa::path(post, path = "/tenants/{tenant}/sites", tag = "sites", params(("tenant" = String, Path)),
    request_body = NewSite, responses((status = 201, body = Site), Refusals, WriteRefusals))]
pub async fn create(
    caller: Caller,
    Path(tenant): Path<String>,
    Body(wanted): Body<NewSite>,
) -> Result<Created<Site>, Problem> {
    let access = caller.begin(&tenant, Permission::Configure).await?;
    let site = PhoneSite {
        id: SiteId(Uuid::now_v7()),
        name: wanted.name.trim().to_owned(),
        country: wanted.country,
        time_zone: wanted.time_zone,
        emergency_location: wanted.emergency_location,
    };
    access.create_site(&site).await?;
    let Versioned { value, version } = show_one(&access, &site.id.to_string()).await?;
    Ok(Created { value, version, location: format!("/tenants/{}/sites/{}", access.tenant(), site.id) })
}

/// Change a site
#[utoipa::path(patch, path = "/tenants/{tenant}/sites/{site}", tag = "sites",
    params(("tenant" = String, Path), ("site" = String, Path, description = "Id or name"),
        ("If-Match" = Option<String>, Header)),
    request_body = SiteChange, responses((status = 200, body = Site), Refusals, WriteRefusals))]
pub async fn change(
    caller: Caller,
    Path((tenant, site)): Path<(String, String)>,
    headers: HeaderMap,
    Body(wanted): Body<SiteChange>,
) -> Result<Versioned<Site>, Problem> {
    let access = caller.begin(&tenant, Permission::Configure).await?;
    let id = access.site(&site).await?.value.id;
    let apply = |site: &mut PhoneSite| {
        set(wanted.name.map(|name| name.trim().to_owned()), &mut site.name);
        set(wanted.country, &mut site.country);
        set(wanted.time_zone, &mut site.time_zone);
        set(wanted.emergency_location, &mut site.emergency_location);
    };
    access.change_site(id, if_match(&headers)?, apply).await?;
    show_one(&access, &id.to_string()).await
}

/// Delete a site that nobody and no number belongs to
#[utoipa::path(delete, path = "/tenants/{tenant}/sites/{site}", tag = "sites",
    params(("tenant" = String, Path), ("site" = String, Path, description = "Id or name"),
        ("If-Match" = Option<String>, Header)),
    responses((status = 204), Refusals, WriteRefusals))]
pub async fn delete(
    caller: Caller,
    Path((tenant, site)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<StatusCode, Problem> {
    let access = caller.begin(&tenant, Permission::Configure).await?;
    let id = access.site(&site).await?.value.id;
    access.delete_site(id, if_match(&headers)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn show_one(access: &Access, site: &str) -> Result<Versioned<Site>, Problem> {
    let found = access.site(site).await?;
    Ok(Versioned { value: found.value.into(), version: found.version })
}

/// A site that is named in a change: null clears, a text is an id or a name.
pub async fn wanted(access: &Access, site: Option<Option<String>>) -> Result<Option<Option<SiteId>>, Problem> {
    Ok(match site {
        Some(Some(name)) => Some(Some(access.site_for(&name).await?)),
        Some(None) => Some(None),
        None => None,
    })
}

impl From<PhoneSite> for Site {
    fn from(site: PhoneSite) -> Self {
        Self {
            id: site.id.0,
            name: site.name,
            country: site.country,
            time_zone: site.time_zone,
            emergency_location: site.emergency_location,
        }
    }
}
