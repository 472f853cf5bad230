//! Organizations that consented.

use axum::Json;
use axum::extract::Path;
use axum::http::HeaderMap;
use jiff::Timestamp;
use phone::id::TenantId;
use phone::numbers::operator::consent::Status;
use serde::{Deserialize, Serialize};
use store::{ConsentFilter, Stored};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::admin::Refused;
use crate::admin::operator_access::OperatorCaller;
use crate::api::body::{Body, Params, Versioned, id, if_match};
use crate::api::list::{List, PageParams};
use crate::api::operators::consents::{Consent, ConsentStatus, RelationshipStatus};
use crate::api::problem::{Problem, Refusals, WriteRefusals};

const SORT: &str = "updated_at";

/// An organization that consented, and on what terms.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ConsentedTenant {
    /// The organization.
    pub tenant: Uuid,
    #[serde(flatten)]
    pub consent: Consent,
}

/// Which consents.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ConsentParams {
    #[param(minimum = 1, maximum = 1000, default = 100)]
    pub limit: Option<u64>,
    pub cursor: Option<String>,
    #[param(inline)]
    pub status: Option<ConsentStatus>,
    /// Changed at this time or later.
    #[param(value_type = Option<String>, format = DateTime)]
    pub updated_since: Option<Timestamp>,
}

/// How the operator stands with the organization.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "relationship_status": "agreement_signed" }))]
pub struct RelationshipChange {
    /// `agreement_signed`, `declined`, `suspended` or `terminated`.
    pub relationship_status: RelationshipStatus,
    /// Told to the organization; needed for the last three.
    pub reason: Option<String>,
}

/// List organizations that consented, the one that changed first first
#[utoipa::path(get, path = "/consents", tag = "consents", params(ConsentParams),
    responses((status = 200, body = List<ConsentedTenant>), Refusals))]
pub async fn list(
    caller: OperatorCaller,
    Params(params): Params<ConsentParams>,
) -> Result<Json<List<ConsentedTenant>>, Problem> {
    let paging = PageParams { limit: params.limit, cursor: params.cursor }.paging(SORT, false)?;
    let filter = ConsentFilter { status: params.status.map(Status::from), updated_since: params.updated_since };
    let page =
        caller.store().consents_of_operator(caller.operator.id, &filter, &paging).await.map_err(Refused::from)?;
    Ok(List::of(page.map(|consent| shown(&consent)), SORT))
}

/// Show the consent of an organization
#[utoipa::path(get, path = "/consents/{tenant}", tag = "consents", params(("tenant" = Uuid, Path)),
    responses((status = 200, body = ConsentedTenant), Refusals))]
pub async fn show(caller: OperatorCaller, Path(tenant): Path<String>) -> Result<Versioned<ConsentedTenant>, Problem> {
    let consent = caller.consent(TenantId(id(&tenant, "consent")?)).await?;
    Ok(Versioned { value: shown(&consent), version: consent.version })
}

/// Say how the operator stands with an organization
#[utoipa::path(patch, path = "/consents/{tenant}", tag = "consents",
    params(("tenant" = Uuid, Path), ("If-Match" = Option<String>, Header)), request_body = RelationshipChange,
    responses((status = 200, body = ConsentedTenant), Refusals, WriteRefusals))]
pub async fn change(
    caller: OperatorCaller,
    Path(tenant): Path<String>,
    headers: HeaderMap,
    Body(wanted): Body<RelationshipChange>,
) -> Result<Versioned<ConsentedTenant>, Problem> {
    let tenant = TenantId(id(&tenant, "consent")?);
    let (to, reason) = (wanted.relationship_status.into(), wanted.reason.as_deref());
    let consent = caller.change_relationship(tenant, if_match(&headers)?, to, reason).await?;
    Ok(Versioned { value: shown(&consent), version: consent.version })
}

fn shown(consent: &Stored<phone::numbers::operator::consent::Consent>) -> ConsentedTenant {
    ConsentedTenant { tenant: consent.value.tenant.0, consent: Consent::of(consent) }
}
