//! Figures of reports, added up by the database in quarters of an hour.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use jiff::Timestamp;
use phone::apps::queue::Activity;
use phone::id::{AttendantId, QueueId, TenantId, UserId};
use phone::record::segment::{OfferResult, OnwardTo};
use phone::reports::Origins;
use phone::reports::agent::AgentFigures;
use phone::reports::attendant::AttendantFigures;
use phone::reports::queue::QueueFigures;
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait as _, EntityTrait, ExprTrait as _, QueryFilter as _, QueryOrder as _, QueryResult, QuerySelect as _,
    QueryTrait as _, Select,
};
use uuid::Uuid;

use crate::call_segments::{OPTED_IN, OPTED_OUT};
use crate::database::Store;
use crate::entity::{agent_fact, call_segment, menu_input, queue_offer};
use crate::error::StoreError;
use crate::tx::timestamp;

/// Milliseconds of a slot: a quarter of an hour.
const SLOT_MS: i64 = 900_000;
/// More than the longest target of a service level has milliseconds.
const TARGETS: i64 = 10_000_000;

/// Figures of one app or agent in a quarter of an hour, by when that begins.
pub type Slots<K, F> = BTreeMap<(Timestamp, K), F>;

/// From when on, and until before when.
pub type Span = (Timestamp, Timestamp);

/// What an agent did from then on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AgentTurn {
    pub agent: UserId,
    pub at: Timestamp,
    pub activity: Activity,
}

impl Store {
    /// Figures of queues: all, or one. Who abandons before `short_ms` is counted apart.
    pub async fn queue_slots(
        &self,
        tenant: TenantId,
        queue: Option<QueueId>,
        span: Span,
        short_ms: u64,
    ) -> Result<Slots<QueueId, QueueFigures>, StoreError> {
        use call_segment::Column as C;
        let mut wanted = call_segment::Entity::find()
            .select_only()
            .column(C::App)
            .filter(C::Tenant.eq(tenant.0))
            .filter(C::Kind.is_in(["callback", "queue"]))
            .apply_if(queue, |query, queue| query.filter(C::App.eq(queue.0)))
            .group_by(C::App);
        let sums = queue_sums(short_ms);
        for (name, sum) in &sums {
            wanted = wanted.expr_as(Expr::cust(sum.clone()), *name);
        }
        let mut slots = BTreeMap::new();
        for row in self.by_slot(wanted, C::StartedAt, span).await? {
            let key = (slot(&row)?, QueueId(row.try_get("", "app")?));
            slots.insert(key, queue_figures(&row)?);
        }
        for (key, wrap_up_ms) in self.wrap_ups(tenant, queue, span).await? {
            slots.entry(key).or_insert_with(QueueFigures::default).wrap_up_ms += wrap_up_ms;
        }
        Ok(slots)
    }

    /// Time after calls of queues, counted where it ended.
    async fn wrap_ups(
        &self,
        tenant: TenantId,
        queue: Option<QueueId>,
        span: Span,
    ) -> Result<Vec<((Timestamp, QueueId), u64)>, StoreError> {
        use agent_fact::Column as C;
        let wanted = agent_fact::Entity::find()
            .select_only()
            .column_as(C::AfterQueue, "app")
            .expr_as(Expr::cust("CAST(SUM(after_ms) AS BIGINT)"), "wrap_up_ms")
            .filter(C::Tenant.eq(tenant.0))
            .filter(C::After.eq(Activity::WrapUp.code()))
            .filter(C::AfterQueue.is_not_null())
            .apply_if(queue, |query, queue| query.filter(C::AfterQueue.eq(queue.0)))
            .group_by(C::AfterQueue);
        let rows = self.by_slot(wanted, C::At, span).await?;
        rows.iter().map(|row| Ok(((slot(row)?, QueueId(row.try_get("", "app")?)), sum(row, "wrap_up_ms")?))).collect()
    }

