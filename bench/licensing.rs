//! Bulk work of one organization, and what another one notices of it: licenses for all people of a group, people from a
//! file, numbers in one request. Meanwhile somebody in the other organization makes people, one after the other.

use std::io::{Read as _, Write as _};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use phone::access::{Assignment, BuiltIn, RoleRef, Scope as AccessScope};
use phone::id::{TenantId, UserId};
use phone::people::import::new_person;
use phone::people::license::{Enforcement, PartNumber, Subscription};
use phone::people::tenant::Profile;
use serde_json::{Value, json};
use store::{Actor, Expected, NewApiToken, Open, Scope, Store, TenantRow, TokenHash, UserChange};

use crate::histogram::Histogram;
use crate::process::{HTTP, Started};

const TOKEN: &str = "a-token-for-bulk-work-only";
/// The organization with much to do, and the other one.
const BIG: &str = "big";
const SMALL: &str = "small";
const GROUPS: &str = "/api/v1/tenants/big/groups";
/// As many people as a request, and lines as a file may have.
const AT_ONCE: usize = 10_000;
const FIRST_EXTENSION: usize = 100_000;
/// People who are made while nothing else happens.
const N_ALONE: usize = 300;

/// Licenses so many people. Passes within 30 s for 50,000, with the others no more than a fifth slower.
pub fn print(n_people: usize) -> bool {
    let server = server_with_people(n_people);
    let mut made = 0;
    let alone = others_make_people(&mut made, &AtomicBool::new(false), N_ALONE);
    println!("another organization alone: {}", shown(&alone));
    let mut passed = true;
    for (name, secs_max, work) in [
        ("licenses through a group", 30.0, license as fn(usize)),
        ("people from a file", 30.0, |_| import_people()),
        ("numbers in one request", 30.0, |_| add_numbers()),
    ] {
        let is_done = AtomicBool::new(false);
        let (took, meanwhile) = std::thread::scope(|scope| {
            let others = scope.spawn(|| others_make_people(&mut made, &is_done, usize::MAX));
            let begun = Instant::now();
            work(n_people);
            let took = begun.elapsed();
            is_done.store(true, Ordering::Relaxed);
            (took, others.join().expect("the others go on"))
        });
        let slower = meanwhile.quantile_ms(0.5) / alone.quantile_ms(0.5) - 1.0;
        let is_fine = took.as_secs_f64() < secs_max && slower <= 0.2;
        let mark = if is_fine { "ok" } else { "not passed" };
        println!(
            "{name}: {:.1} s; others meanwhile {}, {:+.0} % at the median  {mark}",
            took.as_secs_f64(),
            shown(&meanwhile),
            100.0 * slower
        );
        passed &= is_fine;
    }
    drop(server);
    passed
}

fn shown(times: &Histogram) -> String {
    format!("p50 {:.1} ms p99 {:.1} ms", times.quantile_ms(0.5), times.quantile_ms(0.99))
}

/// Makes people one after the other until it is done; how long each took.
fn others_make_people(made: &mut usize, is_done: &AtomicBool, n_max: usize) -> Histogram {
    let mut times = Histogram::new();
    let mut n = 0;
    while n < n_max && !is_done.load(Ordering::Relaxed) {
        let person = json!({ "display_name": "Bob Brown", "extension": (FIRST_EXTENSION + *made).to_string() });
        let begun = Instant::now();
        let answer = request("POST", "/api/v1/tenants/small/users", "application/json", &person.to_string());
        times.add(begun.elapsed());
        assert!(answer["id"].is_string(), "a person could not be made: {answer}");
        *made += 1;
        n += 1;
    }
    times
}

/// Lets people into a group that gives a plan, and waits until all have it.
fn license(n_people: usize) {
    post(GROUPS, &json!({ "name": "All" }));
    post(&format!("{GROUPS}/All/licenses/assign"), &json!({ "plans": ["MCOEV"] }));
    let people: Vec<String> = (0..n_people).map(|n| (FIRST_EXTENSION + n).to_string()).collect();
    for part in people.chunks(AT_ONCE) {
        post(&format!("{GROUPS}/All/members/add"), &json!({ "users": part }));
    }
    let mut before = u64::MAX;
    wait_for(|| {
        let group = request("GET", &format!("{GROUPS}/All"), "", "");
        let waiting = group["waiting"].as_u64().expect("a number of people who wait");
        assert!(waiting <= before, "progress goes forward");
        before = waiting;
        assert_eq!(group["failed"], 0);
        group["state"] == "assigned"
    });
}

