//! The organization that is called: the demo, with ten thousand more phones.

use std::collections::BTreeSet;
use std::io::{BufRead as _, Write as _};
use std::net::{SocketAddr, UdpSocket};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use md5::Digest as _;
use phone::id::{TenantId, UserId};
use phone::numbers::{Assignee, E164, Number};
use phone::people::license::PartNumber;
use phone::people::user::{Ha1, User};
use store::{Actor, Expected, Open, Store};
use tempfile::TempDir;

use crate::process::{HTTP, SIP, beside, get, sip};
use crate::wire;

pub const DOMAIN: &str = "demo.test";
pub const PASSWORD: &str = "a-password-for-benchmarks";
/// Extensions of the phones that register.
pub const FIRST_EXTENSION: usize = 200_000;
pub const N_USERS: usize = 10_000;
/// The first of these have numbers, and phones that are the load program's. A person's number takes four calls at a
/// time, and 1,900 calls with sound are more than any machine here relays.
pub const N_CALLED: usize = 4_000;
/// The main menu, whose greeting is made a minute long.
pub const PROMPT_NUMBER: &str = "+14255550100";
pub const TOKEN: &str = "a-token-for-benchmarks-only";

/// Makes `directory` a data directory with the organization in it.
pub fn seed(directory: &Path) {
    static TEMPLATE: OnceLock<TempDir> = OnceLock::new();
    let template = TEMPLATE.get_or_init(|| {
        let template = tempfile::tempdir().expect("a temporary directory");
        seed_demo(template.path());
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(add_users(template.path()));
        template
    });
    copy(template.path(), directory);
}

/// Makes `directory` a data directory with the demo alone.
pub fn seed_small(directory: &Path) {
    end(&mut serve_demo(directory, Stdio::null()));
}

/// The numbers of those who are called.
pub fn answered_numbers() -> Vec<String> {
    (0..N_CALLED).map(|n| format!("+1425{:07}", 5_600_000 + n)).collect()
}

/// Registers the load program's address as the phone of all who are called.
pub fn register_answerer(answerer: SocketAddr) {
    let socket = wire::bind(SocketAddr::new(answerer.ip(), answerer.port() + 100));
    for extension in FIRST_EXTENSION..FIRST_EXTENSION + N_CALLED {
        register_phone(&socket, extension, answerer);
    }
}

/// Registers one phone, and keeps at it until it is done.
pub fn register_phone(socket: &UdpSocket, extension: usize, answerer: SocketAddr) {
    let mut challenge = None;
    let mut buffer = [0_u8; 4_096];
    let deadline = Instant::now() + Duration::from_secs(10);
    for cseq in 1.. {
        assert!(Instant::now() < deadline, "the answerer could not register");
        let message = register(socket, extension, answerer, cseq, challenge.as_deref());
        wire::send(socket, &message, sip());
        let patience = Instant::now() + Duration::from_millis(500);
        while Instant::now() < patience {
            let Ok((length, _)) = socket.recv_from(&mut buffer) else {
                std::thread::yield_now();
                continue;
            };
            match wire::status(&buffer[..length]) {
                Some(200) => return,
                Some(401) => {
                    challenge = Some(buffer[..length].to_vec());
                    break;
                }
                _ => {}
            }
        }
    }
}

