//! People who change an app because it names them, without a role. Specification of voice apps, 1.17.
//!
//! What such a person may do is asked twice: here, whether the app names them and their policy grants anything, and
//! where the change is made, whether each changed field is granted.

use std::collections::BTreeSet;

use phone::access::{Object, Scope as Part};
use phone::apps::attendant::{self, AssociationKind};
use phone::apps::delegation::{Authorized, Needed, Right, grants_anything};
use phone::apps::queue;
use phone::apps::supervision::Mode;
use phone::directory::App;
use phone::id::{GroupId, QueueId, ScheduleId, TenantId, UserId};
use phone::policies::voice_apps::{Sight, VoiceApplications};
use phone::policies::{PolicyType, Settings};
use store::{Scope, Tx};

use super::policies::Using;
use super::{Access, Caller, Permission, Refused, Shown};

/// Rights with which somebody brings sound along.
const RIGHTS_TO_SOUND: [Right; 8] = [
    Right::BusinessHoursGreeting,
    Right::AfterHoursGreeting,
    Right::HolidayGreeting,
    Right::QueueWelcomeGreeting,
    Right::QueueMusicOnHold,
    Right::QueueOverflowVoicemailGreeting,
    Right::QueueTimeoutVoicemailGreeting,
    Right::QueueNoAgentVoicemailGreeting,
];

/// A person whom apps may name.
struct Delegate {
    user: UserId,
    groups: BTreeSet<GroupId>,
    policy: VoiceApplications,
}

/// A person, and the queues whose calls they may join.
pub(super) type Supervised = Option<(UserId, BTreeSet<QueueId>)>;

/// Of which time figures are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    Now,
    Past,
}

/// Whose figures a person sees whom apps name.
#[derive(Debug, Default)]
pub(super) struct Figures {
    pub(super) parts: Vec<Part>,
    pub(super) agents: BTreeSet<UserId>,
    /// Whose agents are shown.
    pub(super) queues_with_agents: BTreeSet<QueueId>,
}

/// The apps that a list may show.
pub struct AppsShown {
    parts: Option<Shown>,
    delegate: Option<Delegate>,
}

impl Caller {
    /// Permission to act on one app: by a role, or because the app names the person and their policy grants something.
    pub async fn begin_app(&self, tenant: &str, permission: Permission, app: App) -> Result<Access, Refused> {
        let id = self.find_tenant(tenant).await?;
        let missing = match self.grants.may(self.asked.of(permission), self.asked.subject.as_named()) {
            Ok(()) => return Ok(self.access(id)),
            Err(missing) => missing,
        };
        let delegate = self.delegate(id).await?.ok_or(missing)?;
        let authorized = match app {
            App::Attendant(app) => {
                let found = self.store().document::<attendant::Settings>(id, app.0).await?;
                found.map(|found| found.value.authorized)
            }
            App::Queue(app) => {
                let found = self.store().document::<queue::Settings>(id, app.0).await?;
                found.map(|found| found.value.authorized)
            }
        };
        if !authorized.is_some_and(|authorized| delegate.is_named_by(&authorized)) {
            return Err(missing.into());
        }
        Ok(Access { delegated: Some(Box::new(delegate.policy)), ..self.access(id) })
    }

    /// Permission to see a list of apps, and which of them.
    pub async fn begin_app_list(&self, tenant: &str) -> Result<(Access, AppsShown), Refused> {
        let refused = match self.begin_list(tenant).await {
            Ok((access, parts)) => {
                let delegate = if parts.shows(Object::Any) { None } else { self.delegate(access.tenant()).await? };
                return Ok((access, AppsShown { parts: Some(parts), delegate }));
            }
            Err(refused @ Refused::Missing { .. }) => refused,
            Err(other) => return Err(other),
        };
        let id = self.find_tenant(tenant).await?;
        let delegate = self.delegate(id).await?.ok_or(refused)?;
        Ok((self.access(id), AppsShown { parts: None, delegate: Some(delegate) }))
    }

