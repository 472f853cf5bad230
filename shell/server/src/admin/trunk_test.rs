//! A trunk is tried without a call: is there an address, does anybody listen, is the certificate good, does it answer.

use std::net::SocketAddr;
use std::time::Duration;

use jiff::Timestamp;
use phone::id::{TenantId, TrunkId};
use phone::numbers::Trunk;
use phone::numbers::trunk::TrunkTransport;
use switch::input::Command;
use switch::output::Answer;
use switch::view::{self, Registered};
use tokio::net::{TcpStream, lookup_host};
use tokio::time::{sleep, timeout};

use super::operator_access::OperatorCaller;
use super::{Access, Refused};
use crate::node;

/// One thing that was tried.
pub struct Step {
    pub name: &'static str,
    pub detail: String,
    /// What to do; none if it passed.
    pub fix: Option<String>,
}

/// How long each step may take; a trunk that answers at all does within a second or two.
const STEP_MAX: Duration = Duration::from_secs(5);
/// Addresses of a trunk that are tried.
const ADDRESSES_MAX: usize = 3;
/// How often it is looked whether an answer came.
const LOOK_EVERY: Duration = Duration::from_millis(100);

impl Access {
    /// Tries a trunk, one step after the other until one fails.
    pub async fn test_trunk(&self, id: TrunkId) -> Result<Vec<Step>, Refused> {
        let (trunk, _) = self.store().trunk(self.tenant(), id).await?.ok_or(Refused::NotFound { what: "trunk" })?;
        // One that was made a moment ago is to be known to the switch.
        self.known_snapshot().await?;
        let place = Place { node: self.node(), tenant: self.tenant() };
        tried(&trunk.value, Some(place)).await
    }
}

impl OperatorCaller {
    /// Tries a trunk of the operator. The switch asks it on behalf of an organization that consented.
    pub async fn test_trunk(&self, trunk: &Trunk) -> Result<Vec<Step>, Refused> {
        let directory = self.admin.directory.load();
        let mut tenants = directory.tenants().values();
        let lent = tenants.find(|tenant| tenant.trunks.contains_key(&trunk.id));
        let place = lent.map(|tenant| Place { node: &self.admin.node, tenant: tenant.profile.id });
        tried(trunk, place).await
    }
}

/// Where the switch knows a trunk.
#[derive(Clone, Copy)]
struct Place<'a> {
    node: &'a node::Handle,
    tenant: TenantId,
}

async fn tried(trunk: &Trunk, place: Option<Place<'_>>) -> Result<Vec<Step>, Refused> {
    let mut steps = Vec::new();
    let addresses = match addresses(trunk).await {
        Ok(addresses) => addresses,
        Err(step) => return Ok(vec![step]),
    };
    let all: Vec<String> = addresses.iter().map(SocketAddr::to_string).collect();
    steps.push(passed("address", format!("{} is {}", trunk.host, all.join(" and "))));
    if trunk.transport != TrunkTransport::Udp {
        let tried = connect(&addresses).await;
        let is_over = tried.fix.is_some();
        steps.push(tried);
        if is_over {
            return Ok(steps);
        }
    }
    let Some(place) = place else {
        let detail = "it was not asked: no organization uses it yet".to_owned();
        let fix =
            "name it in a calling profile, and test again when an organization consented and has a number with it";
        steps.push(failed("options", detail, fix));
        return Ok(steps);
    };
    steps.push(place.options(trunk).await?);
    if let Some(step) = place.registration(trunk.id).await? {
        steps.push(step);
    }
    Ok(steps)
}

