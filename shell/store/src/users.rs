//! People with phones.

use std::collections::{BTreeMap, BTreeSet};

use phone::id::{SiteId, TenantId, UserId};
use phone::people::User;
use phone::people::user::Ha1;
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, Condition, EntityTrait as _, QueryFilter as _,
    QuerySelect as _,
};
use uuid::Uuid;

use crate::database::Store;
use crate::documents::{Written, check, from_json, taken, to_json};
use crate::entity::user::{ActiveModel, Column, Entity, Model};
use crate::entity::{direct_license, license, license_backlog, license_failure, opt_out, presence};
use crate::error::{StoreError, WriteError};
use crate::events::Noun;
use crate::licenses::Held;
use crate::page::{Cursor, CursorKey, Page, Paging, page_of, paged_in_index};
use crate::seal::Seal;
use crate::text::contains;
use crate::tx::{Change, Expected, Stored, Tx, Version, timestamp};
use crate::wanted::{NAMED_MAX, Wanted, statements};

/// People in one statement, of 13 values each; SQLite takes at most 32,766.
const USERS_PER_STATEMENT: usize = 500;

/// Of a row, what lists show.
const IN_ORDER: [Column; 8] = [
    Column::Id,
    Column::Extension,
    Column::NameKey,
    Column::Department,
    Column::Document,
    Column::Version,
    Column::CreatedAt,
    Column::UpdatedAt,
];
type Row = (Uuid, String, String, Option<String>, String, i64, i64, i64);

/// Which users are wanted.
#[derive(Clone, Debug, Default)]
pub struct UserFilter {
    pub extension: Option<String>,
    /// Part of the display name, whatever its capital letters.
    pub display_name: Option<String>,
    pub department: Option<String>,
    pub enabled: Option<bool>,
    pub site: Option<SiteId>,
    /// Only who works at one of these.
    pub sites: Option<Vec<SiteId>>,
    /// Only some of these.
    pub among: Option<Vec<UserId>>,
}

/// A person who is made, or changed from what was there.
#[derive(Clone, Debug, PartialEq)]
pub struct UserChange {
    pub before: Option<Stored<User>>,
    pub after: User,
}

/// In which order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum UserSort {
    /// Whatever its capital letters.
    DisplayName,
    #[default]
    Extension,
}

impl Store {
    /// Users of a tenant. Their digest secrets stay where they are.
    pub async fn users(
        &self,
        tenant: TenantId,
        filter: &UserFilter,
        sort: UserSort,
        paging: &Paging,
    ) -> Result<Page<Stored<User>>, StoreError> {
        Ok(self.users_with_licenses(tenant, filter, sort, paging).await?.0)
    }

    /// The same with the licenses that they hold, which are read anyway.
    pub async fn users_with_licenses(
        &self,
        tenant: TenantId,
        filter: &UserFilter,
        sort: UserSort,
        paging: &Paging,
    ) -> Result<(Page<Stored<User>>, Held), StoreError> {
        let mut wanted = Condition::all().add(Column::Tenant.eq(tenant.0));
        if let Some(extension) = &filter.extension {
            wanted = wanted.add(Column::Extension.eq(extension));
        }
        if let Some(part) = &filter.display_name {
            wanted = wanted.add(contains(Column::NameKey, &part.to_lowercase()));
        }
        if let Some(department) = &filter.department {
            wanted = wanted.add(Column::Department.eq(department));
        }
        if let Some(enabled) = filter.enabled {
            wanted = wanted.add(Column::Enabled.eq(enabled));
        }
        if let Some(site) = filter.site {
            wanted = wanted.add(Column::Site.eq(site.0));
        }
        if let Some(among) = &filter.among {
            if among.is_empty() {
                return Ok((Page { items: Vec::new(), next: None }, Held::new()));
            }
            wanted = wanted.add(Column::Id.is_in(among.iter().map(|id| id.0)));
        }
        if let Some(sites) = &filter.sites {
            wanted = wanted.add(Column::Site.is_in(sites.iter().map(|site| site.0)));
        }
        let key = match sort {
            UserSort::DisplayName => Column::NameKey,
            UserSort::Extension => Column::Extension,
        };
        let rows = paged_in_index(Entity::find().filter(wanted), key, Column::Id, paging);
        // Columns in order are found without their names, of which a page of a thousand people would ask ten thousand times.
        let rows: Vec<Row> = rows.select_only().columns(IN_ORDER).into_tuple().all(&self.reader).await?;
        let cursor = |(id, extension, name_key, ..): &Row| {
            let key = match sort {
                UserSort::DisplayName => name_key.clone(),
                UserSort::Extension => extension.clone(),
            };
            Cursor { key: CursorKey::Text(key), id: *id }
        };
        let page = page_of(rows, paging, cursor);
        let stored = |(id, _, _, department, document, version, created_at, updated_at): Row| {
            let value = User { department, ..from_json("user", id, &document)? };
            let (created_at, updated_at) = (timestamp(created_at), timestamp(updated_at));
            Ok(Stored { value, version, created_at, updated_at })
        };
        let mut items = page.items.into_iter().map(stored).collect::<Result<Vec<_>, StoreError>>()?;
        let held = self.complete(tenant, &mut items).await?;
        Ok((Page { items, next: page.next }, held))
    }

