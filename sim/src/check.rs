//! Promises that hold in every world, at every step.

use std::time::Duration;

use phone::apps::mailbox::message::Handling;
use phone::apps::queue::AgentStatus;
use switch::input::Command;
use switch::output::{Answer, Level};
use switch::view;

use crate::demo;
use crate::world::World;

/// What must hold at any moment: no complaint, no call with two records, no agent with two offers.
pub fn always(world: &World) {
    let errors: Vec<&String> =
        world.complaints.iter().filter(|(level, _)| *level == Level::Error).map(|(_, text)| text).collect();
    assert!(errors.is_empty(), "ERROR lines: {errors:?}");
    let mut ids: Vec<_> = world.records.iter().map(|record| record.id).collect();
    ids.sort_unstable();
    let n_records = ids.len();
    ids.dedup();
    assert_eq!(ids.len(), n_records, "a call has two records");
}

/// What must hold of queues at any moment: no agent has two offers, and nobody waits while an agent has been idle.
pub fn queues(world: &mut World) {
    let tenant = demo::TENANT;
    let Answer::Calls(calls) = world.command(Command::ListCalls { tenant }) else { return };
    let offers = calls.iter().filter(|call| call.state == "queue").flat_map(|call| &call.legs);
    let rings = |leg: &&view::Leg| !leg.inbound && matches!(leg.state, "trying" | "ringing");
    let mut offered: Vec<_> = offers.filter(rings).filter_map(|leg| leg.user).collect();
    offered.sort_unstable();
    let n_offers = offered.len();
    offered.dedup();
    assert_eq!(offered.len(), n_offers, "an agent has two offers at once: {calls:?}");
    let Answer::Queue(queue) = world.command(Command::ShowQueue { tenant, queue: demo::SALES }) else { return };
    for caller in &queue.waiting {
        let in_queue = calls.iter().any(|call| call.id == caller.call && call.state == "queue");
        assert!(in_queue, "the queue holds a caller who is not there");
    }
}

/// What must hold of queues in a world where no phone refuses a call or vanishes: who waits is offered to somebody, or
/// nobody is idle. A moment is left for what is under way.
pub fn nobody_waits_in_vain(world: &mut World) {
    const MOMENT: Duration = Duration::from_secs(10);
    let command = Command::ShowQueue { tenant: demo::TENANT, queue: demo::SALES };
    let Answer::Queue(queue) = world.command(command) else { return };
    let idle: Vec<_> =
        queue.agents.iter().filter(|agent| agent.status == AgentStatus::Idle && agent.since > MOMENT).collect();
    let forgotten: Vec<_> =
        queue.waiting.iter().filter(|caller| caller.offered_to.is_empty() && caller.waited > MOMENT).collect();
    assert!(idle.is_empty() || forgotten.is_empty(), "{forgotten:?} waits while {idle:?} is idle");
}

/// What must hold when everybody hung up and time passed: nothing is held, and each call has its record.
pub fn idle(world: &mut World) {
    let statistics = world.statistics();
    assert_eq!(statistics.n_calls, 0, "calls are left");
    assert_eq!(statistics.n_legs, 0, "legs are left");
    assert_eq!(statistics.n_busy_numbers, 0, "numbers are left that carry calls");
    assert_eq!(statistics.n_paid_legs, 0, "something is reserved for calls that are over");
    world.till.check_all_told();
    assert_eq!(statistics.n_usages, 0, "dialogs are left");
    assert_eq!(statistics.n_transactions, 0, "transactions are left");
    assert_eq!(statistics.n_ports_used, 0, "ports are left in use");
    assert!(world.kept.is_empty(), "calls that are over are kept for the next process");
    assert_eq!(world.n_media_legs(), 0, "the media thread has open legs");
    assert!(statistics.n_timers <= 1, "timers are left besides that of the registrar: {}", statistics.n_timers);
    let recorded: std::collections::BTreeSet<_> = world.records.iter().map(|record| record.id).collect();
    assert_eq!(recorded, world.begun, "not every call that began has its record");
    for (message, handlings) in &world.messages {
        let ends_once =
            matches!(handlings.as_slice(), [Handling::Begin(_), Handling::Deliver { .. } | Handling::Discard]);
        assert!(ends_once, "a message is begun once, then delivered or discarded: {message} {handlings:?}");
    }
    for record in &world.records {
        assert!(record.ended_at >= record.started_at, "a call ended before it began: {record:?}");
        for leg in &record.legs {
            let is_in_order = leg.ended_at >= leg.answered_at.unwrap_or(leg.started_at);
            assert!(is_in_order, "a leg ended before it was answered: {record:?}");
        }
    }
    always(world);
}
