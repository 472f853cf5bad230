//! What keeps an attendant, a queue, a group or a schedule from being deleted.

use super::people::{named, targets_of_attendant, targets_of_queue};
use super::{App, ResourceAccount};
use crate::apps::Target;
use crate::apps::{attendant, mailbox, queue};
use crate::id::{GroupId, ScheduleId, SharedMailboxId};

/// What leads to an attendant or a queue, as an administrator reads of it. Specification of voice apps, 1.2 and 1.19.
///
/// An app that leads to itself keeps nobody from deleting it.
pub fn uses_of_app(
    app: App,
    attendants: &[attendant::Settings],
    queues: &[queue::Settings],
    accounts: &[ResourceAccount],
) -> Vec<String> {
    let is_app = |target: &Target| match target {
        Target::Attendant { id, .. } => app == App::Attendant(*id),
        Target::Queue { id, .. } => app == App::Queue(*id),
        Target::External { .. }
        | Target::ResourceAccount { .. }
        | Target::SharedMailbox { .. }
        | Target::User { .. }
        | Target::Voicemail { .. } => false,
    };
    let by_attendant = attendants
        .iter()
        .filter(|settings| app != App::Attendant(settings.id) && targets_of_attendant(settings).any(is_app));
    let by_queue =
        queues.iter().filter(|settings| app != App::Queue(settings.id) && targets_of_queue(settings).any(is_app));
    let by_account = accounts.iter().filter(|account| account.app == Some(app));
    let accounts = by_account.map(|account| format!("the resource account {}", account.display_name));
    named(by_attendant, by_queue).into_iter().chain(accounts).collect()
}

/// The apps that name a group, as an administrator reads of them. Specification of voice apps, 1.11, 1.14,
/// 1.15 and 1.17.
pub fn uses_of_group(
    group: GroupId,
    attendants: &[attendant::Settings],
    queues: &[queue::Settings],
    mailboxes: &[mailbox::Settings],
) -> Vec<String> {
    let by_attendant = attendants.iter().filter(|settings| {
        settings.authorized.groups.contains(&group) || settings.dial_scope.groups().any(|named| named == group)
    });
    let by_queue = queues
        .iter()
        .filter(|settings| settings.groups.contains(&group) || settings.authorized.groups.contains(&group));
    let by_mailbox = mailboxes.iter().filter(|settings| settings.groups.iter().any(|one| one.group == group));
    let mailboxes = by_mailbox.map(|settings| format!("the shared mailbox {}", settings.name));
    named(by_attendant, by_queue).into_iter().chain(mailboxes).collect()
}

/// The apps that a schedule says something of, as an administrator reads of them. Specification of voice apps, 1.10.
pub fn uses_of_schedule(
    schedule: ScheduleId,
    attendants: &[attendant::Settings],
    queues: &[queue::Settings],
    mailboxes: &[mailbox::Settings],
) -> Vec<String> {
    let uses = |settings: &&attendant::Settings| settings.associations.iter().any(|one| one.schedule == schedule);
    let by_attendant = attendants.iter().filter(uses);
    let by_queue = queues.iter().filter(|settings| settings.uses_schedule(schedule));
    let is_used =
        |settings: &&mailbox::Settings| settings.after_hours.as_ref().is_some_and(|one| one.schedule == schedule);
    let by_mailbox = mailboxes.iter().filter(is_used);
    let mailboxes = by_mailbox.map(|settings| format!("the shared mailbox {}", settings.name));
    named(by_attendant, by_queue).into_iter().chain(mailboxes).collect()
}

/// What leads to a shared mailbox.
pub fn uses_of_mailbox(
    id: SharedMailboxId,
    attendants: &[attendant::Settings],
    queues: &[queue::Settings],
) -> Vec<String> {
    let is_mailbox = |target: &Target| match target {
        Target::SharedMailbox { id: other, .. } => *other == id,
        Target::Attendant { .. }
        | Target::External { .. }
        | Target::Queue { .. }
        | Target::ResourceAccount { .. }
        | Target::User { .. }
        | Target::Voicemail { .. } => false,
    };
    let by_attendant = attendants.iter().filter(|settings| targets_of_attendant(settings).any(is_mailbox));
    let by_queue = queues.iter().filter(|settings| targets_of_queue(settings).any(is_mailbox));
    named(by_attendant, by_queue)
}
