//! A thousand peers that stall: others are served as before, memory stays flat, each is closed at its deadline.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::{Duration, Instant};

use nix::sys::resource::{Resource, getrlimit, setrlimit};
use rustls::{ClientConfig, ClientConnection, RootCertStore};
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, ServerName};
use socket2::{Domain, Socket, Type};

use crate::crowd::{Caller, Crowd};
use crate::server::{HTTP, SIP, SIPS, Server};
use crate::wait;

const MAIN_MENU: &str = "+14255550100";
/// Peers of each kind; together a thousand.
const N_EACH: usize = 200;
/// Below what one source may have.
const PER_SOURCE: usize = 100;
/// Two hundred peers that never read hold a quarter of a MiB each in queues, and all have a stack of tasks and TLS.
const MEMORY_KIB_MAX: u64 = 96 * 1024;

/// A server that is only slow takes something in this time, also on a busy machine.
const TAKES_NO_MORE: Duration = Duration::from_millis(500);

/// What the burst of their requests may cost a call while the machine has other work too.
const SETUP_MORE: Duration = Duration::from_millis(300);

/// How a peer stalls.
#[derive(Clone, Copy, Debug)]
enum Kind {
    /// Half a message over TCP.
    HalfMessage,
    /// Half a TLS handshake.
    HalfHandshake,
    /// Asks over TCP, never reads.
    NeverReads,
    /// Asks over TLS, never reads.
    NeverReadsTls,
    /// Half a frame over a WebSocket.
    HalfFrame,
}

const KINDS: [Kind; 5] =
    [Kind::HalfMessage, Kind::HalfHandshake, Kind::NeverReads, Kind::NeverReadsTls, Kind::HalfFrame];

#[test]
fn a_thousand_stalled_peers_disturb_nobody() {
    raise_file_limit();
    let mut server = Server::start_alone();
    let mut crowd = Crowd::at(Caller::Outside);
    let before = set_up(&mut crowd, 20);
    let (memory, n_files) = (server.memory_kib(), server.n_files());

    let stalled = stall_all(&server);
    let during = set_up(&mut crowd, 60);
    let grown = server.memory_kib().saturating_sub(memory);
    assert!(server.metric("streams") <= 1_000);
    assert!(during <= before * 3 + SETUP_MORE, "set-up took {before:?} before, {during:?} now");
    assert!(grown <= MEMORY_KIB_MAX, "{grown} KiB more for stalled peers");

    server.let_others_in();
    for (kind, opened_at, stream) in stalled {
        let limit = match kind {
            Kind::HalfHandshake => 5,
            Kind::HalfMessage | Kind::NeverReads | Kind::NeverReadsTls => 10,
            // Pings go on for two periods; it holds nothing but its place.
            Kind::HalfFrame => continue,
        };
        wait_until_closed(kind, &stream);
        let held = opened_at.elapsed();
        assert!(held < Duration::from_secs(limit + 15), "{kind:?} was held for {held:?}");
    }
    wait::until("only WebSockets are left", || (server.metric("streams") <= N_EACH as u64).then_some(()));
    wait::until("the files are closed", || (server.n_files() <= n_files + N_EACH + 10).then_some(()));
    set_up(&mut crowd, 5);
}

/// Calls one after the other; the time that nine of ten stay below.
fn set_up(crowd: &mut Crowd, n_calls: usize) -> Duration {
    let mut times: Vec<Duration> = (0..n_calls)
        .map(|_| {
            let time = crowd.call(MAIN_MENU).expect("a call from the carrier is answered");
            crowd.hang_up().expect("BYE is answered");
            time
        })
        .collect();
    times.sort_unstable();
    times[n_calls * 9 / 10]
}

fn stall_all(server: &Server) -> Vec<(Kind, Instant, TcpStream)> {
    let tls = tls_config(server);
    let groups = N_EACH * KINDS.len() / PER_SOURCE;
    // A peer needs a while to see that the server takes no more: each source's peers stall beside the others'.
    std::thread::scope(|scope| {
        let tls = &tls;
        let threads: Vec<_> = (1..=groups).map(|group| scope.spawn(move || stall_from(group as u8, tls))).collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    })
}

