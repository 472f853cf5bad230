//! The life of the process: what starts in which order, and how it ends.

mod bind;
mod drain;

use std::io::Write as _;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use phone::Directory;
use phone::access::phone_credentials::Key;
use store::{Open, Store};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::{Notify, mpsc};
use uuid::Uuid;

use self::bind::Sockets;
use crate::admin::Admin;
use crate::admin::browser_phones::BrowserPhones;
use crate::admin::credits::payments::Recharger;
use crate::admin::credits::watch::Watch;
use crate::admin::desk_mailing::DeskMailing;
use crate::admin::numbers::mailing::Mailing;
use crate::admin::post::Post;
use crate::admin::signing::Signing;
use crate::board::Board;
use crate::config::Config;
use crate::fatal::{Fatal, fatal};
use crate::health::{self, Health};
use crate::kept::{self, Kept};
use crate::net::connection::Patience;
use crate::net::http::{HttpListener, Peer};
use crate::net::tls::{self, Acceptor};
use crate::net::{listen, ws};
use crate::node::{self, Handle, Records};
use crate::recognition::Recognition;
use crate::recordings::{self, Recordings};
use crate::sip_trace::Trace;
use crate::spool::Spool;
use crate::spool::frame::Entry;
use crate::stir::{self, Stir};
use crate::voicemail::desk::Desk;
use crate::voicemail::greeter::Greeter;
use crate::voicemail::mailer::Mailer;
use crate::voicemail::transcriber::Transcriber;
use crate::voicemail::{Intake, Voicemail, desk, ears, waiting};
use crate::webhooks::Teller;
use crate::{admin, api, board, demo, media};

/// File handles for everything that is not a media socket: streams, HTTP, database, spool.
const OTHER_FILES: u64 = 8_192;
/// For records to reach the database at the end; what doesn't stays in the spool.
const RECORDS_PATIENCE: Duration = Duration::from_secs(5);
/// For tasks of connections to end.
const TASKS_PATIENCE: Duration = Duration::from_secs(1);

/// The data directory can't be used.
#[derive(Debug, thiserror::Error)]
#[error("could not use the data directory {}; create it for this user or give another with --data-dir", path.display())]
struct DataDirError {
    path: PathBuf,
    source: std::io::Error,
}

/// Runs the phone system until it is told to end.
pub fn run(config: Config) -> anyhow::Result<()> {
    let _log = crate::log::start()?;
    tls::install_provider();
    let sockets_max = raise_file_limit();
    let runtime = tokio::runtime::Builder::new_multi_thread().thread_name("io").enable_all().build()?;
    let outcome = runtime.block_on(serve(config, sockets_max));
    runtime.shutdown_timeout(TASKS_PATIENCE);
    outcome
}

/// What this server is called among those on its database: the same after a restart, which so has its share of balances
/// at once.
fn node_name(data_dir: &Path) -> anyhow::Result<Uuid> {
    let file = data_dir.join("node");
    if let Some(known) = std::fs::read_to_string(&file).ok().and_then(|text| text.trim().parse().ok()) {
        return Ok(known);
    }
    let new = Uuid::now_v7();
    std::fs::write(&file, format!("{new}\n"))?;
    Ok(new)
}

/// What is running.
struct Running {
    node: Handle,
    directory: Arc<Directory>,
    is_draining: Arc<AtomicBool>,
    lost: mpsc::UnboundedReceiver<String>,
}

