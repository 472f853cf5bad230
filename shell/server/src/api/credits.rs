//! Credits: the balance, how the organization pays, and what moves money.

pub mod charges;
pub mod controls;
pub mod invoices;
pub mod movements;
pub mod payments;
pub mod usage;

use axum::Json;
use axum::extract::Path;
use axum::http::HeaderMap;
use jiff::Timestamp;
use phone::money::payment::AutoRecharge;
use phone::money::wallet::{
    Coverage, Dual, Explanation, Mode, OnExhaustion, OnOutage, State, Unrated, Wallet, Warning as WarningSound,
};
use phone::money::warning::Warning;
use phone::money::{Currency, Micros};
use serde::{Deserialize, Serialize};
use store::WalletRow;
use utoipa::ToSchema;
use uuid::Uuid;

use self::invoices::Billing;
use super::body::{Body, Params, Versioned, if_match, present, set};
use super::list::{List, PageParams};
use super::money::Amount;
use super::problem::{Problem, Refusals, WriteRefusals};
use crate::admin::credits::controls::PoolLeft;
use crate::admin::credits::nothing;
use crate::admin::{Access, Caller, Permission, Refused};

const LOTS_SORT: &str = "bought_at";

/// What an organization has, and how it pays for calls.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Credits {
    /// Whether calls are paid for; otherwise everything is free.
    pub enabled: bool,
    /// ISO 4217.
    #[schema(value_type = String, example = "USD")]
    pub currency: Currency,
    /// Below nothing where something is owed.
    pub balance: Amount,
    pub owed: Amount,
    /// active, low, empty or frozen.
    #[schema(value_type = String)]
    pub state: State,
    pub settings: CreditSettings,
    /// What to know of before it stops calls: budgets and minutes that are nearly used up, and a balance that soon is.
    #[serde(default)]
    #[schema(required = false)]
    pub warnings: Vec<CreditWarning>,
    /// When the balance is used up, if it goes on as in the last two weeks.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub runs_out_at: Option<Timestamp>,
}

/// Something to know of.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct CreditWarning {
    pub code: String,
    pub message: String,
    /// What to do about it.
    pub fix: String,
}

/// How an organization pays.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct CreditSettings {
    /// prepaid, prepaid_then_postpaid or postpaid.
    #[schema(value_type = String)]
    pub mode: Mode,
    /// How much may be owed.
    pub credit_limit: Amount,
    /// Nothing is paid until it is lifted; calls for help and inside go on.
    pub frozen: bool,
    /// Whose calls are paid for: everybody, or those with the license of credits (licensed).
    #[schema(value_type = String)]
    pub coverage: Coverage,
    /// The last seconds of a plan's minutes are used although no whole step is left.
    pub use_partial_pools: bool,
    /// Whether domestic and international minutes of a plan end independently or together (first_reached).
    #[schema(value_type = String)]
    pub dual_mode: Dual,
    pub on_exhaustion: Exhaustion,
    /// Part of the balance that only calls to toll-free numbers may use.
    pub toll_free_reserve: Amount,
    /// Calls that no deck prices: free or refused.
    #[schema(value_type = String)]
    pub unrated: Unrated,
    /// What one person may spend in a month beyond the minutes of plans.
    pub person_limit: Option<Amount>,
    /// Nobody may call at more than this for a minute.
    pub per_minute_max: Option<Amount>,
    /// Below this the balance is low.
    pub low_balance: Option<Amount>,
    /// How long credit lasts that comes in from now on.
    pub credit_months: Option<u32>,
    pub outbound_deck: Option<String>,
    pub toll_free_deck: Option<String>,
    /// No call may cost more than this.
    pub per_call_max: Option<Amount>,
    /// What becomes of calls while the ledger is away: open or closed.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub on_outage: OnOutage,
    /// How who talks is told that a call ends because nothing is left: tone, announcement or off.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub warning: WarningSound,
    /// What somebody hears whose call nobody pays for: spoken or off.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub refusal: Explanation,
    /// What somebody from outside hears who calls a toll-free number that nobody pays for: spoken or off.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub toll_free_refusal: Explanation,
    /// Addresses that are told by mail when credit is low, or a budget or the minutes of a plan are nearly used up.
    #[serde(default)]
    #[schema(required = false)]
    pub mails: Vec<String>,
    pub auto_recharge: Option<Recharge>,
    /// Whether a card was kept that can be charged without anybody there.
    #[serde(default)]
    #[schema(required = false)]
    pub has_card: bool,
    pub billing: Option<Billing>,
}

