//! Operators: kept by who runs the server, chosen by organizations.

use clap::{Args, Subcommand};
use reqwest::Method;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::client::{Client, ClientError};
use super::nouns::{Shown, find};
use super::print::Column;

#[derive(Debug, Subcommand)]
pub enum OperatorCommand {
    /// List all operators: for who runs the server.
    List,
    /// Show an operator: for who runs the server.
    Show {
        /// Name or id.
        operator: String,
    },
    /// Make an operator, as a draft: for who runs the server.
    Create {
        name: String,
        #[command(flatten)]
        fields: Fields,
    },
    /// Change an operator; what is not given stays: for who runs the server.
    Change {
        /// Name or id.
        operator: String,
        #[arg(long)]
        name: Option<String>,
        /// From draft over testing to launched; suspended for a while.
        #[arg(long, value_parser = ["draft", "testing", "launched", "suspended"])]
        state: Option<String>,
        #[command(flatten)]
        fields: Fields,
    },
    /// Delete an operator that no organization has a consent with: for who runs the server.
    Delete {
        /// Name or id.
        operator: String,
    },
    /// Credentials of an operator's programs: for who runs the server.
    #[command(subcommand)]
    Client(ClientCommand),
    /// List operators that the organization can choose or has chosen.
    Directory,
    /// Consent to an operator: it may then give numbers to the organization.
    Consent(Consent),
    /// Show the consent to an operator.
    ShowConsent {
        /// Name or id.
        operator: String,
    },
    /// Take no new numbers of an operator for a while; what there is goes on.
    Suspend {
        /// Name or id.
        operator: String,
    },
    /// Take numbers of an operator again.
    Resume {
        /// Name or id.
        operator: String,
    },
    /// Remove the consent to an operator, when none of its numbers is left.
    Remove {
        /// Name or id.
        operator: String,
    },
}

#[derive(Debug, Subcommand)]
pub enum ClientCommand {
    /// List them.
    List {
        /// Name or id of the operator.
        operator: String,
    },
    /// Make credentials; the secret is shown this once. To rotate them, make new ones and then revoke the old.
    Create {
        /// Name or id of the operator.
        operator: String,
        /// Which program it is, in words.
        #[arg(long)]
        name: String,
    },
    /// End credentials, and the tokens that were got with them.
    Revoke {
        /// Name or id of the operator.
        operator: String,
        client: Uuid,
    },
}

#[derive(Debug, Args)]
pub struct Fields {
    /// Where organizations read about it.
    #[arg(long, value_name = "URL")]
    landing_page: Option<String>,
    #[arg(long, value_name = "URL")]
    logo: Option<String>,
    /// Who helps: an address, a number, a page.
    #[arg(long)]
    support_contact: Option<String>,
    /// What it has and where, such as calling=US,CA; more than once for more.
    #[arg(long = "offering", value_name = "KIND=COUNTRIES", value_parser = offering)]
    offerings: Vec<Value>,
}

#[derive(Debug, Args)]
pub struct Consent {
    /// Name or id.
    operator: String,
    /// Two capital letters; more than once for more.
    #[arg(long = "country", required = true)]
    countries: Vec<String>,
    /// Name of the organization, for the operator.
    #[arg(long)]
    company: String,
    /// Roughly how many people it has.
    #[arg(long)]
    company_size: Option<u32>,
    /// Whom the operator may ask, such as "Ann Admin <ann@example.org>"; more than once for more.
    #[arg(long = "contact", required = true, value_name = "NAME <MAIL>", value_parser = contact)]
    contacts: Vec<Value>,
    /// Let the operator take its numbers from people and services.
    #[arg(long)]
    may_unassign: bool,
    /// Let calls over the operator's trunks reach all numbers, not those of the operator alone.
    #[arg(long)]
    may_reach_all_numbers: bool,
}

const OPERATOR: &[Column] = &[
    ("Name", "/name"),
    ("State", "/state"),
    ("Offers", "/offers"),
    ("Page", "/landing_page"),
    ("Support", "/support_contact"),
    ("Id", "/id"),
];
const LISTED: &[Column] = &[
    ("Name", "/name"),
    ("Offers", "/offers"),
    ("Page", "/landing_page"),
    ("Consent", "/consent/status"),
    ("Relationship", "/consent/relationship_status"),
    ("Countries", "/consent/countries"),
];
const CLIENT: &[Column] = &[("Client id", "/id"), ("Name", "/name"), ("Made", "/created_at")];
const NEW_CLIENT: &[Column] = &[("Client id", "/client_id"), ("Secret", "/client_secret"), ("Name", "/name")];
const CONSENT: &[Column] = &[
    ("Status", "/status"),
    ("Relationship", "/relationship_status"),
    ("Reason", "/reason"),
    ("Countries", "/countries"),
    ("Company", "/company_name"),
    ("Size", "/company_size"),
    ("May unassign", "/operator_may_unassign"),
    ("May reach all numbers", "/operator_may_reach_all_numbers"),
    ("Since", "/consented_at"),
    ("By", "/consented_by"),
];
const CONTACT: &[Column] = &[("Name", "/full_name"), ("E-mail", "/email"), ("Phone", "/phone")];