    /// One user, without the digest secret.
    pub async fn user(&self, tenant: TenantId, id: UserId) -> Result<Option<Stored<User>>, StoreError> {
        let row = find(tenant, id).one(&self.reader).await?;
        let Some(user) = row.as_ref().map(stored).transpose()? else { return Ok(None) };
        let mut users = [user];
        self.complete(tenant, &mut users).await?;
        let [user] = users;
        Ok(Some(user))
    }

    /// The user with this extension.
    pub async fn user_by_extension(
        &self,
        tenant: TenantId,
        extension: &str,
    ) -> Result<Option<Stored<User>>, StoreError> {
        let row = Entity::find()
            .filter(Column::Tenant.eq(tenant.0))
            .filter(Column::Extension.eq(extension))
            .one(&self.reader)
            .await?;
        match row {
            Some(row) => self.user(tenant, UserId(row.id)).await,
            None => Ok(None),
        }
    }

    /// These people, where they are there, in no order.
    pub async fn users_of(&self, tenant: TenantId, ids: &[UserId]) -> Result<Vec<Stored<User>>, StoreError> {
        let mut users = Vec::with_capacity(ids.len());
        for part in ids.chunks(NAMED_MAX) {
            let named = Column::Id.is_in(part.iter().map(|id| id.0));
            let rows = Entity::find().filter(Column::Tenant.eq(tenant.0)).filter(named).all(&self.reader).await?;
            users.extend(rows.iter().map(stored).collect::<Result<Vec<_>, _>>()?);
        }
        Ok(users)
    }

    /// People with this e-mail address, whatever its capital letters.
    pub async fn users_by_email(&self, tenant: TenantId, email: &str) -> Result<Vec<UserId>, StoreError> {
        let of_tenant = Entity::find().filter(Column::Tenant.eq(tenant.0));
        let named = of_tenant.filter(Column::EmailKey.eq(email.to_lowercase())).all(&self.reader).await?;
        Ok(named.into_iter().map(|row| UserId(row.id)).collect())
    }

    /// Adds what is kept beside the row: presence, and what the licenses come to, which are given back.
    async fn complete(&self, tenant: TenantId, users: &mut [Stored<User>]) -> Result<Held, StoreError> {
        let ids: Vec<UserId> = users.iter().map(|user| user.value.id).collect();
        let presences = self.presences(Wanted::Users(tenant, &ids)).await?;
        let held = self.licenses(tenant, ids).await?;
        let (row, catalogue) = (self.tenant(tenant).await?, self.catalogue().await?);
        let enforcement = row.map(|row| row.value.license_enforcement).unwrap_or_default();
        for Stored { value: user, .. } in users {
            user.presence = presences.get(&user.id).copied().unwrap_or_default();
            user.voice_enabled = catalogue.allows_voice(enforcement, held.get(&user.id).into_iter().flatten());
        }
        Ok(held)
    }

