//! What was said by SIP in a call.

use jiff::Timestamp;
use phone::directory::Tenant;
use phone::record::CallRecord;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::sip_trace::ladder::{Ladder, Rung};

/// Who the server is in a ladder.
const US: &str = "us";

/// All that was said in a call, in order, and the rules that decided where it went.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct CallLadder {
    pub call: Uuid,
    /// In the words of `explain`.
    pub decisions: Vec<String>,
    pub messages: Vec<LadderMessage>,
}

/// One message.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct LadderMessage {
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// Since the first message.
    pub after_milliseconds: u64,
    /// The extension, number or trunk whose leg it is of, or `us`.
    pub from: String,
    pub to: String,
    pub transport: String,
    /// The address of the other side.
    pub address: String,
    /// Method, or status and method.
    pub message: String,
    pub sip_call_id: String,
    /// The whole message, without keys and answers to challenges.
    pub text: String,
}

impl CallLadder {
    pub fn new(record: &CallRecord, ladder: Ladder, tenant: Option<&Tenant>) -> Self {
        let began_at = ladder.rungs.first().map(|rung| rung.at);
        let message = |rung: Rung| {
            let leg = record.legs.iter().find(|leg| leg.sip_call_id == rung.sip_call_id);
            let of_trunk = leg.and_then(|leg| tenant?.trunks.get(&leg.trunk?)).map(|trunk| trunk.name.clone());
            let party = of_trunk.or_else(|| leg.map(|leg| leg.party.clone())).unwrap_or_else(|| rung.peer.clone());
            let (from, to) = if rung.is_sent { (US.to_owned(), party) } else { (party, US.to_owned()) };
            let after = began_at.map_or(0, |began_at| rung.at.duration_since(began_at).as_millis());
            LadderMessage {
                at: rung.at,
                after_milliseconds: u64::try_from(after).unwrap_or(0),
                from,
                to,
                transport: rung.transport,
                address: rung.peer,
                message: rung.what,
                sip_call_id: rung.sip_call_id,
                text: rung.text,
            }
        };
        Self {
            call: record.id.0,
            decisions: record.decisions.clone(),
            messages: ladder.rungs.into_iter().map(message).collect(),
        }
    }
}
