//! What an import of numbers is decided on, read at once; and what it decided, written at once.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use phone::id::{ResourceAccountId, SiteId, TenantId, TrunkId, UserId};
use phone::numbers::import::{Change as NumberChange, Held, Inventory, Person};
use phone::numbers::number::Category;
use phone::numbers::number::category::Lines;
use phone::numbers::{Assignee, E164, Number};
use phone::people::User;
use phone::policies::{PolicyType, Settings};
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, Condition, EntityTrait as _, FromQueryResult, Iterable as _, QueryFilter as _,
    QuerySelect as _,
};
use uuid::Uuid;

use crate::documents::{Written, from_json};
use crate::entity::{license, number, resource_account, site, trunk, user};
use crate::error::{StoreError, WriteError};
use crate::events::Noun;
use crate::licenses::held;
use crate::numbers::{row_of, stored};
use crate::tx::{Change, Stored, Tx, Version};
use crate::wanted::{NAMED_MAX, statements};

/// Numbers in one statement, of 25 values each.
const NUMBERS_PER_STATEMENT: usize = 500;

/// How many numbers of one category a person has.
#[derive(FromQueryResult)]
struct Count {
    assignee_user: Uuid,
    category: String,
    n_numbers: i64,
}

impl Tx {
    /// What is known of these numbers, of the people with these extensions or ids and of those who have the numbers, and
    /// of all resource accounts and trunks of the tenant.
    pub async fn inventory(
        &self,
        tenant: TenantId,
        numbers: &BTreeSet<E164>,
        names: &BTreeSet<&str>,
    ) -> Result<Inventory, StoreError> {
        let mut inventory = Inventory::default();
        if let Some(row) = self.tenant(tenant).await? {
            inventory.enforcement = row.value.license_enforcement;
            inventory.country = row.value.profile.country;
        }
        let accounts = resource_account::Entity::find().filter(resource_account::Column::Tenant.eq(tenant.0));
        for row in accounts.all(&self.db).await? {
            inventory.accounts.insert(ResourceAccountId(row.id), row.display_name);
        }
        for row in trunk::Entity::find().filter(trunk::Column::Tenant.eq(tenant.0)).all(&self.db).await? {
            inventory.trunks.insert(TrunkId(row.id), row.name);
        }
        for row in site::Entity::find().filter(site::Column::Tenant.eq(tenant.0)).all(&self.db).await? {
            inventory.sites.insert(SiteId(row.id), row.name);
        }
        let mut ids: BTreeSet<Uuid> = names.iter().filter_map(|name| name.parse().ok()).collect();
        let texts: Vec<String> = numbers.iter().map(ToString::to_string).collect();
        for part in texts.chunks(NAMED_MAX) {
            for row in number::Entity::find().filter(number::Column::Number.is_in(part)).all(&self.db).await? {
                let Some(found) = stored(&row).map(|found| found.value) else { continue };
                if let (Some(Assignee::User(owner)), true) = (found.assignee, row.tenant == tenant.0) {
                    ids.insert(owner.0);
                }
                let place = if row.tenant == tenant.0 { Held::Here(found.clone()) } else { Held::Elsewhere };
                inventory.numbers.insert(found.number, place);
            }
        }
        for number in self.unsold(numbers).await? {
            inventory.numbers.entry(number).or_insert(Held::Stock);
        }
        inventory.kept = self.kept_numbers(tenant).await?;
        inventory.profiles = self.country_profiles().await?;
        self.add_people(tenant, names, &ids, &mut inventory).await?;
        Ok(inventory)
    }

    /// Numbers that policies keep for emergency services to call back, with the name of the policy.
    pub async fn kept_numbers(&self, tenant: TenantId) -> Result<BTreeMap<E164, String>, StoreError> {
        let mut kept = BTreeMap::new();
        for policy in self.all_policies(tenant, PolicyType::SharedCalling).await? {
            if let Settings::SharedCalling(settings) = &policy.settings {
                kept.extend(settings.emergency_numbers.iter().map(|number| (*number, policy.name.clone())));
            }
        }
        Ok(kept)
    }

