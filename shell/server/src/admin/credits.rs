//! Credits: what an organization has, how it pays, and what moves money.

pub mod account;
pub mod controls;
pub mod invoices;
pub mod payments;
pub mod treasury;
pub mod usage;
pub mod watch;

use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};
use phone::id::{LotId, TenantId};
use phone::limits::CREDIT_MAILS_MAX;
use phone::money::charging::{Asked, Charging, Quote};
use phone::money::deck::Direction;
use phone::money::invoice::Billing;
use phone::money::ledger::{Book, Entry, EntryKind, NewLot, Occasion};
use phone::money::lot::Source;
use phone::money::payment;
use phone::money::pool::{PoolKey, Seconds};
use phone::money::wallet::{Mode, Wallet};
use phone::money::{Currency, Micros};
use phone::numbers::E164;
use store::{Expected, Scope, Stored, Tx, Version, WalletRow};
use uuid::Uuid;

use super::{Access, Caller, Permission, Refused};

/// Characters of a note on a statement.
const NOTE_CHARS_MAX: usize = 256;

/// Credit that comes in.
#[derive(Clone, Debug)]
pub struct TopUp {
    pub amount: Micros,
    pub currency: Currency,
    pub source: Source,
    pub note: Option<String>,
    /// What comes twice with one key is one movement.
    pub key: Option<String>,
}

/// Credit that is given or taken by who runs the server.
#[derive(Clone, Debug)]
pub struct Adjustment {
    /// Below nothing takes away.
    pub amount: Micros,
    pub reason: String,
    pub key: Option<String>,
}

impl Caller {
    /// Permission to move money that nobody paid in: for who runs the server, or sells to the organization.
    pub async fn begin_money(&self, tenant: &str) -> Result<Access, Refused> {
        let access = self.begin(tenant, Permission::Configure).await?;
        self.check_sells()?;
        Ok(access)
    }

    /// Whether the caller runs the server or sells to the organization.
    pub fn check_sells(&self) -> Result<(), Refused> {
        match self.scope {
            Scope::Platform | Scope::Reseller(_) => Ok(()),
            Scope::Tenant(_) => Err(Refused::Missing {
                code: "credits.platform_only",
                detail: "only who runs the server, or sells to the organization, may do this".to_owned(),
                fix: "ask them, or redeem a voucher".to_owned(),
            }),
        }
    }
}

impl Access {
    /// The wallet of the organization, if it has one.
    pub async fn wallet(&self) -> Result<Option<WalletRow>, Refused> {
        Ok(self.store().wallet(self.tenant()).await?)
    }

    /// Changes how the organization pays; makes its wallet if it has none.
    pub async fn change_wallet(
        &self,
        expected: Expected,
        change: impl FnOnce(&mut Wallet) + Send,
    ) -> Result<Version, Refused> {
        let change = |wallet: &mut Wallet| {
            change(wallet);
            Ok(())
        };
        self.change_wallet_if(expected, change).await
    }

    /// Changes how the organization pays, unless what is asked for is refused.
    pub async fn change_wallet_if(
        &self,
        expected: Expected,
        change: impl FnOnce(&mut Wallet) -> Result<(), Refused> + Send,
    ) -> Result<Version, Refused> {
        let mut tx = self.change().await?;
        let row = tx.wallet(self.tenant()).await?;
        let mut wallet = row.as_ref().map_or_else(|| Wallet::prepaid(Currency::USD), |row| row.wallet.value.clone());
        let before = wallet.clone();
        change(&mut wallet)?;
        let book = tx.book(self.tenant()).await?.unwrap_or_default();
        check_currency(&before, &wallet, &book)?;
        self.check_wallet(&wallet).await?;
        let version = tx.save_wallet(self.tenant(), &wallet, expected).await?;
        self.settle(tx).await?;
        Ok(version)
    }

