//! Who called for help with which number, for an hour: emergency services that call back reach them, whatever keeps others
//! away, and a number that was lent is lent to nobody else meanwhile. Specification of calling, 4.6

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use phone::directory::{Destination, Tenant, Verdict};
use phone::id::{TenantId, UserId};
use phone::numbers::{Assignee, E164};
use phone::people::User;
use phone::record::emergency::CalledForHelp;

use crate::limits;
use crate::node::Node;

/// By number.
#[derive(Debug, Default)]
pub(crate) struct Callbacks {
    by_number: BTreeMap<(TenantId, E164), (UserId, Instant)>,
}

impl Callbacks {
    /// Who called for help with a number less than an hour ago.
    pub(crate) fn caller(&self, now: Instant, tenant: TenantId, number: E164) -> Option<UserId> {
        let (user, until) = self.by_number.get(&(tenant, number))?;
        (now < *until).then_some(*user)
    }

    /// The number of a list that is lent next: the one that the person has, else one that is free, else the first.
    fn choose(&self, now: Instant, tenant: TenantId, list: &[E164], user: UserId) -> Option<E164> {
        let held_by = |number: &&E164| self.caller(now, tenant, **number);
        let own = list.iter().find(|number| held_by(number) == Some(user));
        let free = || list.iter().find(|number| held_by(number).is_none());
        own.or_else(free).or_else(|| list.first()).copied()
    }

    fn reserve(&mut self, now: Instant, tenant: TenantId, number: E164, user: UserId, until: Instant) {
        self.by_number.retain(|_, (_, until)| now < *until);
        self.by_number.insert((tenant, number), (user, until));
    }
}

impl Node {
    /// Who gets a call that a person dials. Who calls for help and has no number is lent one that is free.
    pub(crate) fn dial(&self, tenant: &Tenant, user: UserId, dialled: &str) -> Verdict {
        let at = self.wall_now();
        let verdict = tenant.dial(user, dialled, at);
        let is_for_help = matches!(&verdict.decision, Ok(Destination::External(external)) if external.emergency);
        let Some(person) = tenant.users.get(&user).filter(|_| is_for_help) else { return verdict };
        match self.callbacks.choose(self.now, tenant.profile.id, &tenant.lent_for_help(person), user) {
            Some(line) => tenant.dial_for_help(person, dialled, line, at),
            None => verdict,
        }
    }

    /// Somebody calls for help with a number: for an hour it leads to them.
    pub(crate) fn expect_callback(&mut self, tenant: &Tenant, number: E164, user: UserId, since: Instant) {
        let is_theirs = match tenant.numbers.get(&number).map(|number| number.assignee) {
            Some(None) => true,
            Some(Some(Assignee::User(holder))) => holder == user,
            // What a service shares with everybody goes on leading there.
            Some(Some(Assignee::ResourceAccount(_))) | None => false,
        };
        let until = since + limits::CALLBACK_FOR;
        if is_theirs && self.now < until {
            self.callbacks.reserve(self.now, tenant.profile.id, number, user, until);
        }
    }

    /// The same, of a call before a restart.
    pub(crate) fn recall_help(&mut self, tenant: TenantId, call: &CalledForHelp) {
        let Some(there) = self.directory.tenant(tenant).cloned() else { return };
        let caller = there.user_by_extension(&call.caller).map(|user| user.id);
        if let (Some(number), Some(user)) = (call.callback, caller) {
            let since = self.clock.instant(self.now, call.at);
            self.expect_callback(&there, number, user, since);
        }
    }

    /// Whom a call from outside for this number reaches, since they called for help with it.
    pub(crate) fn called_back<'a>(&self, tenant: &'a Tenant, number: E164) -> Option<&'a Arc<User>> {
        tenant.users.get(&self.callbacks.caller(self.now, tenant.profile.id, number)?)
    }
}