/// All that one source has.
fn stall_from(group: u8, tls: &Arc<ClientConfig>) -> Vec<(Kind, Instant, TcpStream)> {
    let source = SocketAddr::from(([127, 0, 1, group], 0));
    let kinds = KINDS.into_iter().cycle().take(PER_SOURCE);
    kinds.map(|kind| (kind, Instant::now(), stall(kind, source, tls))).collect()
}

fn stall(kind: Kind, source: SocketAddr, tls: &Arc<ClientConfig>) -> TcpStream {
    match kind {
        Kind::HalfMessage => {
            let mut stream = connect(source, SIP);
            stream.write_all(b"OPTIONS sip:demo.test SIP/2.0\r\nVia: SIP/2.0/TCP peer").unwrap();
            stream
        }
        Kind::HalfHandshake => {
            let mut stream = connect(source, SIPS);
            stream.write_all(&[22, 3, 1, 2, 0, 1, 0]).unwrap();
            stream
        }
        Kind::NeverReads => {
            let mut stream = connect(source, SIP);
            ask_and_never_read(&mut stream, "TCP");
            stream
        }
        Kind::NeverReadsTls => {
            let mut stream = connect(source, SIPS);
            let name = ServerName::try_from("demo.test").unwrap();
            let mut session = ClientConnection::new(tls.clone(), name).unwrap();
            session.complete_io(&mut stream).unwrap();
            ask_and_never_read(&mut rustls::Stream::new(&mut session, &mut stream), "TLS");
            stream
        }
        Kind::HalfFrame => {
            let mut stream = connect(source, HTTP);
            let request = format!(
                "GET /ws/sip HTTP/1.1\r\nHost: {HTTP}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
                 Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
                 Sec-WebSocket-Protocol: sip\r\n\r\n"
            );
            stream.write_all(request.as_bytes()).unwrap();
            let mut head = [0; 12];
            stream.read_exact(&mut head).unwrap();
            assert_eq!(&head, b"HTTP/1.1 101");
            stream.write_all(&[0x81, 0x80 | 100, 1, 2, 3, 4, 5]).unwrap();
            stream
        }
    }
}

/// Large requests, whose answers are large too, as many as the peer's side takes at once.
fn ask_and_never_read(stream: &mut impl std::io::Write, transport: &str) {
    let filler = "x".repeat(7_000);
    for number in 0..80 {
        let request = format!(
            "OPTIONS sip:demo.test SIP/2.0\r\nVia: SIP/2.0/{transport} peer.example;rport;branch=z9hG4bK{number}\r\n\
             Max-Forwards: 70\r\nFrom: \"{filler}\" <sip:peer@peer.example>;tag=t{number}\r\nTo: <sip:demo.test>\r\n\
             Call-ID: call-{number}\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n"
        );
        if stream.write_all(request.as_bytes()).is_err() {
            return;
        }
    }
}

fn connect(source: SocketAddr, to: &str) -> TcpStream {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    // Little room, so that the server's answers stay with the server.
    socket.set_recv_buffer_size(4_096).unwrap();
    socket.bind(&source.into()).unwrap();
    let to: SocketAddr = to.parse().unwrap();
    socket.connect_timeout(&to.into(), wait::PATIENCE).unwrap();
    let stream = TcpStream::from(socket);
    stream.set_write_timeout(Some(TAKES_NO_MORE)).unwrap();
    stream.set_read_timeout(Some(wait::PATIENCE)).unwrap();
    stream
}

/// Reads what the server still had to say, up to the end.
fn wait_until_closed(kind: Kind, mut stream: &TcpStream) {
    let mut buffer = [0; 16 * 1024];
    loop {
        match stream.read(&mut buffer) {
            Ok(0) => return,
            Ok(_) => {}
            Err(error) if error.kind() == ErrorKind::ConnectionReset => return,
            Err(error) => panic!("{kind:?} was not closed: {error}"),
        }
    }
}

fn tls_config(server: &Server) -> Arc<ClientConfig> {
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(server.directory.path().join("cert.pem")).unwrap()).unwrap();
    Arc::new(ClientConfig::builder().with_root_certificates(roots).with_no_client_auth())
}

/// This process has a thousand peers' sockets.
fn raise_file_limit() {
    let (_, hard) = getrlimit(Resource::RLIMIT_NOFILE).unwrap();
    setrlimit(Resource::RLIMIT_NOFILE, hard, hard).unwrap();
}
