//! Rate decks: what calls cost, for who runs the server.

use axum::Json;
use axum::body::Bytes;
use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use phone::money::Currency;
use phone::money::deck::difference::{Difference, between};
use phone::money::deck::{Direction, Rate as PhoneRate, RateDeck as PhoneDeck, import};
use phone::numbers::E164;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::body::Params;
use super::list::List;
use super::money::Amount;
use super::problem::{Problem, Refusals, WriteRefusals};
use crate::admin::rate_decks::Delivery;
use crate::admin::{Caller, Refused};

/// A file of two million rows.
pub const FILE_BYTES_MAX: usize = 256 * 1024 * 1024;
/// Rows that are shown at once.
const ROWS_SHOWN_MAX: usize = 1_000;

/// A version of a rate deck. None is ever changed.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct RateDeck {
    pub id: Uuid,
    pub name: String,
    pub version: u32,
    /// outbound or toll_free_inbound.
    pub direction: String,
    #[schema(value_type = String, example = "USD")]
    pub currency: Currency,
    #[schema(value_type = String, format = DateTime)]
    pub valid_from: Timestamp,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub valid_to: Option<Timestamp>,
    pub time_zone: String,
    /// How many rows it has.
    pub rates: u32,
}

/// A deck that was taken, or would be.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ImportedDeck {
    pub deck: RateDeck,
    /// What is allowed but seldom meant, by line.
    pub warnings: Vec<DeckWarning>,
}

/// What is allowed but seldom meant.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct DeckWarning {
    pub line: u32,
    pub code: String,
    pub message: String,
}

/// A row of a deck.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Rate {
    pub prefix: String,
    pub destination: String,
    /// ISO 3166 alpha-2.
    pub country: Option<String>,
    /// fixed, mobile, premium, satellite, shared_cost or toll_free.
    pub kind: String,
    pub per_minute: Amount,
    pub connection_fee: Amount,
    pub minimum: Amount,
    /// `60/60`: the first step and each one after it, in seconds.
    pub increments: String,
    pub cost_per_minute: Option<Amount>,
    pub reseller_per_minute: Option<Amount>,
    pub blocked: bool,
    /// It holds at some days or times only.
    pub timed: bool,
}

/// What differs between two versions.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct RateDifference {
    /// added, changed or removed.
    #[serde(rename = "type")]
    pub kind: String,
    pub prefix: String,
    pub before: Option<Rate>,
    pub after: Option<Rate>,
}

/// How a file becomes a deck.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ImportParams {
    /// A deck of this name gets a new version. Needed.
    pub name: Option<String>,
    /// outbound or toll_free_inbound.
    #[serde(default = "outbound")]
    #[param(default = "outbound")]
    pub direction: String,
    /// ISO 4217. Needed.
    pub currency: Option<String>,
    /// When it becomes valid, and what was valid before ends; now, if no time is given.
    #[param(value_type = Option<String>, format = DateTime)]
    pub valid_from: Option<Timestamp>,
    /// Where the times of day of its rows are.
    #[serde(default = "utc")]
    #[param(default = "UTC")]
    pub time_zone: String,
    /// Only say what would be done.
    #[serde(default)]
    pub dry_run: bool,
}

/// Which rows.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct RateParams {
    /// The row that prices this number now.
    pub number: Option<String>,
    /// Rows whose prefix begins so; at most 1,000 are shown.
    pub prefix: Option<String>,
}

/// With what a version is compared.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct DifferenceParams {
    /// The id of an earlier version. Needed.
    pub since: Option<String>,
}

/// List the versions of rate decks
#[utoipa::path(get, path = "/rate-decks", tag = "rate-decks", responses((status = 200, body = List<RateDeck>), Refusals))]
pub async fn list(caller: Caller) -> Result<Json<List<RateDeck>>, Problem> {
    let decks = caller.rate_decks().await?;
    Ok(List::whole(decks.into_iter().map(RateDeck::from).collect()))
}

/// Show a version, or the newest of a name
#[utoipa::path(get, path = "/rate-decks/{deck}", tag = "rate-decks",
    params(("deck" = String, Path, description = "Id or name")), responses((status = 200, body = RateDeck), Refusals))]
pub async fn show(caller: Caller, Path(deck): Path<String>) -> Result<Json<RateDeck>, Problem> {
    Ok(Json(caller.rate_deck(&deck).await?.into()))
}

/// Add a version of a deck from a file, all rows or none
///
/// Columns: prefix, price, destination, country, kind, currency, connection_fee, minimum, increments, reseller_price,
/// reseller_connection_fee, cost, cost_connection_fee, blocked, days, from_time, to_time; the first two are needed.
#[utoipa::path(post, path = "/rate-decks/import", tag = "rate-decks", params(ImportParams),
    request_body(content = String, content_type = "text/csv"),
    responses((status = 201, body = ImportedDeck), (status = 200, body = ImportedDeck), Refusals, WriteRefusals))]
