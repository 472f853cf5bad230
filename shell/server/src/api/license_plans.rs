//! License plans: for who runs the server to make and change, for everybody to see.

use std::collections::BTreeSet;

use axum::Json;
use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode};
use phone::amount::Currency;
use phone::people::license::offer::{
    Offer as PhoneOffer, OfferKind as PhoneKind, Price as PhonePrice, Term as PhoneTerm,
};
use phone::people::license::plan::Grant;
use phone::people::license::{Capability as PhoneCapability, Holder as PhoneHolder, PartNumber, Plan};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::body::{Body, Created, Versioned, if_match, present, set};
use super::list::List;
use super::money::Amount;
use super::problem::{Problem, Refusals, WriteRefusals};
use crate::admin::{Caller, Refused};

/// What can be bought.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct LicensePlan {
    /// Its part number.
    pub id: String,
    pub name: String,
    pub kind: PlanKind,
    pub unlocks: Vec<Capability>,
    /// Who may hold a license.
    pub holders: Vec<PlanHolder>,
    /// What the holder must have besides.
    pub needs: Vec<Capability>,
    /// What no other license of the holder may unlock.
    pub excludes: Vec<Capability>,
    /// ISO 3166 alpha-2; empty stands for all.
    pub countries: Vec<String>,
    /// What a seat costs in a month; null where nobody said.
    pub price: Option<SeatPrice>,
    pub term: PlanTerm,
    /// For how long a trial lasts.
    pub trial_days: Option<u32>,
    /// Whether seats can be bought; those that were bought stay.
    pub offered: bool,
    /// Whether it comes with the program, and so can be changed but not deleted.
    pub built_in: bool,
}

/// What kind of plan it is: `add_on` is sold beside a plan that it needs, `trial` is free and over after some days.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PlanKind {
    AddOn,
    Free,
    Paid,
    Trial,
}

/// For how long seats are bought at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PlanTerm {
    Annual,
    Monthly,
}

/// What a license unlocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Capability {
    AudioConferencing,
    CallingPlan,
    CommunicationCredits,
    Mobile,
    PhoneSystem,
    ResourceAccount,
}

/// Who may hold a license.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PlanHolder {
    ResourceAccount,
    User,
}

/// A price of one seat in a month, or of all of them.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SeatPrice {
    pub amount: Amount,
    /// ISO 4217.
    pub currency: String,
}

/// A plan to be made.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "id": "ACME_PHONE", "name": "Acme Phone", "kind": "paid", "unlocks": ["phone_system"],
    "price": { "amount": "8.00", "currency": "USD" }, "term": "annual"
}))]
pub struct NewLicensePlan {
    /// Its part number: letters, digits, underscores and hyphens.
    pub id: String,
    pub name: String,
    pub kind: PlanKind,
    #[serde(default)]
    pub unlocks: Vec<Capability>,
    /// People, if nothing is said.
    #[serde(default)]
    pub holders: Option<Vec<PlanHolder>>,
    #[serde(default)]
    pub needs: Vec<Capability>,
    #[serde(default)]
    pub excludes: Vec<Capability>,
    #[serde(default)]
    pub countries: BTreeSet<String>,
    pub price: Option<SeatPrice>,
    /// A month, if nothing is said.
    pub term: Option<PlanTerm>,
    /// Needed by a trial, and by no other plan.
    pub trial_days: Option<u32>,
}

/// What is to change. What is absent stays; null clears.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "price": { "amount": "9.50", "currency": "USD" } }))]
pub struct LicensePlanChange {
    pub name: Option<String>,
    pub kind: Option<PlanKind>,
    pub unlocks: Option<Vec<Capability>>,
    pub holders: Option<Vec<PlanHolder>>,
    pub needs: Option<Vec<Capability>>,
    pub excludes: Option<Vec<Capability>>,
    pub countries: Option<BTreeSet<String>>,
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<SeatPrice>)]
    pub price: Option<Option<SeatPrice>>,
    pub term: Option<PlanTerm>,
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<u32>)]
    pub trial_days: Option<Option<u32>>,
    pub offered: Option<bool>,
}

/// List license plans
#[utoipa::path(get, path = "/license-plans", tag = "licenses",
    responses((status = 200, body = List<LicensePlan>), Refusals))]
pub async fn list(caller: Caller) -> Result<Json<List<LicensePlan>>, Problem> {
    let catalogue = caller.catalogue().await?;
    Ok(List::whole(catalogue.plans().iter().cloned().map(LicensePlan::from).collect()))
}

/// Show a license plan: for who runs the server
#[utoipa::path(get, path = "/license-plans/{plan}", tag = "licenses",
    params(("plan" = String, Path, description = "Part number")),
    responses((status = 200, body = LicensePlan), Refusals))]
pub async fn show(caller: Caller, Path(plan): Path<String>) -> Result<Versioned<LicensePlan>, Problem> {
    let (plan, version) = caller.license_plan(&PartNumber(plan)).await?;
    Ok(Versioned { value: plan.into(), version })
}

/// Make a license plan: for who runs the server
#[utoipa::path(post, path = "/license-plans", tag = "licenses", request_body = NewLicensePlan,
    responses((status = 201, body = LicensePlan), Refusals, WriteRefusals))]
