//! A server on a port of its own, with the demo organization and a switch that answers from a script.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt as _;
use std::sync::{Arc, Mutex};

use arc_swap::ArcSwap;
use axum::http::StatusCode;
use jiff::Timestamp;
use phone::Directory;
use phone::access::phone_credentials::Key;
use phone::access::{Assignment, BuiltIn, RoleRef};
use phone::id::TenantId;
use phone::people::tenant::Profile;
use reqwest::Method;
use serde_json::Value;
use store::{Actor, Expected, NewApiToken, Open, Scope, Store, TenantRow, TokenHash};
use switch::Input;
use switch::input::Command;
use switch::output::{Answer, Change};
use tempfile::TempDir;
use tokio::sync::{OnceCell, broadcast, mpsc, watch};
use uuid::Uuid;

use super::postgres::Database;
use server::admin::browser_phones::BrowserPhones;
use server::admin::orders::backlog::Backlog;
use server::admin::reconciler::{Known, Nudge, Reconciler};
use server::admin::signing::Signing;
use server::admin::{Admin, group_licenses};
use server::board::{self, Board, Notes};
use server::demo;
use server::net::http::{HttpListener, Peer};
use server::net::outward::Reach;
use server::node::Handle;
use server::node::inbox::Message;
use server::passwords::{Cost, Passwords};
use server::payments::Stripe;
use server::prompts::Prompts;
use server::public_url::PublicUrl;
use server::relays::Relays;
use server::secret::Secret;
use server::speech::Speech;
use server::spool;
use server::voicemail::files::Files;

pub const TOKEN: &str = "demo-token-for-tests";
pub const PASSWORD: &str = "demo-password-for-tests";

pub type Script = Box<dyn FnMut(&Command) -> Answer + Send>;

pub struct World {
    pub base: String,
    pub store: Store,
    pub tenant: TenantId,
    pub changes: broadcast::Sender<Change>,
    /// What the switch was given, newest last.
    pub installed: watch::Receiver<Vec<Arc<Directory>>>,
    pub commands: Arc<Mutex<Vec<String>>>,
    /// What is told of calls that end.
    pub notes: Notes,
    client: reqwest::Client,
    dir: TempDir,
    _database: Option<Database>,
}

/// A server whose switch has no calls and takes every command.
pub async fn world() -> World {
    world_with(Box::new(quiet)).await
}

pub fn quiet(command: &Command) -> Answer {
    match command {
        Command::ListCalls { .. } => Answer::Calls(Vec::new()),
        Command::ListPenalties => Answer::Penalties(Vec::new()),
        Command::ListRegistrations { .. } => Answer::Registrations(Vec::new()),
        Command::ListTrunks { .. } => Answer::Trunks(Vec::new()),
        Command::ShowBoard { .. } => Answer::Board(switch::view::Board::default()),
        Command::ShowQueue { .. } => Answer::NotFound,
        Command::Statistics => Answer::Statistics(switch::view::Statistics::default()),
        Command::HangUp { .. }
        | Command::PlaceCall { .. }
        | Command::OptIn { .. }
        | Command::OptOut { .. }
        | Command::Pause { .. }
        | Command::Resume { .. }
        | Command::EndWrapUp { .. }
        | Command::AskTrunk { .. }
        | Command::ReleasePenalty { .. }
        | Command::CancelCallback { .. }
        | Command::Restore { .. }
        | Command::SetPresence { .. }
        | Command::Supervise { .. } => Answer::Done,
    }
}

/// The demo organization in a database, made once: making it takes longer than most tests.
struct Template {
    database: Made,
    key: Vec<u8>,
}

enum Made {
    Postgres(Database),
    Sqlite(Vec<u8>),
}

