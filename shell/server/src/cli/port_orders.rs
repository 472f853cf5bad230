//! Numbers that come from other carriers.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use reqwest::Method;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::client::{Client, ClientError};
use super::nouns::{Shown, find};
use super::print::Column;

#[derive(Debug, Subcommand)]
pub enum PortCommand {
    /// List the organization's orders, the newest first.
    List,
    /// Show an order with its numbers, and what keeps it from being handed in.
    Show {
        /// Name or id.
        order: String,
    },
    /// Make an order, as a draft.
    Create {
        name: String,
        #[command(flatten)]
        fields: Fields,
        /// Numbers such as +12065550101, or +12065550101=101 for who is to have it (extension of a person).
        #[arg(required = true)]
        numbers: Vec<String>,
    },
    /// Change an order that waits for the organization; what is not given stays. Numbers, if any are given, replace all.
    Change {
        /// Name or id.
        order: String,
        #[command(flatten)]
        fields: Fields,
        numbers: Vec<String>,
    },
    /// Print the letter of authorization.
    Letter {
        /// Name or id.
        order: String,
    },
    /// Sign the letter of authorization.
    Sign {
        /// Name or id.
        order: String,
        /// The authorized user, in full.
        #[arg(long = "as", value_name = "NAME")]
        signed_by: String,
    },
    /// Attach a paper that the losing carrier asks for: a PDF, JPEG or PNG.
    Attach {
        /// Name or id.
        order: String,
        file: PathBuf,
        #[arg(long, value_parser = ["bill", "letter_of_authorization", "other"])]
        kind: String,
    },
    /// List the papers of an order.
    Documents {
        /// Name or id.
        order: String,
    },
    /// Save a paper of an order.
    Document {
        /// Name or id.
        order: String,
        document: Uuid,
        /// The file that is written.
        file: PathBuf,
    },
    /// Take a paper out of an order.
    Detach {
        /// Name or id.
        order: String,
        document: Uuid,
    },
    /// Hand an order in, or a supplement to it.
    Submit {
        /// Name or id.
        order: String,
    },
    /// Give an order up; what has come stays.
    Cancel {
        /// Name or id.
        order: String,
    },
    /// Delete an order that nobody works on.
    Delete {
        /// Name or id.
        order: String,
    },
    /// What happened to an order, or to one of its numbers.
    Timeline {
        /// Name or id.
        order: String,
        #[arg(long)]
        number: Option<String>,
    },
    /// List orders of all organizations: for who runs the server.
    Queue {
        /// Of one state only.
        #[arg(long)]
        state: Option<String>,
    },
    /// Show the PIN of the account at the losing carrier: for who runs the server.
    Pin { order: Uuid },
    /// Say where numbers of an order are: for who runs the server.
    Report {
        order: Uuid,
        #[arg(value_parser = [
            "contacting_carrier", "transfer_approved", "transfer_pending", "completed", "error", "cancelled",
        ])]
        state: String,
        /// When the losing carrier lets them go: 2030-01-31T15:00:00Z.
        #[arg(long)]
        transfer_at: Option<String>,
        /// What the organization is to do.
        #[arg(long)]
        reason: Option<String>,
        /// What numbers have in common that an operator brings; needed when those have come.
        #[arg(long)]
        calling_profile: Option<Uuid>,
        /// One of its numbers; more than once for more; all that are not over if none is given.
        #[arg(long = "number")]
        numbers: Vec<String>,
    },
}

