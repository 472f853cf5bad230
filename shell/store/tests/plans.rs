//! How SQLite finds what lists show: by an index that leads to the page, never through rows that it does not show. The
//! plans don't depend on what is in the database, as nothing counts its rows (`ANALYZE`).

use std::sync::{Arc, Mutex};

use jiff::Timestamp;
use phone::apps::mailbox::Mailbox;
use phone::apps::mailbox::message::Status;
use phone::id::{CallId, GroupId, OperatorId, PolicyId, ResourceAccountId, SiteId, TenantId, UserId, WebhookId};
use phone::money::ledger::EntryKind;
use phone::numbers::number::{Category, NumberState};
use phone::numbers::pattern::Pattern;
use phone::numbers::port::PortState;
use phone::numbers::port_out::OutState;
use phone::numbers::routing::{DialPlan, VoiceRoute};
use phone::numbers::schedule::Schedule;
use phone::numbers::{E164, NumberKind};
use phone::order::OrderKind;
use phone::people::tenant::Profile;
use phone::people::user::Ha1;
use phone::people::{Group, Presence, User};
use phone::policies::PolicyType;
use phone::policies::types::HolderKind;
use phone::record::{CallResult, Direction};
use sea_orm::{ConnectionTrait as _, Statement};
use uuid::Uuid;

use store::internals::{NAMED_MAX, Wanted, reader};
use store::{
    Actor, ChargeFilter, Cursor, CursorKey, EventFilter, Expected, LedgerFilter, LineState, MessageFilter,
    NumberFilter, NumbersOf, Open, OrdersOf, Owner, Paging, Parts, PortOutFilter, RecordFilter, RecordSort, RequestsOf,
    Scope, StockQuery, Store, TenantRow, UserFilter, UserSort,
};

const TENANT: TenantId = TenantId(Uuid::from_u128(1));

/// A store whose questions are written down.
struct Asked {
    store: Store,
    statements: Arc<Mutex<Vec<Statement>>>,
    faults: Vec<String>,
    _directory: tempfile::TempDir,
}

impl Asked {
    async fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", directory.path().join("trunkline.db").display());
        let mut store = Store::open(&Open { url, key_file: directory.path().join("secrets.key") }).await.unwrap();
        let statements: Arc<Mutex<Vec<Statement>>> = Arc::default();
        let written = statements.clone();
        reader(&mut store).set_metric_callback(move |info| written.lock().unwrap().push(info.statement.clone()));
        Self { store, statements, faults: Vec::new(), _directory: directory }
    }

    /// Judges what was asked for a list since the last time; `by` is a part of the plan that there must be.
    async fn judge(&mut self, what: &str, by: &str) {
        let asked = std::mem::take(&mut *self.statements.lock().unwrap());
        let mut plans = Vec::new();
        for statement in asked {
            let plan = self.plan(&statement).await;
            let faults = faults(&statement.sql, &plan).into_iter();
            self.faults.extend(faults.map(|fault| format!("{what}: {fault}\n    {}", statement.sql)));
            plans.extend(plan);
        }
        if !plans.iter().any(|step| step.contains(by)) {
            self.faults.push(format!("{what}: not by {by} but {plans:#?}"));
        }
        self.statements.lock().unwrap().clear();
    }

    async fn plan(&mut self, statement: &Statement) -> Vec<String> {
        let mut explain = statement.clone();
        explain.sql = format!("EXPLAIN QUERY PLAN {}", statement.sql);
        let steps = reader(&mut self.store).query_all_raw(explain).await.unwrap();
        steps.iter().map(|step| step.try_get("", "detail").unwrap()).collect()
    }

    fn end(self) {
        assert!(self.faults.is_empty(), "{}", self.faults.join("\n"));
    }
}

