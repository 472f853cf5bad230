//! People as a directory sees them. RFC 7643 §4.1 and §4.3

use std::collections::BTreeMap;

use axum::body::Bytes;
use axum::extract::{Path, Query};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use phone::id::UserId;
use phone::people::User;
use serde_json::{Value, json};
use store::{ScimKind, ScimName, Stored};
use uuid::Uuid;

use super::error::ScimError;
use super::filter::{Filter, field, values};
use super::patch::PatchRequest;
use super::{Asker, Found, ListQuery, answer, body, if_match, listed};
use crate::admin::scim::Provision;
use crate::admin::{Access, Permission};

pub const CORE: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
pub const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
/// What a phone system knows beside that.
pub const PHONE: &str = "urn:ietf:params:scim:schemas:extension:phone:2.0:User";
/// People read at once when a filter can't be looked up.
const PART: usize = 500;

pub async fn list(
    asker: Asker,
    Path(tenant): Path<String>,
    Query(query): Query<ListQuery>,
) -> Result<Response, ScimError> {
    let access = asker.0.begin(&tenant, Permission::View).await?;
    let (objects, n_all) = match query.filter()? {
        None => {
            let (ids, n_all) = access.store().user_ids_from(access.tenant(), query.n_skipped(), query.count()).await?;
            (shown(&access, &ids).await?, n_all)
        }
        Some(filter) => {
            let mut found = Found::new(&query);
            find(&access, &filter, &mut found).await?;
            (found.objects, found.n_all)
        }
    };
    Ok(listed(&query, objects, n_all))
}

pub async fn show(asker: Asker, Path((tenant, id)): Path<(String, String)>) -> Result<Response, ScimError> {
    let access = asker.0.begin(&tenant, Permission::View).await?;
    Ok(answer(StatusCode::OK, &one(&access, named(&id)?).await?))
}

pub async fn create(asker: Asker, Path(tenant): Path<String>, bytes: Bytes) -> Result<Response, ScimError> {
    let access = asker.0.begin(&tenant, Permission::Configure).await?;
    let wanted = read(&body(&bytes)?)?;
    let id = access.provision_user(&wanted).await?;
    Ok(answer(StatusCode::CREATED, &one(&access, id).await?))
}

pub async fn replace(
    asker: Asker,
    Path((tenant, id)): Path<(String, String)>,
    headers: HeaderMap,
    bytes: Bytes,
) -> Result<Response, ScimError> {
    let access = asker.0.begin(&tenant, Permission::Configure).await?;
    let id = named(&id)?;
    let wanted = read(&body(&bytes)?)?;
    access.reprovision_user(id, if_match(&headers)?, |_, _| Ok::<_, ScimError>(wanted)).await??;
    Ok(answer(StatusCode::OK, &one(&access, id).await?))
}

pub async fn change(
    asker: Asker,
    Path((tenant, id)): Path<(String, String)>,
    headers: HeaderMap,
    bytes: Bytes,
) -> Result<Response, ScimError> {
    let access = asker.0.begin(&tenant, Permission::Configure).await?;
    let id = named(&id)?;
    let request: PatchRequest = body(&bytes)?;
    let operations = request.operations()?;
    let tenant = access.tenant().to_string();
    let decide = |user: &Stored<User>, called: Option<&ScimName>| {
        let before = object(&tenant, user, called);
        let mut after = before.clone();
        for operation in &operations {
            operation.apply(&mut after)?;
        }
        read_change(&before, after)
    };
    access.reprovision_user(id, if_match(&headers)?, decide).await??;
    Ok(answer(StatusCode::OK, &one(&access, id).await?))
}

