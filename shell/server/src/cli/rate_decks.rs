//! Rate decks and vouchers, for who runs the server.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use reqwest::Method;
use serde_json::{Value, json};

use super::client::{Client, ClientError};
use super::nouns::Shown;
use super::print::Column;

#[derive(Debug, Subcommand)]
pub enum RateDeckCommand {
    /// List the versions of rate decks.
    List,
    /// Show a version, or the newest of a name.
    Show { deck: String },
    /// Add a version from a file with the columns prefix and price, and if wanted destination, country, kind,
    /// connection_fee, minimum, increments, cost, reseller_price, blocked, days, from_time and to_time.
    Import(Import),
    /// Find rows: the one that prices a number, or those of a prefix.
    Rates {
        deck: String,
        #[arg(long)]
        number: Option<String>,
        #[arg(long, conflicts_with = "number")]
        prefix: Option<String>,
    },
    /// Print a version as a file that can be imported.
    Export { deck: String },
    /// Tell what differs from an earlier version.
    Diff {
        deck: String,
        /// The id of the earlier version.
        #[arg(long)]
        since: String,
    },
    /// Delete a version that nobody pays by.
    Delete { deck: String },
}

#[derive(Debug, Args)]
pub struct Import {
    file: PathBuf,
    /// A deck of this name gets a new version.
    #[arg(long)]
    name: String,
    #[arg(long, default_value = "outbound", value_parser = ["outbound", "toll_free_inbound"])]
    direction: String,
    #[arg(long, default_value = "USD")]
    currency: String,
    /// When it becomes valid; now, if no time is given.
    #[arg(long)]
    valid_from: Option<String>,
    /// Where the times of day of its rows are.
    #[arg(long, default_value = "UTC")]
    time_zone: String,
    /// Only say what would be done.
    #[arg(long)]
    dry_run: bool,
}

#[derive(Debug, Subcommand)]
pub enum VoucherCommand {
    /// List vouchers, without their codes.
    List,
    /// Make vouchers; their codes are told this once.
    Create {
        /// Such as 20.00.
        amount: String,
        #[arg(long, default_value = "USD")]
        currency: String,
        #[arg(long, default_value_t = 1)]
        count: u32,
        #[arg(long)]
        expires_at: Option<String>,
    },
}

const DECK: &[Column] = &[
    ("Name", "/name"),
    ("Version", "/version"),
    ("Direction", "/direction"),
    ("Currency", "/currency"),
    ("From", "/valid_from"),
    ("To", "/valid_to"),
    ("Rates", "/rates"),
    ("Id", "/id"),
];
const RATE: &[Column] = &[
    ("Prefix", "/prefix"),
    ("Destination", "/destination"),
    ("Country", "/country"),
    ("Kind", "/kind"),
    ("Per minute", "/per_minute"),
    ("Fee", "/connection_fee"),
    ("Increments", "/increments"),
    ("Cost", "/cost_per_minute"),
    ("Blocked", "/blocked"),
];
const DIFFERENCE: &[Column] =
    &[("", "/type"), ("Prefix", "/prefix"), ("Before", "/before/per_minute"), ("After", "/after/per_minute")];
const WARNING: &[Column] = &[("Line", "/line"), ("Warning", "/message")];
const VOUCHER: &[Column] = &[
    ("Code", "/code"),
    ("Ends with", "/hint"),
    ("Amount", "/amount"),
    ("Currency", "/currency"),
    ("Expires", "/expires_at"),
    ("Redeemed", "/redeemed_at"),
];

pub(super) async fn carry_out(client: &Client, command: &RateDeckCommand) -> Result<Shown, ClientError> {
    let path = |deck: &str| format!("/rate-decks/{deck}");
    match command {
        RateDeckCommand::List => Ok(Shown::Items(DECK, client.list("/rate-decks", &[], usize::MAX).await?)),
        RateDeckCommand::Show { deck } => Ok(Shown::Object(DECK, client.get(&path(deck)).await?, &[])),
        RateDeckCommand::Import(wanted) => import(client, wanted).await,
        RateDeckCommand::Rates { deck, number, prefix } => {
            let query = [("number", number), ("prefix", prefix)];
            let query: Vec<_> = query.into_iter().filter_map(|(name, value)| Some((name, value.clone()?))).collect();
            Ok(Shown::Items(RATE, client.list(&format!("{}/rates", path(deck)), &query, usize::MAX).await?))
        }
        RateDeckCommand::Export { deck } => {
            Ok(Shown::Words(client.text(&format!("{}/export", path(deck))).await?.trim_end().to_owned()))
        }
        RateDeckCommand::Diff { deck, since } => {
            let query = [("since", since.clone())];
            Ok(Shown::Items(DIFFERENCE, client.list(&format!("{}/difference", path(deck)), &query, usize::MAX).await?))
        }
        RateDeckCommand::Delete { deck } => {
            client.delete(&path(deck)).await?;
            Ok(Shown::Words(format!("{deck} was deleted.")))
        }
    }
}

pub(super) async fn vouchers(client: &Client, command: &VoucherCommand) -> Result<Shown, ClientError> {
    let path = "/credit-vouchers";
    match command {
        VoucherCommand::List => Ok(Shown::Items(VOUCHER, client.list(path, &[], usize::MAX).await?)),
        VoucherCommand::Create { amount, currency, count, expires_at } => {
            let body = json!({ "amount": amount, "currency": currency, "count": count, "expires_at": expires_at });
            let made = client.write(Method::POST, path, &body).await?;
            Ok(Shown::Items(VOUCHER, made["items"].as_array().cloned().unwrap_or_default()))
        }
    }
}

async fn import(client: &Client, wanted: &Import) -> Result<Shown, ClientError> {
    let unreadable = |source| ClientError::Unreadable { path: wanted.file.clone(), source };
    let table = std::fs::read(&wanted.file).map_err(unreadable)?;
    let mut query = vec![
        ("name", wanted.name.clone()),
        ("direction", wanted.direction.clone()),
        ("currency", wanted.currency.clone()),
        ("time_zone", wanted.time_zone.clone()),
        ("dry_run", wanted.dry_run.to_string()),
    ];
    query.extend(wanted.valid_from.clone().map(|at| ("valid_from", at)));
    let taken: Value = client.send_table("/rate-decks/import", &query, table).await?;
    let mut shown = taken["deck"].clone();
    shown["warnings"] = taken["warnings"].clone();
    Ok(Shown::Object(DECK, shown, &[("Warnings", "/warnings", WARNING)]))
}
