//! People and groups that a directory elsewhere brings, by the same rules as those that an administrator makes.

use std::collections::BTreeSet;

use phone::id::{GroupId, UserId};
use phone::people::group::problems;
use phone::people::import::new_person;
use phone::people::{Group, User};
use store::{Expected, ScimKind, ScimName, Stored, Tx};
use uuid::Uuid;

use super::{Access, Refused};
use crate::secret::{ha1, random_secret};

/// The first extension of who comes without one: room for short ones below.
const FIRST_EXTENSION: u64 = 1_000;
/// Taken ones that are looked at before giving up.
const EXTENSIONS_TRIED_MAX: u64 = 10_000;

/// What a directory says of a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Provision {
    pub called: ScimName,
    pub display_name: String,
    /// None leaves it, or gives a new person a free one.
    pub extension: Option<String>,
    pub email: Option<String>,
    pub department: Option<String>,
    pub office: Option<String>,
    pub country: Option<String>,
    pub enabled: bool,
}

/// What a directory changes of a group; what is none stays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GroupChange {
    pub display_name: Option<String>,
    pub external_id: Option<Option<String>>,
    pub joining: BTreeSet<UserId>,
    pub leaving: BTreeSet<UserId>,
}

impl Access {
    /// Makes a person whom a directory brings. Their phones get a password by hand.
    pub async fn provision_user(&self, wanted: &Provision) -> Result<UserId, Refused> {
        let mut tx = self.change().await?;
        self.check_user_name(&tx, None, wanted).await?;
        let extension = match &wanted.extension {
            Some(extension) => extension.clone(),
            None => self.free_extension(&tx).await?,
        };
        let id = UserId(Uuid::now_v7());
        let tenant = self.tenant_in(&tx).await?;
        let ha1 = ha1(&extension, &tenant.profile.sip_domain, &random_secret());
        let person = new_person(id, &extension, &wanted.display_name);
        let user = wanted.applied_to(User { ha1, ..person });
        self.check_user(&tx, &user, &tenant).await?;
        tx.save_user(self.tenant(), &user, Expected::Absent).await?;
        tx.save_scim_name(self.tenant(), ScimKind::User, id.0, &wanted.called).await?;
        self.settle(tx).await?;
        Ok(id)
    }

    /// Changes a person to what a directory says of them as they are, so that of two changes at once none is lost.
    pub async fn reprovision_user<E>(
        &self,
        id: UserId,
        expected: Expected,
        decide: impl FnOnce(&Stored<User>, Option<&ScimName>) -> Result<Provision, E> + Send,
    ) -> Result<Result<(), E>, Refused> {
        let mut tx = self.change().await?;
        let tenant = self.tenant_in(&tx).await?;
        let found = self.user_in(&tx, &id.to_string()).await?;
        let called = tx.scim_name(self.tenant(), id.0).await?;
        let wanted = match decide(&found, called.as_ref()) {
            Ok(wanted) => wanted,
            Err(unreadable) => return Ok(Err(unreadable)),
        };
        let before = found.value;
        self.check_user_name(&tx, Some(id), &wanted).await?;
        if wanted.extension.as_ref().is_some_and(|extension| *extension != before.extension) {
            let words = "phones log in with extension and password together: change it where a password can be given";
            return Err(Refused::field("extension", "password.needed", words));
        }
        let user = wanted.applied_to(before.clone());
        if user.enabled != before.enabled {
            self.check_accounts_of(&tx, &user).await?;
        }
        self.check_user(&tx, &user, &tenant).await?;
        let is_changed = user != before || called.as_ref() != Some(&wanted.called);
        if is_changed || matches!(expected, Expected::Version(_)) {
            tx.save_user(self.tenant(), &user, expected).await?;
        }
        tx.save_scim_name(self.tenant(), ScimKind::User, id.0, &wanted.called).await?;
        if user.country != before.country {
            tx.queue_people(self.tenant(), &[id].into()).await?;
        }
        self.settle(tx).await?;
        Ok(Ok(self.settle_licenses().await?))
    }