/// What is wrong with a plan of a list.
fn faults(sql: &str, plan: &[String]) -> Vec<String> {
    // Rows of nobody: that 1 is not 2 is seen before any row is read.
    if sql.ends_with("? = ?") {
        return Vec::new();
    }
    let is_page = sql.contains("LIMIT");
    let is_search = sql.contains("LIKE");
    let rows_by_id = plan.iter().any(|step| step.starts_with("LIST SUBQUERY"));
    let wrong = |step: &&String| {
        let reads_tenant = step.ends_with("(tenant=?)") && !step.contains("COVERING INDEX");
        // Plans that somebody can buy are some dozen for all organizations, and read whole.
        (step.starts_with("SCAN") && !["SCAN country_profiles", "SCAN license_plans"].contains(&step.as_str()))
            // What is beside a page is found by what is on it; what is searched is in the index.
            || (reads_tenant && (is_search || !is_page))
            // A page that was found in an index is put in order once more; nothing else is sorted as a whole.
            || (step.as_str() == "USE TEMP B-TREE FOR ORDER BY" && !rows_by_id)
    };
    plan.iter().filter(wrong).cloned().collect()
}

fn pages(key: CursorKey) -> [Paging; 3] {
    let after = Some(Cursor { key, id: Uuid::from_u128(7) });
    [
        Paging { limit: 100, after: None, descending: false },
        Paging { limit: 100, after: after.clone(), descending: false },
        Paging { limit: 100, after, descending: true },
    ]
}

fn by_text() -> [Paging; 3] {
    pages(CursorKey::Text("m".to_owned()))
}

fn by_integer() -> [Paging; 3] {
    pages(CursorKey::Integer(7))
}

#[test]
fn a_plan_that_reads_too_much_is_seen() {
    let is_wrong = |sql: &str, step: &str| !faults(sql, &[step.to_owned()]).is_empty();
    assert!(is_wrong("SELECT … LIMIT 101", "SCAN users"));
    assert!(!is_wrong("SELECT …", "SCAN license_plans"));
    assert!(is_wrong("SELECT …", "SEARCH licenses USING INDEX licenses_by_plan (tenant=?)"));
    assert!(is_wrong("SELECT … LIKE … LIMIT 101", "SEARCH users USING INDEX users_by_extension (tenant=?)"));
    assert!(is_wrong("SELECT … LIMIT 101", "USE TEMP B-TREE FOR ORDER BY"));
    assert!(!is_wrong("SELECT … LIKE … LIMIT 101", "SEARCH users USING COVERING INDEX users_in_order (tenant=?)"));
    assert!(!is_wrong("SELECT …", "SEARCH licenses USING INDEX licenses_by_user (tenant=? AND user=?)"));
}

#[tokio::test]
async fn people_are_listed_by_indexes() {
    let mut asked = Asked::new().await;
    let all = UserFilter::default;
    let filters = [
        ("all", all(), "users_in_order (tenant=?", "users_by_name (tenant=?"),
        (
            "part of the name",
            UserFilter { display_name: Some("Ali".to_owned()), ..all() },
            "users_in_order",
            "users_by_name",
        ),
        (
            "department",
            UserFilter { department: Some("Sales".to_owned()), ..all() },
            "users_by_department (tenant=? AND department=?",
            "users_by",
        ),
        (
            "site",
            UserFilter { site: Some(SiteId(Uuid::nil())), ..all() },
            "users_by_site (tenant=? AND site=?",
            "users_by",
        ),
        ("enabled", UserFilter { enabled: Some(false), ..all() }, "users_in_order", "users_by_name"),
        (
            "extension",
            UserFilter { extension: Some("101".to_owned()), ..all() },
            "(tenant=? AND extension=?",
            "(tenant=?",
        ),
    ];
    for (what, filter, by_extension, by_name) in filters {
        for paging in by_text() {
            asked.store.users(TENANT, &filter, UserSort::Extension, &paging).await.unwrap();
            asked.judge(&format!("people by extension, {what}"), by_extension).await;
            asked.store.users(TENANT, &filter, UserSort::DisplayName, &paging).await.unwrap();
            asked.judge(&format!("people by name, {what}"), by_name).await;
        }
    }
    for paging in by_text().iter().skip(1) {
        asked.store.users(TENANT, &all(), UserSort::Extension, paging).await.unwrap();
        asked.judge("a later page", if paging.descending { "extension<?" } else { "extension>?" }).await;
    }
    asked.end();
}

