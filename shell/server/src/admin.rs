//! Use cases: what an administrator may do, one file for each noun.
//!
//! Nobody reaches a row or the switch without [`Caller::begin`]: it turns who asks and a tenant's name into an
//! [`Access`], which is what every use case is a method of. What a caller may do is [`Grants::may`], asked there.

pub mod accounts;
pub mod api_keys;
pub mod app_imports;
mod app_templates;
pub mod apps;
pub mod attendants;
pub mod audio_files;
pub mod browser_phones;
pub mod call_recordings;
pub mod calls;
pub mod country_profiles;
pub mod credits;
pub mod delegation;
pub mod departments;
pub mod desk_mailing;
pub mod devices;
pub mod doers;
pub mod drafts;
pub mod explain;
pub mod finding;
pub mod flow_tests;
pub mod governance;
pub mod group_licenses;
pub mod groups;
pub mod license_notices;
pub mod license_plans;
pub mod licenses;
pub mod live_figures;
pub mod mailboxes;
pub mod messages;
pub mod number_requests;
pub mod numbers;
pub mod offboarding;
pub mod openid;
pub mod operator_access;
pub mod operator_calls;
pub mod operator_consents;
pub mod operator_numbers;
pub mod operators;
pub mod orders;
pub mod own_account;
pub mod pace;
pub mod penalties;
pub mod policies;
pub mod port_orders;
pub mod port_outs;
pub mod porting_pin;
pub mod post;
pub mod queue_agents;
pub mod queue_alerts;
pub mod queue_calls;
pub mod queue_memory;
mod queues;
pub mod rate_decks;
pub mod reconciler;
pub mod refused;
pub mod report_query;
pub mod report_retention;
pub mod reports;
pub mod resellers;
pub mod resource_accounts;
pub mod roles;
pub mod routing;
pub mod schedules;
pub mod scim;
pub mod setup;
pub mod sign_in;
pub mod signing;
pub mod sites;
pub mod start;
pub mod stock;
mod subject;
pub mod supervision;
pub mod tenants;
pub mod trunk_test;
pub mod trunks;
pub mod users;
pub mod vouchers;
pub mod waiting;
pub mod webhooks;

use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use jiff::Timestamp;
use phone::Directory;
use phone::access::{self, Action, Area, Grants, Object};
use phone::directory::Tenant;
use phone::id::{AccountId, QueueId, SiteId, TenantId, UserId};
use phone::numbers::Country;
use phone::policies::voice_apps::VoiceApplications;
use store::{Actor, Parts, Scope, Store, Stored, TenantRow, Tx};
use uuid::Uuid;

use self::browser_phones::BrowserPhones;
use self::reconciler::Nudge;
pub use self::refused::Refused;
use self::signing::Signing;
pub use self::subject::{Asked, Subject};
use self::waiting::Waiting;
use crate::board::Board;
use crate::node;
use crate::payments::Stripe;
use crate::prompts::Prompts;
use crate::recordings;
use crate::spool;
use crate::voicemail::files::Files;

/// What was just made is known to the switch within milliseconds, and on a busy machine within seconds.
const SNAPSHOT_PATIENCE: Duration = Duration::from_secs(5);

/// What use cases need of the world.
pub struct Admin {
    pub store: Store,
    pub node: node::Handle,
    pub prompts: Arc<Prompts>,
    pub spool: Arc<spool::Status>,
    /// Live figures.
    pub board: Board,
    /// Where the sound of messages lies.
    pub messages: Files,
    /// Where recordings of calls lie.
    pub recordings: recordings::files::Files,
    /// Rate decks that were read.
    pub decks: credits::account::Decks,
    /// The snapshot that the switch has, for names in live views.
    pub directory: Arc<ArcSwap<Directory>>,
    pub nudge: Nudge,
    /// Wakes what tells the licenses that groups give.
    pub licensing: Nudge,
    /// Wakes what carries orders out.
    pub backlog: Nudge,
    /// What is remembered of those who ask, as long as the process lives.
    pub signing: Signing,
    pub phones: BrowserPhones,
    /// How many wait for licenses that groups give, as it was counted lately.
    pub waiting: Waiting,
    /// Who takes payments by card, if anybody does.
    pub payments: Option<Arc<Stripe>>,
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
    actor: Actor,
    scope: Scope,
    grants: Grants,
    asked: Asked,
    /// The account of who signed in; none for a key.
    account: Option<AccountId>,
    /// The person whose account it is.
    person: Option<UserId>,
}

