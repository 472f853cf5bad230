//! What phones in browsers register with.
#![allow(clippy::unwrap_used, reason = "tests")]

use jiff::Timestamp;
use phone::access::phone_credentials::{Holder, Key, UserName};
use phone::id::{TenantId, TrunkId};
use phone::people::user::Ha1;
use uuid::Uuid;

const KEY: Key = Key([7; 32]);
const TENANT: TenantId = TenantId(Uuid::from_u128(1));

fn of(text: &str) -> UserName {
    UserName::read(text).unwrap()
}

#[test]
fn names_say_for_whom_and_until_when() {
    let person = of("102.1764400000");
    assert_eq!(person.holder, Holder::Person("102".to_owned()));
    assert_eq!(person.expires_at.as_second(), 1_764_400_000);
    assert!(!person.has_expired(Timestamp::from_second(1_764_399_999).unwrap()));
    assert!(person.has_expired(Timestamp::from_second(1_764_400_000).unwrap()));
    let outside = of("outside-00000000-0000-0000-0000-000000000007.1764400000");
    assert_eq!(outside.holder, Holder::Outside(TrunkId(Uuid::from_u128(7))));
    for other in ["102", "", ".", "102.", "102.x", "102.+5", "102.05", "outside-7.5", "102.99999999999999999999"] {
        assert_eq!(UserName::read(other), None, "{other}");
    }
}

#[test]
fn a_password_is_good_for_one_name_one_person_and_one_organization() {
    let secret = Ha1 { md5: [1; 16], sha256: [1; 32] };
    let good = of("102.1764400000").password(&KEY, TENANT, Some(&secret));
    assert_eq!(good.len(), 26);
    assert_eq!(good, of("102.1764400000").password(&KEY, TENANT, Some(&secret)));
    let others = [
        of("102.1764400001").password(&KEY, TENANT, Some(&secret)),
        of("103.1764400000").password(&KEY, TENANT, Some(&secret)),
        of("102.1764400000").password(&KEY, TenantId(Uuid::from_u128(2)), Some(&secret)),
        of("102.1764400000").password(&KEY, TENANT, Some(&Ha1 { md5: [1; 16], sha256: [2; 32] })),
        of("102.1764400000").password(&KEY, TENANT, None),
        of("102.1764400000").password(&Key([8; 32]), TENANT, Some(&secret)),
    ];
    assert!(!others.contains(&good));
}
