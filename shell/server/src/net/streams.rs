//! All streams that SIP runs over: which there are, what waits to be written to each, and how many strangers may have.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use rustls::ClientConfig;
use sip::{Connection, Source, Target, Transport};
use switch::Input;
use tokio::runtime;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::connection::{self, Patience};
use super::turns::source_key;
use crate::node::inbox::Inbox;

/// Streams of one source whose peer has not proved who it is: an office behind one address that comes back at once.
const STRANGERS_PER_SOURCE_MAX: usize = 128;
/// Strangers' streams at all; beyond, new ones wait outside.
const STRANGERS_MAX: usize = 2_048;
/// Streams at all.
const STREAMS_MAX: usize = 50_000;
/// What may wait to be written to a stranger, in bytes: an answer or two.
const STRANGER_BYTES_MAX: usize = 64 * 1024;
/// What may wait to be written to a peer that we know: a carrier's burst of some hundred messages.
const KNOWN_BYTES_MAX: usize = 1024 * 1024;
const MESSAGES_WAITING_MAX: usize = 2_048;

/// The table of streams. Cheap to clone.
#[derive(Clone)]
pub struct Streams(Arc<Shared>);

struct Shared {
    inbox: Inbox,
    runtime: runtime::Handle,
    client_tls: Arc<ClientConfig>,
    patience: Patience,
    table: Mutex<Table>,
}

#[derive(Default)]
struct Table {
    n_named: u64,
    open: HashMap<Connection, Entry>,
    by_peer: HashMap<(Transport, SocketAddr), Vec<Connection>>,
    strangers: HashMap<IpAddr, usize>,
    n_strangers: usize,
    figures: Figures,
}

/// Counts for metrics.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    pub n_open: usize,
    pub n_strangers: usize,
    pub refused_total: u64,
    pub overflowed_total: u64,
}

struct Entry {
    peer: (Transport, SocketAddr),
    /// The names that the peer's certificate proved.
    proved: Option<Arc<[String]>>,
    out: Arc<Out>,
}

/// The writing end of one stream, shared by the switch thread and the stream's task.
struct Out {
    queue: mpsc::Sender<Bytes>,
    n_bytes: AtomicUsize,
    is_known: AtomicBool,
    closing: CancellationToken,
}

/// One stream as its task has it. Out of the table when dropped.
pub struct Line {
    streams: Streams,
    connection: Connection,
    transport: Transport,
    remote: SocketAddr,
    queue: mpsc::Receiver<Bytes>,
    out: Arc<Out>,
}

/// It can't be sent; the stream, if there was one, is being closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unsent;

impl Streams {
    pub fn new(inbox: Inbox, runtime: runtime::Handle, client_tls: Arc<ClientConfig>, patience: Patience) -> Self {
        Self(Arc::new(Shared { inbox, runtime, client_tls, patience, table: Mutex::default() }))
    }

    pub fn inbox(&self) -> &Inbox {
        &self.0.inbox
    }

    pub fn client_tls(&self) -> Arc<ClientConfig> {
        self.0.client_tls.clone()
    }

    /// How long peers may take.
    pub fn patience(&self) -> Patience {
        self.0.patience
    }

    /// Queues a message; never waits. Opens a stream where none leads to the target.
    pub fn send(&self, target: &Target, packet: Bytes) -> Result<(), Unsent> {
        let mut table = self.table();
        let connection = match target.connection {
            Some(connection) => connection,
            None => match table.find(target) {
                Some(connection) => connection,
                None => {
                    let line = self.dial(&mut table, target).ok_or(Unsent)?;
                    let connection = line.connection;
                    self.0.runtime.spawn(connection::dial(line, target.clone()));
                    connection
                }
            },
        };
        table.send(connection, packet)
    }

    /// Takes a stream that a peer opened; none if there are too many.
    pub fn admit(&self, transport: Transport, remote: SocketAddr) -> Option<Line> {
        let mut table = self.table();
        let of_source = table.strangers.get(&source_key(remote)).copied().unwrap_or(0);
        let is_full = table.open.len() >= STREAMS_MAX
            || table.n_strangers >= STRANGERS_MAX
            || of_source >= STRANGERS_PER_SOURCE_MAX;
        if is_full {
            table.figures.refused_total += 1;
            return None;
        }
        *table.strangers.entry(source_key(remote)).or_default() += 1;
        table.n_strangers += 1;
        Some(self.enter(&mut table, transport, remote, Knowledge::Stranger))
    }

