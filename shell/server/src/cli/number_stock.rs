//! Numbers of the platform: the stock, and what an organization takes from it.

use clap::{Args, Subcommand};
use reqwest::Method;
use serde_json::{Value, json};

use super::client::{Client, ClientError};
use super::nouns::Shown;
use super::orders;
use super::print::Column;

#[derive(Debug, Subcommand)]
pub enum StockCommand {
    /// List the blocks of the stock.
    List,
    /// Add numbers to the stock, all of them or none.
    Add(Delivery),
}

#[derive(Debug, Args)]
pub struct Delivery {
    /// Who carries their calls: where an organization has a trunk of this name, its numbers go over it.
    #[arg(long)]
    carrier: String,
    /// Two capital letters.
    #[arg(long)]
    country: String,
    #[arg(long)]
    city: Option<String>,
    /// The part of the country, as in ISO 3166-2: US-WA.
    #[arg(long)]
    region: Option<String>,
    /// Their carrier takes text messages to them and from them.
    #[arg(long)]
    sms: bool,
    /// What they are for.
    #[arg(long, default_value = "user", value_parser = ["user", "service_toll", "service_toll_free"])]
    kind: String,
    /// Numbers such as +12065550100, or ranges such as +12065550100..+12065550199.
    #[arg(required = true)]
    numbers: Vec<String>,
}

/// What is looked for.
#[derive(Debug, Args)]
pub struct Search {
    /// Two capital letters.
    #[arg(long)]
    country: String,
    /// What they are for.
    #[arg(long, default_value = "user", value_parser = ["user", "service_toll", "service_toll_free"])]
    kind: String,
    /// First digits after the country's calling code.
    #[arg(long)]
    area: Option<String>,
    /// Digits or letters to be found anywhere, such as FLOWERS; with ? and * it stands for the whole number.
    #[arg(long)]
    pattern: Option<String>,
    /// At most so many, up to 100.
    #[arg(long, default_value_t = 10)]
    limit: u32,
}

/// What is taken.
#[derive(Debug, Args)]
pub struct Order {
    /// Those of a reservation.
    #[arg(long, conflicts_with = "numbers", required_unless_present = "numbers")]
    reservation: Option<uuid::Uuid>,
    /// Take the rest where some are not free any more.
    #[arg(long)]
    partial: bool,
    /// Free numbers.
    numbers: Vec<String>,
}

const BLOCK: &[Column] = &[
    ("Carrier", "/carrier"),
    ("Country", "/country"),
    ("City", "/city"),
    ("Region", "/region"),
    ("SMS", "/sms"),
    ("Kind", "/kind"),
    ("Numbers", "/total"),
    ("Free", "/free"),
    ("Reserved", "/reserved"),
    ("Sold", "/sold"),
    ("Resting", "/quarantined"),
];
const OFFER: &[Column] = &[
    ("Number", "/number"),
    ("Kind", "/kind"),
    ("Country", "/country"),
    ("City", "/city"),
    ("Region", "/region"),
    ("SMS", "/sms"),
];
const RESERVATION: &[Column] =
    &[("Id", "/id"), ("Numbers", "/numbers"), ("Until", "/expires_at"), ("Extended", "/extended")];
const QUOTA: &[Column] =
    &[("Kind", "/kind"), ("Limit", "/limit"), ("Used", "/used"), ("Left", "/left"), ("Why", "/formula")];

pub(super) async fn carry_out(client: &Client, command: &StockCommand) -> Result<Shown, ClientError> {
    match command {
        StockCommand::List => Ok(Shown::Items(BLOCK, client.list("/number-stock", &[], usize::MAX).await?)),
        StockCommand::Add(delivery) => {
            let Delivery { carrier, country, city, region, sms, kind, numbers } = delivery;
            let body = json!({ "carrier": carrier, "country": country, "city": city, "region": region, "sms": sms,
                "kind": kind, "numbers": items(numbers) });
            Ok(Shown::Object(BLOCK, client.write(Method::POST, "/number-stock", &body).await?, &[]))
        }
    }
}

pub(super) async fn search(client: &Client, tenant: &str, wanted: &Search) -> Result<Shown, ClientError> {
    let Search { country, kind, area, pattern, limit } = wanted;
    let body = json!({ "country": country, "kind": kind, "area": area, "pattern": pattern, "limit": limit });
    let found = client.write(Method::POST, &format!("{tenant}/numbers/search"), &body).await?;
    Ok(Shown::Items(OFFER, found["items"].as_array().cloned().unwrap_or_default()))
}

pub(super) async fn reserve(client: &Client, tenant: &str, numbers: &[String]) -> Result<Shown, ClientError> {
    let body = json!({ "numbers": numbers });
    let kept = client.write(Method::POST, &format!("{tenant}/number-reservations"), &body).await?;
    Ok(Shown::Object(RESERVATION, kept, &[]))
}

pub(super) async fn order(client: &Client, tenant: &str, wanted: &Order) -> Result<Shown, ClientError> {
    let Order { reservation, partial, numbers } = wanted;
    let body = json!({ "reservation": reservation, "partial": partial, "numbers": numbers });
    let order = client.write(Method::POST, &format!("{tenant}/number-orders"), &body).await?;
    orders::follow(client, tenant, order).await
}

pub(super) async fn quotas(client: &Client, tenant: &str) -> Result<Shown, ClientError> {
    Ok(Shown::Items(QUOTA, client.list(&format!("{tenant}/number-quotas"), &[], usize::MAX).await?))
}

pub(super) async fn set_quota(
    client: &Client,
    tenant: &str,
    kind: &str,
    limit: Option<u32>,
) -> Result<Shown, ClientError> {
    let path = format!("{tenant}/number-quotas/{kind}");
    Ok(Shown::Object(QUOTA, client.write(Method::PUT, &path, &json!({ "limit": limit })).await?, &[]))
}

/// Numbers and ranges as the API takes them.
pub fn items(numbers: &[String]) -> Vec<Value> {
    let item = |item: &String| match item.split_once("..") {
        Some((first, last)) => json!({ "first": first, "last": last }),
        None => json!(item),
    };
    numbers.iter().map(item).collect()
}