impl Template {
    async fn get() -> &'static Self {
        static TEMPLATE: OnceCell<Template> = OnceCell::const_new();
        TEMPLATE.get_or_init(Self::make).await
    }

    async fn make() -> Self {
        let dir = tempfile::tempdir().unwrap();
        // `make test` runs the tests of the API twice.
        let database = std::env::var_os("TRUNKLINE_TEST_ON_POSTGRES").map(|_| Database::create());
        let open = open_in(&dir, database.as_ref());
        let store = Store::open(&open).await.unwrap();
        let secret = |text: &str| Some(Secret::new(text.to_owned()));
        let secrets = demo::Secrets { password: secret(PASSWORD), token: secret(TOKEN) };
        demo::seed(&store, secrets, &Passwords::new(Cost::CHEAPEST), Timestamp::now()).await.unwrap().unwrap();
        store.close().await.unwrap();
        let database = match database {
            Some(database) => Made::Postgres(database),
            None => Made::Sqlite(std::fs::read(dir.path().join(FILE)).unwrap()),
        };
        Self { database, key: std::fs::read(open.key_file).unwrap() }
    }

    /// A copy in this directory, and its database if that is elsewhere.
    fn copy(&self, dir: &TempDir) -> Option<Database> {
        std::fs::write(dir.path().join(KEY_FILE), &self.key).unwrap();
        std::fs::set_permissions(dir.path().join(KEY_FILE), Permissions::from_mode(0o600)).unwrap();
        match &self.database {
            Made::Postgres(database) => Some(Database::copy_of(database)),
            Made::Sqlite(bytes) => {
                std::fs::write(dir.path().join(FILE), bytes).unwrap();
                None
            }
        }
    }
}

const FILE: &str = "trunkline.db";
const KEY_FILE: &str = "secrets.key";

fn open_in(dir: &TempDir, database: Option<&Database>) -> Open {
    let url = match database {
        Some(database) => database.url(),
        None => format!("sqlite://{}", dir.path().join(FILE).display()),
    };
    Open { url, key_file: dir.path().join(KEY_FILE) }
}

pub async fn world_with(script: Script) -> World {
    world_of(script, None).await
}

/// A server that takes payments by card.
pub async fn world_paid_by(stripe: Stripe) -> World {
    world_of(Box::new(quiet), Some(Arc::new(stripe))).await
}

async fn world_of(script: Script, payments: Option<Arc<Stripe>>) -> World {
    let dir = tempfile::tempdir().unwrap();
    let database = Template::get().await.copy(&dir);
    let store = Store::open(&open_in(&dir, database.as_ref())).await.unwrap();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let public_url = PublicUrl::of(listener.local_addr().unwrap());
    let signing = Signing::new(Cost::CHEAPEST, public_url, Vec::new(), Reach::Public);
    let tenant = store.tenant_by_slug("demo").await.unwrap().unwrap().value.profile.id;

    let (node, messages, changes) = Handle::without_a_thread();
    let (installs, installed) = watch::channel(Vec::new());
    let commands = Arc::new(Mutex::new(Vec::new()));
    tokio::spawn(answer(script, messages, installs, commands.clone()));

    let prompt_dir = dir.path().join("prompts");
    std::fs::create_dir(&prompt_dir).unwrap();
    let speech = Speech::with(None, None, prompt_dir.clone());
    let prompts = Arc::new(Prompts::with_speech(prompt_dir, speech));
    let directory = Arc::new(ArcSwap::from_pointee(store.load_directory().await.unwrap()));
    let nudge = Nudge::default();
    let reconciler = Reconciler::new(store.clone(), node.clone(), prompts.clone(), directory.clone(), nudge.clone());
    let known = Known { event: store.last_event().await.unwrap(), prompts: prompts.generation() };
    tokio::spawn(reconciler.run(known));
    let spool = Arc::new(spool::Status::default());
    let began = Timestamp::now();
    let licensing = Nudge::default();
    tokio::spawn(group_licenses::work(store.clone(), licensing.clone(), nudge.clone()));
    let backlog = Nudge::default();
    tokio::spawn(Backlog { store: store.clone(), changed: nudge.clone() }.run(backlog.clone()));
    let (notes, arrivals) = board::notes();
    let board = Board::new(arrivals, store.clone(), node.clone(), spool.clone(), began);
    let admin = Admin {
        store: store.clone(),
        board,
        node,
        prompts,
        spool,
        messages: Files::open(dir.path().join("voicemail")).unwrap(),
        recordings: server::recordings::files::Files::open(dir.path().join("recordings")).unwrap(),
        decks: Default::default(),
        directory,
        nudge,
        licensing,
        backlog,
        signing,
        phones: BrowserPhones { key: Key([3; 32]), plays_anybody: true, relays: relays() },
        waiting: Default::default(),
        payments,
    };
    let admin = Arc::new(admin);
    let base = format!("http://{}/api/v1", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let router = server::api::router(admin).into_make_service_with_connect_info::<Peer>();
        axum::serve(HttpListener::new(listener), router).await
    });
    World {
        base,
        store,
        tenant,
        changes,
        installed,
        commands,
        notes,
        client: reqwest::Client::new(),
        dir,
        _database: database,
    }
}

