//! Who may do what: roles as data, grants against a reference model.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeSet;
use std::sync::LazyLock;

use phone::access::role::role_problems;
use phone::access::{Action, Area, BuiltIn, CustomRole, Grant, Grants, Object, Permission, Scope};
use phone::id::{AttendantId, GroupId, QueueId, RoleId, SiteId};
use phone::numbers::{E164, Number, NumberKind};
use phone::problem::Code;
use phone::rule::Broken as _;
use proptest::prelude::*;
use uuid::Uuid;

#[test]
fn roles_allow_what_their_names_say() {
    let table = [
        (BuiltIn::Administrator, "roles.write", true),
        (BuiltIn::CommunicationsAdministrator, "call_queues.write", true),
        (BuiltIn::CommunicationsAdministrator, "accounts.write", false),
        (BuiltIn::TelephonyAdministrator, "numbers.write", true),
        (BuiltIn::TelephonyAdministrator, "users.read", true),
        (BuiltIn::TelephonyAdministrator, "users.write", false),
        (BuiltIn::LicenseAdministrator, "licenses.write", true),
        (BuiltIn::LicenseAdministrator, "numbers.write", false),
        (BuiltIn::UserAdministrator, "users.write", true),
        (BuiltIn::UserAdministrator, "trunks.read", false),
        (BuiltIn::UserAdministrator, "orders.write", false),
        (BuiltIn::BillingAdministrator, "credits.write", true),
        (BuiltIn::BillingAdministrator, "call_records.read", false),
        (BuiltIn::SupportEngineer, "call_records.read", true),
        (BuiltIn::SupportEngineer, "calls.act", false),
        (BuiltIn::SupportSpecialist, "trunks.read", false),
        (BuiltIn::SecurityDesk, "emergency.read", true),
        (BuiltIn::SecurityDesk, "emergency.write", false),
        (BuiltIn::Operator, "calls.act", true),
        (BuiltIn::Operator, "users.write", false),
        (BuiltIn::Viewer, "users.read", true),
        (BuiltIn::Viewer, "calls.act", false),
    ];
    for (role, permission, expected) in table {
        let has = role.permissions().contains(&permission.parse().unwrap());
        assert_eq!(has, expected, "{role:?} {permission}");
    }
    for role in BuiltIn::ALL {
        assert_eq!(BuiltIn::find(role.as_str()), Some(role));
        let only_administrator = ["accounts.write", "api_keys.write", "roles.write", "tenants.write"];
        for permission in only_administrator {
            let has = role.permissions().contains(&permission.parse().unwrap());
            assert_eq!(has, role == BuiltIn::Administrator, "{role:?} could give itself more with {permission}");
        }
    }
}

#[test]
fn permissions_are_read_as_they_are_written() {
    for permission in Permission::all() {
        assert_eq!(permission.to_string().parse(), Ok(permission));
    }
    for text in ["", "numbers", "numbers.", ".write", "numbers.fly", "Numbers.write", "numbers.write.x"] {
        assert!(text.parse::<Permission>().is_err(), "{text}");
    }
}

#[test]
fn a_refusal_says_what_is_missing_and_who_could_give_it() {
    let write = Permission { area: Area::Numbers, action: Action::Write };
    let nothing = Grants::default().may(write, Object::Any).unwrap_err();
    assert_eq!(nothing.to_string(), "this needs the permission numbers.write, which you have not got");
    let fix = nothing.fix();
    assert!(fix.contains("api_keys.write") && fix.contains("telephony_administrator"), "{fix}");
    assert!(!fix.contains("viewer"), "{fix}");
    let scope = Scope::numbers(number(100), number(199)).unwrap();
    let grants = Grants(vec![Grant { permissions: BTreeSet::from([write]), scope }]);
    let elsewhere = grants.may(write, Object::bare_number(number(200))).unwrap_err();
    assert!(elsewhere.to_string().ends_with("for other objects only"), "{elsewhere}");
}