/// How the balance fills itself up.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Recharge {
    pub enabled: bool,
    /// It is done when the balance is below this.
    pub trigger: Amount,
    pub amount: Amount,
    /// At most so much in a month.
    pub monthly_cap: Amount,
}

/// What becomes of a call when nothing is left.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Exhaustion {
    pub action: ExhaustionAction,
    /// How long it may go on, with finish_call.
    pub seconds_max: Option<u32>,
    /// How much of it may be owed, with finish_call.
    pub debt_max: Option<Amount>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ExhaustionAction {
    /// Who talks is warned a minute and a quarter of one before the end.
    WarnAndHangup,
    FinishCall,
    HangupNow,
}

/// What is to change. What is absent stays; null clears. Only who runs the server, or sells to the organization, changes
/// `enabled`, `currency`, `mode`, `credit_limit`, `frozen`, `coverage`, `unrated`, `credit_months`, decks, and lets calls be
/// owed.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "low_balance": "5.00", "person_limit": "20.00" }))]
pub struct CreditsChange {
    pub enabled: Option<bool>,
    #[schema(value_type = Option<String>)]
    pub currency: Option<Currency>,
    #[schema(value_type = Option<String>)]
    pub mode: Option<Mode>,
    pub credit_limit: Option<Amount>,
    pub frozen: Option<bool>,
    #[schema(value_type = Option<String>)]
    pub coverage: Option<Coverage>,
    pub use_partial_pools: Option<bool>,
    #[schema(value_type = Option<String>)]
    pub dual_mode: Option<Dual>,
    pub on_exhaustion: Option<Exhaustion>,
    pub toll_free_reserve: Option<Amount>,
    #[schema(value_type = Option<String>)]
    pub unrated: Option<Unrated>,
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    pub person_limit: Option<Option<Amount>>,
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    pub per_minute_max: Option<Option<Amount>>,
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    pub low_balance: Option<Option<Amount>>,
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<u32>)]
    pub credit_months: Option<Option<u32>>,
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    pub outbound_deck: Option<Option<String>>,
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    pub toll_free_deck: Option<Option<String>>,
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    pub per_call_max: Option<Option<Amount>>,
    #[schema(value_type = Option<String>)]
    pub on_outage: Option<OnOutage>,
    #[schema(value_type = Option<String>)]
    pub warning: Option<WarningSound>,
    #[schema(value_type = Option<String>)]
    pub refusal: Option<Explanation>,
    #[schema(value_type = Option<String>)]
    pub toll_free_refusal: Option<Explanation>,
    pub mails: Option<Vec<String>>,
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<Recharge>)]
    pub auto_recharge: Option<Option<Recharge>>,
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<Billing>)]
    pub billing: Option<Option<Billing>>,
}

/// Credit that came in at once.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct CreditLot {
    pub id: Uuid,
    #[schema(value_type = String, format = DateTime)]
    pub bought_at: Timestamp,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub expires_at: Option<Timestamp>,
    pub amount: Amount,
    pub remaining: Amount,
    /// adjustment, auto_recharge, bank_transfer, card, grant, refund or voucher.
    pub source: String,
}

/// Minutes of a plan in this month.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct MinutePool {
    /// The part number of the plan.
    pub plan: String,
    /// The country, or the one that names a group of them.
    pub country_group: String,
    /// domestic or international.
    pub bucket: String,
    pub period: String,
    /// Whose alone the minutes are, where a plan does not pool.
    pub user: Option<Uuid>,
    pub granted_seconds: u64,
    pub used_seconds: u64,
    pub left_seconds: u64,
    /// When they are used up, if it goes on as in this month; none if they last.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub runs_out_at: Option<Timestamp>,
}

/// Show the balance, and how the organization pays
#[utoipa::path(get, path = "/tenants/{tenant}/credits", tag = "credits", params(("tenant" = String, Path)),
    responses((status = 200, body = Credits), Refusals))]
pub async fn show(caller: Caller, Path(tenant): Path<String>) -> Result<Versioned<Credits>, Problem> {
    let access = caller.begin(&tenant, Permission::View).await?;
    show_one(&access).await
}

/// Change how the organization pays
#[utoipa::path(patch, path = "/tenants/{tenant}/credits", tag = "credits",
    params(("tenant" = String, Path), ("If-Match" = Option<String>, Header)),
    request_body = CreditsChange, responses((status = 200, body = Credits), Refusals, WriteRefusals))]
