//! Which policy of one type holds for each person, page by page.

use std::collections::BTreeMap;

use phone::id::{SiteId, UserId};
use phone::people::User;
use phone::policies::effective::Effective;
use phone::policies::{Candidate, PolicyType, effective};
use store::{Page, Paging, UserFilter, UserSort};
use uuid::Uuid;

use crate::admin::{Access, Refused};

/// Part of the people, with what holds for each.
pub struct Everybody {
    pub page: Page<(User, Effective)>,
    /// Names of the policies and groups that are spoken of.
    pub names: BTreeMap<Uuid, String>,
}

impl Access {
    /// Which policy of a type holds for each person, or for each member of a group, by extension.
    pub async fn policies_of_everybody(
        &self,
        kind: PolicyType,
        group: Option<&str>,
        paging: &Paging,
    ) -> Result<Everybody, Refused> {
        let Page { items: users, next } = match group {
            None => {
                let page =
                    self.store().users(self.tenant(), &UserFilter::default(), UserSort::Extension, paging).await?;
                page.map(|user| user.value)
            }
            Some(group) => {
                let group = self.group(group).await?.value.id;
                let page = self.store().group_members(self.tenant(), group, paging).await?;
                let ids: Vec<UserId> = page.items.iter().map(|member| member.id).collect();
                let users = self.store().users_of(self.tenant(), &ids).await?;
                let mut users: Vec<User> = users.into_iter().map(|user| user.value).collect();
                users.sort_by(|one, other| (&one.extension, one.id).cmp(&(&other.extension, other.id)));
                Page { items: users, next: page.next }
            }
        };
        let people: Vec<(UserId, Option<SiteId>)> = users.iter().map(|user| (user.id, user.site)).collect();
        let mut assigned = self.store().policies_assigned_to(self.tenant(), &people, &[kind]).await?;
        let holding = |user: User| {
            let own = assigned.get_mut(&user.id).and_then(|own| own.remove(&kind)).unwrap_or_default();
            (user, effective(kind, &own))
        };
        let items: Vec<(User, Effective)> = users.into_iter().map(holding).collect();
        let spoken_of: Vec<Candidate> = items.iter().map(|(_, effective)| effective.winner).collect();
        let names = self.names_of(spoken_of.into_iter()).await?;
        Ok(Everybody { page: Page { items, next }, names })
    }
}
