//! The snapshot of everything that the switch needs to decide about calls.

use std::collections::BTreeMap;
use std::sync::Arc;

use phone::Directory;
use phone::directory::{Tenant, TenantParts};
use phone::id::{AttendantId, CallingProfileId, OperatorId, QueueId, ScheduleId, TenantId, TrunkId, UserId};
use phone::numbers::Trunk;
use phone::numbers::number::NumberSource;
use phone::numbers::operator::{CallingProfile, State};
use phone::people::license::Enforcement;
use sea_orm::EntityTrait as _;

use crate::database::Store;
use crate::documents::{DocumentKind, from_json};
use crate::entity::{document, presence, tenant};
use crate::error::StoreError;
use crate::tenants::enforcement_of;

impl Store {
    /// Reads all tenants, with the secrets that the switch checks and answers challenges with.
    pub async fn load_directory(&self) -> Result<Directory, StoreError> {
        let mut tenants = BTreeMap::new();
        let mut default_tenant = None;
        let mut enforcements = BTreeMap::new();
        for row in tenant::Entity::find().all(&self.reader).await? {
            let id = TenantId(row.id);
            if row.is_default {
                default_tenant = Some(id);
            }
            enforcements.insert(id, enforcement_of(&row));
            tenants.insert(id, bare_tenant(&row)?);
        }
        self.add_people(&mut tenants, &enforcements).await?;
        self.add_numbers(&mut tenants).await?;
        self.add_operators(&mut tenants).await?;
        for row in document::Entity::find().all(&self.reader).await? {
            add_document(&mut tenants, &row)?;
        }
        let tenants = tenants.into_values().map(|parts| Arc::new(Tenant::new(parts)));
        Ok(Directory::new(tenants, default_tenant))
    }

    async fn add_people(
        &self,
        tenants: &mut BTreeMap<TenantId, TenantParts>,
        enforcements: &BTreeMap<TenantId, Enforcement>,
    ) -> Result<(), StoreError> {
        let held = self.all_licenses().await?;
        let mut presences = BTreeMap::new();
        for row in presence::Entity::find().all(&self.reader).await? {
            presences.insert(UserId(row.user), from_json("presence", row.user, &row.presence)?);
        }
        for (tenant, mut user) in self.users_with_secrets().await? {
            if let Some(presence) = presences.get(&user.id) {
                user.presence = *presence;
            }
            let enforcement = enforcements.get(&tenant).copied().unwrap_or_default();
            user.voice_enabled = enforcement.allows_voice(held.get(&user.id).into_iter().flatten());
            if let Some(parts) = tenants.get_mut(&tenant) {
                parts.users.insert(user.id, Arc::new(user));
            }
        }
        Ok(())
    }

    async fn add_numbers(&self, tenants: &mut BTreeMap<TenantId, TenantParts>) -> Result<(), StoreError> {
        for (tenant, number) in self.all_numbers().await? {
            if let Some(parts) = tenants.get_mut(&tenant) {
                parts.numbers.insert(number.number, number);
            }
        }
        for (tenant, account) in self.all_resource_accounts().await? {
            if let Some(parts) = tenants.get_mut(&tenant) {
                parts.resource_accounts.insert(account.id, account);
            }
        }
        let mut trunks = self.trunks_with_secrets().await?;
        trunks.sort_by_key(|(_, preference, trunk)| (*preference, trunk.id));
        for (tenant, _, trunk) in trunks {
            if let Some(parts) = tenants.get_mut(&tenant) {
                parts.outbound_trunks.push(trunk.id);
                parts.trunks.insert(trunk.id, Arc::new(trunk));
            }
        }
        Ok(())
    }

    /// An operator's trunks are those of every organization that consented, but carry its own numbers only: they are no
    /// outbound trunks, a number leads to its operator's trunk.
    async fn add_operators(&self, tenants: &mut BTreeMap<TenantId, TenantParts>) -> Result<(), StoreError> {
        let states: BTreeMap<OperatorId, State> =
            self.all_operators().await?.into_iter().map(|operator| (operator.id, operator.state)).collect();
        let carries = |operator: &OperatorId| states.get(operator).is_some_and(|state| state.carries_calls());
        let mut trunks = Vec::new();
        for (operator, trunk) in self.all_operator_documents::<Trunk>().await? {
            if carries(&operator) {
                trunks.push((operator, Arc::new(trunk)));
            }
        }
        let profiles = self.all_operator_documents::<CallingProfile>().await?;
        let trunk_of: BTreeMap<CallingProfileId, TrunkId> = profiles
            .iter()
            .filter_map(|(_, profile)| Some((profile.id, trunk_of_profile(profile, &trunks)?)))
            .collect();
        for (tenant, operator) in self.open_consents().await? {
            let Some(parts) = tenants.get_mut(&tenant) else { continue };
            for (_, trunk) in trunks.iter().filter(|(of, _)| *of == operator) {
                parts.trunks.insert(trunk.id, trunk.clone());
            }
        }
        for parts in tenants.values_mut() {
            for number in parts.numbers.values_mut() {
                if let NumberSource::Operator(of) = number.source {
                    number.trunk = trunk_of.get(&of.profile).copied();
                }
            }
        }
        Ok(())
    }
}

/// The first trunk of a profile that calls may use.
fn trunk_of_profile(profile: &CallingProfile, trunks: &[(OperatorId, Arc<Trunk>)]) -> Option<TrunkId> {
    let is_usable = |id: &&TrunkId| trunks.iter().any(|(_, trunk)| trunk.id == **id && trunk.enabled);
    profile.trunks.iter().find(is_usable).copied()
}

fn bare_tenant(row: &tenant::Model) -> Result<TenantParts, StoreError> {
    Ok(TenantParts {
        profile: from_json("tenant", row.id, &row.document)?,
        users: BTreeMap::new(),
        numbers: BTreeMap::new(),
        trunks: BTreeMap::new(),
        outbound_trunks: Vec::new(),
        resource_accounts: BTreeMap::new(),
        attendants: BTreeMap::new(),
        queues: BTreeMap::new(),
        schedules: BTreeMap::new(),
        emergency_numbers: from_json("tenant", row.id, &row.emergency_numbers)?,
    })
}

fn add_document(tenants: &mut BTreeMap<TenantId, TenantParts>, row: &document::Model) -> Result<(), StoreError> {
    let Some(parts) = tenants.get_mut(&TenantId(row.tenant)) else { return Ok(()) };
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
        // Written by a later version: not known here, so nothing refers to it.
        None => {}
    }
    Ok(())
}
