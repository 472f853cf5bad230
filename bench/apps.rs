//! What callers of attendants and queues wait for, and what administrators of them do: each with the time that it may take.

use std::time::{Duration, Instant};

use jiff::Timestamp;
use phone::apps::attendant::search::{Listed, Listing};
use phone::directory::App;
use phone::directory::flow_test::FlowTest;
use phone::directory::flow_test::starter::Starter;
use phone::directory::rehearsal::Caller;
use phone::id::{FlowTestId, UserId};
use server::prompts::Prompts;
use uuid::Uuid;

use crate::organization;
use crate::process::Started;
use crate::{free_agents, keys};

const N_PEOPLE: u128 = 100_000;
const N_TESTS: usize = 1_000;
const N_TEXTS: usize = 10;
const FIRST_NAMES: [&str; 10] = ["Anna", "Bob", "Carol", "David", "Emma", "Frank", "Grace", "Henry", "Irene", "Jack"];
const LAST_NAMES: [&str; 10] =
    ["Miller", "Smith", "Young", "Zane", "Adams", "Brown", "Clark", "Davis", "Evans", "Ford"];
/// Twenty words.
const TEXT: &str =
    "Welcome to our office, all of our colleagues are talking to other callers now, so please stay on the line until";

/// All of it, with so many agents and as many callers who wait for them.
pub fn print(n_agents: usize) -> bool {
    let mut passed = names();
    passed &= flow_tests();
    passed &= rendering();
    let directory = tempfile::tempdir().expect("a temporary directory");
    organization::seed_small(directory.path());
    let agents = free_agents::seed(directory.path(), n_agents);
    let _server = Started::server_on_all_cores(directory);
    passed &= keys::print();
    passed & free_agents::print(&agents)
}

/// Says how long something took, and whether that will do.
pub fn show(what: &str, took_ms: f64, wanted_ms: f64) -> bool {
    let passed = took_ms < wanted_ms;
    let mark = if passed { "ok" } else { "not passed" };
    println!("{what}: {took_ms:.2} ms, wanted {wanted_ms:.0}  {mark}");
    passed
}

/// Replaces an attendant or queue, as soon as the server that has just started lets us.
pub fn replace(path: &str, body: &serde_json::Value) {
    let begun = Instant::now();
    loop {
        let (etag, _) = organization::request("GET", path, None, "");
        let (_, answer) = organization::request("PUT", path, etag.as_deref(), &body.to_string());
        if answer["id"].is_string() {
            break;
        }
        let is_starting = answer["status"] == 503 && begun.elapsed() < Duration::from_secs(30);
        assert!(is_starting, "{path} could not be changed: {answer}");
        std::thread::sleep(Duration::from_millis(200));
    }
    // A change is live within a second, and its words are made before that.
    std::thread::sleep(Duration::from_secs(3));
}

fn names() -> bool {
    let name = |list: [&'static str; 10], id: u128| list[usize::try_from(id % 10).unwrap_or(0)];
    let listed = |id: u128| Listed {
        extension: (N_PEOPLE + id).to_string(),
        user: UserId(Uuid::from_u128(id)),
        name: format!("{} {}{id}", name(FIRST_NAMES, id), name(LAST_NAMES, id / 10)),
        nicknames: Default::default(),
        more_extensions: Default::default(),
    };
    let listing: Listing = (0..N_PEOPLE).map(listed).collect();
    let mut slowest = Duration::ZERO;
    for typed in ["2", "2662064553", "73", "7302", "202", "206", "9680526", "9999", "2202"] {
        for _ in 0..20 {
            let begun = Instant::now();
            std::hint::black_box(listing.by_name(typed));
            slowest = slowest.max(begun.elapsed());
        }
    }
    show("a name among 100,000 people, the slowest of 180 searches", ms(slowest), 5.0)
}

/// The starter set of the demo's menu, again and again.
fn flow_tests() -> bool {
    let directory = tempfile::tempdir().expect("a temporary directory");
    organization::seed_small(directory.path());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let (known, tenant) = runtime.block_on(async {
        let (store, tenant) = organization::open(directory.path()).await;
        let known = store.load_directory().await.expect("the settings");
        store.close().await.expect("the database closes");
        (known, tenant)
    });
    let tenant = known.tenant(tenant).expect("the demo is there");
    let menu = App::Attendant(*tenant.attendants.keys().next().expect("the demo has a menu"));
    let starters = tenant.starter_tests(menu, Timestamp::now(), Instant::now());
    let test = |starter: Starter| {
        let Starter { name, at, keys, assumed, expected } = starter;
        let (id, from) = (FlowTestId(Uuid::nil()), Caller::Outside(None));
        FlowTest { id, app: menu, name, from, at, keys, assumed, expected, generated: true }
    };
    let tests: Vec<FlowTest> = starters.into_iter().map(test).cycle().take(N_TESTS).collect();
    let begun = Instant::now();
    let n_red = tests.iter().filter(|test| !test.run(tenant, Instant::now()).passed).count();
    let took = begun.elapsed();
    show("1,000 tests of the demo's menu", ms(took), 2_000.0) && n_red == 0
}

/// With the voice of this machine, and no text twice.
fn rendering() -> bool {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let prompts = Prompts::open(directory.path().to_owned(), None).expect("a folder for prompts");
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("threads");
    let mut slowest = Duration::ZERO;
    for number in 0..N_TEXTS {
        let text = format!("{TEXT} {number}.");
        let begun = Instant::now();
        if let Err(error) = runtime.block_on(prompts.text("en-US", &text)) {
            println!("a prompt of 20 words could not be rendered: {error}");
            return false;
        }
        slowest = slowest.max(begun.elapsed());
    }
    show("a prompt of 20 words, the slowest of 10", ms(slowest), 1_000.0)
}

fn ms(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1_000.0
}
