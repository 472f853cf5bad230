//! What live calls have reserved, added up as it changes.

use std::collections::BTreeMap;

use super::Asked;
use crate::amount::Micros;
use crate::id::UserId;
use crate::money::charge::counted;
use crate::money::funding::Source;
use crate::money::meter::Meter;
use crate::money::scope::Scope;

/// By source and by person.
#[derive(Debug, Default)]
pub(super) struct Held {
    sources: BTreeMap<Source, (u64, Micros)>,
    people: BTreeMap<UserId, Micros>,
    scopes: BTreeMap<Scope, Micros>,
}

impl Held {
    pub(super) fn add(&mut self, asked: &Asked, meter: &Meter) {
        let reserved = meter.reserved_in_all();
        for scope in counted(asked.user, &asked.scopes).filter(|_| reserved != Micros::ZERO) {
            let of_scope = self.scopes.entry(scope).or_default();
            *of_scope = of_scope.plus(reserved);
        }
        let user = asked.user;
        for taken in meter.reserved() {
            let (secs, amount) = self.sources.entry(taken.source).or_default();
            *secs = secs.saturating_add(taken.secs);
            *amount = amount.plus(taken.amount);
            if let Some(user) = user {
                let of_person = self.people.entry(user).or_default();
                *of_person = of_person.plus(taken.amount);
            }
        }
    }

    pub(super) fn remove(&mut self, asked: &Asked, meter: &Meter) {
        let reserved = meter.reserved_in_all();
        for scope in counted(asked.user, &asked.scopes) {
            if let Some(of_scope) = self.scopes.get_mut(&scope) {
                *of_scope = of_scope.minus(reserved);
            }
        }
        self.scopes.retain(|_, amount| *amount != Micros::ZERO);
        let user = asked.user;
        for taken in meter.reserved() {
            if let Some((secs, amount)) = self.sources.get_mut(&taken.source) {
                *secs = secs.saturating_sub(taken.secs);
                *amount = amount.minus(taken.amount);
            }
            if let Some(of_person) = user.and_then(|user| self.people.get_mut(&user)) {
                *of_person = of_person.minus(taken.amount);
            }
        }
        self.sources.retain(|_, held| *held != (0, Micros::ZERO));
        self.people.retain(|_, amount| *amount != Micros::ZERO);
    }

    /// Whether nothing is reserved.
    pub(super) fn is_empty(&self) -> bool {
        self.sources.is_empty() && self.people.is_empty() && self.scopes.is_empty()
    }

    pub(super) fn amount(&self, source: &Source) -> Micros {
        self.sources.get(source).map_or(Micros::ZERO, |(_, amount)| *amount)
    }

    pub(super) fn secs(&self, source: &Source) -> u64 {
        self.sources.get(source).map_or(0, |(secs, _)| *secs)
    }

    pub(super) fn of_scope(&self, scope: &Scope) -> Micros {
        self.scopes.get(scope).copied().unwrap_or_default()
    }

    pub(super) fn of_person(&self, user: UserId) -> Micros {
        self.people.get(&user).copied().unwrap_or_default()
    }
}
