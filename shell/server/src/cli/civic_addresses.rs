//! Civic addresses.

use clap::{Args, Subcommand};
use reqwest::Method;
use serde_json::{Map, Value, json};

use super::client::{Client, ClientError};
use super::nouns::{Shown, find};
use super::print::Column;

#[derive(Debug, Subcommand)]
pub enum CivicAddressCommand {
    /// List civic addresses.
    List,
    /// Show a civic address.
    Show {
        /// Name or id.
        address: String,
    },
    /// Make a civic address; it is validated by a command of its own.
    Create {
        name: String,
        #[command(flatten)]
        parts: Box<Parts>,
    },
    /// Change a civic address; what is not given stays, and one that moves is to be validated again.
    Change {
        /// Name or id.
        address: String,
        #[arg(long)]
        name: Option<String>,
        #[command(flatten)]
        parts: Box<Parts>,
    },
    /// Vouch for a civic address, if it is complete: numbers may be used there from then on.
    Validate {
        /// Name or id.
        address: String,
    },
    /// Delete a civic address at which no number is used.
    Delete {
        /// Name or id.
        address: String,
    },
}

/// An empty text clears.
#[derive(Debug, Args)]
pub struct Parts {
    /// Who is found there.
    #[arg(long)]
    company: Option<String>,
    /// Two capital letters.
    #[arg(long)]
    country: Option<String>,
    #[arg(long)]
    house_number: Option<String>,
    #[arg(long)]
    house_number_suffix: Option<String>,
    /// Such as N, before the name of the street.
    #[arg(long)]
    pre_directional: Option<String>,
    /// The name of the street without what follows it.
    #[arg(long)]
    street: Option<String>,
    /// Such as Street or Avenue.
    #[arg(long)]
    street_suffix: Option<String>,
    #[arg(long)]
    post_directional: Option<String>,
    #[arg(long)]
    city: Option<String>,
    /// In the United States and Canada its two letters.
    #[arg(long)]
    state: Option<String>,
    #[arg(long)]
    postal_code: Option<String>,
    /// Floor, wing or office.
    #[arg(long)]
    place: Option<String>,
    /// In degrees.
    #[arg(long, requires = "longitude", allow_negative_numbers = true)]
    latitude: Option<f64>,
    /// In degrees.
    #[arg(long, requires = "latitude", allow_negative_numbers = true)]
    longitude: Option<f64>,
    #[arg(long)]
    description: Option<String>,
}

const ADDRESS: &[Column] = &[
    ("Name", "/name"),
    ("Address", "/line"),
    ("Country", "/country"),
    ("Validation", "/validation_status"),
    ("Id", "/id"),
];

pub(super) async fn carry_out(
    client: &Client,
    tenant: &str,
    command: &CivicAddressCommand,
) -> Result<Shown, ClientError> {
    let addresses = format!("{tenant}/civic-addresses");
    let find = async |name: &str| find(client, &addresses, "civic address", name).await;
    match command {
        CivicAddressCommand::List => Ok(Shown::Items(ADDRESS, client.list(&addresses, &[], usize::MAX).await?)),
        CivicAddressCommand::Show { address } => {
            Ok(Shown::Object(ADDRESS, client.get(&find(address).await?).await?, &[]))
        }
        CivicAddressCommand::Create { name, parts } => {
            let made = client.write(Method::POST, &addresses, &parts.body(Some(name))).await?;
            Ok(Shown::Object(ADDRESS, made, &[]))
        }
        CivicAddressCommand::Change { address, name, parts } => {
            let path = find(address).await?;
            let changed = client.write(Method::PATCH, &path, &parts.body(name.as_ref())).await?;
            Ok(Shown::Object(ADDRESS, changed, &[]))
        }
        CivicAddressCommand::Validate { address } => {
            let validated = client.post(&format!("{}/validate", find(address).await?)).await?;
            Ok(Shown::Object(ADDRESS, validated, &[]))
        }
        CivicAddressCommand::Delete { address } => {
            client.delete(&find(address).await?).await?;
            Ok(Shown::Words(format!("{address} was deleted.")))
        }
    }
}

impl Parts {
    fn body(&self, name: Option<&String>) -> Value {
        let texts = [
            ("company_name", &self.company),
            ("country", &self.country),
            ("house_number", &self.house_number),
            ("house_number_suffix", &self.house_number_suffix),
            ("pre_directional", &self.pre_directional),
            ("street_name", &self.street),
            ("street_suffix", &self.street_suffix),
            ("post_directional", &self.post_directional),
            ("city", &self.city),
            ("state_or_province", &self.state),
            ("postal_code", &self.postal_code),
            ("place", &self.place),
            ("description", &self.description),
        ];
        let given = texts.iter().filter_map(|(field, text)| {
            let text = (*text).clone()?;
            Some(((*field).to_owned(), if text.is_empty() { Value::Null } else { Value::String(text) }))
        });
        let mut body: Map<String, Value> = given.collect();
        let degrees = [("latitude", self.latitude), ("longitude", self.longitude)];
        body.extend(degrees.into_iter().filter_map(|(field, degrees)| Some((field.to_owned(), json!(degrees?)))));
        body.extend(name.map(|name| ("name".to_owned(), json!(name))));
        Value::Object(body)
    }
}