async fn serve(config: Config, sockets_max: usize) -> anyhow::Result<()> {
    let mut signals = Signals::new()?;
    let data_dir = |source| DataDirError { path: config.data_dir.clone(), source };
    std::fs::create_dir_all(&config.data_dir).map_err(data_dir)?;
    let store = Store::open(&Open { url: config.database.clone(), key_file: config.key_file() }).await?;
    let store = store.named(node_name(&config.data_dir)?);
    let signing = Signing::new(config.password_cost, config.public_url.clone(), config.proxies.clone(), config.openid);
    if let Some(secrets) = config.demo.clone()
        && let Some(seeded) = demo::seed(&store, secrets, &signing.passwords, Timestamp::now()).await?
    {
        announce_demo(&config, &seeded)?;
    }
    if store.api_tokens(Timestamp::now()).await?.is_empty() && !store.has_platform_account().await? {
        announce_empty(&config)?;
    }
    let sockets = bind::all(&config).await?;
    let (spool, intake, spool_status) = Spool::start(&config.data_dir.join("spool"), store.clone())?;
    let (fatal, lost) = fatal();
    let recognition = Recognition::new(config.speech.clone(), config.data_dir.join("prompts"));
    let mut voicemail = start_voicemail(&config, &store, &recognition, &fatal)?;
    let recordings = Recordings::start(config.data_dir.join("recordings"), &store, &fatal)?;
    let (kept, left) = Kept::start(config.data_dir.join("kept"), &fatal)?;
    let (notes, arrivals) = board::notes();
    let records: Records = Box::new(move |entry: Entry| {
        notes.note(&entry);
        intake.push_entry(entry);
    });
    let began = Timestamp::now();
    let stir = Stir::load(&config.stir, config.public_url.as_str())?;
    let (signatures, unsigned) = mpsc::channel(stir::QUESTIONS_WAITING_MAX);
    let (desk, questions) = mpsc::channel(desk::QUESTIONS_WAITING_MAX);
    let intakes = Intakes {
        records,
        desk,
        signatures,
        messages: voicemail.intake.clone(),
        recordings: recordings.intake.clone(),
        kept: kept.intake.clone(),
    };
    let phone_key = Key(crate::secret::derived(&std::fs::read(config.key_file())?, "phones in browsers"));
    let (node, sockets) = start_node(&config, sockets, sockets_max, (intakes, phone_key.clone()), &fatal)?;
    recordings.tell(node.clone());
    let keys = stir.keys.clone();
    tokio::spawn(stir.run(unsigned, node.clone()));
    let board = Board::new(arrivals, store.clone(), node.clone(), spool_status.clone(), began);
    tokio::spawn(board.clone().run());
    let admin = admin::start::start(
        store.clone(),
        node.clone(),
        &config.data_dir,
        spool_status.clone(),
        board,
        admin::start::Sounds {
            voice: config.voice.clone(),
            messages: voicemail.files.clone(),
            recordings: recordings.files.clone(),
        },
        signing,
        (
            BrowserPhones { key: phone_key, plays_anybody: config.demo.is_some(), relays: config.relays.clone() },
            config.payments.clone(),
        ),
    )
    .await?;
    node.resume(left).await?;
    start_desk(&admin, &mut voicemail, questions);
    start_watch(&config, &admin).await?;
    if let Some(spoken) = voicemail.spoken.take() {
        tokio::spawn(ears::hear(recognition, node.clone(), spoken));
    }
    tokio::spawn(waiting::tell(store.clone(), node.clone()));
    tokio::spawn(Teller::new(store.clone(), config.webhooks).run());
    let directory = admin.directory.load_full();
    let is_draining = Arc::new(AtomicBool::new(false));
    let health = Health {
        node: node.clone(),
        store: store.clone(),
        spool: spool_status,
        is_draining: is_draining.clone(),
        sign_ins: admin.signing.figures.clone(),
    };
    listen_on(sockets, &node, health::router(health).merge(api::router(admin)).merge(stir::router(keys)));
    announce_ready(&config)?;
    let outcome = live(&config, &mut signals, Running { node: node.clone(), directory, is_draining, lost }).await;
    node.stop().await;
    node.stopped().await;
    voicemail.close(RECORDS_PATIENCE).await;
    recordings.close(RECORDS_PATIENCE).await;
    kept.close(RECORDS_PATIENCE).await;
    spool.close(RECORDS_PATIENCE).await;
    store.close().await?;
    outcome
}

fn start_voicemail(
    config: &Config,
    store: &Store,
    recognition: &Recognition,
    fatal: &Fatal,
) -> anyhow::Result<Voicemail> {
    let bell = config.mail.as_ref().map(|_| Arc::new(Notify::new()));
    let transcripts = recognition.transcribes().then(|| Arc::new(Notify::new()));
    let dir = config.data_dir.join("voicemail");
    let voicemail = Voicemail::start(dir, store, bell.clone(), transcripts.clone(), fatal)?;
    if let Some(new) = transcripts {
        let (store, files, recognition) = (store.clone(), voicemail.files.clone(), recognition.clone());
        tokio::spawn(Transcriber { store, files, recognition, bell: new, mail: bell.clone() }.run());
    }
    if let (Some(mail), Some(bell)) = (&config.mail, bell) {
        let transport = mail.server.transport(config.tls_ca.as_deref())?;
        let (store, files) = (store.clone(), voicemail.files.clone());
        tokio::spawn(Mailer { store, files, transport, from: mail.from.clone(), bell }.run());
    }
    Ok(voicemail)
}