#[derive(Debug, Args)]
pub struct Fields {
    /// Two capital letters.
    #[arg(long)]
    country: Option<String>,
    #[arg(long, value_parser = ["geographic", "mobile", "toll_free"])]
    kind: Option<String>,
    /// What the numbers are for when they have come.
    #[arg(long, value_parser = ["user", "service_toll", "service_toll_free"])]
    usage: Option<String>,
    /// The losing carrier.
    #[arg(long)]
    carrier: Option<String>,
    /// The account there, without spaces and dashes.
    #[arg(long)]
    account: Option<String>,
    /// Its PIN; better in the environment than in the history of a shell.
    #[arg(long, env = "TRUNKLINE_ACCOUNT_PIN", hide_env_values = true)]
    account_pin: Option<String>,
    /// The number that the losing carrier bills.
    #[arg(long)]
    billing_number: Option<String>,
    /// Which number the account is billed to from then on, if it stays.
    #[arg(long)]
    new_billing_number: Option<String>,
    /// Whether the account ends: then all of its numbers come.
    #[arg(long)]
    closes_account: Option<bool>,
    #[arg(long)]
    organization: Option<String>,
    /// Who may decide about the account.
    #[arg(long)]
    authorized_user: Option<String>,
    /// The service address, as the losing carrier has it.
    #[arg(long)]
    address: Option<String>,
    /// Wished for: 2030-01-31.
    #[arg(long, value_name = "DATE")]
    requested_date: Option<String>,
    /// Where news goes; more than once for more.
    #[arg(long = "notify", value_name = "MAIL")]
    notification_emails: Vec<String>,
    /// Id of the operator that is to bring the numbers; without one who runs the server does.
    #[arg(long, value_name = "ID")]
    operator: Option<String>,
}

const ORDER: &[Column] = &[
    ("Name", "/name"),
    ("State", "/state"),
    ("Kind", "/kind"),
    ("Numbers", "/n_numbers"),
    ("Carrier", "/losing_carrier"),
    ("Made", "/created_at"),
    ("Id", "/id"),
];
const QUEUED: &[Column] = &[
    ("Id", "/id"),
    ("Organization", "/tenant"),
    ("Name", "/name"),
    ("State", "/state"),
    ("Numbers", "/n_numbers"),
    ("Carrier", "/losing_carrier"),
    ("Changed", "/updated_at"),
];
const ONE: &[Column] = &[
    ("Name", "/name"),
    ("State", "/state"),
    ("Country", "/country"),
    ("Kind", "/kind"),
    ("Usage", "/usage"),
    ("Carrier", "/losing_carrier"),
    ("Account", "/account_number"),
    ("PIN known", "/has_account_pin"),
    ("Billing number", "/billing_number"),
    ("Scope", "/scope"),
    ("Organization", "/organization_name"),
    ("Authorized user", "/authorized_user"),
    ("Address", "/service_address"),
    ("Wished for", "/requested_date"),
    ("Operator", "/operator"),
    ("Signed", "/is_signed"),
    ("Papers needed", "/needed_documents"),
    ("Handed in", "/submitted"),
    ("May be changed", "/may/edit"),
    ("May be cancelled", "/may/cancel"),
    ("Id", "/id"),
];
const PAPER: &[Column] = &[
    ("Kind", "/kind"),
    ("Name", "/name"),
    ("Type", "/media_type"),
    ("Bytes", "/size_bytes"),
    ("Added", "/added_at"),
    ("Id", "/id"),
];
const PIN: &[Column] = &[("PIN", "/account_pin")];
const NUMBER: &[Column] =
    &[("Number", "/number"), ("State", "/state"), ("Comes at", "/transfer_at"), ("Reason", "/reason")];
const FAULT: &[Column] = &[("Field", "/field"), ("Code", "/code"), ("Message", "/message"), ("What to do", "/fix")];
pub(super) const STEP: &[Column] = &[
    ("At", "/at"),
    ("What", "/what"),
    ("Numbers", "/numbers"),
    ("Comes at", "/transfer_at"),
    ("Who", "/actor"),
    ("Note", "/note"),
];

