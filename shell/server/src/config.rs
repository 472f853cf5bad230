//! Settings: flags, then `TRUNKLINE_*` variables, then `trunkline.toml`, then defaults.

pub mod parse;

use std::net::{IpAddr, SocketAddr};
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use figment::Figment;
use figment::providers::{Env, Format as _, Serialized, Toml};
use figment::value::{Dict, Num, Value};
use serde::Serialize;

use crate::net::outward::Reach;
use crate::passwords::Cost;
use crate::payments::{STRIPE_URL, Stripe};
use crate::public_url::PublicUrl;
use crate::recognition::http::Server;
use crate::relays::{self, Relays};
use crate::secret::Secret;
use crate::sip_trace::Wanted;
use crate::sip_trace::hep::Collector;
use crate::speech::http::VoiceServer;
use crate::stir;
use crate::voicemail::mail_server::MailServer;

/// What an error names a setting by.
const PREFIX: &str = "TRUNKLINE_";
/// Read where no `--config` says otherwise, if it is there.
const DEFAULT_FILE: &str = "trunkline.toml";

/// Some ten thousand calls.
const LADDERS_MIB: u64 = 256;
const HEP_ID: u32 = 2_001;

/// Every setting, as the file and the environment name it.
const KEYS: [&str; 39] = [
    "data_dir",
    "database",
    "demo",
    "drain_timeout",
    "hep",
    "hep_id",
    "hep_key",
    "http",
    "media_address",
    "media_ports",
    "password_cost",
    "proxies",
    "public_url",
    "private_openid",
    "private_signers",
    "private_webhooks",
    "sip",
    "sip_ladders",
    "sip_name",
    "sips",
    "smtp",
    "smtp_from",
    "speech_key",
    "speech_model",
    "speech_url",
    "stir_anchors",
    "stir_certificates",
    "stripe_key",
    "stripe_url",
    "stripe_webhook_secret",
    "tls_ca",
    "tls_cert",
    "tls_key",
    "turn",
    "turn_secret",
    "voice",
    "voice_key",
    "voice_model",
    "voice_url",
];

