//! Our certificates and keys: `platform.pem` with `platform.key`, and `tenants/SHORT-NAME.pem` with its `.key`; read again
//! when the files change. Beside them, a `.url` says where else the certificate is found.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use arc_swap::ArcSwap;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, UnparsedPublicKey};
use bytes::Bytes;
use phone::numbers::stir::Signer;
use rustls::server::ParsedCertificate;
use rustls_pki_types::PrivateKeyDer;
use rustls_pki_types::pem::PemObject as _;
use sha2::{Digest as _, Sha256};

use crate::net::tls::{TlsError, certificates};

/// The files are looked at when something is signed, at most this often.
const LOOK_EVERY: Duration = Duration::from_secs(10);
/// What is signed to see whether a key belongs to its certificate.
const PROBE: &[u8] = b"does the key fit";

/// A certificate can't be signed with.
#[derive(Debug, thiserror::Error)]
pub enum KeysError {
    #[error("could not read {}; check that this user may read it", path.display())]
    Unreadable { path: PathBuf, source: std::io::Error },
    #[error("the certificate can't be used")]
    Certificate(#[from] TlsError),
    #[error("{} holds no private key on the curve P-256, which SHAKEN needs; make one with: openssl ecparam -name prime256v1 -genkey", path.display())]
    NoKey { path: PathBuf },
    #[error("{} and {} do not fit together", certificate.display(), key.display())]
    Unfit { certificate: PathBuf, key: PathBuf },
    #[error("there is no {} in it; name the platform's certificate so, or put those of organizations into tenants/", path.display())]
    Empty { path: PathBuf },
}

/// A key and its certificate.
pub struct Key {
    pair: EcdsaKeyPair,
    /// Where others find the certificate.
    pub url: String,
}

impl Key {
    /// RFC 7518 §3.4: two numbers of 32 bytes each.
    pub fn sign(&self, message: &[u8]) -> Option<Vec<u8>> {
        self.pair.sign(&SystemRandom::new(), message).map(|signature| signature.as_ref().to_vec()).ok()
    }
}

/// All of them.
pub struct Keys {
    dir: Option<PathBuf>,
    base: String,
    current: ArcSwap<Loaded>,
    seen: Mutex<Seen>,
}

#[derive(Default)]
struct Loaded {
    platform: Option<Arc<Key>>,
    tenants: BTreeMap<String, Arc<Key>>,
    /// By the names that they are served by; those from before a change, too.
    served: BTreeMap<String, Bytes>,
}

/// What was last seen of the files.
struct Seen {
    looked_at: Instant,
    files: BTreeMap<PathBuf, Option<SystemTime>>,
}

impl Keys {
    /// Reads all; without a directory there are none. Others find them below `public_url`.
    pub fn load(dir: Option<PathBuf>, public_url: &str) -> Result<Self, KeysError> {
        let base = format!("{}/stir", public_url.trim_end_matches('/'));
        let (mut loaded, mut files) = (Loaded::default(), BTreeMap::new());
        if let Some(dir) = &dir {
            files = files_of(dir)?;
            loaded = read(dir, &base, &files)?;
            if loaded.platform.is_none() && loaded.tenants.is_empty() {
                return Err(KeysError::Empty { path: dir.join("platform.pem") });
            }
        }
        let seen = Mutex::new(Seen { looked_at: Instant::now(), files });
        Ok(Self { dir, base, current: ArcSwap::from_pointee(loaded), seen })
    }

    /// What signs for an organization.
    pub fn of(&self, slug: &str) -> Option<(Arc<Key>, Signer)> {
        self.look(Instant::now());
        let loaded = self.current.load();
        let own = loaded.tenants.get(slug).map(|key| (Arc::clone(key), Signer::Organization));
        own.or_else(|| loaded.platform.clone().map(|key| (key, Signer::Platform)))
    }

    /// A certificate with those above it, in PEM.
    pub fn served(&self, file: &str) -> Option<Bytes> {
        self.current.load().served.get(file).cloned()
    }

    /// The organizations that have one of their own, and whether there is one for all others.
    pub fn known(&self) -> (Vec<String>, bool) {
        let loaded = self.current.load();
        (loaded.tenants.keys().cloned().collect(), loaded.platform.is_some())
    }

