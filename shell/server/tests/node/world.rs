//! A node on ports of its own, with one organization whose trunk is anybody at 127.0.0.1. Peers at other loopback
//! addresses are strangers.

use std::collections::BTreeMap;
use std::future::Future;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use phone::Directory;
use phone::directory::change::Touched;
use phone::directory::{Tenant, TenantParts};
use phone::id::{TenantId, TrunkId};
use phone::numbers::trunk::{SrtpMode, Trunk, TrunkTransport};
use phone::people::tenant::Profile;
use switch::input::{Command, PromptLibrary};
use switch::output::Answer;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpSocket, TcpStream, UdpSocket};
use uuid::Uuid;

use server::config::Tls;
use server::fatal::fatal;
use server::net::connection::Patience;
use server::net::http::{HttpListener, Peer};
use server::net::tls::{self, Acceptor};
use server::net::{listen, ws};
use server::node::{self, Handle, Setup, udp};

/// Longer than anything here takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(20);

pub struct World {
    pub node: Handle,
    pub sip: SocketAddr,
    pub sips: SocketAddr,
    pub http: SocketAddr,
    pub acceptor: Arc<Acceptor>,
    pub certificates: tempfile::TempDir,
}

impl World {
    pub async fn start() -> Self {
        Self::start_at("127.0.0.1:0").await
    }

    pub async fn start_at(sip: &str) -> Self {
        Self::start_with(sip, Patience::default()).await
    }

    pub async fn start_with(sip: &str, patience: Patience) -> Self {
        Self::start_sounding(sip, patience, one_media_thread()).await
    }

    /// With two media threads, once each has ports to grant.
    pub async fn start_with_two_media_threads() -> Self {
        // Ports of their own, since the others' are short when many tests run.
        let media = server::media::Setup { ports: 47_000..=47_599, n_workers: 2, ..one_media_thread() };
        let world = Self::start_sounding("127.0.0.1:0", Patience::default(), media).await;
        // More than one thread has.
        world.wait_for_ports(160).await;
        world
    }

    async fn start_sounding(sip: &str, patience: Patience, media: server::media::Setup) -> Self {
        let make = |udp| setup(udp, patience, media);
        Self::start_set_up(sip, make, directory_with(|_, _| {})).await
    }

    /// With these settings, ports for sound of its own, and somebody who signs callers' numbers.
    pub async fn start_directory(
        directory: Directory,
        ports: std::ops::RangeInclusive<u16>,
        signatures: tokio::sync::mpsc::Sender<server::stir::Question>,
        records: node::Records,
    ) -> Self {
        let media = server::media::Setup { ports, ..one_media_thread() };
        let make = |udp| Setup { signatures, records, ..setup(udp, Patience::default(), media) };
        let world = Self::start_set_up("127.0.0.1:0", make, directory).await;
        world.wait_for_ports(1).await;
        world
    }

    async fn start_set_up(sip: &str, make: impl FnOnce(std::net::UdpSocket) -> Setup, directory: Directory) -> Self {
        tls::install_provider();
        let certificates = tempfile::tempdir().unwrap();
        write_certificate(certificates.path(), "first.test");
        let files = Tls {
            address: "127.0.0.1:0".parse().unwrap(),
            cert: certificates.path().join("cert.pem"),
            key: certificates.path().join("key.pem"),
        };
        let acceptor = Arc::new(Acceptor::load(&files, None).unwrap());
        let (udp, tcp) = bind_both(sip.parse().unwrap());
        let sip = udp.local_addr().unwrap();
        let (fatal, _) = fatal();
        let node = node::start(make(udp), &fatal).unwrap();
        node.install(Arc::new(directory), Arc::new(PromptLibrary::default()), Touched::Everything).await.unwrap();
        tokio::spawn(listen::tcp(TcpListener::from_std(tcp).unwrap(), node.streams().clone()));
        let tls = TcpListener::bind(files.address).await.unwrap();
        let sips = tls.local_addr().unwrap();
        tokio::spawn(listen::tls(tls, node.streams().clone(), acceptor.clone()));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let http = listener.local_addr().unwrap();
        let router = ws::router(node.streams().clone());
        let service = router.into_make_service_with_connect_info::<Peer>();
        tokio::spawn(axum::serve(HttpListener::new(listener), service).into_future());
        Self { node, sip, sips, http, acceptor, certificates }
    }

