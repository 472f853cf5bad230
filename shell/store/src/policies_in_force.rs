//! Policies as the snapshot has them: all of a type that calls ask for, with who is given which.

use std::collections::{BTreeMap, BTreeSet};

use phone::id::{GroupId, PolicyId, SiteId, TenantId, UserId};
use phone::numbers::E164;
use phone::policies::{CallingPolicies, InForce, Lock, Locks, OutsidePolicies, Policy, PolicyType, Settings};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _};
use uuid::Uuid;

use crate::database::Store;
use crate::documents::{DocumentKind, from_json};
use crate::entity::policy_assignment::{Column, Entity, Model};
use crate::entity::{document, number};
use crate::error::StoreError;
use crate::policy_assignments::rank;
use crate::wanted::of_tenant;

/// Types that decide about calls outside, and about what who waits or leaves a message hears.
const OUTSIDE: [PolicyType; 9] = [
    PolicyType::CallHold,
    PolicyType::CallerId,
    PolicyType::DialOut,
    PolicyType::DialPlan,
    PolicyType::EmergencyCallRouting,
    PolicyType::EmergencyCalling,
    PolicyType::SharedCalling,
    PolicyType::VoiceRouting,
    PolicyType::Voicemail,
];

impl Store {
    /// The calling policies of every tenant, or of one, with who is given which.
    pub(crate) async fn calling_policies(
        &self,
        of: Option<TenantId>,
    ) -> Result<BTreeMap<TenantId, CallingPolicies>, StoreError> {
        let mut all: BTreeMap<TenantId, CallingPolicies> = BTreeMap::new();
        for (tenant, policy) in
            self.policies_within_locks(of, PolicyType::Calling, &self.policy_locks(of).await?).await?
        {
            take(all.entry(tenant).or_default(), policy, calling);
        }
        // Where no policy has a name, nobody is given one.
        if all.values().all(|policies| policies.named.is_empty()) {
            return Ok(all);
        }
        for row in self.assignments(of, &[PolicyType::Calling]).await? {
            if let Some(policies) = all.get_mut(&TenantId(row.tenant)) {
                give(policies, &row, None);
            }
        }
        Ok(all)
    }

    /// The policies that decide about calls outside, of every tenant or of one.
    pub(crate) async fn outside_policies(
        &self,
        of: Option<TenantId>,
    ) -> Result<BTreeMap<TenantId, OutsidePolicies>, StoreError> {
        let mut all: BTreeMap<TenantId, OutsidePolicies> = BTreeMap::new();
        let mut is_any_named = false;
        let locks = self.policy_locks(of).await?;
        for kind in OUTSIDE {
            for (tenant, policy) in self.policies_within_locks(of, kind, &locks).await? {
                is_any_named |= policy.id.is_some();
                let policies = all.entry(tenant).or_default();
                match kind {
                    PolicyType::CallHold => take(&mut policies.call_hold, policy, call_hold),
                    PolicyType::CallerId => take(&mut policies.caller_id, policy, caller_id),
                    PolicyType::DialOut => take(&mut policies.dial_out, policy, dial_out),
                    PolicyType::DialPlan => take(&mut policies.dial_plan, policy, dial_plan),
                    PolicyType::EmergencyCallRouting => {
                        take(&mut policies.emergency_call_routing, policy, emergency_call_routing);
                    }
                    PolicyType::EmergencyCalling => take(&mut policies.emergency_calling, policy, emergency_calling),
                    PolicyType::SharedCalling => take(&mut policies.shared_calling, policy, shared_calling),
                    PolicyType::Voicemail => take(&mut policies.voicemail, policy, voicemail),
                    _ => take(&mut policies.voice_routing, policy, voice_routing),
                }
            }
        }
        if !is_any_named {
            return Ok(all);
        }
        let rows = self.assignments(of, &OUTSIDE).await?;
        let numbers = self.numbers_by_row(rows.iter().filter_map(|row| row.number).collect()).await?;
        for row in rows {
            let Some(policies) = all.get_mut(&TenantId(row.tenant)) else { continue };
            let number = row.number.and_then(|id| numbers.get(&id).copied());
            match PolicyType::parse(&row.kind) {
                Some(PolicyType::CallHold) => give(&mut policies.call_hold, &row, number),
                Some(PolicyType::CallerId) => give(&mut policies.caller_id, &row, number),
                Some(PolicyType::DialOut) => give(&mut policies.dial_out, &row, number),
                Some(PolicyType::DialPlan) => give(&mut policies.dial_plan, &row, number),
                Some(PolicyType::EmergencyCallRouting) => give(&mut policies.emergency_call_routing, &row, number),
                Some(PolicyType::EmergencyCalling) => give(&mut policies.emergency_calling, &row, number),
                Some(PolicyType::SharedCalling) => give(&mut policies.shared_calling, &row, number),
                Some(PolicyType::VoiceRouting) => give(&mut policies.voice_routing, &row, number),
                Some(PolicyType::Voicemail) => give(&mut policies.voicemail, &row, number),
                Some(_) | None => {}
            }
        }
        Ok(all)
    }

