//! Which rows the directory needs: all, those of one tenant, or those of some objects.

use std::collections::BTreeSet;

use phone::id::{TenantId, UserId};
use sea_orm::{ColumnTrait, Condition};
use uuid::Uuid;

/// Values named in one statement; SQLite takes at most 32,766.
pub const NAMED_MAX: usize = 1_000;

/// Rows with an owner, such as a user.
#[derive(Clone, Copy, Debug)]
pub enum Wanted<'a> {
    All,
    Tenant(TenantId),
    Users(TenantId, &'a [UserId]),
    Objects(TenantId, &'a [Uuid]),
}

impl Wanted<'_> {
    /// One condition for each statement that it takes.
    pub(crate) fn conditions<C: ColumnTrait>(self, tenant: C, owner: C) -> Vec<Condition> {
        let named = |of: TenantId, ids: &mut dyn Iterator<Item = Uuid>| {
            let ids: Vec<Uuid> = ids.collect();
            let parts = ids
                .chunks(NAMED_MAX)
                .map(|part| Condition::all().add(tenant.eq(of.0)).add(owner.is_in(part.iter().copied())));
            parts.collect()
        };
        match self {
            Self::All => vec![of_tenant(tenant, None)],
            Self::Tenant(of) => vec![of_tenant(tenant, Some(of))],
            Self::Users(of, users) => named(of, &mut users.iter().map(|user| user.0)),
            Self::Objects(of, objects) => named(of, &mut objects.iter().copied()),
        }
    }
}

/// What is written in one statement: at most so many, and nothing twice, as neither database has it.
pub fn statements<T, K: Ord>(mut all: &[T], key: impl Fn(&T) -> K, n_max: usize) -> Vec<&[T]> {
    let mut parts = Vec::new();
    while !all.is_empty() {
        let mut named = BTreeSet::new();
        let n = all.iter().take(n_max).take_while(|one| named.insert(key(one))).count();
        let (part, rest) = all.split_at(n);
        parts.push(part);
        all = rest;
    }
    parts
}

/// Rows of every tenant, or of one.
pub(crate) fn of_tenant<C: ColumnTrait>(column: C, tenant: Option<TenantId>) -> Condition {
    match tenant {
        Some(tenant) => Condition::all().add(column.eq(tenant.0)),
        None => Condition::all(),
    }
}
