//! Rate decks: what calls cost, for who runs the server to say.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use phone::id::RateDeckId;
use phone::money::Currency;
use phone::money::deck::import::{self, Sheet};
use phone::money::deck::{Direction, RateDeck, RateTable};
use phone::sheet::BadRow;
use uuid::Uuid;

use super::refused::Fault;
use super::{Caller, Permission, Refused};

/// Characters of a deck's name.
const NAME_CHARS_MAX: usize = 64;

/// A deck as a file.
pub struct Delivery {
    pub name: String,
    pub direction: Direction,
    pub currency: Currency,
    /// Now, if no time is given.
    pub valid_from: Option<Timestamp>,
    pub time_zone: String,
    pub file: Vec<u8>,
    /// Only say what would be done.
    pub dry_run: bool,
}

impl Caller {
    /// All versions of decks.
    pub async fn rate_decks(&self) -> Result<Vec<RateDeck>, Refused> {
        let admin = self.begin_platform()?;
        let mut decks = admin.store.all_rate_decks().await?;
        decks.sort_by(|a, b| (&a.name, b.version).cmp(&(&b.name, a.version)));
        Ok(decks)
    }

    /// A version by its id, or the newest of a name.
    pub async fn rate_deck(&self, name: &str) -> Result<RateDeck, Refused> {
        let admin = self.begin_platform()?;
        let found = match name.parse::<Uuid>() {
            Ok(id) => admin.store.rate_deck(RateDeckId(id)).await?,
            Err(_) => {
                let decks = admin.store.all_rate_decks().await?;
                decks.into_iter().filter(|deck| deck.name == name).max_by_key(|deck| deck.version)
            }
        };
        found.ok_or(Refused::NotFound { what: "rate deck" })
    }

    /// A version with its rows.
    pub async fn rate_table(&self, name: &str) -> Result<Arc<RateTable>, Refused> {
        let deck = self.rate_deck(name).await?;
        let admin = self.begin_platform()?;
        Ok(admin.decks.table(&admin.store, &deck).await?)
    }

    /// Adds a version of a deck, all rows of it or none. What was valid before ends when it begins.
    pub async fn import_rate_deck(&self, delivery: Delivery) -> Result<(RateDeck, Vec<BadRow>), Refused> {
        let admin = self.begin_platform_change(Permission::Configure)?;
        let Delivery { name, direction, currency, valid_from, time_zone, file, dry_run } = delivery;
        let name = name.trim().to_owned();
        let is_name = !name.is_empty() && name.chars().count() <= NAME_CHARS_MAX && !name.chars().any(char::is_control);
        if !is_name {
            let words = format!("a deck has a name of at most {NAME_CHARS_MAX} characters, none of them control");
            return Err(Refused::field("name", "name.malformed", words));
        }
        if TimeZone::get(&time_zone).is_err() {
            return Err(Refused::field("time_zone", "time_zone.unknown", "the time zone is not known"));
        }
        let sheet = tokio::task::spawn_blocking(move || import::read(&file, currency)).await;
        let sheet = sheet.map_err(|error| Refused::Failed { cause: error.to_string() })?;
        let Sheet { rates, faults, n_faults, warnings } = sheet.map_err(|fault| Refused::by_rule(&fault))?;
        if 0 < n_faults {
            return Err(with_faults(&faults, n_faults));
        }
        let mut tx = admin.store.begin(self.actor.clone(), Timestamp::now()).await?;
        let before = tx.newest_rate_deck(&name).await?;
        let valid_from = valid_from.unwrap_or(tx.at());
        if let Some(before) = &before {
            check_successor(before, direction, currency, valid_from)?;
        }
        let deck = RateDeck {
            id: RateDeckId(Uuid::now_v7()),
            name,
            version: before.as_ref().map_or(1, |before| before.version.saturating_add(1)),
            direction,
            currency,
            valid_from,
            valid_to: None,
            time_zone,
            n_rates: u32::try_from(rates.len()).unwrap_or(u32::MAX),
        };
        if dry_run {
            return Ok((deck, warnings));
        }
        if let Some(before) = before {
            tx.end_rate_deck(&before, valid_from).await?;
        }
        tx.add_rate_deck(&deck, &rates).await?;
        tx.commit().await?;
        admin.nudge.nudge();
        Ok((deck, warnings))
    }

    /// Deletes a version that no wallet can use: of a deck that none names, or that is over.
    pub async fn delete_rate_deck(&self, name: &str) -> Result<(), Refused> {
        let deck = self.rate_deck(name).await?;
        let admin = self.begin_platform_change(Permission::Configure)?;
        let mut tx = admin.store.begin(self.actor.clone(), Timestamp::now()).await?;
        let is_over = deck.valid_to.is_some_and(|until| until <= tx.at());
        let wallets = admin.store.wallets().await?;
        let names = |row: &store::WalletRow| {
            let wallet = &row.wallet.value;
            [&wallet.outbound_deck, &wallet.toll_free_deck].into_iter().any(|name| name.as_ref() == Some(&deck.name))
        };
        let n_users = wallets.iter().filter(|(_, row)| names(row)).count();
        if 0 < n_users && !is_over {
            return Err(Refused::Conflict {
                code: "rate_deck.in_use",
                detail: format!("{n_users} organizations pay by the deck {}", deck.name),
                fix: Some("give them another deck, or import a later version".to_owned()),
            });
        }
        tx.delete_rate_deck(&deck).await?;
        tx.commit().await?;
        admin.nudge.nudge();
        Ok(())
    }
}

fn check_successor(
    before: &RateDeck,
    direction: Direction,
    currency: Currency,
    valid_from: Timestamp,
) -> Result<(), Refused> {
    if before.direction != direction {
        let words = format!("the deck {} is for {} calls", before.name, before.direction.as_str());
        return Err(Refused::field("direction", "rate_deck.does_not_fit", words));
    }
    if before.currency != currency {
        let words = format!("the deck {} is in {}", before.name, before.currency);
        return Err(Refused::field("currency", "rate_deck.does_not_fit", words));
    }
    if valid_from <= before.valid_from {
        let words = format!("version {} is valid from {} on", before.version, before.valid_from);
        return Err(Refused::field("valid_from", "rate_deck.not_later", words));
    }
    Ok(())
}

fn with_faults(faults: &[BadRow], n_faults: u32) -> Refused {
    let fault = |row: &BadRow| Fault {
        field: match &row.fault.column {
            Some(column) => format!("line {}, {column}", row.line),
            None => format!("line {}", row.line),
        },
        code: row.fault.code.clone(),
        message: format!("{}; {}", row.fault.message, row.fault.fix),
    };
    Refused::Invalid {
        code: "rate_deck.faulty",
        detail: format!("{n_faults} rows of the file can't be taken, so that none was"),
        faults: faults.iter().map(fault).collect(),
        fix: Some("mend the rows and send the file again".to_owned()),
    }
}
