//! TLS: our certificate, read again when its files change, and the authorities that we trust.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use arc_swap::ArcSwap;
use jiff::{SignedDuration, Timestamp};
use rustls::client::ResolvesClientCert;
use rustls::server::WebPkiClientVerifier;
use rustls::sign::CertifiedKey;
use rustls::{ClientConfig, RootCertStore, ServerConfig, SignatureScheme};
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};

use super::certificate::Certificate;
use crate::config::Tls;

/// The files are looked at when somebody connects, at most this often: no clock ticks for it.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// When an expiry is warned of, in days.
const WARN_DAYS: i64 = 30;
/// Where systems keep the authorities that they trust.
const SYSTEM_AUTHORITIES: [&str; 3] =
    ["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem"];

/// TLS can't be used as it is set up.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    #[error("could not read {}; check that it is a PEM file that this user may read", path.display())]
    Unreadable { path: PathBuf, source: rustls_pki_types::pem::Error },
    #[error("{} holds no certificate", path.display())]
    Empty { path: PathBuf },
    #[error("{} and {} do not fit together", cert.display(), key.display())]
    Unfit { cert: PathBuf, key: PathBuf, source: rustls::Error },
    #[error("{} holds no authority that can be trusted", path.display())]
    NoAuthority { path: PathBuf },
}

/// Our side of incoming TLS.
pub struct Acceptor {
    files: Tls,
    authorities: Option<PathBuf>,
    current: ArcSwap<ServerConfig>,
    seen: Mutex<Seen>,
}

/// What was last seen of the files.
#[derive(Debug)]
struct Seen {
    looked_at: Instant,
    changed_at: [Option<SystemTime>; 2],
}

impl Seen {
    /// Whether the files are other ones than those seen last.
    fn look(&mut self, now: Instant, files: &Tls) -> bool {
        if now.saturating_duration_since(self.looked_at) < LOOK_EVERY {
            return false;
        }
        self.looked_at = now;
        let before = std::mem::replace(&mut self.changed_at, changed_at(files));
        before != self.changed_at
    }
}

/// Chooses the one cryptography library; before anything else touches TLS.
pub fn install_provider() {
    // It fails if there is one already, which is fine.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
}

impl Acceptor {
    /// Reads the files. With `authorities`, peers may prove their names with certificates of these.
    pub fn load(files: &Tls, authorities: Option<&Path>) -> Result<Self, TlsError> {
        let config = server_config(files, authorities)?;
        Ok(Self {
            current: ArcSwap::from_pointee(config),
            seen: Mutex::new(Seen { looked_at: Instant::now(), changed_at: changed_at(files) }),
            files: files.clone(),
            authorities: authorities.map(Path::to_owned),
        })
    }

    /// What to accept a connection with now.
    pub fn config(&self, now: Instant) -> Arc<ServerConfig> {
        self.reload_if_changed(now);
        self.current.load_full()
    }

    fn reload_if_changed(&self, now: Instant) {
        if !self.seen.lock().unwrap_or_else(PoisonError::into_inner).look(now, &self.files) {
            return;
        }
        match server_config(&self.files, self.authorities.as_deref()) {
            Ok(config) => {
                self.current.store(Arc::new(config));
                tracing::info!("the TLS certificate was replaced; connections that are open go on");
            }
            Err(error) => {
                let error = crate::error::chain(&error);
                tracing::warn!(error, "the new TLS certificate can't be used, the old one stays");
            }
        }
    }
}

/// What peers see who ask for our certificate; read again when its files change.
#[derive(Debug)]
struct OwnCertificate {
    files: Tls,
    current: ArcSwap<CertifiedKey>,
    seen: Mutex<Seen>,
}

impl OwnCertificate {
    fn load(files: &Tls) -> Result<Self, TlsError> {
        let seen = Seen { looked_at: Instant::now(), changed_at: changed_at(files) };
        let current = ArcSwap::from_pointee(certified_key(files)?);
        Ok(Self { files: files.clone(), current, seen: Mutex::new(seen) })
    }
}

impl ResolvesClientCert for OwnCertificate {
    fn resolve(&self, _: &[&[u8]], _: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        let is_changed = self.seen.lock().unwrap_or_else(PoisonError::into_inner).look(Instant::now(), &self.files);
        if is_changed && let Ok(new) = certified_key(&self.files) {
            self.current.store(Arc::new(new));
        }
        Some(self.current.load_full())
    }

