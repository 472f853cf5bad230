//! Whether one person can call and be called: all that it takes, each with what to do if it is missing.

use std::collections::BTreeSet;

use super::Tenant;
use crate::numbers::NumberKind;
use crate::people::User;
use crate::people::license::{Capability, Enforcement, PartNumber, unlocked};
use crate::people::tenant;

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
    Number,
    Phone,
    RouteOut,
    Emergency,
}

/// How it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    Fine,
    Missing,
}

/// What is known of a person beside the directory.
#[derive(Clone, Debug, Default)]
pub struct Known {
    pub enforcement: Enforcement,
    pub held: BTreeSet<PartNumber>,
    /// In words: what groups could not give.
    pub failures: Vec<String>,
    pub n_phones: usize,
}

/// All that it takes for a person of the tenant.
pub fn checks(tenant: &Tenant, user: &User, known: &Known) -> Vec<Check> {
    vec![
        organization(tenant),
        account(user),
        license(user, known),
        number(tenant, user),
        phone(tenant, user, known.n_phones),
        route_out(tenant, user),
        emergency(tenant, user),
    ]
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
    if unlocked(&known.held).contains(&Capability::PhoneSystem) {
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
    let ways = tenant.ways_out(user.id);
    let Some(first) = ways.first().and_then(|trunk| tenant.trunks.get(trunk)) else {
        return missing(What::RouteOut, "no trunk leads outside", ANOTHER_TRUNK);
    };
    fine(What::RouteOut, format!("calls go out over {}", first.name))
}

fn emergency(tenant: &Tenant, user: &User) -> Check {
    let numbers = crate::numbers::emergency::emergency_numbers(&tenant.profile.country);
    let reached = numbers.iter().find(|number| tenant.dial(user.id, number).decision.is_ok());
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
