//! One of the servers: its process, what it writes down beside the database, and what must hold of that.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use phone::id::{CallId, UserId};
use phone::money::Micros;
use phone::money::charge::{Charge, PaidLeg};
use phone::money::lost::Moment;
use phone::money::pool::Period;
use phone::money::share::parts::{Part, Shared};
use phone::money::share::{Holding, Share};
use switch::input::Command;
use switch::output::Answer;

use super::{ALIVE_SECS, AMERICA, GERMANY, PHONES, STEP_SECS, Seen, TOLL_FREE, UNWRITTEN_SECS};
use crate::demo::{self, Wishes};
use crate::network::Faults;
use crate::world::{Shows, World};

/// One process, and what outlives it.
pub(super) struct Server {
    pub(super) world: World,
    /// Its row in the database.
    pub(super) holding: Option<Holding>,
    /// What was booked of its calls.
    pub(super) booked: Share,
    /// What people spent by it, as it is booked.
    pub(super) people: BTreeMap<(UserId, Period), Micros>,
    /// Its parts of minutes and budgets, in the database.
    pub(super) parts: BTreeMap<Shared, Part>,
    /// What is written down beside the database and not booked.
    pub(super) spool: Vec<Charge>,
    /// The furthest that was written down of each leg.
    pub(super) written: BTreeMap<PaidLeg, Charge>,
    /// When a process said last that it lives, as far as that is written down.
    alive: Option<Moment>,
    /// Legs whose process was lost, and how long they had been talked then, if they went on.
    carried: BTreeMap<PaidLeg, Option<i64>>,
    /// Calls that went on when their process was killed, and how long they had been talked.
    cut: BTreeMap<CallId, i64>,
    pub(super) looks_at: Duration,
    /// By how much the clock was set since the switch heard of it.
    pub(super) unheard: SignedDuration,
}

impl Server {
    pub(super) fn new(seed: u64) -> Self {
        let wishes = Wishes { paid: true, ..Wishes::default() };
        Self {
            world: World::new(&wishes, seed, Faults::default(), Shows::Nothing),
            holding: None,
            booked: Share::default(),
            people: BTreeMap::new(),
            parts: BTreeMap::new(),
            spool: Vec::new(),
            written: BTreeMap::new(),
            alive: None,
            carried: BTreeMap::new(),
            cut: BTreeMap::new(),
            looks_at: Duration::ZERO,
            unheard: SignedDuration::ZERO,
        }
    }

    pub(super) fn wall_now(&self) -> Timestamp {
        self.world.wall_now() + self.unheard
    }

    pub(super) fn hear_of_clock(&mut self) {
        let by = std::mem::take(&mut self.unheard);
        if !by.is_zero() {
            self.world.set_clock(by);
        }
    }

    pub(super) fn write_down(&mut self) {
        for charge in std::mem::take(&mut self.world.till.told) {
            let before = self.written.insert(charge.id, charge.clone());
            let gets_cheaper = before.is_some_and(|before| before.finished || charge.amount() < before.amount());
            assert!(!gets_cheaper, "told after its end, or less than before: {charge:?}");
            check_segments(&charge);
            self.spool.push(charge);
        }
        self.alive = self.world.till.alive.take().or(self.alive);
    }

    /// Another process finds what has no end: it cost what it had when the one before said last that it lives.
    pub(super) fn carry(&mut self) {
        for charge in self.written.values_mut().filter(|charge| !charge.finished) {
            let carried = self.alive.and_then(|alive| charge.carried(alive));
            let is_more = carried.as_ref().is_none_or(|carried| charge.amount() <= carried.amount());
            assert!(is_more, "less than was told before: {carried:?} after {charge:?}");
            *charge = carried.unwrap_or_else(|| Charge { finished: true, ..charge.clone() });
            check_segments(charge);
            let talked = self.cut.remove(&charge.id.call);
            if let Some(talked) = talked {
                check_carried(charge, talked);
            }
            self.carried.insert(charge.id, talked);
            self.spool.push(charge.clone());
        }
    }