    /// Permission to say whether an agent takes calls of a queue: by a role, by a right, or because it is about oneself.
    pub async fn begin_opt(&self, tenant: &str, queue: QueueId, agent: &str) -> Result<(Access, UserId), Refused> {
        let id = self.find_tenant(tenant).await?;
        if let Some(own) = self.person_of(id) {
            let access = self.access(id);
            if access.user(agent).await.is_ok_and(|found| found.value.id == own) {
                return Ok((access, own));
            }
        }
        let access = self.begin_app(tenant, Permission::Operate, App::Queue(queue)).await?;
        access.check_delegated(&Needed::of(Right::QueueAgentOpt))?;
        let agent = access.user(agent).await?.value.id;
        Ok((access, agent))
    }

    /// Permission to see or change a schedule. Who is named by each attendant that uses it may, as far as the policy
    /// lets them change those attendants' hours or holidays; one that a queue uses is only shown to them.
    pub async fn begin_schedule(
        &self,
        tenant: &str,
        permission: Permission,
        schedule: ScheduleId,
    ) -> Result<Access, Refused> {
        let refused = match self.begin(tenant, permission).await {
            Err(refused @ Refused::Missing { .. }) => refused,
            other => return other,
        };
        let id = self.find_tenant(tenant).await?;
        let Some(delegate) = self.delegate(id).await? else { return Err(refused) };
        let attendants = self.store().all_documents::<attendant::Settings>(id).await?;
        let queues = self.store().all_documents::<queue::Settings>(id).await?;
        let uses = attendants.iter().flat_map(|settings| {
            let using = settings.associations.iter().filter(|one| one.schedule == schedule);
            using.map(move |one| (&settings.authorized, Some(one.kind)))
        });
        // The hours of a queue are nobody's without a role.
        let by_queue = queues.iter().filter(|settings| settings.uses_schedule(schedule));
        let uses = uses.chain(by_queue.map(|settings| (&settings.authorized, None)));
        let is_own = |(authorized, kind): (&Authorized, Option<AssociationKind>)| {
            let right = kind.map(|kind| match kind {
                AssociationKind::AfterHours => Right::BusinessHours,
                AssociationKind::Holiday => Right::Holidays,
            });
            let is_granted = right.is_some_and(|right| right.is_granted_by(&delegate.policy));
            delegate.is_named_by(authorized) && (permission == Permission::View || is_granted)
        };
        let mut uses = uses.peekable();
        if uses.peek().is_none() || !uses.all(is_own) {
            return Err(refused);
        }
        Ok(self.access(id))
    }

    /// Permission to bring sound along, for whoever may change a greeting or the music of some app.
    pub async fn begin_sound(&self, tenant: &str) -> Result<Access, Refused> {
        let refused = match self.begin(tenant, Permission::Configure).await {
            Err(refused @ Refused::Missing { .. }) => refused,
            other => return other,
        };
        let id = self.find_tenant(tenant).await?;
        let Some(delegate) = self.delegate(id).await? else { return Err(refused) };
        let attendants = self.store().all_documents::<attendant::Settings>(id).await?;
        let queues = self.store().all_documents::<queue::Settings>(id).await?;
        let mut apps = attendants.iter().map(|it| &it.authorized).chain(queues.iter().map(|it| &it.authorized));
        let is_named = apps.any(|authorized| delegate.is_named_by(authorized));
        if !is_named || !RIGHTS_TO_SOUND.iter().any(|right| right.is_granted_by(&delegate.policy)) {
            return Err(refused);
        }
        Ok(self.access(id))
    }

    /// What somebody may do for themselves as an agent, if it is themselves whom they name.
    pub(super) async fn begin_self(&self, tenant: &str, agent: &str) -> Result<Option<(Access, UserId)>, Refused> {
        let id = self.find_tenant(tenant).await?;
        let Some(own) = self.person_of(id) else { return Ok(None) };
        let access = self.access(id);
        let is_own = access.user(agent).await.is_ok_and(|found| found.value.id == own);
        Ok(is_own.then_some((access, own)))
    }

