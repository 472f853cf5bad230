//! Accounts that people sign in with, and where they are signed in.

pub mod local;

use std::io::{BufRead as _, Write as _};

use clap::{Args, Subcommand};
use reqwest::Method;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use self::local::Local;
use super::api_keys::{Place, grants, with_roles_in_words};
use super::client::{Client, ClientError, Server};
use super::nouns::Shown;
use super::print::Column;

#[derive(Debug, Subcommand)]
pub enum AccountCommand {
    /// List accounts.
    List(Place),
    /// Show an account.
    Show {
        /// Address or id.
        account: String,
        #[command(flatten)]
        place: Place,
    },
    /// Make an account and print the invitation for its holder. It is shown this once.
    ///
    /// With --data-dir or --database it is made in the database of this machine, so that there is a first one.
    Add(Add),
    /// Change an account; what is not given stays.
    Change(Change),
    /// Delete an account: it is signed out everywhere.
    Remove {
        /// Address or id.
        account: String,
        #[command(flatten)]
        place: Place,
    },
    /// Invite to choose a password, the first or another one. Until then no password opens the account.
    Invite {
        /// Address or id.
        account: String,
        #[command(flatten)]
        place: Place,
    },
    /// Take an invitation up: the password is read from TRUNKLINE_PASSWORD, or a line from the terminal.
    Accept {
        /// The invitation, as it was printed.
        link: String,
    },
    /// Take the second factor away from who lost it.
    ResetSecondFactor {
        /// Address or id.
        account: String,
        #[command(flatten)]
        place: Place,
    },
    /// Show or set what is asked of everybody who signs in.
    Policy {
        /// Ask for a second factor from the next sign-in on, or don't.
        #[arg(long, value_name = "true|false")]
        second_factor_required: Option<bool>,
        #[command(flatten)]
        place: Place,
    },
}

#[derive(Debug, Args)]
pub struct Add {
    /// What its holder signs in with.
    pub email: String,
    /// Whose it is [default: the address].
    #[arg(long)]
    pub name: Option<String>,
    /// A role, for all of the organization or a part: viewer, "operator@queue=Sales"; may be given several times
    /// [default: administrator].
    #[arg(long = "role", value_name = "ROLE[@SCOPE]")]
    pub roles: Vec<String>,
    /// Extension or id of the person of the organization whose account it is: it ends with them.
    #[arg(long)]
    pub person: Option<String>,
    #[command(flatten)]
    pub place: Place,
    #[command(flatten)]
    pub local: Local,
}

#[derive(Debug, Args)]
pub struct Change {
    /// Address or id.
    account: String,
    #[arg(long)]
    email: Option<String>,
    #[arg(long)]
    name: Option<String>,
    /// All of them.
    #[arg(long = "role", value_name = "ROLE[@SCOPE]")]
    roles: Vec<String>,
    /// Extension or id; empty for none.
    #[arg(long)]
    person: Option<String>,
    /// A disabled account is signed out everywhere.
    #[arg(long, value_name = "true|false")]
    enabled: Option<bool>,
    #[command(flatten)]
    place: Place,
}

#[derive(Debug, Subcommand)]
pub enum SessionCommand {
    /// List where an account is signed in.
    List {
        /// Address or id.
        account: String,
        #[command(flatten)]
        place: Place,
    },
    /// Sign an account out: in one place, or everywhere.
    End {
        /// Address or id.
        account: String,
        /// Id, as the list shows it [default: all].
        session: Option<Uuid>,
        #[command(flatten)]
        place: Place,
    },
}

const ACCOUNT: &[Column] = &[
    ("Address", "/email"),
    ("Name", "/name"),
    ("State", "/state"),
    ("Roles", "/held"),
    ("Second factor", "/second_factor"),
    ("Last signed in", "/last_signed_in_at"),
    ("Id", "/id"),
];
const SESSION: &[Column] = &[
    ("Last seen", "/last_seen_at"),
    ("Address", "/address"),
    ("Device", "/device"),
    ("Since", "/created_at"),
    ("Expires", "/expires_at"),
    ("Id", "/id"),
];
const POLICY: &[Column] = &[("Second factor required", "/second_factor_required")];

pub(super) async fn carry_out(client: &Client, command: &AccountCommand) -> Result<Shown, ClientError> {
    match command {
        AccountCommand::List(place) => {
            let accounts = client.list(&place.path(client, "accounts").await?, &[], usize::MAX).await?;
            Ok(Shown::Items(ACCOUNT, accounts.into_iter().map(with_roles_in_words).collect()))
        }
        AccountCommand::Show { account, place } => {
            let shown = client.get(&path(client, place, account).await?).await?;
            Ok(Shown::Object(ACCOUNT, with_roles_in_words(shown), &[]))
        }
        AccountCommand::Add(wanted) => add(client, wanted).await,
        AccountCommand::Change(change) => change.carry_out(client).await,
        AccountCommand::Remove { account, place } => {
            client.delete(&path(client, place, account).await?).await?;
            Ok(Shown::Words(format!("{account} was deleted.")))
        }
        AccountCommand::Invite { account, place } => {
            let path = path(client, place, account).await?;
            Ok(Shown::Words(text(&client.post(&format!("{path}/invite")).await?["link"])))
        }
        AccountCommand::Accept { link } => accept(client, link).await,
        AccountCommand::ResetSecondFactor { account, place } => {
            let path = path(client, place, account).await?;
            client.post(&format!("{path}/reset-second-factor")).await?;
            Ok(Shown::Words("The password alone opens the account until another second factor is set up.".to_owned()))
        }
        AccountCommand::Policy { second_factor_required, place } => {
            let path = place.path(client, "sign-in-policy").await?;
            let policy = match second_factor_required {
                None => client.get(&path).await?,
                Some(required) => {
                    client.write(Method::PUT, &path, &json!({ "second_factor_required": required })).await?
                }
            };
            Ok(Shown::Object(POLICY, policy, &[]))
        }
    }
}

