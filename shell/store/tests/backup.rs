//! Backups: what was made into one and restored is what it was, on either database; what does not fit changes nothing.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use phone::access::{Assignment, BuiltIn, CustomRole, Permissions, RoleRef};
use phone::apps::mailbox::Mailbox;
use phone::apps::mailbox::pin::Pin;
use phone::id::{
    CallId, GroupId, OrderId, PortDocumentId, PortOrderId, PromptKey, QueueId, RoleId, SharedMailboxId, SiteId,
    StockBlockId, TenantId, TrunkId, UserId, WebhookId,
};
use phone::numbers::number::NumberSource;
use phone::numbers::port::{Details, PortKind, PortNumber, PortOrder, PortState};
use phone::numbers::port_out::pin::PortingPin;
use phone::numbers::stock::{Block, Item, Place as Where};
use phone::numbers::trunk::{SrtpMode, Trunk, TrunkCredentials, TrunkTransport};
use phone::numbers::{Assignee, E164, Number, NumberKind};
use phone::order::{Order, OrderKind, Outcome};
use phone::people::license::{PartNumber, Subscription};
use phone::people::tenant::Profile;
use phone::people::user::Ha1;
use phone::people::{Group, Presence, Site, User};
use phone::record::{CallRecord, CallResult, Direction, EndedBy};
use phone::webhook::Webhook;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use serde_json::Value;
use store::{
    AccountPin, Actor, BackupError, Conflict, Effect, Expected, NewApiToken, OptOut, OrderLine, OrdersOf, Owner,
    Paging, PortStep, PromptKind, PromptMeta, RequestKey, Scope, Store, TenantRow, TokenHash,
};
use uuid::Uuid;

use crate::place::Place;

on_both_databases![
    what_is_damaged_newer_or_cut_off_changes_nothing,
    an_organization_is_restored_beside_others,
    what_is_in_the_way_is_named_and_nothing_is_half_done,
    trying_changes_nothing,
];

/// What an organization has.
#[derive(Clone, Debug)]
struct Content {
    names: Vec<String>,
    secret: String,
    n_numbers: u8,
    n_records: u8,
    n_lines: u8,
    has_group: bool,
}

fn content() -> impl Strategy<Value = Content> {
    let names = prop::collection::vec("[^\0]{1,12}", 1..6);
    (names, "[^\0]{1,20}", 0u8..40, 0u8..80, 0u8..12, any::<bool>()).prop_map(
        |(names, secret, n_numbers, n_records, n_lines, has_group)| Content {
            names,
            secret,
            n_numbers,
            n_records,
            n_lines,
            has_group,
        },
    )
}

#[test]
fn restored_on_sqlite_is_what_it_was() {
    round_trips(12, Place::sqlite, Place::sqlite);
}

#[test]
fn restored_on_postgres_is_what_it_was() {
    round_trips(3, Place::postgres, Place::postgres);
}

#[test]
fn moved_from_sqlite_to_postgres_is_what_it_was() {
    round_trips(3, Place::sqlite, Place::postgres);
}

#[test]
fn moved_from_postgres_to_sqlite_is_what_it_was() {
    round_trips(3, Place::postgres, Place::sqlite);
}

fn round_trips(cases: u32, from: fn() -> Place, to: fn() -> Place) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let config = ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() };
    let mut runner = TestRunner::new(config);
    let tested = runner.run(&prop::collection::vec(content(), 1..3), |contents| {
        runtime.block_on(async {
            let (from, to) = (from(), to());
            let store = from.open().await;
            for (n, content) in contents.iter().enumerate() {
                fill(&store, n, content).await;
            }
            let made = back_up(&store, None).await;
            let restored = to.open().await;
            restore(&restored, &made, None, Effect::Restore).await.unwrap();
            let again = back_up(&restored, None).await;
            prop_assert_eq!(rows(&made), rows(&again));
            prop_assert!(10 < rows(&made).len());
            prop_assert_eq!(secrets(&store).await, secrets(&restored).await);
            prop_assert_eq!(store.last_event().await.unwrap(), restored.last_event().await.unwrap());
            // Events go on behind those that were restored.
            let mut tx = restored.begin(Actor::System, at(9)).await.unwrap();
            let tenant = restored.tenant_by_slug("tenant0").await.unwrap().unwrap();
            tx.save_tenant(&tenant.value, Expected::Any).await.unwrap();
            prop_assert_eq!(tx.commit().await.unwrap(), store.last_event().await.unwrap() + 1);
            Ok(())
        })
    });
    tested.unwrap();
}

