//! Credits: the balance, the statement, and what calls cost.

use clap::{Args, Subcommand};
use reqwest::Method;
use serde_json::{Map, Value, json};

use super::client::{Client, ClientError};
use super::credit_controls::{self, BudgetCommand, FraudCommand};
use super::credit_payments::{self, InvoiceCommand, PaymentCommand};
use super::nouns::Shown;
use super::print::Column;

#[derive(Debug, Subcommand)]
pub enum CreditCommand {
    /// Show the balance, and how calls are paid for.
    Show,
    /// Change how calls are paid for; what is not given stays.
    Set(Box<Settings>),
    /// Add credit that was paid in or is given: for who runs the server.
    TopUp {
        /// Such as 25.00.
        amount: String,
        #[arg(long, default_value = "USD")]
        currency: String,
        #[arg(long, default_value = "bank_transfer", value_parser = ["bank_transfer", "card", "grant"])]
        source: String,
        /// For the statement.
        #[arg(long)]
        note: Option<String>,
        /// The same key once more books nothing more.
        #[arg(long)]
        key: Option<String>,
    },
    /// Redeem a voucher.
    Redeem { code: String },
    /// Give credit, or with a minus take it away: for who runs the server.
    Adjust {
        /// Such as 5.00 or -5.00.
        #[arg(allow_hyphen_values = true)]
        amount: String,
        #[arg(long)]
        reason: String,
        /// The same key once more books nothing more.
        #[arg(long)]
        key: Option<String>,
    },
    /// List the entries of the ledger, newest first.
    Entries {
        #[arg(long, default_value_t = 50)]
        limit: usize,
        #[arg(long, value_parser = ["adjustment", "charge", "expiry", "grant", "purchase", "refund"])]
        kind: Option<String>,
    },
    /// List credit that came in, and what is left of it.
    Lots,
    /// Payments by card and bank transfer, and a balance that recharges itself.
    #[command(subcommand)]
    Payment(PaymentCommand),
    /// Invoices, and how the organization is billed.
    #[command(subcommand)]
    Invoice(InvoiceCommand),
    /// Tell what calls would have cost by another rate deck; nothing changes. For who runs the server.
    Rerate {
        /// The name of a deck, or the id of a version.
        deck: String,
        #[arg(long)]
        since: Option<String>,
        #[arg(long)]
        until: Option<String>,
    },
    /// Write what calls cost as a table, with the columns that reports of telephone plans have.
    Export {
        #[arg(long)]
        since: Option<String>,
        #[arg(long)]
        until: Option<String>,
    },
    /// What parts of the organization may spend.
    #[command(subcommand)]
    Budget(BudgetCommand),
    /// Rules that stop calls that look like fraud.
    #[command(subcommand)]
    FraudRule(FraudCommand),
    /// List the minutes of plans in this month.
    Pools,
    /// List what calls cost, newest first.
    Charges {
        #[arg(long, default_value_t = 50)]
        limit: usize,
        /// Extension or id.
        #[arg(long)]
        user: Option<String>,
    },
    /// Add up what calls cost in the last thirty days.
    Usage {
        #[arg(long, default_value = "destination", value_parser = ["person", "number", "site", "department", "account", "tag", "destination", "direction"])]
        by: String,
        #[arg(long)]
        since: Option<String>,
        #[arg(long)]
        until: Option<String>,
    },
    /// Tell what a call would cost, and who would pay; nothing is called.
    Price {
        /// The number that is called.
        to: String,
        /// The extension of who calls.
        #[arg(long)]
        from: Option<String>,
        #[arg(long)]
        at: Option<String>,
    },
}

