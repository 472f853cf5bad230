//! The seven steps of setting up a phone system, told from what is there, never from a ticked box.

use super::Tenant;
use crate::limits::{AGENTS_MAX, LACKS_SHOWN_MAX};
use crate::money::warning::Warning;
use crate::money::{Currency, Micros, wallet};
use crate::numbers::number::NumberSource;
use crate::numbers::{Assignee, Number, NumberKind};
use crate::people::license::Enforcement;

/// One step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    pub number: u8,
    pub name: &'static str,
    pub state: State,
    /// What is there.
    pub detail: String,
    pub lacks: Vec<Lack>,
}

/// How far a step is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    Done,
    Lacking,
    /// This version can't do it yet.
    NotAvailable,
    NotNeeded,
}

/// Something that is missing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lack {
    pub what: String,
    /// A command that helps; none where no command does.
    pub next: Option<String>,
}

/// What is known of an organization's licenses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Licensing {
    pub enforcement: Enforcement,
    /// Seats of plans that unlock the phone system, and how many of them are given.
    pub n_seats: u32,
    pub n_given: u32,
}

/// What is known of an organization's credits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credits {
    pub balance: Micros,
    pub currency: Currency,
    pub state: wallet::State,
    pub has_outbound_deck: bool,
    pub has_toll_free_deck: bool,
    /// What else is to be known of them.
    pub warnings: Vec<Warning>,
}

/// All seven steps. Without credits nothing is paid for.
pub fn steps(tenant: &Tenant, licensing: &Licensing, of_credits: Option<&Credits>) -> Vec<Step> {
    vec![
        licenses(tenant, licensing),
        public_network(tenant),
        numbers_of_people(tenant),
        numbers_of_services(tenant),
        queues(tenant),
        attendants(tenant),
        credits(tenant, of_credits),
    ]
}

fn licenses(tenant: &Tenant, licensing: &Licensing) -> Step {
    let Licensing { enforcement, n_seats, n_given } = *licensing;
    let mut lacks = Vec::new();
    match enforcement {
        Enforcement::Off => {}
        Enforcement::Block | Enforcement::Warn => {
            if n_seats == 0 {
                lacks.push(lack("there are no seats of the phone system", "trunkline license seats MCOEV 10"));
            }
            if n_given == 0 {
                let first = tenant.users.values().map(|user| user.extension.as_str()).min();
                lacks.push(match first {
                    Some(extension) => {
                        let next = format!("trunkline license assign --plan MCOEV {extension}");
                        lack("nobody has a license for the phone system", next)
                    }
                    None => lack("there are no people", "trunkline user create --extension 101 --name NAME"),
                });
            }
        }
    }
    let may = tenant.users.values().filter(|user| user.voice_enabled).count();
    let people = format!("{may} of {} people may call and be called", tenant.users.size());
    let detail = match enforcement {
        Enforcement::Block => format!("{n_given} of {n_seats} seats are given; {people}"),
        Enforcement::Off => format!("licenses are not looked at; {people}"),
        Enforcement::Warn => format!("{n_given} of {n_seats} seats are given, which only warns; {people}"),
    };
    step(1, "Licenses", detail, lacks)
}

fn public_network(tenant: &Tenant) -> Step {
    let n_enabled = tenant.trunks.values().filter(|trunk| trunk.enabled).count();
    let (mut n_of_plan, mut n_of_operators) = (0_usize, 0_usize);
    for number in tenant.numbers.values() {
        match number.source {
            NumberSource::CallingPlan => n_of_plan = n_of_plan.saturating_add(1),
            NumberSource::Operator(_) => n_of_operators = n_of_operators.saturating_add(1),
            NumberSource::DirectRouting => {}
        }
    }
    let mut lacks = Vec::new();
    if n_enabled == 0 && n_of_plan == 0 && n_of_operators == 0 {
        let what = "no enabled trunk, no number of a calling plan and none of an operator leads to the public network";
        lacks.push(lack(what, "trunkline trunk create NAME --host HOST --source ADDRESS"));
    }
    let detail = match n_of_operators {
        0 => format!("{n_enabled} trunks are enabled, {n_of_plan} numbers are of a calling plan"),
        _ => format!(
            "{n_enabled} trunks are enabled, {n_of_plan} numbers are of a calling plan, {n_of_operators} of operators"
        ),
    };
    step(2, "Connection to the public network", detail, lacks)
}

fn numbers_of_people(tenant: &Tenant) -> Step {
    let of_people = || tenant.numbers.values().filter(|number| number.kind == NumberKind::User);
    let free = of_people().find(|number| number.assignee.is_none() && number.block.is_none());
    let callable = tenant.users.values().filter(|user| user.voice_enabled && user.enabled);
    let without = callable.filter(|user| tenant.number_of_user(user.id).is_none());
    let lacks = without.map(|user| {
        let next = match free {
            Some(free) => format!("trunkline number assign {} --user {}", free.number, user.extension),
            None => "trunkline number upload --kind user NUMBER".to_owned(),
        };
        lack(format!("{} ({}) has no number", user.display_name, user.extension), next)
    });
    let lacks = shortened(lacks.collect(), "people have no number", "trunkline user list");
    let n_assigned = of_people().filter(|number| number.assignee.is_some()).count();
    let detail = format!("{n_assigned} of {} numbers for people are assigned", of_people().count());
    step(3, "Numbers for people", detail, lacks)
}

