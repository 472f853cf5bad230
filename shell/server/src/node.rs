//! The node: a thread that owns the switch and the SIP socket, and the handle that everybody else has on it.

pub mod arrivals;
mod hands;
pub mod inbox;
mod thread;
pub mod udp;

use std::collections::BTreeMap;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use phone::Directory;
use phone::access::phone_credentials;
use phone::apps::mailbox::Waiting;
use phone::directory::change::Touched;
use phone::id::{TenantId, UserId};
use phone::money::charging::Account;
use rand::TryRng as _;
use rustls::ClientConfig;
use switch::Switch;
use switch::input::{Command, PromptLibrary, QueryId, Told};
use switch::keeping::KeptCall;
use switch::output::{Answer, Change};
use tokio::runtime;
use tokio::sync::{broadcast, mpsc, oneshot, watch};

use self::arrivals::Dropped;
use self::hands::{Hands, Parts};
pub use self::hands::{Memory, Records};
use self::inbox::{Inbox, Message};
use self::thread::Thread;
use crate::fatal::Fatal;
use crate::kept;
use crate::mailbox::{Bell, Mailbox};
use crate::media::Traffic;
use crate::net::connection::Patience;
use crate::net::dns;
use crate::net::streams::Streams;
use crate::recordings;
use crate::sip_trace::Trace;
use crate::stir;
use crate::voicemail::{Intake, desk};

/// Changes that a slow live view may lag behind before it has to read everything again.
const CHANGES_WAITING_MAX: usize = 1_024;
/// Facts to be remembered that may wait for a database that is busy: more than an hour's of a large organization.
const MEMORIES_WAITING_MAX: usize = 65_536;
/// RFC 3261 §17.1.1.1
const T1: Duration = Duration::from_millis(500);

/// What a node is started with.
pub struct Setup {
    /// Bound by [`udp::bind`].
    pub sip: UdpSocket,
    pub media: crate::media::Setup,
    /// Written into descriptions instead of the address that a peer reached.
    pub media_address: Option<IpAddr>,
    /// Where finished calls go: must neither wait nor lose.
    pub records: hands::Records,
    /// Where what becomes of messages goes.
    pub messages: Intake,
    /// Where questions of people in mailboxes go.
    pub desk: mpsc::Sender<desk::Question>,
    /// Where callers' numbers are signed, and signatures looked at.
    pub signatures: mpsc::Sender<stir::Question>,
    /// Where recordings begin.
    pub recordings: recordings::Intake,
    /// Where calls are kept for the next process.
    pub kept: kept::Intake,
    pub client_tls: Arc<ClientConfig>,
    /// Host and port that name us to peers over TLS.
    pub tls_name: Option<String>,
    /// How long peers on streams may take.
    pub patience: Patience,
    /// What the passwords of phones in browsers follow from.
    pub phone_key: phone_credentials::Key,
    /// Takes the messages that pass by.
    pub trace: Option<Trace>,
}

/// The switch thread has ended: the process is about to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the phone system is shutting down")]
pub struct Stopped;

/// The way to the switch thread. Cheap to clone.
#[derive(Clone)]
pub struct Handle {
    inbox: Inbox,
    changes: broadcast::Sender<Change>,
    memories: broadcast::Sender<Memory>,
    drained: watch::Receiver<bool>,
    streams: Streams,
    traffic: Arc<[Arc<Traffic>]>,
    dropped: Arc<Dropped>,
    trace: Option<Trace>,
}

impl Handle {
    /// What takes the messages that pass by, if they are wanted.
    pub fn trace(&self) -> Option<&Trace> {
        self.trace.as_ref()
    }

    /// Asks something of the live system.
    pub async fn command(&self, command: Command) -> Result<Answer, Stopped> {
        let (reply, answer) = oneshot::channel();
        self.inbox.send(Message::Command { command, reply }).await?;
        answer.await.map_err(|_| Stopped)
    }