pub async fn create(caller: Caller, Body(wanted): Body<NewLicensePlan>) -> Result<Created<LicensePlan>, Problem> {
    caller.begin_platform()?;
    let plan = Plan {
        part_number: PartNumber(wanted.id.trim().to_owned()),
        name: wanted.name.trim().to_owned(),
        grant: Grant {
            unlocks: read(wanted.unlocks),
            holders: read(wanted.holders.unwrap_or_else(|| vec![PlanHolder::User])),
            needs: read(wanted.needs),
            excludes: read(wanted.excludes),
        },
        countries: wanted.countries,
        offer: PhoneOffer {
            kind: wanted.kind.into(),
            price: wanted.price.map(SeatPrice::read).transpose()?,
            term: wanted.term.map(PhoneTerm::from).unwrap_or_default(),
            trial_days: wanted.trial_days,
            is_open: true,
        },
    };
    let version = caller.create_license_plan(&plan).await?;
    let location = format!("/license-plans/{}", plan.part_number);
    Ok(Created { value: plan.into(), version, location })
}

/// Change a license plan: for who runs the server. What it unlocks stays as long as an organization has any of it
#[utoipa::path(patch, path = "/license-plans/{plan}", tag = "licenses",
    params(("plan" = String, Path, description = "Part number"), ("If-Match" = Option<String>, Header)),
    request_body = LicensePlanChange, responses((status = 200, body = LicensePlan), Refusals, WriteRefusals))]
pub async fn change(
    caller: Caller,
    Path(plan): Path<String>,
    headers: HeaderMap,
    Body(wanted): Body<LicensePlanChange>,
) -> Result<Versioned<LicensePlan>, Problem> {
    caller.begin_platform()?;
    let price = wanted.price.map(|price| price.map(SeatPrice::read).transpose()).transpose()?;
    let apply = |plan: &mut Plan| {
        set(wanted.name.map(|name| name.trim().to_owned()), &mut plan.name);
        set(wanted.kind.map(PhoneKind::from), &mut plan.offer.kind);
        set(wanted.unlocks.map(read), &mut plan.grant.unlocks);
        set(wanted.holders.map(read), &mut plan.grant.holders);
        set(wanted.needs.map(read), &mut plan.grant.needs);
        set(wanted.excludes.map(read), &mut plan.grant.excludes);
        set(wanted.countries, &mut plan.countries);
        set(price, &mut plan.offer.price);
        set(wanted.term.map(PhoneTerm::from), &mut plan.offer.term);
        set(wanted.trial_days, &mut plan.offer.trial_days);
        set(wanted.offered, &mut plan.offer.is_open);
    };
    let (plan, version) = caller.change_license_plan(&PartNumber(plan), if_match(&headers)?, apply).await?;
    Ok(Versioned { value: plan.into(), version })
}

/// Delete a license plan of which no organization has any: for who runs the server
#[utoipa::path(delete, path = "/license-plans/{plan}", tag = "licenses",
    params(("plan" = String, Path, description = "Part number"), ("If-Match" = Option<String>, Header)),
    responses((status = 204), Refusals, WriteRefusals))]
pub async fn delete(caller: Caller, Path(plan): Path<String>, headers: HeaderMap) -> Result<StatusCode, Problem> {
    caller.begin_platform()?;
    caller.delete_license_plan(&PartNumber(plan), if_match(&headers)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn read<T, P: From<T> + Ord>(wanted: Vec<T>) -> BTreeSet<P> {
    wanted.into_iter().map(P::from).collect()
}

fn shown<P: Copy, T: From<P>>(kept: &BTreeSet<P>) -> Vec<T> {
    kept.iter().copied().map(T::from).collect()
}

impl SeatPrice {
    fn read(self) -> Result<PhonePrice, Problem> {
        let malformed =
            |why: phone::amount::NotMoney| Refused::field("price.currency", "currency.malformed", why.to_string());
        Ok(PhonePrice { amount: self.amount.0, currency: Currency::parse(&self.currency).map_err(malformed)? })
    }
}

impl From<PhonePrice> for SeatPrice {
    fn from(price: PhonePrice) -> Self {
        Self { amount: Amount(price.amount), currency: price.currency.to_string() }
    }
}

impl From<Plan> for LicensePlan {
    fn from(plan: Plan) -> Self {
        let Plan { part_number, name, grant, countries, offer } = plan;
        Self {
            built_in: Plan::is_built_in(&part_number),
            id: part_number.0,
            name,
            kind: offer.kind.into(),
            unlocks: shown(&grant.unlocks),
            holders: shown(&grant.holders),
            needs: shown(&grant.needs),
            excludes: shown(&grant.excludes),
            countries: countries.into_iter().collect(),
            price: offer.price.map(SeatPrice::from),
            term: offer.term.into(),
            trial_days: offer.trial_days,
            offered: offer.is_open,
        }
    }
}

/// The same words on both sides.
macro_rules! same {
    ($($here:ident = $phone:ident { $($name:ident),+ })+) => {
        $(
            impl From<$phone> for $here {
                fn from(one: $phone) -> Self {
                    match one { $($phone::$name => Self::$name,)+ }
                }
            }

            impl From<$here> for $phone {
                fn from(one: $here) -> Self {
                    match one { $($here::$name => Self::$name,)+ }
                }
            }
        )+
    };
}

same! {
    Capability = PhoneCapability {
        AudioConferencing, CallingPlan, CommunicationCredits, Mobile, PhoneSystem, ResourceAccount
    }
    PlanHolder = PhoneHolder { ResourceAccount, User }
    PlanKind = PhoneKind { AddOn, Free, Paid, Trial }
    PlanTerm = PhoneTerm { Annual, Monthly }
}
