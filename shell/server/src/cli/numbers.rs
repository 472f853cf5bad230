//! Telephone numbers.

use std::collections::BTreeSet;
use std::path::PathBuf;

use clap::{Args, Subcommand};
use reqwest::Method;
use serde_json::{Map, Value, json};

use super::client::{Client, ClientError};
use super::nouns::{Shown, find};
use super::number_stock::{self, Order, Search, items};
use super::orders;
use super::print::Column;

#[derive(Debug, Subcommand)]
pub enum NumberCommand {
    /// List numbers.
    List(NumberFilter),
    /// Show a number and where it stands.
    Show { number: String },
    /// Add numbers of your own carrier, all of them or none.
    Upload(Upload),
    /// Add and assign numbers from a file with the columns number, kind, trunk, assign_to, category, site, tags, country,
    /// city, region and sms.
    Import {
        file: PathBuf,
        /// Only say what would be done.
        #[arg(long)]
        dry_run: bool,
    },
    /// Print all numbers as a file that can be imported.
    Export,
    /// Find numbers in the stock.
    Search(Search),
    /// Keep numbers of the stock for 15 minutes.
    Reserve {
        #[arg(required = true)]
        numbers: Vec<String>,
    },
    /// Take numbers from the stock.
    Order(Order),
    /// Show how many numbers of the platform's there may be, and why.
    Quotas,
    /// Set how many numbers of the platform's there may be: for who runs the server.
    SetQuota {
        #[arg(value_parser = ["user", "service_toll", "service_toll_free"])]
        kind: String,
        /// 0 is unlimited; the formula if nothing is said.
        limit: Option<u32>,
    },
    /// Give a number to a person or a service.
    Assign(Assign),
    /// Change what a number is for, which of its person's lines it is, its site and its tags; what is not given stays.
    Change(Change),
    /// Add tags to many numbers and take some away.
    Tag(Tag),
    /// Take numbers from who has them.
    Unassign(Unassign),
    /// Give a number to nobody for a while.
    Block {
        number: String,
        /// 1 to 365; forever if nothing is said.
        #[arg(long)]
        days: Option<u32>,
    },
    /// End a block.
    Unblock { number: String },
    /// Give numbers back that nobody has: all of them or, if one can't be, none.
    Release {
        /// Numbers such as +12065550100, or ranges such as +12065550100..+12065550199.
        #[arg(required = true)]
        numbers: Vec<String>,
        /// Only say what would be done.
        #[arg(long)]
        dry_run: bool,
    },
    /// Take a number back that was given back by mistake, as long as it rests.
    Restore {
        number: String,
        /// For nobody; for who had it last if nothing is said.
        #[arg(long)]
        unassigned: bool,
    },
    /// Show what happened to a number, the newest first.
    History { number: String },
}

#[derive(Debug, Args)]
pub struct NumberFilter {
    /// Digits that the number contains.
    #[arg(long)]
    digits: Option<String>,
    /// Whether somebody has it.
    #[arg(long)]
    assigned: Option<bool>,
    /// primary, alternate or private.
    #[arg(long)]
    category: Option<String>,
    /// Name or id of a site.
    #[arg(long)]
    site: Option<String>,
    #[arg(long)]
    tag: Option<String>,
    /// Where they stand.
    #[arg(long, value_parser = ["assigned", "blocked", "held", "unassigned"])]
    state: Option<String>,
    /// Whose they are.
    #[arg(long, value_parser = ["calling_plan", "direct_routing", "operator"])]
    source: Option<String>,
}

/// What the carrier of a number says of it.
#[derive(Debug, Args)]
pub struct Origin {
    /// Two capital letters.
    #[arg(long)]
    country: Option<String>,
    #[arg(long)]
    city: Option<String>,
    /// The part of the country, as in ISO 3166-2: US-WA.
    #[arg(long)]
    region: Option<String>,
    /// Whether the carrier takes text messages.
    #[arg(long)]
    sms: Option<bool>,
}