    /// Replaces all settings, for each call that comes after this returns; calls that are under way keep theirs.
    /// `touched` is what differs from the settings before.
    pub async fn install(
        &self,
        directory: Arc<Directory>,
        prompts: Arc<PromptLibrary>,
        touched: Touched,
    ) -> Result<(), Stopped> {
        self.inbox.input(switch::Input::Directory { directory, prompts, touched }).await?;
        // The switch takes both in order.
        self.command(Command::Statistics).await.map(drop)
    }

    /// What changes from now on, for live views.
    pub fn changes(&self) -> broadcast::Receiver<Change> {
        self.changes.subscribe()
    }

    /// What is to be remembered over a restart, from now on.
    pub fn memories(&self) -> broadcast::Receiver<Memory> {
        self.memories.subscribe()
    }

    /// The streams that SIP runs over.
    pub fn streams(&self) -> &Streams {
        &self.streams
    }

    /// What went through each media thread.
    pub fn traffic(&self) -> &[Arc<Traffic>] {
        &self.traffic
    }

    /// What was dropped because more came than could be handled.
    pub fn dropped(&self) -> &Dropped {
        &self.dropped
    }

    /// How many messages wait for some people, for their phones to show.
    pub async fn waiting(&self, tenant: TenantId, waiting: BTreeMap<UserId, Waiting>) -> Result<(), Stopped> {
        self.inbox.input(switch::Input::Waiting { tenant, waiting }).await
    }

    /// What an organization may spend now, and until when that is a promise; none if nothing is paid for.
    pub async fn account(
        &self,
        tenant: TenantId,
        account: Option<Box<Account>>,
        good_until: Option<Instant>,
    ) -> Result<(), Stopped> {
        self.inbox.input(switch::Input::Account { tenant, account, good_until }).await
    }

    /// Answers what the switch asked of the world.
    pub async fn told(&self, query: QueryId, told: Told) -> Result<(), Stopped> {
        self.inbox.input(switch::Input::Told { query, told }).await
    }

    /// Whether recordings of calls can be written down.
    pub async fn recorder(&self, works: bool) -> Result<(), Stopped> {
        self.inbox.input(switch::Input::Recorder { works }).await
    }

    /// Takes no new calls from now on.
    pub async fn drain(&self) -> Result<(), Stopped> {
        self.inbox.input(switch::Input::Drain).await
    }

    /// The same, and leaves the calls that are kept to the next process.
    pub async fn hand_over(&self) -> Result<(), Stopped> {
        self.inbox.input(switch::Input::HandOver).await
    }

    /// Goes on with calls of the process before.
    pub async fn resume(&self, calls: Vec<KeptCall>) -> Result<(), Stopped> {
        self.inbox.input(switch::Input::Resume { calls }).await
    }

    /// Waits until the last call ended after `drain`.
    pub async fn drained(&self) {
        // Without a sender the switch thread is gone, and so are its calls.
        let _ = self.drained.clone().wait_for(|is_drained| *is_drained).await;
    }

    /// Waits until the switch thread has ended and let go of everything.
    pub async fn stopped(&self) {
        self.inbox.closed().await;
    }

    /// Ends the switch thread; calls that still live are lost.
    pub async fn stop(&self) {
        // Stopped already is as good.
        let _ = self.inbox.send(Message::Stop).await;
    }
}

impl Handle {
    /// A handle whose messages the test itself answers.
    pub fn without_a_thread() -> (Self, mpsc::Receiver<Message>, broadcast::Sender<Change>) {
        crate::net::tls::install_provider();
        let bell = Arc::new(Bell::new().expect("a file handle is free"));
        let (inbox, messages) = inbox::inbox(bell);
        let (changes, _) = broadcast::channel(CHANGES_WAITING_MAX);
        let (memories, _) = broadcast::channel(1);
        let (_, drained) = watch::channel(false);
        let client_tls = crate::net::tls::client_config(None, None).expect("the system's authorities can be read");
        let streams = Streams::new(inbox.clone(), runtime::Handle::current(), client_tls, Patience::default());
        let (traffic, dropped) = (Arc::from([]), Arc::default());
        let trace = None;
        let handle = Self { inbox, changes: changes.clone(), memories, drained, streams, traffic, dropped, trace };
        (handle, messages, changes)
    }
}

