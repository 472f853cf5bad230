//! STIR/SHAKEN: signs callers' numbers with certificates of this server, serves those, and looks at the signatures of
//! others. What is signed and what a signature means is decided elsewhere. RFC 8224

pub mod certificates;
pub mod keys;
pub mod verifier;

use std::path::PathBuf;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use jiff::Timestamp;
use phone::numbers::stir::passport::{Claims, Passport, identity};
use switch::input::{QueryId, Signed, Told};
use switch::output::SigningOrder;
use tokio::sync::mpsc;

use self::keys::{Keys, KeysError};
use self::verifier::{Verifier, VerifierError};
use crate::net::outward::Reach;
use crate::node;

/// Numbers and signatures that wait; more at once are answered with nothing, and the calls go on without.
pub const QUESTIONS_WAITING_MAX: usize = 4_096;

/// What a call wants.
#[derive(Debug)]
pub enum Question {
    Sign(QueryId, Box<SigningOrder>),
    Verify(QueryId, Box<Passport>),
}

/// Where certificates are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Ours, with their keys.
    pub certificates: Option<PathBuf>,
    /// Of the authorities that vouch for the signers of others.
    pub anchors: Option<PathBuf>,
    /// Where certificates of others may be.
    pub reach: Reach,
}

/// It can't be done as it is set up.
#[derive(Debug, thiserror::Error)]
pub enum StirError {
    #[error(transparent)]
    Keys(#[from] KeysError),
    #[error(transparent)]
    Verifier(#[from] VerifierError),
}

/// What signs and looks at signatures.
pub struct Stir {
    pub keys: Arc<Keys>,
    verifier: Arc<Verifier>,
}

impl Stir {
    /// Reads certificates and keys. Ours are found by others below `public_url`.
    pub fn load(settings: &Settings, public_url: &str) -> Result<Self, StirError> {
        let keys = Arc::new(Keys::load(settings.certificates.clone(), public_url)?);
        let verifier = Arc::new(Verifier::load(settings.anchors.as_deref(), settings.reach)?);
        Ok(Self { keys, verifier })
    }

    /// Answers as long as anybody asks.
    pub async fn run(self, mut questions: mpsc::Receiver<Question>, node: node::Handle) {
        while let Some(question) = questions.recv().await {
            match question {
                // It is so short that nobody waits for their turn.
                Question::Sign(query, order) => {
                    let outcome = self.sign(&order);
                    // Without a switch there is no call any more.
                    let _ = node.told(query, Told::Signed { outcome }).await;
                }
                Question::Verify(query, passport) => {
                    let (verifier, node) = (self.verifier.clone(), node.clone());
                    tokio::spawn(async move {
                        let outcome = verifier.verify(&passport, Timestamp::now()).await;
                        let _ = node.told(query, Told::Verified { outcome }).await;
                    });
                }
            }
        }
    }

    /// Vouches for a number with the organization's certificate, or with the platform's.
    pub fn sign(&self, order: &SigningOrder) -> Result<Signed, String> {
        let (key, signer) = self.keys.of(&order.slug).ok_or("there is no certificate to sign with")?;
        let claims = Claims {
            attestation: order.signable.whose.attestation(signer),
            caller: order.signable.number,
            called: order.called.clone(),
            at: order.at,
            origid: order.tenant.0,
        };
        let input = claims.signing_input(&key.url);
        let signature = key.sign(input.as_bytes()).ok_or("the signature could not be made")?;
        Ok(Signed { attestation: claims.attestation, identity: identity(&input, &signature, &key.url) })
    }
}

/// Serves our certificates to whoever wants to look at our signatures.
pub fn router(keys: Arc<Keys>) -> Router {
    Router::new().route("/stir/{file}", get(certificate)).with_state(keys)
}

async fn certificate(State(keys): State<Arc<Keys>>, Path(file): Path<String>) -> Response {
    let Some(chain) = keys.served(&file) else { return StatusCode::NOT_FOUND.into_response() };
    // Its name is of its contents: what it says never changes.
    let headers = [
        (header::CONTENT_TYPE, "application/pem-certificate-chain"),
        (header::CACHE_CONTROL, "public, max-age=86400, immutable"),
    ];
    (headers, chain).into_response()
}
