//! Files of countries that were loaded; who runs the server keeps them.

use std::collections::BTreeMap;
use std::sync::Arc;

use phone::numbers::country_profile::read::ProfileFault;
use phone::numbers::{CountryProfile, CountryProfiles};
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _,
};
use serde::Serialize;
use uuid::Uuid;

use crate::database::Store;
use crate::documents::{Written, check, from_json};
use crate::entity::country_profile::{ActiveModel, Entity, Model};
use crate::entity::{tenant, user};
use crate::error::{StoreError, WriteError};
use crate::events::Noun;
use crate::tenants::TenantRow;
use crate::tx::{Change, Expected, Stored, Tx, Version, timestamp};
use crate::wanted::NAMED_MAX;

/// The file of a country, as it was loaded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CountryFile {
    pub country: String,
    pub file: String,
}

impl CountryFile {
    /// What it says; all that this version of the program does not understand of it.
    pub fn read(&self) -> Result<CountryProfile, Vec<ProfileFault>> {
        CountryProfile::read(&self.file)
    }
}

/// A person whose extension is about to reach emergency services.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shadowed {
    pub tenant: String,
    pub extension: String,
}

impl Store {
    /// What holds in each country. A file that this version does not understand counts for nothing.
    pub async fn country_profiles(&self) -> Result<CountryProfiles, StoreError> {
        profiles(&self.reader).await
    }

    /// The files that were loaded, by country.
    pub async fn country_files(&self) -> Result<BTreeMap<String, Stored<CountryFile>>, StoreError> {
        let rows = Entity::find().all(&self.reader).await?;
        Ok(rows.into_iter().map(|row| (row.id.clone(), stored(row))).collect())
    }
}

impl Tx {
    /// What holds in each country, as of this change.
    pub async fn country_profiles(&self) -> Result<CountryProfiles, StoreError> {
        profiles(&self.db).await
    }

    /// What holds in a country, as of this change.
    pub async fn country_profile(&self, country: &str) -> Result<Arc<CountryProfile>, StoreError> {
        profile_of(&self.db, country).await
    }

    /// Every number that reaches emergency services from an organization, as of this change.
    pub async fn emergency_numbers(&self, row: &TenantRow) -> Result<Vec<String>, StoreError> {
        let mut numbers = self.country_profile(&row.profile.country).await?.emergency_numbers.clone();
        numbers.extend(row.emergency_numbers.iter().cloned());
        Ok(numbers)
    }

    /// Keeps a file in the place of what was there for its country.
    pub async fn save_country_file(&mut self, file: &CountryFile, expected: Expected) -> Result<Version, WriteError> {
        let before = Entity::find_by_id(file.country.clone()).one(&self.db).await?.map(stored);
        let written = check(before.as_ref(), expected)?;
        let model = ActiveModel {
            id: Set(file.country.clone()),
            file: Set(file.file.clone()),
            version: Set(written.version()),
            created_at: Set(written.created_at(before.as_ref(), self.at)),
            updated_at: Set(self.at.as_millisecond()),
        };
        match written {
            Written::Created => model.insert(&self.db).await?,
            Written::Changed(_) => model.update(&self.db).await?,
        };
        self.note_country(written.action(), before.map(|before| before.value).as_ref(), Some(file)).await?;
        Ok(written.version())
    }

    /// Forgets a file that was loaded.
    pub async fn delete_country_file(&mut self, country: &str, expected: Expected) -> Result<(), WriteError> {
        let before = Entity::find_by_id(country).one(&self.db).await?.map(stored).ok_or(WriteError::NotFound)?;
        check(Some(&before), expected)?;
        Entity::delete_by_id(country).exec(&self.db).await?;
        self.note_country("delete", Some(&before.value), None).await
    }

    /// A person of an organization in this country whose extension is one of these numbers.
    pub async fn shadowed_by(&self, country: &str, numbers: &[String]) -> Result<Option<Shadowed>, StoreError> {
        let mut there = BTreeMap::new();
        for row in tenant::Entity::find().all(&self.db).await? {
            let profile: phone::people::tenant::Profile = from_json("tenant", row.id, &row.document)?;
            if profile.country == country {
                there.insert(row.id, profile.slug);
            }
        }
        let ids: Vec<Uuid> = there.keys().copied().collect();
        for part in ids.chunks(NAMED_MAX) {
            let of_tenants = user::Entity::find().filter(user::Column::Tenant.is_in(part.iter().copied()));
            let named = of_tenants.filter(user::Column::Extension.is_in(numbers.iter().map(String::as_str)));
            if let Some(row) = named.one(&self.db).await? {
                let tenant = there.get(&row.tenant).cloned().unwrap_or_default();
                return Ok(Some(Shadowed { tenant, extension: row.extension }));
            }
        }
        Ok(None)
    }

    async fn note_country(
        &mut self,
        action: &'static str,
        before: Option<&CountryFile>,
        after: Option<&CountryFile>,
    ) -> Result<(), WriteError> {
        let object = after.or(before).map(|file| file.country.clone()).unwrap_or_default();
        self.note(Change { tenant: None, noun: Noun::CountryProfile, object, action, before, after }).await?;
        Ok(())
    }
}

/// What holds in a country.
pub(crate) async fn profile_of<C: ConnectionTrait>(db: &C, country: &str) -> Result<Arc<CountryProfile>, StoreError> {
    let kept = Entity::find_by_id(country).one(db).await?;
    let loaded = kept.and_then(|row| stored(row).value.read().ok());
    Ok(loaded.map_or_else(|| CountryProfile::built_in(country), Arc::new))
}

async fn profiles<C: ConnectionTrait>(db: &C) -> Result<CountryProfiles, StoreError> {
    let rows = Entity::find().all(db).await?;
    Ok(CountryProfiles::with(rows.into_iter().filter_map(|row| stored(row).value.read().ok())))
}

fn stored(row: Model) -> Stored<CountryFile> {
    Stored {
        value: CountryFile { country: row.id, file: row.file },
        version: row.version,
        created_at: timestamp(row.created_at),
        updated_at: timestamp(row.updated_at),
    }
}
