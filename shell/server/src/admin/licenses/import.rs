//! Licenses from a file: each line one change of one person's licenses.

use std::collections::{BTreeMap, BTreeSet};

use phone::directory::people::user_problems;
use phone::id::{TenantId, UserId};
use phone::numbers::Number;
use phone::order::{LineFault, Order, OrderKind, Outcome};
use phone::people::import::fault_of;
use phone::people::license::PartNumber;
use phone::people::license::import::{self, Refusal, Wish};
use phone::problem::Severity;
use serde_json::{Value, json};
use store::{Licensee, Licensing, OrderLine, RequestKey, StoreError, Stored, TenantRow, Tx, UserChange, WriteError};
use uuid::Uuid;

use super::{Decided, NO_SEATS, TOGETHER, count, decide, kept_words, write_licenses};
use crate::admin::group_licenses::settle_people;
use crate::admin::numbers::kept_or_given_back;
use crate::admin::orders::lines::{self, kept};
use crate::admin::orders::{Request, unreadable};
use crate::admin::{Access, Refused};

impl Access {
    /// Takes an order to give and take the licenses of a file.
    pub async fn import_licenses(&self, file: &[u8], dry_run: bool, key: Option<RequestKey>) -> Result<Order, Refused> {
        let read = import::read(file).map_err(|refusal| Refused::by_rule(&refusal))?;
        let lines = read.into_iter().map(|(line, wish)| match wish {
            Ok(wish) => Ok(OrderLine { line, wish: Some(kept(&wish)?), outcome: None }),
            Err(fault) => Ok(OrderLine { line, wish: None, outcome: Some(Outcome::Failed(fault)) }),
        });
        let lines = lines.collect::<Result<Vec<_>, StoreError>>()?;
        self.place_order(Request { kind: OrderKind::LicenseImport, dry_run, key, lines }).await
    }
}

/// Gives and takes licenses, or says what would be done.
pub(in crate::admin) async fn carry_out(
    tx: &mut Tx,
    tenant: TenantId,
    order: &Order,
    wishes: &[Option<&Value>],
) -> Result<Vec<Outcome>, WriteError> {
    let wishes: Vec<Option<Wish>> = wishes.iter().map(|wish| lines::read(*wish)).collect();
    let mut place = Place::read(tx, tenant, wishes.iter().flatten()).await?;
    let mut outcomes = Vec::with_capacity(wishes.len());
    for wish in &wishes {
        let Some(wish) = wish else {
            outcomes.push(unreadable());
            continue;
        };
        outcomes.push(match place.decide(tx, wish).await? {
            Ok(result) => Outcome::Done(result),
            Err(fault) => Outcome::Failed(fault),
        });
    }
    if !order.dry_run {
        place.write(tx).await?;
    }
    Ok(outcomes)
}

/// What wishes are decided on, and what earlier ones made of it.
struct Place {
    row: TenantRow,
    licensing: Licensing,
    /// Who is meant by a word of a file.
    named: BTreeMap<String, Vec<UserId>>,
    people: BTreeMap<UserId, Licensee>,
    numbers: BTreeMap<UserId, Vec<Stored<Number>>>,
    /// What is to be written, one for each person.
    decided: BTreeMap<UserId, Decided>,
    moved: BTreeMap<UserId, UserChange>,
}

impl Place {
    async fn read(tx: &Tx, tenant: TenantId, wishes: impl Iterator<Item = &Wish>) -> Result<Self, WriteError> {
        let row = tx.tenant(tenant).await?.ok_or(WriteError::NotFound)?.value;
        let words: BTreeSet<&str> = wishes.map(|wish| wish.person.as_str()).collect();
        let named = who_is_named(tx, tenant, &words).await?;
        let ids: Vec<UserId> = named.values().flatten().copied().collect::<BTreeSet<_>>().into_iter().collect();
        let (mut people, mut numbers) = (BTreeMap::new(), BTreeMap::new());
        for some in ids.chunks(TOGETHER) {
            people.append(&mut tx.licensees(tenant, some).await?);
            numbers.append(&mut tx.numbers_of_people(tenant, some).await?);
        }
        let licensing = tx.licensing(tenant, row.license_enforcement).await?;
        Ok(Self { row, licensing, named, people, numbers, decided: BTreeMap::new(), moved: BTreeMap::new() })
    }

    /// What a line changes; none if nothing.
    async fn decide(&mut self, tx: &Tx, wish: &Wish) -> Result<Result<Option<Value>, LineFault>, StoreError> {
        let found: &[UserId] = self.named.get(&wish.person).map(Vec::as_slice).unwrap_or_default();
        let user = match found {
            [one] => *one,
            [] => return Ok(Err(Refusal::PersonUnknown { person: wish.person.clone() }.fault())),
            [_, ..] => {
                let (person, n_people) = (wish.person.clone(), found.len());
                return Ok(Err(Refusal::PersonAmbiguous { person, n_people }.fault()));
            }
        };
        let Some(licensee) = self.people.get(&user).cloned() else {
            return Ok(Err(Refusal::PersonUnknown { person: wish.person.clone() }.fault()));
        };
        let moved = match self.moved_by(tx, user, &licensee, wish).await? {
            Ok(moved) => moved,
            Err(fault) => return Ok(Err(fault)),
        };
        let country = moved.as_ref().map_or(licensee.country.clone(), |moved| moved.after.country.clone());
        let licensee = Licensee { country, ..licensee };
        let one = match decide(user, &licensee, &wish.swap(), &self.row, &self.licensing.means()) {
            Ok(one) => one,
            Err(refusal) => return Ok(Err(wish.fault_of(&refusal))),
        };
        if moved.is_none() && one.granted == one.before && one.direct == licensee.wanted.direct {
            return Ok(Ok(None));
        }
        let result = self.result(&one, wish);
        self.keep(licensee, one, moved);
        Ok(Ok(Some(result)))
    }

