//! Groups as a directory sees them. RFC 7643 §4.2

use std::collections::{BTreeMap, BTreeSet};

use axum::body::Bytes;
use axum::extract::{Path, Query};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use phone::id::{GroupId, UserId};
use phone::people::Group;
use serde_json::{Value, json};
use store::{ScimKind, Stored};
use uuid::Uuid;

use super::error::ScimError;
use super::filter::{Filter, Path as FilterPath, field, values};
use super::patch::{Operation, PatchRequest, Verb};
use super::{Asker, Found, ListQuery, answer, body, if_match, listed};
use crate::admin::scim::GroupChange;
use crate::admin::{Access, Permission};

pub const CORE: &str = "urn:ietf:params:scim:schemas:core:2.0:Group";
/// Groups read at once when a filter can't be looked up.
const PART: usize = 500;

/// What is, or is to be, of a group.
#[derive(Clone)]
struct Wanted {
    name: String,
    external_id: Option<String>,
    members: BTreeSet<UserId>,
}

pub async fn list(
    asker: Asker,
    Path(tenant): Path<String>,
    Query(query): Query<ListQuery>,
) -> Result<Response, ScimError> {
    let access = asker.0.begin(&tenant, Permission::View).await?;
    let (objects, n_all) = match query.filter()? {
        None => {
            let (ids, n_all) = access.store().group_ids_from(access.tenant(), query.n_skipped(), query.count()).await?;
            (shown(&access, &ids, query.shows("members")).await?, n_all)
        }
        Some(filter) => {
            let mut found = Found::new(&query);
            find(&access, &filter, &mut found).await?;
            (found.objects, found.n_all)
        }
    };
    Ok(listed(&query, objects, n_all))
}

pub async fn show(
    asker: Asker,
    Path((tenant, id)): Path<(String, String)>,
    Query(query): Query<ListQuery>,
) -> Result<Response, ScimError> {
    let access = asker.0.begin(&tenant, Permission::View).await?;
    let object = shown(&access, &[named(&id)?], query.shows("members")).await?.pop();
    Ok(answer(StatusCode::OK, &object.ok_or_else(|| ScimError::not_found("group"))?))
}

pub async fn create(asker: Asker, Path(tenant): Path<String>, bytes: Bytes) -> Result<Response, ScimError> {
    let access = asker.0.begin(&tenant, Permission::Configure).await?;
    let wanted = read(&body(&bytes)?)?;
    let group = Group { id: GroupId(Uuid::now_v7()), name: wanted.name, description: None };
    access.provision_group(&group, wanted.external_id, &wanted.members).await?;
    Ok(answer(StatusCode::CREATED, &one(&access, group.id).await?))
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
    let before = read(&one(&access, id).await?)?;
    save(&access, id, &headers, (before, wanted)).await?;
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
    let before = read(&one(&access, id).await?)?;
    let mut wanted = before.clone();
    for operation in request.operations()? {
        apply(&operation, &mut wanted)?;
    }
    save(&access, id, &headers, (before, wanted)).await?;
    // A group may have many people, and who changed it knows what it sent. RFC 7644 §3.5.2
    Ok(StatusCode::NO_CONTENT.into_response())
}