/// The flags of `serve` and `check`: texts, judged together with what the environment and the file say.
#[derive(Clone, Debug, Default, Serialize, clap::Args)]
pub struct Flags {
    /// Settings file [default: trunkline.toml, if there].
    #[arg(long, value_name = "FILE", env = "TRUNKLINE_CONFIG")]
    #[serde(skip)]
    pub config: Option<PathBuf>,
    /// Database, prompts, recordings, voicemail, spool, keys [default: data].
    #[arg(long, value_name = "DIR")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data_dir: Option<String>,
    /// Database, sqlite://PATH or postgres://USER:PASSWORD@HOST/NAME [default: sqlite://DATA-DIR/trunkline.db].
    #[arg(long, value_name = "URL")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub database: Option<String>,
    /// API, admin center, softphone, SIP over WebSocket at /ws/sip [default: 127.0.0.1:8080].
    #[arg(long, value_name = "ADDR")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub http: Option<String>,
    /// Where browsers reach the server, such as https://phone.example.com [default: http:// and the address of --http].
    #[arg(long, value_name = "URL")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub public_url: Option<String>,
    /// Reverse proxies before the server, whose X-Forwarded-For is believed: addresses, separated by commas [default: none].
    #[arg(long, value_name = "IPS")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proxies: Option<String>,
    /// What a guess of a password costs: KiB of memory, passes and lanes of Argon2id [default: 19456,2,1].
    #[arg(long, value_name = "M,T,P")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub password_cost: Option<String>,
    /// SIP over UDP and TCP [default: 127.0.0.1:5060].
    #[arg(long, value_name = "ADDR")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sip: Option<String>,
    /// MiB of the disk for the SIP messages of calls that are over, which a call's page and `call show` tell as a ladder, the
    /// oldest going first; or off [default: 256].
    #[arg(long, value_name = "MIB")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sip_ladders: Option<String>,
    /// Homer that is told each SIP message by HEP version 3 over UDP, such as homer.example.com:9060 [default: none].
    #[arg(long, value_name = "HOST:PORT")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hep: Option<String>,
    /// By which number Homer tells this server from others [default: 2001].
    #[arg(long, value_name = "NUMBER")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hep_id: Option<String>,
    /// What Homer wants to know before it listens; better TRUNKLINE_HEP_KEY, since others can read a command line.
    #[arg(long, value_name = "KEY")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hep_key: Option<String>,
    /// SIP over TLS [default: off].
    #[arg(long, value_name = "ADDR")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sips: Option<String>,
    /// The name in the certificate by which session border controllers reach --sips, such as sip.example.com: what they are
    /// told in Contact over TLS [default: the address].
    #[arg(long, value_name = "NAME")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sip_name: Option<String>,
    /// Certificate chain for SIP over TLS, in PEM, shown to trunks too; read again when it changes.
    #[arg(long, value_name = "FILE")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tls_cert: Option<String>,
    /// Private key of the certificate, in PEM; read again when it changes.
    #[arg(long, value_name = "FILE")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tls_key: Option<String>,
    /// Certificates of the authorities that vouch for trunks, in PEM [default: the system's].
    #[arg(long, value_name = "FILE")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tls_ca: Option<String>,
    /// Address written into session descriptions [default: that of the route to the peer].
    #[arg(long, value_name = "IP")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub media_address: Option<String>,
    /// Ports for sound [default: 20000-39999].
    #[arg(long, value_name = "LO-HI")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub media_ports: Option<String>,
    /// Seed the demo organization if the database is empty.
    #[arg(long)]
    #[serde(skip_serializing_if = "is_false")]
    pub demo: bool,
    /// Let OpenID providers of organizations and resellers be at addresses that are not public: for one beside the server.
    #[arg(long)]
    #[serde(skip_serializing_if = "is_false")]
    pub private_openid: bool,
    /// Directory of certificates and keys that callers' numbers are signed with (STIR/SHAKEN): platform.pem and platform.key,
    /// tenants/SHORT-NAME.pem and .key; read again when they change [default: nothing is signed].
    #[arg(long, value_name = "DIR")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stir_certificates: Option<String>,
    /// Certificates of the authorities that vouch for who signs callers' numbers, in PEM [default: nobody is trusted].
    #[arg(long, value_name = "FILE")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stir_anchors: Option<String>,
    /// Let certificates of who signs callers' numbers be fetched from addresses that are not public, and by http: for tests.
    #[arg(long)]
    #[serde(skip_serializing_if = "is_false")]
    pub private_signers: bool,
    /// Let webhooks go to addresses that are not public, and by http: for receivers beside the server.
    #[arg(long)]
    #[serde(skip_serializing_if = "is_false")]
    pub private_webhooks: bool,
    /// Mail server for voicemail, such as smtp://user:password@host:587 or smtps://…; STARTTLS is required unless the server
    /// is on this machine or ?tls=if-offered or ?tls=never stands behind [default: off].
    #[arg(long, value_name = "URL")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub smtp: Option<String>,
    /// Whom mail is from, such as "Telephone <voicemail@example.com>" [default: the user of --smtp, or voicemail@HOST].
    #[arg(long, value_name = "ADDRESS")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub smtp_from: Option<String>,
    /// Server that makes words of speech, with OpenAI's transcription API, such as https://api.openai.com/v1
    /// [default: pocketsphinx, if it is installed].
    #[arg(long, value_name = "URL")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub speech_url: Option<String>,
    /// What opens the speech server; better TRUNKLINE_SPEECH_KEY, since others can read a command line.
    #[arg(long, value_name = "KEY")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub speech_key: Option<String>,
    /// Which of its models [default: whisper-1].
    #[arg(long, value_name = "NAME")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub speech_model: Option<String>,
    /// Server that speaks the texts of prompts, with OpenAI's speech API, such as https://api.openai.com/v1
    /// [default: flite and espeak-ng, if they are installed].
    #[arg(long, value_name = "URL")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub voice_url: Option<String>,
    /// What opens the voice server; better TRUNKLINE_VOICE_KEY, since others can read a command line.
    #[arg(long, value_name = "KEY")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub voice_key: Option<String>,
    /// Which of its models [default: tts-1].
    #[arg(long, value_name = "NAME")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub voice_model: Option<String>,
    /// Which of its voices [default: alloy].
    #[arg(long, value_name = "NAME")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub voice: Option<String>,
    /// Relays for phones in browsers whose network passes no UDP, with commas between them, such as
    /// turn:relay.example.com:3478,turns:relay.example.com:5349?transport=tcp [default: none].
    #[arg(long, value_name = "URLS")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub turn: Option<String>,
    /// What the relays and this server share (coturn: static-auth-secret); better TRUNKLINE_TURN_SECRET, since others can
    /// read a command line.
    #[arg(long, value_name = "SECRET")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub turn_secret: Option<String>,
    /// Who takes payments by card, with Stripe's protocol [default: https://api.stripe.com].
    #[arg(long, value_name = "URL")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stripe_url: Option<String>,
    /// What opens the account there; better TRUNKLINE_STRIPE_KEY, since others can read a command line [default: no payments
    /// by card].
    #[arg(long, value_name = "KEY")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stripe_key: Option<String>,
    /// What its webhooks to /api/v1/payments/stripe are signed with; better TRUNKLINE_STRIPE_WEBHOOK_SECRET.
    #[arg(long, value_name = "SECRET")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stripe_webhook_secret: Option<String>,
    /// How long SIGTERM waits for live calls, such as 90s, 10m, 1h [default: 10m].
    #[arg(long, value_name = "TIME")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub drain_timeout: Option<String>,
}

