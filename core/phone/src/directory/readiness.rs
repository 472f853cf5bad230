//! Whether one person, or one service, can call and be called: all that it takes, each with what to do if it is missing.

pub mod services;

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::Tenant;
use crate::numbers::number::NumberSource;
use crate::numbers::{E164, Number, NumberKind};
use crate::people::User;
use crate::people::license::{Capability, Enforcement, PartNumber};
use crate::people::tenant;
use crate::policies::Holder;
use crate::policies::dial_out::UserDialOut;

/// One thing that it takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    pub what: What,
    pub state: State,
    /// How it stands, in words.
    pub detail: String,
    /// What to do; empty where nothing needs doing.
    pub fix: Option<String>,
}

/// What it takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    Organization,
    Account,
    License,
    /// The attendant or queue that answers for a service.
    App,
    Number,
    /// How calls from outside come in.
    WayIn,
    /// What policies allow.
    Policies,
    Phone,
    RouteOut,
    Emergency,
    /// What emergency services are told of where the phone is.
    Location,
}

/// How it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    Fine,
    /// It works without, but should not have to.
    Advised,
    Missing,
}

/// What is known of a person beside the directory.
#[derive(Clone, Debug, Default)]
pub struct Known {
    pub enforcement: Enforcement,
    pub held: BTreeSet<PartNumber>,
    /// What those unlock.
    pub unlocked: BTreeSet<Capability>,
    /// In words: what groups could not give.
    pub failures: Vec<String>,
    pub n_phones: usize,
    /// When it is asked.
    pub at: Timestamp,
    /// What emergency services are told, from the site of the person or of the number.
    pub location: Option<String>,
}

/// All that it takes for a person of the tenant.
pub fn checks(tenant: &Tenant, user: &User, known: &Known) -> Vec<Check> {
    let own = tenant.number_of_user(user.id).and_then(|number| tenant.numbers.get(&number));
    let checks = [
        Some(organization(tenant)),
        Some(account(user)),
        Some(license(user, known)),
        Some(number(tenant, user)),
        own.map(|number| way_in(tenant, number)),
        Some(policies(tenant, user)),
        Some(phone(tenant, user, known.n_phones)),
        Some(route_out(tenant, user)),
        Some(emergency(tenant, user, known.at)),
        Some(location(user, known)),
    ];
    checks.into_iter().flatten().collect()
}

fn organization(tenant: &Tenant) -> Check {
    let slug = &tenant.profile.slug;
    match tenant.profile.state {
        tenant::State::Active => fine(What::Organization, format!("{slug} is active")),
        tenant::State::Suspended => {
            let fix = format!("trunkline tenant change {slug} --state active");
            missing(What::Organization, format!("{slug} is suspended"), fix)
        }
    }
}

fn account(user: &User) -> Check {
    if user.enabled {
        return fine(What::Account, "the account is enabled");
    }
    let fix = format!("trunkline user update {} --enabled true", user.extension);
    missing(What::Account, "the account is disabled", fix)
}

fn license(user: &User, known: &Known) -> Check {
    if known.unlocked.contains(&Capability::PhoneSystem) {
        let plans: Vec<&str> = known.held.iter().map(|plan| plan.0.as_str()).collect();
        return fine(What::License, format!("holds {}", plans.join(", ")));
    }
    match known.enforcement {
        Enforcement::Off | Enforcement::Warn => {
            fine(What::License, "there is no license for the phone system, and none is needed here")
        }
        Enforcement::Block => {
            let detail = match known.failures.first() {
                Some(failure) => format!("no license unlocks the phone system; a group can't give one: {failure}"),
                None => "no license unlocks the phone system".to_owned(),
            };
            missing(What::License, detail, format!("trunkline license assign --plan MCOEV {}", user.extension))
        }
    }
}

fn number(tenant: &Tenant, user: &User) -> Check {
    let Some(number) = tenant.number_of_user(user.id).and_then(|number| tenant.numbers.get(&number)) else {
        let is_free = |number: &&crate::numbers::Number| {
            number.kind == NumberKind::User && number.assignee.is_none() && number.block.is_none()
        };
        let fix = match tenant.numbers.values().find(is_free) {
            Some(free) => format!("trunkline number assign {} --user {}", free.number, user.extension),
            None => "trunkline number upload --kind user NUMBER".to_owned(),
        };
        return missing(What::Number, "no number is assigned", fix);
    };
    match number.held_until {
        None => fine(What::Number, format!("{} is assigned", number.number)),
        Some(end) => {
            let detail = format!("{} is only kept, until {end}, since the license for it is lost", number.number);
            missing(What::Number, detail, "give the license back, or assign a number that the licenses allow")
        }
    }
}

fn phone(tenant: &Tenant, user: &User, n_phones: usize) -> Check {
    match n_phones {
        0 => {
            let fix = format!("let a phone register as {} in {}", user.extension, tenant.profile.sip_domain);
            missing(What::Phone, "no phone is registered", fix)
        }
        1 => fine(What::Phone, "one phone is registered"),
        n_phones => fine(What::Phone, format!("{n_phones} phones are registered")),
    }
}

/// What helps where nothing leads outside.
const ANOTHER_TRUNK: &str = "trunkline trunk create NAME --host HOST --source ADDRESS, or enable one that is there";

