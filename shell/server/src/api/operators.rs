//! Operators: for who runs the server.

pub mod clients;
pub mod consents;

use std::collections::BTreeSet;

use axum::Json;
use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode};
use phone::id::OperatorId;
use phone::numbers::operator::{
    Offering as PhoneOffering, OfferingKind as PhoneKind, Operator as PhoneOperator, State as PhoneState,
};
use serde::{Deserialize, Serialize};
use store::Stored;
use utoipa::ToSchema;
use uuid::Uuid;

use super::body::{Body, Created, Params, Versioned, id, if_match, present, set};
use super::list::{List, PageParams};
use super::problem::{Problem, Refusals, WriteRefusals};
use crate::admin::{Caller, Refused};

const SORT: &str = "name";

/// A carrier that joined through the operator interface.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Operator {
    pub id: Uuid,
    pub name: String,
    pub state: OperatorState,
    /// Where organizations read about it.
    pub landing_page: Option<String>,
    pub logo: Option<String>,
    /// Who helps: an address, a number, a page.
    pub support_contact: String,
    pub offerings: Vec<Offering>,
}

/// How far an operator is: `draft` has no access yet, `testing` can be tried by who runs the server, `launched` is found
/// by every organization, `suspended` gets no new consents and uploads nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OperatorState {
    Draft,
    Testing,
    Launched,
    Suspended,
}

/// What an operator has, and where.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Offering {
    pub kind: OfferingKind,
    /// ISO 3166 alpha-2.
    pub countries: BTreeSet<String>,
}

/// What an offering is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OfferingKind {
    Calling,
    Conferencing,
    Mobile,
}

/// An operator to be made; it begins as a draft.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "name": "Example Telecom", "landing_page": "https://telecom.example/phones", "support_contact": "noc@telecom.example",
    "offerings": [{ "kind": "calling", "countries": ["CA", "US"] }]
}))]
pub struct NewOperator {
    pub name: String,
    pub landing_page: Option<String>,
    pub logo: Option<String>,
    #[serde(default)]
    pub support_contact: String,
    pub offerings: Vec<Offering>,
}

/// What is to change. What is absent stays; null clears.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "state": "testing" }))]
pub struct OperatorChange {
    pub name: Option<String>,
    pub state: Option<OperatorState>,
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    pub landing_page: Option<Option<String>>,
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    pub logo: Option<Option<String>>,
    pub support_contact: Option<String>,
    pub offerings: Option<Vec<Offering>>,
}

/// List operators
#[utoipa::path(get, path = "/operators", tag = "operators", params(PageParams),
    responses((status = 200, body = List<Operator>), Refusals))]
pub async fn list(caller: Caller, Params(page): Params<PageParams>) -> Result<Json<List<Operator>>, Problem> {
    let admin = caller.begin_platform()?;
    let paging = page.paging(SORT, false)?;
    let page = admin.store.operators(&PhoneState::ALL, &paging).await.map_err(Refused::from)?;
    Ok(List::of(page.map(|operator| Operator::from(operator.value)), SORT))
}

/// Show an operator
#[utoipa::path(get, path = "/operators/{operator}", tag = "operators", params(("operator" = Uuid, Path)),
    responses((status = 200, body = Operator), Refusals))]
pub async fn show(caller: Caller, Path(operator): Path<String>) -> Result<Versioned<Operator>, Problem> {
    caller.begin_platform()?;
    Ok(shown(caller.operator(named(&operator)?).await?))
}

/// Make an operator
#[utoipa::path(post, path = "/operators", tag = "operators", request_body = NewOperator,
    responses((status = 201, body = Operator), Refusals, WriteRefusals))]
pub async fn create(caller: Caller, Body(wanted): Body<NewOperator>) -> Result<Created<Operator>, Problem> {
    let operator = PhoneOperator {
        id: OperatorId(Uuid::now_v7()),
        name: wanted.name.trim().to_owned(),
        state: PhoneState::Draft,
        landing_page: wanted.landing_page,
        logo: wanted.logo,
        support_contact: wanted.support_contact,
        offerings: wanted.offerings.into_iter().map(PhoneOffering::from).collect(),
    };
    let version = caller.create_operator(&operator).await?;
    let location = format!("/operators/{}", operator.id);
    Ok(Created { value: operator.into(), version, location })
}

