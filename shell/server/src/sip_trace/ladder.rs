//! What was said in a call, message by message.

use jiff::Timestamp;
use phone::id::{CallId, TenantId};
use serde::{Deserialize, Serialize};

use super::Seen;
use super::masking::masked;

/// All messages of a call, in order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ladder {
    /// First, so that a file can be looked through quickly.
    pub call: CallId,
    pub tenant: TenantId,
    pub rungs: Vec<Rung>,
}

/// One message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rung {
    pub at: Timestamp,
    pub is_sent: bool,
    /// As Via names it.
    pub transport: String,
    /// The other side's address.
    pub peer: String,
    /// Which dialog it is of.
    pub sip_call_id: String,
    /// Method, or status and method.
    pub what: String,
    /// Without keys and answers to challenges.
    pub text: String,
}

impl Ladder {
    pub fn new(call: CallId, tenant: TenantId, mut rungs: Vec<Rung>) -> Self {
        // Those of one dialog are in order already, also where a clock was set back.
        rungs.sort_by_key(|rung| rung.at);
        Self { call, tenant, rungs }
    }
}

impl Rung {
    pub fn new(seen: &Seen, sip_call_id: &str) -> Self {
        let text = String::from_utf8_lossy(&seen.packet);
        Self {
            at: seen.at,
            is_sent: seen.is_sent,
            transport: seen.transport.via_name().to_owned(),
            peer: seen.remote.to_string(),
            sip_call_id: sip_call_id.to_owned(),
            what: what(&text),
            text: masked(&text),
        }
    }
}

/// `INVITE` of a request, `200 INVITE` of an answer.
fn what(text: &str) -> String {
    let mut lines = text.lines();
    let first = lines.next().unwrap_or_default();
    let mut words = first.split(' ');
    match words.next() {
        Some("SIP/2.0") => {
            let status = words.next().unwrap_or_default();
            let cseq = lines.find_map(|line| {
                let (name, value) = line.split_once(':')?;
                name.trim().eq_ignore_ascii_case("cseq").then_some(value.trim())
            });
            let method = cseq.and_then(|value| value.split(' ').next_back()).unwrap_or_default();
            format!("{status} {method}")
        }
        method => method.unwrap_or_default().to_owned(),
    }
}
