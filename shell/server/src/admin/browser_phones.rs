//! The phone in a browser: what it registers with.

use std::sync::Arc;

use jiff::Timestamp;
use phone::access::phone_credentials::{Holder, Key, UserName, VALID};
use phone::access::session::Stage;
use phone::access::{Action, Area, Object, Permission};
use phone::directory::Tenant;
use phone::id::{QueueId, TenantId, TrunkId, UserId};
use phone::people::User;
use store::{OptOut, Scope};
use switch::input::Command;
use switch::output::Answer;

use super::Refused;
use super::own_account::{OwnAccount, not_finished};
use crate::relays::{Granted, Relays};
use crate::secret::Secret;

/// What this server's browser phones are.
#[derive(Clone, Debug)]
pub struct BrowserPhones {
    pub key: Key,
    /// In the demo whoever administers it may be any of its people, and somebody outside.
    pub plays_anybody: bool,
    pub relays: Relays,
}

/// Whose phone is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Whose {
    Own,
    /// Of the demo, by id or extension.
    Person {
        tenant: String,
        user: String,
    },
    /// Somebody who calls the demo from outside.
    Outside {
        tenant: String,
    },
}

/// What a browser becomes a phone with.
pub struct BrowserPhone {
    pub tenant: Arc<Tenant>,
    /// None for somebody outside.
    pub user: Option<Arc<User>>,
    pub name: String,
    pub password: Secret,
    pub expires_at: Timestamp,
    pub relay: Option<Granted>,
}

/// A queue whose calls a person takes.
pub struct OwnQueue {
    pub id: QueueId,
    pub name: String,
    /// At the moment.
    pub takes_calls: bool,
    pub may_change: bool,
}

/// What an agent takes of a queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Takes {
    Calls,
    None,
}

/// As many names as fit beside a field; who wants another types more of it.
const COLLEAGUES_MAX: usize = 20;

impl OwnAccount {
    /// The person whose account it is, if it is one's.
    pub fn person(&self) -> Result<Option<(Arc<Tenant>, Arc<User>)>, Refused> {
        if self.session.stage != Stage::Open {
            return Err(not_finished(self.session.stage));
        }
        let directory = self.admin.directory.load();
        let tenant = self.row.scope.tenant().and_then(|tenant| directory.tenant(tenant));
        let user = tenant.zip(self.row.account.person).and_then(|(tenant, person)| tenant.users.get(&person));
        Ok(tenant.zip(user).map(|(tenant, user)| (Arc::clone(tenant), Arc::clone(user))))
    }

    /// Whether it may be anybody's phone.
    pub async fn plays_anybody(&self) -> Result<bool, Refused> {
        if !self.admin.phones.plays_anybody {
            return Ok(false);
        }
        let grants = self.admin.store.grants(&self.row.assignments).await?;
        let act = Permission { area: Area::Calls, action: Action::Act };
        Ok(grants.may(act, Object::Any).is_ok())
    }

    /// Makes this browser a phone for the next hours.
    pub async fn browser_phone(&self, whose: Whose) -> Result<BrowserPhone, Refused> {
        let now = Timestamp::now();
        let (tenant, user) = self.holder(whose).await?;
        if user.as_ref().is_some_and(|user| !user.enabled) {
            return Err(Refused::Conflict {
                code: "user.disabled",
                detail: "this person is disabled, and so are their phones".to_owned(),
                fix: Some("let an administrator enable the person".to_owned()),
            });
        }
        let holder = match &user {
            Some(user) => Holder::Person(user.extension.clone()),
            None => Holder::Outside(carrier(&tenant)?),
        };
        let expires_at = Timestamp::from_second((now + VALID).as_second()).unwrap_or(now);
        let name = UserName { holder, expires_at };
        let password = name.password(&self.admin.phones.key, tenant.profile.id, user.as_ref().map(|user| &user.ha1));
        let (name, password) = (name.to_string(), Secret::new(password));
        let relay = self.admin.phones.relays.granted(&name, expires_at);
        Ok(BrowserPhone { tenant, user, name, password, expires_at, relay })
    }

    /// People of the organization whose name or extension has this in it, as far as a list is read.
    pub async fn colleagues(&self, whose: Whose, text: &str) -> Result<Vec<Arc<User>>, Refused> {
        let (tenant, own) = self.holder(whose).await?;
        let wanted = text.trim().to_lowercase();
        let fits = |user: &&Arc<User>| {
            let is_own = own.as_ref().is_some_and(|own| own.id == user.id);
            !is_own
                && user.enabled
                && !user.hidden
                && (user.display_name.to_lowercase().contains(&wanted) || user.extension.starts_with(&wanted))
        };
        Ok(tenant.users.values().filter(fits).take(COLLEAGUES_MAX).cloned().collect())
    }