async fn what_is_damaged_newer_or_cut_off_changes_nothing(place: Place) {
    let source = Place::sqlite();
    let store = source.open().await;
    fill(&store, 0, &some_content()).await;
    let made = back_up(&store, None).await;
    assert!(store::verify(&made[..]).is_ok());
    for length in [0, 1, 100, made.len() / 2, made.len() - 1] {
        assert!(store::verify(&made[..length]).is_err(), "{length}");
    }
    for position in (0..made.len()).step_by(97) {
        let mut damaged = made.clone();
        damaged[position] ^= 1;
        // A name in the header is nobody's business but the checksum's.
        assert!(store::verify(&damaged[..]).is_err(), "{position}");
    }
    let with_more = [&made[..], b"{}\n"].concat();
    assert!(matches!(store::verify(&with_more[..]), Err(BackupError::Damaged { .. })));
    assert!(matches!(store::verify(&b"SQLite format 3\0"[..]), Err(BackupError::Stranger)));
    let text = String::from_utf8_lossy(&made);
    let newer = text.replacen("m0001_first_tables", "m9999_of_tomorrow", 1);
    assert!(matches!(store::verify(newer.as_bytes()), Err(BackupError::Newer { .. })));
    let newer = text.replacen("\"trunkline_backup\":1", "\"trunkline_backup\":2", 1);
    assert!(matches!(store::verify(newer.as_bytes()), Err(BackupError::Newer { .. })));
    let older = text.replacen("\"m0001_first_tables\",", "", 1);
    assert!(matches!(store::verify(older.as_bytes()), Err(BackupError::Older { .. })));

    // Even one that nobody verified leaves nothing.
    let target = place.open().await;
    let cut = &made[..made.len() - 10];
    assert!(restore(&target, cut, None, Effect::Restore).await.is_err());
    assert!(target.is_empty().await.unwrap());
    assert_eq!(target.last_event().await.unwrap(), 0);
    restore(&target, &made, None, Effect::Restore).await.unwrap();
    let full = restore(&target, &made, None, Effect::Restore).await;
    assert!(matches!(full, Err(BackupError::Conflict(Conflict::NotEmpty { .. }))), "{full:?}");
}

async fn an_organization_is_restored_beside_others(place: Place) {
    let store = place.open().await;
    fill(&store, 0, &some_content()).await;
    fill(&store, 1, &some_content()).await;
    let (whole, one) = (back_up(&store, None).await, back_up(&store, Some("tenant1")).await);
    assert!(!String::from_utf8_lossy(&one).contains("tenant0"), "nothing of another organization is in it");
    let before = rows_of(&whole, "tenant1");
    let kept = rows_of(&whole, "tenant0");
    for made in [&one, &whole] {
        let tenant = store.tenant_by_slug("tenant1").await.unwrap().unwrap().value.profile.id;
        let mut tx = store.begin(Actor::System, at(1)).await.unwrap();
        tx.delete_tenant(tenant, Expected::Any).await.unwrap();
        let last = tx.commit().await.unwrap();
        let (restored, extent) = restore(&store, made, Some("tenant1"), Effect::Restore).await.unwrap();
        assert_eq!(restored.unwrap().id, tenant);
        assert!(0 < extent.n_rows && extent.n_prompts == 1);
        assert!(last < store.last_event().await.unwrap(), "who keeps a copy hears of it");
        let after = back_up(&store, None).await;
        assert_eq!(rows_of(&after, "tenant0"), kept);
        let after = rows_of(&after, "tenant1");
        for (table, rows) in &before {
            // Events got other ids, and one more says that it was restored.
            let n_more = usize::from(table == "events");
            assert!(rows.len() + n_more <= after[table].len(), "{table}");
            assert!(table == "events" || rows == &after[table], "{table}");
        }
    }
    assert_eq!(secrets(&store).await.len(), 2 * secrets_of_one());
}

