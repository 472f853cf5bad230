//! Tests of call flows.

use clap::{Args, Subcommand};
use reqwest::Method;
use serde_json::{Value, json};

use super::client::{Client, ClientError};
use super::explain::{STEP, assumed};
use super::nouns::{Shown, find};
use super::print::Column;

/// Runs tests.
#[derive(Debug, Args)]
pub struct TestArgs {
    /// Name or id of an auto attendant or a call queue [default: all tests of the organization].
    flow: Option<String>,
    /// On the draft in place of what is published.
    #[arg(long, requires = "flow")]
    draft: bool,
}

#[derive(Debug, Subcommand)]
pub enum FlowTestCommand {
    /// List tests.
    List {
        /// Name or id of an auto attendant or a call queue.
        flow: Option<String>,
    },
    /// Show a test.
    Show {
        /// Name or id.
        test: String,
    },
    /// Write a test down.
    Create {
        name: String,
        /// Name or id of the auto attendant or call queue where the call begins.
        #[arg(long)]
        flow: String,
        #[command(flatten)]
        fields: Fields,
        /// Where the call is to end: user:EXTENSION, queue:NAME, mailbox:NAME, voicemail:EXTENSION, number:+14155550123, hang_up or refused.
        #[arg(long)]
        expect: String,
    },
    /// Change a test; what is not given stays.
    Change {
        /// Name or id.
        test: String,
        #[arg(long)]
        name: Option<String>,
        #[command(flatten)]
        fields: Fields,
        #[arg(long)]
        expect: Option<String>,
    },
    /// Delete a test.
    Delete {
        /// Name or id.
        test: String,
    },
    /// Write the starter set of a flow anew, from what it does now: every branch, holiday and bound of its hours, a full
    /// queue, no agent. Tests that somebody wrote stay.
    Generate {
        /// Name or id of an auto attendant or a call queue.
        flow: String,
        /// Times of the tests are after this [default: now].
        #[arg(long)]
        from: Option<String>,
    },
}

/// What a test may have.
#[derive(Debug, Args)]
pub struct Fields {
    /// Who calls: an extension, or a number outside; an empty text hides the number.
    #[arg(long)]
    from: Option<String>,
    /// When, such as 2026-12-24T18:00:00Z.
    #[arg(long)]
    at: Option<String>,
    /// What the caller presses, as explain takes it.
    #[arg(long, allow_hyphen_values = true)]
    keys: Option<String>,
    /// What is taken for granted, as explain takes it; once for each.
    #[arg(long = "assume", value_name = "KEY=VALUE")]
    assume: Vec<String>,
}

const TEST: &[Column] = &[
    ("Name", "/name"),
    ("At", "/at"),
    ("From", "/from"),
    ("Keys", "/keys"),
    ("Assumed", "/assume"),
    ("Expected", "/expect"),
    ("Starter", "/generated"),
    ("Id", "/id"),
];
const RUN: &[Column] = &[("Tests", "/total"), ("Passed", "/passed"), ("Failed", "/failed")];
const RESULT: &[Column] =
    &[("Test", "/name"), ("Passed", "/passed"), ("Expected", "/expected"), ("What happened", "/end/words")];

/// Runs tests and shows how they came out; the command fails if one does.
pub(super) async fn run(client: &Client, tenant: &str, args: &TestArgs) -> Result<Shown, ClientError> {
    let app = match &args.flow {
        Some(flow) => app(client, tenant, flow).await?,
        None => Value::Null,
    };
    let body = json!({ "app": app, "draft": args.draft });
    let ran = client.write(Method::POST, &format!("{tenant}/flow-tests/run"), &body).await?;
    let is_green = ran["failed"] == 0;
    let first_failed = ran["results"].as_array().into_iter().flatten().find(|result| result["passed"] == false);
    let mut shown = ran.clone();
    shown["why"] = first_failed.map_or(json!([]), |result| result["steps"].clone());
    let lists: &[(&str, &str, &[Column])] = match is_green {
        true => &[("Tests", "/results", RESULT)],
        false => &[("Tests", "/results", RESULT), ("The first that failed, step by step", "/why", STEP)],
    };
    let shown = Shown::Object(RUN, shown, lists);
    Ok(if is_green { shown } else { Shown::Failed(Box::new(shown)) })
}

