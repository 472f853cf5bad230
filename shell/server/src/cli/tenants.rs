//! Organizations.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use reqwest::Method;
use serde_json::{Map, Value, json};

use super::calls::Notice;
use super::client::{Client, ClientError};
use super::nouns::Shown;
use super::print::Column;

#[derive(Debug, Subcommand)]
pub enum TenantCommand {
    /// List organizations.
    List,
    /// Show an organization.
    Show {
        /// Short name or id.
        tenant: String,
    },
    /// Make an organization.
    Create(NewTenant),
    /// Change an organization; what is not given stays.
    Change(TenantChange),
    /// Delete an organization that is empty, or with all that it has.
    Delete {
        /// Short name or id.
        tenant: String,
        /// The short name again: people, numbers, call records and history go as well.
        #[arg(long, value_name = "SLUG")]
        confirm: Option<String>,
    },
}

#[derive(Debug, Args)]
pub struct NewTenant {
    /// Short name in paths and commands.
    slug: String,
    #[arg(long)]
    name: String,
    /// What stands after the @ of phones; no other organization's.
    #[arg(long)]
    sip_domain: String,
    /// Such as Europe/Berlin.
    #[arg(long)]
    time_zone: String,
    /// Two capital letters.
    #[arg(long)]
    country: String,
    #[command(flatten)]
    more: More,
}

#[derive(Debug, Args)]
pub struct TenantChange {
    /// Short name or id.
    tenant: String,
    #[arg(long)]
    slug: Option<String>,
    #[arg(long)]
    name: Option<String>,
    /// Only as long as nobody has a phone.
    #[arg(long)]
    sip_domain: Option<String>,
    #[arg(long)]
    time_zone: Option<String>,
    #[arg(long)]
    country: Option<String>,
    /// A suspended organization calls nobody but emergency services.
    #[arg(long, value_parser = ["active", "suspended"])]
    state: Option<String>,
    /// Who runs it for who runs the server: short name or id of a reseller, empty for nobody.
    #[arg(long)]
    reseller: Option<String>,
    /// How long a number is given to nobody after somebody lost it: 1 to 365 days, `forever`, or `none`.
    #[arg(long, value_name = "DAYS")]
    number_block: Option<String>,
    /// Whether people with an e-mail address are told when they get a number (`assigned`), when they lose one
    /// (`unassigned`), both, or neither (`none`).
    #[arg(long, value_parser = ["assigned", "unassigned", "both", "none"])]
    number_mails: Option<String>,
    /// A file with own words for who gets a number: a line that is the subject, and the text; empty for the program's.
    #[arg(long, value_name = "FILE")]
    assigned_mail: Option<PathBuf>,
    /// The same for who loses one.
    #[arg(long, value_name = "FILE")]
    unassigned_mail: Option<PathBuf>,
    /// Extension or id of a person who gets callers of attendants that have no operator; empty for nobody.
    #[arg(long, value_name = "PERSON")]
    fallback_operator: Option<String>,
    #[command(flatten)]
    more: More,
    #[command(flatten)]
    notice: Notice,
}

#[derive(Debug, Args)]
struct More {
    /// Of prompts, such as en-US.
    #[arg(long)]
    language: Option<String>,
    /// A number that reaches emergency services, beside those of the country; may be repeated.
    #[arg(long = "emergency-number", value_name = "DIGITS")]
    emergency_numbers: Option<Vec<String>>,
    /// Whether phones that register to a bare address belong to it.
    #[arg(long)]
    is_default: Option<bool>,
    /// What happens when licenses do not suffice.
    #[arg(long, value_parser = ["block", "off", "warn"])]
    license_enforcement: Option<String>,
}

const TENANT: &[Column] = &[
    ("Slug", "/slug"),
    ("Name", "/name"),
    ("SIP domain", "/sip_domain"),
    ("Time zone", "/time_zone"),
    ("Country", "/country"),
    ("State", "/state"),
];
const ONE: &[Column] = &[
    ("Slug", "/slug"),
    ("Name", "/name"),
    ("SIP domain", "/sip_domain"),
    ("Time zone", "/time_zone"),
    ("Country", "/country"),
    ("Language", "/language"),
    ("State", "/state"),
    ("Default", "/is_default"),
    ("Emergency", "/emergency_numbers"),
    ("Licenses", "/license_enforcement"),
    ("Reseller", "/reseller"),
    ("Numbers rest", "/number_block"),
    ("Told of getting a number", "/number_mails/assigned"),
    ("Told of losing one", "/number_mails/unassigned"),
    ("Supervision told", "/supervision_notice/told"),
    ("Id", "/id"),
];

