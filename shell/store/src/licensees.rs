//! What tells the licenses of some people, read for all of them at once: a group has thousands.

use std::collections::{BTreeMap, BTreeSet};

use phone::id::{GroupId, TenantId, UserId};
use phone::people::User;
use phone::people::license::PartNumber;
use phone::people::license::sources::Wanted;
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QuerySelect as _};
use uuid::Uuid;

use crate::documents::from_json;
use crate::entity::{direct_license, group_license, group_member, license, license_failure, user};
use crate::error::StoreError;
use crate::tx::Tx;

/// A person as far as licenses go.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Licensee {
    pub display_name: String,
    /// None: that of the organization.
    pub country: Option<String>,
    pub held: BTreeSet<PartNumber>,
    pub wanted: Wanted,
    /// Some group could not give what it wanted to.
    pub has_failures: bool,
}

impl Tx {
    /// Those of these people who are there, as of this change. Some hundred at once.
    pub async fn licensees(
        &self,
        tenant: TenantId,
        people: &[UserId],
    ) -> Result<BTreeMap<UserId, Licensee>, StoreError> {
        let ids: Vec<Uuid> = people.iter().map(|user| user.0).collect();
        let there =
            user::Entity::find().filter(user::Column::Tenant.eq(tenant.0)).filter(user::Column::Id.is_in(ids.clone()));
        let mut licensees = BTreeMap::new();
        for row in there.all(&self.db).await? {
            let person: User = from_json("user", row.id, &row.document)?;
            let (display_name, country) = (person.display_name, person.country);
            licensees.insert(person.id, Licensee { display_name, country, ..Licensee::default() });
        }
        let held = license::Entity::find().filter(license::Column::User.is_in(ids.clone()));
        for row in held.all(&self.db).await? {
            let Some(licensee) = licensees.get_mut(&UserId(row.user)) else { continue };
            licensee.held.insert(PartNumber(row.plan));
        }
        let direct = direct_license::Entity::find().filter(direct_license::Column::User.is_in(ids.clone()));
        for row in direct.all(&self.db).await? {
            let Some(licensee) = licensees.get_mut(&UserId(row.user)) else { continue };
            licensee.wanted.direct.insert(PartNumber(row.plan));
        }
        let members = group_member::Entity::find().filter(group_member::Column::User.is_in(ids.clone()));
        let members = members.all(&self.db).await?;
        let plans = self.plans_of_groups(tenant).await?;
        for row in members {
            let group = GroupId(row.group);
            let (Some(licensee), Some(plans)) = (licensees.get_mut(&UserId(row.user)), plans.get(&group)) else {
                continue;
            };
            licensee.wanted.by_group.insert(group, plans.clone());
        }
        let failed: Vec<Uuid> = license_failure::Entity::find()
            .select_only()
            .column(license_failure::Column::User)
            .filter(license_failure::Column::User.is_in(ids))
            .into_tuple()
            .all(&self.db)
            .await?;
        for user in failed {
            if let Some(licensee) = licensees.get_mut(&UserId(user)) {
                licensee.has_failures = true;
            }
        }
        Ok(licensees)
    }

    /// The plans of each group that gives any, as of this change.
    async fn plans_of_groups(&self, tenant: TenantId) -> Result<BTreeMap<GroupId, BTreeSet<PartNumber>>, StoreError> {
        let mut plans: BTreeMap<GroupId, BTreeSet<PartNumber>> = BTreeMap::new();
        for row in
            group_license::Entity::find().filter(group_license::Column::Tenant.eq(tenant.0)).all(&self.db).await?
        {
            plans.entry(GroupId(row.group)).or_default().insert(PartNumber(row.plan));
        }
        Ok(plans)
    }
}
