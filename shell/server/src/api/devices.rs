//! Phones that are registered.

use axum::Json;
use axum::extract::Path;
use phone::id::UserId;
use serde::{Deserialize, Serialize};
use store::{Cursor, CursorKey, Paging};
use switch::input::Whose;
use switch::view;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::body::Params;
use super::list::{List, PageParams};
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
    #[param(minimum = 1, maximum = 1000, default = 100)]
    pub limit: Option<u64>,
    pub cursor: Option<String>,
    /// Of this person: id or extension.
    pub user: Option<String>,
}

/// By person, and then the first that registered.
const SORT: &str = "user";

/// List registered phones
#[utoipa::path(get, path = "/tenants/{tenant}/devices", tag = "devices", params(("tenant" = String, Path), DeviceParams),
    responses((status = 200, body = List<Registration>), Refusals))]
pub async fn list(
    caller: Caller,
    Path(tenant): Path<String>,
    Params(params): Params<DeviceParams>,
) -> Result<Json<List<Registration>>, Problem> {
    let access = caller.begin(&tenant, Permission::View).await?;
    let paging = PageParams { limit: params.limit, cursor: params.cursor }.paging(SORT, false)?;
    let whose = match &params.user {
        Some(name) => Whose::These(vec![access.user(name).await?.value.id]),
        None => rest(&paging),
    };
    let registrations = access.registrations(whose).await?;
    let keyed = registrations.into_iter().map(|one| (place(&one), shown(&access, one)));
    Ok(List::part(keyed, &paging, SORT))
}

/// From the person with whom the page before ended; that person may have phones that were not in it.
fn rest(paging: &Paging) -> Whose {
    let last = match &paging.after {
        Some(Cursor { key: CursorKey::Text(place), .. }) => place.split_once('/').map(|(user, _)| user),
        Some(Cursor { key: CursorKey::Integer(_), .. }) | None => None,
    };
    let user = UserId(last.and_then(|user| user.parse().ok()).unwrap_or_default());
    Whose::From { user, n_more: usize::try_from(paging.limit).unwrap_or(usize::MAX).saturating_add(1) }
}

/// What registrations are sorted by, as text.
fn place(registration: &view::Registration) -> String {
    let at = registration.registered_at.as_nanosecond();
    format!("{}/{at:039}/{}", registration.user, registration.contact)
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
