//! The seven steps of setting up a phone system, told from what is there, never from a ticked box.

use phone::directory::Tenant;
use phone::numbers::{Assignee, NumberKind};

use super::{Access, Refused};

/// One step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    pub number: u8,
    pub name: &'static str,
    pub state: State,
    /// What is there.
    pub detail: String,
    /// What it still lacks, each with what to do.
    pub lacks: Vec<String>,
}

/// How far a step is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    Done,
    Lacking,
    /// This version can't do it yet.
    NotAvailable,
}

impl Access {
    /// All seven steps.
    pub fn setup(&self) -> Result<Vec<Step>, Refused> {
        Ok(steps(&*self.known_snapshot()?))
    }
}

fn steps(tenant: &Tenant) -> Vec<Step> {
    vec![
        licenses(tenant),
        public_network(tenant),
        numbers_of_people(tenant),
        numbers_of_services(tenant),
        Step {
            number: 5,
            name: "Credits for toll-free numbers and calls beyond a plan",
            state: State::NotAvailable,
            detail: "calls are not charged".to_owned(),
            lacks: Vec::new(),
        },
        attendants(tenant),
        queues(tenant),
    ]
}

fn licenses(tenant: &Tenant) -> Step {
    let n_enabled = tenant.users.values().filter(|user| user.voice_enabled).count();
    let mut lacks = Vec::new();
    if n_enabled == 0 {
        lacks
            .push("nobody may call or be called from outside: give a person a license for the phone system".to_owned());
    }
    step(1, "Licenses", format!("{n_enabled} of {} people may call and be called", tenant.users.len()), lacks)
}

fn public_network(tenant: &Tenant) -> Step {
    let n_enabled = tenant.trunks.values().filter(|trunk| trunk.enabled).count();
    let mut lacks = Vec::new();
    if n_enabled == 0 {
        lacks.push("no trunk leads to the public telephone network: add one and enable it".to_owned());
    }
    step(2, "Connection to the public network", format!("{n_enabled} trunks are enabled"), lacks)
}

fn numbers_of_people(tenant: &Tenant) -> Step {
    let licensed = tenant.users.values().filter(|user| user.voice_enabled && user.enabled);
    let without = licensed.filter(|user| tenant.number_of_user(user.id).is_none());
    let lacks = without.map(|user| format!("{} ({}) has no number", user.display_name, user.extension)).collect();
    let held = tenant.numbers.values().filter(|number| number.kind == NumberKind::User).count();
    step(3, "Numbers for people", format!("{held} numbers for people are held"), lacks)
}

fn numbers_of_services(tenant: &Tenant) -> Step {
    let services = || tenant.numbers.values().filter(|number| number.kind != NumberKind::User);
    let mut lacks: Vec<String> = services()
        .filter(|number| !matches!(number.assignee, Some(Assignee::ResourceAccount(_))))
        .map(|number| format!("{} is not assigned to a resource account", number.number))
        .collect();
    if services().next().is_none() {
        lacks.push("no number leads to an attendant or a queue".to_owned());
    }
    let without_app = tenant.resource_accounts.values().filter(|account| account.app.is_none());
    lacks.extend(without_app.map(|account| format!("{} has no attendant or queue", account.display_name)));
    step(4, "Numbers for services", format!("{} numbers for services are held", services().count()), lacks)
}

fn attendants(tenant: &Tenant) -> Step {
    let mut lacks = Vec::new();
    if tenant.attendants.is_empty() {
        lacks.push("there is no auto attendant".to_owned());
    }
    step(6, "Auto attendants", format!("{} auto attendants", tenant.attendants.len()), lacks)
}

fn queues(tenant: &Tenant) -> Step {
    let without_agents = tenant.queues.values().filter(|queue| queue.agents.is_empty());
    let mut lacks: Vec<String> = without_agents.map(|queue| format!("{} has no agents", queue.name)).collect();
    if tenant.queues.is_empty() {
        lacks.push("there is no call queue".to_owned());
    }
    step(7, "Call queues", format!("{} call queues", tenant.queues.len()), lacks)
}

fn step(number: u8, name: &'static str, detail: String, lacks: Vec<String>) -> Step {
    let state = if lacks.is_empty() { State::Done } else { State::Lacking };
    Step { number, name, state, detail, lacks }
}
