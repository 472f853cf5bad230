//! Voice routes, and what would become of a call.

use clap::{Args, Subcommand};
use reqwest::Method;
use serde_json::{Map, Value, json};

use super::super::client::{Client, ClientError};
use super::super::nouns::{Shown, find};
use super::super::print::Column;

#[derive(Debug, Subcommand)]
pub enum RouteCommand {
    /// List voice routes, the lowest priority first.
    List,
    /// Show a voice route.
    Show {
        /// Name or id.
        route: String,
    },
    /// Make a voice route.
    Create {
        name: String,
        #[command(flatten)]
        fields: Fields,
    },
    /// Change a voice route; what is not given stays.
    Change {
        /// Name or id.
        route: String,
        #[arg(long)]
        name: Option<String>,
        #[command(flatten)]
        fields: Fields,
    },
    /// Delete a voice route.
    Delete {
        /// Name or id.
        route: String,
    },
    /// Tell what becomes of a call that a person dials, once calls follow routes; nothing is called.
    Test {
        /// Id or extension of the person.
        user: String,
        /// What is dialled.
        dialled: String,
        /// The line that is used [default: the one that calls show].
        #[arg(long)]
        number: Option<String>,
        /// When, such as 2026-12-24T18:00:00Z [default: now].
        #[arg(long)]
        at: Option<String>,
    },
}

/// What a route may have.
#[derive(Debug, Args)]
pub struct Fields {
    /// A regular expression for numbers such as +14255550100 [default: ten digits or more].
    #[arg(long)]
    pattern: Option<String>,
    /// From 1, the lowest first; another route there goes one further [default: the last].
    #[arg(long)]
    priority: Option<u32>,
    /// Name of a PSTN usage; more than once for more.
    #[arg(long = "usage")]
    usages: Vec<String>,
    /// Name or id of a trunk; more than once for more, tried in this order.
    #[arg(long = "trunk")]
    trunks: Vec<String>,
    /// A number of the organization that calls show; an empty text is the caller's own.
    #[arg(long)]
    caller_id: Option<String>,
    #[arg(long)]
    description: Option<String>,
}

const ROUTE: &[Column] = &[
    ("Priority", "/priority"),
    ("Name", "/name"),
    ("Pattern", "/pattern"),
    ("Usages", "/pstn_usages"),
    ("Trunks", "/trunk_names"),
];
const ONE: &[Column] = &[
    ("Name", "/name"),
    ("Priority", "/priority"),
    ("Pattern", "/pattern"),
    ("Usages", "/pstn_usages"),
    ("Trunks", "/trunk_names"),
    ("Shows", "/caller_id"),
    ("Description", "/description"),
    ("Warnings", "/warnings"),
    ("Id", "/id"),
];
const TESTED: &[Column] = &[
    ("Outcome", "/outcome"),
    ("Reaches", "/reaches"),
    ("Number", "/normalization/result"),
    ("Dial plan", "/dial_plan"),
    ("By rule", "/normalization/rule"),
    ("Shows", "/caller_id"),
    ("Refused", "/refusal/detail"),
    ("What to do", "/refusal/fix"),
];
const POLICY: &[Column] = &[("Type", "/type"), ("Policy", "/name"), ("Why", "/reason")];
const USAGE: &[Column] = &[("Usage", "/usage"), ("State", "/state")];
const LOOKED_AT: &[Column] = &[
    ("Priority", "/priority"),
    ("Route", "/name"),
    ("Usage", "/usage"),
    ("Pattern", "/pattern"),
    ("Matches", "/matches"),
];
const ATTEMPT: &[Column] = &[
    ("Place", "/place"),
    ("Trunk", "/trunk"),
    ("Route", "/route"),
    ("Called", "/called"),
    ("By rule", "/called_rule"),
    ("Calling", "/calling"),
    ("By rule", "/calling_rule"),
    ("Signed", "/signs"),
];
const SKIPPED: &[Column] = &[("Trunk", "/trunk"), ("Route", "/route"), ("Why", "/reason")];

pub(in crate::cli) async fn carry_out(
    client: &Client,
    tenant: &str,
    command: &RouteCommand,
) -> Result<Shown, ClientError> {
    let routes = format!("{tenant}/voice-routes");
    let find_route = async |name: &str| find(client, &routes, "route", name).await;
    match command {
        RouteCommand::List => {
            let list = client.list(&routes, &[], usize::MAX).await?;
            Ok(Shown::Items(ROUTE, list.into_iter().map(with_names).collect()))
        }
        RouteCommand::Show { route } => {
            let route = client.get(&find_route(route).await?).await?;
            Ok(Shown::Object(ONE, with_names(route), &[]))
        }
        RouteCommand::Create { name, fields } => {
            let made = client.write(Method::POST, &routes, &fields.body(Some(name))).await?;
            Ok(Shown::Object(ONE, with_names(made), &[]))
        }
        RouteCommand::Change { route, name, fields } => {
            let path = find_route(route).await?;
            let changed = client.write(Method::PATCH, &path, &fields.body(name.as_ref())).await?;
            Ok(Shown::Object(ONE, with_names(changed), &[]))
        }
        RouteCommand::Delete { route } => {
            client.delete(&find_route(route).await?).await?;
            Ok(Shown::Words(format!("{route} was deleted.")))
        }
        RouteCommand::Test { user, dialled, number, at } => {
            let body = json!({ "user": user, "dialled": dialled, "number": number, "at": at });
            let tested = client.write(Method::POST, &format!("{routes}/test"), &body).await?;
            let lists = &[
                ("Tried in this order", "/attempts", ATTEMPT),
                ("Not tried", "/skipped", SKIPPED),
                ("Usages", "/usages", USAGE),
                ("Routes", "/routes", LOOKED_AT),
                ("Policies", "/policies", POLICY),
            ];
            Ok(Shown::Object(TESTED, tested, lists))
        }
    }
}

/// A route with the names of its trunks side by side.
fn with_names(mut route: Value) -> Value {
    let names = route["trunks"].as_array().into_iter().flatten();
    let names: Vec<Value> = names.map(|trunk| trunk["name"].clone()).collect();
    route["trunk_names"] = json!(names);
    route
}

impl Fields {
    /// What was given, as the API takes it.
    fn body(&self, name: Option<&String>) -> Value {
        let list = |items: &Vec<String>| (!items.is_empty()).then(|| json!(items));
        let text = |it: &String| if it.is_empty() { Value::Null } else { json!(it) };
        let fields = [
            ("name", name.map(|it| json!(it))),
            ("pattern", self.pattern.as_ref().map(|it| json!(it))),
            ("priority", self.priority.map(|it| json!(it))),
            ("pstn_usages", list(&self.usages)),
            ("trunks", list(&self.trunks)),
            ("caller_id", self.caller_id.as_ref().map(text)),
            ("description", self.description.as_ref().map(text)),
        ];
        let given = fields.into_iter().filter_map(|(field, value)| Some((field.to_owned(), value?)));
        Value::Object(given.collect::<Map<_, _>>())
    }
}