#[tokio::test]
async fn money_is_listed_by_indexes() {
    let mut asked = Asked::new().await;
    let kind = LedgerFilter { kind: Some(EntryKind::Charge), call: None };
    let call = LedgerFilter { kind: None, call: Some(CallId(Uuid::nil())) };
    let of_user = ChargeFilter { user: Some(UserId(Uuid::nil())), ..ChargeFilter::default() };
    for paging in by_integer() {
        asked.store.ledger(TENANT, &LedgerFilter::default(), &paging).await.unwrap();
        asked.judge("the ledger", "ledger_entries_by_seq (tenant=?").await;
        asked.store.ledger(TENANT, &kind, &paging).await.unwrap();
        asked.judge("entries of a kind", "ledger_entries_by_kind (tenant=? AND kind=?").await;
        asked.store.ledger(TENANT, &call, &paging).await.unwrap();
        asked.judge("entries of a call", "ledger_entries_by_call (tenant=? AND call=?").await;
        asked.store.lots(TENANT, &paging).await.unwrap();
        asked.judge("lots", "credit_lots_by_purchase (tenant=?").await;
        asked.store.charges(TENANT, &ChargeFilter::default(), &paging).await.unwrap();
        asked.judge("charges", "call_charges_by_answer (tenant=?").await;
        asked.store.charges(TENANT, &of_user, &paging).await.unwrap();
        asked.judge("charges of a person", "call_charges_by_user (tenant=? AND user=?").await;
    }
    asked.store.lots_left(TENANT).await.unwrap();
    asked.judge("lots that have anything left", "credit_lots_left (tenant=? AND is_used_up=?").await;
    asked.store.charges_of(TENANT, &[CallId(Uuid::nil())]).await.unwrap();
    asked.judge("charges of calls", "call=?").await;
    asked.end();
}

#[tokio::test]
async fn what_is_beside_people_is_found_by_them() {
    let mut asked = Asked::new().await;
    for n in [1_u128, 100, 1_000] {
        let people: Vec<UserId> = (0..n).map(|id| UserId(Uuid::from_u128(id))).collect();
        let ids: Vec<Uuid> = people.iter().map(|user| user.0).collect();
        asked.store.licenses(TENANT, people.clone()).await.unwrap();
        asked.judge("licenses", "user=?)").await;
        asked.store.presences(Wanted::Users(TENANT, &people)).await.unwrap();
        asked.judge("presences", "user=?)").await;
        asked.store.numbers_of_people(TENANT, &people).await.unwrap();
        asked.judge("numbers of people", "numbers_by_user (tenant=? AND assignee_user=?)").await;
        asked.store.users_of(TENANT, &people).await.unwrap();
        asked.judge("named people", "id=?)").await;
        asked.store.scim_names(TENANT, &ids).await.unwrap();
        asked.judge("names elsewhere", "object=?)").await;
        let calls: Vec<CallId> = ids.iter().map(|id| CallId(*id)).collect();
        asked.store.call_facts(TENANT, &calls).await.unwrap();
        asked.judge("facts of calls", "call=?)").await;
    }
    asked.end();
}

