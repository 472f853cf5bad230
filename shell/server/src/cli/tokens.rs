//! `trunkline token`: tokens of the API, kept and ended in the database itself, so that there is a first one.

use std::process::ExitCode;

use clap::{Args, Subcommand, ValueEnum};
use jiff::Timestamp;
use phone::access::{self, Assignment, BuiltIn, RoleRef};
use phone::id::ApiKeyId;
use store::{Actor, ApiToken, NewApiToken, Open, Scope, Store, TokenHash};
use uuid::Uuid;

use crate::config::{Config, Flags};
use crate::secret::random_secret;

#[derive(Debug, Subcommand)]
pub enum TokenCommand {
    /// Make a token and print it. It is shown this once.
    Create(Create),
    /// List tokens, without what they are.
    List(Flags),
    /// End a token at once.
    Revoke(Revoke),
}

#[derive(Debug, Args)]
pub struct Create {
    /// Who or what has it; the audit names it so.
    #[arg(long)]
    pub name: String,
    /// What its holder may do.
    #[arg(long, value_enum, default_value = "administrator")]
    pub role: RoleName,
    /// The organization that it opens, by its short name [default: all, and the server itself].
    #[arg(long, value_name = "SLUG")]
    pub only: Option<String>,
    #[command(flatten)]
    pub flags: Flags,
}

#[derive(Debug, Args)]
pub struct Revoke {
    /// Id, as the list shows it.
    pub token: Uuid,
    #[command(flatten)]
    pub flags: Flags,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum RoleName {
    /// Everything.
    Administrator,
    /// See all, and act on live calls and agents.
    Operator,
    /// See all.
    Viewer,
}

pub fn run(command: &TokenCommand) -> ExitCode {
    match carry_out(command) {
        Ok(words) => {
            println!("{words}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("error: {}", crate::error::chain(error.as_ref()));
            ExitCode::FAILURE
        }
    }
}

pub fn carry_out(command: &TokenCommand) -> anyhow::Result<String> {
    let flags = match command {
        TokenCommand::Create(Create { flags, .. }) | TokenCommand::Revoke(Revoke { flags, .. }) => flags,
        TokenCommand::List(flags) => flags,
    };
    let config = Config::load(flags)?;
    std::fs::create_dir_all(&config.data_dir)?;
    let open = Open { url: config.database.clone(), key_file: config.key_file() };
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
        let store = Store::open(&open).await?;
        let words = in_store(&store, command, Timestamp::now()).await;
        store.close().await?;
        words
    })
}

async fn in_store(store: &Store, command: &TokenCommand, now: Timestamp) -> anyhow::Result<String> {
    match command {
        TokenCommand::Create(wanted) => create(store, wanted, now).await,
        TokenCommand::List(_) => {
            let lines: Vec<String> = store.api_tokens(now).await?.iter().map(line).collect();
            Ok(if lines.is_empty() { "There are no tokens.".to_owned() } else { lines.join("\n") })
        }
        TokenCommand::Revoke(Revoke { token, .. }) => {
            let known = store.api_tokens(now).await?.into_iter().find(|known| known.id == ApiKeyId(*token));
            let known = known.ok_or_else(|| anyhow::anyhow!("there is no token {token}"))?;
            let mut tx = store.begin(Actor::System, now).await?;
            tx.revoke_api_token(known.scope, known.id).await?;
            tx.commit().await?;
            Ok(format!("{} opens nothing any more.", known.name))
        }
    }
}

async fn create(store: &Store, wanted: &Create, now: Timestamp) -> anyhow::Result<String> {
    let scope = match &wanted.only {
        None => Scope::Platform,
        Some(slug) => {
            let tenant = store.tenant_by_slug(slug).await?;
            let tenant = tenant.ok_or_else(|| anyhow::anyhow!("there is no organization {slug}"))?;
            Scope::Tenant(tenant.value.profile.id)
        }
    };
    let role = match wanted.role {
        RoleName::Administrator => BuiltIn::Administrator,
        RoleName::Operator => BuiltIn::Operator,
        RoleName::Viewer => BuiltIn::Viewer,
    };
    let all = Assignment { role: RoleRef::BuiltIn(role), scope: access::Scope::Tenant };
    let token = random_secret();
    let hash = TokenHash::of(token.expose());
    let mut tx = store.begin(Actor::System, now).await?;
    tx.create_api_token(NewApiToken { name: &wanted.name, scope, assignments: &[all], hash, expires_at: None }).await?;
    tx.commit().await?;
    Ok(token.expose().to_owned())
}

fn line(token: &ApiToken) -> String {
    let opens = match token.scope {
        Scope::Platform => "the server".to_owned(),
        Scope::Reseller(reseller) => format!("reseller {reseller}"),
        Scope::Tenant(tenant) => format!("organization {tenant}"),
    };
    let roles: Vec<&str> = token
        .assignments
        .iter()
        .map(|assignment| match assignment.role {
            RoleRef::BuiltIn(role) => role.as_str(),
            RoleRef::Custom(_) => "a role of its own",
        })
        .collect();
    format!("{}  {}  {}  {opens}", token.id, token.name, roles.join(", "))
}