    /// Users with their digest secrets, for the directory.
    pub(crate) async fn users_with_secrets(&self, wanted: Wanted<'_>) -> Result<Vec<(TenantId, User)>, StoreError> {
        let mut users = Vec::new();
        for wanted in wanted.conditions(Column::Tenant, Column::Id) {
            for row in Entity::find().filter(wanted).all(&self.reader).await? {
                users.push((TenantId(row.tenant), with_secret(&self.seal, &row)?.value));
            }
        }
        Ok(users)
    }
}

impl Tx {
    /// One user as of this change, with the digest secret.
    pub async fn user(&self, tenant: TenantId, id: UserId) -> Result<Option<Stored<User>>, StoreError> {
        let row = find(tenant, id).one(&self.db).await?;
        row.map(|row| with_secret(&self.seal, &row)).transpose()
    }

    /// The user with this extension as of this change, with the digest secret.
    pub async fn user_by_extension(
        &self,
        tenant: TenantId,
        extension: &str,
    ) -> Result<Option<Stored<User>>, StoreError> {
        let of_tenant = Entity::find().filter(Column::Tenant.eq(tenant.0));
        let row = of_tenant.filter(Column::Extension.eq(extension)).one(&self.db).await?;
        row.map(|row| with_secret(&self.seal, &row)).transpose()
    }

    /// Who has these extensions, as of this change.
    pub async fn people_by_extension(
        &self,
        tenant: TenantId,
        extensions: &[&str],
    ) -> Result<BTreeMap<String, UserId>, StoreError> {
        let mut people = BTreeMap::new();
        for part in extensions.chunks(NAMED_MAX) {
            let named = Column::Extension.is_in(part.iter().copied());
            let rows: Vec<(String, Uuid)> = Entity::find()
                .select_only()
                .columns([Column::Extension, Column::Id])
                .filter(Column::Tenant.eq(tenant.0))
                .filter(named)
                .into_tuple()
                .all(&self.db)
                .await?;
            people.extend(rows.into_iter().map(|(extension, id)| (extension, UserId(id))));
        }
        Ok(people)
    }

    /// Who has these e-mail addresses, which are in small letters, as of this change: perhaps several people.
    pub async fn people_by_email(
        &self,
        tenant: TenantId,
        emails: &[String],
    ) -> Result<BTreeMap<String, Vec<UserId>>, StoreError> {
        let mut people: BTreeMap<String, Vec<UserId>> = BTreeMap::new();
        for part in emails.chunks(NAMED_MAX) {
            let named = Column::EmailKey.is_in(part.iter().map(String::as_str));
            let rows: Vec<(Option<String>, Uuid)> = Entity::find()
                .select_only()
                .columns([Column::EmailKey, Column::Id])
                .filter(Column::Tenant.eq(tenant.0))
                .filter(named)
                .into_tuple()
                .all(&self.db)
                .await?;
            for (email, id) in rows {
                people.entry(email.unwrap_or_default()).or_default().push(UserId(id));
            }
        }
        Ok(people)
    }

    /// Which of these people are there, as of this change.
    pub async fn people_among(
        &self,
        tenant: TenantId,
        among: &BTreeSet<UserId>,
    ) -> Result<BTreeSet<UserId>, StoreError> {
        let ids: Vec<Uuid> = among.iter().map(|id| id.0).collect();
        let mut there = BTreeSet::new();
        for part in ids.chunks(NAMED_MAX) {
            let named = Entity::find().filter(Column::Tenant.eq(tenant.0)).filter(Column::Id.is_in(part.to_vec()));
            let found = named.select_only().column(Column::Id).into_tuple::<Uuid>().all(&self.db).await?;
            there.extend(found.into_iter().map(UserId));
        }
        Ok(there)
    }

