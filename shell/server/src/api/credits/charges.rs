//! What calls cost, and what one would cost.

use axum::Json;
use axum::extract::Path;
use axum::http::StatusCode;
use jiff::Timestamp;
use phone::id::UserId;
use phone::money::charge::{Charge as PhoneCharge, Segment};
use phone::money::charging::Quote;
use phone::money::deck::Direction;
use phone::money::funding::Source;
use phone::money::{Currency, Micros};
use phone::numbers::E164;
use phone::rule::Broken as _;
use serde::{Deserialize, Serialize};
use store::{ChargeFilter, UsageBy};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::usage::times;
use crate::admin::credits::usage::ByScope;
use crate::admin::{Caller, Permission, Refused};
use crate::api::body::Params;
use crate::api::list::{List, PageParams};
use crate::api::money::Amount;
use crate::api::problem::{Problem, Refusals};

const SORT: &str = "-answered_at";

/// What a leg of a call has cost.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Charge {
    pub call: Uuid,
    /// outbound or toll_free_inbound.
    pub direction: String,
    /// Whose call it is.
    pub user: Option<Uuid>,
    pub from: String,
    pub to: String,
    /// As the rate deck names it.
    pub destination: Option<String>,
    /// ISO 3166 alpha-2.
    pub country: Option<String>,
    #[schema(value_type = String, format = DateTime)]
    pub answered_at: Timestamp,
    /// As far as it is booked; a call that goes on is told of each minute.
    pub seconds: u32,
    pub amount: Amount,
    #[schema(value_type = String, example = "USD")]
    pub currency: Currency,
    /// Who paid which seconds.
    pub segments: Vec<ChargeSegment>,
    /// No deck had a price.
    pub unrated: bool,
    /// The version of the deck that priced it.
    pub rate_deck: Option<Uuid>,
    pub prefix: Option<String>,
    /// Whether the call is over.
    pub finished: bool,
}

/// Seconds that one source paid for.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ChargeSegment {
    pub no: u16,
    /// pool, credits, postpaid, debt, free or not_rated.
    pub source: String,
    /// The plan whose minutes they are.
    pub plan: Option<String>,
    pub from_second: u32,
    pub to_second: u32,
    /// As they are counted: whole steps.
    pub billed_seconds: u32,
    pub amount: Amount,
}

/// Which charges.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ChargeParams {
    /// An id or extension.
    pub user: Option<String>,
    /// outbound or toll_free_inbound.
    pub direction: Option<String>,
    #[param(value_type = Option<String>, format = DateTime)]
    pub since: Option<Timestamp>,
    #[param(value_type = Option<String>, format = DateTime)]
    pub until: Option<Timestamp>,
    #[param(minimum = 1, maximum = 1000, default = 100)]
    pub limit: Option<u64>,
    pub cursor: Option<String>,
}

/// Which call.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct PriceParams {
    /// The extension of who calls.
    pub from: Option<String>,
    /// Now, if no time is given.
    #[param(value_type = Option<String>, format = DateTime)]
    pub at: Option<Timestamp>,
}

/// What a call costs, and who pays.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct CallPrice {
    /// Whether it would be placed, as far as money goes.
    pub allowed: bool,
    /// In a sentence.
    pub words: String,
    /// Why not.
    pub code: Option<String>,
    pub fix: Option<String>,
    pub destination: Option<String>,
    pub country: Option<String>,
    pub prefix: Option<String>,
    pub per_minute: Option<Amount>,
    pub connection_fee: Option<Amount>,
    /// `60/60`: the first step and each one after it, in seconds.
    pub increments: Option<String>,
    #[schema(value_type = Option<String>)]
    pub currency: Option<Currency>,
    /// Who pays, in order.
    pub paid_by: Vec<String>,
}

/// List what calls cost, newest first
#[utoipa::path(get, path = "/tenants/{tenant}/credits/charges", tag = "credits",
    params(("tenant" = String, Path), ChargeParams), responses((status = 200, body = List<Charge>), Refusals))]
