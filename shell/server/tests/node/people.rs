//! People of the organization in the world, and a queue.

use std::collections::BTreeMap;
use std::sync::Arc;

use phone::apps::Priority;
use phone::apps::queue::{Routing, Settings};
use phone::directory::{App, ResourceAccount, TenantParts};
use phone::id::{QueueId, ResourceAccountId, UserId};
use phone::numbers::{Assignee, E164, Number, NumberKind};
use phone::people::{Presence, User};
use uuid::Uuid;

pub const DOMAIN: &str = "test.example";
pub const PASSWORD: &str = "correct horse";
pub const QUEUE_NUMBER: &str = "+14255550110";

const QUEUE: QueueId = QueueId(Uuid::from_u128(3));
const ACCOUNT: ResourceAccountId = ResourceAccountId(Uuid::from_u128(4));

/// Users 102 and 103; 102 is the agent of a queue with a number.
pub fn settle(parts: &mut TenantParts) {
    parts.users = [102, 103].map(|extension| (user_id(extension), Arc::new(user(extension)))).into();
    let account = ResourceAccount {
        id: ACCOUNT,
        display_name: "Sales".to_owned(),
        app: Some(App::Queue(QUEUE)),
        priority: Priority::NORMAL,
    };
    parts.resource_accounts = BTreeMap::from([(ACCOUNT, account)]);
    parts.queues = BTreeMap::from([(QUEUE, Arc::new(queue()))]);
    let number = E164::parse(QUEUE_NUMBER).unwrap();
    let assignee = Some(Assignee::ResourceAccount(ACCOUNT));
    parts.numbers = BTreeMap::from([(number, Number { assignee, ..Number::new(number, NumberKind::ServiceToll) })]);
}

pub fn user_id(extension: u128) -> UserId {
    UserId(Uuid::from_u128(extension))
}

fn user(extension: u128) -> User {
    let ha1 = sip::digest::Ha1::new(&extension.to_string(), DOMAIN, PASSWORD);
    User {
        id: user_id(extension),
        display_name: format!("User {extension}"),
        extension: extension.to_string(),
        email: None,
        department: None,
        office: None,
        aliases: Default::default(),
        site: None,
        country: None,
        presence: Presence::Available,
        voice_enabled: true,
        hidden: false,
        ring_secs: 20,
        enabled: true,
        ha1: phone::people::user::Ha1 { md5: ha1.md5, sha256: ha1.sha256 },
    }
}

fn queue() -> Settings {
    Settings {
        agents: vec![user_id(102)],
        routing: Routing::LongestIdle,
        agent_alert_secs: 20,
        timeout_secs: 60,
        reset_idle_on_miss: true,
        ..Settings::new(QUEUE, "Sales", "en-US")
    }
}
