//! People.

mod import;
mod offboarding;

use clap::{Args, Subcommand};
use reqwest::Method;
use serde_json::{Map, Value, json};

use self::import::Import;
use self::offboarding::Offboard;
use super::client::{Client, ClientError};
use super::nouns::Shown;
use super::print::Column;

#[derive(Debug, Subcommand)]
pub enum UserCommand {
    /// List people.
    List(UserFilter),
    /// Show a person with their phones.
    Show {
        /// Id or extension.
        user: String,
    },
    /// Create a person and print the password of their phones.
    Create(NewUser),
    /// Change a person; what is not given stays.
    Update(UserChange),
    /// Delete a person whom no attendant and no queue names.
    Delete {
        /// Id or extension.
        user: String,
    },
    /// Let a person leave: sign-in and phones are off at once, numbers go where they are told, licenses are free.
    Offboard(Offboard),
    /// Make and change people from a file. The same file again changes nothing.
    Import(Import),
    /// Print all people as a file that can be imported.
    Export,
    /// Show whether a person can call and be called, and what is missing.
    Readiness {
        /// Id or extension.
        user: String,
    },
    /// Give a person's phones a new password and print it.
    ResetPassword {
        /// Id or extension.
        user: String,
    },
}

#[derive(Debug, Args)]
pub struct UserFilter {
    /// Part of the name.
    #[arg(long)]
    name: Option<String>,
    #[arg(long)]
    department: Option<String>,
    /// Name or id of a site.
    #[arg(long)]
    site: Option<String>,
}

#[derive(Debug, Args)]
pub struct NewUser {
    /// Digits that reach the person from inside.
    #[arg(long)]
    extension: String,
    #[arg(long)]
    name: String,
    #[command(flatten)]
    more: More,
}

#[derive(Debug, Args)]
pub struct UserChange {
    /// Id or extension.
    user: String,
    /// A new extension needs a new password.
    #[arg(long)]
    extension: Option<String>,
    #[arg(long)]
    name: Option<String>,
    #[command(flatten)]
    more: More,
}

/// An empty text clears.
#[derive(Debug, Args)]
struct More {
    #[arg(long)]
    email: Option<String>,
    #[arg(long)]
    department: Option<String>,
    #[arg(long)]
    office: Option<String>,
    /// Another first name that callers of attendants find the person by; once for each. An empty one has none.
    #[arg(long = "nickname", value_name = "NAME")]
    nicknames: Vec<String>,
    /// A telephone number as a directory has it, such as +14255550100;ext=205; callers of attendants find the person by
    /// the extension in it. Once for each; an empty one has none.
    #[arg(long = "phone", value_name = "NUMBER")]
    phones: Vec<String>,
    /// Name or id of a site.
    #[arg(long)]
    site: Option<String>,
    /// Two capital letters: where the person works.
    #[arg(long)]
    country: Option<String>,
    #[arg(long)]
    ring_seconds: Option<u32>,
    /// Whether the account may be used.
    #[arg(long)]
    enabled: Option<bool>,
    /// Whether callers who search by name or extension don't find the person.
    #[arg(long)]
    hidden: Option<bool>,
    /// Of the person's phones.
    #[arg(long, env = "TRUNKLINE_USER_PASSWORD", hide_env_values = true)]
    password: Option<String>,
}

const USER: &[Column] = &[
    ("Extension", "/extension"),
    ("Name", "/display_name"),
    ("Department", "/department"),
    ("Site", "/site/name"),
    ("Numbers", "/numbers"),
    ("Presence", "/presence"),
    ("Licenses", "/licenses"),
    ("Voice", "/voice_enabled"),
    ("Phones", "/registrations"),
];
const CREATED: &[Column] = &[("Extension", "/extension"), ("Name", "/display_name"), ("Password", "/password")];
pub(super) const READINESS: &[Column] = &[("Ready", "/ready")];
pub(super) const CHECK: &[Column] =
    &[("What", "/name"), ("State", "/state"), ("How it stands", "/detail"), ("What to do", "/fix")];
