//! Packages of policies: made, changed, and given to people and groups.

use clap::{Args, Subcommand};
use reqwest::Method;
use serde_json::{Map, Value, json};

use super::super::client::{Client, ClientError};
use super::super::nouns::Shown;
use super::super::print::Column;
use super::segment;

#[derive(Debug, Subcommand)]
pub enum PackageCommand {
    /// List packages, those that come with the program first.
    List,
    /// Show a package with its policies.
    Show {
        /// Name, id or word.
        package: String,
    },
    /// Make a package of policies that are there.
    Create {
        name: String,
        #[arg(long, default_value = "")]
        description: String,
        /// A policy by its type and its name or id; once for each type.
        #[arg(long = "policy", value_name = "TYPE=POLICY", value_parser = packaged, required = true)]
        policies: Vec<(String, String)>,
    },
    /// Change a package; who was given it keeps the policies that they got.
    Set {
        /// Name or id.
        package: String,
        /// A new name.
        #[arg(long)]
        name: Option<String>,
        #[arg(long)]
        description: Option<String>,
        /// All the policies that it has then, by type and name or id.
        #[arg(long = "policy", value_name = "TYPE=POLICY", value_parser = packaged)]
        policies: Vec<(String, String)>,
    },
    /// Delete a package that nobody was given; its policies stay.
    Delete {
        /// Name or id.
        package: String,
    },
    /// Give the policies of a package to people and groups, and show what changes for whom.
    Assign {
        /// Name, id or word.
        package: String,
        #[command(flatten)]
        holders: Holders,
        /// The place of the groups among those with a policy of each type; the lowest holds.
        #[arg(long, requires = "groups")]
        rank: Option<u32>,
        /// Leave what people are assigned by themselves.
        #[arg(long)]
        keep_direct: bool,
        /// Show what would change, and change nothing.
        #[arg(long)]
        dry_run: bool,
    },
    /// Take from people and groups the policies that they have by a package.
    Unassign {
        /// Name, id or word.
        package: String,
        #[command(flatten)]
        holders: Holders,
    },
    /// List the policies that people and groups have by a package.
    Assignments {
        /// Name, id or word.
        package: String,
    },
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
}

const PACKAGE: &[Column] =
    &[("Name", "/name"), ("Description", "/description"), ("Comes with the program", "/built_in"), ("Id", "/id")];
const POLICY: &[Column] = &[("Type", "/type"), ("Policy", "/name"), ("Id", "/policy"), ("Will be", "/settings")];
const ASSIGNED: &[Column] = &[
    ("Only tried", "/dry_run"),
    ("People", "/people"),
    ("Change", "/changes"),
    ("Same as before", "/same"),
    ("Stay", "/stays"),
];
const CHANGE: &[Column] = &[
    ("Extension", "/extension"),
    ("Name", "/display_name"),
    ("Type", "/type"),
    ("From", "/from/name"),
    ("To", "/to/name"),
    ("Outcome", "/outcome"),
    ("Why", "/reason"),
];
const ASSIGNMENT: &[Column] = &[
    ("Type", "/type"),
    ("To", "/holder"),
    ("Name", "/name"),
    ("Extension", "/extension"),
    ("Rank", "/rank"),
    ("Since", "/assigned_at"),
    ("By", "/assigned_by"),
];

pub(super) async fn carry_out(client: &Client, tenant: &str, command: &PackageCommand) -> Result<Shown, ClientError> {
    let packages = format!("{tenant}/policy-packages");
    let path = |package: &str| format!("{packages}/{}", segment(package));
    match command {
        PackageCommand::List => Ok(Shown::Items(PACKAGE, client.list(&packages, &[], usize::MAX).await?)),
        PackageCommand::Show { package } => Ok(shown(client.get(&path(package)).await?)),
        PackageCommand::Create { name, description, policies } => {
            let body = json!({ "name": name, "description": description, "policies": by_type(policies) });
            Ok(shown(client.write(Method::POST, &packages, &body).await?))
        }
        PackageCommand::Set { package, name, description, policies } => {
            let mut body = json!({ "name": name, "description": description });
            if !policies.is_empty() {
                body["policies"] = by_type(policies);
            }
            Ok(shown(client.write(Method::PATCH, &path(package), &body).await?))
        }
        PackageCommand::Delete { package } => {
            client.delete(&path(package)).await?;
            Ok(Shown::Words(format!("{package} was deleted.")))
        }
        PackageCommand::Assign { package, holders, rank, keep_direct, dry_run } => {
            let mut body = holders.body(*rank);
            body["keep_direct"] = json!(keep_direct);
            let path = format!("{}/assign?dry_run={dry_run}", path(package));
            let done = client.write(Method::POST, &path, &body).await?;
            Ok(Shown::Object(ASSIGNED, done, &[("Changes", "/items", CHANGE)]))
        }
        PackageCommand::Unassign { package, holders } => {
            let path = format!("{}/unassign", path(package));
            let done = client.write(Method::POST, &path, &holders.body(None)).await?;
            Ok(Shown::Words(format!("{} policies of {package} were taken.", done["unassigned"])))
        }
        PackageCommand::Assignments { package } => {
            let list = client.list(&format!("{}/assignments", path(package)), &[], usize::MAX).await?;
            Ok(Shown::Items(ASSIGNMENT, list))
        }
    }
}

fn shown(package: Value) -> Shown {
    Shown::Object(PACKAGE, package, &[("Policies", "/policies", POLICY)])
}

/// `TYPE=POLICY`.
fn packaged(text: &str) -> Result<(String, String), String> {
    let (kind, policy) = text.split_once('=').ok_or("write TYPE=POLICY, such as dial_out=DialoutCPCandPSTNDomestic")?;
    Ok((kind.replace('-', "_"), policy.to_owned()))
}

fn by_type(policies: &[(String, String)]) -> Value {
    let policies = policies.iter().map(|(kind, policy)| (kind.clone(), json!(policy)));
    Value::Object(policies.collect::<Map<_, _>>())
}

impl Holders {
    fn body(&self, rank: Option<u32>) -> Value {
        let groups: Vec<Value> = self.groups.iter().map(|group| json!({ "group": group, "rank": rank })).collect();
        json!({ "users": self.users, "groups": groups })
    }
}
