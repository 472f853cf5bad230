//! What a call's cost counts for. Specification of numbers, 5.3.

use super::tenant::Tenant;
use crate::id::UserId;
use crate::money::scope::Scope;
use crate::numbers::{Assignee, Number};

impl Tenant {
    /// What a call with a number counts for besides the person and the whole organization: the person's department and
    /// site, or the number's; the service that has the number; and the number's tags.
    pub fn spending_scopes(&self, line: &Number, user: Option<UserId>) -> Vec<Scope> {
        let person = user.and_then(|user| self.users.get(&user));
        let department = person.and_then(|person| person.department.clone()).map(Scope::Department);
        let site = person.and_then(|person| person.site).or(line.site).map(Scope::Site);
        let account = match line.assignee {
            Some(Assignee::ResourceAccount(id)) => Some(Scope::Account(id)),
            Some(Assignee::User(_)) | None => None,
        };
        let tags = line.tags.iter().cloned().map(Scope::Tag);
        [department, site, account].into_iter().flatten().chain(tags).collect()
    }
}