/// Change an operator
#[utoipa::path(patch, path = "/operators/{operator}", tag = "operators",
    params(("operator" = Uuid, Path), ("If-Match" = Option<String>, Header)), request_body = OperatorChange,
    responses((status = 200, body = Operator), Refusals, WriteRefusals))]
pub async fn change(
    caller: Caller,
    Path(operator): Path<String>,
    headers: HeaderMap,
    Body(wanted): Body<OperatorChange>,
) -> Result<Versioned<Operator>, Problem> {
    caller.begin_platform()?;
    let apply = |operator: &mut PhoneOperator| {
        set(wanted.name.map(|name| name.trim().to_owned()), &mut operator.name);
        set(wanted.state.map(PhoneState::from), &mut operator.state);
        set(wanted.landing_page, &mut operator.landing_page);
        set(wanted.logo, &mut operator.logo);
        set(wanted.support_contact, &mut operator.support_contact);
        let offerings = wanted.offerings.map(|all| all.into_iter().map(PhoneOffering::from).collect());
        set(offerings, &mut operator.offerings);
    };
    Ok(shown(caller.change_operator(named(&operator)?, if_match(&headers)?, apply).await?))
}

/// Delete an operator that no organization has a consent with
#[utoipa::path(delete, path = "/operators/{operator}", tag = "operators",
    params(("operator" = Uuid, Path), ("If-Match" = Option<String>, Header)),
    responses((status = 204), Refusals, WriteRefusals))]
pub async fn delete(caller: Caller, Path(operator): Path<String>, headers: HeaderMap) -> Result<StatusCode, Problem> {
    caller.begin_platform()?;
    caller.delete_operator(named(&operator)?, if_match(&headers)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn named(text: &str) -> Result<OperatorId, Problem> {
    id(text, "operator").map(OperatorId)
}

fn shown(operator: Stored<PhoneOperator>) -> Versioned<Operator> {
    Versioned { value: operator.value.into(), version: operator.version }
}

impl From<PhoneOperator> for Operator {
    fn from(operator: PhoneOperator) -> Self {
        Self {
            id: operator.id.0,
            name: operator.name,
            state: operator.state.into(),
            landing_page: operator.landing_page,
            logo: operator.logo,
            support_contact: operator.support_contact,
            offerings: operator.offerings.into_iter().map(Offering::from).collect(),
        }
    }
}

impl From<PhoneState> for OperatorState {
    fn from(state: PhoneState) -> Self {
        match state {
            PhoneState::Draft => Self::Draft,
            PhoneState::Testing => Self::Testing,
            PhoneState::Launched => Self::Launched,
            PhoneState::Suspended => Self::Suspended,
        }
    }
}

impl From<OperatorState> for PhoneState {
    fn from(state: OperatorState) -> Self {
        match state {
            OperatorState::Draft => Self::Draft,
            OperatorState::Testing => Self::Testing,
            OperatorState::Launched => Self::Launched,
            OperatorState::Suspended => Self::Suspended,
        }
    }
}

impl From<PhoneOffering> for Offering {
    fn from(offering: PhoneOffering) -> Self {
        let kind = match offering.kind {
            PhoneKind::Calling => OfferingKind::Calling,
            PhoneKind::Conferencing => OfferingKind::Conferencing,
            PhoneKind::Mobile => OfferingKind::Mobile,
        };
        Self { kind, countries: offering.countries }
    }
}

impl From<Offering> for PhoneOffering {
    fn from(offering: Offering) -> Self {
        let kind = match offering.kind {
            OfferingKind::Calling => PhoneKind::Calling,
            OfferingKind::Conferencing => PhoneKind::Conferencing,
            OfferingKind::Mobile => PhoneKind::Mobile,
        };
        Self { kind, countries: offering.countries }
    }
}