/// Waits until so many call records are in the database, or until no more come; how many there are.
pub fn wait_for_records(wanted: usize) -> usize {
    let (mut n, mut changed) = (0, Instant::now());
    while n < wanted && changed.elapsed() < Duration::from_secs(5) {
        let now = records();
        if now != n {
            (n, changed) = (now, Instant::now());
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    n
}

fn records() -> usize {
    let metrics = get("/metrics").unwrap_or_default();
    let line = metrics.lines().find_map(|line| line.strip_prefix("trunkline_call_records_stored_total "));
    line.and_then(|value| value.trim().parse::<f64>().ok()).map_or(0, |value| value as usize)
}

fn register(
    socket: &UdpSocket,
    extension: usize,
    answerer: SocketAddr,
    cseq: u32,
    challenge: Option<&[u8]>,
) -> Vec<u8> {
    let own = socket.local_addr().expect("a bound socket has an address");
    let mut out = Vec::new();
    let _ = write!(
        out,
        "REGISTER sip:{DOMAIN} SIP/2.0\r\nVia: SIP/2.0/UDP {own};rport;branch=z9hG4bKr{extension}.{cseq}\r\nMax-Forwards: 70\r\n\
         From: <sip:{extension}@{DOMAIN}>;tag=r\r\nTo: <sip:{extension}@{DOMAIN}>\r\nCall-ID: answerer-{extension}\r\nCSeq: {cseq} REGISTER\r\n\
         Contact: <sip:{extension}@{answerer}>\r\nExpires: 3600\r\n"
    );
    if let Some(line) =
        challenge.and_then(|message| crate::registrations::authorization(message, extension, DOMAIN, PASSWORD))
    {
        out.extend_from_slice(line.as_bytes());
    }
    out.extend_from_slice(b"Content-Length: 0\r\n\r\n");
    out
}

/// Lets the server itself seed the demo, with the long greeting, and render everything that it plays.
fn seed_demo(directory: &Path) {
    let mut seeding = serve_demo(directory, Stdio::null());
    lengthen_greeting();
    end(&mut seeding);
    // What a start finds unrendered it renders, and says so in its log.
    let mut rendering = serve_demo(directory, Stdio::piped());
    let log = rendering.stderr.take().expect("its log is piped");
    let mut wanted = vec!["prompts are ready", "hold music is ready"];
    for line in std::io::BufReader::new(log).lines() {
        let line = line.expect("a log of text");
        wanted.retain(|words| !line.contains(words));
        if wanted.is_empty() {
            break;
        }
    }
    assert!(wanted.is_empty(), "the server ended before it said: {wanted:?}");
    end(&mut rendering);
}

fn serve_demo(directory: &Path, log: Stdio) -> Child {
    let child = Command::new(beside("trunkline"))
        .args(["serve", "--demo", "--sip", SIP, "--http", HTTP, "--data-dir"])
        .arg(directory)
        .env("TRUNKLINE_DEMO_PASSWORD", PASSWORD)
        .env("TRUNKLINE_DEMO_TOKEN", TOKEN)
        .stdout(Stdio::null())
        .stderr(log)
        .spawn()
        .expect("the server starts");
    let deadline = Instant::now() + Duration::from_secs(60);
    while !get("/readyz").is_some_and(|answer| answer.starts_with("HTTP/1.1 200")) {
        assert!(Instant::now() < deadline, "the server did not become ready");
        std::thread::sleep(Duration::from_millis(50));
    }
    child
}

fn end(child: &mut Child) {
    let id = nix::unistd::Pid::from_raw(child.id() as i32);
    nix::sys::signal::kill(id, nix::sys::signal::Signal::SIGTERM).expect("the server takes signals");
    child.wait().expect("the server ends");
}

/// Makes the main menu's greeting long enough for all callers to hear it at the same time, and lets nobody search for
/// the ten thousand, whose names would be rendered while calls are counted.
fn lengthen_greeting() {
    let attendants = "/api/v1/tenants/demo/auto-attendants";
    let (_, listed) = request("GET", attendants, None, "");
    let mut attendant = listed["items"][0].clone();
    let path = format!("{attendants}/{}", attendant["id"].as_str().expect("an id"));
    let sentence = "This greeting is long, so that many callers hear it at the same time. ";
    attendant["default_flow"]["greeting"] = serde_json::json!({ "type": "text", "text": sentence.repeat(14) });
    let options = attendant["default_flow"]["menu"]["options"].as_array_mut().expect("the menu has keys");
    options.retain(|option| option["action"]["type"] != "search_directory");
    let (etag, _) = request("GET", &path, None, "");
    let (_, answer) = request("PUT", &path, etag.as_deref(), &attendant.to_string());
    assert!(answer["id"].is_string(), "the greeting could not be changed: {answer}");
}

/// The ETag and body of an answer.
pub fn request(method: &str, path: &str, etag: Option<&str>, body: &str) -> (Option<String>, serde_json::Value) {
    use std::io::Read as _;
    let mut stream = std::net::TcpStream::connect(HTTP).expect("the API is there");
    let condition = etag.map(|etag| format!("If-Match: {etag}\r\n")).unwrap_or_default();
    let head = format!(
        "{method} {path} HTTP/1.1\r\nHost: {HTTP}\r\nAuthorization: Bearer {TOKEN}\r\nConnection: close\r\n{condition}\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(head.as_bytes()).expect("the API reads");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("the API answers");
    let (head, body) = answer.split_once("\r\n\r\n").expect("an HTTP answer");
    let etag = head.lines().find_map(|line| line.strip_prefix("etag: ")).map(str::to_owned);
    (etag, serde_json::from_str(body).unwrap_or_default())
}

/// The database of the demo, and its organization.
pub async fn open(directory: &Path) -> (Store, TenantId) {
    let open =
        Open { url: format!("sqlite://{}", database(directory).display()), key_file: directory.join("secrets.key") };
    let store = Store::open(&open).await.expect("the database opens");
    let tenant =
        store.tenant_by_slug("demo").await.expect("the database answers").expect("the demo is seeded").value.profile.id;
    (store, tenant)
}

async fn add_users(directory: &Path) {
    let (store, tenant) = open(directory).await;
    let mut tx = store.begin(Actor::System, Timestamp::now()).await.expect("a transaction");
    let alices = E164::parse("+14255550101").expect("a number");
    let alices = store.number(tenant, alices).await.expect("the database answers").expect("the demo is seeded").value;
    let mut free = answered_numbers().into_iter();
    for extension in FIRST_EXTENSION..FIRST_EXTENSION + N_USERS {
        let user = user(&extension.to_string());
        tx.save_user(tenant, &user, Expected::Absent).await.expect("a user");
        let licenses = BTreeSet::from(["MCOEV", "MCOPSTN1"].map(|plan| PartNumber(plan.to_owned())));
        tx.save_licenses(tenant, user.id, &licenses).await.expect("a license");
        if let Some(number) = free.next() {
            let number = E164::parse(&number).expect("a number");
            let own = Number { number, assignee: Some(Assignee::User(user.id)), ..alices.clone() };
            tx.save_number(tenant, &own, Expected::Absent).await.expect("a number");
        }
    }
    tx.commit().await.expect("a commit");
    store.close().await.expect("the database closes");
}

pub fn user(extension: &str) -> User {
    let secret = format!("{extension}:{DOMAIN}:{PASSWORD}");
    User {
        id: UserId(uuid::Uuid::now_v7()),
        display_name: format!("Phone {extension}"),
        extension: extension.to_owned(),
        email: None,
        department: None,
        office: None,
        aliases: Default::default(),
        site: None,
        country: None,
        presence: phone::people::Presence::Available,
        voice_enabled: true,
        hidden: false,
        ring_secs: 30,
        enabled: true,
        ha1: Ha1 { md5: md5::Md5::digest(&secret).into(), sha256: sha2::Sha256::digest(&secret).into() },
    }
}

fn database(directory: &Path) -> PathBuf {
    directory.join("trunkline.db")
}

fn copy(from: &Path, to: &Path) {
    for entry in std::fs::read_dir(from).expect("a folder") {
        let path = entry.expect("an entry").path();
        let target = to.join(path.file_name().expect("a name"));
        if path.is_dir() {
            std::fs::create_dir_all(&target).expect("a folder");
            copy(&path, &target);
        } else {
            std::fs::copy(&path, &target).expect("a copy");
        }
    }
}
