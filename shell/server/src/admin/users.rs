//! People.

pub mod import;

use jiff::Timestamp;
use phone::access::{Area, Object};
use phone::apps::mailbox::{self, Mailbox, Personal};
use phone::apps::{attendant, queue};
use phone::directory::people::{user_problems, uses_of_user};
use phone::id::UserId;
use phone::people::{Presence, User};
use store::{Expected, Stored, TenantRow, Tx, Version};
use switch::input::Command;
use switch::output::Answer;
use uuid::Uuid;

use super::group_licenses::NO_SEATS;
use super::numbers::Rest;
use super::{Access, Refused};
use crate::secret::{Secret, ha1, random_secret};

/// Long enough that nobody tries them all over SIP, where each try costs a challenge.
const PASSWORD_CHARS_MIN: usize = 10;
/// What phones can hold.
const PASSWORD_CHARS_MAX: usize = 64;

impl Access {
    /// A person by id or extension.
    pub async fn user(&self, name: &str) -> Result<Stored<User>, Refused> {
        let found = match name.parse::<Uuid>() {
            Ok(id) => self.store().user(self.tenant(), UserId(id)).await?,
            Err(_) => self.store().user_by_extension(self.tenant(), name).await?,
        };
        found.ok_or(Refused::NotFound { what: "user" })
    }

    /// Creates a person. Their phones register with the password, made up here if none is given.
    pub async fn create_user(&self, user: User, password: Option<Secret>) -> Result<Secret, Refused> {
        let password = match password {
            Some(given) => checked(given)?,
            None => random_secret(),
        };
        let mut tx = self.change().await?;
        let tenant = self.tenant_in(&tx).await?;
        let user = User { ha1: ha1(&user.extension, &tenant.profile.sip_domain, &password), ..user };
        self.check_beside(Area::Users, Object::User { site: user.site })?;
        self.check_user(&tx, &user, &tenant).await?;
        tx.save_user(self.tenant(), &user, Expected::Absent).await?;
        self.settle(tx).await?;
        Ok(password)
    }

    /// Changes a person. The password belongs to the extension: a new extension needs a new password.
    pub async fn change_user(
        &self,
        name: &str,
        expected: Expected,
        change: impl FnOnce(&mut User) + Send,
        password: Option<Secret>,
    ) -> Result<(User, Version), Refused> {
        let mut tx = self.change().await?;
        let tenant = self.tenant_in(&tx).await?;
        let before = self.user_in(&tx, name).await?.value;
        let mut user = before.clone();
        change(&mut user);
        match password {
            Some(given) => user.ha1 = ha1(&user.extension, &tenant.profile.sip_domain, &checked(given)?),
            None if user.extension != before.extension => {
                let words = "phones log in with extension and password together: give a password for the new extension";
                return Err(Refused::field("password", "password.needed", words));
            }
            None => {}
        }
        if user.site != before.site {
            // Nobody sends people to where they have no say.
            self.check_beside(Area::Users, Object::User { site: user.site })?;
        }
        if user.enabled != before.enabled {
            self.check_accounts_of(&tx, &user).await?;
        }
        self.check_user(&tx, &user, &tenant).await?;
        let version = tx.save_user(self.tenant(), &user, expected).await?;
        if user.country != before.country {
            tx.queue_people(self.tenant(), &[user.id].into()).await?;
        }
        self.settle(tx).await?;
        self.settle_licenses().await?;
        Ok((user, version))
    }

    /// Gives a person's phones a new password; the old one opens nothing from then on.
    pub async fn reset_password(&self, name: &str) -> Result<Secret, Refused> {
        let password = random_secret();
        self.change_user(name, Expected::Any, |_| {}, Some(password.clone())).await?;
        Ok(password)
    }