pub(super) async fn carry_out(client: &Client, command: &PortCommand) -> Result<Shown, ClientError> {
    match command {
        PortCommand::Queue { state } => {
            let query: Vec<_> = state.clone().map(|state| ("state", state)).into_iter().collect();
            return Ok(Shown::Items(QUEUED, client.list("/port-orders", &query, usize::MAX).await?));
        }
        PortCommand::Pin { order } => {
            return Ok(Shown::Object(PIN, client.get(&format!("/port-orders/{order}/account-pin")).await?, &[]));
        }
        PortCommand::Report { order, state, transfer_at, reason, calling_profile, numbers } => {
            let body = json!({
                "state": state, "transfer_at": transfer_at, "reason": reason, "numbers": numbers,
                "calling_profile": calling_profile,
            });
            let order = client.write(Method::POST, &format!("/port-orders/{order}/status"), &body).await?;
            return Ok(shown(order));
        }
        PortCommand::List
        | PortCommand::Show { .. }
        | PortCommand::Create { .. }
        | PortCommand::Change { .. }
        | PortCommand::Letter { .. }
        | PortCommand::Sign { .. }
        | PortCommand::Attach { .. }
        | PortCommand::Documents { .. }
        | PortCommand::Document { .. }
        | PortCommand::Detach { .. }
        | PortCommand::Submit { .. }
        | PortCommand::Cancel { .. }
        | PortCommand::Delete { .. }
        | PortCommand::Timeline { .. } => {}
    }
    of_tenant(client, command).await
}

async fn of_tenant(client: &Client, command: &PortCommand) -> Result<Shown, ClientError> {
    let tenant = client.tenant().await?;
    let orders = format!("{tenant}/port-orders");
    let find_order = async |name: &str| find(client, &orders, "port order", name).await;
    match command {
        PortCommand::List => Ok(Shown::Items(ORDER, client.list(&orders, &[], usize::MAX).await?)),
        PortCommand::Show { order } => Ok(shown(client.get(&find_order(order).await?).await?)),
        PortCommand::Create { name, fields, numbers } => {
            let mut body = Map::new();
            body.insert("name".to_owned(), json!(name));
            for (field, value) in [("country", ""), ("kind", "geographic"), ("usage", "user")] {
                body.insert(field.to_owned(), json!(value));
            }
            fields.write(&mut body);
            body.insert("numbers".to_owned(), wishes(client, &tenant, numbers).await?);
            Ok(shown(client.write(Method::POST, &orders, &Value::Object(body)).await?))
        }
        PortCommand::Change { order, fields, numbers } => {
            let path = find_order(order).await?;
            let there = client.get(&path).await?;
            let mut body = there.as_object().cloned().unwrap_or_default();
            fields.write(&mut body);
            let kept = there["numbers"].as_array().into_iter().flatten();
            let kept = kept.map(|number| json!({ "number": number["number"], "assign_to": number["assign_to"] }));
            let numbers = match numbers.as_slice() {
                [] => Value::Array(kept.collect()),
                numbers => wishes(client, &tenant, numbers).await?,
            };
            body.insert("numbers".to_owned(), numbers);
            Ok(shown(client.write(Method::PUT, &path, &Value::Object(body)).await?))
        }
        PortCommand::Letter { order } => {
            let order = client.get(&find_order(order).await?).await?;
            Ok(Shown::Words(order["letter"].as_str().unwrap_or_default().to_owned()))
        }
        PortCommand::Sign { order, signed_by } => {
            let path = format!("{}/sign", find_order(order).await?);
            Ok(shown(client.write(Method::POST, &path, &json!({ "signed_by": signed_by })).await?))
        }
        PortCommand::Attach { .. }
        | PortCommand::Documents { .. }
        | PortCommand::Document { .. }
        | PortCommand::Detach { .. } => papers(client, &orders, command).await,
        PortCommand::Submit { order } => Ok(shown(client.post(&format!("{}/submit", find_order(order).await?)).await?)),
        PortCommand::Cancel { order } => Ok(shown(client.post(&format!("{}/cancel", find_order(order).await?)).await?)),
        PortCommand::Delete { order } => {
            client.delete(&find_order(order).await?).await?;
            Ok(Shown::Words(format!("{order} was deleted.")))
        }
        PortCommand::Timeline { order, number } => {
            let query: Vec<_> = number.clone().map(|number| ("number", number)).into_iter().collect();
            let path = format!("{}/timeline", find_order(order).await?);
            Ok(Shown::Items(STEP, client.list(&path, &query, usize::MAX).await?))
        }
        // Carried out before, for they need no organization.
        PortCommand::Queue { .. } | PortCommand::Pin { .. } | PortCommand::Report { .. } => {
            Ok(Shown::Words(String::new()))
        }
    }
}