fn numbers_of_services(tenant: &Tenant) -> Step {
    let services = || tenant.numbers.values().filter(|number| number.kind != NumberKind::User);
    let is_at_account = |number: &&Number| matches!(number.assignee, Some(Assignee::ResourceAccount(_)));
    let name = tenant.resource_accounts.values().next().map_or("NAME", |account| account.display_name.as_str());
    let mut lacks: Vec<Lack> = services()
        .filter(|number| !is_at_account(number))
        .map(|number| {
            let next = format!("trunkline number assign {} --resource-account \"{name}\"", number.number);
            lack(format!("{} is not assigned to a resource account", number.number), next)
        })
        .collect();
    if services().next().is_none() {
        let next = "trunkline number upload --kind service_toll NUMBER";
        lacks.push(lack("no number leads to an attendant or a queue", next));
    }
    if tenant.resource_accounts.is_empty() {
        lacks.push(lack("there is no resource account", "trunkline resource-account create NAME"));
    }
    // Where there is neither queue nor attendant yet, the steps that make them say so.
    let has_apps = !tenant.queues.is_empty() || !tenant.attendants.is_empty();
    let without_app = tenant.resource_accounts.values().filter(|account| account.app.is_none() && has_apps);
    lacks.extend(without_app.map(|account| {
        let name = &account.display_name;
        lack(
            format!("{name} has no attendant or queue"),
            format!("trunkline resource-account change \"{name}\" --queue QUEUE"),
        )
    }));
    let lacks = shortened(lacks, "service numbers lead nowhere", "trunkline number list --assigned false");
    let n_led = services().filter(is_at_account).count();
    let detail = format!("{n_led} of {} numbers for services lead to a resource account", services().count());
    step(4, "Numbers for services", detail, lacks)
}

fn queues(tenant: &Tenant) -> Step {
    let without_agents = tenant.queues.values().filter(|queue| tenant.roster(queue.id).is_empty());
    let mut lacks: Vec<Lack> = without_agents
        .map(|queue| {
            let next = format!("trunkline queue show \"{}\"", queue.name);
            lack(format!("{} has no agent who may answer", queue.name), next)
        })
        .collect();
    let overstaffed = tenant.queues.values().filter(|queue| tenant.is_overstaffed(queue));
    lacks.extend(overstaffed.map(|queue| {
        let what = format!("{} has more than {AGENTS_MAX} agents, and those beyond get no calls", queue.name);
        lack(what, format!("trunkline queue change \"{}\" --group GROUP", queue.name))
    }));
    if tenant.queues.is_empty() {
        lacks.push(Lack { what: "there is no call queue".to_owned(), next: None });
    }
    step(5, "Call queues", format!("{} call queues", tenant.queues.len()), lacks)
}

fn attendants(tenant: &Tenant) -> Step {
    let mut lacks = Vec::new();
    if tenant.attendants.is_empty() {
        lacks.push(Lack { what: "there is no auto attendant".to_owned(), next: None });
    }
    step(6, "Auto attendants", format!("{} auto attendants", tenant.attendants.len()), lacks)
}

fn credits(tenant: &Tenant, credits: Option<&Credits>) -> Step {
    let name = "Credits for toll-free numbers and calls beyond a plan";
    let is_toll_free = |number: &&Number| number.kind == NumberKind::ServiceTollFree;
    let n_toll_free = tenant.numbers.values().filter(is_toll_free).count();
    let Some(credits) = credits else {
        let detail = match n_toll_free {
            0 => "no number is toll-free, and calls are not paid for".to_owned(),
            _ => format!("{n_toll_free} numbers are toll-free; calls are not paid for"),
        };
        return Step { number: 7, name, state: State::NotNeeded, detail, lacks: Vec::new() };
    };
    let mut lacks = Vec::new();
    match credits.state {
        wallet::State::Active => {}
        wallet::State::Empty => {
            let who =
                if n_toll_free == 0 { "calls beyond a plan" } else { "calls to toll-free numbers, and beyond a plan," };
            let next = format!("trunkline credit top-up 25.00 --currency {}", credits.currency);
            lacks.push(lack(format!("nothing is left: {who} are refused"), next));
        }
        wallet::State::Frozen => lacks.push(lack("the credit is frozen", "trunkline credit set --frozen false")),
        wallet::State::Low => {
            let next = format!("trunkline credit top-up 25.00 --currency {}", credits.currency);
            lacks.push(lack("the balance is low", next));
        }
    }
    if !credits.has_outbound_deck {
        lacks.push(lack("no rate deck prices calls to numbers outside", "trunkline credit set --outbound-deck NAME"));
    }
    if 0 < n_toll_free && !credits.has_toll_free_deck {
        lacks
            .push(lack("no rate deck prices calls to toll-free numbers", "trunkline credit set --toll-free-deck NAME"));
    }
    lacks.extend(credits.warnings.iter().map(|warning| lack(warning.words.clone(), warning.fix.clone())));
    let Credits { balance, currency, .. } = credits;
    let detail = format!("the balance is {balance} {currency}; {n_toll_free} numbers are toll-free");
    step(7, name, detail, lacks)
}

/// A thousand people without a number are one thing to do.
fn shortened(mut lacks: Vec<Lack>, what: &str, next: &str) -> Vec<Lack> {
    let n_more = lacks.len().saturating_sub(LACKS_SHOWN_MAX);
    lacks.truncate(LACKS_SHOWN_MAX);
    if 0 < n_more {
        lacks.push(lack(format!("and {n_more} more {what}"), next));
    }
    lacks
}

fn lack(what: impl Into<String>, next: impl Into<String>) -> Lack {
    Lack { what: what.into(), next: Some(next.into()) }
}

fn step(number: u8, name: &'static str, detail: String, lacks: Vec<Lack>) -> Step {
    let state = if lacks.is_empty() { State::Done } else { State::Lacking };
    Step { number, name, state, detail, lacks }
}