    fn has_certs(&self) -> bool {
        true
    }
}

fn certified_key(files: &Tls) -> Result<CertifiedKey, TlsError> {
    let chain = certificates(&files.cert)?;
    let key = private_key(files)?;
    let unfit = |source| TlsError::Unfit { cert: files.cert.clone(), key: files.key.clone(), source };
    let provider = rustls::crypto::aws_lc_rs::default_provider();
    CertifiedKey::from_der(chain, key, &provider).map_err(unfit)
}

fn private_key(files: &Tls) -> Result<PrivateKeyDer<'static>, TlsError> {
    PrivateKeyDer::from_pem_file(&files.key).map_err(|source| TlsError::Unreadable { path: files.key.clone(), source })
}

fn server_config(files: &Tls, authorities: Option<&Path>) -> Result<ServerConfig, TlsError> {
    let chain = certificates(&files.cert)?;
    let key = private_key(files)?;
    warn_of_expiry(&files.cert, &chain);
    let builder = match authorities {
        Some(path) => {
            let roots = Arc::new(roots(path)?);
            // Phones have no certificate; trunks that are recognized by name have.
            let verifier = WebPkiClientVerifier::builder(roots)
                .allow_unauthenticated()
                .build()
                .map_err(|_| TlsError::NoAuthority { path: path.to_owned() })?;
            ServerConfig::builder().with_client_cert_verifier(verifier)
        }
        None => ServerConfig::builder().with_no_client_auth(),
    };
    builder.with_single_cert(chain, key).map_err(|source| TlsError::Unfit {
        cert: files.cert.clone(),
        key: files.key.clone(),
        source,
    })
}

/// Our side of outgoing TLS: `authorities`, or the system's. Peers that ask for a certificate of ours are shown `own`.
pub fn client_config(authorities: Option<&Path>, own: Option<&Tls>) -> Result<Arc<ClientConfig>, TlsError> {
    let system = SYSTEM_AUTHORITIES.iter().map(Path::new).find(|path| path.is_file());
    let roots = match (authorities, system) {
        (Some(path), _) => roots(path)?,
        (None, Some(path)) => roots(path)?,
        (None, None) => RootCertStore::empty(),
    };
    let builder = ClientConfig::builder().with_root_certificates(roots);
    Ok(Arc::new(match own {
        Some(files) => builder.with_client_cert_resolver(Arc::new(OwnCertificate::load(files)?)),
        None => builder.with_no_client_auth(),
    }))
}

/// The certificates of a PEM file.
pub fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let unreadable = |source| TlsError::Unreadable { path: path.to_owned(), source };
    let all: Result<Vec<_>, _> = CertificateDer::pem_file_iter(path).map_err(unreadable)?.collect();
    let all = all.map_err(unreadable)?;
    if all.is_empty() { Err(TlsError::Empty { path: path.to_owned() }) } else { Ok(all) }
}

fn roots(path: &Path) -> Result<RootCertStore, TlsError> {
    let mut roots = RootCertStore::empty();
    let (n_added, _) = roots.add_parsable_certificates(certificates(path)?);
    if n_added == 0 { Err(TlsError::NoAuthority { path: path.to_owned() }) } else { Ok(roots) }
}

fn changed_at(files: &Tls) -> [Option<SystemTime>; 2] {
    [&files.cert, &files.key].map(|path| std::fs::metadata(path).and_then(|file| file.modified()).ok())
}

fn warn_of_expiry(path: &Path, chain: &[CertificateDer<'_>]) {
    if let Some(days) = days_left(chain, Timestamp::now()).filter(|days| *days < WARN_DAYS) {
        tracing::warn!(file = %path.display(), days, "the TLS certificate expires soon");
    }
}

/// How many days the first certificate of a chain is still valid; negative if it expired.
pub fn days_left(chain: &[CertificateDer<'_>], now: Timestamp) -> Option<i64> {
    let certificate = Certificate::read(chain.first()?)?;
    let left: SignedDuration = certificate.not_after.duration_since(now);
    Some(left.as_secs().div_euclid(86_400))
}
