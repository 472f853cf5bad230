//! Pages and searches of a big organization, over HTTP.

use std::collections::BTreeSet;
use std::io::{Read as _, Write as _};
use std::path::Path;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use phone::id::{GroupId, TenantId};
use phone::numbers::number::{Category, NumberSource};
use phone::numbers::{Assignee, E164, Number, NumberKind};
use phone::people::Group;
use phone::people::license::PartNumber;
use phone::people::user::User;
use store::{Actor, Expected, Store};

use crate::histogram::Histogram;
use crate::organization::{self, FIRST_EXTENSION, TOKEN};
use crate::process::{HTTP, Started};

/// No page takes longer, but for one in a hundred.
const WANTED_MS: f64 = 50.0;
/// Each page is asked for so often.
const N_TIMES: usize = 200;
/// Before that, so that what the first one reads from the disk is not measured.
const N_BEFORE: usize = 5;
/// One transaction.
const N_AT_ONCE: usize = 10_000;
const FIRST_NAMES: [&str; 8] = ["Alice", "Bob", "Carol", "Dan", "Erin", "Frank", "Grace", "Heidi"];
const LAST_NAMES: [&str; 8] = ["Adams", "Brown", "Chen", "Diaz", "Evans", "Fischer", "Garcia", "Huang"];
const N_DEPARTMENTS: usize = 40;

/// Fills an organization with so many people and twice as many numbers, and prints how long each of its lists takes.
/// Passes when all are quick enough.
pub fn print_lists(n_people: usize) -> bool {
    let directory = tempfile::tempdir().expect("a temporary directory");
    organization::seed_small(directory.path());
    let begun = Instant::now();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(fill(directory.path(), n_people));
    println!("lists {n_people}: filled in {:.0} s", begun.elapsed().as_secs_f64());
    let _server = Started::server_in(directory);
    let mut passed = true;
    for (what, path) in lists(n_people) {
        let mut delays = Histogram::new();
        let mut n_items = 0;
        for time in 0..N_BEFORE + N_TIMES {
            let (delay, body) = get(&path);
            n_items = body["items"].as_array().map_or(0, Vec::len);
            if N_BEFORE <= time {
                delays.add(delay);
            }
        }
        let (p50, p99) = (delays.quantile_ms(0.5), delays.quantile_ms(0.99));
        let mark = if p99 < WANTED_MS { "  ok" } else { "  not passed" };
        println!("  {what:<42} {n_items:>4} items  p50 {p50:>6.1} ms  p99 {p99:>6.1} ms{mark}");
        passed &= p99 < WANTED_MS;
    }
    passed
}

/// What is asked for.
fn lists(n_people: usize) -> Vec<(&'static str, String)> {
    let last = FIRST_EXTENSION + n_people - 1;
    let rare_digits = format!("{:07}", 2_000_000 + 2 * n_people - 1);
    let half = n_people / 1_000 / 2;
    let mut lists: Vec<(&'static str, String)> = [
        ("people, first page", "users".to_owned()),
        ("people, 1,000 in a page", "users?limit=1000".to_owned()),
        ("people by name", "users?sort=display_name".to_owned()),
        ("people by name, descending", "users?sort=-display_name".to_owned()),
        ("people, part of many names", "users?display_name=alice".to_owned()),
        ("people, part of one name", format!("users?display_name={last}")),
        ("people, part of no name", "users?display_name=nobody".to_owned()),
        ("people by name, part of no name", "users?display_name=nobody&sort=display_name".to_owned()),
        ("people with an extension", format!("users?extension={last}")),
        ("people of a department", "users?department=Department%207".to_owned()),
        ("people of a department by name", "users?department=Department%207&sort=display_name".to_owned()),
        ("people of no department", "users?department=None&sort=display_name".to_owned()),
        ("people who are disabled", "users?enabled=false".to_owned()),
        ("numbers, first page", "numbers".to_owned()),
        ("numbers, 1,000 in a page", "numbers?limit=1000".to_owned()),
        ("numbers, descending", "numbers?sort=-number".to_owned()),
        ("numbers, digits of many", "numbers?digits=42".to_owned()),
        ("numbers, digits of one", format!("numbers?digits={rare_digits}")),
        ("numbers, digits of none", "numbers?digits=99999".to_owned()),
        ("numbers, unassigned", "numbers?assigned=false".to_owned()),
        ("numbers, unassigned, digits of none", "numbers?assigned=false&digits=99999".to_owned()),
        ("numbers, assigned", "numbers?assigned=true".to_owned()),
        ("numbers of services", "numbers?kind=service_toll".to_owned()),
        ("numbers, private lines", "numbers?category=private".to_owned()),
        ("groups", "groups".to_owned()),
        ("members of all", "groups/Everybody/members".to_owned()),
        ("members of a small group", "groups/Few/members".to_owned()),
        ("licenses with their seats", "licenses".to_owned()),
        ("audit", "audit".to_owned()),
        ("audit of groups", "audit?noun=group".to_owned()),
        ("audit of nobody", "audit?actor=token:nobody".to_owned()),
        ("orders", "orders".to_owned()),
        ("port orders", "port-orders".to_owned()),
        ("call records", "call-records".to_owned()),
    ]
    .into();
    lists.push(("people, a page in the middle", later("users", half)));
    lists.push(("numbers, a page in the middle", later("numbers", 2 * half)));
    lists
}