pub async fn list(
    caller: Caller,
    Path(tenant): Path<String>,
    Params(wanted): Params<ChargeParams>,
) -> Result<Json<List<Charge>>, Problem> {
    let access = caller.begin(&tenant, Permission::View).await?;
    let user = match &wanted.user {
        Some(user) => Some(access.user(user).await?.value.id),
        None => None,
    };
    let unknown =
        || Problem::new(StatusCode::BAD_REQUEST, "malformed_query", "direction is outbound or toll_free_inbound");
    let direction = wanted.direction.as_deref().map(|word| Direction::parse(word).ok_or_else(unknown)).transpose()?;
    let filter = ChargeFilter { user, direction, since: wanted.since, until: wanted.until, of: None };
    let paging = PageParams { limit: wanted.limit, cursor: wanted.cursor }.paging(SORT, true)?;
    let page = access.store().charges(access.tenant(), &filter, &paging).await.map_err(Refused::from)?;
    Ok(List::of(page.map(Charge::from), SORT))
}

/// What calls of one kind cost.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct UsageLine {
    /// A person's id, a number, a destination or a direction; null where there is none.
    pub key: Option<String>,
    /// The extension of the person.
    pub extension: Option<String>,
    pub calls: u64,
    pub seconds: u64,
    pub amount: Amount,
    /// What carriers take, as far as the deck knows; for who runs the server or sells to the organization.
    pub cost: Option<Amount>,
    /// What is left of the amount after it.
    pub margin: Option<Amount>,
}

/// Which usage.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct UsageParams {
    /// person, number, site, department, account, tag, destination or direction; by destination, if nothing is said.
    pub by: Option<String>,
    /// The last thirty days, if nothing is said.
    #[param(value_type = Option<String>, format = DateTime)]
    pub since: Option<Timestamp>,
    #[param(value_type = Option<String>, format = DateTime)]
    pub until: Option<Timestamp>,
}

/// Add up what calls cost, by person, number, site, department, account, tag, destination or direction
#[utoipa::path(get, path = "/tenants/{tenant}/credits/usage", tag = "credits",
    params(("tenant" = String, Path), UsageParams), responses((status = 200, body = List<UsageLine>), Refusals))]
pub async fn usage(
    caller: Caller,
    Path(tenant): Path<String>,
    Params(wanted): Params<UsageParams>,
) -> Result<Json<List<UsageLine>>, Problem> {
    let access = caller.begin(&tenant, Permission::View).await?;
    let times = times(wanted.since, wanted.until);
    let of_column = async |by| access.store().usage(access.tenant(), by, times).await.map_err(Refused::from);
    let is_person = wanted.by.as_deref() == Some("person");
    let usage = match wanted.by.as_deref() {
        None | Some("destination") => of_column(UsageBy::Destination).await?,
        Some("direction") => of_column(UsageBy::Direction).await?,
        Some("number") => of_column(UsageBy::Number).await?,
        Some("person") => of_column(UsageBy::Person).await?,
        Some("account") => access.usage_by_scope(ByScope::Account, times).await?,
        Some("department") => access.usage_by_scope(ByScope::Department, times).await?,
        Some("site") => access.usage_by_scope(ByScope::Site, times).await?,
        Some("tag") => access.usage_by_scope(ByScope::Tag, times).await?,
        Some(_) => {
            let detail = "by is person, number, site, department, account, tag, destination or direction";
            return Err(Problem::new(StatusCode::BAD_REQUEST, "malformed_query", detail));
        }
    };
    let sells = caller.check_sells().is_ok();
    let snapshot = access.snapshot();
    let extension = |key: &str| {
        let user = UserId(key.parse().ok().filter(|_| is_person)?);
        Some(snapshot.as_ref()?.users.get(&user)?.extension.clone())
    };
    let lines = usage.into_iter().map(|line| UsageLine {
        extension: line.key.as_deref().and_then(extension),
        key: line.key,
        calls: line.n_calls,
        seconds: line.secs,
        amount: Amount(line.amount),
        cost: line.cost.filter(|_| sells).map(Amount),
        margin: line.cost.filter(|_| sells).map(|cost| Amount(line.amount.minus(cost))),
    });
    Ok(List::whole(lines.collect()))
}

/// Tell what a call would cost, and who would pay; nothing is called
#[utoipa::path(get, path = "/tenants/{tenant}/credits/price/{number}", tag = "credits",
    params(("tenant" = String, Path),
        ("number" = String, Path, description = "One outside, or a toll-free one of the organization"), PriceParams), responses((status = 200, body = CallPrice), Refusals))]
