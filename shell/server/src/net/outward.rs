//! Requests to addresses that somebody else chose: a receiver of webhooks, an OpenID provider. None goes into the network
//! that the server stands in, unless who runs the server allows it, and no answer leads elsewhere.

use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use phone::webhook::address::is_public;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::redirect::Policy;
use reqwest::{Client, Method, RequestBuilder, Url};

/// Whoever is asked has this long; what they do with it is their own time.
const PATIENCE: Duration = Duration::from_secs(10);

/// Where requests may go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reach {
    /// Anywhere, by http, too: who runs the server allows it.
    Everywhere,
    /// Public addresses by https.
    Public,
}

/// Why a request is not even tried.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Barred {
    #[error("{url} is no address of a page")]
    Malformed { url: String },
    #[error("only https:// is allowed")]
    NotSecure,
    #[error("{host} is in a network that is not public, which is not allowed")]
    NotPublic { host: String },
}

/// Sends requests as far as they may go. Connections are kept and shared by all clones.
#[derive(Clone, Debug)]
pub struct Outward {
    reach: Reach,
    client: Arc<OnceLock<Client>>,
}

impl Outward {
    pub fn new(reach: Reach) -> Self {
        Self { reach, client: Arc::default() }
    }

    /// A request to an address, if it may go there. Where its name leads is judged when it is sent.
    pub fn request(&self, method: Method, url: &str) -> Result<RequestBuilder, Barred> {
        let url = allowed(self.reach, url)?;
        Ok(self.client().request(method, url))
    }

    fn client(&self) -> &Client {
        self.client.get_or_init(|| {
            let builder = Client::builder()
                .redirect(Policy::none())
                // A proxy would look names up again, and stands where the server stands.
                .no_proxy()
                .timeout(PATIENCE)
                .dns_resolver(Names(self.reach));
            // The settings are fixed, and a test makes one of each.
            builder.build().expect("a client with these settings can be made")
        })
    }
}

/// The address, if requests may go there as far as its text says. Where its name leads, nobody knows before it is asked.
pub fn allowed(reach: Reach, url: &str) -> Result<Url, Barred> {
    let malformed = || Barred::Malformed { url: url.to_owned() };
    let parsed = Url::parse(url).map_err(|_| malformed())?;
    if reach == Reach::Public && parsed.scheme() != "https" {
        return Err(Barred::NotSecure);
    }
    // An address that is written as one is not looked up.
    let host = parsed.host_str().ok_or_else(malformed)?;
    let bare = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(host);
    if let Ok(address) = bare.parse::<IpAddr>() {
        judge(reach, host, [address])?;
    }
    Ok(parsed)
}

/// What kept a request from being sent, if it is that.
pub fn barred(error: &reqwest::Error) -> Option<Barred> {
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        if let Some(barred) = cause.downcast_ref::<Barred>() {
            return Some(barred.clone());
        }
        source = cause.source();
    }
    None
}

/// Looks names up, once for each connection: only what was judged is spoken to, whatever a second look-up would say.
struct Names(Reach);

impl Resolve for Names {
    fn resolve(&self, name: Name) -> Resolving {
        let reach = self.0;
        Box::pin(async move {
            let host = name.as_str();
            // A name server that says nothing must not hold the turn for longer than who is asked may.
            let looked_up = tokio::time::timeout(PATIENCE, tokio::net::lookup_host((host, 0))).await;
            let found: Vec<SocketAddr> =
                looked_up.map_err(|_| std::io::Error::from(std::io::ErrorKind::TimedOut))??.collect();
            judge(reach, host, found.iter().map(SocketAddr::ip))?;
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

/// One that is not public among others would be taken when the others fail.
fn judge(reach: Reach, host: &str, addresses: impl IntoIterator<Item = IpAddr>) -> Result<(), Barred> {
    if reach == Reach::Everywhere || addresses.into_iter().all(is_public) {
        return Ok(());
    }
    Err(Barred::NotPublic { host: host.to_owned() })
}
