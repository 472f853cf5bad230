//! What a file of a kept call says. The format is this process's and the next one's business alone; one of another version
//! is not read, and its call is lost.

use std::net::SocketAddr;

use jiff::Timestamp;
use media::sdp::Codec;
use phone::apps::Priority;
use phone::apps::queue::Standing;
use phone::id::{CallId, QueueId, TenantId, TrunkId, UserId};
use phone::numbers::E164;
use phone::numbers::stir::Checked;
use phone::record::segment::Segment;
use phone::record::{Direction, LegRecord, PathStep};
use serde::{Deserialize, Serialize};
use sip::dialog::kept::KeptDialog;
use sip::endpoint::{KeptSession, KeptUsage};
use sip::{Target, Transport};
use switch::keeping::{KeptCall, KeptLeg, KeptRecord, KeptWait};
use switch::party::{Party, Place};

const VERSION: u32 = 1;

#[derive(Serialize, Deserialize)]
struct File {
    version: u32,
    id: CallId,
    tenant: TenantId,
    wait: Wait,
    leg: Leg,
    record: Record,
}

#[derive(Serialize, Deserialize)]
struct Wait {
    queue: QueueId,
    segment: usize,
    priority: Option<Priority>,
    has_returned: bool,
    arrived_at: Timestamp,
    joined_at: Timestamp,
    waits_since: Option<Timestamp>,
    depth: usize,
    n_offers: u32,
}

#[derive(Serialize, Deserialize)]
struct Leg {
    number: String,
    name: Option<String>,
    trunk: Option<TrunkId>,
    user: Option<UserId>,
    line: Option<E164>,
    answered_at: Timestamp,
    codec: String,
    is_encrypted: bool,
    takes_events: bool,
    origin: (u64, u64),
    max_forwards: u8,
    usage: Usage,
}

#[derive(Serialize, Deserialize)]
struct Usage {
    call_id: String,
    local_tag: String,
    contact: String,
    is_caller: bool,
    /// Seconds, and whether it is up to us to refresh.
    session: Option<(u32, bool)>,
    dialog: Dialog,
}

#[derive(Serialize, Deserialize)]
struct Dialog {
    remote_tag: String,
    head: String,
    local_seq: u32,
    remote_seq: Option<u32>,
    remote_target: String,
    routes: Vec<String>,
    transport: String,
    remote: SocketAddr,
    local: Option<SocketAddr>,
    server_name: Option<String>,
    allows_update: bool,
    supports_timer: bool,
}

#[derive(Serialize, Deserialize)]
struct Record {
    direction: Direction,
    from: String,
    from_name: Option<String>,
    to: String,
    began_at: Timestamp,
    legs: Vec<LegRecord>,
    path: Vec<PathStep>,
    segments: Vec<Segment>,
    decisions: Vec<String>,
    #[serde(default)]
    signature: Option<Checked>,
}

/// The bytes of a file.
pub fn write(call: &KeptCall) -> serde_json::Result<Vec<u8>> {
    let KeptCall { id, tenant, wait, leg, record } = call;
    let (trunk, user) = match leg.party.place {
        Place::Trunk(trunk) => (Some(trunk), None),
        Place::User(user) => (None, Some(user)),
    };
    let record = record.clone();
    serde_json::to_vec(&File {
        version: VERSION,
        id: *id,
        tenant: *tenant,
        wait: Wait {
            queue: wait.queue,
            segment: wait.segment,
            priority: wait.priority,
            has_returned: wait.standing == Standing::Returned,
            arrived_at: wait.arrived_at,
            joined_at: wait.joined_at,
            waits_since: wait.waits_since,
            depth: wait.depth,
            n_offers: wait.n_offers,
        },
        leg: Leg {
            number: leg.party.number.clone(),
            name: leg.party.name.clone(),
            trunk,
            user,
            line: leg.line,
            answered_at: leg.answered_at,
            codec: leg.codec.name().to_owned(),
            is_encrypted: leg.is_encrypted,
            takes_events: leg.takes_events,
            origin: leg.origin,
            max_forwards: leg.max_forwards,
            usage: usage(leg.usage.clone()),
        },
        record: Record {
            direction: record.direction,
            from: record.from,
            from_name: record.from_name,
            to: record.to,
            began_at: record.began_at,
            legs: record.legs,
            path: record.path,
            segments: record.segments,
            decisions: record.decisions,
            signature: record.signature,
        },
    })
}

