//! Dial plans: rules are added at a place, and taken away by their names.

use clap::{Args, Subcommand};
use reqwest::Method;
use serde_json::{Value, json};

use super::super::client::{Client, ClientError};
use super::super::nouns::{Shown, find};
use super::super::print::Column;

#[derive(Debug, Subcommand)]
pub enum DialPlanCommand {
    /// List dial plans.
    List,
    /// Show a dial plan with its rules.
    Show {
        /// Name or id.
        plan: String,
    },
    /// Make a dial plan; it begins with a rule that puts a + before 11 digits.
    Create {
        name: String,
        #[arg(long)]
        description: Option<String>,
        /// Begin without any rule.
        #[arg(long)]
        empty: bool,
    },
    /// Add a rule to a dial plan, or replace the one with its name.
    AddRule {
        /// Name or id of the dial plan.
        plan: String,
        #[command(flatten)]
        rule: Rule,
    },
    /// Take a rule from a dial plan.
    RemoveRule {
        /// Name or id of the dial plan.
        plan: String,
        /// Name of the rule.
        rule: String,
    },
    /// Delete a dial plan that no policy names.
    Delete {
        /// Name or id.
        plan: String,
    },
    /// Try a dial plan on what may be dialled.
    Test {
        /// Name or id.
        plan: String,
        #[arg(required = true)]
        dialled: Vec<String>,
        /// Where it is dialled, two capital letters [default: the organization's country].
        #[arg(long)]
        country: Option<String>,
    },
}

#[derive(Debug, Args)]
pub struct Rule {
    name: String,
    /// A regular expression, such as '^9?(\d{4})$'.
    #[arg(long)]
    pattern: String,
    /// What takes its place, such as '+1206555$1'.
    #[arg(long)]
    translation: String,
    #[arg(long)]
    description: Option<String>,
    /// Its place, from 1 [default: the last].
    #[arg(long)]
    place: Option<usize>,
    /// The result is an extension, even if it looks like a number.
    #[arg(long)]
    internal: bool,
    /// The result is taken as it is.
    #[arg(long = "final")]
    is_final: bool,
}

const PLAN: &[Column] = &[("Name", "/name"), ("Description", "/description"), ("Warnings", "/warnings"), ("Id", "/id")];
const RULE: &[Column] = &[
    ("Rule", "/name"),
    ("Pattern", "/pattern"),
    ("Translation", "/translation"),
    ("Extension", "/is_internal_extension"),
    ("Final", "/is_final"),
];
const TESTED: &[Column] =
    &[("Dialled", "/dialled"), ("Becomes", "/result"), ("By rule", "/rule"), ("By country", "/by_country")];

pub(in crate::cli) async fn carry_out(
    client: &Client,
    tenant: &str,
    command: &DialPlanCommand,
) -> Result<Shown, ClientError> {
    let plans = format!("{tenant}/dial-plans");
    let find_plan = async |name: &str| find(client, &plans, "dial plan", name).await;
    match command {
        DialPlanCommand::List => Ok(Shown::Items(PLAN, client.list(&plans, &[], usize::MAX).await?)),
        DialPlanCommand::Show { plan } => Ok(shown(client.get(&find_plan(plan).await?).await?)),
        DialPlanCommand::Create { name, description, empty } => {
            let mut body = json!({ "name": name, "description": description });
            if *empty {
                body["rules"] = json!([]);
            }
            Ok(shown(client.write(Method::POST, &plans, &body).await?))
        }
        DialPlanCommand::AddRule { plan, rule } => {
            let path = find_plan(plan).await?;
            let mut rules = rules(&client.get(&path).await?, &rule.name);
            let at = rule.place.map_or(rules.len(), |place| place.saturating_sub(1).min(rules.len()));
            rules.insert(at, rule.body());
            Ok(shown(client.write(Method::PATCH, &path, &json!({ "rules": rules })).await?))
        }
        DialPlanCommand::RemoveRule { plan, rule } => {
            let path = find_plan(plan).await?;
            let before = client.get(&path).await?;
            let left = rules(&before, rule);
            if Some(left.len()) == before["rules"].as_array().map(Vec::len) {
                return Err(ClientError::NoSuch { what: "rule", name: rule.clone() });
            }
            Ok(shown(client.write(Method::PATCH, &path, &json!({ "rules": left })).await?))
        }
        DialPlanCommand::Delete { plan } => {
            client.delete(&find_plan(plan).await?).await?;
            Ok(Shown::Words(format!("{plan} was deleted.")))
        }
        DialPlanCommand::Test { plan, dialled, country } => {
            let path = format!("{}/test", find_plan(plan).await?);
            let body = json!({ "dialled": dialled, "country": country });
            let tested = client.write(Method::POST, &path, &body).await?;
            Ok(Shown::Items(TESTED, tested["items"].as_array().cloned().unwrap_or_default()))
        }
    }
}

fn shown(plan: Value) -> Shown {
    Shown::Object(PLAN, plan, &[("Rules", "/rules", RULE)])
}

/// The rules of a plan but the one with this name.
fn rules(plan: &Value, but: &str) -> Vec<Value> {
    let is_other = |rule: &&Value| !rule["name"].as_str().is_some_and(|name| name.eq_ignore_ascii_case(but));
    plan["rules"].as_array().into_iter().flatten().filter(is_other).cloned().collect()
}

impl Rule {
    fn body(&self) -> Value {
        json!({
            "name": self.name, "description": self.description, "pattern": self.pattern,
            "translation": self.translation, "is_internal_extension": self.internal, "is_final": self.is_final,
        })
    }
}