    /// The people with these extensions as of this change, by extension, with their digest secrets.
    pub async fn users_with_extensions(
        &self,
        tenant: TenantId,
        extensions: &BTreeSet<&str>,
    ) -> Result<BTreeMap<String, Stored<User>>, StoreError> {
        let extensions: Vec<&str> = extensions.iter().copied().collect();
        let mut users = BTreeMap::new();
        for part in extensions.chunks(NAMED_MAX) {
            let named = Column::Extension.is_in(part.iter().copied());
            let rows = Entity::find().filter(Column::Tenant.eq(tenant.0)).filter(named).all(&self.db).await?;
            for row in rows {
                users.insert(row.extension.clone(), with_secret(&self.seal, &row)?);
            }
        }
        Ok(users)
    }

    /// Creates or changes a user, with the digest secret that `user` brings.
    pub async fn save_user(
        &mut self,
        tenant: TenantId,
        user: &User,
        expected: Expected,
    ) -> Result<Version, WriteError> {
        let row = find(tenant, user.id).one(&self.db).await?;
        let before = row.as_ref().map(stored).transpose()?;
        let written = check(before.as_ref(), expected)?;
        let model = self.row_of_user(tenant, user, before.as_ref())?;
        match written {
            Written::Created => model.insert(&self.db).await,
            Written::Changed(_) => model.update(&self.db).await,
        }
        .map_err(|error| taken(error, "extension"))?;
        if !user.enabled {
            self.sign_out_person(user.id).await?;
        }
        self.note_all(vec![note(tenant, before.as_ref(), user)]).await?;
        Ok(written.version())
    }

    /// The same for many people, changed from what was read in this change.
    pub async fn save_users(&mut self, tenant: TenantId, changes: &[UserChange]) -> Result<(), WriteError> {
        let there = OnConflict::column(Column::Id)
            .update_columns([
                Column::Extension,
                Column::DisplayName,
                Column::Department,
                Column::Enabled,
                Column::Site,
                Column::EmailKey,
                Column::Document,
                Column::Secret,
                Column::Version,
                Column::UpdatedAt,
            ])
            .to_owned();
        for part in statements(changes, |change| change.after.id, USERS_PER_STATEMENT) {
            let (new, changed): (Vec<&UserChange>, Vec<&UserChange>) =
                part.iter().partition(|change| change.before.is_none());
            let rows = |changes: &[&UserChange]| -> Result<Vec<ActiveModel>, StoreError> {
                changes.iter().map(|it| self.row_of_user(tenant, &it.after, it.before.as_ref())).collect()
            };
            let (inserted, updated) = (rows(&new)?, rows(&changed)?);
            if !inserted.is_empty() {
                let inserting = Entity::insert_many(inserted).exec_without_returning(&self.db).await;
                inserting.map_err(|error| taken(error, "extension"))?;
            }
            if !updated.is_empty() {
                let updating = Entity::insert_many(updated).on_conflict(there.clone());
                updating.exec_without_returning(&self.db).await.map_err(|error| taken(error, "extension"))?;
            }
            for change in changed.iter().filter(|change| !change.after.enabled) {
                self.sign_out_person(change.after.id).await?;
            }
            self.note_all(part.iter().map(|it| note(tenant, it.before.as_ref(), &it.after)).collect()).await?;
        }
        Ok(())
    }

    fn row_of_user(
        &self,
        tenant: TenantId,
        user: &User,
        before: Option<&Stored<User>>,
    ) -> Result<ActiveModel, StoreError> {
        let written = before.map_or(Written::Created, |before| Written::Changed(before.version));
        Ok(ActiveModel {
            id: Set(user.id.0),
            tenant: Set(tenant.0),
            extension: Set(user.extension.clone()),
            display_name: Set(user.display_name.clone()),
            department: Set(user.department.clone()),
            enabled: Set(user.enabled),
            site: Set(user.site.map(|site| site.0)),
            name_key: Set(user.display_name.to_lowercase()),
            email_key: Set(user.email.as_deref().map(str::to_lowercase)),
            document: Set(to_json("user", user)?),
            secret: Set(seal_ha1(&self.seal, user)?),
            version: Set(written.version()),
            created_at: Set(written.created_at(before, self.at)),
            updated_at: Set(self.at.as_millisecond()),
        })
    }

