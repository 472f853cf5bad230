//! Asks the DNS for where to send. RFC 3263 is followed by a machine that knows no network; here its questions are asked.

use std::sync::Arc;
use std::time::Duration;

use hickory_resolver::proto::rr::{RData, RecordType};
use hickory_resolver::{Resolver, TokioResolver};
use sip::resolve::{Answer, Naptr, Question as DnsQuestion, Resolution, Srv, Wish};
use sip::{Target, Transport};
use switch::Input;
use switch::input::QueryId;
use tokio::sync::{Semaphore, mpsc};

use crate::node::inbox::Inbox;

/// Questions that wait; more at once are answered with nothing, and the call goes on without.
pub const QUESTIONS_WAITING_MAX: usize = 1_024;
/// Names looked up at the same time.
const AT_ONCE_MAX: usize = 64;
/// A call must not wait longer for a name: the caller hears nothing meanwhile.
const PATIENCE: Duration = Duration::from_millis(2_800);
/// Of one server, before it is asked again or another one is.
const TRY_PATIENCE: Duration = Duration::from_millis(1_200);

/// Addresses of a host are wanted.
#[derive(Debug)]
pub struct Question {
    pub query: QueryId,
    pub host: String,
    pub port: Option<u16>,
    pub transport: Option<Transport>,
    pub secure: bool,
}

/// Looks names up until `questions` ends.
pub async fn run(mut questions: mpsc::Receiver<Question>, inbox: Inbox) {
    let resolver = resolver().map(Arc::new);
    let turns = Arc::new(Semaphore::new(AT_ONCE_MAX));
    while let Some(question) = questions.recv().await {
        // Nobody closes the semaphore.
        let Ok(turn) = turns.clone().acquire_owned().await else { return };
        let (resolver, inbox) = (resolver.clone(), inbox.clone());
        tokio::spawn(async move {
            let _turn = turn;
            let query = question.query;
            let found = tokio::time::timeout(PATIENCE, resolve(resolver.as_deref(), question)).await;
            // Stopped: nobody waits for the answer any more.
            let _ = inbox.input(Input::Resolved { query, targets: found.unwrap_or_default() }).await;
        });
    }
}

fn resolver() -> Option<TokioResolver> {
    let builder = Resolver::builder_tokio().map(|mut builder| {
        builder.options_mut().timeout = TRY_PATIENCE;
        builder
    });
    match builder.and_then(hickory_resolver::ResolverBuilder::build) {
        Ok(resolver) => Some(resolver),
        Err(error) => {
            tracing::warn!(%error, "no names can be looked up, only addresses work; check /etc/resolv.conf");
            None
        }
    }
}

async fn resolve(resolver: Option<&TokioResolver>, question: Question) -> Vec<Target> {
    let Question { query: _, host, port, transport, secure } = question;
    let wish = Wish { host, port, transport, is_secure: secure };
    // The transports that we can open: nobody can be reached by a WebSocket that he did not open.
    let transports = [Transport::Udp, Transport::Tcp, Transport::Tls];
    let mut resolution = Resolution::new(wish, &transports, rand::random());
    while let Some(question) = resolution.question() {
        let Some(resolver) = resolver else { return Vec::new() };
        resolution.handle_answer(ask(resolver, question).await);
    }
    resolution.into_targets()
}

async fn ask(resolver: &TokioResolver, question: DnsQuestion) -> Answer {
    match question {
        DnsQuestion::Naptr(name) => Answer::Naptr(records(resolver, name, RecordType::NAPTR, naptr).await),
        DnsQuestion::Srv(name) => Answer::Srv(records(resolver, name, RecordType::SRV, srv).await),
        DnsQuestion::Addresses(name) => {
            let found = resolver.lookup_ip(name).await;
            Answer::Addresses(found.map(|found| found.iter().collect()).unwrap_or_default())
        }
    }
}

async fn records<T>(resolver: &TokioResolver, name: String, kind: RecordType, read: fn(&RData) -> Option<T>) -> Vec<T> {
    // A name is complete as it is: no search list.
    let name = if name.ends_with('.') { name } else { format!("{name}.") };
    let found = resolver.lookup(name, kind).await;
    found.map(|found| found.answers().iter().filter_map(|record| read(&record.data)).collect()).unwrap_or_default()
}

fn naptr(data: &RData) -> Option<Naptr> {
    let RData::NAPTR(record) = data else { return None };
    // Only those that lead on to another name: RFC 3263 §4.1 uses flag S.
    record.flags.eq_ignore_ascii_case(b"s").then(|| Naptr {
        order: record.order,
        preference: record.preference,
        service: String::from_utf8_lossy(&record.services).into_owned(),
        replacement: record.replacement.to_utf8(),
    })
}

fn srv(data: &RData) -> Option<Srv> {
    let RData::SRV(record) = data else { return None };
    Some(Srv { priority: record.priority, weight: record.weight, port: record.port, target: record.target.to_utf8() })
}
