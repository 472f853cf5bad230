//! Who the agents of a queue are, and in which order. Specification of voice apps, 1.14.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::Settings;
use crate::id::{GroupId, UserId};
use crate::limits::AGENTS_MAX;
use crate::people::User;

/// Who is in the groups that queues name. A group that is gone is not here.
pub type Members = BTreeMap<GroupId, Arc<BTreeSet<UserId>>>;

/// A queue with its agents as of now.
#[derive(Clone, Debug)]
pub struct Staffed {
    pub settings: Arc<Settings>,
    /// In the order in which they are asked.
    pub agents: Arc<[UserId]>,
}

/// The agents of a queue, at most [`AGENTS_MAX`] of them.
///
/// First those whom the queue puts in order, then those whom it names, then members of its groups, group by group and by
/// extension. Who may not be called by an app is left out until that changes.
pub fn roster<'a>(
    settings: &Settings,
    members: &Members,
    person: impl Fn(UserId) -> Option<&'a User>,
) -> Arc<[UserId]> {
    let mut roster = full_roster(settings, members, person);
    roster.truncate(AGENTS_MAX);
    roster.into()
}

/// The same without a limit, to tell whether there are too many.
pub fn full_roster<'a>(
    settings: &Settings,
    members: &Members,
    person: impl Fn(UserId) -> Option<&'a User>,
) -> Vec<UserId> {
    let serves = |user: &UserId| person(*user).is_some_and(may_serve);
    let mut found: Vec<UserId> = settings.agents.iter().copied().filter(serves).collect();
    for group in settings.groups.iter().filter_map(|group| members.get(group)) {
        let mut people: Vec<&User> = group.iter().filter_map(|user| person(*user)).filter(|it| may_serve(it)).collect();
        people.sort_by_key(|user| (&user.extension, user.id));
        found.extend(people.into_iter().map(|user| user.id));
    }
    let mut left: BTreeSet<UserId> = found.iter().copied().collect();
    let first = settings.order.iter().copied();
    first.chain(found).filter(|agent| left.remove(agent)).collect()
}

/// Whether a person can be an agent at all. Specification 1.14.
pub fn may_serve(user: &User) -> bool {
    user.enabled && user.voice_enabled
}

impl From<Arc<Settings>> for Staffed {
    /// With those alone whom the queue names.
    fn from(settings: Arc<Settings>) -> Self {
        let agents = settings.agents.as_slice().into();
        Self { settings, agents }
    }
}
