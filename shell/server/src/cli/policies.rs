//! Policies: the types, the policies of each, and which holds for whom.

pub mod locks;
pub mod packages;

use clap::{Args, Subcommand};
use reqwest::Method;
use serde_json::{Map, Value, json};

use self::packages::PackageCommand;
use super::client::{Client, ClientError};
use super::nouns::Shown;
use super::print::Column;

#[derive(Debug, Subcommand)]
pub enum PolicyCommand {
    /// List the types of policies, or what the settings of one take.
    Types {
        #[arg(value_name = "TYPE")]
        kind: Option<String>,
    },
    /// List policies of a type.
    List {
        #[arg(value_name = "TYPE")]
        kind: String,
    },
    /// Show a policy with its settings.
    Show(One),
    /// Make a policy: a copy of the organization's own with what is set otherwise.
    Create {
        #[command(flatten)]
        one: One,
        #[arg(long)]
        description: Option<String>,
        /// Settings, as NAME=VALUE.
        #[arg(value_name = "NAME=VALUE", value_parser = setting)]
        settings: Vec<(String, Value)>,
    },
    /// Change settings of a policy; a value of `null` is the first one.
    Set {
        #[command(flatten)]
        one: One,
        /// A new name.
        #[arg(long)]
        name: Option<String>,
        /// An empty text clears.
        #[arg(long)]
        description: Option<String>,
        /// Settings, as NAME=VALUE.
        #[arg(value_name = "NAME=VALUE", value_parser = setting)]
        settings: Vec<(String, Value)>,
    },
    /// Give a policy the settings that its type has first.
    Reset(One),
    /// Delete a policy that nobody is given.
    Delete(One),
    /// List who is given a policy.
    Assignments(One),
    /// Give a policy to people, groups, numbers and sites.
    Assign {
        #[command(flatten)]
        one: One,
        #[command(flatten)]
        holders: Holders,
        /// The place of the group among those with a policy of this type; the lowest holds.
        #[arg(long, requires = "groups")]
        rank: Option<u32>,
    },
    /// Take a policy from people, groups, numbers and sites.
    Unassign {
        #[command(flatten)]
        one: One,
        #[command(flatten)]
        holders: Holders,
    },
    /// Show which policy of each type holds for a person, and why.
    Effective {
        /// Id or extension.
        user: String,
        /// The number that is used for the call.
        #[arg(long)]
        number: Option<String>,
        /// Name or id of the site where the phone is [default: that of the person].
        #[arg(long)]
        site: Option<String>,
        /// Only of this type, with its settings and what would hold otherwise.
        #[arg(long = "type", value_name = "TYPE")]
        kind: Option<String>,
    },
    /// List which policy of a type holds for each person, and why.
    Everybody {
        #[arg(value_name = "TYPE")]
        kind: String,
        /// Name or id of a group: its members only.
        #[arg(long)]
        group: Option<String>,
    },
    /// Give all who are given a policy another one of its type.
    Move {
        #[command(flatten)]
        one: One,
        /// Name or id of the policy that they get.
        #[arg(value_name = "TO")]
        to: String,
    },
    /// Take from people what they are given by themselves where their groups give them the same.
    FollowGroups {
        #[arg(value_name = "TYPE")]
        kind: String,
        /// Id or extension of a person; more than once for more.
        #[arg(long = "user", required_unless_present = "groups")]
        users: Vec<String>,
        /// Name or id of a group, for its members; more than once for more.
        #[arg(long = "group")]
        groups: Vec<String>,
        /// Also where another policy holds then.
        #[arg(long)]
        also_where_it_changes: bool,
        /// Show what would change, and change nothing.
        #[arg(long)]
        dry_run: bool,
    },
    /// Packages: policies that go together for people of one role.
    #[command(subcommand)]
    Package(PackageCommand),
    /// List settings that no policy may exceed.
    Locks,
    /// Lock a setting to some values or to a range, whatever policies say.
    Lock(locks::Wanted),
    /// Undo a lock: policies hold as they say.
    Unlock(locks::Undone),
}

#[derive(Debug, Args)]
pub struct One {
    #[arg(value_name = "TYPE")]
    kind: String,
    /// Name, id or `global`.
    #[arg(value_name = "POLICY")]
    policy: String,
}

