//! Reports: figures of queues, attendants and agents over time, and a call's way in words.
//!
//! Whoever may read call records sees all. Whoever has a role for one queue or attendant sees that one; a person who has
//! an account sees their own figures as an agent without any.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use phone::access::{self, Action, Area, Object, Scope as Part};
use phone::id::{AttendantId, QueueId, UserId};
use phone::reports::agent::AgentFigures;
use phone::reports::attendant::AttendantFigures;
use phone::reports::interval::{self, Interval};
use phone::reports::queue::QueueFigures;
use store::{AgentTurn, Cursor, CursorKey, Page, Paging, Scope, Span};
use uuid::Uuid;

use super::delegation::{Figures, When};
use super::{Access, Caller, Refused};

/// Days that are added up at once where a report is by the day; otherwise it is one day.
const DAYS_AT_ONCE: usize = 31;

/// Permission to see reports, and of what.
pub struct Reports {
    access: Access,
    sees: Sees,
    person: Option<UserId>,
}

enum Sees {
    Everything,
    Parts {
        /// By roles.
        parts: Vec<Part>,
        /// By the voice applications policy.
        named: Figures,
    },
}

/// Which time, and in which intervals.
#[derive(Clone, Debug)]
pub struct Wanted {
    pub span: Span,
    pub interval: Interval,
    pub zone: TimeZone,
    /// Who hangs up sooner is not counted as abandoned.
    pub short_secs: u32,
}

/// Figures of one app or agent in one interval, which began then.
#[derive(Clone, Debug, PartialEq)]
pub struct Row<F> {
    pub start: Timestamp,
    pub id: Uuid,
    pub figures: F,
}

impl Caller {
    /// Permission to see reports of now or of the past: all, or some.
    pub async fn begin_reports(&self, tenant: &str, when: When) -> Result<Reports, Refused> {
        let tenant = self.find_tenant(tenant).await?;
        let all = access::Permission { area: Area::CallRecords, action: Action::Read };
        let person = self.person.filter(|_| self.scope == Scope::Tenant(tenant));
        let access = self.access(tenant);
        let missing = match self.grants.may(all, Object::Any) {
            Ok(()) => return Ok(Reports { access, sees: Sees::Everything, person }),
            Err(missing) => missing,
        };
        let parts = [Area::AutoAttendants, Area::CallQueues]
            .into_iter()
            .flat_map(|area| self.grants.scopes(access::Permission { area, action: Action::Read }))
            .filter(|part| matches!(part, Part::AutoAttendant(_) | Part::CallQueue(_)));
        let parts: Vec<Part> = parts.collect();
        if parts.is_empty() && person.is_none() {
            return Err(missing.into());
        }
        let named = self.figures_of_delegate(access.tenant(), when).await?;
        Ok(Reports { access, sees: Sees::Parts { parts, named }, person })
    }
}

impl Reports {
    pub fn access(&self) -> &Access {
        &self.access
    }

    /// Whether the caller sees the figures of an app.
    pub fn shows(&self, object: Object<'_>) -> bool {
        match &self.sees {
            Sees::Everything => true,
            Sees::Parts { parts, named } => parts.iter().chain(&named.parts).any(|part| part.covers(object)),
        }
    }

    /// Whether the caller sees what an agent of a queue does.
    pub fn shows_agent_of(&self, queue: QueueId, agent: UserId) -> bool {
        match &self.sees {
            Sees::Everything => true,
            Sees::Parts { parts, named } => {
                let by_role = parts.iter().any(|part| part.covers(Object::CallQueue(queue)));
                by_role || named.queues_with_agents.contains(&queue) || self.person == Some(agent)
            }
        }
    }

    /// Figures of queues: all that the caller sees, or one.
    pub async fn queues(
        &self,
        wanted: &Wanted,
        queue: Option<QueueId>,
        paging: &Paging,
    ) -> Result<Page<Row<QueueFigures>>, Refused> {
        let short_ms = u64::from(wanted.short_secs) * 1_000;
        let mut pager = Pager::new(wanted, paging);
        while let Some(span) = pager.next_span(wanted) {
            let slots = self.access.store().queue_slots(self.access.tenant(), queue, span, short_ms).await?;
            let seen = slots.into_iter().filter(|((_, queue), _)| self.shows(Object::CallQueue(*queue)));
            let seen = seen.map(|((at, queue), figures)| ((at, queue.0), figures));
            pager.take(span, fold(wanted, seen, QueueFigures::add));
        }
        Ok(pager.page())
    }

    /// Figures of attendants: all that the caller sees, or one.
    pub async fn attendants(
        &self,
        wanted: &Wanted,
        attendant: Option<AttendantId>,
        paging: &Paging,
    ) -> Result<Page<Row<AttendantFigures>>, Refused> {
        let mut pager = Pager::new(wanted, paging);
        while let Some(span) = pager.next_span(wanted) {
            let slots = self.access.store().attendant_slots(self.access.tenant(), attendant, span).await?;
            let seen = slots.into_iter().filter(|((_, id), _)| self.shows(Object::AutoAttendant(*id)));
            let seen = seen.map(|((at, id), figures)| ((at, id.0), figures));
            pager.take(span, fold(wanted, seen, AttendantFigures::add));
        }
        Ok(pager.page())
    }

