//! People.

pub mod import;
pub mod offboarding;

use std::collections::{BTreeMap, BTreeSet};

use axum::Json;
use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode};
use phone::id::{SiteId, UserId};
use phone::numbers::E164;
use phone::people::Presence as PhonePresence;
use phone::people::import::RING_SECS_DEFAULT;
use phone::people::license::PartNumber;
use phone::people::user::Ha1;
use phone::people::user::aliases::Aliases;
use serde::{Deserialize, Serialize};
use store::{UserFilter, UserSort};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::body::{Body, Created, Params, Versioned, if_match, present, set};
use super::devices::{self, Registration};
use super::list::{self, List, PageParams};
use super::problem::{Problem, Refusals, WriteRefusals};
use super::sites::{self, SiteName};
use crate::admin::{Access, Caller, Permission, Refused};
use crate::secret::Secret;

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
    /// Other first names that callers find the person by.
    #[serde(default)]
    pub nicknames: Vec<String>,
    /// Telephone numbers as a directory has them; what stands behind `x` or `;ext=` reaches the person in attendants.
    #[serde(default)]
    pub phones: Vec<String>,
    pub site: Option<SiteName>,
    /// ISO 3166 alpha-2: where the person works; null means the organization's country.
    pub country: Option<String>,
    pub presence: Presence,
    /// Whether the person may call and be called from outside: what the licenses come to.
    pub voice_enabled: bool,
    /// Part numbers of plans.
    pub licenses: Vec<String>,
    pub ring_seconds: u32,
    pub enabled: bool,
    /// Whether callers who search by name or extension don't find the person.
    #[serde(default)]
    pub hidden: bool,
    pub numbers: Vec<String>,
    /// The person's phones that are registered.
    pub registrations: Vec<Registration>,
}

/// A person to be made.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "display_name": "Erin Evans", "extension": "105", "department": "Sales" }))]
pub struct NewUser {
    pub display_name: String,
    pub extension: String,
    pub email: Option<String>,
    pub department: Option<String>,
    pub office: Option<String>,
    /// Other first names that callers find the person by, 10 at most.
    pub nicknames: Option<Vec<String>>,
    /// Telephone numbers as a directory has them, 10 at most, such as `+14255550100;ext=205` or `x205`.
    pub phones: Option<Vec<String>>,
    /// Id or name.
    pub site: Option<String>,
    pub country: Option<String>,
    #[schema(minimum = 5, maximum = 300, default = 20)]
    pub ring_seconds: Option<u32>,
    #[schema(default = true)]
    pub enabled: Option<bool>,
    /// Whether callers who search by name or extension don't find the person; who knows the extension reaches them.
    #[schema(default = false)]
    pub hidden: Option<bool>,
    /// Of the person's phones; made up if it is not given.
    #[schema(value_type = Option<String>, min_length = 10, max_length = 64)]
    pub password: Option<Secret>,
}

/// A person who was made, with the password of their phones. It is shown this once.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CreatedUser {
    #[serde(flatten)]
    pub user: User,
    pub password: String,
}

/// What is to change. What is absent stays; null clears.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "department": "Support", "office": null }))]
pub struct UserChange {
    pub display_name: Option<String>,
    /// A new extension needs a new password.
    pub extension: Option<String>,
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    pub email: Option<Option<String>>,
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    pub department: Option<Option<String>>,
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    pub office: Option<Option<String>>,
    /// Replaces those that are there.
    pub nicknames: Option<Vec<String>>,
    /// Replaces those that are there.
    pub phones: Option<Vec<String>>,
    /// Id or name.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    pub site: Option<Option<String>>,
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    pub country: Option<Option<String>>,
    pub ring_seconds: Option<u32>,
    pub enabled: Option<bool>,
    pub hidden: Option<bool>,
    #[schema(value_type = Option<String>, min_length = 10, max_length = 64)]
    pub password: Option<Secret>,
}

