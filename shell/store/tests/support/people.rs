//! An organization and its people, where a test needs some and it does not matter which.

use jiff::Timestamp;
use phone::id::{TenantId, UserId};
use phone::people::tenant::Profile;
use phone::people::user::Ha1;
use phone::people::{Presence, User};
use store::{Actor, Expected, Store, TenantRow};
use uuid::Uuid;

pub fn at(secs: i64) -> Timestamp {
    Timestamp::from_second(1_750_000_000 + secs).unwrap()
}

pub async fn add_tenant(store: &Store, slug: &str) -> TenantId {
    let id = TenantId(Uuid::now_v7());
    let profile = Profile {
        id,
        slug: slug.to_owned(),
        name: slug.to_owned(),
        sip_domain: format!("{slug}.test"),
        time_zone: "America/New_York".to_owned(),
        country: "US".to_owned(),
        language: "en-US".to_owned(),
        state: Default::default(),
        supervision_notice: Default::default(),
        number_pause: None,
        number_mails: Default::default(),
        fallback_operator: None,
    };
    let row = TenantRow {
        profile,
        is_default: true,
        emergency_numbers: vec!["933".to_owned()],
        license_enforcement: Default::default(),
        reseller: None,
    };
    let mut tx = store.begin(Actor::System, at(0)).await.unwrap();
    tx.save_tenant(&row, Expected::Absent).await.unwrap();
    tx.commit().await.unwrap();
    id
}

pub async fn add_user(store: &Store, tenant: TenantId, extension: &str, display_name: &str) -> UserId {
    let user = some_user(extension, display_name);
    let mut tx = store.begin(Actor::System, at(0)).await.unwrap();
    tx.save_user(tenant, &user, Expected::Absent).await.unwrap();
    tx.commit().await.unwrap();
    user.id
}

pub fn some_user(extension: &str, display_name: &str) -> User {
    User {
        id: UserId(Uuid::now_v7()),
        display_name: display_name.to_owned(),
        extension: extension.to_owned(),
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
        ha1: Ha1::default(),
    }
}
