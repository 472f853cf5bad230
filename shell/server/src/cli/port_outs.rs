//! Numbers that other carriers ask for, and the PIN that they must know.

use clap::{Args, Subcommand};
use reqwest::Method;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::client::{Client, ClientError};
use super::nouns::Shown;
use super::port_orders::STEP;
use super::print::Column;

#[derive(Debug, Subcommand)]
pub enum PortOutCommand {
    /// List what other carriers ask for, the newest first.
    List(Filter),
    /// Show a request with its numbers.
    Show { request: Uuid },
    /// What happened to a request, or to one of its numbers.
    Timeline {
        request: Uuid,
        #[arg(long)]
        number: Option<String>,
    },
    /// Let numbers go.
    Authorize {
        request: Uuid,
        /// One of its numbers; more than once for more; all that wait if none is given.
        #[arg(long = "number")]
        numbers: Vec<String>,
    },
    /// Keep numbers.
    Reject {
        request: Uuid,
        #[arg(value_parser = [
            "account_mismatch", "address_mismatch", "name_mismatch", "not_authorized", "number_not_on_account",
            "port_freeze", "other",
        ])]
        reason: String,
        /// In words; needed for other.
        #[arg(long)]
        note: Option<String>,
        /// One of its numbers; more than once for more; all that wait if none is given.
        #[arg(long = "number")]
        numbers: Vec<String>,
    },
    /// Show whether there is a porting PIN, and how often a wrong one was quoted.
    Pin,
    /// Set the porting PIN, or another one.
    SetPin(Pin),
    /// List what other carriers ask of all organizations: for who runs the server.
    Queue(Filter),
    /// Ask for numbers in the name of another carrier: for who runs the server.
    Request(Request),
    /// Say that numbers are gone, or wanted no longer: for who runs the server.
    Report {
        request: Uuid,
        #[arg(value_parser = ["ported", "cancelled"])]
        state: String,
        /// One of its numbers; more than once for more; all that can be if none is given.
        #[arg(long = "number")]
        numbers: Vec<String>,
    },
}

#[derive(Debug, Args)]
pub struct Filter {
    /// Of one state only.
    #[arg(long, value_parser = ["pending", "authorized", "ported", "rejected", "cancelled"])]
    state: Option<String>,
}

#[derive(Debug, Args)]
pub struct Pin {
    /// Ten digits; better in the environment than in the history of a shell.
    #[arg(long, env = "TRUNKLINE_PORTING_PIN", hide_env_values = true)]
    pin: String,
}

#[derive(Debug, Args)]
pub struct Request {
    /// All of one organization.
    #[arg(required = true)]
    numbers: Vec<String>,
    #[command(flatten)]
    pin: Pin,
    /// The gaining carrier.
    #[arg(long)]
    carrier: String,
    /// What the gaining carrier calls its order.
    #[arg(long)]
    reference: Option<String>,
    /// When it would like to have them: 2030-01-31.
    #[arg(long, value_name = "DATE")]
    requested_date: Option<String>,
    /// Until when the organization is to answer: 2030-01-31T15:00:00Z.
    #[arg(long, value_name = "TIME")]
    answer_by: Option<String>,
}

const LIST: &[Column] = &[
    ("Carrier", "/gaining_carrier"),
    ("Reference", "/reference"),
    ("State", "/state"),
    ("Numbers", "/n_numbers"),
    ("Answer by", "/answer_by"),
    ("Id", "/id"),
];
const QUEUED: &[Column] = &[
    ("Id", "/id"),
    ("Organization", "/tenant"),
    ("Carrier", "/gaining_carrier"),
    ("State", "/state"),
    ("Numbers", "/n_numbers"),
    ("Answer by", "/answer_by"),
];
const ONE: &[Column] = &[
    ("Carrier", "/gaining_carrier"),
    ("Reference", "/reference"),
    ("State", "/state"),
    ("Wished for", "/requested_date"),
    ("Answer by", "/answer_by"),
    ("May be answered", "/may_answer"),
    ("Asked at", "/created_at"),
    ("Operator", "/operator"),
    ("Id", "/id"),
];
const NUMBER: &[Column] = &[("Number", "/number"), ("State", "/state"), ("Reason", "/reason"), ("Note", "/note")];
const PIN: &[Column] = &[
    ("Set", "/is_set"),
    ("Set at", "/set_at"),
    ("Set by", "/set_by"),
    ("Wrong tries", "/wrong_tries"),
    ("Locked until", "/locked_until"),
];

