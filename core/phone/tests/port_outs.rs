//! Numbers that leave for another carrier: every transition, the PIN, and random histories beside numbers that come.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use phone::id::{PortOrderId, PortOutId, ResourceAccountId};
use phone::numbers::import::Held;
use phone::numbers::number::Category;
use phone::numbers::port::check::{Fault, Known, faults};
use phone::numbers::port::{Details, PortKind, PortOrder, PortState, Report};
use phone::numbers::port_out::pin::{PortingPin, Refusal as PinRefusal, Tries};
use phone::numbers::port_out::{OutState, PortOut, RejectReason, Requester, Wanted, next_primary};
use phone::numbers::{E164, Number, NumberKind};
use phone::rule::Broken as _;
use proptest::prelude::*;
use uuid::Uuid;

#[test]
fn numbers_wait_for_an_answer_and_then_stay_or_go() {
    use OutState::{Authorized, Cancelled, Pending, Ported, Rejected};
    let allowed = [
        (Pending, Authorized),
        (Pending, Rejected),
        (Pending, Cancelled),
        (Authorized, Ported),
        (Authorized, Cancelled),
    ];
    for from in OutState::ALL {
        for to in OutState::ALL {
            let mut request = request(1, &[0]);
            request.numbers.get_mut(&e164(0)).unwrap().state = from;
            let after = match to {
                Pending => continue,
                Authorized => request.authorize(at(0), &[e164(0)]),
                Rejected => request.reject(at(0), &[e164(0)], RejectReason::PortFreeze, None),
                Cancelled => request.cancel(&[e164(0)]),
                Ported => request.complete(&[e164(0)]),
            };
            assert_eq!(after.is_ok(), allowed.contains(&(from, to)), "{from:?} to {to:?}");
            match after {
                Ok(after) => assert_eq!(after.state(), to),
                Err(refusal) => assert_eq!(refusal.code(), "port_out.transition"),
            }
        }
    }
}

#[test]
fn what_nobody_answers_in_time_stays() {
    let asked = request(1, &[0, 1]).authorize(at(0), &[e164(0)]).unwrap();
    assert_eq!(asked.state(), OutState::Pending);
    assert_eq!(asked.expire(at(4 * 24)), None);
    let late = asked.expire(at(5 * 24)).unwrap();
    assert_eq!(late.numbers[&e164(1)].reason, Some(RejectReason::NoAnswer));
    assert_eq!((late.numbers[&e164(0)].state, late.state()), (OutState::Authorized, OutState::Authorized));
    assert_eq!(late.expire(at(6 * 24)), None, "there is nothing left to say");
    for refusal in [
        asked.authorize(at(5 * 24), &[]).unwrap_err(),
        asked.reject(at(5 * 24), &[], RejectReason::NameMismatch, None).unwrap_err(),
    ] {
        assert_eq!(refusal.code(), "port_out.late");
    }
    assert!(late.complete(&[]).is_ok(), "what was let go goes");
}

#[test]
fn a_rejection_has_a_reason_of_the_list() {
    let asked = request(1, &[0]);
    let refused = |reason, note: Option<&str>| asked.reject(at(0), &[], reason, note).unwrap_err().code();
    assert_eq!(refused(RejectReason::Other, None), "port_out.note_missing");
    assert_eq!(refused(RejectReason::Other, Some("  ")), "port_out.note_missing");
    let novel = "x".repeat(1_001);
    assert_eq!(refused(RejectReason::NameMismatch, Some(novel.as_str())), "port_out.note_missing");
    assert_eq!(refused(RejectReason::NoAnswer, None), "port_out.reason_of_clock");
    let kept = asked.reject(at(0), &[], RejectReason::Other, Some(" in a lawsuit ")).unwrap();
    assert_eq!(kept.numbers[&e164(0)].note.as_deref(), Some("in a lawsuit"));
    assert_eq!(kept.authorize(at(0), &[]).unwrap_err().code(), "port_out.nothing_left");
}

#[test]
fn a_request_that_can_not_be_answered_is_none() {
    let new = |numbers: &[u64], carrier: &str, answer_by| {
        let wanted = Wanted { gaining_carrier: carrier.to_owned(), reference: None, requested_date: None };
        let numbers = numbers.iter().map(|last| e164(*last)).collect();
        PortOut::new(PortOutId(Uuid::nil()), at(0), Requester::Platform, wanted, &numbers, answer_by)
            .map_err(|refusal| refusal.code())
    };
    assert_eq!(new(&[], "New", None), Err("port_out.count_out_of_range"));
    assert_eq!(new(&(0..1_000).collect::<Vec<_>>(), "New", None), Err("port_out.count_out_of_range"));
    assert_eq!(new(&[1], " ", None), Err("port_out.field_missing"));
    assert_eq!(new(&[1], &"x".repeat(257), None), Err("text.too_long"));
    assert_eq!(new(&[1], "New", Some(at(0))), Err("port_out.answer_by_out_of_range"));
    assert_eq!(new(&[1], "New", Some(at(31 * 24))), Err("port_out.answer_by_out_of_range"));
    assert_eq!(new(&[1], "New", None).unwrap().answer_by, at(5 * 24));
}