#[derive(Debug, Args)]
pub struct Tag {
    /// Numbers such as +12065550100, or ranges such as +12065550100..+12065550199.
    #[arg(required = true)]
    numbers: Vec<String>,
    /// More than once for more.
    #[arg(long)]
    add: Vec<String>,
    /// More than once for more.
    #[arg(long)]
    remove: Vec<String>,
}

#[derive(Debug, Args)]
pub struct Upload {
    /// What they are for.
    #[arg(long, default_value = "user", value_parser = ["user", "service_toll", "service_toll_free"])]
    kind: String,
    /// Name or id of the trunk that they come in on.
    #[arg(long)]
    trunk: Option<String>,
    #[command(flatten)]
    origin: Origin,
    /// Numbers such as +12065550100, or ranges such as +12065550100..+12065550199.
    #[arg(required = true)]
    numbers: Vec<String>,
}

#[derive(Debug, Args)]
#[group(required = true, multiple = false, id = "recipient")]
pub struct Recipient {
    /// Id or extension of a person.
    #[arg(long)]
    user: Option<String>,
    /// Name or id of a resource account.
    #[arg(long)]
    resource_account: Option<String>,
}

#[derive(Debug, Args)]
pub struct Assign {
    number: String,
    #[command(flatten)]
    to: Recipient,
    /// Which of the person's lines: the first is the primary and others are alternates, if nothing is said.
    #[arg(long, value_parser = ["primary", "alternate", "private"], conflicts_with = "resource_account")]
    category: Option<String>,
}

#[derive(Debug, Args)]
pub struct Change {
    number: String,
    /// What it is for, as long as nobody has it.
    #[arg(long, value_parser = ["user", "service_toll"])]
    kind: Option<String>,
    /// Which of its person's lines; a new primary makes the old one an alternate.
    #[arg(long, value_parser = ["primary", "alternate", "private"])]
    category: Option<String>,
    /// Name or id of a site; an empty text is none.
    #[arg(long)]
    site: Option<String>,
    /// Name or id of a civic address that is validated; an empty text is none.
    #[arg(long)]
    address: Option<String>,
    /// A tag that it is to have, once for each; an empty text takes all away.
    #[arg(long = "tag")]
    tags: Vec<String>,
    /// An empty text is none.
    #[command(flatten)]
    origin: Origin,
}

#[derive(Debug, Args)]
pub struct Unassign {
    /// Numbers such as +12065550100, or ranges such as +12065550100..+12065550199.
    #[arg(required = true)]
    numbers: Vec<String>,
    /// Give them to nobody for so many days, 0 for none; as the organization has it if nothing is said.
    #[arg(long, conflicts_with = "block_forever")]
    block_days: Option<u32>,
    /// Give them to nobody until they are unblocked.
    #[arg(long)]
    block_forever: bool,
    /// Only say what would be done.
    #[arg(long)]
    dry_run: bool,
}

const NUMBER: &[Column] = &[
    ("Number", "/number"),
    ("Kind", "/kind"),
    ("Source", "/source"),
    ("State", "/state"),
    ("Assigned to", "/assignee/display_name"),
    ("As", "/category"),
    ("Site", "/site/name"),
    ("Tags", "/tags"),
];
const ONE: &[Column] = &[
    ("Number", "/number"),
    ("Kind", "/kind"),
    ("Source", "/source"),
    ("State", "/state"),
    ("Assigned to", "/assignee/display_name"),
    ("As", "/category"),
    ("Site", "/site/name"),
    ("Tags", "/tags"),
    ("Country", "/country"),
    ("City", "/city"),
    ("Region", "/region"),
    ("SMS", "/sms"),
    ("Since", "/acquired_at"),
    ("Assigned since", "/assigned_at"),
    ("Kept until", "/held_until"),
    ("Blocked until", "/blocked_until"),
    ("Asked for by", "/port_out"),
];
const EVENT: &[Column] = &[("At", "/at"), ("Who", "/actor"), ("Did", "/action"), ("Changes", "/changes")];

