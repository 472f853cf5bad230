//! Seats of license plans, and who holds a license.

use std::collections::BTreeSet;

use axum::Json;
use axum::extract::Path;
use axum::http::HeaderMap;
use jiff::Timestamp;
use phone::people::User;
use phone::people::license::import::{COLUMNS, SEPARATOR};
use phone::people::license::notice::Notice;
use phone::people::license::subscription::{Commitment, Renewal as PhoneRenewal};
use phone::people::license::{PartNumber, Swap};
use phone::rule::Broken as _;
use phone::sheet::neutral;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::body::{Body, Params, Versioned, if_match, request_key};
use super::csv_file::{CsvFile, ImportParams, SentTable};
use super::license_plans::{PlanTerm, SeatPrice};
use super::list::List;
use super::orders::{Order, Placed, placed};
use super::problem::{Problem, Refusals, WriteRefusals};
use crate::admin::licenses::{Assigned as AdminAssigned, SeatWish, Subscribed};
use crate::admin::{Caller, Permission};

/// The seats that an organization has of a plan.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct License {
    /// The plan's part number.
    pub id: String,
    pub name: String,
    pub seats: u32,
    pub assigned: u32,
    pub available: u32,
    /// For how long seats are bought at once; null where they are bought until somebody changes it.
    pub term: Option<PlanTerm>,
    /// When the term ends that it is in.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub ends_at: Option<Timestamp>,
    pub renewal: Option<Renewal>,
    /// Whether its time is over: where licenses are enforced, nobody has any of it.
    pub over: bool,
    /// What all seats cost in a month; null where the plan has no price.
    pub monthly_price: Option<SeatPrice>,
}

/// What comes after the end of a term.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Renewal {
    Ends,
    Renews,
}

/// How many seats there shall be.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "seats": 25 }))]
pub struct SeatCount {
    pub seats: u32,
    /// When the first term ends. What is not given stays, or is as the plan is sold.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub ends_at: Option<Timestamp>,
    pub renewal: Option<Renewal>,
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

/// What somebody should do something about.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct LicenseNotices {
    pub notices: Vec<LicenseNotice>,
    /// Addresses that are mailed when there is one more.
    pub mails: Vec<String>,
}

/// Seats that run short, a time that ends, people who can't be given what their groups want.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct LicenseNotice {
    /// license.seats_short, license.ending, license.over or license.failing.
    pub code: String,
    /// The plan's part number; null where it is about people of groups.
    pub plan: Option<String>,
    pub message: String,
    pub fix: String,
}

/// Who is to be mailed.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "mails": ["it@example.com"] }))]
pub struct LicenseMails {
    pub mails: Vec<String>,
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

/// Show what is short or ends of an organization's licenses, and who is mailed about it
#[utoipa::path(get, path = "/tenants/{tenant}/licenses/notices", tag = "licenses", params(("tenant" = String, Path)),
    responses((status = 200, body = LicenseNotices), Refusals))]
pub async fn notices(caller: Caller, Path(tenant): Path<String>) -> Result<Json<LicenseNotices>, Problem> {
    let access = caller.begin(&tenant, Permission::View).await?;
    Ok(Json(access.license_notices().await?.into()))
}

/// Set who is mailed about licenses
#[utoipa::path(put, path = "/tenants/{tenant}/licenses/notices", tag = "licenses", params(("tenant" = String, Path)),
    request_body = LicenseMails, responses((status = 200, body = LicenseNotices), Refusals, WriteRefusals))]
pub async fn set_mails(
    caller: Caller,
    Path(tenant): Path<String>,
    Body(wanted): Body<LicenseMails>,
) -> Result<Json<LicenseNotices>, Problem> {
    let access = caller.begin(&tenant, Permission::Configure).await?;
    access.save_license_mails(&wanted.mails).await?;
    Ok(Json(access.license_notices().await?.into()))
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
    let SeatCount { seats, ends_at, renewal } = wanted;
    let wanted = SeatWish { seats, ends_at, renewal: renewal.map(PhoneRenewal::from) };
    let (subscribed, version) = access.save_seats(&plan, &wanted, if_match(&headers)?).await?;
    Ok(Versioned { value: subscribed.into(), version })
}

