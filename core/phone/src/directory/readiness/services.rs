//! Whether a service can be called: the resource account, its number, who answers, and the way in.

use super::super::{App, ResourceAccount, Tenant};
use super::{ANOTHER_TRUNK, Check, State, What, fine, missing, organization, way_in};
use crate::id::ResourceAccountId;
use crate::numbers::{Assignee, Number, NumberKind};
use crate::people::license::{Enforcement, resource_account_seats};

/// What is known of the organization beside the directory.
#[derive(Clone, Copy, Debug, Default)]
pub struct Licensing {
    pub enforcement: Enforcement,
    /// Resource accounts that were bought, and licenses of the phone system, which give some.
    pub n_bought: Option<u32>,
    pub n_phone_system: u32,
}

/// All that it takes for a service of the tenant.
pub fn checks(tenant: &Tenant, account: &ResourceAccount, licensing: &Licensing) -> Vec<Check> {
    let own: Vec<&Number> = numbers(tenant, account.id).collect();
    let mut checks =
        vec![organization(tenant), license(tenant, licensing), app(tenant, account), number(tenant, account, &own)];
    checks.extend(own.iter().map(|number| way_in(tenant, number)));
    checks.push(route_out(tenant));
    checks
}

fn numbers(tenant: &Tenant, account: ResourceAccountId) -> impl Iterator<Item = &Number> {
    tenant.numbers.values().filter(move |number| number.assignee == Some(Assignee::ResourceAccount(account)))
}

fn license(tenant: &Tenant, licensing: &Licensing) -> Check {
    let n_accounts = tenant.resource_accounts.size();
    let n_seats = resource_account_seats(licensing.n_bought, licensing.n_phone_system);
    let words = format!("{n_accounts} resource accounts of {n_seats}");
    match u32::try_from(n_accounts).is_ok_and(|n_accounts| n_accounts <= n_seats) {
        true => fine(What::License, words),
        false if licensing.enforcement == Enforcement::Block => {
            let fix = format!("trunkline license seats MCOEV_VIRTUALUSER {n_accounts}");
            missing(What::License, format!("there are more than licenses: {words}"), fix)
        }
        false => fine(What::License, format!("{words}; licenses are not enforced")),
    }
}

fn app(tenant: &Tenant, account: &ResourceAccount) -> Check {
    let there = match account.app {
        Some(App::Attendant(id)) => tenant.attendants.get(&id).map(|it| format!("the auto attendant {}", it.name)),
        Some(App::Queue(id)) => tenant.queues.get(&id).map(|it| format!("the queue {}", it.name)),
        None => None,
    };
    match there {
        Some(app) => fine(What::App, format!("{app} answers")),
        None => {
            let fix =
                format!("trunkline resource-account change '{}' --queue QUEUE, or --attendant", account.display_name);
            missing(What::App, "no auto attendant or queue answers", fix)
        }
    }
}

fn number(tenant: &Tenant, account: &ResourceAccount, own: &[&Number]) -> Check {
    if own.is_empty() {
        let is_free =
            |number: &&Number| number.kind != NumberKind::User && number.assignee.is_none() && number.block.is_none();
        let name = &account.display_name;
        let fix = match tenant.numbers.values().find(is_free) {
            Some(free) => format!("trunkline number assign {} --resource-account '{name}'", free.number),
            None => "trunkline number upload --kind service-toll NUMBER".to_owned(),
        };
        let detail = "no number is assigned: it is reached from inside and by other services only".to_owned();
        return Check { what: What::Number, state: State::Advised, detail, fix: Some(fix) };
    }
    let words: Vec<String> = own.iter().map(|number| number.number.to_string()).collect();
    let verb = if words.len() == 1 { "is" } else { "are" };
    fine(What::Number, format!("{} {verb} assigned", words.join(", ")))
}

/// Services transfer callers to numbers outside.
fn route_out(tenant: &Tenant) -> Check {
    match tenant.trunks_for(None).first().and_then(|trunk| tenant.trunks.get(trunk)) {
        Some(trunk) => fine(What::RouteOut, format!("transfers go out over {}", trunk.name)),
        None => missing(What::RouteOut, "no trunk leads outside, so that nobody is transferred there", ANOTHER_TRUNK),
    }
}