pub(super) async fn carry_out(client: &Client, tenant: &str, command: &NumberCommand) -> Result<Shown, ClientError> {
    let numbers = format!("{tenant}/numbers");
    let act = async |number: &str, verb: &str, body: Value| {
        let path = format!("{numbers}/{number}/{verb}");
        Ok(Shown::Object(ONE, client.write(Method::POST, &path, &body).await?, &[]))
    };
    match command {
        NumberCommand::List(filter) => {
            let digits = filter.digits.clone().map(|digits| ("digits", digits));
            let assigned = filter.assigned.map(|assigned| ("assigned", assigned.to_string()));
            let texts = [
                ("category", &filter.category),
                ("site", &filter.site),
                ("tag", &filter.tag),
                ("state", &filter.state),
                ("source", &filter.source),
            ];
            let texts = texts.into_iter().filter_map(|(name, text)| Some((name, text.clone()?)));
            let query: Vec<_> = digits.into_iter().chain(assigned).chain(texts).collect();
            Ok(Shown::Items(NUMBER, client.list(&numbers, &query, usize::MAX).await?))
        }
        NumberCommand::Show { number } => {
            Ok(Shown::Object(ONE, client.get(&format!("{numbers}/{number}")).await?, &[]))
        }
        NumberCommand::Import { file, dry_run } => {
            let unreadable = |source| ClientError::Unreadable { path: file.clone(), source };
            let table = std::fs::read(file).map_err(unreadable)?;
            let query = [("dry_run", dry_run.to_string())];
            let order = client.send_table(&format!("{numbers}/import"), &query, table).await?;
            orders::follow(client, tenant, order).await
        }
        NumberCommand::Export => Ok(Shown::File(client.text(&format!("{numbers}/export")).await?)),
        NumberCommand::Search(wanted) => number_stock::search(client, tenant, wanted).await,
        NumberCommand::Reserve { numbers } => number_stock::reserve(client, tenant, numbers).await,
        NumberCommand::Order(wanted) => number_stock::order(client, tenant, wanted).await,
        NumberCommand::Quotas => number_stock::quotas(client, tenant).await,
        NumberCommand::SetQuota { kind, limit } => number_stock::set_quota(client, tenant, kind, *limit).await,
        NumberCommand::Upload(wanted) => upload(client, tenant, wanted).await,
        NumberCommand::Assign(Assign { number, to, category }) => {
            let body = match (&to.user, &to.resource_account) {
                (Some(user), _) => json!({ "type": "user", "id": user, "category": category }),
                (None, account) => {
                    let accounts = format!("{tenant}/resource-accounts");
                    let name = account.as_deref().unwrap_or_default();
                    let path = find(client, &accounts, "resource account", name).await?;
                    json!({ "type": "resource_account", "id": path.rsplit('/').next() })
                }
            };
            act(number, "assign", body).await
        }
        NumberCommand::Change(change) => {
            let path = format!("{numbers}/{}", change.number);
            Ok(Shown::Object(ONE, client.write(Method::PATCH, &path, &change.body()).await?, &[]))
        }
        NumberCommand::Tag(Tag { numbers: wanted, add, remove }) => {
            let body = json!({ "numbers": items(wanted), "add": add, "remove": remove });
            let order = client.write(Method::POST, &format!("{numbers}/tag"), &body).await?;
            orders::follow(client, tenant, order).await
        }
        NumberCommand::Unassign(Unassign { numbers: wanted, block_days, block_forever, dry_run }) => {
            let mut body = json!({ "block_days": block_days, "block_forever": block_forever });
            if let ([number], false) = (wanted.as_slice(), *dry_run)
                && !number.contains("..")
            {
                return act(number, "unassign", body).await;
            }
            (body["numbers"], body["dry_run"]) = (json!(items(wanted)), json!(dry_run));
            let order = client.write(Method::POST, &format!("{numbers}/unassign"), &body).await?;
            orders::follow(client, tenant, order).await
        }
        NumberCommand::Block { number, days } => act(number, "block", json!({ "days": days })).await,
        NumberCommand::Unblock { number } => act(number, "unblock", json!({})).await,
        NumberCommand::Release { numbers: wanted, dry_run } => {
            if let ([number], false) = (wanted.as_slice(), *dry_run)
                && !number.contains("..")
            {
                client.delete(&format!("{numbers}/{number}")).await?;
                return Ok(Shown::Words(format!("{number} was given back.")));
            }
            let body = json!({ "numbers": items(wanted), "dry_run": dry_run });
            let order = client.write(Method::POST, &format!("{numbers}/release"), &body).await?;
            orders::follow(client, tenant, order).await
        }
        NumberCommand::Restore { number, unassigned } => {
            act(number, "restore", json!({ "unassigned": unassigned })).await
        }
        NumberCommand::History { number } => {
            let mut events = client.list(&format!("{numbers}/{number}/history"), &[], usize::MAX).await?;
            for event in &mut events {
                event["changes"] = changes(&event["before"], &event["after"]).into();
            }
            Ok(Shown::Items(EVENT, events))
        }
    }
}

