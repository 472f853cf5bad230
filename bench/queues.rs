//! How long the matcher takes: many waiting callers, many agents, one queue or many. Specification of voice apps, 3.16.
#![allow(clippy::print_stdout, clippy::disallowed_methods, reason = "a bench reads the clock and prints what it says")]

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use phone::apps::queue::{AgentState, Effect, Event, Queues, Routing, Settings, Standing};
use phone::id::{CallId, QueueId, UserId};
use phone::people::Presence;
use uuid::Uuid;

const ROUNDS: u32 = 200;

fn main() {
    for (n_callers, n_agents, n_queues) in [(200, 200, 1), (1_000, 500, 50), (10_000, 2_000, 1)] {
        for routing in [Routing::Attendant, Routing::LongestIdle, Routing::RoundRobin, Routing::Serial] {
            let (median, worst) = measure(n_callers, n_agents, n_queues, routing);
            println!(
                "{n_callers:>6} callers, {n_agents:>5} agents, {n_queues:>2} queues, {routing:?}: median {median:?}, worst {worst:?}"
            );
        }
    }
}

/// One pass: all agents become free at once while all callers wait, so that as many offers are made as there can be.
fn measure(n_callers: u32, n_agents: u32, n_queues: u32, routing: Routing) -> (Duration, Duration) {
    let mut waiting = Queues::default();
    let now = Instant::now();
    let mut out = Vec::new();
    let mut queues = BTreeMap::new();
    for index in 0..n_queues {
        // Each agent is in three queues, where there are so many.
        let is_member = |agent: &u32| (0..3).any(|turn| (agent + turn) % n_queues == index);
        let settings = Settings {
            agents: (0..n_agents).filter(is_member).map(agent).collect(),
            routing,
            presence_based: false,
            overflow_threshold: n_callers,
            wrap_up_secs: 1,
            ..Settings::new(queue(index), "queue", "en-US")
        };
        queues.insert(settings.id, Arc::new(settings).into());
    }
    waiting.handle(now, Event::Configured { queues }, &mut out);
    // All agents pause after a call at the same time, and are free in the same pass.
    let state = AgentState { reachable: true, presence: Presence::Available, in_other_call: false };
    for index in 0..n_agents {
        waiting.handle(now, Event::AgentChanged { agent: agent(index), state }, &mut out);
    }
    let mut talking = Vec::new();
    let mut n_calls = 0;
    for index in 0..n_agents {
        out.clear();
        join(&mut waiting, now, index % n_queues, n_calls, &mut out);
        n_calls += 1;
        let offered = out.iter().find_map(|effect| {
            let Effect::Offer { call, agent } = effect else { return None };
            Some((*call, *agent))
        });
        if let Some((call, agent)) = offered {
            waiting.handle(now, Event::AgentAnswered { call, agent }, &mut out);
            talking.push((agent, queue(index % n_queues)));
        }
    }
    for index in 0..n_callers {
        join(&mut waiting, now, index % n_queues, n_calls, &mut out);
        n_calls += 1;
    }
    for (agent, queue) in talking {
        waiting.handle(now, Event::AgentReleased { agent, queue }, &mut out);
    }
    let due = now + Duration::from_secs(1);
    let mut times: Vec<Duration> = (0..ROUNDS).map(|_| pass(&waiting, due)).collect();
    times.sort_unstable();
    (times.get(times.len() / 2).copied().unwrap_or_default(), times.last().copied().unwrap_or_default())
}

fn pass(waiting: &Queues, due: Instant) -> Duration {
    let mut queues = waiting.clone();
    let mut out = Vec::with_capacity(10_000);
    let began = Instant::now();
    queues.handle(due, Event::Timeout, &mut out);
    let took = began.elapsed();
    assert!(out.iter().any(|effect| matches!(effect, Effect::Offer { .. })), "somebody is offered");
    took
}

fn join(queues: &mut Queues, now: Instant, index: u32, number: u32, out: &mut Vec<Effect>) {
    let call = CallId(Uuid::from_u128(number.into()));
    let standing = Standing::New;
    queues.handle(
        now,
        Event::Join { queue: queue(index), call, priority: None, arrived: now, standing, contact: None },
        out,
    );
}

fn queue(index: u32) -> QueueId {
    QueueId(Uuid::from_u128(index.into()))
}

fn agent(index: u32) -> UserId {
    UserId(Uuid::from_u128(1_000_000 + u128::from(index)))
}
