//! An office with two queues, whose clock stands still until it is told to go on.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use phone::apps::Priority;
use phone::apps::prompt::{Playable, Prompt};
use phone::apps::queue::callback::{self, Callback};
use phone::apps::queue::{
    AgentState, AgentStatus, Effect, Event, ExceptionAction, Exit, ExitCause, OfferFailure, Queues, Rejoining, Routing,
    Settings, Standing, Withdrawal,
};
use phone::id::{CallId, PromptKey, QueueId, UserId};
use phone::numbers::E164;
use phone::people::Presence;
use uuid::Uuid;

pub const ANN: u8 = 1;
pub const BEN: u8 = 2;
pub const CAT: u8 = 3;
pub const SALES: u8 = 1;
pub const SUPPORT: u8 = 2;

pub struct Office {
    /// The number of all who come from now on.
    pub contacts: Option<E164>,
    pub queues: Queues,
    pub now: Instant,
    pub out: Vec<Effect>,
}

impl Office {
    pub fn empty(settings: impl IntoIterator<Item = Settings>) -> Self {
        #[expect(clippy::disallowed_methods, reason = "a test needs a first instant")]
        let now = Instant::now();
        let mut office = Self { contacts: None, queues: Queues::default(), now, out: Vec::new() };
        office.configure(settings);
        office
    }

    pub fn new(settings: impl IntoIterator<Item = Settings>) -> Self {
        let mut office = Self::empty(settings);
        for who in [ANN, BEN, CAT] {
            office.change(who, true, Presence::Available, false);
        }
        office
    }

    pub fn configure(&mut self, settings: impl IntoIterator<Item = Settings>) {
        let queues: BTreeMap<_, _> =
            settings.into_iter().map(|settings| (settings.id, Arc::new(settings).into())).collect();
        self.event(Event::Configured { queues });
    }

    pub fn event(&mut self, event: Event) {
        self.queues.handle(self.now, event, &mut self.out);
    }

    pub fn join(&mut self, index: u8, number: u32) {
        self.join_with(index, number, 3);
    }

    pub fn join_with(&mut self, index: u8, number: u32, priority: u8) {
        let priority = Some(Priority::try_from(priority).unwrap());
        self.event(Event::Join {
            queue: queue(index),
            call: call(number),
            priority,
            arrived: self.now,
            standing: Standing::New,
            contact: self.contact(number),
        });
    }

    pub fn rejoin(&mut self, number: u32, priority: u8, arrived: Instant) {
        let caller = Rejoining {
            queue: queue(SALES),
            call: call(number),
            priority: Some(Priority::try_from(priority).unwrap()),
            standing: Standing::New,
            arrived,
            joined: arrived,
            contact: self.contact(number),
        };
        self.event(Event::Rejoin { caller });
    }

    pub fn contact(&self, number: u32) -> Option<callback::Contact> {
        let digits = format!("+1425200{number:04}");
        let number = self.contacts.or_else(|| E164::parse(&digits).ok().filter(|_| number < 100))?;
        callback::Contact::new(number, None)
    }

    pub fn press(&mut self, number: u32, key: char) {
        self.event(Event::Pressed { call: call(number), key });
    }

    /// As it was asked for by somebody who came with the first.
    pub fn request(&self, number: u32, asked: Instant, state: callback::State) -> callback::Request {
        callback::Request {
            id: call(number),
            queue: queue(SALES),
            contact: self.contact(number).unwrap(),
            priority: Priority::NORMAL,
            arrived: asked - Duration::from_secs(40),
            asked,
            expires: asked + Duration::from_secs(7_200),
            n_attempts: 0,
            next_at: None,
            state,
        }
    }

    pub fn calls_back(&self, number: u32, who: u8) -> Effect {
        let contact = self.contact(number).unwrap();
        Effect::OfferCallback { call: call(number), queue: queue(SALES), agent: agent(who), contact }
    }