#[test]
fn a_range_ends_where_it_says() {
    let range = Scope::numbers(number(100), number(199)).unwrap();
    for (object, expected) in [
        (Object::bare_number(number(100)), true),
        (Object::bare_number(number(199)), true),
        (Object::bare_number(number(99)), false),
        (Object::bare_number(number(200)), false),
        (Object::bare_number(E164::parse("+142555501500").unwrap()), false),
        (Object::Any, false),
    ] {
        assert_eq!(range.covers(object), expected, "{object:?}");
    }
    assert!(Scope::numbers(number(2), number(1)).is_err());
    assert!(Scope::numbers(number(1), E164::parse("+142555501500").unwrap()).is_err());
}

#[test]
fn numbers_are_told_by_country_and_tag() {
    let of = |text: &str, tag: &str| Number {
        tags: [tag.to_owned()].into(),
        ..Number::new(E164::parse(text).unwrap(), NumberKind::User)
    };
    let [seattle, toronto, paris] =
        [("+12065550100", "Desk"), ("+14165550100", "desk"), ("+33142685300", "Paris")].map(|(n, tag)| of(n, tag));
    for (scope, expected) in [
        (Scope::country("US"), [true, false, false]),
        (Scope::country("CA"), [false, true, false]),
        (Scope::country("FR"), [false, false, true]),
        (Scope::tag(" DESK "), [true, true, false]),
        (Scope::tag("paris"), [false, false, true]),
    ] {
        let covers = [&seattle, &toronto, &paris].map(|it| scope.as_ref().unwrap().covers(Object::of_number(it)));
        assert_eq!(covers, expected, "{scope:?}");
        assert!(!scope.unwrap().covers(Object::Any));
    }
    for bad in [Scope::country("XX"), Scope::country("us of a"), Scope::tag(""), Scope::tag("a|b")] {
        assert!(bad.unwrap_err().to_string().contains("is no "));
    }
}