pub async fn change(
    caller: Caller,
    Path(tenant): Path<String>,
    headers: HeaderMap,
    Body(wanted): Body<CreditsChange>,
) -> Result<Versioned<Credits>, Problem> {
    let access = caller.begin(&tenant, Permission::Configure).await?;
    if wanted.is_of_seller() {
        caller.check_sells()?;
    }
    let exhaustion = wanted.on_exhaustion.as_ref().map(Exhaustion::read).transpose()?;
    let billing = match &wanted.billing {
        Some(Some(billing)) => Some(billing.read()?),
        Some(None) => Some(Default::default()),
        None => None,
    };
    let apply = |wallet: &mut Wallet| {
        set(billing, &mut wallet.paying.billing);
        wanted.apply(wallet);
        set(exhaustion, &mut wallet.on_exhaustion);
    };
    access.change_wallet(if_match(&headers)?, apply).await?;
    show_one(&access).await
}

/// List credit that came in, as it is used
#[utoipa::path(get, path = "/tenants/{tenant}/credits/lots", tag = "credits",
    params(("tenant" = String, Path), PageParams), responses((status = 200, body = List<CreditLot>), Refusals))]
pub async fn lots(
    caller: Caller,
    Path(tenant): Path<String>,
    Params(page): Params<PageParams>,
) -> Result<Json<List<CreditLot>>, Problem> {
    let access = caller.begin(&tenant, Permission::View).await?;
    let paging = page.paging(LOTS_SORT, false)?;
    let page = access.store().lots(access.tenant(), &paging).await.map_err(Refused::from)?;
    let shown = page.map(|lot| CreditLot {
        id: lot.id.0,
        bought_at: lot.bought_at,
        expires_at: lot.expires_at,
        amount: Amount(lot.amount),
        remaining: Amount(lot.remaining),
        source: lot.source.as_str().to_owned(),
    });
    Ok(List::of(shown, LOTS_SORT))
}

/// List the minutes of plans in this month
#[utoipa::path(get, path = "/tenants/{tenant}/credits/pools", tag = "credits", params(("tenant" = String, Path)),
    responses((status = 200, body = List<MinutePool>), Refusals))]
pub async fn pools(caller: Caller, Path(tenant): Path<String>) -> Result<Json<List<MinutePool>>, Problem> {
    let access = caller.begin(&tenant, Permission::View).await?;
    let pools = access.pools_left().await?.into_iter().map(|PoolLeft { pool, seconds, runs_out_at }| MinutePool {
        plan: pool.plan,
        country_group: pool.group,
        bucket: pool.bucket.as_str().to_owned(),
        period: pool.period.to_string(),
        user: pool.holder.map(|user| user.0),
        granted_seconds: seconds.granted,
        used_seconds: seconds.used,
        left_seconds: seconds.left(),
        runs_out_at,
    });
    Ok(List::whole(pools.collect()))
}

async fn show_one(access: &Access) -> Result<Versioned<Credits>, Problem> {
    let row = access.wallet().await?.unwrap_or_else(nothing);
    let (version, balance) = (row.wallet.version, row.balance);
    let mut value = Credits::from(row);
    if value.enabled {
        value.runs_out_at = access.balance_runs_out(balance).await?;
        let shown = |warning: Warning| CreditWarning {
            code: warning.code.to_owned(),
            message: warning.words,
            fix: warning.fix,
        };
        value.warnings = access.credit_warnings().await?.into_iter().map(shown).collect();
    }
    Ok(Versioned { value, version })
}

impl CreditsChange {
    /// Whether anything of it is for who runs the server, or sells to the organization.
    fn is_of_seller(&self) -> bool {
        let is_owed = |wanted: &Exhaustion| wanted.action == ExhaustionAction::FinishCall;
        self.enabled.is_some()
            || self.currency.is_some()
            || self.mode.is_some()
            || self.credit_limit.is_some()
            || self.frozen.is_some()
            || self.coverage.is_some()
            || self.unrated.is_some()
            || self.credit_months.is_some()
            || self.outbound_deck.is_some()
            || self.toll_free_deck.is_some()
            || self.billing.is_some()
            || self.on_outage.is_some()
            || self.on_exhaustion.as_ref().is_some_and(is_owed)
    }