/// One that nobody asks.
fn relays() -> Relays {
    Relays::new(vec!["turn:relay.example.com".to_owned()], Some(Secret::new("north".to_owned())))
}

async fn answer(
    mut script: Script,
    mut messages: mpsc::Receiver<Message>,
    installs: watch::Sender<Vec<Arc<Directory>>>,
    commands: Arc<Mutex<Vec<String>>>,
) {
    while let Some(message) = messages.recv().await {
        match message {
            Message::Command { command, reply } => {
                // Installing settings asks this, too, whenever the reconciler finds some.
                if !matches!(command, Command::Statistics) {
                    commands.lock().unwrap().push(format!("{command:?}"));
                }
                let _ = reply.send(script(&command));
            }
            Message::Input(Input::Directory { directory, .. }) => installs.send_modify(|all| all.push(directory)),
            Message::Input(other) => panic!("the API gives the switch no such input: {other:?}"),
            Message::Stop => return,
        }
    }
}

pub struct Reply {
    pub status: StatusCode,
    pub etag: Option<String>,
    pub content_type: String,
    pub body: Value,
    pub text: String,
}

impl World {
    /// Where recordings of calls lie.
    pub fn recordings(&self) -> std::path::PathBuf {
        self.dir.path().join("recordings")
    }

    /// Where the sound of messages lies.
    pub fn message_files(&self) -> Files {
        Files::open(self.dir.path().join("voicemail")).unwrap()
    }

