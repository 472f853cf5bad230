//! Phones that are registered.

use axum::Json;
use axum::extract::Path;
use serde::{Deserialize, Serialize};
use switch::view;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::body::Params;
use super::list::List;
use super::problem::{Problem, Refusals};
use crate::admin::{Access, Caller, Permission};

/// A phone that is registered.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Registration {
    pub user: Uuid,
    pub extension: Option<String>,
    pub display_name: Option<String>,
    /// The address that calls are sent to.
    pub contact: String,
    pub transport: String,
    pub remote: String,
    pub user_agent: Option<String>,
    #[schema(value_type = String, format = DateTime)]
    pub registered_at: jiff::Timestamp,
    #[schema(value_type = String, format = DateTime)]
    pub expires_at: jiff::Timestamp,
}

/// Which devices.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct DeviceParams {
    /// Of this person: id or extension.
    pub user: Option<String>,
}

/// List registered phones
#[utoipa::path(get, path = "/tenants/{tenant}/devices", tag = "devices", params(("tenant" = String, Path), DeviceParams),
    responses((status = 200, body = List<Registration>), Refusals))]
pub async fn list(
    caller: Caller,
    Path(tenant): Path<String>,
    Params(params): Params<DeviceParams>,
) -> Result<Json<List<Registration>>, Problem> {
    let access = caller.begin(&tenant, Permission::View).await?;
    let user = match &params.user {
        Some(name) => Some(access.user(name).await?.value.id),
        None => None,
    };
    let registrations = access.registrations().await?;
    let wanted = registrations.into_iter().filter(|registration| user.is_none_or(|user| registration.user == user));
    Ok(List::whole(wanted.map(|registration| shown(&access, registration)).collect()))
}

pub(super) fn shown(access: &Access, registration: view::Registration) -> Registration {
    let user = access.snapshot().and_then(|tenant| tenant.users.get(&registration.user).cloned());
    Registration {
        user: registration.user.0,
        extension: user.as_ref().map(|user| user.extension.clone()),
        display_name: user.as_ref().map(|user| user.display_name.clone()),
        contact: registration.contact,
        transport: registration.transport.to_owned(),
        remote: registration.remote.to_string(),
        user_agent: registration.user_agent,
        registered_at: registration.registered_at,
        expires_at: registration.expires_at,
    }
}
