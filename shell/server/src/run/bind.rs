//! Binds everything that the process listens on, or says in one line why not and what to do.

use std::io;
use std::net::{SocketAddr, UdpSocket};
use std::sync::Arc;

use tokio::net::TcpListener;

use crate::config::Config;
use crate::net::tls::{Acceptor, TlsError};
use crate::node::udp;

/// All sockets, bound.
pub struct Sockets {
    pub udp: UdpSocket,
    pub tcp: TcpListener,
    pub tls: Option<(TcpListener, Arc<Acceptor>)>,
    pub http: TcpListener,
}

/// What can't be listened on.
#[derive(Debug, thiserror::Error)]
pub enum BindError {
    #[error("{what} can't listen on {address}: {}; {}", words(source), remedy(source, flag))]
    Address { what: &'static str, address: SocketAddr, flag: &'static str, source: io::Error },
    #[error(transparent)]
    Tls(#[from] TlsError),
}

/// Binds all.
pub async fn all(config: &Config) -> Result<Sockets, BindError> {
    let udp = udp::bind(config.sip).map_err(failed("SIP over UDP", config.sip, "--sip"))?;
    let tcp = TcpListener::bind(config.sip).await.map_err(failed("SIP over TCP", config.sip, "--sip"))?;
    let tls = match &config.tls {
        Some(tls) => {
            let acceptor = Acceptor::load(tls, config.tls_ca.as_deref())?;
            let listener = TcpListener::bind(tls.address).await;
            Some((listener.map_err(failed("SIP over TLS", tls.address, "--sips"))?, Arc::new(acceptor)))
        }
        None => None,
    };
    let http = TcpListener::bind(config.http).await.map_err(failed("HTTP", config.http, "--http"))?;
    Ok(Sockets { udp, tcp, tls, http })
}

pub fn failed(what: &'static str, address: SocketAddr, flag: &'static str) -> impl FnOnce(io::Error) -> BindError {
    move |source| BindError::Address { what, address, flag, source }
}

fn words(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::AddrInUse => "the port is in use",
        io::ErrorKind::AddrNotAvailable => "this machine does not have the address",
        io::ErrorKind::PermissionDenied => "this user may not use the port",
        _ => "the system refuses",
    }
}

fn remedy(error: &io::Error, flag: &str) -> String {
    match error.kind() {
        io::ErrorKind::AddrInUse => format!("end the other program (ss -lnptu shows it) or give another with {flag}"),
        io::ErrorKind::AddrNotAvailable => format!("give an address that `ip address` shows with {flag}"),
        io::ErrorKind::PermissionDenied => format!("give a port from 1024 with {flag}"),
        _ => format!("give another with {flag}"),
    }
}
