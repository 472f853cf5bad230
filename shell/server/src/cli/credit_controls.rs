//! Budgets, and rules against fraud.

use clap::{Args, Subcommand};
use reqwest::Method;
use serde_json::{Map, Value, json};

use super::client::{Client, ClientError};
use super::nouns::Shown;
use super::print::Column;

#[derive(Debug, Subcommand)]
pub enum BudgetCommand {
    /// List budgets, with what is spent of each.
    List,
    /// Make a budget, or change the one with this name; what is not given stays.
    Set {
        name: String,
        /// everybody, department:NAME, person:EXTENSION, site:NAME, account:NAME or tag:WORD.
        #[arg(long)]
        scope: Option<String>,
        /// Such as 50.00.
        #[arg(long)]
        limit: Option<String>,
        /// How often it begins anew.
        #[arg(long, value_parser = ["day", "month", "ever"])]
        every: Option<String>,
        /// Whether calls are refused when it is used up; it is only told otherwise.
        #[arg(long)]
        blocks: Option<bool>,
        /// Keep what is left of it from everybody else's calls.
        #[arg(long)]
        set_apart: Option<bool>,
        /// When it ends by itself, such as 2027-01-01T00:00:00Z.
        #[arg(long)]
        until: Option<String>,
    },
    /// Delete a budget.
    Delete { name: String },
}

#[derive(Debug, Subcommand)]
pub enum FraudCommand {
    /// List the rules.
    List,
    /// Make a rule, or put another in its place; without --enabled it stops nothing.
    Set {
        name: String,
        #[arg(long)]
        enabled: bool,
        #[command(flatten)]
        rule: RuleArgs,
    },
    /// Try a rule on the calls of the last thirty days; nothing changes.
    Try {
        #[command(flatten)]
        rule: RuleArgs,
    },
    /// Take a rule back.
    Delete { name: String },
}

#[derive(Debug, Args)]
pub struct RuleArgs {
    /// First digits of numbers, with the country's; again for more.
    #[arg(long)]
    prefix: Vec<String>,
    /// Two letters; again for more.
    #[arg(long)]
    country: Vec<String>,
    #[arg(long, value_parser = ["fixed", "mobile", "premium", "satellite", "shared_cost", "toll_free"])]
    kind: Vec<String>,
    /// What a minute may cost.
    #[arg(long)]
    dearer_than: Option<String>,
    /// How many such calls within the time.
    #[arg(long, requires = "within")]
    calls_max: Option<u32>,
    /// How much such calls may cost within the time.
    #[arg(long, requires = "within")]
    amount_max: Option<String>,
    /// Seconds, 60 to 86400.
    #[arg(long)]
    within: Option<u32>,
    #[arg(long, default_value = "person", value_parser = ["person", "organization"])]
    per: String,
    /// Extension of somebody whom it does not concern; again for more.
    #[arg(long)]
    exempt: Vec<String>,
}

const BUDGET: &[Column] = &[
    ("Name", "/name"),
    ("Of", "/scope"),
    ("Limit", "/limit"),
    ("Every", "/every"),
    ("Spent", "/spent"),
    ("Left", "/left"),
    ("Percent", "/percent"),
    ("Stops calls", "/blocks"),
    ("Set apart", "/set_apart"),
];
const RULE: &[Column] = &[
    ("Name", "/name"),
    ("Enabled", "/enabled"),
    ("Prefixes", "/calls/prefixes"),
    ("Countries", "/calls/countries"),
    ("Kinds", "/calls/kinds"),
    ("Dearer than", "/calls/dearer_than"),
    ("Per", "/velocity/per"),
    ("Seconds", "/velocity/seconds"),
    ("Calls", "/velocity/calls_max"),
    ("Amount", "/velocity/amount_max"),
];
const TRIAL: &[Column] = &[("Since", "/since"), ("Calls", "/calls"), ("Refused", "/refused"), ("They cost", "/saved")];
const HIT: &[Column] = &[("At", "/at"), ("To", "/to"), ("Amount", "/amount"), ("Why", "/why")];

pub(super) async fn budgets(client: &Client, credits: &str, command: &BudgetCommand) -> Result<Shown, ClientError> {
    let budgets = format!("{credits}/budgets");
    match command {
        BudgetCommand::List => Ok(Shown::Items(BUDGET, client.list(&budgets, &[], usize::MAX).await?)),
        BudgetCommand::Set { name, scope, limit, every, blocks, set_apart, until } => {
            let there = client.list(&budgets, &[], usize::MAX).await?;
            let before = there.into_iter().find(|budget| budget["name"] == *name).unwrap_or_default();
            let mut body = Map::new();
            for field in ["scope", "limit", "every", "blocks", "set_apart", "until"] {
                if let Some(known) = before.get(field).filter(|known| !known.is_null()) {
                    body.insert(field.to_owned(), known.clone());
                }
            }
            let texts = [("scope", scope), ("limit", limit), ("every", every), ("until", until)];
            let texts = texts.into_iter().filter_map(|(field, text)| Some((field, json!(text.as_ref()?))));
            let flags = [("blocks", blocks), ("set_apart", set_apart)];
            let flags = flags.into_iter().filter_map(|(field, flag)| Some((field, json!((*flag)?))));
            body.extend(texts.chain(flags).map(|(field, value)| (field.to_owned(), value)));
            let path = format!("{budgets}/{}", segment(name));
            Ok(Shown::Object(BUDGET, client.write(Method::PUT, &path, &Value::Object(body)).await?, &[]))
        }
        BudgetCommand::Delete { name } => {
            client.delete(&format!("{budgets}/{}", segment(name))).await?;
            Ok(Shown::Words(format!("deleted the budget {name}")))
        }
    }
}

pub(super) async fn fraud_rules(client: &Client, credits: &str, command: &FraudCommand) -> Result<Shown, ClientError> {
    let rules = format!("{credits}/fraud-rules");
    match command {
        FraudCommand::List => Ok(Shown::Items(RULE, client.list(&rules, &[], usize::MAX).await?)),
        FraudCommand::Set { name, enabled, rule } => {
            let path = format!("{rules}/{}", segment(name));
            Ok(Shown::Object(RULE, client.write(Method::PUT, &path, &rule.body(*enabled)).await?, &[]))
        }
        FraudCommand::Try { rule } => {
            let tried = client.write(Method::POST, &format!("{credits}/fraud-trial"), &rule.body(false)).await?;
            Ok(Shown::Object(TRIAL, tried, &[("Would have been refused", "/examples", HIT)]))
        }
        FraudCommand::Delete { name } => {
            client.delete(&format!("{rules}/{}", segment(name))).await?;
            Ok(Shown::Words(format!("deleted the rule {name}")))
        }
    }
}

impl RuleArgs {
    fn body(&self, enabled: bool) -> Value {
        let calls = json!({
            "prefixes": self.prefix,
            "countries": self.country,
            "kinds": self.kind,
            "dearer_than": self.dearer_than,
        });
        let velocity = self.within.map(|seconds| {
            json!({ "per": self.per, "seconds": seconds, "calls_max": self.calls_max, "amount_max": self.amount_max })
        });
        json!({ "enabled": enabled, "calls": calls, "velocity": velocity, "exempt": self.exempt })
    }
}

/// A name as a part of a path; names have letters, digits, spaces, points, hyphens and underscores.
fn segment(name: &str) -> String {
    let escaped = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' => char::from(byte).to_string(),
        other => format!("%{other:02X}"),
    };
    name.bytes().map(escaped).collect()
}