impl Place<'_> {
    async fn now(self, trunk: TrunkId) -> Result<Option<view::Trunk>, Refused> {
        match self.node.command(Command::ListTrunks { tenant: self.tenant }).await? {
            Answer::Trunks(trunks) => Ok(trunks.into_iter().find(|one| one.id == trunk)),
            other => Err(Refused::by_switch(other, "trunk")),
        }
    }

    async fn options(self, trunk: &Trunk) -> Result<Step, Refused> {
        let asked_at = Timestamp::now();
        match self.node.command(Command::AskTrunk { tenant: self.tenant, trunk: trunk.id }).await? {
            Answer::Done => {}
            other => return Err(Refused::by_switch(other, "trunk")),
        }
        let answered = timeout(STEP_MAX, async {
            loop {
                let heard = self.now(trunk.id).await?;
                if let Some(at) = heard.and_then(|one| one.heard_at).filter(|at| *at >= asked_at) {
                    return Ok::<_, Refused>(at);
                }
                sleep(LOOK_EVERY).await;
            }
        });
        Ok(match answered.await {
            Ok(at) => {
                let millis = at?.duration_since(asked_at).as_millis();
                passed("options", format!("it answered OPTIONS after {millis} ms"))
            }
            Err(_) => {
                let detail = format!("OPTIONS had no answer within {} s", STEP_MAX.as_secs());
                let fix = match trunk.transport {
                    TrunkTransport::Tls => {
                        "let it answer OPTIONS; if it does, look into the log: its certificate may not be trusted, \
                         or not be for this name"
                    }
                    TrunkTransport::Tcp | TrunkTransport::Udp => {
                        "let it answer OPTIONS from the address of this server, and check port and firewall"
                    }
                };
                failed("options", detail, fix)
            }
        })
    }

    async fn registration(self, trunk: TrunkId) -> Result<Option<Step>, Refused> {
        let now = self.now(trunk).await?;
        Ok(now.and_then(|one| one.registered).map(|registered| match registered {
            Registered::Until(until) => passed("registration", format!("we are registered until {until}")),
            Registered::Trying => {
                failed("registration", "nothing was answered yet".to_owned(), "wait a moment and test again")
            }
            Registered::Failed(status) => {
                let fix = "check user and password with the carrier";
                failed("registration", format!("the carrier refuses with {status}"), fix)
            }
        }))
    }
}

/// The first address that takes a connection, or what became of the last one.
async fn connect(addresses: &[SocketAddr]) -> Step {
    let mut last = failed("connection", "there is no address".to_owned(), "check the name");
    for address in addresses {
        match timeout(STEP_MAX, TcpStream::connect(address)).await {
            Ok(Ok(_)) => return passed("connection", format!("{address} takes connections")),
            Ok(Err(error)) => {
                let fix = "check that it listens there and that no firewall is in between";
                last = failed("connection", format!("{address} takes no connection: {error}"), fix);
            }
            Err(_) => {
                let detail = format!("{address} does not answer within {} s", STEP_MAX.as_secs());
                last = failed("connection", detail, "check that no firewall drops what goes there");
            }
        }
    }
    last
}

/// One at least; few, since each is waited for.
async fn addresses(trunk: &Trunk) -> Result<Vec<SocketAddr>, Step> {
    let usual = if trunk.transport == TrunkTransport::Tls { 5061 } else { 5060 };
    let port = trunk.port.unwrap_or(usual);
    let host = trunk.host.trim_start_matches('[').trim_end_matches(']');
    let found = timeout(STEP_MAX, lookup_host((host, port))).await;
    let mut found: Vec<SocketAddr> = found.ok().and_then(Result::ok).into_iter().flatten().collect();
    found.dedup();
    found.truncate(ADDRESSES_MAX);
    if found.is_empty() {
        let detail =
            format!("{host} has no address of its own; names that have SRV records only are not looked up here");
        return Err(failed("address", detail, "check the name, and the name server of this machine"));
    }
    Ok(found)
}

fn passed(name: &'static str, detail: String) -> Step {
    Step { name, detail, fix: None }
}

fn failed(name: &'static str, detail: String, fix: &str) -> Step {
    Step { name, detail, fix: Some(fix.to_owned()) }
}