#[derive(Debug, Args)]
#[group(required = true, multiple = true)]
pub struct Holders {
    /// Id or extension of a person; more than once for more.
    #[arg(long = "user")]
    users: Vec<String>,
    /// Name or id of a group; more than once for more.
    #[arg(long = "group")]
    groups: Vec<String>,
    /// A number; more than once for more.
    #[arg(long = "number")]
    numbers: Vec<String>,
    /// Name or id of a site; more than once for more.
    #[arg(long = "site")]
    sites: Vec<String>,
}

const TYPE: &[Column] = &[("Type", "/type"), ("Assigned to", "/assignable_to"), ("About", "/about")];
const TAKES: &[Column] =
    &[("Setting", "/name"), ("First", "/first"), ("Followed", "/followed"), ("Takes", "/takes"), ("About", "/about")];
const POLICY: &[Column] = &[("Name", "/name"), ("Description", "/description"), ("Id", "/id")];
const ONE: &[Column] = &[("Name", "/name"), ("Type", "/type"), ("Description", "/description"), ("Id", "/id")];
const SETTING: &[Column] = &[("Setting", "/name"), ("Value", "/value")];
const ASSIGNMENT: &[Column] = &[
    ("To", "/holder"),
    ("Name", "/name"),
    ("Extension", "/extension"),
    ("Rank", "/rank"),
    ("Since", "/assigned_at"),
    ("By", "/assigned_by"),
];
const EFFECTIVE: &[Column] = &[("Type", "/type"), ("Policy", "/name"), ("Why", "/reason")];
const EVERYBODY: &[Column] =
    &[("Extension", "/extension"), ("Name", "/display_name"), ("Policy", "/name"), ("Why", "/reason")];
const LOCKED: &[Column] = &[("Setting", "/setting"), ("Policy says", "/says"), ("Holds", "/holds"), ("Why", "/reason")];
const FOLLOWED: &[Column] = &[("Only tried", "/dry_run"), ("Taken", "/taken"), ("Stay", "/stay")];
const FOLLOWER: &[Column] = &[
    ("Extension", "/extension"),
    ("Name", "/display_name"),
    ("Taken", "/taken"),
    ("From", "/from/name"),
    ("To", "/to/name"),
    ("Why", "/to/reason"),
];
const OTHER: &[Column] = &[("Policy", "/name"), ("Why", "/reason")];

