//! The queues' promise in the fewest lines, compared with the machine over random events.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests need a first instant, and may fail")]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use phone::apps::Priority;
use phone::apps::prompt::{Playable, Prompt};
use phone::apps::queue::alert::Alerts;
use phone::apps::queue::{
    AgentState, AgentStatus, Announcement, Announcements, Effect, Event, ExceptionAction, Exit, ExitCause, NoAgent,
    NoAgentApplyTo, OfferFailure, Queues, Routing, Settings, Standing, TimeoutPolicy,
};
use phone::id::{CallId, PromptKey, QueueId, UserId};
use phone::people::Presence;
use proptest::prelude::*;
use uuid::Uuid;

const N_QUEUES: u8 = 3;
const N_AGENTS: u8 = 4;
/// Nobody rings so soon after a refusal.
const REFUSAL_SECS: u32 = 5;

/// What the world does to the queues; numbers are taken modulo what there is.
#[derive(Clone, Debug)]
enum Happening {
    Answer(u8),
    Arrive {
        queue: u8,
        priority: u8,
    },
    Change {
        agent: u8,
        reachable: bool,
        presence: u8,
        busy: bool,
    },
    Decline(u8),
    HangUp(u8),
    LateAnswer(u8),
    /// The phone of an agent who talks is gone, and the caller is back.
    Lose(u8),
    Opt {
        queue: u8,
        agent: u8,
        opt_in: bool,
    },
    Pass {
        secs: u8,
    },
    Played(u8),
    Reconfigure {
        members: u16,
    },
    Release(u8),
}

/// More by hand: each case has some twelve calls.
fn n_cases() -> u32 {
    let wanted = std::env::var("TRUNKLINE_QUEUE_MODEL_CASES").ok();
    wanted.and_then(|cases| cases.parse().ok()).unwrap_or(400)
}

fn happening() -> impl Strategy<Value = Happening> {
    use Happening::*;
    prop_oneof![
        4 => any::<u8>().prop_map(Answer),
        8 => (any::<u8>(), 1..=5u8).prop_map(|(queue, priority)| Arrive { queue, priority }),
        4 => (any::<u8>(), prop::bool::weighted(0.8), 0..8u8, prop::bool::weighted(0.2))
            .prop_map(|(agent, reachable, presence, busy)| Change { agent, reachable, presence, busy }),
        2 => any::<u8>().prop_map(Decline),
        2 => any::<u8>().prop_map(HangUp),
        1 => any::<u8>().prop_map(LateAnswer),
        1 => any::<u8>().prop_map(Lose),
        2 => (any::<u8>(), any::<u8>(), any::<bool>()).prop_map(|(queue, agent, opt_in)| Opt { queue, agent, opt_in }),
        6 => (0..40u8).prop_map(|secs| Pass { secs }),
        3 => any::<u8>().prop_map(Played),
        1 => any::<u16>().prop_map(|members| Reconfigure { members }),
        4 => any::<u8>().prop_map(Release),
    ]
}

fn routing() -> impl Strategy<Value = Routing> {
    prop::sample::select(vec![Routing::Attendant, Routing::LongestIdle, Routing::RoundRobin, Routing::Serial])
}

fn queue_settings() -> impl Strategy<Value = Settings> {
    let first = (routing(), any::<bool>(), any::<bool>(), 5..30u32, 0..6u32, prop::sample::select(vec![0, 7, 60, 200]));
    let second = (0..12u32, prop::option::of(1..3u32), any::<bool>(), 0..3u8, 0..16u8);
    let third = (
        prop::option::of(1..40u32),
        any::<bool>(),
        any::<bool>(),
        prop::collection::btree_map(0..N_AGENTS, 1..10u8, 0..3),
        any::<bool>(),
        prop_oneof![3 => Just(1), 1 => 2..4u8],
        prop::option::weighted(0.3, (1..4u32, 0..20u32)),
    );
    (first, second, third).prop_map(|(first, second, third)| {
        let (age_step_secs, finishes_alert, offers_during_greeting, ranks, announces, agent_capacity, alerts) = third;
        let (routing, presence_based, greets, agent_alert_secs, overflow_threshold, timeout_secs) = first;
        let (wrap_up_secs, missed_offers_max, reset_idle_on_miss, no_agent, members) = second;
        Settings {
            greeting: greets.then(|| Prompt::Text { key: PromptKey(Uuid::nil()), text: "welcome".to_owned() }),
            agents: agents_of(members.into()),
            routing,
            presence_based,
            agent_alert_secs,
            overflow_threshold,
            timeout_secs,
            no_agent: NoAgent {
                apply_to: if no_agent == 1 { NoAgentApplyTo::AllCalls } else { NoAgentApplyTo::NewCalls },
                action: (no_agent > 0).then(hang_up),
            },
            wrap_up_secs,
            agent_capacity,
            alerts: alerts.map(|(waiting, calm_secs)| Alerts {
                waiting_min: Some(waiting),
                wait_secs: None,
                service_level_percent: None,
                no_agent_secs: None,
                calm_secs,
                mails: Vec::new(),
            }),
            missed_offers_max,
            reset_idle_on_miss,
            age_step_secs,
            timeout_policy: if finishes_alert { TimeoutPolicy::FinishCurrentAlert } else { TimeoutPolicy::Strict },
            offers_during_greeting,
            announcements: announces.then_some(Announcements {
                every_secs: 10,
                tells_place: true,
                tells_wait: true,
                comfort: Vec::new(),
            }),
            ranks: ranks.into_iter().map(|(index, rank)| (agent(index), rank)).collect(),
            ..Settings::new(queue(0), "queue", "en-US")
        }
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: n_cases(), ..ProptestConfig::default() })]

    #[test]
    fn the_promise_holds(
        settings in prop::collection::vec(queue_settings(), usize::from(N_QUEUES)),
        happenings in prop::collection::vec(happening(), 1..120),
    ) {
        let mut world = World::new(settings);
        for happening in happenings {
            world.step(&happening);
        }
        world.close();
    }
}

