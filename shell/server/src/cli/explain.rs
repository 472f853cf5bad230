//! What would become of a call.

use clap::Args;
use reqwest::Method;
use serde_json::{Map, Value, json};

use super::client::{Client, ClientError};
use super::nouns::Shown;
use super::print::Column;

#[derive(Debug, Args)]
pub struct ExplainArgs {
    /// Who calls: an extension, or a number outside [default: somebody outside who hides the number].
    #[arg(long)]
    from: Option<String>,
    /// What is dialled, or attendant:NAME, queue:NAME, account:NAME or user:EXTENSION.
    #[arg(long)]
    to: String,
    /// When, such as 2026-12-24T18:00:00Z [default: now].
    #[arg(long)]
    at: Option<String>,
    /// What the caller presses: keys; a space waits for what plays to end, a comma for a second, - presses nothing until
    /// the menu has waited, ! presses the next key without waiting.
    #[arg(long, default_value = "", allow_hyphen_values = true)]
    keys: String,
    /// What is taken for granted, once for each: waiting=3, waiting.Sales=50, agents=offline, people=no_answer,
    /// user.102=busy, outside=busy, prompt_seconds=8, answer_seconds=5, talk_seconds=180, hang_up_after=30.
    #[arg(long = "assume", value_name = "KEY=VALUE")]
    assume: Vec<String>,
}

pub(super) const END: &[Column] = &[("At", "/at"), ("End", "/end/words"), ("Code", "/end/code")];
pub(super) const STEP: &[Column] = &[
    ("After s", "/after_seconds"),
    ("What", "/type"),
    ("Because", "/words"),
    ("Of", "/setting/name"),
    ("Setting", "/setting/field"),
];

pub(super) async fn carry_out(client: &Client, tenant: &str, args: &ExplainArgs) -> Result<Shown, ClientError> {
    let body = json!({
        "from": args.from, "to": args.to, "at": args.at, "keys": args.keys, "assume": assumed(&args.assume)?,
    });
    let explained = client.write(Method::POST, &format!("{tenant}/explain"), &body).await?;
    Ok(Shown::Object(END, explained, &[("Step by step", "/steps", STEP)]))
}

/// `KEY=VALUE` as the API takes them.
pub(super) fn assumed(given: &[String]) -> Result<Value, ClientError> {
    let pair = |text: &String| match text.split_once('=') {
        Some((key, value)) => Ok((key.trim().to_owned(), json!(value.trim()))),
        None => Err(ClientError::Malformed {
            what: "assumption",
            text: text.clone(),
            expected: "KEY=VALUE, as in waiting=3",
        }),
    };
    given.iter().map(pair).collect::<Result<Map<_, _>, _>>().map(Value::Object)
}
