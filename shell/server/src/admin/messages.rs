//! Messages in mailboxes: who may see and hear which, and who works on them.
//!
//! Whoever has a permission on voicemail has it for the whole organization. Somebody whose account is a person's has the
//! own mailbox without any, and the shared ones of which the person is a member.

use std::path::PathBuf;

use phone::apps::mailbox::message::{Message, Status, Step};
use phone::apps::mailbox::{Mailbox, MemberRole};
use phone::id::{MessageId, UserId};
use store::{MessageFilter, Page, Paging, Scope, Stored};
use switch::input::Command;
use switch::output::Answer;

use super::{Access, Caller, Permission, Refused};

/// Permission to work with messages.
pub struct Messages {
    access: Access,
    /// How far the caller may go in all mailboxes of the organization.
    everywhere: Option<Permission>,
    /// Whose own mailboxes are the caller's.
    person: Option<UserId>,
}

impl Caller {
    /// Permission to work with messages of an organization.
    pub async fn begin_messages(&self, tenant: &str, permission: Permission) -> Result<Messages, Refused> {
        let tenant = self.find_tenant(tenant).await?;
        // The widest that there is: some messages need more than others.
        let all = [Permission::Configure, Permission::Operate, Permission::View];
        let everywhere = all.into_iter().find(|wide| reaches(*wide, permission) && self.check(*wide).is_ok());
        let person = self.person.filter(|_| self.scope == Scope::Tenant(tenant));
        if everywhere.is_none() && person.is_none() {
            self.check(permission)?;
        }
        Ok(Messages { access: self.access(tenant), everywhere, person })
    }
}

impl Caller {
    /// Permission for what a person sets of the own mailbox: for the person without any other.
    pub async fn begin_mailbox_of(
        &self,
        tenant: &str,
        user: &str,
        permission: Permission,
    ) -> Result<(Access, UserId), Refused> {
        let tenant = self.find_tenant(tenant).await?;
        let own = self.person.filter(|_| self.scope == Scope::Tenant(tenant));
        let access = self.access(tenant);
        let Some(own) = own else {
            self.check(permission)?;
            let found = access.user(user).await?.value.id;
            return Ok((access, found));
        };
        let found = access.user(user).await;
        if !found.as_ref().is_ok_and(|found| found.value.id == own) {
            self.check(permission)?;
        }
        Ok((access, found?.value.id))
    }
}

impl Messages {
    pub fn access(&self) -> &Access {
        &self.access
    }

    /// A page of messages.
    pub async fn list(
        &self,
        mailbox: Option<Mailbox>,
        status: Option<Status>,
        paging: &Paging,
    ) -> Result<Page<Stored<Message>>, Refused> {
        let mailboxes = match (self.everywhere, mailbox) {
            (Some(_), None) => None,
            (Some(_), Some(mailbox)) => Some(vec![mailbox]),
            (None, None) => Some(self.own_mailboxes()),
            (None, Some(mailbox)) if self.role_in(mailbox).is_some() => Some(vec![mailbox]),
            (None, Some(_)) => return Err(Refused::NotFound { what: "mailbox" }),
        };
        let filter = MessageFilter { mailboxes, status };
        Ok(self.access.store().messages(self.access.tenant(), &filter, paging).await?)
    }

    /// One message. What the caller has nothing to do with is not there.
    pub async fn message(&self, id: MessageId) -> Result<Stored<Message>, Refused> {
        let found = self.access.store().message(self.access.tenant(), id).await?;
        self.visible(found)
    }

    /// Where the sound of a message lies. What people are told in their own mailboxes is theirs: of others, only who may
    /// change voicemail hears it.
    pub async fn sound(&self, id: MessageId) -> Result<PathBuf, Refused> {
        let message = self.message(id).await?.value;
        let needed = match message.mailbox {
            Mailbox::Person(_) => Permission::Configure,
            Mailbox::Shared(_) => Permission::Operate,
        };
        self.needs(needed, message.mailbox)?;
        Ok(self.access.admin.messages.sound(self.access.tenant(), id))
    }