    /// Figures of attendants: all, or one.
    pub async fn attendant_slots(
        &self,
        tenant: TenantId,
        attendant: Option<AttendantId>,
        span: Span,
    ) -> Result<Slots<AttendantId, AttendantFigures>, StoreError> {
        use {call_segment::Column as C, menu_input::Column as M};
        let mut wanted = call_segment::Entity::find()
            .select_only()
            .columns([C::App, C::Result, C::Onward, C::IsChosen])
            .filter(C::Tenant.eq(tenant.0))
            .filter(C::Kind.eq("attendant"))
            .apply_if(attendant, |query, attendant| query.filter(C::App.eq(attendant.0)))
            .group_by(C::App)
            .group_by(C::Result)
            .group_by(C::Onward)
            .group_by(C::IsChosen);
        for (name, sum) in ATTENDANT_SUMS {
            wanted = wanted.expr_as(Expr::cust(sum), name);
        }
        let mut slots: Slots<AttendantId, AttendantFigures> = BTreeMap::new();
        for row in self.by_slot(wanted, C::StartedAt, span).await? {
            let key = (slot(&row)?, AttendantId(row.try_get("", "app")?));
            slots.entry(key).or_default().add(&attendant_figures(&row)?);
        }
        let wanted = menu_input::Entity::find()
            .select_only()
            .columns([M::Attendant, M::Input])
            .expr_as(Expr::cust("COUNT(*)"), "n")
            .filter(M::Tenant.eq(tenant.0))
            .apply_if(attendant, |query, attendant| query.filter(M::Attendant.eq(attendant.0)))
            .group_by(M::Attendant)
            .group_by(M::Input);
        for row in self.by_slot(wanted, M::At, span).await? {
            let key = (slot(&row)?, AttendantId(row.try_get("", "attendant")?));
            *slots.entry(key).or_default().inputs.entry(row.try_get("", "input")?).or_default() += sum(&row, "n")?;
        }
        Ok(slots)
    }

    /// Figures of agents' offers: all, or one agent's; of all queues, or one.
    pub async fn offer_slots(
        &self,
        tenant: TenantId,
        (agent, queue): (Option<UserId>, Option<QueueId>),
        span: Span,
    ) -> Result<Slots<(UserId, QueueId), AgentFigures>, StoreError> {
        use queue_offer::Column as C;
        let wanted = queue_offer::Entity::find()
            .select_only()
            .columns([C::Agent, C::Queue, C::Result])
            .expr_as(Expr::cust("COUNT(*)"), "n")
            .expr_as(Expr::cust("CAST(SUM(talk_ms) AS BIGINT)"), "talk_ms")
            .filter(C::Tenant.eq(tenant.0))
            .apply_if(agent, |query, agent| query.filter(C::Agent.eq(agent.0)))
            .apply_if(queue, |query, queue| query.filter(C::Queue.eq(queue.0)))
            .group_by(C::Agent)
            .group_by(C::Queue)
            .group_by(C::Result);
        let mut slots: Slots<(UserId, QueueId), AgentFigures> = BTreeMap::new();
        for row in self.by_slot(wanted, C::StartedAt, span).await? {
            let (agent, queue) = (UserId(row.try_get("", "agent")?), QueueId(row.try_get("", "queue")?));
            let result: String = row.try_get("", "result")?;
            let (n, talk_ms) = (sum(&row, "n")?, sum(&row, "talk_ms")?);
            let figures = slots.entry((slot(&row)?, (agent, queue))).or_default();
            figures.add(&offers(&result, n, talk_ms));
        }
        Ok(slots)
    }

    /// What agents did, in order: the last before the time, and all within it.
    pub async fn agent_turns(
        &self,
        tenant: TenantId,
        agent: Option<UserId>,
        (since, until): Span,
    ) -> Result<Vec<AgentTurn>, StoreError> {
        use agent_fact::Column as C;
        let does = agent_fact::Entity::find()
            .filter(C::Tenant.eq(tenant.0))
            .filter(C::News.is_not_in([OPTED_IN, OPTED_OUT]))
            .apply_if(agent, |query, agent| query.filter(C::Agent.eq(agent.0)));
        let last = does
            .clone()
            .select_only()
            .column(C::Agent)
            .column_as(C::At.max(), "at")
            .filter(C::At.lt(since.as_millisecond()))
            .group_by(C::Agent)
            .into_tuple::<(Uuid, i64)>()
            .all(&self.reader)
            .await?;
        let mut turns = Vec::new();
        for part in last.chunks(LAST_MAX) {
            let mut one_of = sea_orm::Condition::any();
            for (agent, at) in part {
                one_of = one_of.add(C::Agent.eq(*agent).and(C::At.eq(*at)));
            }
            let rows = agent_fact::Entity::find().filter(C::Tenant.eq(tenant.0)).filter(one_of);
            turns.extend(rows.order_by_asc(C::Id).all(&self.reader).await?.iter().filter_map(turn));
        }
        let within = does.filter(C::At.gte(since.as_millisecond())).filter(C::At.lt(until.as_millisecond()));
        let within = within.order_by_asc(C::Agent).order_by_asc(C::At).order_by_asc(C::Id);
        turns.extend(within.all(&self.reader).await?.iter().filter_map(turn));
        // The ids of one switch sort by time; what came in the same millisecond stays in order.
        turns.sort_by_key(|turn| (turn.agent, turn.at));
        Ok(turns)
    }