pub async fn delete(
    asker: Asker,
    Path((tenant, id)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, ScimError> {
    let access = asker.0.begin(&tenant, Permission::Configure).await?;
    access.delete_user(&named(&id)?.to_string(), if_match(&headers)?).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

fn named(id: &str) -> Result<UserId, ScimError> {
    id.parse::<Uuid>().map(UserId).map_err(|_| ScimError::not_found("user"))
}

async fn one(access: &Access, id: UserId) -> Result<Value, ScimError> {
    shown(access, &[id]).await?.pop().ok_or_else(|| ScimError::not_found("user"))
}

/// Those that are there, in the order asked for.
async fn shown(access: &Access, ids: &[UserId]) -> Result<Vec<Value>, ScimError> {
    let users = access.store().users_of(access.tenant(), ids).await?;
    let objects: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
    let names = access.store().scim_names(access.tenant(), &objects).await?;
    let mut users: BTreeMap<UserId, Stored<User>> = users.into_iter().map(|user| (user.value.id, user)).collect();
    let tenant = access.tenant().to_string();
    Ok(ids.iter().filter_map(|id| Some(object(&tenant, &users.remove(id)?, names.get(&id.0)))).collect())
}

/// Whom a filter finds: looked up where one attribute tells, otherwise read through.
async fn find(access: &Access, filter: &Filter, found: &mut Found) -> Result<(), ScimError> {
    let (store, tenant) = (access.store(), access.tenant());
    let ids: Vec<UserId> = match filter.only() {
        Some(("id", id)) => id.parse::<Uuid>().ok().map(UserId).into_iter().collect(),
        Some(("externalid", id)) => {
            store.by_external_id(tenant, ScimKind::User, id).await?.into_iter().map(UserId).collect()
        }
        Some(("username", name)) => {
            // Who was here before the directory came is known by address or extension.
            let known = store.user_by_scim_name(tenant, name).await?;
            let by_extension = store.user_by_extension(tenant, name).await?.map(|user| user.value.id);
            let by_email = store.users_by_email(tenant, name).await?;
            let mut ids: Vec<UserId> = known.into_iter().chain(by_extension).chain(by_email).collect();
            ids.sort_unstable();
            ids.dedup();
            ids
        }
        Some(("emails", email)) => store.users_by_email(tenant, email).await?,
        Some(_) | None => store.user_ids(tenant).await?,
    };
    for part in ids.chunks(PART) {
        found.extend(shown(access, part).await?.into_iter().filter(|object| filter.fits(object)));
    }
    Ok(())
}

fn object(tenant: &str, user: &Stored<User>, called: Option<&ScimName>) -> Value {
    let Stored { value: user, version, created_at, updated_at } = user;
    let by_default = || user.email.clone().unwrap_or_else(|| user.extension.clone());
    let mut object = json!({
        "schemas": [CORE, ENTERPRISE, PHONE],
        "id": user.id,
        "userName": called.and_then(|called| called.name.clone()).unwrap_or_else(by_default),
        "displayName": user.display_name,
        "name": { "formatted": user.display_name },
        "active": user.enabled,
        PHONE: { "extension": user.extension },
        "meta": {
            "resourceType": "User",
            "created": created_at.to_string(),
            "lastModified": updated_at.to_string(),
            "version": format!("W/\"{version}\""),
            "location": format!("/scim/v2/tenants/{tenant}/Users/{}", user.id),
        },
    });
    if let Some(external_id) = called.and_then(|called| called.external_id.clone()) {
        object["externalId"] = external_id.into();
    }
    if let Some(email) = &user.email {
        object["emails"] = json!([{ "value": email, "type": "work", "primary": true }]);
    }
    if let Some(department) = &user.department {
        object[ENTERPRISE] = json!({ "department": department });
    }
    if let Some(country) = &user.country {
        object["addresses"] = json!([{ "type": "work", "country": country }]);
    }
    if let Some(office) = &user.office {
        object[PHONE]["office"] = json!(office);
    }
    object
}

/// A person who was changed: a new name in parts is the name to show, unless that was given itself.
fn read_change(before: &Value, mut object: Value) -> Result<Provision, ScimError> {
    let differs = |name: &str| field(before, name) != field(&object, name);
    if differs("name") && !differs("displayName") {
        let formatted_is_old = object.pointer("/name/formatted") == before.pointer("/name/formatted");
        let in_parts = parts_of_name(&object);
        let shown = match object.pointer("/name/formatted").and_then(Value::as_str) {
            Some(formatted) if !formatted_is_old => Some(formatted.to_owned()),
            Some(_) | None => in_parts,
        };
        if let Some(shown) = shown {
            object["displayName"] = shown.into();
        }
    }
    read(&object)
}

/// What a directory says of a person; what a phone system has no use for is passed over.
fn read(object: &Value) -> Result<Provision, ScimError> {
    let text = |name: &str| field(object, name).and_then(Value::as_str).map(str::trim).filter(|text| !text.is_empty());
    let user_name = text("userName").ok_or_else(|| ScimError::bad_request("invalidValue", "userName is needed"))?;
    let formatted = field(object, "name").and_then(|name| field(name, "formatted")).and_then(Value::as_str);
    let formatted = formatted.map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned);
    let display_name = text("displayName").map(str::to_owned).or(formatted).or_else(|| parts_of_name(object));
    let of = |schema: &str, name: &str| {
        let value = field(object, schema).and_then(|extension| field(extension, name))?;
        value.as_str().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
    };
    let country = values(object, &["addresses".to_owned(), "country".to_owned()]).into_iter().find_map(Value::as_str);
    Ok(Provision {
        called: ScimName { name: Some(user_name.to_owned()), external_id: text("externalId").map(str::to_owned) },
        display_name: display_name.unwrap_or_else(|| user_name.to_owned()),
        extension: of(PHONE, "extension"),
        email: email(object),
        department: of(ENTERPRISE, "department"),
        office: of(PHONE, "office"),
        // Some directories write out names of countries, which tell nothing here.
        country: country.filter(|code| code.len() == 2).map(str::to_ascii_uppercase),
        enabled: active(object)?,
    })
}

fn parts_of_name(object: &Value) -> Option<String> {
    let name = field(object, "name")?;
    let parts = ["givenName", "familyName"].into_iter().filter_map(|part| field(name, part)?.as_str());
    let words: Vec<&str> = parts.map(str::trim).filter(|part| !part.is_empty()).collect();
    // One part alone is no name: the other is not kept.
    (words.len() == 2).then(|| words.join(" "))
}

/// The primary address, or that at work, or the first.
fn email(object: &Value) -> Option<String> {
    let emails = values(object, &["emails".to_owned()]);
    let is = |name: &'static str, wanted: Value| move |email: &&&Value| field(email, name) == Some(&wanted);
    let chosen = emails.iter().find(is("primary", json!(true)));
    let chosen = chosen.or_else(|| emails.iter().find(is("type", json!("work")))).or_else(|| emails.first());
    let value = chosen.and_then(|email| field(email, "value")?.as_str()).map(str::trim);
    value.filter(|text| !text.is_empty()).map(str::to_owned)
}

fn active(object: &Value) -> Result<bool, ScimError> {
    let value = match field(object, "active") {
        // Some directories send a list of one.
        Some(Value::Array(items)) => items.first().and_then(|item| field(item, "value")).unwrap_or(&Value::Null),
        Some(value) => value,
        None => return Ok(true),
    };
    match value {
        Value::Bool(active) => Ok(*active),
        Value::Null => Ok(true),
        Value::String(word) if word.eq_ignore_ascii_case("true") => Ok(true),
        Value::String(word) if word.eq_ignore_ascii_case("false") => Ok(false),
        Value::Array(_) | Value::Number(_) | Value::Object(_) | Value::String(_) => {
            Err(ScimError::bad_request("invalidValue", "active is true or false"))
        }
    }
}