/// A new password, shown this once.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct NewPassword {
    pub password: String,
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
#[schema(example = json!({ "presence": "away" }))]
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
    /// Part of the name, whatever its capital letters.
    pub display_name: Option<String>,
    pub department: Option<String>,
    /// Id or name of a site.
    pub site: Option<String>,
    pub enabled: Option<bool>,
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
    let (access, parts) = caller.begin_list(&tenant).await?;
    let known = [("extension", UserSort::Extension), ("display_name", UserSort::DisplayName)];
    let sort = list::sort(params.sort.as_deref(), false, &known)?;
    let order = params.sort.as_deref().unwrap_or("extension");
    let page = PageParams { limit: params.limit, cursor: params.cursor.clone() };
    let paging = page.paging(order, sort.descending)?;
    let filter = UserFilter {
        extension: params.extension.clone(),
        display_name: params.display_name.clone(),
        department: params.department.clone(),
        enabled: params.enabled,
        site: sites::wanted(&access, params.site.map(Some)).await?.flatten(),
        sites: parts.sites(),
        among: access.few_people(params.display_name.as_deref()).await,
    };
    let found = access.store().users_with_licenses(access.tenant(), &filter, sort.key, &paging).await;
    let (page, licenses) = found.map_err(Refused::from)?;
    let ids: Vec<UserId> = page.items.iter().map(|user| user.value.id).collect();
    let beside = Beside {
        numbers: access.store().numbers_of_people(access.tenant(), &ids).await.map_err(Refused::from)?,
        sites: access.store().site_names(access.tenant()).await.map_err(Refused::from)?,
        licenses,
        registrations: registrations(&access, ids).await?,
    };
    Ok(List::of(page.map(|user| shown(&access, user.value, &beside)), order))
}

/// Show a person with their registered phones
#[utoipa::path(get, path = "/tenants/{tenant}/users/{user}", tag = "users",
    params(("tenant" = String, Path), ("user" = String, Path, description = "Id or extension")),
    responses((status = 200, body = User), Refusals))]
pub async fn show(caller: Caller, Path((tenant, user)): Path<(String, String)>) -> Result<Versioned<User>, Problem> {
    let access = caller.begin(&tenant, Permission::View).await?;
    show_one(&access, &user).await
}

/// Create a person
#[utoipa::path(post, path = "/tenants/{tenant}/users", tag = "users", params(("tenant" = String, Path)),
    request_body = NewUser, responses((status = 201, body = CreatedUser), Refusals, WriteRefusals))]
pub async fn create(
    caller: Caller,
    Path(tenant): Path<String>,
    Body(mut wanted): Body<NewUser>,
) -> Result<Created<CreatedUser>, Problem> {
    let access = caller.begin_new(&tenant).await?;
    let password = wanted.password.take();
    let id = UserId(Uuid::now_v7());
    let site = sites::wanted(&access, wanted.site.take().map(Some)).await?.flatten();
    let password = access.create_user(wanted.read(id, site), password).await?;
    let created = access.user(&id.to_string()).await?;
    let sites = access.store().site_names(access.tenant()).await.map_err(Refused::from)?;
    let user = shown(&access, created.value, &Beside { sites, ..Beside::default() });
    Ok(Created {
        value: CreatedUser { user, password: password.expose().to_owned() },
        version: created.version,
        location: format!("/tenants/{}/users/{id}", access.tenant()),
    })
}

/// Change a person
#[utoipa::path(patch, path = "/tenants/{tenant}/users/{user}", tag = "users",
    params(("tenant" = String, Path), ("user" = String, Path, description = "Id or extension"),
        ("If-Match" = Option<String>, Header)),
    request_body = UserChange, responses((status = 200, body = User), Refusals, WriteRefusals))]
pub async fn change(
    caller: Caller,
    Path((tenant, user)): Path<(String, String)>,
    headers: HeaderMap,
    Body(mut wanted): Body<UserChange>,
) -> Result<Versioned<User>, Problem> {
    let access = caller.begin(&tenant, Permission::Configure).await?;
    let password = wanted.password.take();
    let site = sites::wanted(&access, wanted.site.take()).await?;
    let apply = |user: &mut phone::people::User| {
        set(site, &mut user.site);
        wanted.apply(user);
    };
    let (changed, _) = access.change_user(&user, if_match(&headers)?, apply, password).await?;
    show_one(&access, &changed.id.to_string()).await
}

/// Delete a person whom no attendant and no queue names
#[utoipa::path(delete, path = "/tenants/{tenant}/users/{user}", tag = "users",
    params(("tenant" = String, Path), ("user" = String, Path, description = "Id or extension"),
        ("If-Match" = Option<String>, Header)),
    responses((status = 204), Refusals, WriteRefusals))]