    pub fn figures(&self) -> Figures {
        let table = self.table();
        Figures { n_open: table.open.len(), n_strangers: table.n_strangers, ..table.figures }
    }

    /// A place for a stream that we open ourselves.
    fn dial(&self, table: &mut Table, target: &Target) -> Option<Line> {
        let can_be_opened = matches!(target.transport, Transport::Tcp | Transport::Tls);
        if !can_be_opened || table.open.len() >= STREAMS_MAX {
            return None;
        }
        let line = self.enter(table, target.transport, target.remote, Knowledge::Known);
        // Known by the name that it has to prove: it is not opened if it doesn't.
        if let Some(entry) = table.open.get_mut(&line.connection) {
            entry.proved = target.server_name.clone().map(|name| Arc::from([name]));
        }
        Some(line)
    }

    fn enter(&self, table: &mut Table, transport: Transport, remote: SocketAddr, knowledge: Knowledge) -> Line {
        let (to_queue, queue) = mpsc::channel(MESSAGES_WAITING_MAX);
        let out = Arc::new(Out {
            queue: to_queue,
            n_bytes: AtomicUsize::new(0),
            is_known: AtomicBool::new(knowledge == Knowledge::Known),
            closing: CancellationToken::new(),
        });
        table.n_named += 1;
        let connection = Connection(table.n_named);
        let peer = (transport, remote);
        table.open.insert(connection, Entry { peer, proved: None, out: out.clone() });
        table.by_peer.entry(peer).or_default().push(connection);
        Line { streams: self.clone(), connection, transport, remote, queue, out }
    }

    fn table(&self) -> MutexGuard<'_, Table> {
        self.0.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Knowledge {
    Known,
    Stranger,
}

impl Table {
    /// An open stream that leads to a target. One name's stream is not another's, whatever the address.
    fn find(&self, target: &Target) -> Option<Connection> {
        let all = self.by_peer.get(&(target.transport, target.remote))?;
        all.iter().copied().find(|connection| {
            self.open.get(connection).is_some_and(|entry| {
                let proves = |name: &String| entry.proved.as_ref().is_some_and(|proved| proved.contains(name));
                target.server_name.as_ref().is_none_or(proves) && !entry.out.closing.is_cancelled()
            })
        })
    }

    fn send(&mut self, connection: Connection, packet: Bytes) -> Result<(), Unsent> {
        let entry = self.open.get(&connection).ok_or(Unsent)?;
        if !entry.out.is_known.load(Ordering::Relaxed) && is_for_known_peers(&packet) {
            entry.out.is_known.store(true, Ordering::Relaxed);
            let source = source_key(entry.peer.1);
            self.forget_stranger(source);
        }
        let sent = self.open.get(&connection).ok_or(Unsent)?.out.push(packet);
        if sent.is_err() {
            self.figures.overflowed_total += 1;
        }
        sent
    }

    fn remove(&mut self, connection: Connection) {
        let Some(entry) = self.open.remove(&connection) else { return };
        if let Some(all) = self.by_peer.get_mut(&entry.peer) {
            all.retain(|other| *other != connection);
            if all.is_empty() {
                self.by_peer.remove(&entry.peer);
            }
        }
        if !entry.out.is_known.load(Ordering::Relaxed) {
            self.forget_stranger(source_key(entry.peer.1));
        }
    }