/// What the outside knows: who waits, who rings for whom, who talks. Nothing of how the machine works.
struct World {
    queues: Queues,
    settings: BTreeMap<QueueId, Arc<Settings>>,
    now: Instant,
    n_joined: u128,
    waiting: BTreeMap<CallId, Caller>,
    offers: BTreeMap<UserId, CallId>,
    /// Who talks with whom.
    talking: BTreeMap<CallId, (UserId, Caller)>,
    /// Queues of which it was told that too many wait.
    alarmed: BTreeSet<QueueId>,
    states: BTreeMap<UserId, AgentState>,
    /// After a call, or after a refusal, nobody rings until then.
    rests: BTreeMap<UserId, Instant>,
    /// Every caller, and how often each left.
    left: BTreeMap<CallId, u32>,
    /// Offers that agents refused: an answer to one comes too late.
    declined: Vec<(CallId, UserId)>,
}

#[derive(Clone, Copy, Debug)]
struct Caller {
    queue: QueueId,
    standing: Standing,
    priority: Priority,
    arrived: Instant,
    number: u128,
    is_greeted: bool,
    /// An announcement interrupts the music.
    is_told: bool,
}

impl World {
    /// In which order callers stand now.
    fn place(&self, caller: &Caller) -> (Standing, Priority, Instant, u128) {
        let waited = (self.now - caller.arrived).as_secs();
        let n_steps = self.settings[&caller.queue].age_step_secs.map_or(0, |step| waited / u64::from(step));
        let priority = u64::from(caller.priority.value()).saturating_sub(n_steps).max(1);
        let priority = Priority::try_from(u8::try_from(priority).unwrap()).unwrap();
        (caller.standing, priority, caller.arrived, caller.number)
    }

    /// Whether agents may be offered this caller.
    fn is_ready(&self, caller: &Caller) -> bool {
        let settings = &self.settings[&caller.queue];
        caller.is_greeted || settings.offers_during_greeting && settings.timeout_secs != 0
    }

    fn new(settings: Vec<Settings>) -> Self {
        let settings: BTreeMap<_, _> = (0..)
            .zip(settings)
            .map(|(index, settings)| (queue(index), Arc::new(Settings { id: queue(index), ..settings })))
            .collect();
        let mut world = Self {
            queues: Queues::default(),
            settings: settings.clone(),
            now: Instant::now(),
            n_joined: 0,
            waiting: BTreeMap::new(),
            offers: BTreeMap::new(),
            talking: BTreeMap::new(),
            alarmed: BTreeSet::new(),
            states: BTreeMap::new(),
            rests: BTreeMap::new(),
            left: BTreeMap::new(),
            declined: Vec::new(),
        };
        world.configure();
        for index in 0..N_AGENTS {
            world.change(agent(index), state(true, Presence::Available, false));
        }
        world
    }