async fn what_is_in_the_way_is_named_and_nothing_is_half_done(place: Place) {
    let source = Place::sqlite();
    let old = source.open().await;
    fill(&old, 1, &some_content()).await;
    let made = back_up(&old, None).await;
    let conflict = async |store: &Store| match restore(store, &made, Some("tenant1"), Effect::Restore).await {
        Err(BackupError::Conflict(conflict)) => conflict,
        other => panic!("{other:?}"),
    };
    let store = place.open().await;
    assert!(matches!(conflict(&store).await, Conflict::NumbersNotInStock { n_numbers: 1, .. }));
    assert!(store.is_empty().await.unwrap() && store.last_event().await.unwrap() == 0);

    let here = add_tenant(&store, "tenant1", "elsewhere.test").await;
    assert_eq!(conflict(&store).await, Conflict::SlugTaken { slug: "tenant1".to_owned() });
    let mut tx = store.begin(Actor::System, at(1)).await.unwrap();
    tx.delete_tenant(here, Expected::Any).await.unwrap();
    tx.commit().await.unwrap();
    let other = add_tenant(&store, "other", "tenant1.test").await;
    assert_eq!(conflict(&store).await, Conflict::SipDomainTaken { sip_domain: "tenant1.test".to_owned() });
    let mut tx = store.begin(Actor::System, at(1)).await.unwrap();
    tx.delete_tenant(other, Expected::Any).await.unwrap();
    tx.commit().await.unwrap();
    let other = add_tenant(&store, "other", "other.test").await;
    let mut tx = store.begin(Actor::System, at(1)).await.unwrap();
    tx.save_number(other, &some_number(1, 0, None), Expected::Absent).await.unwrap();
    tx.commit().await.unwrap();
    let first = some_number(1, 0, None).number.to_string();
    assert_eq!(conflict(&store).await, Conflict::NumbersTaken { n_numbers: 1, first });

    let unknown = restore(&store, &made, Some("nobody"), Effect::Restore).await;
    assert!(matches!(unknown, Err(BackupError::NoSuchTenant { .. })), "{unknown:?}");
    let unknown = store.back_up(Vec::new(), Some("nobody"), "1", at(1), &|_| Ok(None), &mut |_, _| {}).await;
    assert!(matches!(unknown, Err(BackupError::NoSuchTenant { .. })), "{unknown:?}");
}

async fn trying_changes_nothing(place: Place) {
    let source = Place::sqlite();
    let old = source.open().await;
    fill(&old, 0, &some_content()).await;
    let made = back_up(&old, None).await;
    let store = place.open().await;
    let mut kept = 0;
    let keep = &mut |_: PromptKey, _: &[u8]| {
        kept += 1;
        Ok(())
    };
    let tried = store.restore(&made[..], None, Effect::Try, at(2), keep, &mut |_, _| {}).await.unwrap();
    assert!(0 < tried.1.n_rows && tried.1.n_prompts == 1);
    assert_eq!((kept, store.last_event().await.unwrap()), (0, 0));
    assert!(store.is_empty().await.unwrap());
    assert_eq!(restore(&store, &made, None, Effect::Restore).await.unwrap(), tried);
}

