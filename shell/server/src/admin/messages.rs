//! Messages in mailboxes: who may see and hear which, and who works on them.
//!
//! Whoever has a permission on voicemail has it for the whole organization. Somebody whose account is a person's has the
//! own mailbox without any, and the shared ones of which the person is a member.

use std::path::PathBuf;

use phone::apps::mailbox::message::{Message, Status, Step};
use phone::apps::mailbox::{Mailbox, MemberRole};
use phone::id::{MessageId, UserId};
use store::{MessageFilter, Page, Paging, Scope, Stored};

use super::{Access, Caller, Permission, Refused};

/// Permission to work with messages.
pub struct Messages {
    access: Access,
    reach: Reach,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reach {
    /// All mailboxes of the organization, as far as this permission goes.
    All(Permission),
    /// Those of one person.
    Of(UserId),
}

impl Caller {
    /// Permission to work with messages of an organization.
    pub async fn begin_messages(&self, tenant: &str, permission: Permission) -> Result<Messages, Refused> {
        let tenant = self.find_tenant(tenant).await?;
        let access = self.access(tenant);
        // The widest that there is: some messages need more than others.
        for wide in [Permission::Configure, Permission::Operate, Permission::View] {
            if self.check(wide).is_ok() && reaches(wide, permission) {
                return Ok(Messages { access, reach: Reach::All(wide) });
            }
        }
        match (self.person, self.check(permission)) {
            (Some(person), _) if self.scope == Scope::Tenant(tenant) => {
                Ok(Messages { access, reach: Reach::Of(person) })
            }
            (_, Err(missing)) => Err(missing),
            (_, Ok(())) => Ok(Messages { access, reach: Reach::All(permission) }),
        }
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
        let mailboxes = match (self.reach, mailbox) {
            (Reach::All(_), None) => None,
            (Reach::All(_), Some(mailbox)) => Some(vec![mailbox]),
            (Reach::Of(person), None) => Some(self.mailboxes_of(person)),
            (Reach::Of(person), Some(mailbox)) => {
                if self.role_in(person, mailbox).is_none() {
                    return Err(Refused::NotFound { what: "mailbox" });
                }
                Some(vec![mailbox])
            }
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
        self.needs(needed)?;
        Ok(self.access.admin.messages.sound(self.access.tenant(), id))
    }

    /// Does a step in the name of the caller.
    pub async fn step(&self, id: MessageId, step: Step) -> Result<Stored<Message>, Refused> {
        self.needs(Permission::Operate)?;
        let mut tx = self.access.change().await?;
        let before = self.visible(tx.message(self.access.tenant(), id).await?)?;
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

    /// Deletes a message and its sound.
    pub async fn delete(&self, id: MessageId) -> Result<(), Refused> {
        self.needs(Permission::Configure)?;
        let mut tx = self.access.change().await?;
        let message = self.visible(tx.message(self.access.tenant(), id).await?)?.value;
        if let Reach::Of(person) = self.reach
            && self.role_in(person, message.mailbox) != Some(MemberRole::Manage)
        {
            return Err(Refused::Forbidden { detail: "only who manages the mailbox deletes messages of it" });
        }
        tx.delete_message(self.access.tenant(), id).await?;
        tx.commit().await?;
        self.access.remove_sounds(vec![id]);
        Ok(())
    }

    fn visible(&self, found: Option<Stored<Message>>) -> Result<Stored<Message>, Refused> {
        let is_visible = |message: &Stored<Message>| match self.reach {
            Reach::All(_) => true,
            Reach::Of(person) => self.role_in(person, message.value.mailbox).is_some(),
        };
        found.filter(is_visible).ok_or(Refused::NotFound { what: "message" })
    }

    /// Refuses who reaches all mailboxes with less than this. Whose mailbox it is needs nothing.
    fn needs(&self, permission: Permission) -> Result<(), Refused> {
        match self.reach {
            Reach::Of(_) => Ok(()),
            Reach::All(own) if reaches(own, permission) => Ok(()),
            Reach::All(_) => Err(Refused::Forbidden { detail: "this needs a wider permission on voicemail" }),
        }
    }

    fn mailboxes_of(&self, person: UserId) -> Vec<Mailbox> {
        let shared = self.access.snapshot().into_iter().flat_map(|tenant| {
            let of_person = |(id, settings): (&_, &std::sync::Arc<phone::apps::mailbox::Settings>)| {
                settings.role_of(person).map(|_| Mailbox::Shared(*id))
            };
            tenant.mailboxes.iter().filter_map(of_person).collect::<Vec<_>>()
        });
        std::iter::once(Mailbox::Person(person)).chain(shared).collect()
    }

    fn role_in(&self, person: UserId, mailbox: Mailbox) -> Option<MemberRole> {
        match mailbox {
            Mailbox::Person(owner) => (owner == person).then_some(MemberRole::Manage),
            Mailbox::Shared(id) => self.access.snapshot()?.mailboxes.get(&id)?.role_of(person),
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
