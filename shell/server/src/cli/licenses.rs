//! Licenses.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use reqwest::Method;
use serde_json::{Map, Value, json};

use super::client::{Client, ClientError};
use super::nouns::Shown;
use super::orders;
use super::print::Column;

#[derive(Debug, Subcommand)]
pub enum LicenseCommand {
    /// List the plans that can be bought.
    Plans,
    /// One of them: for who runs the server.
    #[command(subcommand)]
    Plan(PlanCommand),
    /// List what was bought and how much of it is given.
    List,
    /// Set how many seats of a plan the organization has.
    Seats {
        /// Part number.
        plan: String,
        seats: u32,
        /// When the first term ends, such as 2027-01-31T00:00:00Z; if nothing is said, as the plan is sold.
        #[arg(long, value_name = "TIME")]
        ends_at: Option<String>,
        /// What comes after the end of a term.
        #[arg(long, value_parser = ["ends", "renews"])]
        renewal: Option<String>,
    },
    /// Print what everybody is given directly as a file with the columns UPN, AddSkus, RemoveSkus and UsageLocation.
    Export,
    /// Show what is short or ends, and who is mailed about it.
    Notices {
        /// Who is mailed from now on, instead of who was; more than once for more.
        #[arg(long = "mail", value_name = "ADDRESS")]
        mails: Vec<String>,
        /// Nobody is mailed any more.
        #[arg(long, conflicts_with = "mails")]
        no_mail: bool,
    },
    /// Give and take licenses by a file, line by line. The same file again changes nothing.
    Import {
        /// A table with the columns UPN (e-mail address, extension or id), AddSkus, RemoveSkus and UsageLocation, of which only
        /// the first is needed; part numbers in a cell are separated by semicolons.
        file: PathBuf,
        /// Only say what would be done.
        #[arg(long)]
        dry_run: bool,
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

#[derive(Debug, Subcommand)]
pub enum PlanCommand {
    /// Show a plan.
    Show {
        /// Part number.
        plan: String,
    },
    /// Make a plan.
    Create {
        /// Part number: letters, digits, underscores and hyphens.
        plan: String,
        #[command(flatten)]
        fields: PlanFields,
    },
    /// Change a plan; what is not given stays. What it unlocks stays as long as somebody has any of it.
    Change {
        /// Part number.
        plan: String,
        #[command(flatten)]
        fields: PlanFields,
        /// Whether seats of it can be bought.
        #[arg(long)]
        offered: Option<bool>,
    },
    /// Delete a plan of which no organization has any.
    Delete {
        /// Part number.
        plan: String,
    },
}

#[derive(Debug, Args)]
pub struct PlanFields {
    #[arg(long)]
    name: Option<String>,
    #[arg(long, value_parser = ["add_on", "free", "paid", "trial"])]
    kind: Option<String>,
    /// Such as phone_system; more than once for more.
    #[arg(long = "unlocks", value_name = "WHAT")]
    unlocks: Vec<String>,
    /// What the holder must have besides; more than once for more.
    #[arg(long = "needs", value_name = "WHAT")]
    needs: Vec<String>,
    /// What no other license of the holder may unlock; more than once for more.
    #[arg(long = "excludes", value_name = "WHAT")]
    excludes: Vec<String>,
    /// Where it is sold, two capital letters; more than once for more.
    #[arg(long = "country", value_name = "COUNTRY")]
    countries: Vec<String>,
    /// What a seat costs in a month, such as 8.00.
    #[arg(long)]
    price: Option<String>,
    #[arg(long, default_value = "USD")]
    currency: String,
    /// For how long seats are bought at once.
    #[arg(long, value_parser = ["annual", "monthly"])]
    term: Option<String>,
    /// For how long a trial lasts.
    #[arg(long)]
    trial_days: Option<u32>,
}

const PLAN: &[Column] = &[
    ("Plan", "/id"),
    ("Name", "/name"),
    ("Kind", "/kind"),
    ("Unlocks", "/unlocks"),
    ("Needs", "/needs"),
    ("Price", "/price/amount"),
    ("Currency", "/price/currency"),
    ("Term", "/term"),
    ("Offered", "/offered"),
];
const LICENSE: &[Column] = &[
    ("Plan", "/id"),
    ("Name", "/name"),
    ("Seats", "/seats"),
    ("Given", "/assigned"),
    ("Left", "/available"),
    ("Ends", "/ends_at"),
    ("Then", "/renewal"),
    ("Over", "/over"),
    ("Monthly", "/monthly_price/amount"),
];
const NOTICES: &[Column] = &[("Mailed", "/mails")];
const NOTICE: &[Column] = &[("Code", "/code"), ("Plan", "/plan"), ("What", "/message"), ("What to do", "/fix")];
const LICENSED: &[Column] = &[("Person", "/id"), ("Licenses", "/licenses")];

pub(super) async fn carry_out(client: &Client, tenant: &str, command: &LicenseCommand) -> Result<Shown, ClientError> {
    let licenses = format!("{tenant}/licenses");
    match command {
        LicenseCommand::Plans => Ok(Shown::Items(PLAN, client.list("/license-plans", &[], usize::MAX).await?)),
        LicenseCommand::List => Ok(Shown::Items(LICENSE, client.list(&licenses, &[], usize::MAX).await?)),
        LicenseCommand::Plan(command) => plan(client, command).await,
        LicenseCommand::Export => Ok(Shown::File(client.text(&format!("{licenses}/export")).await?)),
        LicenseCommand::Notices { mails, no_mail } => {
            let path = format!("{licenses}/notices");
            let answer = match mails.is_empty() && !no_mail {
                true => client.get(&path).await?,
                false => client.write(Method::PUT, &path, &json!({ "mails": mails })).await?,
            };
            Ok(Shown::Object(NOTICES, answer, &[("What to look after", "/notices", NOTICE)]))
        }
        LicenseCommand::Import { file, dry_run } => {
            let table = std::fs::read(file).map_err(|source| ClientError::Unreadable { path: file.clone(), source })?;
            let query = [("dry_run", dry_run.to_string())];
            let order = client.send_table(&format!("{licenses}/import"), &query, table).await?;
            orders::follow(client, tenant, order).await
        }
        LicenseCommand::Seats { plan, seats, ends_at, renewal } => {
            let path = format!("{licenses}/{plan}");
            let body = json!({ "seats": seats, "ends_at": ends_at, "renewal": renewal });
            let license = client.write(Method::PUT, &path, &body).await?;
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

async fn plan(client: &Client, command: &PlanCommand) -> Result<Shown, ClientError> {
    let path = |plan: &str| format!("/license-plans/{plan}");
    match command {
        PlanCommand::Show { plan } => Ok(Shown::Object(PLAN, client.get(&path(plan)).await?, &[])),
        PlanCommand::Create { plan, fields } => {
            let mut body = fields.body();
            body.insert("id".to_owned(), json!(plan));
            let made = client.write(Method::POST, "/license-plans", &Value::Object(body)).await?;
            Ok(Shown::Object(PLAN, made, &[]))
        }
        PlanCommand::Change { plan, fields, offered } => {
            let mut body = fields.body();
            body.extend(offered.map(|offered| ("offered".to_owned(), json!(offered))));
            let changed = client.write(Method::PATCH, &path(plan), &Value::Object(body)).await?;
            Ok(Shown::Object(PLAN, changed, &[]))
        }
        PlanCommand::Delete { plan } => {
            client.delete(&path(plan)).await?;
            Ok(Shown::Words(format!("{plan} was deleted.")))
        }
    }
}

impl PlanFields {
    fn body(&self) -> Map<String, Value> {
        let mut body = Map::new();
        let texts = [("name", &self.name), ("kind", &self.kind), ("term", &self.term)];
        for (field, text) in texts {
            body.extend(text.as_ref().map(|text| (field.to_owned(), json!(text))));
        }
        let lists = [
            ("unlocks", &self.unlocks),
            ("needs", &self.needs),
            ("excludes", &self.excludes),
            ("countries", &self.countries),
        ];
        for (field, list) in lists.into_iter().filter(|(_, list)| !list.is_empty()) {
            body.insert(field.to_owned(), json!(list));
        }
        let price = self.price.as_ref().map(|price| json!({ "amount": price, "currency": self.currency }));
        body.extend(price.map(|price| ("price".to_owned(), price)));
        body.extend(self.trial_days.map(|days| ("trial_days".to_owned(), json!(days))));
        body
    }
}

/// Warnings go where they do not get into what a program reads.
fn changed(answer: serde_json::Value) -> Result<Shown, ClientError> {
    for warning in answer["warnings"].as_array().into_iter().flatten().filter_map(serde_json::Value::as_str) {
        eprintln!("warning: {warning}");
    }
    Ok(Shown::Items(LICENSED, answer["users"].as_array().cloned().unwrap_or_default()))
}
