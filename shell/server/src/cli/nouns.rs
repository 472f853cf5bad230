//! Everything that the API shows and does, from a terminal.

use std::process::ExitCode;

use clap::{Args, Subcommand};
use serde_json::Value;
use uuid::Uuid;

use super::accounts::{self, AccountCommand, SessionCommand};
use super::api_keys::{self, ApiKeyCommand, RoleCommand};
use super::app_templates::{self, TemplateCommand};
use super::attendants::{self, AttendantCommand};
use super::calls::{self, CallCommand};
use super::civic_addresses::{self, CivicAddressCommand};
use super::client::{Client, ClientError, Server};
use super::countries::{self, CountryCommand};
use super::credits::{self, CreditCommand};
use super::departments::{self, DepartmentCommand};
use super::explain::{self, ExplainArgs};
use super::flow_tests::{self, FlowTestCommand, TestArgs};
use super::groups::{self, GroupCommand};
use super::licenses::{self, LicenseCommand};
use super::mailboxes::{self, MailboxCommand};
use super::number_requests::{self, NumberRequestCommand};
use super::number_stock::{self, StockCommand};
use super::numbers::{self, NumberCommand};
use super::openid::{self, OpenidCommand};
use super::operators::{self, OperatorCommand};
use super::orders::{self, OrderCommand};
use super::policies::{self, PolicyCommand};
use super::port_orders::{self, PortCommand};
use super::port_outs::{self, PortOutCommand};
use super::print::{self, Column, Output};
use super::queues::{self, QueueCommand};
use super::rate_decks::{self, RateDeckCommand, VoucherCommand};
use super::recordings::{self, RecordingCommand};
use super::reports::{self, ReportCommand};
use super::resellers::{self, ResellerCommand};
use super::resource_accounts::{self, ResourceAccountCommand};
use super::routing::call_blocks::{self, CallBlockCommand};
use super::routing::dial_plans::{self, DialPlanCommand};
use super::routing::routes::{self, RouteCommand};
use super::routing::translation_rules::{self, TranslationRuleCommand};
use super::routing::unassigned_numbers::{self, UnassignedNumbersCommand};
use super::routing::usages::{self, UsageCommand};
use super::schedules::{self, ScheduleCommand};
use super::setup::{self, SetupCommand};
use super::sites::{self, SiteCommand};
use super::tenants::{self, TenantCommand};
use super::trunks::{self, TrunkCommand};
use super::users::{self, UserCommand};
use super::webhooks::{self, WebhookCommand};

/// What every one of these commands takes.
#[derive(Clone, Debug, Args)]
pub struct Common {
    #[command(flatten)]
    pub server: Server,
    /// How to print.
    #[arg(long, global = true, value_enum, default_value_t)]
    pub output: Output,
}

