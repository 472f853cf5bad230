//! The certificate that browsers agree on keys with.

use std::io;
use std::sync::Arc;

use media::Certificate;
use rcgen::{CertificateParams, KeyPair};

/// A fresh one for the life of this process. Nobody vouches for it: each description names it by its fingerprint, over
/// signalling that showed a password. RFC 8122, RFC 8827 §6.5
pub fn make() -> io::Result<Arc<Certificate>> {
    let key = KeyPair::generate().map_err(io::Error::other)?;
    let params = CertificateParams::new(Vec::<String>::new()).map_err(io::Error::other)?;
    let certificate = params.self_signed(&key).map_err(io::Error::other)?;
    let ours = Certificate::new(certificate.der().to_vec(), key.serialize_der());
    ours.map(Arc::new).ok_or_else(|| io::Error::other("the crypto library can't agree on keys with browsers"))
}