pub(super) async fn carry_out(client: &Client, tenant: &str, command: &FlowTestCommand) -> Result<Shown, ClientError> {
    let tests = format!("{tenant}/flow-tests");
    let find_test = async |name: &str| find(client, &tests, "flow test", name).await;
    match command {
        FlowTestCommand::List { flow } => {
            let query = match flow {
                Some(flow) => {
                    let app = app(client, tenant, flow).await?;
                    vec![("app", app["id"].as_str().unwrap_or_default().to_owned())]
                }
                None => Vec::new(),
            };
            Ok(Shown::Items(TEST, client.list(&tests, &query, usize::MAX).await?))
        }
        FlowTestCommand::Show { test } => Ok(Shown::Object(TEST, client.get(&find_test(test).await?).await?, &[])),
        FlowTestCommand::Create { name, flow, fields, expect } => {
            let mut body = json!({ "app": app(client, tenant, flow).await?, "name": name, "expect": expect });
            fields.put_into(&mut body)?;
            Ok(Shown::Object(TEST, client.write(Method::POST, &tests, &body).await?, &[]))
        }
        FlowTestCommand::Change { test, name, fields, expect } => {
            let path = find_test(test).await?;
            let changed = super::apps::change(client, &path, async |body| {
                fields.put_into(body)?;
                super::apps::rename(body, name.as_ref());
                if let Some(expect) = expect {
                    body["expect"] = json!(expect);
                }
                Ok(())
            });
            Ok(Shown::Object(TEST, changed.await?, &[]))
        }
        FlowTestCommand::Delete { test } => {
            client.delete(&find_test(test).await?).await?;
            Ok(Shown::Words(format!("{test} was deleted.")))
        }
        FlowTestCommand::Generate { flow, from } => {
            let body = json!({ "app": app(client, tenant, flow).await?, "from": from });
            let written = client.write(Method::POST, &format!("{tests}/generate"), &body).await?;
            Ok(Shown::Items(TEST, written["items"].as_array().cloned().unwrap_or_default()))
        }
    }
}

/// An attendant or a queue as the API names it; of both with one name, the attendant.
async fn app(client: &Client, tenant: &str, name: &str) -> Result<Value, ClientError> {
    let (kind, bare) = name.split_once(':').unwrap_or(("", name));
    let lists = [("attendant", "auto-attendants", "auto_attendant"), ("queue", "call-queues", "call_queue")];
    for (_, list, noun) in lists.into_iter().filter(|(word, ..)| kind.is_empty() || kind == *word) {
        // An id says nothing of its kind: it is looked for.
        let items = client.list(&format!("{tenant}/{list}"), &[], usize::MAX).await?;
        let is_it = |item: &&Value| {
            item["id"] == bare || item["name"].as_str().is_some_and(|name| name.eq_ignore_ascii_case(bare))
        };
        if let Some(found) = items.iter().find(is_it).and_then(|item| item["id"].as_str()) {
            return Ok(json!({ "type": noun, "id": found }));
        }
    }
    Err(ClientError::NoSuch { what: "auto attendant or call queue", name: name.to_owned() })
}

impl Fields {
    fn put_into(&self, body: &mut Value) -> Result<(), ClientError> {
        if let Some(from) = &self.from {
            body["from"] = if from.is_empty() { Value::Null } else { json!(from) };
        }
        if let Some(at) = &self.at {
            body["at"] = json!(at);
        }
        if let Some(keys) = &self.keys {
            body["keys"] = json!(keys);
        }
        if !self.assume.is_empty() {
            body["assume"] = assumed(&self.assume)?;
        }
        Ok(())
    }
}
