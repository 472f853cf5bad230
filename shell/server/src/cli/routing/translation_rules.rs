//! Translation rules.

use clap::Subcommand;
use reqwest::Method;
use serde_json::{Map, Value, json};

use super::super::client::{Client, ClientError};
use super::super::nouns::{Shown, find};
use super::super::print::Column;

#[derive(Debug, Subcommand)]
pub enum TranslationRuleCommand {
    /// List translation rules.
    List,
    /// Show a translation rule.
    Show {
        /// Name or id.
        rule: String,
    },
    /// Make a translation rule; trunks that name it write numbers by it.
    Create {
        name: String,
        /// A regular expression, such as '^\+33(\d{9})$'.
        #[arg(long)]
        pattern: String,
        /// What takes its place, such as '0$1'.
        #[arg(long)]
        translation: String,
        #[arg(long)]
        description: Option<String>,
    },
    /// Change a translation rule; what is not given stays.
    Change {
        /// Name or id.
        rule: String,
        #[arg(long)]
        name: Option<String>,
        #[arg(long)]
        pattern: Option<String>,
        #[arg(long)]
        translation: Option<String>,
        #[arg(long)]
        description: Option<String>,
    },
    /// Delete a translation rule that no trunk names.
    Delete {
        /// Name or id.
        rule: String,
    },
    /// Try a translation rule on numbers.
    Test {
        /// Name or id.
        rule: String,
        #[arg(required = true, allow_hyphen_values = true)]
        numbers: Vec<String>,
    },
}

const RULE: &[Column] = &[
    ("Name", "/name"),
    ("Pattern", "/pattern"),
    ("Translation", "/translation"),
    ("Description", "/description"),
    ("Id", "/id"),
];
const TESTED: &[Column] = &[("Number", "/number"), ("Matches", "/matches"), ("Becomes", "/result")];

pub(in crate::cli) async fn carry_out(
    client: &Client,
    tenant: &str,
    command: &TranslationRuleCommand,
) -> Result<Shown, ClientError> {
    let rules = format!("{tenant}/translation-rules");
    let find_rule = async |name: &str| find(client, &rules, "translation rule", name).await;
    match command {
        TranslationRuleCommand::List => Ok(Shown::Items(RULE, client.list(&rules, &[], usize::MAX).await?)),
        TranslationRuleCommand::Show { rule } => {
            Ok(Shown::Object(RULE, client.get(&find_rule(rule).await?).await?, &[]))
        }
        TranslationRuleCommand::Create { name, pattern, translation, description } => {
            let body =
                json!({ "name": name, "pattern": pattern, "translation": translation, "description": description });
            Ok(Shown::Object(RULE, client.write(Method::POST, &rules, &body).await?, &[]))
        }
        TranslationRuleCommand::Change { rule, name, pattern, translation, description } => {
            let path = find_rule(rule).await?;
            let given =
                [("name", name), ("pattern", pattern), ("translation", translation), ("description", description)];
            let given = given.into_iter().filter_map(|(field, text)| Some((field.to_owned(), json!(text.as_ref()?))));
            let body = Value::Object(given.collect::<Map<_, _>>());
            Ok(Shown::Object(RULE, client.write(Method::PATCH, &path, &body).await?, &[]))
        }
        TranslationRuleCommand::Delete { rule } => {
            client.delete(&find_rule(rule).await?).await?;
            Ok(Shown::Words(format!("{rule} was deleted.")))
        }
        TranslationRuleCommand::Test { rule, numbers } => {
            let path = format!("{}/test", find_rule(rule).await?);
            let tested = client.write(Method::POST, &path, &json!({ "numbers": numbers })).await?;
            Ok(Shown::Items(TESTED, tested["items"].as_array().cloned().unwrap_or_default()))
        }
    }
}