    /// Deletes a user with what they said of their availability, the queues that they left, their groups and licenses.
    pub async fn delete_user(&mut self, tenant: TenantId, id: UserId, expected: Expected) -> Result<(), WriteError> {
        let before = find(tenant, id).one(&self.db).await?.as_ref().map(stored).transpose()?;
        let Some(before) = before else { return Err(WriteError::NotFound) };
        check(Some(&before), expected)?;
        self.forget_clock(id.0).await?;
        opt_out::Entity::delete_many()
            .filter(opt_out::Column::Tenant.eq(tenant.0))
            .filter(opt_out::Column::Agent.eq(id.0))
            .exec(&self.db)
            .await?;
        self.delete_accounts_of(tenant, id).await?;
        self.forget_scim_name(id.0).await?;
        presence::Entity::delete_by_id(id.0).exec(&self.db).await?;
        license_backlog::Entity::delete_by_id(id.0).exec(&self.db).await?;
        license_failure::Entity::delete_many().filter(license_failure::Column::User.eq(id.0)).exec(&self.db).await?;
        self.leave_all_groups(id).await?;
        direct_license::Entity::delete_many().filter(direct_license::Column::User.eq(id.0)).exec(&self.db).await?;
        license::Entity::delete_many().filter(license::Column::User.eq(id.0)).exec(&self.db).await?;
        Entity::delete_by_id(id.0).exec(&self.db).await?;
        self.note(Change::<_, User> {
            tenant: Some(tenant),
            noun: Noun::User,
            object: id.to_string(),
            action: "delete",
            before: Some(&before.value),
            after: None,
        })
        .await?;
        Ok(())
    }
}

fn note<'a>(tenant: TenantId, before: Option<&'a Stored<User>>, after: &'a User) -> Change<'a, User, User> {
    Change {
        tenant: Some(tenant),
        noun: Noun::User,
        object: after.id.to_string(),
        action: before.map_or(Written::Created, |before| Written::Changed(before.version)).action(),
        before: before.map(|before| &before.value),
        after: Some(after),
    }
}

fn find(tenant: TenantId, id: UserId) -> sea_orm::Select<Entity> {
    Entity::find_by_id(id.0).filter(Column::Tenant.eq(tenant.0))
}

fn stored(row: &Model) -> Result<Stored<User>, StoreError> {
    let document: User = from_json("user", row.id, &row.document)?;
    Ok(Stored {
        // A department is renamed in the column alone.
        value: User { department: row.department.clone(), ..document },
        version: row.version,
        created_at: timestamp(row.created_at),
        updated_at: timestamp(row.updated_at),
    })
}

fn with_secret(seal: &Seal, row: &Model) -> Result<Stored<User>, StoreError> {
    let mut user = stored(row)?;
    user.value.ha1 = open_ha1(seal, row)?;
    Ok(user)
}

fn seal_ha1(seal: &Seal, user: &User) -> Result<Vec<u8>, StoreError> {
    let secret = [&user.ha1.md5[..], &user.ha1.sha256[..]].concat();
    seal.seal(user.id.0.as_bytes(), &secret).ok_or_else(|| sealed(user.id.0))
}

fn open_ha1(seal: &Seal, row: &Model) -> Result<Ha1, StoreError> {
    let secret = seal.open_sealed(row.id.as_bytes(), &row.secret).ok_or_else(|| sealed(row.id))?;
    let (md5, sha256) = secret.split_at_checked(16).ok_or_else(|| sealed(row.id))?;
    match (md5.try_into(), sha256.try_into()) {
        (Ok(md5), Ok(sha256)) => Ok(Ha1 { md5, sha256 }),
        (Ok(_) | Err(_), Ok(_) | Err(_)) => Err(sealed(row.id)),
    }
}

fn sealed(id: Uuid) -> StoreError {
    StoreError::Sealed { what: "user", id: id.to_string() }
}
