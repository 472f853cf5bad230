//! The snapshot of everything that the switch needs to decide about calls: read whole, or made from the one before with
//! what the events since tell to be new.

mod lent;
mod news;
mod routing;

use std::collections::BTreeMap;
use std::sync::Arc;

use phone::Directory;
use phone::directory::change::{Apps, Change, TenantChange, Touched};
use phone::directory::outbound::Routing;
use phone::directory::{Tenant, TenantParts};
use phone::id::{AttendantId, QueueId, ScheduleId, SharedMailboxId, TenantId, UserId};
use phone::numbers::CountryProfiles;
use phone::people::User;
use phone::people::license::Enforcement;
use phone::people::tenant::Profile;
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _};

use self::lent::Lent;
use self::news::{News, NewsOfTenant};
use crate::database::Store;
use crate::documents::{DocumentKind, from_json};
use crate::entity::{document, tenant};
use crate::error::StoreError;
use crate::events::EventId;
use crate::tenants::enforcement_of;
use crate::wanted::{Wanted, of_tenant};

impl Store {
    /// Reads all tenants, with the secrets that the switch checks and answers challenges with.
    pub async fn load_directory(&self) -> Result<Directory, StoreError> {
        let parts = self.load_tenants(None, &self.lent_by_operators().await?).await?;
        let tenants = parts.into_values().map(|parts| Arc::new(Tenant::new(parts)));
        Ok(Directory::new(tenants, self.default_tenant().await?))
    }

    /// Brings a snapshot up to date: `known` is the newest event that it was made from or a later one. Reads only what
    /// events tell to be new, unless they are so many that reading everything is less.
    pub async fn update_directory(
        &self,
        before: &Directory,
        known: EventId,
    ) -> Result<(Directory, Touched), StoreError> {
        let tenants = match self.news_since(known).await? {
            News::Everything => return Ok((self.load_directory().await?, Touched::Everything)),
            News::Tenants(tenants) => tenants,
        };
        let is_default_known = !tenants.values().any(|news| matches!(news, NewsOfTenant::Whole));
        // People's presence and licenses, which change most, have nothing to do with operators.
        let lent = match tenants.iter().any(|(id, news)| news.may_be_of_operators() || before.tenant(*id).is_none()) {
            true => self.lent_by_operators().await?,
            false => Lent::default(),
        };
        let mut changes = BTreeMap::new();
        for (id, news) in tenants {
            let change = match (news, before.tenant(id)) {
                (NewsOfTenant::Parts(parts), Some(known)) => Change::Parts(self.read_news(known, parts, &lent).await?),
                (NewsOfTenant::Parts(_), None) | (NewsOfTenant::Whole, _) => {
                    match self.load_tenants(Some(id), &lent).await?.remove(&id) {
                        Some(parts) => Change::Whole(Box::new(parts)),
                        None => Change::Gone,
                    }
                }
            };
            changes.insert(id, change);
        }
        let default = match is_default_known {
            true => before.default_tenant().map(|tenant| tenant.profile.id),
            false => self.default_tenant().await?,
        };
        Ok(before.with(changes, default))
    }

    async fn default_tenant(&self) -> Result<Option<TenantId>, StoreError> {
        let row = tenant::Entity::find().filter(tenant::Column::IsDefault.eq(true)).one(&self.reader).await?;
        Ok(row.map(|row| TenantId(row.id)))
    }

    /// All of every tenant, or of one.
    async fn load_tenants(
        &self,
        of: Option<TenantId>,
        lent: &Lent,
    ) -> Result<BTreeMap<TenantId, TenantParts>, StoreError> {
        let wanted = of.map_or(Wanted::All, Wanted::Tenant);
        let mut tenants = BTreeMap::new();
        let mut enforcements = BTreeMap::new();
        let profiles = self.country_profiles().await?;
        for row in tenant::Entity::find().filter(of_tenant(tenant::Column::Id, of)).all(&self.reader).await? {
            enforcements.insert(TenantId(row.id), enforcement_of(&row));
            tenants.insert(TenantId(row.id), bare_tenant(&row, &profiles)?);
        }
        for (tenant, user) in self.people(wanted, &enforcements).await? {
            if let Some(parts) = tenants.get_mut(&tenant) {
                parts.users.insert(user.id, Arc::new(user));
            }
        }
        for (tenant, mut number) in self.all_numbers(of).await? {
            lent.lead(&mut number);
            if let Some(parts) = tenants.get_mut(&tenant) {
                parts.numbers.insert(number.number, number);
            }
        }
        for (tenant, account) in self.all_resource_accounts(wanted).await? {
            if let Some(parts) = tenants.get_mut(&tenant) {
                parts.resource_accounts.insert(account.id, account);
            }
        }
        for (tenant, apps) in self.apps(of, lent).await? {
            if let Some(parts) = tenants.get_mut(&tenant) {
                parts.trunks = apps.trunks;
                parts.outbound_trunks = apps.outbound_trunks;
                parts.lent = apps.lent;
                parts.attendants = apps.attendants;
                parts.queues = apps.queues;
                parts.schedules = apps.schedules;
                parts.groups = apps.groups;
                parts.mailboxes = apps.mailboxes;
                parts.personal_mailboxes = apps.personal_mailboxes;
                parts.calling = apps.calling;
            }
        }
        for (tenant, routing) in self.routing(of).await? {
            if let Some(parts) = tenants.get_mut(&tenant) {
                parts.routing = Routing::first(routing);
            }
        }
        Ok(tenants)
    }