    /// The queues whose calls somebody may join because they name them, as far as their policy goes, and who that is.
    pub(super) async fn supervised_by_delegate(&self, tenant: TenantId, mode: Mode) -> Result<Supervised, Refused> {
        let Some(delegate) = self.delegate(tenant).await? else { return Ok(None) };
        if !mode.is_let_by(delegate.policy.queue_agent_monitor_mode) {
            return Ok(None);
        }
        let queues = self.store().all_documents::<queue::Settings>(tenant).await?;
        let named = queues.iter().filter(|queue| delegate.is_named_by(&queue.authorized)).map(|queue| queue.id);
        let named: BTreeSet<QueueId> = named.collect();
        Ok((!named.is_empty()).then_some((delegate.user, named)))
    }

    /// Whose figures somebody sees because apps name them, or because their policy shows those of all.
    pub(super) async fn figures_of_delegate(&self, tenant: TenantId, when: When) -> Result<Figures, Refused> {
        let mut figures = Figures::default();
        let Some(delegate) = self.delegate(tenant).await? else { return Ok(figures) };
        let policy = &delegate.policy;
        let [attendants, queues, agents]: [Sight; 3] = match when {
            When::Now => [
                policy.real_time_auto_attendant_metrics.into(),
                policy.real_time_call_queue_metrics.into(),
                policy.real_time_agent_metrics.into(),
            ],
            When::Past => [
                policy.historical_auto_attendant_metrics.into(),
                policy.historical_call_queue_metrics.into(),
                policy.historical_agent_metrics.into(),
            ],
        };
        let sees = |sight: Sight, authorized: &Authorized| match sight {
            Sight::Nothing => false,
            Sight::Named => delegate.is_named_by(authorized),
            Sight::All => true,
        };
        for settings in self.store().all_documents::<attendant::Settings>(tenant).await? {
            if sees(attendants, &settings.authorized) {
                figures.parts.push(Part::AutoAttendant(settings.id));
            }
        }
        let snapshot = self.access(tenant).known_snapshot().await?;
        for settings in self.store().all_documents::<queue::Settings>(tenant).await? {
            if sees(queues, &settings.authorized) {
                figures.parts.push(Part::CallQueue(settings.id));
            }
            if sees(agents, &settings.authorized) {
                figures.queues_with_agents.insert(settings.id);
                figures.agents.extend(snapshot.roster(settings.id));
            }
        }
        Ok(figures)
    }

    /// The person of this organization who asks.
    fn person_of(&self, tenant: TenantId) -> Option<UserId> {
        self.person.filter(|_| self.scope == Scope::Tenant(tenant))
    }

    async fn delegate(&self, tenant: TenantId) -> Result<Option<Delegate>, Refused> {
        let Some(person) = self.person_of(tenant) else { return Ok(None) };
        let Some(user) = self.store().user(tenant, person).await? else { return Ok(None) };
        let holding = self.access(tenant).policies_of(&user.value, Using::default()).await?;
        let policy = holding.into_iter().find(|one| one.kind == PolicyType::VoiceApplications);
        let Some(Settings::VoiceApplications(policy)) = policy.map(|one| one.settings) else { return Ok(None) };
        if !user.value.enabled || !grants_anything(&policy) {
            return Ok(None);
        }
        let groups = self.store().groups_of_person(tenant, person).await?;
        Ok(Some(Delegate { user: person, groups, policy }))
    }
}

impl Delegate {
    fn is_named_by(&self, authorized: &Authorized) -> bool {
        authorized.names(self.user, &self.groups)
    }
}

impl AppsShown {
    /// Whether this app may be shown.
    pub fn shows(&self, object: Object<'_>, authorized: &Authorized) -> bool {
        self.parts.as_ref().is_some_and(|parts| parts.shows(object))
            || self.delegate.as_ref().is_some_and(|delegate| delegate.is_named_by(authorized))
    }
}

impl Access {
    /// Whether who acts here without a role may do what is needed.
    pub(super) fn check_delegated(&self, needed: &Needed) -> Result<(), Refused> {
        let Some(policy) = &self.delegated else { return Ok(()) };
        Ok(needed.check(policy)?)
    }

    /// Whether the groups that an app authorizes are there.
    pub(super) async fn check_authorized_groups(&self, tx: &Tx, authorized: &Authorized) -> Result<(), Refused> {
        for group in &authorized.groups {
            self.group_in(tx, *group).await?;
        }
        Ok(())
    }
}
