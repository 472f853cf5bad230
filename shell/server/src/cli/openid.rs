//! Where people sign in elsewhere.

use clap::{Args, Subcommand};
use reqwest::Method;
use serde_json::{Value, json};

use super::api_keys::Place;
use super::client::{Client, ClientError};
use super::nouns::Shown;
use super::print::Column;

#[derive(Debug, Subcommand)]
pub enum OpenidCommand {
    /// Show the OpenID provider that people sign in with.
    Show(Place),
    /// Let people sign in with an OpenID provider. The client secret is read from TRUNKLINE_OPENID_SECRET.
    Set(Set),
    /// Let people sign in with it no more.
    Remove(Place),
}

#[derive(Debug, Args)]
pub struct Set {
    /// Exactly as the provider says it itself: https://id.example.com
    #[arg(long)]
    issuer: String,
    #[arg(long)]
    client_id: String,
    /// Who is not known here gets an account.
    #[arg(long)]
    creates_accounts: bool,
    /// What such an account may do, if no group says more.
    #[arg(long, value_name = "ROLE")]
    default_role: Option<String>,
    /// The claim that names somebody's groups.
    #[arg(long, value_name = "CLAIM")]
    groups_claim: Option<String>,
    /// What members of a group may do: "Telephony=telephony_administrator"; may be given several times.
    #[arg(long = "group", value_name = "GROUP=ROLE")]
    groups: Vec<String>,
    #[command(flatten)]
    place: Place,
}

const PROVIDER: &[Column] = &[
    ("Issuer", "/issuer"),
    ("Client id", "/client_id"),
    ("Client secret", "/has_client_secret"),
    ("Redirect to", "/redirect_uri"),
    ("Makes accounts", "/creates_accounts"),
    ("Default role", "/default_role"),
    ("Groups claim", "/groups_claim"),
];
const GROUP: &[Column] = &[("Group", "/group"), ("Role", "/role")];

pub(super) async fn carry_out(client: &Client, command: &OpenidCommand) -> Result<Shown, ClientError> {
    match command {
        OpenidCommand::Show(place) => Ok(shown(client.get(&place.path(client, "openid-provider").await?).await?)),
        OpenidCommand::Set(wanted) => {
            let path = wanted.place.path(client, "openid-provider").await?;
            let group = |text: &String| {
                let (group, role) = text.rsplit_once('=').unwrap_or((text, ""));
                json!({ "group": group, "role": role })
            };
            let mut body = json!({
                "issuer": wanted.issuer,
                "client_id": wanted.client_id,
                "creates_accounts": wanted.creates_accounts,
                "default_role": wanted.default_role,
                "groups_claim": wanted.groups_claim,
                "group_roles": wanted.groups.iter().map(group).collect::<Vec<_>>(),
            });
            if let Ok(secret) = std::env::var("TRUNKLINE_OPENID_SECRET") {
                body["client_secret"] = if secret.is_empty() { Value::Null } else { json!(secret) };
            }
            Ok(shown(client.write(Method::PUT, &path, &body).await?))
        }
        OpenidCommand::Remove(place) => {
            client.delete(&place.path(client, "openid-provider").await?).await?;
            Ok(Shown::Words("Nobody signs in with it any more.".to_owned()))
        }
    }
}

fn shown(provider: Value) -> Shown {
    Shown::Object(PROVIDER, provider, &[("Groups", "/group_roles", GROUP)])
}