async fn back_up(store: &Store, slug: Option<&str>) -> Vec<u8> {
    let mut made = Vec::new();
    let sound = |key: PromptKey| Ok(Some(key.0.as_bytes().to_vec()));
    store.back_up(&mut made, slug, "0.1.0", at(3), &sound, &mut |_, _| {}).await.unwrap();
    made
}

type Restored = Result<(Option<store::TenantName>, store::Extent), BackupError>;

async fn restore(store: &Store, made: &[u8], slug: Option<&str>, effect: Effect) -> Restored {
    let keep = &mut |key: PromptKey, bytes: &[u8]| {
        assert_eq!(bytes, key.0.as_bytes());
        Ok(())
    };
    store.restore(made, slug, effect, at(4), keep, &mut |_, _| {}).await
}

/// All rows of a backup by table, without what is sealed.
fn rows(made: &[u8]) -> BTreeMap<String, Vec<Vec<Value>>> {
    let mut tables: BTreeMap<String, Vec<Vec<Value>>> = BTreeMap::new();
    let (mut table, mut columns) = (String::new(), Vec::new());
    for line in String::from_utf8_lossy(made).lines() {
        // Sound between the lines may look like the beginning of one.
        if let Ok(mut row) = serde_json::from_str::<Vec<Value>>(line) {
            if ["mailbox_pins", "port_orders", "porting_pins", "trunks", "users", "webhooks"].contains(&table.as_str())
            {
                let sealed = columns.iter().position(|name| name == "secret").unwrap();
                row[sealed] = row[sealed].is_null().into();
            }
            tables.get_mut(&table).unwrap().push(row);
        } else if let Ok(Value::Object(said)) = serde_json::from_str(line)
            && let Some(name) = said.get("table")
        {
            table = name.as_str().unwrap().to_owned();
            columns = said["columns"].as_array().unwrap().clone();
            tables.insert(table.clone(), Vec::new());
        }
    }
    tables
}

/// Those that name an organization.
fn rows_of(made: &[u8], slug: &str) -> BTreeMap<String, Vec<Vec<Value>>> {
    let mut all = rows(made);
    let tenants = &all["tenants"];
    let id = tenants.iter().find(|row| row.contains(&slug.into())).unwrap()[0].clone();
    all.values_mut().for_each(|rows| rows.retain(|row| row.contains(&id)));
    all.retain(|_, rows| !rows.is_empty());
    all
}

/// What is sealed, opened.
async fn secrets(store: &Store) -> BTreeSet<String> {
    let directory = store.load_directory().await.unwrap();
    let tenants = directory.tenants().values();
    let of_tenant = |tenant: &std::sync::Arc<phone::directory::Tenant>| {
        let people = tenant.users.values().map(|user| format!("{} {:?}", user.id, (user.ha1.md5, user.ha1.sha256)));
        let trunks = tenant
            .trunks
            .values()
            .map(|trunk| format!("{} {:?}", trunk.id, trunk.credentials.as_ref().map(|known| known.password.clone())));
        people.chain(trunks).collect::<Vec<_>>()
    };
    let mut secrets: BTreeSet<String> = tenants.flat_map(of_tenant).collect();
    let all = Paging { limit: 100, after: None, descending: false };
    for (tenant, order) in store.port_orders(OrdersOf::All, None, &all).await.unwrap().items {
        let pin = store.account_pin(tenant, order.value.id).await.unwrap();
        secrets.insert(format!("{} {pin:?}", order.value.id));
    }
    for tenant in directory.tenants().keys() {
        let tx = store.begin(Actor::System, at(5)).await.unwrap();
        let (pin, _) = tx.porting_pin(*tenant).await.unwrap().unwrap();
        assert!(pin.is(&porting_pin()));
        let (pin, _) = tx.mailbox_pin(*tenant, pinned(*tenant)).await.unwrap().unwrap();
        assert!(pin.is(&mailbox_pin()));
        drop(tx);
        secrets.insert(format!("{tenant} has its porting PIN"));
        for hook in store.webhooks(Owner::Tenant(*tenant), &all).await.unwrap().items {
            let secret = store.webhook_secret(hook.value.webhook.id).await.unwrap();
            secrets.insert(format!("{} {secret:?}", hook.value.webhook.id));
        }
    }
    secrets
}

