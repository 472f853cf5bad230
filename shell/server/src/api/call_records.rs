//! Records of calls that are over.

mod hop;
mod ladder;
mod shape;

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::Path;
use jiff::Timestamp;
use phone::id::{CallId, UserId};
use phone::record as phone_record;
use phone::record::path::hops;
use serde::Deserialize;
use store::{RecordFilter, RecordSort};
use utoipa::IntoParams;

pub use self::hop::Hop;
pub use self::ladder::CallLadder;
use self::shape::OperatorFacts;
pub use self::shape::{CallDirection, CallRecord, CallResult};
use super::body::{Params, id};
use super::credits::charges::Charge;
use super::list::{self, List, PageParams};
use super::problem::{Problem, Refusals};
use crate::admin::{Access, Caller, Permission, Refused};

/// Which records.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct RecordParams {
    #[param(minimum = 1, maximum = 1000, default = 100)]
    pub limit: Option<u64>,
    pub cursor: Option<String>,
    /// The caller, as shown in the record.
    pub from: Option<String>,
    /// What was called, as shown in the record.
    pub to: Option<String>,
    #[param(inline)]
    pub result: Option<CallResult>,
    #[param(inline)]
    pub direction: Option<CallDirection>,
    /// Started at this time or later.
    #[param(value_type = Option<String>, format = DateTime)]
    pub since: Option<Timestamp>,
    /// Started before this time.
    #[param(value_type = Option<String>, format = DateTime)]
    pub until: Option<Timestamp>,
    /// Answered by this person: id or extension.
    pub answered_by: Option<String>,
    /// `started_at` or `talk_seconds`, with `-` before it for descending; the newest first if nothing is said.
    pub sort: Option<String>,
}

/// List records of calls that are over
#[utoipa::path(get, path = "/tenants/{tenant}/call-records", tag = "call-records",
    params(("tenant" = String, Path), RecordParams), responses((status = 200, body = List<CallRecord>), Refusals))]
pub async fn list(
    caller: Caller,
    Path(tenant): Path<String>,
    Params(params): Params<RecordParams>,
) -> Result<Json<List<CallRecord>>, Problem> {
    let access = caller.begin(&tenant, Permission::View).await?;
    let (page, order) = find(&access, params).await?;
    let calls: Vec<CallId> = page.items.iter().map(|record| record.id).collect();
    let mut facts = access.store().call_facts(access.tenant(), &calls).await.map_err(Refused::from)?;
    let mut charges = charges_of(&access, &calls).await?;
    let shown = |record: phone_record::CallRecord| {
        let operator = facts.remove(&record.id).map(OperatorFacts::from);
        let charges = charges.remove(&record.id).unwrap_or_default();
        CallRecord { operator, charges, ..CallRecord::from(record) }
    };
    Ok(List::of(page.map(shown), &order))
}

/// Show the record of a call that is over
#[utoipa::path(get, path = "/tenants/{tenant}/call-records/{call}", tag = "call-records",
    params(("tenant" = String, Path), ("call" = Uuid, Path)),
    responses((status = 200, body = CallRecord), Refusals))]
pub async fn show(caller: Caller, Path((tenant, call)): Path<(String, String)>) -> Result<Json<CallRecord>, Problem> {
    let access = caller.begin(&tenant, Permission::View).await?;
    let call = CallId(id(&call, "call record")?);
    let found = access.store().call_record(access.tenant(), call).await.map_err(Refused::from)?;
    let record = found.ok_or(Refused::NotFound { what: "call record" })?;
    let mut facts = access.store().call_facts(access.tenant(), &[call]).await.map_err(Refused::from)?;
    let charges = charges_of(&access, &[call]).await?.remove(&call).unwrap_or_default();
    Ok(Json(CallRecord { operator: facts.remove(&call).map(OperatorFacts::from), charges, ..record.into() }))
}

async fn charges_of(access: &Access, calls: &[CallId]) -> Result<BTreeMap<CallId, Vec<Charge>>, Refused> {
    let mut charges: BTreeMap<CallId, Vec<Charge>> = BTreeMap::new();
    for charge in access.store().charges_of(access.tenant(), calls).await? {
        charges.entry(charge.id.call).or_default().push(charge.into());
    }
    Ok(charges)
}

/// Show the way of a call that is over: each hop in words, and why it went on from there
#[utoipa::path(get, path = "/tenants/{tenant}/call-records/{call}/path", tag = "call-records",
    params(("tenant" = String, Path), ("call" = Uuid, Path)),
    responses((status = 200, body = List<Hop>), Refusals))]
pub async fn show_path(
    caller: Caller,
    Path((tenant, call)): Path<(String, String)>,
) -> Result<Json<List<Hop>>, Problem> {
    let access = caller.begin(&tenant, Permission::View).await?;
    let call = CallId(id(&call, "call record")?);
    let found = access.store().call_record(access.tenant(), call).await.map_err(Refused::from)?;
    let record = found.ok_or(Refused::NotFound { what: "call record" })?;
    let tenant = access.snapshot();
    let name = |id: UserId| Some(tenant.as_ref()?.users.get(&id)?.display_name.clone());
    Ok(List::whole(hops(&record, &name).into_iter().map(Hop::from).collect()))
}

/// Show what was said by SIP in a call that is over, message by message
#[utoipa::path(get, path = "/tenants/{tenant}/call-records/{call}/ladder", tag = "call-records",
    params(("tenant" = String, Path), ("call" = Uuid, Path)),
    responses((status = 200, body = CallLadder), Refusals))]
pub async fn show_ladder(
    caller: Caller,
    Path((tenant, call)): Path<(String, String)>,
) -> Result<Json<CallLadder>, Problem> {
    let access = caller.begin(&tenant, Permission::View).await?;
    let call = CallId(id(&call, "call record")?);
    let found = access.store().call_record(access.tenant(), call).await.map_err(Refused::from)?;
    let record = found.ok_or(Refused::NotFound { what: "call record" })?;
    let ladder = access.ladder(call).await?;
    let tenant = access.snapshot();
    Ok(Json(CallLadder::new(&record, ladder, tenant.as_deref())))
}

/// A page of records and the name of its order.
pub(super) async fn find(
    access: &Access,
    params: RecordParams,
) -> Result<(store::Page<phone_record::CallRecord>, String), Problem> {
    let known = [("started_at", RecordSort::StartedAt), ("talk_seconds", RecordSort::TalkSeconds)];
    let sort = list::sort(params.sort.as_deref(), true, &known)?;
    let order = params.sort.unwrap_or_else(|| "-started_at".to_owned());
    let paging = PageParams { limit: params.limit, cursor: params.cursor }.paging(&order, sort.descending)?;
    let answered_by_user = match &params.answered_by {
        Some(name) => Some(access.user(name).await?.value.id),
        None => None,
    };
    let filter = RecordFilter {
        from: params.from,
        to: params.to,
        result: params.result.map(phone_record::CallResult::from),
        direction: params.direction.map(phone_record::Direction::from),
        since: params.since,
        until: params.until,
        answered_by_user,
    };
    let page = access.store().call_records(access.tenant(), &filter, sort.key, &paging).await.map_err(Refused::from)?;
    Ok((page, order))
}