#[test]
fn a_pin_is_ten_digits_that_nobody_guesses_first() {
    for text in ["", "123456789", "12345678901", "123456789a", "١٢٣٤٥٦٧٨٩٠", "+123456789"] {
        assert_eq!(PortingPin::parse(text).unwrap_err(), PinRefusal::Malformed, "{text}");
    }
    for text in ["0000000000", "7777777777", "0123456789", "1234567890", "9876543210", "3210987654"] {
        assert_eq!(PortingPin::parse(text).unwrap().check_new(), Err(PinRefusal::Guessable), "{text}");
    }
    let pin = PortingPin::parse("4711081542").unwrap();
    assert_eq!(pin.check_new(), Ok(()));
    assert!(pin.is(&PortingPin::parse("4711081542").unwrap()) && !pin.is(&PortingPin::parse("4711081543").unwrap()));
    assert!(!format!("{pin:?}").contains("4711"));
}

#[test]
fn wrong_pins_lock_longer_each_time() {
    let mut tries = Tries::default();
    for _ in 0..4 {
        tries = tries.after(at(0), false);
        assert_eq!(tries.check(at(0)), Ok(()));
    }
    for hours in [1, 2, 4, 8, 16, 32, 64, 128, 128] {
        tries = tries.after(at(0), false);
        assert_eq!(tries.check(at(hours - 1)), Err(PinRefusal::Locked { until: at(hours) }));
        assert_eq!(tries.check(at(hours)), Ok(()));
    }
    assert_eq!(tries.after(at(200), true), Tries::default());
}

/// One thing that somebody does; the small numbers name a tenant, a number, a request, a holder.
#[derive(Clone, Debug)]
enum Step {
    Upload { tenant: usize, last: u64 },
    Assign { last: u64, to: u128 },
    Unassign { last: u64 },
    Release { last: u64 },
    Ask { numbers: BTreeSet<u64> },
    Authorize { request: usize, last: Option<u64> },
    Reject { request: usize, last: Option<u64> },
    Cancel { request: usize, last: Option<u64> },
    Complete { request: usize, last: Option<u64> },
    Wait,
    Bring { tenant: usize, last: u64 },
    Move { order: usize, state: usize },
}

fn step() -> impl Strategy<Value = Step> {
    let last = 0..4_u64;
    let of = || (0..6_usize, proptest::option::of(0..4_u64));
    prop_oneof![
        3 => (0..2_usize, last.clone()).prop_map(|(tenant, last)| Step::Upload { tenant, last }),
        4 => (last.clone(), 0..3_u128).prop_map(|(last, to)| Step::Assign { last, to }),
        2 => last.clone().prop_map(|last| Step::Unassign { last }),
        2 => last.clone().prop_map(|last| Step::Release { last }),
        4 => proptest::collection::btree_set(0..4_u64, 1..3).prop_map(|numbers| Step::Ask { numbers }),
        3 => of().prop_map(|(request, last)| Step::Authorize { request, last }),
        1 => of().prop_map(|(request, last)| Step::Reject { request, last }),
        1 => of().prop_map(|(request, last)| Step::Cancel { request, last }),
        3 => of().prop_map(|(request, last)| Step::Complete { request, last }),
        1 => Just(Step::Wait),
        3 => (0..2_usize, last).prop_map(|(tenant, last)| Step::Bring { tenant, last }),
        6 => (0..6_usize, 0..4_usize).prop_map(|(order, state)| Step::Move { order, state }),
    ]
}

/// Two organizations, what other carriers ask of them, and what they ask of other carriers.
#[derive(Default)]
struct World {
    hours: i64,
    tenants: [BTreeMap<E164, Number>; 2],
    outs: Vec<(usize, PortOut)>,
    ins: Vec<(usize, PortOrder)>,
}

impl World {
    fn holder(&self, number: E164) -> Option<usize> {
        self.tenants.iter().position(|numbers| numbers.contains_key(&number))
    }