pub async fn import(
    caller: Caller,
    Params(wanted): Params<ImportParams>,
    file: Bytes,
) -> Result<(StatusCode, Json<ImportedDeck>), Problem> {
    caller.begin_platform()?;
    let unknown = || Refused::field("direction", "rate_deck.direction_unknown", "outbound or toll_free_inbound");
    let malformed = |why: phone::amount::NotMoney| Refused::field("currency", "currency.malformed", why.to_string());
    let delivery = Delivery {
        name: wanted.name.unwrap_or_default(),
        direction: Direction::parse(&wanted.direction).ok_or_else(unknown)?,
        currency: Currency::parse(&wanted.currency.unwrap_or_default()).map_err(malformed)?,
        valid_from: wanted.valid_from,
        time_zone: wanted.time_zone,
        file: file.to_vec(),
        dry_run: wanted.dry_run,
    };
    let (deck, warnings) = caller.import_rate_deck(delivery).await?;
    let warnings = warnings.into_iter().map(|row| DeckWarning {
        line: row.line,
        code: row.fault.code,
        message: row.fault.message,
    });
    let status = if wanted.dry_run { StatusCode::OK } else { StatusCode::CREATED };
    Ok((status, Json(ImportedDeck { deck: deck.into(), warnings: warnings.collect() })))
}

/// Find rows of a version
#[utoipa::path(get, path = "/rate-decks/{deck}/rates", tag = "rate-decks",
    params(("deck" = String, Path, description = "Id or name"), RateParams),
    responses((status = 200, body = List<Rate>), Refusals))]
pub async fn rates(
    caller: Caller,
    Path(deck): Path<String>,
    Params(wanted): Params<RateParams>,
) -> Result<Json<List<Rate>>, Problem> {
    let table = caller.rate_table(&deck).await?;
    if let Some(number) = &wanted.number {
        let malformed =
            |why: phone::numbers::e164::NotANumber| Refused::field("number", "number.malformed", why.to_string());
        let number = E164::parse(number).map_err(malformed)?;
        return Ok(List::whole(table.find(number, Timestamp::now()).map(Rate::from).into_iter().collect()));
    }
    let prefix = wanted.prefix.unwrap_or_default();
    let rows = table.rates().iter().filter(|rate| rate.prefix.starts_with(&prefix));
    Ok(List::whole(rows.take(ROWS_SHOWN_MAX).map(Rate::from).collect()))
}

/// Export a version as a file that can be imported
#[utoipa::path(get, path = "/rate-decks/{deck}/export", tag = "rate-decks",
    params(("deck" = String, Path, description = "Id or name")),
    responses((status = 200, body = String, content_type = "text/csv"), Refusals))]
pub async fn export(caller: Caller, Path(deck): Path<String>) -> Result<Response, Problem> {
    let table = caller.rate_table(&deck).await?;
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"rate-deck.csv\""),
    ];
    Ok((headers, import::write(table.rates())).into_response())
}

/// Tell what differs from an earlier version
#[utoipa::path(get, path = "/rate-decks/{deck}/difference", tag = "rate-decks",
    params(("deck" = String, Path, description = "Id or name"), DifferenceParams),
    responses((status = 200, body = List<RateDifference>), Refusals))]
pub async fn difference(
    caller: Caller,
    Path(deck): Path<String>,
    Params(wanted): Params<DifferenceParams>,
) -> Result<Json<List<RateDifference>>, Problem> {
    let after = caller.rate_table(&deck).await?;
    let missing = || Refused::field("since", "rate_deck.unknown", "say since which version");
    let before = caller.rate_table(&wanted.since.ok_or_else(missing)?).await?;
    let found = between(before.rates(), after.rates()).into_iter().take(ROWS_SHOWN_MAX).map(|difference| {
        let (kind, before, after) = match difference {
            Difference::Added(rate) => ("added", None, Some(rate)),
            Difference::Changed { before, after } => ("changed", Some(before), Some(after)),
            Difference::Removed(rate) => ("removed", Some(rate), None),
        };
        RateDifference {
            kind: kind.to_owned(),
            prefix: after.or(before).map(|rate| rate.prefix.clone()).unwrap_or_default(),
            before: before.map(Rate::from),
            after: after.map(Rate::from),
        }
    });
    Ok(List::whole(found.collect()))
}

/// Delete a version that nobody pays by
#[utoipa::path(delete, path = "/rate-decks/{deck}", tag = "rate-decks",
    params(("deck" = String, Path, description = "Id or name")), responses((status = 204), Refusals, WriteRefusals))]
pub async fn delete(caller: Caller, Path(deck): Path<String>) -> Result<StatusCode, Problem> {
    caller.delete_rate_deck(&deck).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn outbound() -> String {
    Direction::Outbound.as_str().to_owned()
}

fn utc() -> String {
    "UTC".to_owned()
}

impl From<PhoneDeck> for RateDeck {
    fn from(deck: PhoneDeck) -> Self {
        Self {
            id: deck.id.0,
            name: deck.name,
            version: deck.version,
            direction: deck.direction.as_str().to_owned(),
            currency: deck.currency,
            valid_from: deck.valid_from,
            valid_to: deck.valid_to,
            time_zone: deck.time_zone,
            rates: deck.n_rates,
        }
    }
}

impl From<&PhoneRate> for Rate {
    fn from(rate: &PhoneRate) -> Self {
        Self {
            prefix: rate.prefix.clone(),
            destination: rate.destination.clone(),
            country: rate.country.clone(),
            kind: rate.kind.as_str().to_owned(),
            per_minute: Amount(rate.price.per_minute),
            connection_fee: Amount(rate.price.connection_fee),
            minimum: Amount(rate.price.minimum),
            increments: format!("{}/{}", rate.increments.first_secs, rate.increments.next_secs),
            cost_per_minute: rate.cost.map(|price| Amount(price.per_minute)),
            reseller_per_minute: rate.reseller.map(|price| Amount(price.per_minute)),
            blocked: rate.blocked,
            timed: rate.window.is_some(),
        }
    }
}
