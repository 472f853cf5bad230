//! Who is in the demo organization, and how the world reaches them.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use phone::id::{ResourceAccountId, TrunkId, UserId};
use phone::numbers::number::NumberSource;
use phone::numbers::trunk::settings::TrunkSettings;
use phone::numbers::trunk::{SrtpMode, Trunk, TrunkTransport};
use phone::numbers::{Assignee, E164, Number, NumberKind};
use phone::people::license::PartNumber;
use phone::people::{Presence, User};

use super::{SIP_DOMAIN, id};
use crate::secret::{Secret, ha1};

/// Where the demo's carrier is: a second SIP program on the same machine.
const CARRIER: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 5090);

pub(super) fn users(password: &Secret) -> Vec<User> {
    let user = |extension: &str, display_name: &str, department: &str, voice_enabled: bool| User {
        id: user_id(extension),
        display_name: display_name.to_owned(),
        extension: extension.to_owned(),
        email: Some(format!("{}@{SIP_DOMAIN}", display_name.split(' ').next().unwrap_or_default().to_lowercase())),
        department: Some(department.to_owned()),
        office: Some("New York".to_owned()),
        aliases: Default::default(),
        site: None,
        country: None,
        presence: Presence::Available,
        voice_enabled,
        hidden: false,
        ring_secs: 20,
        enabled: true,
        ha1: ha1(extension, SIP_DOMAIN, password),
    };
    vec![
        user("101", "Alice Adams", "Reception", true),
        user("102", "Bob Brown", "Sales", true),
        user("103", "Carol Chen", "Sales", true),
        user("104", "Dan Diaz", "Warehouse", false),
    ]
}

/// What the organization bought.
pub(super) const SEATS: [(&str, u32); 3] = [("MCOEV", 10), ("MCOPSTN1", 10), ("MCOEV_VIRTUALUSER", 5)];

/// The phone system and a calling plan for who calls outside.
pub(super) fn licenses(user: &User) -> BTreeSet<PartNumber> {
    let plans: &[&str] = if user.voice_enabled { &["MCOEV", "MCOPSTN1"] } else { &[] };
    plans.iter().map(|plan| PartNumber((*plan).to_owned())).collect()
}

pub(super) fn user_id(extension: &str) -> UserId {
    UserId(id(&format!("user {extension}")))
}

pub(super) fn account_id(name: &str) -> ResourceAccountId {
    ResourceAccountId(id(&format!("resource account {name}")))
}

pub(super) fn trunk() -> Trunk {
    Trunk {
        id: trunk_id(),
        name: "demo-carrier".to_owned(),
        host: CARRIER.ip().to_string(),
        port: Some(CARRIER.port()),
        transport: TrunkTransport::Udp,
        sources: vec![CARRIER],
        credentials: None,
        country: None,
        srtp: SrtpMode::Off,
        codecs: ["PCMU", "PCMA", "G722", "opus"].map(str::to_owned).to_vec(),
        n_calls_max: None,
        no_answer_secs: 5,
        enabled: true,
        description: None,
        // What stands in for the carrier may know nothing but calls.
        settings: TrunkSettings { send_options: false, ..TrunkSettings::default() },
    }
}

fn trunk_id() -> TrunkId {
    TrunkId(id("trunk demo-carrier"))
}

pub(super) fn numbers() -> Vec<Number> {
    let user = |extension| Some(Assignee::User(user_id(extension)));
    let account = |name| Some(Assignee::ResourceAccount(account_id(name)));
    [
        ("+14255550100", NumberKind::ServiceToll, account("Main menu")),
        ("+14255550101", NumberKind::User, user("101")),
        ("+14255550102", NumberKind::User, user("102")),
        ("+14255550103", NumberKind::User, user("103")),
        ("+14255550110", NumberKind::ServiceToll, account("Sales")),
        ("+14255550120", NumberKind::ServiceToll, account("Support")),
        ("+18005550199", NumberKind::ServiceTollFree, account("Main menu")),
    ]
    .into_iter()
    .filter_map(|(number, kind, assignee)| {
        let source = match kind {
            NumberKind::ServiceToll => NumberSource::DirectRouting,
            NumberKind::ServiceTollFree | NumberKind::User => NumberSource::CallingPlan,
        };
        let number = E164::parse(number).ok()?;
        Some(Number { assignee, source, trunk: Some(trunk_id()), ..Number::new(number, kind) })
    })
    .collect()
}
