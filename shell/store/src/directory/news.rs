//! What the events since a snapshot tell to be new.

use std::collections::{BTreeMap, BTreeSet};

use phone::id::{GroupId, OperatorId, ResourceAccountId, TenantId, UserId};
use phone::numbers::E164;
use sea_orm::{
    ColumnTrait as _, EntityTrait as _, FromQueryResult, QueryFilter as _, QueryOrder as _, QuerySelect as _,
};
use uuid::Uuid;

use crate::database::Store;
use crate::entity::event;
use crate::error::StoreError;
use crate::events::{Actor, EventId, Noun};

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
    /// Whose presence or licenses are new. Of most of them nothing else is, and their rows with their secrets need no reading.
    pub(super) standings: BTreeSet<UserId>,
    pub(super) numbers: BTreeSet<E164>,
    pub(super) resource_accounts: BTreeSet<ResourceAccountId>,
    /// Numbers that these operators gave: they may go out over other trunks.
    pub(super) operators: BTreeSet<OperatorId>,
    /// Groups whose members or names are new; only those that queues or policies name are read.
    pub(super) groups: BTreeSet<GroupId>,
    /// Trunks, attendants, queues, schedules, mailboxes or policies: all of them are read.
    pub(super) apps: bool,
    /// Dial plans, routes, translation rules, sites or policies about calls outside: all of them are read.
    pub(super) routing: bool,
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
    actor: String,
    noun: String,
    object: String,
}

impl Store {
    pub(super) async fn news_since(&self, known: EventId) -> Result<News, StoreError> {
        let told: Vec<Told> = event::Entity::find()
            .select_only()
            .columns([event::Column::Tenant, event::Column::Actor, event::Column::Noun, event::Column::Object])
            .filter(event::Column::Id.gt(known))
            .order_by_asc(event::Column::Id)
            .limit(EVENTS_MAX as u64 + 1)
            .into_model()
            .all(&self.reader)
            .await?;
        if EVENTS_MAX < told.len() {
            return Ok(News::Everything);
        }
        let (mut tenants, mut operators) = (BTreeMap::new(), BTreeSet::new());
        for told in &told {
            if note(&mut tenants, &mut operators, told).is_none() {
                return Ok(News::Everything);
            }
        }
        if !operators.is_empty() {
            for (tenant, operator) in self.borrowers(&operators).await? {
                if let Some(parts) = parts_of(&mut tenants, tenant) {
                    parts.apps = true;
                    parts.operators.insert(operator);
                }
            }
        }
        Ok(News::Tenants(tenants))
    }
}

/// None if everything is to be read: a later version wrote the event, or nobody knows whom it is about.
fn note(
    tenants: &mut BTreeMap<TenantId, NewsOfTenant>,
    operators: &mut BTreeSet<OperatorId>,
    told: &Told,
) -> Option<()> {
    let noun = Noun::parse(&told.noun)?;
    let id = || told.object.parse::<Uuid>().ok();
    if noun == Noun::Tenant {
        tenants.insert(TenantId(id()?), NewsOfTenant::Whole);
        return Some(());
    }
    // What an operator lends is new to every organization that consented.
    if noun == Noun::Operator {
        operators.insert(OperatorId(id()?));
        return Some(());
    }
    // What holds in a country is new to every organization there.
    if noun == Noun::CountryProfile {
        return None;
    }
    // Only the operator itself changes them.
    if matches!(noun, Noun::CallingProfile | Noun::OperatorTrunk) {
        let Actor::Operator(operator) = Actor::parse(&told.actor) else { return None };
        operators.insert(operator);
        return Some(());
    }
    // What belongs to no tenant is not in the directory.
    let Some(tenant) = told.tenant else { return Some(()) };
    let Some(parts) = parts_of(tenants, TenantId(tenant)) else { return Some(()) };
    match noun {
        Noun::License | Noun::Presence => drop(parts.standings.insert(UserId(id()?))),
        Noun::User => drop(parts.users.insert(UserId(id()?))),
        Noun::Number => drop(parts.numbers.insert(E164::parse_with_extension(&told.object).ok()?)),
        Noun::Group => drop(parts.groups.insert(GroupId(id()?))),
        Noun::ResourceAccount => drop(parts.resource_accounts.insert(ResourceAccountId(id()?))),
        Noun::Attendant
        | Noun::OperatorConsent
        | Noun::PersonalMailbox
        | Noun::Queue
        | Noun::Schedule
        | Noun::SharedMailbox
        | Noun::Trunk => parts.apps = true,
        // A lock changes what holds of policies. What unassigned numbers announce is rendered with what apps say.
        Noun::Policy | Noun::PolicyLock | Noun::UnassignedNumbers => {
            parts.apps = true;
            parts.routing = true;
        }
        Noun::CallBlock
        | Noun::CivicAddress
        | Noun::DialPlan
        | Noun::Site
        | Noun::TranslationRule
        | Noun::VoiceRoute => parts.routing = true,
        Noun::Account
        | Noun::ApiKey
        | Noun::AppDraft
        | Noun::AppTemplate
        | Noun::EmergencyCall
        | Noun::FlowTest
        // What a plan that somebody holds unlocks does not change.
        | Noun::LicensePlan
        | Noun::MailboxPin
        | Noun::Message
        // What is given of a package is told of its policies.
        | Noun::PolicyPackage
        | Noun::PortOrder
        | Noun::QueueAlert
        | Noun::PortOut
        | Noun::PortingPin
        | Noun::PstnUsage
        | Noun::Role
        | Noun::SignInPolicy
        | Noun::AudioFile
        | Noun::CallRecording
        | Noun::Callback
        | Noun::CallingProfile
        | Noun::CountryProfile
        | Noun::NumberQuota
        | Noun::NumberRequest
        | Noun::NumberStock
        | Noun::OpenidProvider
        | Noun::Operator
        | Noun::OperatorClient
        | Noun::OperatorTrunk
        | Noun::Order
        | Noun::QueueAgent
        | Noun::QueueCall
        | Noun::RateDeck
        | Noun::ReportRetention
        | Noun::Reseller
        | Noun::Subscription
        | Noun::Supervision
        | Noun::Tenant
        | Noun::Voucher
        | Noun::Wallet
        | Noun::Webhook => {}
    }
    Some(())
}

/// What is new of parts of a tenant; none if all of it is read anyway.
fn parts_of(tenants: &mut BTreeMap<TenantId, NewsOfTenant>, tenant: TenantId) -> Option<&mut Parts> {
    match tenants.entry(tenant).or_insert_with(|| NewsOfTenant::Parts(Parts::default())) {
        NewsOfTenant::Parts(parts) => Some(parts),
        NewsOfTenant::Whole => None,
    }
}