    async fn check_wallet(&self, wallet: &Wallet) -> Result<(), Refused> {
        let limits = [
            ("credit_limit", Some(wallet.credit_limit)),
            ("toll_free_reserve", Some(wallet.toll_free_reserve)),
            ("person_limit", wallet.person_limit),
            ("per_minute_max", wallet.per_minute_max),
            ("low_balance", wallet.low_balance),
            ("per_call_max", wallet.controls.per_call_max),
        ];
        if let Some((field, _)) = limits.iter().find(|(_, amount)| amount.is_some_and(|amount| amount < Micros::ZERO)) {
            return Err(Refused::field(*field, "credits.negative", "an amount is not below nothing"));
        }
        let mails = &wallet.controls.mails;
        let is_address = |mail: &String| mail.len() <= 254 && mail.parse::<lettre::Address>().is_ok();
        if CREDIT_MAILS_MAX < mails.len() || !mails.iter().all(is_address) {
            let words = format!("at most {CREDIT_MAILS_MAX} addresses such as billing@example.com");
            return Err(Refused::field("mails", "credits.mails_malformed", words));
        }
        if let Some(recharge) = wallet.paying.auto_recharge.as_ref().filter(|recharge| recharge.enabled) {
            recharge.check().map_err(|refusal| Refused::by_rule(&refusal))?;
            if wallet.mode != Mode::Prepaid {
                return Err(Refused::by_rule(&payment::Refusal::AutoRechargeStillOn));
            }
            if wallet.paying.card.is_none() {
                return Err(Refused::by_rule(&payment::Refusal::NoCard));
            }
        }
        if wallet.paying.billing != Billing::default() {
            wallet.paying.billing.check().map_err(|refusal| Refused::by_rule(&refusal))?;
        }
        let decks = self.store().all_rate_decks().await?;
        let wanted = [
            ("outbound_deck", &wallet.outbound_deck, Direction::Outbound),
            ("toll_free_deck", &wallet.toll_free_deck, Direction::TollFreeInbound),
        ];
        for (field, name, direction) in wanted {
            let Some(name) = name else { continue };
            let of_name = || decks.iter().filter(|deck| deck.name == *name);
            if of_name().next().is_none() {
                return Err(Refused::field(field, "rate_deck.unknown", format!("there is no rate deck {name}")));
            }
            let fits =
                |deck: &phone::money::deck::RateDeck| deck.direction == direction && deck.currency == wallet.currency;
            if !of_name().any(fits) {
                let words = format!("{name} is of another currency, or not for {} calls", direction.as_str());
                return Err(Refused::field(field, "rate_deck.does_not_fit", words));
            }
        }
        Ok(())
    }

    /// Books credit that was paid in or is given. The wallet is made if there is none.
    pub async fn top_up(&self, wanted: &TopUp) -> Result<Entry, Refused> {
        let mut tx = self.change().await?;
        let entry = book_top_up(&mut tx, self.tenant(), wanted, EntryKind::Purchase, "top_up").await?;
        self.settle(tx).await?;
        Ok(entry)
    }

    /// Redeems a voucher. The same one once more is the same movement.
    pub async fn redeem(&self, code: &str) -> Result<Entry, Refused> {
        let conflict = |code, detail: &str, fix: &str| Refused::Conflict {
            code,
            detail: detail.to_owned(),
            fix: Some(fix.to_owned()),
        };
        let mut tx = self.change().await?;
        let voucher = tx.voucher(code).await?;
        let unknown = || Refused::field("voucher", "voucher.unknown", "there is no such voucher");
        let voucher = voucher.ok_or_else(unknown)?;
        let wanted = TopUp {
            amount: voucher.amount,
            currency: voucher.currency,
            source: Source::Voucher,
            note: Some(format!("voucher …{}", voucher.hint)),
            key: Some(voucher.id.to_string()),
        };
        match voucher.redeemed_by {
            Some(by) if by == self.tenant() => {
                let key = format!("voucher:{}", voucher.id);
                if let Some(entry) = tx.ledger_entry(self.tenant(), &key).await? {
                    return Ok(entry);
                }
            }
            Some(_) => return Err(conflict("voucher.redeemed", "the voucher was redeemed already", "use another one")),
            None => {}
        }
        if voucher.expires_at.is_some_and(|until| until <= tx.at()) {
            return Err(conflict("voucher.expired", "the voucher has expired", "ask who gave it to you for another"));
        }
        let entry = book_top_up(&mut tx, self.tenant(), &wanted, EntryKind::Purchase, "voucher").await?;
        tx.redeem_voucher(&voucher, self.tenant()).await?;
        self.settle(tx).await?;
        Ok(entry)
    }

