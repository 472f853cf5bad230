//! The directory of operators, and what an organization allows them.

use std::collections::BTreeSet;

use axum::Json;
use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode};
use jiff::Timestamp;
use phone::numbers::operator::consent::{
    Consent as PhoneConsent, Contact as PhoneContact, Relationship as PhoneRelationship, Status as PhoneStatus, Terms,
};
use phone::numbers::operator::{Operator as PhoneOperator, Reach};
use serde::{Deserialize, Serialize};
use store::Stored;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{Operator, named};
use crate::admin::{Caller, Permission};
use crate::api::body::{Body, Created, Versioned, if_match, present, set};
use crate::api::list::List;
use crate::api::problem::{Problem, Refusals, WriteRefusals};

/// An operator as an organization finds it, with the consent if it gave one.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ListedOperator {
    #[serde(flatten)]
    pub operator: Operator,
    pub consent: Option<Consent>,
}

/// What an organization allows an operator, and how they stand.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Consent {
    pub operator: Uuid,
    /// The organization's side.
    pub status: ConsentStatus,
    /// The operator's side.
    pub relationship_status: RelationshipStatus,
    /// Why, in the operator's words.
    pub reason: Option<String>,
    /// ISO 3166 alpha-2: where the operator may give numbers.
    pub countries: BTreeSet<String>,
    pub company_name: String,
    pub company_size: Option<u32>,
    pub contacts: Vec<Contact>,
    /// Whether the operator may take its numbers from people and services.
    pub operator_may_unassign: bool,
    /// Whether calls over the operator's trunks reach all of the organization's numbers, not those of the operator alone.
    pub operator_may_reach_all_numbers: bool,
    #[schema(value_type = String, format = DateTime)]
    pub consented_at: Timestamp,
    pub consented_by: String,
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
}

/// The organization's side of a consent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ConsentStatus {
    Active,
    Suspended,
    Removed,
}

/// The operator's side of a consent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RelationshipStatus {
    New,
    AgreementSigned,
    Declined,
    Suspended,
    Terminated,
}

/// A person of the organization whom the operator may ask.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Contact {
    pub full_name: String,
    pub email: String,
    pub phone: Option<String>,
}

/// A consent to be given. The operator is told all of it.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "countries": ["US"], "company_name": "Example", "company_size": 50,
    "contacts": [{ "full_name": "Ann Admin", "email": "ann@example.org", "phone": "+12065550100" }]
}))]
pub struct NewConsent {
    #[schema(value_type = Vec<String>)]
    pub countries: BTreeSet<String>,
    pub company_name: String,
    pub company_size: Option<u32>,
    pub contacts: Vec<Contact>,
    #[serde(default)]
    pub operator_may_unassign: bool,
    #[serde(default)]
    pub operator_may_reach_all_numbers: bool,
}

/// What is to change. What is absent stays.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "status": "suspended" }))]
pub struct ConsentChange {
    pub status: Option<ConsentStatus>,
    #[schema(value_type = Option<Vec<String>>)]
    pub countries: Option<BTreeSet<String>>,
    pub company_name: Option<String>,
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<u32>)]
    pub company_size: Option<Option<u32>>,
    pub contacts: Option<Vec<Contact>>,
    pub operator_may_unassign: Option<bool>,
    pub operator_may_reach_all_numbers: Option<bool>,
}

/// List operators that the organization can choose or has chosen
#[utoipa::path(get, path = "/tenants/{tenant}/operators", tag = "operators", params(("tenant" = String, Path)),
    responses((status = 200, body = List<ListedOperator>), Refusals))]
pub async fn list(caller: Caller, Path(tenant): Path<String>) -> Result<Json<List<ListedOperator>>, Problem> {
    let access = caller.begin(&tenant, Permission::View).await?;
    let listed = |(operator, consent): (PhoneOperator, Option<Stored<PhoneConsent>>)| ListedOperator {
        operator: operator.into(),
        consent: consent.map(|consent| Consent::of(&consent)),
    };
    Ok(List::whole(access.operators().await?.into_iter().map(listed).collect()))
}

/// Show the consent to an operator
#[utoipa::path(get, path = "/tenants/{tenant}/operators/{operator}/consent", tag = "operators",
    params(("tenant" = String, Path), ("operator" = Uuid, Path)), responses((status = 200, body = Consent), Refusals))]
pub async fn show(
    caller: Caller,
    Path((tenant, operator)): Path<(String, String)>,
) -> Result<Versioned<Consent>, Problem> {
    let access = caller.begin(&tenant, Permission::View).await?;
    Ok(shown(&access.consent(named(&operator)?).await?))
}

/// Consent to an operator: it may then give numbers to the organization
#[utoipa::path(post, path = "/tenants/{tenant}/operators/{operator}/consent", tag = "operators",
    params(("tenant" = String, Path), ("operator" = Uuid, Path)), request_body = NewConsent,
    responses((status = 201, body = Consent), Refusals, WriteRefusals))]
