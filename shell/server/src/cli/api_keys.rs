//! Keys of the API, and roles.

use clap::{Args, Subcommand};
use reqwest::Method;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::client::{Client, ClientError};
use super::nouns::{Shown, find};
use super::print::Column;

#[derive(Debug, Subcommand)]
pub enum ApiKeyCommand {
    /// List keys that open something.
    List(Place),
    /// Show a key; not what it is.
    Show {
        key: Uuid,
        #[command(flatten)]
        place: Place,
    },
    /// Make a key and print it. It is shown this once.
    Create {
        /// Who or what has it; the audit names it so.
        name: String,
        /// A role, for all of the organization or a part: viewer, "operator@queue=Sales",
        /// "telephony_administrator@numbers=+14255550100..+14255550199", …@tag=Paris, …@country=FR; may be given several
        /// times.
        #[arg(long = "role", required = true, value_name = "ROLE[@SCOPE]")]
        roles: Vec<String>,
        /// It opens nothing from then on: 2027-01-31T00:00:00Z.
        #[arg(long)]
        expires_at: Option<String>,
        #[command(flatten)]
        place: Place,
    },
    /// End a key at once.
    Revoke {
        key: Uuid,
        #[command(flatten)]
        place: Place,
    },
}

#[derive(Clone, Debug, Args)]
pub struct Place {
    /// Of the server, not of an organization.
    #[arg(long, conflicts_with = "reseller")]
    platform: bool,
    /// Of this reseller, by its short name or id, not of an organization.
    #[arg(long, value_name = "RESELLER")]
    reseller: Option<String>,
}

#[derive(Debug, Subcommand)]
pub enum RoleCommand {
    /// List roles: those of every organization, and its own.
    List,
    /// Show a role and its permissions.
    Show {
        /// Name or id.
        role: String,
    },
    /// List the permissions that there are.
    Permissions,
    /// Make a role.
    Create {
        name: String,
        #[arg(long)]
        description: Option<String>,
        /// A noun and an action, such as numbers.write; may be given several times.
        #[arg(long = "permission", required = true)]
        permissions: Vec<String>,
    },
    /// Change a role; what is not given stays.
    Change {
        /// Name or id.
        role: String,
        #[arg(long)]
        name: Option<String>,
        #[arg(long)]
        description: Option<String>,
        /// All of them.
        #[arg(long = "permission")]
        permissions: Vec<String>,
    },
    /// Delete a role that nobody has.
    Delete {
        /// Name or id.
        role: String,
    },
}

const KEY: &[Column] = &[
    ("Name", "/name"),
    ("Roles", "/held"),
    ("Created", "/created_at"),
    ("Expires", "/expires_at"),
    ("Last used", "/last_used_at"),
    ("Id", "/id"),
];
const ROLE: &[Column] = &[("Name", "/name"), ("Built in", "/built_in"), ("Description", "/description"), ("Id", "/id")];
const ROLE_SHOWN: &[Column] = &[
    ("Name", "/name"),
    ("Built in", "/built_in"),
    ("Description", "/description"),
    ("Permissions", "/permissions"),
    ("Id", "/id"),
];

pub(super) async fn carry_out(client: &Client, command: &ApiKeyCommand) -> Result<Shown, ClientError> {
    match command {
        ApiKeyCommand::List(place) => {
            let keys = client.list(&place.path(client, "api-keys").await?, &[], usize::MAX).await?;
            Ok(Shown::Items(KEY, keys.into_iter().map(with_roles_in_words).collect()))
        }
        ApiKeyCommand::Show { key, place } => {
            let path = place.path(client, "api-keys").await?;
            Ok(Shown::Object(KEY, with_roles_in_words(client.get(&format!("{path}/{key}")).await?), &[]))
        }
        ApiKeyCommand::Create { name, roles, expires_at, place } => {
            let path = place.path(client, "api-keys").await?;
            let roles = grants(client, path.trim_end_matches("/api-keys"), roles).await?;
            let body = json!({ "name": name, "roles": roles, "expires_at": expires_at });
            let made = client.write(Method::POST, &path, &body).await?;
            Ok(Shown::Words(made["token"].as_str().unwrap_or_default().to_owned()))
        }
        ApiKeyCommand::Revoke { key, place } => {
            let path = place.path(client, "api-keys").await?;
            client.delete(&format!("{path}/{key}")).await?;
            Ok(Shown::Words("The key opens nothing any more.".to_owned()))
        }
    }
}