pub(super) async fn carry_out(client: &Client, command: &TenantCommand) -> Result<Shown, ClientError> {
    match command {
        TenantCommand::List => Ok(Shown::Items(TENANT, client.list("/tenants", &[], usize::MAX).await?)),
        TenantCommand::Show { tenant } => Ok(Shown::Object(ONE, client.get(&format!("/tenants/{tenant}")).await?, &[])),
        TenantCommand::Create(new) => {
            let texts = [
                ("slug", Some(&new.slug)),
                ("name", Some(&new.name)),
                ("sip_domain", Some(&new.sip_domain)),
                ("time_zone", Some(&new.time_zone)),
                ("country", Some(&new.country)),
            ];
            let body = new.more.body(&texts);
            Ok(Shown::Object(ONE, client.write(Method::POST, "/tenants", &body).await?, &[]))
        }
        TenantCommand::Change(change) => {
            let texts = [
                ("slug", change.slug.as_ref()),
                ("name", change.name.as_ref()),
                ("sip_domain", change.sip_domain.as_ref()),
                ("time_zone", change.time_zone.as_ref()),
                ("country", change.country.as_ref()),
                ("state", change.state.as_ref()),
            ];
            let mut body = change.more.body(&texts);
            if let Some(reseller) = &change.reseller {
                body["reseller"] =
                    Some(reseller).filter(|reseller| !reseller.is_empty()).map_or(Value::Null, |it| json!(it));
            }
            if let Some(rest) = &change.number_block {
                body["number_block"] = match rest.as_str() {
                    "none" => Value::Null,
                    "forever" => json!({ "type": "forever" }),
                    days => json!({ "type": "days", "days": days.parse::<u32>().ok() }),
                };
            }
            let path = format!("/tenants/{}", change.tenant);
            if let Some(mails) = change.number_mails(client, &path).await? {
                body["number_mails"] = mails;
            }
            match change.fallback_operator.as_deref() {
                Some("") => body["fallback_operator"] = Value::Null,
                Some(person) => {
                    body["fallback_operator"] = client.get(&format!("{path}/users/{person}")).await?["id"].take()
                }
                None => {}
            }
            if change.notice.is_given() {
                // It is replaced whole: what is not given stays as it is.
                body["supervision_notice"] = client.get(&path).await?["supervision_notice"].take();
                change.notice.put_into(&mut body);
            }
            Ok(Shown::Object(ONE, client.write(Method::PATCH, &path, &body).await?, &[]))
        }
        TenantCommand::Delete { tenant, confirm } => {
            let query: Vec<_> = confirm.clone().map(|confirm| ("confirm", confirm)).into_iter().collect();
            client.delete_with(&format!("/tenants/{tenant}"), &query).await?;
            Ok(Shown::Words(format!("{tenant} was deleted.")))
        }
    }
}

impl TenantChange {
    /// What people are mailed, which is replaced whole: what is not given stays as it is.
    async fn number_mails(&self, client: &Client, path: &str) -> Result<Option<Value>, ClientError> {
        let words = [("assigned_words", &self.assigned_mail), ("unassigned_words", &self.unassigned_mail)];
        if self.number_mails.is_none() && words.iter().all(|(_, file)| file.is_none()) {
            return Ok(None);
        }
        let mut mails = client.get(path).await?["number_mails"].take();
        if let Some(told) = &self.number_mails {
            for name in ["assigned", "unassigned"] {
                mails[name] = json!(told == name || told == "both");
            }
        }
        for (name, file) in words {
            match file {
                Some(file) if file.as_os_str().is_empty() => mails[name] = Value::Null,
                Some(file) => mails[name] = mail_words(file)?,
                None => {}
            }
        }
        Ok(Some(mails))
    }
}

/// A file whose first line is the subject of a mail.
fn mail_words(file: &Path) -> Result<Value, ClientError> {
    let unreadable = |source| ClientError::Unreadable { path: file.to_owned(), source };
    let words = std::fs::read_to_string(file).map_err(unreadable)?;
    let (subject, text) = words.split_once('\n').unwrap_or((&words, ""));
    Ok(json!({ "subject": subject.trim_end(), "text": text.trim_start_matches(['\r', '\n']) }))
}

impl More {
    /// What was given, with `texts`.
    fn body(&self, texts: &[(&str, Option<&String>)]) -> Value {
        let more = [("language", self.language.as_ref()), ("license_enforcement", self.license_enforcement.as_ref())];
        let given = texts.iter().chain(&more).filter_map(|(name, text)| Some(((*name).to_owned(), json!((*text)?))));
        let mut body: Map<String, Value> = given.collect();
        if let Some(numbers) = &self.emergency_numbers {
            body.insert("emergency_numbers".to_owned(), json!(numbers));
        }
        if let Some(is_default) = self.is_default {
            body.insert("is_default".to_owned(), json!(is_default));
        }
        Value::Object(body)
    }
}
