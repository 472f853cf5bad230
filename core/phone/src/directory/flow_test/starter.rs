//! The first tests of a flow, written from the flow: every branch, every holiday, the minutes before and at each bound of
//! opening hours, also when the clocks change, a full queue, and no agent.
//!
//! What is expected is what the flow does now, so that the tests say when a change makes it do something else.

mod moments;

use std::collections::BTreeSet;
use std::time::Instant;

use jiff::Timestamp;

use self::moments::Moment;
use super::Expected;
use crate::apps::attendant::{self, Action, Attendant, CallFlow, Event, Key, Passage};
use crate::apps::{Priority, Target, queue};
use crate::directory::rehearsal::{Assumed, Caller, Does, Entrance, Keys, Script};
use crate::directory::{App, Tenant};
use crate::id::AttendantId;
use crate::limits::{STARTER_TESTS_MAX, WAITING_CALLERS_MAX};

/// A test that was written from a flow.
#[derive(Clone, Debug, PartialEq)]
pub struct Starter {
    pub name: String,
    pub at: Timestamp,
    pub keys: Keys,
    pub assumed: Assumed,
    pub expected: Expected,
}

/// Writes tests down, each call once.
struct Writer<'a> {
    tenant: &'a Tenant,
    app: App,
    now: Instant,
    seen: BTreeSet<String>,
    written: Vec<Starter>,
}

impl Tenant {
    /// The first tests of an attendant or a queue, for times after `from`.
    pub fn starter_tests(&self, app: App, from: Timestamp, now: Instant) -> Vec<Starter> {
        // People read times in minutes.
        let from = Timestamp::from_second(from.as_second().div_euclid(60).saturating_mul(60)).unwrap_or(from);
        let mut writer = Writer { tenant: self, app, now, seen: BTreeSet::new(), written: Vec::new() };
        match app {
            App::Attendant(id) => {
                if let Some(settings) = self.attendants.get(&id) {
                    writer.of_attendant(settings, from);
                }
            }
            App::Queue(id) => match self.queues.get(&id) {
                Some(settings) => writer.of_hours(settings, from),
                None => writer.of_queue("", from, ""),
            },
        }
        writer.written
    }

    /// Which association of an attendant holds at a time; none is the default flow.
    fn flow_at(&self, id: AttendantId, now: Instant, wall: Timestamp) -> Option<usize> {
        let mut machine: Attendant = self.attendant(id, Passage::default())?;
        machine.handle(now, Event::Started { wall }, &mut Vec::new());
        machine.association()
    }
}

impl Writer<'_> {
    fn of_attendant(&mut self, settings: &attendant::Settings, from: Timestamp) {
        let flow_at = |at| self.tenant.flow_at(settings.id, self.now, at);
        let moments = moments::of(&settings.time_zone, &settings.times(), self.tenant, from);
        // The first moment at which each flow holds, to walk its branches then.
        let mut firsts = vec![(&settings.default_flow, moments::first(&moments, from, |at| flow_at(at).is_none()))];
        for (index, association) in settings.associations.iter().enumerate() {
            firsts.push((&association.flow, moments::first(&moments, from, |at| flow_at(at) == Some(index))));
        }
        for (flow, at) in firsts {
            if let Some(at) = at {
                self.of_flow(flow, at);
            }
        }
        for Moment { at, name } in moments {
            self.write(name, at, "", Assumed::default());
        }
    }

    fn of_flow(&mut self, flow: &CallFlow, at: Timestamp) {
        self.write(format!("{}: no key is pressed", flow.name), at, "", Assumed::default());
        for option in &flow.menu.options {
            let (keys, what) = match option.key {
                Key::Automatic => (String::new(), format!("{}: by itself", flow.name)),
                Key::Digit(key) => (key.to_string(), format!("{}: key {key}", flow.name)),
            };
            if let Action::Transfer { target } = &option.action
                && self.is_queue(target)
            {
                self.of_queue(&what, at, &keys);
            } else {
                self.write(what, at, &keys, Assumed::default());
            }
        }
    }

    fn is_queue(&self, target: &Target) -> bool {
        match target {
            Target::Queue { .. } => true,
            Target::ResourceAccount { id, .. } => {
                let app = self.tenant.resource_accounts.get(id).and_then(|account| account.app);
                matches!(app, Some(App::Queue(_)))
            }
            Target::Attendant { .. }
            | Target::External { .. }
            | Target::SharedMailbox { .. }
            | Target::User { .. }
            | Target::Voicemail { .. } => false,
        }
    }

    /// A queue while it is open, while each of its closures holds, and at the bounds of its schedules.
    fn of_hours(&mut self, settings: &queue::Settings, from: Timestamp) {
        let times = settings.hours.as_ref().map_or(Vec::new(), queue::Hours::times);
        let moments = moments::of(self.tenant.zone_of_queue(settings), &times, self.tenant, from);
        let closed = |at| self.tenant.closed(settings, at).map(|closed| closed.closure);
        let open = moments::first(&moments, from, |at| closed(at).is_none());
        let firsts: Vec<_> = (0..times.len())
            .map(|index| moments::first(&moments, from, |at| closed(at) == Some(Some(index))))
            .collect();
        self.of_queue("", open.unwrap_or(from), "");
        for at in firsts.into_iter().flatten() {
            self.write("the queue is closed".to_owned(), at, "", Assumed::default());
        }
        for Moment { at, name } in moments {
            self.write(name, at, "", Assumed::default());
        }
    }

    /// A queue, reached with these keys.
    fn of_queue(&mut self, way: &str, at: Timestamp, keys: &str) {
        let name = |what: &str| if way.is_empty() { what.to_owned() } else { format!("{way}, {what}") };
        let agents = |agents| Assumed { agents, ..Assumed::default() };
        self.write(name("an agent answers"), at, keys, Assumed::default());
        self.write(
            name("the queue is full"),
            at,
            keys,
            Assumed { n_waiting: WAITING_CALLERS_MAX, ..Assumed::default() },
        );
        self.write(name("no agent is there"), at, keys, agents(Does::Offline));
        self.write(name("nobody answers"), at, keys, agents(Does::NoAnswer));
        self.write(name("all agents are busy"), at, keys, agents(Does::Busy));
    }

    /// Notes what the call does now.
    fn write(&mut self, name: String, at: Timestamp, keys: &str, assumed: Assumed) {
        let Ok(keys) = keys.parse::<Keys>() else { return };
        let is_new = self.seen.insert(format!("{at} {keys} {assumed:?}"));
        if !is_new || self.written.len() >= STARTER_TESTS_MAX {
            return;
        }
        let priority = Priority::NORMAL;
        let target = match self.app {
            App::Attendant(id) => Target::Attendant { id, priority },
            App::Queue(id) => Target::Queue { id, priority },
        };
        let (from, to) = (Caller::Outside(None), Entrance::Target(target));
        let script = Script { from, to, at, keys, assumed };
        let Some(expected) = Expected::of(&self.tenant.rehearse(self.now, &script).end) else { return };
        let Script { keys, assumed, .. } = script;
        self.written.push(Starter { name, at, keys, assumed, expected });
    }
}