/// All settings, checked.
#[derive(Clone, Debug)]
pub struct Config {
    pub data_dir: PathBuf,
    pub database: String,
    pub http: SocketAddr,
    pub public_url: PublicUrl,
    /// Reverse proxies, whose word on who asks is taken.
    pub proxies: Vec<IpAddr>,
    pub password_cost: Cost,
    pub sip: SocketAddr,
    /// Names us to peers over TLS.
    pub sip_name: Option<String>,
    pub tls: Option<Tls>,
    /// None stands for the system's authorities.
    pub tls_ca: Option<PathBuf>,
    pub media_address: Option<IpAddr>,
    pub media_ports: RangeInclusive<u16>,
    pub demo: Option<crate::demo::Secrets>,
    /// Of OpenID providers of organizations and resellers.
    pub openid: Reach,
    pub webhooks: Reach,
    /// What callers' numbers are signed with, and whose signatures are trusted.
    pub stir: stir::Settings,
    /// What tells people of messages.
    pub mail: Option<Mail>,
    /// What makes words of speech beside programs that are installed.
    pub speech: Option<Server>,
    /// What speaks the texts of prompts before programs that are installed.
    pub voice: Option<VoiceServer>,
    /// What passes sound on for browsers that reach no media port.
    pub relays: Relays,
    /// Who takes payments by card.
    pub payments: Option<Arc<Stripe>>,
    /// What is done with the SIP messages that pass by.
    pub trace: Wanted,
    pub drain_timeout: Duration,
}

/// How mail is sent.
#[derive(Clone, Debug)]
pub struct Mail {
    pub server: MailServer,
    pub from: lettre::message::Mailbox,
}

/// SIP over TLS.
#[derive(Clone, Debug)]
pub struct Tls {
    pub address: SocketAddr,
    pub cert: PathBuf,
    pub key: PathBuf,
}