pub async fn delete(
    asker: Asker,
    Path((tenant, id)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, ScimError> {
    let access = asker.0.begin(&tenant, Permission::Configure).await?;
    access.delete_group(named(&id)?, if_match(&headers)?).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// Changes only what differs, so that of two changes at once none is lost.
async fn save(
    access: &Access,
    id: GroupId,
    headers: &HeaderMap,
    (before, wanted): (Wanted, Wanted),
) -> Result<(), ScimError> {
    let change = GroupChange {
        joining: wanted.members.difference(&before.members).copied().collect(),
        leaving: before.members.difference(&wanted.members).copied().collect(),
        display_name: (wanted.name != before.name).then_some(wanted.name),
        external_id: (wanted.external_id != before.external_id).then_some(wanted.external_id),
    };
    Ok(access.reprovision_group(id, if_match(headers)?, change).await?)
}

fn named(id: &str) -> Result<GroupId, ScimError> {
    id.parse::<Uuid>().map(GroupId).map_err(|_| ScimError::not_found("group"))
}

async fn one(access: &Access, id: GroupId) -> Result<Value, ScimError> {
    shown(access, &[id], true).await?.pop().ok_or_else(|| ScimError::not_found("group"))
}

async fn shown(access: &Access, ids: &[GroupId], with_members: bool) -> Result<Vec<Value>, ScimError> {
    let (store, tenant) = (access.store(), access.tenant());
    let objects: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
    let names = store.scim_names(tenant, &objects).await?;
    let members = if with_members { store.members_of(tenant, ids).await? } else { BTreeMap::new() };
    let groups = store.groups_of(tenant, ids).await?;
    let groups: BTreeMap<GroupId, Stored<Group>> = groups.into_iter().map(|group| (group.value.id, group)).collect();
    let mut shown = Vec::with_capacity(ids.len());
    for id in ids {
        let Some(group) = groups.get(id) else { continue };
        let mut object = object(&tenant.to_string(), group);
        if let Some(external_id) = names.get(&id.0).and_then(|called| called.external_id.clone()) {
            object["externalId"] = external_id.into();
        }
        if with_members {
            let members = members.get(id).into_iter().flatten();
            object["members"] = members.map(|member| json!({ "value": member, "type": "User" })).collect();
        }
        shown.push(object);
    }
    Ok(shown)
}

fn object(tenant: &str, group: &Stored<Group>) -> Value {
    let Stored { value: group, version, created_at, updated_at } = group;
    json!({
        "schemas": [CORE],
        "id": group.id,
        "displayName": group.name,
        "meta": {
            "resourceType": "Group",
            "created": created_at.to_string(),
            "lastModified": updated_at.to_string(),
            "version": format!("W/\"{version}\""),
            "location": format!("/scim/v2/tenants/{tenant}/Groups/{}", group.id),
        },
    })
}

/// What a filter finds: looked up where one attribute tells, otherwise read through.
async fn find(access: &Access, filter: &Filter, found: &mut Found) -> Result<(), ScimError> {
    let (store, tenant) = (access.store(), access.tenant());
    let ids: Vec<GroupId> = match filter.only() {
        Some(("id", id)) => id.parse::<Uuid>().ok().map(GroupId).into_iter().collect(),
        Some(("externalid", id)) => {
            store.by_external_id(tenant, ScimKind::Group, id).await?.into_iter().map(GroupId).collect()
        }
        Some(_) | None => {
            let names: BTreeMap<GroupId, String> = store.group_names(tenant).await?;
            let by_name =
                filter.only().filter(|(attribute, _)| *attribute == "displayname").map(|(_, name)| name.to_lowercase());
            match by_name {
                Some(wanted) => {
                    names.into_iter().filter(|(_, name)| name.to_lowercase() == wanted).map(|(id, _)| id).collect()
                }
                None => names.into_keys().collect(),
            }
        }
    };
    for part in ids.chunks(PART) {
        found.extend(shown(access, part, true).await?.into_iter().filter(|object| filter.fits(object)));
    }
    Ok(())
}

fn read(object: &Value) -> Result<Wanted, ScimError> {
    let name = field(object, "displayName").and_then(Value::as_str).map(str::trim).filter(|name| !name.is_empty());
    let name = name.ok_or_else(|| ScimError::bad_request("invalidValue", "displayName is needed"))?;
    Ok(Wanted {
        name: name.to_owned(),
        external_id: field(object, "externalId").and_then(Value::as_str).map(str::to_owned),
        members: members(&values(object, &["members".to_owned()]))?,
    })
}

/// People by what names them in a list of members.
fn members(items: &[&Value]) -> Result<BTreeSet<UserId>, ScimError> {
    let ids = items.iter().filter(|item| !item.is_null()).map(|item| {
        let id = field(item, "value").unwrap_or(item).as_str().and_then(|id| id.parse::<Uuid>().ok());
        id.map(UserId)
            .ok_or_else(|| ScimError::bad_request("invalidValue", "a member has the id of a user as its value"))
    });
    ids.collect()
}

fn apply(operation: &Operation, wanted: &mut Wanted) -> Result<(), ScimError> {
    let verb = operation.verb()?;
    let Some(text) = &operation.path else {
        let fields = operation.value.as_object().filter(|_| verb != Verb::Remove);
        let fields =
            fields.ok_or_else(|| ScimError::bad_request("noTarget", "this needs a path, or an object as its value"))?;
        for (name, value) in fields {
            set(wanted, verb, &name.to_lowercase(), value)?;
        }
        return Ok(());
    };
    let path = FilterPath::parse(text).map_err(|error| ScimError::bad_request("invalidPath", error.to_string()))?;
    let name = path.attribute.first().cloned().unwrap_or_default();
    match (&path.filter, verb) {
        (Some(filter), Verb::Remove) if name == "members" => {
            wanted.members.retain(|member| !filter.fits(&json!({ "value": member, "type": "User" })));
            Ok(())
        }
        (Some(_), _) => Err(ScimError::bad_request("invalidPath", "only members are removed by a filter")),
        (None, verb) => set(wanted, verb, &name, &operation.value),
    }
}

fn set(wanted: &mut Wanted, verb: Verb, name: &str, value: &Value) -> Result<(), ScimError> {
    let items: Vec<&Value> = match value {
        Value::Array(items) => items.iter().collect(),
        Value::Null => Vec::new(),
        one => vec![one],
    };
    match (name, verb) {
        ("members", Verb::Add) => wanted.members.extend(members(&items)?),
        // Without a value all leave. RFC 7644 §3.5.2.2
        ("members", Verb::Remove) if items.is_empty() => wanted.members.clear(),
        ("members", Verb::Remove) => {
            let leaving = members(&items)?;
            wanted.members.retain(|member| !leaving.contains(member));
        }
        ("members", Verb::Replace) => wanted.members = members(&items)?,
        ("displayname", Verb::Add | Verb::Replace) => {
            let name = value.as_str().map(str::trim).filter(|name| !name.is_empty());
            let name = name.ok_or_else(|| ScimError::bad_request("invalidValue", "displayName is a text"))?;
            wanted.name = name.to_owned();
        }
        ("externalid", Verb::Remove) => wanted.external_id = None,
        ("externalid", Verb::Add | Verb::Replace) => wanted.external_id = value.as_str().map(str::to_owned),
        // A directory says more of a group than a phone system needs.
        (_, _) => {}
    }
    Ok(())
}
