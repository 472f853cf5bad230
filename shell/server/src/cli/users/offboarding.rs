//! Who leaves.

use clap::Args;
use reqwest::Method;
use serde_json::{Value, json};

use crate::cli::client::{Client, ClientError};
use crate::cli::nouns::{Shown, find};
use crate::cli::print::Column;

#[derive(Debug, Args)]
pub struct Offboard {
    /// Id or extension.
    user: String,
    /// Only say what would be done.
    #[arg(long)]
    dry_run: bool,
    /// What becomes of a number: +14255550104=hold:30, =user:102, =resource-account:NAME or =release.
    #[arg(long = "number", value_name = "NUMBER=FATE")]
    numbers: Vec<String>,
    /// What becomes of all others.
    #[arg(long, value_name = "FATE", default_value = "hold:30")]
    other_numbers: String,
    /// Who takes their place where attendants and queues lead to them, by id or extension.
    #[arg(long)]
    successor: Option<String>,
}

const LEAVING: &[Column] = &[
    ("Extension", "/extension"),
    ("Name", "/display_name"),
    ("Done", "/done"),
    ("Licenses", "/licenses"),
    ("Groups", "/groups"),
    ("Agent of", "/agent_of"),
    ("Named by", "/named_by"),
    ("Phones", "/phones"),
    ("What keeps it", "/problem/message"),
    ("What to do", "/problem/fix"),
];
const NUMBER: &[Column] = &[
    ("Number", "/number"),
    ("As", "/category"),
    ("Becomes", "/fate/type"),
    ("Days", "/fate/days"),
    ("To", "/fate/id"),
];

pub(super) async fn carry_out(client: &Client, tenant: &str, wanted: &Offboard) -> Result<Shown, ClientError> {
    let mut numbers = Vec::with_capacity(wanted.numbers.len());
    for named in &wanted.numbers {
        let (number, words) = named.split_once('=').unwrap_or((named, ""));
        numbers.push(json!({ "number": number, "fate": fate(client, tenant, words).await? }));
    }
    let body = json!({
        "dry_run": wanted.dry_run,
        "numbers": numbers,
        "other_numbers": fate(client, tenant, &wanted.other_numbers).await?,
        "successor": wanted.successor,
    });
    let path = format!("{tenant}/users/{}/offboard", wanted.user);
    let answer = client.write(Method::POST, &path, &body).await?;
    let keeps = !answer["problem"].is_null();
    let shown = Shown::Object(LEAVING, answer, &[("Numbers", "/numbers", NUMBER)]);
    Ok(if keeps { Shown::Failed(Box::new(shown)) } else { shown })
}

async fn fate(client: &Client, tenant: &str, words: &str) -> Result<Value, ClientError> {
    let unknown = || ClientError::NoSuch { what: "fate of a number", name: words.to_owned() };
    let (kind, rest) = words.split_once(':').unwrap_or((words, ""));
    Ok(match kind {
        "hold" => json!({ "type": "hold", "days": rest.parse::<u32>().map_err(|_| unknown())? }),
        "release" => json!({ "type": "release" }),
        "user" => json!({ "type": "user", "id": rest }),
        "resource-account" => {
            let accounts = format!("{tenant}/resource-accounts");
            let path = find(client, &accounts, "resource account", rest).await?;
            json!({ "type": "resource_account", "id": path.rsplit('/').next() })
        }
        _ => return Err(unknown()),
    })
}