fn secrets_of_one() -> usize {
    some_content().names.len() + 4
}

fn at(secs: i64) -> Timestamp {
    Timestamp::from_second(1_750_000_000 + secs).unwrap()
}

fn some_content() -> Content {
    Content {
        names: vec!["Älice".to_owned(), "b\"o\\b".to_owned(), "line\nend".to_owned()],
        secret: "a secret".to_owned(),
        n_numbers: 3,
        n_records: 70,
        n_lines: 4,
        has_group: true,
    }
}

fn some_number(tenant: usize, n: u8, assignee: Option<Assignee>) -> Number {
    let number = E164::parse(&format!("+1425555{:02}{n:02}", 10 + tenant)).unwrap();
    Number { assignee, ..Number::new(number, NumberKind::User) }
}

async fn add_tenant(store: &Store, slug: &str, sip_domain: &str) -> TenantId {
    let id = TenantId(Uuid::now_v7());
    let profile = Profile {
        id,
        slug: slug.to_owned(),
        name: slug.to_owned(),
        sip_domain: sip_domain.to_owned(),
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
        is_default: slug == "tenant0",
        emergency_numbers: Vec::new(),
        license_enforcement: Default::default(),
        reseller: None,
    };
    let mut tx = store.begin(Actor::System, at(0)).await.unwrap();
    tx.save_tenant(&row, Expected::Absent).await.unwrap();
    tx.commit().await.unwrap();
    id
}

