use std::sync::Arc;
use std::time::{Duration, Instant};

use rustls::{ClientConfig, RootCertStore};
use rustls_pki_types::{CertificateDer, ServerName};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::world::{World, ask_stream, in_time, until, write_certificate};
use server::net::connection::Patience;

async fn connect(
    world: &World,
    name: &str,
    trusted: &CertificateDer<'static>,
) -> std::io::Result<TlsStream<TcpStream>> {
    let mut roots = RootCertStore::empty();
    roots.add(trusted.clone()).unwrap();
    let config = ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
    let stream = TcpStream::connect(world.sips).await.unwrap();
    let name = ServerName::try_from(name.to_owned()).unwrap();
    in_time("a handshake", TlsConnector::from(Arc::new(config)).connect(name, stream)).await
}

/// As if so much time had passed since the files were looked at.
fn look_later(world: &World) {
    world.acceptor.config(Instant::now() + Duration::from_secs(10));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_certificate_is_used_and_open_connections_go_on() {
    let world = World::start().await;
    let first = server::net::tls::certificates(&world.certificates.path().join("cert.pem")).unwrap().remove(0);
    let mut old = connect(&world, "first.test", &first).await.unwrap();
    assert!(ask_stream(&mut old, "TLS", 1).await.starts_with("SIP/2.0 200 "));

    let second = write_certificate(world.certificates.path(), "second.test");
    look_later(&world);
    let mut new = connect(&world, "second.test", &second).await.unwrap();
    assert!(ask_stream(&mut new, "TLS", 2).await.starts_with("SIP/2.0 200 "));
    assert!(connect(&world, "first.test", &first).await.is_err(), "the old certificate is still used");
    assert!(ask_stream(&mut old, "TLS", 3).await.starts_with("SIP/2.0 200 "));

    // A key that does not fit: half of an update, or a mistake.
    let key = rcgen::KeyPair::generate().unwrap().serialize_pem();
    std::fs::write(world.certificates.path().join("key.pem"), key).unwrap();
    look_later(&world);
    let mut kept = connect(&world, "second.test", &second).await.unwrap();
    assert!(ask_stream(&mut kept, "TLS", 4).await.starts_with("SIP/2.0 200 "));
}

#[tokio::test(flavor = "multi_thread")]
async fn handshakes_that_never_end_keep_nobody_else_out() {
    let patience = Patience { handshake: Duration::from_secs(3), ..Patience::default() };
    let world = World::start_with("127.0.0.1:0", patience).await;
    let mut stalled = Vec::new();
    for _ in 0..80 {
        let socket = tokio::net::TcpSocket::new_v4().unwrap();
        socket.bind("127.0.0.2:0".parse().unwrap()).unwrap();
        stalled.push(in_time("a connection", socket.connect(world.sips)).await.unwrap());
    }
    // Sixty-four places are taken; the rest is shown the door at once.
    until("the surplus is closed", || world.node.streams().figures().n_strangers == 64).await;
    let trusted = server::net::tls::certificates(&world.certificates.path().join("cert.pem")).unwrap().remove(0);
    let mut other = connect(&world, "first.test", &trusted).await.unwrap();
    assert!(ask_stream(&mut other, "TLS", 1).await.starts_with("SIP/2.0 200 "));
    until("those that stall are closed", || world.node.streams().figures().n_open == 1).await;
    drop(stalled);
}
