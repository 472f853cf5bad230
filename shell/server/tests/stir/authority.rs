//! An authority that vouches for signers, and where their certificates are served.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::http::StatusCode;
use axum::routing::get;
use rcgen::{
    BasicConstraints, CertificateParams, CustomExtension, DistinguishedName, DnType, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, PKCS_ECDSA_P256_SHA256,
};
use server::net::outward::Reach;
use server::stir::Settings;

/// 1.3.6.1.5.5.7.1.26
const TN_AUTH_LIST: [u64; 9] = [1, 3, 6, 1, 5, 5, 7, 1, 26];

/// For which numbers a certificate is, as DER. RFC 8226 §9
#[derive(Clone, Copy)]
pub enum For {
    Everybody,
    Provider(&'static str),
    Number(&'static str),
    Range(&'static str, u8),
    /// Something that is no list.
    Nonsense,
}

pub struct Authority {
    params: CertificateParams,
    key: KeyPair,
    pub pem: String,
}

/// A signer's certificate and its key, in PEM.
pub struct Issued {
    pub chain: String,
    pub key: String,
}

impl Authority {
    pub fn new(name: &str) -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.distinguished_name = named(name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).unwrap();
        let pem = params.self_signed(&key).unwrap().pem();
        Self { params, key, pem }
    }

    pub fn issue(&self, name: &str, numbers: For) -> Issued {
        self.issue_until(name, numbers, 2099)
    }

    pub fn issue_until(&self, name: &str, numbers: For, year: i32) -> Issued {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.distinguished_name = named(name);
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.not_before = rcgen::date_time_ymd(2020, 1, 1);
        params.not_after = rcgen::date_time_ymd(year, 1, 1);
        params.custom_extensions.extend(list(numbers));
        let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).unwrap();
        let issuer = Issuer::from_params(&self.params, &self.key);
        let leaf = params.signed_by(&key, &issuer).unwrap().pem();
        Issued { chain: format!("{leaf}{}", self.pem), key: key.serialize_pem() }
    }
}

impl Issued {
    /// Writes it where a server looks for it.
    pub fn write(&self, dir: &Path, name: &str) {
        let certificate = dir.join(name).with_extension("pem");
        std::fs::create_dir_all(certificate.parent().unwrap()).unwrap();
        std::fs::write(&certificate, &self.chain).unwrap();
        std::fs::write(certificate.with_extension("key"), &self.key).unwrap();
    }
}

fn named(name: &str) -> DistinguishedName {
    let mut named = DistinguishedName::new();
    named.push(DnType::OrganizationName, "Telephony");
    named.push(DnType::CommonName, name);
    named
}

fn list(numbers: For) -> Option<CustomExtension> {
    let tagged = |tag: u8, content: &[u8]| [&[tag, u8::try_from(content.len()).unwrap()], content].concat();
    let text = |text: &str| tagged(0x16, text.as_bytes());
    let entry = match numbers {
        For::Everybody => return None,
        For::Provider(code) => tagged(0xa0, &text(code)),
        For::Number(number) => tagged(0xa2, &text(number)),
        For::Range(first, count) => tagged(0xa1, &tagged(0x30, &[text(first), tagged(0x02, &[count])].concat())),
        For::Nonsense => tagged(0xa7, b"?"),
    };
    Some(CustomExtension::from_oid_content(&TN_AUTH_LIST, tagged(0x30, &entry)))
}

/// Serves one text, and counts how often it was asked for.
pub async fn serve(
    body: impl Into<String>,
    status: u16,
    cache: Option<&'static str>,
) -> (SocketAddr, Arc<AtomicUsize>) {
    let (body, asked) = (body.into(), Arc::new(AtomicUsize::new(0)));
    let counted = asked.clone();
    let answer = move || {
        counted.fetch_add(1, Ordering::Relaxed);
        let headers = cache.map(|cache| [("cache-control", cache)]);
        let (body, status) = (body.clone(), StatusCode::from_u16(status).unwrap());
        async move {
            match headers {
                Some(headers) => axum::response::IntoResponse::into_response((status, headers, body)),
                None => axum::response::IntoResponse::into_response((status, body)),
            }
        }
    };
    let router = Router::new().route("/certificate.pem", get(answer));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(axum::serve(listener, router).into_future());
    (address, asked)
}

/// As a server is set up: certificates in `dir`, whose authority is in the file beside it.
pub fn settings(dir: Option<PathBuf>, anchors: Option<PathBuf>) -> Settings {
    Settings { certificates: dir, anchors, reach: Reach::Everywhere }
}