const PASSWORD: &[Column] = &[("Password", "/password")];
const REGISTRATION: &[Column] = &[
    ("Contact", "/contact"),
    ("Transport", "/transport"),
    ("From", "/remote"),
    ("Phone", "/user_agent"),
    ("Expires", "/expires_at"),
];

pub(super) async fn carry_out(client: &Client, tenant: &str, command: &UserCommand) -> Result<Shown, ClientError> {
    let users = format!("{tenant}/users");
    match command {
        UserCommand::List(filter) => {
            let given = [("display_name", &filter.name), ("department", &filter.department), ("site", &filter.site)];
            let query: Vec<_> = given.iter().filter_map(|(name, value)| Some((*name, (*value).clone()?))).collect();
            Ok(Shown::Items(USER, client.list(&users, &query, usize::MAX).await?))
        }
        UserCommand::Show { user } => {
            let user = client.get(&format!("{users}/{user}")).await?;
            Ok(Shown::Object(USER, user, &[("Phones", "/registrations", REGISTRATION)]))
        }
        UserCommand::Create(new) => {
            let mut body = new.more.body();
            body.insert("extension".to_owned(), json!(new.extension));
            body.insert("display_name".to_owned(), json!(new.name));
            let created = client.write(Method::POST, &users, &Value::Object(body)).await?;
            Ok(Shown::Object(CREATED, created, &[]))
        }
        UserCommand::Update(change) => {
            let mut body = change.more.body();
            let named = [("extension", &change.extension), ("display_name", &change.name)];
            body.extend(named.iter().filter_map(|(name, value)| Some(((*name).to_owned(), json!((*value).clone()?)))));
            let path = format!("{users}/{}", change.user);
            Ok(Shown::Object(USER, client.write(Method::PATCH, &path, &Value::Object(body)).await?, &[]))
        }
        UserCommand::Delete { user } => {
            client.delete(&format!("{users}/{user}")).await?;
            Ok(Shown::Words(format!("{user} was deleted.")))
        }
        UserCommand::Offboard(wanted) => offboarding::carry_out(client, tenant, wanted).await,
        UserCommand::Import(wanted) => import::carry_out(client, tenant, wanted).await,
        UserCommand::Export => Ok(Shown::File(client.text(&format!("{users}/export")).await?)),
        UserCommand::Readiness { user } => {
            let readiness = client.get(&format!("{users}/{user}/voice-readiness")).await?;
            Ok(Shown::Object(READINESS, readiness, &[("What it takes", "/checks", CHECK)]))
        }
        UserCommand::ResetPassword { user } => {
            let password = client.post(&format!("{users}/{user}/reset-password")).await?;
            Ok(Shown::Object(PASSWORD, password, &[]))
        }
    }
}

impl More {
    /// What was given; an empty text becomes null.
    fn body(&self) -> Map<String, Value> {
        let texts = [
            ("email", &self.email),
            ("department", &self.department),
            ("office", &self.office),
            ("site", &self.site),
            ("country", &self.country),
            ("password", &self.password),
        ];
        let given = texts.iter().filter_map(|(name, text)| {
            let text = (*text).clone()?;
            let value = if text.is_empty() { Value::Null } else { Value::String(text) };
            Some(((*name).to_owned(), value))
        });
        let mut body: Map<String, Value> = given.collect();
        for (name, list) in [("nicknames", &self.nicknames), ("phones", &self.phones)] {
            if !list.is_empty() {
                let texts: Vec<&String> = list.iter().filter(|text| !text.is_empty()).collect();
                body.insert(name.to_owned(), json!(texts));
            }
        }
        if let Some(seconds) = self.ring_seconds {
            body.insert("ring_seconds".to_owned(), json!(seconds));
        }
        for (name, value) in [("enabled", self.enabled), ("hidden", self.hidden)] {
            body.extend(value.map(|value| (name.to_owned(), json!(value))));
        }
        body
    }
}