/// An empty text clears.
#[derive(Debug, Args)]
pub struct Settings {
    /// Whether calls are paid for at all.
    #[arg(long)]
    enabled: Option<bool>,
    #[arg(long)]
    currency: Option<String>,
    #[arg(long, value_parser = ["prepaid", "prepaid_then_postpaid", "postpaid"])]
    mode: Option<String>,
    /// How much may be owed.
    #[arg(long)]
    credit_limit: Option<String>,
    #[arg(long)]
    frozen: Option<bool>,
    /// Whose calls are paid for.
    #[arg(long, value_parser = ["everybody", "licensed"])]
    coverage: Option<String>,
    /// Use the last seconds of a plan although no whole minute is left.
    #[arg(long)]
    use_partial_pools: Option<bool>,
    #[arg(long, value_parser = ["independent", "first_reached"])]
    dual_mode: Option<String>,
    #[arg(long, value_parser = ["warn_and_hangup", "finish_call", "hangup_now"])]
    on_exhaustion: Option<String>,
    /// With finish_call.
    #[arg(long, requires = "on_exhaustion")]
    seconds_max: Option<u32>,
    /// With finish_call.
    #[arg(long, requires = "on_exhaustion")]
    debt_max: Option<String>,
    /// Part of the balance that only calls to toll-free numbers may use.
    #[arg(long)]
    toll_free_reserve: Option<String>,
    /// Calls that no deck prices.
    #[arg(long, value_parser = ["free", "refused"])]
    unrated: Option<String>,
    /// What one person may spend in a month.
    #[arg(long)]
    person_limit: Option<String>,
    #[arg(long)]
    per_minute_max: Option<String>,
    #[arg(long)]
    low_balance: Option<String>,
    /// How long credit lasts that comes in from now on.
    #[arg(long)]
    credit_months: Option<String>,
    #[arg(long)]
    outbound_deck: Option<String>,
    #[arg(long)]
    toll_free_deck: Option<String>,
    /// What one call may cost.
    #[arg(long)]
    per_call_max: Option<String>,
    /// What becomes of calls while the database is away.
    #[arg(long, value_parser = ["open", "closed"])]
    on_outage: Option<String>,
    /// How who talks is told that a call ends because nothing is left.
    #[arg(long, value_parser = ["tone", "announcement", "off"])]
    warning: Option<String>,
    /// What somebody hears whose call nobody pays for.
    #[arg(long, value_parser = ["spoken", "off"])]
    refusal: Option<String>,
    /// What somebody from outside hears who calls a toll-free number that nobody pays for.
    #[arg(long, value_parser = ["spoken", "off"])]
    toll_free_refusal: Option<String>,
    /// Address that is told when credit is low; again for more, empty for none.
    #[arg(long)]
    mail: Vec<String>,
}

const CREDITS: &[Column] = &[
    ("Paid for", "/enabled"),
    ("Balance", "/balance"),
    ("Currency", "/currency"),
    ("Owed", "/owed"),
    ("State", "/state"),
    ("Mode", "/settings/mode"),
    ("Credit limit", "/settings/credit_limit"),
    ("Outbound deck", "/settings/outbound_deck"),
    ("Toll-free deck", "/settings/toll_free_deck"),
    ("Person limit", "/settings/person_limit"),
    ("Low below", "/settings/low_balance"),
    ("When nothing is left", "/settings/on_exhaustion/action"),
    ("Lasts until", "/runs_out_at"),
];
const WARNING: &[Column] = &[("", "/message"), ("Fix", "/fix")];
const ENTRY: &[Column] = &[
    ("No", "/seq"),
    ("At", "/at"),
    ("Kind", "/kind"),
    ("Amount", "/amount"),
    ("Balance", "/balance_after"),
    ("Note", "/note"),
    ("By", "/actor"),
];
const LOT: &[Column] = &[
    ("Came in", "/bought_at"),
    ("Source", "/source"),
    ("Amount", "/amount"),
    ("Left", "/remaining"),
    ("Lapses", "/expires_at"),
];
const POOL: &[Column] = &[
    ("Plan", "/plan"),
    ("Country", "/country_group"),
    ("Calls", "/bucket"),
    ("Month", "/period"),
    ("Granted s", "/granted_seconds"),
    ("Used s", "/used_seconds"),
    ("Left s", "/left_seconds"),
    ("Used up", "/runs_out_at"),
];
const CHARGE: &[Column] = &[
    ("Answered", "/answered_at"),
    ("Direction", "/direction"),
    ("From", "/from"),
    ("To", "/to"),
    ("Destination", "/destination"),
    ("Seconds", "/seconds"),
    ("Amount", "/amount"),
    ("Currency", "/currency"),
    ("Over", "/finished"),
];
const USAGE: &[Column] = &[
    ("What", "/key"),
    ("Extension", "/extension"),
    ("Calls", "/calls"),
    ("Seconds", "/seconds"),
    ("Amount", "/amount"),
    ("Cost", "/cost"),
    ("Margin", "/margin"),
];
const PRICE: &[Column] = &[
    ("", "/words"),
    ("Allowed", "/allowed"),
    ("Per minute", "/per_minute"),
    ("Connection fee", "/connection_fee"),
    ("Increments", "/increments"),
    ("Currency", "/currency"),
    ("Code", "/code"),
    ("Fix", "/fix"),
];