#[tokio::test]
async fn numbers_are_listed_by_indexes() {
    let mut asked = Asked::new().await;
    let (all, now) = (NumberFilter::default, Timestamp::UNIX_EPOCH);
    let ranges = vec![(E164::parse("+14255550100").unwrap(), E164::parse("+14255550199").unwrap())];
    let filters = [
        ("all", all(), "numbers_in_order (tenant=?"),
        (
            "digits",
            NumberFilter { digits: Some("0101".to_owned()), ..all() },
            "COVERING INDEX numbers_in_order (tenant=?",
        ),
        ("unassigned", NumberFilter { assigned: Some(false), ..all() }, "COVERING INDEX numbers_by_"),
        ("assigned", NumberFilter { assigned: Some(true), ..all() }, "COVERING INDEX numbers_in_order"),
        (
            "user",
            NumberFilter { user: Some(UserId(Uuid::nil())), ..all() },
            "numbers_by_user (tenant=? AND assignee_user=?",
        ),
        (
            "resource account",
            NumberFilter { resource_account: Some(ResourceAccountId(Uuid::nil())), ..all() },
            "numbers_by_resource_account (tenant=? AND assignee_resource_account=?",
        ),
        (
            "source",
            NumberFilter { source: Some(NumbersOf::Operator), ..all() },
            "numbers_by_source (tenant=? AND source=?",
        ),
        ("held", NumberFilter { state: Some((NumberState::Held, now)), ..all() }, "numbers_held (tenant=?"),
        ("blocked", NumberFilter { state: Some((NumberState::Blocked, now)), ..all() }, "numbers_blocked (tenant=?"),
        ("free", NumberFilter { state: Some((NumberState::Unassigned, now)), ..all() }, "INDEX numbers_"),
        ("in use", NumberFilter { state: Some((NumberState::Assigned, now)), ..all() }, "INDEX numbers_in_order"),
        ("kind", NumberFilter { kind: Some(NumberKind::User), ..all() }, "numbers_by_kind (tenant=? AND kind=?"),
        ("category", NumberFilter { category: Some(Category::Private), ..all() }, "COVERING INDEX"),
        ("site", NumberFilter { site: Some(SiteId(Uuid::nil())), ..all() }, "numbers_by_site (tenant=? AND site=?"),
        ("tag", NumberFilter { tag: Some("front desk".to_owned()), ..all() }, "number_tags_by_tag (tenant=? AND tag=?"),
        (
            "operator",
            NumberFilter { operator: Some(OperatorId(Uuid::nil())), ..all() },
            "numbers_by_operator (operator=? AND tenant=?",
        ),
        (
            "a range",
            NumberFilter { within: Some(Parts { ranges, ..Parts::default() }), ..all() },
            "numbers_in_order (tenant=?",
        ),
        (
            "a part by tag",
            NumberFilter { within: Some(Parts { tags: vec!["desk".to_owned()], ..Parts::default() }), ..all() },
            "number_tags_by_tag (tenant=? AND tag=?",
        ),
        (
            "a part by country",
            NumberFilter { within: Some(Parts { calling_codes: vec!["44".to_owned()], ..Parts::default() }), ..all() },
            "numbers_in_order (tenant=?",
        ),
        (
            "digits of a kind, unassigned",
            NumberFilter {
                digits: Some("0101".to_owned()),
                kind: Some(NumberKind::User),
                assigned: Some(false),
                ..all()
            },
            "COVERING INDEX",
        ),
    ];
    for (what, filter, by) in filters {
        for paging in pages(CursorKey::Text("+14255550150".to_owned())) {
            asked.store.numbers(TENANT, &filter, &paging).await.unwrap();
            asked.judge(&format!("numbers, {what}"), by).await;
        }
    }
    asked.end();
}

#[tokio::test]
async fn groups_are_listed_by_indexes() {
    let mut asked = Asked::new().await;
    let group = GroupId(Uuid::from_u128(9));
    for paging in by_text() {
        asked.store.groups(TENANT, &paging).await.unwrap();
        asked.judge("groups", "groups_by_name (tenant=?").await;
        asked.store.group_members(TENANT, group, &paging).await.unwrap();
        asked.judge("members", "group_members_by_tenant (tenant=? AND group=?)").await;
    }
    asked.store.progress_of_groups(TENANT, &[group, GroupId(Uuid::nil())]).await.unwrap();
    asked.judge("progress", "COVERING INDEX license_failures_by_group (tenant=? AND group=?)").await;
    fill(&asked.store, group).await;
    asked.statements.lock().unwrap().clear();
    for paging in by_text() {
        asked.store.group_members(TENANT, group, &paging).await.unwrap();
        asked.judge("members of a big group", "AND group=? AND user=?)").await;
    }
    asked.end();
}

