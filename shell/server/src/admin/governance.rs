//! Who may do what: decided by those who may do it themselves.

use std::sync::Arc;

use jiff::Timestamp;
use phone::access::{Assignment, Grants, RoleRef, Scope as Part};
use phone::apps::{attendant, queue};
use phone::id::{AccountId, TenantId, UserId};
use phone::limits::{NAME_CHARS_MAX, ROLES_OF_HOLDER_MAX};
use store::{Actor, Scope, Store, Tx};

use super::{Admin, Caller, Permission, Refused};

/// Permission to decide who may do what: in one organization, or on the whole server.
pub struct Governance {
    pub(super) admin: Arc<Admin>,
    pub(super) actor: Actor,
    pub(super) grants: Grants,
    pub(super) scope: Scope,
    /// That of who asks.
    pub(super) account: Option<AccountId>,
}

impl Caller {
    /// Permission to see or change who may do what in an organization; on the server if none is named.
    pub async fn govern(&self, tenant: Option<&str>, permission: Permission) -> Result<Governance, Refused> {
        let scope = match tenant {
            Some(tenant) => Scope::Tenant(self.begin(tenant, permission).await?.tenant()),
            None => {
                self.begin_platform_change(permission)?;
                Scope::Platform
            }
        };
        Ok(self.governance(scope))
    }

    /// Permission to see or change who may do what for a reseller.
    pub async fn govern_reseller(&self, reseller: &str, permission: Permission) -> Result<Governance, Refused> {
        let scope = Scope::Reseller(self.reseller(reseller, permission).await?.value.id);
        Ok(self.governance(scope))
    }

    fn governance(&self, scope: Scope) -> Governance {
        let (actor, grants) = (self.actor.clone(), self.grants.clone());
        Governance { admin: self.admin.clone(), actor, grants, scope, account: self.account }
    }
}

impl Governance {
    pub fn store(&self) -> &Store {
        &self.admin.store
    }

    pub fn scope(&self) -> Scope {
        self.scope
    }

    pub(super) async fn change(&self) -> Result<Tx, Refused> {
        Ok(self.store().begin(self.actor.clone(), Timestamp::now()).await?)
    }

    /// Whether these roles may be given: they are there, mean something, and are no more than the giver has.
    ///
    /// A person's account needs none: they have a mailbox of their own, and apps may name them.
    pub(super) async fn check_roles(
        &self,
        tx: &Tx,
        assignments: &[Assignment],
        person: Option<UserId>,
    ) -> Result<(), Refused> {
        if assignments.is_empty() && person.is_none() {
            return Err(Refused::field("roles", "roles.empty", "without a role nothing can be done"));
        }
        if ROLES_OF_HOLDER_MAX < assignments.len() {
            let words = format!("at most {ROLES_OF_HOLDER_MAX} roles");
            return Err(Refused::field("roles", "too_many_items", words));
        }
        for (n, assignment) in assignments.iter().enumerate() {
            match self.scope {
                Scope::Platform | Scope::Reseller(_) => check_of_platform(n, assignment)?,
                Scope::Tenant(tenant) => self.check_of_tenant(tx, tenant, n, assignment).await?,
            }
        }
        let given = tx.grants(assignments).await?;
        for (n, grant) in given.0.iter().enumerate() {
            let is_whole = grant.scope == phone::access::Scope::Tenant;
            if !is_whole && !grant.permissions.iter().any(|permission| grant.scope.is_about(permission.area)) {
                let words = "the role has no permission for what the scope is about";
                return Err(Refused::field(format!("roles[{n}].scope"), "scope.without_effect", words));
            }
        }
        Ok(self.grants.may_govern(&given)?)
    }

    async fn check_of_tenant(
        &self,
        tx: &Tx,
        tenant: TenantId,
        n: usize,
        assignment: &Assignment,
    ) -> Result<(), Refused> {
        if let RoleRef::Custom(id) = assignment.role
            && !tx.roles(tenant).await?.iter().any(|role| role.id == id)
        {
            return Err(Refused::field(format!("roles[{n}].role"), "role.unknown", "there is no such role"));
        }
        let is_there = match &assignment.scope {
            Part::Tenant | Part::Country(_) | Part::NumberRange { .. } | Part::Tag(_) => true,
            Part::AutoAttendant(id) => self.store().document::<attendant::Settings>(tenant, id.0).await?.is_some(),
            Part::CallQueue(id) => self.store().document::<queue::Settings>(tenant, id.0).await?.is_some(),
            Part::Group(id) => self.store().group(tenant, *id).await?.is_some(),
            Part::Site(id) => self.store().site(tenant, *id).await?.is_some(),
        };
        if is_there {
            return Ok(());
        }
        let words = "what the scope names is not there";
        Err(Refused::field(format!("roles[{n}].scope.id"), "scope.missing_object", words))
    }
}

/// On the whole server, and for a reseller, there are neither roles of one organization nor parts of one.
fn check_of_platform(n: usize, assignment: &Assignment) -> Result<(), Refused> {
    match (assignment.role, &assignment.scope) {
        (RoleRef::BuiltIn(_), Part::Tenant) => Ok(()),
        (RoleRef::Custom(_), _) => {
            let words = "beyond one organization there are only roles that every organization has";
            Err(Refused::field(format!("roles[{n}].role"), "role.unknown", words))
        }
        (
            _,
            Part::AutoAttendant(_)
            | Part::CallQueue(_)
            | Part::Country(_)
            | Part::Group(_)
            | Part::NumberRange { .. }
            | Part::Site(_)
            | Part::Tag(_),
        ) => {
            let words = "beyond one organization a role is for each organization as a whole";
            Err(Refused::field(format!("roles[{n}].scope"), "scope.not_on_platform", words))
        }
    }
}

/// What is wrong with the name of a key.
pub(super) fn check_name(field: &'static str, name: &str) -> Result<(), Refused> {
    if name.trim().is_empty() {
        return Err(Refused::field(field, "name.empty", "a name is needed"));
    }
    if NAME_CHARS_MAX < name.chars().count() {
        return Err(Refused::field(field, "name.too_long", format!("a name has at most {NAME_CHARS_MAX} characters")));
    }
    Ok(())
}