    fn take(&mut self, step: &Step) -> Result<(), TestCaseError> {
        let now = at(self.hours);
        match step {
            Step::Upload { tenant, last } => {
                if self.holder(e164(*last)).is_none() {
                    let new = Number::new(e164(*last), NumberKind::ServiceToll);
                    self.tenants[*tenant].insert(new.number, new);
                }
            }
            Step::Assign { last, to } => {
                let Some(tenant) = self.holder(e164(*last)) else { return Ok(()) };
                let number = &self.tenants[tenant][&e164(*last)];
                if let Ok(after) = number.assign_to_account(now, ResourceAccountId(Uuid::from_u128(*to)), Some("x")) {
                    prop_assert!(number.port_out.is_none() || after == *number, "a number that leaves was given away");
                    self.tenants[tenant].insert(after.number, after);
                }
            }
            Step::Unassign { last } => {
                let Some(tenant) = self.holder(e164(*last)) else { return Ok(()) };
                if let Ok(free) = self.tenants[tenant][&e164(*last)].unassign(now, None) {
                    self.tenants[tenant].insert(free.number, free);
                }
            }
            Step::Release { last } => {
                let Some(tenant) = self.holder(e164(*last)) else { return Ok(()) };
                let number = &self.tenants[tenant][&e164(*last)];
                if number.check_release(Some("x")).is_ok() {
                    prop_assert!(number.assignee.is_none() && number.port_out.is_none());
                    self.tenants[tenant].remove(&e164(*last));
                }
            }
            Step::Ask { numbers } => self.ask(now, numbers),
            Step::Authorize { request, last } => self.answer(*request, |out| out.authorize(now, &named(*last))),
            Step::Reject { request, last } => {
                self.answer(*request, |out| out.reject(now, &named(*last), RejectReason::PortFreeze, None));
            }
            Step::Cancel { request, last } => self.answer(*request, |out| out.cancel(&named(*last))),
            Step::Complete { request, last } => self.answer(*request, |out| out.complete(&named(*last))),
            Step::Wait => {
                self.hours += 60;
                for request in 0..self.outs.len() {
                    let now = at(self.hours);
                    self.answer(request, |out| {
                        Ok::<_, phone::numbers::port_out::Refusal>(out.expire(now).unwrap_or_else(|| out.clone()))
                    });
                }
            }
            Step::Bring { tenant, last } => self.bring(*tenant, e164(*last)),
            Step::Move { order, state } => self.report(now, *order, *state),
        }
        Ok(())
    }

    fn ask(&mut self, now: Timestamp, numbers: &BTreeSet<u64>) {
        let numbers: BTreeSet<E164> = numbers.iter().map(|last| e164(*last)).collect();
        let holders: BTreeSet<Option<usize>> = numbers.iter().map(|number| self.holder(*number)).collect();
        let (Some(Some(tenant)), 1) = (holders.first().copied(), holders.len()) else { return };
        let id = PortOutId(Uuid::from_u128(self.outs.len() as u128));
        let wanted = Wanted { gaining_carrier: "New".to_owned(), reference: None, requested_date: None };
        let request = PortOut::new(id, now, Requester::Platform, wanted, &numbers, None).unwrap();
        let bound: Result<Vec<Number>, _> =
            numbers.iter().map(|number| self.tenants[tenant][number].begin_port_out(id)).collect();
        let Ok(bound) = bound else { return };
        self.tenants[tenant].extend(bound.into_iter().map(|number| (number.number, number)));
        self.outs.push((tenant, request));
    }

    fn answer<E>(&mut self, request: usize, change: impl FnOnce(&PortOut) -> Result<PortOut, E>) {
        let Some((tenant, out)) = self.outs.get_mut(request) else { return };
        let Ok(after) = change(out) else { return };
        for (number, it) in &after.numbers {
            let was_open = out.numbers[number].state.is_open();
            match it.state {
                OutState::Ported if was_open => drop(self.tenants[*tenant].remove(number)),
                OutState::Rejected | OutState::Cancelled if was_open => {
                    let stays = self.tenants[*tenant][number].end_port_out();
                    self.tenants[*tenant].insert(*number, stays);
                }
                _ => {}
            }
        }
        *out = after;
    }