    fn forget_stranger(&mut self, source: IpAddr) {
        self.n_strangers = self.n_strangers.saturating_sub(1);
        if let Some(n) = self.strangers.get_mut(&source) {
            *n = n.saturating_sub(1);
            if *n == 0 {
                self.strangers.remove(&source);
            }
        }
    }
}

impl Out {
    /// Queues bytes; too many close the stream.
    fn push(&self, packet: Bytes) -> Result<(), Unsent> {
        let is_known = self.is_known.load(Ordering::Relaxed);
        let n_max = if is_known { KNOWN_BYTES_MAX } else { STRANGER_BYTES_MAX };
        let n_bytes = packet.len();
        let n_before = self.n_bytes.fetch_add(n_bytes, Ordering::Relaxed);
        if n_max < n_before.saturating_add(n_bytes) || self.queue.try_send(packet).is_err() {
            self.n_bytes.fetch_sub(n_bytes, Ordering::Relaxed);
            self.closing.cancel();
            return Err(Unsent);
        }
        Ok(())
    }
}

impl Line {
    /// The source of what comes on this stream.
    pub fn source(&self, local: SocketAddr, verified_names: Option<Arc<[String]>>) -> Source {
        if verified_names.is_some()
            && let Some(entry) = self.streams.table().open.get_mut(&self.connection)
        {
            entry.proved.clone_from(&verified_names);
        }
        Source {
            transport: self.transport,
            remote: self.remote,
            local,
            connection: Some(self.connection),
            verified_names,
        }
    }

    pub fn streams(&self) -> &Streams {
        &self.streams
    }

    /// Splits what writes from what reads; the first keeps the stream in the table.
    pub fn split(self) -> (Writing, Reading) {
        let reading = Reading { inbox: self.streams.0.inbox.clone(), out: self.out.clone() };
        (Writing { line: self }, reading)
    }

    /// Tells the switch that the stream is gone.
    pub async fn report_closed(self) {
        let (inbox, connection) = (self.streams.0.inbox.clone(), self.connection);
        // Out of the table first, so that nothing is sent to it any more.
        drop(self);
        // Stopped: there is nobody to be told.
        let _ = inbox.input(Input::ConnectionClosed { connection }).await;
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        self.streams.table().remove(self.connection);
    }
}

/// The side of a stream's task that writes.
pub struct Writing {
    line: Line,
}

impl Writing {
    /// The next messages to write, one at least, joined up to about `n_bytes_max`; none when nobody can send any more.
    pub async fn next(&mut self, n_bytes_max: usize) -> Option<Bytes> {
        let first = self.line.queue.recv().await?;
        if self.line.queue.is_empty() {
            return Some(first);
        }
        let mut joined = Vec::with_capacity(n_bytes_max);
        joined.extend_from_slice(&first);
        while joined.len() < n_bytes_max
            && let Ok(next) = self.line.queue.try_recv()
        {
            joined.extend_from_slice(&next);
        }
        Some(joined.into())
    }

    /// The next message alone.
    pub async fn next_message(&mut self) -> Option<Bytes> {
        self.line.queue.recv().await
    }

    /// So many bytes were written: there is room again.
    pub fn written(&self, n_bytes: usize) {
        self.line.out.n_bytes.fetch_sub(n_bytes, Ordering::Relaxed);
    }

    pub fn into_line(self) -> Line {
        self.line
    }
}

/// The side of a stream's task that reads.
#[derive(Clone)]
pub struct Reading {
    inbox: Inbox,
    out: Arc<Out>,
}

impl Reading {
    /// Hands a message to the switch; waits for room.
    pub async fn receive(&self, source: &Source, packet: Bytes) -> Result<(), Unsent> {
        let input = Input::Message { source: source.clone(), packet };
        self.inbox.input(input).await.map_err(|_| Unsent)
    }

    /// Answers on the stream itself.
    pub fn answer(&self, packet: Bytes) -> Result<(), Unsent> {
        self.out.push(packet)
    }

    /// Whether the switch has answered this peer as one answers somebody known.
    pub fn is_known(&self) -> bool {
        self.out.is_known.load(Ordering::Relaxed)
    }

    /// Ends when the stream has to be closed.
    pub async fn closing(&self) {
        self.out.closing.cancelled().await;
    }
}

/// The switch sends requests and 2xx only to those whom it knows; strangers get refusals.
fn is_for_known_peers(packet: &[u8]) -> bool {
    match packet.strip_prefix(b"SIP/2.0 ") {
        Some(status) => status.first() == Some(&b'2'),
        None => packet.len() > 2,
    }
}
