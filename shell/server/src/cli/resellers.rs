//! Resellers.

use clap::Subcommand;
use reqwest::Method;
use serde_json::{Map, json};

use super::client::{Client, ClientError};
use super::nouns::Shown;
use super::print::Column;

#[derive(Debug, Subcommand)]
pub enum ResellerCommand {
    /// List resellers.
    List,
    /// Show a reseller.
    Show {
        /// Short name or id.
        reseller: String,
    },
    /// Make a reseller. `account add --reseller` invites its people, `tenant change --reseller` gives it organizations.
    Create {
        /// Short name in paths and commands.
        slug: String,
        #[arg(long)]
        name: String,
    },
    /// Change a reseller; what is not given stays.
    Change {
        /// Short name or id.
        reseller: String,
        #[arg(long)]
        slug: Option<String>,
        #[arg(long)]
        name: Option<String>,
        /// Nobody of a suspended reseller may do anything; its organizations go on.
        #[arg(long, value_parser = ["active", "suspended"])]
        state: Option<String>,
    },
    /// Delete a reseller that has no organizations.
    Delete {
        /// Short name or id.
        reseller: String,
    },
}

const RESELLER: &[Column] = &[("Slug", "/slug"), ("Name", "/name"), ("State", "/state"), ("Id", "/id")];

pub(super) async fn carry_out(client: &Client, command: &ResellerCommand) -> Result<Shown, ClientError> {
    match command {
        ResellerCommand::List => Ok(Shown::Items(RESELLER, client.list("/resellers", &[], usize::MAX).await?)),
        ResellerCommand::Show { reseller } => {
            Ok(Shown::Object(RESELLER, client.get(&format!("/resellers/{reseller}")).await?, &[]))
        }
        ResellerCommand::Create { slug, name } => {
            let body = json!({ "slug": slug, "name": name });
            Ok(Shown::Object(RESELLER, client.write(Method::POST, "/resellers", &body).await?, &[]))
        }
        ResellerCommand::Change { reseller, slug, name, state } => {
            let given = [("slug", slug), ("name", name), ("state", state)];
            let given = given.into_iter().filter_map(|(field, value)| Some((field.to_owned(), json!(value.as_ref()?))));
            let body = given.collect::<Map<_, _>>().into();
            let changed = client.write(Method::PATCH, &format!("/resellers/{reseller}"), &body).await?;
            Ok(Shown::Object(RESELLER, changed, &[]))
        }
        ResellerCommand::Delete { reseller } => {
            client.delete(&format!("/resellers/{reseller}")).await?;
            Ok(Shown::Words(format!("{reseller} was deleted.")))
        }
    }
}