/// Permission to act in one organization.
pub struct Access {
    admin: Arc<Admin>,
    actor: Actor,
    grants: Grants,
    tenant: TenantId,
    /// What a person may do who acts on an app that names them, without a role; none is for who has a role.
    delegated: Option<Box<VoiceApplications>>,
}

impl Caller {
    /// Permission to act in an organization, given by its short name or its id.
    ///
    /// One that the caller can't open is not there: 404, so that names can't be found by trying.
    pub async fn begin(&self, tenant: &str, permission: Permission) -> Result<Access, Refused> {
        let tenant = self.find_tenant(tenant).await?;
        self.check_subject(tenant, self.asked.of(permission)).await?;
        Ok(self.access(tenant))
    }

    /// Permission to make something in some part of an organization; in which, the use case checks.
    pub async fn begin_new(&self, tenant: &str) -> Result<Access, Refused> {
        let tenant = self.find_tenant(tenant).await?;
        let permission = self.asked.of(Permission::Configure);
        if self.grants.scopes(permission).is_empty() {
            self.grants.may(permission, Object::Any)?;
        }
        Ok(self.access(tenant))
    }

    /// Permission to see a list, and the parts of the organization whose objects it may show.
    pub async fn begin_list(&self, tenant: &str) -> Result<(Access, Shown), Refused> {
        let tenant = self.find_tenant(tenant).await?;
        Ok((self.access(tenant), self.shown(self.asked.of(Permission::View))?))
    }

    /// The parts of an organization in which the caller has a permission; refused if there are none.
    fn shown(&self, permission: access::Permission) -> Result<Shown, Refused> {
        match self.grants.may(permission, Object::Any) {
            Ok(()) => Ok(Shown(vec![access::Scope::Tenant])),
            Err(missing) => {
                let scopes = self.grants.scopes(permission);
                if scopes.is_empty() { Err(missing.into()) } else { Ok(Shown(scopes)) }
            }
        }
    }

    /// Permission to see what concerns the whole server.
    pub fn begin_platform(&self) -> Result<&Arc<Admin>, Refused> {
        self.begin_platform_change(Permission::View)
    }

    /// Permission to act on what concerns the whole server.
    fn begin_platform_change(&self, permission: Permission) -> Result<&Arc<Admin>, Refused> {
        match self.scope {
            Scope::Platform => {}
            Scope::Reseller(_) => {
                return Err(Refused::Forbidden { detail: "this opens what is of one reseller's organizations only" });
            }
            Scope::Tenant(_) => {
                return Err(Refused::Forbidden { detail: "this opens what is of one organization only" });
            }
        }
        self.check(permission)?;
        Ok(&self.admin)
    }

    /// Whether this organization is there for the caller.
    fn opens(&self, tenant: &TenantRow) -> bool {
        match self.scope {
            Scope::Platform => true,
            Scope::Reseller(own) => tenant.reseller == Some(own),
            Scope::Tenant(own) => tenant.profile.id == own,
        }
    }

    pub fn store(&self) -> &Store {
        &self.admin.store
    }

    /// Begins a change in the name of the caller.
    async fn change(&self) -> Result<Tx, Refused> {
        Ok(self.admin.store.begin(self.actor.clone(), Timestamp::now()).await?)
    }

