//! Who leaves: phones and sign-in are off at once, what they hold goes where it is told, and nothing leads to them.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use phone::access::{Area, Object};
use phone::apps::{attendant, queue};
use phone::directory::offboarding::{Fate, Ties, check_successor, hand_over_attendant, hand_over_queue, ties_of_user};
use phone::numbers::{E164, Number};
use phone::people::license::PartNumber;
use phone::people::pause::Pause;
use phone::people::{Group, User};
use store::{Expected, Stored, Tx};

use super::group_licenses::NO_SEATS;
use super::numbers::Recipient;
use super::{Access, Refused};
use crate::secret::{ha1, random_secret};

/// What is to become of what a person holds.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// Of single numbers.
    pub numbers: BTreeMap<E164, Fate<Recipient>>,
    /// Of all others.
    pub other_numbers: Fate<Recipient>,
    /// Who takes their place in attendants and queues, by id or extension.
    pub successor: Option<String>,
}

/// What a person holds, and what becomes of it.
#[derive(Clone, Debug)]
pub struct Holdings {
    pub user: User,
    pub numbers: Vec<(Number, Fate<Recipient>)>,
    pub licenses: BTreeSet<PartNumber>,
    pub groups: Vec<Group>,
    pub ties: Ties,
    pub n_phones: usize,
}

/// Whether it is done or only tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    DryRun,
    Run,
}

impl Access {
    /// Lets a person leave, all of it or nothing. A dry run makes the same decisions and says what would refuse them.
    pub async fn offboard_user(
        &self,
        name: &str,
        wanted: &Wanted,
        mode: Mode,
    ) -> Result<(Holdings, Option<Refused>), Refused> {
        let leaving = self.user(name).await?.value.id;
        let n_phones = self.registrations_of(vec![leaving]).await?.len();
        let mut tx = self.change().await?;
        let found = self.user_in(&tx, name).await?;
        let attendants = tx.documents::<attendant::Settings>(self.tenant()).await?;
        let queues = tx.documents::<queue::Settings>(self.tenant()).await?;
        let id = found.value.id;
        let numbers = tx.numbers_of_user(self.tenant(), id).await?;
        let fate = |number: E164| wanted.numbers.get(&number).unwrap_or(&wanted.other_numbers).clone();
        let holdings = Holdings {
            numbers: numbers.iter().map(|it| (it.value.clone(), fate(it.value.number))).collect(),
            licenses: tx.licenses_of(self.tenant(), id).await?,
            groups: tx.groups_of_user(self.tenant(), id).await?,
            ties: ties_of_user(id, &attendants, &queues),
            n_phones,
            user: found.value.clone(),
        };
        let carried_out = self.let_go(&mut tx, found, &holdings, wanted, (&attendants, &queues)).await;
        match (mode, carried_out) {
            // What is broken here is no answer to what would happen.
            (Mode::DryRun, Err(broken @ (Refused::Failed { .. } | Refused::Unavailable { .. }))) => Err(broken),
            // The change is dropped with the transaction.
            (Mode::DryRun, outcome) => Ok((holdings, outcome.err())),
            (Mode::Run, Err(refused)) => Err(refused),
            (Mode::Run, Ok(())) => {
                self.settle(tx).await?;
                self.settle_licenses().await?;
                Ok((holdings, None))
            }
        }
    }

    async fn let_go(
        &self,
        tx: &mut Tx,
        found: Stored<User>,
        holdings: &Holdings,
        wanted: &Wanted,
        (attendants, queues): (&[attendant::Settings], &[queue::Settings]),
    ) -> Result<(), Refused> {
        let user = found.value;
        self.check_accounts_of(tx, &user).await?;
        if let Some(stranger) =
            wanted.numbers.keys().find(|it| holdings.numbers.iter().all(|(held, _)| held.number != **it))
        {
            let words = format!("{stranger} is no number of {}", user.display_name);
            return Err(Refused::field("numbers", "offboard.not_held", words));
        }
        let successor = match &wanted.successor {
            Some(name) => Some(self.other_than(tx, &user, name).await?.id),
            None => None,
        };
        check_successor(&user.display_name, &holdings.ties, successor).map_err(|refusal| Refused::by_rule(&refusal))?;
        for settings in attendants {
            let Some(after) = hand_over_attendant(settings, user.id, successor) else { continue };
            if hand_over_attendant(settings, user.id, None).as_ref() != Some(&after) {
                self.check_beside(Area::AutoAttendants, Object::AutoAttendant(after.id))?;
            }
            tx.save_document(self.tenant(), &after, Expected::Any).await?;
        }
        for settings in queues {
            let Some(after) = hand_over_queue(settings, user.id, successor) else { continue };
            // That who leaves is no agent any more is part of leaving; that another gets the calls is not.
            if hand_over_queue(settings, user.id, None).as_ref() != Some(&after) {
                self.check_beside(Area::CallQueues, Object::CallQueue(after.id))?;
            }
            tx.save_document(self.tenant(), &after, Expected::Any).await?;
        }
        for (number, fate) in &holdings.numbers {
            self.send_number_on(tx, &user, number, fate).await?;
        }
        for group in &holdings.groups {
            tx.leave_group(self.tenant(), group.id, &[user.id].into()).await?;
        }
        tx.save_direct_licenses(self.tenant(), user.id, &BTreeSet::new()).await?;
        self.settle_person(tx, user.id).await?;
        tx.queue_failed(self.tenant(), Some(NO_SEATS)).await?;
        let tenant = self.tenant_in(tx).await?;
        // Nobody knows the new password: the person's phones can't register again.
        let ha1 = ha1(&user.extension, &tenant.profile.sip_domain, &random_secret());
        let gone = User { enabled: false, ha1, ..user };
        tx.save_user(self.tenant(), &gone, Expected::Version(found.version)).await?;
        Ok(())
    }

    async fn send_number_on(
        &self,
        tx: &mut Tx,
        user: &User,
        number: &Number,
        fate: &Fate<Recipient>,
    ) -> Result<(), Refused> {
        let now = Timestamp::now();
        let pause = match fate {
            Fate::Hold { days } => Some(Pause::Days(*days)),
            Fate::HandOver(_) | Fate::Release => {
                self.check_beside(Area::Numbers, Object::of_number(number))?;
                None
            }
        };
        let free = number.unassign(now, pause).map_err(|refusal| Refused::by_rule(&refusal))?;
        tx.save_number(self.tenant(), &free, Expected::Any).await?;
        match fate {
            Fate::Hold { .. } => {}
            Fate::HandOver(to) => {
                if let Recipient::User(name, _) = to {
                    self.other_than(tx, user, name).await?;
                }
                let given = self.assigned(tx, &free, to, None).await?;
                tx.save_number(self.tenant(), &given, Expected::Any).await?;
            }
            Fate::Release => self.release_in(tx, free.number, Expected::Any).await?,
        }
        Ok(())
    }

    /// A person by id or extension who is not the one that leaves.
    async fn other_than(&self, tx: &Tx, user: &User, name: &str) -> Result<User, Refused> {
        let other = self.user_in(tx, name).await.map_err(|refused| match refused {
            Refused::NotFound { .. } => {
                Refused::field("successor", "offboard.successor_unknown", format!("there is no user {name}"))
            }
            other => other,
        })?;
        let other = other.value;
        if other.id == user.id || !other.enabled {
            let words = format!("{} can't take over: the account leaves or is disabled", other.display_name);
            return Err(Refused::field("successor", "offboard.successor_unfit", words));
        }
        Ok(other)
    }
}