pub(super) async fn carry_out(client: &Client, command: &OperatorCommand) -> Result<Shown, ClientError> {
    let find_operator = async |name: &str| find(client, "/operators", "operator", name).await;
    match command {
        OperatorCommand::List => {
            let operators = client.list("/operators", &[], usize::MAX).await?;
            Ok(Shown::Items(OPERATOR, operators.into_iter().map(with_offers).collect()))
        }
        OperatorCommand::Show { operator } => one(client.get(&find_operator(operator).await?).await?),
        OperatorCommand::Create { name, fields } => {
            let mut body = fields.body(Some(name), None);
            if let Some(body) = body.as_object_mut() {
                body.entry("offerings").or_insert_with(|| json!([]));
            }
            one(client.write(Method::POST, "/operators", &body).await?)
        }
        OperatorCommand::Change { operator, name, state, fields } => {
            let body = fields.body(name.as_ref(), state.as_ref());
            one(client.write(Method::PATCH, &find_operator(operator).await?, &body).await?)
        }
        OperatorCommand::Delete { operator } => {
            client.delete(&find_operator(operator).await?).await?;
            Ok(Shown::Words(format!("{operator} was deleted.")))
        }
        OperatorCommand::Client(command) => clients(client, command).await,
        OperatorCommand::Directory => {
            let listed = client.list(&format!("{}/operators", client.tenant().await?), &[], usize::MAX).await?;
            Ok(Shown::Items(LISTED, listed.into_iter().map(with_offers).collect()))
        }
        OperatorCommand::Consent(wanted) => {
            let body = json!({
                "countries": wanted.countries, "company_name": wanted.company, "company_size": wanted.company_size,
                "contacts": wanted.contacts, "operator_may_unassign": wanted.may_unassign,
                "operator_may_reach_all_numbers": wanted.may_reach_all_numbers,
            });
            let path = consent_path(client, &wanted.operator).await?;
            Ok(consent(client.write(Method::POST, &path, &body).await?))
        }
        OperatorCommand::ShowConsent { operator } => {
            Ok(consent(client.get(&consent_path(client, operator).await?).await?))
        }
        OperatorCommand::Suspend { operator } => set_status(client, operator, "suspended").await,
        OperatorCommand::Resume { operator } => set_status(client, operator, "active").await,
        OperatorCommand::Remove { operator } => {
            client.delete(&consent_path(client, operator).await?).await?;
            Ok(Shown::Words(format!("The consent to {operator} was removed.")))
        }
    }
}

async fn clients(client: &Client, command: &ClientCommand) -> Result<Shown, ClientError> {
    let path = async |operator: &String| {
        Ok::<_, ClientError>(format!("{}/clients", find(client, "/operators", "operator", operator).await?))
    };
    match command {
        ClientCommand::List { operator } => {
            Ok(Shown::Items(CLIENT, client.list(&path(operator).await?, &[], usize::MAX).await?))
        }
        ClientCommand::Create { operator, name } => {
            let made = client.write(Method::POST, &path(operator).await?, &json!({ "name": name })).await?;
            Ok(Shown::Object(NEW_CLIENT, made, &[]))
        }
        ClientCommand::Revoke { operator, client: id } => {
            client.delete(&format!("{}/{id}", path(operator).await?)).await?;
            Ok(Shown::Words("These credentials open nothing any more.".to_owned()))
        }
    }
}

async fn set_status(client: &Client, operator: &str, status: &str) -> Result<Shown, ClientError> {
    let path = consent_path(client, operator).await?;
    Ok(consent(client.write(Method::PATCH, &path, &json!({ "status": status })).await?))
}

async fn consent_path(client: &Client, operator: &str) -> Result<String, ClientError> {
    let operators = format!("{}/operators", client.tenant().await?);
    Ok(format!("{}/consent", find(client, &operators, "operator", operator).await?))
}

fn consent(consent: Value) -> Shown {
    Shown::Object(CONSENT, consent, &[("Contacts", "/contacts", CONTACT)])
}

fn one(operator: Value) -> Result<Shown, ClientError> {
    Ok(Shown::Object(OPERATOR, with_offers(operator), &[]))
}

/// What is offered where, in one cell.
fn with_offers(mut operator: Value) -> Value {
    let words = |offering: &Value| {
        let countries = offering["countries"].as_array().into_iter().flatten().filter_map(Value::as_str);
        format!("{} {}", offering["kind"].as_str().unwrap_or_default(), countries.collect::<Vec<_>>().join(" "))
    };
    let offers: Vec<String> = operator["offerings"].as_array().into_iter().flatten().map(words).collect();
    if let Some(operator) = operator.as_object_mut() {
        operator.insert("offers".to_owned(), json!(offers));
    }
    operator
}

fn offering(text: &str) -> Result<Value, String> {
    let (kind, countries) = text.split_once('=').ok_or("write a kind, = and countries, such as calling=US,CA")?;
    let countries: Vec<&str> = countries.split(',').map(str::trim).filter(|country| !country.is_empty()).collect();
    Ok(json!({ "kind": kind, "countries": countries }))
}

fn contact(text: &str) -> Result<Value, String> {
    let mail = text.split_once('<').and_then(|(name, rest)| Some((name.trim(), rest.strip_suffix('>')?.trim())));
    let (name, mail) = mail.ok_or("write a name and an address, such as \"Ann Admin <ann@example.org>\"")?;
    Ok(json!({ "full_name": name, "email": mail, "phone": null }))
}

impl Fields {
    /// What was given, as the API takes it.
    fn body(&self, name: Option<&String>, state: Option<&String>) -> Value {
        let texts = [
            ("name", name),
            ("state", state),
            ("landing_page", self.landing_page.as_ref()),
            ("logo", self.logo.as_ref()),
            ("support_contact", self.support_contact.as_ref()),
        ];
        let given = texts.into_iter().filter_map(|(field, text)| Some((field.to_owned(), json!(text?))));
        let mut body: Map<String, Value> = given.collect();
        if !self.offerings.is_empty() {
            body.insert("offerings".to_owned(), json!(self.offerings));
        }
        Value::Object(body)
    }
}