    /// Waits until the media threads have granted so many pairs of ports.
    async fn wait_for_ports(&self, n_pairs: usize) {
        in_time("the ports", async {
            loop {
                let answer = self.node.command(Command::Statistics).await.unwrap();
                if matches!(answer, Answer::Statistics(statistics) if statistics.n_ports_free >= n_pairs) {
                    return;
                }
            }
        })
        .await;
    }

    /// A UDP peer at an address.
    pub async fn udp_peer(&self, ip: &str) -> UdpSocket {
        let socket = UdpSocket::bind((ip, 0)).await.unwrap();
        // A test on a busy machine reads late.
        socket2::SockRef::from(&socket).set_recv_buffer_size(4 << 20).unwrap();
        socket.connect(self.sip).await.unwrap();
        socket
    }

    /// A TCP peer at an address.
    pub async fn tcp_peer(&self, ip: &str) -> TcpStream {
        let socket = TcpSocket::new_v4().unwrap();
        // A peer that does not read shall be noticed soon.
        socket.set_recv_buffer_size(16 * 1024).unwrap();
        socket.bind(SocketAddr::new(ip.parse().unwrap(), 0)).unwrap();
        in_time("a connection", socket.connect(self.sip)).await.unwrap()
    }
}

impl Drop for World {
    fn drop(&mut self) {
        let node = self.node.clone();
        tokio::spawn(async move { node.stop().await });
    }
}

fn one_media_thread() -> server::media::Setup {
    server::media::Setup {
        address: "127.0.0.1".parse().unwrap(),
        ports: 46_000..=46_999,
        n_workers: 1,
        sockets_max: 1_000,
        messages: server::voicemail::intake().0,
        recordings: server::recordings::intake().0,
    }
}

/// The same port for both: one that is free for UDP may not be for TCP.
fn bind_both(address: SocketAddr) -> (std::net::UdpSocket, std::net::TcpListener) {
    for _ in 0..100 {
        let udp = udp::bind(address).unwrap();
        if let Ok(tcp) = std::net::TcpListener::bind(udp.local_addr().unwrap()) {
            tcp.set_nonblocking(true).unwrap();
            return (udp, tcp);
        }
    }
    panic!("no port is free for both");
}

fn setup(sip: std::net::UdpSocket, patience: Patience, media: server::media::Setup) -> Setup {
    Setup {
        sip,
        media,
        media_address: None,
        records: Box::new(|_| {}),
        messages: server::voicemail::intake().0,
        desk: tokio::sync::mpsc::channel(1).0,
        signatures: tokio::sync::mpsc::channel(1).0,
        recordings: server::recordings::intake().0,
        kept: server::kept::intake().0,
        client_tls: tls::client_config(None, None).unwrap(),
        tls_name: None,
        trace: None,
        patience,
        phone_key: phone::access::phone_credentials::Key([3; 32]),
    }
}

