//! A call from one server to another: signed here, looked at there, over UDP and HTTP.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use phone::Directory;
use phone::directory::TenantParts;
use phone::numbers::number::NumberSource;
use phone::numbers::stir::{Attestation, Flaw};
use phone::numbers::trunk::settings::{StirShaken, StirShakenAction};
use phone::numbers::{Assignee, E164, Number, NumberKind, Trunk};
use phone::record::{CallRecord, SigningOutcome};
use server::spool::frame::Entry;
use server::stir::{QUESTIONS_WAITING_MAX, Stir, router};
use tokio::net::TcpListener;
use tokio::sync::mpsc;

use super::people::{QUEUE_NUMBER, user_id};
use super::phone::Phone;
use super::world::{World, directory_with, in_time};
use crate::stir::authority::{Authority, For, settings};

const CALLER: &str = "+12065550102";

/// A server, and what its calls were.
struct Server {
    world: World,
    records: mpsc::UnboundedReceiver<CallRecord>,
}

impl Server {
    /// Serves its certificates, if it has some, and trusts an authority, if there is one. Its sound has a hundred ports.
    async fn start(directory: Directory, ports: u16, signs_by: Option<&Authority>, trusts: Option<&Authority>) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        if let Some(authority) = signs_by {
            authority.issue("SHAKEN 4321", For::Provider("4321")).write(&dir.path().join("certificates"), "platform");
        }
        let anchors = dir.path().join("anchors.pem");
        if let Some(authority) = trusts {
            std::fs::write(&anchors, &authority.pem).unwrap();
        }
        let certificates = signs_by.map(|_| dir.path().join("certificates"));
        server::net::tls::install_provider();
        let stir = Stir::load(&settings(certificates, trusts.map(|_| anchors)), &url).unwrap();
        tokio::spawn(axum::serve(listener, router(stir.keys.clone())).into_future());
        let (signatures, unsigned) = mpsc::channel(QUESTIONS_WAITING_MAX);
        let (told, records) = mpsc::unbounded_channel();
        let to_records = Box::new(move |entry: Entry| {
            if let Entry::Record(record) = entry {
                let _ = told.send(*record);
            }
        });
        let world = World::start_directory(directory, ports..=ports + 99, signatures, to_records).await;
        tokio::spawn(stir.run(unsigned, world.node.clone()));
        Self { world, records }
    }

    async fn record(&mut self) -> CallRecord {
        in_time("a record", self.records.recv()).await.unwrap()
    }
}

/// The server that is called: user 102 is the agent of the queue that answers.
fn called(trunk: &mut Trunk, action: StirShakenAction) {
    trunk.settings.stir_shaken = StirShaken::Verify;
    trunk.settings.stir_shaken_action = action;
}

/// The server whose user 102 calls, over a trunk to the other one.
fn calling(parts: &mut TenantParts, trunk: &mut Trunk, other: SocketAddr) {
    let number = E164::parse(CALLER).unwrap();
    let held = Number {
        assignee: Some(Assignee::User(user_id(102))),
        source: NumberSource::CallingPlan,
        ..Number::new(number, NumberKind::User)
    };
    parts.numbers = BTreeMap::from([(number, held)]);
    trunk.port = Some(other.port());
    // Nobody: phones are at this address, too.
    trunk.sources.clear();
    trunk.settings.stir_shaken = StirShaken::Sign;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_that_is_signed_here_is_believed_there() {
    let authority = Authority::new("Root");
    let there = directory_with(|_, trunk| called(trunk, StirShakenAction::Require));
    let mut there = Server::start(there, 48_000, None, Some(&authority)).await;
    let other = there.world.sip;
    let here = directory_with(|parts, trunk| calling(parts, trunk, other));
    let mut here = Server::start(here, 48_100, Some(&authority), None).await;
    let mut agent = Phone::at("127.0.0.3", there.world.sip, "102").await;
    agent.register().await;
    let mut caller = Phone::at("127.0.0.2", here.world.sip, "102").await;
    caller.register().await;
    let ((call, _), _) = tokio::join!(caller.call(QUEUE_NUMBER), agent.answer());
    caller.hang_up(call).await;

    let signed = here.record().await;
    assert_eq!(signed.attempts[0].signing, Some(SigningOutcome::Signed(Attestation::Full)));
    let checked = there.record().await.signature.expect("it was looked at");
    assert_eq!((checked.flaw, checked.attestation), (None, Some(Attestation::Full)));
    assert_eq!(checked.signer.as_deref(), Some("SHAKEN 4321"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signer_whom_nobody_vouches_for_is_refused_there() {
    let (authority, stranger) = (Authority::new("Root"), Authority::new("Root"));
    let there = directory_with(|_, trunk| called(trunk, StirShakenAction::Refuse));
    let mut there = Server::start(there, 48_200, None, Some(&authority)).await;
    let other = there.world.sip;
    let here = directory_with(|parts, trunk| calling(parts, trunk, other));
    let mut here = Server::start(here, 48_300, Some(&stranger), None).await;
    let mut caller = Phone::at("127.0.0.2", here.world.sip, "102").await;
    caller.register().await;
    assert_eq!(caller.call_in_vain(QUEUE_NUMBER).await.0, 437);
    let attempt = here.record().await.attempts.remove(0);
    assert_eq!((attempt.status, attempt.signing), (Some(437), Some(SigningOutcome::Signed(Attestation::Full))));
    let refused = there.record().await;
    assert_eq!(refused.signature.and_then(|checked| checked.flaw), Some(Flaw::CertificateUntrusted));
    assert_eq!((refused.status, refused.reason), (Some(437), Some(Flaw::CertificateUntrusted.to_string())));
}
