//! Groups of people.

use std::collections::BTreeSet;

use phone::apps::{attendant, mailbox, queue};
use phone::directory::app_uses::uses_of_group;
use phone::id::{GroupId, UserId};
use phone::people::Group;
use phone::people::group::{check_deletion, problems};
use store::{Expected, Stored, Tx, Version};
use uuid::Uuid;

use super::refused::Fault;
use super::{Access, Refused};

/// People in one request: as many as an import has lines.
const PEOPLE_MAX: usize = 10_000;

impl Access {
    /// A group by id or name.
    pub async fn group(&self, name: &str) -> Result<Stored<Group>, Refused> {
        let id = match name.parse::<Uuid>() {
            Ok(id) => Some(GroupId(id)),
            Err(_) => {
                let names = self.store().group_names(self.tenant()).await?;
                names.into_iter().find(|(_, known)| known.eq_ignore_ascii_case(name)).map(|(id, _)| id)
            }
        };
        let found = match id {
            Some(id) => self.store().group(self.tenant(), id).await?,
            None => None,
        };
        found.ok_or(Refused::NotFound { what: "group" })
    }

    /// Makes a group.
    pub async fn create_group(&self, group: &Group) -> Result<(), Refused> {
        let mut tx = self.change().await?;
        Refused::for_problems(problems(group, &tx.groups(self.tenant()).await?))?;
        tx.save_group(self.tenant(), group, Expected::Absent).await?;
        self.settle(tx).await
    }

    /// Changes a group.
    pub async fn change_group(
        &self,
        id: GroupId,
        expected: Expected,
        change: impl FnOnce(&mut Group) + Send,
    ) -> Result<Version, Refused> {
        let mut tx = self.change().await?;
        let others = tx.groups(self.tenant()).await?;
        let found = others.iter().find(|group| group.id == id).cloned();
        let mut group = found.ok_or(Refused::NotFound { what: "group" })?;
        change(&mut group);
        Refused::for_problems(problems(&group, &others))?;
        let version = tx.save_group(self.tenant(), &group, expected).await?;
        self.settle(tx).await?;
        Ok(version)
    }

    /// Deletes a group that gives no licenses and no agents.
    pub async fn delete_group(&self, id: GroupId, expected: Expected) -> Result<(), Refused> {
        let mut tx = self.change().await?;
        let group = self.group_in(&tx, id).await?;
        let plans = tx.plans_of_group(self.tenant(), id).await?;
        check_deletion(&group, &plans).map_err(|refusal| Refused::by_rule(&refusal))?;
        self.check_policies_of_group(&group).await?;
        let attendants = tx.documents::<attendant::Settings>(self.tenant()).await?;
        let queues = tx.documents::<queue::Settings>(self.tenant()).await?;
        let mailboxes = tx.documents::<mailbox::Settings>(self.tenant()).await?;
        let uses = uses_of_group(id, &attendants, &queues, &mailboxes);
        if !uses.is_empty() {
            return Err(Refused::Conflict {
                code: "group.in_use",
                detail: format!("the members of {} are those of {}", group.name, uses.join(", ")),
                fix: Some("take the group out there first".to_owned()),
            });
        }
        tx.delete_group(self.tenant(), id, expected).await?;
        self.settle(tx).await
    }

    /// Lets people into a group, all of them or none: they get what it gives.
    pub async fn join_group(&self, group: GroupId, people: &[String]) -> Result<(), Refused> {
        let mut tx = self.change().await?;
        self.group_in(&tx, group).await?;
        let users = self.people_in(&tx, people).await?;
        let gives = !tx.plans_of_group(self.tenant(), group).await?.is_empty();
        if 0 < tx.join_group(self.tenant(), group, &users).await? && gives {
            tx.queue_people(self.tenant(), &users).await?;
        }
        self.settle(tx).await?;
        self.settle_licenses().await
    }

    /// Lets people out of a group: what nobody else gives them is taken.
    pub async fn leave_group(&self, group: GroupId, people: &[String]) -> Result<(), Refused> {
        let mut tx = self.change().await?;
        self.group_in(&tx, group).await?;
        let users = self.people_in(&tx, people).await?;
        let gives = !tx.plans_of_group(self.tenant(), group).await?.is_empty();
        if 0 < tx.leave_group(self.tenant(), group, &users).await? && gives {
            tx.queue_people(self.tenant(), &users).await?;
        }
        self.settle(tx).await?;
        self.settle_licenses().await
    }

    /// A group as of a change.
    pub(super) async fn group_in(&self, tx: &Tx, id: GroupId) -> Result<Group, Refused> {
        let found = tx.group(self.tenant(), id).await?;
        Ok(found.ok_or(Refused::NotFound { what: "group" })?.value)
    }

    pub(super) async fn people_in(&self, tx: &Tx, people: &[String]) -> Result<BTreeSet<UserId>, Refused> {
        if PEOPLE_MAX < people.len() {
            let words = format!("at most {PEOPLE_MAX} people in one request");
            return Err(Refused::field("users", "too_many_items", words));
        }
        let ids = people.iter().filter_map(|name| name.parse().ok().map(UserId)).collect();
        let known = tx.people_among(self.tenant(), &ids).await?;
        let extensions: Vec<&str> =
            people.iter().filter(|name| name.parse::<Uuid>().is_err()).map(String::as_str).collect();
        let by_extension = tx.people_by_extension(self.tenant(), &extensions).await?;
        let mut users = BTreeSet::new();
        let mut faults = Vec::new();
        for (index, name) in people.iter().enumerate() {
            let found = match name.parse() {
                Ok(id) => Some(UserId(id)).filter(|id| known.contains(id)),
                Err(_) => by_extension.get(name).copied(),
            };
            match found {
                Some(user) => _ = users.insert(user),
                None => faults.push(Fault {
                    field: format!("users[{index}]"),
                    code: "not_found".to_owned(),
                    message: format!("there is no user {name}"),
                }),
            }
        }
        if faults.is_empty() {
            return Ok(users);
        }
        let detail = format!("{} of {} people do not exist; nothing was changed", faults.len(), people.len());
        Err(Refused::Invalid { code: "group.unknown_people", detail, faults, fix: None })
    }
}
