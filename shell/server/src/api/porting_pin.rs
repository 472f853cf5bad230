//! What who asks for an organization's numbers must know.

use axum::Json;
use axum::extract::Path;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use store::PinStatus;
use utoipa::ToSchema;

use super::body::Body;
use super::problem::{Problem, Refusals, WriteRefusals};
use crate::admin::{Caller, Permission};
use crate::secret::Secret;

/// Whether there is a porting PIN. What it is is never shown.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct PortingPin {
    /// Without one nobody can ask for the organization's numbers.
    pub is_set: bool,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub set_at: Option<Timestamp>,
    pub set_by: Option<String>,
    /// Wrong ones that were quoted since the right one was.
    pub wrong_tries: u32,
    /// Until then none is looked at.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub locked_until: Option<Timestamp>,
}

/// A porting PIN.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "pin": "4711081542" }))]
pub struct NewPortingPin {
    /// Ten digits, not all the same and not in a row.
    #[schema(value_type = String)]
    pub pin: Secret,
}

/// Show whether there is a porting PIN
#[utoipa::path(get, path = "/tenants/{tenant}/porting-pin", tag = "port-outs", params(("tenant" = String, Path)),
    responses((status = 200, body = PortingPin), Refusals))]
pub async fn show(caller: Caller, Path(tenant): Path<String>) -> Result<Json<PortingPin>, Problem> {
    let access = caller.begin(&tenant, Permission::View).await?;
    Ok(Json(access.porting_pin().await?.into()))
}

/// Set the porting PIN, or another one; wrong ones that were quoted are forgotten
#[utoipa::path(put, path = "/tenants/{tenant}/porting-pin", tag = "port-outs", params(("tenant" = String, Path)),
    request_body = NewPortingPin, responses((status = 200, body = PortingPin), Refusals, WriteRefusals))]
pub async fn set(
    caller: Caller,
    Path(tenant): Path<String>,
    Body(wanted): Body<NewPortingPin>,
) -> Result<Json<PortingPin>, Problem> {
    let access = caller.begin(&tenant, Permission::Configure).await?;
    Ok(Json(access.set_porting_pin(&wanted.pin).await?.into()))
}

impl From<Option<PinStatus>> for PortingPin {
    fn from(status: Option<PinStatus>) -> Self {
        let tries = status.as_ref().map(|status| status.tries).unwrap_or_default();
        Self {
            is_set: status.is_some(),
            set_at: status.as_ref().map(|status| status.set_at),
            set_by: status.map(|status| status.set_by),
            wrong_tries: tries.n_wrong,
            locked_until: tries.locked_until,
        }
    }
}