    fn step(&mut self, happening: &Happening) {
        match *happening {
            Happening::Arrive { queue: index, priority } => self.arrive(queue(index % N_QUEUES), priority),
            Happening::Answer(index) => {
                if let Some((&agent, &call)) = nth(&self.offers, index) {
                    self.event(Event::AgentAnswered { call, agent });
                    assert!(self.talking.contains_key(&call), "who answers in time talks");
                }
            }
            Happening::Decline(index) => {
                if let Some((&agent, &call)) = nth(&self.offers, index) {
                    self.offers.remove(&agent);
                    self.rest(agent, REFUSAL_SECS);
                    self.declined.push((call, agent));
                    self.event(Event::AgentRefused { call, agent, why: OfferFailure::Declined });
                }
            }
            Happening::LateAnswer(index) => {
                let late = self.declined.get(usize::from(index) % self.declined.len().max(1)).copied();
                if let Some((call, agent)) = late.filter(|(call, agent)| self.offers.get(agent) != Some(call)) {
                    let effects = self.event(Event::AgentAnswered { call, agent });
                    assert_eq!(effects.first(), Some(&Effect::TooLate { call, agent }));
                }
            }
            Happening::Lose(index) => {
                if let Some((&call, &(_, caller))) = nth(&self.talking, index) {
                    self.release(call);
                    let arrived = self.now;
                    let back = Caller {
                        standing: Standing::Returned,
                        arrived,
                        number: self.n_joined,
                        is_greeted: false,
                        is_told: false,
                        ..caller
                    };
                    self.join(call, back);
                }
            }
            Happening::HangUp(index) => {
                if let Some((&call, _)) = nth(&self.waiting, index) {
                    self.leaves(call);
                    self.event(Event::Leave { call });
                }
            }
            Happening::Played(index) => {
                if let Some((&call, _)) = nth(&self.waiting, index) {
                    self.event(Event::Played { call });
                }
            }
            Happening::Release(index) => {
                if let Some((&call, _)) = nth(&self.talking, index) {
                    self.release(call);
                }
            }
            Happening::Change { agent: index, reachable, presence, busy } => {
                let presence = match presence {
                    0 => Presence::Away,
                    1 => Presence::DoNotDisturb,
                    2 => Presence::Offline,
                    _ => Presence::Available,
                };
                let agent = agent(index % N_AGENTS);
                self.change(agent, state(reachable, presence, busy));
            }
            Happening::Opt { queue: index, agent: who, opt_in: true } => {
                self.event(Event::OptIn { queue: queue(index % N_QUEUES), agent: agent(who % N_AGENTS) });
            }
            Happening::Opt { queue: index, agent: who, opt_in: false } => {
                self.event(Event::OptOut { queue: queue(index % N_QUEUES), agent: agent(who % N_AGENTS) });
            }
            Happening::Reconfigure { members } => {
                for (index, settings) in (0..).zip(self.settings.values_mut()) {
                    let agents = agents_of(members >> (4 * index));
                    *settings = Arc::new(Settings { agents, ..Settings::clone(settings) });
                }
                self.configure();
            }
            Happening::Pass { secs } => self.pass(Duration::from_secs(secs.into())),
        }
    }

    fn change(&mut self, agent: UserId, state: AgentState) {
        self.states.insert(agent, state);
        self.event(Event::AgentChanged { agent, state });
    }

    fn release(&mut self, call: CallId) {
        let (agent, caller) = self.talking.remove(&call).unwrap();
        self.rest(agent, self.settings[&caller.queue].wrap_up_secs);
        self.event(Event::AgentReleased { agent, queue: caller.queue });
    }

    fn rest(&mut self, agent: UserId, secs: u32) {
        let until = self.now + Duration::from_secs(secs.into());
        let rest = self.rests.entry(agent).or_insert(until);
        *rest = until.max(*rest);
    }

    fn n_talks(&self, agent: UserId) -> usize {
        self.talking.values().filter(|(who, _)| *who == agent).count()
    }

    /// Whether an agent who is opted in takes a caller of this queue now.
    fn is_free(&self, agent: UserId, settings: &Settings) -> bool {
        let Some(state) = self.states.get(&agent) else { return false };
        let is_there = match state.presence {
            Presence::Available => true,
            Presence::Away => !settings.presence_based && settings.routing != Routing::LongestIdle,
            _ => false,
        };
        let is_rested = self.rests.get(&agent).is_none_or(|until| *until <= self.now);
        let has_room = self.n_talks(agent) < usize::from(settings.agent_capacity) && !self.offers.contains_key(&agent);
        state.reachable && !state.in_other_call && is_there && is_rested && has_room
    }

    fn configure(&mut self) {
        let queues = self.settings.iter().map(|(id, settings)| (*id, settings.clone().into())).collect();
        self.event(Event::Configured { queues });
    }