#[derive(Debug, Subcommand)]
pub enum Noun {
    /// Accounts that people sign in with.
    #[command(subcommand)]
    Account(AccountCommand),
    /// Keys of the API.
    #[command(subcommand)]
    ApiKey(ApiKeyCommand),
    /// Auto attendants.
    #[command(subcommand)]
    Attendant(AttendantCommand),
    /// Who changed what.
    #[command(subcommand)]
    Audit(AuditCommand),
    /// Calls that are going on.
    #[command(subcommand)]
    Call(CallCommand),
    /// Addresses where numbers are used, as emergency services are told.
    #[command(subcommand)]
    CivicAddress(CivicAddressCommand),
    /// Templates that attendants and queues are made from.
    #[command(subcommand)]
    Template(TemplateCommand),
    /// Callers from outside who are not let in, or only to a service.
    #[command(subcommand)]
    CallBlock(CallBlockCommand),
    /// What holds in countries: emergency numbers, addresses, and what carriers ask for.
    #[command(subcommand)]
    Country(CountryCommand),
    /// Credits: the balance, the statement, and what calls cost.
    #[command(subcommand)]
    Credit(CreditCommand),
    /// Departments that people are in.
    #[command(subcommand)]
    Department(DepartmentCommand),
    /// Dial plans: how what is dialled becomes a number.
    #[command(subcommand)]
    DialPlan(DialPlanCommand),
    /// Tell what would become of a call, step by step, with the setting behind each; nothing is called.
    Explain(ExplainArgs),
    /// Tests of call flows: at this time, this caller presses this, and ends there.
    #[command(subcommand)]
    FlowTest(FlowTestCommand),
    /// Groups of people, and licenses that they give.
    #[command(subcommand)]
    Group(GroupCommand),
    /// Show how the server does, and what needs a person.
    Health,
    /// Licenses: what was bought, and who has one.
    #[command(subcommand)]
    License(LicenseCommand),
    /// Mailboxes of teams and people, and the messages in them.
    #[command(subcommand)]
    Mailbox(MailboxCommand),
    /// Telephone numbers.
    #[command(subcommand)]
    Number(NumberCommand),
    /// Numbers that the organization asks operators for.
    #[command(subcommand)]
    NumberRequest(NumberRequestCommand),
    /// Numbers that who runs the server has from carriers and gives to organizations.
    #[command(subcommand)]
    NumberStock(StockCommand),
    /// Where people sign in elsewhere, with OpenID Connect.
    #[command(subcommand)]
    Openid(OpenidCommand),
    /// Carriers that joined through the operator interface.
    #[command(subcommand)]
    Operator(OperatorCommand),
    /// Work on many lines, such as imports.
    #[command(subcommand)]
    Order(OrderCommand),
    /// Addresses that are refused because wrong passwords came from there.
    #[command(subcommand)]
    Penalty(PenaltyCommand),
    /// What people may do, by sets of settings that are assigned to them.
    #[command(subcommand)]
    Policy(PolicyCommand),
    /// Numbers that come from other carriers.
    #[command(subcommand)]
    Port(PortCommand),
    /// Numbers that other carriers ask for, and the PIN that they must know.
    #[command(subcommand)]
    PortOut(PortOutCommand),
    /// Call queues.
    #[command(subcommand)]
    Queue(QueueCommand),
    /// What calls cost, by prefix: for who runs the server.
    #[command(subcommand)]
    RateDeck(RateDeckCommand),
    /// Recordings of calls.
    #[command(subcommand)]
    Recording(RecordingCommand),
    /// Reports of what happened.
    #[command(subcommand)]
    Report(ReportCommand),
    /// Resellers: who runs some of the organizations.
    #[command(subcommand)]
    Reseller(ResellerCommand),
    /// Resource accounts: what a service number is assigned to.
    #[command(subcommand)]
    ResourceAccount(ResourceAccountCommand),
    /// Roles: what their holders may do.
    #[command(subcommand)]
    Role(RoleCommand),
    /// Voice routes: from patterns of numbers to trunks, and what would become of a call.
    #[command(subcommand)]
    Route(RouteCommand),
    /// Schedules: opening hours and holidays.
    #[command(subcommand)]
    Schedule(ScheduleCommand),
    /// Where people are signed in.
    #[command(subcommand)]
    Session(SessionCommand),
    /// Setting up, step by step.
    #[command(subcommand)]
    Setup(SetupCommand),
    /// Sites: places where the organization works.
    #[command(subcommand)]
    Site(SiteCommand),
    /// Organizations.
    #[command(subcommand)]
    Tenant(TenantCommand),
    /// Run flow tests; nothing is called, and the command fails if a test does.
    Test(TestArgs),
    /// Translation rules: how trunks write numbers.
    #[command(subcommand)]
    TranslationRule(TranslationRuleCommand),
    /// Trunks to the public network.
    #[command(subcommand)]
    Trunk(TrunkCommand),
    /// Who takes calls to numbers that are assigned to nobody.
    #[command(subcommand)]
    UnassignedNumber(UnassignedNumbersCommand),
    /// PSTN usages: words that join voice routing policies to routes.
    #[command(subcommand)]
    Usage(UsageCommand),
    /// People.
    #[command(subcommand)]
    User(UserCommand),
    /// Vouchers for credit: for who runs the server.
    #[command(subcommand)]
    Voucher(VoucherCommand),
    /// Webhooks: what programs are told of what happens.
    #[command(subcommand)]
    Webhook(WebhookCommand),
}

#[derive(Debug, Subcommand)]
pub enum AuditCommand {
    /// List changes, the newest first.
    List {
        /// What concerns the server, not an organization.
        #[arg(long)]
        platform: bool,
    },
}

#[derive(Debug, Subcommand)]
pub enum PenaltyCommand {
    /// List addresses from which wrong passwords came.
    List,
    /// Listen to an address again.
    Release { address: std::net::IpAddr },
}

const AUDIT: &[Column] =
    &[("At", "/at"), ("Who", "/by/shown"), ("Did", "/action"), ("To", "/noun"), ("Object", "/object")];
