//! License plans that were made here, or that the program brings and somebody changed. Who runs the server keeps them.

use std::collections::BTreeSet;

use phone::people::license::{Catalogue, PartNumber, Plan};
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _,
    QuerySelect as _,
};
use uuid::Uuid;

use crate::database::Store;
use crate::documents::{Written, check, to_json};
use crate::entity::license_plan::{ActiveModel, Entity, Model};
use crate::entity::{direct_license, group_license, license, subscription};
use crate::error::{StoreError, WriteError};
use crate::events::Noun;
use crate::tx::{Change, Expected, Stored, Tx, Version, timestamp};

impl Store {
    /// All plans: those that come with the program, and those that are kept.
    pub async fn catalogue(&self) -> Result<Catalogue, StoreError> {
        catalogue(&self.reader).await
    }

    /// A plan that is kept. What comes with the program and nobody changed is not.
    pub async fn kept_plan(&self, part_number: &PartNumber) -> Result<Option<Stored<Plan>>, StoreError> {
        kept(&self.reader, part_number).await
    }
}

impl Tx {
    /// All plans, as of this change.
    pub async fn catalogue(&self) -> Result<Catalogue, StoreError> {
        catalogue(&self.db).await
    }

    /// Creates or changes a plan.
    pub async fn save_plan(&mut self, plan: &Plan, expected: Expected) -> Result<Version, WriteError> {
        let before = kept(&self.db, &plan.part_number).await?;
        let written = check(before.as_ref(), expected)?;
        let model = ActiveModel {
            id: Set(plan.part_number.0.clone()),
            document: Set(to_json("license plan", plan)?),
            version: Set(written.version()),
            created_at: Set(written.created_at(before.as_ref(), self.at)),
            updated_at: Set(self.at.as_millisecond()),
        };
        match written {
            Written::Created => model.insert(&self.db).await?,
            Written::Changed(_) => model.update(&self.db).await?,
        };
        self.note_plan(written.action(), before.map(|before| before.value).as_ref(), Some(plan)).await?;
        Ok(written.version())
    }

    /// Deletes a plan of which no organization has any.
    pub async fn delete_plan(&mut self, part_number: &PartNumber, expected: Expected) -> Result<(), WriteError> {
        let before = kept(&self.db, part_number).await?.ok_or(WriteError::NotFound)?;
        check(Some(&before), expected)?;
        let of_plan = subscription::Column::Plan.eq(part_number.0.as_str());
        subscription::Entity::delete_many().filter(of_plan).exec(&self.db).await?;
        Entity::delete_by_id(part_number.0.clone()).exec(&self.db).await?;
        self.note_plan("delete", Some(&before.value), None).await
    }

    /// How many organizations have seats of a plan, licenses of it, or groups that give any.
    pub async fn n_tenants_with_plan(&self, part_number: &PartNumber) -> Result<u64, StoreError> {
        let plan = part_number.0.as_str();
        let seats = subscription::Entity::find()
            .select_only()
            .column(subscription::Column::Tenant)
            .filter(subscription::Column::Plan.eq(plan))
            .filter(subscription::Column::Seats.gt(0));
        let mut tenants: BTreeSet<Uuid> = seats.into_tuple().all(&self.db).await?.into_iter().collect();
        let held = license::Entity::find().select_only().column(license::Column::Tenant).distinct();
        let held = held.filter(license::Column::Plan.eq(plan));
        tenants.extend(held.into_tuple::<Uuid>().all(&self.db).await?);
        let direct = direct_license::Entity::find().select_only().column(direct_license::Column::Tenant).distinct();
        let direct = direct.filter(direct_license::Column::Plan.eq(plan));
        tenants.extend(direct.into_tuple::<Uuid>().all(&self.db).await?);
        let of_groups = group_license::Entity::find().select_only().column(group_license::Column::Tenant).distinct();
        let of_groups = of_groups.filter(group_license::Column::Plan.eq(plan));
        tenants.extend(of_groups.into_tuple::<Uuid>().all(&self.db).await?);
        Ok(u64::try_from(tenants.len()).unwrap_or(u64::MAX))
    }

    async fn note_plan(
        &mut self,
        action: &'static str,
        before: Option<&Plan>,
        after: Option<&Plan>,
    ) -> Result<(), WriteError> {
        let part_number = after.or(before).map(|plan| plan.part_number.to_string());
        let object = part_number.unwrap_or_default();
        self.note(Change { tenant: None, noun: Noun::LicensePlan, object, action, before, after }).await?;
        Ok(())
    }
}

async fn catalogue<C: ConnectionTrait>(db: &C) -> Result<Catalogue, StoreError> {
    let kept = Entity::find().all(db).await?;
    let plans = kept.iter().map(|row| Ok(stored(row)?.value)).collect::<Result<Vec<_>, StoreError>>()?;
    Ok(Catalogue::with(plans))
}

async fn kept<C: ConnectionTrait>(db: &C, part_number: &PartNumber) -> Result<Option<Stored<Plan>>, StoreError> {
    Entity::find_by_id(part_number.0.clone()).one(db).await?.as_ref().map(stored).transpose()
}

fn stored(row: &Model) -> Result<Stored<Plan>, StoreError> {
    let corrupt = |source| StoreError::Corrupt { what: "license plan", id: row.id.clone(), source };
    Ok(Stored {
        value: serde_json::from_str(&row.document).map_err(corrupt)?,
        version: row.version,
        created_at: timestamp(row.created_at),
        updated_at: timestamp(row.updated_at),
    })
}
