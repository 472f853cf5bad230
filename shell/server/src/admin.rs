//! Use cases: what an administrator may do, one file for each noun.
//!
//! Nobody reaches a row or the switch without [`Caller::begin`]: it turns a token and a tenant's name into an
//! [`Access`], which is what every use case is a method of.

pub mod attendants;
pub mod audio_files;
pub mod calls;
pub mod devices;
pub mod group_licenses;
pub mod groups;
pub mod licenses;
pub mod numbers;
pub mod operator_access;
pub mod operator_consents;
pub mod operator_numbers;
pub mod operators;
pub mod orders;
pub mod penalties;
pub mod policies;
pub mod queues;
pub mod reconciler;
pub mod refused;
pub mod resource_accounts;
pub mod schedules;
pub mod setup;
pub mod start;
pub mod stock;
pub mod tenants;
pub mod trunks;
pub mod users;

use std::sync::Arc;

use arc_swap::ArcSwap;
use jiff::Timestamp;
use phone::Directory;
use phone::directory::Tenant;
use phone::id::TenantId;
use store::{Actor, ApiToken, Role, Scope, Store, Stored, TenantRow, TokenHash, Tx};
use uuid::Uuid;

use self::reconciler::Nudge;
pub use self::refused::Refused;
use crate::node;
use crate::prompts::Prompts;
use crate::spool;

/// What use cases need of the world.
pub struct Admin {
    pub store: Store,
    pub node: node::Handle,
    pub prompts: Arc<Prompts>,
    pub spool: Arc<spool::Status>,
    /// The snapshot that the switch has, for names in live views.
    pub directory: Arc<ArcSwap<Directory>>,
    pub nudge: Nudge,
    /// Wakes what tells the licenses that groups give.
    pub licensing: Nudge,
    /// Wakes what carries orders out.
    pub backlog: Nudge,
}

/// What a use case is about to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Permission {
    /// Change settings.
    Configure,
    /// Act on live calls and agents.
    Operate,
    View,
}

/// Who asks.
pub struct Caller {
    admin: Arc<Admin>,
    token: ApiToken,
}

/// Permission to act in one organization.
pub struct Access {
    admin: Arc<Admin>,
    token: ApiToken,
    tenant: TenantId,
}

impl Admin {
    /// Who has this token; none if nobody has.
    pub async fn caller(self: &Arc<Self>, token: &str) -> Result<Option<Caller>, Refused> {
        let known = self.store.api_token(&TokenHash::of(token), Timestamp::now()).await?;
        Ok(known.map(|token| Caller { admin: self.clone(), token }))
    }
}

impl Caller {
    /// Permission to act in an organization, given by its short name or its id.
    ///
    /// One that the token does not open is not there: 404, so that names can't be found by trying.
    pub async fn begin(&self, tenant: &str, permission: Permission) -> Result<Access, Refused> {
        let found = match tenant.parse::<Uuid>() {
            Ok(id) => self.admin.store.tenant(TenantId(id)).await?,
            Err(_) => self.admin.store.tenant_by_slug(tenant).await?,
        };
        let found = found.ok_or(Refused::NotFound { what: "tenant" })?;
        let tenant = found.value.profile.id;
        if !self.opens(tenant) {
            return Err(Refused::NotFound { what: "tenant" });
        }
        if !allows(self.token.role, permission) {
            return Err(Refused::Forbidden { detail: "this token may not do that" });
        }
        Ok(Access { admin: self.admin.clone(), token: self.token.clone(), tenant })
    }

    /// Permission to see what concerns the whole server.
    pub fn begin_platform(&self) -> Result<&Arc<Admin>, Refused> {
        match self.token.scope {
            Scope::Platform => Ok(&self.admin),
            Scope::Tenant(_) => Err(Refused::Forbidden { detail: "this token opens one organization only" }),
        }
    }

    /// Permission to act on what concerns the whole server.
    fn begin_platform_change(&self, permission: Permission) -> Result<&Arc<Admin>, Refused> {
        if !allows(self.token.role, permission) {
            return Err(Refused::Forbidden { detail: "this token may not do that" });
        }
        self.begin_platform()
    }

    /// The only organization that the token opens; none if it opens all.
    pub fn only_tenant(&self) -> Option<TenantId> {
        match self.token.scope {
            Scope::Platform => None,
            Scope::Tenant(tenant) => Some(tenant),
        }
    }

    pub fn store(&self) -> &Store {
        &self.admin.store
    }

    /// Begins a change in the name of the token.
    async fn change(&self) -> Result<Tx, Refused> {
        Ok(self.admin.store.begin(Actor::Token(self.token.name.clone()), Timestamp::now()).await?)
    }

    fn opens(&self, tenant: TenantId) -> bool {
        self.only_tenant().is_none_or(|only| only == tenant)
    }
}

impl Access {
    pub fn tenant(&self) -> TenantId {
        self.tenant
    }

    /// The organization itself.
    pub async fn tenant_row(&self) -> Result<Stored<TenantRow>, Refused> {
        let found = self.store().tenant(self.tenant).await?;
        found.ok_or(Refused::NotFound { what: "tenant" })
    }

    pub fn store(&self) -> &Store {
        &self.admin.store
    }

    pub fn node(&self) -> &node::Handle {
        &self.admin.node
    }

    pub fn prompts(&self) -> &Prompts {
        &self.admin.prompts
    }

    /// Begins a change in the name of the token.
    async fn change(&self) -> Result<Tx, Refused> {
        Ok(self.admin.store.begin(Actor::Token(self.token.name.clone()), Timestamp::now()).await?)
    }

    /// Makes a change of settings; the switch has it within a second.
    async fn settle(&self, tx: Tx) -> Result<(), Refused> {
        tx.commit().await?;
        self.admin.nudge.nudge();
        Ok(())
    }

    /// The organization as the switch knows it; none in the moment after its creation.
    pub fn snapshot(&self) -> Option<Arc<Tenant>> {
        self.admin.directory.load().tenant(self.tenant).cloned()
    }

    /// The same, for what can't do without.
    fn known_snapshot(&self) -> Result<Arc<Tenant>, Refused> {
        self.snapshot().ok_or(Refused::Unavailable { detail: "the settings are being read" })
    }
}

fn allows(role: Role, permission: Permission) -> bool {
    match role {
        Role::Administrator => true,
        Role::Operator => matches!(permission, Permission::Operate | Permission::View),
        Role::Viewer => permission == Permission::View,
    }
}