    async fn by_slot<E>(
        &self,
        wanted: Select<E>,
        at: E::Column,
        (since, until): Span,
    ) -> Result<Vec<QueryResult>, StoreError>
    where
        E: EntityTrait,
    {
        use sea_orm::ConnectionTrait as _;
        let column = sea_orm::IdenStatic::as_str(&at);
        let slot = Expr::cust(format!("{column} / {SLOT_MS}"));
        let wanted = wanted
            .expr_as(slot.clone(), "slot")
            .filter(at.gte(since.as_millisecond()))
            .filter(at.lt(until.as_millisecond()))
            .group_by(slot);
        let statement = self.reader.get_database_backend().build(&wanted.into_query());
        Ok(self.reader.query_all_raw(statement).await?)
    }
}

/// Agents in one statement.
const LAST_MAX: usize = 200;

fn turn(row: &agent_fact::Model) -> Option<AgentTurn> {
    let activity = Activity::ALL.into_iter().find(|activity| activity.code() == row.news)?;
    Some(AgentTurn { agent: UserId(row.agent), at: timestamp(row.at), activity })
}

fn slot(row: &QueryResult) -> Result<Timestamp, StoreError> {
    Ok(timestamp(row.try_get::<i64>("", "slot")?.saturating_mul(SLOT_MS)))
}

fn sum(row: &QueryResult, name: &str) -> Result<u64, StoreError> {
    Ok(u64::try_from(row.try_get::<Option<i64>>("", name)?.unwrap_or(0)).unwrap_or(0))
}

/// Names of sums over callers of a queue, and how the database adds them up: as [`QueueFigures::count`] does.
fn queue_sums(short_ms: u64) -> Vec<(&'static str, String)> {
    let taken = "kind = 'queue' AND result <> 'overflowed' AND result <> 'closed'";
    let result = |result: &str| format!("kind = 'queue' AND result = '{result}'");
    let in_time = |result: &str| format!("kind = 'queue' AND result = '{result}' AND lasted_ms <= target_ms");
    let short = format!("kind = 'queue' AND result = 'abandoned' AND lasted_ms < {short_ms}");
    let mut sums = Vec::new();
    let mut add = |name, what: &str, when: &str| {
        sums.push((name, format!("CAST(SUM(CASE WHEN {when} THEN {what} ELSE 0 END) AS BIGINT)")));
    };
    add("outside", "1", &format!("{taken} AND is_outside"));
    add("inside", "1", &format!("{taken} AND NOT is_outside"));
    add("answered", "1", &result("answered"));
    add("abandoned", "1", &result("abandoned"));
    add("short_abandoned", "1", &short);
    add("timed_out", "1", &result("timed_out"));
    add("no_agents", "1", &result("no_agents"));
    add("overflowed", "1", &result("overflowed"));
    add("closed", "1", &result("closed"));
    add("asked_back", "1", &result("callback"));
    add("called_back", "1", "kind = 'callback' AND result = 'answered'");
    add("failed", "1", "kind = 'queue' AND (result = 'disconnected' OR result = 'failed')");
    add("wait_answered_ms", "lasted_ms", &result("answered"));
    add("wait_abandoned_ms", "lasted_ms", &result("abandoned"));
    add("talk_ms", "talk_ms", "1 = 1");
    add("presented", "n_presented", "1 = 1");
    add("scored", "1", &format!("{taken} AND target_ms IS NOT NULL"));
    add("scored_answered", "1", &format!("{} AND target_ms IS NOT NULL", result("answered")));
    add("sl_answered", "1", &in_time("answered"));
    add("sl_abandoned", "1", &in_time("abandoned"));
    let mut newest = String::new();
    // The target of who came last: its time in the slot, then itself.
    let _ = write!(newest, "MAX(CASE WHEN {taken} AND target_ms IS NOT NULL ");
    let _ = write!(newest, "THEN (started_at % {SLOT_MS}) * {TARGETS} + target_ms ELSE -1 END)");
    sums.push(("newest_target", newest));
    sums
}