    pub fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        self.client.request(method, format!("{}{path}", self.base))
    }

    pub async fn get(&self, path: &str) -> Reply {
        send(self.request(Method::GET, path).bearer_auth(TOKEN)).await
    }

    /// A 200 answer's body.
    pub async fn read(&self, path: &str) -> Value {
        let reply = self.get(path).await;
        assert_eq!(reply.status, StatusCode::OK, "{path}: {}", reply.text);
        reply.body
    }

    pub async fn post(&self, path: &str) -> Reply {
        send(self.request(Method::POST, path).bearer_auth(TOKEN)).await
    }

    pub async fn put(&self, path: &str, if_match: Option<&str>, body: &Value) -> Reply {
        let request = self.request(Method::PUT, path).bearer_auth(TOKEN).json(body);
        send(match if_match {
            Some(etag) => request.header("If-Match", etag),
            None => request,
        })
        .await
    }

    pub async fn post_json(&self, path: &str, body: &Value) -> Reply {
        send(self.request(Method::POST, path).bearer_auth(TOKEN).json(body)).await
    }

    pub async fn patch(&self, path: &str, if_match: Option<&str>, body: &Value) -> Reply {
        let request = self.request(Method::PATCH, path).bearer_auth(TOKEN).json(body);
        send(match if_match {
            Some(etag) => request.header("If-Match", etag),
            None => request,
        })
        .await
    }

    pub async fn delete(&self, path: &str, if_match: Option<&str>) -> Reply {
        let request = self.request(Method::DELETE, path).bearer_auth(TOKEN);
        send(match if_match {
            Some(etag) => request.header("If-Match", etag),
            None => request,
        })
        .await
    }

    /// The newest snapshot that the switch was given and that fits.
    pub async fn switch_has(&self, fits: impl Fn(&phone::directory::Tenant) -> bool) -> Arc<phone::directory::Tenant> {
        let mut installed = self.installed.clone();
        let tenant_of = |all: &Vec<Arc<Directory>>| Some(all.last()?.tenant(self.tenant)?.clone());
        let found = installed.wait_for(|all| tenant_of(all).is_some_and(|tenant| fits(&tenant)));
        // It has a second; a machine that runs every test at once may take longer.
        let found = tokio::time::timeout(std::time::Duration::from_secs(20), found).await;
        tenant_of(&found.expect("the switch has it").unwrap()).unwrap()
    }

    /// An order as it is when it is finished.
    pub async fn finished(&self, order: &Value) -> Value {
        let path = format!("/tenants/demo/orders/{}", order["id"].as_str().unwrap());
        loop {
            let order = self.read(&path).await;
            if order["finished_at"].is_string() {
                return order;
            }
        }
    }

    /// The id of the only object of a list that has this name.
    pub async fn id_of(&self, noun: &str, name: &str) -> String {
        let list = self.read(&format!("/tenants/demo/{noun}")).await;
        let items = list["items"].as_array().unwrap();
        let found = items.iter().find(|item| item["name"] == name || item["display_name"] == name);
        found.unwrap()["id"].as_str().unwrap().to_owned()
    }

    /// A token of another organization, which it makes.
    pub async fn token_of_other_tenant(&self, role: BuiltIn) -> &'static str {
        const OTHER: &str = "token-of-another-tenant";
        let id = TenantId(Uuid::now_v7());
        let profile = Profile {
            id,
            slug: "other".to_owned(),
            name: "Other".to_owned(),
            sip_domain: "other.test".to_owned(),
            time_zone: "UTC".to_owned(),
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
            is_default: false,
            emergency_numbers: Vec::new(),
            license_enforcement: Default::default(),
            reseller: None,
        };
        let mut tx = self.store.begin(Actor::System, Timestamp::now()).await.unwrap();
        tx.save_tenant(&row, Expected::Absent).await.unwrap();
        tx.commit().await.unwrap();
        self.add_token(OTHER, Scope::Tenant(id), role).await;
        OTHER
    }

    /// People with these extensions, made without asking the API for each.
    pub async fn add_people(&self, extensions: &[String]) {
        let mut tx = self.store.begin(Actor::System, Timestamp::now()).await.unwrap();
        let alice = tx.user_by_extension(self.tenant, "101").await.unwrap().unwrap().value;
        for extension in extensions {
            let id = phone::id::UserId(Uuid::now_v7());
            let person = phone::people::User { id, extension: extension.clone(), ..alice.clone() };
            tx.save_user(self.tenant, &person, Expected::Absent).await.unwrap();
        }
        tx.commit().await.unwrap();
    }

    pub async fn add_token(&self, token: &str, scope: Scope, role: BuiltIn) {
        let mut tx = self.store.begin(Actor::System, Timestamp::now()).await.unwrap();
        let all = Assignment { role: RoleRef::BuiltIn(role), scope: phone::access::Scope::Tenant };
        let new =
            NewApiToken { name: "test", scope, assignments: &[all], hash: TokenHash::of(token), expires_at: None };
        tx.create_api_token(new).await.unwrap();
        tx.commit().await.unwrap();
    }
}

pub async fn send(request: reqwest::RequestBuilder) -> Reply {
    read(request.send().await.unwrap()).await
}

pub async fn read(response: reqwest::Response) -> Reply {
    let header = |name: &str| Some(response.headers().get(name)?.to_str().unwrap().to_owned());
    let (status, etag) = (response.status(), header("etag"));
    let content_type = header("content-type").unwrap_or_default();
    let text = response.text().await.unwrap();
    let body = serde_json::from_str(&text).unwrap_or(Value::Null);
    Reply { status: StatusCode::from_u16(status.as_u16()).unwrap(), etag, content_type, body, text }
}
