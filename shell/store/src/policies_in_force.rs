//! Policies as the snapshot has them: all of a type that calls ask for, with who is given which.

use std::collections::{BTreeMap, BTreeSet};

use phone::id::{GroupId, PolicyId, SiteId, TenantId, UserId};
use phone::numbers::E164;
use phone::policies::{CallingPolicies, InForce, OutsidePolicies, Policy, PolicyType, Settings};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _};
use uuid::Uuid;

use crate::database::Store;
use crate::entity::number;
use crate::entity::policy_assignment::{Column, Entity, Model};
use crate::error::StoreError;
use crate::policy_assignments::rank;
use crate::wanted::of_tenant;

/// Types that decide about calls outside.
const OUTSIDE: [PolicyType; 7] = [
    PolicyType::CallerId,
    PolicyType::DialOut,
    PolicyType::DialPlan,
    PolicyType::EmergencyCallRouting,
    PolicyType::EmergencyCalling,
    PolicyType::SharedCalling,
    PolicyType::VoiceRouting,
];

impl Store {
    /// The calling policies of every tenant, or of one, with who is given which.
    pub(crate) async fn calling_policies(
        &self,
        of: Option<TenantId>,
    ) -> Result<BTreeMap<TenantId, CallingPolicies>, StoreError> {
        let mut all: BTreeMap<TenantId, CallingPolicies> = BTreeMap::new();
        for (tenant, policy) in self.all_policies_of_type(of, PolicyType::Calling).await? {
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
        for kind in OUTSIDE {
            for (tenant, policy) in self.all_policies_of_type(of, kind).await? {
                is_any_named |= policy.id.is_some();
                let policies = all.entry(tenant).or_default();
                match kind {
                    PolicyType::CallerId => take(&mut policies.caller_id, policy, caller_id),
                    PolicyType::DialOut => take(&mut policies.dial_out, policy, dial_out),
                    PolicyType::DialPlan => take(&mut policies.dial_plan, policy, dial_plan),
                    PolicyType::EmergencyCallRouting => {
                        take(&mut policies.emergency_call_routing, policy, emergency_call_routing);
                    }
                    PolicyType::EmergencyCalling => take(&mut policies.emergency_calling, policy, emergency_calling),
                    PolicyType::SharedCalling => take(&mut policies.shared_calling, policy, shared_calling),
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
                Some(PolicyType::CallerId) => give(&mut policies.caller_id, &row, number),
                Some(PolicyType::DialOut) => give(&mut policies.dial_out, &row, number),
                Some(PolicyType::DialPlan) => give(&mut policies.dial_plan, &row, number),
                Some(PolicyType::EmergencyCallRouting) => give(&mut policies.emergency_call_routing, &row, number),
                Some(PolicyType::EmergencyCalling) => give(&mut policies.emergency_calling, &row, number),
                Some(PolicyType::SharedCalling) => give(&mut policies.shared_calling, &row, number),
                Some(PolicyType::VoiceRouting) => give(&mut policies.voice_routing, &row, number),
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
    caller_id: CallerId(phone::policies::outside::CallerId);
    dial_out: DialOut(phone::policies::outside::DialOut);
    dial_plan: DialPlan(phone::policies::routing::DialPlan);
    emergency_call_routing: EmergencyCallRouting(phone::policies::emergency::EmergencyCallRouting);
    emergency_calling: EmergencyCalling(phone::policies::emergency::EmergencyCalling);
    shared_calling: SharedCalling(phone::policies::emergency::SharedCalling);
    voice_routing: VoiceRouting(phone::policies::routing::VoiceRouting);
}
