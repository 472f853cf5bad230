//! Whether a signature is right: the signer's certificate, who vouches for it, for which numbers it is, and the signature
//! itself. RFC 8224 §6.2, RFC 8226

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};
use jiff::Timestamp;
use phone::numbers::stir::Flaw;
use phone::numbers::stir::authority::covers;
use phone::numbers::stir::passport::Passport;
use rustls::RootCertStore;
use rustls::server::danger::ClientCertVerifier;
use rustls::server::{ParsedCertificate, WebPkiClientVerifier};
use rustls_pki_types::{CertificateDer, UnixTime};

use super::certificates::Certificates;
use crate::net::certificate::Certificate;
use crate::net::outward::Reach;
use crate::net::tls::{TlsError, certificates};

/// Signers can't be looked at.
#[derive(Debug, thiserror::Error)]
pub enum VerifierError {
    #[error("the authorities of signers can't be read")]
    Unreadable(#[from] TlsError),
    #[error("{} holds no authority that can be trusted", path.display())]
    NoAuthority { path: PathBuf },
}

/// Looks at signatures.
pub struct Verifier {
    /// None trusts nobody.
    authorities: Option<Arc<dyn ClientCertVerifier>>,
    certificates: Certificates,
}

impl Verifier {
    /// With the authorities of a PEM file.
    pub fn load(anchors: Option<&Path>, reach: Reach) -> Result<Self, VerifierError> {
        let authorities = anchors.map(authorities).transpose()?;
        Ok(Self { authorities, certificates: Certificates::new(reach) })
    }

    /// The name in the signer's certificate, if the signature is right.
    pub async fn verify(&self, passport: &Passport, at: Timestamp) -> Result<Option<String>, Flaw> {
        let authorities = self.authorities.as_deref().ok_or(Flaw::NoAuthority)?;
        let chain = self.certificates.chain(&passport.certificate, Instant::now()).await;
        judge(authorities, &chain.ok_or(Flaw::CertificateAway)?, passport, at)
    }
}

fn authorities(path: &Path) -> Result<Arc<dyn ClientCertVerifier>, VerifierError> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(certificates(path)?);
    // What holds for a peer that shows a certificate holds for a signer: a chain, its times, and what keys are for.
    WebPkiClientVerifier::builder(Arc::new(roots))
        .build()
        .map(|verifier| verifier as Arc<dyn ClientCertVerifier>)
        .map_err(|_| VerifierError::NoAuthority { path: path.to_owned() })
}

/// What is to be said of a signature with this chain.
fn judge(
    authorities: &dyn ClientCertVerifier,
    chain: &[CertificateDer<'static>],
    passport: &Passport,
    at: Timestamp,
) -> Result<Option<String>, Flaw> {
    let (leaf, above) = chain.split_first().ok_or(Flaw::CertificateUntrusted)?;
    let now = UnixTime::since_unix_epoch(Duration::from_secs(u64::try_from(at.as_second()).unwrap_or_default()));
    authorities.verify_client_cert(leaf, above, now).map_err(|_| Flaw::CertificateUntrusted)?;
    let read = Certificate::read(leaf).ok_or(Flaw::CertificateUntrusted)?;
    let public = ParsedCertificate::try_from(leaf).map_err(|_| Flaw::CertificateUntrusted)?.subject_public_key_info();
    let key = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, public.as_ref());
    key.verify(passport.signing_input.as_bytes(), &passport.signature).map_err(|_| Flaw::Forged)?;
    let number = passport.caller.strip_prefix('+').unwrap_or(&passport.caller);
    if !covers(&read.numbers, number) {
        return Err(Flaw::NotItsNumber);
    }
    Ok(read.common_name)
}