pub(super) async fn carry_out_on_roles(
    client: &Client,
    tenant: &str,
    command: &RoleCommand,
) -> Result<Shown, ClientError> {
    let roles = format!("{tenant}/roles");
    match command {
        RoleCommand::List => Ok(Shown::Items(ROLE, client.list(&roles, &[], usize::MAX).await?)),
        RoleCommand::Show { role } => {
            let path = find(client, &roles, "role", role).await?;
            Ok(Shown::Object(ROLE_SHOWN, client.get(&path).await?, &[]))
        }
        RoleCommand::Permissions => {
            let all = client.list("/permissions", &[], usize::MAX).await?;
            let words: Vec<&str> = all.iter().filter_map(Value::as_str).collect();
            Ok(Shown::Words(words.join("\n")))
        }
        RoleCommand::Create { name, description, permissions } => {
            let body = json!({ "name": name, "description": description, "permissions": permissions });
            Ok(Shown::Object(ROLE_SHOWN, client.write(Method::POST, &roles, &body).await?, &[]))
        }
        RoleCommand::Change { role, name, description, permissions } => {
            let path = find(client, &roles, "role", role).await?;
            let mut body = Map::new();
            if let Some(name) = name {
                body.insert("name".to_owned(), json!(name));
            }
            if let Some(description) = description {
                body.insert("description".to_owned(), json!(description));
            }
            if !permissions.is_empty() {
                body.insert("permissions".to_owned(), json!(permissions));
            }
            let changed = client.write(Method::PATCH, &path, &Value::Object(body)).await?;
            Ok(Shown::Object(ROLE_SHOWN, changed, &[]))
        }
        RoleCommand::Delete { role } => {
            let path = find(client, &roles, "role", role).await?;
            client.delete(&path).await?;
            Ok(Shown::Words(format!("{role} was deleted.")))
        }
    }
}

impl Place {
    /// Whether the server is meant.
    pub(super) fn is_platform(&self) -> bool {
        self.platform
    }

    /// Where a noun is: on the server, or in the organization.
    pub(super) async fn path(&self, client: &Client, noun: &str) -> Result<String, ClientError> {
        Ok(match &self.reseller {
            Some(reseller) => format!("/resellers/{reseller}/{noun}"),
            None if self.platform => format!("/{noun}"),
            None => format!("{}/{noun}", client.tenant().await?),
        })
    }
}

/// Roles as they are typed, as the API takes them: `operator@queue=Sales`.
pub(super) async fn grants(client: &Client, tenant: &str, typed: &[String]) -> Result<Vec<Value>, ClientError> {
    let mut grants = Vec::with_capacity(typed.len());
    for text in typed {
        let (role, scope) = text.split_once('@').map_or((text.as_str(), None), |(role, scope)| (role, Some(scope)));
        let role = if !tenant.starts_with("/tenants/") {
            role.to_owned()
        } else {
            id_of(find(client, &format!("{tenant}/roles"), "role", role).await?)
        };
        let scope = match scope.and_then(|scope| scope.split_once('=')) {
            None if scope.is_none() => json!({ "type": "tenant" }),
            Some(("numbers", range)) => {
                let (first, last) = range.split_once("..").unwrap_or((range, range));
                json!({ "type": "number_range", "first": first, "last": last })
            }
            Some((kind @ ("tag" | "country"), name)) => json!({ "type": kind, kind: name }),
            Some((kind @ ("queue" | "attendant" | "group" | "site"), name)) => {
                let (kind, noun) = match kind {
                    "queue" => ("call_queue", "call-queues"),
                    "attendant" => ("auto_attendant", "auto-attendants"),
                    "site" => ("site", "sites"),
                    _ => ("group", "groups"),
                };
                let id = id_of(find(client, &format!("{tenant}/{noun}"), "object of this scope", name).await?);
                json!({ "type": kind, "id": id })
            }
            Some(_) | None => {
                let name = scope.unwrap_or_default().to_owned();
                return Err(ClientError::NoSuch {
                    what: "scope (it is queue=, attendant=, group=, site=, numbers=, tag= or country=)",
                    name,
                });
            }
        };
        grants.push(json!({ "role": role, "scope": scope }));
    }
    Ok(grants)
}

/// What somebody holds, in the words in which it is typed.
pub(super) fn with_roles_in_words(mut holder: Value) -> Value {
    let words = |grant: &Value| {
        let role = grant["role"].as_str().unwrap_or_default();
        let scope = &grant["scope"];
        let text = |name: &str| scope[name].as_str().unwrap_or_default().to_owned();
        match text("type").as_str() {
            "tenant" => role.to_owned(),
            "number_range" => format!("{role}@numbers={}..{}", text("first"), text("last")),
            kind @ ("tag" | "country") => format!("{role}@{kind}={}", text(kind)),
            kind => format!("{role}@{kind}={}", text("id")),
        }
    };
    let held: Vec<String> = holder["roles"].as_array().into_iter().flatten().map(words).collect();
    if let Some(object) = holder.as_object_mut() {
        object.insert("held".to_owned(), json!(held.join(", ")));
    }
    holder
}

fn id_of(path: String) -> String {
    path.rsplit('/').next().unwrap_or_default().to_owned()
}
