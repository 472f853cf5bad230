//! Trunks to the public network.

use clap::{Args, Subcommand};
use reqwest::Method;
use serde_json::{Map, Value, json};

use super::client::{Client, ClientError};
use super::nouns::{Shown, find};
use super::policies::{object, setting};
use super::print::Column;

#[derive(Debug, Subcommand)]
pub enum TrunkCommand {
    /// List trunks.
    List,
    /// Show a trunk.
    Show {
        /// Name or id.
        trunk: String,
    },
    /// Make a trunk to a carrier or a session border controller.
    Create {
        name: String,
        /// Name or address of where calls go.
        #[arg(long)]
        host: String,
        #[command(flatten)]
        fields: Fields,
    },
    /// Change a trunk; what is not given stays.
    Change {
        /// Name or id.
        trunk: String,
        #[arg(long)]
        name: Option<String>,
        /// Name or address of where calls go.
        #[arg(long)]
        host: Option<String>,
        /// Whether calls come and go over it.
        #[arg(long)]
        enabled: Option<bool>,
        #[command(flatten)]
        fields: Fields,
    },
    /// Tell whether trunks can be reached and how many calls they carry.
    Health,
    /// Try a trunk without a call: its address, connection and answer to OPTIONS.
    Test {
        /// Name or id.
        trunk: String,
    },
    /// List the settings of trunks with what each takes.
    Settings,
    /// Delete a trunk that no number comes in on and no route uses.
    Delete {
        /// Name or id.
        trunk: String,
    },
}

/// What a trunk may have.
#[derive(Debug, Args)]
pub struct Fields {
    /// Of where calls go, if it is not the transport's own.
    #[arg(long)]
    port: Option<u16>,
    #[arg(long, value_parser = ["udp", "tcp", "tls"])]
    transport: Option<String>,
    /// An address that its calls come from, with a port if others at the same address are somebody else; more than once
    /// for more.
    #[arg(long = "source")]
    sources: Vec<String>,
    /// Whether sound is encrypted.
    #[arg(long, value_parser = ["off", "preferred", "required"])]
    srtp: Option<String>,
    /// `PCMU`, `PCMA`, `G722` or `opus`; more than once for more, the best first.
    #[arg(long = "codec")]
    codecs: Vec<String>,
    /// Two capital letters: how numbers without `+` that come in are read.
    #[arg(long)]
    country: Option<String>,
    /// Most calls at once.
    #[arg(long)]
    calls_max: Option<u32>,
    /// Seconds without any answer after which the next trunk is tried.
    #[arg(long)]
    no_answer_seconds: Option<u32>,
    /// Its place among the trunks that calls go out over, from 1; another one there goes one further.
    #[arg(long)]
    priority: Option<u32>,
    /// An empty text clears.
    #[arg(long)]
    description: Option<String>,
    /// Another setting, as NAME=VALUE; `null` is the first one; more than once for more.
    #[arg(long = "set", value_name = "NAME=VALUE", value_parser = setting)]
    settings: Vec<(String, Value)>,
    /// User name, where the carrier challenges us for one.
    #[arg(long, requires = "password")]
    user: Option<String>,
    /// Its password; better in the environment than in the history of a shell.
    #[arg(long, env = "TRUNKLINE_TRUNK_PASSWORD", hide_env_values = true, requires = "user")]
    password: Option<String>,
}

const TRUNK: &[Column] = &[
    ("Priority", "/priority"),
    ("Name", "/name"),
    ("Host", "/host"),
    ("Port", "/port"),
    ("Transport", "/transport"),
    ("Sources", "/sources"),
    ("Enabled", "/enabled"),
];
const ONE: &[Column] = &[
    ("Name", "/name"),
    ("Host", "/host"),
    ("Port", "/port"),
    ("Transport", "/transport"),
    ("Sources", "/sources"),
    ("SRTP", "/srtp"),
    ("Codecs", "/codecs"),
    ("Country", "/country"),
    ("Calls at most", "/calls_max"),
    ("Next after (s)", "/no_answer_seconds"),
    ("Priority", "/priority"),
    ("Enabled", "/enabled"),
    ("Description", "/description"),
    ("Id", "/id"),
];
const HEALTH: &[Column] = &[
    ("Name", "/name"),
    ("State", "/state"),
    ("Since", "/since"),
    ("Last heard", "/heard_at"),
    ("Registration", "/registration/state"),
    ("Rests until", "/rests_until"),
    ("Tried last", "/tried_last"),
    ("Calls", "/calls"),
    ("At most", "/calls_max"),
];
const STEP: &[Column] = &[("Step", "/step"), ("Passed", "/passed"), ("Detail", "/detail"), ("What to do", "/fix")];
const SETTING: &[Column] = &[("Setting", "/name"), ("Value", "/value")];
const TAKES: &[Column] = &[("Setting", "/name"), ("First", "/first"), ("Takes", "/takes"), ("About", "/about")];