    /// The process is killed, and with it what was not written down.
    pub(super) fn kill(&mut self) {
        self.note_what_a_kill_cuts();
        self.world.till.told.clear();
        self.world.till.alive = None;
        self.world.kill();
    }

    /// Of a call that goes on, all but the step that is talked is written down, as far as it was told.
    fn note_what_a_kill_cuts(&mut self) {
        let Answer::Calls(calls) = self.world.command(Command::ListCalls { tenant: demo::TENANT }) else { return };
        let now = self.world.wall_now();
        for call in calls {
            if !self.is_paid(call.id) {
                continue;
            }
            let Some(answered_at) = call.answered_at else { continue };
            let talked = now.duration_since(answered_at).as_secs();
            let covered = self.covered(call.id);
            assert!(
                talked <= covered + STEP_SECS + UNWRITTEN_SECS,
                "{talked}s of {call:?}, of which {covered}s are paid"
            );
            self.cut.insert(call.id, talked);
        }
    }

    fn is_paid(&self, call: CallId) -> bool {
        self.written.keys().any(|leg| leg.call == call)
    }

    /// Seconds of a call that what is written down pays for.
    fn covered(&self, call: CallId) -> i64 {
        let of_call = self.written.values().filter(|charge| charge.id.call == call);
        of_call.flat_map(|charge| &charge.segments).map(|segment| i64::from(segment.billed_secs)).sum()
    }

    /// Each answered second of a call that was paid for is in what was written down, once, by the record's own count.
    pub(super) fn check_records(&self, seen: &mut Seen) {
        for record in &self.world.records {
            seen.n_refused += usize::from(matches!(record.status, Some(402 | 480)));
            seen.n_exhausted += usize::from(record.reason.as_deref() == Some("credit exhausted"));
            let is_paid = [GERMANY, AMERICA, TOLL_FREE].contains(&record.to.as_str());
            let of_trunk = record.legs.iter().filter(|leg| leg.trunk.is_some());
            let talked = of_trunk.filter_map(|leg| Some(leg.ended_at.duration_since(leg.answered_at?).as_secs())).max();
            let Some(talked) = talked.filter(|_| is_paid) else { continue };
            seen.n_paid += 1;
            let Some(charge) = self.written.values().find(|charge| charge.id.call == record.id) else {
                panic!("nobody paid for {record:?}");
            };
            assert!(charge.finished, "nobody told of the end: {charge:?}");
            match self.carried.contains_key(&charge.id) {
                false => assert_eq!(i64::from(charge.secs), talked.max(1), "{charge:?} of {record:?}"),
                // Its process was killed before the end was written down.
                true => check_carried(charge, talked),
            }
        }
    }

    pub(super) fn give_up(&mut self) {
        for name in PHONES.into_iter().chain(["trunk"]) {
            self.world.peer(name).manners.answers_after = None;
            for _ in 0..self.world.peer(name).calls.len() {
                self.world.act(name, |peer, now| {
                    if !peer.calls.is_empty() {
                        peer.hang_up(now);
                    }
                });
            }
        }
    }
}

/// A kill takes no second that was not talked, and loses what was talked since the process said that it lives.
fn check_carried(charge: &Charge, talked: i64) {
    let secs = i64::from(charge.secs);
    assert!(secs <= talked.max(1), "{talked}s were talked: {charge:?}");
    assert!(talked - secs <= ALIVE_SECS + UNWRITTEN_SECS, "{talked}s were talked: {charge:?}");
}

/// Segments follow each other from the answer to the end.
fn check_segments(charge: &Charge) {
    let mut at = 0;
    for segment in &charge.segments {
        assert_eq!(segment.from_secs, at, "seconds nobody paid for, or two did: {charge:?}");
        at = segment.to_secs;
    }
    assert!(charge.secs <= at, "seconds nobody paid for: {charge:?}");
}