pub async fn price(
    caller: Caller,
    Path((tenant, number)): Path<(String, String)>,
    Params(wanted): Params<PriceParams>,
) -> Result<Json<CallPrice>, Problem> {
    let access = caller.begin(&tenant, Permission::View).await?;
    let malformed =
        |why: phone::numbers::e164::NotANumber| Refused::field("number", "number.malformed", why.to_string());
    let number = E164::parse(&number).map_err(malformed)?;
    let at = wanted.at.unwrap_or_else(Timestamp::now);
    let currency = access.wallet().await?.map(|row| row.wallet.value.currency);
    let quote = access.quote(wanted.from.as_deref(), number, at).await?;
    Ok(Json(CallPrice::of(quote, currency)))
}

impl CallPrice {
    pub fn of(quote: Option<Quote>, currency: Option<Currency>) -> Self {
        let Some(quote) = quote else {
            return Self {
                allowed: true,
                words: "calls are not paid for in this organization".to_owned(),
                code: None,
                fix: None,
                destination: None,
                country: None,
                prefix: None,
                per_minute: None,
                connection_fee: None,
                increments: None,
                currency: None,
                paid_by: Vec::new(),
            };
        };
        let rate = quote.rate.as_ref();
        let refusal = quote.verdict.as_ref().err();
        Self {
            allowed: refusal.is_none(),
            words: words(&quote, currency),
            code: refusal.map(|refusal| refusal.code().to_owned()),
            fix: refusal.map(phone::rule::Broken::fix),
            destination: rate.map(|rate| rate.destination.clone()),
            country: rate.and_then(|rate| rate.country.clone()),
            prefix: rate.map(|rate| rate.prefix.clone()),
            per_minute: rate.map(|rate| Amount(rate.price.per_minute)),
            connection_fee: rate.map(|rate| Amount(rate.price.connection_fee)),
            increments: rate.map(|rate| format!("{}/{}", rate.increments.first_secs, rate.increments.next_secs)),
            currency: rate.and(currency),
            paid_by: quote.sources.iter().map(|source| source_word(source).to_owned()).collect(),
        }
    }
}

/// What a quote says, in a sentence.
pub fn words(quote: &Quote, currency: Option<Currency>) -> String {
    let currency = currency.map(|currency| currency.to_string()).unwrap_or_default();
    let price = match &quote.rate {
        Some(rate) if rate.price.connection_fee.is_positive() => format!(
            "{} costs {} {currency} a minute and {} to be connected",
            rate.destination, rate.price.per_minute, rate.price.connection_fee
        ),
        Some(rate) => format!("{} costs {} {currency} a minute", rate.destination, rate.price.per_minute),
        None => "no deck has a price".to_owned(),
    };
    match &quote.verdict {
        Ok(_) => {
            let payers: Vec<String> = quote.sources.iter().map(Source::words).collect();
            format!("{price}; it is paid by {}", payers.join(", then by "))
        }
        Err(refusal) => format!("{price}; it is refused: {refusal}"),
    }
}

pub fn source_word(source: &Source) -> &'static str {
    match source {
        Source::Pool { .. } => "pool",
        Source::Credits => "credits",
        Source::Postpaid => "postpaid",
        Source::Debt => "debt",
        Source::Free => "free",
        Source::NotRated => "not_rated",
    }
}

impl From<PhoneCharge> for Charge {
    fn from(charge: PhoneCharge) -> Self {
        let (amount, unrated): (Micros, bool) = (charge.amount(), charge.is_unrated());
        Self {
            call: charge.id.call.0,
            direction: charge.direction.as_str().to_owned(),
            user: charge.user.map(|user| user.0),
            from: charge.from,
            to: charge.to,
            destination: charge.destination,
            country: charge.country,
            answered_at: charge.answered_at,
            seconds: charge.secs,
            amount: Amount(amount),
            currency: charge.currency,
            segments: charge.segments.iter().map(ChargeSegment::from).collect(),
            unrated,
            rate_deck: charge.deck.map(|deck| deck.0),
            prefix: charge.prefix,
            finished: charge.finished,
        }
    }
}

impl From<&Segment> for ChargeSegment {
    fn from(segment: &Segment) -> Self {
        let plan = match &segment.source {
            Source::Pool { pool } => Some(pool.plan.clone()),
            Source::Credits | Source::Postpaid | Source::Debt | Source::Free | Source::NotRated => None,
        };
        Self {
            no: segment.no,
            source: source_word(&segment.source).to_owned(),
            plan,
            from_second: segment.from_secs,
            to_second: segment.to_secs,
            billed_seconds: segment.billed_secs,
            amount: Amount(segment.amount),
        }
    }
}
