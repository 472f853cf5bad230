//! What an operator says of calls that are over, and how its calls do.

use std::collections::BTreeMap;

use axum::Json;
use jiff::Timestamp;
use phone::numbers::operator::metrics::Bucket;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::admin::operator_access::OperatorCaller;
use crate::admin::operator_calls::{Duration, Kept, Price, Unkept};
use crate::api::body::{Body, Params};
use crate::api::list::List;
use crate::api::problem::{Problem, Refusals, WriteRefusals};

/// How long calls were.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "items": [{
    "call": "01928f6e-0000-7000-8000-000000000000", "duration_seconds": 61, "answered_at": "2030-01-31T15:00:00Z"
}] }))]
pub struct CallDurations {
    /// At most 10,000.
    pub items: Vec<CallDuration>,
}

/// How long a call was.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CallDuration {
    /// The header `X-Platform-Call-Id` of the call, or the id of its record.
    pub call: Uuid,
    pub duration_seconds: u32,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub answered_at: Option<Timestamp>,
}

/// What calls cost.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "items": [{
    "call": "01928f6e-0000-7000-8000-000000000000", "price_micros": 12_000, "currency": "USD"
}] }))]
pub struct RatedCalls {
    /// At most 10,000.
    pub items: Vec<RatedCall>,
}

/// What a call costs.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RatedCall {
    pub call: Uuid,
    /// In millionths of the currency; negative is a credit.
    pub price_micros: i64,
    /// ISO 4217.
    pub currency: String,
}

/// What was kept of a request.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct KeptCalls {
    pub kept: usize,
    /// Those that were not.
    pub errors: Vec<CallError>,
}

/// Why what was said of a call was not kept.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct CallError {
    /// Where it stands in the request, from 0.
    pub index: usize,
    pub call: Uuid,
    pub code: String,
    pub message: String,
}

/// Of when.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct MetricParams {
    /// An hour before the end if nothing is said.
    #[param(value_type = Option<String>, format = DateTime)]
    pub since: Option<Timestamp>,
    /// Now if nothing is said; at most a day after the begin.
    #[param(value_type = Option<String>, format = DateTime)]
    pub until: Option<Timestamp>,
}

/// How calls over your trunks did that began within five minutes. A figure of nothing is null.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Metrics {
    /// The begin of the five minutes.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    pub calls: u32,
    pub answered: u32,
    /// Answered ones that ended within 10 seconds.
    pub short_calls: u32,
    /// Answer seizure ratio, 0 to 1.
    pub asr: Option<f64>,
    /// Network effectiveness ratio, 0 to 1.
    pub ner: Option<f64>,
    /// Average call duration.
    pub acd_seconds: Option<f64>,
    /// Post-dial delay of calls that went out.
    pub pdd_ms: Option<f64>,
    pub mos: Option<f64>,
}

/// Say how long calls were. The same once more changes nothing
#[utoipa::path(post, path = "/call-durations", tag = "calls", request_body = CallDurations,
    responses((status = 200, body = KeptCalls), Refusals, WriteRefusals))]
pub async fn durations(caller: OperatorCaller, Body(wanted): Body<CallDurations>) -> Result<Json<KeptCalls>, Problem> {
    let said = wanted.items.into_iter().map(|item| Duration {
        call: item.call,
        duration_seconds: item.duration_seconds,
        answered_at: item.answered_at,
    });
    Ok(Json(caller.keep_durations(said.collect()).await?.into()))
}

/// Say what calls cost, for the organizations' one view of what they spend. The same once more changes nothing
#[utoipa::path(post, path = "/rated-calls", tag = "calls", request_body = RatedCalls,
    responses((status = 200, body = KeptCalls), Refusals, WriteRefusals))]
pub async fn rated(caller: OperatorCaller, Body(wanted): Body<RatedCalls>) -> Result<Json<KeptCalls>, Problem> {
    let said = wanted.items.into_iter().map(|item| Price {
        call: item.call,
        price_micros: item.price_micros,
        currency: item.currency,
    });
    Ok(Json(caller.keep_prices(said.collect()).await?.into()))
}

/// Show how calls over your trunks do, in steps of five minutes
#[utoipa::path(get, path = "/metrics", tag = "calls", params(MetricParams),
    responses((status = 200, body = List<Metrics>), Refusals))]
pub async fn metrics(
    caller: OperatorCaller,
    Params(params): Params<MetricParams>,
) -> Result<Json<List<Metrics>>, Problem> {
    let buckets: BTreeMap<Timestamp, Bucket> = caller.metrics(params.since, params.until).await?;
    Ok(List::whole(buckets.into_iter().map(Metrics::from).collect()))
}

impl From<Kept> for KeptCalls {
    fn from(kept: Kept) -> Self {
        let error = |Unkept { index, call, code, words }: Unkept| CallError {
            index,
            call,
            code: code.to_owned(),
            message: words.to_owned(),
        };
        Self { kept: kept.n_kept, errors: kept.refused.into_iter().map(error).collect() }
    }
}

impl From<(Timestamp, Bucket)> for Metrics {
    fn from((at, bucket): (Timestamp, Bucket)) -> Self {
        Self {
            at,
            calls: bucket.n_legs,
            answered: bucket.n_answered,
            short_calls: bucket.n_short,
            asr: bucket.asr(),
            ner: bucket.ner(),
            acd_seconds: bucket.acd_secs(),
            pdd_ms: bucket.pdd_ms(),
            mos: bucket.mos(),
        }
    }
}