    /// The person elsewhere, if the line says so.
    async fn moved_by(
        &self,
        tx: &Tx,
        user: UserId,
        licensee: &Licensee,
        wish: &Wish,
    ) -> Result<Result<Option<UserChange>, LineFault>, StoreError> {
        let now = licensee.country.as_deref().unwrap_or(&self.row.profile.country);
        let Some(country) = wish.country.as_ref().filter(|wanted| *wanted != now) else { return Ok(Ok(None)) };
        let before = match self.moved.get(&user) {
            Some(earlier) => earlier.before.clone(),
            None => tx.user(self.row.profile.id, user).await?,
        };
        let Some(there) = before.as_ref().map(|before| before.value.clone()) else { return Ok(Ok(None)) };
        let mut after = there;
        after.country = Some(country.clone());
        let problems = user_problems(&after, &[]);
        let wrong = |field: &str, severity| field == "country" && severity == Severity::Error;
        match problems.iter().find(|problem| wrong(&problem.field, problem.code.severity())) {
            Some(problem) => {
                let column = import::COLUMNS.last().map(|column| column.name.to_owned());
                Ok(Err(LineFault { column, ..fault_of(problem) }))
            }
            None => Ok(Ok(Some(UserChange { before, after }))),
        }
    }

    fn result(&self, one: &Decided, wish: &Wish) -> Value {
        let numbers = self.numbers.get(&one.user).cloned().unwrap_or_default();
        let (unlocked, enforcement) = (one.unlocked.clone(), self.row.license_enforcement);
        let follow = kept_or_given_back(numbers, unlocked, enforcement, jiff::Timestamp::now());
        let was_held = |change: &phone::numbers::import::Change| {
            change.before.as_ref().is_some_and(|before| before.held_until.is_some())
        };
        let newly_kept = follow.filter(|change| change.after.held_until.is_some() && !was_held(change));
        let kept = newly_kept.map(|change| kept_words(&one.display_name, change.after.number));
        let by_groups = wish.remove.intersection(&one.given_by_groups);
        let stay = by_groups.map(|plan| format!("{}: {plan} stays, a group gives it", one.display_name));
        let warnings: Vec<String> = one.warnings.iter().cloned().chain(stay).chain(kept).collect();
        let licenses: Vec<&PartNumber> = one.granted.iter().collect();
        json!({ "id": one.user, "licenses": licenses, "warnings": warnings })
    }

    /// What is decided next is decided on this.
    fn keep(&mut self, licensee: Licensee, one: Decided, moved: Option<UserChange>) {
        count(&mut self.licensing.seats, &one.before, &one.granted);
        let mut licensee = licensee;
        licensee.held.clone_from(&one.granted);
        licensee.wanted.direct.clone_from(&one.direct);
        let (user, has_failures) = (one.user, licensee.has_failures);
        self.people.insert(user, licensee);
        self.moved.extend(moved.map(|moved| (user, moved)));
        // Two lines may name one person by different words: what was there before the first of them is what changes.
        let before = self.decided.remove(&user).map_or_else(|| one.before.clone(), |earlier| earlier.before);
        let in_groups = one.in_groups || has_failures;
        self.decided.insert(user, Decided { before, in_groups, ..one });
    }

    async fn write(self, tx: &mut Tx) -> Result<(), WriteError> {
        let tenant = self.row.profile.id;
        let moved: Vec<UserChange> = self.moved.into_values().collect();
        tx.save_users(tenant, &moved).await?;
        let decided: Vec<Decided> = self.decided.into_values().collect();
        for some in decided.chunks(TOGETHER) {
            write_licenses(tx, &self.row, some).await?;
        }
        let in_groups = decided.iter().filter(|one| one.in_groups).map(|one| one.user).collect();
        settle_people(tx, tenant, &in_groups).await?;
        if decided.iter().any(|one| one.before.difference(&one.granted).next().is_some()) {
            tx.queue_failed(tenant, Some(NO_SEATS)).await?;
        }
        Ok(())
    }
}

/// Who is meant by addresses, extensions and ids; nobody where it is none of those.
async fn who_is_named(
    tx: &Tx,
    tenant: TenantId,
    words: &BTreeSet<&str>,
) -> Result<BTreeMap<String, Vec<UserId>>, StoreError> {
    let ids = words.iter().filter_map(|word| Some((*word, UserId(word.parse::<Uuid>().ok()?))));
    let ids: BTreeMap<&str, UserId> = ids.collect();
    let there = tx.people_among(tenant, &ids.values().copied().collect()).await?;
    let (addresses, extensions): (Vec<&str>, Vec<&str>) =
        words.iter().copied().filter(|word| !ids.contains_key(word)).partition(|word| word.contains('@'));
    let keys: Vec<String> = addresses.iter().map(|address| address.to_lowercase()).collect();
    let by_address = tx.people_by_email(tenant, &keys).await?;
    let by_extension = tx.people_by_extension(tenant, &extensions).await?;
    let mut named: BTreeMap<String, Vec<UserId>> = BTreeMap::new();
    let known = ids.into_iter().filter(|(_, id)| there.contains(id));
    named.extend(known.map(|(word, id)| (word.to_owned(), vec![id])));
    let found = addresses
        .into_iter()
        .zip(&keys)
        .filter_map(|(word, key)| Some((word.to_owned(), by_address.get(key)?.clone())));
    named.extend(found);
    named.extend(by_extension.into_iter().map(|(word, id)| (word, vec![id])));
    Ok(named)
}