const HEALTH: &[Column] = &[
    ("Status", "/status"),
    ("Alarms", "/alarms"),
    ("Version", "/version"),
    ("Calls", "/calls"),
    ("Phones", "/registrations"),
    ("Records held", "/call_records/held"),
    ("Records waiting", "/call_records/waiting"),
    ("Records stored", "/call_records/stored"),
    ("Records lost", "/call_records/lost"),
];
const PENALTY: &[Column] = &[
    ("Address", "/address"),
    ("Failures", "/failures"),
    ("Last", "/last_failure_at"),
    ("Refused until", "/refused_until"),
];
/// Does one command. 0 is fine, 1 refused or failed.
pub fn run(common: &Common, noun: &Noun) -> ExitCode {
    crate::net::tls::install_provider();
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return failed(&error),
    };
    match runtime.block_on(carry_out(common, noun)) {
        Ok(shown) => match shown.print(common.output) {
            Ok(()) => shown.code(),
            // The reader had enough, as `head` does.
            Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
            Err(error) => failed(&error),
        },
        Err(error) => failed(&error),
    }
}

fn failed(error: &dyn std::error::Error) -> ExitCode {
    eprintln!("error: {error}");
    ExitCode::FAILURE
}

/// What a command shows.
pub enum Shown {
    Items(&'static [Column], Vec<Value>),
    /// An object with its fields and, in tables, the lists inside it.
    Object(&'static [Column], Value, &'static [(&'static str, &'static str, &'static [Column])]),
    Words(String),
    /// A file as it is.
    File(String),
    /// What was done only in part or not at all: it is shown, and the command has failed.
    Failed(Box<Self>),
}

impl Shown {
    fn code(&self) -> ExitCode {
        match self {
            Self::Failed(_) => ExitCode::FAILURE,
            Self::File(_) | Self::Items(..) | Self::Object(..) | Self::Words(_) => ExitCode::SUCCESS,
        }
    }

    fn print(&self, output: Output) -> std::io::Result<()> {
        use std::io::Write as _;
        let mut out = std::io::stdout().lock();
        match self {
            Self::Items(columns, items) => print::items(&mut out, output, columns, items),
            Self::Words(words) => writeln!(out, "{words}"),
            Self::File(text) => write!(out, "{text}"),
            Self::Failed(shown) => {
                drop(out);
                shown.print(output)
            }
            Self::Object(columns, object, lists) => {
                print::object(&mut out, output, columns, object)?;
                for (title, pointer, columns) in lists.iter().filter(|_| output == Output::Table) {
                    writeln!(out, "\n{title}")?;
                    print::items(&mut out, output, columns, &rows(object.pointer(pointer)))?;
                }
                Ok(())
            }
        }
    }
}

/// What is inside an object as lines of a table: its list, or its fields with their values.
fn rows(inside: Option<&Value>) -> Vec<Value> {
    match inside {
        Some(Value::Array(items)) => items.clone(),
        Some(Value::Object(fields)) => {
            fields.iter().map(|(name, value)| serde_json::json!({ "name": name, "value": value })).collect()
        }
        Some(Value::Bool(_) | Value::Null | Value::Number(_) | Value::String(_)) | None => Vec::new(),
    }
}

async fn carry_out(common: &Common, noun: &Noun) -> Result<Shown, ClientError> {
    let client = match noun {
        Noun::Account(command) if accounts::is_open(command) => {
            Client::without_token(&accounts::server_of(command, &common.server))
        }
        _ => Client::new(&common.server)?,
    };
    let is_of_server = matches!(
        noun,
        Noun::Account(_)
            | Noun::ApiKey(_)
            | Noun::Audit(_)
            | Noun::Country(_)
            | Noun::Health
            | Noun::Openid(_)
            | Noun::Operator(_)
            | Noun::Penalty(_)
            | Noun::Port(_)
            | Noun::PortOut(_)
            | Noun::Reseller(_)
            | Noun::RateDeck(_)
            | Noun::Session(_)
            | Noun::Tenant(_)
            | Noun::Voucher(_)
    );
    let tenant = if is_of_server { String::new() } else { client.tenant().await? };
    let list = async |columns, path: &str| {
        Ok(Shown::Items(columns, client.list(&format!("{tenant}{path}"), &[], usize::MAX).await?))
    };
    match noun {
        Noun::Account(command) => accounts::carry_out(&client, command).await,
        Noun::ApiKey(command) => api_keys::carry_out(&client, command).await,
        Noun::Attendant(command) => attendants::carry_out(&client, &tenant, command).await,
        Noun::Audit(AuditCommand::List { platform }) => {
            let place = if *platform { String::new() } else { client.tenant().await? };
            list(AUDIT, &format!("{place}/audit")).await
        }
        Noun::Call(command) => calls::carry_out(&client, &tenant, command).await,
        Noun::CivicAddress(command) => civic_addresses::carry_out(&client, &tenant, command).await,
        Noun::Template(command) => app_templates::carry_out(&client, &tenant, command).await,
        Noun::CallBlock(command) => call_blocks::carry_out(&client, &tenant, command).await,
        Noun::Country(command) => countries::carry_out(&client, command).await,
        Noun::Credit(command) => credits::carry_out(&client, &tenant, command).await,
        Noun::Department(command) => departments::carry_out(&client, &tenant, command).await,
        Noun::DialPlan(command) => dial_plans::carry_out(&client, &tenant, command).await,
        Noun::Explain(args) => explain::carry_out(&client, &tenant, args).await,
        Noun::FlowTest(command) => flow_tests::carry_out(&client, &tenant, command).await,
        Noun::Group(command) => groups::carry_out(&client, &tenant, command).await,
        Noun::Health => Ok(Shown::Object(HEALTH, client.get("/health").await?, &[])),
        Noun::License(command) => licenses::carry_out(&client, &tenant, command).await,
        Noun::Mailbox(command) => mailboxes::carry_out(&client, &tenant, command).await,
        Noun::Number(command) => numbers::carry_out(&client, &tenant, command).await,
        Noun::NumberRequest(command) => number_requests::carry_out(&client, &tenant, command).await,
        Noun::NumberStock(command) => number_stock::carry_out(&client, command).await,
        Noun::Openid(command) => openid::carry_out(&client, command).await,
        Noun::Operator(command) => operators::carry_out(&client, command).await,
        Noun::Order(command) => orders::carry_out(&client, &tenant, command).await,
        Noun::Penalty(PenaltyCommand::List) => list(PENALTY, "/penalties").await,
        Noun::Penalty(PenaltyCommand::Release { address }) => {
            client.delete(&format!("/penalties/{address}")).await?;
            Ok(Shown::Words("Nothing is held against this address any more.".to_owned()))
        }
        Noun::Policy(command) => policies::carry_out(&client, &tenant, command).await,
        Noun::Port(command) => port_orders::carry_out(&client, command).await,
        Noun::PortOut(command) => port_outs::carry_out(&client, command).await,
        Noun::Queue(command) => queues::carry_out(&client, &tenant, command).await,
        Noun::RateDeck(command) => rate_decks::carry_out(&client, command).await,
        Noun::Recording(command) => recordings::carry_out(&client, &tenant, command).await,
        Noun::Report(command) => reports::carry_out(&client, &tenant, command).await,
        Noun::Reseller(command) => resellers::carry_out(&client, command).await,
        Noun::ResourceAccount(command) => resource_accounts::carry_out(&client, &tenant, command).await,
        Noun::Role(command) => api_keys::carry_out_on_roles(&client, &tenant, command).await,
        Noun::Route(command) => routes::carry_out(&client, &tenant, command).await,
        Noun::Schedule(command) => schedules::carry_out(&client, &tenant, command).await,
        Noun::Session(command) => accounts::carry_out_on_sessions(&client, command).await,
        Noun::Setup(command) => setup::carry_out(&client, &tenant, command, common.output).await,
        Noun::Site(command) => sites::carry_out(&client, &tenant, command).await,
        Noun::Tenant(command) => tenants::carry_out(&client, command).await,
        Noun::Test(args) => flow_tests::run(&client, &tenant, args).await,
        Noun::TranslationRule(command) => translation_rules::carry_out(&client, &tenant, command).await,
        Noun::Trunk(command) => trunks::carry_out(&client, &tenant, command).await,
        Noun::UnassignedNumber(command) => unassigned_numbers::carry_out(&client, &tenant, command).await,
        Noun::Usage(command) => usages::carry_out(&client, &tenant, command).await,
        Noun::User(command) => users::carry_out(&client, &tenant, command).await,
        Noun::Voucher(command) => rate_decks::vouchers(&client, command).await,
        Noun::Webhook(command) => webhooks::carry_out(&client, &tenant, command).await,
    }
}

/// The path of the object with this id or name, whatever its capital letters.
pub async fn find(client: &Client, list: &str, what: &'static str, name: &str) -> Result<String, ClientError> {
    if name.parse::<Uuid>().is_ok() {
        return Ok(format!("{list}/{name}"));
    }
    let items = client.list(list, &[], usize::MAX).await?;
    let found = items.iter().find(|item| {
        let named = item["name"].as_str().or_else(|| item["display_name"].as_str());
        named.is_some_and(|it| it.eq_ignore_ascii_case(name))
    });
    let id = found.and_then(|item| item["id"].as_str());
    id.map(|id| format!("{list}/{id}")).ok_or_else(|| ClientError::NoSuch { what, name: name.to_owned() })
}