pub async fn delete(
    caller: Caller,
    Path((tenant, user)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<StatusCode, Problem> {
    let access = caller.begin(&tenant, Permission::Configure).await?;
    access.delete_user(&user, if_match(&headers)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Give a person's phones a new password
#[utoipa::path(post, path = "/tenants/{tenant}/users/{user}/reset-password", tag = "users",
    params(("tenant" = String, Path), ("user" = String, Path, description = "Id or extension")),
    responses((status = 200, body = NewPassword), Refusals, WriteRefusals))]
pub async fn reset_password(
    caller: Caller,
    Path((tenant, user)): Path<(String, String)>,
) -> Result<Json<NewPassword>, Problem> {
    let access = caller.begin(&tenant, Permission::Configure).await?;
    let password = access.reset_password(&user).await?;
    Ok(Json(NewPassword { password: password.expose().to_owned() }))
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

async fn show_one(access: &Access, user: &str) -> Result<Versioned<User>, Problem> {
    let found = access.user(user).await?;
    let id = found.value.id;
    let beside = Beside {
        numbers: access.store().numbers_of_people(access.tenant(), &[id]).await.map_err(Refused::from)?,
        sites: access.store().site_names(access.tenant()).await.map_err(Refused::from)?,
        licenses: access.store().licenses(access.tenant(), [id]).await.map_err(Refused::from)?,
        registrations: registrations(access, vec![id]).await?,
    };
    Ok(Versioned { value: shown(access, found.value, &beside), version: found.version })
}

impl NewUser {
    fn read(self, id: UserId, site: Option<SiteId>) -> phone::people::User {
        phone::people::User {
            id,
            display_name: self.display_name,
            extension: self.extension,
            email: self.email,
            department: self.department,
            office: self.office,
            aliases: Aliases { nicknames: self.nicknames.unwrap_or_default(), phones: self.phones.unwrap_or_default() },
            site,
            country: self.country,
            presence: PhonePresence::default(),
            // What the licenses come to, of which there are none yet.
            voice_enabled: false,
            hidden: self.hidden.unwrap_or(false),
            ring_secs: self.ring_seconds.unwrap_or(RING_SECS_DEFAULT),
            enabled: self.enabled.unwrap_or(true),
            ha1: Ha1::default(),
        }
    }
}

impl UserChange {
    fn apply(self, user: &mut phone::people::User) {
        set(self.display_name, &mut user.display_name);
        set(self.extension, &mut user.extension);
        set(self.email, &mut user.email);
        set(self.department, &mut user.department);
        set(self.office, &mut user.office);
        set(self.nicknames, &mut user.aliases.nicknames);
        set(self.phones, &mut user.aliases.phones);
        set(self.country, &mut user.country);
        set(self.ring_seconds, &mut user.ring_secs);
        set(self.enabled, &mut user.enabled);
        set(self.hidden, &mut user.hidden);
    }
}

/// What is shown of people beside their rows.
#[derive(Default)]
struct Beside {
    sites: BTreeMap<SiteId, String>,
    numbers: BTreeMap<UserId, Vec<E164>>,
    licenses: BTreeMap<UserId, BTreeSet<PartNumber>>,
    registrations: BTreeMap<UserId, Vec<switch::view::Registration>>,
}

/// Registrations by person.
async fn registrations(
    access: &Access,
    users: Vec<UserId>,
) -> Result<BTreeMap<UserId, Vec<switch::view::Registration>>, Problem> {
    let mut of_people: BTreeMap<UserId, Vec<_>> = BTreeMap::new();
    for registration in access.registrations_of(users).await? {
        of_people.entry(registration.user).or_default().push(registration);
    }
    Ok(of_people)
}

fn shown(access: &Access, user: phone::people::User, beside: &Beside) -> User {
    let of_user = beside.registrations.get(&user.id).into_iter().flatten().cloned();
    User {
        id: user.id.0,
        numbers: beside.numbers.get(&user.id).into_iter().flatten().map(ToString::to_string).collect(),
        licenses: beside.licenses.get(&user.id).into_iter().flatten().map(|plan| plan.0.clone()).collect(),
        registrations: of_user.map(|registration| devices::shown(access, registration)).collect(),
        display_name: user.display_name,
        extension: user.extension,
        email: user.email,
        department: user.department,
        office: user.office,
        nicknames: user.aliases.nicknames,
        phones: user.aliases.phones,
        site: user.site.map(|id| SiteName { id: id.0, name: beside.sites.get(&id).cloned() }),
        country: user.country,
        presence: user.presence.into(),
        voice_enabled: user.voice_enabled,
        ring_seconds: user.ring_secs,
        enabled: user.enabled,
        hidden: user.hidden,
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
