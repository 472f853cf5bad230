//! What may be done with a number, in the order of the rules that an administrator meets. Specification of numbers,
//! 1.3.3 and 2.2.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};

use super::category::{Category, Lines};
use super::{Assignee, Block, Number, NumberKind, NumberSource};
use crate::id::{ResourceAccountId, UserId};
use crate::limits::{BLOCK_DAYS_MAX, HELD_DAYS};
use crate::numbers::country_profile::LocationRequired;
use crate::numbers::{Country, E164};
use crate::people::license::{Capability, Enforcement};
use crate::people::pause::Pause;
use crate::rule::Broken;

/// What the rules ask of the person who is to have a number.
#[derive(Clone, Debug)]
pub struct Candidate<'a> {
    pub id: UserId,
    pub display_name: &'a str,
    /// ISO 3166 alpha-2: where the person works.
    pub country: &'a str,
    pub unlocked: &'a BTreeSet<Capability>,
    pub lines: Lines,
}

/// Why something may not be done with a number.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("{number} is blocked{}", until(*block))]
    AssignmentBlocked { number: E164, block: Block },
    #[error("{number} is assigned to {owner}")]
    AlreadyAssigned { number: E164, owner: String },
    #[error("{name} has no license that unlocks {missing}")]
    LacksLicense { name: String, missing: Capability },
    #[error("{number} is for {}", purpose(*kind))]
    CapabilityMissing { number: E164, kind: NumberKind },
    #[error("{number} is no number of {country}, where {name} works")]
    CountryMismatch { number: E164, name: String, country: String },
    #[error("{number} is used at no address that is known, and emergency services of {country} must be told one")]
    LocationRequired { number: E164, country: String },
    #[error("{name} may have {} {} number{}, and has them", category.n_max(), category.as_str(), if category.n_max() == 1 { "" } else { "s" })]
    LineLimit { name: String, category: Category },
    #[error("{name} has no primary number that another could be an alternate of")]
    PrimaryMissing { name: String },
    #[error("{number} is the primary number of {name}, who has {n_alternate} alternate")]
    PrimaryRequired { number: E164, name: String, n_alternate: usize },
    #[error("{number} is the {} number of {name} already", category.as_str())]
    OtherCategory { number: E164, name: String, category: Category },
    #[error("{number} is no number of a person, and only those are primary, alternate or private")]
    NotOfPerson { number: E164 },
    #[error("{number} is assigned to nobody")]
    NotAssigned { number: E164 },
    #[error("{number} is blocked already{}", until(*block))]
    BlockExists { number: E164, block: Block },
    #[error("a block lasts 1 to {BLOCK_DAYS_MAX} days, or forever")]
    DaysOutOfRange,
    #[error("{number} is assigned to {owner}")]
    NumberInUse { number: E164, owner: String },
    #[error("another carrier asks for {number}")]
    PortInProgress { number: E164 },
    #[error("{number} is kept by the policy {policy}: emergency services call back on it")]
    InUseByPolicy { number: E164, policy: String },
    #[error("{number} is for {} and can't be for anything else{}", use_of(*kind), because(*of))]
    KindFixed { number: E164, kind: NumberKind, of: NumberSource },
}

impl Number {
    /// Gives the number to a person. `owner` is the name of who has it, if anybody has.
    pub fn assign_to_user(
        &self,
        now: Timestamp,
        person: &Candidate<'_>,
        wanted: Option<Category>,
        owner: Option<&str>,
        enforcement: Enforcement,
    ) -> Result<Self, Refusal> {
        let assignee = Assignee::User(person.id);
        if self.assignee == Some(assignee) {
            let (number, name, category) = (self.number, person.display_name.to_owned(), self.category);
            return match wanted {
                Some(wanted) if wanted != category => Err(Refusal::OtherCategory { number, name, category }),
                Some(_) | None => Ok(self.clone()),
            };
        }
        self.check_free(now, owner)?;
        if self.kind != NumberKind::User {
            return Err(Refusal::CapabilityMissing { number: self.number, kind: self.kind });
        }
        let missing = self.source.needs().iter().find(|needs| !person.unlocked.contains(needs));
        if let (Some(missing), Enforcement::Block) = (missing, enforcement) {
            return Err(Refusal::LacksLicense { name: person.display_name.to_owned(), missing: *missing });
        }
        let category = wanted.unwrap_or(person.lines.next());
        if category == Category::Primary {
            self.check_country(person)?;
        }
        person.lines.check_room(category, person.display_name)?;
        Ok(Self { category, ..self.given_to(now, assignee) })
    }