fn import_people() {
    let line = |n: usize| format!("{},Carol Chen,Sales\n", 500_000 + n);
    let file: String =
        std::iter::once("extension,display_name,department\n".to_owned()).chain((0..AT_ONCE - 1).map(line)).collect();
    let order = request("POST", "/api/v1/tenants/big/users/import", "text/csv", &file);
    let id = order["id"].as_str().expect("an order").to_owned();
    wait_for(|| request("GET", &format!("/api/v1/tenants/big/orders/{id}"), "", "")["state"] == "succeeded");
}

fn add_numbers() {
    let range = json!({ "first": "+14255550000", "last": "+14255559999" });
    let added = post("/api/v1/tenants/big/numbers", &json!({ "numbers": [range], "kind": "user" }));
    assert!(added["status"].is_null(), "{added}");
}

fn wait_for(mut is_done: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(600);
    while !is_done() {
        assert!(Instant::now() < deadline, "it does not end");
        std::thread::sleep(Duration::from_millis(100));
    }
}

fn post(path: &str, body: &Value) -> Value {
    let answer = request("POST", path, "application/json", &body.to_string());
    assert!(answer["code"].is_null(), "{path}: {answer}");
    answer
}

fn request(method: &str, path: &str, content_type: &str, body: &str) -> Value {
    let mut stream = std::net::TcpStream::connect(HTTP).expect("the API is there");
    let content_type =
        if content_type.is_empty() { String::new() } else { format!("Content-Type: {content_type}\r\n") };
    let head = format!(
        "{method} {path} HTTP/1.1\r\nHost: {HTTP}\r\nAuthorization: Bearer {TOKEN}\r\nConnection: close\r\n\
         {content_type}Content-Length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(&[head.as_bytes(), body.as_bytes()].concat()).expect("the API reads");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("the API answers");
    let (_, body) = answer.split_once("\r\n\r\n").expect("an HTTP answer");
    serde_json::from_str(body).unwrap_or_default()
}

/// The server with both organizations.
fn server_with_people(n_people: usize) -> Started {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(fill(directory.path(), n_people));
    Started::server_on_all_cores(directory)
}

async fn fill(directory: &Path, n_people: usize) {
    let url = format!("sqlite://{}", directory.join("trunkline.db").display());
    let open = Open { url, key_file: directory.join("secrets.key") };
    let store = Store::open(&open).await.expect("the database opens");
    let mut tx = store.begin(Actor::System, Timestamp::now()).await.expect("a transaction");
    let big = tenant(BIG);
    for row in [big.clone(), tenant(SMALL)] {
        tx.save_tenant(&row, Expected::Absent).await.expect("an organization");
    }
    let seats = u32::try_from(n_people).expect("so many seats");
    let plan = PartNumber("MCOEV".to_owned());
    tx.save_subscription(big.profile.id, &plan, &Subscription::open(seats), Expected::Absent).await.expect("seats");
    let people = (0..n_people).map(|n| {
        let id = UserId(uuid::Uuid::now_v7());
        UserChange { before: None, after: new_person(id, &(FIRST_EXTENSION + n).to_string(), "Alice Adams") }
    });
    tx.save_users(big.profile.id, &people.collect::<Vec<_>>()).await.expect("people");
    let everything = Assignment { role: RoleRef::BuiltIn(BuiltIn::Administrator), scope: AccessScope::Tenant };
    let token = NewApiToken {
        name: "bulk work",
        scope: Scope::Platform,
        assignments: &[everything],
        hash: TokenHash::of(TOKEN),
        expires_at: None,
    };
    tx.create_api_token(token).await.expect("a token");
    tx.commit().await.expect("a commit");
    store.close().await.expect("the database closes");
}

pub fn tenant(slug: &str) -> TenantRow {
    let profile = Profile {
        supervision_notice: Default::default(),
        number_pause: None,
        number_mails: Default::default(),
        fallback_operator: None,
        id: TenantId(uuid::Uuid::now_v7()),
        slug: slug.to_owned(),
        name: slug.to_owned(),
        sip_domain: format!("{slug}.test"),
        time_zone: "America/New_York".to_owned(),
        country: "US".to_owned(),
        language: "en-US".to_owned(),
        state: Default::default(),
    };
    TenantRow {
        profile,
        is_default: slug == BIG,
        emergency_numbers: vec!["911".to_owned()],
        // Seats are counted, which is the most work.
        license_enforcement: Enforcement::Block,
        reseller: None,
    }
}