    /// Reads the files again if they are other ones than before, as of `now`.
    pub fn look(&self, now: Instant) {
        let Some(dir) = &self.dir else { return };
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if now.saturating_duration_since(seen.looked_at) < LOOK_EVERY {
            return;
        }
        seen.looked_at = now;
        let Ok(files) = files_of(dir) else { return };
        if files == seen.files {
            return;
        }
        match read(dir, &self.base, &files) {
            Ok(mut new) => {
                let before = self.current.load();
                let old = before.served.iter().map(|(name, chain)| (name.clone(), chain.clone()));
                for (name, chain) in old {
                    new.served.entry(name).or_insert(chain);
                }
                drop(before);
                self.current.store(Arc::new(new));
                tracing::info!("the certificates that sign callers' numbers were replaced");
            }
            Err(error) => {
                let error = crate::error::chain(&error);
                tracing::warn!(error, "new certificates that sign callers' numbers can't be used, the old ones stay");
            }
        }
        seen.files = files;
    }
}

/// The files of a directory and the one below it, and when each changed.
fn files_of(dir: &Path) -> Result<BTreeMap<PathBuf, Option<SystemTime>>, KeysError> {
    let mut files = BTreeMap::new();
    for dir in [dir.to_owned(), dir.join("tenants")] {
        let entries = match std::fs::read_dir(&dir) {
            Ok(entries) => entries,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound && dir.ends_with("tenants") => continue,
            Err(source) => return Err(KeysError::Unreadable { path: dir, source }),
        };
        for entry in entries.flatten() {
            let changed_at = entry.metadata().and_then(|metadata| metadata.modified()).ok();
            files.insert(entry.path(), changed_at);
        }
    }
    Ok(files)
}

fn read(dir: &Path, base: &str, files: &BTreeMap<PathBuf, Option<SystemTime>>) -> Result<Loaded, KeysError> {
    let mut loaded = Loaded::default();
    let tenants = dir.join("tenants");
    for path in files.keys().filter(|path| path.extension().is_some_and(|extension| extension == "pem")) {
        let Some(name) = path.file_stem().and_then(|name| name.to_str()) else { continue };
        let is_tenants = path.parent() == Some(&tenants);
        if !is_tenants && name != "platform" {
            continue;
        }
        let (key, file, chain) = read_one(path, name, base)?;
        loaded.served.insert(file, chain);
        match is_tenants {
            true => drop(loaded.tenants.insert(name.to_owned(), Arc::new(key))),
            false => loaded.platform = Some(Arc::new(key)),
        }
    }
    Ok(loaded)
}

/// A key, and the name that its certificates are served by.
fn read_one(path: &Path, name: &str, base: &str) -> Result<(Key, String, Bytes), KeysError> {
    let unreadable = |source| KeysError::Unreadable { path: path.to_owned(), source };
    let chain = Bytes::from(std::fs::read(path).map_err(unreadable)?);
    let leaf = certificates(path)?;
    let key_file = path.with_extension("key");
    let no_key = || KeysError::NoKey { path: key_file.clone() };
    let der = PrivateKeyDer::from_pem_file(&key_file).map_err(|_| no_key())?;
    let pair = if let PrivateKeyDer::Pkcs8(der) = &der {
        EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, der.secret_pkcs8_der()).ok()
    } else if let PrivateKeyDer::Sec1(der) = &der {
        EcdsaKeyPair::from_private_key_der(&ECDSA_P256_SHA256_FIXED_SIGNING, der.secret_sec1_der()).ok()
    } else {
        None
    };
    let pair = pair.ok_or_else(no_key)?;
    let digest = Sha256::digest(&chain);
    let fingerprint: String = digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    let file = format!("{name}-{fingerprint}.pem");
    let url = std::fs::read_to_string(path.with_extension("url")).map(|url| url.trim().to_owned());
    let key = Key { pair, url: url.unwrap_or_else(|_| format!("{base}/{file}")) };
    let public = leaf.first().and_then(|leaf| ParsedCertificate::try_from(leaf).ok());
    let public = public.map(|leaf| leaf.subject_public_key_info());
    let fits = key.sign(PROBE).zip(public).is_some_and(|(signature, public)| {
        UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, public.as_ref()).verify(PROBE, &signature).is_ok()
    });
    match fits {
        true => Ok((key, file, chain)),
        false => Err(KeysError::Unfit { certificate: path.to_owned(), key: key_file }),
    }
}