/// What is done with the papers of an order.
async fn papers(client: &Client, orders: &str, command: &PortCommand) -> Result<Shown, ClientError> {
    let of_order = async |name: &str| Ok(format!("{}/documents", find(client, orders, "port order", name).await?));
    match command {
        PortCommand::Attach { order, file, kind } => {
            let unreadable = |source| ClientError::Unreadable { path: file.clone(), source };
            let content = std::fs::read(file).map_err(unreadable)?;
            let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let query = [("kind", kind.clone()), ("file_name", name)];
            let path = of_order(order).await?;
            let attached = client.send_file(&path, &query, "application/octet-stream", content).await?;
            Ok(Shown::Object(PAPER, attached, &[]))
        }
        PortCommand::Documents { order } => {
            Ok(Shown::Items(PAPER, client.list(&of_order(order).await?, &[], usize::MAX).await?))
        }
        PortCommand::Document { order, document, file } => {
            let content = client.bytes(&format!("{}/{document}", of_order(order).await?)).await?;
            std::fs::write(file, content).map_err(|source| ClientError::Unwritable { path: file.clone(), source })?;
            Ok(Shown::Words(format!("The document was saved as {}.", file.display())))
        }
        PortCommand::Detach { order, document } => {
            client.delete(&format!("{}/{document}", of_order(order).await?)).await?;
            Ok(Shown::Words("The document was taken out.".to_owned()))
        }
        PortCommand::List
        | PortCommand::Show { .. }
        | PortCommand::Create { .. }
        | PortCommand::Change { .. }
        | PortCommand::Letter { .. }
        | PortCommand::Sign { .. }
        | PortCommand::Submit { .. }
        | PortCommand::Cancel { .. }
        | PortCommand::Delete { .. }
        | PortCommand::Timeline { .. }
        | PortCommand::Queue { .. }
        | PortCommand::Pin { .. }
        | PortCommand::Report { .. } => Ok(Shown::Words(String::new())),
    }
}

/// Numbers as the API takes them; who is to have one is looked up.
async fn wishes(client: &Client, tenant: &str, numbers: &[String]) -> Result<Value, ClientError> {
    let mut wishes = Vec::with_capacity(numbers.len());
    for text in numbers {
        wishes.push(match text.split_once('=') {
            Some((number, extension)) => {
                let user = client.get(&format!("{tenant}/users/{extension}")).await?;
                json!({ "number": number, "assign_to": { "type": "user", "id": user["id"] } })
            }
            None => json!({ "number": text }),
        });
    }
    Ok(Value::Array(wishes))
}

fn shown(order: Value) -> Shown {
    let has_faults = order["faults"].as_array().is_some_and(|faults| !faults.is_empty());
    let numbers_only: &[_] = &[("Numbers", "/numbers", NUMBER)];
    let with_faults: &[_] = &[("Numbers", "/numbers", NUMBER), ("Before it can be handed in", "/faults", FAULT)];
    Shown::Object(ONE, order, if has_faults { with_faults } else { numbers_only })
}

impl Fields {
    /// Writes what was given over what is there.
    fn write(&self, body: &mut Map<String, Value>) {
        let texts = [
            ("country", &self.country),
            ("kind", &self.kind),
            ("usage", &self.usage),
            ("losing_carrier", &self.carrier),
            ("account_number", &self.account),
            ("account_pin", &self.account_pin),
            ("billing_number", &self.billing_number),
            ("new_billing_number", &self.new_billing_number),
            ("organization_name", &self.organization),
            ("authorized_user", &self.authorized_user),
            ("service_address", &self.address),
            ("requested_date", &self.requested_date),
            ("operator", &self.operator),
        ];
        for (field, text) in texts {
            if let Some(text) = text {
                body.insert(field.to_owned(), json!(text));
            }
        }
        if let Some(closes) = self.closes_account {
            body.insert("closes_account".to_owned(), json!(closes));
        }
        if !self.notification_emails.is_empty() {
            body.insert("notification_emails".to_owned(), json!(self.notification_emails));
        }
    }
}