fn queue_figures(row: &QueryResult) -> Result<QueueFigures, StoreError> {
    let newest: i64 = row.try_get("", "newest_target")?;
    Ok(QueueFigures {
        offered: Origins { inside: sum(row, "inside")?, outside: sum(row, "outside")? },
        answered: sum(row, "answered")?,
        abandoned: sum(row, "abandoned")?,
        short_abandoned: sum(row, "short_abandoned")?,
        timed_out: sum(row, "timed_out")?,
        no_agents: sum(row, "no_agents")?,
        overflowed: sum(row, "overflowed")?,
        closed: sum(row, "closed")?,
        asked_back: sum(row, "asked_back")?,
        called_back: sum(row, "called_back")?,
        failed: sum(row, "failed")?,
        wait_answered_ms: sum(row, "wait_answered_ms")?,
        wait_abandoned_ms: sum(row, "wait_abandoned_ms")?,
        talk_ms: sum(row, "talk_ms")?,
        wrap_up_ms: 0,
        presented: sum(row, "presented")?,
        scored: sum(row, "scored")?,
        scored_answered: sum(row, "scored_answered")?,
        sl_answered: sum(row, "sl_answered")?,
        sl_abandoned: sum(row, "sl_abandoned")?,
        sl_target: (0 <= newest).then(|| u32::try_from(newest % TARGETS / 1_000).unwrap_or(0)),
    })
}

const ATTENDANT_SUMS: [(&str, &str); 7] = [
    ("outside", "CAST(SUM(CASE WHEN is_outside THEN 1 ELSE 0 END) AS BIGINT)"),
    ("inside", "CAST(SUM(CASE WHEN is_outside THEN 0 ELSE 1 END) AS BIGINT)"),
    ("first_outside", "CAST(SUM(CASE WHEN is_first AND is_outside THEN 1 ELSE 0 END) AS BIGINT)"),
    ("first_inside", "CAST(SUM(CASE WHEN is_first AND NOT is_outside THEN 1 ELSE 0 END) AS BIGINT)"),
    ("idle", "CAST(SUM(CASE WHEN n_actions = 0 THEN 1 ELSE 0 END) AS BIGINT)"),
    ("actions", "CAST(SUM(n_actions) AS BIGINT)"),
    ("lasted_ms", "CAST(SUM(lasted_ms) AS BIGINT)"),
];

/// Results of an attendant that hung up by itself, as [`phone::reports::attendant::is_disconnected`] has them.
const DISCONNECTED: [&str; 5] = [
    "oaa_chain_too_long",
    "oaa_session_too_long",
    "terminated_automatic_selection",
    "terminated_no_operator",
    "terminated_transfer_failed",
];

fn attendant_figures(row: &QueryResult) -> Result<AttendantFigures, StoreError> {
    let result: String = row.try_get("", "result")?;
    let onward: Option<String> = row.try_get("", "onward")?;
    let calls = Origins { inside: sum(row, "inside")?, outside: sum(row, "outside")? };
    let n = calls.total();
    let mut figures = AttendantFigures {
        callers: Origins { inside: sum(row, "first_inside")?, outside: sum(row, "first_outside")? },
        calls,
        actions: sum(row, "actions")?,
        abandoned: if result == "user_terminated" { sum(row, "idle")? } else { 0 },
        disconnected: if DISCONNECTED.contains(&result.as_str()) { n } else { 0 },
        lasted_ms: sum(row, "lasted_ms")?,
        results: [(result, n)].into(),
        ..AttendantFigures::default()
    };
    if let Some(to) = onward.and_then(|word| ONWARD.into_iter().find(|to| to.code() == word)) {
        let is_chosen: bool = row.try_get("", "is_chosen")?;
        let sums = if is_chosen { &mut figures.chosen } else { &mut figures.sent };
        sums.insert(to, n);
    }
    Ok(figures)
}

const ONWARD: [OnwardTo; 8] = [
    OnwardTo::Attendant,
    OnwardTo::Disconnect,
    OnwardTo::External,
    OnwardTo::Operator,
    OnwardTo::Queue,
    OnwardTo::SharedMailbox,
    OnwardTo::User,
    OnwardTo::Voicemail,
];

const OFFER_RESULTS: [OfferResult; 6] = [
    OfferResult::Answered,
    OfferResult::Cancelled,
    OfferResult::Declined,
    OfferResult::NoAnswer,
    OfferResult::TakenElsewhere,
    OfferResult::Unreachable,
];

fn offers(result: &str, n: u64, talk_ms: u64) -> AgentFigures {
    let mut one = AgentFigures::default();
    if let Some(result) = OFFER_RESULTS.into_iter().find(|known| known.code() == result) {
        one.count_offer(result, 0);
    }
    AgentFigures {
        offered: one.offered * n,
        answered: one.answered * n,
        declined: one.declined * n,
        no_answer: one.no_answer * n,
        cancelled: one.cancelled * n,
        unreachable: one.unreachable * n,
        talk_ms,
        ..one
    }
}