impl Change {
    fn body(&self) -> Value {
        let mut body = Map::new();
        body.extend(self.kind.as_ref().map(|kind| ("kind".to_owned(), json!(kind))));
        body.extend(self.category.as_ref().map(|category| ("category".to_owned(), json!(category))));
        let named = |name: &String| if name.is_empty() { Value::Null } else { json!(name) };
        body.extend(self.site.as_ref().map(|site| ("site".to_owned(), named(site))));
        body.extend(self.origin.said(named));
        body.extend(self.address.as_ref().map(|address| ("address".to_owned(), named(address))));
        if !self.tags.is_empty() {
            let tags: Vec<&String> = self.tags.iter().filter(|tag| !tag.is_empty()).collect();
            body.insert("tags".to_owned(), json!(tags));
        }
        Value::Object(body)
    }
}

impl Origin {
    /// What is said, as the API takes it.
    fn said(&self, text: impl Fn(&String) -> Value) -> Vec<(String, Value)> {
        let texts = [("country", &self.country), ("city", &self.city), ("region", &self.region)];
        let texts = texts.into_iter().filter_map(|(name, said)| Some((name.to_owned(), text(said.as_ref()?))));
        texts.chain(self.sms.map(|sms| ("sms".to_owned(), json!(sms)))).collect()
    }
}

async fn upload(client: &Client, tenant: &str, wanted: &Upload) -> Result<Shown, ClientError> {
    let trunk = match &wanted.trunk {
        Some(name) => {
            let path = find(client, &format!("{tenant}/trunks"), "trunk", name).await?;
            path.rsplit('/').next().map(str::to_owned)
        }
        None => None,
    };
    let mut body = json!({ "numbers": items(&wanted.numbers), "kind": wanted.kind, "trunk": trunk });
    for (name, said) in wanted.origin.said(|text| json!(text)) {
        body[name] = said;
    }
    let added = client.write(Method::POST, &format!("{tenant}/numbers"), &body).await?;
    Ok(Shown::Words(format!("{} numbers were added.", added["added"])))
}

/// What differs between two states of an object, one line for each field.
pub fn changes(before: &Value, after: &Value) -> String {
    let names: BTreeSet<&String> =
        [before, after].iter().filter_map(|state| state.as_object()).flat_map(|it| it.keys()).collect();
    let line = |name: &String| match (&before[name], &after[name]) {
        (old, new) if old == new => None,
        (Value::Null, new) => Some(format!("{name}: {}", plain(new))),
        (old, new) => Some(format!("{name}: {} → {}", plain(old), plain(new))),
    };
    names.into_iter().filter_map(line).collect::<Vec<_>>().join("\n")
}

fn plain(value: &Value) -> String {
    match value {
        Value::Null => "none".to_owned(),
        Value::String(text) => text.clone(),
        other @ (Value::Array(_) | Value::Bool(_) | Value::Number(_) | Value::Object(_)) => other.to_string(),
    }
}
