//! What trunks are asked outside of calls: whether they are there, and to send us calls. RFC 3261 §10, §11

use sip::endpoint::{ClientId, Credentials, ExtraHeader, OutgoingRequest, Status};
use sip::header::address::Address;
use sip::message::name::HeaderName;
use sip::{Method, Response, Target};

use phone::id::{TenantId, TrunkId};

use crate::health::Miss;
use crate::inviting::{address_of, host_and_port, of_version, transport_of};
use crate::node::{Asker, Node};
use crate::output::{Level, Output};
use crate::party;
use crate::trunks::Question;

impl Node {
    /// Asks the trunks whose turn it is.
    pub(crate) fn ask_trunks(&mut self) {
        let now = self.now;
        while let Some(id) = self.trunks.take_due(now) {
            let Some(watched) = self.trunks.watched(id) else { continue };
            if watched.health.take_turn(now) {
                watched.pending.push(Question::Options);
            }
            if let Some(secs) = watched.registration.as_mut().and_then(|registration| registration.take_turn(now)) {
                watched.pending.push(Question::Register { secs });
            }
            let trunk = watched.trunk.clone();
            match address_of(&trunk) {
                _ if watched.pending.is_empty() => {}
                Some(target) => self.ask_trunk(id, vec![target]),
                None => {
                    let query = self.new_query(Asker::Trunk(id));
                    let transport = transport_of(&trunk);
                    self.outputs.push(Output::Resolve {
                        query,
                        host: trunk.host.clone(),
                        port: trunk.port,
                        transport: Some(transport),
                        secure: transport.is_secure(),
                    });
                }
            }
            // What waits for an address is not due again.
            let Some(watched) = self.trunks.watched(id) else { continue };
            let waiting = std::mem::take(&mut watched.pending);
            self.trunks.reschedule(now, id);
            if let Some(watched) = self.trunks.watched(id) {
                watched.pending = waiting;
            }
        }
    }

    /// An administrator wants to know now. False if the tenant has no such trunk.
    pub(crate) fn ask_trunk_now(&mut self, tenant: TenantId, id: TrunkId) -> bool {
        let now = self.now;
        if !self.trunks.is_of(tenant, id) {
            return false;
        }
        if let Some(watched) = self.trunks.watched(id)
            && !watched.pending.contains(&Question::Options)
        {
            watched.pending.push(Question::Options);
        }
        self.trunks.reschedule(now, id);
        true
    }

    /// The addresses of a trunk that is to be asked are known.
    pub(crate) fn ask_trunk(&mut self, id: TrunkId, targets: Vec<Target>) {
        let Some(watched) = self.trunks.watched(id) else { return };
        let (trunk, domain) = (watched.trunk.clone(), watched.domain.clone());
        let targets = of_version(&trunk, targets);
        for question in std::mem::take(&mut watched.pending) {
            let host = host_and_port(&trunk);
            let (method, from, headers, user) = match question {
                Question::Options => {
                    (Method::Options, party::sip_uri("trunkline", &domain), Vec::new(), "trunkline".to_owned())
                }
                Question::Register { secs } => {
                    let user = trunk.credentials.as_ref().map_or_else(String::new, |known| known.user.clone());
                    let expires = ExtraHeader { name: "Expires".to_owned(), value: secs.to_string() };
                    (Method::Register, party::sip_uri(&user, &trunk.host), vec![expires], user)
                }
            };
            let (uri, to) = match method {
                // RFC 3261 §10.2: the domain, without a user.
                Method::Register => (format!("sip:{host}"), from.clone()),
                _ => (format!("sip:{host}"), format!("sip:{host}")),
            };
            let request = OutgoingRequest {
                method,
                uri,
                from: format!("<{from}>"),
                to: format!("<{to}>"),
                contact_user: Some(user),
                targets: targets.clone(),
                headers,
                body: None,
                credentials: trunk.credentials.as_ref().map(|known| Credentials {
                    realm: known.realm.clone(),
                    user: known.user.clone(),
                    password: known.password.clone(),
                }),
            };
            if let (Question::Register { .. }, Some(watched)) = (question, self.trunks.watched(id)) {
                watched.registrar = targets.first().map(|target| target.remote.ip());
            }
            let client = self.endpoint.request(self.now, request, &mut self.effects);
            self.trunks.asked.insert(client, (id, question));
        }
    }

    /// The answer to a request outside any dialog came, or none did. False if it was not to a trunk.
    pub(crate) fn trunk_answered(&mut self, client: ClientId, status: Status, response: Option<&Response>) -> bool {
        let Some((id, question)) = self.trunks.asked.remove(&client) else { return false };
        match question {
            Question::Options => self.options_answered(id, status, response.is_some()),
            Question::Register { secs: 0 } => {}
            Question::Register { .. } => self.register_answered(id, status, response),
        }
        true
    }

    fn options_answered(&mut self, id: TrunkId, status: Status, is_heard: bool) {
        let miss = match (is_heard, status.0) {
            // Whatever it says of OPTIONS, it is there; but not if it says that it is out of service.
            (true, ..500) => return self.trunk_heard(id),
            (true, _) | (false, 503) => Miss::Unreachable,
            (false, _) => Miss::Silent,
        };
        let now = self.now;
        if self.trunks.watched(id).is_some_and(|watched| watched.health.handle_miss(now, miss)) {
            self.tell_of_trunk(id);
        }
    }

    fn register_answered(&mut self, id: TrunkId, status: Status, response: Option<&Response>) {
        let now = self.now;
        let Some(watched) = self.trunks.watched(id) else { return };
        let Some(registration) = &mut watched.registration else { return };
        let is_new = match (status.0, response) {
            (200..300, Some(response)) => registration.handle_granted(now, granted_secs(response)),
            (423, Some(response)) => {
                let min = response.header(HeaderName::MinExpires).and_then(|value| value.trim().parse().ok());
                registration.handle_too_brief(now, min.unwrap_or(0));
                false
            }
            (status, _) => registration.handle_failed(now, status),
        };
        let (name, is_registered) = (watched.trunk.name.clone(), (200..300).contains(&status.0));
        self.trunks.reschedule(now, id);
        if is_new {
            let (level, words) = match is_registered {
                true => (Level::Info, "registered at a carrier"),
                false => (Level::Warn, "a carrier does not register us"),
            };
            self.log(level, words, None, format!("trunk={name} status={}", status.0));
            self.changed_trunk(id);
        }
        if is_registered {
            self.trunk_heard(id);
        }
    }
}

/// Seconds that a registrar granted: of the contact, or of all. RFC 3261 §10.2.4
fn granted_secs(response: &Response) -> Option<u32> {
    let contact = response.header(HeaderName::Contact).and_then(Address::parse);
    let of_contact = contact.and_then(|contact| contact.params().find("expires")?.trim().parse().ok());
    of_contact.or_else(|| response.header(HeaderName::Expires)?.trim().parse().ok())
}