pub(super) async fn carry_out(client: &Client, tenant: &str, command: &PolicyCommand) -> Result<Shown, ClientError> {
    let policies = format!("{tenant}/policies");
    let path = |one: &One| format!("{policies}/{}/{}", one.kind, segment(&one.policy));
    match command {
        PolicyCommand::Types { kind: None } => Ok(Shown::Items(TYPE, client.list(&policies, &[], usize::MAX).await?)),
        PolicyCommand::Types { kind: Some(kind) } => {
            let types = client.list(&policies, &[], usize::MAX).await?;
            let word = kind.replace('-', "_");
            let found = types.into_iter().find(|it| it["type"].as_str() == Some(word.as_str()));
            let found = found.ok_or_else(|| ClientError::NoSuch { what: "type of policies", name: kind.clone() })?;
            Ok(Shown::Object(TYPE, found, &[("Settings", "/settings", TAKES)]))
        }
        PolicyCommand::List { kind } => {
            Ok(Shown::Items(POLICY, client.list(&format!("{policies}/{kind}"), &[], usize::MAX).await?))
        }
        PolicyCommand::Show(one) => Ok(shown(client.get(&path(one)).await?)),
        PolicyCommand::Create { one, description, settings } => {
            let body = json!({ "name": one.policy, "description": description, "settings": object(settings) });
            Ok(shown(client.write(Method::POST, &format!("{policies}/{}", one.kind), &body).await?))
        }
        PolicyCommand::Set { one, name, description, settings } => {
            let mut body = json!({ "settings": object(settings) });
            if let Some(name) = name {
                body["name"] = json!(name);
            }
            if let Some(text) = description {
                body["description"] = if text.is_empty() { Value::Null } else { json!(text) };
            }
            Ok(shown(client.write(Method::PATCH, &path(one), &body).await?))
        }
        PolicyCommand::Reset(one) => Ok(shown(client.post(&format!("{}/reset", path(one))).await?)),
        PolicyCommand::Delete(one) => {
            client.delete(&path(one)).await?;
            Ok(Shown::Words(format!("{} was deleted.", one.policy)))
        }
        PolicyCommand::Assignments(one) => {
            let list = client.list(&format!("{}/assignments", path(one)), &[], usize::MAX).await?;
            Ok(Shown::Items(ASSIGNMENT, list))
        }
        PolicyCommand::Assign { one, holders, rank } => {
            client.write(Method::POST, &format!("{}/assign", path(one)), &holders.body(*rank)).await?;
            Ok(Shown::Words(format!("{} was assigned.", one.policy)))
        }
        PolicyCommand::Unassign { one, holders } => {
            let done = client.write(Method::POST, &format!("{}/unassign", path(one)), &holders.body(None)).await?;
            Ok(Shown::Words(format!("{} was taken from {} of them.", one.policy, done["unassigned"])))
        }
        PolicyCommand::Effective { user, number, site, kind } => {
            let given = [("number", number), ("site", site)];
            let query: Vec<_> = given.into_iter().filter_map(|(name, text)| Some((name, text.clone()?))).collect();
            let held = client.list(&format!("{tenant}/users/{user}/policies"), &query, usize::MAX).await?;
            let Some(kind) = kind else { return Ok(Shown::Items(EFFECTIVE, held)) };
            let word = kind.replace('-', "_");
            let found = held.into_iter().find(|it| it["type"].as_str() == Some(word.as_str()));
            let found = found.ok_or_else(|| ClientError::NoSuch { what: "type of policies", name: kind.clone() })?;
            let lists =
                &[("Otherwise", "/others", OTHER), ("Locked", "/locked", LOCKED), ("Settings", "/settings", SETTING)];
            Ok(Shown::Object(EFFECTIVE, found, lists))
        }
        PolicyCommand::Everybody { kind, group } => {
            let query: Vec<_> = group.iter().map(|group| ("group", group.clone())).collect();
            let all = client.list(&format!("{tenant}/effective-policies/{kind}"), &query, usize::MAX).await?;
            Ok(Shown::Items(EVERYBODY, all))
        }
        PolicyCommand::Move { one, to } => {
            let done = client.write(Method::POST, &format!("{}/move", path(one)), &json!({ "to": to })).await?;
            Ok(Shown::Words(format!("{} have {to} in place of {}.", done["moved"], one.policy)))
        }
        PolicyCommand::FollowGroups { kind, users, groups, also_where_it_changes, dry_run } => {
            let path = format!("{tenant}/effective-policies/{kind}/follow-groups?dry_run={dry_run}");
            let body = json!({ "users": users, "groups": groups, "also_where_it_changes": also_where_it_changes });
            let done = client.write(Method::POST, &path, &body).await?;
            Ok(Shown::Object(FOLLOWED, done, &[("People", "/items", FOLLOWER)]))
        }
        PolicyCommand::Package(command) => packages::carry_out(client, tenant, command).await,
        PolicyCommand::Locks => locks::list(client, tenant).await,
        PolicyCommand::Lock(wanted) => locks::lock(client, tenant, wanted).await,
        PolicyCommand::Unlock(wanted) => locks::unlock(client, tenant, wanted).await,
    }
}

fn shown(policy: Value) -> Shown {
    Shown::Object(ONE, policy, &[("Settings", "/settings", SETTING)])
}

/// `NAME=VALUE`; a value that is no JSON is a text.
pub(super) fn setting(text: &str) -> Result<(String, Value), String> {
    let (name, value) = text.split_once('=').ok_or("write NAME=VALUE, such as allow_delegation=false")?;
    let value = serde_json::from_str(value).unwrap_or_else(|_| json!(value));
    Ok((name.replace('-', "_"), value))
}

pub(super) fn object(settings: &[(String, Value)]) -> Map<String, Value> {
    settings.iter().cloned().collect()
}

/// A name as a part of a path.
fn segment(name: &str) -> String {
    let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~');
    name.bytes()
        .map(|byte| if is_plain(&byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

impl Holders {
    fn body(&self, rank: Option<u32>) -> Value {
        let groups: Vec<Value> = self.groups.iter().map(|group| json!({ "group": group, "rank": rank })).collect();
        json!({ "users": self.users, "groups": groups, "numbers": self.numbers, "sites": self.sites })
    }
}