#[tokio::test]
async fn what_happened_is_listed_by_indexes() {
    let mut asked = Asked::new().await;
    let all = EventFilter::default;
    let events = [
        ("all", all(), "events_by_id (tenant=?"),
        ("noun", EventFilter { noun: Some("user".to_owned()), ..all() }, "events_by_noun (tenant=? AND noun=?"),
        ("actor", EventFilter { actor: Some("system".to_owned()), ..all() }, "events_by_actor (tenant=? AND actor=?"),
        (
            "object",
            EventFilter { noun: Some("user".to_owned()), object: Some("7".to_owned()), ..all() },
            "events_by_object (tenant=? AND noun=? AND object=?",
        ),
    ];
    for (what, filter, by) in events {
        for paging in by_integer() {
            asked.store.events(TENANT, &filter, &paging).await.unwrap();
            asked.judge(&format!("audit, {what}"), by).await;
        }
    }
    let all = RecordFilter::default;
    let records = [
        ("all", all(), "call_records_by_started_at (tenant=?"),
        (
            "from",
            RecordFilter { from: Some("101".to_owned()), ..all() },
            "by_from_number_started_at (tenant=? AND from_number=?",
        ),
        (
            "to",
            RecordFilter { to: Some("101".to_owned()), ..all() },
            "by_to_number_started_at (tenant=? AND to_number=?",
        ),
        (
            "result",
            RecordFilter { result: Some(CallResult::Busy), ..all() },
            "by_result_started_at (tenant=? AND result=?",
        ),
        (
            "direction",
            RecordFilter { direction: Some(Direction::Inbound), ..all() },
            "call_records_by_started_at (tenant=?",
        ),
        (
            "answerer",
            RecordFilter { answered_by_user: Some(UserId(Uuid::nil())), ..all() },
            "call_records_by_answerer (tenant=? AND answered_by_user=?",
        ),
    ];
    for (what, filter, by) in records {
        for paging in by_integer() {
            asked.store.call_records(TENANT, &filter, RecordSort::StartedAt, &paging).await.unwrap();
            asked.judge(&format!("call records, {what}"), by).await;
        }
    }
    let all = MessageFilter::default;
    let of_mailbox = Some(vec![Mailbox::Person(UserId(Uuid::nil()))]);
    let messages = [
        ("all", all(), "messages_in_order (tenant=?"),
        ("new", MessageFilter { status: Some(Status::New), ..all() }, "messages_in_order (tenant=?"),
        (
            "of a mailbox",
            MessageFilter { mailboxes: of_mailbox, ..all() },
            "messages_by_mailbox (tenant=? AND mailbox=?",
        ),
    ];
    for (what, filter, by) in messages {
        for paging in by_integer() {
            asked.store.messages(TENANT, &filter, &paging).await.unwrap();
            asked.judge(&format!("messages, {what}"), by).await;
        }
    }
    for paging in by_integer() {
        asked.store.mails(TENANT, None, &paging).await.unwrap();
        asked.judge("mails", "mails_in_order (tenant=?").await;
    }
    asked.end();
}

#[tokio::test]
async fn orders_are_listed_by_indexes() {
    let mut asked = Asked::new().await;
    for paging in by_integer() {
        asked.store.orders(TENANT, &[OrderKind::NumberImport, OrderKind::UserImport], &paging).await.unwrap();
        asked.judge("orders", "orders_by_created_at (tenant=?").await;
        asked.store.order_lines(phone::id::OrderId(Uuid::nil()), Some(LineState::Failed), &paging).await.unwrap();
        asked.judge("lines", "order_lines_by_state (order_id=? AND state=?").await;
        asked.store.port_orders(OrdersOf::Tenant(TENANT), None, &paging).await.unwrap();
        asked.judge("port orders", "port_orders_by_tenant (tenant=?").await;
        asked.store.port_orders(OrdersOf::Tenant(TENANT), Some(PortState::Draft), &paging).await.unwrap();
        asked.judge("port orders of a state", "port_orders_by_tenant_state (tenant=? AND state=?").await;
        asked.store.number_requests(RequestsOf::Tenant(TENANT), None, &paging).await.unwrap();
        asked.judge("number requests", "number_requests_by_tenant (tenant=?").await;
        let of_tenant = PortOutFilter { tenant: Some(TENANT), ..PortOutFilter::default() };
        asked.store.port_outs(&of_tenant, &paging).await.unwrap();
        asked.judge("requests to port out", "port_outs_by_tenant (tenant=?").await;
        let of_state = PortOutFilter { state: Some(OutState::Pending), ..of_tenant };
        asked.store.port_outs(&of_state, &paging).await.unwrap();
        asked.judge("requests to port out of a state", "port_outs_by_tenant_state (tenant=? AND state=?").await;
        asked.store.deliveries(WebhookId(Uuid::nil()), &paging).await.unwrap();
        asked.judge("deliveries", "webhook_deliveries_by_webhook (webhook=?").await;
        for holder in [None, Some(HolderKind::User), Some(HolderKind::Group)] {
            asked.store.policy_holders(TENANT, PolicyId(Uuid::from_u128(3)), holder, &paging).await.unwrap();
            asked.judge("holders of a policy", "(policy=?").await;
        }
    }
    asked.end();
}