    /// Gives credit, or takes it away.
    pub async fn adjust(&self, wanted: &Adjustment) -> Result<Entry, Refused> {
        let mut tx = self.change().await?;
        let wallet = tx.wallet(self.tenant()).await?.ok_or_else(not_set_up)?.wallet.value;
        if wanted.amount.is_positive() {
            let top_up = TopUp {
                amount: wanted.amount,
                currency: wallet.currency,
                source: Source::Adjustment,
                note: Some(wanted.reason.clone()),
                key: wanted.key.clone(),
            };
            let entry = book_top_up(&mut tx, self.tenant(), &top_up, EntryKind::Adjustment, "adjust").await?;
            self.settle(tx).await?;
            return Ok(entry);
        }
        let amount = wanted.amount.negated();
        let key = ledger_key("adjust", wanted.key.as_deref());
        if let Some(entry) = tx.ledger_entry(self.tenant(), &key).await? {
            return same(entry, wanted.amount);
        }
        let mut book = tx.book(self.tenant()).await?.ok_or_else(not_set_up)?;
        let occasion = Occasion { at: tx.at(), key, call: None, note: Some(note(&wanted.reason)?) };
        let entry = book.take_away(amount, occasion).map_err(|refusal| Refused::by_rule(&refusal))?;
        apply(&mut book, &entry)?;
        tx.post(self.tenant(), &book, std::slice::from_ref(&entry), "adjusted").await?;
        self.settle(tx).await?;
        Ok(entry)
    }

    /// Minutes of plans in this month, and how much of each is used.
    pub async fn pools(&self) -> Result<Vec<(PoolKey, Seconds)>, Refused> {
        let Some(charging) = self.charging().await? else { return Ok(Vec::new()) };
        let account = charging.account();
        let pools = account.granted.iter().map(|(pool, granted)| {
            let used = account.posted.pools.get(pool).copied().unwrap_or_default();
            (pool.clone(), Seconds { granted: *granted, used })
        });
        let now = phone::money::pool::Period::of(Timestamp::now(), &account.zone);
        Ok(pools.filter(|(pool, _)| pool.period == now).collect())
    }

    /// What a call of a person to a number, or of somebody outside to a toll-free number, would cost, and who would pay.
    /// None if nothing is paid for here.
    pub async fn quote(&self, from: Option<&str>, number: E164, at: Timestamp) -> Result<Option<Quote>, Refused> {
        let Some(charging) = self.charging().await? else { return Ok(None) };
        let tenant = self.known_snapshot().await?;
        let user = from.and_then(|from| tenant.user_by_extension(from)).map(|user| user.id);
        if from.is_some() && user.is_none() {
            return Err(Refused::field("from", "explain.caller_unknown", "nobody has this extension"));
        }
        let is_own = tenant.numbers.contains_key(&number);
        let direction = if is_own { Direction::TollFreeInbound } else { Direction::Outbound };
        let line = match user {
            Some(user) => tenant.number_of_user(user).and_then(|line| tenant.numbers.get(&line)),
            None => tenant.numbers.get(&number),
        };
        let scopes = line.map(|line| tenant.spending_scopes(line, user)).unwrap_or_default();
        let asked = Asked { direction, user, number, from: String::new(), to: number.to_string(), scopes, at };
        Ok(Some(charging.quote(&asked)))
    }

    /// What the ledger says, as the switch would reckon with it; live calls are not in it.
    pub async fn charging(&self) -> Result<Option<Charging>, Refused> {
        let tenant = self.known_snapshot().await?;
        let account = account::account(self.store(), &self.admin.decks, &tenant, Timestamp::now()).await?;
        Ok(account.map(Charging::new))
    }
}

