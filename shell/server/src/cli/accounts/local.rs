//! An account that is made in the database itself, so that there is a first one.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use jiff::Timestamp;
use phone::access::account::{email_key, invitation_ends_at};
use phone::access::{self, Account, Assignment, BuiltIn, RoleRef};
use phone::id::AccountId;
use store::{Actor, Expected, Open, Scope, Store, TokenHash};
use uuid::Uuid;

use super::Add;
use crate::admin::accounts::invitation_link;
use crate::config::{Config, Flags};
use crate::public_url::PublicUrl;
use crate::secret::{Secret, random_secret};

/// Where the database of this machine is.
#[derive(Debug, Default, Args)]
pub struct Local {
    /// Make it in the database of this machine, with the settings of its server: the data directory.
    #[arg(long, value_name = "DIR")]
    pub data_dir: Option<String>,
    /// The same: the database.
    #[arg(long, value_name = "URL")]
    pub database: Option<String>,
    /// Settings file of the server of this machine.
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
}

impl Local {
    /// Whether the database itself is meant, and no server.
    pub fn is_given(&self) -> bool {
        self.data_dir.is_some() || self.database.is_some() || self.config.is_some()
    }
}

pub fn run(wanted: &Add, tenant: Option<&str>) -> ExitCode {
    match carry_out(wanted, tenant) {
        Ok(link) => {
            println!("{}", link.expose());
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("error: {}", crate::error::chain(error.as_ref()));
            ExitCode::FAILURE
        }
    }
}

pub fn carry_out(wanted: &Add, tenant: Option<&str>) -> anyhow::Result<Secret> {
    let Local { data_dir, database, config } = &wanted.local;
    let flags =
        Flags { config: config.clone(), data_dir: data_dir.clone(), database: database.clone(), ..Flags::default() };
    let config = Config::load(&flags)?;
    std::fs::create_dir_all(&config.data_dir)?;
    let open = Open { url: config.database.clone(), key_file: config.key_file() };
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
        let store = Store::open(&open).await?;
        let link = in_store(&store, wanted, tenant, &config.public_url).await;
        store.close().await?;
        link
    })
}

async fn in_store(store: &Store, wanted: &Add, tenant: Option<&str>, url: &PublicUrl) -> anyhow::Result<Secret> {
    let scope = match tenant.filter(|_| !wanted.place.is_platform()) {
        None => Scope::Platform,
        Some(slug) => {
            let tenant = store.tenant_by_slug(slug).await?;
            Scope::Tenant(tenant.ok_or_else(|| anyhow::anyhow!("there is no organization {slug}"))?.value.profile.id)
        }
    };
    let administrator = vec![BuiltIn::Administrator.as_str().to_owned()];
    let roles = if wanted.roles.is_empty() { &administrator } else { &wanted.roles };
    let role = |name: &String| {
        let role = BuiltIn::find(name).map(RoleRef::BuiltIn);
        let role = role.ok_or_else(|| anyhow::anyhow!("{name} is no role that every organization has"))?;
        Ok(Assignment { role, scope: access::Scope::Tenant })
    };
    let assignments = roles.iter().map(role).collect::<anyhow::Result<Vec<_>>>()?;
    anyhow::ensure!(
        wanted.person.is_none(),
        "a person is named to a server that runs: leave out --person or --data-dir"
    );
    let account = Account {
        id: AccountId(Uuid::now_v7()),
        email: wanted.email.trim().to_owned(),
        name: wanted.name.clone().unwrap_or_else(|| wanted.email.clone()),
        person: None,
        enabled: true,
    };
    if let Some(fault) = account.fault() {
        anyhow::bail!("{fault}");
    }
    let (token, now) = (random_secret(), Timestamp::now());
    let mut tx = store.begin(Actor::System, now).await?;
    if tx.account_by_email(scope, &email_key(&account.email)).await?.is_some() {
        anyhow::bail!("there is an account with {}; `trunkline account invite` invites again", account.email);
    }
    tx.save_account(scope, &account, &assignments, Expected::Absent).await?;
    tx.invite(account.id, &TokenHash::of(token.expose()), invitation_ends_at(now)).await?;
    tx.commit().await?;
    Ok(invitation_link(url.as_str(), &token))
}