/// Starts the media threads and the switch thread.
pub fn start(setup: Setup, fatal: &Fatal) -> io::Result<Handle> {
    let runtime = runtime::Handle::current();
    let bell = Arc::new(Bell::new()?);
    let (inbox, messages) = inbox::inbox(bell.clone());
    let media_events = Arc::new(Mailbox::new(bell.clone()));
    let workers = crate::media::start(&setup.media, &media_events, fatal)?;
    let traffic = workers.iter().map(crate::media::Worker::traffic).collect();
    let streams = Streams::new(inbox.clone(), runtime.clone(), setup.client_tls, setup.patience);
    let (questions, to_ask) = mpsc::channel(dns::QUESTIONS_WAITING_MAX);
    runtime.spawn(dns::run(to_ask, inbox.clone()));
    let (changes, _) = broadcast::channel(CHANGES_WAITING_MAX);
    let (memories, _) = broadcast::channel(MEMORIES_WAITING_MAX);
    let (drained_now, drained) = watch::channel(false);
    let names = (setup.media_address, setup.tls_name);
    let config = switch_config(setup.sip.local_addr()?, names, workers.len(), setup.phone_key)?;
    let parts = Parts {
        udp: setup.sip,
        streams: streams.clone(),
        workers,
        questions,
        records: setup.records,
        messages: setup.messages,
        desk: setup.desk,
        signatures: setup.signatures,
        recordings: setup.recordings,
        kept: setup.kept,
        trace: setup.trace.clone(),
        changes: changes.clone(),
        memories: memories.clone(),
        drained: drained_now,
    };
    let dropped = Arc::new(Dropped::default());
    let counted = dropped.clone();
    fatal.spawn("switch", move || {
        let hands = Hands::new(parts)?;
        Thread { switch: Switch::new(config), hands, messages, media_events, bell, dropped: counted }.run()
    })?;
    Ok(Handle { inbox, changes, memories, drained, streams, traffic, dropped, trace: setup.trace })
}

fn switch_config(
    sip: SocketAddr,
    (media_address, tls_name): (Option<IpAddr>, Option<String>),
    n_workers: usize,
    phone_key: phone_credentials::Key,
) -> io::Result<switch::Config> {
    let mut seed = [0; 32];
    rand::rngs::SysRng.try_fill_bytes(&mut seed).map_err(io::Error::other)?;
    let route_address = if sip.ip().is_unspecified() { route_address() } else { sip.ip() };
    Ok(switch::Config {
        product: format!("Trunkline/{}", env!("CARGO_PKG_VERSION")),
        sent_by: SocketAddr::new(route_address, sip.port()).to_string(),
        tls_name,
        media_address,
        route_address,
        n_workers: u16::try_from(n_workers).unwrap_or(u16::MAX),
        certificate: Some(crate::media::certificate::make()?),
        phone_key,
        seed,
        wall: Timestamp::now(),
        started: Instant::now(),
        t1: T1,
    })
}

/// Our address on the way to the rest of the world; nothing is sent to find out.
pub fn route_address() -> IpAddr {
    // Addresses for documentation: routed like any other, and nobody's.
    let outside: [(IpAddr, IpAddr); 2] = [
        (Ipv4Addr::UNSPECIFIED.into(), Ipv4Addr::new(192, 0, 2, 1).into()),
        (Ipv6Addr::UNSPECIFIED.into(), Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1).into()),
    ];
    let ours = outside.into_iter().find_map(|(any, remote)| {
        let socket = UdpSocket::bind((any, 0)).ok()?;
        socket.connect((remote, 9)).ok()?;
        Some(socket.local_addr().ok()?.ip())
    });
    ours.unwrap_or(Ipv4Addr::LOCALHOST.into())
}
