//! Whom callers of an attendant may find. Specification of voice apps, 1.11 and 2.6.
#![allow(clippy::unwrap_used, reason = "a failing unwrap is a failing test")]

use std::collections::BTreeSet;
use std::sync::Arc;

use phone::apps::attendant::scope::{DialScope, Eligible};
use phone::apps::attendant::search::{Listed, Listing, Match};
use phone::apps::queue::roster::Members;
use phone::id::{GroupId, UserId};
use uuid::Uuid;

#[test]
fn callers_find_whom_the_scope_lets_them_find() {
    let (sales, board, gone) = (group(1), group(2), group(3));
    let members: Members =
        [(sales, set([user(101), user(102)])), (board, set([user(102), user(103)]))].into_iter().collect();
    let all = people(&[(101, "Ann"), (102, "Bob"), (103, "Carol"), (1035, "Dan")]);
    let found = |scope: DialScope| -> Vec<UserId> { all.within(Eligible::new(&scope, &members)).people().collect() };
    let everybody = [101, 102, 103, 1035].map(user);
    assert_eq!(found(DialScope::default()), everybody);
    assert_eq!(found(DialScope { included: Some(vec![sales]), excluded: Vec::new() }), [101, 102].map(user));
    assert_eq!(found(DialScope { included: None, excluded: vec![board] }), [101, 1035].map(user));
    assert_eq!(found(DialScope { included: Some(vec![sales, board]), excluded: vec![board] }), [101].map(user));
    assert_eq!(found(DialScope { included: Some(vec![gone]), excluded: Vec::new() }), []);
    assert_eq!(found(DialScope { included: None, excluded: vec![gone] }), everybody);

    let scope = DialScope { included: None, excluded: vec![group(4)] };
    let members: Members = [(group(4), set([user(1035)]))].into_iter().collect();
    let listed = all.within(Eligible::new(&scope, &members));
    assert_eq!(listed.by_extension("103"), Match::Exact(user(103)), "nobody whom callers find has a longer one");
    assert_eq!(listed.by_extension("1035"), Match::None);
    let named = people(&[(1, "Amos Marcus"), (2, "Amos Marble")]);
    let members: Members = [(group(4), set([user(2)]))].into_iter().collect();
    let named = named.within(Eligible::new(&scope, &members));
    assert_eq!(named.by_name("2667"), [user(1)]);
    assert!(!named.begins_name("62725"), "Marble is not found");
    assert_eq!(named.names().collect::<Vec<_>>(), [(user(1), "Amos Marcus")]);
}

fn group(id: u128) -> GroupId {
    GroupId(Uuid::from_u128(id))
}

fn set<const N: usize>(users: [UserId; N]) -> Arc<BTreeSet<UserId>> {
    Arc::new(users.into_iter().collect())
}

fn people(names: &[(u128, &str)]) -> Listing {
    let listed =
        |(id, name): &(u128, &str)| Listed { extension: id.to_string(), user: user(*id), name: (*name).to_owned() };
    names.iter().map(listed).collect()
}

fn user(id: u128) -> UserId {
    UserId(Uuid::from_u128(id))
}
