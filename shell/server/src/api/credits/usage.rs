//! What was spent: the file of calls, and what another deck would have made of them.

use axum::Json;
use axum::extract::Path;
use jiff::Timestamp;
use phone::directory::Tenant;
use phone::money::Micros;
use phone::money::charge::Charge;
use phone::money::deck::Direction;
use phone::money::funding::Source;
use phone::money::pool::is_domestic;
use phone::money::scope::Scope;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::admin::{Caller, Permission};
use crate::api::body::{Body, Params};
use crate::api::csv_file::CsvFile;
use crate::api::money::Amount;
use crate::api::problem::{Problem, Refusals, WriteRefusals};

/// Of which time.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct TimeParams {
    /// The last thirty days, if nothing is said.
    #[param(value_type = Option<String>, format = DateTime)]
    pub since: Option<Timestamp>,
    #[param(value_type = Option<String>, format = DateTime)]
    pub until: Option<Timestamp>,
}

/// By which deck calls are to be rated again.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "deck": "demo" }))]
pub struct Rerating {
    /// Its name, for the newest version, or the id of one.
    pub deck: String,
    /// The last thirty days, if nothing is said.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub since: Option<Timestamp>,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub until: Option<Timestamp>,
}

/// What calls would have cost.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Rerated {
    pub before: Amount,
    pub after: Amount,
    /// After less before.
    pub difference: Amount,
    pub lines: Vec<ReratedLine>,
}

/// Calls to one destination, as the deck of then named it.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ReratedLine {
    pub destination: String,
    pub calls: u64,
    /// Calls that the other deck has no price for; they are in no sum.
    pub unpriced: u64,
    pub before: Amount,
    pub after: Amount,
    pub difference: Amount,
}

/// The times that are meant: the last thirty days, if nothing is said.
pub fn times(since: Option<Timestamp>, until: Option<Timestamp>) -> (Timestamp, Timestamp) {
    let a_month = jiff::SignedDuration::from_hours(30 * 24);
    let since = since.unwrap_or_else(|| Timestamp::now().saturating_sub(a_month).unwrap_or_default());
    (since, until.unwrap_or(Timestamp::MAX))
}

/// Tell what calls would have cost by another rate deck; nothing changes
#[utoipa::path(post, path = "/tenants/{tenant}/credits/rerate", tag = "credits", params(("tenant" = String, Path)),
    request_body = Rerating, responses((status = 200, body = Rerated), Refusals, WriteRefusals))]
pub async fn rerate(
    caller: Caller,
    Path(tenant): Path<String>,
    Body(wanted): Body<Rerating>,
) -> Result<Json<Rerated>, Problem> {
    let access = caller.begin(&tenant, Permission::View).await?;
    let sums = access.rerate(&caller, &wanted.deck, times(wanted.since, wanted.until)).await?;
    let before: Micros = sums.values().map(|sum| sum.before).sum();
    let after: Micros = sums.values().map(|sum| sum.after).sum();
    let lines = sums.into_iter().map(|(destination, sum)| ReratedLine {
        destination,
        calls: sum.n_calls,
        unpriced: sum.n_unpriced,
        before: Amount(sum.before),
        after: Amount(sum.after),
        difference: Amount(sum.more()),
    });
    Ok(Json(Rerated {
        before: Amount(before),
        after: Amount(after),
        difference: Amount(after.minus(before)),
        lines: lines.collect(),
    }))
}

/// Columns that reports of telephone plans have, and what is known beside them. Specification of numbers, 3.8.
const COLUMNS: [&str; 28] = [
    "UsageId",
    "CallId",
    "ConferenceId",
    "UserLocation",
    "ObjectId",
    "UPN",
    "DisplayName",
    "CallerId",
    "CallType",
    "NumberType",
    "Domestic/International",
    "DestinationDialed",
    "DestinationNumber",
    "Start",
    "End",
    "DurationSeconds",
    "ConnectionFee",
    "Charge",
    "Currency",
    "Capability",
    "Segments",
    "RateRow",
    "RateDeck",
    "Tags",
    "CostCentre",
    "Site",
    "CarrierCost",
    "Margin",
];

/// What calls cost, as a file
#[utoipa::path(get, path = "/tenants/{tenant}/credits/charges/export", tag = "credits",
    params(("tenant" = String, Path), TimeParams),
    responses((status = 200, body = String, content_type = "text/csv"), Refusals))]
