//! License plans, seats, and who holds a license.

use axum::Json;
use axum::extract::Path;
use axum::http::HeaderMap;
use phone::people::license::{Capability as PhoneCapability, PartNumber, Plan, Swap, catalogue};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::body::{Body, Versioned, if_match};
use super::list::List;
use super::problem::{Problem, Refusals, WriteRefusals};
use crate::admin::licenses::{Assigned as AdminAssigned, Subscribed};
use crate::admin::{Caller, Permission};

/// What can be bought.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct LicensePlan {
    /// Its part number.
    pub id: String,
    pub name: String,
    pub unlocks: Vec<Capability>,
    /// What the holder must have besides.
    pub needs: Vec<Capability>,
    /// What no other license of the holder may unlock.
    pub excludes: Vec<Capability>,
    /// ISO 3166 alpha-2; empty stands for all.
    pub countries: Vec<String>,
}

/// What a license unlocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Capability {
    AudioConferencing,
    CallingPlan,
    CommunicationCredits,
    PhoneSystem,
    ResourceAccount,
}

/// The seats that an organization has of a plan.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct License {
    /// The plan's part number.
    pub id: String,
    pub name: String,
    pub seats: u32,
    pub assigned: u32,
    pub available: u32,
}

/// How many seats there shall be.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "seats": 25 }))]
pub struct SeatCount {
    pub seats: u32,
}

/// Licenses to be given, and others to be taken in the same moment.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "users": ["104"], "plans": ["MCOEV", "MCOPSTN1"] }))]
pub struct LicenseAssignment {
    /// Ids or extensions, at most 1,000; all of them or, if a rule forbids it for one, none.
    pub users: Vec<String>,
    /// Part numbers of plans.
    pub plans: Vec<String>,
    /// Plans that these take the place of.
    #[serde(default)]
    pub replaces: Vec<String>,
    /// Only say what would be done.
    #[serde(default)]
    pub dry_run: bool,
}

/// Licenses to be taken.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "users": ["103"], "plans": ["MCOPSTN1"] }))]
pub struct LicenseRemoval {
    pub users: Vec<String>,
    pub plans: Vec<String>,
    /// Only say what would be done, and which numbers would reach nobody.
    #[serde(default)]
    pub dry_run: bool,
}

/// What the people hold now.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Assigned {
    pub users: Vec<Licensed>,
    /// What would have been refused if licenses were enforced, and numbers that reach nobody from now on.
    pub warnings: Vec<String>,
}

/// A person and what they hold.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Licensed {
    pub id: Uuid,
    pub licenses: Vec<String>,
}

/// List license plans
#[utoipa::path(get, path = "/license-plans", tag = "licenses",
    responses((status = 200, body = List<LicensePlan>), Refusals))]
pub async fn plans(_caller: Caller) -> Json<List<LicensePlan>> {
    List::whole(catalogue::PLANS.iter().map(LicensePlan::from).collect())
}

/// List licenses with their seats
#[utoipa::path(get, path = "/tenants/{tenant}/licenses", tag = "licenses", params(("tenant" = String, Path)),
    responses((status = 200, body = List<License>), Refusals))]
pub async fn list(caller: Caller, Path(tenant): Path<String>) -> Result<Json<List<License>>, Problem> {
    let access = caller.begin(&tenant, Permission::View).await?;
    Ok(List::whole(access.subscriptions().await?.into_iter().map(License::from).collect()))
}

/// Set how many seats of a plan an organization has: for who runs the server
#[utoipa::path(put, path = "/tenants/{tenant}/licenses/{plan}", tag = "licenses",
    params(("tenant" = String, Path), ("plan" = String, Path, description = "Part number"),
        ("If-Match" = Option<String>, Header)),
    request_body = SeatCount, responses((status = 200, body = License), Refusals, WriteRefusals))]
pub async fn set_seats(
    caller: Caller,
    Path((tenant, plan)): Path<(String, String)>,
    headers: HeaderMap,
    Body(wanted): Body<SeatCount>,
) -> Result<Versioned<License>, Problem> {
    let access = caller.begin(&tenant, Permission::Configure).await?;
    caller.begin_platform()?;
    let (subscribed, version) = access.save_seats(&plan, wanted.seats, if_match(&headers)?).await?;
    Ok(Versioned { value: subscribed.into(), version })
}

/// Give people licenses
#[utoipa::path(post, path = "/tenants/{tenant}/licenses/assign", tag = "licenses", params(("tenant" = String, Path)),
    request_body = LicenseAssignment, responses((status = 200, body = Assigned), Refusals, WriteRefusals))]
pub async fn assign(
    caller: Caller,
    Path(tenant): Path<String>,
    Body(wanted): Body<LicenseAssignment>,
) -> Result<Json<Assigned>, Problem> {
    let access = caller.begin(&tenant, Permission::Configure).await?;
    let part_numbers = |plans: Vec<String>| plans.into_iter().map(PartNumber).collect();
    let swap = Swap { add: part_numbers(wanted.plans), remove: part_numbers(wanted.replaces) };
    Ok(Json(access.change_licenses(&wanted.users, &swap, wanted.dry_run).await?.into()))
}

/// Take licenses from people
#[utoipa::path(post, path = "/tenants/{tenant}/licenses/unassign", tag = "licenses", params(("tenant" = String, Path)),
    request_body = LicenseRemoval, responses((status = 200, body = Assigned), Refusals, WriteRefusals))]
pub async fn unassign(
    caller: Caller,
    Path(tenant): Path<String>,
    Body(wanted): Body<LicenseRemoval>,
) -> Result<Json<Assigned>, Problem> {
    let access = caller.begin(&tenant, Permission::Configure).await?;
    let swap = Swap { remove: wanted.plans.into_iter().map(PartNumber).collect(), ..Swap::default() };
    Ok(Json(access.change_licenses(&wanted.users, &swap, wanted.dry_run).await?.into()))
}

impl From<&Plan> for LicensePlan {
    fn from(plan: &Plan) -> Self {
        let shown = |capabilities: &[PhoneCapability]| capabilities.iter().copied().map(Capability::from).collect();
        Self {
            id: plan.part_number.to_owned(),
            name: plan.name.to_owned(),
            unlocks: shown(plan.unlocks),
            needs: shown(plan.needs),
            excludes: shown(plan.excludes),
            countries: plan.countries.iter().map(|country| (*country).to_owned()).collect(),
        }
    }
}

impl From<Subscribed> for License {
    fn from(Subscribed { plan, seats }: Subscribed) -> Self {
        Self {
            id: plan.part_number.to_owned(),
            name: plan.name.to_owned(),
            seats: seats.bought,
            assigned: seats.assigned,
            available: seats.available(),
        }
    }
}

impl From<AdminAssigned> for Assigned {
    fn from(assigned: AdminAssigned) -> Self {
        let people = assigned.people.into_iter();
        let licensed =
            people.map(|(user, held)| Licensed { id: user.0, licenses: held.into_iter().map(|plan| plan.0).collect() });
        Self { users: licensed.collect(), warnings: assigned.warnings }
    }
}

impl From<PhoneCapability> for Capability {
    fn from(capability: PhoneCapability) -> Self {
        match capability {
            PhoneCapability::AudioConferencing => Self::AudioConferencing,
            PhoneCapability::CallingPlan => Self::CallingPlan,
            PhoneCapability::CommunicationCredits => Self::CommunicationCredits,
            PhoneCapability::PhoneSystem => Self::PhoneSystem,
            PhoneCapability::ResourceAccount => Self::ResourceAccount,
        }
    }
}