    /// Does a step in the name of the caller.
    pub async fn step(&self, id: MessageId, step: Step) -> Result<Stored<Message>, Refused> {
        let mut tx = self.access.change().await?;
        let before = self.visible(tx.message(self.access.tenant(), id).await?)?;
        self.needs(Permission::Operate, before.value.mailbox)?;
        let mut after = before.value.clone();
        let by = self.access.actor.to_string();
        after.take(step, &by).map_err(|conflict| Refused::by_rule(&conflict))?;
        if after == before.value {
            return Ok(before);
        }
        let at = tx.at();
        let version = tx.step_message(self.access.tenant(), &before, &after, step).await?;
        tx.commit().await?;
        Ok(Stored { value: after, version, created_at: before.created_at, updated_at: at })
    }

    /// Rings the phones of the person who asks, and then who left the message.
    pub async fn call_back(&self, id: MessageId) -> Result<(), Refused> {
        let message = self.message(id).await?.value;
        self.needs(Permission::Operate, message.mailbox)?;
        let Some(user) = self.person else {
            let detail = "only somebody who signs in with the account of a person has a phone that rings";
            return Err(Refused::Forbidden { detail });
        };
        let inside = self
            .access
            .snapshot()
            .and_then(|tenant| message.from_user.and_then(|sender| Some(tenant.users.get(&sender)?.extension.clone())));
        let (tenant, dialled) = (self.access.tenant(), inside.unwrap_or(message.from));
        match self.access.node().command(Command::PlaceCall { tenant, user, dialled, line: None }).await? {
            Answer::Done => Ok(()),
            other => Err(Refused::by_switch(other, "user")),
        }
    }

    /// Deletes a message and its sound.
    pub async fn delete(&self, id: MessageId) -> Result<(), Refused> {
        let mut tx = self.access.change().await?;
        let mailbox = self.visible(tx.message(self.access.tenant(), id).await?)?.value.mailbox;
        let is_allowed = self.everywhere.is_some_and(|own| reaches(own, Permission::Configure));
        if !is_allowed && self.role_in(mailbox) != Some(MemberRole::Manage) {
            return Err(Refused::Forbidden { detail: "only who manages the mailbox deletes messages of it" });
        }
        tx.delete_message(self.access.tenant(), id).await?;
        tx.commit().await?;
        self.access.remove_sounds(vec![id]);
        Ok(())
    }

    fn visible(&self, found: Option<Stored<Message>>) -> Result<Stored<Message>, Refused> {
        let is_visible =
            |message: &Stored<Message>| self.everywhere.is_some() || self.role_in(message.value.mailbox).is_some();
        found.filter(is_visible).ok_or(Refused::NotFound { what: "message" })
    }

    /// Refuses who has less than this in all mailboxes. Whose mailbox it is needs nothing.
    fn needs(&self, permission: Permission, mailbox: Mailbox) -> Result<(), Refused> {
        if self.role_in(mailbox).is_some() || self.everywhere.is_some_and(|own| reaches(own, permission)) {
            return Ok(());
        }
        Err(Refused::Forbidden { detail: "this needs a wider permission on voicemail" })
    }

    fn own_mailboxes(&self) -> Vec<Mailbox> {
        let Some(person) = self.person else { return Vec::new() };
        let mut own = vec![Mailbox::Person(person)];
        if let Some(tenant) = self.access.snapshot() {
            let shared =
                tenant.mailboxes.values().filter(|settings| settings.role_of(person, &tenant.groups).is_some());
            own.extend(shared.map(|settings| Mailbox::Shared(settings.id)));
        }
        own
    }

    /// What the caller may do in a mailbox as the person whose account it is.
    fn role_in(&self, mailbox: Mailbox) -> Option<MemberRole> {
        let person = self.person?;
        match mailbox {
            Mailbox::Person(owner) => (owner == person).then_some(MemberRole::Manage),
            Mailbox::Shared(id) => {
                let tenant = self.access.snapshot()?;
                tenant.mailboxes.get(&id)?.role_of(person, &tenant.groups)
            }
        }
    }
}

/// Whether a permission is enough where another is needed.
fn reaches(own: Permission, needed: Permission) -> bool {
    let rank = |permission| match permission {
        Permission::View => 0,
        Permission::Operate => 1,
        Permission::Configure => 2,
    };
    rank(own) >= rank(needed)
}