fn route_out(tenant: &Tenant, user: &User) -> Check {
    let held = tenant.held(holder(tenant, user));
    let usages: Vec<&str> = held.voice_routing.pstn_usages.iter().map(|usage| usage.as_str()).collect();
    if !usages.is_empty() {
        return route_by_usages(tenant, &usages);
    }
    let ways = tenant.ways_out(user.id);
    let Some(first) = ways.first().and_then(|trunk| tenant.trunks.get(trunk)) else {
        return missing(What::RouteOut, "no trunk leads outside", ANOTHER_TRUNK);
    };
    fine(What::RouteOut, format!("calls go out over {}", first.name))
}

/// Whether a route of these usages leads to a trunk that takes calls.
fn route_by_usages(tenant: &Tenant, usages: &[&str]) -> Check {
    let words = usages.join(", ");
    let routes: Vec<_> = tenant.routing.book.routes.of_usages(usages).collect();
    if routes.is_empty() {
        let usage = usages.first().copied().unwrap_or("USAGE");
        let fix = format!("trunkline route create NAME --usage {usage} --trunk TRUNK");
        return missing(What::RouteOut, format!("no route is of the usages {words}"), fix);
    }
    let trunks = || routes.iter().flat_map(|route| &route.trunks).filter_map(|trunk| tenant.trunks.get(trunk));
    let mut open = trunks().filter(|trunk| trunk.enabled);
    if let Some(first) = open.next() {
        let others = if open.any(|other| other.id != first.id) { " and others" } else { "" };
        return fine(What::RouteOut, format!("calls go by the usages {words}, over {}{others}", first.name));
    }
    let fix = match trunks().next() {
        Some(closed) => format!("trunkline trunk change {} --enabled true", closed.name),
        None => "trunkline route change ROUTE --trunk TRUNK".to_owned(),
    };
    missing(What::RouteOut, format!("no trunk of the routes of {words} takes calls"), fix)
}

/// Whether calls to a number come in.
fn way_in(tenant: &Tenant, number: &Number) -> Check {
    let digits: E164 = number.number;
    if let Some(trunk) = number.trunk {
        return match tenant.trunks.get(&trunk) {
            Some(trunk) if trunk.enabled => fine(What::WayIn, format!("{digits} comes in on {}", trunk.name)),
            Some(trunk) => {
                let fix = match number.source {
                    NumberSource::Operator(_) => "ask the operator of the number".to_owned(),
                    NumberSource::CallingPlan | NumberSource::DirectRouting => {
                        format!("trunkline trunk change {} --enabled true", trunk.name)
                    }
                };
                missing(What::WayIn, format!("{digits} comes in on {}, which is disabled", trunk.name), fix)
            }
            None => missing(What::WayIn, format!("{digits} comes in on a trunk that is no more"), ANOTHER_TRUNK),
        };
    }
    match tenant.trunks.values().find(|trunk| trunk.enabled) {
        Some(trunk) => fine(What::WayIn, format!("{digits} may come in on any trunk, such as {}", trunk.name)),
        None => missing(What::WayIn, format!("no trunk is enabled on which {digits} could come in"), ANOTHER_TRUNK),
    }
}

/// As calls ask which policies hold.
fn holder(tenant: &Tenant, user: &User) -> Holder {
    Holder { user: Some(user.id), number: tenant.number_of_user(user.id), site: user.site }
}

fn policies(tenant: &Tenant, user: &User) -> Check {
    let held = tenant.held(holder(tenant, user));
    let effective = format!("trunkline policy effective {}", user.extension);
    if !held.calling.allow_private_calling {
        let fix = format!("set allow_private_calling in the calling policy that `{effective}` names");
        return missing(What::Policies, "the calling policy forbids calls", fix);
    }
    match held.dial_out.user {
        UserDialOut::InternationalAndDomestic => fine(What::Policies, "calls to every country are allowed"),
        UserDialOut::Domestic => fine(What::Policies, "calls within the country are allowed"),
        UserDialOut::None => {
            let fix = format!("assign another dial_out policy than the one that `{effective}` names");
            missing(What::Policies, "the dial-out policy forbids calls outside", fix)
        }
    }
}

fn location(user: &User, known: &Known) -> Check {
    if let Some(location) = &known.location {
        return fine(What::Location, format!("emergency services are told {location}"));
    }
    let fix = format!(
        "trunkline site create NAME --emergency-location ADDRESS, then trunkline user update {} --site NAME",
        user.extension
    );
    let detail = "no emergency location is known for the person or the number".to_owned();
    Check { what: What::Location, state: State::Advised, detail, fix: Some(fix) }
}

fn emergency(tenant: &Tenant, user: &User, at: Timestamp) -> Check {
    let numbers = &tenant.country_profile().emergency_numbers;
    let reached = numbers.iter().find(|number| tenant.dial(user.id, number, at).decision.is_ok());
    match reached {
        Some(number) => fine(What::Emergency, format!("{number} reaches a trunk")),
        None => missing(What::Emergency, "no call for help gets out", ANOTHER_TRUNK),
    }
}

fn fine(what: What, detail: impl Into<String>) -> Check {
    Check { what, state: State::Fine, detail: detail.into(), fix: None }
}

fn missing(what: What, detail: impl Into<String>, fix: impl Into<String>) -> Check {
    Check { what, state: State::Missing, detail: detail.into(), fix: Some(fix.into()) }
}