#[test]
fn a_role_has_a_name_of_its_own() {
    let role = |name: &str| CustomRole {
        id: RoleId(Uuid::from_u128(1)),
        name: name.to_owned(),
        description: None,
        permissions: BTreeSet::new(),
    };
    let codes = |role: &CustomRole, others: &[CustomRole]| {
        role_problems(role, others).into_iter().map(|problem| problem.code).collect::<Vec<_>>()
    };
    let other = CustomRole { id: RoleId(Uuid::from_u128(2)), ..role("Help desk") };
    assert_eq!(codes(&role("Paris"), &[other.clone(), role("Paris")]), []);
    assert_eq!(codes(&role("help DESK"), &[other]), [Code::NameTaken]);
    assert_eq!(codes(&role("Administrator"), &[]), [Code::NameTaken]);
    assert_eq!(codes(&role(" "), &[]), [Code::NameEmpty]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn may_is_what_any_grant_says(grants in grants(), permission in permission(), object in object()) {
        let expected = grants.0.iter().any(|grant| grant.permissions.contains(&permission) && model_covers(&grant.scope, permission.area, object));
        prop_assert_eq!(grants.may(permission, object).is_ok(), expected);
    }

    #[test]
    fn a_wider_scope_allows_no_less(a in scope(), b in scope(), object in object()) {
        if a.contains(&b) && b.covers(object) {
            prop_assert!(a.covers(object));
        }
        prop_assert!(Scope::Tenant.contains(&a) && a.contains(&a));
    }

    #[test]
    fn scopes_that_contain_each_other_are_the_same(a in scope(), b in scope()) {
        prop_assert!(!(a.contains(&b) && b.contains(&a)) || a == b);
    }

    #[test]
    fn one_more_grant_takes_nothing(grants in grants(), one in grant(), permission in permission(), object in object()) {
        let mut more = grants.clone();
        more.0.push(one);
        prop_assert!(grants.may(permission, object).is_err() || more.may(permission, object).is_ok());
    }

    /// Nobody becomes able to do through another what they could not do themselves.
    #[test]
    fn what_is_given_was_had(own in grants(), given in grant(), permission in permission(), object in object()) {
        if own.may_give(&given).is_ok() && given.allows(permission, object) {
            prop_assert!(own.may(permission, object).is_ok());
        }
    }

    #[test]
    fn who_has_a_grant_may_give_it_or_a_part(own in grants(), keep in 0_usize..8) {
        for grant in &own.0 {
            prop_assert!(own.may_give(grant).is_ok());
            let part = Grant { permissions: grant.permissions.iter().take(keep).copied().collect(), ..grant.clone() };
            prop_assert!(own.may_give(&part).is_ok());
        }
        prop_assert!(own.may_govern(&own).is_ok());
    }
}

static TAGS: LazyLock<[BTreeSet<String>; 3]> = LazyLock::new(|| {
    [&[][..], &["Paris"], &["desk", "Night"]].map(|tags| tags.iter().map(|it| (*it).to_owned()).collect())
});

fn number(n: u64) -> E164 {
    E164::from_digits(&(14_255_550_000 + n).to_string()).unwrap()
}

/// The scopes said again, one object at a time.
fn model_covers(scope: &Scope, area: Area, object: Object<'_>) -> bool {
    match (scope, object) {
        (Scope::Tenant, _) => true,
        (Scope::CallQueue(a), Object::CallQueue(b)) => area == Area::CallQueues && *a == b,
        (Scope::AutoAttendant(a), Object::AutoAttendant(b)) => area == Area::AutoAttendants && *a == b,
        (Scope::Group(a), Object::Group(b)) => area == Area::Groups && *a == b,
        (Scope::NumberRange { first, last }, Object::Number { number, .. }) => {
            area == Area::Numbers && first.up_to(*last).any(|one| one == number)
        }
        (Scope::Tag(tag), Object::Number { tags, .. }) => {
            area == Area::Numbers && tags.iter().any(|own| own.to_lowercase() == *tag)
        }
        // All numbers here are of the United States.
        (Scope::Country(code), Object::Number { .. }) => area == Area::Numbers && code == "US",
        (Scope::Site(a), Object::Site(b) | Object::User { site: Some(b) } | Object::Number { site: Some(b), .. }) => {
            matches!(area, Area::Licenses | Area::Numbers | Area::Sites | Area::Users | Area::Voicemail) && *a == b
        }
        _ => false,
    }
}

fn scope() -> impl Strategy<Value = Scope> {
    let id = || (1_u128..3).prop_map(Uuid::from_u128);
    prop_oneof![
        Just(Scope::Tenant),
        id().prop_map(|id| Scope::CallQueue(QueueId(id))),
        id().prop_map(|id| Scope::AutoAttendant(AttendantId(id))),
        id().prop_map(|id| Scope::Group(GroupId(id))),
        id().prop_map(|id| Scope::Site(SiteId(id))),
        prop::sample::select(vec!["paris", "Desk"]).prop_map(|tag| Scope::tag(tag).unwrap()),
        prop::sample::select(vec!["US", "CA", "FR"]).prop_map(|code| Scope::country(code).unwrap()),
        (0_u64..9, 0_u64..9).prop_map(|(first, n)| Scope::numbers(number(first), number(first + n)).unwrap()),
    ]
}

fn object() -> impl Strategy<Value = Object<'static>> {
    let id = || (1_u128..3).prop_map(Uuid::from_u128);
    prop_oneof![
        Just(Object::Any),
        id().prop_map(|id| Object::CallQueue(QueueId(id))),
        id().prop_map(|id| Object::AutoAttendant(AttendantId(id))),
        id().prop_map(|id| Object::Group(GroupId(id))),
        (0_u64..20, prop::option::of(id()), 0_usize..3).prop_map(|(n, site, which)| Object::Number {
            number: number(n),
            site: site.map(SiteId),
            tags: &TAGS[which],
        }),
        id().prop_map(|id| Object::Site(SiteId(id))),
        prop::option::of(id()).prop_map(|site| Object::User { site: site.map(SiteId) }),
    ]
}

fn permission() -> impl Strategy<Value = Permission> {
    let areas = [Area::AutoAttendants, Area::CallQueues, Area::Groups, Area::Numbers, Area::Sites, Area::Users];
    (prop::sample::select(areas.to_vec()), prop::sample::select(Action::ALL.to_vec()))
        .prop_map(|(area, action)| Permission { area, action })
}

fn grant() -> impl Strategy<Value = Grant> {
    (prop::collection::btree_set(permission(), 0..8), scope())
        .prop_map(|(permissions, scope)| Grant { permissions, scope })
}

fn grants() -> impl Strategy<Value = Grants> {
    prop::collection::vec(grant(), 0..4).prop_map(Grants)
}