    /// Figures of agents: all that the caller sees, or one. With a queue only its offers count; time is the agent's own.
    pub async fn agents(
        &self,
        wanted: &Wanted,
        (agent, queue): (Option<UserId>, Option<QueueId>),
        paging: &Paging,
    ) -> Result<Page<Row<AgentFigures>>, Refused> {
        let sees = |agent: UserId| match &self.sees {
            Sees::Everything => true,
            Sees::Parts { named, .. } => self.person == Some(agent) || named.agents.contains(&agent),
        };
        let agent = match &self.sees {
            // Who sees nobody else need not be looked for.
            Sees::Parts { named, .. } if named.agents.is_empty() => agent.or(self.person),
            Sees::Everything | Sees::Parts { .. } => agent,
        };
        if !agent.is_none_or(sees) || (agent.is_none() && self.sees_nobody()) {
            return Ok(Page { items: Vec::new(), next: None });
        }
        let now = Timestamp::now();
        let (store, tenant) = (self.access.store(), self.access.tenant());
        let mut pager = Pager::new(wanted, paging);
        while let Some(span) = pager.next_span(wanted) {
            let offers = store.offer_slots(tenant, (agent, queue), span).await?;
            let offers = offers.into_iter().map(|((at, (agent, _)), figures)| ((at, agent.0), figures));
            let mut rows = fold(wanted, offers, AgentFigures::add);
            let turns = store.agent_turns(tenant, agent, span).await?;
            spend(wanted, &turns, (span.0, span.1.min(now)), &mut rows);
            rows.retain(|(_, agent), _| sees(UserId(*agent)));
            pager.take(span, rows);
        }
        Ok(pager.page())
    }
}

impl Reports {
    fn sees_nobody(&self) -> bool {
        match &self.sees {
            Sees::Everything => false,
            Sees::Parts { named, .. } => named.agents.is_empty() && self.person.is_none(),
        }
    }
}

/// Adds up one part of the time after the other, until there is enough for a page.
struct Pager<F> {
    begin: Timestamp,
    after: Option<(Timestamp, Uuid)>,
    limit: usize,
    items: Vec<Row<F>>,
}

impl<F> Pager<F> {
    fn new(wanted: &Wanted, paging: &Paging) -> Self {
        let after = paging.after.as_ref().and_then(|cursor| match &cursor.key {
            CursorKey::Integer(at) => Some((Timestamp::from_millisecond(*at).ok()?, cursor.id)),
            CursorKey::Text(_) => None,
        });
        let begin = after.map_or(wanted.span.0, |(at, _)| at.max(wanted.span.0));
        Self { begin, after, limit: usize::try_from(paging.limit).unwrap_or(usize::MAX), items: Vec::new() }
    }

    fn next_span(&self, wanted: &Wanted) -> Option<Span> {
        let until = wanted.span.1;
        let is_enough = self.limit < self.items.len() || until <= self.begin;
        (!is_enough).then(|| (self.begin, part_end(wanted, self.begin).min(until)))
    }

    fn take(&mut self, span: Span, rows: BTreeMap<(Timestamp, Uuid), F>) {
        let rows = rows.into_iter().filter(|(key, _)| self.after.is_none_or(|after| after < *key));
        self.items.extend(rows.map(|((start, id), figures)| Row { start, id, figures }));
        self.begin = span.1;
    }

    fn page(mut self) -> Page<Row<F>> {
        let has_more = self.limit < self.items.len();
        self.items.truncate(self.limit);
        let last = self.items.last().filter(|_| has_more);
        let next = last.map(|row| Cursor { key: CursorKey::Integer(row.start.as_millisecond()), id: row.id });
        Page { items: self.items, next }
    }
}

/// Where a part of the time ends that begins then: with an interval, so that none is cut in two.
fn part_end(wanted: &Wanted, begin: Timestamp) -> Timestamp {
    let n_days = match wanted.interval {
        Interval::Day => DAYS_AT_ONCE,
        Interval::HalfHour | Interval::Hour | Interval::Quarter => 1,
    };
    let mut end = Interval::Day.begin(&wanted.zone, begin);
    for _ in 0..n_days {
        end = Interval::Day.end(&wanted.zone, end);
    }
    if begin < end { end } else { wanted.span.1 }
}

/// Adds quarters of an hour up to intervals.
fn fold<F: Default>(
    wanted: &Wanted,
    slots: impl Iterator<Item = ((Timestamp, Uuid), F)>,
    add: impl Fn(&mut F, &F),
) -> BTreeMap<(Timestamp, Uuid), F> {
    let mut rows = BTreeMap::new();
    for ((at, id), figures) in slots {
        add(rows.entry((wanted.interval.begin(&wanted.zone, at), id)).or_default(), &figures);
    }
    rows
}

/// Counts the time of agents, each turn until the next.
fn spend(wanted: &Wanted, turns: &[AgentTurn], span: Span, rows: &mut BTreeMap<(Timestamp, Uuid), AgentFigures>) {
    for (index, turn) in turns.iter().enumerate() {
        let next = turns.get(index + 1).filter(|next| next.agent == turn.agent);
        let until = next.map_or(span.1, |next| next.at).min(span.1);
        let since = turn.at.max(span.0);
        interval::parts(wanted.interval, &wanted.zone, (since, until), |start, ms| {
            if turn.activity != phone::apps::queue::Activity::Offline {
                rows.entry((start, turn.agent.0)).or_default().count_time(turn.activity, ms);
            }
        });
    }
}
