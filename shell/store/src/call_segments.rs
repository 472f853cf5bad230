//! Facts for reports: written with the call records that they are of, or as they come.

use std::collections::BTreeSet;

use phone::apps::queue::{After, Does, News};
use phone::record::CallRecord;
use phone::record::Direction;
use phone::record::agent::AgentFact;
use phone::record::segment::{OfferResult, OnwardBy, OnwardTo, Pass, QueuePass, Segment};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, DatabaseTransaction, DbErr, EntityTrait};
use uuid::Uuid;

use crate::entity::{agent_fact, call_segment, menu_input, queue_offer};

/// Rows of one statement, of up to seventeen values each; SQLite takes at most 32,766.
const ROWS_MAX: usize = 500;

/// Rows of all tables, of some records.
#[derive(Default)]
struct Rows {
    segments: Vec<call_segment::ActiveModel>,
    offers: Vec<queue_offer::ActiveModel>,
    inputs: Vec<menu_input::ActiveModel>,
}

/// Keeps what records say of apps; what is there already stays as it is.
pub(crate) async fn insert_segments(db: &DatabaseTransaction, records: &[CallRecord]) -> Result<(), DbErr> {
    let mut rows = Rows::default();
    for record in records.iter().filter(|record| !record.segments.is_empty()) {
        rows.add(record);
    }
    use {call_segment::Column as S, menu_input::Column as M, queue_offer::Column as O};
    insert(db, rows.segments, [S::Call, S::Position]).await?;
    insert(db, rows.offers, [O::Call, O::Position, O::Number]).await?;
    insert(db, rows.inputs, [M::Call, M::Position, M::Number]).await
}

/// Keeps what is new of agents; what is there already stays as it is.
pub(crate) async fn insert_agent_facts(db: &DatabaseTransaction, facts: &[AgentFact]) -> Result<(), DbErr> {
    insert(db, facts.iter().map(fact_row).collect(), [agent_fact::Column::Id]).await
}

async fn insert<A, const N: usize>(
    db: &DatabaseTransaction,
    rows: Vec<A>,
    key: [<A::Entity as EntityTrait>::Column; N],
) -> Result<(), DbErr>
where
    A: sea_orm::ActiveModelTrait + Clone,
{
    for part in rows.chunks(ROWS_MAX) {
        let same = OnConflict::columns(key).do_nothing().to_owned();
        A::Entity::insert_many(part.to_vec()).on_conflict(same).exec_without_returning(db).await?;
    }
    Ok(())
}

impl Rows {
    fn add(&mut self, record: &CallRecord) {
        let mut passed = BTreeSet::new();
        for (position, segment) in (0..).zip(&record.segments) {
            let (kind, app, result) = named(&segment.pass);
            self.segments.push(segment_row(record, position, segment, passed.insert((kind, app)), (kind, app, result)));
            match &segment.pass {
                Pass::Attendant(pass) => {
                    let inputs = (0..).zip(&pass.inputs).map(|(number, input)| menu_input::ActiveModel {
                        call: Set(record.id.0),
                        position: Set(position),
                        number: Set(number),
                        tenant: Set(record.tenant.0),
                        attendant: Set(pass.id.0),
                        at: Set(segment.started_at.as_millisecond()),
                        input: Set(input.kind.code()),
                    });
                    self.inputs.extend(inputs);
                }
                Pass::Callback(pass) | Pass::Queue(pass) => self.add_offers(record, position, segment, pass),
                Pass::Mailbox(_) => {}
            }
        }
    }

    fn add_offers(&mut self, record: &CallRecord, position: i64, segment: &Segment, pass: &QueuePass) {
        let talk_ms = talk_ms(record, segment);
        for (number, offer) in (0..).zip(&pass.offers) {
            let ended_at = offer.ended_at.unwrap_or(record.ended_at);
            let has_talked = offer.result == OfferResult::Answered && Some(offer.agent) == pass.agent;
            self.offers.push(queue_offer::ActiveModel {
                call: Set(record.id.0),
                position: Set(position),
                number: Set(number),
                tenant: Set(record.tenant.0),
                queue: Set(pass.id.0),
                agent: Set(offer.agent.0),
                started_at: Set(offer.started_at.as_millisecond()),
                rang_ms: Set(ended_at.as_millisecond().saturating_sub(offer.started_at.as_millisecond()).max(0)),
                result: Set(offer.result.code().to_owned()),
                talk_ms: Set(if has_talked { talk_ms } else { 0 }),
            });
        }
    }
}