/// The organization of the world, with changes.
pub fn directory_with(change: impl FnOnce(&mut TenantParts, &mut Trunk)) -> Directory {
    let id = TenantId(Uuid::from_u128(1));
    let mut trunk = Trunk {
        id: TrunkId(Uuid::from_u128(2)),
        name: "carrier".to_owned(),
        host: "127.0.0.1".to_owned(),
        port: None,
        transport: TrunkTransport::Udp,
        sources: vec!["127.0.0.1:0".parse().unwrap()],
        credentials: None,
        country: None,
        srtp: SrtpMode::Off,
        codecs: vec!["PCMU".to_owned()],
        n_calls_max: None,
        no_answer_secs: 5,
        enabled: true,
        description: None,
        settings: Default::default(),
    };
    let mut parts = TenantParts {
        profile: Profile {
            id,
            slug: "test".to_owned(),
            name: "Test".to_owned(),
            sip_domain: "test.example".to_owned(),
            time_zone: "UTC".to_owned(),
            country: "US".to_owned(),
            language: "en-US".to_owned(),
            state: Default::default(),
            supervision_notice: Default::default(),
            number_pause: None,
            number_mails: Default::default(),
            fallback_operator: None,
        },
        users: BTreeMap::new(),
        numbers: BTreeMap::new(),
        outbound_trunks: vec![trunk.id],
        lent: BTreeMap::new(),
        groups: BTreeMap::new(),
        trunks: BTreeMap::new(),
        resource_accounts: BTreeMap::new(),
        attendants: BTreeMap::new(),
        queues: BTreeMap::new(),
        schedules: BTreeMap::new(),
        mailboxes: BTreeMap::new(),
        personal_mailboxes: BTreeMap::new(),
        calling: Arc::default(),
        routing: Arc::default(),
        emergency_numbers: Vec::new(),
        country_profile: None,
    };
    super::people::settle(&mut parts);
    change(&mut parts, &mut trunk);
    parts.trunks = BTreeMap::from([(trunk.id, Arc::new(trunk))]);
    Directory::new([Arc::new(Tenant::new(parts))], Some(id))
}

/// Writes a new certificate and its key; returns the certificate.
pub fn write_certificate(folder: &Path, name: &str) -> rustls_pki_types::CertificateDer<'static> {
    let made = rcgen::generate_simple_self_signed(vec![name.to_owned(), "127.0.0.1".to_owned()]).unwrap();
    std::fs::write(folder.join("cert.pem"), made.cert.pem()).unwrap();
    std::fs::write(folder.join("key.pem"), made.signing_key.serialize_pem()).unwrap();
    made.cert.der().clone()
}

/// An OPTIONS, which the trunk gets a 200 for.
pub fn options(transport: &str, number: u32) -> String {
    format!(
        "OPTIONS sip:test.example SIP/2.0\r\nVia: SIP/2.0/{transport} peer.example;rport;branch=z9hG4bK{number}\r\n\
         Max-Forwards: 70\r\nFrom: <sip:peer@peer.example>;tag=t{number}\r\nTo: <sip:test.example>\r\n\
         Call-ID: call-{number}\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n"
    )
}

/// Waits, but not for ever.
pub async fn in_time<T>(what: &str, future: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, future).await.unwrap_or_else(|_| panic!("{what} did not come in time"))
}

/// One OPTIONS and its answer over UDP.
pub async fn ask_udp(peer: &UdpSocket, number: u32) -> String {
    let mut buffer = [0; 2_048];
    peer.send(options("UDP", number).as_bytes()).await.unwrap();
    let n_bytes = in_time("an answer", peer.recv(&mut buffer)).await.unwrap();
    String::from_utf8(buffer[..n_bytes].to_vec()).unwrap()
}

/// The next message without a body of a stream.
pub async fn read_message<S: tokio::io::AsyncRead + Unpin>(stream: &mut S) -> String {
    let mut text = Vec::new();
    while !text.ends_with(b"\r\n\r\n") {
        text.push(in_time("an answer", stream.read_u8()).await.unwrap());
    }
    String::from_utf8(text).unwrap()
}

/// One OPTIONS and its answer over a stream.
pub async fn ask_stream<S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin>(
    stream: &mut S,
    transport: &str,
    number: u32,
) -> String {
    stream.write_all(options(transport, number).as_bytes()).await.unwrap();
    read_message(stream).await
}

/// Looks again and again until something is so.
pub async fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    in_time(what, async {
        while !is_so() {
            tokio::task::yield_now().await;
        }
    })
    .await;
}