/// Gives a new organization something of each kind.
async fn fill(store: &Store, n: usize, content: &Content) {
    let slug = format!("tenant{n}");
    let tenant = add_tenant(store, &slug, &format!("{slug}.test")).await;
    let mut tx = store.begin(Actor::Token(content.secret.clone()), at(1)).await.unwrap();
    let hash = TokenHash::of(&format!("{tenant}"));
    let id = RoleId(Uuid::now_v7());
    let role = CustomRole { id, name: "Desk".to_owned(), description: None, permissions: Permissions::new() };
    tx.save_role(tenant, &role, Expected::Absent).await.unwrap();
    let held = [RoleRef::BuiltIn(BuiltIn::Viewer), RoleRef::Custom(id)];
    let held = held.map(|role| Assignment { role, scope: phone::access::Scope::Tenant });
    let scope = Scope::Tenant(tenant);
    let token = NewApiToken { name: "ann", scope, assignments: &held, hash, expires_at: Some(at(50)) };
    tx.create_api_token(token).await.unwrap();
    let site = some_site();
    tx.save_site(tenant, &site, Expected::Absent).await.unwrap();
    let mut people = BTreeSet::new();
    for (m, name) in content.names.iter().enumerate() {
        let user = User { site: Some(site.id), ..some_user(format!("{}", 100 + m), name.clone()) };
        tx.save_user(tenant, &user, Expected::Absent).await.unwrap();
        people.insert(user.id);
    }
    let first = *people.first().unwrap();
    tx.set_presence(tenant, first, Presence::Away).await.unwrap();
    tx.opt_out(OptOut { tenant, queue: QueueId(Uuid::now_v7()), agent: first }).await.unwrap();
    let plans = [PartNumber("MCOEV".to_owned())].into();
    tx.save_subscription(tenant, &PartNumber("MCOEV".to_owned()), &Subscription::open(5), Expected::Absent)
        .await
        .unwrap();
    tx.save_direct_licenses(tenant, first, &plans).await.unwrap();
    tx.save_licenses(tenant, first, &plans).await.unwrap();
    tx.save_number_quota(tenant, NumberKind::User, Some(7)).await.unwrap();
    if content.has_group {
        let group = Group { id: GroupId(Uuid::now_v7()), name: "All".to_owned(), description: None };
        tx.save_group(tenant, &group, Expected::Absent).await.unwrap();
        tx.save_group_plans(tenant, group.id, &plans).await.unwrap();
        tx.join_group(tenant, group.id, &people).await.unwrap();
        tx.queue_members(tenant, group.id).await.unwrap();
    }
    tx.save_trunk(tenant, &some_trunk(&content.secret), 1, Expected::Absent).await.unwrap();
    let prompt = PromptMeta {
        key: PromptKey(Uuid::now_v7()),
        kind: PromptKind::AudioFile,
        name: content.secret.clone(),
        language: "en-US".to_owned(),
        duration_ms: 1_000,
        size_bytes: 16,
        created_at: at(1),
    };
    tx.save_prompt(tenant, &prompt).await.unwrap();
    for m in 0..content.n_numbers {
        let number = some_number(n, m, (m == 0).then_some(Assignee::User(first)));
        tx.save_number(tenant, &number, Expected::Absent).await.unwrap();
    }
    sell_a_number(&mut tx, tenant, n).await;
    order_a_number(&mut tx, tenant, n, &content.secret).await;
    let lines: Vec<OrderLine> = (0..content.n_lines)
        .map(|line| OrderLine {
            line: line.into(),
            wish: Some(serde_json::json!({ "line": line, "name": content.secret })),
            outcome: (line % 2 == 0).then_some(Outcome::Done(None)),
        })
        .collect();
    let id = OrderId(Uuid::now_v7());
    let order = Order::new(id, OrderKind::NumberImport, "token:ann".to_owned(), at(1), u32::from(content.n_lines));
    let key = RequestKey { key: "monday".to_owned(), digest: vec![0, 255] };
    tx.create_order(tenant, &order, Some(&key), &lines).await.unwrap();
    tx.commit().await.unwrap();
    let records: Vec<_> = (0..content.n_records).map(|n| some_record(tenant, n)).collect();
    store.insert_call_records(&records).await.unwrap();
}

/// A number of the platform's stock, held by the organization.
async fn sell_a_number(tx: &mut store::Tx, tenant: TenantId, n: usize) {
    let block = Block {
        id: StockBlockId(Uuid::now_v7()),
        carrier: "Carrier".to_owned(),
        country: "US".to_owned(),
        city: None,
        region: None,
        sms: false,
        kind: NumberKind::User,
    };
    let of_plan = Number { source: NumberSource::CallingPlan, ..some_number(n, 99, None) };
    tx.add_stock(&block, &[of_plan.number].into()).await.unwrap();
    let item = Item { number: of_plan.number, block: block.id, kind: block.kind, place: Where::Sold { tenant } };
    tx.save_stock_items(&[item]).await.unwrap();
    tx.save_number(tenant, &of_plan, Expected::Absent).await.unwrap();
}