    fn arrive(&mut self, queue: QueueId, priority: u8) {
        let call = CallId(Uuid::from_u128(self.n_joined));
        let priority = Priority::try_from(priority).unwrap();
        let (standing, arrived, number) = (Standing::New, self.now, self.n_joined);
        self.left.insert(call, 0);
        self.join(call, Caller { queue, standing, priority, arrived, number, is_greeted: false, is_told: false });
    }

    fn join(&mut self, call: CallId, caller: Caller) {
        let Caller { queue, standing, priority, arrived, .. } = caller;
        self.waiting.insert(call, caller);
        if standing == Standing::Returned {
            *self.left.get_mut(&call).unwrap() -= 1;
        }
        self.n_joined += 1;
        self.event(Event::Join { queue, call, priority: Some(priority), arrived, standing, contact: None });
    }

    fn pass(&mut self, time: Duration) {
        let until = self.now + time;
        while let Some(at) = self.queues.next_deadline().filter(|at| *at <= until) {
            self.now = self.now.max(at);
            self.event(Event::Timeout);
            assert!(self.queues.next_deadline().is_none_or(|next| next > self.now), "a deadline was left undone");
        }
        self.now = until;
    }

    fn event(&mut self, event: Event) -> Vec<Effect> {
        let mut effects = Vec::new();
        self.queues.handle(self.now, event, &mut effects);
        for effect in &effects {
            self.apply(effect);
        }
        self.check();
        effects
    }

    fn apply(&mut self, effect: &Effect) {
        match effect {
            Effect::PlayGreeting { call, .. } => {
                let caller = self.waiting[call];
                assert!(!caller.is_greeted && caller.standing == Standing::New, "a greeting is played once, first");
            }
            Effect::PlayMusic { call, .. } => {
                let caller = self.waiting.get_mut(call).unwrap();
                let is_interrupted = !std::mem::replace(&mut caller.is_greeted, true) || caller.is_told;
                assert!(is_interrupted, "music goes on until something else is heard");
                caller.is_told = false;
            }
            Effect::Announce { call, playables } => {
                let caller = self.waiting.get_mut(call).unwrap();
                assert!(caller.is_greeted && !std::mem::replace(&mut caller.is_told, true), "one voice at a time");
                let (caller, told) = (self.waiting[call], playables.first().unwrap());
                let before = self
                    .waiting
                    .values()
                    .filter(|one| one.queue == caller.queue && self.place(one) < self.place(&caller));
                assert_eq!(*told, Playable::Announcement(Announcement::of_place(before.count() + 1)));
            }
            Effect::Offer { call, agent } => {
                assert_eq!(self.offers.insert(*agent, *call), None, "an agent has one offer at a time");
                let caller = self.waiting[call];
                let capacity = usize::from(self.settings[&caller.queue].agent_capacity);
                assert!(self.n_talks(*agent) < capacity, "nobody talks in more calls than the queue lets them");
                assert!(self.is_ready(&caller), "nobody is offered before the greeting is over");
                let is_passed_over = |(other, one): (&CallId, &Caller)| {
                    let is_rung = self.offers.values().any(|offered| offered == other);
                    let is_before = one.queue == caller.queue && self.place(one) < self.place(&caller);
                    is_before && self.is_ready(one) && !is_rung
                };
                assert!(!self.waiting.iter().any(is_passed_over), "a caller was passed over");
            }
            Effect::Withdraw { call, agent, .. } => assert_eq!(self.offers.remove(agent).as_ref(), Some(call)),
            Effect::Connect { call, agent } => {
                assert_eq!(self.offers.remove(agent).as_ref(), Some(call));
                self.talking.insert(*call, (*agent, self.waiting[call]));
                self.leaves(*call);
            }
            Effect::Exit { call, queue, cause, .. } => {
                let caller = self.waiting[call];
                assert_eq!(caller.queue, *queue);
                self.leaves(*call);
                let settings = &self.settings[queue];
                match cause {
                    ExitCause::Overflow => {
                        let n_waiting = self.waiting.values().filter(|caller| caller.queue == *queue).count();
                        // Who came back is there beside those whom the queue takes.
                        assert!(n_waiting >= usize::try_from(settings.overflow_threshold).unwrap());
                        assert_eq!(caller.standing, Standing::New);
                    }
                    ExitCause::Timeout if settings.timeout_secs != 0 => {
                        let late = (self.now - caller.arrived).as_secs() - u64::from(settings.timeout_secs);
                        let late_max = match settings.timeout_policy {
                            TimeoutPolicy::FinishCurrentAlert => u64::from(settings.agent_alert_secs),
                            TimeoutPolicy::Strict => 0,
                        };
                        assert!(late <= late_max, "a caller was kept {late} s too long");
                    }
                    ExitCause::Closed | ExitCause::NoAgent | ExitCause::Timeout => {}
                }
            }
            Effect::OfferCallback { .. } | Effect::Promise { .. } | Effect::Callback { .. } => {
                panic!("nobody asked to be called back")
            }
            Effect::Alert { alert } => {
                let is_new = match alert.is_raised {
                    true => self.alarmed.insert(alert.queue),
                    false => self.alarmed.remove(&alert.queue),
                };
                assert!(is_new, "it is told once that too many wait, and once that it is over");
                assert_eq!(alert.is_raised, alert.threshold <= alert.figure);
            }
            Effect::TooLate { .. } | Effect::OptedOut { .. } => {}
        }
    }

