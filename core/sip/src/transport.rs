//! Where a message came from and where one goes: addresses as values.

use std::net::SocketAddr;
use std::sync::Arc;

/// A transport protocol. RFC 3261 §18, RFC 7118.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Transport {
    Tcp,
    Tls,
    Udp,
    Ws,
    Wss,
}

impl Transport {
    /// Whether the transport itself delivers or fails: no retransmission by us.
    pub fn is_reliable(self) -> bool {
        self != Self::Udp
    }

    /// Whether a third party on the path can't read it.
    pub fn is_secure(self) -> bool {
        matches!(self, Self::Tls | Self::Wss)
    }

    /// The name in Via. RFC 3261 §20.42, RFC 7118 §4.1
    pub fn via_name(self) -> &'static str {
        match self {
            Self::Tcp => "TCP",
            Self::Tls => "TLS",
            Self::Udp => "UDP",
            Self::Ws => "WS",
            Self::Wss => "WSS",
        }
    }

    /// The transport with that name in Via or in a URI, in any case.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Udp, Self::Tcp, Self::Tls, Self::Ws, Self::Wss]
            .into_iter()
            .find(|transport| transport.via_name().eq_ignore_ascii_case(name))
    }
}

/// One stream connection, named by the shell; never reused within a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Connection(pub u64);

/// Where a message came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    pub transport: Transport,
    pub remote: SocketAddr,
    /// The address of ours that it reached; an unspecified IP address when the shell can't tell.
    pub local: SocketAddr,
    /// The stream that carried it; none for UDP.
    pub connection: Option<Connection>,
    /// The names that the peer's TLS certificate proved, if it showed one; a wildcard as it is written.
    pub verified_names: Option<Arc<[String]>>,
}

impl Source {
    /// Back along the same flow. RFC 5626 §3.1, RFC 3581.
    pub fn reply_target(&self) -> Target {
        Target {
            transport: self.transport,
            remote: self.remote,
            connection: self.connection,
            server_name: None,
            local: Some(self.local),
        }
    }
}

/// Where a message goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    pub transport: Transport,
    pub remote: SocketAddr,
    /// Use this stream and no other, when given; otherwise the shell opens one or takes one that is open
    /// to the same address and server name.
    pub connection: Option<Connection>,
    /// The name that the peer's certificate must prove. TLS and WSS only.
    pub server_name: Option<String>,
    /// The address of ours that the peer should answer to, if known. Fills Via and Contact.
    pub local: Option<SocketAddr>,
}