    /// Deletes a person whom no attendant and no queue names. Their numbers are free for others at once.
    pub async fn delete_user(&self, name: &str, expected: Expected) -> Result<(), Refused> {
        let mut tx = self.change().await?;
        let user = self.user_in(&tx, name).await?.value;
        self.check_accounts_of(&tx, &user).await?;
        let attendants = tx.documents::<attendant::Settings>(self.tenant()).await?;
        let queues = tx.documents::<queue::Settings>(self.tenant()).await?;
        let uses = uses_of_user(user.id, &attendants, &queues);
        if !uses.is_empty() {
            return Err(Refused::Conflict {
                code: "user.in_use",
                detail: format!("{} is named by {}", user.display_name, uses.join(", ")),
                fix: Some("take the person out there first, or disable the account instead".to_owned()),
            });
        }
        let pause = self.pause_in(&tx, Rest::AsUsual).await?;
        for number in tx.numbers_of_user(self.tenant(), user.id).await? {
            let free = number.value.unassign(Timestamp::now(), pause).map_err(|refusal| Refused::by_rule(&refusal))?;
            tx.save_number(self.tenant(), &free, Expected::Version(number.version)).await?;
        }
        let messages = tx.delete_messages_of(self.tenant(), Mailbox::Person(user.id)).await?;
        tx.remove_mailbox_pin(self.tenant(), Mailbox::Person(user.id)).await?;
        if tx.document::<Personal>(self.tenant(), user.id.0).await?.is_some() {
            tx.delete_document::<Personal>(self.tenant(), user.id.0, Expected::Any).await?;
        }
        tx.delete_user(self.tenant(), user.id, expected).await?;
        tx.queue_failed(self.tenant(), Some(NO_SEATS)).await?;
        self.settle(tx).await?;
        self.remove_sounds(messages);
        self.settle_licenses().await
    }

    /// Says for a person what they are available for. Kept, so that a restart does not forget it.
    pub async fn set_presence(&self, user: UserId, presence: Presence) -> Result<(), Refused> {
        let mut tx = self.change().await?;
        tx.set_presence(self.tenant(), user, presence).await?;
        self.settle(tx).await?;
        match self.node().command(Command::SetPresence { tenant: self.tenant(), user, presence }).await? {
            Answer::Done => Ok(()),
            other => Err(Refused::by_switch(other, "user")),
        }
    }

    /// Whether the asker may do to the accounts of a person what follows from the person being let in, kept out or deleted:
    /// nobody signs out who may do more.
    pub(super) async fn check_accounts_of(&self, tx: &Tx, user: &User) -> Result<(), Refused> {
        for row in tx.accounts_of_person(user.id).await? {
            let theirs = tx.grants(&row.assignments).await?;
            self.grants.may_govern(&theirs).map_err(|more| Refused::Missing {
                code: "more_than_own",
                detail: format!(
                    "the account {} of {} may do {}, which you may not: you don't decide about it",
                    row.account.email, user.display_name, more.permission
                ),
                fix: "let somebody do it who has that permission for all of the organization".to_owned(),
            })?;
        }
        Ok(())
    }

    /// A person by id or extension, as of a change.
    pub(super) async fn user_in(&self, tx: &Tx, name: &str) -> Result<Stored<User>, Refused> {
        let found = match name.parse::<Uuid>() {
            Ok(id) => tx.user(self.tenant(), UserId(id)).await?,
            Err(_) => tx.user_by_extension(self.tenant(), name).await?,
        };
        found.ok_or(Refused::NotFound { what: "user" })
    }

    /// The organization as of a change.
    pub(super) async fn tenant_in(&self, tx: &Tx) -> Result<TenantRow, Refused> {
        let found = tx.tenant(self.tenant()).await?;
        Ok(found.ok_or(Refused::NotFound { what: "tenant" })?.value)
    }

    pub(super) async fn check_user(&self, tx: &Tx, user: &User, tenant: &TenantRow) -> Result<(), Refused> {
        Refused::for_problems(user_problems(user, &tx.emergency_numbers(tenant).await?))?;
        if let Some(site) = user.site {
            self.site_in(tx, site).await?;
        }
        let mailboxes = tx.documents::<mailbox::Settings>(self.tenant()).await?;
        if let Some(taken) = mailboxes.iter().find(|mailbox| mailbox.extension.as_ref() == Some(&user.extension)) {
            return Err(Refused::Conflict {
                code: "extension.taken",
                detail: format!("the extension {} is that of the shared mailbox {}", user.extension, taken.name),
                fix: Some("choose another extension".to_owned()),
            });
        }
        match tx.user_by_extension(self.tenant(), &user.extension).await? {
            Some(owner) if owner.value.id != user.id => Err(Refused::Conflict {
                code: "extension.taken",
                detail: format!("the extension {} is that of {}", user.extension, owner.value.display_name),
                fix: Some("choose another extension".to_owned()),
            }),
            Some(_) | None => Ok(()),
        }
    }
}

/// What people choose must not be guessed; what is made up here is long enough.
fn checked(password: Secret) -> Result<Secret, Refused> {
    let n_chars = password.expose().chars().count();
    let is_plain = !password.expose().chars().any(char::is_control);
    if (PASSWORD_CHARS_MIN..=PASSWORD_CHARS_MAX).contains(&n_chars) && is_plain {
        return Ok(password);
    }
    let words = format!("a password has {PASSWORD_CHARS_MIN} to {PASSWORD_CHARS_MAX} characters, none of them control");
    Err(Refused::field("password", "password.length", words))
}