    /// What is asked, for asking again.
    pub fn asked(&self) -> Asked {
        self.asked.clone()
    }

    fn check(&self, permission: Permission) -> Result<(), Refused> {
        Ok(self.grants.may(self.asked.of(permission), self.asked.subject.as_named())?)
    }

    fn access(&self, tenant: TenantId) -> Access {
        let (admin, actor, grants) = (self.admin.clone(), self.actor.clone(), self.grants.clone());
        Access { admin, actor, grants, tenant, delegated: None }
    }

    async fn find_tenant(&self, tenant: &str) -> Result<TenantId, Refused> {
        let found = match tenant.parse::<Uuid>() {
            Ok(id) => self.admin.store.tenant(TenantId(id)).await?,
            Err(_) => self.admin.store.tenant_by_slug(tenant).await?,
        };
        let found = found.filter(|tenant| self.opens(&tenant.value));
        Ok(found.ok_or(Refused::NotFound { what: "tenant" })?.value.profile.id)
    }
}

/// The parts of an organization whose objects a list may show.
pub struct Shown(Vec<access::Scope>);

impl Shown {
    pub fn shows(&self, object: Object<'_>) -> bool {
        self.0.iter().any(|scope| scope.covers(object))
    }

    /// The queues of which something may be shown; none if all may.
    pub fn queues(&self) -> Option<Vec<QueueId>> {
        if self.shows(Object::Any) {
            return None;
        }
        let queue = |scope: &access::Scope| match scope {
            access::Scope::CallQueue(queue) => Some(*queue),
            access::Scope::Tenant
            | access::Scope::AutoAttendant(_)
            | access::Scope::Group(_)
            | access::Scope::Country(_)
            | access::Scope::NumberRange { .. }
            | access::Scope::Site(_)
            | access::Scope::Tag(_) => None,
        };
        Some(self.0.iter().filter_map(queue).collect())
    }

    /// The parts of the organization's numbers that may be shown, and perhaps some of other countries with the same calling
    /// code; none if all may.
    pub fn numbers(&self) -> Option<Parts> {
        let mut parts = Parts::default();
        for scope in &self.0 {
            match scope {
                access::Scope::Tenant => return None,
                access::Scope::Country(code) => {
                    parts.calling_codes.extend(Country::parse(code).and_then(Country::calling_code));
                }
                access::Scope::NumberRange { first, last } => parts.ranges.push((*first, *last)),
                access::Scope::Site(site) => parts.sites.push(*site),
                access::Scope::Tag(tag) => parts.tags.push(tag.clone()),
                access::Scope::AutoAttendant(_) | access::Scope::CallQueue(_) | access::Scope::Group(_) => {}
            }
        }
        Some(parts)
    }

    /// The sites whose people may be shown; none if all may.
    pub fn sites(&self) -> Option<Vec<SiteId>> {
        self.numbers().map(|parts| parts.sites)
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

    /// Whether the caller may change something beside what the operation is about.
    fn check_beside(&self, area: Area, object: Object<'_>) -> Result<(), Refused> {
        Ok(self.grants.may(access::Permission { area, action: Action::Write }, object)?)
    }

    /// Begins a change in the name of the caller.
    async fn change(&self) -> Result<Tx, Refused> {
        Ok(self.admin.store.begin(self.actor.clone(), Timestamp::now()).await?)
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

    /// The same with all that was changed before this is asked, for what is checked against the rest of the organization.
    async fn known_snapshot(&self) -> Result<Arc<Tenant>, Refused> {
        let newest = self.store().last_event().await?;
        let reached = self.admin.nudge.reached(newest);
        if tokio::time::timeout(SNAPSHOT_PATIENCE, reached).await.is_ok()
            && let Some(tenant) = self.snapshot()
        {
            return Ok(tenant);
        }
        Err(Refused::Unavailable { detail: "the settings are being read" })
    }
}