    fn bring(&mut self, tenant: usize, number: E164) {
        let details = Details {
            name: "x".to_owned(),
            country: "US".to_owned(),
            kind: PortKind::Geographic,
            usage: NumberKind::ServiceToll,
            losing_carrier: "Old".to_owned(),
            account_number: "1".to_owned(),
            billing_number: Some(number),
            new_billing_number: None,
            closes_account: false,
            organization_name: "x".to_owned(),
            authorized_user: "Ann".to_owned(),
            service_address: "x".to_owned(),
            requested_date: None,
            notification_emails: Vec::new(),
            operator: None,
        };
        let id = PortOrderId(Uuid::from_u128(self.ins.len() as u128));
        let order = PortOrder::new(id, details, [(number, None)].into()).sign(at(0), "Ann").unwrap();
        let mut known = Known::default();
        if let Some(holder) = self.holder(number) {
            let held = self.tenants[holder][&number].clone();
            known.held.insert(number, if holder == tenant { Held::Here(held) } else { Held::Elsewhere });
        }
        let others = self.ins.iter().filter(|(_, other)| other.state().is_open());
        known.in_other_orders.extend(others.flat_map(|(_, other)| other.numbers.keys()).map(|it| (*it, String::new())));
        let found: Vec<Fault> = faults(&order, &known);
        if found.is_empty() {
            self.ins.push((tenant, order.submit().unwrap()));
        }
    }

    fn report(&mut self, now: Timestamp, order: usize, state: usize) {
        let states = [
            PortState::ContactingCarrier,
            PortState::TransferApproved,
            PortState::TransferPending,
            PortState::Completed,
        ];
        let Some((tenant, order)) = self.ins.get_mut(order) else { return };
        let transfer_at = now.checked_add(SignedDuration::from_hours(1)).ok();
        let report = Report { state: states[state], transfer_at, reason: None, profile: None };
        let Ok(after) = order.report(now, &[], &report) else { return };
        let (tenant, numbers) = (*tenant, after.numbers.keys().copied().collect::<Vec<_>>());
        // Somebody may have added it meanwhile: then it does not land, and the report is refused.
        if after.state() == PortState::Completed {
            if numbers.iter().any(|number| self.tenants.iter().any(|held| held.contains_key(number))) {
                return;
            }
            self.tenants[tenant].extend(numbers.iter().map(|it| (*it, Number::new(*it, NumberKind::ServiceToll))));
        }
        *order = after;
    }

    fn check(&self) -> Result<(), TestCaseError> {
        let all: Vec<E164> = self.tenants.iter().flat_map(BTreeMap::keys).copied().collect();
        prop_assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), all.len(), "a number is of two organizations");
        let mut open: BTreeMap<E164, (usize, PortOutId)> = BTreeMap::new();
        for (tenant, out) in &self.outs {
            for (number, _) in out.numbers.iter().filter(|(_, it)| it.state.is_open()) {
                prop_assert_eq!(open.insert(*number, (*tenant, out.id)), None, "two carriers ask for {}", number);
            }
        }
        for (tenant, numbers) in self.tenants.iter().enumerate() {
            for number in numbers.values() {
                let expected = open.get(&number.number).map(|(owner, id)| {
                    assert_eq!(*owner, tenant, "it was given to another organization while it was leaving");
                    *id
                });
                prop_assert_eq!(number.port_out, expected);
            }
        }
        for number in open.keys() {
            prop_assert!(all.contains(number), "{} is gone before it left", number);
        }
        Ok(())
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn a_number_has_one_holder_and_leaves_only_by_the_rules(steps in proptest::collection::vec(step(), 0..60)) {
        let mut world = World::default();
        for step in &steps {
            world.take(step)?;
            world.check()?;
        }
    }

    #[test]
    fn alternates_are_never_left_without_a_primary(categories in proptest::collection::vec(0..3_usize, 0..6)) {
        let remaining: Vec<Number> = categories
            .iter()
            .zip(0..)
            .map(|(category, last)| Number { category: Category::ALL[*category], ..Number::new(e164(last), NumberKind::User) })
            .collect();
        let promoted = next_primary(&remaining);
        let has = |category| remaining.iter().any(|number| number.category == category);
        prop_assert_eq!(promoted.is_some(), has(Category::Alternate) && !has(Category::Primary));
        if let Some(promoted) = promoted {
            let before = remaining.iter().find(|number| number.number == promoted.number).unwrap();
            prop_assert_eq!((before.category, promoted.category), (Category::Alternate, Category::Primary));
        }
    }
}

fn named(last: Option<u64>) -> Vec<E164> {
    last.map(e164).into_iter().collect()
}

fn request(id: u128, numbers: &[u64]) -> PortOut {
    let wanted = Wanted { gaining_carrier: "New".to_owned(), reference: None, requested_date: None };
    let numbers = numbers.iter().map(|last| e164(*last)).collect();
    PortOut::new(PortOutId(Uuid::from_u128(id)), at(0), Requester::Platform, wanted, &numbers, None).unwrap()
}

fn e164(last: u64) -> E164 {
    E164::parse(&format!("+1206555{:04}", 100 + last)).unwrap()
}

fn at(hours: i64) -> Timestamp {
    Timestamp::from_second(1_900_000_000 + hours * 3_600).unwrap()
}
