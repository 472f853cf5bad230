//! What the events since a snapshot tell to be new.

use std::collections::{BTreeMap, BTreeSet};

use phone::id::{ResourceAccountId, TenantId, UserId};
use phone::numbers::E164;
use sea_orm::{
    ColumnTrait as _, EntityTrait as _, FromQueryResult, QueryFilter as _, QueryOrder as _, QuerySelect as _,
};
use uuid::Uuid;

use crate::database::Store;
use crate::entity::event;
use crate::error::StoreError;
use crate::events::{EventId, Noun};

/// With more events than this, reading everything is less than reading what they name.
const EVENTS_MAX: usize = 20_000;

/// What is new.
#[derive(Debug)]
pub(super) enum News {
    /// So much, or of so many, that everything is to be read.
    Everything,
    Tenants(BTreeMap<TenantId, NewsOfTenant>),
}

/// What is new of one tenant.
#[derive(Debug)]
pub(super) enum NewsOfTenant {
    Whole,
    Parts(Parts),
}

/// Whatever is new of these is to be read, also that they are no more.
#[derive(Debug, Default)]
pub(super) struct Parts {
    pub(super) users: BTreeSet<UserId>,
    pub(super) numbers: BTreeSet<E164>,
    pub(super) resource_accounts: BTreeSet<ResourceAccountId>,
    /// Trunks, attendants, queues or schedules: all of them are read.
    pub(super) apps: bool,
}

impl NewsOfTenant {
    /// Whether trunks or numbers are new, which operators may have lent.
    pub(super) fn may_be_of_operators(&self) -> bool {
        match self {
            Self::Whole => true,
            Self::Parts(parts) => parts.apps || !parts.numbers.is_empty(),
        }
    }
}

#[derive(FromQueryResult)]
struct Told {
    tenant: Option<Uuid>,
    noun: String,
    object: String,
}

impl Store {
    pub(super) async fn news_since(&self, known: EventId) -> Result<News, StoreError> {
        let told: Vec<Told> = event::Entity::find()
            .select_only()
            .columns([event::Column::Tenant, event::Column::Noun, event::Column::Object])
            .filter(event::Column::Id.gt(known))
            .order_by_asc(event::Column::Id)
            .limit(EVENTS_MAX as u64 + 1)
            .into_model()
            .all(&self.reader)
            .await?;
        if EVENTS_MAX < told.len() {
            return Ok(News::Everything);
        }
        let mut tenants = BTreeMap::new();
        for told in &told {
            if note(&mut tenants, told).is_none() {
                return Ok(News::Everything);
            }
        }
        Ok(News::Tenants(tenants))
    }
}

/// None if everything is to be read: a later version wrote the event, or it is about more than one tenant.
fn note(tenants: &mut BTreeMap<TenantId, NewsOfTenant>, told: &Told) -> Option<()> {
    let noun = Noun::parse(&told.noun)?;
    let id = || told.object.parse::<Uuid>().ok();
    if noun == Noun::Tenant {
        tenants.insert(TenantId(id()?), NewsOfTenant::Whole);
        return Some(());
    }
    // What an operator lends is new to every organization that consented.
    if matches!(noun, Noun::CallingProfile | Noun::Operator | Noun::OperatorTrunk) {
        return None;
    }
    // What belongs to no tenant is not in the directory.
    let Some(tenant) = told.tenant else { return Some(()) };
    let news = tenants.entry(TenantId(tenant)).or_insert_with(|| NewsOfTenant::Parts(Parts::default()));
    let NewsOfTenant::Parts(parts) = news else { return Some(()) };
    match noun {
        Noun::License | Noun::Presence | Noun::User => drop(parts.users.insert(UserId(id()?))),
        Noun::Number => drop(parts.numbers.insert(E164::parse(&told.object).ok()?)),
        Noun::ResourceAccount => drop(parts.resource_accounts.insert(ResourceAccountId(id()?))),
        Noun::Attendant | Noun::OperatorConsent | Noun::Queue | Noun::Schedule | Noun::Trunk => parts.apps = true,
        Noun::Account
        | Noun::ApiKey
        | Noun::Policy
        | Noun::PortOrder
        | Noun::Role
        | Noun::SignInPolicy
        | Noun::Site
        | Noun::AudioFile
        | Noun::CallingProfile
        | Noun::Group
        | Noun::NumberQuota
        | Noun::NumberStock
        | Noun::Operator
        | Noun::OperatorClient
        | Noun::OperatorTrunk
        | Noun::Order
        | Noun::QueueAgent
        | Noun::Reseller
        | Noun::Subscription
        | Noun::Tenant => {}
    }
    Some(())
}