/// Give what everybody is given directly as a file with the columns UPN, AddSkus, RemoveSkus and UsageLocation
#[utoipa::path(get, path = "/tenants/{tenant}/licenses/export", tag = "licenses", params(("tenant" = String, Path)),
    responses((status = 200, body = String, content_type = "text/csv"), Refusals))]
pub async fn export(caller: Caller, Path(tenant): Path<String>) -> Result<CsvFile, Problem> {
    let access = caller.begin(&tenant, Permission::View).await?;
    let (people, of_tenant) = (access.direct_licenses().await?, access.country().await?);
    CsvFile::write("licences.csv", COLUMNS, people.iter().map(|(user, plans)| row(user, plans, &of_tenant)))
}

/// Give and take licenses by a file with the columns UPN, AddSkus, RemoveSkus and UsageLocation. A person is named by address, extension or id; the same file again changes nothing
#[utoipa::path(post, path = "/tenants/{tenant}/licenses/import", tag = "licenses",
    params(("tenant" = String, Path), ImportParams, ("Idempotency-Key" = Option<String>, Header)),
    request_body(content = String, content_type = "text/csv"),
    responses((status = 200, body = Order, description = "A dry run, or the order of a request that was sent before"),
        (status = 202, body = Order), Refusals, WriteRefusals))]
pub async fn import(
    caller: Caller,
    Path(tenant): Path<String>,
    Params(params): Params<ImportParams>,
    headers: HeaderMap,
    SentTable(file): SentTable,
) -> Result<Placed, Problem> {
    let access = caller.begin(&tenant, Permission::Configure).await?;
    let key = request_key(&headers, &["licenses/import", params.word()], &file)?;
    placed(&access, access.import_licenses(&file, params.dry_run, key).await?).await
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

/// Who has no address is named by the extension.
fn row(user: &User, plans: &BTreeSet<PartNumber>, of_tenant: &str) -> [String; 4] {
    let plans: Vec<&str> = plans.iter().map(|plan| plan.0.as_str()).collect();
    let upn = user.email.as_deref().unwrap_or(&user.extension);
    let country = user.country.as_deref().unwrap_or(of_tenant);
    [neutral(upn), neutral(&plans.join(&SEPARATOR.to_string())), String::new(), country.to_owned()]
}

impl From<Subscribed> for License {
    fn from(subscribed: Subscribed) -> Self {
        let Subscribed { plan, seats, bought, at } = subscribed;
        let commitment = bought.as_ref().and_then(|bought| bought.commitment);
        let price = plan.offer.price.zip(bought.as_ref()).map(|(price, bought)| bought.monthly(price).into());
        Self {
            id: plan.part_number.0,
            name: plan.name,
            seats: seats.bought,
            assigned: seats.assigned,
            available: seats.available(),
            term: commitment.map(|Commitment { term, .. }| term.into()),
            ends_at: commitment.map(|commitment| commitment.end(at)),
            renewal: commitment.map(|Commitment { renewal, .. }| renewal.into()),
            over: commitment.is_some_and(|commitment| commitment.is_over(at)),
            monthly_price: price,
        }
    }
}

impl From<(Vec<Notice>, Vec<String>)> for LicenseNotices {
    fn from((notices, mails): (Vec<Notice>, Vec<String>)) -> Self {
        let shown = |notice: Notice| LicenseNotice {
            code: notice.code().to_owned(),
            plan: notice.plan().map(ToString::to_string),
            message: notice.to_string(),
            fix: notice.fix(),
        };
        Self { notices: notices.into_iter().map(shown).collect(), mails }
    }
}

impl From<PhoneRenewal> for Renewal {
    fn from(renewal: PhoneRenewal) -> Self {
        match renewal {
            PhoneRenewal::Ends => Self::Ends,
            PhoneRenewal::Renews => Self::Renews,
        }
    }
}

impl From<Renewal> for PhoneRenewal {
    fn from(renewal: Renewal) -> Self {
        match renewal {
            Renewal::Ends => Self::Ends,
            Renewal::Renews => Self::Renews,
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