fn usage(usage: KeptUsage) -> Usage {
    let KeptUsage { call_id, local_tag, contact, is_caller, session, dialog } = usage;
    Usage {
        call_id,
        local_tag,
        contact,
        is_caller,
        session: session.map(|session| (session.secs, session.is_ours)),
        dialog: Dialog {
            remote_tag: dialog.remote_tag,
            head: dialog.head,
            local_seq: dialog.local_seq,
            remote_seq: dialog.remote_seq,
            remote_target: dialog.remote_target,
            routes: dialog.routes,
            transport: dialog.flow.transport.via_name().to_owned(),
            remote: dialog.flow.remote,
            local: dialog.flow.local,
            server_name: dialog.flow.server_name,
            allows_update: dialog.allows_update,
            supports_timer: dialog.supports_timer,
        },
    }
}

/// The call of a file. None if it is of another version, cut or nonsense.
pub fn read(bytes: &[u8]) -> Option<KeptCall> {
    let File { version, id, tenant, wait, leg, record } = serde_json::from_slice(bytes).ok()?;
    if version != VERSION {
        return None;
    }
    let place = match (leg.trunk, leg.user) {
        (Some(trunk), None) => Place::Trunk(trunk),
        (None, Some(user)) => Place::User(user),
        (_, _) => return None,
    };
    Some(KeptCall {
        id,
        tenant,
        wait: KeptWait {
            queue: wait.queue,
            segment: wait.segment,
            priority: wait.priority,
            standing: if wait.has_returned { Standing::Returned } else { Standing::New },
            arrived_at: wait.arrived_at,
            joined_at: wait.joined_at,
            waits_since: wait.waits_since,
            depth: wait.depth,
            n_offers: wait.n_offers,
        },
        leg: KeptLeg {
            party: Party { number: leg.number, name: leg.name, place },
            line: leg.line,
            answered_at: leg.answered_at,
            codec: Codec::from_name(&leg.codec)?,
            is_encrypted: leg.is_encrypted,
            takes_events: leg.takes_events,
            origin: leg.origin,
            max_forwards: leg.max_forwards,
            usage: kept_usage(leg.usage)?,
        },
        record: KeptRecord {
            direction: record.direction,
            from: record.from,
            from_name: record.from_name,
            to: record.to,
            began_at: record.began_at,
            legs: record.legs,
            path: record.path,
            segments: record.segments,
            decisions: record.decisions,
            signature: record.signature,
        },
    })
}

fn kept_usage(usage: Usage) -> Option<KeptUsage> {
    let Usage { call_id, local_tag, contact, is_caller, session, dialog } = usage;
    let flow = Target {
        transport: Transport::from_name(&dialog.transport)?,
        remote: dialog.remote,
        connection: None,
        server_name: dialog.server_name,
        local: dialog.local,
    };
    Some(KeptUsage {
        call_id,
        local_tag,
        contact,
        is_caller,
        session: session.map(|(secs, is_ours)| KeptSession { secs, is_ours }),
        dialog: KeptDialog {
            remote_tag: dialog.remote_tag,
            head: dialog.head,
            local_seq: dialog.local_seq,
            remote_seq: dialog.remote_seq,
            remote_target: dialog.remote_target,
            routes: dialog.routes,
            flow,
            allows_update: dialog.allows_update,
            supports_timer: dialog.supports_timer,
        },
    })
}