/// A number that comes from another carrier, where the account has a PIN.
async fn order_a_number(tx: &mut store::Tx, tenant: TenantId, n: usize, pin: &str) {
    let details = Details {
        name: "From elsewhere".to_owned(),
        country: "US".to_owned(),
        kind: PortKind::Geographic,
        usage: NumberKind::User,
        losing_carrier: "Carrier".to_owned(),
        account_number: "1".to_owned(),
        billing_number: None,
        new_billing_number: None,
        closes_account: false,
        organization_name: "Organization".to_owned(),
        authorized_user: "Ann".to_owned(),
        service_address: "1 Main Street".to_owned(),
        requested_date: None,
        notification_emails: Vec::new(),
        operator: None,
    };
    let draft = PortNumber { state: PortState::Draft, assign_to: None, transfer_at: None, reason: None };
    let order = PortOrder {
        id: PortOrderId(Uuid::now_v7()),
        details,
        numbers: [(some_number(n, 98, None).number, draft)].into(),
        has_account_pin: true,
        signature: None,
        n_submitted: 0,
        documents: Vec::new(),
    };
    let step = PortStep {
        at: at(1),
        actor: "token:ann".to_owned(),
        what: "created".to_owned(),
        numbers: Vec::new(),
        transfer_at: None,
        note: None,
    };
    tx.save_port_order(tenant, &order, AccountPin::Set(pin), &step, Expected::Absent).await.unwrap();
    tx.add_port_document(tenant, order.id, PortDocumentId(Uuid::now_v7()), b"%PDF-1.7\n\xff").await.unwrap();
    tx.set_porting_pin(tenant, &porting_pin()).await.unwrap();
    tx.set_mailbox_pin(tenant, pinned(tenant), &mailbox_pin()).await.unwrap();
    let webhook = Webhook {
        id: WebhookId(Uuid::now_v7()),
        name: "Inventory".to_owned(),
        url: "https://inventory.example/".to_owned(),
        events: ["*".to_owned()].into(),
        enabled: true,
    };
    tx.create_webhook(Owner::Tenant(tenant), &webhook, pin.as_bytes()).await.unwrap();
}

/// A mailbox with a PIN, one for each organization.
fn pinned(tenant: TenantId) -> Mailbox {
    Mailbox::Shared(SharedMailboxId(tenant.0))
}

fn mailbox_pin() -> Pin {
    Pin::parse_new("4711").unwrap()
}

fn porting_pin() -> PortingPin {
    PortingPin::parse("4711081542").unwrap()
}

fn some_site() -> Site {
    Site {
        id: SiteId(Uuid::now_v7()),
        name: "Lyon".to_owned(),
        country: None,
        time_zone: None,
        emergency_location: None,
    }
}

fn some_user(extension: String, display_name: String) -> User {
    let id = UserId(Uuid::now_v7());
    let mut ha1 = Ha1::default();
    ha1.md5.copy_from_slice(id.0.as_bytes());
    User {
        id,
        display_name,
        extension,
        email: None,
        department: None,
        aliases: Default::default(),
        office: None,
        country: None,
        presence: Presence::Available,
        voice_enabled: true,
        hidden: false,
        ring_secs: 20,
        enabled: true,
        site: None,
        ha1,
    }
}

fn some_trunk(password: &str) -> Trunk {
    Trunk {
        id: TrunkId(Uuid::now_v7()),
        name: "carrier".to_owned(),
        host: "127.0.0.1".to_owned(),
        port: None,
        transport: TrunkTransport::Udp,
        sources: Vec::new(),
        credentials: Some(TrunkCredentials { realm: None, user: "us".to_owned(), password: password.to_owned() }),
        country: None,
        srtp: SrtpMode::Off,
        codecs: vec!["PCMU".to_owned()],
        n_calls_max: None,
        no_answer_secs: 5,
        enabled: true,
        description: None,
        settings: Default::default(),
    }
}

fn some_record(tenant: TenantId, n: u8) -> CallRecord {
    CallRecord {
        id: CallId(Uuid::from_u64_pair(tenant.0.as_u64_pair().1, n.into())),
        tenant,
        direction: Direction::Inbound,
        from: format!("+1415555{n:04}"),
        from_name: None,
        to: "+14255550100".to_owned(),
        started_at: at(n.into()),
        answered_at: None,
        ended_at: at(110),
        talk_seconds: 0,
        result: CallResult::Abandoned,
        status: None,
        reason: None,
        answered_by: None,
        answered_by_user: None,
        ended_by: EndedBy::Caller,
        legs: Vec::new(),
        path: Vec::new(),
        cause: None,
        decisions: Vec::new(),
        signature: None,
        attempts: Vec::new(),
        segments: Vec::new(),
    }
}