    /// Makes a group that a directory brings, with its people.
    pub async fn provision_group(
        &self,
        group: &Group,
        external_id: Option<String>,
        members: &BTreeSet<UserId>,
    ) -> Result<(), Refused> {
        let mut tx = self.change().await?;
        Refused::for_problems(problems(group, &tx.groups(self.tenant()).await?))?;
        tx.save_group(self.tenant(), group, Expected::Absent).await?;
        let called = ScimName { name: None, external_id };
        tx.save_scim_name(self.tenant(), ScimKind::Group, group.id.0, &called).await?;
        self.check_members(&tx, members).await?;
        tx.join_group(self.tenant(), group.id, members).await?;
        self.settle(tx).await
    }

    /// Changes a group and who is in it, in one change.
    pub async fn reprovision_group(&self, id: GroupId, expected: Expected, change: GroupChange) -> Result<(), Refused> {
        let GroupChange { display_name, external_id, joining, leaving } = change;
        let mut tx = self.change().await?;
        let others = tx.groups(self.tenant()).await?;
        let before = self.group_in(&tx, id).await?;
        let name = display_name.map_or_else(|| before.name.clone(), |name| name.trim().to_owned());
        let group = Group { name, ..before.clone() };
        Refused::for_problems(problems(&group, &others))?;
        if group != before || external_id.is_some() || matches!(expected, Expected::Version(_)) {
            tx.save_group(self.tenant(), &group, expected).await?;
        }
        if let Some(external_id) = external_id {
            let called = ScimName { name: None, external_id };
            tx.save_scim_name(self.tenant(), ScimKind::Group, id.0, &called).await?;
        }
        self.check_members(&tx, &joining).await?;
        let n_left = tx.leave_group(self.tenant(), id, &leaving).await?;
        let n_joined = tx.join_group(self.tenant(), id, &joining).await?;
        if 0 < n_left.saturating_add(n_joined) && !tx.plans_of_group(self.tenant(), id).await?.is_empty() {
            tx.queue_people(self.tenant(), &joining.union(&leaving).copied().collect()).await?;
        }
        self.settle(tx).await?;
        self.settle_licenses().await
    }

    async fn check_members(&self, tx: &Tx, members: &BTreeSet<UserId>) -> Result<(), Refused> {
        let there = tx.people_among(self.tenant(), members).await?;
        match members.difference(&there).next() {
            Some(stranger) => Err(Refused::field("members", "not_found", format!("there is no user {stranger}"))),
            None => Ok(()),
        }
    }

    async fn check_user_name(&self, tx: &Tx, own: Option<UserId>, wanted: &Provision) -> Result<(), Refused> {
        let name = wanted.called.name.as_deref().unwrap_or_default();
        let is_taken = match (tx.user_by_scim_name(self.tenant(), name).await?, own) {
            (Some(owner), own) => Some(owner) != own,
            // Who was here before is found by it, and changed rather than made again.
            (None, None) => tx.is_shown_user_name(self.tenant(), name).await?,
            (None, Some(_)) => false,
        };
        if !is_taken {
            return Ok(());
        }
        Err(Refused::Conflict {
            code: "scim.user_name_taken",
            detail: format!("another person has the userName {name}"),
            fix: Some("choose another userName, or change that person".to_owned()),
        })
    }

    /// An extension that nobody has, beyond those that so many people would have.
    async fn free_extension(&self, tx: &Tx) -> Result<String, Refused> {
        let first = FIRST_EXTENSION.saturating_add(tx.n_users(self.tenant()).await?);
        let emergency = tx.emergency_numbers(&self.tenant_in(tx).await?).await?;
        for extension in (first..first.saturating_add(EXTENSIONS_TRIED_MAX)).map(|it| it.to_string()) {
            let helps = emergency.contains(&extension);
            if !helps && tx.user_by_extension(self.tenant(), &extension).await?.is_none() {
                return Ok(extension);
            }
        }
        let words = "no free extension was found: say which the person is to have";
        Err(Refused::field("extension", "extension.none_free", words))
    }
}

impl Provision {
    fn applied_to(&self, user: User) -> User {
        User {
            display_name: self.display_name.clone(),
            email: self.email.clone(),
            department: self.department.clone(),
            office: self.office.clone(),
            country: self.country.clone(),
            enabled: self.enabled,
            ..user
        }
    }
}