pub(super) async fn carry_out(client: &Client, tenant: &str, command: &TrunkCommand) -> Result<Shown, ClientError> {
    let trunks = format!("{tenant}/trunks");
    let find_trunk = async |name: &str| find(client, &trunks, "trunk", name).await;
    match command {
        TrunkCommand::List => {
            let mut list = client.list(&trunks, &[], usize::MAX).await?;
            list.sort_by_key(|trunk| trunk["priority"].as_u64());
            Ok(Shown::Items(TRUNK, list))
        }
        TrunkCommand::Settings => {
            Ok(Shown::Items(TAKES, client.list(&format!("{trunks}/settings"), &[], usize::MAX).await?))
        }
        TrunkCommand::Health => {
            Ok(Shown::Items(HEALTH, client.list(&format!("{trunks}/health"), &[], usize::MAX).await?))
        }
        TrunkCommand::Test { trunk } => {
            let path = find_trunk(trunk).await?;
            let tested = client.write(Method::POST, &format!("{path}/test"), &json!({})).await?;
            Ok(Shown::Object(&[("Passed", "/passed")], tested, &[("Steps", "/steps", STEP)]))
        }
        TrunkCommand::Show { trunk } => {
            let path = find_trunk(trunk).await?;
            Ok(shown(client.get(&path).await?))
        }
        TrunkCommand::Create { name, host, fields } => {
            let body = fields.body(Some(name), Some(host), None);
            Ok(shown(client.write(Method::POST, &trunks, &body).await?))
        }
        TrunkCommand::Change { trunk, name, host, enabled, fields } => {
            let path = find_trunk(trunk).await?;
            let body = fields.body(name.as_ref(), host.as_ref(), *enabled);
            Ok(shown(client.write(Method::PATCH, &path, &body).await?))
        }
        TrunkCommand::Delete { trunk } => {
            client.delete(&find_trunk(trunk).await?).await?;
            Ok(Shown::Words(format!("{trunk} was deleted.")))
        }
    }
}

fn shown(trunk: Value) -> Shown {
    Shown::Object(ONE, trunk, &[("Settings", "/settings", SETTING)])
}

impl Fields {
    /// What was given, as the API takes it.
    fn body(&self, name: Option<&String>, host: Option<&String>, enabled: Option<bool>) -> Value {
        let credentials =
            self.user.as_ref().map(|user| json!({ "realm": null, "user": user, "password": self.password }));
        let list = |items: &Vec<String>| (!items.is_empty()).then(|| json!(items));
        let fields = [
            ("name", name.map(|it| json!(it))),
            ("host", host.map(|it| json!(it))),
            ("enabled", enabled.map(|it| json!(it))),
            ("port", self.port.map(|it| json!(it))),
            ("transport", self.transport.as_ref().map(|it| json!(it))),
            ("sources", list(&self.sources)),
            ("srtp", self.srtp.as_ref().map(|it| json!(it))),
            ("codecs", list(&self.codecs)),
            ("country", self.country.as_ref().map(|it| json!(it))),
            ("calls_max", self.calls_max.map(|it| json!(it))),
            ("no_answer_seconds", self.no_answer_seconds.map(|it| json!(it))),
            ("priority", self.priority.map(|it| json!(it))),
            ("description", self.description.as_ref().map(|it| if it.is_empty() { Value::Null } else { json!(it) })),
            ("settings", (!self.settings.is_empty()).then(|| Value::Object(object(&self.settings)))),
            ("credentials", credentials),
        ];
        let given = fields.into_iter().filter_map(|(field, value)| Some((field.to_owned(), value?)));
        Value::Object(given.collect::<Map<_, _>>())
    }
}