pub(super) async fn carry_out(client: &Client, command: &PortOutCommand) -> Result<Shown, ClientError> {
    match command {
        PortOutCommand::Queue(filter) => {
            Ok(Shown::Items(QUEUED, client.list("/port-outs", &filter.query(), usize::MAX).await?))
        }
        PortOutCommand::Request(request) => {
            Ok(Shown::Object(ONE, client.write(Method::POST, "/port-outs", &request.body()).await?, &[]))
        }
        PortOutCommand::Report { request, state, numbers } => {
            let body = json!({ "state": state, "numbers": numbers });
            let path = format!("/port-outs/{request}/status");
            Ok(Shown::Object(ONE, client.write(Method::POST, &path, &body).await?, &[]))
        }
        PortOutCommand::List(filter) => {
            let path = format!("{}/port-outs", client.tenant().await?);
            Ok(Shown::Items(LIST, client.list(&path, &filter.query(), usize::MAX).await?))
        }
        PortOutCommand::Show { request } => shown(client, *request).await,
        PortOutCommand::Timeline { request, number } => {
            let query: Vec<_> = number.clone().map(|number| ("number", number)).into_iter().collect();
            let path = format!("{}/timeline", path(client, *request).await?);
            Ok(Shown::Items(STEP, client.list(&path, &query, usize::MAX).await?))
        }
        PortOutCommand::Authorize { request, numbers } => {
            let path = format!("{}/authorize", path(client, *request).await?);
            client.write(Method::POST, &path, &json!({ "numbers": numbers })).await?;
            shown(client, *request).await
        }
        PortOutCommand::Reject { request, reason, note, numbers } => {
            let path = format!("{}/reject", path(client, *request).await?);
            let body = json!({ "numbers": numbers, "reason": reason, "note": note });
            client.write(Method::POST, &path, &body).await?;
            shown(client, *request).await
        }
        PortOutCommand::Pin => {
            let path = format!("{}/porting-pin", client.tenant().await?);
            Ok(Shown::Object(PIN, client.get(&path).await?, &[]))
        }
        PortOutCommand::SetPin(pin) => {
            let path = format!("{}/porting-pin", client.tenant().await?);
            Ok(Shown::Object(PIN, client.write(Method::PUT, &path, &json!({ "pin": pin.pin })).await?, &[]))
        }
    }
}

async fn path(client: &Client, request: Uuid) -> Result<String, ClientError> {
    Ok(format!("{}/port-outs/{request}", client.tenant().await?))
}

async fn shown(client: &Client, request: Uuid) -> Result<Shown, ClientError> {
    let path = path(client, request).await?;
    let mut found = client.get(&path).await?;
    let numbers = client.list(&format!("{path}/numbers"), &[], usize::MAX).await?;
    if let Some(found) = found.as_object_mut() {
        found.insert("numbers".to_owned(), Value::Array(numbers));
    }
    Ok(Shown::Object(ONE, found, &[("Numbers", "/numbers", NUMBER)]))
}

impl Filter {
    fn query(&self) -> Vec<(&'static str, String)> {
        self.state.clone().map(|state| ("state", state)).into_iter().collect()
    }
}

impl Request {
    fn body(&self) -> Value {
        let texts =
            [("reference", &self.reference), ("requested_date", &self.requested_date), ("answer_by", &self.answer_by)];
        let given = texts.into_iter().filter_map(|(field, text)| Some((field.to_owned(), json!(text.as_ref()?))));
        let mut body: Map<String, Value> = given.collect();
        body.insert("numbers".to_owned(), json!(self.numbers));
        body.insert("pin".to_owned(), json!(self.pin.pin));
        body.insert("gaining_carrier".to_owned(), json!(self.carrier));
        Value::Object(body)
    }
}