    /// Whether a platform's number is of the country where the person works. Only the primary must be.
    pub(super) fn check_country(&self, person: &Candidate<'_>) -> Result<(), Refusal> {
        let of_number = Country::of(self.number).filter(|_| self.source == NumberSource::CallingPlan);
        if of_number.is_some_and(|country| Country::parse(person.country) != Some(country)) {
            let (name, country) = (person.display_name.to_owned(), person.country.to_owned());
            return Err(Refusal::CountryMismatch { number: self.number, name, country });
        }
        Ok(())
    }

    /// Whether the number may be given to somebody where it is used; `country` says when there must be an address. What
    /// operators and carriers of one's own tell emergency services is theirs to know.
    pub fn check_located(&self, rule: LocationRequired, country: &str) -> Result<(), Refusal> {
        match (rule, self.source, self.address) {
            (LocationRequired::AtAssignment, NumberSource::CallingPlan, None) => {
                Err(Refusal::LocationRequired { number: self.number, country: country.to_owned() })
            }
            (LocationRequired::AtAssignment | LocationRequired::Never, _, _) => Ok(()),
        }
    }

    /// Gives the number to a resource account.
    pub fn assign_to_account(
        &self,
        now: Timestamp,
        account: ResourceAccountId,
        owner: Option<&str>,
    ) -> Result<Self, Refusal> {
        let assignee = Assignee::ResourceAccount(account);
        if self.assignee == Some(assignee) {
            return Ok(self.clone());
        }
        self.check_free(now, owner)?;
        match self.kind {
            NumberKind::ServiceToll | NumberKind::ServiceTollFree => Ok(self.given_to(now, assignee)),
            NumberKind::User => Err(Refusal::CapabilityMissing { number: self.number, kind: self.kind }),
        }
    }

    /// Takes the number from who has it; with a pause nobody is given it for that long.
    pub fn unassign(&self, now: Timestamp, pause: Option<Pause>) -> Result<Self, Refusal> {
        if self.assignee.is_none() {
            return Err(Refusal::NotAssigned { number: self.number });
        }
        let block = pause.map(|pause| block_of(pause, now)).transpose()?;
        let category = Category::default();
        Ok(Self { assignee: None, assigned_at: None, held_until: None, block, category, ..self.clone() })
    }

    /// Gives the number to nobody for a while.
    pub fn block(&self, now: Timestamp, owner: Option<&str>, pause: Pause) -> Result<Self, Refusal> {
        if self.assignee.is_some() {
            let owner = owner.unwrap_or_default().to_owned();
            return Err(Refusal::NumberInUse { number: self.number, owner });
        }
        match self.block.filter(|_| self.is_blocked(now)) {
            Some(block) => Err(Refusal::BlockExists { number: self.number, block }),
            None => Ok(Self { block: Some(block_of(pause, now)?), ..self.clone() }),
        }
    }

    /// Ends a block, if there is one.
    pub fn unblock(&self) -> Self {
        Self { block: None, ..self.clone() }
    }

    /// Whether the number may be given back.
    pub fn check_release(&self, owner: Option<&str>) -> Result<(), Refusal> {
        match (self.assignee, self.port_out) {
            (Some(_), _) => {
                Err(Refusal::NumberInUse { number: self.number, owner: owner.unwrap_or_default().to_owned() })
            }
            (None, Some(_)) => Err(Refusal::PortInProgress { number: self.number }),
            (None, None) => Ok(()),
        }
    }

