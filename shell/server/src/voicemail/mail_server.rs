//! The mail server that messages are sent through, as `--smtp` names it.

use std::net::IpAddr;
use std::path::Path;
use std::time::Duration;

use lettre::transport::smtp::AsyncSmtpTransport;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, CertificateStore, Tls, TlsParameters};
use lettre::{Address, Tokio1Executor};
use reqwest::Url;

/// For one step of the conversation; a server that scans what it takes is slow.
const PATIENCE: Duration = Duration::from_secs(60);

/// Where mail goes out.
#[derive(Clone, PartialEq, Eq)]
pub struct MailServer {
    pub host: String,
    pub port: u16,
    pub encryption: Encryption,
    credentials: Option<(String, String)>,
}

/// Whether the way to it is encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encryption {
    /// From the first byte on. RFC 8314 §3.3
    FromTheStart,
    Never,
    /// By STARTTLS, or nothing is sent. RFC 3207
    Required,
    /// By STARTTLS if the server offers it.
    IfOffered,
}

/// The mail server can't be used.
#[derive(Debug, thiserror::Error)]
pub enum MailServerError {
    #[error("the authorities in the file of --tls-ca can't be used for mail")]
    Authorities(#[source] lettre::transport::smtp::Error),
    #[error("the file of --tls-ca can't be read")]
    Unreadable(#[source] std::io::Error),
}

impl std::fmt::Debug for MailServer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { host, port, encryption, .. } = self;
        f.debug_struct("MailServer").field("host", host).field("port", port).field("encryption", encryption).finish()
    }
}

impl MailServer {
    /// Reads `smtp://user:password@host:587`, `smtps://…`, with `?tls=never`, `if-offered` or `required` behind.
    pub fn parse(text: &str) -> Option<Self> {
        let url = Url::parse(text).ok()?;
        let host = url.host_str()?.trim_start_matches('[').trim_end_matches(']').to_owned();
        let is_here = host == "localhost" || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback());
        let wished = url.query_pairs().find(|(key, _)| key == "tls").map(|(_, value)| value.into_owned());
        let (encryption, port) = match (url.scheme(), wished.as_deref()) {
            ("smtps", None) => (Encryption::FromTheStart, 465),
            ("smtp", Some("never")) => (Encryption::Never, 587),
            ("smtp", Some("if-offered")) => (Encryption::IfOffered, 587),
            ("smtp", Some("required")) => (Encryption::Required, 587),
            // What does not leave the machine needs none.
            ("smtp", None) if is_here => (Encryption::Never, 587),
            ("smtp", None) => (Encryption::Required, 587),
            _ => return None,
        };
        let user = decode(url.username())?;
        let password = decode(url.password().unwrap_or_default())?;
        let credentials = (!user.is_empty()).then_some((user, password));
        (!host.is_empty()).then_some(Self { host, port: url.port().unwrap_or(port), encryption, credentials })
    }

    /// Whom mail is from if nobody said it: the user who signs in, if that is an address.
    pub fn default_from(&self) -> String {
        let user = self.credentials.as_ref().map(|(user, _)| user.as_str());
        match user.filter(|user| user.parse::<Address>().is_ok()) {
            Some(user) => user.to_owned(),
            None if self.host.parse::<IpAddr>().is_ok() => "voicemail@localhost".to_owned(),
            None => format!("voicemail@{}", self.host),
        }
    }

    /// The way to it; nothing is sent yet.
    pub fn transport(&self, authorities: Option<&Path>) -> Result<AsyncSmtpTransport<Tokio1Executor>, MailServerError> {
        let tls = match self.encryption {
            Encryption::Never => Tls::None,
            Encryption::FromTheStart => Tls::Wrapper(self.tls(authorities)?),
            Encryption::Required => Tls::Required(self.tls(authorities)?),
            Encryption::IfOffered => Tls::Opportunistic(self.tls(authorities)?),
        };
        let builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&self.host);
        let builder = builder.port(self.port).tls(tls).timeout(Some(PATIENCE));
        Ok(match &self.credentials {
            Some((user, password)) => builder.credentials(Credentials::new(user.clone(), password.clone())).build(),
            None => builder.build(),
        })
    }

    fn tls(&self, authorities: Option<&Path>) -> Result<TlsParameters, MailServerError> {
        let mut builder = TlsParameters::builder(self.host.clone());
        if let Some(path) = authorities {
            let pem = std::fs::read(path).map_err(MailServerError::Unreadable)?;
            let certificate = Certificate::from_pem(&pem).map_err(MailServerError::Authorities)?;
            builder = builder.certificate_store(CertificateStore::None).add_root_certificate(certificate);
        }
        builder.build_rustls().map_err(MailServerError::Authorities)
    }
}

/// Percent signs of a URL's user or password. RFC 3986 §2.1
fn decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let nibble = |byte: Option<u8>| char::from(byte?).to_digit(16);
        let (high, low) = (nibble(rest.next())?, nibble(rest.next())?);
        bytes.push(u8::try_from(high * 16 + low).ok()?);
    }
    String::from_utf8(bytes).ok()
}