/// Books credit that comes in, once for each key. The wallet is made if there is none.
async fn book_top_up(
    tx: &mut Tx,
    tenant: TenantId,
    wanted: &TopUp,
    kind: EntryKind,
    what: &str,
) -> Result<Entry, Refused> {
    let key = ledger_key(what, wanted.key.as_deref());
    if let Some(entry) = tx.ledger_entry(tenant, &key).await? {
        return same(entry, wanted.amount);
    }
    let wallet = match tx.wallet(tenant).await? {
        Some(row) => row.wallet.value,
        None => {
            let new = Wallet::prepaid(wanted.currency);
            tx.save_wallet(tenant, &new, Expected::Absent).await?;
            new
        }
    };
    if wallet.currency != wanted.currency {
        let words = format!("the wallet is in {}", wallet.currency);
        return Err(Refused::field("currency", "credits.wrong_currency", words));
    }
    if Micros::MAX < wanted.amount {
        return Err(Refused::by_rule(&phone::money::ledger::Refusal::TooLarge));
    }
    let mut book = tx.book(tenant).await?.ok_or_else(not_set_up)?;
    let lot = NewLot {
        id: LotId(Uuid::now_v7()),
        expires_at: wallet.credit_months.and_then(|months| after_months(tx.at(), months)),
        amount: wanted.amount,
        source: wanted.source,
    };
    let note = wanted.note.as_deref().map(note).transpose()?;
    let occasion = Occasion { at: tx.at(), key, call: None, note };
    let entry = book.fund(lot, kind, occasion).map_err(|refusal| Refused::by_rule(&refusal))?;
    apply(&mut book, &entry)?;
    tx.post(tenant, &book, std::slice::from_ref(&entry), "funded").await?;
    Ok(entry)
}

/// The wallet that an organization without one is shown.
pub fn nothing() -> WalletRow {
    let wallet = Wallet { enabled: false, ..Wallet::prepaid(Currency::USD) };
    let at = Timestamp::UNIX_EPOCH;
    WalletRow {
        wallet: Stored { value: wallet, version: 0, created_at: at, updated_at: at },
        balance: Micros::ZERO,
        owed: Micros::ZERO,
        posted_credits: Micros::ZERO,
        posted_owed: Micros::ZERO,
    }
}

fn not_set_up() -> Refused {
    Refused::Conflict {
        code: "credits.not_set_up",
        detail: "the organization has no wallet".to_owned(),
        fix: Some("trunkline credit set --currency USD".to_owned()),
    }
}

/// Amounts keep the currency that they were booked in.
fn check_currency(before: &Wallet, after: &Wallet, book: &Book) -> Result<(), Refused> {
    if before.currency == after.currency || book.last_seq() == 0 {
        return Ok(());
    }
    let words = format!("the ledger has entries in {}", before.currency);
    Err(Refused::field("currency", "credits.currency_in_use", words))
}

fn ledger_key(what: &str, key: Option<&str>) -> String {
    let made = Uuid::now_v7().to_string();
    format!("{what}:{}", key.unwrap_or(&made))
}

/// What was booked under a key before, if it was the same.
fn same(entry: Entry, amount: Micros) -> Result<Entry, Refused> {
    let booked = match entry.lot {
        Some(lot) => lot.amount,
        None => amount_taken(&entry).negated(),
    };
    if booked == amount {
        return Ok(entry);
    }
    Err(Refused::Conflict {
        code: "idempotency_key_reused",
        detail: format!("another amount was booked with this key: {booked}"),
        fix: Some("send another Idempotency-Key for another movement".to_owned()),
    })
}

fn amount_taken(entry: &Entry) -> Micros {
    use phone::money::ledger::Account;
    let to = entry.postings.iter().filter(|posting| posting.account == Account::Adjustments);
    to.map(|posting| posting.amount).sum()
}

fn apply(book: &mut Book, entry: &Entry) -> Result<(), Refused> {
    book.apply(entry).map_err(|error| Refused::Failed { cause: error.to_string() })
}

fn note(text: &str) -> Result<String, Refused> {
    let text = text.trim();
    let fits = text.chars().count() <= NOTE_CHARS_MAX && !text.chars().any(char::is_control);
    let words = format!("a note has at most {NOTE_CHARS_MAX} characters, none of them control");
    if fits { Ok(text.to_owned()) } else { Err(Refused::field("note", "text.too_long", words)) }
}

fn after_months(at: Timestamp, months: u32) -> Option<Timestamp> {
    let months = i32::try_from(months).ok()?;
    at.to_zoned(TimeZone::UTC).checked_add(months.months()).ok().map(|later| later.timestamp())
}