    async fn add_people(
        &self,
        tenant: TenantId,
        names: &BTreeSet<&str>,
        ids: &BTreeSet<Uuid>,
        inventory: &mut Inventory,
    ) -> Result<(), StoreError> {
        let mut rows = Vec::new();
        let of_tenant = || user::Entity::find().filter(user::Column::Tenant.eq(tenant.0));
        let names: Vec<&str> = names.iter().copied().collect();
        for part in names.chunks(NAMED_MAX) {
            let named = user::Column::Extension.is_in(part.iter().copied());
            rows.extend(of_tenant().filter(named).all(&self.db).await?);
        }
        let ids: Vec<Uuid> = ids.iter().copied().filter(|id| rows.iter().all(|row| row.id != *id)).collect();
        for part in ids.chunks(NAMED_MAX) {
            let named = user::Column::Id.is_in(part.iter().copied());
            rows.extend(of_tenant().filter(named).all(&self.db).await?);
        }
        let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
        let mut licenses = BTreeMap::new();
        let mut lines: BTreeMap<Uuid, Lines> = BTreeMap::new();
        for part in ids.chunks(NAMED_MAX) {
            let of_people = Condition::all()
                .add(license::Column::Tenant.eq(tenant.0))
                .add(license::Column::User.is_in(part.iter().copied()));
            licenses.extend(held(of_people, &self.db).await?);
            let counts = number::Entity::find()
                .select_only()
                .column(number::Column::AssigneeUser)
                .column(number::Column::Category)
                .column_as(number::Column::Id.count(), "n_numbers")
                .filter(number::Column::Tenant.eq(tenant.0))
                .filter(number::Column::AssigneeUser.is_in(part.iter().copied()))
                .group_by(number::Column::AssigneeUser)
                .group_by(number::Column::Category)
                .into_model::<Count>();
            for Count { assignee_user, category, n_numbers } in counts.all(&self.db).await? {
                if let Some(category) = Category::ALL.into_iter().find(|it| it.as_str() == category) {
                    lines.entry(assignee_user).or_default().add(category, usize::try_from(n_numbers).unwrap_or(0));
                }
            }
        }
        let catalogue = self.catalogue().await?;
        for row in rows {
            let user: User = from_json("user", row.id, &row.document)?;
            let id = UserId(row.id);
            let person = Person {
                extension: user.extension,
                display_name: user.display_name,
                country: user.country,
                unlocked: catalogue.unlocked(licenses.get(&id).into_iter().flatten()),
                lines: lines.get(&row.id).copied().unwrap_or_default(),
            };
            inventory.add_person(id, person);
        }
        Ok(())
    }

    /// Writes what became of numbers, decided in this transaction.
    pub async fn save_number_changes(&mut self, tenant: TenantId, changes: &[&NumberChange]) -> Result<(), WriteError> {
        for part in statements(changes, |change| change.after.number, NUMBERS_PER_STATEMENT) {
            let there = self.rows_of_changed(tenant, part).await?;
            let (mut inserted, mut updated, mut untagged, mut tagged) = (vec![], vec![], vec![], vec![]);
            for change in part {
                let fresh = row_of(tenant, &change.after, self.at);
                match there.get(&change.after.number) {
                    Some(row) => updated.push(number::ActiveModel {
                        id: Set(row.id),
                        version: Set(Written::Changed(row.version).version()),
                        created_at: Set(row.created_at.as_millisecond()),
                        ..fresh
                    }),
                    None => inserted.push(fresh),
                }
                let had = there.get(&change.after.number).map(|row| &row.value.tags);
                if had.is_some_and(|had| !had.is_empty() && *had != change.after.tags) {
                    untagged.push(change.after.number);
                }
                if had != Some(&change.after.tags) {
                    tagged.push(&change.after);
                }
            }
            let taken = |error| crate::documents::taken(error, "number");
            if !inserted.is_empty() {
                number::Entity::insert_many(inserted).exec_without_returning(&self.db).await.map_err(taken)?;
            }
            if !updated.is_empty() {
                let updating = number::Entity::insert_many(updated).on_conflict(over_what_is_there());
                updating.exec_without_returning(&self.db).await.map_err(taken)?;
            }
            self.untag(&untagged).await?;
            self.tag(tenant, &tagged).await?;
            let notes = part.iter().map(|change| {
                let before = there.get(&change.after.number).map(|row| &row.value);
                let action = if before.is_some() { "update" } else { "create" };
                let object = change.after.number.to_string();
                Change { tenant: Some(tenant), noun: Noun::Number, object, action, before, after: Some(&change.after) }
            });
            self.note_all(notes.collect()).await?;
        }
        Ok(())
    }

    /// The rows of numbers that were there when it was decided what becomes of them.
    async fn rows_of_changed(
        &self,
        tenant: TenantId,
        changes: &[&NumberChange],
    ) -> Result<BTreeMap<E164, Row>, WriteError> {
        let changed = changes.iter().filter(|change| change.before.is_some());
        let named: Vec<String> = changed.map(|change| change.after.number.to_string()).collect();
        if named.is_empty() {
            return Ok(BTreeMap::new());
        }
        let of_tenant = number::Entity::find().filter(number::Column::Tenant.eq(tenant.0));
        let rows = of_tenant.filter(number::Column::Number.is_in(&named)).all(&self.db).await?;
        let read = |row: &number::Model| {
            let Stored { value, version, created_at, .. } = stored(row)?;
            Some((value.number, Row { id: row.id, value, version, created_at }))
        };
        let there: BTreeMap<E164, Row> = rows.iter().filter_map(read).collect();
        if there.len() == named.len() { Ok(there) } else { Err(WriteError::NotFound) }
    }
}

/// A number that is there, with what its row keeps.
struct Row {
    id: Uuid,
    value: Number,
    version: Version,
    created_at: Timestamp,
}

/// A row is changed where it is: all but what it is named by, whose it is, and when it was made.
fn over_what_is_there() -> OnConflict {
    use number::Column as C;
    let fixed = |column: &C| matches!(column, C::Id | C::Tenant | C::Number | C::CreatedAt);
    OnConflict::column(C::Id).update_columns(C::iter().filter(|column| !fixed(column))).to_owned()
}