pub async fn export(
    caller: Caller,
    Path(tenant): Path<String>,
    Params(wanted): Params<TimeParams>,
) -> Result<CsvFile, Problem> {
    let access = caller.begin(&tenant, Permission::View).await?;
    let snapshot = access.snapshot();
    let sells = caller.check_sells().is_ok();
    let mut rows = Vec::new();
    access
        .each_charge(times(wanted.since, wanted.until), |charges| {
            rows.extend(charges.iter().map(|charge| row(charge, snapshot.as_deref(), sells)));
        })
        .await?;
    CsvFile::write_rows("charges.csv", &COLUMNS.map(str::to_owned), rows.into_iter())
}

fn row(charge: &Charge, tenant: Option<&Tenant>, sells: bool) -> Vec<String> {
    let person = charge.user.and_then(|user| tenant?.users.get(&user).cloned());
    let location = person.as_ref().and_then(|person| person.country.clone());
    let location = location.or_else(|| tenant.map(|tenant| tenant.profile.country.clone())).unwrap_or_default();
    let (kind, number) = match (charge.direction, charge.user) {
        (Direction::Outbound, Some(_)) => ("user_out", "User"),
        (Direction::Outbound, None) => ("ucap_out", "Service"),
        (Direction::TollFreeInbound, _) => ("ucap_in", "TollFree"),
    };
    let domestic = charge.country.as_deref().map(|country| match is_domestic(&location, country) {
        true => "Domestic",
        false => "International",
    });
    let seconds = jiff::SignedDuration::from_secs(charge.secs.into());
    let end = charge.answered_at.saturating_add(seconds).unwrap_or(charge.answered_at);
    let words = |of: fn(&Scope) -> Option<String>| charge.scopes.iter().filter_map(of).collect::<Vec<_>>().join(" ");
    let money = |amount: Option<Micros>| amount.map(|amount| amount.to_string()).unwrap_or_default();
    let cost = charge.cost.filter(|_| sells);
    vec![
        format!("{}:{}", charge.id.call, charge.id.leg),
        charge.id.call.to_string(),
        String::new(),
        location,
        charge.user.map(|user| user.to_string()).unwrap_or_default(),
        person.as_ref().and_then(|person| person.email.clone()).unwrap_or_default(),
        person.as_ref().map(|person| person.display_name.clone()).unwrap_or_default(),
        charge.from.clone(),
        kind.to_owned(),
        number.to_owned(),
        domestic.unwrap_or_default().to_owned(),
        charge.destination.clone().unwrap_or_default(),
        charge.to.clone(),
        charge.answered_at.to_string(),
        end.to_string(),
        charge.secs.to_string(),
        money(charge.connection_fee),
        charge.amount().to_string(),
        charge.currency.to_string(),
        capability(charge),
        segments(charge),
        charge.prefix.clone().unwrap_or_default(),
        charge.deck.map(|deck| deck.0.to_string()).unwrap_or_default(),
        words(|scope| if let Scope::Tag(tag) = scope { Some(tag.clone()) } else { None }),
        words(|scope| if let Scope::Department(name) = scope { Some(name.clone()) } else { None }),
        words(|scope| if let Scope::Site(site) = scope { Some(site.to_string()) } else { None }),
        money(cost),
        money(cost.map(|cost| charge.amount().minus(cost))),
    ]
}

/// The license that paid: that of the plan, or that of credits.
fn capability(charge: &Charge) -> String {
    let of = |source: &Source| match source {
        Source::Pool { pool } => pool.plan.clone(),
        Source::Credits | Source::Postpaid | Source::Debt => "MCOPSTNPP".to_owned(),
        Source::Free => "FREE".to_owned(),
        Source::NotRated => "FREECALL".to_owned(),
    };
    let mut parts: Vec<String> = charge.segments.iter().map(|segment| of(&segment.source)).collect();
    parts.dedup();
    parts.join(" ")
}

/// `pool 0-90 0.00; credits 90-310 0.08`.
fn segments(charge: &Charge) -> String {
    let part = |segment: &phone::money::charge::Segment| {
        let source = super::charges::source_word(&segment.source);
        format!("{source} {}-{} {}", segment.from_secs, segment.to_secs, segment.amount)
    };
    charge.segments.iter().map(part).collect::<Vec<_>>().join("; ")
}
