//! Objects by the words that the terminal and scripts use: `queue:Sales`, `user:101`.

use phone::apps::mailbox::Mailbox;
use phone::apps::{Priority, Target};
use phone::directory::{App, Tenant};
use phone::id::{AttendantId, QueueId, ResourceAccountId, SharedMailboxId, UserId};
use phone::numbers::E164;
use uuid::Uuid;

/// What may stand before a colon.
pub const KINDS: [&str; 7] = ["account", "attendant", "mailbox", "number", "queue", "user", "voicemail"];

/// A target by kind and name; none if there is no such object.
pub fn target(kind: &str, name: &str, tenant: &Tenant) -> Option<Target> {
    let name = name.trim();
    let priority = Priority::NORMAL;
    match kind {
        "account" => Some(Target::ResourceAccount { id: account(name, tenant)?, priority }),
        "attendant" => Some(Target::Attendant { id: attendant(name, tenant)?, priority }),
        "mailbox" => Some(Target::SharedMailbox { id: mailbox(name, tenant)?, suppress_system_prompt: false }),
        "number" => Some(Target::External { number: E164::parse(name).ok()? }),
        "queue" => Some(Target::Queue { id: queue(name, tenant)?, priority }),
        "user" => Some(Target::User { id: user(name, tenant)? }),
        "voicemail" => Some(Target::Voicemail { id: user(name, tenant)? }),
        _ => None,
    }
}

/// How a target is written.
pub fn of_target(target: &Target, tenant: &Tenant) -> String {
    match target {
        Target::Attendant { id, .. } => of_app(App::Attendant(*id), tenant),
        Target::External { number } => format!("number:{number}"),
        Target::Queue { id, .. } => of_app(App::Queue(*id), tenant),
        Target::ResourceAccount { id, .. } => {
            let name = tenant.resource_accounts.get(id).map(|account| account.display_name.clone());
            format!("account:{}", name.unwrap_or_else(|| id.to_string()))
        }
        Target::SharedMailbox { id, .. } => of_mailbox(Mailbox::Shared(*id), tenant),
        Target::User { id } => format!("user:{}", of_user(*id, tenant)),
        Target::Voicemail { id } => of_mailbox(Mailbox::Person(*id), tenant),
    }
}

/// How an app is written.
pub fn of_app(app: App, tenant: &Tenant) -> String {
    match app {
        App::Attendant(id) => {
            let name = tenant.attendants.get(&id).map(|settings| settings.name.clone());
            format!("attendant:{}", name.unwrap_or_else(|| id.to_string()))
        }
        App::Queue(id) => format!("queue:{}", of_queue(id, tenant)),
    }
}

/// A queue's name, or its id if it is gone.
pub fn of_queue(id: QueueId, tenant: &Tenant) -> String {
    tenant.queues.get(&id).map_or_else(|| id.to_string(), |settings| settings.name.clone())
}

/// How a mailbox is written.
pub fn of_mailbox(mailbox: Mailbox, tenant: &Tenant) -> String {
    match mailbox {
        Mailbox::Person(user) => format!("voicemail:{}", of_user(user, tenant)),
        Mailbox::Shared(id) => {
            let name = tenant.mailboxes.get(&id).map(|settings| settings.name.clone());
            format!("mailbox:{}", name.unwrap_or_else(|| id.to_string()))
        }
    }
}

/// A person's extension, or the id of who is gone.
pub fn of_user(id: UserId, tenant: &Tenant) -> String {
    tenant.users.get(&id).map_or_else(|| id.to_string(), |user| user.extension.clone())
}

/// A person by extension or id.
pub fn user(name: &str, tenant: &Tenant) -> Option<UserId> {
    match tenant.user_by_extension(name) {
        Some(user) => Some(user.id),
        None => id(name).map(UserId).filter(|id| tenant.users.contains_key(id)),
    }
}

/// A queue by name or id.
pub fn queue(name: &str, tenant: &Tenant) -> Option<QueueId> {
    match id(name).map(QueueId).filter(|id| tenant.queues.contains_key(id)) {
        Some(id) => Some(id),
        None => tenant.queues.values().find(|settings| same(&settings.name, name)).map(|settings| settings.id),
    }
}

/// An attendant by name or id.
pub fn attendant(name: &str, tenant: &Tenant) -> Option<AttendantId> {
    match id(name).map(AttendantId).filter(|id| tenant.attendants.contains_key(id)) {
        Some(id) => Some(id),
        None => tenant.attendants.values().find(|settings| same(&settings.name, name)).map(|settings| settings.id),
    }
}

fn mailbox(name: &str, tenant: &Tenant) -> Option<SharedMailboxId> {
    match id(name).map(SharedMailboxId).filter(|id| tenant.mailboxes.contains_key(id)) {
        Some(id) => Some(id),
        None => tenant.mailboxes.values().find(|settings| same(&settings.name, name)).map(|settings| settings.id),
    }
}

fn account(name: &str, tenant: &Tenant) -> Option<ResourceAccountId> {
    match id(name).map(ResourceAccountId).filter(|id| tenant.resource_accounts.contains_key(id)) {
        Some(id) => Some(id),
        None => {
            let mut accounts = tenant.resource_accounts.values();
            accounts.find(|account| same(&account.display_name, name)).map(|account| account.id)
        }
    }
}

fn id(text: &str) -> Option<Uuid> {
    text.parse().ok()
}

fn same(a: &str, b: &str) -> bool {
    a.to_lowercase() == b.to_lowercase()
}
