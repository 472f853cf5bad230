//! Documents with names and places, and policies of sites, on both databases.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeSet;

use jiff::Timestamp;
use phone::id::{PolicyId, PstnUsageId, SiteId, VoiceRouteId};
use phone::numbers::routing::{PstnUsage, VoiceRoute};
use phone::people::Site;
use phone::policies::{Policy, PolicyType, Settings};
use store::{Actor, Expected, Paging, Store, Tx};
use uuid::Uuid;

use crate::people::{add_tenant, add_user};
use crate::place::Place;

on_both_databases![
    a_document_is_found_by_name_whatever_its_capital_letters_and_only_in_its_tenant,
    routes_are_listed_by_their_places_page_by_page,
    a_site_has_one_policy_of_a_type,
];

async fn a_document_is_found_by_name_whatever_its_capital_letters_and_only_in_its_tenant(place: Place) {
    let store = place.open().await;
    let (mine, other) = (add_tenant(&store, "mine").await, add_tenant(&store, "other").await);
    let usage = PstnUsage { id: PstnUsageId(Uuid::now_v7()), name: "Österreich".to_owned(), description: None };
    let mut tx = begin(&store).await;
    tx.save_document(mine, &usage, Expected::Absent).await.unwrap();
    assert_eq!(tx.n_documents::<PstnUsage>(mine).await.unwrap(), 1);
    assert_eq!(tx.n_documents::<VoiceRoute>(mine).await.unwrap(), 0);
    assert!(tx.document_named::<PstnUsage>(mine, "ÖSTERREICH").await.unwrap().is_some());
    tx.commit().await.unwrap();
    let found = async |tenant, name: &str| store.document_named::<PstnUsage>(tenant, name).await.unwrap();
    assert_eq!(found(mine, " österreich ").await.unwrap().value, usage);
    assert!(found(mine, "Österreich%").await.is_none());
    assert!(found(other, "Österreich").await.is_none());
    assert!(store.document_named::<VoiceRoute>(mine, "Österreich").await.unwrap().is_none());
}

async fn routes_are_listed_by_their_places_page_by_page(place: Place) {
    let store = place.open().await;
    let tenant = add_tenant(&store, "demo").await;
    let mut tx = begin(&store).await;
    for priority in [30, 2, 100, 1, 9] {
        tx.save_document(tenant, &route(priority), Expected::Absent).await.unwrap();
    }
    tx.commit().await.unwrap();
    let (mut seen, mut after) = (Vec::new(), None);
    loop {
        let paging = Paging { limit: 2, after, descending: false };
        let page = store.documents_by_place::<VoiceRoute>(tenant, &paging).await.unwrap();
        seen.extend(page.items.into_iter().map(|route| route.value.priority));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(seen, [1, 2, 9, 30, 100]);
    assert_eq!(store.all_documents::<VoiceRoute>(tenant).await.unwrap().len(), 5);
    let loaded = store.load_directory().await.unwrap();
    assert!(loaded.tenant(tenant).unwrap().queues.is_empty(), "routes are no part of the snapshot");
}

async fn a_site_has_one_policy_of_a_type(place: Place) {
    let store = place.open().await;
    let tenant = add_tenant(&store, "demo").await;
    let alice = add_user(&store, tenant, "101", "Alice Adams").await;
    let site = Site {
        id: SiteId(Uuid::now_v7()),
        name: "Boston".to_owned(),
        country: None,
        time_zone: None,
        emergency_location: None,
    };
    let policy = |name: &str| Policy {
        id: Some(PolicyId(Uuid::now_v7())),
        name: name.to_owned(),
        description: None,
        settings: Settings::factory(PolicyType::EmergencyCalling),
    };
    let (one, two) = (policy("one"), policy("two"));
    let sites: BTreeSet<SiteId> = [site.id].into();
    let mut tx = begin(&store).await;
    tx.save_site(tenant, &site, Expected::Absent).await.unwrap();
    for policy in [&one, &two] {
        tx.save_policy(tenant, policy, Expected::Absent).await.unwrap();
        tx.assign_policy_to_sites(tenant, policy, &sites).await.unwrap();
    }
    tx.commit().await.unwrap();
    let there = store.policies_assigned(tenant, alice, None, Some(site.id)).await.unwrap();
    assert_eq!(there[&PolicyType::EmergencyCalling].site, two.id, "in place of the other");
    assert!(store.policies_assigned(tenant, alice, None, None).await.unwrap().is_empty());
    assert_eq!(store.policy_types_of_site(tenant, site.id).await.unwrap(), [PolicyType::EmergencyCalling]);
    let mut tx = begin(&store).await;
    let nobody = (&BTreeSet::new(), &BTreeSet::new(), &BTreeSet::new());
    assert_eq!(tx.unassign_policy(tenant, &one, nobody.0, nobody.1, nobody.2, &sites).await.unwrap(), 0);
    assert_eq!(tx.unassign_policy(tenant, &two, nobody.0, nobody.1, nobody.2, &sites).await.unwrap(), 1);
    tx.commit().await.unwrap();
    assert!(store.policy_types_of_site(tenant, site.id).await.unwrap().is_empty());
}

fn route(priority: u32) -> VoiceRoute {
    VoiceRoute {
        id: VoiceRouteId(Uuid::now_v7()),
        name: format!("route {priority}"),
        description: None,
        priority,
        pattern: "1".to_owned(),
        pstn_usages: Vec::new(),
        trunks: Vec::new(),
        caller_id: None,
    }
}

async fn begin(store: &Store) -> Tx {
    store.begin(Actor::System, Timestamp::UNIX_EPOCH).await.unwrap()
}
