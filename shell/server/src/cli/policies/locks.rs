//! Locks: settings that no policy may exceed.

use clap::Args;
use reqwest::Method;
use serde_json::{Value, json};

use super::super::client::{Client, ClientError};
use super::super::nouns::Shown;
use super::super::print::Column;

/// What is to be locked.
#[derive(Debug, Args)]
pub struct Wanted {
    #[arg(value_name = "TYPE")]
    kind: String,
    setting: String,
    /// Values that are allowed; the first is in place of any other.
    #[arg(value_parser = value, required_unless_present = "min")]
    values: Vec<Value>,
    /// The least number that is allowed.
    #[arg(long, requires = "max", conflicts_with = "values")]
    min: Option<u32>,
    /// The greatest number that is allowed.
    #[arg(long, requires = "min")]
    max: Option<u32>,
    /// Why, for who is refused.
    #[arg(long)]
    reason: Option<String>,
}

/// Which lock is to go.
#[derive(Debug, Args)]
pub struct Undone {
    #[arg(value_name = "TYPE")]
    kind: String,
    setting: String,
    /// Whose lock, where there are several: `organization`, `reseller` or `platform`.
    #[arg(long)]
    level: Option<String>,
}

const LOCK: &[Column] =
    &[("Type", "/type"), ("Setting", "/setting"), ("By", "/level"), ("Says", "/says"), ("Id", "/id")];

pub(super) async fn list(client: &Client, tenant: &str) -> Result<Shown, ClientError> {
    Ok(Shown::Items(LOCK, client.list(&format!("{tenant}/policy-locks"), &[], usize::MAX).await?))
}

pub(super) async fn lock(client: &Client, tenant: &str, wanted: &Wanted) -> Result<Shown, ClientError> {
    let Wanted { kind, setting, values, min, max, reason } = wanted;
    let setting = setting.replace('-', "_");
    let mut body = json!({ "type": kind, "setting": setting, "min": min, "max": max, "reason": reason });
    if min.is_none() {
        body["values"] = json!(values);
    }
    let made = client.write(Method::POST, &format!("{tenant}/policy-locks"), &body).await?;
    Ok(Shown::Object(LOCK, made, &[]))
}

pub(super) async fn unlock(client: &Client, tenant: &str, wanted: &Undone) -> Result<Shown, ClientError> {
    let locks = client.list(&format!("{tenant}/policy-locks"), &[], usize::MAX).await?;
    let (kind, setting) = (wanted.kind.replace('-', "_"), wanted.setting.replace('-', "_"));
    let is_meant = |lock: &&Value| {
        let is_of_level = wanted.level.as_ref().is_none_or(|level| lock["level"].as_str() == Some(level));
        lock["type"].as_str() == Some(&kind) && lock["setting"].as_str() == Some(&setting) && is_of_level
    };
    let found = locks.iter().find(is_meant).and_then(|lock| lock["id"].as_str());
    let found = found.ok_or_else(|| ClientError::NoSuch { what: "lock", name: format!("{kind} {setting}") })?;
    client.delete(&format!("{tenant}/policy-locks/{found}")).await?;
    Ok(Shown::Words(format!("The lock of {setting} is gone.")))
}

/// A value that is no JSON is a text.
fn value(text: &str) -> Result<Value, String> {
    Ok(serde_json::from_str(text).unwrap_or_else(|_| json!(text)))
}
