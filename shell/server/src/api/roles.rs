//! Roles: those that every organization has, and its own.

use axum::Json;
use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode};
use phone::access::{BuiltIn, CustomRole, Permission as Allowed, Permissions};
use phone::id::RoleId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::body::{Body, Created, Versioned, id, if_match, present, set};
use super::list::List;
use super::problem::{Problem, Refusals, WriteRefusals};
use crate::admin::{Caller, Permission, Refused};

/// A role: permissions with a name.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Role {
    /// That of a role that every organization has is its name.
    pub id: String,
    pub name: String,
    pub description: Option<String>,
    /// Whether every organization has it; then nobody changes it.
    pub built_in: bool,
    /// Each is a noun and an action: `numbers.write`. `read` sees, `write` makes, changes and deletes, `act` acts on what is
    /// live.
    pub permissions: Vec<String>,
}

/// A role to be made.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "name": "Help desk", "description": "numbers of people", "permissions": ["numbers.read", "numbers.write", "users.read"]
}))]
pub struct NewRole {
    pub name: String,
    pub description: Option<String>,
    pub permissions: Vec<String>,
}

/// What is to change. What is absent stays.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "permissions": ["numbers.read", "users.read"] }))]
pub struct RoleChange {
    pub name: Option<String>,
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    pub description: Option<Option<String>>,
    /// All of them.
    pub permissions: Option<Vec<String>>,
}

/// List the permissions that there are
#[utoipa::path(get, path = "/permissions", tag = "roles", responses((status = 200, body = List<String>), Refusals))]
pub async fn permissions(_caller: Caller) -> Json<List<String>> {
    List::whole(Allowed::all().map(|permission| permission.to_string()).collect())
}

/// List roles: those of every organization, then its own
#[utoipa::path(get, path = "/tenants/{tenant}/roles", tag = "roles", params(("tenant" = String, Path)),
    responses((status = 200, body = List<Role>), Refusals))]
pub async fn list(caller: Caller, Path(tenant): Path<String>) -> Result<Json<List<Role>>, Problem> {
    let access = caller.begin(&tenant, Permission::View).await?;
    let own = access.store().roles(access.tenant()).await.map_err(Refused::from)?;
    let own = own.into_iter().map(|role| Role::from(role.value));
    Ok(List::whole(BuiltIn::ALL.into_iter().map(Role::from).chain(own).collect()))
}

/// Show a role
#[utoipa::path(get, path = "/tenants/{tenant}/roles/{role}", tag = "roles",
    params(("tenant" = String, Path), ("role" = String, Path)), responses((status = 200, body = Role), Refusals))]
pub async fn show(caller: Caller, Path((tenant, role)): Path<(String, String)>) -> Result<Versioned<Role>, Problem> {
    let access = caller.begin(&tenant, Permission::View).await?;
    if let Some(role) = BuiltIn::find(&role) {
        return Ok(Versioned { value: role.into(), version: 1 });
    }
    let found = access.role(RoleId(id(&role, "role")?)).await?;
    Ok(Versioned { value: found.value.into(), version: found.version })
}

/// Make a role with no more permissions than one has
#[utoipa::path(post, path = "/tenants/{tenant}/roles", tag = "roles", params(("tenant" = String, Path)),
    request_body = NewRole, responses((status = 201, body = Role), Refusals, WriteRefusals))]
pub async fn create(
    caller: Caller,
    Path(tenant): Path<String>,
    Body(wanted): Body<NewRole>,
) -> Result<Created<Role>, Problem> {
    let access = caller.begin(&tenant, Permission::Configure).await?;
    let role = CustomRole {
        id: RoleId(Uuid::now_v7()),
        name: wanted.name.trim().to_owned(),
        description: wanted.description,
        permissions: read(&wanted.permissions)?,
    };
    let version = access.create_role(&role).await?;
    let location = format!("/tenants/{tenant}/roles/{}", role.id);
    Ok(Created { value: role.into(), version, location })
}

/// Change a role: at once for all who have it
#[utoipa::path(patch, path = "/tenants/{tenant}/roles/{role}", tag = "roles",
    params(("tenant" = String, Path), ("role" = Uuid, Path), ("If-Match" = Option<String>, Header)),
    request_body = RoleChange, responses((status = 200, body = Role), Refusals, WriteRefusals))]
pub async fn change(
    caller: Caller,
    Path((tenant, role)): Path<(String, String)>,
    headers: HeaderMap,
    Body(wanted): Body<RoleChange>,
) -> Result<Versioned<Role>, Problem> {
    let access = caller.begin(&tenant, Permission::Configure).await?;
    let permissions = wanted.permissions.as_deref().map(read).transpose()?;
    let id = custom(&role)?;
    let change = |role: &mut CustomRole| {
        set(wanted.name.map(|name| name.trim().to_owned()), &mut role.name);
        set(wanted.description, &mut role.description);
        set(permissions, &mut role.permissions);
    };
    let (role, version) = access.change_role(id, if_match(&headers)?, change).await?;
    Ok(Versioned { value: role.into(), version })
}

/// Delete a role that nobody has
#[utoipa::path(delete, path = "/tenants/{tenant}/roles/{role}", tag = "roles",
    params(("tenant" = String, Path), ("role" = Uuid, Path), ("If-Match" = Option<String>, Header)),
    responses((status = 204), Refusals, WriteRefusals))]
pub async fn delete(
    caller: Caller,
    Path((tenant, role)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<StatusCode, Problem> {
    let access = caller.begin(&tenant, Permission::Configure).await?;
    access.delete_role(custom(&role)?, if_match(&headers)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// An own role's id; those of every organization are not changed.
fn custom(text: &str) -> Result<RoleId, Problem> {
    if BuiltIn::find(text).is_some() {
        return Err(Refused::Conflict {
            code: "role.built_in",
            detail: format!("every organization has the role {text}: it stays as it is"),
            fix: Some("make a role of your own with the permissions that you want".to_owned()),
        }
        .into());
    }
    Ok(RoleId(id(text, "role")?))
}

fn read(words: &[String]) -> Result<Permissions, Refused> {
    let read = |(n, word): (usize, &String)| {
        word.parse::<Allowed>()
            .map_err(|error| Refused::field(format!("permissions[{n}]"), "permission.unknown", error.to_string()))
    };
    words.iter().enumerate().map(read).collect()
}

impl From<BuiltIn> for Role {
    fn from(role: BuiltIn) -> Self {
        Self {
            id: role.as_str().to_owned(),
            name: role.as_str().to_owned(),
            description: Some(role.description().to_owned()),
            built_in: true,
            permissions: role.permissions().into_iter().map(String::from).collect(),
        }
    }
}

impl From<CustomRole> for Role {
    fn from(role: CustomRole) -> Self {
        Self {
            id: role.id.to_string(),
            name: role.name,
            description: role.description,
            built_in: false,
            permissions: role.permissions.into_iter().map(String::from).collect(),
        }
    }
}