pub(super) async fn carry_out(client: &Client, tenant: &str, command: &CreditCommand) -> Result<Shown, ClientError> {
    let credits = format!("{tenant}/credits");
    match command {
        CreditCommand::Show => {
            Ok(Shown::Object(CREDITS, client.get(&credits).await?, &[("To know of", "/warnings", WARNING)]))
        }
        CreditCommand::Set(settings) => {
            let changed = client.write(Method::PATCH, &credits, &settings.body()).await?;
            Ok(Shown::Object(CREDITS, changed, &[]))
        }
        CreditCommand::TopUp { amount, currency, source, note, key } => {
            let body = json!({ "amount": amount, "currency": currency, "source": source, "note": note });
            let entry = client.write_once(&format!("{credits}/top-up"), key.as_deref(), &body).await?;
            Ok(Shown::Object(ENTRY, entry, &[]))
        }
        CreditCommand::Redeem { code } => {
            let body = json!({ "voucher": code });
            let entry = client.write(Method::POST, &format!("{credits}/top-up"), &body).await?;
            Ok(Shown::Object(ENTRY, entry, &[]))
        }
        CreditCommand::Adjust { amount, reason, key } => {
            let body = json!({ "amount": amount, "reason": reason });
            let entry = client.write_once(&format!("{credits}/adjust"), key.as_deref(), &body).await?;
            Ok(Shown::Object(ENTRY, entry, &[]))
        }
        CreditCommand::Entries { limit, kind } => {
            let query: Vec<_> = kind.iter().map(|kind| ("kind", kind.clone())).collect();
            Ok(Shown::Items(ENTRY, client.list(&format!("{credits}/entries"), &query, *limit).await?))
        }
        CreditCommand::Lots => Ok(Shown::Items(LOT, client.list(&format!("{credits}/lots"), &[], usize::MAX).await?)),
        CreditCommand::Pools => {
            Ok(Shown::Items(POOL, client.list(&format!("{credits}/pools"), &[], usize::MAX).await?))
        }
        CreditCommand::Payment(command) => credit_payments::payments(client, &credits, command).await,
        CreditCommand::Invoice(command) => credit_payments::invoices(client, &credits, command).await,
        CreditCommand::Rerate { deck, since, until } => {
            credit_payments::rerate(client, &credits, deck, (since, until)).await
        }
        CreditCommand::Export { since, until } => {
            let query = [("since", since.as_ref()), ("until", until.as_ref())];
            let query: Vec<_> = query.into_iter().filter_map(|(name, value)| Some((name, value?.clone()))).collect();
            Ok(Shown::File(client.text_with(&format!("{credits}/charges/export"), &query).await?))
        }
        CreditCommand::Budget(command) => credit_controls::budgets(client, &credits, command).await,
        CreditCommand::FraudRule(command) => credit_controls::fraud_rules(client, &credits, command).await,
        CreditCommand::Charges { limit, user } => {
            let query: Vec<_> = user.iter().map(|user| ("user", user.clone())).collect();
            Ok(Shown::Items(CHARGE, client.list(&format!("{credits}/charges"), &query, *limit).await?))
        }
        CreditCommand::Usage { by, since, until } => {
            let query = [("by", Some(by)), ("since", since.as_ref()), ("until", until.as_ref())];
            let query: Vec<_> = query.into_iter().filter_map(|(name, value)| Some((name, value?.clone()))).collect();
            Ok(Shown::Items(USAGE, client.list(&format!("{credits}/usage"), &query, usize::MAX).await?))
        }
        CreditCommand::Price { to, from, at } => {
            let query = [("from", from.as_ref()), ("at", at.as_ref())];
            let query: Vec<_> = query.into_iter().filter_map(|(name, value)| Some((name, value?.clone()))).collect();
            let price = client.get_with(&format!("{credits}/price/{to}"), &query).await?;
            Ok(Shown::Object(PRICE, price, &[]))
        }
    }
}

impl Settings {
    fn body(&self) -> Value {
        let texts = [
            ("currency", &self.currency),
            ("mode", &self.mode),
            ("credit_limit", &self.credit_limit),
            ("coverage", &self.coverage),
            ("dual_mode", &self.dual_mode),
            ("toll_free_reserve", &self.toll_free_reserve),
            ("unrated", &self.unrated),
            ("person_limit", &self.person_limit),
            ("per_minute_max", &self.per_minute_max),
            ("low_balance", &self.low_balance),
            ("outbound_deck", &self.outbound_deck),
            ("toll_free_deck", &self.toll_free_deck),
            ("per_call_max", &self.per_call_max),
            ("on_outage", &self.on_outage),
            ("warning", &self.warning),
            ("refusal", &self.refusal),
            ("toll_free_refusal", &self.toll_free_refusal),
        ];
        let given = texts.iter().filter_map(|(field, text)| {
            let text = (*text).clone()?;
            Some(((*field).to_owned(), if text.is_empty() { Value::Null } else { Value::String(text) }))
        });
        let mut body: Map<String, Value> = given.collect();
        let flags = [("enabled", self.enabled), ("frozen", self.frozen), ("use_partial_pools", self.use_partial_pools)];
        body.extend(flags.into_iter().filter_map(|(field, flag)| Some((field.to_owned(), json!(flag?)))));
        if !self.mail.is_empty() {
            let mails: Vec<&String> = self.mail.iter().filter(|mail| !mail.is_empty()).collect();
            body.insert("mails".to_owned(), json!(mails));
        }
        if let Some(months) = &self.credit_months {
            // What is no number is refused by the server, in its words.
            let months = months.parse::<u32>().map_or_else(|_| Value::Null, |months| json!(months));
            body.insert("credit_months".to_owned(), months);
        }
        if let Some(action) = &self.on_exhaustion {
            let wanted = json!({ "action": action, "seconds_max": self.seconds_max, "debt_max": self.debt_max });
            body.insert("on_exhaustion".to_owned(), wanted);
        }
        Value::Object(body)
    }
}