    /// The queues whose calls the person takes, and whether at the moment.
    pub async fn own_queues(&self, whose: Whose) -> Result<Vec<OwnQueue>, Refused> {
        let (tenant, Some(user)) = self.holder(whose).await? else { return Ok(Vec::new()) };
        let mut found = Vec::new();
        for (id, settings) in tenant.queues.iter().filter(|(id, _)| tenant.roster(**id).contains(&user.id)) {
            let command = Command::ShowQueue { tenant: tenant.profile.id, queue: *id };
            let Answer::Queue(live) = self.admin.node.command(command).await? else { continue };
            let takes_calls = live.agents.iter().any(|agent| agent.agent == user.id && agent.opted_in);
            let may_change = settings.allow_opt_out || !takes_calls;
            found.push(OwnQueue { id: *id, name: settings.name.clone(), takes_calls, may_change });
        }
        Ok(found)
    }

    /// Takes calls of a queue from now on, or no more.
    pub async fn take_calls_of(&self, whose: Whose, queue: QueueId, takes: Takes) -> Result<(), Refused> {
        let not_found = || Refused::NotFound { what: "call queue that you are an agent of" };
        let (tenant, Some(user)) = self.holder(whose).await? else { return Err(not_found()) };
        if !tenant.roster(queue).contains(&user.id) {
            return Err(not_found());
        }
        let (tenant, agent) = (tenant.profile.id, user.id);
        let command = match takes {
            Takes::Calls => Command::OptIn { tenant, queue, agent },
            Takes::None => Command::OptOut { tenant, queue, agent },
        };
        match self.admin.node.command(command).await? {
            Answer::Done => {}
            other => return Err(Refused::by_switch(other, "call queue that you are an agent of")),
        }
        let mut tx = self.admin.change_of(&self.row).await?;
        let out = OptOut { tenant, queue, agent };
        match takes {
            Takes::Calls => tx.opt_in(out).await?,
            Takes::None => tx.opt_out(out).await?,
        };
        Ok(tx.commit().await.map(|_| ())?)
    }

    /// Whose phone is wanted, if this account may be it; no person for somebody outside.
    async fn holder(&self, whose: Whose) -> Result<(Arc<Tenant>, Option<Arc<User>>), Refused> {
        let own = self.person()?;
        if whose != Whose::Own && !self.plays_anybody().await? {
            return Err(Refused::Missing {
                code: "forbidden",
                detail: "only the demo's administrator may be the phone of somebody else".to_owned(),
                fix: "leave user, tenant and outside away, to be the phone of your own account".to_owned(),
            });
        }
        match whose {
            Whose::Own => own.map(|(tenant, user)| (tenant, Some(user))).ok_or_else(no_person),
            Whose::Person { tenant, user } => {
                let tenant = self.played(&tenant).await?;
                let by_id = user.parse().ok().and_then(|id| tenant.users.get(&UserId(id)));
                let found = by_id.or_else(|| tenant.user_by_extension(&user)).cloned();
                Ok((tenant, Some(found.ok_or(Refused::NotFound { what: "user" })?)))
            }
            Whose::Outside { tenant } => Ok((self.played(&tenant).await?, None)),
        }
    }

    /// An organization that this account opens.
    async fn played(&self, tenant: &str) -> Result<Arc<Tenant>, Refused> {
        let not_found = || Refused::NotFound { what: "tenant" };
        let directory = self.admin.directory.load();
        let id = match tenant.parse() {
            Ok(id) => TenantId(id),
            Err(_) => {
                let row = self.admin.store.tenant_by_slug(tenant).await?;
                row.ok_or_else(not_found)?.value.profile.id
            }
        };
        let is_opened = self.row.scope == Scope::Platform || self.row.scope.tenant() == Some(id);
        let tenant = directory.tenant(id).filter(|_| is_opened);
        tenant.cloned().ok_or_else(not_found)
    }
}

/// The trunk that somebody outside calls over.
fn carrier(tenant: &Tenant) -> Result<TrunkId, Refused> {
    let trunk = tenant.trunks.values().find(|trunk| trunk.enabled);
    trunk.map(|trunk| trunk.id).ok_or_else(|| Refused::Conflict {
        code: "trunk.missing",
        detail: "nobody outside can call: there is no trunk".to_owned(),
        fix: Some("add a trunk, or enable one".to_owned()),
    })
}

fn no_person() -> Refused {
    Refused::Conflict {
        code: "account.no_person",
        detail: "this account is nobody's: there is no person whose phone the browser could be".to_owned(),
        fix: Some("let an administrator say which person the account is of".to_owned()),
    }
}
