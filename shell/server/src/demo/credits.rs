//! What calls cost in the demo organization, and what it has to pay them with.

use jiff::Timestamp;
use phone::id::{LotId, RateDeckId, TenantId};
use phone::money::deck::{Direction, RateDeck, import};
use phone::money::ledger::{EntryKind, NewLot, Occasion};
use phone::money::lot::Source;
use phone::money::wallet::Wallet;
use phone::money::{Currency, Micros};
use store::{Expected, Tx};

use super::id;

const OUTBOUND: &str = include_str!("credits/outbound.csv");
const TOLL_FREE: &str = include_str!("credits/toll_free.csv");
/// What the demo organization begins with.
const BALANCE: Micros = Micros::units(25);
const LOW: Micros = Micros::units(5);

pub(super) async fn seed(tx: &mut Tx, tenant: TenantId) -> anyhow::Result<()> {
    for (name, direction, file) in
        [("demo", Direction::Outbound, OUTBOUND), ("demo-toll-free", Direction::TollFreeInbound, TOLL_FREE)]
    {
        let rates = import::read(file.as_bytes(), Currency::USD)?.rates;
        let deck = RateDeck {
            id: RateDeckId(id(&format!("rate deck {name}"))),
            name: name.to_owned(),
            version: 1,
            direction,
            currency: Currency::USD,
            valid_from: Timestamp::UNIX_EPOCH,
            valid_to: None,
            time_zone: "America/New_York".to_owned(),
            n_rates: u32::try_from(rates.len()).unwrap_or(u32::MAX),
        };
        tx.add_rate_deck(&deck, &rates).await?;
    }
    let wallet = Wallet {
        outbound_deck: Some("demo".to_owned()),
        toll_free_deck: Some("demo-toll-free".to_owned()),
        low_balance: Some(LOW),
        ..Wallet::prepaid(Currency::USD)
    };
    tx.save_wallet(tenant, &wallet, Expected::Absent).await?;
    let mut book = tx.book(tenant).await?.unwrap_or_default();
    let lot = NewLot { id: LotId(id("credit")), expires_at: None, amount: BALANCE, source: Source::Grant };
    let note = Some("for trying out".to_owned());
    let occasion = Occasion { at: tx.at(), key: "demo".to_owned(), call: None, note };
    let entry = book.fund(lot, EntryKind::Grant, occasion)?;
    book.apply(&entry)?;
    tx.post(tenant, &book, &[entry], "funded").await?;
    Ok(())
}