    /// People with their secrets, and with what is kept beside their rows.
    async fn people(
        &self,
        wanted: Wanted<'_>,
        enforcements: &BTreeMap<TenantId, Enforcement>,
    ) -> Result<Vec<(TenantId, User)>, StoreError> {
        let held = self.licenses_of_all(wanted).await?;
        let presences = self.presences(wanted).await?;
        let catalogue = self.catalogue().await?;
        let mut people = self.users_with_secrets(wanted).await?;
        for (tenant, user) in &mut people {
            if let Some(presence) = presences.get(&user.id) {
                user.presence = *presence;
            }
            let enforcement = enforcements.get(tenant).copied().unwrap_or_default();
            user.voice_enabled = catalogue.allows_voice(enforcement, held.get(&user.id).into_iter().flatten());
        }
        Ok(people)
    }

    async fn apps(&self, of: Option<TenantId>, lent: &Lent) -> Result<BTreeMap<TenantId, Apps>, StoreError> {
        let mut all: BTreeMap<TenantId, Apps> = BTreeMap::new();
        let mut trunks = self.trunks_with_secrets(of).await?;
        trunks.sort_by_key(|(_, preference, trunk)| (*preference, trunk.id));
        for (tenant, _, trunk) in trunks {
            let apps = all.entry(tenant).or_default();
            apps.outbound_trunks.push(trunk.id);
            apps.trunks.insert(trunk.id, Arc::new(trunk));
        }
        let kinds = DocumentKind::OF_CALLS.map(DocumentKind::as_str);
        let documents = document::Entity::find()
            .filter(of_tenant(document::Column::Tenant, of))
            .filter(document::Column::Kind.is_in(kinds));
        for row in documents.all(&self.reader).await? {
            add_document(all.entry(TenantId(row.tenant)).or_default(), &row)?;
        }
        for (tenant, calling) in self.calling_policies(of).await? {
            all.entry(tenant).or_default().calling = Arc::new(calling);
        }
        let mut of_policies = self.groups_of_policies(of).await?;
        for tenant in of_policies.keys() {
            all.entry(*tenant).or_default();
        }
        for (tenant, apps) in &mut all {
            let of_policies = of_policies.remove(tenant).unwrap_or_default();
            let of_queues = apps.queues.values().flat_map(|queue| queue.groups.iter().copied());
            let of_mailboxes = apps.mailboxes.values().flat_map(|mailbox| mailbox.groups.iter().map(|one| one.group));
            let of_attendants = apps.attendants.values().flat_map(|attendant| attendant.dial_scope.groups());
            let named = of_queues.chain(of_mailboxes).chain(of_attendants).chain(of_policies).collect();
            apps.groups = self.members_of_groups(*tenant, &named).await?;
        }
        for consent in self.open_consents(of).await? {
            lent.lend(&consent, all.entry(consent.tenant).or_default());
        }
        Ok(all)
    }

    /// People of a snapshot as they are now, of whom only presence and licenses are new.
    async fn with_new_standings(
        &self,
        tenant: TenantId,
        people: Vec<&Arc<User>>,
        enforcement: Enforcement,
    ) -> Result<Vec<User>, StoreError> {
        let ids: Vec<UserId> = people.iter().map(|user| user.id).collect();
        let wanted = Wanted::Users(tenant, &ids);
        let (held, presences) = (self.licenses_of_all(wanted).await?, self.presences(wanted).await?);
        let catalogue = self.catalogue().await?;
        let now = |user: &Arc<User>| User {
            presence: presences.get(&user.id).copied().unwrap_or_default(),
            voice_enabled: catalogue.allows_voice(enforcement, held.get(&user.id).into_iter().flatten()),
            ..User::clone(user)
        };
        Ok(people.into_iter().map(now).collect())
    }

