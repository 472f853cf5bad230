//! What can be done here, for directories that ask first. RFC 7644 §4, RFC 7643 §5 to §7

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Value, json};

use super::error::ScimError;
use super::{Asker, COUNT_MAX, answer, groups, users};
use crate::admin::Permission;

pub async fn config(asker: Asker, Path(tenant): Path<String>) -> Result<Response, ScimError> {
    asker.0.begin(&tenant, Permission::View).await?;
    Ok(answer(
        StatusCode::OK,
        &json!({
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"],
            "patch": { "supported": true },
            "bulk": { "supported": false, "maxOperations": 0, "maxPayloadSize": 0 },
            "filter": { "supported": true, "maxResults": COUNT_MAX },
            "changePassword": { "supported": false },
            "sort": { "supported": false },
            "etag": { "supported": true },
            "authenticationSchemes": [{
                "type": "oauthbearertoken",
                "name": "Bearer token",
                "description": "A key of the API that may read and write users and groups",
                "specUri": "https://www.rfc-editor.org/rfc/rfc6750",
                "primary": true,
            }],
            "meta": { "resourceType": "ServiceProviderConfig" },
        }),
    ))
}

pub async fn resource_types(asker: Asker, Path(tenant): Path<String>) -> Result<Response, ScimError> {
    asker.0.begin(&tenant, Permission::View).await?;
    Ok(whole(types()))
}

pub async fn resource_type(asker: Asker, Path((tenant, id)): Path<(String, String)>) -> Result<Response, ScimError> {
    asker.0.begin(&tenant, Permission::View).await?;
    one(types(), &id, "resource type")
}

pub async fn schemas(asker: Asker, Path(tenant): Path<String>) -> Result<Response, ScimError> {
    asker.0.begin(&tenant, Permission::View).await?;
    Ok(whole(known()))
}

pub async fn schema(asker: Asker, Path((tenant, id)): Path<(String, String)>) -> Result<Response, ScimError> {
    asker.0.begin(&tenant, Permission::View).await?;
    one(known(), &id, "schema")
}

fn whole(objects: Vec<Value>) -> Response {
    answer(
        StatusCode::OK,
        &json!({
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
            "totalResults": objects.len(),
            "startIndex": 1,
            "itemsPerPage": objects.len(),
            "Resources": objects,
        }),
    )
}

fn one(objects: Vec<Value>, id: &str, what: &str) -> Result<Response, ScimError> {
    let found = objects.into_iter().find(|object| object["id"] == id);
    Ok(answer(StatusCode::OK, &found.ok_or_else(|| ScimError::not_found(what))?))
}

fn types() -> Vec<Value> {
    let kind = |name: &str, endpoint: &str, schema: &str, extensions: &[&str]| {
        let extensions = extensions.iter().map(|schema| json!({ "schema": schema, "required": false }));
        json!({
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:ResourceType"],
            "id": name, "name": name, "endpoint": endpoint, "schema": schema,
            "schemaExtensions": extensions.collect::<Vec<_>>(),
            "meta": { "resourceType": "ResourceType" },
        })
    };
    vec![
        kind("User", "/Users", users::CORE, &[users::ENTERPRISE, users::PHONE]),
        kind("Group", "/Groups", groups::CORE, &[]),
    ]
}

/// The attributes that are kept; others are passed over.
fn known() -> Vec<Value> {
    let user = [
        attribute("userName", "string", "server"),
        attribute("displayName", "string", "none"),
        parts("name", false, &["formatted", "givenName", "familyName"]),
        parts("emails", true, &["value", "type", "primary"]),
        parts("addresses", true, &["type", "country"]),
        attribute("active", "boolean", "none"),
    ];
    let group = [attribute("displayName", "string", "server"), parts("members", true, &["value", "type"])];
    let enterprise = [attribute("department", "string", "none")];
    let mut extension = attribute("extension", "string", "server");
    // Who comes without one gets a free one.
    extension["required"] = false.into();
    let phone = [extension, attribute("office", "string", "none")];
    let schema = |id: &str, name: &str, attributes: &[Value]| {
        json!({
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Schema"],
            "id": id, "name": name, "attributes": attributes, "meta": { "resourceType": "Schema" },
        })
    };
    vec![
        schema(users::CORE, "User", &user),
        schema(groups::CORE, "Group", &group),
        schema(users::ENTERPRISE, "EnterpriseUser", &enterprise),
        schema(users::PHONE, "PhoneUser", &phone),
    ]
}

fn attribute(name: &str, kind: &str, uniqueness: &str) -> Value {
    json!({
        "name": name, "type": kind, "multiValued": false, "required": uniqueness == "server", "caseExact": false,
        "mutability": "readWrite", "returned": "default", "uniqueness": uniqueness,
    })
}

fn parts(name: &str, is_list: bool, parts: &[&str]) -> Value {
    let sub = |part: &&str| attribute(part, if *part == "primary" { "boolean" } else { "string" }, "none");
    let mut whole = attribute(name, "complex", "none");
    whole["multiValued"] = is_list.into();
    whole["subAttributes"] = parts.iter().map(sub).collect();
    whole
}