#[tokio::test]
async fn settings_are_listed_by_indexes() {
    let mut asked = Asked::new().await;
    let now = jiff::Timestamp::UNIX_EPOCH;
    for paging in by_text() {
        asked.store.documents::<Schedule>(TENANT, &paging).await.unwrap();
        asked.judge("schedules", "documents_by_kind_name (tenant=? AND kind=?").await;
        asked.store.documents::<DialPlan>(TENANT, &paging).await.unwrap();
        asked.judge("dial plans", "documents_by_kind_name (tenant=? AND kind=?").await;
        asked.store.trunks(TENANT, &paging).await.unwrap();
        asked.judge("trunks", "trunks_by_name (tenant=?").await;
        asked.store.sites(TENANT, &paging).await.unwrap();
        asked.judge("sites", "sites_by_tenant_name (tenant=?").await;
        asked.store.resource_accounts(TENANT, &paging).await.unwrap();
        asked.judge("resource accounts", "resource_accounts_by_display_name (tenant=?").await;
        asked.store.policies(TENANT, PolicyType::ALL[0], &paging).await.unwrap();
        asked.judge("policies", "policies_by_name (tenant=? AND kind=?").await;
        asked.store.accounts(Scope::Tenant(TENANT), &paging).await.unwrap();
        asked.judge("accounts", "accounts_by_tenant (tenant=?").await;
        asked.store.api_keys(Scope::Tenant(TENANT), now, &paging).await.unwrap();
        asked.judge("keys", "api_tokens_by_tenant (tenant=?").await;
        asked.store.webhooks(Owner::Tenant(TENANT), &paging).await.unwrap();
        asked.judge("webhooks", "webhooks_by_tenant (tenant=?").await;
    }
    for paging in by_integer() {
        asked.store.documents_by_place::<VoiceRoute>(TENANT, &paging).await.unwrap();
        asked.judge("voice routes", "(tenant=? AND kind=?").await;
    }
    asked.end();
}

#[tokio::test]
async fn stock_is_searched_in_an_index() {
    let mut asked = Asked::new().await;
    let now = jiff::Timestamp::UNIX_EPOCH;
    let all = StockQuery { country: "US".to_owned(), kind: NumberKind::User, area: None, pattern: None, limit: 10 };
    let searches = [
        (all.clone(), "COVERING INDEX stock_numbers_by_national (country=? AND kind=?)"),
        (
            StockQuery { area: Some("206".to_owned()), ..all.clone() },
            "(country=? AND kind=? AND national>? AND national<?)",
        ),
        (StockQuery { pattern: Pattern::parse("FLOWERS").ok(), ..all }, "COVERING INDEX stock_numbers_by_national"),
    ];
    for (search, by) in searches {
        asked.store.search_stock(now, &search).await.unwrap();
        asked.judge("stock", by).await;
    }
    asked.end();
}

/// Puts more people into a group than are found one by one.
async fn fill(store: &Store, group: GroupId) {
    let profile = Profile {
        id: TENANT,
        slug: "demo".to_owned(),
        name: "Demo".to_owned(),
        sip_domain: "demo.test".to_owned(),
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
        emergency_numbers: Vec::new(),
        license_enforcement: Default::default(),
        reseller: None,
    };
    let mut tx = store.begin(Actor::System, jiff::Timestamp::UNIX_EPOCH).await.unwrap();
    tx.save_tenant(&row, Expected::Absent).await.unwrap();
    let all = Group { id: group, name: "All".to_owned(), description: None };
    tx.save_group(TENANT, &all, Expected::Absent).await.unwrap();
    let mut people = std::collections::BTreeSet::new();
    for extension in 0..=NAMED_MAX {
        let user = User {
            id: UserId(Uuid::now_v7()),
            display_name: format!("Phone {extension}"),
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
            ha1: Ha1::default(),
        };
        tx.save_user(TENANT, &user, Expected::Absent).await.unwrap();
        people.insert(user.id);
    }
    tx.join_group(TENANT, group, &people).await.unwrap();
    tx.commit().await.unwrap();
}