pub async fn give(
    caller: Caller,
    Path((tenant, operator)): Path<(String, String)>,
    Body(wanted): Body<NewConsent>,
) -> Result<Created<Consent>, Problem> {
    let access = caller.begin(&tenant, Permission::Configure).await?;
    let terms = Terms {
        company_name: wanted.company_name,
        company_size: wanted.company_size,
        countries: wanted.countries,
        contacts: wanted.contacts.into_iter().map(PhoneContact::from).collect(),
        operator_may_unassign: wanted.operator_may_unassign,
        reach: reach(wanted.operator_may_reach_all_numbers),
    };
    let given = access.give_consent(&caller, named(&operator)?, terms).await?;
    let location = format!("/tenants/{}/operators/{operator}/consent", access.tenant());
    Ok(Created { value: Consent::of(&given), version: given.version, location })
}

/// Change the consent to an operator, suspend it or take it up again
#[utoipa::path(patch, path = "/tenants/{tenant}/operators/{operator}/consent", tag = "operators",
    params(("tenant" = String, Path), ("operator" = Uuid, Path), ("If-Match" = Option<String>, Header)),
    request_body = ConsentChange, responses((status = 200, body = Consent), Refusals, WriteRefusals))]
pub async fn change(
    caller: Caller,
    Path((tenant, operator)): Path<(String, String)>,
    headers: HeaderMap,
    Body(wanted): Body<ConsentChange>,
) -> Result<Versioned<Consent>, Problem> {
    let access = caller.begin(&tenant, Permission::Configure).await?;
    let apply = |terms: &mut Terms, status: &mut PhoneStatus| {
        set(wanted.status.map(PhoneStatus::from), status);
        set(wanted.countries, &mut terms.countries);
        set(wanted.company_name, &mut terms.company_name);
        set(wanted.company_size, &mut terms.company_size);
        set(wanted.contacts.map(|all| all.into_iter().map(PhoneContact::from).collect()), &mut terms.contacts);
        set(wanted.operator_may_unassign, &mut terms.operator_may_unassign);
        set(wanted.operator_may_reach_all_numbers.map(reach), &mut terms.reach);
    };
    Ok(shown(&access.change_consent(named(&operator)?, if_match(&headers)?, apply).await?))
}

/// Remove the consent to an operator, when none of its numbers is left
#[utoipa::path(delete, path = "/tenants/{tenant}/operators/{operator}/consent", tag = "operators",
    params(("tenant" = String, Path), ("operator" = Uuid, Path), ("If-Match" = Option<String>, Header)),
    responses((status = 204), Refusals, WriteRefusals))]
pub async fn remove(
    caller: Caller,
    Path((tenant, operator)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<StatusCode, Problem> {
    let access = caller.begin(&tenant, Permission::Configure).await?;
    access.remove_consent(named(&operator)?, if_match(&headers)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn reach(may_reach_all: bool) -> Reach {
    if may_reach_all { Reach::AllNumbers } else { Reach::OwnNumbers }
}

fn shown(consent: &Stored<PhoneConsent>) -> Versioned<Consent> {
    Versioned { value: Consent::of(consent), version: consent.version }
}

impl Consent {
    pub fn of(stored: &Stored<PhoneConsent>) -> Self {
        let consent = stored.value.clone();
        Self {
            operator: consent.operator.0,
            status: consent.status.into(),
            relationship_status: consent.relationship.into(),
            reason: consent.reason,
            countries: consent.terms.countries,
            company_name: consent.terms.company_name,
            company_size: consent.terms.company_size,
            contacts: consent.terms.contacts.into_iter().map(Contact::from).collect(),
            operator_may_unassign: consent.terms.operator_may_unassign,
            operator_may_reach_all_numbers: consent.terms.reach == Reach::AllNumbers,
            consented_at: consent.consented_at,
            consented_by: consent.consented_by,
            updated_at: stored.updated_at,
        }
    }
}

impl From<Contact> for PhoneContact {
    fn from(contact: Contact) -> Self {
        Self { full_name: contact.full_name, email: contact.email, phone: contact.phone }
    }
}

impl From<PhoneContact> for Contact {
    fn from(contact: PhoneContact) -> Self {
        Self { full_name: contact.full_name, email: contact.email, phone: contact.phone }
    }
}

impl From<PhoneStatus> for ConsentStatus {
    fn from(status: PhoneStatus) -> Self {
        match status {
            PhoneStatus::Active => Self::Active,
            PhoneStatus::Suspended => Self::Suspended,
            PhoneStatus::Removed => Self::Removed,
        }
    }
}

impl From<ConsentStatus> for PhoneStatus {
    fn from(status: ConsentStatus) -> Self {
        match status {
            ConsentStatus::Active => Self::Active,
            ConsentStatus::Suspended => Self::Suspended,
            ConsentStatus::Removed => Self::Removed,
        }
    }
}

impl From<PhoneRelationship> for RelationshipStatus {
    fn from(relationship: PhoneRelationship) -> Self {
        match relationship {
            PhoneRelationship::New => Self::New,
            PhoneRelationship::AgreementSigned => Self::AgreementSigned,
            PhoneRelationship::Declined => Self::Declined,
            PhoneRelationship::Suspended => Self::Suspended,
            PhoneRelationship::Terminated => Self::Terminated,
        }
    }
}

impl From<RelationshipStatus> for PhoneRelationship {
    fn from(relationship: RelationshipStatus) -> Self {
        match relationship {
            RelationshipStatus::New => Self::New,
            RelationshipStatus::AgreementSigned => Self::AgreementSigned,
            RelationshipStatus::Declined => Self::Declined,
            RelationshipStatus::Suspended => Self::Suspended,
            RelationshipStatus::Terminated => Self::Terminated,
        }
    }
}