    /// The number for something else. Who is called at it and who pays for that follow from what it is for: so nobody has
    /// it meanwhile, toll-free numbers stay what they are, and those of an operator what it says. Specification of
    /// numbers, 1.3.3 (usage change).
    pub fn change_kind(&self, wanted: NumberKind, owner: Option<&str>) -> Result<Self, Refusal> {
        if self.kind == wanted {
            return Ok(self.clone());
        }
        let is_of_operator = match self.source {
            NumberSource::Operator(_) => true,
            NumberSource::CallingPlan | NumberSource::DirectRouting => false,
        };
        if is_of_operator || [self.kind, wanted].contains(&NumberKind::ServiceTollFree) {
            return Err(Refusal::KindFixed { number: self.number, kind: self.kind, of: self.source });
        }
        self.check_release(owner)?;
        Ok(Self { kind: wanted, ..self.clone() })
    }

    /// Whether no policy keeps the number for emergency services to call back; `policy` is the one that does. Specification
    /// of numbers, 1.9.
    pub fn check_unkept(&self, policy: Option<&str>) -> Result<(), Refusal> {
        match policy {
            Some(policy) => Err(Refusal::InUseByPolicy { number: self.number, policy: policy.to_owned() }),
            None => Ok(()),
        }
    }

    /// The number after a change of what its holder's licenses unlock: kept for a while when they no longer suffice,
    /// there again when they do.
    pub fn after_licenses(&self, now: Timestamp, unlocked: &BTreeSet<Capability>, enforcement: Enforcement) -> Self {
        let suffices = self.source.needs().iter().all(|needs| unlocked.contains(needs));
        let held_until = match (enforcement, suffices) {
            (Enforcement::Block, false) => self.held_until.or_else(|| Some(in_days(now, HELD_DAYS))),
            (Enforcement::Block | Enforcement::Off | Enforcement::Warn, _) => None,
        };
        Self { held_until, ..self.clone() }
    }

    fn given_to(&self, now: Timestamp, assignee: Assignee) -> Self {
        let (category, assigned_at) = (Category::default(), Some(as_kept(now)));
        Self { assignee: Some(assignee), assigned_at, block: None, held_until: None, category, ..self.clone() }
    }

    fn check_free(&self, now: Timestamp, owner: Option<&str>) -> Result<(), Refusal> {
        if self.port_out.is_some() {
            return Err(Refusal::PortInProgress { number: self.number });
        }
        if let Some(block) = self.block.filter(|_| self.is_blocked(now)) {
            return Err(Refusal::AssignmentBlocked { number: self.number, block });
        }
        match self.assignee {
            Some(_) => {
                Err(Refusal::AlreadyAssigned { number: self.number, owner: owner.unwrap_or_default().to_owned() })
            }
            None => Ok(()),
        }
    }
}

impl NumberSource {
    /// What a person must have to hold such a number.
    pub fn needs(self) -> &'static [Capability] {
        match self {
            Self::CallingPlan => &[Capability::PhoneSystem, Capability::CallingPlan],
            Self::DirectRouting | Self::Operator(_) => &[Capability::PhoneSystem],
        }
    }
}

fn block_of(pause: Pause, now: Timestamp) -> Result<Block, Refusal> {
    match pause {
        Pause::Forever => Ok(Block::Forever),
        Pause::Days(days) if (1..=BLOCK_DAYS_MAX).contains(&days) => Ok(Block::Until(in_days(now, days))),
        Pause::Days(_) => Err(Refusal::DaysOutOfRange),
    }
}

/// The end of time if it is beyond that.
fn in_days(now: Timestamp, days: u32) -> Timestamp {
    as_kept(now.checked_add(SignedDuration::from_hours(i64::from(days) * 24)).unwrap_or(Timestamp::MAX))
}

/// In whole milliseconds, so that a number that is read again is the same.
fn as_kept(at: Timestamp) -> Timestamp {
    Timestamp::from_millisecond(at.as_millisecond()).unwrap_or(at)
}

fn until(block: Block) -> String {
    match block {
        Block::Forever => String::new(),
        Block::Until(end) => format!(" until {}", end.strftime("%Y-%m-%d %H:%M UTC")),
    }
}

fn use_of(kind: NumberKind) -> &'static str {
    match kind {
        NumberKind::ServiceToll => "services",
        NumberKind::ServiceTollFree => "services, free for callers,",
        NumberKind::User => "people",
    }
}

