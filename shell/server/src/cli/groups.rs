//! Groups of people.

use clap::{Args, Subcommand};
use reqwest::Method;
use serde_json::{Value, json};

use super::client::{Client, ClientError};
use super::nouns::Shown;
use super::print::Column;

#[derive(Debug, Subcommand)]
pub enum GroupCommand {
    /// List groups.
    List,
    /// Show a group and to whom it can't give its licenses.
    Show {
        /// Name or id.
        group: String,
    },
    /// Make a group.
    Create {
        name: String,
        #[arg(long)]
        description: Option<String>,
    },
    /// Change a group; what is not given stays.
    Change {
        /// Name or id.
        group: String,
        #[arg(long)]
        name: Option<String>,
        /// An empty text clears.
        #[arg(long)]
        description: Option<String>,
    },
    /// Delete a group that gives no licenses.
    Delete {
        /// Name or id.
        group: String,
    },
    /// List who is in a group.
    Members {
        /// Name or id.
        group: String,
    },
    /// Let people into a group; they get what it gives.
    Add(People),
    /// Let people out of a group; what nobody else gives them is taken.
    Remove(People),
    /// Let a group give licenses to its members.
    License(Plans),
    /// Let a group give licenses no more.
    Unlicense(Plans),
    /// Try again to give all members the group's licenses.
    Reprocess {
        /// Name or id.
        group: String,
    },
}

#[derive(Debug, Args)]
pub struct People {
    /// Name or id.
    group: String,
    /// Ids or extensions.
    #[arg(required = true)]
    users: Vec<String>,
}

#[derive(Debug, Args)]
pub struct Plans {
    /// Name or id.
    group: String,
    /// Part numbers.
    #[arg(required = true)]
    plans: Vec<String>,
}

const GROUP: &[Column] = &[
    ("Name", "/name"),
    ("Licenses", "/licenses"),
    ("State", "/state"),
    ("Members", "/members"),
    ("Waiting", "/waiting"),
    ("Failed", "/failed"),
];
const MEMBER: &[Column] = &[("Extension", "/extension"), ("Name", "/display_name")];
const FAILURE: &[Column] = &[("Person", "/display_name"), ("Why", "/message"), ("What to do", "/fix")];

pub(super) async fn carry_out(client: &Client, tenant: &str, command: &GroupCommand) -> Result<Shown, ClientError> {
    let groups = format!("{tenant}/groups");
    let one = |group: Value| Ok(Shown::Object(GROUP, group, &[]));
    let act = async |group: &str, verb: &str, body: &Value| {
        one(client.write(Method::POST, &format!("{groups}/{group}/{verb}"), body).await?)
    };
    match command {
        GroupCommand::List => Ok(Shown::Items(GROUP, client.list(&groups, &[], usize::MAX).await?)),
        GroupCommand::Show { group } => {
            let path = format!("{groups}/{group}");
            let mut shown = client.get(&path).await?;
            let errors = client.list(&format!("{path}/licenses/errors"), &[], usize::MAX).await?;
            if let Some(shown) = shown.as_object_mut() {
                shown.insert("errors".to_owned(), Value::Array(errors));
            }
            Ok(Shown::Object(GROUP, shown, &[("Errors", "/errors", FAILURE)]))
        }
        GroupCommand::Create { name, description } => {
            let body = json!({ "name": name, "description": description });
            one(client.write(Method::POST, &groups, &body).await?)
        }
        GroupCommand::Change { group, name, description } => {
            let mut body = json!({});
            if let Some(name) = name {
                body["name"] = json!(name);
            }
            if let Some(text) = description {
                body["description"] = if text.is_empty() { Value::Null } else { json!(text) };
            }
            one(client.write(Method::PATCH, &format!("{groups}/{group}"), &body).await?)
        }
        GroupCommand::Delete { group } => {
            client.delete(&format!("{groups}/{group}")).await?;
            Ok(Shown::Words(format!("{group} was deleted.")))
        }
        GroupCommand::Members { group } => {
            Ok(Shown::Items(MEMBER, client.list(&format!("{groups}/{group}/members"), &[], usize::MAX).await?))
        }
        GroupCommand::Add(People { group, users }) => act(group, "members/add", &json!({ "users": users })).await,
        GroupCommand::Remove(People { group, users }) => act(group, "members/remove", &json!({ "users": users })).await,
        GroupCommand::License(Plans { group, plans }) => {
            act(group, "licenses/assign", &json!({ "plans": plans })).await
        }
        GroupCommand::Unlicense(Plans { group, plans }) => {
            act(group, "licenses/unassign", &json!({ "plans": plans })).await
        }
        GroupCommand::Reprocess { group } => one(client.post(&format!("{groups}/{group}/licenses/reprocess")).await?),
    }
}
