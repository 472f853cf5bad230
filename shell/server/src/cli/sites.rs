//! Sites.

use clap::{Args, Subcommand};
use reqwest::Method;
use serde_json::{Map, Value, json};

use super::client::{Client, ClientError};
use super::nouns::{Shown, find};
use super::print::Column;

#[derive(Debug, Subcommand)]
pub enum SiteCommand {
    /// List sites.
    List,
    /// Show a site.
    Show {
        /// Name or id.
        site: String,
    },
    /// Make a site.
    Create {
        name: String,
        #[command(flatten)]
        more: More,
    },
    /// Change a site; what is not given stays.
    Change {
        /// Name or id.
        site: String,
        #[arg(long)]
        name: Option<String>,
        #[command(flatten)]
        more: More,
    },
    /// Delete a site that nobody and no number belongs to.
    Delete {
        /// Name or id.
        site: String,
    },
}

/// An empty text clears.
#[derive(Debug, Args)]
pub struct More {
    /// Two capital letters.
    #[arg(long)]
    country: Option<String>,
    /// Such as Europe/Berlin.
    #[arg(long)]
    time_zone: Option<String>,
    /// What emergency services are told where nothing better is known.
    #[arg(long)]
    emergency_location: Option<String>,
}

const SITE: &[Column] = &[
    ("Name", "/name"),
    ("Country", "/country"),
    ("Time zone", "/time_zone"),
    ("Emergency location", "/emergency_location"),
    ("Id", "/id"),
];

pub(super) async fn carry_out(client: &Client, tenant: &str, command: &SiteCommand) -> Result<Shown, ClientError> {
    let sites = format!("{tenant}/sites");
    let find_site = async |name: &str| find(client, &sites, "site", name).await;
    match command {
        SiteCommand::List => Ok(Shown::Items(SITE, client.list(&sites, &[], usize::MAX).await?)),
        SiteCommand::Show { site } => Ok(Shown::Object(SITE, client.get(&find_site(site).await?).await?, &[])),
        SiteCommand::Create { name, more } => {
            let made = client.write(Method::POST, &sites, &more.body(Some(name))).await?;
            Ok(Shown::Object(SITE, made, &[]))
        }
        SiteCommand::Change { site, name, more } => {
            let path = find_site(site).await?;
            let changed = client.write(Method::PATCH, &path, &more.body(name.as_ref())).await?;
            Ok(Shown::Object(SITE, changed, &[]))
        }
        SiteCommand::Delete { site } => {
            client.delete(&find_site(site).await?).await?;
            Ok(Shown::Words(format!("{site} was deleted.")))
        }
    }
}

impl More {
    fn body(&self, name: Option<&String>) -> Value {
        let texts = [
            ("country", &self.country),
            ("time_zone", &self.time_zone),
            ("emergency_location", &self.emergency_location),
        ];
        let given = texts.iter().filter_map(|(field, text)| {
            let text = (*text).clone()?;
            Some(((*field).to_owned(), if text.is_empty() { Value::Null } else { Value::String(text) }))
        });
        let mut body: Map<String, Value> = given.collect();
        body.extend(name.map(|name| ("name".to_owned(), json!(name))));
        Value::Object(body)
    }
}