/// A setting that can't be used: one line that names it, where it comes from, and the remedy.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    #[error("{origin}: {key} is {value:?}, which is not {wanted}; write for example {example}")]
    Unusable { key: &'static str, value: String, origin: String, wanted: &'static str, example: &'static str },
    #[error("{origin}: there is no setting {key:?}; {remedy}")]
    Unknown { key: String, origin: String, remedy: String },
    #[error("sips is on but {missing} is not given; give --tls-cert and --tls-key, or leave out --sips")]
    CertificateMissing { missing: &'static str },
    #[error("payments by card need stripe_key and stripe_webhook_secret; {missing} is not given")]
    StripeHalf { missing: &'static str },
    #[error("the settings file {} does not exist; create it or leave out --config", path.display())]
    FileMissing { path: PathBuf },
    #[error("the settings can't be read: {detail}; mend that line")]
    Unreadable { detail: String },
}

impl Config {
    /// Reads all settings.
    pub fn load(flags: &Flags) -> Result<Self, ConfigError> {
        let file = settings_file(flags)?;
        let mut figment = Figment::new();
        if let Some(file) = &file {
            figment = figment.merge(Toml::file_exact(file));
        }
        figment = figment.merge(Env::prefixed(PREFIX).only(&KEYS)).merge(Serialized::defaults(flags));
        let all: Dict = figment.extract().map_err(|error| ConfigError::Unreadable { detail: error.to_string() })?;
        if let Some(key) = all.keys().find(|key| !KEYS.contains(&key.as_str())) {
            return Err(unknown(key, &figment));
        }
        Settings { figment, all }.check()
    }

    /// The file that seals secrets in the database.
    pub fn key_file(&self) -> PathBuf {
        self.data_dir.join("secrets.key")
    }
}

/// The merged settings, not yet checked.
struct Settings {
    figment: Figment,
    all: Dict,
}

impl Settings {
    fn check(&self) -> Result<Config, ConfigError> {
        let data_dir = PathBuf::from(self.text("data_dir").unwrap_or_else(|| "data".to_owned()));
        let database =
            self.text("database").unwrap_or_else(|| format!("sqlite://{}", data_dir.join("trunkline.db").display()));
        let (tls_cert, tls_key) = (self.path("tls_cert"), self.path("tls_key"));
        let tls = match self.one("sips", parse::address, "an address with a port", "0.0.0.0:5061")? {
            Some(address) => Some(Tls {
                address,
                cert: tls_cert.ok_or(ConfigError::CertificateMissing { missing: "tls_cert" })?,
                key: tls_key.ok_or(ConfigError::CertificateMissing { missing: "tls_key" })?,
            }),
            None => None,
        };
        let demo = self.one("demo", parse::switch, "true or false", "true")?.unwrap_or(false);
        let http = self.address("http", "127.0.0.1:8080")?;
        let reach = |key| {
            let is_private = self.one(key, parse::switch, "true or false", "true")?.unwrap_or(false);
            Ok::<_, ConfigError>(if is_private { Reach::Everywhere } else { Reach::Public })
        };
        let trace = self.trace(&data_dir)?;
        Ok(Config {
            trace,
            data_dir,
            database,
            http,
            public_url: self
                .one("public_url", PublicUrl::parse, "an URL without a path", "https://phone.example.com")?
                .unwrap_or_else(|| PublicUrl::of(http)),
            proxies: self.one("proxies", parse::ips, "addresses", "10.0.0.1,10.0.0.2")?.unwrap_or_default(),
            password_cost: self
                .one("password_cost", Cost::parse, "KiB of memory, passes and lanes", "19456,2,1")?
                .unwrap_or(Cost::DEFAULT),
            sip: self.address("sip", "127.0.0.1:5060")?,
            sip_name: self.one("sip_name", parse::host_name, "a name of the domain name system", "sip.example.com")?,
            tls,
            tls_ca: self.path("tls_ca"),
            media_address: self.one("media_address", parse::ip, "an IP address", "203.0.113.7")?,
            media_ports: self
                .one("media_ports", parse::ports, "a range of ports from 1024 with room for a pair", "20000-39999")?
                .unwrap_or(20_000..=39_999),
            demo: demo.then(demo_secrets),
            openid: reach("private_openid")?,
            webhooks: reach("private_webhooks")?,
            stir: stir::Settings {
                certificates: self.path("stir_certificates"),
                anchors: self.path("stir_anchors"),
                reach: reach("private_signers")?,
            },
            mail: self.mail()?,
            speech: self.speech()?,
            voice: self.voice()?,
            relays: self.relays()?,
            payments: self.payments()?,
            drain_timeout: self
                .one("drain_timeout", parse::duration, "a time", "10m")?
                .unwrap_or(Duration::from_secs(600)),
        })
    }

    fn address(&self, key: &'static str, default: &'static str) -> Result<SocketAddr, ConfigError> {
        let given = self.one(key, parse::address, "an address with a port", default)?;
        // The defaults are addresses; a test reads them.
        Ok(given.unwrap_or_else(|| parse::address(default).expect("a default is an address")))
    }

    fn speech(&self) -> Result<Option<Server>, ConfigError> {
        let url = self.one("speech_url", parse::speech_url, "an URL", "https://api.openai.com/v1")?;
        let model = self.text("speech_model").unwrap_or_else(|| "whisper-1".to_owned());
        let key = self.text("speech_key").map(Secret::new);
        Ok(url.map(|url| Server { url, key, model, client: reqwest::Client::new() }))
    }

    fn trace(&self, data_dir: &Path) -> Result<Wanted, ConfigError> {
        let mib = self.one("sip_ladders", parse::mebibytes, "a number of MiB from 16, or off", "256")?;
        let bytes = mib.unwrap_or(Some(LADDERS_MIB)).map(|mib| mib.saturating_mul(1024 * 1024));
        let address = self.one("hep", parse::host_and_port, "a host with a port", "homer.example.com:9060")?;
        let id = self.one("hep_id", parse::whole, "a whole number", "2001")?.unwrap_or(HEP_ID);
        let key = self.text("hep_key").map(Secret::new);
        Ok(Wanted {
            ladders: bytes.map(|bytes| (data_dir.join("ladders"), bytes)),
            hep: address.map(|address| Collector { address, id, key }),
        })
    }

    fn voice(&self) -> Result<Option<VoiceServer>, ConfigError> {
        let url = self.one("voice_url", parse::speech_url, "an URL", "https://api.openai.com/v1")?;
        let model = self.text("voice_model").unwrap_or_else(|| "tts-1".to_owned());
        let voice = self.text("voice").unwrap_or_else(|| "alloy".to_owned());
        let key = self.text("voice_key").map(Secret::new);
        Ok(url.map(|url| VoiceServer { url, key, model, voice, client: reqwest::Client::new() }))
    }

    fn relays(&self) -> Result<Relays, ConfigError> {
        let urls = self.one("turn", relays::urls, "addresses of relays", "turn:relay.example.com:3478")?;
        Ok(Relays::new(urls.unwrap_or_default(), self.text("turn_secret").map(Secret::new)))
    }

    fn payments(&self) -> Result<Option<Arc<Stripe>>, ConfigError> {
        let url = self.one("stripe_url", parse::speech_url, "an URL", STRIPE_URL)?;
        let (key, secret) = (self.text("stripe_key"), self.text("stripe_webhook_secret"));
        match (key, secret) {
            (Some(key), Some(secret)) => {
                let url = url.unwrap_or_else(|| STRIPE_URL.to_owned());
                Ok(Some(Arc::new(Stripe::new(&url, Secret::new(key), Secret::new(secret)))))
            }
            (None, None) => Ok(None),
            (Some(_), None) => Err(ConfigError::StripeHalf { missing: "stripe_webhook_secret" }),
            (None, Some(_)) => Err(ConfigError::StripeHalf { missing: "stripe_key" }),
        }
    }

    fn mail(&self) -> Result<Option<Mail>, ConfigError> {
        let wanted = "a mail server's URL";
        let server = self.one("smtp", MailServer::parse, wanted, "smtp://user:password@host:587")?;
        let from = self.one("smtp_from", parse::sender, "an address", "Telephone <voicemail@example.com>")?;
        let Some(server) = server else { return Ok(None) };
        let Some(from) = from.or_else(|| parse::sender(&server.default_from())) else {
            return Err(ConfigError::Unusable {
                key: "smtp_from",
                value: server.default_from(),
                origin: "made from the host of smtp".to_owned(),
                wanted: "an address",
                example: "Telephone <voicemail@example.com>",
            });
        };
        Ok(Some(Mail { server, from }))
    }

    fn path(&self, key: &'static str) -> Option<PathBuf> {
        self.text(key).map(PathBuf::from)
    }

    fn one<T>(
        &self,
        key: &'static str,
        parse: fn(&str) -> Option<T>,
        wanted: &'static str,
        example: &'static str,
    ) -> Result<Option<T>, ConfigError> {
        let Some(text) = self.text(key) else { return Ok(None) };
        match parse(&text) {
            Some(value) => Ok(Some(value)),
            None => {
                let value = if key == "smtp" { "(hidden)".to_owned() } else { text };
                Err(ConfigError::Unusable { key, value, origin: origin(&self.figment, key), wanted, example })
            }
        }
    }

    fn text(&self, key: &str) -> Option<String> {
        match self.all.get(key)? {
            Value::String(_, text) => Some(text.clone()),
            Value::Char(_, letter) => Some(letter.to_string()),
            Value::Bool(_, on) => Some(on.to_string()),
            Value::Num(_, num) => Some(number(*num)),
            Value::Empty(_, _) => None,
            Value::Dict(_, _) | Value::Array(_, _) => Some("a list or table".to_owned()),
        }
    }
}

fn settings_file(flags: &Flags) -> Result<Option<PathBuf>, ConfigError> {
    match &flags.config {
        Some(path) if path.is_file() => Ok(Some(path.clone())),
        Some(path) => Err(ConfigError::FileMissing { path: path.clone() }),
        None => Ok(Some(PathBuf::from(DEFAULT_FILE)).filter(|path| Path::is_file(path))),
    }
}

fn unknown(key: &str, figment: &Figment) -> ConfigError {
    let meant = key.replace('-', "_");
    let remedy = match KEYS.iter().find(|known| **known == meant) {
        Some(known) => format!("write {known}"),
        None => format!("known are {}", KEYS.join(", ")),
    };
    ConfigError::Unknown { key: key.to_owned(), origin: origin(figment, key), remedy }
}

/// Where a setting was given.
fn origin(figment: &Figment, key: &str) -> String {
    let metadata = figment.find_metadata(key);
    match metadata.and_then(|metadata| metadata.source.as_ref()) {
        Some(figment::Source::File(path)) => path.display().to_string(),
        _ if metadata.is_some_and(|metadata| metadata.name.contains("environment")) => {
            format!("environment variable {PREFIX}{}", key.to_uppercase())
        }
        _ => format!("--{}", key.replace('_', "-")),
    }
}

fn number(num: Num) -> String {
    match (num.to_i128(), num.to_u128(), num.to_f64()) {
        (Some(whole), _, _) => whole.to_string(),
        (None, Some(whole), _) => whole.to_string(),
        (None, None, Some(real)) => real.to_string(),
        (None, None, None) => String::new(),
    }
}

fn demo_secrets() -> crate::demo::Secrets {
    let secret = |name: &str| std::env::var(name).ok().filter(|text| !text.is_empty()).map(Secret::new);
    crate::demo::Secrets { password: secret("TRUNKLINE_DEMO_PASSWORD"), token: secret("TRUNKLINE_DEMO_TOKEN") }
}

fn is_false(on: &bool) -> bool {
    !*on
}
