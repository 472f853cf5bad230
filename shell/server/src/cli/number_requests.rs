//! Numbers that the organization asks operators for.

use clap::{Args, Subcommand};
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use super::client::{Client, ClientError};
use super::nouns::{Shown, find};
use super::port_orders::STEP;
use super::print::Column;

#[derive(Debug, Subcommand)]
pub enum NumberRequestCommand {
    /// List requests, the newest first.
    List {
        #[arg(long, value_parser = ["requested", "quoted", "accepted", "fulfilled", "rejected", "cancelled"])]
        state: Option<String>,
    },
    /// Show a request and what the operator quoted.
    Show { request: Uuid },
    /// Ask an operator for numbers.
    Create(Create),
    /// Accept what the operator quoted.
    Accept { request: Uuid },
    /// Give a request up; numbers that came of it stay.
    Cancel { request: Uuid },
    /// What happened to a request.
    Timeline { request: Uuid },
}

#[derive(Debug, Args)]
pub struct Create {
    /// Name or id.
    operator: String,
    /// Two capital letters.
    #[arg(long)]
    country: String,
    #[arg(long, default_value = "user", value_parser = ["user", "service_toll", "service_toll_free"])]
    kind: String,
    /// A city or an area code.
    #[arg(long)]
    area: Option<String>,
    /// How many.
    #[arg(long)]
    quantity: u32,
    #[arg(long)]
    note: Option<String>,
}

const LIST: &[Column] = &[
    ("State", "/state"),
    ("Country", "/country"),
    ("Area", "/area"),
    ("Kind", "/kind"),
    ("Wanted", "/quantity"),
    ("Given", "/given"),
    ("Id", "/id"),
];
const ONE: &[Column] = &[
    ("State", "/state"),
    ("Operator", "/operator"),
    ("Country", "/country"),
    ("Area", "/area"),
    ("Kind", "/kind"),
    ("Wanted", "/quantity"),
    ("Given", "/given"),
    ("Note", "/note"),
    ("Reason", "/reason"),
    ("Costs once", "/costs_once"),
    ("Costs monthly", "/costs_monthly"),
    ("Ready on", "/quote/ready_on"),
    ("Quote good until", "/quote/valid_until"),
    ("Note of the quote", "/quote/note"),
    ("Id", "/id"),
];

pub(super) async fn carry_out(
    client: &Client,
    tenant: &str,
    command: &NumberRequestCommand,
) -> Result<Shown, ClientError> {
    let requests = format!("{tenant}/number-requests");
    match command {
        NumberRequestCommand::List { state } => {
            let query: Vec<_> = state.clone().map(|state| ("state", state)).into_iter().collect();
            Ok(Shown::Items(LIST, client.list(&requests, &query, usize::MAX).await?))
        }
        NumberRequestCommand::Show { request } => Ok(shown(client.get(&format!("{requests}/{request}")).await?)),
        NumberRequestCommand::Create(wanted) => {
            let path = find(client, &format!("{tenant}/operators"), "operator", &wanted.operator).await?;
            let operator = path.rsplit('/').next().unwrap_or_default();
            let body = json!({
                "operator": operator, "country": wanted.country, "kind": wanted.kind, "area": wanted.area,
                "quantity": wanted.quantity, "note": wanted.note,
            });
            Ok(shown(client.write(Method::POST, &requests, &body).await?))
        }
        NumberRequestCommand::Accept { request } => {
            Ok(shown(client.post(&format!("{requests}/{request}/accept")).await?))
        }
        NumberRequestCommand::Cancel { request } => {
            Ok(shown(client.post(&format!("{requests}/{request}/cancel")).await?))
        }
        NumberRequestCommand::Timeline { request } => {
            Ok(Shown::Items(STEP, client.list(&format!("{requests}/{request}/timeline"), &[], usize::MAX).await?))
        }
    }
}

/// Amounts as people read them.
fn shown(mut request: Value) -> Shown {
    let amount = |field: &str| {
        let micros = request["quote"][field].as_i64()?;
        let currency = request["quote"]["currency"].as_str()?;
        Some(json!(format!("{}.{:02} {currency}", micros / 1_000_000, micros % 1_000_000 / 10_000)))
    };
    let amounts = [("costs_once", amount("setup_micros")), ("costs_monthly", amount("monthly_micros"))];
    if let Some(fields) = request.as_object_mut() {
        for (name, amount) in amounts {
            fields.insert(name.to_owned(), amount.unwrap_or(Value::Null));
        }
    }
    Shown::Object(ONE, request, &[])
}