fn because(source: NumberSource) -> &'static str {
    match source {
        NumberSource::Operator(_) => ": its operator says so",
        NumberSource::CallingPlan | NumberSource::DirectRouting => "",
    }
}

fn purpose(kind: NumberKind) -> &'static str {
    match kind {
        NumberKind::ServiceToll | NumberKind::ServiceTollFree => "services, not for people",
        NumberKind::User => "people, not for services",
    }
}

impl Broken for Refusal {
    fn code(&self) -> &'static str {
        match self {
            Self::AssignmentBlocked { .. } => "number.assignment_blocked",
            Self::AlreadyAssigned { .. } => "number.already_assigned",
            Self::LacksLicense { .. } => "number.lacks_license",
            Self::CapabilityMissing { .. } => "number.capability_missing",
            Self::CountryMismatch { .. } => "number.country_mismatch",
            Self::LocationRequired { .. } => "number.location_required",
            Self::LineLimit { .. } => "number.line_limit",
            Self::PrimaryMissing { .. } | Self::PrimaryRequired { .. } => "number.primary_required",
            Self::OtherCategory { .. } => "number.other_category",
            Self::NotOfPerson { .. } => "number.not_of_person",
            Self::NotAssigned { .. } => "number.not_assigned",
            Self::BlockExists { .. } => "number.block_exists",
            Self::DaysOutOfRange => "number.days_out_of_range",
            Self::NumberInUse { .. } => "number.in_use",
            Self::PortInProgress { .. } => "number.port_in_progress",
            Self::InUseByPolicy { .. } => "number.in_use_by_policy",
            Self::KindFixed { .. } => "number.kind_fixed",
        }
    }

    fn fix(&self) -> String {
        match self {
            Self::AssignmentBlocked { .. } | Self::BlockExists { .. } => "unblock it first".to_owned(),
            Self::AlreadyAssigned { .. } | Self::NumberInUse { .. } => "unassign it first".to_owned(),
            Self::LacksLicense { missing, .. } => format!("give a license that unlocks {missing}"),
            Self::CapabilityMissing { .. } => "choose another number, or change what this one is for".to_owned(),
            Self::CountryMismatch { .. } => "choose a number of that country, or correct the person's".to_owned(),
            Self::LocationRequired { number, .. } => {
                format!("say where it is used first: trunkline number update {number} --address NAME")
            }
            Self::LineLimit { category, .. } => {
                format!("unassign their {} number first, or choose another category", category.as_str())
            }
            Self::PrimaryMissing { .. } => "give them a primary number first".to_owned(),
            Self::PrimaryRequired { .. } => "make another of their numbers the primary first".to_owned(),
            Self::OtherCategory { .. } => "change the category of the number instead".to_owned(),
            Self::NotOfPerson { .. } => "give it to a person first".to_owned(),
            Self::NotAssigned { .. } => "nothing is to be done".to_owned(),
            Self::PortInProgress { .. } => "answer the request, or wait until it is over".to_owned(),
            Self::InUseByPolicy { policy, .. } => format!("take it out of the policy {policy} first"),
            Self::KindFixed { of: NumberSource::Operator(_), .. } => {
                "ask the operator, or choose another number".to_owned()
            }
            Self::KindFixed { .. } => "choose another number".to_owned(),
            Self::DaysOutOfRange => format!("give 1 to {BLOCK_DAYS_MAX} days, or forever"),
        }
    }

    fn is_conflict(&self) -> bool {
        match self {
            Self::AssignmentBlocked { .. }
            | Self::AlreadyAssigned { .. }
            | Self::NotAssigned { .. }
            | Self::PrimaryRequired { .. }
            | Self::OtherCategory { .. }
            | Self::NotOfPerson { .. }
            | Self::BlockExists { .. }
            | Self::NumberInUse { .. }
            | Self::PortInProgress { .. }
            | Self::InUseByPolicy { .. } => true,
            Self::LacksLicense { .. }
            | Self::CapabilityMissing { .. }
            | Self::CountryMismatch { .. }
            | Self::LocationRequired { .. }
            | Self::LineLimit { .. }
            | Self::PrimaryMissing { .. }
            | Self::DaysOutOfRange
            | Self::KindFixed { .. } => false,
        }
    }
}