    fn leaves(&mut self, call: CallId) {
        self.waiting.remove(&call);
        *self.left.get_mut(&call).unwrap() += 1;
    }

    /// The promise.
    fn check(&self) {
        assert_eq!(self.queues.check(), Ok(()));
        assert!(self.left.iter().all(|(call, n_left)| *n_left == u32::from(!self.waiting.contains_key(call))));
        for call in self.offers.values() {
            assert!(self.waiting.contains_key(call), "an agent rings for somebody who has left");
        }
        for (queue, settings) in &self.settings {
            let callers = || self.waiting.iter().filter(|(_, caller)| caller.queue == *queue);
            let rings = |call: &CallId| self.offers.values().any(|offered| offered == call);
            let n_ringing = callers().filter(|(call, _)| rings(call)).count();
            let somebody_waits = callers().any(|(call, caller)| self.is_ready(caller) && !rings(call));
            let views = self.queues.agents(self.now, *queue);
            for view in &views {
                let is_free = view.opted_in && self.is_free(view.agent, settings);
                assert_eq!(view.is_free, is_free, "{view:?}");
                assert_eq!(view.n_calls, self.n_talks(view.agent));
                assert!(view.status != AgentStatus::Idle || is_free && view.n_calls == 0, "{view:?}");
            }
            let somebody_is_idle = views.iter().any(|view| view.is_free);
            let rings_all = settings.routing == Routing::Attendant && n_ringing > 0;
            assert!(!somebody_waits || !somebody_is_idle || rings_all, "a caller waits while an agent is idle");
            assert!(settings.routing != Routing::Attendant || n_ringing <= 1, "one call at a time rings all");

            let watched = settings.alerts.as_ref().and_then(|alerts| alerts.waiting_min);
            let are_too_many = watched.is_some_and(|max| max <= u32::try_from(callers().count()).unwrap());
            assert!(!are_too_many || self.alarmed.contains(queue), "too many wait, and nobody was told");

            let mut order: Vec<_> = callers().map(|(call, caller)| (self.place(caller), *call)).collect();
            order.sort_unstable();
            let shown: Vec<_> = self.queues.waiting(self.now, *queue).iter().map(|caller| caller.call).collect();
            assert_eq!(shown, order.iter().map(|(_, call)| *call).collect::<Vec<_>>(), "the line is out of order");
        }
    }

    /// Everybody hangs up: nothing may be left.
    fn close(mut self) {
        for call in self.waiting.keys().copied().collect::<Vec<_>>() {
            self.leaves(call);
            self.event(Event::Leave { call });
        }
        assert!(self.offers.is_empty(), "an agent is still rung");
        for call in self.talking.keys().copied().collect::<Vec<_>>() {
            self.release(call);
        }
        self.pass(Duration::from_secs(60));
        assert_eq!(self.queues.next_deadline(), None, "an idle world holds no timer");
        for queue in self.settings.keys() {
            assert_eq!(self.queues.n_waiting(*queue), 0);
            let views = self.queues.agents(self.now, *queue);
            assert!(views.iter().all(|view| !matches!(view.status, AgentStatus::Ringing | AgentStatus::WrapUp)));
        }
    }
}

fn nth<K, V>(map: &BTreeMap<K, V>, index: u8) -> Option<(&K, &V)> {
    map.iter().nth(usize::from(index) % map.len().max(1))
}

fn state(reachable: bool, presence: Presence, in_other_call: bool) -> AgentState {
    AgentState { reachable, presence, in_other_call }
}

fn agents_of(members: u16) -> Vec<UserId> {
    (0..N_AGENTS).filter(|index| members >> index & 1 == 1).map(agent).collect()
}

fn agent(index: u8) -> UserId {
    UserId(Uuid::from_u128(1_000 + u128::from(index)))
}

fn queue(index: u8) -> QueueId {
    QueueId(Uuid::from_u128(u128::from(index)))
}

fn hang_up() -> ExceptionAction {
    ExceptionAction::new(Exit::Disconnect)
}