/// What looks after credit that comes near its end, and tells people of their numbers.
async fn start_watch(config: &Config, admin: &Admin) -> anyhow::Result<()> {
    let post = |mail: &crate::config::Mail| {
        let transport = mail.server.transport(config.tls_ca.as_deref())?;
        anyhow::Ok(Post { transport, from: mail.from.clone() })
    };
    let mail = config.mail.as_ref().map(post).transpose()?;
    let (store, directory, decks) = (admin.store.clone(), admin.directory.clone(), admin.decks.clone());
    let known = store.last_event().await?;
    if let Some(post) = mail.clone() {
        tokio::spawn(DeskMailing { directory: directory.clone(), post }.run(admin.node.memories()));
    }
    if let Some(post) = mail.clone() {
        let (store, directory, address) = (store.clone(), directory.clone(), config.public_url.as_str().to_owned());
        tokio::spawn(Mailing { store, directory, post, address }.run(known));
    }
    let recharger = admin.payments.clone().map(|stripe| Recharger { store: store.clone(), stripe });
    tokio::spawn(Watch { store, directory, decks, mail, recharger, nudge: admin.nudge.clone() }.run(known));
    Ok(())
}

/// What people ask and record who hear messages by phone.
fn start_desk(admin: &Admin, voicemail: &mut Voicemail, questions: mpsc::Receiver<desk::Question>) {
    let (store, files) = (admin.store.clone(), admin.messages.clone());
    if let Some(greetings) = voicemail.greetings.take() {
        let (prompts, nudge) = (admin.prompts.clone(), admin.nudge.clone());
        tokio::spawn(Greeter { store: store.clone(), files: files.clone(), prompts, nudge }.run(greetings));
    }
    tokio::spawn(Desk { store, files, node: admin.node.clone() }.run(questions));
}

/// Where what the switch says of calls, messages and recordings goes.
struct Intakes {
    records: Records,
    desk: mpsc::Sender<desk::Question>,
    signatures: mpsc::Sender<stir::Question>,
    messages: Intake,
    recordings: recordings::Intake,
    kept: kept::Intake,
}

/// Everything but the UDP socket, which the switch thread has.
struct Listeners {
    tcp: tokio::net::TcpListener,
    tls: Option<(tokio::net::TcpListener, Arc<Acceptor>)>,
    http: tokio::net::TcpListener,
}

fn start_node(
    config: &Config,
    sockets: Sockets,
    sockets_max: usize,
    (intakes, phone_key): (Intakes, Key),
    fatal: &Fatal,
) -> anyhow::Result<(Handle, Listeners)> {
    let Sockets { udp, tcp, tls, http } = sockets;
    let n_processors = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let media = media::Setup {
        address: media_bind_address(config),
        ports: config.media_ports.clone(),
        // The switch has one.
        n_workers: u16::try_from(n_processors.saturating_sub(1).max(1)).unwrap_or(u16::MAX),
        sockets_max,
        messages: intakes.messages.clone(),
        recordings: intakes.recordings.clone(),
    };
    let client_tls = tls::client_config(config.tls_ca.as_deref(), config.tls.as_ref())?;
    let tls_name = config.sip_name.as_ref().zip(config.tls.as_ref());
    let tls_name = tls_name.map(|(name, tls)| format!("{name}:{}", tls.address.port()));
    let setup = node::Setup {
        sip: udp,
        media,
        media_address: config.media_address,
        records: intakes.records,
        messages: intakes.messages,
        desk: intakes.desk,
        signatures: intakes.signatures,
        recordings: intakes.recordings,
        kept: intakes.kept,
        client_tls,
        tls_name,
        trace: Trace::start(config.trace.clone())?,
        patience: Patience::default(),
        phone_key,
    };
    let node = node::start(setup, fatal)?;
    Ok((node, Listeners { tcp, tls, http }))
}

/// Where sound is received: the address that peers are told, or the one that SIP has.
fn media_bind_address(config: &Config) -> IpAddr {
    config.media_address.unwrap_or(config.sip.ip())
}