    pub fn answer(&mut self, number: u32, who: u8) {
        self.event(Event::AgentAnswered { call: call(number), agent: agent(who) });
    }

    pub fn refuse(&mut self, number: u32, who: u8, why: OfferFailure) {
        self.event(Event::AgentRefused { call: call(number), agent: agent(who), why });
    }

    pub fn change(&mut self, who: u8, reachable: bool, presence: Presence, in_other_call: bool) {
        let state = AgentState { reachable, presence, in_other_call };
        self.event(Event::AgentChanged { agent: agent(who), state });
    }

    /// Lets the time pass until the next thing is due.
    pub fn expire(&mut self) {
        self.now = self.queues.next_deadline().unwrap();
        self.event(Event::Timeout);
    }

    pub fn pass(&mut self, secs: u64) {
        let until = self.now + Duration::from_secs(secs);
        while self.queues.next_deadline().is_some_and(|at| at <= until) {
            self.expire();
        }
        self.now = until;
    }

    /// Who waits, and with which priority.
    pub fn line(&self, index: u8) -> Vec<(u128, u8)> {
        let waiting = self.queues.waiting(self.now, queue(index));
        waiting.iter().map(|caller| (caller.call.0.as_u128(), caller.priority.value())).collect()
    }

    pub fn status(&self, index: u8, who: u8) -> AgentStatus {
        let views = self.queues.agents(self.now, queue(index));
        views.iter().find(|view| view.agent == agent(who)).unwrap().status
    }

    pub fn wants(&mut self, expected: &[Effect]) {
        assert_eq!(std::mem::take(&mut self.out), expected);
    }
}

pub fn settings(index: u8) -> Settings {
    Settings {
        agents: vec![agent(ANN), agent(BEN), agent(CAT)],
        routing: Routing::Serial,
        agent_alert_secs: 20,
        timeout_secs: 1_200,
        reset_idle_on_miss: true,
        ..Settings::new(queue(index), format!("queue {index}"), "en-US")
    }
}

pub fn hang_up() -> ExceptionAction {
    ExceptionAction::new(Exit::Disconnect)
}

pub fn released(index: u8, who: u8) -> Event {
    Event::AgentReleased { agent: agent(who), queue: queue(index) }
}

pub fn exit(number: u32, cause: ExitCause) -> Effect {
    Effect::Exit { call: call(number), queue: queue(SALES), cause, exception: Box::new(hang_up()) }
}

pub fn offer(number: u32, who: u8) -> Effect {
    Effect::Offer { call: call(number), agent: agent(who) }
}

pub fn callback() -> Callback {
    Callback {
        key: '1',
        after_wait_secs: Some(30),
        waiting_min: None,
        waiting_per_agent_min: None,
        offer: prompt(6),
        expires_secs: callback::EXPIRES_SECS,
        attempts_max: callback::ATTEMPTS_MAX,
        gap_secs: callback::GAP_SECS,
    }
}

pub fn connect(number: u32, who: u8) -> Effect {
    Effect::Connect { call: call(number), agent: agent(who) }
}

pub fn withdraw(number: u32, who: u8, why: Withdrawal) -> Effect {
    Effect::Withdraw { call: call(number), agent: agent(who), why }
}

pub fn music(number: u32) -> Effect {
    Effect::PlayMusic { call: call(number), music: Playable::HoldMusic }
}

pub fn prompt(key: u128) -> Prompt {
    Prompt::Text { key: PromptKey(Uuid::from_u128(key)), text: "text".to_owned() }
}

pub fn configured(key: u128) -> Playable {
    Playable::Configured(PromptKey(Uuid::from_u128(key)))
}

pub fn agent(index: u8) -> UserId {
    UserId(Uuid::from_u128(1_000 + u128::from(index)))
}

pub fn call(number: u32) -> CallId {
    CallId(Uuid::from_u128(u128::from(number)))
}

pub fn queue(index: u8) -> QueueId {
    QueueId(Uuid::from_u128(u128::from(index)))
}