    /// Groups whose members decide which policies hold, of every tenant or of one.
    pub(crate) async fn groups_of_policies(
        &self,
        of: Option<TenantId>,
    ) -> Result<BTreeMap<TenantId, BTreeSet<GroupId>>, StoreError> {
        let kinds = OUTSIDE.iter().chain(&[PolicyType::Calling]).map(|kind| kind.as_str());
        let rows: Vec<(Uuid, Uuid)> = Entity::find()
            .select_only()
            .columns([Column::Tenant, Column::Group])
            .distinct()
            .filter(of_tenant(Column::Tenant, of))
            .filter(Column::Kind.is_in(kinds))
            .filter(Column::Group.is_not_null())
            .into_tuple()
            .all(&self.reader)
            .await?;
        let mut all: BTreeMap<TenantId, BTreeSet<GroupId>> = BTreeMap::new();
        for (tenant, group) in rows {
            all.entry(TenantId(tenant)).or_default().insert(GroupId(group));
        }
        Ok(all)
    }

    /// All locks of every tenant, or of one.
    async fn policy_locks(&self, of: Option<TenantId>) -> Result<BTreeMap<TenantId, Locks>, StoreError> {
        let kind = DocumentKind::PolicyLock.as_str();
        let rows = document::Entity::find()
            .filter(of_tenant(document::Column::Tenant, of))
            .filter(document::Column::Kind.eq(kind));
        let mut all: BTreeMap<TenantId, Vec<Lock>> = BTreeMap::new();
        for row in rows.all(&self.reader).await? {
            all.entry(TenantId(row.tenant)).or_default().push(from_json(kind, row.id, &row.body)?);
        }
        Ok(all.into_iter().map(|(tenant, locks)| (tenant, Locks::new(locks))).collect())
    }

    /// The policies of one type as calls follow them. A lock binds the organization's own before anybody changed it, too.
    async fn policies_within_locks(
        &self,
        of: Option<TenantId>,
        kind: PolicyType,
        locks: &BTreeMap<TenantId, Locks>,
    ) -> Result<Vec<(TenantId, Policy)>, StoreError> {
        let mut policies = self.all_policies_of_type(of, kind).await?;
        for (tenant, _) in locks.iter().filter(|(_, locks)| locks.of(kind).next().is_some()) {
            if !policies.iter().any(|(owner, policy)| owner == tenant && policy.id.is_none()) {
                policies.push((*tenant, Policy::global(kind)));
            }
        }
        for (tenant, policy) in &mut policies {
            if let Some(locks) = locks.get(tenant) {
                policy.settings = locks.limit(policy.settings.clone()).0;
            }
        }
        Ok(policies)
    }

    async fn assignments(&self, of: Option<TenantId>, kinds: &[PolicyType]) -> Result<Vec<Model>, StoreError> {
        let given = Entity::find()
            .filter(of_tenant(Column::Tenant, of))
            .filter(Column::Kind.is_in(kinds.iter().map(|kind| kind.as_str())))
            .order_by_asc(Column::Id);
        Ok(given.all(&self.reader).await?)
    }

    async fn numbers_by_row(&self, ids: Vec<Uuid>) -> Result<BTreeMap<Uuid, E164>, StoreError> {
        /// Ids in one statement.
        const IDS_MAX: usize = 1_000;
        let mut found = BTreeMap::new();
        for part in ids.chunks(IDS_MAX) {
            let rows = number::Entity::find().filter(number::Column::Id.is_in(part.to_vec()));
            for row in rows.all(&self.reader).await? {
                if let Ok(number) = E164::parse_with_extension(&row.number) {
                    found.insert(row.id, number);
                }
            }
        }
        Ok(found)
    }
}

/// A policy of its type.
fn take<S>(policies: &mut InForce<S>, policy: Policy, read: impl Fn(Settings) -> Option<S>) {
    let Some(settings) = read(policy.settings) else { return };
    match policy.id {
        Some(id) => drop(policies.named.insert(id, (policy.name, settings))),
        None => policies.global = settings,
    }
}

/// Who is given one.
fn give<S>(policies: &mut InForce<S>, row: &Model, number: Option<E164>) {
    let policy = PolicyId(row.policy);
    if let Some(user) = row.user {
        policies.direct.insert(UserId(user), policy);
    } else if let (Some(group), Some(rank)) = (row.group, rank(row.rank)) {
        policies.groups.push((GroupId(group), rank, policy));
    } else if let Some(number) = number {
        policies.numbers.insert(number, policy);
    } else if let Some(site) = row.site {
        policies.sites.insert(SiteId(site), policy);
    }
}

macro_rules! readers {
    ($($name:ident: $variant:ident($settings:path);)+) => {
        $(fn $name(settings: Settings) -> Option<$settings> {
            if let Settings::$variant(settings) = settings { Some(settings) } else { None }
        })+
    };
}

readers! {
    calling: Calling(phone::policies::calling::Calling);
    call_hold: CallHold(phone::policies::call::CallHold);
    caller_id: CallerId(phone::policies::outside::CallerId);
    dial_out: DialOut(phone::policies::dial_out::DialOut);
    dial_plan: DialPlan(phone::policies::routing::DialPlan);
    emergency_call_routing: EmergencyCallRouting(phone::policies::emergency::EmergencyCallRouting);
    emergency_calling: EmergencyCalling(phone::policies::emergency::EmergencyCalling);
    shared_calling: SharedCalling(phone::policies::emergency::SharedCalling);
    voice_routing: VoiceRouting(phone::policies::routing::VoiceRouting);
    voicemail: Voicemail(phone::policies::call::Voicemail);
}