fn listen_on(listeners: Listeners, node: &Handle, pages: axum::Router) {
    let streams = node.streams();
    tokio::spawn(listen::tcp(listeners.tcp, streams.clone()));
    if let Some((listener, acceptor)) = listeners.tls {
        tokio::spawn(listen::tls(listener, streams.clone(), acceptor));
    }
    let router = pages.merge(ws::router(streams.clone()));
    let server = axum::serve(HttpListener::new(listeners.http), router.into_make_service_with_connect_info::<Peer>());
    // It ends with the process.
    tokio::spawn(server.into_future());
}

/// Lives until the end: a signal, or a thread that is lost.
async fn live(config: &Config, signals: &mut Signals, mut running: Running) -> anyhow::Result<()> {
    let end = tokio::select! {
        end = signals.next() => end,
        words = running.lost.recv() => anyhow::bail!("{}", words.unwrap_or_default()),
    };
    running.is_draining.store(true, Ordering::Relaxed);
    let patience_secs = config.drain_timeout.as_secs();
    match end {
        End::ForGood => tracing::info!(patience_secs, "ending: no new calls, live ones go on"),
        End::HandOver => tracing::info!(patience_secs, "handing over: no new calls, the next process has who waits"),
    }
    tokio::select! {
        () = drain::drain(&running.node, &running.directory, config.drain_timeout, end) => Ok(()),
        _ = signals.next() => {
            tracing::warn!("told again to end: live calls are lost");
            Ok(())
        }
        words = running.lost.recv() => anyhow::bail!("{}", words.unwrap_or_default()),
    }
}

struct Signals {
    terminate: Signal,
    interrupt: Signal,
    hand_over: Signal,
}

/// What is to come after this process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    ForGood,
    /// Another process at once, which goes on with the callers who wait.
    HandOver,
}

impl Signals {
    fn new() -> std::io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
            hand_over: signal(SignalKind::user_defined2())?,
        })
    }

    async fn next(&mut self) -> End {
        tokio::select! {
            _ = self.terminate.recv() => End::ForGood,
            _ = self.interrupt.recv() => End::ForGood,
            _ = self.hand_over.recv() => End::HandOver,
        }
    }
}

/// Allows as many open files as the system lets us. Returns how many may be media sockets.
fn raise_file_limit() -> usize {
    let Ok((soft, hard)) = getrlimit(Resource::RLIMIT_NOFILE) else { return 512 };
    let limit = if setrlimit(Resource::RLIMIT_NOFILE, hard, hard).is_ok() { hard } else { soft };
    usize::try_from(limit.saturating_sub(OTHER_FILES).max(limit / 2)).unwrap_or(usize::MAX)
}

fn announce_demo(config: &Config, seeded: &demo::Seeded) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "The demo organization was created. Phones register as 101, 102, 103, 104 in demo.test.")?;
    writeln!(out, "  {} administers it, at {}", demo::ADMIN, config.public_url.as_str())?;
    if let Some(password) = &seeded.new_password {
        writeln!(out, "  password of the phones and of {}: {}", demo::ADMIN, password.expose())?;
    }
    if let Some(token) = &seeded.new_token {
        writeln!(out, "  API token: {}", token.expose())?;
    }
    if seeded.new_password.is_some() || seeded.new_token.is_some() {
        writeln!(out, "  These are shown once.")?;
    }
    Ok(())
}

fn announce_empty(config: &Config) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(
        out,
        "Nobody can set this server up yet. Invite its first administrator, in another terminal, or make a token:"
    )?;
    // Its URL may hold a password.
    let database = if config.database.starts_with("sqlite:") { "" } else { " and the same --database" };
    let data_dir = config.data_dir.display();
    writeln!(out, "  trunkline account add YOU@EXAMPLE.COM --name YOUR-NAME --data-dir {data_dir}{database}")?;
    writeln!(out, "  trunkline token create --name admin --data-dir {data_dir}{database}")
}

fn announce_ready(config: &Config) -> std::io::Result<()> {
    let sips = config.tls.as_ref().map(|tls| format!(", over TLS on {}", tls.address)).unwrap_or_default();
    let mut out = std::io::stdout().lock();
    writeln!(out, "Ready: http://{}, SIP on {}{sips}", config.http, config.sip)?;
    out.flush()
}