/// The page after so many of a thousand.
fn later(list: &str, n_pages: usize) -> String {
    let mut cursor = String::new();
    for _ in 0..n_pages {
        let (_, body) = get(&format!("{list}?limit=1000{cursor}"));
        match body["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    format!("{list}?limit=100{cursor}")
}

/// How long an answer takes, and what it is.
fn get(path: &str) -> (Duration, serde_json::Value) {
    let begun = Instant::now();
    let mut stream = std::net::TcpStream::connect(HTTP).expect("the API is there");
    let request = format!(
        "GET /api/v1/tenants/demo/{path} HTTP/1.1\r\nHost: {HTTP}\r\nAuthorization: Bearer {TOKEN}\r\nConnection: close\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).expect("the API reads");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("the API answers");
    let delay = begun.elapsed();
    assert!(answer.starts_with("HTTP/1.1 200"), "{path}: {answer}");
    let (_, body) = answer.split_once("\r\n\r\n").expect("an HTTP answer");
    (delay, serde_json::from_str(body).unwrap_or_default())
}

/// Fills the demo with people, two numbers for each, and two groups.
pub async fn fill(directory: &Path, n_people: usize) {
    let (store, tenant) = organization::open(directory).await;
    let mut people = Vec::with_capacity(n_people);
    for n in 0..n_people {
        let department = Some(format!("Department {}", n % N_DEPARTMENTS));
        let name = format!(
            "{} {} {}",
            FIRST_NAMES[n % FIRST_NAMES.len()],
            LAST_NAMES[n / FIRST_NAMES.len() % LAST_NAMES.len()],
            FIRST_EXTENSION + n
        );
        let user = organization::user(&(FIRST_EXTENSION + n).to_string());
        people.push(User { display_name: name, department, enabled: n % 50 != 0, ..user });
    }
    add_people(&store, tenant, &people).await;
    add_numbers(&store, tenant, &people).await;
    add_groups(&store, tenant, &people).await;
    store.close().await.expect("the database closes");
}

async fn add_people(store: &Store, tenant: TenantId, people: &[User]) {
    let licenses = BTreeSet::from([PartNumber("MCOEV".to_owned())]);
    for part in people.chunks(N_AT_ONCE) {
        let mut tx = store.begin(Actor::System, Timestamp::now()).await.expect("a transaction");
        for user in part {
            tx.save_user(tenant, user, Expected::Absent).await.expect("a user");
            tx.save_licenses(tenant, user.id, &licenses).await.expect("a license");
        }
        tx.commit().await.expect("a commit");
    }
}

/// Two for each person, but for the last of twenty.
async fn add_numbers(store: &Store, tenant: TenantId, people: &[User]) {
    let n_assigned = people.len() / 20 * 19;
    let numbers: Vec<usize> = (0..2 * people.len()).collect();
    for part in numbers.chunks(N_AT_ONCE) {
        let mut tx = store.begin(Actor::System, Timestamp::now()).await.expect("a transaction");
        for n in part {
            let holder = people.get(n / 2).filter(|_| n / 2 < n_assigned);
            let number = Number {
                number: E164::parse(&format!("+1425{:07}", 2_000_000 + n)).expect("a number"),
                kind: NumberKind::User,
                source: NumberSource::DirectRouting,
                assignee: holder.map(|user| Assignee::User(user.id)),
                assigned_at: None,
                origin: Default::default(),
                trunk: None,
                block: None,
                held_until: None,
                category: if n % 2 == 0 { Category::Primary } else { Category::Alternate },
                site: None,
                address: None,
                port_out: None,
                tags: BTreeSet::new(),
            };
            tx.save_number(tenant, &number, Expected::Absent).await.expect("a number");
        }
        tx.commit().await.expect("a commit");
    }
}

async fn add_groups(store: &Store, tenant: TenantId, people: &[User]) {
    let mut tx = store.begin(Actor::System, Timestamp::now()).await.expect("a transaction");
    for (name, step) in [("Everybody", 1), ("Few", 1_000)] {
        let group = Group { id: GroupId(uuid::Uuid::now_v7()), name: name.to_owned(), description: None };
        tx.save_group(tenant, &group, Expected::Absent).await.expect("a group");
        let members = people.iter().step_by(step).map(|user| user.id).collect();
        tx.join_group(tenant, group.id, &members).await.expect("members");
    }
    tx.commit().await.expect("a commit");
}
