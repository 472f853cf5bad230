//! Who made a change, told so that whoever reads it knows who that was and where they belong.

use std::collections::{BTreeMap, BTreeSet};

use phone::access::account::email_key;
use phone::id::TenantId;
use store::{Actor, Event, Scope, Store, StoreError};

/// Who made a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Doer {
    pub kind: Kind,
    /// An account's address, a key's or an operator's name, a phone's extension.
    pub name: String,
    /// Whose account it is now; none if it is no more.
    pub person: Option<String>,
    /// Where it belongs, as far as that was noted.
    pub place: Option<Place>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Account,
    ApiKey,
    Operator,
    Phone,
    System,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    Platform,
    /// By its short name.
    Reseller(String),
    Tenant,
}

/// Who made these changes of an organization, or of the server, by how they are noted. Names are read once for all.
pub async fn doers(
    store: &Store,
    tenant: Option<TenantId>,
    events: &[Event],
) -> Result<BTreeMap<String, Doer>, StoreError> {
    let mut doers: BTreeMap<String, Doer> =
        events.iter().map(|event| (event.actor.clone(), doer(&Actor::parse(&event.actor), tenant))).collect();
    let mut addresses: BTreeMap<Option<String>, BTreeSet<String>> = BTreeMap::new();
    for doer in doers.values_mut() {
        if doer.kind == Kind::Operator
            && let Ok(id) = doer.name.parse()
            && let Some(operator) = store.operator(phone::id::OperatorId(id)).await?
        {
            doer.name = operator.value.name;
        }
        if doer.kind == Kind::Account {
            let reseller = match &doer.place {
                Some(Place::Reseller(slug)) => Some(slug.clone()),
                Some(Place::Platform | Place::Tenant) | None => None,
            };
            addresses.entry(reseller).or_default().insert(email_key(&doer.name));
        }
    }
    let mut names = BTreeMap::new();
    for (reseller, keys) in addresses {
        match reseller {
            Some(slug) => {
                if let Some(row) = store.reseller_by_slug(&slug).await? {
                    let scope = Scope::Reseller(row.value.id);
                    names.insert(Some(Place::Reseller(slug)), store.account_names(scope, &keys).await?);
                }
            }
            None => {
                names.insert(Some(Place::Platform), store.account_names(Scope::Platform, &keys).await?);
                if let Some(tenant) = tenant {
                    let scope = Scope::Tenant(tenant);
                    names.insert(Some(Place::Tenant), store.account_names(scope, &keys).await?);
                }
            }
        }
    }
    for doer in doers.values_mut().filter(|doer| doer.kind == Kind::Account) {
        let key = email_key(&doer.name);
        let name_at = |place: &Option<Place>| names.get(place).and_then(|names| names.get(&key)).cloned();
        doer.person = name_at(&doer.place);
        // Long ago it was not noted that an account was of who runs the server.
        let of_platform = Some(Place::Platform);
        if doer.place == Some(Place::Tenant) && doer.person.is_none() && name_at(&of_platform).is_some() {
            (doer.person, doer.place) = (name_at(&of_platform), of_platform);
        }
    }
    Ok(doers)
}

fn doer(actor: &Actor, tenant: Option<TenantId>) -> Doer {
    let one = |kind, name: &str| Doer { kind, name: name.to_owned(), person: None, place: None };
    match actor {
        Actor::Account(email) => Doer { place: tenant.map(|_| Place::Tenant), ..one(Kind::Account, email) },
        Actor::Operator(id) => one(Kind::Operator, &id.to_string()),
        Actor::Platform(who) => Doer { place: Some(Place::Platform), ..doer(who, None) },
        Actor::Reseller { slug, who } => Doer { place: Some(Place::Reseller(slug.clone())), ..doer(who, None) },
        Actor::Phone(extension) => one(Kind::Phone, extension),
        Actor::Token(name) => one(Kind::ApiKey, name),
        Actor::System => one(Kind::System, ""),
    }
}

impl Doer {
    /// In words.
    pub fn shown(&self) -> String {
        let Self { kind, name, person, place } = self;
        let of = match place {
            Some(Place::Platform) => " of the server".to_owned(),
            Some(Place::Reseller(slug)) => format!(" of the reseller {slug}"),
            Some(Place::Tenant) | None => String::new(),
        };
        match (kind, person) {
            (Kind::Account, Some(person)) => format!("{person} <{name}>, an account{of}"),
            (Kind::Account, None) => format!("<{name}>, an account{of}"),
            (Kind::ApiKey, _) => format!("{name}, a key{of}"),
            (Kind::Operator, _) => format!("{name}, an operator"),
            (Kind::Phone, _) => format!("{name}, a phone"),
            (Kind::System, _) => "the server itself".to_owned(),
        }
    }
}