    /// Reads what is told to be new of a tenant that the snapshot knows.
    async fn read_news(&self, known: &Tenant, mut news: news::Parts, lent: &Lent) -> Result<TenantChange, StoreError> {
        let tenant = known.profile.id;
        // Nobody is called for the sake of other groups.
        news.groups.retain(|group| known.groups.contains_key(group));
        let row = tenant::Entity::find_by_id(tenant.0).one(&self.reader).await?;
        let enforcement = row.as_ref().map(enforcement_of).unwrap_or_default();
        let mut same = Vec::new();
        for user in std::mem::take(&mut news.standings) {
            match known.users.get(&user).filter(|_| !news.users.contains(&user)) {
                Some(user) => same.push(user),
                None => drop(news.users.insert(user)),
            }
        }
        let ids: Vec<UserId> = news.users.iter().copied().collect();
        let mut users: BTreeMap<_, _> = news.users.into_iter().map(|user| (user, None)).collect();
        let read = self.people(Wanted::Users(tenant, &ids), &[(tenant, enforcement)].into()).await?;
        let same = self.with_new_standings(tenant, same, enforcement).await?;
        for user in read.into_iter().map(|(_, user)| user).chain(same) {
            users.insert(user.id, Some(Arc::new(user)));
        }
        let named: Vec<_> = news.numbers.iter().copied().collect();
        let mut numbers: BTreeMap<_, _> = news.numbers.into_iter().map(|number| (number, None)).collect();
        for mut number in self.numbers_among(tenant, &named).await? {
            lent.lead(&mut number);
            numbers.insert(number.number, Some(number));
        }
        for mut number in self.numbers_given_by(tenant, &news.operators).await? {
            lent.lead(&mut number);
            numbers.insert(number.number, Some(number));
        }
        let ids: Vec<_> = news.resource_accounts.iter().map(|account| account.0).collect();
        let mut accounts: BTreeMap<_, _> = news.resource_accounts.into_iter().map(|account| (account, None)).collect();
        for (_, account) in self.all_resource_accounts(Wanted::Objects(tenant, &ids)).await? {
            accounts.insert(account.id, Some(account));
        }
        let mut groups: BTreeMap<_, _> = news.groups.iter().map(|group| (*group, None)).collect();
        for (group, members) in self.members_of_groups(tenant, &news.groups).await? {
            groups.insert(group, Some(members));
        }
        let apps = match news.apps {
            true => Some(self.apps(Some(tenant), lent).await?.remove(&tenant).unwrap_or_default()),
            false => None,
        };
        let routing = match news.routing {
            true => {
                let parts = self.routing(Some(tenant)).await?.remove(&tenant).unwrap_or_default();
                Some(Arc::new(Routing::new(parts, &known.routing)))
            }
            false => None,
        };
        Ok(TenantChange { users, numbers, resource_accounts: accounts, groups, apps, routing })
    }
}

fn bare_tenant(row: &tenant::Model, profiles: &CountryProfiles) -> Result<TenantParts, StoreError> {
    let profile: Profile = from_json("tenant", row.id, &row.document)?;
    Ok(TenantParts {
        country_profile: Some(profiles.of(&profile.country)),
        profile,
        users: BTreeMap::new(),
        numbers: BTreeMap::new(),
        trunks: BTreeMap::new(),
        outbound_trunks: Vec::new(),
        lent: BTreeMap::new(),
        groups: BTreeMap::new(),
        resource_accounts: BTreeMap::new(),
        attendants: BTreeMap::new(),
        queues: BTreeMap::new(),
        schedules: BTreeMap::new(),
        mailboxes: BTreeMap::new(),
        personal_mailboxes: BTreeMap::new(),
        calling: Arc::default(),
        routing: Arc::default(),
        emergency_numbers: from_json("tenant", row.id, &row.emergency_numbers)?,
    })
}

fn add_document(parts: &mut Apps, row: &document::Model) -> Result<(), StoreError> {
    match DocumentKind::parse(&row.kind) {
        Some(DocumentKind::Attendant) => {
            let settings = from_json("attendant", row.id, &row.body)?;
            parts.attendants.insert(AttendantId(row.id), Arc::new(settings));
        }
        Some(DocumentKind::Queue) => {
            let settings = from_json("queue", row.id, &row.body)?;
            parts.queues.insert(QueueId(row.id), Arc::new(settings));
        }
        Some(DocumentKind::Schedule) => {
            let schedule = from_json("schedule", row.id, &row.body)?;
            parts.schedules.insert(ScheduleId(row.id), Arc::new(schedule));
        }
        Some(DocumentKind::SharedMailbox) => {
            let settings = from_json("shared mailbox", row.id, &row.body)?;
            parts.mailboxes.insert(SharedMailboxId(row.id), Arc::new(settings));
        }
        Some(DocumentKind::PersonalMailbox) => {
            let personal = from_json("personal mailbox", row.id, &row.body)?;
            parts.personal_mailboxes.insert(UserId(row.id), Arc::new(personal));
        }
        Some(
            DocumentKind::AppTemplate
            | DocumentKind::CallBlock
            | DocumentKind::CivicAddress
            | DocumentKind::DialPlan
            | DocumentKind::PolicyLock
            | DocumentKind::PolicyPackage
            | DocumentKind::PstnUsage
            | DocumentKind::TranslationRule
            | DocumentKind::UnassignedNumbers
            | DocumentKind::VoiceRoute,
        )
        // Written by a later version: not known here, so nothing refers to it.
        | None => {}
    }
    Ok(())
}