pub(super) async fn carry_out_on_sessions(client: &Client, command: &SessionCommand) -> Result<Shown, ClientError> {
    match command {
        SessionCommand::List { account, place } => {
            let path = path(client, place, account).await?;
            Ok(Shown::Items(SESSION, client.list(&format!("{path}/sessions"), &[], usize::MAX).await?))
        }
        SessionCommand::End { account, session: Some(session), place } => {
            let path = path(client, place, account).await?;
            client.delete(&format!("{path}/sessions/{session}")).await?;
            Ok(Shown::Words("The session was ended.".to_owned()))
        }
        SessionCommand::End { account, session: None, place } => {
            let path = path(client, place, account).await?;
            let ended = client.post(&format!("{path}/sessions/end")).await?;
            Ok(Shown::Words(format!("{} sessions were ended.", ended["n_ended"])))
        }
    }
}

/// Whether a command needs no token.
pub(super) fn is_open(command: &AccountCommand) -> bool {
    matches!(command, AccountCommand::Accept { .. })
}

/// The server that a link leads to, unless another one was named.
pub(super) fn server_of(command: &AccountCommand, server: &Server) -> Server {
    let mut server = server.clone();
    let is_default = server.url == "http://127.0.0.1:8080";
    if let AccountCommand::Accept { link } = command
        && let Some((place, _)) = link.split_once("/invitation#").filter(|_| is_default)
    {
        server.url = place.to_owned();
    }
    server
}

async fn add(client: &Client, wanted: &Add) -> Result<Shown, ClientError> {
    let accounts = wanted.place.path(client, "accounts").await?;
    let tenant = accounts.trim_end_matches("/accounts");
    let typed = if wanted.roles.is_empty() { &["administrator".to_owned()][..] } else { &wanted.roles };
    let roles = grants(client, tenant, typed).await?;
    let person = match &wanted.person {
        Some(person) => Some(person_of(client, tenant, person).await?),
        None => None,
    };
    let name = wanted.name.as_deref().unwrap_or(&wanted.email);
    let body = json!({ "email": wanted.email, "name": name, "person": person, "roles": roles });
    let made = client.write(Method::POST, &accounts, &body).await?;
    Ok(Shown::Words(text(&made["invitation"]["link"])))
}

impl Change {
    async fn carry_out(&self, client: &Client) -> Result<Shown, ClientError> {
        let path = path(client, &self.place, &self.account).await?;
        let accounts = self.place.path(client, "accounts").await?;
        let tenant = accounts.trim_end_matches("/accounts");
        let mut body = Map::new();
        for (name, value) in [("email", &self.email), ("name", &self.name)] {
            if let Some(value) = value {
                body.insert(name.to_owned(), json!(value));
            }
        }
        if let Some(person) = &self.person {
            let person = if person.is_empty() { Value::Null } else { person_of(client, tenant, person).await? };
            body.insert("person".to_owned(), person);
        }
        if let Some(enabled) = self.enabled {
            body.insert("enabled".to_owned(), json!(enabled));
        }
        if !self.roles.is_empty() {
            body.insert("roles".to_owned(), json!(grants(client, tenant, &self.roles).await?));
        }
        let changed = client.write(Method::PATCH, &path, &Value::Object(body)).await?;
        Ok(Shown::Object(ACCOUNT, with_roles_in_words(changed), &[]))
    }
}

async fn accept(client: &Client, link: &str) -> Result<Shown, ClientError> {
    let token = link.rsplit('#').next().unwrap_or_default();
    let password = match std::env::var("TRUNKLINE_PASSWORD") {
        Ok(password) => password,
        Err(_) => typed().map_err(|source| ClientError::Unreadable { path: "the terminal".into(), source })?,
    };
    client.write(Method::POST, "/sign-in/invitation", &json!({ "token": token, "password": password })).await?;
    Ok(Shown::Words("The password is set. Sign in with it.".to_owned()))
}

fn typed() -> std::io::Result<String> {
    let mut err = std::io::stderr().lock();
    write!(err, "Password, at least 12 characters (it shows; pipe it in to hide it): ")?;
    err.flush()?;
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line)?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}

async fn person_of(client: &Client, tenant: &str, person: &str) -> Result<Value, ClientError> {
    Ok(client.get(&format!("{tenant}/users/{person}")).await?["id"].clone())
}

async fn path(client: &Client, place: &Place, account: &str) -> Result<String, ClientError> {
    Ok(format!("{}/{account}", place.path(client, "accounts").await?))
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
