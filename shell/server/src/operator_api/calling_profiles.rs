//! What an operator's numbers have in common.

use axum::Json;
use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode};
use phone::id::{CallingProfileId, TrunkId};
use phone::numbers::operator::CallingProfile as PhoneProfile;
use serde::{Deserialize, Serialize};
use store::Expected;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::admin::Refused;
use crate::admin::operator_access::OperatorCaller;
use crate::api::body::{Body, Created, Params, Versioned, id, if_match};
use crate::api::list::{List, PageParams};
use crate::api::problem::{Problem, Refusals, WriteRefusals};

const SORT: &str = "name";
const WHAT: &str = "calling profile";

/// What numbers have in common. Each number that is uploaded names one.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct CallingProfile {
    pub id: Uuid,
    pub name: String,
    /// The trunks that carry the numbers; calls go out over the first one that is enabled.
    pub trunks: Vec<Uuid>,
}

/// A calling profile to be made, or as it is to be.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "name": "Standard", "trunks": ["01928f6e-0000-7000-8000-000000000000"] }))]
pub struct NewCallingProfile {
    pub name: String,
    /// 1 to 10.
    pub trunks: Vec<Uuid>,
}

/// List calling profiles
#[utoipa::path(get, path = "/calling-profiles", tag = "calling-profiles", params(PageParams),
    responses((status = 200, body = List<CallingProfile>), Refusals))]
pub async fn list(
    caller: OperatorCaller,
    Params(page): Params<PageParams>,
) -> Result<Json<List<CallingProfile>>, Problem> {
    let paging = page.paging(SORT, false)?;
    let page = caller.store().operator_documents::<PhoneProfile>(caller.operator.id, &paging).await;
    Ok(List::of(page.map_err(Refused::from)?.map(|profile| CallingProfile::from(profile.value)), SORT))
}

/// Show a calling profile
#[utoipa::path(get, path = "/calling-profiles/{profile}", tag = "calling-profiles", params(("profile" = Uuid, Path)),
    responses((status = 200, body = CallingProfile), Refusals))]
pub async fn show(caller: OperatorCaller, Path(profile): Path<String>) -> Result<Versioned<CallingProfile>, Problem> {
    let found = caller.document::<PhoneProfile>(id(&profile, WHAT)?, WHAT).await?;
    Ok(Versioned { value: found.value.into(), version: found.version })
}

/// Make a calling profile
#[utoipa::path(post, path = "/calling-profiles", tag = "calling-profiles", request_body = NewCallingProfile,
    responses((status = 201, body = CallingProfile), Refusals, WriteRefusals))]
pub async fn create(
    caller: OperatorCaller,
    Body(wanted): Body<NewCallingProfile>,
) -> Result<Created<CallingProfile>, Problem> {
    let profile = wanted.read(CallingProfileId(Uuid::now_v7()));
    let version = caller.save_profile(&profile, Expected::Absent).await?;
    let location = format!("/calling-profiles/{}", profile.id);
    Ok(Created { value: profile.into(), version, location })
}

/// Replace a calling profile: its numbers follow at once
#[utoipa::path(put, path = "/calling-profiles/{profile}", tag = "calling-profiles",
    params(("profile" = Uuid, Path), ("If-Match" = Option<String>, Header)), request_body = NewCallingProfile,
    responses((status = 200, body = CallingProfile), Refusals, WriteRefusals))]
pub async fn replace(
    caller: OperatorCaller,
    Path(profile): Path<String>,
    headers: HeaderMap,
    Body(wanted): Body<NewCallingProfile>,
) -> Result<Versioned<CallingProfile>, Problem> {
    let there = caller.document::<PhoneProfile>(id(&profile, WHAT)?, WHAT).await?;
    let profile = wanted.read(there.value.id);
    let version = caller.save_profile(&profile, if_match(&headers)?).await?;
    Ok(Versioned { value: profile.into(), version })
}

/// Delete a calling profile that no number has
#[utoipa::path(delete, path = "/calling-profiles/{profile}", tag = "calling-profiles",
    params(("profile" = Uuid, Path), ("If-Match" = Option<String>, Header)),
    responses((status = 204), Refusals, WriteRefusals))]
pub async fn delete(
    caller: OperatorCaller,
    Path(profile): Path<String>,
    headers: HeaderMap,
) -> Result<StatusCode, Problem> {
    let there = caller.document::<PhoneProfile>(id(&profile, WHAT)?, WHAT).await?;
    caller.delete_profile(there.value.id, if_match(&headers)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

impl NewCallingProfile {
    fn read(self, id: CallingProfileId) -> PhoneProfile {
        let name = self.name.trim().to_owned();
        PhoneProfile { id, name, trunks: self.trunks.into_iter().map(TrunkId).collect() }
    }
}

impl From<PhoneProfile> for CallingProfile {
    fn from(profile: PhoneProfile) -> Self {
        let trunks = profile.trunks.into_iter().map(|trunk| trunk.0).collect();
        Self { id: profile.id.0, name: profile.name, trunks }
    }
}
