//! Who of an organization is mailed about licenses, and what was told of them already.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use phone::id::TenantId;
use phone::people::license::notice::{Notice, Standing};
use phone::rule::Broken as _;
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, QuerySelect as _,
    sea_query::OnConflict,
};
use serde_json::json;
use uuid::Uuid;

use crate::database::Store;
use crate::documents::{from_json, to_json};
use crate::entity::license_watch::{ActiveModel, Column, Entity, Model};
use crate::entity::{license_failure, subscription};
use crate::error::{StoreError, WriteError};
use crate::events::Noun;
use crate::tx::{Change, Tx};

/// Who is mailed, and the keys of what was told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LicenseWatch {
    pub mails: Vec<String>,
    pub told: BTreeSet<String>,
}

impl Store {
    /// Who is mailed about the licenses of an organization, and what was told.
    pub async fn license_watch(&self, tenant: TenantId) -> Result<LicenseWatch, StoreError> {
        watch(&self.reader, tenant).await
    }

    /// Organizations that bought anything.
    pub async fn tenants_with_licenses(&self) -> Result<Vec<TenantId>, StoreError> {
        let bought = subscription::Entity::find().select_only().column(subscription::Column::Tenant).distinct();
        let tenants: Vec<Uuid> = bought.into_tuple().all(&self.reader).await?;
        Ok(tenants.into_iter().map(TenantId).collect())
    }

    /// What the licenses of an organization are like.
    pub async fn license_standing(&self, tenant: TenantId, now: Timestamp) -> Result<Standing, StoreError> {
        let enforcement = self.tenant(tenant).await?.map(|row| row.value.license_enforcement).unwrap_or_default();
        let licensing = self.licensing(tenant, enforcement, now).await?;
        let bought = self.subscriptions(tenant).await?;
        let codes = license_failure::Entity::find()
            .select_only()
            .column(license_failure::Column::Code)
            .column_as(license_failure::Column::User.count(), "n_people")
            .filter(license_failure::Column::Tenant.eq(tenant.0))
            .group_by(license_failure::Column::Code);
        let codes: Vec<(String, i64)> = codes.into_tuple().all(&self.reader).await?;
        let failing: BTreeMap<String, u64> =
            codes.into_iter().map(|(code, n)| (code, u64::try_from(n).unwrap_or_default())).collect();
        Ok(Standing { enforcement, seats: licensing.seats, bought, failing })
    }
}

impl Tx {
    /// Sets who is mailed.
    pub async fn save_license_mails(&mut self, tenant: TenantId, mails: &[String]) -> Result<(), WriteError> {
        let before = watch(&self.db, tenant).await?;
        if before.mails == mails {
            return Ok(());
        }
        let after = LicenseWatch { mails: mails.to_vec(), told: before.told };
        self.write_watch(tenant, &after).await?;
        self.note(Change {
            tenant: Some(tenant),
            noun: Noun::Subscription,
            object: String::new(),
            action: "update_mails",
            before: Some(&json!({ "mails": before.mails })),
            after: Some(&json!({ "mails": mails })),
        })
        .await?;
        Ok(())
    }

    /// Tells what was not told yet and forgets what is over, so that it is told when it comes again. What is new, and
    /// who is mailed.
    pub async fn tell_of_licenses(
        &mut self,
        tenant: TenantId,
        notices: &[Notice],
    ) -> Result<(Vec<Notice>, Vec<String>), WriteError> {
        let before = watch(&self.db, tenant).await?;
        let told: BTreeSet<String> = notices.iter().map(Notice::key).collect();
        if told == before.told {
            return Ok((Vec::new(), before.mails));
        }
        let mut new = Vec::new();
        for notice in notices.iter().filter(|notice| !before.told.contains(&notice.key())) {
            self.note(Change {
                tenant: Some(tenant),
                noun: Noun::Subscription,
                object: notice.plan().map(ToString::to_string).unwrap_or_default(),
                action: notice.action(),
                before: None::<&()>,
                after: Some(&json!({ "code": notice.code(), "message": notice.to_string(), "fix": notice.fix() })),
            })
            .await?;
            new.push(notice.clone());
        }
        self.write_watch(tenant, &LicenseWatch { told, mails: before.mails.clone() }).await?;
        Ok((new, before.mails))
    }

    async fn write_watch(&mut self, tenant: TenantId, watch: &LicenseWatch) -> Result<(), WriteError> {
        let model = ActiveModel {
            tenant: Set(tenant.0),
            mails: Set(to_json("license watch", &watch.mails)?),
            told: Set(to_json("license watch", &watch.told)?),
        };
        let again = OnConflict::column(Column::Tenant).update_columns([Column::Mails, Column::Told]).to_owned();
        Entity::insert(model).on_conflict(again).exec_without_returning(&self.db).await?;
        Ok(())
    }
}

async fn watch<C: ConnectionTrait>(db: &C, tenant: TenantId) -> Result<LicenseWatch, StoreError> {
    match Entity::find_by_id(tenant.0).one(db).await? {
        Some(Model { mails, told, .. }) => Ok(LicenseWatch {
            mails: from_json("license watch", tenant.0, &mails)?,
            told: from_json("license watch", tenant.0, &told)?,
        }),
        None => Ok(LicenseWatch::default()),
    }
}
