//! Licenses.

use clap::{Args, Subcommand};
use reqwest::Method;
use serde_json::json;

use super::client::{Client, ClientError};
use super::nouns::Shown;
use super::print::Column;

#[derive(Debug, Subcommand)]
pub enum LicenseCommand {
    /// List the plans that can be bought.
    Plans,
    /// List what was bought and how much of it is given.
    List,
    /// Set how many seats of a plan the organization has.
    Seats {
        /// Part number.
        plan: String,
        seats: u32,
    },
    /// Give people licenses: all of them or, if a rule forbids it for one, none.
    Assign(Assign),
    /// Take licenses from people.
    Unassign(Unassign),
}

#[derive(Debug, Args)]
pub struct Assign {
    /// Part number of a plan; may be repeated.
    #[arg(long = "plan", required = true)]
    plans: Vec<String>,
    /// A plan that is taken away in the same moment; may be repeated.
    #[arg(long = "replaces")]
    replaces: Vec<String>,
    /// Only say what would be done.
    #[arg(long)]
    dry_run: bool,
    /// Ids or extensions.
    #[arg(required = true)]
    users: Vec<String>,
}

#[derive(Debug, Args)]
pub struct Unassign {
    /// Part number of a plan; may be repeated.
    #[arg(long = "plan", required = true)]
    plans: Vec<String>,
    /// Only say what would be done, and which numbers would reach nobody.
    #[arg(long)]
    dry_run: bool,
    /// Ids or extensions.
    #[arg(required = true)]
    users: Vec<String>,
}

const PLAN: &[Column] = &[("Plan", "/id"), ("Name", "/name"), ("Unlocks", "/unlocks"), ("Needs", "/needs")];
const LICENSE: &[Column] =
    &[("Plan", "/id"), ("Name", "/name"), ("Seats", "/seats"), ("Given", "/assigned"), ("Left", "/available")];
const LICENSED: &[Column] = &[("Person", "/id"), ("Licenses", "/licenses")];

pub(super) async fn carry_out(client: &Client, tenant: &str, command: &LicenseCommand) -> Result<Shown, ClientError> {
    let licenses = format!("{tenant}/licenses");
    match command {
        LicenseCommand::Plans => Ok(Shown::Items(PLAN, client.list("/license-plans", &[], usize::MAX).await?)),
        LicenseCommand::List => Ok(Shown::Items(LICENSE, client.list(&licenses, &[], usize::MAX).await?)),
        LicenseCommand::Seats { plan, seats } => {
            let path = format!("{licenses}/{plan}");
            let license = client.write(Method::PUT, &path, &json!({ "seats": seats })).await?;
            Ok(Shown::Object(LICENSE, license, &[]))
        }
        LicenseCommand::Assign(Assign { plans, replaces, dry_run, users }) => {
            let body = json!({ "users": users, "plans": plans, "replaces": replaces, "dry_run": dry_run });
            changed(client.write(Method::POST, &format!("{licenses}/assign"), &body).await?)
        }
        LicenseCommand::Unassign(Unassign { plans, dry_run, users }) => {
            let body = json!({ "users": users, "plans": plans, "dry_run": dry_run });
            changed(client.write(Method::POST, &format!("{licenses}/unassign"), &body).await?)
        }
    }
}

/// Warnings go where they do not get into what a program reads.
fn changed(answer: serde_json::Value) -> Result<Shown, ClientError> {
    for warning in answer["warnings"].as_array().into_iter().flatten().filter_map(serde_json::Value::as_str) {
        eprintln!("warning: {warning}");
    }
    Ok(Shown::Items(LICENSED, answer["users"].as_array().cloned().unwrap_or_default()))
}