fn segment_row(
    record: &CallRecord,
    position: i64,
    segment: &Segment,
    is_first: bool,
    (kind, app, result): (&'static str, Uuid, String),
) -> call_segment::ActiveModel {
    let pass = segment.queue_pass();
    let n_actions = match &segment.pass {
        Pass::Attendant(pass) => pass.inputs.iter().filter(|input| input.kind.is_action()).count(),
        Pass::Callback(_) | Pass::Mailbox(_) | Pass::Queue(_) => 0,
    };
    let offers = pass.into_iter().flat_map(|pass| &pass.offers);
    let n_presented = offers.filter(|offer| !matches!(offer.result, OfferResult::Answered | OfferResult::Open)).count();
    let onward = segment.onward.as_ref();
    call_segment::ActiveModel {
        call: Set(record.id.0),
        position: Set(position),
        tenant: Set(record.tenant.0),
        kind: Set(kind.to_owned()),
        app: Set(app),
        started_at: Set(segment.started_at.as_millisecond()),
        lasted_ms: Set(segment.lasted_ms(record.ended_at)),
        result: Set(result),
        is_outside: Set(record.direction == Direction::Inbound),
        is_first: Set(is_first),
        agent: Set(pass.and_then(|pass| pass.agent).map(|agent| agent.0)),
        talk_ms: Set(talk_ms(record, segment)),
        target_ms: Set(pass.and_then(|pass| pass.target_secs).map(|secs| i64::from(secs) * 1_000)),
        n_actions: Set(n(n_actions)),
        n_presented: Set(n(n_presented)),
        onward: Set(onward.map(|onward| OnwardTo::code(onward.to).to_owned())),
        is_chosen: Set(onward.is_some_and(|onward| onward.by == OnwardBy::Caller)),
    }
}

/// The kind of an app, which it is, and how it came out.
fn named(pass: &Pass) -> (&'static str, Uuid, String) {
    match pass {
        Pass::Attendant(pass) => {
            ("attendant", pass.id.0, pass.result.map_or("unknown", |outcome| outcome.code()).to_owned())
        }
        Pass::Callback(pass) => ("callback", pass.id.0, pass.result.code().to_owned()),
        // A person's own mailbox is none of the organization's apps.
        Pass::Mailbox(pass) => ("mailbox", pass.id.map_or(Uuid::nil(), |id| id.0), pass.result.clone()),
        Pass::Queue(pass) => ("queue", pass.id.0, pass.result.code().to_owned()),
    }
}

fn fact_row(fact: &AgentFact) -> agent_fact::ActiveModel {
    let (news, queue, after) = match fact.news {
        News::Does { does: Does { activity, queue }, after } => (activity.code(), queue, after),
        News::OptedIn { queue } => (OPTED_IN, Some(queue), None),
        News::OptedOut { queue } => (OPTED_OUT, Some(queue), None),
    };
    agent_fact::ActiveModel {
        id: Set(fact.id.0),
        tenant: Set(fact.tenant.0),
        agent: Set(fact.agent.0),
        at: Set(fact.at.as_millisecond()),
        news: Set(news.to_owned()),
        queue: Set(queue.map(|queue| queue.0)),
        after: Set(after.map(|After { did, .. }| did.activity.code().to_owned())),
        after_queue: Set(after.and_then(|After { did, .. }| did.queue).map(|queue| queue.0)),
        after_ms: Set(after.map(|After { lasted_ms, .. }| i64::try_from(lasted_ms).unwrap_or(i64::MAX))),
    }
}

/// Words in the column of an agent's news beside those of activities.
pub(crate) const OPTED_IN: &str = "joined_queue";
/// See [`OPTED_IN`].
pub(crate) const OPTED_OUT: &str = "left_queue";

fn talk_ms(record: &CallRecord, segment: &Segment) -> i64 {
    i64::try_from(segment.talk_ms(record.ended_at)).unwrap_or(i64::MAX)
}

fn n(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
