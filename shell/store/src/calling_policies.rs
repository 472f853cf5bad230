//! Calling policies as the snapshot has them: all of them, with who is given which.

use std::collections::BTreeMap;

use phone::id::{GroupId, PolicyId, TenantId, UserId};
use phone::policies::{CallingPolicies, PolicyType, Settings};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _};

use crate::database::Store;
use crate::entity::policy_assignment::{Column, Entity};
use crate::error::StoreError;
use crate::policy_assignments::rank;
use crate::wanted::of_tenant;

impl Store {
    /// The calling policies of every tenant, or of one, with who is given which.
    pub(crate) async fn calling_policies(
        &self,
        of: Option<TenantId>,
    ) -> Result<BTreeMap<TenantId, CallingPolicies>, StoreError> {
        let mut all: BTreeMap<TenantId, CallingPolicies> = BTreeMap::new();
        for (tenant, policy) in self.all_policies_of_type(of, PolicyType::Calling).await? {
            let Settings::Calling(calling) = policy.settings else { continue };
            let policies = all.entry(tenant).or_default();
            match policy.id {
                Some(id) => drop(policies.named.insert(id, (policy.name, calling))),
                None => policies.global = calling,
            }
        }
        // Where no policy has a name, nobody is given one.
        if all.values().all(|policies| policies.named.is_empty()) {
            return Ok(all);
        }
        let given = Entity::find()
            .filter(of_tenant(Column::Tenant, of))
            .filter(Column::Kind.eq(PolicyType::Calling.as_str()))
            .order_by_asc(Column::Id);
        for row in given.all(&self.reader).await? {
            let Some(policies) = all.get_mut(&TenantId(row.tenant)) else { continue };
            let policy = PolicyId(row.policy);
            if let Some(user) = row.user {
                policies.direct.insert(UserId(user), policy);
            } else if let (Some(group), Some(rank)) = (row.group, rank(row.rank)) {
                policies.groups.push((GroupId(group), rank, policy));
            }
        }
        Ok(all)
    }
}