    fn apply(&self, wallet: &mut Wallet) {
        let micros = |amount: Option<Amount>| amount.map(|amount| amount.0);
        let cleared = |amount: Option<Option<Amount>>| amount.map(micros);
        set(self.enabled, &mut wallet.enabled);
        set(self.currency, &mut wallet.currency);
        set(self.mode, &mut wallet.mode);
        set(micros(self.credit_limit), &mut wallet.credit_limit);
        set(self.frozen, &mut wallet.frozen);
        set(self.coverage, &mut wallet.coverage);
        set(self.use_partial_pools, &mut wallet.pools.use_partial);
        set(self.dual_mode, &mut wallet.pools.dual);
        set(micros(self.toll_free_reserve), &mut wallet.toll_free_reserve);
        set(self.unrated, &mut wallet.unrated);
        set(cleared(self.person_limit), &mut wallet.person_limit);
        set(cleared(self.per_minute_max), &mut wallet.per_minute_max);
        set(cleared(self.low_balance), &mut wallet.low_balance);
        set(self.credit_months, &mut wallet.credit_months);
        set(self.outbound_deck.clone(), &mut wallet.outbound_deck);
        set(self.toll_free_deck.clone(), &mut wallet.toll_free_deck);
        set(cleared(self.per_call_max), &mut wallet.controls.per_call_max);
        set(self.on_outage, &mut wallet.controls.on_outage);
        set(self.warning, &mut wallet.controls.warning);
        set(self.refusal, &mut wallet.controls.refusal);
        set(self.toll_free_refusal, &mut wallet.controls.toll_free_refusal);
        set(self.mails.clone(), &mut wallet.controls.mails);
        let recharge = |wanted: &Recharge| AutoRecharge {
            enabled: wanted.enabled,
            trigger: wanted.trigger.0,
            amount: wanted.amount.0,
            monthly_cap: wanted.monthly_cap.0,
        };
        set(self.auto_recharge.as_ref().map(|wanted| wanted.as_ref().map(recharge)), &mut wallet.paying.auto_recharge);
    }
}

impl Exhaustion {
    fn read(&self) -> Result<OnExhaustion, Refused> {
        match (self.action, self.seconds_max, self.debt_max) {
            (ExhaustionAction::WarnAndHangup, None, None) => Ok(OnExhaustion::WarnAndHangup),
            (ExhaustionAction::HangupNow, None, None) => Ok(OnExhaustion::HangupNow),
            (ExhaustionAction::FinishCall, Some(secs_max), Some(Amount(debt_max))) if Micros::ZERO <= debt_max => {
                Ok(OnExhaustion::FinishCall { secs_max, debt_max })
            }
            _ => {
                let words = "finish_call takes seconds_max and debt_max, the others neither";
                Err(Refused::field("on_exhaustion", "credits.exhaustion_malformed", words))
            }
        }
    }

    fn of(on_exhaustion: OnExhaustion) -> Self {
        let (action, seconds_max, debt_max) = match on_exhaustion {
            OnExhaustion::WarnAndHangup => (ExhaustionAction::WarnAndHangup, None, None),
            OnExhaustion::HangupNow => (ExhaustionAction::HangupNow, None, None),
            OnExhaustion::FinishCall { secs_max, debt_max } => {
                (ExhaustionAction::FinishCall, Some(secs_max), Some(Amount(debt_max)))
            }
        };
        Self { action, seconds_max, debt_max }
    }
}

impl From<WalletRow> for Credits {
    fn from(row: WalletRow) -> Self {
        let wallet = row.wallet.value;
        Self {
            enabled: wallet.enabled,
            currency: wallet.currency,
            balance: Amount(row.balance),
            owed: Amount(row.owed),
            state: wallet.state(row.balance),
            settings: CreditSettings {
                mode: wallet.mode,
                credit_limit: Amount(wallet.credit_limit),
                frozen: wallet.frozen,
                coverage: wallet.coverage,
                use_partial_pools: wallet.pools.use_partial,
                dual_mode: wallet.pools.dual,
                on_exhaustion: Exhaustion::of(wallet.on_exhaustion),
                toll_free_reserve: Amount(wallet.toll_free_reserve),
                unrated: wallet.unrated,
                person_limit: wallet.person_limit.map(Amount),
                per_minute_max: wallet.per_minute_max.map(Amount),
                low_balance: wallet.low_balance.map(Amount),
                credit_months: wallet.credit_months,
                outbound_deck: wallet.outbound_deck,
                toll_free_deck: wallet.toll_free_deck,
                per_call_max: wallet.controls.per_call_max.map(Amount),
                on_outage: wallet.controls.on_outage,
                warning: wallet.controls.warning,
                refusal: wallet.controls.refusal,
                toll_free_refusal: wallet.controls.toll_free_refusal,
                mails: wallet.controls.mails,
                auto_recharge: wallet.paying.auto_recharge.map(|recharge| Recharge {
                    enabled: recharge.enabled,
                    trigger: Amount(recharge.trigger),
                    amount: Amount(recharge.amount),
                    monthly_cap: Amount(recharge.monthly_cap),
                }),
                has_card: wallet.paying.card.is_some(),
                billing: Billing::of(wallet.paying.billing),
            },
            warnings: Vec::new(),
            runs_out_at: None,
        }
    }
}
