//! People.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::Path;
use axum::http::StatusCode;
use phone::id::UserId;
use phone::numbers::Assignee;
use phone::people::Presence as PhonePresence;
use serde::{Deserialize, Serialize};
use store::{UserFilter, UserSort};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::body::{Body, Params, Versioned};
use super::devices::{self, Registration};
use super::list::{self, List, PageParams};
use super::problem::{Problem, Refusals, WriteRefusals};
use crate::admin::{Access, Caller, Permission, Refused};

/// A person with a phone.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct User {
    pub id: Uuid,
    pub display_name: String,
    /// Also the user name of the person's phones.
    pub extension: String,
    pub email: Option<String>,
    pub department: Option<String>,
    pub office: Option<String>,
    pub presence: Presence,
    /// Whether the person may call and be called from outside.
    pub voice_enabled: bool,
    pub ring_seconds: u32,
    pub enabled: bool,
    pub numbers: Vec<String>,
    /// The person's phones that are registered.
    pub registrations: Vec<Registration>,
}

/// What a person says of their availability.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Presence {
    Available,
    Away,
    BeRightBack,
    Busy,
    DoNotDisturb,
    Offline,
}

/// A presence to be set.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PresenceChange {
    pub presence: Presence,
}

/// Which people.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct UserParams {
    #[param(minimum = 1, maximum = 1000, default = 100)]
    pub limit: Option<u64>,
    pub cursor: Option<String>,
    pub extension: Option<String>,
    /// Part of the name.
    pub display_name: Option<String>,
    /// `extension` or `display_name`, with `-` before it for descending.
    pub sort: Option<String>,
}

/// List people
#[utoipa::path(get, path = "/tenants/{tenant}/users", tag = "users", params(("tenant" = String, Path), UserParams),
    responses((status = 200, body = List<User>), Refusals))]
pub async fn list(
    caller: Caller,
    Path(tenant): Path<String>,
    Params(params): Params<UserParams>,
) -> Result<Json<List<User>>, Problem> {
    let access = caller.begin(&tenant, Permission::View).await?;
    let known = [("extension", UserSort::Extension), ("display_name", UserSort::DisplayName)];
    let sort = list::sort(params.sort.as_deref(), false, &known)?;
    let order = params.sort.as_deref().unwrap_or("extension");
    let page = PageParams { limit: params.limit, cursor: params.cursor.clone() };
    let paging = page.paging(order, sort.descending)?;
    let filter = UserFilter { extension: params.extension.clone(), display_name: params.display_name.clone() };
    let page = access.store().users(access.tenant(), &filter, sort.key, &paging).await.map_err(Refused::from)?;
    let registrations = access.registrations().await?;
    let numbers = numbers(&access);
    let page = page.map(|user| shown(&access, user.value, &numbers, &registrations));
    Ok(List::of(page, order))
}

/// Show a person with their registered phones
#[utoipa::path(get, path = "/tenants/{tenant}/users/{user}", tag = "users",
    params(("tenant" = String, Path), ("user" = String, Path, description = "Id or extension")),
    responses((status = 200, body = User), Refusals))]
pub async fn show(caller: Caller, Path((tenant, user)): Path<(String, String)>) -> Result<Versioned<User>, Problem> {
    let access = caller.begin(&tenant, Permission::View).await?;
    let found = access.user(&user).await?;
    let registrations = access.registrations().await?;
    Ok(Versioned { value: shown(&access, found.value, &numbers(&access), &registrations), version: found.version })
}

/// Say for a person what they are available for
#[utoipa::path(put, path = "/tenants/{tenant}/users/{user}/presence", tag = "users",
    params(("tenant" = String, Path), ("user" = String, Path, description = "Id or extension")),
    request_body = PresenceChange, responses((status = 204), Refusals, WriteRefusals))]
pub async fn set_presence(
    caller: Caller,
    Path((tenant, user)): Path<(String, String)>,
    Body(change): Body<PresenceChange>,
) -> Result<StatusCode, Problem> {
    let access = caller.begin(&tenant, Permission::Operate).await?;
    let user = access.user(&user).await?.value.id;
    access.set_presence(user, change.presence.into()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Who has which numbers.
fn numbers(access: &Access) -> BTreeMap<UserId, Vec<String>> {
    let mut of_users: BTreeMap<UserId, Vec<String>> = BTreeMap::new();
    for number in access.snapshot().iter().flat_map(|tenant| tenant.numbers.values()) {
        if let Some(Assignee::User(user)) = number.assignee {
            of_users.entry(user).or_default().push(number.number.to_string());
        }
    }
    of_users
}

fn shown(
    access: &Access,
    user: phone::people::User,
    numbers: &BTreeMap<UserId, Vec<String>>,
    registrations: &[switch::view::Registration],
) -> User {
    let of_user = registrations.iter().filter(|registration| registration.user == user.id).cloned();
    User {
        id: user.id.0,
        numbers: numbers.get(&user.id).cloned().unwrap_or_default(),
        registrations: of_user.map(|registration| devices::shown(access, registration)).collect(),
        display_name: user.display_name,
        extension: user.extension,
        email: user.email,
        department: user.department,
        office: user.office,
        presence: user.presence.into(),
        voice_enabled: user.voice_enabled,
        ring_seconds: user.ring_secs,
        enabled: user.enabled,
    }
}

impl From<PhonePresence> for Presence {
    fn from(presence: PhonePresence) -> Self {
        match presence {
            PhonePresence::Available => Self::Available,
            PhonePresence::Away => Self::Away,
            PhonePresence::BeRightBack => Self::BeRightBack,
            PhonePresence::Busy => Self::Busy,
            PhonePresence::DoNotDisturb => Self::DoNotDisturb,
            PhonePresence::Offline => Self::Offline,
        }
    }
}

impl From<Presence> for PhonePresence {
    fn from(presence: Presence) -> Self {
        match presence {
            Presence::Available => Self::Available,
            Presence::Away => Self::Away,
            Presence::BeRightBack => Self::BeRightBack,
            Presence::Busy => Self::Busy,
            Presence::DoNotDisturb => Self::DoNotDisturb,
            Presence::Offline => Self::Offline,
        }
    }
}
